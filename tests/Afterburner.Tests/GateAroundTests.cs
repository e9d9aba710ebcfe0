using Afterburner.Gates;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Attacks;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Slowdowns that no line of the slower function shows.</summary>
public sealed class GateAroundTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    private const string Code = """
        ROUNDS = 1


        class Sums:
            rounds = 1

            def total(self, items):
                assert len(items) <= 1_500
                return sum(item * 3 % 11 for item in items for _ in range(self.rounds))


        def once(n):
            return n % 7


        def work(items):
            assert len(items) <= 1_500
            return sum(item * 3 % 11 for item in items for _ in range(ROUNDS))


        def counts(items):
            assert len(items) <= 1_500
            return sum(once(item) for item in items)

        """;

    private const string Tests = """
        import calc

        def test_all():
            items = list(range(1500))
            assert calc.Sums().total(items) > 0
            assert calc.work(items) > 0
            assert calc.counts(items) > 0

        """;

    private const string OneCall = "import calc\n\ndef test_work():\n    assert calc.work(list(range(4000))) > 0\n";

    [LongForm]
    [Fact]
    public async Task A_constant_a_class_attribute_and_a_decorator_that_make_unchanged_functions_slower_are_seen()
    {
        var report = await GateAsync(Code
            .Replace("ROUNDS = 1\n", "ROUNDS = 30\n\n\ndef slowly(f):\n    return lambda n: sum(f(n) for _ in range(60)) // 60\n", StringComparison.Ordinal)
            .Replace("rounds = 1\n", "rounds = 30\n", StringComparison.Ordinal)
            .Replace("def once", "@slowly\ndef once", StringComparison.Ordinal));

        foreach (var name in new[] { "work", "Sums.total", "counts" })
            Assert.True(Function(report, name) is { Status: GateStatus.Slower }, $"{name}: {Function(report, name).Reason}");
        Assert.Contains("looked at because ROUNDS changed", Function(report, "work").Reason, StringComparison.Ordinal);
        // Below its decorator it is what it was; what calls it shows the difference.
        Assert.True(Function(report, "once").Status != GateStatus.NotSlower, Function(report, "once").Reason);
    }

    [LongForm]
    [Fact]
    public async Task A_decorator_that_was_taken_away_is_not_cleared_by_calls_that_are_made_below_it()
    {
        const string Cached = "import functools\n\n\n@functools.lru_cache\ndef once(n):\n    return sum(i * i % 7 for i in range(n))\n";
        var report = await GateAsync(
            Cached.Replace("@functools.lru_cache\n", "", StringComparison.Ordinal), Cached,
            "import calc\n\ndef test_all():\n    assert calc.once(20000) > 0\n");

        var once = Function(report, "once");
        Assert.True(once.Status == GateStatus.CannotTell, once.Reason);
        Assert.Contains("decorators", once.Reason, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task A_function_that_tests_of_head_reach_no_more_is_called_as_the_tests_of_base_did_and_that_is_said()
    {
        var report = await GateAsync(
            "import builtins\nbuiltins.__ab_entry__ = lambda *_: None\n\n\n" + PullRequestAttacks.Slower + "\n", PullRequestAttacks.Code + "\n",
            OneCall);

        var work = Function(report, "work");
        Assert.True(work.Status == GateStatus.Slower, work.Reason);
        Assert.Contains("tests of head no longer reach it", work.Reason, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task A_head_that_lets_only_its_quick_calls_be_recorded_is_measured_on_those_that_base_was_seen_to_make()
    {
        const string Quick = """
            import builtins
            _entry = builtins.__dict__.get("__ab_entry__")
            if _entry is not None:
                import sys
                builtins.__ab_entry__ = lambda *a: _entry(*a) if len(sys._getframe(1).f_locals.get("items", ())) < 50 else None


            """;

        var report = await GateAsync(
            Quick + PullRequestAttacks.Slower + "\n", PullRequestAttacks.Code + "\n",
            "import calc\n\ndef test_work():\n    assert calc.work([1]) > 0\n    assert calc.work(list(range(4000))) > 0\n");

        var work = Function(report, "work");
        Assert.True(work.Status == GateStatus.Slower, work.Reason);
    }

    [LongForm]
    [Fact]
    public async Task A_head_whose_process_answers_without_calling_the_function_is_not_called_quick()
    {
        const string Fake = """
            import sys
            _commands = sys.modules.get("afterburner_harness.timing.commands")
            if _commands is not None:
                _commands.run = lambda function, arguments: [(0, 87) for _ in arguments]


            """;

        var report = await GateAsync(
            Fake + PullRequestAttacks.Slower + "\n", PullRequestAttacks.Code + "\n", OneCall);

        var work = Function(report, "work");
        Assert.True(work.Status == GateStatus.CannotTell, $"{work.Status}: {work.Reason}");
        Assert.Contains("so it may do other work", work.Reason, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task A_head_that_remembers_what_it_is_asked_again_is_not_called_quick()
    {
        const string Remembering = """
            _known = {}

            def work(items):
                key = len(items)
                if key not in _known:
                    _known[key] = sum(sum(item * 3 % 11 for _ in range(200)) // 200 for item in items)
                return _known[key]
            """;

        var report = await GateAsync(
            Remembering + "\n", "def work(items):\n    return sum(item * 3 % 11 for item in items)\n", "import calc\n\ndef test_work():\n    assert calc.work(list(range(900))) > 0\n");

        var work = Function(report, "work");
        Assert.True(work.Status is GateStatus.CannotTell or GateStatus.Slower, $"{work.Status}: {work.Reason}");
    }

    [LongForm]
    [Fact]
    public async Task Tests_of_head_do_not_run_in_the_process_of_base()
    {
        const string Slowing = """
            import calc

            class Items(list):
                pass

            def slow(items):
                return sum(sum(item * 3 % 11 for _ in range(200)) // 200 for item in items)

            if not hasattr(calc, "VERSION"):
                calc.work.__code__ = slow.__code__

            def test_work():
                assert calc.work(Items(range(4000))) > 0

            """;

        var report = await GateAsync(
            PullRequestAttacks.Slower + "\n\n\nVERSION = 2\n", PullRequestAttacks.Code + "\n",
            OneCall, Slowing);

        var work = Function(report, "work");
        Assert.True(work.Status == GateStatus.Slower, $"{work.Status}: {work.Reason}");
    }

    [LongForm]
    [Fact]
    public async Task A_slowdown_is_not_drowned_in_heavier_calls_that_head_adds_to_the_tests()
    {
        const string Code = """
            def work(items):
                if isinstance(items, int):
                    return sum(n * 3 % 11 for n in range(items))
                assert len(items) <= 4_000
                return sum(item * 3 % 11 for item in items)

            """;
        const string Heavier = OneCall + """

            def test_heavier():
                assert calc.work(400000) > 0

            """;

        var report = await GateAsync(
            Code.Replace("for item in items)", "for item in items for _ in (1, 2, 3))", StringComparison.Ordinal), Code, OneCall, Heavier);

        var work = Function(report, "work");
        Assert.True(work.Status == GateStatus.Slower, $"{work.Status}: {work.Reason}");
    }

    [LongForm]
    [Fact]
    public async Task What_only_the_tests_of_head_call_has_a_say_beside_the_calls_of_base()
    {
        const string Code = """
            def work(items, often):
                assert len(items) <= 4_000
                return sum(item * 3 % 11 for item in items for _ in range(10))

            """;
        const string More = OneCall + """

            def test_often():
                assert calc.work(list(range(4000)), True) > 0

            """;
        static string Plain(string tests) => tests.Replace("(4000)))", "(4000)), False)", StringComparison.Ordinal);

        var report = await GateAsync(
            Code.Replace("range(10)", "range(100 if often else 10)", StringComparison.Ordinal), Code, Plain(OneCall), Plain(More));

        var work = Function(report, "work");
        Assert.True(work.Status == GateStatus.Slower, $"{work.Status}: {work.Reason}");
        Assert.Contains("only the tests of head make", work.Reason, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task Calls_that_cannot_be_stored_are_compared_inside_the_tests_that_both_sides_have()
    {
        static string With(string code) => code.Replace("(items):", "(items, connection):", StringComparison.Ordinal) + "\n";
        const string Calls = "import calc, sqlite3\n\ndef test_work():\n    assert calc.work(list(range(4000)), sqlite3.connect(':memory:')) > 0\n";

        var report = await GateAsync(With(PullRequestAttacks.Slower), With(PullRequestAttacks.Code), Calls);
        var other = await GateAsync(
            With(PullRequestAttacks.Slower), With(PullRequestAttacks.Code), Calls, Calls.Replace("test_work", "test_other", StringComparison.Ordinal));

        Assert.True(Function(report, "work").Status == GateStatus.Slower, Function(report, "work").Reason);
        Assert.True(Function(other, "work").Status == GateStatus.CannotTell, Function(other, "work").Reason);
        Assert.Contains("those of base do not make the same ones", Function(other, "work").Reason, StringComparison.Ordinal);
    }

    private static GateFunctionReport Function(GateReport report, string name) => Assert.Single(report.Functions, f => f.Name == name);

    private async Task<GateReport> GateAsync(string head, string code = Code, string tests = Tests, string? testsOfHead = null)
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("calc.py", code);
        repository.Write("test_calc.py", tests);
        await repository.CommitAsync("base");
        repository.Write("calc.py", head);
        repository.Write("test_calc.py", testsOfHead ?? tests);
        await repository.CommitAsync("head");
        return await new Gate(fixture.Sandbox, _ => { }, TimeProvider.System).RunAsync(
            new GateRequest(repository.Path, fixture.NewFolder("gate"), Configuration.Default) { Base = "HEAD~1" },
            TestContext.Current.CancellationToken);
    }
}
