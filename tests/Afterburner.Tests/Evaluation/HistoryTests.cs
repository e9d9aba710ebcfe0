using Afterburner.Changes;
using Afterburner.Evaluation.History;
using Afterburner.Functions;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests.Evaluation;

/// <summary>Performance work in a repository's own history.</summary>
public sealed class HistoryTests : IDisposable
{
    private const string Slow = "\"\"\"Words.\"\"\"\n\n\ndef unique(words):\n    seen = []\n    for word in words:\n        if word not in seen:\n            seen.append(word)\n    return seen\n\n\ndef first(words):\n    return words[0]\n";

    private const string Fast = "\"\"\"Words.\"\"\"\n\nfrom collections import OrderedDict\n\n\ndef unique(words):\n    return list(OrderedDict.fromkeys(words))\n\n\ndef first(words):\n    \"\"\"The first.\"\"\"\n    return words[0]\n";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Make unique() faster for many words")]
    [InlineData("perf: one pass instead of two")]
    [InlineData("Optimise parsing\n\nIt was quadratic.")]
    [InlineData("Speed-up of the lexer")]
    [InlineData("Avoid O(n^2) in join")]
    [InlineData("Fix a slowdown of the parser")]
    [InlineData("Merge equal items faster")]
    [InlineData("Parse doc comments faster")]
    [InlineData("Make membership tests faster in one")]
    public void A_message_says_that_something_is_faster(string message) => Assert.True(HistoryMiner.SaysSo(message));

    [Theory]
    [InlineData("Fix a typo")]
    [InlineData("Revert \"Make unique() faster\"")]
    [InlineData("Bump version for faster release")]
    [InlineData("Support breakfast")]
    [InlineData("Write the header first\n\nThe slowdown appears to be negligible.")]
    [InlineData("docs: faster start")]
    [InlineData("Make the tests faster")]
    public void Others_do_not(string message) => Assert.False(HistoryMiner.SaysSo(message));

    [Fact]
    public async Task Commits_that_say_so_in_message_or_changelog_and_change_few_functions_are_tasks_with_what_the_function_needs()
    {
        using var repository = await HistoryAsync();

        var tasks = await MineAsync(repository);

        // One by its message, one by its changelog; words alone, tests, benchmarks and a new function are none.
        Assert.Equal([("words.py::unique", "Make unique faster"), ("words.py::first", "Use the first one")], tasks.Select(t => (t.Function, t.Subject)));
        Assert.Equal("from collections import OrderedDict\ndef unique(words):\n    return list(OrderedDict.fromkeys(words))\n", tasks[0].Expert);
        Assert.All(tasks, t => Assert.Equal(1, t.Functions));
    }

    [Fact]
    public async Task A_new_method_that_the_function_calls_is_a_function_beside_it()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("lines.py", "class Lines:\n    def width(self, at):\n        return len(''.join(self.all[:at]))\n");
        await repository.CommitAsync("Lines");
        repository.Write("lines.py", "class Lines:\n    def width(self, at):\n        return self._sum(at) + self._sum(0)\n\n    def _sum(self, at):\n        return sum(map(len, self.all[:at])) + self._none()\n\n    def _none(self):\n        return 0\n\n    def more(self):\n        return 1\n");
        await repository.CommitAsync("Measure faster");

        var task = Assert.Single(await MineAsync(repository));

