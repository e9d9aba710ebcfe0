using System.Diagnostics;
using System.IO.Compression;
using Afterburner.Proposers;
using Afterburner.Worker;
using Afterburner.Worker.Demo;
using Afterburner.Worker.Inbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>A worker in this process, with a file of SQLite, whose reviews only take time, and a stand-in for GitHub.</summary>
internal sealed class StubWorker : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new();
    private int _sent;

    private StubWorker(StandIn gitHub) => GitHub = gitHub;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public StandIn GitHub { get; }

    /// <summary>The worker's folder.</summary>
    public string Data => _folder.Path;

    public WorkerHost Host { get; private set; } = null!;

    public static Task<StubWorker> StartAsync(TimeSpan review, Func<WorkerSettings, WorkerSettings>? change = null) =>
        StartAsync(review, (_, settings) => change?.Invoke(settings) ?? settings);

    public static async Task<StubWorker> StartAsync(TimeSpan review, Func<StandIn, WorkerSettings, WorkerSettings> change)
    {
        var worker = new StubWorker(await StandIn.StartAsync(TimeProvider.System));
        await worker.StartHostAsync(review, settings => change(worker.GitHub, settings));
        return worker;
    }

    public async Task StartHostAsync(TimeSpan review, Func<WorkerSettings, WorkerSettings>? change = null)
    {
        var settings = new WorkerSettings
        {
            AppId = StandIn.AppId,
            PrivateKey = new Secret(GitHub.PrivateKeyPem),
            WebhookSecrets = [GitHub.WebhookSecret],
            Data = _folder.Path,
            Name = "one",
            Urls = "http://127.0.0.1:0",
            GitHub = GitHub.Address,
            StubReview = review,
            Backoff = TimeSpan.FromMilliseconds(200),
        };
        Host = await WorkerHost.StartAsync(change?.Invoke(settings) ?? settings, TimeProvider.System);
    }

    public Task<int> DeliverAsync(string kind, byte[] payload, string? guid = null) =>
        GitHub.DeliverAsync(_client, Host.Url, kind, payload, guid ?? $"delivery-{Interlocked.Increment(ref _sent)}", Cancel);

    public Task<int> DeliverAsync(StandInRepository repository, StandInPull pull, string action) =>
        DeliverAsync("pull_request", StandIn.PullRequestEvent(repository, pull, action));

    /// <summary>Keeps a file as if the review had left it, whatever it left.</summary>
    public async Task KeepAsync(long delivery, string name, string content)
    {
        using var packed = new MemoryStream();
        await using (var compressed = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            await compressed.WriteAsync(System.Text.Encoding.UTF8.GetBytes(content), Cancel);
        await using var inbox = Host.Services.GetRequiredService<InboxDatabase>().Open();
        inbox.Reports.Add(new StoredReport { DeliveryId = delivery, Attempt = 99, Name = name, Content = packed.ToArray() });
        await inbox.SaveChangesAsync(Cancel);
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _client.SendAsync(request, Cancel);

    public async Task<List<Delivery>> InboxAsync()
    {
        await using var inbox = Host.Services.GetRequiredService<InboxDatabase>().Open();
        return await inbox.Deliveries.AsNoTracking().OrderBy(d => d.Id).ToListAsync(Cancel);
    }

    /// <summary>Waits until rows of the inbox are as they should be.</summary>
    /// <param name="most">How long; null for a minute.</param>
    public async Task<List<Delivery>> WhenAsync(Func<List<Delivery>, bool> isSo, TimeSpan? most = null)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < (most ?? TimeSpan.FromMinutes(1));)
        {
            var rows = await InboxAsync();
            if (isSo(rows))
                return rows;
            await Task.Delay(100, Cancel);
        }

        throw new TimeoutException(string.Join("\n", (await InboxAsync()).Select(d => $"{d.Id} {d.State} {d.Reason} {d.Progress}")));
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await GitHub.DisposeAsync();
        _client.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }
}
