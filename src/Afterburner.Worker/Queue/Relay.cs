using Afterburner.Worker.Inbox;
using Afterburner.Worker.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Quartz;

namespace Afterburner.Worker.Queue;

/// <summary>
/// Between the inbox and the scheduler. It reads what has come (a newer head supersedes an older one), and hands work over: of one repository
/// at most one unfinished review for each living worker, the repository that has waited longest first, so that one with a hundred pull
/// requests delays another by one review. Of all workers one does so at a time.
/// </summary>
internal sealed class Relay(
    InboxDatabase database, InboxWriter writer, ISchedulerFactory schedulers, WorkerSettings settings, IHostApplicationLifetime life, TimeProvider time, ILogger<Relay> log) : BackgroundService
{
    private const int MostTogether = 100;

    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(500), Seldom = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var scheduler = await schedulers.GetScheduler(stoppingToken).ConfigureAwait(false);
        var reconciled = time.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await SortAsync(scheduler, stoppingToken).ConfigureAwait(false) == MostTogether)
                    continue;
                if (time.GetElapsedTime(reconciled) > Seldom)
                {
                    await ReconcileAsync(scheduler, stoppingToken).ConfigureAwait(false);
                    reconciled = time.GetTimestamp();
                }

                await ReleaseAsync(scheduler, stoppingToken).ConfigureAwait(false);
                await writer.ArrivedAsync(Often, stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (JobPersistenceException e) when (!InboxDatabase.IsOutage(e.InnerException ?? e))
            {
                // The review of the same thing that was under way ended between the two steps of handing over, and took its job along.
                log.LogDebug("handing over is tried again: {Reason}", e.Message);
                await Task.Delay(Often, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception) when (life.ApplicationStopping.IsCancellationRequested)
            {
                // The worker is being stopped, and this is told of it last.
                return;
            }
            catch (Exception e)
            {
                log.LogError(e, "the relay starts anew");
                await Task.Delay(Often, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Reads what has come, in the order in which it came.</summary>
    /// <returns>How much was read.</returns>
    internal async Task<int> SortAsync(IScheduler scheduler, CancellationToken cancellationToken)
    {
        await using var inbox = database.Open();
        await using var transaction = await inbox.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        if (!await database.TakeRelayAsync(inbox, cancellationToken).ConfigureAwait(false))
            return 0;
        var received = await inbox.Deliveries.Where(d => d.State == DeliveryState.Received).OrderBy(d => d.Id).Take(MostTogether)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        var interrupted = new List<Delivery>();
        foreach (var delivery in received)
        {
            try
            {
                interrupted.AddRange(await TakeAsync(inbox, delivery, cancellationToken).ConfigureAwait(false));
                await inbox.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException && !InboxDatabase.IsOutage(e))
            {
                // One row never stops those behind it.
                await transaction.RollbackAsync(cancellationToken).ConfigureAwait(false);
                await PutAsideAsync(delivery.Id, e, cancellationToken).ConfigureAwait(false);
                // As if there were more: those behind it come next.
                return MostTogether;
            }
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        // The review looks for itself as well: this only reaches it sooner.
        foreach (var delivery in interrupted.Where(d => d.State == DeliveryState.Running && d.Kind == WorkKind.Review))
            await scheduler.Interrupt(ReviewJob.KeyOf(delivery), cancellationToken).ConfigureAwait(false);
        return received.Count;
    }

    private async Task PutAsideAsync(long id, Exception e, CancellationToken cancellationToken)
    {
        log.LogError(e, "delivery {Id} could not be sorted", id);
        await using var inbox = database.Open();
        var now = time.GetUtcNow();
        await inbox.Deliveries.Where(d => d.Id == id && d.State == DeliveryState.Received).ExecuteUpdateAsync(
            d => d.SetProperty(x => x.State, DeliveryState.Unreadable).SetProperty(x => x.Reason, "it could not be sorted: the worker's log says why").SetProperty(x => x.EndedAt, now),
            cancellationToken).ConfigureAwait(false);
    }

    /// <returns>Running reviews that are to end.</returns>
    private async Task<IReadOnlyList<Delivery>> TakeAsync(InboxContext inbox, Delivery delivery, CancellationToken cancellationToken)
    {
        switch (WebhookEvent.Read(delivery.Event, delivery.Payload))
        {
            case WebhookEvent.Ignored(var reason):
                End(delivery, DeliveryState.Ignored, reason);
                return [];
            case WebhookEvent.Unreadable(var reason):
                End(delivery, DeliveryState.Unreadable, reason);
                return [];
            case WebhookEvent.Closed(var place):
                // It may be late, and the pull request open again: whoever takes this one looks, and reviews it then.
                About(delivery, place, null);
                (delivery.Kind, delivery.State) = (WorkKind.Review, DeliveryState.Waiting);
                delivery.Again = await Unfinished(inbox, delivery).AnyAsync(d => d.Again, cancellationToken).ConfigureAwait(false);
                return await SupersedeAsync(inbox, delivery, "the pull request was closed", cancellationToken).ConfigureAwait(false);
            case WebhookEvent.Changed(var place, var head, var again):
                About(delivery, place, head);
                if (!again && await Unfinished(inbox, delivery).FirstOrDefaultAsync(d => d.Head == head, cancellationToken).ConfigureAwait(false) is { } same)
                {
                    End(delivery, DeliveryState.Ignored, $"delivery {same.Id} is about the same commit");
                    return [];
                }

                delivery.Kind = WorkKind.Review;
                // What a person asked for is not lost to what comes along.
                delivery.Again = again || await Unfinished(inbox, delivery).AnyAsync(d => d.Again, cancellationToken).ConfigureAwait(false);
                delivery.State = DeliveryState.Waiting;
                return await SupersedeAsync(inbox, delivery, $"delivery {delivery.Id} is newer", cancellationToken).ConfigureAwait(false);
            case WebhookEvent.Commanded(var place, var verb, _, _, _):
                return Command(place, verb);
            case WebhookEvent.Accepted(var place, _):
                return Command(place, CommandVerb.Accept);
            case WebhookEvent.Pushed(var place, var since, var head):
                About(delivery, place, head);
                // What an earlier push brought, and nobody has looked at, is looked at along with it.
                delivery.Since = since;
                delivery.Since = await Unfinished(inbox, delivery).OrderBy(d => d.Id).Select(d => d.Since).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false) ?? since;
                (delivery.Kind, delivery.State) = (WorkKind.Review, DeliveryState.Waiting);
                return await SupersedeAsync(inbox, delivery, $"delivery {delivery.Id} is newer", cancellationToken).ConfigureAwait(false);
            case WebhookEvent.Dispatched(var place, var function):
                About(delivery, place, null);
                (delivery.Kind, delivery.State, delivery.Again, delivery.Function) = (WorkKind.Review, DeliveryState.Waiting, true, function);
                return await SupersedeAsync(inbox, delivery, $"delivery {delivery.Id} is newer", cancellationToken).ConfigureAwait(false);
            case WebhookEvent.Gone(var installation, _):
                // It may be late, and the app installed again: whoever takes this one asks.
                (delivery.Installation, delivery.Kind, delivery.State) = (installation, WorkKind.Command, DeliveryState.Waiting);
                return [];
            case var other:
                throw new InvalidOperationException(other.ToString());
        }

        IReadOnlyList<Delivery> Command(Place place, CommandVerb verb)
        {
            About(delivery, place, null);
            (delivery.Kind, delivery.State, delivery.Command) = (WorkKind.Command, DeliveryState.Waiting, verb.ToString().ToLowerInvariant());
            return [];
        }
    }

    private void End(Delivery delivery, DeliveryState state, string? reason) =>
        (delivery.State, delivery.Reason, delivery.EndedAt) = (state, reason, time.GetUtcNow());

    private static void About(Delivery delivery, Place place, string? head) =>
        (delivery.Repository, delivery.RepositoryId, delivery.Number, delivery.Branch, delivery.Installation, delivery.Head) =
        (place.Repository, place.RepositoryId, place.Number, place.Branch, place.Installation, head);

    /// <summary>Earlier work of the same kind on the same thing. One function to be made faster is no review, and a gate of a push is neither.</summary>
    private static IQueryable<Delivery> Unfinished(InboxContext inbox, Delivery delivery) => OfSame(inbox, delivery).Where(d =>
        d.Function == delivery.Function && (d.Since == null) == (delivery.Since == null));

    private static IQueryable<Delivery> OfSame(InboxContext inbox, Delivery delivery) => inbox.Deliveries.Where(d =>
        d.RepositoryId == delivery.RepositoryId && d.Number == delivery.Number && d.Branch == delivery.Branch
        // A row that a command made has a later number than what came after that command.
        && (d.Id < delivery.Id || (d.Payload.Length == 0 && d.ReceivedAt < delivery.ReceivedAt)) && d.Kind == WorkKind.Review)
        .Where(Delivery.IsUnfinished);

    private Task<IReadOnlyList<Delivery>> SupersedeAsync(InboxContext inbox, Delivery by, string reason, CancellationToken cancellationToken) =>
        EndAllAsync(Unfinished(inbox, by), reason, time.GetUtcNow(), cancellationToken);

    /// <summary>Ends what waits or runs for the pull request of a command.</summary>
    /// <param name="all">Whether single functions that are to be made faster are meant as well, and not only the review.</param>
    /// <inheritdoc cref="EndAllAsync"/>
    internal static Task<IReadOnlyList<Delivery>> StopAsync(
        InboxContext inbox, Delivery by, bool all, string reason, DateTimeOffset now, CancellationToken cancellationToken) =>
        EndAllAsync(all ? OfSame(inbox, by) : Unfinished(inbox, by), reason, now, cancellationToken);

    /// <summary>Ends what waits or runs. What ends by itself at this moment stays what it is.</summary>
    /// <returns>What was to be ended.</returns>
    internal static async Task<IReadOnlyList<Delivery>> EndAllAsync(IQueryable<Delivery> unfinished, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = await unfinished.Select(Delivery.WithoutPayload).ToListAsync(cancellationToken).ConfigureAwait(false);
        await unfinished.ExecuteUpdateAsync(
            d => d.SetProperty(x => x.State, DeliveryState.Superseded).SetProperty(x => x.Reason, reason).SetProperty(x => x.EndedAt, now)
                .SetProperty(x => x.Progress, (string?)null), cancellationToken).ConfigureAwait(false);
        return ended;
    }

    /// <summary>
    /// Takes back what the scheduler does not know (any more): it can lose a review only where the database went away at the moment at which it
    /// was begun or ended.
    /// </summary>
    internal async Task ReconcileAsync(IScheduler scheduler, CancellationToken cancellationToken)
    {
        await using var inbox = database.Open();
        var known = await inbox.Deliveries.AsNoTracking().Where(d => d.Kind == WorkKind.Review && (d.State == DeliveryState.Released || d.State == DeliveryState.Running))
            .Select(Delivery.WithoutPayload).ToListAsync(cancellationToken).ConfigureAwait(false);
        foreach (var delivery in known)
        {
            if (await scheduler.Exists(ReviewJob.KeyOf(delivery), cancellationToken).ConfigureAwait(false))
            {
                // One that the scheduler has given up, as when the database went away while it was to be begun.
                var trigger = ReviewJob.For(delivery).Trigger.Key;
                if (await scheduler.GetTriggerState(trigger, cancellationToken).ConfigureAwait(false) == TriggerState.Error)
                    await scheduler.ResetTriggerFromErrorState(trigger, cancellationToken).ConfigureAwait(false);
                continue;
            }

            await inbox.Deliveries.Where(d => d.Id == delivery.Id && d.Attempt == delivery.Attempt && d.State == delivery.State)
                .ExecuteUpdateAsync(d => d.SetProperty(x => x.State, DeliveryState.Waiting), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Hands over what may be begun.</summary>
    internal async Task ReleaseAsync(IScheduler scheduler, CancellationToken cancellationToken)
    {
        await using var inbox = database.Open();
        await using var transaction = await inbox.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        if (!await database.TakeRelayAsync(inbox, cancellationToken).ConfigureAwait(false))
            return;
        var now = time.GetUtcNow();
        var alive = await inbox.Workers.Where(w => w.SeenAt > now - settings.Silence).SumAsync(w => w.Concurrency, cancellationToken).ConfigureAwait(false);
        var waiting = await inbox.Deliveries.Where(d => d.Kind == WorkKind.Review && d.State == DeliveryState.Waiting && (d.NotBefore == null || d.NotBefore <= now)).OrderBy(d => d.Id)
            .Select(d => new Work(d.Id, d.RepositoryId!.Value, d.Installation!.Value, d.Number, d.Branch)).ToListAsync(cancellationToken).ConfigureAwait(false);
        if (waiting.Count == 0)
            return;
        var atWork = await inbox.Deliveries.Where(d => d.Kind == WorkKind.Review && (d.State == DeliveryState.Released || d.State == DeliveryState.Running))
            .Select(d => new Work(d.Id, d.RepositoryId!.Value, d.Installation!.Value, d.Number, d.Branch)).ToListAsync(cancellationToken).ConfigureAwait(false);

        var chosen = Fairness.Choose(waiting, atWork, Math.Max(1, alive)).Take(MostTogether).Select(w => w.Id).ToList();
        var released = await inbox.Deliveries.Where(d => chosen.Contains(d.Id)).Select(Delivery.WithoutPayload).ToListAsync(cancellationToken).ConfigureAwait(false);
        if (released.Count == 0)
            return;
        if (database.IsShared)
        {
            using var enlisted = scheduler.EnlistTransaction(transaction.GetDbTransaction());
            await ScheduleAsync(scheduler, chosen, released, cancellationToken).ConfigureAwait(false);
            await MarkAsync(inbox, transaction, released, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            // SQLite has one writer: the scheduler could not write while this transaction does. One that ends in between is scheduled twice,
            // and the second finds it done.
            await transaction.RollbackAsync(cancellationToken).ConfigureAwait(false);
            await ScheduleAsync(scheduler, chosen, released, cancellationToken).ConfigureAwait(false);
            await using var marking = await inbox.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await MarkAsync(inbox, marking, released, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task ScheduleAsync(IScheduler scheduler, List<long> order, List<Delivery> released, CancellationToken cancellationToken)
    {
        foreach (var delivery in released.OrderBy(d => order.IndexOf(d.Id)))
        {
            var (job, trigger) = ReviewJob.For(delivery);
            if (!await scheduler.Exists(trigger.Key, cancellationToken).ConfigureAwait(false))
            {
                await scheduler.AddJob(job, AddJobOptions.ReplacingAndStoringNonDurable, cancellationToken).ConfigureAwait(false);
                await scheduler.ScheduleJob(trigger, cancellationToken: cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>One that was begun meanwhile, or superseded, stays what it is.</summary>
    private static async Task MarkAsync(InboxContext inbox, IDbContextTransaction transaction, List<Delivery> released, CancellationToken cancellationToken)
    {
        var ids = released.Select(d => d.Id).ToList();
        await inbox.Deliveries.Where(d => ids.Contains(d.Id) && d.State == DeliveryState.Waiting)
            .ExecuteUpdateAsync(d => d.SetProperty(x => x.State, DeliveryState.Released), cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }
}