        Assert.Equal(
            "def _sum(self, at):\n    return sum(map(len, self.all[:at])) + _none(self)\ndef _none(self):\n    return 0\ndef width(self, at):\n    return _sum(self, at) + _sum(self, 0)\n",
            task.Expert);
    }

    [Theory]
    // A line inside of a text keeps its margin; a static method needs no object.
    [InlineData(
        "class Page:\n    def render(self, xs):\n        out = ''\n        for x in xs:\n            out += x\n        return \"\"\"<p>\n<b>\"\"\" + out\n",
        "class Page:\n    def render(self, xs):\n        return \"\"\"<p>\n<b>\"\"\" + self._all(xs)\n\n    @staticmethod\n    def _all(xs):\n        return ''.join(xs)\n",
        "def _all(xs):\n    return ''.join(xs)\ndef render(self, xs):\n    return \"\"\"<p>\n<b>\"\"\" + _all(xs)\n")]
    // A file may begin with a mark.
    [InlineData("\uFEFFdef f(xs):\n    return [x for x in xs][0]\n", "\uFEFFdef f(xs):\n    return xs[0]\n", "def f(xs):\n    return xs[0]\n")]
    // What runs when the file is imported cannot be part of a function.
    [InlineData("def f(n):\n    return sum(range(n))\n", "_SUMS = {}\nfor _i in range(9):\n    _SUMS[_i] = _i\n\n\ndef f(n):\n    return _SUMS[n]\n", null)]
    [InlineData("def f(xs):\n    return list(xs)\n", "try:\n    from collections import Counter as _C\nexcept ImportError:\n    _C = list\n\n\ndef f(xs):\n    return _C(xs)\n", null)]
    public async Task A_proposal_is_what_the_commit_has_or_there_is_none(string before, string after, string? expert)
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("page.py", before);
        await repository.CommitAsync("Page");
        repository.Write("page.py", after);
        await repository.CommitAsync("Make it faster");

        Assert.Equal(expert, (await MineAsync(repository)).SingleOrDefault()?.Expert);
    }

    [Fact]
    public async Task Tasks_are_read_as_they_were_written_and_a_line_that_is_none_is_named()
    {
        using var repository = await HistoryAsync();
        var tasks = (await MineAsync(repository)).Select(t => t with { Command = "pytest -q" }).ToList();
        var file = Path.Combine(_folder.Path, "tasks.jsonl");

        HistoryFile.Write(file, tasks);

        Assert.Equal(tasks, HistoryFile.Read(file));
        await File.AppendAllTextAsync(file, "{\"repository\": \"x\", \"commit\": \"HEAD\", \"parent\": \"HEAD\", \"function\": \"f\", \"expert\": \"\"}\n", Cancel);
        Assert.Contains("tasks.jsonl:3 is no task", Assert.Throws<UsageException>(() => HistoryFile.Read(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"function\": null, \"subject\": \"x\", \"expert\": \"\"")]
    [InlineData("\"function\": \"a.py::f\", \"subject\": null, \"expert\": \"\"")]
    [InlineData("\"function\": \"a.py::f\", \"subject\": \"x\", \"expert\": null")]
    public async Task A_task_that_lacks_something_is_none(string rest)
    {
        var file = Path.Combine(_folder.Path, "tasks.jsonl");
        await File.WriteAllTextAsync(file, $"{{\"repository\": \"x\", \"commit\": \"{new string('a', 40)}\", \"parent\": \"{new string('b', 40)}\", {rest}}}\n", Cancel);

        Assert.Contains("tasks.jsonl:1 is no task", Assert.Throws<UsageException>(() => HistoryFile.Read(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_people_wrote_is_text_in_the_table()
    {
        var task = new HistoryTask("https://example.org/a/b", new string('a', 40), new string('b', 40), "a.py::f") { Expert = "", Subject = "![i](http://evil/x.png) @everyone <b> \\| #1" };

        var table = new HistoryReport([new HistoryResult(task) { Failure = "it | failed" }]).ToMarkdown();

        Assert.Contains("\\!\\[i\\]", table, StringComparison.Ordinal);
        Assert.DoesNotContain("@everyone", table, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", table, StringComparison.Ordinal);
        Assert.Equal(5, table.Split('\n')[2].Replace("\\\\", "", StringComparison.Ordinal).Replace("\\|", "", StringComparison.Ordinal).Count(c => c == '|'));
    }

    [Fact]
    public async Task A_repository_that_cannot_be_had_and_a_runner_that_is_none_are_told_and_the_others_are_run()
    {
        using var repository = await HistoryAsync();
        var task = (await MineAsync(repository))[0];
        var run = new HistoryRun(
            await SharedSandbox.OpenAsync(), Configuration.Default, proposers: null, "", Path.Combine(_folder.Path, "runs"), new ReviewFixture.Silent(), _ => { }, TimeProvider.System);

        var report = await run.RunAsync(
            [task with { Repository = "gone" }, task with { Command = "bash -c id" }],
            (t, _) => t.Repository == "gone" ? Task.FromException<string>(new EnvironmentFailureException("it cannot be cloned")) : Task.FromResult(repository.Path), Cancel);

        Assert.Equal(["it cannot be cloned", "'bash' runs no tests"], report.Results.Select(r => r.Failure![..Math.Min(20, r.Failure!.Length)]));
    }

    [Fact]
    public async Task The_way_back_is_a_commit_elsewhere_and_the_repository_stays_as_it_is()
    {
        using var repository = await HistoryAsync();
        var task = (await MineAsync(repository))[0];
        var before = await repository.GitAsync("count-objects", "-v");
        var git = await GitRepository.OpenAsync(repository.Path, Cancel);
        var back = Path.Combine(_folder.Path, "back.git");

        var head = await git.StepBackAsync(task.Commit, task.Parent, [task.Path], back, Cancel);

        var there = await GitRepository.OpenAsync(back, Cancel);
        Assert.Equal(Slow, System.Text.Encoding.UTF8.GetString(await there.ReadFileAsync(head, "words.py", Cancel)));
        Assert.Equal(task.Commit, await there.MergeBaseAsync(task.Commit, head, Cancel));
        Assert.Equal(["words.py"], (await there.ReadChangeAsync(task.Commit, head, Cancel)).Files.Select(f => f.Path));
        Assert.Equal(before, await repository.GitAsync("count-objects", "-v"));
    }

    [LongForm]
    [Fact]
    public async Task The_maintainers_gain_is_proven_by_the_reviews_own_engine_and_its_loss_is_caught()
    {
        using var repository = await HistoryAsync();
        var task = (await MineAsync(repository))[0];
        var told = new List<string>();
        var run = new HistoryRun(await SharedSandbox.OpenAsync(), Configuration.Default, null, "", _folder.Path, new ReviewFixture.Silent(), told.Add, TimeProvider.System);

        var report = await run.RunAsync([task], (_, _) => Task.FromResult(repository.Path), Cancel);
        told.Clear();
        var again = await run.RunAsync([task], (_, _) => throw new InvalidOperationException("it is done"), Cancel);

        var result = Assert.Single(report.Results);
        Assert.True(result.Expert is { Status: FunctionStatus.Improved, Speedup: > 2 }, result.Expert?.Reason ?? result.Failure);
        Assert.Equal(GateStatus.Slower, result.Gate!.Status);
        Assert.Equal(report.ToJson(), again.ToJson());
        Assert.Contains("1 task: 1 of the maintainers' versions proven, 1 of the ways back caught by the gate.", report.ToMarkdown(), StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task A_gain_that_only_the_test_of_the_commit_shows_is_proven_with_that_test()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("words.py", Slow);
        repository.Write("test_words.py", "import words\n\n\ndef test_unique():\n    assert words.unique([]) == []\n");
        await repository.CommitAsync("Words");
        repository.Write("words.py", Fast);
        repository.Write("test_words.py", "import words\n\n\ndef test_unique():\n    assert words.unique([str(i % 300) for i in range(3000)]) == [str(i) for i in range(300)]\n");
        await repository.CommitAsync("Make unique faster");

        var result = await OnlyResultAsync(repository);

        Assert.True(result.Expert is { Status: FunctionStatus.Improved, HasTestsOfCommit: true }, result.Expert?.Reason ?? result.Failure);
    }

    [LongForm]
    [Fact]
    public async Task Tests_of_the_commit_that_ask_for_what_the_parent_lacks_leave_what_its_own_showed()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("words.py", Slow);
        repository.Write("test_words.py", "import words\n\n\ndef test_unique():\n    assert words.unique([]) == []\n");
        await repository.CommitAsync("Words");
        repository.Write("words.py", Fast + "\n\nMORE = 1\n");
        repository.Write("test_words.py", "from words import MORE, unique\n\n\ndef test_unique():\n    assert unique([str(i % 300) for i in range(3000)]) == [str(i) for i in range(300)]\n");
        await repository.CommitAsync("Make unique faster");

        var result = await OnlyResultAsync(repository);

        Assert.Null(result.Failure);
        Assert.Equal((FunctionStatus.Skipped, false), (result.Expert!.Status, result.Expert.HasTestsOfCommit));
        Assert.NotNull(result.Gate);
    }

    private async Task<HistoryResult> OnlyResultAsync(TestRepository repository)
    {
        var run = new HistoryRun(await SharedSandbox.OpenAsync(), Configuration.Default, null, "", _folder.Path, new ReviewFixture.Silent(), _ => { }, TimeProvider.System);
        return Assert.Single((await run.RunAsync(await MineAsync(repository), (_, _) => Task.FromResult(repository.Path), Cancel)).Results);
    }

    private static async Task<IReadOnlyList<HistoryTask>> MineAsync(TestRepository repository) => await new HistoryMiner(
        await Programs.RunnerAsync(), new FunctionFinder(AstGrep.Find(await SharedSandbox.OpenAsync()))).MineAsync(repository.Path, await GitRepository.OpenAsync(repository.Path, Cancel), new MiningOptions(), Cancel);

    private static async Task<TestRepository> HistoryAsync()
    {
        var repository = await TestRepository.CreateAsync();
        repository.Write("words.py", Slow);
        repository.Write("test_words.py", "import words\n\n\ndef test_unique():\n    assert words.unique([str(i % 300) for i in range(3000)]) == [str(i) for i in range(300)]\n");
        await repository.CommitAsync("Words");
        repository.Write("words.py", Fast);
        await repository.CommitAsync("Make unique faster");
        repository.Write("test_words.py", "import words\n\n\ndef test_unique():\n    assert words.unique(['a', 'a']) == ['a']\n");
        repository.Write("benchmarks/run.py", "def measure():\n    return 1\n");
        await repository.CommitAsync("Faster suite");
        repository.Write("benchmarks/run.py", "def measure():\n    return 2\n");
        await repository.CommitAsync("Speed up the benchmark");
        repository.Write("words.py", Fast + "\n\ndef last(words):\n    return words[-1]\n");
        await repository.CommitAsync("Add last, with good performance");
        repository.Write("CHANGES.rst", "- first is faster\n");
        repository.Write("words.py", Fast.Replace("return words[0]", "return next(iter(words))", StringComparison.Ordinal));
        await repository.CommitAsync("Use the first one");
        return repository;
    }
}
