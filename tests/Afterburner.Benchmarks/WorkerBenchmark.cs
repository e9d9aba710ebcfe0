using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Afterburner.Cli;
using Afterburner.Tests;
using Afterburner.Tests.Worker;
using Afterburner.Worker;
using Afterburner.Worker.Demo;
using Afterburner.Worker.Inbox;
using Microsoft.EntityFrameworkCore;

namespace Afterburner.Benchmarks;

/// <summary>
/// The hosted worker against a PostgreSQL of its own and a stand-in for GitHub, all on loopback. Arguments: which of <c>deliveries</c> (5,000 signed
/// deliveries at 200 a second, with PostgreSQL and with SQLite), <c>start</c> (from delivery to the start of its review), <c>takeover</c> (from SIGKILL to the
/// start elsewhere), <c>storm</c> (100 pull requests, 50 kills, 10 s without a database, 10 real reviews) and <c>reviews</c> (of the sample repository an hour, by
/// one, two and four workers); all but the last when none is named.
/// </summary>
public static class WorkerBenchmark
{
    private static readonly string[] Usual = ["deliveries", "start", "takeover", "storm"];

    public static async Task<int> RunAsync(string[] args)
    {
        await using var postgres = await PostgresServer.StartAsync(CancellationToken.None)
            ?? throw new EnvironmentFailureException("there is no PostgreSQL here: install the package postgresql");
        foreach (var part in args.Length == 0 ? Usual : args)
        {
            using var folder = new TemporaryFolder();
            await using var gitHub = await StandIn.StartAsync(TimeProvider.System);
            await postgres.EmptyAsync();
            using var bench = new Bench(gitHub, postgres, folder.Path);
            var done = part switch
            {
                "deliveries" => await bench.DeliveriesAsync(),
                "start" => await bench.StartAsync(),
                "takeover" => await bench.TakeOverAsync(),
                "storm" => await bench.StormAsync(),
                "reviews" => await bench.ReviewsAsync(),
                _ => throw new UsageException($"there is no part '{part}': {string.Join(", ", Usual)} and reviews are"),
            };
            if (done != 0)
                return done;
        }

        return 0;
    }

    private sealed class Bench(StandIn gitHub, PostgresServer postgres, string folder) : IDisposable
    {
        private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { Timeout = TimeSpan.FromSeconds(30) };
        private int _sent;

        public void Dispose() => _client.Dispose();

        public async Task<int> DeliveriesAsync()
        {
            foreach (var name in new[] { "PostgreSQL", "SQLite" })
            {
                var shared = name == "PostgreSQL";
                using var worker = await StartWorkerAsync(name, shared, TimeSpan.FromMilliseconds(10));
                await WhenReadyAsync(worker);
                var memory = new List<long> { MemoryOf(worker) };
                var repositories = Enumerable.Range(1, 50).Select(i => gitHub.Add($"octo-org/{name.ToLowerInvariant()}{i}")).ToArray();
                const int Count = 5_000, Rate = 200;
                var answers = new Task<(double Milliseconds, int Status)>[Count];
                var clock = Stopwatch.StartNew();
                for (var i = 0; i < Count; i++)
                {
                    var due = TimeSpan.FromSeconds((double)i / Rate);
                    while (clock.Elapsed < due)
                        await Task.Delay(1);
                    var repository = repositories[i % repositories.Length];
                    var payload = StandIn.PullRequestEvent(repository, repository.Open(1 + (i / repositories.Length), Sha()), "opened");
                    answers[i] = AnswerAsync(worker, payload, clock, due);
                    if (i % (Count / 5) == (Count / 5) - 1)
                        memory.Add(MemoryOf(worker));
                }

                var all = await Task.WhenAll(answers);
                var sent = clock.Elapsed;
                await Task.Delay(5_000);
                memory.Add(MemoryOf(worker));
                var database = Open(shared, name);
                await using var inbox = database.Open();
                var stored = await inbox.Deliveries.CountAsync();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{name}: {Count} deliveries in {sent.TotalSeconds:F1} s ({Count / sent.TotalSeconds:F0} a second), {all.Count(a => a.Status == 202)} accepted, {stored} stored; answer from the moment it was due: median {Quantile(all, 0.5):F0} ms, p99 {Quantile(all, 0.99):F0} ms, longest {Quantile(all, 1):F0} ms; memory {string.Join(", ", memory.Select(m => m >> 20))} MiB"));
                if (stored != all.Count(a => a.Status == 202))
                    return 1;
            }

            return 0;
        }

