using Afterburner.Proposers;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Whole reviews of functions whose arguments cannot be stored: databases, memory maps, sockets.</summary>
public sealed class InTestReviewTests(InTestReviewTests.Run run) : IClassFixture<InTestReviewTests.Run>
{
    private const string Head = """
        from concurrent.futures import ThreadPoolExecutor
        import random

        KEPT = {}


        def kept(key, make):
            if key not in KEPT:
                KEPT[key] = make()
            return KEPT[key]


        def aside(work):
            with ThreadPoolExecutor(1) as pool:
                return pool.submit(work).result()


        def customers(connection, country):
            found = []
            for name, place in connection.execute("select name, country from orders order by id").fetchall():
                if place != country:
                    continue
                if name in found:
                    continue
                found.append(name)
            return found


        def words(memory):
            found = []
            for word in memory[:].split():
                if word not in found:
                    found.append(word)
            return found


        def export(connection, path):
            found = []
            for name, in connection.execute("select name from orders order by id").fetchall():
                if name not in found:
                    found.append(name)
            with open(path, "w") as file:
                file.write("\n".join(found))
            return len(found)


        def received(socket):
            found = []
            for part in socket.recv(100000).split():
                if part not in found:
                    found.append(part)
            return found


        def lottery(connection):
            total = 0
            for name, in connection.execute("select name from orders").fetchall():
                total += random.SystemRandom().randrange(1000) * len(name)
            return total


        class Handle:
            def __init__(self, values):
                self.values = values

            def __reduce__(self):
                raise TypeError("a handle cannot be pickled")


        def save(handle, path):
            found = []
            for value in handle.values:
                if value not in found:
                    found.append(value)
            with open(path, "w") as file:
                file.write(str(len(found)))
            return found


        def report(values, path):
            return save(Handle(values), path)


        def idle(connection):
            return connection
        """;

    private const string Tests = """
        import mmap
        import socket
        import sqlite3

        import pytest

        import orders

        done = []


        @pytest.fixture
        def connection():
            connection = sqlite3.connect(":memory:")
            connection.execute("create table orders (id integer primary key, name text, country text)")
            connection.executemany(
                "insert into orders (name, country) values (?, ?)",
                [(f"customer {i % 1000}", "fi" if i % 3 else "se") for i in range(4000)])
            yield connection
            connection.close()


        def test_customers(connection):
            for _ in range(3):
                assert len(orders.customers(connection, "fi")) == 1000


        def test_words():
            memory = mmap.mmap(-1, 20000)
            memory.write(b" ".join(b"%d" % (i % 1000) for i in range(4000)))
            assert len(orders.words(memory)) > 500
            memory.close()


        def test_export(connection, tmp_path):
            assert orders.export(connection, tmp_path / "names") == 1000
            assert (tmp_path / "names").read_text().startswith("customer 0")


        def test_received():
            left, right = socket.socketpair()
            with left, right:
                left.sendall(b" ".join(b"%d" % (i % 700) for i in range(2000)))
                assert len(orders.received(right)) == 700


        def test_lottery(connection):
            assert orders.lottery(connection) > 0


        def test_report():
            assert not done, "runs once only"
            done.append(1)
            assert len(orders.report(list(range(1000)) * 2, "/tmp/saved")) == 1000
        """;

    private static readonly Dictionary<string, (string Name, string Source)[]> Candidates = new()
    {
        ["customers"] =
        [
            ("faster", """
                def customers(connection, country):
                    found = {}
                    for name, place in connection.execute("select name, country from orders order by id").fetchall():
                        if place != country:
                            continue
                        found[name] = None
                    return list(found)
                """),
            ("wrong order", """
                def customers(connection, country):
                    found = set()
                    for name, place in connection.execute("select name, country from orders order by id").fetchall():
                        if place != country:
                            continue
                        found.add(name)
                    return sorted(found)
                """),
            ("remembers", """
                def customers(connection, country):
                    def make():
                        found = {}
                        for name, place in connection.execute("select name, country from orders order by id").fetchall():
                            if place != country:
                                continue
                            found[name] = None
                        return list(found)
                    return kept(country, make)
                """),
            ("works in a thread", """
                def customers(connection, country):
                    rows = connection.execute("select name, country from orders order by id").fetchall()
                    def work():
                        found = []
                        for name, place in rows:
                            if place != country:
                                continue
                            if name in found:
                                continue
                            found.append(name)
                        return found
                    return aside(lambda: work() and work())
                """),
            ("empties the table", """
                def customers(connection, country):
                    found = {}
                    for name, place in connection.execute("select name, country from orders order by id").fetchall():
                        if place != country:
                            continue
                        found[name] = None
                    connection.execute("delete from orders")
                    return list(found)
                """),
            ("slower", """
                def customers(connection, country):
                    found = []
                    for name, place in connection.execute("select name, country from orders order by id").fetchall():
                        if place != country:
                            continue
                        if found.count(name) + found.count(name):
                            continue
                        found.append(name)
                    return found
                """),
            ("changes what no call reaches", """
                def customers(connection, country):
                    if country is None:
                        return None
                    found = {}
                    for name, place in connection.execute("select name, country from orders order by id").fetchall():
                        if place != country:
                            continue
                        found[name] = None
                    return list(found)
                """),
        ],
        ["words"] =
        [
            ("writes into the map", """
                def words(memory):
                    found = dict.fromkeys(memory[:].split())
                    memory[19999:] = b"!"
                    return list(found)
                """),
            ("faster", """
                def words(memory):
                    return list(dict.fromkeys(memory[:].split()))
                """),
        ],
        ["export"] =
        [
            ("faster", """
                def export(connection, path):
                    found = {}
                    for name, in connection.execute("select name from orders order by id").fetchall():
                        found[name] = None
                    with open(path, "w") as file:
                        file.write("\n".join(found))
                    return len(found)
                """),
            ("wrong", """
                def export(connection, path):
                    found = {}
                    for name, in connection.execute("select name from orders order by id").fetchall():
                        found[name] = None
                    with open(path, "w") as file:
                        file.write("\n".join(sorted(found, reverse=True)))
                    return len(found)
                """),
        ],
        ["save"] =
        [
            ("faster", """
                def save(handle, path):
                    found = list(dict.fromkeys(handle.values))
                    with open(path, "w") as file:
                        file.write(str(len(found)))
                    return found
                """),
        ],
    };

