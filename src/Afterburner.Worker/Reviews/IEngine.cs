using Afterburner.GitHub;
using Afterburner.Proposers;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Worker.Inbox;

namespace Afterburner.Worker.Reviews;

/// <summary>Runs what is to be run: the engine, or what stands in for it where only the queue is of interest.</summary>
internal interface IEngine
{
    /// <summary>Reviews a change and gates it, or does one of the two.</summary>
    /// <param name="token">May read the repository.</param>
    /// <param name="tell">Told what is being done.</param>
    /// <exception cref="EnvironmentFailureException">An outage: it may go well later.</exception>
    /// <exception cref="UsageException">It will not, however often it is tried.</exception>
    Task<EngineRun> RunAsync(EngineRequest request, Secret token, Func<string, Task> tell, CancellationToken cancellationToken);
}

/// <summary>What is to be looked at.</summary>
/// <param name="HeadRef">The full name of what is fetched: <c>refs/pull/7/head</c>, <c>refs/heads/change</c>.</param>
/// <param name="DefaultBranch">Its configuration and its recipes count, whatever is under review.</param>
internal sealed record EngineRequest(Delivery Delivery, RepositoryName Repository, string HeadRef, string DefaultBranch)
{
    /// <value>Full hash of the commit under review. Defaults to null: the newest one of <see cref="HeadRef"/>.</value>
    public string? Head { get; init; }

    /// <value>Branch that the change is compared with. Defaults to null: the default branch.</value>
    public string? BaseBranch { get; init; }

    /// <value>
    /// Full hashes of commits since which slowdowns are looked for, and nothing else is: the first that is still there counts. Defaults to none: a change
    /// is reviewed and gated.
    /// </value>
    public IReadOnlyList<string> Since { get; init; } = [];

    /// <value>Names of the labels of the pull request. Defaults to none.</value>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <value>Told before a gate of the change is begun. Defaults to nothing.</value>
    public Func<Task> GateBegins { get; init; } = () => Task.CompletedTask;

    /// <value>One function to be made faster, and nothing else, as <c>PATH::FUNCTION</c>. Defaults to null.</value>
    public string? Function { get; init; }
}

/// <param name="Configuration">Of the default branch.</param>
/// <param name="Head">Full hash of the commit that was looked at.</param>
/// <param name="Directories">Run directories of the review and of the gate, as far as they came to an end.</param>
/// <param name="Problem">What kept a part of it from being done; null when nothing did.</param>
internal sealed record EngineRun(Configuration Configuration, string Head, IReadOnlyList<string> Directories, string? Problem)
{
    /// <value>Null where none was made or it did not come to its end.</value>
    public Report? Review { get; init; }

    /// <value>Null where none was made or it did not come to its end.</value>
    public GateReport? Gate { get; init; }
}
