using System.Globalization;
using Afterburner.Worker.Inbox;
using Afterburner.Worker.Operations;
using Afterburner.Worker.Reviews;
using Quartz;

namespace Afterburner.Worker.Queue;

/// <summary>
/// A review, as the scheduler knows it: one at a time of each pull request and each branch over all workers, and begun again elsewhere when
/// its worker dies.
/// </summary>
internal sealed class ReviewJob(
    InboxDatabase database, PullRequestReview ofPullRequest, BranchReview ofBranch, Reports reports, Telemetry telemetry, WorkerSettings settings, IHostApplicationLifetime life, TimeProvider time, ILogger<ReviewJob> log) : IJob
{
    /// <summary>Workers that may die at one delivery before it counts as the reason.</summary>
    public const int MostDeaths = 5;

    private const string DeliveryId = "delivery";

    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(500);

    public static JobKey KeyOf(Delivery delivery) => new(
        delivery.Number is { } number ? Text(number) : $"branch-{Mirrors.Hash(delivery.Branch!)}", Text(delivery.RepositoryId!.Value));

    public static (IJobDetail Job, ITrigger Trigger) For(Delivery delivery) => (
        JobBuilder.Create<ReviewJob>().WithIdentity(KeyOf(delivery)).DisallowConcurrentExecution().RequestRecovery().Build(),
        TriggerBuilder.Create().WithIdentity($"{Text(delivery.Id)}-{Text(delivery.Attempt)}", Text(delivery.RepositoryId!.Value)).ForJob(KeyOf(delivery))
            .UsingJobData(DeliveryId, Text(delivery.Id)).StartNow().Build());

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var id = long.Parse(context.MergedJobDataMap.GetString(DeliveryId)!, CultureInfo.InvariantCulture);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, life.ApplicationStopping);
        var attempt = await PatientlyAsync(
            () => Attempt.BeginAsync(database, time, id, settings.Name, context.Recovering, CancellationToken.None), life.ApplicationStopping).ConfigureAwait(false);
        if (attempt is null)
            return;
        if (attempt.Delivery.Deaths >= MostDeaths)
        {
            await EndAsync(attempt, DeliveryState.Dead, $"{MostDeaths} workers died while they were at it").ConfigureAwait(false);
            return;
        }

        using var activity = telemetry.Begin(attempt.Delivery, time.GetUtcNow());
        var began = time.GetTimestamp();
        DeliveryState? ended = null;
        var run = Path.Combine(settings.Runs, attempt.Delivery.RunName);
        var watch = WatchAsync(attempt, stop);
        try
        {
            var end = await (attempt.Delivery.Number is null ? ofBranch.RunAsync(attempt, stop) : ofPullRequest.RunAsync(attempt, stop)).ConfigureAwait(false);
            await PatientlyAsync(() => reports.KeepAsync(attempt.Delivery, run, CancellationToken.None), life.ApplicationStopped).ConfigureAwait(false);
            if (await EndAsync(attempt, end.State, end.Reason).ConfigureAwait(false))
                ended = end.State;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Of a review that was superseded nothing is to be written; the fence sees to that.
            if (await GiveBackAsync(attempt, "its worker was stopped", hasFailed: false, TimeSpan.Zero).ConfigureAwait(false))
                ended = DeliveryState.Waiting;
        }
        catch (Exception e) when (InboxDatabase.IsOutage(e))
        {
            if (await GiveBackAsync(attempt, $"the database was out of reach: {e.Message}", hasFailed: false, settings.Backoff).ConfigureAwait(false))
                ended = DeliveryState.Waiting;
        }
        catch (UsageException e)
        {
            if (await EndAsync(attempt, DeliveryState.Failed, e.Message).ConfigureAwait(false))
                ended = DeliveryState.Failed;
        }
        catch (Exception e)
        {
            if (e is not EnvironmentFailureException)
                log.LogError(e, "delivery {Id} failed", id);
            ended = await PatientlyAsync(() => attempt.FailAsync(e.Message, settings), life.ApplicationStopped).ConfigureAwait(false);
        }
        finally
        {
            // What is not ours any more was superseded.
            telemetry.Ended(activity, ended ?? DeliveryState.Superseded, time.GetElapsedTime(began));
            reports.Remove(run);
            await stop.CancelAsync().ConfigureAwait(false);
            await watch.ConfigureAwait(false);
        }
    }

    private Task<bool> EndAsync(Attempt attempt, DeliveryState state, string? reason) =>
        PatientlyAsync(() => attempt.EndAsync(state, reason, CancellationToken.None), life.ApplicationStopped);

    private Task<bool> GiveBackAsync(Attempt attempt, string reason, bool hasFailed, TimeSpan wait) =>
        PatientlyAsync(() => attempt.GiveBackAsync(reason, hasFailed, wait, CancellationToken.None), life.ApplicationStopped);

    /// <summary>Ends the review as soon as it is another's.</summary>
    private async Task WatchAsync(Attempt attempt, CancellationTokenSource stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Often, time, stop.Token).ConfigureAwait(false);
                if (!await attempt.IsMineAsync(stop.Token).ConfigureAwait(false))
                    await stop.CancelAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The database is out of reach. Nothing is posted meanwhile: that asks it, too.
                log.LogWarning("delivery {Id} could not be looked at: {Reason}", attempt.Delivery.Id, e.Message);
            }
        }
    }

    /// <summary>Outages of the database are waited for.</summary>
    private async Task<T> PatientlyAsync<T>(Func<Task<T>> work, CancellationToken until)
    {
        while (true)
        {
            try
            {
                return await work().ConfigureAwait(false);
            }
            catch (Exception e) when (InboxDatabase.IsOutage(e) && !until.IsCancellationRequested)
            {
                log.LogWarning("waiting for the database: {Reason}", e.Message);
                await Task.Delay(Often, time, until).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
