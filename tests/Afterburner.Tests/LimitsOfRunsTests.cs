using System.Collections.Concurrent;
using Afterburner.Gates;
using Afterburner.Proposers;
using Afterburner.Reviews;
using Afterburner.Runs;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Tests.Changes;
using Xunit;

namespace Afterburner.Tests;

/// <summary>The limits of the configuration reach everything that a review and a gate run.</summary>
public sealed class LimitsOfRunsTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    private static readonly Configuration Limited = Configuration.Default with
    {
        MemoryLimit = 3L << 30,
        Tests = new TestConfiguration { Timeout = TimeSpan.FromSeconds(100) },
        Gate = new GateConfiguration { Benchmarks = ["python3 -c 'import orders'"] },
    };

    /// <summary>Functions whose calls are replayed, forked at and swapped inside their test.</summary>
    private const string Slow = """
        def unique(items):
            assert len(items) <= 2_000
            found = []
            for item in items:
                if item in found:
                    continue
                found.append(item)
            return found


        def names(connection):
            found = []
            for name, in connection.execute("select name from orders").fetchall():
                if name in found:
                    continue
                found.append(name)
            return found


        def export(connection, path):
            found = []
            for name, in connection.execute("select name from orders").fetchall():
                if name in found:
                    continue
                found.append(name)
            with open(path, "w") as file:
                file.write("\n".join(found))
            return len(found)
        """;

    private const string Tests = """
        import sqlite3
        import orders

        def connection():
            connection = sqlite3.connect(":memory:")
            connection.execute("create table orders (name text)")
            connection.executemany("insert into orders values (?)", [(f"customer {i % 900}",) for i in range(3000)])
            return connection

        def test_unique():
            assert len(orders.unique(list(range(250)) * 2)) == 250

        def test_names():
            assert len(orders.names(connection())) == 900

        def test_export(tmp_path):
            assert orders.export(connection(), tmp_path / "names") == 900
        """;

    [LongForm]
    [Fact]
    public async Task A_review_runs_everything_under_the_limits_of_the_configuration()
    {
        using var repository = await RepositoryAsync(Slow.Replace("    found = []\n", "    pass\n    found = []\n", StringComparison.Ordinal), Slow);
        var sandbox = new WatchedSandbox(fixture.Sandbox);
        var run = fixture.NewFolder("run");

        var report = await new Review(sandbox, (_, _) => [new Quicker()], new ReviewFixture.Silent(), TimeProvider.System).RunAsync(
            new ReviewRequest(repository.Path, run, Limited) { Base = "HEAD~1" }, TestContext.Current.CancellationToken);

        Assert.True(report.Functions.Any(f => f.Suggestion is { Growth.Count: > 0 }), string.Join("; ", report.Functions.SelectMany(f => f.Candidates).Select(c => c.Reason)));
        sandbox.AssertLimited(
            ["tests", "capture", "forkcompare", "swaptrial", "amplify", "lines", "detect", "check", "runner",
             "runner in tests"]);
        // What was taken off every sample, and what was used while nothing was asked, can be judged again from the journal.
        var confirmed = Journal.Read(Path.Combine(run, Journal.FileName)).OfType<TrialMeasured>().Where(e => e.Stage == "confirmation").ToList();
        Assert.Contains(confirmed, trial => trial is { Empty.Cpu: > 0, Unasked.CandidateBefore: > 0 });
    }

    [LongForm]
    [Fact]
    public async Task A_gate_runs_everything_under_the_limits_of_the_configuration()
    {
        using var repository = await RepositoryAsync(
            Slow.Replace("if item in found", "if found.count(item)", StringComparison.Ordinal),
            Slow.Replace("if name in found", "if found.count(name)", StringComparison.Ordinal));
        var sandbox = new WatchedSandbox(fixture.Sandbox);

        await new Gate(sandbox, _ => { }, TimeProvider.System).RunAsync(
            new GateRequest(repository.Path, fixture.NewFolder("gate"), Limited) { Base = "HEAD~1" }, TestContext.Current.CancellationToken);

        sandbox.AssertLimited(["tests", "capture", "forkcompare", "amplify", "runner", "runner in tests", "/bin/sh"]);
        // A plain run of each side, whose second is the one that watches calls, and one for what is compared inside of tests.
        Assert.Equal(3, sandbox.Runs.Count(r => r.What == "tests"));
    }

    [Fact]
    public async Task A_step_with_caps_of_its_own_gets_no_more_than_the_configuration_allows()
    {
        var sandbox = new WatchedSandbox(fixture.Sandbox);

        await new BoundedSandbox(sandbox, 200L << 20).RunAsync(
            new SandboxCommand(["true"], fixture.NewFolder("work")), new Limits { Memory = 1L << 30 }, TestContext.Current.CancellationToken);
        await new BoundedSandbox(sandbox, 2L << 30).RunAsync(
            new SandboxCommand(["true"], fixture.NewFolder("work")), new Limits { Memory = 1L << 30 }, TestContext.Current.CancellationToken);

        Assert.Equal([200L << 20, 1L << 30], sandbox.Runs.Select(r => r.Limits.Memory).Order());
    }

    private static async Task<TestRepository> RepositoryAsync(string before, string after)
    {
        var repository = await TestRepository.CreateAsync();
        repository.Write("orders.py", before);
        repository.Write("test_orders.py", Tests);
        await repository.CommitAsync("before");
        repository.Write("orders.py", after);
        await repository.CommitAsync("after");
        return repository;
    }

    /// <summary>Called a model, because only models are shown hot lines.</summary>
    private sealed class Quicker : IProposer
    {
        public string Name => "chat:quicker";

        public Task<IReadOnlyList<Candidate>> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<Candidate>>(request is not { Iteration: 1, Repair: null } ? []
                : [new Candidate(Name, 1, request.Function.Source
                    .Replace("found = []", "found = {}", StringComparison.Ordinal)
                    .Replace("found.append(name)", "found[name] = None", StringComparison.Ordinal)
                    .Replace("found.append(item)", "found[item] = None", StringComparison.Ordinal)
                    .Replace("return found", "return list(found)", StringComparison.Ordinal), "a dict")]);
    }

    private sealed class WatchedSandbox(ISandbox sandbox) : ISandbox
    {
        public ConcurrentBag<(string What, Limits Limits)> Runs { get; } = [];

        public string Name => sandbox.Name;

        public Task<SandboxRun> RunAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken)
        {
            Runs.Add((What(command), limits));
            return sandbox.RunAsync(command, limits, cancellationToken);
        }

        public Task<SandboxProcess> StartAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken)
        {
            Runs.Add((command.Writable ? "runner in tests" : "runner", limits));
            return sandbox.StartAsync(command, limits, cancellationToken);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        /// <summary>All that is named has run, and nothing ran with other limits than those of the test's configuration.</summary>
        public void AssertLimited(string[] expected)
        {
            Assert.Empty(expected.Except(Runs.Select(r => r.What)));
            foreach (var (what, limits) in Runs)
            {
                if (what is "detect" or "flow" or "probe")
                {
                    Assert.True(limits.Memory <= Limited.MemoryLimit, what);
                    continue;
                }

                Assert.True(limits.Memory == Limited.MemoryLimit, $"{what}: {limits}");
                Assert.True(limits.Cpu >= Limited.Tests.Timeout && limits.Cpu <= 4 * Limited.Tests.Timeout, $"{what}: {limits}");
                // What runs tests and more besides is bounded by what the tests took, and by a multiple of the time-out.
                Assert.True(
                    what is "capture" or "forkcompare" or "swaptrial" or "runner in tests" ? limits.Wall <= 4 * Limited.Tests.Timeout : limits.Wall == Limited.Tests.Timeout,
                    $"{what}: {limits}");
            }
        }

        private static string What(SandboxCommand command)
        {
            if (!command.Arguments.Contains("/harness/run.py"))
                return command.Arguments[0] == "/bin/sh" ? "/bin/sh" : "probe";
            return command.Arguments[^1];
        }
    }
}
