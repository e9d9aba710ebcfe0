using Afterburner.GitHub;
using Afterburner.Settings;
using Afterburner.Worker.Apps;
using Afterburner.Worker.Inbox;
using Afterburner.Worker.Queue;

namespace Afterburner.Worker.Reviews;

/// <summary>How a review ended.</summary>
/// <param name="Reason">For a person; null where that goes without saying.</param>
internal sealed record ReviewEnd(DeliveryState State, string? Reason);

/// <summary>Runs what is to be run for a pull request: the engine, or what stands in for it where only the queue is of interest.</summary>
internal interface IEngine
{
    /// <summary>Reviews the head of a pull request.</summary>
    /// <param name="token">May read the repository.</param>
    /// <param name="tell">Told what is being done.</param>
    /// <exception cref="EnvironmentFailureException">An outage: it may go well later.</exception>
    /// <exception cref="UsageException">It will not, however often it is tried.</exception>
    Task<EngineRun> RunAsync(Delivery delivery, PullRequestState pull, Proposers.Secret token, Func<string, Task> tell, CancellationToken cancellationToken);
}

/// <param name="Configuration">Of the default branch.</param>
/// <param name="Directories">Run directories of the review and of the gate, as far as they came to an end.</param>
/// <param name="Problem">What kept a part of it from being done; null when nothing did.</param>
internal sealed record EngineRun(Configuration Configuration, IReadOnlyList<string> Directories, string? Problem);

/// <summary>The way of a delivery to what stands on the pull request.</summary>
internal sealed class PullRequestReview(AppTokens tokens, IEngine engine, WorkerSandbox sandbox, WorkerSettings settings, TimeProvider time)
{
    /// <summary>Reviews a pull request as it is now, and posts what there is to say.</summary>
    /// <param name="stop">Cancelled when the review is another's, or the worker ends; cancelled here when a post is refused for that reason.</param>
    /// <exception cref="EnvironmentFailureException">An outage: it may go well later.</exception>
    /// <exception cref="UsageException">It will not, however often it is tried.</exception>
    public async Task<ReviewEnd> RunAsync(Attempt attempt, CancellationTokenSource stop)
    {
        using var reading = await PullRequestPosts.OpenAsync(tokens, settings, attempt, time, stop).ConfigureAwait(false);
        var pull = await reading.ReadAsync().ConfigureAwait(false);
        if (!pull.IsOpen)
            return new ReviewEnd(DeliveryState.Superseded, "the pull request is closed");
        if (!attempt.Delivery.Again && await attempt.IsReviewedAsync(pull.HeadSha, stop.Token).ConfigureAwait(false))
            return new ReviewEnd(DeliveryState.Superseded, "its newest commit was reviewed before");
        // The delivery may be late: what counts is the head that the pull request has now.
        await attempt.AboutAsync(pull.HeadSha, stop.Token).ConfigureAwait(false);

        var run = await engine.RunAsync(
            attempt.Delivery, pull, reading.Token, what => attempt.TellAsync(what, stop.Token), stop.Token).ConfigureAwait(false);
        if (run.Directories.Count == 0)
            return new ReviewEnd(DeliveryState.Failed, run.Problem);

        await attempt.TellAsync("posting", stop.Token).ConfigureAwait(false);
        // The token from before may have expired meanwhile.
        using var posts = await PullRequestPosts.OpenAsync(tokens, settings, attempt, time, stop).ConfigureAwait(false);
        var opened = await sandbox.OpenAsync(run.Configuration, stop.Token).ConfigureAwait(false);
        var outcome = await posts.PublishAsync(opened, run.Configuration, run.Directories, stop.Token).ConfigureAwait(false);
        return outcome.End switch
        {
            // Its delivery is on the way, or lost; this one is the one that is sure to be here.
            PublishEnd.Superseded => throw new EnvironmentFailureException("the pull request got a newer head while it was reviewed"),
            PublishEnd.Closed => new ReviewEnd(DeliveryState.Superseded, "the pull request is closed"),
            _ => new ReviewEnd(DeliveryState.Done, run.Problem is { } problem ? $"{outcome.Message} {problem}" : outcome.Message),
        };
    }
}
