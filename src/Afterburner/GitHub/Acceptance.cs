using System.Text.RegularExpressions;
using Markdig;
using Markdig.Syntax;

namespace Afterburner.GitHub;

/// <summary>
/// Whether people with write permission accepted that a pull request makes something slower: its author with a line
/// <c>afterburner: accept</c> in its description, for all of it; anybody in a comment whose first line is
/// <c>/afterburner accept</c>, for what had been pushed by then; or <c>/afterburner accept COMMIT</c>, for that commit alone.
/// Text in quotes and code blocks and the words of bots do not count.
/// </summary>
/// <remarks>
/// The dates of a commit are its author's to choose. When it was pushed is told by the first check that GitHub started for it.
/// </remarks>
public sealed partial class Acceptance(GitHubApi api, PullRequestName name)
{
    /// <summary>Fewer digits of a hash could be made to fit another commit.</summary>
    private const int LeastDigits = 7;

    private readonly PullRequestSource _source = new(api, name);

    /// <summary>Who accepted it and how, for the report; null when nobody did.</summary>
    /// <param name="head">Full hash of the commit that was found slower.</param>
    /// <exception cref="UsageException">There is no such pull request, or the token may not see it.</exception>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached or does not accept the token.</exception>
    public async Task<string?> OfAsync(string head)
    {
        var reply = await api.GetAsync<DescribedReply>(name.Path).ConfigureAwait(false);
        if (reply.Kind == GitHubReplyKind.NotAllowed)
            throw new UsageException($"there is no pull request {name}, or the token may not see it ({reply.Reason}).");
        var pull = GitHubApi.Required(reply, $"pull request {name}");
        if (pull.User is { } author && IsInDescription(pull.Body ?? "") && await MayAsync(author).ConfigureAwait(false))
            return $"{author.Login}, in the description of the pull request";

        var comments = GitHubApi.Required(
            await api.GetAllAsync<AcceptingReply>($"{name.RepositoryPath}/issues/{name.Number}/comments").ConfigureAwait(false), "the comments of the pull request");
        DateTimeOffset? pushed = null;
        foreach (var comment in comments.Reverse())
        {
            if (comment.User is not { } person || Command().Match(comment.Body ?? "") is not { Success: true } command)
                continue;
            var commit = command.Groups[1].Value.ToLowerInvariant();
            if (commit.Length == 0)
                pushed ??= await PushedAsync(head).ConfigureAwait(false);
            var meant = commit.Length == 0 ? comment.CreatedAt > pushed : commit.Length >= LeastDigits && head.StartsWith(commit, StringComparison.Ordinal);
            if (meant && await MayAsync(person).ConfigureAwait(false))
                return $"{person.Login}, in a comment";
        }

        return null;
    }

    /// <summary>A paragraph's line of its own, not in a quotation, a list, code or a comment of HTML.</summary>
    internal static bool IsInDescription(string body)
    {
        var shown = HiddenComment().Replace(body, "");
        return Markdown.Parse(shown).OfType<ParagraphBlock>().Any(p => Declaration().IsMatch(shown.AsSpan(p.Span.Start, p.Span.Length)));
    }

    private async Task<bool> MayAsync(PersonReply person) =>
        person.Type != "Bot" && await _source.MayWriteAsync(person.Login).ConfigureAwait(false);

    /// <summary>When GitHub started its first check of a commit: not before it was pushed. The end of time when there is none.</summary>
    private async Task<DateTimeOffset> PushedAsync(string head)
    {
        var reply = await api.GetAsync<StartedChecksReply>($"{name.RepositoryPath}/commits/{head}/check-runs?filter=all&per_page=100").ConfigureAwait(false);
        return reply.Value?.CheckRuns.Min(c => c.StartedAt) ?? DateTimeOffset.MaxValue;
    }

    [GeneratedRegex(@"^/afterburner[ \t]+accept(?:[ \t]+([0-9a-fA-F]{1,64}))?[ \t]*(?:\r?\n|\z)", RegexOptions.IgnoreCase)]
    private static partial Regex Command();

    [GeneratedRegex(@"^afterburner:[ \t]*accept[ \t]*\r?$", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex("<!--.*?(?:-->|\\z)", RegexOptions.Singleline)]
    private static partial Regex HiddenComment();

    private sealed record DescribedReply(string? Body, PersonReply? User);

    private sealed record AcceptingReply(string? Body, PersonReply? User, DateTimeOffset CreatedAt);

    private sealed record PersonReply(string Login, string? Type);

    private sealed record StartedChecksReply(IReadOnlyList<StartedCheckReply> CheckRuns);

    private sealed record StartedCheckReply(DateTimeOffset? StartedAt);
}
