using System.Globalization;
using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>
/// Offers what a sweep proved as one pull request against the default branch. Its own earlier pull requests are what it remembers by: an open
/// one has to be answered first, and what was closed without being merged is not offered again.
/// </summary>
internal sealed class SweepPullRequest(GitHubApi api, RepositoryName repository, TimeProvider time)
{
    internal const string Prefix = "afterburner/sweep-";
    private const int PagesOfPulls = 5;

    /// <summary>A scheduled workflow of each week begins some hours early or late.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromDays(6);

    /// <summary>The pull requests of earlier sweeps. Only who may write to the repository makes branches in it, so others cannot forge one.</summary>
    /// <exception cref="EnvironmentFailureException">GitHub does not tell.</exception>
    public async Task<SweepHistory> HistoryAsync()
    {
        var all = GitHubApi.Required(
            await api.GetAllAsync<ListedPullReply>($"{repository.Path}/pulls?state=all&sort=created&direction=desc", PagesOfPulls).ConfigureAwait(false), "the pull requests");
        var sweeps = all.Where(p => p.Head.Ref.StartsWith(Prefix, StringComparison.Ordinal)
            && string.Equals(p.Head.Repo?.FullName, repository.ToString(), StringComparison.OrdinalIgnoreCase)).ToList();
        var open = sweeps.Find(p => p.State == "open");
        var newest = sweeps.Count > 0 ? sweeps.Max(p => p.CreatedAt) : (DateTimeOffset?)null;
        return new SweepHistory(
            open is not null ? $"#{open.Number} of an earlier sweep is still open: merge it, or close it to decline"
                : newest is { } made && time.GetUtcNow() - made < Apart ? string.Create(CultureInfo.InvariantCulture, $"the last one was opened on {made:yyyy-MM-dd}, and one a week is enough")
                : null,
            [.. sweeps.Where(p => p is { State: "closed", MergedAt: null }).SelectMany(p => (p.Body ?? "").Split('\n')).Select(l => SuggestionKeys.Read(l.TrimEnd('\r'))).OfType<SuggestionKeys>()]);
    }

    /// <summary>Makes the branch, the commit and the pull request.</summary>
    /// <param name="files">At the commit of the report, those of the suggestions.</param>
    /// <returns>Its address as text (<c>#12</c>); null with a reason when the token may not.</returns>
    public async Task<(string? Address, string Reason)> OpenAsync(
        string into, IReadOnlyList<CheckedSuggestion> suggestions, IReadOnlyDictionary<string, byte[]> files, Report report)
    {
        var branch = $"{Prefix}{report.Head[..10]}-{BranchCommit.Key(suggestions)}";
        if (await new BranchCommit(api, repository).MakeAsync(branch, report.Head, BranchCommit.Title(suggestions), suggestions, files).ConfigureAwait(false) is { } failure)
            return (null, failure);
        var opened = await api.PostAsync<PullRequestReply>($"{repository.Path}/pulls", new
        {
            Title = BranchCommit.Title(suggestions),
            Head = branch,
            Base = into,
            Body = api.Redaction.Mask(Body(suggestions, report)),
        }).ConfigureAwait(false);
        return opened.Value is { } pullRequest ? ($"#{pullRequest.Number}", "") : (null, opened.Reason);
    }

    /// <summary>What is offered and what came of it before, in hidden lines; and of each suggestion its claim and its evidence, those first that save most.</summary>
    public static string Body(IReadOnlyList<CheckedSuggestion> suggestions, Report report) => BranchCommit.Described(
        $"A sweep of {report.Head[..10]}: every function, those first in which the tests spend most time. Merge to take these over, close to decline: what is declined is not offered again.\n\n"
        + string.Concat(suggestions.Select(s => s.Keys.Marker + "\n")) + "\n", suggestions, report);
}

/// <summary>What the pull requests of earlier sweeps say.</summary>
/// <param name="WhyNot">Why there is to be no other one now; null where there may be.</param>
/// <param name="Declined">What was closed without being merged.</param>
internal sealed record SweepHistory(string? WhyNot, IReadOnlyList<SuggestionKeys> Declined)
{
    public bool Covers(SuggestionKeys keys) => Declined.Any(d => d.Function == keys.Function && (d.Source == keys.Source || d.Edit == keys.Edit));
}
