using System.Globalization;
using System.Security.Cryptography;
using Afterburner.Worker;
using Afterburner.Worker.Demo;
using Afterburner.Worker.Inbox;
using Afterburner.Worker.Queue;
using Microsoft.EntityFrameworkCore;

namespace Afterburner.Tests.Worker;

/// <summary>Pull requests that are opened, pushed to, told of twice and closed, while workers and their database come and go.</summary>
internal sealed class Storm(StandIn gitHub, PostgresServer postgres, string folder, int seed, Action<string> log) : IDisposable
{
    /// <summary>Whose repositories are reviewed by the engine.</summary>
    public const string RealOwner = "real-org";

    private static readonly TimeSpan Review = TimeSpan.FromMilliseconds(3_000);

    private readonly Random _random = new(seed);
    private readonly int[] _ports = [PostgresServer.FreePort(), PostgresServer.FreePort()];
    private readonly WorkerProcess?[] _workers = [null, null];
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly List<(StandInRepository Repository, StandInPull Pull)> _pulls = [];
    private readonly InboxDatabase _database = new(new WorkerSettings
    {
        AppId = "", PrivateKey = new(""), WebhookSecrets = [], Data = folder, Name = "test", Postgres = postgres.ConnectionString,
    });

    private int _sent, _taken;

    /// <summary>Reviews that were begun more than once.</summary>
    public int TakenOver { get; private set; }

    /// <value>Repositories with files of their own, whose reviews are real; they are opened before the others. Defaults to none.</value>
    public IReadOnlyList<(StandInRepository Repository, StandInPull Pull)> Real { get; init; } = [];

    /// <value>Comments with a command among the deliveries. Defaults to none.</value>
    public int Comments { get; init; }

    /// <param name="gap">Between two kills at most.</param>
    public async Task RunAsync(int pulls, int kills, TimeSpan down, TimeSpan gap, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _workers.Length; i++)
            await StartAsync(i);
        var dying = DieAsync(kills, down, gap, cancellationToken);
        StandInRepository[] repositories = [.. Enumerable.Range(1, 4).Select(i => gitHub.Add($"octo-org/shop{i.ToString(CultureInfo.InvariantCulture)}"))];
        foreach (var (repository, pull) in Real)
        {
            _pulls.Add((repository, pull));
            await DeliverAsync(StandIn.PullRequestEvent(repository, pull, "opened"), twice: false, cancellationToken);
        }

        for (var i = 0; i < pulls; i++)
        {
            var repository = repositories[i % repositories.Length];
            var pull = repository.Open(i + 1, Sha());
            _pulls.Add((repository, pull));
            await DeliverAsync(StandIn.PullRequestEvent(repository, pull, "opened"), twice: i % 10 == 0, cancellationToken);
            if (i < Comments)
                await DeliverAsync(StandIn.CommentEvent(repository, pull.Number, StandIn.Maintainer, "/afterburner help", 9_000 + i), twice: false, cancellationToken, "issue_comment");
            await Task.Delay(_random.Next(700), cancellationToken);
            // A fifth is pushed to again, some at once and some when a review may be under way; some are closed.
            if (_random.Next(5) == 0)
            {
                var (pushedTo, pushed) = _pulls[Real.Count + _random.Next(_pulls.Count - Real.Count)];
                pushed.Head = Sha();
                await DeliverAsync(StandIn.PullRequestEvent(pushedTo, pushed, pushed.IsOpen ? "synchronize" : "closed"), twice: false, cancellationToken);
            }

            if (i % 8 == 7)
            {
                pull.IsOpen = false;
                await DeliverAsync(StandIn.PullRequestEvent(repository, pull, "closed"), twice: false, cancellationToken);
            }
        }

