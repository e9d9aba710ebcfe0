using Afterburner.GitHub;
using Afterburner.Settings;
using Afterburner.Worker.Apps;
using Afterburner.Worker.Inbox;
using Afterburner.Worker.Reviews;
using Afterburner.Worker.Setup;
using Afterburner.Worker.Webhooks;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace Afterburner.Worker.Queue;

/// <summary>
/// Does what people ask for in comments. Not the scheduler's business: "stop" must not wait behind the review that it is to end.
/// </summary>
internal sealed class Commands(
    InboxDatabase database, AppTokens tokens, ISchedulerFactory schedulers, Reports reports, RunPublisher publisher, Mirrors mirrors, Dependencies dependencies, WorkerSettings settings, TimeProvider time, ILogger<Commands> log) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(500);

    /// <summary>A command is a handful of requests. One that has not ended by then was left by a worker that died.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly Turns _turns = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await NextAsync(stoppingToken).ConfigureAwait(false) is { } attempt)
                    await DoAsync(attempt, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("commands are looked for again: {Reason}", e.Message);
            }

            await Task.Delay(Often, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Attempt?> NextAsync(CancellationToken cancellationToken)
    {
        await using var inbox = database.Open();
        var now = time.GetUtcNow();
        var left = now - Longest;
        var waiting = await inbox.Deliveries.Where(d => d.Kind == WorkKind.Command
                && ((d.State == DeliveryState.Waiting && (d.NotBefore == null || d.NotBefore <= now)) || (d.State == DeliveryState.Running && d.StartedAt < left)))
            .GroupBy(d => new { d.Installation, d.RepositoryId }).Select(g => new { g.Key.Installation, g.Key.RepositoryId, Id = g.Min(d => d.Id) })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        if (waiting.Select(w => new Waiting(w.Id, w.Installation, w.RepositoryId)).OrderBy(_turns.Of).FirstOrDefault() is not { } next)
            return null;
        _turns.Had(next);
        var delivery = await inbox.Deliveries.AsNoTracking().SingleOrDefaultAsync(d => d.Id == next.Id, cancellationToken).ConfigureAwait(false);
        return delivery is null ? null : await Attempt.TakeAsync(database, time, delivery, settings.Name, cancellationToken).ConfigureAwait(false);
    }

    private async Task DoAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(Longest / 2);
        try
        {
            var done = WebhookEvent.Read(attempt.Delivery.Event, attempt.Delivery.Payload) switch
            {
                WebhookEvent.Commanded command => await DoAsync(attempt, command, stop).ConfigureAwait(false),
                WebhookEvent.Accepted(_, var author) => await AcceptedAsync(attempt, author, stop).ConfigureAwait(false),
                WebhookEvent.Gone gone => await GoneAsync(attempt.Delivery, gone, stop.Token).ConfigureAwait(false),
                _ => "it is no command",
            };
            await attempt.EndAsync(DeliveryState.Done, done, CancellationToken.None).ConfigureAwait(false);
        }
        catch (UsageException e)
        {
            await attempt.EndAsync(DeliveryState.Failed, e.Message, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && !InboxDatabase.IsOutage(e))
        {
            await attempt.FailAsync(e.Message, settings).ConfigureAwait(false);
        }
    }

    private async Task<string> DoAsync(Attempt attempt, WebhookEvent.Commanded command, CancellationTokenSource stop)
    {
        var name = PullRequestName.Parse(attempt.Delivery.Subject);
        using var posts = await Posts.OpenAsync(tokens, settings, attempt, time, stop).ConfigureAwait(false);
        // Whoever may not write gets no answer at all: an answer would be something that strangers can make the app post.
        if (!await new PullRequestSource(posts.Api, name).MayWriteAsync(command.Sender).ConfigureAwait(false))
            return $"{command.Sender} may not write to the repository";
        var replies = new CommentCommands(posts.Api, name);
        await replies.ReactAsync(command.Comment, "eyes").ConfigureAwait(false);
        var done = command.Verb switch
        {
            CommandVerb.Accept => await AcceptAsync(attempt.Delivery, posts, stop.Token).ConfigureAwait(false) ?? await ReviewAsync(attempt.Delivery, null, stop.Token).ConfigureAwait(false),
            CommandVerb.Review or CommandVerb.Optimize => await ReviewAsync(attempt.Delivery, command.Function, stop.Token).ConfigureAwait(false),
            CommandVerb.Stop => await StopAsync(attempt.Delivery, all: true, $"{command.Sender} stopped it", stop.Token).ConfigureAwait(false),
            // The conversation itself is what counts: it is read before anything is posted.
            CommandVerb.Ignore => "noted",
            CommandVerb.Help or CommandVerb.Unknown => null,
        };
        if (done is null)
            await replies.HelpAsync(CommandText.Help).ConfigureAwait(false);
        await replies.ReactAsync(command.Comment, command.Verb == CommandVerb.Unknown ? "confused" : "rocket").ConfigureAwait(false);
        return done ?? "said which commands there are";
    }

    /// <summary>Ends what waits or runs where the app may not work any more, and removes this worker's copies; those of others go when nobody has asked for them for long enough.</summary>
    private async Task<string> GoneAsync(Delivery delivery, WebhookEvent.Gone gone, CancellationToken cancellationToken)
    {
        await using var inbox = database.Open();
        var ofInstallation = inbox.Deliveries.Where(d => d.Id < delivery.Id && d.Installation == gone.Installation);
        var known = await ofInstallation.Where(d => d.RepositoryId != null).Select(d => d.RepositoryId!.Value).Distinct().ToListAsync(cancellationToken).ConfigureAwait(false);
        var lost = new List<long>();
        if (gone.Repositories is { } named)
        {
            foreach (var repository in named.Intersect(known))
            {
                if (!await tokens.MayWorkAsync(gone.Installation, repository, cancellationToken).ConfigureAwait(false))
                    lost.Add(repository);
            }
        }
        else if (!await tokens.MayWorkAsync(gone.Installation, null, cancellationToken).ConfigureAwait(false))
        {
            lost = known;
        }

        var unfinished = ofInstallation.Where(d => lost.Contains(d.RepositoryId!.Value)).Where(Delivery.IsUnfinished);
        var ended = await Relay.EndAllAsync(unfinished, "the app was taken away", time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        await InterruptAsync(ended, cancellationToken).ConfigureAwait(false);
        foreach (var repository in lost)
        {
            await mirrors.ForgetAsync(repository, cancellationToken).ConfigureAwait(false);
            await dependencies.ForgetAsync(repository).ConfigureAwait(false);
        }

        return lost.Count == 0 ? "the app is there (again)" : "nothing of it is reviewed any more";
    }

    private async Task InterruptAsync(IReadOnlyList<Delivery> ended, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken).ConfigureAwait(false);
        foreach (var review in ended.Where(d => d is { State: DeliveryState.Running, Kind: WorkKind.Review }))
            await scheduler.Interrupt(ReviewJob.KeyOf(review), cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> AcceptedAsync(Attempt attempt, string author, CancellationTokenSource stop)
    {
        using var posts = await Posts.OpenAsync(tokens, settings, attempt, time, stop).ConfigureAwait(false);
        return !await new PullRequestSource(posts.Api, PullRequestName.Parse(attempt.Delivery.Subject)).MayWriteAsync(author).ConfigureAwait(false)
            ? $"{author} may not write to the repository" : await AcceptAsync(attempt.Delivery, posts, stop.Token).ConfigureAwait(false) ?? "nothing was measured yet";
    }

    /// <summary>Says again what the newest gate found, with who accepts it now: nothing has to be measured anew for that.</summary>
    /// <returns>What was said; null when no gate of the pull request is known.</returns>
    private async Task<string?> AcceptAsync(Delivery delivery, Posts posts, CancellationToken cancellationToken)
    {
        await using var inbox = database.Open();
        var newest = await inbox.Deliveries.AsNoTracking()
            .Where(d => d.RepositoryId == delivery.RepositoryId && d.Number == delivery.Number && inbox.Reports.Any(r => r.DeliveryId == d.Id && r.Name == Reports.GateJson))
            .OrderByDescending(d => d.Id).Select(d => (long?)d.Id).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        if (newest is not { } id || await reports.ReadAsync(id, Reports.GateJson, cancellationToken).ConfigureAwait(false) is not { } gate)
            return null;
        var folder = Directory.CreateTempSubdirectory("accepting-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, Path.GetFileName(Reports.GateJson)), gate, cancellationToken).ConfigureAwait(false);
            var outcome = await publisher.PublishAsync(posts, PullRequestName.Parse(delivery.Subject), Configuration.Default, [folder], cancellationToken).ConfigureAwait(false);
            return outcome.Message;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A row of its own, which the relay hands over like any other; asked for twice by the same command it is one.</summary>
    /// <param name="function">One function to be made faster; null for the change.</param>
    private async Task<string> ReviewAsync(Delivery by, string? function, CancellationToken cancellationToken)
    {
        await using var inbox = database.Open();
        var guid = $"{by.Guid}-review";
        if (await inbox.Deliveries.AnyAsync(d => d.Hook == by.Hook && d.Guid == guid, cancellationToken).ConfigureAwait(false))
            return "asked for a review";
        by.Function = function;
        await StopAsync(by, all: false, $"delivery {by.Id} asks for it anew", cancellationToken).ConfigureAwait(false);
        inbox.Deliveries.Add(new Delivery
        {
            Hook = by.Hook, Guid = guid, Event = by.Event, Payload = [], ReceivedAt = by.ReceivedAt, State = DeliveryState.Waiting, Kind = WorkKind.Review,
            Repository = by.Repository, RepositoryId = by.RepositoryId, Installation = by.Installation, Number = by.Number, Function = function, Again = true,
        });
        await inbox.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        return "asked for a review";
    }

    private async Task<string> StopAsync(Delivery by, bool all, string reason, CancellationToken cancellationToken)
    {
        await using var inbox = database.Open();
        var stopped = await Relay.StopAsync(inbox, by, all, reason, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        await InterruptAsync(stopped, cancellationToken).ConfigureAwait(false);
        return stopped.Count == 0 ? "nothing was to be stopped" : "stopped";
    }
}
