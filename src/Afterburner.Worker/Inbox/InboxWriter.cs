using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;

namespace Afterburner.Worker.Inbox;

/// <summary>What became of a delivery that was to be stored.</summary>
internal enum Stored
{
    New,

    /// <summary>It had been stored before.</summary>
    Duplicate,

    /// <summary>Not stored: the database does not answer.</summary>
    OutOfReach,
}

/// <summary>
/// The only writer of new rows in a process. What came in while a transaction was under way is stored by the next one together: SQLite has one
/// writer at a time, and a commit costs the same for one row and for a hundred.
/// </summary>
internal sealed class InboxWriter(InboxDatabase database, ILogger<InboxWriter> log) : BackgroundService
{
    private const int MostTogether = 100;

    /// <summary>Deliveries waiting to be stored; with more, GitHub is told to come again.</summary>
    private const int MostWaiting = 2_000;

    private readonly Channel<(Delivery Delivery, TaskCompletionSource<Stored> End)> _waiting =
        Channel.CreateBounded<(Delivery, TaskCompletionSource<Stored>)>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    private readonly SemaphoreSlim _arrived = new(0);

    public async Task<Stored> StoreAsync(Delivery delivery)
    {
        var end = new TaskCompletionSource<Stored>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _waiting.Writer.TryWrite((delivery, end)) ? await end.Task.ConfigureAwait(false) : Stored.OutOfReach;
    }

    /// <summary>Waits until something was stored here, or time has passed.</summary>
    public Task<bool> ArrivedAsync(TimeSpan most, CancellationToken cancellationToken) => _arrived.WaitAsync(most, cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var together = new List<(Delivery Delivery, TaskCompletionSource<Stored> End)>();
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stoppingToken).ConfigureAwait(false))
            {
                while (together.Count < MostTogether && _waiting.Reader.TryRead(out var next))
                    together.Add(next);
                await StoreAsync(together).ConfigureAwait(false);
                together.Clear();
                if (_arrived.CurrentCount == 0)
                    _arrived.Release();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Whoever waits is told below: what is not stored is sent again.
        }

        _waiting.Writer.TryComplete();
        while (_waiting.Reader.TryRead(out var late))
            late.End.TrySetResult(Stored.OutOfReach);
    }

    private async Task StoreAsync(List<(Delivery Delivery, TaskCompletionSource<Stored> End)> together)
    {
        var ends = new Stored[together.Count];
        try
        {
            await using var inbox = database.Open();
            await using var transaction = await inbox.Database.BeginTransactionAsync().ConfigureAwait(false);
            for (var i = 0; i < together.Count; i++)
                ends[i] = await InsertAsync(inbox, together[i].Delivery).ConfigureAwait(false) == 1 ? Stored.New : Stored.Duplicate;
            await transaction.CommitAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever it was, nobody may be told that it is stored.
            log.LogError(e, "{Count} deliveries could not be stored", together.Count);
            Array.Fill(ends, Stored.OutOfReach);
        }

        for (var i = 0; i < together.Count; i++)
            together[i].End.TrySetResult(ends[i]);
    }

    private static Task<int> InsertAsync(InboxContext inbox, Delivery d) => inbox.Database.ExecuteSqlAsync(
        $"""
        INSERT INTO deliveries ("Hook", "Guid", "Event", "Payload", "ReceivedAt", "State", "Again", "Attempt", "Failures", "Deaths")
        VALUES ({d.Hook}, {d.Guid}, {d.Event}, {d.Payload}, {d.ReceivedAt.ToUnixTimeMilliseconds()}, {nameof(DeliveryState.Received)}, {false}, 0, 0, 0)
        ON CONFLICT ("Hook", "Guid") DO NOTHING
        """);
}
