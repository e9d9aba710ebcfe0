using Afterburner.Sandboxes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Workloads;

public sealed class CallCaptureTests(BubblewrapFixture fixture) : IClassFixture<BubblewrapFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Functions_methods_and_constructors_of_every_kind_are_captured()
    {
        using var repository = new PythonRepository(("shop/__init__.py", ""), ("shop/cart.py", """
            import asyncio, functools

            def total(prices, *more, tax=0, **rest):
                "Sum."
                return sum(prices) + sum(more) + tax

            @functools.lru_cache(maxsize=None)
            def cached(n):
                return n * 2

            def items_of(prices):
                for price in prices:
                    yield price

            async def fetch(n):
                await asyncio.sleep(0)
                return n

            class Cart:
                def __init__(self, items):
                    self.items = list(items)
                def count(self):
                    return len(self.items)
                @classmethod
                def empty(cls):
                    return cls([])
                @staticmethod
                def parse(text):
                    return text.split(",")
                @property
                def first(self):
                    return self.items[0]
            """), ("tests/test_cart.py", """
            import asyncio
            from shop import cart
            def test_total():
                assert cart.total([1, 2], 3, tax=4, colour="red") == 10
                assert cart.total(list(range(1000))) == 499500
            def test_cached(): assert cart.cached(4) == 8
            def test_items(): assert list(cart.items_of([1, 2])) == [1, 2]
            def test_lazy(): assert list(cart.items_of(n for n in (3, 4))) == [3, 4]
            def test_fetch(): assert asyncio.run(cart.fetch(3)) == 3
            def test_cart():
                c = cart.Cart("abc")
                assert c.count() == 3 and cart.Cart.empty().count() == 0
                assert cart.Cart.parse("a,b") == ["a", "b"] and c.first == "a"
            """));
        string[] names = ["total", "cached", "items_of", "fetch", "Cart.__init__", "Cart.count", "Cart.empty", "Cart.parse", "Cart.first"];
        var outcomes = await CaptureAsync(repository, "shop/cart.py", names);

        Assert.All(outcomes, o => Assert.Null(o.SkipReason));
        Assert.Equal(
            [2, 1, 2, 1, 2, 2, 1, 1, 1],
            outcomes.Select(o => o.Workload!.Captured.Count));
        var total = outcomes[0].Workload!;
        var large = Assert.Single(total.Captured, c => c.Shape.Contains("prices: list[1000] of int", StringComparison.Ordinal));
        Assert.Equal("tests/test_cart.py::test_total#1", large.Id);
        Assert.Equal(["tests/test_cart.py::test_total"], total.CoveringTests);
        Assert.Equal(["list"], total.Observed["prices"].Types);
        Assert.Equal((2, 1000, true), (total.Observed["prices"].MinLength, total.Observed["prices"].MaxLength, total.Observed["prices"].ElementsHashable));
    }

    [Fact]
    public async Task Locals_are_observed_where_the_function_is_left()
    {
        using var repository = new PythonRepository(
            ("calc.py", "def pairs(n):\n    found = []\n    for i in range(n):\n        found.append([i])\n    return found\n"),
            ("test_calc.py", "import calc\ndef test_pairs(): assert len(calc.pairs(9)) == 9\n"));
        var workload = (await CaptureAsync(repository, "calc.py", ["pairs"]))[0].Workload!;
        Assert.Equal(["list"], workload.Observed["found"].Types);
        Assert.Equal(9, workload.Observed["found"].MaxLength);
        Assert.False(workload.Observed["found"].ElementsHashable);
        Assert.Equal(["int"], workload.Observed["n"].Types);
    }

    [Fact]
    public async Task What_cannot_be_captured_is_skipped_with_the_reason()
    {
        using var repository = new PythonRepository(("calc.py", """
            import random
            def unreached(): return 1
            def at_import(): return 2
            def outer():
                def inner(): return 3
                return inner()
            def dice(n): return random.random() * n
            def seeded(names): return list(set(names))
            VALUE = at_import()
            """), ("test_calc.py", """
            import calc
            def test_outer(): assert calc.outer() == 3
            def test_dice(): assert calc.dice(2) < 2
            def test_seeded(): assert len(calc.seeded(["one", "two", "three", "four"])) == 4
            """));
        var outcomes = await CaptureAsync(repository, "calc.py", ["unreached", "at_import", "inner", "dice", "seeded"]);
        Assert.All(outcomes, o => Assert.Null(o.Workload));
        Assert.Equal("no test reaches it", outcomes[0].SkipReason);
        Assert.Contains("only reached at import", outcomes[1].SkipReason, StringComparison.Ordinal);
        Assert.Contains("inside outer", outcomes[2].SkipReason, StringComparison.Ordinal);
        Assert.Contains("does not give one answer", outcomes[3].SkipReason, StringComparison.Ordinal);
        Assert.Contains("does not give one answer", outcomes[4].SkipReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_whose_watching_changes_the_tests_does_not_spoil_the_others()
    {
        // The test reads the function's own code: it sees the statement that the capture adds.
        using var repository = new PythonRepository(
            ("calc.py", "def touchy(n): return n\ndef plain(n): return n + 1\n"),
            ("test_calc.py", """
            import calc
            def test_touchy():
                calc.touchy(1)
                assert "__ab_entry__" not in calc.touchy.__code__.co_names
            def test_plain(): assert calc.plain(1) == 2
            """));
        var outcomes = await CaptureAsync(repository, "calc.py", ["touchy", "plain"]);
        Assert.StartsWith("watching its calls changes the tests: test test_calc.py::test_touchy", outcomes[0].SkipReason, StringComparison.Ordinal);
        Assert.Single(outcomes[1].Workload!.Captured);
    }

    [Fact]
    public async Task A_test_that_notices_is_left_out_for_all_functions_at_once_while_there_is_time_for_a_few_runs()
    {
        string[] names = [.. Enumerable.Range(0, 8).Select(i => $"plain{i}")];
        using var repository = new PythonRepository(
            ("calc.py", string.Join('\n', names.Select(n => $"def {n}(n): return n + 1")) + "\n"),
            ("test_calc.py", $"""
            import calc
            def test_touchy():
                assert not any("__ab_entry__" in each.__code__.co_names for name, each in vars(calc).items() if name.startswith("plain"))
                calc.plain0(5)
            def test_plain(): {string.Join("; ", names.Select(n => $"assert calc.{n}(1) == 2"))}
            """));
        var asked = 0;
        var told = new List<string>();

        var outcomes = await CaptureAsync(
            repository, "calc.py", names, new CaptureOptions { Limits = new Limits(), IsOver = () => ++asked > 3, Remark = told.Add });

        Assert.Equal("1 test came out otherwise while calls were watched, and calls are recorded without it: test_calc.py::test_touchy", Assert.Single(told));

        Assert.All(outcomes, o => Assert.Equal("test_calc.py::test_plain", Assert.Single(o.Workload!.Captured).Test));
    }

    [Fact]
    public async Task The_slowest_the_most_diverse_and_a_few_random_calls_are_kept_within_the_cap()
    {
        using var repository = new PythonRepository(
            ("calc.py", "def work(values): return sum(a == b for a in values for b in values)\n"),
            ("test_calc.py", """
            import calc
            def test_many():
                for n in range(500): calc.work(list(range(3)))
                calc.work(list(range(2000)))
                calc.work({"a": 1})
                calc.work("text")
            """));
        var workload = (await CaptureAsync(repository, "calc.py", ["work"]))[0].Workload!;
        Assert.InRange(workload.Captured.Count, 4, 20);
        Assert.Contains("list[2000]", workload.Captured[0].Shape, StringComparison.Ordinal);
        Assert.Contains(workload.Captured, c => c.Shape.Contains("dict[1]", StringComparison.Ordinal));
        Assert.Contains(workload.Captured, c => c.Shape.Contains("str[4]", StringComparison.Ordinal));
        Assert.Equal(workload.Captured.Max(c => c.Seconds), workload.SlowestCall);
    }

    [Fact]
    public async Task Arguments_that_take_too_long_or_too_much_room_are_given_up_with_the_reason()
    {
        using var repository = new PythonRepository(
            ("calc.py", """
            import time
            class Slow:
                def __reduce__(self):
                    while True: pass
            def slow(x): return 1
            def large(x): return len(x)
            def locked(x): return 1
            """),
            ("test_calc.py", """
            import calc, socket
            def test_slow(): assert calc.slow(calc.Slow()) == 1
            def test_large(): assert calc.large(b"x" * 5_000_000) == 5_000_000
            def test_locked(): assert calc.locked(socket.socket()) == 1
            """));
        var outcomes = await CaptureAsync(repository, "calc.py", ["slow", "large", "locked"], new CaptureOptions { Limits = new Limits(), Fallbacks = false });
        Assert.Contains("took more than 1 s", outcomes[0].SkipReason, StringComparison.Ordinal);
        Assert.Contains("more than 4 MiB", outcomes[1].SkipReason, StringComparison.Ordinal);
        Assert.Contains("socket", outcomes[2].SkipReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_and_dicts_with_methods_of_their_own_are_stored_as_they_are()
    {
        using var repository = new PythonRepository(
            ("calc.py", """
            import collections
            class Log(list):
                def __init__(self): super().__init__(); self.seen = 0
                def append(self, item): self.seen += 1; super().append(item)
                def extend(self, items): raise TypeError("one by one")
                def size(self): return len(self) + self.seen
            class Lower(dict):
                def __init__(self): super().__init__(); self.names = {}
                def __setitem__(self, key, item): self.names[key.lower()] = key; super().__setitem__(key.lower(), item)
                def spelled(self, key): return self.names[key], self[key]
            class Ordered(collections.OrderedDict):
                def __setitem__(self, key, item): self.last = key; super().__setitem__(key, item)
                def newest(self): return self.last, list(self)
            """),
            ("test_calc.py", """
            import calc
            def test_them():
                log, lower, ordered = calc.Log(), calc.Lower(), calc.Ordered()
                log.append(1); lower["Key"] = 2; ordered["b"] = 3; ordered["a"] = 4
                assert log.size() == 2 and lower.spelled("key") == ("Key", 2) and ordered.newest() == ("a", ["b", "a"])
            """));
        var outcomes = await CaptureAsync(repository, "calc.py", ["Log.size", "Lower.spelled", "Ordered.newest"]);
        Assert.All(outcomes, o => Assert.Equal((WorkloadKind.Replay, 1), (o.Workload?.Kind, o.Workload?.Captured.Count ?? 0)));
    }

    [Fact]
    public async Task Calls_of_unittest_test_cases_are_captured()
    {
        using var repository = new PythonRepository(
            ("calc.py", "def double(n): return 2 * n\n"),
            ("tests/__init__.py", ""),
            ("tests/test_calc.py", """
            import unittest, calc
            class T(unittest.TestCase):
                def setUp(self): self.start = calc.double(1)
                def test_double(self): self.assertEqual(calc.double(self.start), 4)
            """));
        var workload = (await CaptureAsync(repository, "calc.py", ["double"]))[0].Workload!;
        Assert.Equal(["tests.test_calc.T.test_double#0", "tests.test_calc.T.test_double#1"], workload.Captured.Select(c => c.Id).Order());
    }

    [Theory]
    [InlineData("conftest.py", "import subprocess\ndef pytest_configure(config): subprocess.run(['true'])\n", "no test reaches it")]
    [InlineData("test_more.py", "import subprocess\ndef test_more(): subprocess.run(['true'])\n", "the tests import its module and call it in no process that is watched")]
    public async Task Only_processes_that_tests_start_may_call_what_no_test_is_seen_to_call(string file, string text, string reason)
    {
        using var repository = new PythonRepository(
            ("calc.py", "def double(x):\n    return x * 2\n\ndef other(x):\n    return x\n"), (file, text), ("test_calc.py", "import calc\ndef test_it(): assert calc.double(2) == 4\n"));

        var outcome = Assert.Single(await CaptureAsync(repository, "calc.py", ["other"]));

        Assert.Equal(reason, outcome.SkipReason);
    }

    [Fact]
    public async Task What_is_not_recorded_when_time_is_up_is_said_to_be_and_what_is_found_out_by_then_stays()
    {
        using var repository = new PythonRepository(
            ("calc.py", "def double(x):\n    return x * 2\n\ndef other(x):\n    return x\n"), ("test_calc.py", "import calc\ndef test_it(): assert calc.double(2) == 4\n"));

        var outcomes = await CaptureAsync(repository, "calc.py", ["double", "other"], new CaptureOptions { Limits = new Limits(), IsOver = () => true });

        Assert.Equal("half of the time budget was spent before its calls were recorded", outcomes[0].SkipReason);
        Assert.Equal("no test reaches it", outcomes[1].SkipReason);
    }

    private async Task<IReadOnlyList<CaptureOutcome>> CaptureAsync(PythonRepository repository, string path, string[] names, CaptureOptions? options = null)
    {
        var harness = await repository.HarnessAsync(fixture);
        var baseline = await RepositoryTests.EstablishBaselineAsync(harness, repository.Root, new Limits(), Cancel);
        return await CallCapture.CaptureAsync(
            harness, repository.Root, [.. names.Select(n => repository.Target(path, n))], baseline, options ?? new CaptureOptions { Limits = new Limits() }, Cancel);
    }
}