        public async Task<int> StartAsync()
        {
            using var worker = await StartWorkerAsync("start", shared: true, TimeSpan.FromMilliseconds(1));
            await WhenReadyAsync(worker);
            var repository = gitHub.Add("octo-org/start");
            var database = Open(shared: true, "start");
            const int Count = 60;
            for (var i = 0; i < Count; i++)
            {
                await DeliverAsync(worker, repository, repository.Open(i + 1, Sha()));
                await WhenAsync(database, rows => rows.All(r => r.EndedAt is not null), TimeSpan.FromSeconds(30));
            }

            await using var inbox = database.Open();
            var waited = (await inbox.Deliveries.AsNoTracking().ToListAsync()).Select(r => ((r.StartedAt!.Value - r.ReceivedAt).TotalMilliseconds, 0)).ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"start: {Count} deliveries to an idle worker, one after the other; from receipt to the start of the review: median {Quantile(waited, 0.5):F0} ms, p99 {Quantile(waited, 0.99):F0} ms"));
            return 0;
        }

        public async Task<int> TakeOverAsync()
        {
            var database = Open(shared: true, "takeover");
            var took = new List<(double, int)>();
            const int Kills = 10;
            var repository = gitHub.Add("octo-org/takeover");
            var workers = new[] { await StartWorkerAsync("a", shared: true, TimeSpan.FromMinutes(2)), await StartWorkerAsync("b", shared: true, TimeSpan.FromMinutes(2)) };
            try
            {
                foreach (var worker in workers)
                    await WhenReadyAsync(worker);
                for (var kill = 0; kill < Kills; kill++)
                {
                    var pull = repository.Open(kill + 1, Sha());
                    await DeliverAsync(workers[0], repository, pull);
                    var running = (await WhenAsync(database, rows => rows.Exists(r => r.Number == pull.Number && r.State == DeliveryState.Running), TimeSpan.FromSeconds(60)))
                        .Single(r => r.Number == pull.Number);
                    var at = Array.FindIndex(workers, w => w.Name == running.Worker);
                    await Task.Delay(RandomNumberGenerator.GetInt32(2_000));
                    var killed = TimeProvider.System.GetUtcNow();
                    workers[at].Kill();
                    var again = (await WhenAsync(
                        database, rows => rows.Exists(r => r.Number == pull.Number && r.State == DeliveryState.Running && r.Worker != running.Worker), TimeSpan.FromSeconds(120)))
                        .Single(r => r.Number == pull.Number);
                    took.Add(((again.StartedAt!.Value - killed).TotalSeconds, 0));
                    pull.IsOpen = false;
                    await DeliverAsync(workers[1 - at], repository, pull, "closed");
                    workers[at] = await StartWorkerAsync(at == 0 ? "a" : "b", shared: true, TimeSpan.FromMinutes(2));
                    await WhenReadyAsync(workers[at]);
                }
            }
            finally
            {
                foreach (var worker in workers)
                    worker.Dispose();
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"takeover: from SIGKILL of the worker to the start of its review at the other, {Kills} times, with the silence of 8 s that is the default: median {Quantile([.. took], 0.5):F1} s, longest {Quantile([.. took], 1):F1} s"));
            return 0;
        }

        public async Task<int> StormAsync()
        {
            const string Quick = "def total(prices):\n    return sum(prices)\n", Slow = "def total(prices):\n    result = 0\n    for price in prices:\n        result = result + price\n    return result\n";
            var real = new List<(StandInRepository, StandInPull)>();
            for (var i = 0; i < 10; i++)
            {
                var directory = Path.Combine(folder, $"real{i}");
                Directory.CreateDirectory(directory);
                await GitAsync(directory, "init", "--quiet", "--initial-branch=main");
                await File.WriteAllTextAsync(Path.Combine(directory, "shop.py"), Quick);
                await File.WriteAllTextAsync(Path.Combine(directory, "test_shop.py"), "from shop import total\n\ndef test_total():\n    assert total(list(range(1000))) == 499500\n");
                await GitAsync(directory, "add", "--all");
                await GitAsync(directory, "commit", "--quiet", "--message=quick");
                await GitAsync(directory, "switch", "--quiet", "--create", "change");
                await File.WriteAllTextAsync(Path.Combine(directory, "shop.py"), Slow);
                await GitAsync(directory, "commit", "--quiet", "--all", "--message=slow");
                var repository = gitHub.Add($"{Storm.RealOwner}/shop{i}", directory);
                real.Add((repository, repository.Open(1, await StandIn.HeadAsync(directory, "change", 1, CancellationToken.None), "change")));
            }

            using var storm = new Storm(gitHub, postgres, folder, seed: 1, Console.WriteLine) { Real = real, Comments = 10 };
            var clock = Stopwatch.StartNew();
            await storm.RunAsync(pulls: 90, kills: 50, down: TimeSpan.FromSeconds(10), gap: TimeSpan.FromSeconds(20), CancellationToken.None);
            var wrong = await storm.WrongAsync(TimeSpan.FromMinutes(15), CancellationToken.None);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"storm: 100 pull requests, ten of them reviewed by the engine, 50 kills and 10 s without a database, in {clock.Elapsed.TotalMinutes:F1} min; {wrong.Count} wrong"));
            foreach (var what in wrong)
                Console.WriteLine($"  {what}");
            return wrong.Count == 0 ? 0 : 1;
        }

        public async Task<int> ReviewsAsync()
        {
            var sample = Path.Combine(folder, "sample");
            await SampleRepository.CreateAsync(sample, CancellationToken.None);
            var head = await StandIn.HeadAsync(sample, SampleRepository.ChangeBranch, 1, CancellationToken.None);
            foreach (var count in new[] { 1, 2, 4 })
            {
                await postgres.EmptyAsync();
                var database = Open(shared: true, "reviews");
                var workers = new List<WorkerProcess>();
                try
                {
                    for (var i = 0; i < count; i++)
                        workers.Add(await StartWorkerAsync($"reviews{count}-{i}", shared: true, null));
                    foreach (var worker in workers)
                        await WhenReadyAsync(worker);
                    var clock = Stopwatch.StartNew();
                    const int Pulls = 4;
                    for (var i = 0; i < Pulls; i++)
                    {
                        var repository = gitHub.Add($"octo-org/sample{count}-{i}", sample);
                        await DeliverAsync(workers[0], repository, repository.Open(1, head, SampleRepository.ChangeBranch, SampleRepository.BaseBranch));
                    }

                    var rows = await WhenAsync(database, r => r.Count == Pulls && r.TrueForAll(d => d.EndedAt is not null), TimeSpan.FromHours(1));
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"reviews: {count} worker(s), {Environment.ProcessorCount} cores: {Pulls} reviews and gates of the sample repository in {clock.Elapsed.TotalSeconds:F0} s ({Pulls / clock.Elapsed.TotalHours:F0} an hour), {rows.Count(r => r.State == DeliveryState.Done)} done"));
                }
                finally
                {
                    workers.ForEach(w => w.Dispose());
                }
            }

            return 0;
        }

        private async Task<(double Milliseconds, int Status)> AnswerAsync(WorkerProcess worker, byte[] payload, Stopwatch clock, TimeSpan due)
        {
            try
            {
                var status = await gitHub.DeliverAsync(_client, worker.Url, "pull_request", payload, $"delivery-{Interlocked.Increment(ref _sent)}", CancellationToken.None);
                return ((clock.Elapsed - due).TotalMilliseconds, status);
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                return ((clock.Elapsed - due).TotalMilliseconds, 0);
            }
        }

        private async Task DeliverAsync(WorkerProcess worker, StandInRepository repository, StandInPull pull, string action = "opened")
        {
            var status = await gitHub.DeliverAsync(
                _client, worker.Url, "pull_request", StandIn.PullRequestEvent(repository, pull, action), $"delivery-{Interlocked.Increment(ref _sent)}", CancellationToken.None);
            if (status != 202)
                throw new InvalidOperationException($"the worker answered {status}");
        }

        private Task<WorkerProcess> StartWorkerAsync(string name, bool shared, TimeSpan? stub)
        {
            var settings = new Dictionary<string, string> { ["SILENCE"] = "8s", ["CONCURRENCY"] = "1" };
            if (stub is { } time)
                settings["STUB_REVIEW"] = string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds}ms");
            return WorkerProcess.StartAsync(name, PostgresServer.FreePort(), gitHub, shared ? postgres.ConnectionString : null, folder, settings);
        }

        private InboxDatabase Open(bool shared, string name) => new(new WorkerSettings
        {
            AppId = "", PrivateKey = new(""), WebhookSecrets = [], Data = Path.Combine(folder, name), Name = "benchmark", Postgres = shared ? postgres.ConnectionString : null,
        });

        private async Task WhenReadyAsync(WorkerProcess worker)
        {
            for (var until = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(1); ; await Task.Delay(100))
            {
                try
                {
                    using var answer = await _client.GetAsync(new Uri(worker.Url, "/health/ready"));
                    if (answer.IsSuccessStatusCode)
                        return;
                }
                catch (HttpRequestException) when (TimeProvider.System.GetUtcNow() < until)
                {
                    // Not yet.
                }
            }
        }

        private static async Task<List<Delivery>> WhenAsync(InboxDatabase database, Func<List<Delivery>, bool> holds, TimeSpan most)
        {
            for (var until = TimeProvider.System.GetUtcNow() + most; TimeProvider.System.GetUtcNow() < until; await Task.Delay(20))
            {
                await using var inbox = database.Open();
                var rows = await inbox.Deliveries.AsNoTracking().Select(Delivery.WithoutPayload).ToListAsync();
                if (holds(rows))
                    return rows;
            }

            throw new InvalidOperationException($"what was waited for did not happen in {most.TotalSeconds} s");
        }

        private static async Task GitAsync(string directory, params string[] arguments)
        {
            var run = await Processes.RunAsync(new ProcessStart("git", ["-C", directory, "-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost", .. arguments]));
            if (!run.Succeeded)
                throw new InvalidOperationException(run.ErrorText);
        }

        private static long MemoryOf(WorkerProcess worker)
        {
            using var process = Process.GetProcessById(worker.Id);
            return process.WorkingSet64;
        }

        private static double Quantile((double Value, int)[] all, double share)
        {
            var sorted = all.Select(a => a.Value).Order().ToArray();
            return sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
        }

        private static string Sha() => RandomNumberGenerator.GetHexString(40, lowercase: true);
    }
}
