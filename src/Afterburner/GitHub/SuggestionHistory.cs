using System.Text.RegularExpressions;

namespace Afterburner.GitHub;

/// <summary>A suggestion that was posted, and what became of it.</summary>
/// <param name="Pull">Number of its pull request.</param>
/// <param name="By">See <see cref="SuggestionKeys.By"/>; empty for one of a version that did not tell.</param>
public sealed record PastSuggestion(int Pull, string By, SuggestionFate Fate);

/// <summary>
/// Reads from the pull requests of a repository what became of suggestions: GitHub keeps all of it, so that no other record can disagree. Comments count
/// that this token's account wrote, and pull requests of sweeps.
/// </summary>
public sealed partial class SuggestionHistory(GitHubApi api, RepositoryName repository)
{
    private const int PageSize = 100;

    /// <param name="pulls">How many pull requests are looked at, those first in which something happened last.</param>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached or does not accept the token.</exception>
    public async Task<IReadOnlyList<PastSuggestion>> ReadAsync(int pulls)
    {
        var listed = GitHubApi.Required(
            await api.GetAllAsync<ListedPullReply>($"{repository.Path}/pulls?state=all&sort=updated&direction=desc", (pulls + PageSize - 1) / PageSize).ConfigureAwait(false), "the pull requests");
        var found = new List<PastSuggestion>();
        foreach (var pull in listed.Take(pulls))
        {
            if (pull.Head.Ref.StartsWith(SweepPullRequest.Prefix, StringComparison.Ordinal) && string.Equals(pull.Head.Repo?.FullName, repository.ToString(), StringComparison.OrdinalIgnoreCase))
                found.AddRange(OfSweep(pull));
            else
                found.AddRange(await OfAsync(pull).ConfigureAwait(false));
        }

        return found;
    }

    private static IEnumerable<PastSuggestion> OfSweep(ListedPullReply pull) =>
        (pull.Body ?? "").Split('\n').Select(l => SuggestionKeys.Read(l.TrimEnd('\r'))).OfType<SuggestionKeys>().Select(k => new PastSuggestion(
            pull.Number, k.By, pull.MergedAt is not null ? SuggestionFate.Taken : pull.State == "open" ? SuggestionFate.Open : SuggestionFate.Dismissed));

    private async Task<IEnumerable<PastSuggestion>> OfAsync(ListedPullReply pull)
    {
        var name = new PullRequestName(repository.Owner, repository.Repository, pull.Number);
        var state = new PullRequestState(name, pull.State == "open", pull.Head.Sha, pull.Head.Ref, pull.Head.Repo?.FullName, pull.User?.Login ?? "");
        var said = await new PullRequestSource(api, name).WithConversationAsync(state).ConfigureAwait(false);
        // What one suggestion needs at several places is one. What we took back ourselves, nobody decided about.
        var suggestions = said.Threads.GroupBy(t => t.Keys.Edit).ToList();
        if (suggestions.Count == 0)
            return [];
        var files = await new HeadFiles(api, name).FetchAsync(pull.Head.Sha, said.Threads.Select(t => t.Path)).ConfigureAwait(false);
        return suggestions
            .Select(threads => (threads.First().Keys, IsTaken: threads.All(t => files.TryGetValue(t.Path, out var file) && IsIn(t.Body, file)), IsRetired: threads.All(t => t.IsRetired)))
            .Where(s => s.IsTaken || !s.IsRetired)
            .Select(s => new PastSuggestion(
                pull.Number, s.Keys.By,
                s.IsTaken ? SuggestionFate.Taken : said.Dismissals.Cover(s.Keys) ? SuggestionFate.Dismissed : state.IsOpen ? SuggestionFate.Open : SuggestionFate.Ignored)).ToList();
    }

    /// <summary>Whether a file has the lines that a comment suggests.</summary>
    private static bool IsIn(string body, byte[] file) =>
        Suggested().Match(body) is { Success: true } match && new PostedSuggestion(new SuggestionKeys("", "", ""), "", "", "", [new PostedEdit("", match.Groups["lines"].Value)]).IsIn(file);

    [GeneratedRegex(@"^(?<fence>`{3,})suggestion\n(?<lines>.*?)^\k<fence>$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Suggested();
}

/// <summary>What people did with the suggestions of one recipe, or of one proposer.</summary>
/// <param name="Name">Empty where it is not told.</param>
public sealed record SuggestionStatistic(string Name, int Posted, int Taken, int Dismissed, int Ignored)
{
    /// <summary>Of those that somebody could have decided about by now, the share that was taken, 0 to 1; null where there is none.</summary>
    public double? ShareTaken => Taken + Dismissed + Ignored is > 0 and var decided ? (double)Taken / decided : null;

    /// <summary>One for each recipe and proposer, the most frequent first.</summary>
    public static IReadOnlyList<SuggestionStatistic> Of(IEnumerable<PastSuggestion> suggestions) =>
    [
        .. suggestions.GroupBy(s => s.By).Select(g => new SuggestionStatistic(
            g.Key, g.Count(), g.Count(s => s.Fate == SuggestionFate.Taken), g.Count(s => s.Fate == SuggestionFate.Dismissed), g.Count(s => s.Fate == SuggestionFate.Ignored)))
            .OrderByDescending(s => s.Posted).ThenBy(s => s.Name, StringComparer.Ordinal),
    ];
}
