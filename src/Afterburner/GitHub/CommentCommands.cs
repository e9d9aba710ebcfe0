using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>A comment of a pull request that holds a command.</summary>
/// <param name="Id">Number of the comment in the REST API.</param>
/// <param name="IsOnLines">Whether it belongs to a conversation on lines of the diff.</param>
public sealed record CommandComment(long Id, bool IsOnLines);

/// <summary>What a person who wrote a command sees of it: a reaction when it is taken, one when it is done, help when it was none.</summary>
public sealed class CommentCommands(GitHubApi api, PullRequestName name)
{
    private const string HelpMarker = "<!-- afterburner:help v1 -->";

    /// <summary>Characters for what stands around a report.</summary>
    private const int MostAround = 1_000;

    private const int LongestReason = 2_000;

    /// <summary>Puts a reaction on a comment; the same one twice is one. That it could not be put is no reason to stop.</summary>
    /// <param name="content">GitHub's word for it: <c>eyes</c>, <c>rocket</c>, <c>confused</c>.</param>
    public Task ReactAsync(CommandComment comment, string content)
    {
        var kind = comment.IsOnLines ? "pulls" : "issues";
        return api.PostAsync<AnyReply>(string.Create(CultureInfo.InvariantCulture, $"{name.RepositoryPath}/{kind}/comments/{comment.Id}/reactions"), new { content });
    }

    /// <summary>Says which commands there are, once on a pull request.</summary>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached.</exception>
    public async Task HelpAsync(string text)
    {
        if (await StandingAsync(HelpMarker).ConfigureAwait(false) is null)
            await api.PostAsync<AnyReply>(Comments, new { body = $"{HelpMarker}\n{text}" }).ConfigureAwait(false);
    }

    /// <summary>Says how it went with one function, in a comment of its own; what was said of that function before is edited.</summary>
    /// <param name="function"><c>PATH::FUNCTION</c>.</param>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached, or does not take it.</exception>
    public Task OptimizedAsync(string function, Report report) => AnswerAsync(function, MarkdownReport.Write(report, CommentText.Limit - MostAround));

    /// <summary>Says why nothing could be done about one function.</summary>
    /// <inheritdoc cref="OptimizedAsync"/>
    public Task NotOptimizedAsync(string function, string reason) =>
        AnswerAsync(function, $"{MarkdownText.Code(function)} could not be looked at: {MarkdownText.Prose(reason, LongestReason)}\n");

    private async Task AnswerAsync(string function, string text)
    {
        var marker = $"<!-- afterburner:optimize v1 {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(function)))[..16]} -->";
        var body = api.Redaction.Mask($"{marker}\n{text}");
        if (await StandingAsync(marker).ConfigureAwait(false) is { } standing)
        {
            var edited = await api.PatchAsync<AnyReply>(string.Create(CultureInfo.InvariantCulture, $"{name.RepositoryPath}/issues/comments/{standing}"), new { body }).ConfigureAwait(false);
            // One of another bot, that repeats what it finds, cannot be edited.
            if (edited.Kind != GitHubReplyKind.NotAllowed)
            {
                GitHubApi.Required(edited, "the comment");
                return;
            }
        }

        GitHubApi.Required(await api.PostAsync<AnyReply>(Comments, new { body }).ConfigureAwait(false), "a comment");
    }

    private string Comments => string.Create(CultureInfo.InvariantCulture, $"{name.RepositoryPath}/issues/{name.Number}/comments");

    private async Task<long?> StandingAsync(string marker) =>
        GitHubApi.Required(await api.GetAllAsync<CommentReply>(Comments).ConfigureAwait(false), "the comments of the pull request")
            .FirstOrDefault(c => c.User?.Type == "Bot" && c.Body?.StartsWith(marker, StringComparison.Ordinal) == true)?.Id;

    private sealed record CommentReply(long Id, string? Body, AuthorReply? User);

    private sealed record AuthorReply(string? Type);
}
