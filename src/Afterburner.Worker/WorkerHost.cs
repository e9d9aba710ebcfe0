using Afterburner.Trials;
using Afterburner.Worker.Apps;
using Afterburner.Worker.Inbox;
using Afterburner.Worker.Operations;
using Afterburner.Worker.Pages;
using Afterburner.Worker.Queue;
using Afterburner.Worker.Reviews;
using Afterburner.Worker.Setup;
using Afterburner.Worker.Webhooks;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Data.Sqlite;
using Npgsql;
using Quartz;

namespace Afterburner.Worker;

/// <summary>The worker in a process: what listens, what relays, what reviews.</summary>
internal sealed class WorkerHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly FileStream _data;

    private WorkerHost(WebApplication app, FileStream data) => (_app, _data) = (app, data);

    /// <summary>Where it listens, with the port that was found.</summary>
    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public IServiceProvider Services => _app.Services;

    /// <exception cref="EnvironmentFailureException">The database is out of reach, or the address is taken.</exception>
    public static async Task<WorkerHost> StartAsync(WorkerSettings settings, TimeProvider time)
    {
        var data = Take(settings);
        try
        {
            if (settings.MeasuringCores.Count > 0)
                await Cores.SetApartAsync(settings.MeasuringCores, CancellationToken.None).ConfigureAwait(false);
            return await StartAsync(settings, time, data).ConfigureAwait(false);
        }
        catch
        {
            await data.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The folder of a worker is its alone: nobody else changes its copies of repositories, and what runs left there is of no use to anybody.</summary>
    private static FileStream Take(WorkerSettings settings)
    {
        try
        {
            // It holds what private repositories sent.
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(settings.Data);
            else
                Directory.CreateDirectory(settings.Data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var held = new FileStream(Path.Combine(settings.Data, "worker.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            if (Directory.Exists(settings.Runs))
                Directory.Delete(settings.Runs, recursive: true);
            return held;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EnvironmentFailureException($"the folder '{settings.Data}' cannot be used ({e.Message}). Is another worker using it? Set AFTERBURNER_DATA to a folder of this worker's own.", e);
        }
    }

    private static async Task<WorkerHost> StartAsync(WorkerSettings settings, TimeProvider time, FileStream data)
    {
        var database = new InboxDatabase(settings);
        try
        {
            await database.MigrateAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (InboxDatabase.IsOutage(e))
        {
            throw new EnvironmentFailureException($"the database does not answer: {e.Message} Check AFTERBURNER_POSTGRES.", e);
        }

        // Not where it happens to be started: that folder is watched with all that is below it, and may be the root of the machine.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(settings.Urls);
        builder.WebHost.ConfigureKestrel(o => o.Limits.MaxConcurrentConnections = 500);
        builder.Logging.ClearProviders();
        builder.Logging.AddConsole(o => o.FormatterName = LogLines.FormatName)
            .AddConsoleFormatter<LogLines, LogLinesOptions>(o => (o.Format, o.Secrets) = (settings.Log, settings.Secrets));
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // That its keys lie in a folder of its own is known.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Services.AddSingleton(settings).AddSingleton(time).AddSingleton(database)
            .AddSingleton<InboxWriter>().AddHostedService(s => s.GetRequiredService<InboxWriter>())
            .AddSingleton<AppTokens>().AddSingleton<Mirrors>().AddSingleton<Dependencies>().AddSingleton<Reports>().AddSingleton<RunPublisher>().AddSingleton<PostedSuggestions>().AddSingleton<WorkerSandbox>().AddSingleton<HostModels>().AddSingleton<PullRequestReview>().AddSingleton<BranchReview>()
            .AddHostedService<Heartbeat>().AddHostedService<Relay>().AddHostedService<Commands>().AddHostedService<Retention>()
            .AddSingleton<Redelivery>().AddHostedService(s => s.GetRequiredService<Redelivery>());
        builder.Services.AddSingleton<Engine>();
        if (settings.StubReview is null)
            builder.Services.AddSingleton<IEngine>(s => s.GetRequiredService<Engine>());
        else
            builder.Services.AddSingleton<IEngine, StubEngine>();
        Schedule(builder.Services, settings, database);

        PageRoutes.AddTo(builder.Services, settings);
        Telemetry.AddTo(builder.Services, settings);

        var app = builder.Build();
        WebhookEndpoint.Map(app);
        PageRoutes.Map(app, settings);
        Telemetry.Map(app, settings);
        app.MapGet("/health/live", () => "live");
        app.MapGet("/health/ready", async (CancellationToken gone) =>
            await database.AnswersAsync(gone).ConfigureAwait(false) ? Results.Text("ready") : Results.Text("the database is out of reach", statusCode: 503));
        try
        {
            await app.StartAsync().ConfigureAwait(false);
        }
        catch (IOException e)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw new EnvironmentFailureException($"{e.Message} Set AFTERBURNER_URLS to another address.", e);
        }

        return new WorkerHost(app, data);
    }

    public Task EndedAsync() => _app.WaitForShutdownAsync();

    /// <summary>What is under way is given back, to be done by another worker or at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        await _data.DisposeAsync().ConfigureAwait(false);
    }

    private static void Schedule(IServiceCollection services, WorkerSettings settings, InboxDatabase database)
    {
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler =>
            {
                // A scheduler that is alone finds what it was at only under the name that it had then.
                scheduler.InstanceId = database.IsShared ? settings.Name : "single";
                scheduler.IdleWaitTime = TimeSpan.FromSeconds(1);
            });
            quartz.UseDefaultThreadPool(settings.Concurrency);
            quartz.UsePersistentStore(store =>
            {
                if (database.IsShared)
                    store.UsePostgres(NpgsqlFactory.Instance, database.ConnectionString);
                else
                    store.UseSqlite(SqliteFactory.Instance, database.ConnectionString);
                store.ProvisionSchema();
                store.ConfigureStore(o =>
                {
                    o.StoreJobDataAsStrings = true;
                    o.AcceptEnlistedTransactions = database.IsShared;
                    o.DbRetryInterval = TimeSpan.FromSeconds(1);
                });
                if (database.IsShared)
                {
                    store.UseClustering(c =>
                    {
                        c.CheckinInterval = TimeSpan.FromSeconds(1);
                        c.CheckinMisfireThreshold = settings.Silence;
                    });
                }
            });
        });
        services.AddQuartzHostedService(o => o.WaitForJobsToComplete = true);
    }
}
