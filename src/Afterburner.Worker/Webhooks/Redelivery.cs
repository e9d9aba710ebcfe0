using Afterburner.GitHub;
using Afterburner.Worker.Apps;
using Afterburner.Worker.Inbox;
using Microsoft.EntityFrameworkCore;

namespace Afterburner.Worker.Webhooks;

/// <summary>
/// GitHub does not repeat what found nobody. At the start, and every few minutes, the deliveries that it remembers as failed and that are not in
/// the inbox are asked for again, so that an outage of the worker loses nothing.
/// </summary>
internal sealed class Redelivery(
    InboxDatabase database, AppTokens tokens, WorkerSettings settings, TimeProvider time, ILogger<Redelivery> log) : BackgroundService
{
    /// <summary>Requests for one event: what the worker refuses each time stays refused.</summary>
    private const int MostRequests = 5;

    private readonly Dictionary<string, int> _requests = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.AskAgain, time);
        try
        {
            do
                await AskAsync(stoppingToken).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end.
        }
    }

    /// <summary>Asks once.</summary>
    /// <returns>How many were asked for.</returns>
    internal async Task<int> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var api = tokens.OpenApp(cancellationToken);
            var app = new AppApi(api);
            var failed = (await app.DeliveriesAsync().ConfigureAwait(false)).GroupBy(d => d.Event).Where(g => !g.Any(d => d.IsAccepted)).Select(g => g.First()).ToList();
            var guids = failed.Select(d => d.Event).ToList();
            await using var inbox = database.Open();
            var known = await inbox.Deliveries.Where(d => guids.Contains(d.Guid)).Select(d => d.Guid).ToListAsync(cancellationToken).ConfigureAwait(false);
            var asked = 0;
            // In the order in which they were sent at first.
            foreach (var delivery in failed.Where(d => !known.Contains(d.Event) && _requests.GetValueOrDefault(d.Event) < MostRequests).OrderBy(d => d.DeliveredAt).ThenBy(d => d.Id))
            {
                await app.AgainAsync(delivery).ConfigureAwait(false);
                _requests[delivery.Event] = _requests.GetValueOrDefault(delivery.Event) + 1;
                asked++;
            }

            return asked;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning("deliveries that failed could not be asked for: {Reason}", e.Message);
            return 0;
        }
    }
}