        await dying;
    }

    /// <summary>Waits until all is done.</summary>
    /// <returns>What is not as it should be.</returns>
    public async Task<List<string>> WrongAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var rows = new List<Delivery>();
        var until = TimeProvider.System.GetUtcNow() + patience;
        do
        {
            await Task.Delay(500, cancellationToken);
            await using var inbox = _database.Open();
            rows = await inbox.Deliveries.AsNoTracking().OrderBy(d => d.Id).ToListAsync(cancellationToken);
        }
        while (rows.Any(IsUnfinished) && TimeProvider.System.GetUtcNow() < until);

        foreach (var worker in _workers)
            worker?.Dispose();
        TakenOver = rows.Count(r => r.Attempt > 1);
        log($"{rows.Count} deliveries: {string.Join(", ", rows.CountBy(r => r.State).Select(c => $"{c.Value} {c.Key}"))}; {TakenOver} taken over or tried again");
        var wrong = new List<string>();
        wrong.AddRange(rows.Where(r => IsUnfinished(r) || r.State is DeliveryState.Dead or DeliveryState.Failed or DeliveryState.Unreadable)
            .Select(r => $"delivery {r.Id} of {r.Repository}#{r.Number} is {r.State}: {r.Reason}"));
        if (rows.Count != _taken)
            wrong.Add($"{_taken} deliveries were accepted, {rows.Count} are stored");
        foreach (var (repository, pull) in _pulls)
            wrong.AddRange(WrongOf(pull, [.. rows.Where(r => r.Repository == repository.FullName && r.Number == pull.Number)]).Select(w => $"{repository.FullName}#{pull.Number}: {w}"));
        return wrong;
    }

    public void Dispose()
    {
        foreach (var worker in _workers)
            worker?.Dispose();
        _client.Dispose();
    }

    private static IEnumerable<string> WrongOf(StandInPull pull, List<Delivery> rows)
    {
        // An answer to a command is a comment as well.
        var summaries = pull.Posts.Where(p => p.Kind == "comment" && ((string)p.Body["body"]!).Contains("Measured at ", StringComparison.Ordinal)).ToList();
        if (summaries.Count > 1)
            yield return $"{summaries.Count} summaries";
        if (!pull.IsOpen)
            yield break;
        if (rows.Count(r => r.State == DeliveryState.Done && r.Head == pull.Head) != 1)
            yield return $"its head was reviewed {rows.Count(r => r.State == DeliveryState.Done && r.Head == pull.Head)} times";
        if (summaries is not [var (_, _, body)] || !((string)body["body"]!).Contains(pull.Head, StringComparison.Ordinal))
            yield return "its summary is not of its head";
    }

    private static bool IsUnfinished(Delivery delivery) =>
        delivery.State is DeliveryState.Received or DeliveryState.Waiting or DeliveryState.Released or DeliveryState.Running;

    private async Task StartAsync(int i) => _workers[i] = await WorkerProcess.StartAsync(
        $"worker{i.ToString(CultureInfo.InvariantCulture)}", _ports[i], gitHub, postgres.ConnectionString, folder, new() { ["STUB_REVIEW"] = $"{Review.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}ms", ["STUB_BUT"] = RealOwner, ["CONCURRENCY"] = "2" });

    private async Task DieAsync(int kills, TimeSpan down, TimeSpan gap, CancellationToken cancellationToken)
    {
        var random = new Random(seed + 1);
        await Task.Delay(3_000, cancellationToken);
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(random.Next(300, (int)gap.TotalMilliseconds), cancellationToken);
            var i = random.Next(_workers.Length);
            if (kill == kills / 2)
            {
                log("the database is down");
                await postgres.LeaveAsync();
                await Task.Delay(down, cancellationToken);
                await postgres.ReturnAsync(cancellationToken);
                log("the database is back");
            }
            else if (kill == kills / 4)
            {
                // Long enough for the other to take over what it is at; then it wakes and does not know.
                log($"worker {i} sleeps");
                await _workers[i]!.SleepAsync();
                await Task.Delay(8_000, cancellationToken);
                await _workers[i]!.WakeAsync();
                continue;
            }

            // A third of them die in the middle of a review, whatever the moment they were to die at.
            if (kill % 3 == 0)
                i = await AtWorkAsync(cancellationToken) ?? i;
            i = await VictimAsync(i, cancellationToken);
            log($"worker {i} dies");
            _workers[i]!.Kill();
            await Task.Delay(random.Next(0, 1_500), cancellationToken);
            await StartAsync(i);
        }
    }

    /// <summary>
    /// A worker that may die: none whose review would be put aside then, as five workers died while they were at it. How often that comes about is a question
    /// of how long a review takes on this machine, and no error.
    /// </summary>
    private async Task<int> VictimAsync(int chosen, CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var inbox = _database.Open();
            var spared = await inbox.Deliveries.Where(d => d.State == DeliveryState.Running && d.Deaths >= ReviewJob.MostDeaths - 1).Select(d => d.Worker).ToListAsync(cancellationToken);
            foreach (var worker in new[] { chosen, 1 - chosen })
            {
                if (!spared.Contains(_workers[worker]!.Name))
                    return worker;
            }

            await Task.Delay(500, cancellationToken);
        }
    }

    /// <returns>A worker that has been at a review for a moment; null when there is none for a while.</returns>
    private async Task<int?> AtWorkAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < 100; i++)
        {
            await Task.Delay(100, cancellationToken);
            await using var inbox = _database.Open();
            var running = await inbox.Deliveries.AsNoTracking().Where(d => d.State == DeliveryState.Running && d.Progress != null).ToListAsync(cancellationToken);
            if (running.Select(r => Array.FindIndex(_workers, w => w?.Name == r.Worker)).FirstOrDefault(w => w >= 0, -1) is >= 0 and var found)
                return found;
        }

        return null;
    }

    private async Task DeliverAsync(byte[] payload, bool twice, CancellationToken cancellationToken, string kind = "pull_request")
    {
        var guid = $"delivery-{(++_sent).ToString(CultureInfo.InvariantCulture)}";
        for (var times = 0; times < (twice ? 2 : 1); times++)
        {
            // One that finds nobody is asked for again, from whoever listens then.
            while (!await TryDeliverAsync(kind, payload, guid, cancellationToken))
                await Task.Delay(200, cancellationToken);
        }

        _taken++;
    }

    private async Task<bool> TryDeliverAsync(string kind, byte[] payload, string guid, CancellationToken cancellationToken)
    {
        try
        {
            return await gitHub.DeliverAsync(_client, _workers[_random.Next(2)]!.Url, kind, payload, guid, cancellationToken) == 202;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static string Sha() => RandomNumberGenerator.GetHexString(40, lowercase: true);
}
