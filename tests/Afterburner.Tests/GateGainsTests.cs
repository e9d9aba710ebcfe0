using Afterburner.Gates;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Whether a gate proves that a change is faster, with a real git, a real sandbox and real tests.</summary>
[Collection(Measurements.Name)]
public sealed class GateGainsTests(GateGainsTests.Several several) : IClassFixture<GateGainsTests.Several>
{
    private const string Code =
        """
        def counts(items):
            return [(item, items.count(item)) for item in items]


        def repeated(items):
            return [item for item in items if items.count(item) > 1]


        def same(items):
            assert len(items) <= 4_000  # no larger calls are made and measured
            return sum(item * 7 % 13 for item in items)


        def other(items):
            assert len(items) <= 4_000
            return sum(item * 5 % 11 for item in items)


        def lonely(items):
            return sorted(items)

        """;

    private const string Tests =
        """
        import unittest
        import calc


        class Tests(unittest.TestCase):
            def test_counts(self):
                self.assertEqual(calc.counts([n % 97 for n in range(800)])[0], (0, 9))

            def test_repeated(self):
                self.assertGreater(len(calc.repeated([n % 97 for n in range(800)])), 700)

            def test_same(self):
                self.assertGreater(calc.same(list(range(4000))), 0)

            def test_other(self):
                self.assertGreater(calc.other(list(range(4000))), 0)

        """;

    /// <summary>Counts are made by a helper that is new, repetitions are found once and not as often as they occur, the rest is only touched.</summary>
    private static readonly string Head = "from collections import Counter\n\n\ndef rows(items, counts):\n    return [(item, counts[item]) for item in items]\n\n\n" + Code
        .Replace("return [(item, items.count(item)) for item in items]", "return rows(items, Counter(items))", StringComparison.Ordinal)
        .Replace("return [item for item in items if items.count(item) > 1]", "found = Counter(items)\n    return [item for item in items if found[item] > 1][:798]", StringComparison.Ordinal)
        .Replace("return sum(item * 7 % 13 for item in items)", "total = sum(item * 7 % 13 for item in items)\n    return total", StringComparison.Ordinal)
        .Replace("return sum(item * 5 % 11 for item in items)", "total = sum(item * 5 % 11 for item in items)\n    return total", StringComparison.Ordinal)
        .Replace("return sorted(items)", "return sorted(items)[:]", StringComparison.Ordinal);

    private GateReport Report => several.Report;

    [Fact]
    public void A_function_that_a_new_helper_and_an_import_make_faster_is_proven_faster_and_equal()
    {
        var counts = Function(Report, "counts");

        Assert.True(counts.IsFaster, counts.Gain?.Reason ?? counts.Reason);
        Assert.Equal(GateStatus.NotSlower, counts.Status);
        Assert.True(counts.Gain!.Low > 1.5, counts.Gain.Reason);
        Assert.Equal("calc.py::count*", counts.RequiredBy);
        Assert.Equal("counts", Assert.Single(Report.Faster).Name);
    }

    [Fact]
    public void What_answers_otherwise_is_not_proven_faster_however_much_faster_it_is()
    {
        var repeated = Function(Report, "repeated");

        Assert.False(repeated.IsFaster);
        Assert.Equal(GateStatus.CannotTell, repeated.Status);
        Assert.NotNull(repeated.BehaviourChanged);
    }

    [Fact]
    public void A_function_that_has_to_be_faster_and_was_only_touched_fails_the_gate_with_the_reason()
    {
        var same = Function(Report, "same");

        Assert.Equal("calc.py::same", same.RequiredBy);
        Assert.False(same.IsFaster, same.Gain!.Reason);
        Assert.Contains(same, Report.Unproven);
        Assert.NotEqual("", same.Gain.Reason);
        Assert.True(Report.Fails);
        Assert.Equal(0, Report.Regressions);
    }

    [Fact]
    public void One_that_no_test_reaches_fails_it_too_and_what_is_new_does_not()
    {
        Assert.Contains(Function(Report, "lonely"), Report.Unproven);
        Assert.StartsWith("no test reaches it", Function(Report, "lonely").Gain!.Reason, StringComparison.Ordinal);
        Assert.Null(Function(Report, "rows").RequiredBy);
        Assert.Equal(2, Report.Lacking);
    }

    [Fact]
    public void A_function_that_nobody_requires_to_be_faster_and_that_does_not_look_like_it_is_not_asked() =>
        Assert.True(Function(Report, "other") is { Gain: null, RequiredBy: null }, Function(Report, "other").Gain?.Reason);