    [Fact]
    public void A_faster_equal_candidate_is_proven_by_forking_at_the_call_and_becomes_a_suggestion()
    {
        var function = Function("customers");

        Assert.Equal(WorkloadKind.Fork, function.Workload!.Kind);
        Improved(Candidate("customers", "faster"));
        Assert.Equal(FunctionStatus.Improved, function.Status);
        Assert.Equal("faster", function.Suggestion!.Title);
        Assert.True(function.Suggestion.Low > 1);
        Assert.Contains("found[name] = None", function.Suggestion.Replacement, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("customers", "wrong order", "differently")]
    [InlineData("customers", "empties the table", "differently")]
    [InlineData("customers", "remembers", "keeps state between calls")]
    [InlineData("customers", "changes what no call reaches", "Not exercised")]
    [InlineData("words", "writes into the map", "differently")]
    [InlineData("export", "wrong", "test_export")]
    public void A_candidate_that_is_not_equal_is_rejected(string function, string candidate, string why)
    {
        var report = Candidate(function, candidate);

        Assert.True(report.Verdict == VerdictKind.Rejected, $"{report.Verdict}: {report.Reason}");
        Assert.Contains(why, report.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("works in a thread")]
    [InlineData("slower")]
    public void A_candidate_that_saves_nothing_is_not_improved(string candidate)
    {
        var report = Candidate("customers", candidate);

        Assert.True(report.Verdict is not VerdictKind.Improved, $"{report.Verdict}: {report.Reason}");
        Assert.True(report.Ratio is null or < 1.1, $"{report.Ratio}: {report.Reason}");
    }

    [Fact]
    public void A_memory_map_is_forked_at_as_well() => Improved(Candidate("words", "faster"));

    [Fact]
    public void A_function_that_writes_files_is_swapped_inside_its_test_measured_and_never_suggested()
    {
        var function = Function("export");
        var faster = Candidate("export", "faster");

        Assert.Equal(WorkloadKind.Swap, function.Workload!.Kind);
        Assert.True(faster.Verdict == VerdictKind.Inconclusive, $"{faster.Verdict}: {faster.Reason}");
        Assert.True(faster.Ratio > 1, faster.Reason);
        Assert.Contains("inside whole tests", faster.Reason, StringComparison.Ordinal);
        Assert.Equal(FunctionStatus.NoImprovement, function.Status);
        Assert.Null(function.Suggestion);
    }

    [Fact]
    public void A_function_that_reads_a_socket_is_not_forked_and_its_test_still_gets_the_data() =>
        Assert.Equal(WorkloadKind.Swap, Function("received").Workload?.Kind);

    [Fact]
    public void Where_neither_works_the_function_that_calls_it_is_replayed()
    {
        Assert.Equal(WorkloadKind.Caller, Function("save").Workload?.Kind);
        Improved(Candidate("save", "faster"));
        Assert.Equal("faster", Function("save").Suggestion?.Title);
    }

    [Theory]
    [InlineData("lottery", "not give one answer")]
    [InlineData("idle", "no test reaches it")]
    public void A_function_with_no_usable_workload_is_skipped_with_its_reason(string name, string reason)
    {
        Assert.Equal(FunctionStatus.Skipped, Function(name).Status);
        Assert.Contains(reason, Function(name).Reason, StringComparison.Ordinal);
        Assert.Empty(Function(name).Candidates);
    }

    private static void Improved(CandidateReport candidate) =>
        Assert.True(candidate.Verdict == VerdictKind.Improved, $"{candidate.Verdict}: {candidate.Reason}");

    private FunctionReport Function(string name) => Assert.Single(run.Report.Functions, f => f.Name == name);

    private CandidateReport Candidate(string function, string title) =>
        Assert.Single(Function(function).Candidates, c => c.Title == title);

    public sealed class Run : IAsyncLifetime
    {
        private readonly ReviewFixture fixture = new();

        public Report Report { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await fixture.InitializeAsync();
            using var repository = await TestRepository.CreateAsync();
            await repository.CommitAsync("empty");
            repository.Write("orders.py", Head);
            repository.Write("test_orders.py", Tests);
            await repository.CommitAsync("orders");
            Report = await fixture.ReviewAsync(repository.Path, fixture.NewFolder("run"), _ => new ByFunction());
        }

        public ValueTask DisposeAsync() => fixture.DisposeAsync();
    }

    private sealed class ByFunction : IProposer
    {
        public string Name => "scripted";

        public Task<IReadOnlyList<Candidate>> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<Candidate>>(
                request is { Iteration: 1, Repair: null } && Candidates.TryGetValue(request.Function.Name, out var candidates)
                    ? [.. candidates.Select(c => new Candidate(Name, 1, c.Source.Trim(), c.Name))]
                    : []);
    }
}
