using Afterburner.GitHub;
using Afterburner.Suggestions;

namespace Afterburner;

/// <summary>How the publishing of a sweep ended.</summary>
public enum SweepEnd
{
    /// <summary>A pull request was opened.</summary>
    Opened,

    /// <summary>Nothing that is new was proven: nothing was opened.</summary>
    Silent,

    /// <summary>An earlier one is open, or was opened within the week: nothing was opened.</summary>
    NotYet,

    /// <summary>The token may not open one.</summary>
    ReadOnly,

    /// <summary>Everything was decided, nothing was sent.</summary>
    DryRun,
}

/// <param name="Directories">Run directories of <c>optimize --all</c>; several are shards of one run.</param>
/// <param name="MaxSuggestions">Of one pull request, those that save most.</param>
public sealed record SweepRequest(IReadOnlyList<string> Directories, RepositoryName Repository, int MaxSuggestions, bool DryRun);

/// <param name="Address">Of the pull request: <c>#12</c>; null where there is none.</param>
/// <param name="Body">Its text; empty where there is nothing to offer.</param>
/// <param name="Declined">Suggestions that people said no to before.</param>
public sealed record SweepOutcome(SweepEnd End, string Message, string? Address, string Body, int Offered, int Declined)
{
    public IReadOnlyList<WithheldSuggestion> Withheld { get; init; } = [];
}

/// <summary>The way of a finished sweep to one pull request of its own: read, check, leave out what was declined, open.</summary>
public sealed class SweepPublish(GitHubApi api, SuggestionCheck check, TimeProvider time)
{
    /// <exception cref="UsageException">The run is not acceptable, or of no commit of the default branch.</exception>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached or does not accept the token.</exception>
    public async Task<SweepOutcome> RunAsync(SweepRequest request, CancellationToken cancellationToken)
    {
        if (UntrustedRun.Read(request.Directories) is not { Review: { Base: "" } report, Gate: null })
            throw new UsageException("these directories hold no sweep: they are to be of 'afterburner optimize --all --head COMMIT'. What a change was reviewed for is published with --pr.");
        var (repository, name) = (request.Repository, new PullRequestName(request.Repository.Owner, request.Repository.Repository, 0));
        var branch = GitHubApi.Required(await api.GetAsync<RepositoryReply>(repository.Path).ConfigureAwait(false), "the repository").DefaultBranch
            ?? throw new EnvironmentFailureException("GitHub did not give the name of the default branch.");
        var compared = await api.GetAsync<CompareReply>($"{repository.Path}/compare/{Uri.EscapeDataString(branch)}...{report.Head}?per_page=1").ConfigureAwait(false);
        if (compared.Value?.Status is not ("identical" or "behind"))
            throw new UsageException($"{report.Head} is no commit of {branch}: a sweep is published of a commit that was merged{(compared.IsAnswered ? "" : $" ({compared.Reason})")}.");

        var pulls = new SweepPullRequest(api, repository, time);
        var history = await pulls.HistoryAsync().ConfigureAwait(false);
        var files = await new HeadFiles(api, name).FetchAsync(report.Head, report.Improved.Select(f => f.Path)).ConfigureAwait(false);
        var run = await check.CheckAsync(report, new PullRequestState(name, true, report.Head, branch, repository.ToString(), ""), files, cancellationToken).ConfigureAwait(false);
        var overlapping = PatchReport.LeftOut(run.Report);
        var wanted = run.Suggestions.Where(s => !history.Covers(s.Keys)).ToList();
        var offered = wanted.Where(s => !overlapping.Any(o => o.Id == s.Function.Id)).OrderByDescending(Saving).Take(request.MaxSuggestions).ToList();
        var outcome = new SweepOutcome(
            SweepEnd.Silent, "nothing new was proven: no pull request was opened.", null,
            offered.Count > 0 ? SweepPullRequest.Body(offered, run.Report) : "", offered.Count, run.Suggestions.Count - wanted.Count)
        { Withheld = run.Withheld };
        if (offered.Count == 0)
            return outcome;
        if (history.WhyNot is { } reason)
            return outcome with { End = SweepEnd.NotYet, Message = $"no pull request was opened: {reason}." };
        if (request.DryRun)
            return outcome with { End = SweepEnd.DryRun, Message = "dry run: no pull request was opened." };
        var (address, refusal) = await pulls.OpenAsync(branch, offered, files, run.Report).ConfigureAwait(false);
        return address is null
            ? outcome with { End = SweepEnd.ReadOnly, Message = $"no pull request could be opened: {refusal}. The token needs contents: write and pull-requests: write, and the repository has to let workflows open pull requests." }
            : outcome with { End = SweepEnd.Opened, Address = address, Message = $"{address} offers {Wording.Count(offered.Count, "faster version")}." };
    }

    /// <summary>What it saves where it matters, and what it adds to be read; of what that is not known of, only that it is faster.</summary>
    private static double Saving(CheckedSuggestion suggestion) =>
        (suggestion.Suggestion.Worth?.Rank(suggestion.Suggestion.Elsewhere.Count) ?? (suggestion.Function.Workload?.ShareOfTests ?? 0) * (1 - 1 / suggestion.Suggestion.Speedup)) + 1e-9 * suggestion.Suggestion.Speedup;
}
