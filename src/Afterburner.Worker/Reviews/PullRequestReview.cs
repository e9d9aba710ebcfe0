using System.Globalization;
using Afterburner.GitHub;
using Afterburner.Proposers;
using Afterburner.Suggestions;
using Afterburner.Worker.Apps;
using Afterburner.Worker.Inbox;
using Afterburner.Worker.Queue;

namespace Afterburner.Worker.Reviews;

/// <summary>How a review ended.</summary>
/// <param name="Reason">For a person; null where that goes without saying.</param>
internal sealed record ReviewEnd(DeliveryState State, string? Reason);

/// <summary>The way of a delivery to what stands on the pull request.</summary>
internal sealed class PullRequestReview(AppTokens tokens, IEngine engine, RunPublisher publisher, PostedSuggestions suggestions, WorkerSettings settings, TimeProvider time)
{
    private const string IsClosed = "the pull request is closed", HasMoved = "the pull request got a newer head while it was reviewed";

    /// <summary>Reviews a pull request as it is now, and posts what there is to say.</summary>
    /// <param name="stop">Cancelled when the review is another's, or the worker ends; cancelled here when a post is refused for that reason.</param>
    /// <exception cref="EnvironmentFailureException">An outage: it may go well later.</exception>
    /// <exception cref="UsageException">It will not, however often it is tried.</exception>
    public async Task<ReviewEnd> RunAsync(Attempt attempt, CancellationTokenSource stop)
    {
        var name = PullRequestName.Parse(attempt.Delivery.Subject);
        using var reading = await Posts.OpenAsync(tokens, settings, attempt, time, stop).ConfigureAwait(false);
        var pull = await new PullRequestSource(reading.Api, name).ReadAsync().ConfigureAwait(false);
        await suggestions.LookAsync(attempt.Delivery, reading.Api, pull, stop.Token).ConfigureAwait(false);
        if (!pull.IsOpen)
            return new ReviewEnd(DeliveryState.Superseded, IsClosed);
        if (!attempt.Delivery.Again && await attempt.IsReviewedAsync(pull.HeadSha, stop.Token).ConfigureAwait(false))
            return new ReviewEnd(DeliveryState.Superseded, "its newest commit was reviewed before");
        // The delivery may be late: what counts is the head that the pull request has now.
        await attempt.AboutAsync(pull.HeadSha, stop.Token).ConfigureAwait(false);

        if (pull.BaseRef.Length == 0 || pull.DefaultBranch.Length == 0)
            throw new EnvironmentFailureException("GitHub does not say which branch the pull request is to be merged into.");
        var begun = false;
        var asked = new EngineRequest(attempt.Delivery, name.InRepository, string.Create(CultureInfo.InvariantCulture, $"refs/pull/{name.Number}/head"), pull.DefaultBranch)
        {
            Head = pull.HeadSha, BaseBranch = pull.BaseRef, Function = attempt.Delivery.Function, Labels = pull.Labels,
            GateBegins = () =>
            {
                begun = true;
                return new GateCheck(reading.Api, name, time).BeginAsync(pull.HeadSha);
            },
        };
        if (asked.Function is not null)
            return await OptimizeAsync(attempt, name, asked, reading.Token, stop).ConfigureAwait(false);
        EngineRun run;
        try
        {
            run = await engine.RunAsync(asked, reading.Token, what => attempt.TellAsync(what, stop.Token), stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is EnvironmentFailureException or UsageException)
        {
            // It may be tried again, which begins another check; if not, nobody else would end this one.
            await BreakAsync("The worker could not run it.").ConfigureAwait(false);
            throw;
        }

        if (run.Gate is null)
            await BreakAsync("The worker could not run it: its page says why.").ConfigureAwait(false);
        if (run.Directories.Count == 0)
            return new ReviewEnd(DeliveryState.Failed, run.Problem);

        await attempt.TellAsync("posting", stop.Token).ConfigureAwait(false);
        // The token from before may have expired meanwhile.
        using var posts = await Posts.OpenAsync(tokens, settings, attempt, time, stop).ConfigureAwait(false);
        var outcome = await publisher.PublishAsync(posts, name, run.Configuration, run.Directories, stop.Token).ConfigureAwait(false);
        if (outcome is { End: PublishEnd.Published, Plan: { } plan })
            await suggestions.KeepAsync(attempt.Delivery, plan, stop.Token).ConfigureAwait(false);
        return outcome.End switch
        {
            // Its delivery is on the way, or lost; this one is the one that is sure to be here.
            PublishEnd.Superseded => throw new EnvironmentFailureException(HasMoved),
            PublishEnd.Closed => new ReviewEnd(DeliveryState.Superseded, IsClosed),
            _ => new ReviewEnd(DeliveryState.Done, run.Problem is { } problem ? $"{outcome.Message} {problem}" : outcome.Message),
        };

        // What was begun is ended; what GitHub does not take now is not worth the review.
        async Task BreakAsync(string reason)
        {
            if (!begun)
                return;
            try
            {
                using var ending = await Posts.OpenAsync(tokens, settings, attempt, time, stop).ConfigureAwait(false);
                await new GateCheck(ending.Api, name, time).BreakAsync(pull.HeadSha, reason).ConfigureAwait(false);
            }
            catch (Exception e) when (e is EnvironmentFailureException or UsageException)
            {
                await attempt.TellAsync($"the check of the gate could not be ended: {e.Message}", stop.Token).ConfigureAwait(false);
            }
        }
    }

    /// <summary>One function, and a comment about it.</summary>
    private async Task<ReviewEnd> OptimizeAsync(Attempt attempt, PullRequestName name, EngineRequest asked, Secret token, CancellationTokenSource stop)
    {
        var run = await engine.RunAsync(asked, token, what => attempt.TellAsync(what, stop.Token), stop.Token).ConfigureAwait(false);
        using var posts = await Posts.OpenAsync(tokens, settings, attempt, time, stop).ConfigureAwait(false);
        var now = await new PullRequestSource(posts.Api, name).ReadAsync().ConfigureAwait(false);
        if (!now.IsOpen)
            return new ReviewEnd(DeliveryState.Superseded, IsClosed);
        if (now.HeadSha != asked.Head)
            throw new EnvironmentFailureException(HasMoved);
        var comments = new CommentCommands(posts.Api, name);
        if (run.Review is { } report)
        {
            await comments.OptimizedAsync(asked.Function!, report).ConfigureAwait(false);
            return new ReviewEnd(DeliveryState.Done, Wording.Headline(report));
        }

        await comments.NotOptimizedAsync(asked.Function!, run.Problem!.Replace(settings.Data, "...", StringComparison.Ordinal)).ConfigureAwait(false);
        return new ReviewEnd(DeliveryState.Failed, run.Problem);
    }
}
