using Afterburner.Checks;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Whole checks of edits, with a real git, a real sandbox and real tests.</summary>
[Collection(Measurements.Name)]
public sealed class EditCheckTests(EditCheckTests.Several several) : IClassFixture<EditCheckTests.Several>
{
    private const string Code =
        """
        def counts(items):
            return [(item, items.count(item)) for item in items]


        def work(items):
            assert len(items) <= 4_000  # no larger calls are made and measured
            total = 0
            for item in items:
                total += item * 3 % 11
            return total


        def initials(names):
            return "".join(name[0] for name in names)


        def same(items):
            assert len(items) <= 4_000
            return sum(item * 7 % 13 for item in items)


        def lonely(items):
            return sorted(items)
        """;

    private const string Tests =
        """
        import unittest
        import calc


        class Tests(unittest.TestCase):
            def test_counts(self):
                rows = calc.counts([n % 97 for n in range(800)])
                self.assertEqual(rows[0], (0, 9))

            def test_work(self):
                self.assertGreater(calc.work(list(range(4000))), 0)

            def test_initials(self):
                self.assertEqual(calc.initials(["ann", "bob"]), "ab")

            def test_same(self):
                self.assertGreater(calc.same(list(range(4000))), 0)
        """;

    /// <summary>Counts by a helper of a new file and an import; its work is done twenty times; a name of two letters differs; a constant moves.</summary>
    private static readonly string Edited =
        "from collections import Counter\n\nfrom helping import rows\n\n\n" + Code
            .Replace("return [(item, items.count(item)) for item in items]", "return rows(items, Counter(items))", StringComparison.Ordinal)
            .Replace("total += item * 3 % 11", "total += sum(item * 3 % 11 for _ in range(20)) // 20", StringComparison.Ordinal)
            .Replace("name[0] for name in names", "name[-1 if name == 'bob' else 0] for name in names[:1] + [n.upper() for n in names[1:]]", StringComparison.Ordinal)
            .Replace("return sorted(items)", "return sorted(items)[:]", StringComparison.Ordinal);

    private const string Helping = "def rows(items, counts):\n    return [(item, counts[item]) for item in items]\n";

    private CheckReport Report => several.Report;

    [Fact]
    public void A_function_that_a_helper_of_a_new_file_and_an_import_make_faster_is_equal_and_faster()
    {
        var counts = Function(Report, "counts");

        Assert.True(counts.Status == CheckStatus.Faster, counts.Reason);
        Assert.True(counts.Low > 1.5, counts.Reason);
        Assert.Null(counts.Difference);
        Assert.Equal(CheckStatus.New, Function(Report, "rows").Status);
    }

    [Fact]
    public void A_function_made_many_times_slower_is_slower()
    {
        var work = Function(Report, "work");

        Assert.True(work.Status == CheckStatus.Slower, work.Reason);
        Assert.True(work.High < 0.7, work.Reason);
    }

