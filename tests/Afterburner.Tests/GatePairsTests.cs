using Afterburner.Changes;
using Afterburner.Gates;
using Afterburner.Reviews;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Which functions a gate compares: those whose own text differs, then those that name what changed around them.</summary>
public sealed class GatePairsTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    private const string Code = """
        '''Of numbers.'''
        import os
        from functools import lru_cache
        from operator import itemgetter as pick, mul

        LIMIT = 10
        TABLE = {1: 2}
        DOUBLE = LIMIT * 2
        for n in range(3):
            TABLE[n] = n


        def limited(items):
            return items[:LIMIT]


        def doubled(items):
            return items[:DOUBLE]


        def looked_up(n):
            return TABLE[n]


        def picked(rows):
            return sorted(rows, key=pick(0))


        def multiplied(a, b):
            return mul(a, b)


        @lru_cache
        def cached(n):
            return n + 1


        def calls_cached(n):
            return cached(n)


        def plain(a, b=3):
            a += b
            return a


        def orders(items):
            return sorted(items)


        class Store:
            size = 10

            def held(self):
                return [0] * self.size

            def other(self):
                return 1


        class Heir(Store):
            def inherited(self):
                return self.size


        def size():
            return Store.size


        """;

    private const string All = "limited doubled looked_up picked multiplied cached calls_cached plain orders Store.held Store.other Heir.inherited size";

    [Theory]
    [InlineData("LIMIT = 10\n", "LIMIT = 10_000_000\n", "limited doubled")]
    [LongData("LIMIT = 10\n", "LIMIT: int = 10 ** 9\n", "limited doubled")]
    [LongData("TABLE = {1: 2}", "TABLE = {1: 3}", "looked_up")]
    [LongData("range(3)", "range(3_000_000)", "looked_up")]
    [InlineData("    TABLE[n] = n", "    TABLE[n] = n + 1", "looked_up")]
    [LongData("import itemgetter as pick, mul", "import itemgetter as pick, add as mul", "multiplied")]
    [LongData("from operator import itemgetter as pick, mul", "from slow import itemgetter as pick\nfrom operator import mul", "picked")]
    [LongData("from functools import lru_cache", "def lru_cache(f): return f", "cached calls_cached")]
    [LongData("@lru_cache\n", "", "cached calls_cached")]
    [InlineData("@lru_cache\n", "@lru_cache(1)\n", "cached calls_cached")]
    [LongData("def cached(n):", "@other\ndef cached(n):", "cached calls_cached")]
    [LongData("def plain(a, b=3):", "def plain(a, b=3_000):", "plain")]
    [LongData("    a += b\n    return a\n", "    a += b\n", "plain")]
    [InlineData("    size = 10\n", "    size = 10_000\n", "Store.held Heir.inherited size")]
    [LongData("class Store:\n", "class Store(list):\n", "Store.held Store.other Heir.inherited size")]
    [LongData("    def other(self):", "    def __getattribute__(self, name):\n        return object.__getattribute__(self, name)\n\n    def other(self):",
        "Store.held Store.other Heir.inherited size")]
    [LongData("\n\nclass Store:", "\n\ndef sorted(items):\n    return items\n\n\nclass Store:", "picked orders")]
    [LongData("TABLE = {1: 2}\n", "TABLE = {1: 2}\nglobals()['sorted'] = list\n", "all")]
    [InlineData("TABLE = {1: 2}\n", "TABLE = {1: 2}\nglobals().update(a=1)\n", "all")]
    [LongData("TABLE = {1: 2}\n", "TABLE = {1: 2}\n__builtins__['sorted'] = list\n", "all")]
    [LongData("TABLE = {1: 2}\n", "TABLE = {1: 2}\nexec('LIM' + 'IT = 20')\n", "all")]
    [LongData("    size = 10\n", "    size = 10\n    exec('siz' + 'e = 20')\n", "all")]
    [LongData("TABLE = {1: 2}\n", "TABLE = {1: 2}\nNAMES = sorted(vars())\n", "")]
    [InlineData("TABLE = {1: 2}\n", "TABLE = {1: 2}\nmatch LIMIT, n:\n    case [sorted, os.sep] if mul:\n        pass\n", "picked orders")]
    [LongData("def cached(n):", "@(sorted := other)\ndef cached(n):", "cached picked calls_cached orders")]
    [LongData("def plain(a, b=3):", "def plain(a, b=(sorted := list)):", "plain picked orders")]
    [LongData("def plain(a, b=3):", "def tune(n):\n    global DOUBLE, TABLE\n    DOUBLE, TABLE = n, mul\n\n\ndef plain(a, b=3):", "doubled looked_up")]
    [InlineData("TABLE = {1: 2}\n", "TABLE = {1: 2}\nfrom slow import *\n", "all")]
    [LongData("LIMIT = 10\n", "LIMIT = 10\n\U0001D40B\U0001D408\U0001D40C\U0001D408\U0001D413 = 20\n", "all")]
    [LongData("def plain(a, b=3):", "def plain(a, b=lambda x, y: x):", "plain")]
    [LongData("TABLE = {1: 2}\n", "TABLE = {1: 2}\nTABLE.update(a=1)\n", "looked_up")]
    [LongData("TABLE = {1: 2}\n", "TABLE = {1: 2}\nif LIMIT: mul = 3\n", "multiplied")]
    [InlineData("    size = 10\n", "    if LIMIT:\n        size = 10\n", "Store.held Heir.inherited size")]
    [LongData("'''Of numbers.'''", "'''Of LIMIT and TABLE.'''", "")]
    [LongData("LIMIT = 10\n", "LIMIT  =  10  # of all\n", "")]
    [LongData("import os\n", "import os, sys\n", "")]
    [LongData("import itemgetter as pick, mul", "import (\n    add, itemgetter as pick, mul)", "")]
    public async Task What_changed_around_a_function_touches_it(string old, string changed, string touched)
    {
        Assert.Contains(old, Code, StringComparison.Ordinal);
        var pairs = await PairsAsync(Code.Replace(old, changed, StringComparison.Ordinal));

        Assert.Equal(touched == "all" ? All : touched, string.Join(' ', pairs));
    }

    [Fact]
    public async Task A_function_whose_own_text_differs_comes_before_those_that_name_what_changed()
    {
        var pairs = await PairsAsync(Code
            .Replace("LIMIT = 10\n", "LIMIT = 20\n", StringComparison.Ordinal)
            .Replace("return sorted(items)", "return list(items)", StringComparison.Ordinal));

        Assert.Equal(["orders", "limited", "doubled"], pairs);
    }

    [Theory]
    [InlineData("@lru_cache\n", "", "cached")]
    [InlineData("from functools import lru_cache", "from slow import lru_cache", "cached")]
    [InlineData("def plain(a, b=3):", "def plain(a, b=4):", "plain")]
    [InlineData("def plain(a, b=3):", "def plain(a: int, b: 'int' = 3) -> int:", "")]
    public async Task What_works_at_each_call_from_outside_of_a_function_is_known_to_have_changed(string old, string changed, string otherwise)
    {
        var pairs = await FindAsync(Code.Replace(old, changed, StringComparison.Ordinal));

        Assert.Equal(otherwise, string.Join(' ', pairs.Where(p => p.IsCalledOtherwise).Select(p => p.Head.Name)));
    }

    [Theory]
    [InlineData("\n\nclass Store:", "\n\norders = limited\n\n\nclass Store:", "orders")]
    [LongData("\n\nclass Store:", "\n\norders.__code__ = limited.__code__\n\n\nclass Store:", "orders")]
    [InlineData("\n\nclass Store:", "\n\nfrom quick import orders\n\n\nclass Store:", "orders")]
    [LongData("\n\nclass Store:", "\n\ndef install():\n    global orders\n    orders = limited\n\n\ninstall()\n\n\nclass Store:", "orders")]
    [InlineData("        return 1\n", "        return 1\n\n    other = quick\n", "Store.other")]
    [LongData("def size():", "Store.other = orders\n\n\ndef size():", "Store.held Store.other Heir.inherited")]
    [LongData("def size():", "Heir.inherited.__code__ = size\n\n\ndef size():", "Heir.inherited")]
    [InlineData("\n\nclass Store:", "\n\n_done = setattr(sys.modules[__name__], 'ord' + 'ers', limited)\n\n\nclass Store:", "all")]
    [LongData("\n\nclass Store:", "\n\n_done = exec('ord' + 'ers = limited')\n\n\nclass Store:", "all")]
    [InlineData("\n\nclass Store:", "\n\nnames = globals()\n\n\nclass Store:", "all")]
    [LongData("\n\nclass Store:", "\n\nassert setattr(os, 'x', limited) is None\n\n\nclass Store:", "all")]
    [InlineData("\n\nclass Store:", "\n\nif setattr(os, 'x', limited) is None:\n    pass\n\n\nclass Store:", "all")]
    [LongData("\n\nclass Store:", "\n\n_done = patch(orders)\n\n\nclass Store:", "orders")]
    [LongData("\n\nclass Store:", "\n\nfor each in patch(orders, plain):\n    pass\n\n\nclass Store:", "plain orders")]
    [InlineData("\n\nclass Store:", "\n\n@orders.register\ndef of_list(items: list):\n    return items\n\n\nclass Store:", "orders")]
    [LongData("    size = 10\n", "    size = 10\n    orders.__code__ = limited.__code__\n", "orders")]
    [InlineData("\n\nclass Store:", "\n\nTABLE[1], TABLE[2] = orders(()), [plain]\n\n\nclass Store:", "")]
    [LongData("LIMIT = 10\n", "LIMIT = 20\n", "")]
    [LongData("return sorted(items)", "return list(items)", "")]
    public async Task A_function_whose_name_stands_for_something_else_is_looked_at_and_known(string old, string changed, string rebound)
    {
        var pairs = await FindAsync(Code.Replace(old, changed, StringComparison.Ordinal));

        Assert.Equal(rebound == "all" ? All : rebound, string.Join(' ', pairs.Where(p => p.IsRebound).Select(p => p.Head.Name)));
    }

    [Fact]
    public async Task Any_name_may_stand_for_something_else_where_all_of_a_module_are_imported()
    {
        var pairs = await FindAsync(Code + "from quick import *\n");

        Assert.Equal(13, pairs.Count(p => p.IsRebound));
    }

    [Fact]
    public async Task A_new_method_in_the_place_of_an_inherited_one_is_not_called_new_alone()
    {
        using var repository = await ChangedAsync(Code
            .Replace("    def inherited(self):", "    def other(self):\n        return 2\n\n    def more(self):\n        return 3\n\n    def inherited(self):", StringComparison.Ordinal));

        var report = await new Gate(fixture.Sandbox, _ => { }, TimeProvider.System).RunAsync(
            new GateRequest(repository.Path, fixture.NewFolder("gate"), Configuration.Default) { Base = "HEAD~1" }, TestContext.Current.CancellationToken);

        Assert.Equal(
            [("Heir.other", GateStatus.CannotTell), ("Heir.more", GateStatus.Skipped)], report.Functions.Select(f => (f.Name, f.Status)));
        Assert.Contains("where Store.other was", report.Functions[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_only_a_gate_looks_at_is_split_over_machines_too()
    {
        using var repository = await ChangedAsync(Code.Replace("LIMIT = 10\n", "LIMIT = 20\n", StringComparison.Ordinal));

        var plan = await Plan.OfAsync(
            fixture.Sandbox, new ReviewRequest(repository.Path, fixture.NewFolder("plan"), Configuration.Default) { Base = "HEAD~1" }, 4,
            TestContext.Current.CancellationToken);

        Assert.Equal((2, 2), (plan.Count, plan.Shards.Count));
    }

    private static async Task<TestRepository> ChangedAsync(string head)
    {
        var repository = await TestRepository.CreateAsync();
        repository.Write("calc.py", Code);
        await repository.CommitAsync("base");
        repository.Write("calc.py", head);
        await repository.CommitAsync("head");
        return repository;
    }

    private async Task<IReadOnlyList<string>> PairsAsync(string head) => [.. (await FindAsync(head)).Select(p => p.Head.Name)];

    private async Task<IReadOnlyList<FunctionPair>> FindAsync(string head)
    {
        using var repository = await ChangedAsync(head);
        var opened = await GitRepository.OpenAsync(repository.Path, TestContext.Current.CancellationToken);
        var change = await opened.ReadChangeAsync("HEAD~1", "HEAD", TestContext.Current.CancellationToken);
        using var now = Workspace.Create();
        using var earlier = Workspace.Create();
        await opened.ExportAsync(change.Head, now.Head, cancellationToken: TestContext.Current.CancellationToken);
        await opened.ExportAsync(change.Base, earlier.Head, cancellationToken: TestContext.Current.CancellationToken);
        var request = new GateRequest(repository.Path, fixture.NewFolder("gate"), Configuration.Default);
        var (pairs, _, leftOut) = await new GatePairs(fixture.Sandbox, request, opened, change, now.Head, earlier.Head)
            .FindAsync([], TestContext.Current.CancellationToken);
        Assert.Equal(pairs.Count == 0, leftOut.Any(l => l.Path == "calc.py"));
        return pairs;
    }
}
