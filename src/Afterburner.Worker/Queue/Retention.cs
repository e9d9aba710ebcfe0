using System.Globalization;
using Afterburner.Worker.Inbox;
using Afterburner.Worker.Reviews;
using Afterburner.Worker.Setup;
using Microsoft.EntityFrameworkCore;

namespace Afterburner.Worker.Queue;

/// <summary>Forgets deliveries, with what they held and the reports they led to, when they have been over for long enough, and copies of repositories that nobody needs.</summary>
internal sealed class Retention(InboxDatabase database, Mirrors mirrors, Dependencies dependencies, WorkerSettings settings, TimeProvider time, ILogger<Retention> log) : BackgroundService
{
    private static readonly DeliveryState[] Open = [DeliveryState.Received, DeliveryState.Waiting, DeliveryState.Released, DeliveryState.Running];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), time);
        try
        {
            do
                await ForgetAsync(stoppingToken).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end.
        }
    }

    internal async Task ForgetAsync(CancellationToken cancellationToken)
    {
        try
        {
            var old = time.GetUtcNow() - settings.Keep;
            await using var inbox = database.Open();
            await inbox.Deliveries.Where(d => d.ReceivedAt < old && !Open.Contains(d.State)).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
            var now = time.GetUtcNow();
            await inbox.Sessions.Where(s => s.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
            foreach (var run in Directory.Exists(settings.Runs) ? Directory.GetDirectories(settings.Runs) : [])
            {
                if (!long.TryParse(Path.GetFileName(run).Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                    || await inbox.Deliveries.AnyAsync(d => d.Id == id, cancellationToken).ConfigureAwait(false))
                    continue;
                Directory.Delete(run, recursive: true);
            }

            await mirrors.ForgetUnusedAsync(old, cancellationToken).ConfigureAwait(false);
            await dependencies.ForgetUnusedAsync(old).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning("old deliveries could not be forgotten: {Reason}", e.Message);
        }
    }
}
