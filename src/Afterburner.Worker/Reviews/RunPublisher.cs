using Afterburner.Functions;
using Afterburner.GitHub;
using Afterburner.Settings;
using Afterburner.Worker.Apps;

namespace Afterburner.Worker.Reviews;

/// <summary>Posts what finished runs say to their pull request. It posts nothing twice, so that one which was broken off can be done again.</summary>
internal sealed class RunPublisher(WorkerSandbox sandboxes, TimeProvider time)
{
    /// <param name="runs">Run directories of a review, of a gate, or of both.</param>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached.</exception>
    public async Task<PublishOutcome> PublishAsync(
        Posts posts, PullRequestName name, Configuration configuration, IReadOnlyList<string> runs, CancellationToken cancellationToken)
    {
        var astGrep = AstGrep.Find(await sandboxes.OpenAsync(configuration, cancellationToken).ConfigureAwait(false));
        var publish = new Publish(posts.Api, new SuggestionCheck(new FunctionFinder(astGrep), astGrep), time);
        return await publish.RunAsync(new PublishRequest(runs, name, configuration, Sarif: false, DryRun: false, StepSummary: null), cancellationToken).ConfigureAwait(false);
    }
}
