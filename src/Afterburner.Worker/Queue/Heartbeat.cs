using Afterburner.Worker.Inbox;
using Afterburner.Worker.Operations;
using Microsoft.EntityFrameworkCore;

namespace Afterburner.Worker.Queue;

/// <summary>Says every second that this worker lives, and takes its name away when it ends in an orderly way.</summary>
internal sealed class Heartbeat(InboxDatabase database, Telemetry telemetry, WorkerSettings settings, TimeProvider time, ILogger<Heartbeat> log) : BackgroundService
{
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    private int _beats;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = time.GetUtcNow();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            do
                await SayAsync(started, stoppingToken).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await LeaveAsync().ConfigureAwait(false);
        }
    }

    private async Task SayAsync(DateTimeOffset started, CancellationToken cancellationToken)
    {
        try
        {
            await using var inbox = database.Open();
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            await inbox.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO workers ("Name", "SeenAt", "StartedAt", "Concurrency") VALUES ({settings.Name}, {now}, {started.ToUnixTimeMilliseconds()}, {settings.Concurrency})
                ON CONFLICT ("Name") DO UPDATE SET "SeenAt" = excluded."SeenAt", "StartedAt" = excluded."StartedAt", "Concurrency" = excluded."Concurrency"
                """, cancellationToken).ConfigureAwait(false);
            if (_beats++ % 10 == 0)
                await telemetry.CountAsync(inbox, cancellationToken).ConfigureAwait(false);
            var old = time.GetUtcNow() - Forgotten;
            await inbox.Workers.Where(w => w.SeenAt < old).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning("no sign of life could be given: {Reason}", e.Message);
        }
    }

    private async Task LeaveAsync()
    {
        try
        {
            await using var inbox = database.Open();
            await inbox.Workers.Where(w => w.Name == settings.Name).ExecuteDeleteAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            log.LogWarning("the worker's name could not be taken away: {Reason}", e.Message);
        }
    }
}
