using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>
/// Offers suggestions outside the diff as one pull request against the head branch. The same suggestions are offered
/// once: closing the pull request is an answer.
/// </summary>
internal sealed class FixPullRequest(GitHubApi api, PullRequestState pull)
{
    private string Owner => pull.Name.Owner;

    /// <summary>Makes the branch, the commit and the pull request, or finds the one made earlier.</summary>
    /// <returns>Its address as text (<c>#12</c>); null with a reason when the token may not, or the head moved on.</returns>
    public async Task<(string? Address, string Reason)> OfferAsync(
        IReadOnlyList<CheckedSuggestion> suggestions, IReadOnlyDictionary<string, byte[]> files, Report report)
    {
        var branch = $"afterburner/pr-{pull.Name.Number}-{BranchCommit.Key(suggestions)}";
        var earlier = await api.GetAsync<List<PullRequestReply>>(
            $"{pull.Name.RepositoryPath}/pulls?state=all&head={Owner}:{branch}").ConfigureAwait(false);
        if (earlier.Value is [var first, ..])
            return ($"#{first.Number}", "");
        if (await new BranchCommit(api, pull.Name.InRepository).MakeAsync(branch, pull.HeadSha, BranchCommit.Title(suggestions), suggestions, files).ConfigureAwait(false) is { } failure)
            return (null, failure);
        var opened = await api.PostAsync<PullRequestReply>($"{pull.Name.RepositoryPath}/pulls", new
        {
            Title = BranchCommit.Title(suggestions),
            Head = branch,
            Base = pull.HeadRef,
            Body = api.Redaction.Mask(Body(suggestions, report)),
        }).ConfigureAwait(false);
        return opened.Value is { } pullRequest ? ($"#{pullRequest.Number}", "") : (null, opened.Reason);
    }

    private string Body(IReadOnlyList<CheckedSuggestion> suggestions, Report report) => BranchCommit.Described(
        $"For pull request {pull.Name.Number}, on lines outside its diff. Merge to take them over, close to decline.\n\n", suggestions, report);
}