    [Fact]
    public async Task What_is_found_stands_in_the_run_and_its_words_say_both()
    {
        var read = GateFolder.Read(several.Directory)!;
        var words = await File.ReadAllTextAsync(Path.Combine(several.Directory, GateFolder.Markdown), TestContext.Current.CancellationToken);

        Assert.Equal((1, 2, true), (read.Faster.Count, read.Lacking, read.Fails));
        Assert.Contains("2 required gains not proven; 1 function proven faster", words, StringComparison.Ordinal);
        Assert.Contains("| Has to be faster, and is not proven to be |", words, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task Where_nothing_is_required_a_gain_is_proven_all_the_same_and_nothing_fails()
    {
        var report = await several.GateAsync(Head, Configuration.Default);

        Assert.True(Function(report, "counts").IsFaster, Function(report, "counts").Gain?.Reason ?? Function(report, "counts").Reason);
        Assert.False(report.Fails);
        Assert.Null(Function(report, "same").Gain);
        Assert.Null(Function(report, "lonely").Gain);
    }

    [LongForm]
    [Fact]
    public async Task A_change_that_has_to_be_faster_as_a_whole_and_is_not_fails()
    {
        var touched = Code.Replace("return sum(item * 7 % 13 for item in items)", "total = sum(item * 7 % 13 for item in items)\n    return total", StringComparison.Ordinal);

        var report = await several.GateAsync(touched, Configuration.Default, requiredBy: "the label require-faster");

        Assert.True(report is { LacksGain: true, Fails: true, Lacking: 1 }, GateMarkdown.Headline(report));
        Assert.NotNull(Function(report, "same").Gain);
        Assert.Contains("**Nothing is proven faster**, and the label require-faster asks for that.", GateMarkdown.Write(report), StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task Where_calls_cannot_be_stored_a_gain_is_proven_inside_of_the_tests()
    {
        const string Select = "connection.execute('select name from orders order by id').fetchall()";
        using var repository = await TestRepository.CreateAsync();
        repository.Write("store.py", $"def names(connection):\n    found = []\n    for name, in {Select}:\n        if name not in found:\n            found.append(name)\n    return found\n");
        repository.Write("tests/test_store.py", """
            import sqlite3
            import unittest
            import store


            class Tests(unittest.TestCase):
                def test(self):
                    table = sqlite3.connect(":memory:")
                    table.execute("create table orders (id integer primary key, name text)")
                    table.executemany("insert into orders (name) values (?)", [("name %d" % (n % 700),) for n in range(3000)])
                    self.assertEqual(len(store.names(table)), 700)

            """);
        await repository.CommitAsync("base");
        repository.Write("store.py", $"def names(connection):\n    return list(dict.fromkeys(name for name, in {Select}))\n");
        await repository.CommitAsync("head");

        var names = Function(await several.GateAsync(repository, Configuration.Default, null), "names");

        Assert.True(names.IsFaster, names.Gain?.Reason ?? names.Reason);
    }

    [LongForm]
    [Fact]
    public async Task Where_the_tests_of_base_do_not_pass_nothing_shows_that_it_is_equal()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("calc.py", Code);
        repository.Write("tests/test_calc.py", "import absent\n");
        await repository.CommitAsync("base");
        repository.Write("calc.py", Head);
        repository.Write("tests/test_calc.py", Tests);
        await repository.CommitAsync("head");

        var report = await several.GateAsync(repository, Configuration.Default with { Gate = new() { RequireFaster = ["calc.py::counts"] } }, null);

        Assert.False(Function(report, "counts").IsFaster);
        Assert.True(report.Fails);
    }

    private static GateFunctionReport Function(GateReport report, string name) => Assert.Single(report.Functions, f => f.Name == name);

    /// <summary>One gate of a change of which some has to be faster.</summary>
    public sealed class Several : IAsyncLifetime
    {
        private readonly ReviewFixture _fixture = new();

        public GateReport Report { get; private set; } = null!;

        public string Directory { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            await _fixture.InitializeAsync();
            Directory = _fixture.NewFolder("first");
            Report = await GateAsync(Head, Configuration.Default with { Gate = new() { RequireFaster = ["calc.py::count*", "calc.py::same", "*.py::lonely", "*.py::rows"] } });
        }

        public ValueTask DisposeAsync() => _fixture.DisposeAsync();

        public async Task<GateReport> GateAsync(string head, Configuration configuration, string? requiredBy = null)
        {
            using var repository = await TestRepository.CreateAsync();
            repository.Write("calc.py", Code);
            repository.Write("tests/test_calc.py", Tests);
            await repository.CommitAsync("base");
            repository.Write("calc.py", head);
            await repository.CommitAsync("head");
            return await GateAsync(repository, configuration, requiredBy);
        }

        internal Task<GateReport> GateAsync(TestRepository repository, Configuration configuration, string? requiredBy) =>
            new Gate(_fixture.Sandbox, _ => { }, TimeProvider.System).RunAsync(
                new GateRequest(repository.Path, Report is null ? Directory : _fixture.NewFolder("gate"), configuration) { Base = "HEAD~1", RequiredBy = requiredBy },
                TestContext.Current.CancellationToken);
    }
}
