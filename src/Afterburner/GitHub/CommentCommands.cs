using System.Globalization;

namespace Afterburner.GitHub;

/// <summary>A comment of a pull request that holds a command.</summary>
/// <param name="Id">Number of the comment in the REST API.</param>
/// <param name="IsOnLines">Whether it belongs to a conversation on lines of the diff.</param>
public sealed record CommandComment(long Id, bool IsOnLines);

/// <summary>What a person who wrote a command sees of it: a reaction when it is taken, one when it is done, help when it was none.</summary>
public sealed class CommentCommands(GitHubApi api, PullRequestName name)
{
    private const string HelpMarker = "<!-- afterburner:help v1 -->";

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
        var comments = GitHubApi.Required(
            await api.GetAllAsync<HelpReply>($"{name.RepositoryPath}/issues/{name.Number}/comments").ConfigureAwait(false), "the comments of the pull request");
        if (comments.Any(c => c.User?.Type == "Bot" && c.Body?.Contains(HelpMarker, StringComparison.Ordinal) == true))
            return;
        await api.PostAsync<AnyReply>($"{name.RepositoryPath}/issues/{name.Number}/comments", new { body = $"{HelpMarker}\n{text}" }).ConfigureAwait(false);
    }

    private sealed record HelpReply(string? Body, HelpAuthorReply? User);

    private sealed record HelpAuthorReply(string? Type);
}
