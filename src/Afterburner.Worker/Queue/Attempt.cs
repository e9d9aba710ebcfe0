using Afterburner.Worker.Inbox;
using Microsoft.EntityFrameworkCore;

namespace Afterburner.Worker.Queue;

/// <summary>
/// One try of a review. It is whoever took the highest number's: a worker that comes back from the dead finds his number outdated, and
/// nothing that he does counts or is posted any more.
/// </summary>
internal sealed class Attempt
{
    private const int MostText = 2_000;

    private static readonly DeliveryState[] Open = [DeliveryState.Waiting, DeliveryState.Released, DeliveryState.Running];

    private readonly InboxDatabase _database;
    private readonly TimeProvider _time;

    private Attempt(InboxDatabase database, TimeProvider time, Delivery delivery) => (_database, _time, Delivery) = (database, time, delivery);

    /// <summary>The row as it was when the attempt began.</summary>
    public Delivery Delivery { get; }

    /// <summary>Begins one.</summary>
    /// <param name="isAfterDeath">Whether the worker who was at it has gone without a word.</param>
    /// <returns>Null when there is nothing left to do.</returns>
    public static async Task<Attempt?> BeginAsync(
        InboxDatabase database, TimeProvider time, long id, string worker, bool isAfterDeath, CancellationToken cancellationToken)
    {
        await using var inbox = database.Open();
        var now = time.GetUtcNow();
        await using var transaction = await inbox.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        var begun = await inbox.Deliveries.Where(d => d.Id == id && Open.Contains(d.State)).ExecuteUpdateAsync(
            d => d.SetProperty(x => x.State, DeliveryState.Running).SetProperty(x => x.Attempt, x => x.Attempt + 1)
                .SetProperty(x => x.Deaths, x => x.Deaths + (isAfterDeath ? 1 : 0))
                .SetProperty(x => x.Worker, worker).SetProperty(x => x.StartedAt, now).SetProperty(x => x.Progress, (string?)null),
            cancellationToken).ConfigureAwait(false);
        var delivery = begun == 0 ? null : await inbox.Deliveries.AsNoTracking().SingleAsync(d => d.Id == id, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return delivery is null ? null : new Attempt(database, time, delivery);
    }

    /// <summary>Begins one of a row as it was read; null when somebody else was quicker.</summary>
    public static async Task<Attempt?> TakeAsync(InboxDatabase database, TimeProvider time, Delivery read, string worker, CancellationToken cancellationToken)
    {
        await using var inbox = database.Open();
        var now = time.GetUtcNow();
        var taken = await inbox.Deliveries.Where(d => d.Id == read.Id && d.State == read.State && d.Attempt == read.Attempt).ExecuteUpdateAsync(
            d => d.SetProperty(x => x.State, DeliveryState.Running).SetProperty(x => x.Attempt, x => x.Attempt + 1)
                .SetProperty(x => x.Worker, worker).SetProperty(x => x.StartedAt, now),
            cancellationToken).ConfigureAwait(false);
        if (taken == 0)
            return null;
        (read.State, read.Attempt) = (DeliveryState.Running, read.Attempt + 1);
        return new Attempt(database, time, read);
    }

    /// <summary>Whether the review is still this attempt's. What is to be seen by others is asked before.</summary>
    public async Task<bool> IsMineAsync(CancellationToken cancellationToken)
    {
        await using var inbox = _database.Open();
        return await Mine(inbox).AnyAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells what is being done.</summary>
    public Task TellAsync(string progress, CancellationToken cancellationToken)
    {
        var told = Told(progress);
        return UpdateAsync(mine => mine.ExecuteUpdateAsync(d => d.SetProperty(x => x.Progress, told), cancellationToken));
    }

    /// <summary>Says which commit is under review.</summary>
    public Task AboutAsync(string head, CancellationToken cancellationToken) =>
        UpdateAsync(mine => mine.ExecuteUpdateAsync(d => d.SetProperty(x => x.Head, head), cancellationToken));

    /// <summary>Whether another delivery of the same pull request led to a finished review of a commit.</summary>
    public async Task<bool> IsReviewedAsync(string head, CancellationToken cancellationToken)
    {
        await using var inbox = _database.Open();
        return await inbox.Deliveries.AnyAsync(
            d => d.RepositoryId == Delivery.RepositoryId && d.Number == Delivery.Number && d.Branch == Delivery.Branch && d.Id != Delivery.Id && d.Kind == WorkKind.Review
                && d.Function == null && d.Since == Delivery.Since
                && d.State == DeliveryState.Done && d.Head == head, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The newest commit of the branch whose gate came to its end.</summary>
    /// <returns>Full hash; null when there is none that is remembered.</returns>
    public async Task<string?> LastGatedAsync(CancellationToken cancellationToken)
    {
        await using var inbox = _database.Open();
        return await inbox.Deliveries.Where(
                d => d.RepositoryId == Delivery.RepositoryId && d.Branch == Delivery.Branch && d.Since != null && d.Kind == WorkKind.Review && d.State == DeliveryState.Done
                    && d.Head != null)
            .OrderByDescending(d => d.EndedAt).Select(d => d.Head).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends it.</summary>
    /// <returns>False when the review had become another's.</returns>
    public Task<bool> EndAsync(DeliveryState state, string? reason, CancellationToken cancellationToken)
    {
        var (now, told) = (_time.GetUtcNow(), Told(reason));
        return UpdateAsync(mine => mine.ExecuteUpdateAsync(
            d => d.SetProperty(x => x.State, state).SetProperty(x => x.Reason, told).SetProperty(x => x.EndedAt, now).SetProperty(x => x.Progress, (string?)null),
            cancellationToken));
    }

    /// <summary>Gives it back after a failure, or puts it aside when it was one too many.</summary>
    /// <returns>What it is now; null when it had become another's.</returns>
    public async Task<DeliveryState?> FailAsync(string reason, WorkerSettings settings)
    {
        var failures = Delivery.Failures;
        var isDead = failures + 1 >= settings.MostFailures;
        var isMine = await (isDead
            ? EndAsync(DeliveryState.Dead, $"{settings.MostFailures} tries failed; the last: {reason}", CancellationToken.None)
            : GiveBackAsync(reason, hasFailed: true, settings.Backoff * Math.Pow(2, failures), CancellationToken.None)).ConfigureAwait(false);
        return !isMine ? null : isDead ? DeliveryState.Dead : DeliveryState.Waiting;
    }

    /// <summary>Gives it back, to be tried again by anybody.</summary>
    /// <param name="hasFailed">Whether it counts as a failure.</param>
    public Task<bool> GiveBackAsync(string reason, bool hasFailed, TimeSpan wait, CancellationToken cancellationToken)
    {
        var told = Told(reason);
        DateTimeOffset? notBefore = wait > TimeSpan.Zero ? _time.GetUtcNow() + wait : null;
        return UpdateAsync(mine => mine.ExecuteUpdateAsync(
            d => d.SetProperty(x => x.State, DeliveryState.Waiting).SetProperty(x => x.Reason, told).SetProperty(x => x.NotBefore, notBefore)
                .SetProperty(x => x.Failures, x => x.Failures + (hasFailed ? 1 : 0)).SetProperty(x => x.Progress, (string?)null),
            cancellationToken));
    }

    /// <summary>What a repository's tests print ends up here, too: no database has to cope with it, and nobody reads pages of it.</summary>
    private static string? Told(string? text) => text is null ? null : VisibleText.Line(text.Length > MostText ? text[..MostText] + " ..." : text);

    private async Task<bool> UpdateAsync(Func<IQueryable<Delivery>, Task<int>> update)
    {
        await using var inbox = _database.Open();
        return await update(Mine(inbox)).ConfigureAwait(false) == 1;
    }

    private IQueryable<Delivery> Mine(InboxContext inbox) =>
        inbox.Deliveries.Where(d => d.Id == Delivery.Id && d.Attempt == Delivery.Attempt && d.State == DeliveryState.Running);
}
