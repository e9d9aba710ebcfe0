using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>What is said of a commit that belongs to no pull request: a branch that was pushed to, or that somebody asked about.</summary>
public sealed class CommitChecks(GitHubApi api, RepositoryName name, TimeProvider time)
{
    /// <summary>What the checks of a push are called, and those that somebody asked for: never as those of pull requests, which they would cover up.</summary>
    public const string OfPushes = "of pushes", ByHand = "by hand";

    private const int LongestSummary = 60_000;

    /// <summary>Name of the repository's default branch.</summary>
    /// <exception cref="UsageException">The token may not see the repository.</exception>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached.</exception>
    public async Task<string> DefaultBranchAsync()
    {
        var reply = await api.GetAsync<RepositoryReply>(name.Path).ConfigureAwait(false);
        if (reply.Kind == GitHubReplyKind.NotAllowed)
            throw new UsageException($"there is no repository {name}, or the token may not see it ({reply.Reason}).");
        return GitHubApi.Required(reply, $"the repository {name}").DefaultBranch;
    }

    /// <summary>Puts checks on a commit; those that stand there already stay as they are.</summary>
    /// <param name="head">Full hash.</param>
    /// <param name="kind"><see cref="OfPushes"/> or <see cref="ByHand"/>.</param>
    /// <param name="review">Null where none was made.</param>
    /// <param name="gate">Null where none was made. A slowdown fails its check: there is nobody to accept it.</param>
    /// <returns>What stands there now, for a person.</returns>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached.</exception>
    public async Task<string> PublishAsync(string head, string kind, Report? review, GateReport? gate)
    {
        var checks = new List<Check>();
        if (gate is not null)
        {
            var plan = new GatePlan(gate with { AcceptedBy = null }, FailOnRegression: true, AlwaysSummary: true);
            checks.Add(plan.Check($"{CheckPublisher.GateName} {kind}", GateMarkdown.Write(plan.Report, "", "", LongestSummary)));
        }

        if (review is not null)
        {
            checks.Add(new Check(
                $"{CheckPublisher.ReviewName} {kind}", review.Improved.Any() ? CheckConclusion.Neutral : CheckConclusion.Success, Wording.Headline(review),
                MarkdownReport.Write(review, LongestSummary), []));
        }

        var publisher = new CheckPublisher(api, name, time);
        foreach (var check in checks)
        {
            if (!await publisher.PublishAsync(head, check).ConfigureAwait(false))
                return "the app may not write checks (permission checks: write)";
        }

        return string.Join("; ", checks.Select(c => $"{c.Name}: {c.Title}"));
    }

    private sealed record RepositoryReply(string DefaultBranch);
}
