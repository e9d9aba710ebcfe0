using System.Text.RegularExpressions;
using Afterburner.Proposers;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests;

/// <summary>A review of functions whose arguments cannot be stored: databases, memory maps, sockets.</summary>
/// <param name="functions">Those the change touches. All others are there before it.</param>
public abstract class InTestReview(params string[] functions) : IAsyncLifetime
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
            names = kept, aside  # what the function names, its versions may name
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


        @pytest.mark.parametrize("time", range(3))
        def test_customers(connection, time):
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
            ("changes an arm that no call takes", """
                def customers(connection, country):
                    found = {}
                    for name, place in connection.execute("select name, country from orders order by id").fetchall():
                        if place != country:
                            continue
                        found[name] = None
                    return None if country is None else list(found)
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

    private readonly ReviewFixture _fixture = new();

    private Report Report { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await _fixture.InitializeAsync();
        using var repository = await TestRepository.CreateAsync();
        repository.Write("orders.py", functions.Aggregate(Head, (source, name) => Regex.Replace(source, $@"(?m)^def {name}\(.*:$", "$0\n    pass")));
        repository.Write("test_orders.py", Tests);
        await repository.CommitAsync("base");
        repository.Write("orders.py", Head);
        await repository.CommitAsync("orders");
        Report = await _fixture.ReviewAsync(repository.Path, _fixture.NewFolder("run"), _ => new ByFunction());
        Assert.Equal(functions.Order(), Report.Functions.Select(f => f.Name).Order());
    }

    public FunctionReport Function(string name) => Assert.Single(Report.Functions, f => f.Name == name);

    public CandidateReport Candidate(string function, string title) =>
        Assert.Single(Function(function).Candidates, c => c.Title == title);

    public void Improved(string function, string title)
    {
        var candidate = Candidate(function, title);
        Assert.True(candidate.Verdict == VerdictKind.Improved, $"{candidate.Verdict}: {candidate.Reason}");
    }

    public void Rejected(string function, string title, string why)
    {
        var candidate = Candidate(function, title);
        Assert.True(candidate.Verdict == VerdictKind.Rejected, $"{candidate.Verdict}: {candidate.Reason}");
        Assert.Contains(why, candidate.Reason, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _fixture.DisposeAsync();
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
