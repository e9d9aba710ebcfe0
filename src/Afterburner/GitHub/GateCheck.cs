namespace Afterburner.GitHub;

/// <summary>
/// The check of a gate on a pull request before there is anything to say: in progress from the start, so that a branch can require it. Its conclusion comes with the
/// gate's report (<see cref="Publish"/>), or here where it came to none.
/// </summary>
public sealed class GateCheck(GitHubApi api, PullRequestName name, TimeProvider time)
{
    /// <summary>Says that the gate has begun.</summary>
    /// <param name="head">Full hash of the commit that it is about; null for the newest one.</param>
    /// <returns>What stands there now, for a person.</returns>
    /// <exception cref="UsageException">There is no such pull request, or the token may not see it.</exception>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached or does not accept the token.</exception>
    public async Task<string> BeginAsync(string? head)
    {
        var pull = await new PullRequestSource(api, name).ReadAsync().ConfigureAwait(false);
        if (!pull.IsOpen)
            return $"{name} is closed: no check was begun.";
        if (head is not null && head != pull.HeadSha)
            return $"the head of {name} is {pull.HeadSha}, not {head}: no check was begun.";
        return await Checks.BeginAsync(
                pull.HeadSha, NameOf(pull), "measuring", "The functions that the pull request changes are compared with those of its base. This check gets its conclusion when that is done.").ConfigureAwait(false)
            ? $"the check {NameOf(pull)} is in progress on {pull.HeadSha}." : "the token may not write checks, so there is no check run (permission checks: write).";
    }

    /// <summary>Says that a gate which had begun came to nothing: its check fails, unless it has its conclusion already.</summary>
    /// <param name="head">As it was begun with.</param>
    /// <param name="reason">One sentence for a person; nothing in it is text of the repository.</param>
    /// <inheritdoc cref="BeginAsync" path="/exception"/>
    public async Task<string> BreakAsync(string? head, string reason)
    {
        var pull = await new PullRequestSource(api, name).ReadAsync().ConfigureAwait(false);
        var check = new Check(
            NameOf(pull), CheckConclusion.Failure, "the gate did not come to its end", $"{reason}\n\nThis says nothing about the code. Run the gate again.\n", []);
        return await Checks.EndAsync(head ?? pull.HeadSha, check).ConfigureAwait(false) ? $"{check.Name}: {check.Title}" : $"{check.Name} is not in progress: nothing was changed.";
    }

    private CheckPublisher Checks => new(api, name.InRepository, time);

    /// <summary>
    /// A check hangs on a commit, and one commit can be the head of two pull requests: what a gate says of the way into another branch must not
    /// cover up what it said of the way into the default branch.
    /// </summary>
    internal static string NameOf(PullRequestState pull) => pull.BaseRef.Length == 0 || pull.DefaultBranch.Length == 0 || pull.BaseRef == pull.DefaultBranch
        ? CheckPublisher.GateName : $"{CheckPublisher.GateName} into {pull.BaseRef}";
}
