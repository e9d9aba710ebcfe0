using Afterburner.GitHub;
using Afterburner.Worker.Apps;
using Afterburner.Worker.Inbox;
using Afterburner.Worker.Queue;

namespace Afterburner.Worker.Reviews;

/// <summary>The way of a delivery about a branch to the checks on its newest commit: a gate of what was pushed, or a review that somebody asked for.</summary>
internal sealed class BranchReview(AppTokens tokens, IEngine engine, WorkerSettings settings, TimeProvider time)
{
    /// <summary>Looks at a branch as it is now.</summary>
    /// <param name="stop">Cancelled when the work is another's, or the worker ends; cancelled here when a post is refused for that reason.</param>
    /// <exception cref="EnvironmentFailureException">An outage: it may go well later.</exception>
    /// <exception cref="UsageException">It will not, however often it is tried.</exception>
    public async Task<ReviewEnd> RunAsync(Attempt attempt, CancellationTokenSource stop)
    {
        var delivery = attempt.Delivery;
        var name = RepositoryName.Parse(delivery.Repository!);
        EngineRequest asked;
        EngineRun run;
        using (var reading = await Posts.OpenAsync(tokens, settings, attempt, time, stop).ConfigureAwait(false))
        {
            var main = await new CommitChecks(reading.Api, name, time).DefaultBranchAsync().ConfigureAwait(false);
            var since = delivery.Since is null ? [] : await SinceAsync(attempt, stop.Token).ConfigureAwait(false);
            asked = new EngineRequest(delivery, name, $"refs/heads/{delivery.Branch}", main) { Since = since, Function = delivery.Function };
            run = await engine.RunAsync(asked, reading.Token, what => attempt.TellAsync(what, stop.Token), stop.Token).ConfigureAwait(false);
        }

        await attempt.AboutAsync(run.Head, stop.Token).ConfigureAwait(false);
        if (run is { Problem: null, Review: null, Gate: null })
            return new ReviewEnd(DeliveryState.Done, "there is nothing to compare: it was gated before, or it is the branch that it is compared with");
        if (run.Review is null && run.Gate is null)
            return new ReviewEnd(DeliveryState.Failed, run.Problem);
        await attempt.TellAsync("posting", stop.Token).ConfigureAwait(false);
        // The token from before may have expired meanwhile.
        using var posts = await Posts.OpenAsync(tokens, settings, attempt, time, stop).ConfigureAwait(false);
        var said = await new CommitChecks(posts.Api, name, time).PublishAsync(run.Head, delivery.Since is null ? CommitChecks.ByHand : CommitChecks.OfPushes, run.Review, run.Gate).ConfigureAwait(false);
        return new ReviewEnd(DeliveryState.Done, run.Problem is { } problem ? $"{said} {problem}" : said);
    }

    /// <summary>What a push is compared with: the commit that was gated last. Deliveries may come in any order, or not at all.</summary>
    private static async Task<IReadOnlyList<string>> SinceAsync(Attempt attempt, CancellationToken cancellationToken) =>
        await attempt.LastGatedAsync(cancellationToken).ConfigureAwait(false) is { } last ? [last, attempt.Delivery.Since!] : [attempt.Delivery.Since!];
}
