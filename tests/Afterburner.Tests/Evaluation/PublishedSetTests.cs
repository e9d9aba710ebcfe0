using System.Text;
using System.Text.Json;
using Afterburner.Proposers.Downloads;
using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Tasks;
using Afterburner.Tests.Proposers.Models;
using Xunit;

namespace Afterburner.Tests.Evaluation;

/// <summary>Data sets as their authors publish them: fetched, read, and decided by checkers of their own.</summary>
public sealed class PublishedSetTests : IDisposable
{
    private static readonly PullOptions Quick = new() { RetryDelay = TimeSpan.FromMilliseconds(1), Attempts = 2 };

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_is_pulled_once_goes_on_where_it_broke_and_is_read()
    {
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 2_000).Select(i => JsonSerializer.Serialize(new { problem_id = i, question_content = "Add.", test_cases = "[]", solutions = Array.Empty<object>() }) + "\n")));
        await using var server = new FileServer(content);
        server.Breaks.Enqueue(30_000);

        var (path, files) = await PullAsync(server.Url("venus.jsonl"));
        var (_, again) = await PullAsync(server.Url("venus.jsonl"));

        Assert.Equal((true, true, false), (files[0].Fetched, files[0].FirstPull, again[0].Fetched));
        Assert.Contains(server.Heads, h => h.Contains("Range: bytes=30000-", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(2_000, (await DataSet.ReadAsync(path, Cancel)).Tasks.Count);
        Assert.Contains(files[0].Sha256, await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(path)!, "datasets.lock"), Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<!DOCTYPE html><html>a page about the data set</html>")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 87000000\n")]
    public async Task A_page_or_a_pointer_is_no_data_set(string content)
    {
        await using var server = new FileServer(Encoding.UTF8.GetBytes(content));

        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(() => PullAsync(server.Url("apps.jsonl")));

        Assert.Contains("what the server sends is not a data set", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("venus", "there is no data set 'venus' in the catalogue: use venus-python")]
    [InlineData("http://example.org/a.jsonl", "over https only")]
    [InlineData("https://example.org/a.zip", "does not end in the name of a data set")]
    public async Task What_cannot_be_pulled_is_told(string name, string said) =>
        Assert.Contains(said, (await Assert.ThrowsAsync<UsageException>(() => PullAsync(name))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_name_of_the_catalogue_stands_for_what_was_pulled()
    {
        var missing = Assert.Throws<UsageException>(() => DataSetCatalogue.Resolve("enamel", _folder.Path, _folder.Path));
        var file = _folder.Write("enamel/enamel.csv", "");

        Assert.Contains("run afterburner evaluate pull enamel", missing.Message, StringComparison.Ordinal);
        Assert.Equal(file, DataSetCatalogue.Resolve("enamel", "/", _folder.Path));
        Assert.All(DataSetCatalogue.All.SelectMany(d => d.Files), f => Assert.Equal(("https", true), (f.Url.Scheme, f.Sha256 is null or { Length: 64 })));
    }

    [Fact]
    public async Task Coffe_is_a_folder_in_which_a_prompt_stands_for_its_task()
    {
        _folder.Write("contests/solutions.json", """{"prompt2groundtruth": {"Add.": [["print(1)", true], ["print(2)", true]]}, "prompt2io": {"Add.": true}}""");
        _folder.Write("contests/testcases.json", """{"Add.": [{"input": ["1\n"], "output": ["1\n"]}]}""");
        _folder.Write("contests/stressful_testcases.json", """{"Add.": ["def generate_input(): return '1'"]}""");
        _folder.Write("functions/data.json", """[{"task_id": "HumanEval/1", "dataset": "openai_humaneval", "entry_point": "f", "final_prompt": "Write f.", "prompt": "def f(x):\n", "canonical_solution": "    return x\n"}, {"task_id": 2, "dataset": "mbpp", "entry_point": "g", "final_prompt": "Write g.", "code": "def g(x): return 1"}, {"task_id": 3, "dataset": "mbpp", "entry_point": "h", "final_prompt": "Write h.", "code": "def h(): ..."}]""");
        _folder.Write("functions/testcases.json", """{"Write f.": [{"input": [1], "output": [1]}], "Write g.": [{"input": [1], "output": [1]}]}""");
        _folder.Write("functions/stressful_testcases.json", """{"Write f.": [{"input": "[10**6]", "output": null}]}""");

        var contests = await DataSet.ReadAsync(Path.Combine(_folder.Path, "contests"), Cancel);
        var functions = await DataSet.ReadAsync(Path.Combine(_folder.Path, "functions"), Cancel);

        var contest = Assert.Single(contests.Tasks);
        Assert.Equal((2, 1, 1), (contest.Solutions.Count, contest.Tests.Count, contest.Generators.Count));
        Assert.Equal(["def f(x):\n    return x\n", "def g(x): return 1"], functions.Tasks.SelectMany(t => t.Solutions));
        Assert.Equal((2, true), (functions.Tasks[0].Tests.Count, functions.Tasks[0].Tests[1].IsExpression));
        Assert.Equal((3, "test_cases"), (Assert.Single(functions.Bad).Place, functions.Bad[0].Field));
    }

    [Fact]
    public async Task Enamel_has_answers_of_its_reference_inputs_by_size_and_a_checker_that_knows_types()
    {
        // As HumanEval/4 there: what is near is right, and what is no number is not.
        var file = _folder.Write("enamel.csv", string.Join('\n',
            "task_id,prompt,input_generator,input_levels,reference_solution,checker,entry_point",
            "E/0,\"def mean(xs):\n    pass  # of numbers\",\"def generate_input(size: int, lid: int, cid: int):\n    return [random.uniform(-size, size) for _ in range(max(size % 10**18, rand_probably_prime(5)))],",
            "\",20 50 100 1000000000000005000,\"    return sum(xs) / len(xs)",
            "\",\"def __check(input, answer, output):\n    return type(output) in (int, float) and abs(answer - output) < 1e-4",
            "\",mean",
            ""));
        var task = Assert.Single((await DataSet.ReadAsync(file, Cancel)).Tasks);
        var runner = await Programs.RunnerAsync();

        var prepared = await new Preparation(runner).PrepareAsync(task, Cancel);
        var ends = new List<Measurement>();
        foreach (var program in (string[])["def mean(xs):\n    return sum(xs) / len(xs) + 1e-6\n", "def mean(xs):\n    return sum(xs) / len(xs) + 1e-3\n", "def mean(xs):\n    return [sum(xs) / len(xs)]\n"])
            ends.Add(await runner.MeasureAsync(task, prepared.Tests, program, Cancel));

        Assert.Equal(14, prepared.Tests.Checked.Count);
        Assert.Equal(2, prepared.Tests.Checked.Count(t => t.Input.Length > 50_000));
        Assert.Equal([true, false, false], ends.Select(e => e.Passed));
        Assert.Contains("another answer than the right one", ends[2].Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Venus_decides_by_the_checker_of_the_task_where_lines_differ()
    {
        const string AnyOrder = "def evaluate(expected, actual):\n    return sorted(expected.split()) == sorted(actual.split())\n";
        var file = _folder.Write("venus.jsonl", JsonSerializer.Serialize(new
        {
            problem_id = 1, question_content = "Print 1 and 2.", test_case_evaluator = AnyOrder, test_cases = "[{\"input\": \"\", \"output\": \"1 2\"}]",
            solutions = new[] { new { code = "print('1 2')" } },
        }));
        var task = Assert.Single((await DataSet.ReadAsync(file, Cancel)).Tasks);
        var runner = await Programs.RunnerAsync();
        var tests = (await new Preparation(runner).PrepareAsync(task, Cancel)).Tests;

        Assert.True((await runner.MeasureAsync(task, tests, "print('2\\n1')", Cancel)).Passed);
        Assert.False((await runner.MeasureAsync(task, tests, "print('2 2')", Cancel)).Passed);
    }

    private Task<(string Path, IReadOnlyList<PulledFile> Files)> PullAsync(string set) => DataSetCatalogue.PullAsync(set, _folder.Path, Quick, _ => { }, TimeProvider.System, Cancel);
}
