using System.Text.Json;
using Afterburner.Evaluation.Tasks;
using Parquet.Serialization;
using Xunit;

namespace Afterburner.Tests.Evaluation;

/// <summary>Data sets as they are published.</summary>
public sealed class DataSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Venus_has_tests_in_text_and_solutions_of_which_those_that_failed_are_none()
    {
        var data = await ReadAsync("venus.jsonl", new
        {
            problem_id = 7, question_content = "Add.", code_prompt = "class Solution:", test_case_runners = "import sys\n==Code Submission==\n", test_case_evaluator = "def evaluate(e, a): return e == a",
            test_cases = "[{\"input\": \"1 2\", \"output\": \"3\"}]",
            solutions = new object[] { new { code = "print(3)", passed = true, time = 0.1 }, new { code = "print(4)", passed = false }, new { code = "print(3)", passed = true } },
        });

        var task = Assert.Single(data.Tasks);
        Assert.Equal(("Venus", "7", "Add.", null), (data.Layout, task.Id, task.Statement, task.Entry));
        Assert.Equal(["print(3)"], task.Solutions);
        Assert.Equal(new TaskTest("1 2", ["3"]), Assert.Single(task.Tests), (a, b) => a.Input == b.Input && a.Expected.SequenceEqual(b.Expected));
        Assert.Contains("==Code Submission==", task.Runner, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apps_has_programs_and_functions_and_lists_in_texts()
    {
        var data = await ReadAsync(
            "apps.jsonl",
            new { problem_id = 1, question = "Sum.", solutions = "[\"print(1)\"]", input_output = "{\"inputs\": [\"1\\n2\", [\"3\", \"4\"]], \"outputs\": [\"3\", [\"7\"]]}", starter_code = "" },
            new { problem_id = 2, question = "Add.", solutions = "", input_output = "{\"fn_name\": \"add\", \"inputs\": [[1, 2]], \"outputs\": [[3]]}", starter_code = "def add(a, b):" });

        Assert.Equal(["1\n2", "3\n4"], data.Tasks[0].Tests.Select(t => t.Input));
        Assert.Equal(("7", Comparison.Words), (data.Tasks[0].Tests[1].Expected[0], data.Tasks[0].Comparison));
        Assert.Equal(("add", "[1,2]", Comparison.Values), (data.Tasks[1].Entry, data.Tasks[1].Tests[0].Input, data.Tasks[1].Comparison));
        // The runner of its authors takes the first item of a list as well.
        Assert.Equal(["[3]", "3"], data.Tasks[1].Tests[0].Expected);
    }

    [Fact]
    public async Task Coffe_has_generators_and_expressions_for_what_is_large()
    {
        var contests = await ReadAsync("contests.jsonl", new
        {
            problem_id = "a1", question_content = "Add.", solutions = new[] { "print(1)", "print(2)" }, best_solution = "print(1)",
            test_cases = new[] { new { input = new[] { "1\n" }, output = new[] { "1\n", "one\n" } } }, stress_generators = new[] { "def generate_input(): return '1'" },
        });
        var functions = await ReadAsync("functions.jsonl", new
        {
            problem_id = 239, dataset = "mbpp", entry_point = "f", prompt = "Write f.", canonical_solution = "def f(m, n): return m", best_solution = new[] { "def solution(m, n): return m" },
            test_cases = new[] { new { input = new object[] { 10, "é" }, output = new object[] { 10 } } }, stress_cases = new[] { new { input = "[10**6, 'x' * 5]", output = (object?)null } },
        });

        Assert.Equal((2, 1, "1\n"), (contests.Tasks[0].Solutions.Count, contests.Tasks[0].Generators.Count, contests.Tasks[0].Tests[0].Input));
        Assert.Equal(["1\n", "one\n"], contests.Tasks[0].Tests[0].Expected);
        var task = Assert.Single(functions.Tasks);
        Assert.Equal(("mbpp-239", "f"), (task.Id, task.Entry));
        Assert.Equal([("[10,\"é\"]", false, 1), ("[10**6, 'x' * 5]", true, 0)], task.Tests.Select(t => (t.Input, t.IsExpression, t.Expected.Count)));
    }

    [Fact]
    public async Task Enamel_is_a_table_whose_fields_go_over_lines()
    {
        var path = _folder.Write("enamel.csv", "task_id,prompt,entry_point,reference_solution,input_generator\nHumanEval/0,\"def f(x):\n    \"\"\"\"\"\"Doc, and more.\"\"\"\"\"\"\n\",f,\"    return x\n\",\"def generate_inputs(): ...\"\nHumanEval/1,short\n");

        var data = await DataSet.ReadAsync(path, Cancel);

        var task = Assert.Single(data.Tasks);
        Assert.Equal(("HumanEval/0", "f"), (task.Id, task.Entry));
        Assert.Equal("def f(x):\n    \"\"\"Doc, and more.\"\"\"\n    return x\n", Assert.Single(task.Solutions));
        Assert.Equal(2, Assert.Single(data.Bad).Place);
    }

    [Fact]
    public async Task A_table_of_Parquet_is_read_group_by_group_with_lists_in_it()
    {
        var path = Path.Combine(_folder.Path, "venus.parquet");
        await using (var file = File.Create(path))
        {
            await ParquetSerializer.SerializeAsync(
                Enumerable.Range(1, 5).Select(i => new Row { problem_id = i, question_content = "Add.", test_cases = "[{\"input\": \"1\", \"output\": \"1\"}]", solutions = [new() { code = "print(1)", passed = true }] }).ToList(),
                file, new Parquet.ParquetOptions { RowGroupSize = 2 }, null, Cancel);
        }

        var data = await DataSet.ReadAsync(path, Cancel);

        Assert.Equal(["1", "2", "3", "4", "5"], data.Tasks.Select(t => t.Id));
        Assert.All(data.Tasks, t => Assert.Equal(["print(1)"], t.Solutions));
    }

    [Theory]
    [InlineData("{", null, "no JSON")]
    [InlineData("[1]", null, "no JSON object")]
    [InlineData("{\"problem_id\": \"b\", \"question_content\": \"x\", \"test_cases\": \"\", \"solutions\": []}", "test_cases", "it is empty")]
    [InlineData("{\"problem_id\": \"b\", \"question_content\": \"x\", \"test_case_runners\": \"print(1)\", \"test_cases\": [], \"solutions\": []}", "test_case_runners", "no place for a solution")]
    [InlineData("{\"problem_id\": \"b\", \"problem_id\": \"c\", \"question_content\": \"x\", \"test_cases\": [], \"solutions\": []}", null, "no JSON")]
    [InlineData("{\"problem_id\": \"\\ud800\", \"question_content\": \"x\", \"test_cases\": [], \"solutions\": []}", null, "a text that is no text")]
    [InlineData("{\"problem_id\": \"b\", \"question_content\": \"x\", \"test_cases\": [], \"solutions\": [{\"code\": \"\\ud800\"}]}", null, "a text that is no text")]
    [InlineData("{\"problem_id\": \"b\", \"question_content\": \"x\", \"test_cases\": \"[{\", \"solutions\": []}", "test_cases", "no JSON")]
    [InlineData("{\"problem_id\": \"b\", \"question_content\": \"x\", \"test_cases\": [{\"input\": \"1\"}], \"solutions\": []}", "test_cases[0].output", "missing")]
    [InlineData("{\"problem_id\": \"b\", \"question_content\": \"x\", \"test_cases\": [], \"solutions\": [{\"code\": 1.5}, {\"code\": []}]}", "solutions[1].code", "a text was expected")]
    [InlineData("{\"problem_id\": \"a\", \"question_content\": \"x\", \"test_cases\": [], \"solutions\": []}", "problem_id", "'a' is there already")]
    public async Task A_bad_record_is_left_out_and_named_by_its_line_and_its_field(string line, string? field, string says)
    {
        var path = _folder.Write("venus.jsonl", "{\"problem_id\": \"a\", \"question_content\": \"x\", \"test_cases\": [], \"solutions\": []}\n\n" + line + "\n");

        var data = await DataSet.ReadAsync(path, Cancel);

        Assert.Equal("a", Assert.Single(data.Tasks).Id);
        var bad = Assert.Single(data.Bad);
        Assert.Equal((3, field), (bad.Place, bad.Field));
        Assert.Contains(says, bad.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_in_one_file_is_read_as_its_lines_would_be()
    {
        const string Record = "{\"problem_id\": \"ID\", \"question_content\": \"x\", \"test_cases\": [], \"solutions\": [{\"code\": \"a\", \"passed\": 1}, {\"code\": null}, {\"code\": \"b\", \"passed\": 0}]}";

        var data = await DataSet.ReadAsync(_folder.Write("list.json", $"[\n {Record.Replace("ID", "1", StringComparison.Ordinal)},\n 7, {Record.Replace("ID", "2", StringComparison.Ordinal)}]"), Cancel);

        Assert.Equal(["1", "2"], data.Tasks.Select(t => t.Id));
        Assert.All(data.Tasks, t => Assert.Equal(["a"], t.Solutions));
        Assert.Equal(2, Assert.Single(data.Bad).Place);
    }

    [Theory]
    [InlineData("nothing.jsonl", "", "holds no task")]
    [InlineData("other.jsonl", "{\"name\": \"x\"}\n", "Venus, APPS")]
    [InlineData("other.txt", "x", ".parquet")]
    [InlineData("broken.parquet", "no table", "cannot be read as Parquet")]
    [InlineData("large.parquet", "PAR1 and what describes it has seven hundred million bytes    PAR1", "does not end as such a file does")]
    [InlineData("empty.csv", "", "cannot be read as CSV")]
    [InlineData("twice.csv", "task_id,prompt,prompt\na,b,c\n", "two columns 'prompt'")]
    public async Task What_is_no_data_set_ends_with_what_can_be_read(string name, string text, string says)
    {
        var refused = await Assert.ThrowsAsync<UsageException>(() => DataSet.ReadAsync(_folder.Write(name, text), Cancel));

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    private Task<DataSet> ReadAsync(string name, params object[] records) =>
        DataSet.ReadAsync(_folder.Write(name, string.Concat(records.Select(r => JsonSerializer.Serialize(r) + "\n"))), Cancel);

#pragma warning disable IDE1006 // the names of the published columns
    private sealed class Row
    {
        public int problem_id { get; set; }

        public string question_content { get; set; } = "";

        public string test_cases { get; set; } = "";

        public List<Solution> solutions { get; set; } = [];
    }

    private sealed class Solution
    {
        public string code { get; set; } = "";

        public bool passed { get; set; }
    }
#pragma warning restore IDE1006
}