    [Fact]
    public void A_function_that_answers_otherwise_is_different_with_the_input_and_both_answers()
    {
        var initials = Function(Report, "initials");

        Assert.True(initials.Status == CheckStatus.Different, initials.Reason);
        Assert.Equal("initials(names=['ann', 'bob'])", initials.Difference!.Input);
        Assert.True(initials.Difference.IsOfTests);
        Assert.Contains("ab", initials.Difference.Text, StringComparison.Ordinal);
        Assert.Contains("aB", initials.Difference.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_test_that_fails_with_the_edit_is_named()
    {
        var test = Assert.Single(Report.Tests);

        Assert.EndsWith("test_initials", test.Test, StringComparison.Ordinal);
        Assert.Equal(("passed", "failed"), (test.Base, test.Edit));
        Assert.NotEmpty(test.Output);
        Assert.Equal(4, Report.TestsCompared);
    }

    [Fact]
    public void Of_a_function_that_no_test_reaches_nothing_can_be_told_and_an_untouched_one_is_not_looked_at()
    {
        Assert.Equal(CheckStatus.CannotTell, Function(Report, "lonely").Status);
        Assert.StartsWith("no test reaches it", Function(Report, "lonely").Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(Report.Functions, f => f.Name == "same");
    }

    [Fact]
    public void An_edit_with_something_slower_or_different_is_not_clean_and_its_words_say_both()
    {
        Assert.False(Report.IsClean);
        Assert.True(Report.IsFaster);
        Assert.Equal("1 test comes out otherwise, 1 different, 1 slower, 1 faster, 1 cannot tell", CheckMarkdown.Headline(Report));
        var markdown = CheckMarkdown.Write(Report);
        Assert.Contains("`initials(names=['ann', 'bob'])`", markdown, StringComparison.Ordinal);
        Assert.Contains("The work tree against", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void Neither_the_work_tree_nor_the_index_is_touched() => Assert.Equal(several.StatusBefore, several.StatusAfter);

    [LongForm]
    [Fact]
    public async Task A_function_that_was_only_touched_is_equal_and_not_faster()
    {
        var report = await CheckAsync(Code.Replace("return sum(item", "total = sum(item", StringComparison.Ordinal).Replace("for item in items)\n\n\ndef lonely", "for item in items)\n    return total\n\n\ndef lonely", StringComparison.Ordinal));

        var same = Function(report, "same");
        Assert.True(same.Status is CheckStatus.NotFaster or CheckStatus.CannotTell, same.Reason);
        Assert.Null(same.Difference);
        Assert.True(report.IsClean);
    }

    [LongForm]
    [Fact]
    public async Task What_a_new_helper_does_that_no_call_shows_keeps_its_caller_from_being_called_equal()
    {
        using var repository = await RepositoryAsync();
        repository.Write("calc.py", Edited.Replace("total += sum(item * 3 % 11 for _ in range(20)) // 20", "total += item * 3 % 11", StringComparison.Ordinal));
        repository.Write("helping.py", "def rows(items, counts):\n    if len(items) > 9_000_000:\n        return []\n    return [(item, counts[item]) for item in items]\n");

        var report = await CheckAsync(repository);

        Assert.True(Function(report, "counts").Status == CheckStatus.CannotTell, Function(report, "counts").Reason);
        Assert.Contains("it names rows, which is new", Function(report, "counts").Reason, StringComparison.Ordinal);
        Assert.Contains("reaches line 3", Function(report, "rows").Reason, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task A_helper_that_takes_other_parameters_is_judged_by_its_callers()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("calc.py", "def scaled(items):\n    return [item * 2 for item in items]\n\n\ndef both(items):\n    return sum(scaled(items))\n");
        repository.Write("tests/test_calc.py", "import unittest\nimport calc\n\n\nclass Tests(unittest.TestCase):\n    def test(self):\n        self.assertEqual(calc.both([1, 2, 3]), 12)\n");
        await repository.CommitAsync("base");
        repository.Write("calc.py", "def scaled(items, by):\n    return [item * by for item in items]\n\n\ndef both(items):\n    return sum(scaled(items, 2))\n");

        var report = await CheckAsync(repository);

        Assert.True(report.IsClean, string.Join("; ", report.Functions.Select(f => f.Reason)));
        Assert.Equal(CheckStatus.CannotTell, Function(report, "scaled").Status);
        Assert.Contains("its parameters changed", Function(report, "scaled").Reason, StringComparison.Ordinal);
        Assert.True(Function(report, "both").Status == CheckStatus.NotFaster, Function(report, "both").Reason);
    }

    [LongForm]
    [Fact]
    public async Task A_constant_of_another_file_that_makes_an_untouched_function_faster_is_seen()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("shop/__init__.py", "");
        repository.Write("shop/words.py", "KNOWN = [str(n) for n in range(2000)]\nOTHER = 1\n");
        repository.Write("shop/texts.py", "from .words import KNOWN as known\n\n\ndef count(items):\n    return sum(item in known for item in items)\n\n\ndef size(items):\n    return len(items)\n");
        repository.Write("tests/test_texts.py", "import unittest\nfrom shop import texts\n\n\nclass Tests(unittest.TestCase):\n    def test(self):\n        self.assertEqual(texts.count([str(n) for n in range(1000, 3000)]), 1000)\n        self.assertEqual(texts.size([1]), 1)\n");
        await repository.CommitAsync("base");
        repository.Write("shop/words.py", "KNOWN = frozenset(str(n) for n in range(2000))\nOTHER = 1\n");

        var report = await CheckAsync(repository);

        var count = Assert.Single(report.Functions);
        Assert.True(count is { Name: "count", Status: CheckStatus.Faster }, count.Reason);
        Assert.EndsWith("looked at because known changed, which it names", count.Reason, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task What_takes_many_times_as_long_on_a_larger_call_is_slower_and_has_not_answered_otherwise()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("calc.py", "def unique(items):\n    return list(dict.fromkeys(items))\n");
        repository.Write("tests/test_calc.py", "import unittest\nimport calc\n\n\nclass Tests(unittest.TestCase):\n    def test(self):\n        self.assertEqual(len(calc.unique(list(range(3000)))), 3000)\n");
        await repository.CommitAsync("base");
        repository.Write("calc.py", "def unique(items):\n    kept = []\n    for item in items:\n        if kept.count(item) + kept.count(item) + kept.count(item) == 0:\n            kept.append(item)\n    return kept\n");

        var unique = Function(await CheckAsync(repository), "unique");

        Assert.True(unique.Status == CheckStatus.Slower, unique.Reason);
        Assert.Null(unique.Difference);
    }

    [LongForm]
    [Fact]
    public async Task Where_calls_cannot_be_stored_they_are_judged_inside_of_the_tests()
    {
        const string Select = "connection.execute('select name from orders order by id').fetchall()";
        const string Rest = $"\n\n\ndef last(connection):\n    return {Select}[-1]\n\n\ndef some(connection):\n    return len({Select})\n";
        using var repository = await TestRepository.CreateAsync();
        repository.Write("store.py", $"def names(connection):\n    found = []\n    for name, in {Select}:\n        if name not in found:\n            found.append(name)\n    return found{Rest}");
        repository.Write("tests/test_store.py", """
            import sqlite3
            import unittest
            import store


            class Tests(unittest.TestCase):
                def setUp(self):
                    self.table = sqlite3.connect(":memory:")
                    self.table.execute("create table orders (id integer primary key, name text)")
                    self.table.executemany("insert into orders (name) values (?)", [("name %d" % (n % 700),) for n in range(3000)])

                def test(self):
                    self.assertEqual(len(store.names(self.table)), 700)
                    self.assertTrue(store.last(self.table))
                    self.assertTrue(store.some(self.table))

            """);
        await repository.CommitAsync("base");
        repository.Write(
            "store.py", $"def names(connection):\n    return list(dict.fromkeys(name for name, in {Select}))"
                + Rest.Replace("[-1]", "[-2]", StringComparison.Ordinal).Replace("return len", "if connection is None:\n        return 0\n    return len", StringComparison.Ordinal));

        var report = await CheckAsync(repository);

        var names = Function(report, "names");
        Assert.True(names is { Status: CheckStatus.Faster, Workload.Kind: WorkloadKind.Fork }, names.Reason);
        Assert.True(Function(report, "last").Status == CheckStatus.Different, Function(report, "last").Reason);
        Assert.Contains("name 19", Function(report, "last").Difference!.Text, StringComparison.Ordinal);
        Assert.True(Function(report, "some").Status == CheckStatus.CannotTell, Function(report, "some").Reason);
    }

    [LongForm]
    [Fact]
    public async Task An_edit_with_which_no_test_passes_is_different()
    {
        var report = await CheckAsync(Code.Replace("return sorted(items)", "return sorted(items", StringComparison.Ordinal));

        Assert.False(report.IsClean);
        Assert.All(report.Functions, f => Assert.Contains("tests do not pass with the edit, and do at base", f.Reason, StringComparison.Ordinal));
    }

    [LongForm]
    [Fact]
    public async Task Where_no_test_passes_at_base_nothing_can_be_said()
    {
        using var repository = await RepositoryAsync();
        repository.Write("tests/test_calc.py", "import absent\n");
        await repository.CommitAsync("broken");
        repository.Write("calc.py", Edited);

        await Assert.ThrowsAsync<EnvironmentFailureException>(() => CheckAsync(repository));
    }

    [Theory]
    [InlineData("rates.py", "RATE = 3\n")]
    [InlineData("rates.py", null)]
    [InlineData("decimal.py", "raise ImportError('shadowed')\n")]
    public async Task An_edit_that_touches_no_function_is_judged_by_the_tests(string path, string? content)
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("rates.py", "RATE = 2\n");
        repository.Write("calc.py", "import decimal\n\nimport rates\n\n\ndef price(n):\n    return int(decimal.Decimal(n * rates.RATE))\n");
        repository.Write("test_calc.py", "import unittest\nimport calc\n\n\nclass Tests(unittest.TestCase):\n    def test_price(self):\n        self.assertEqual(calc.price(4), 8)\n\n    def test_nothing(self):\n        self.assertEqual(calc.price(0), 0)\n");
        await repository.CommitAsync("base");
        if (content is null)
            File.Delete(Path.Combine(repository.Path, path));
        else
            repository.Write(path, content);

        var report = await CheckAsync(repository);

        Assert.False(report.IsClean, CheckMarkdown.Headline(report));
        Assert.NotEmpty(report.Tests);
        Assert.DoesNotContain(report.Functions, f => f.Status is CheckStatus.Faster or CheckStatus.NotFaster);
    }

    [Fact]
    public async Task A_test_that_the_edit_takes_away_through_a_file_of_its_own_is_missed()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("calc.py", "def one():\n    return 1\n");
        repository.Write("test_calc.py", "import calc\n\n\ndef test_one():\n    assert calc.one() == 1\n");
        repository.Write("test_other.py", "def test_other():\n    pass\n");
        await repository.CommitAsync("base");
        repository.Write("test_c.py", "def test_new():\n    pass\n");
        repository.Write("conftest.py", "collect_ignore = ['test_calc.py']\n");

        var report = await CheckAsync(repository);

        Assert.Contains(report.Tests, t => t.Test.Contains("test_one", StringComparison.Ordinal) && t.Edit == "is missing");
    }

    private static CheckFunctionReport Function(CheckReport report, string name) => Assert.Single(report.Functions, f => f.Name == name);

    private static async Task<TestRepository> RepositoryAsync()
    {
        var repository = await TestRepository.CreateAsync();
        repository.Write("calc.py", Code);
        repository.Write("tests/test_calc.py", Tests);
        await repository.CommitAsync("base");
        return repository;
    }

    private async Task<CheckReport> CheckAsync(string code)
    {
        using var repository = await RepositoryAsync();
        repository.Write("calc.py", code);
        return await CheckAsync(repository);
    }

    private Task<CheckReport> CheckAsync(TestRepository repository) => several.CheckAsync(repository);

    /// <summary>One check of an edit that does several things, in a work tree with a new file.</summary>
    public sealed class Several : IAsyncLifetime
    {
        private readonly ReviewFixture _fixture = new();

        public CheckReport Report { get; private set; } = null!;

        public string StatusBefore { get; private set; } = "";

        public string StatusAfter { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            await _fixture.InitializeAsync();
            using var repository = await RepositoryAsync();
            repository.Write("calc.py", Edited);
            repository.Write("helping.py", Helping);
            StatusBefore = await StatusAsync();
            Report = await CheckAsync(repository);
            StatusAfter = await StatusAsync();

            async Task<string> StatusAsync() => await TestRepository.RunAsync(
                repository.Path, "sh", "-c", "find . -path ./.git/objects -prune -o -type f -print0 | sort -z | xargs -0 sha256sum; find .git/objects -type f | wc -l");
        }

        public ValueTask DisposeAsync() => _fixture.DisposeAsync();

        internal Task<CheckReport> CheckAsync(TestRepository repository) =>
            new EditCheck(_fixture.Sandbox, _ => { }, TimeProvider.System).RunAsync(
                new EditRequest(repository.Path, _fixture.NewFolder("check"), Configuration.Default), TestContext.Current.CancellationToken);
    }
}
