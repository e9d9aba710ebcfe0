using System.Text;
using System.Text.Json;
using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>What became of the comments of a plan.</summary>
/// <param name="Posted">Keys of the suggestions that stand as review comments now and did not before.</param>
/// <param name="Refused">Those that GitHub takes no comment for, with its reason.</param>
/// <param name="MayWrite">False when the token may only read: nothing was posted.</param>
internal sealed record ReviewOutcome(
    IReadOnlySet<SuggestionKeys> Posted, IReadOnlyDictionary<SuggestionKeys, string> Refused, bool MayWrite)
{
    /// <summary>Why the token may not, in GitHub's words.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>
/// Posts a plan as one review, takes back what no longer holds, and keeps the one summary comment. What GitHub refuses
/// is narrowed down by halves, so that one bad comment costs no other. What may or may not have arrived is looked for
/// before it is sent again.
/// </summary>
internal sealed class ReviewPublisher(GitHubApi api, PullRequestSource source)
{
    /// <summary>Reviews that may be tried in one publishing; beyond, what is left goes to the summary.</summary>
    private const int MostReviews = 25;

    private const int MostRetiredAtOnce = 25;

    private readonly Dictionary<SuggestionKeys, string> _refused = [];
    private readonly HashSet<SuggestionKeys> _posted = [];
    private int _reviews;
    private string? _notAllowed;

    /// <summary>Posts the new review comments.</summary>
    public async Task<ReviewOutcome> PostAsync(PublicationPlan plan)
    {
        await PostAsync(plan.Pull, [.. plan.At(Placement.Comment)]).ConfigureAwait(false);
        return new ReviewOutcome(_posted, _refused, _notAllowed is null) { Reason = _notAllowed ?? "" };
    }

    private async Task PostAsync(PullRequestState pull, List<PlannedSuggestion> comments)
    {
        if (comments.Count == 0 || _notAllowed is not null)
            return;
        if (_reviews++ >= MostReviews)
        {
            Refuse(comments, "too many of this review were refused");
            return;
        }

        var reply = await api.PostAsync<AnyReply>($"{pull.Name.Path}/reviews", Review(pull, comments)).ConfigureAwait(false);
        switch (reply.Kind)
        {
            case GitHubReplyKind.Answered:
                _posted.UnionWith(comments.Select(c => c.Checked.Keys));
                break;
            case GitHubReplyKind.NotAllowed:
                _notAllowed = reply.Reason;
                break;
            case GitHubReplyKind.Refused when comments.Count == 1:
                Refuse(comments, reply.Reason);
                break;
            case GitHubReplyKind.Refused:
                await PostAsync(pull, [.. comments.Take(comments.Count / 2)]).ConfigureAwait(false);
                await PostAsync(pull, [.. comments.Skip(comments.Count / 2)]).ConfigureAwait(false);
                break;
            case GitHubReplyKind.Unknown:
                await PostMissingAsync(pull, comments, reply.Reason).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>Nobody knows whether the review arrived: what did is not sent again.</summary>
    private async Task PostMissingAsync(PullRequestState pull, List<PlannedSuggestion> comments, string reason)
    {
        var now = await source.WithConversationAsync(pull).ConfigureAwait(false);
        var arrived = now.Threads.Select(t => t.Keys).ToHashSet();
        _posted.UnionWith(comments.Select(c => c.Checked.Keys).Where(arrived.Contains));
        var missing = comments.Where(c => !arrived.Contains(c.Checked.Keys)).ToList();
        if (missing.Count > 0 && _reviews >= 3)
            throw new EnvironmentFailureException($"GitHub did not answer to a review: {reason} Run publish again; it posts nothing twice.");
        await PostAsync(now, missing).ConfigureAwait(false);
    }

    private void Refuse(IEnumerable<PlannedSuggestion> comments, string reason)
    {
        foreach (var comment in comments)
            _refused[comment.Checked.Keys] = reason;
    }

    private ReviewRequestBody Review(PullRequestState pull, List<PlannedSuggestion> comments) => new(
        pull.HeadSha,
        "COMMENT",
        $"Afterburner measured {(comments.Count == 1 ? "a version that is" : "versions that are")} proven better and behaved the same in every check.",
        [.. comments.SelectMany(Comments)]);

    /// <summary>The comment on the function, then those on the other lines that it needs.</summary>
    private IEnumerable<LineComment> Comments(PlannedSuggestion planned)
    {
        var (path, suggestion) = (planned.Checked.Function.Path, planned.Checked.Suggestion);
        yield return Comment(path, suggestion.Edit, planned.Body!);
        foreach (var edit in suggestion.Elsewhere)
            yield return Comment(path, edit, CommentText.Elsewhere(planned.Checked, edit));
    }

    private LineComment Comment(string path, Edit edit, string body) => edit.StartLine < edit.EndLine
        ? new LineComment(path, api.Redaction.Mask(body), edit.EndLine, "RIGHT", edit.StartLine, "RIGHT")
        // GitHub refuses a range of one line.
        : new LineComment(path, api.Redaction.Mask(body), edit.EndLine, "RIGHT", null, null);

    /// <summary>Hides comments that no longer hold as outdated, and resolves their threads where the token may.</summary>
    /// <returns>How many are hidden now.</returns>
    public async Task<int> RetireAsync(IReadOnlyList<ReviewThread> threads)
    {
        var retired = 0;
        foreach (var batch in threads.Chunk(MostRetiredAtOnce))
        {
            var variables = new Dictionary<string, string>();
            foreach (var (thread, i) in batch.Select((t, i) => (t, i)))
                (variables[$"c{i}"], variables[$"t{i}"]) = (thread.CommentId, thread.Id);
            var reply = await api.QueryAsync<Dictionary<string, JsonElement>>(Retirement(batch.Length), variables).ConfigureAwait(false);
            retired += reply.Value?.Data?.Count(d => d.Key.StartsWith('m') && d.Value.ValueKind == JsonValueKind.Object) ?? 0;
        }

        return retired;
    }

    /// <summary>Minimised first: that it was done by us is read from the reason, also when resolving is not allowed.</summary>
    internal static string Retirement(int count)
    {
        var text = new StringBuilder("mutation Retire(");
        text.AppendJoin(", ", Enumerable.Range(0, count).Select(i => $"$c{i}: ID!, $t{i}: ID!")).Append(") {\n");
        for (var i = 0; i < count; i++)
        {
            text.Append($"  m{i}: minimizeComment(input: {{subjectId: $c{i}, classifier: OUTDATED}}) {{ minimizedComment {{ isMinimized }} }}\n");
            text.Append($"  r{i}: resolveReviewThread(input: {{threadId: $t{i}}}) {{ thread {{ id isResolved }} }}\n");
        }

        return text.Append("}\n").ToString();
    }

    /// <summary>
    /// Writes parts of the summary comment: a new one, or into the one there is. It is read again first, because a review
    /// and a gate of one push end at about the same time and each keeps what the other wrote.
    /// </summary>
    /// <returns>False when the token may not.</returns>
    internal async Task<bool> SummariseAsync(PullRequestState pull, SummarySections parts)
    {
        var issues = $"{pull.Name.RepositoryPath}/issues";
        for (var attempt = 1; ; attempt++)
        {
            pull = await source.WithConversationAsync(pull).ConfigureAwait(false);
            var text = api.Redaction.Mask(parts.Over(pull.Summary).Write());
            // What stands may be of a version that had no parts, and as long as a comment can be.
            if (text.Length > CommentText.Limit)
                text = api.Redaction.Mask(parts.Write());
            if (pull.Summary is { } standing && Same(standing.Body, text))
                return true;
            var reply = pull.Summary is { } existing
                ? await api.PatchAsync<AnyReply>($"{issues}/comments/{existing.Id}", new { Body = text }).ConfigureAwait(false)
                : await api.PostAsync<AnyReply>($"{issues}/{pull.Name.Number}/comments", new { Body = text }).ConfigureAwait(false);
            if (reply.Kind is GitHubReplyKind.Answered or GitHubReplyKind.NotAllowed)
                return reply.IsAnswered;
            if (reply.Kind == GitHubReplyKind.Refused || attempt == 3)
                throw new EnvironmentFailureException($"GitHub did not take the summary comment: {reply.Reason}");
        }
    }

    private static bool Same(string a, string b) => a.ReplaceLineEndings("\n").Trim() == b.ReplaceLineEndings("\n").Trim();

    private sealed record ReviewRequestBody(string CommitId, string Event, string Body, IReadOnlyList<LineComment> Comments);

    private sealed record LineComment(string Path, string Body, int Line, string Side, int? StartLine, string? StartSide);
}
