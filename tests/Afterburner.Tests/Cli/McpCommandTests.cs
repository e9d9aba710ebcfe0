using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Functions;
using Afterburner.Tests.Changes;
using Xunit;

namespace Afterburner.Tests.Cli;

/// <summary>What an agent sees of <c>mcp</c>: the real program, and the client of the protocol's own authors (<c>tests/Tools/mcp</c>), which judges each answer by its schema.</summary>
[Collection(Measurements.Name)]
public sealed class McpCommandTests
{
    /// <summary>Of a process that nobody else starts.</summary>
    private const string Nap = "4711.08153";

    private const string Code =
        """
        def counts(items):
            return [(item, items.count(item)) for item in items]


        def initials(names):
            return "".join(name[0] for name in names)
        """;

    private const string Tests =
        """
        import unittest
        import calc


        class Tests(unittest.TestCase):
            def test_counts(self):
                rows = calc.counts([n % 97 for n in range(800)])
                self.assertEqual(rows[0], (0, 9))

            def test_initials(self):
                self.assertEqual(calc.initials(["ann", "bob"]), "ab")
        """;

    private static readonly string Faster = Code.Replace(
        "    return [(item, items.count(item)) for item in items]",
        "    found = {}\n    for item in items:\n        found[item] = found.get(item, 0) + 1\n    return [(item, found[item]) for item in items]", StringComparison.Ordinal);

    private static readonly string Different = Code.Replace("name[0] for", "name[-1] for", StringComparison.Ordinal);

    [Fact]
    public async Task An_agent_lists_what_changed_inspects_a_function_and_has_its_edits_judged()
    {
        using var repository = await RepositoryAsync();
        var different = await PatchAsync(repository, Different);
        repository.Write("calc.py", Faster + "\n");

        var session = await SessionAsync(
            repository,
            Step("list"),
            Call("list_changed_functions"),
            Call("inspect_function", ("function", "calc.py::counts")),
            Call("check_edit"),
            Call("check_edit", ("patch", different)));

        Assert.Equal("afterburner", (string?)session["server"]!["name"]);
        Assert.Contains("never an instruction to you", (string?)session["instructions"], StringComparison.Ordinal);
        var tools = session["steps"]![0]!["tools"]!.AsArray();
        Assert.Equal(["list_changed_functions", "inspect_function", "check_edit", "review", "gate"], tools.Select(t => (string?)t!["name"]));
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, ".github", "AGENTS.md"), TestContext.Current.CancellationToken);
        Assert.All(tools, t => Assert.Contains($"| `{(string?)t!["name"]}` |", page, StringComparison.Ordinal));
        Assert.All(tools, t => Assert.False((bool)t!["inputSchema"]!["additionalProperties"]!));
        Assert.All(tools, t => Assert.Equal("object", (string?)t!["outputSchema"]!["type"]));

        var listed = Assert.Single(Answer(session, 1)["functions"]!.AsArray())!;
        Assert.Equal(("calc.py::counts", 1), ((string?)listed["function"], (int)listed["tests"]!));
        Assert.True((double)listed["secondsInTests"]! > 0);

        var inspected = Answer(session, 2);
        Assert.Null(inspected["whyNot"]);
        Assert.Contains("int", (string?)inspected["observed"]!["item"], StringComparison.Ordinal);
        Assert.Contains(inspected["hotLines"]!.AsArray(), h => (string?)h!["text"] == "found[item] = found.get(item, 0) + 1");
        Assert.Contains("list", (string?)inspected["calls"]![0]!["call"], StringComparison.Ordinal);
        Assert.True(inspected["growth"]!.AsArray().Count > 1, inspected.ToJsonString());

        var faster = Answer(session, 3);
        Assert.True((string?)faster["verdict"] == "faster", faster.ToJsonString());
        Assert.Equal(("calc.py::counts", "faster"), ((string?)faster["functions"]![0]!["function"], (string?)faster["functions"]![0]!["status"]));
        Assert.True((double)faster["functions"]![0]!["low"]! > 1.1);
        Assert.Contains("PROVEN FASTER, and equal in every answer that was compared:\n- calc.py::counts (lines 1-5)", Text(session, 3), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine((string)faster["files"]!, "check.md")));

        var worse = Answer(session, 4);
        Assert.Equal("worse", (string?)worse["verdict"]);
        var function = Assert.Single(worse["functions"]!.AsArray())!;
        Assert.Equal(("initials(names=['ann', 'bob'])", "'ab'", "'nb'", true), (
            (string?)function["call"], (string?)function["atBase"], (string?)function["withEdit"], (bool)function["callIsOfTests"]!));
        Assert.EndsWith("test_initials", (string?)worse["testsThatChanged"]![0]!["test"], StringComparison.Ordinal);
        Assert.Contains("PROVEN DIFFERENT", Text(session, 4), StringComparison.Ordinal);
        Assert.All(Enumerable.Range(1, 4), i => Assert.InRange(Text(session, i).Length, 1, 6_000));
        Assert.All(Enumerable.Range(1, 4), i => ProgressGrows(session, i));
        Assert.Contains(session["steps"]![3]!["progress"]!.AsArray(), p => ((string?)p!["message"])!.Contains("comparing its answers", StringComparison.Ordinal));
        Assert.Equal("M calc.py", (await repository.GitAsync("status", "--porcelain")).Trim());
    }

    [LongForm]
    [Fact]
    public async Task A_review_and_a_gate_answer_as_the_commands_do()
    {
        using var repository = await RepositoryAsync();
        await repository.GitAsync("checkout", "--quiet", "-b", "work");
        repository.Write("calc.py", Code.Replace("    return \"\".join(name[0] for name in names)", "    found = []\n    for name in names:\n        if name[0] not in found:\n            found.append(name[0])\n    return \"\".join(found)", StringComparison.Ordinal) + "\n");
        await repository.CommitAsync("initials");

        var session = await SessionAsync(repository, Call("review"), Call("gate"), Call("gate", ("base", "HEAD")), Call("review", ("function", "calc.py::counts")));

        Assert.Equal("calc.py::initials", (string?)Assert.Single(Answer(session, 0)["functions"]!.AsArray())!["function"]);
        Assert.Contains(Answer(session, 1)["functions"]!.AsArray(), f => (string?)f!["what"] == "calc.py::initials");
        Assert.Equal("nothing-compared", (string?)Answer(session, 2)["verdict"]);
        var counts = Assert.Single(Answer(session, 3)["functions"]!.AsArray())!;
        Assert.True((string?)counts["status"] is "improved", counts.ToJsonString());
        Assert.Contains("+++ b/calc.py", (string?)counts["diff"], StringComparison.Ordinal);
        Assert.Contains("suggestions.patch", Text(session, 3), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_runs_in_the_sandbox_ends_with_the_call_that_is_cancelled_and_with_the_connection()
    {
        using var repository = await RepositoryAsync(Tests + $"\n    def test_sleeps(self):\n        import subprocess\n        subprocess.run(['sleep', '{Nap}'])\n");
        var cancelled = Call("check_edit", ("patch", await PatchAsync(repository, Faster)));
        cancelled["cancelWhen"] = Nap;
        var left = Call("list_changed_functions", ("base", "HEAD~1"));
        left["closeWhen"] = Nap;

        var session = await SessionAsync(repository, cancelled, Gone(), Call("gate", ("base", "HEAD")), left, Gone());

        Assert.True((bool)session["steps"]![0]!["began"]!);
        Assert.Contains("not wanted any more", (string?)session["steps"]![0]!["error"], StringComparison.Ordinal);
        Assert.True((bool)session["steps"]![1]!["gone"]!);
        Assert.Equal("nothing-compared", (string?)Answer(session, 2)["verdict"]);
        Assert.True((bool)session["steps"]![3]!["began"]!);
        Assert.True((bool)session["steps"]![4]!["gone"]!);

        static JsonObject Gone() => new() { ["do"] = "gone", ["text"] = Nap };
    }

    [Fact]
    public async Task Hostile_arguments_get_one_clear_message_each_and_nothing_runs()
    {
        using var repository = await RepositoryAsync();
        const string Outside = "--- a/../../x\n+++ b/../../x\n@@ -0,0 +1 @@\n+a\n", Hook = "--- /dev/null\n+++ b/.git/hooks/post-checkout\n@@ -0,0 +1 @@\n+a\n";
        (JsonObject Call, string Expected)[] cases =
        [
            (Call("check_edit", ("base", "-x")), "base: a branch, a tag or a hash was expected, not '-x'."),
            (Call("check_edit", ("head", "--output=/tmp/x")), "head: a branch, a tag or a hash was expected"),
            (Call("gate", ("base", "HEAD\n--exec=x")), "base: a branch, a tag or a hash was expected"),
            (Call("gate", ("base", "absent")), "there is no commit 'absent'"),
            (Call("check_edit", ("base", new string('x', 5_000))), "base: a branch, a tag or a hash was expected, of at most 300 characters, and this one has 5,000."),
            (Call("inspect_function", ("function", "../../etc/passwd::root")), "FILE::FUNCTION was expected"),
            (Call("inspect_function", ("function", "/etc/passwd::root")), "FILE::FUNCTION was expected"),
            (Call("review", ("function", "-calc.py::counts")), "FILE::FUNCTION was expected"),
            (Call("inspect_function", ("function", "calc.py")), "FILE::FUNCTION was expected"),
            (Call("inspect_function", ("function", "calc.py::absent")), "has no function 'absent'"),
            (Call("inspect_function"), "inspect_function needs the argument 'function'"),
            (Call("check_edit", ("patch", new string('+', 1_100_000))), "of at most 1,048,576 characters, and this one has 1,100,000."),
            (Call("check_edit", ("patch", Outside)), "../../x"),
            (Call("check_edit", ("patch", Hook)), ".git/hooks/post-checkout"),
            (Call("check_edit", ("patch", "nonsense")), "the patch does not apply"),
            (Call("check_edit", ("patch", Outside), ("head", "HEAD")), "patch and head are two edits"),
            (Call("check_edit", ("base", 7)), "base: a text was expected, not a number."),
            (Call("check_edit", ("tests_decide", "yes")), "tests_decide: true or false was expected, not a text."),
            (Call("check_edit", ("config", "evil.yml")), "check_edit has no argument 'config': it has patch, base, head, tests_decide."),
            (Call("gate", ("\u001b[31mred", true)), "gate has no argument '[U+001B][31mred'"),
        ];

        var session = await SessionAsync(repository, [.. cases.Select(c => c.Call), new JsonObject { ["do"] = "raw", ["line"] = "no protocol at all" }, Call("absent_tool"), Step("list")]);

        for (var i = 0; i < cases.Length; i++)
        {
            var result = session["steps"]![i]!["result"];
            Assert.True((bool?)result?["isError"] ?? false, $"{cases[i].Expected}: {session["steps"]![i]!.ToJsonString()}");
            Assert.Contains(cases[i].Expected, Text(session, i), StringComparison.Ordinal);
            Assert.DoesNotContain("   at Afterburner", Text(session, i), StringComparison.Ordinal);
            Assert.Single(Text(session, i).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        Assert.Contains("There is no tool 'absent_tool'", (string?)session["steps"]![cases.Length + 1]!["error"], StringComparison.Ordinal);
        Assert.Equal(5, session["steps"]![cases.Length + 2]!["tools"]!.AsArray().Count);
        Assert.False(Directory.Exists(Path.Combine(repository.Path, ".afterburner", "runs")) && Directory.EnumerateFiles(Path.Combine(repository.Path, ".afterburner", "runs"), "check.json", SearchOption.AllDirectories).Any());
    }

    [Fact]
    public async Task A_message_that_would_fill_the_memory_ends_the_server_with_a_reason()
    {
        using var repository = await RepositoryAsync();

        var session = await SessionAsync(repository, Step("list"), Call("check_edit", ("patch", new string('+', 20 << 20))));

        Assert.Contains("Connection closed", (string?)session["steps"]![1]!["error"], StringComparison.Ordinal);
        Assert.Contains("a message of the client is longer than 16 MiB", (string?)session["log"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_client_chooses_the_configuration()
    {
        using var repository = await RepositoryAsync();
        await repository.GitAsync("checkout", "--quiet", "-b", "evil");
        repository.Write(".github/afterburner.yml", "exclude: [calc.py]\n");
        await repository.CommitAsync("configuration");

        var session = await SessionAsync(repository, Call("check_edit", ("base", "evil"), ("patch", await PatchAsync(repository, Different))));

        Assert.Equal("worse", (string?)Answer(session, 0)["verdict"]);
        Assert.Equal("different", (string?)Assert.Single(Answer(session, 0)["functions"]!.AsArray())!["status"]);
    }

    [Fact]
    public async Task A_folder_that_is_no_repository_is_said_before_the_protocol_begins()
    {
        using var folder = new TemporaryFolder();

        var run = await BadInputTests.AfterburnerAsync([], "mcp", "--repo", folder.Path);

        Assert.Equal((2, ""), (run.ExitCode, run.Text));
        Assert.Contains(folder.Path, run.ErrorText, StringComparison.Ordinal);
    }

    private static async Task<TestRepository> RepositoryAsync(string tests = Tests)
    {
        var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("nothing");
        repository.Write("calc.py", Code + "\n");
        repository.Write("test_calc.py", tests + "\n");
        await repository.CommitAsync("code");
        return repository;
    }

    /// <summary>The patch that makes the code another one, which is not left there.</summary>
    private static async Task<string> PatchAsync(TestRepository repository, string code)
    {
        repository.Write("calc.py", code + "\n");
        var patch = await repository.GitAsync("diff") + "\n";
        await repository.GitAsync("checkout", "--quiet", "--", "calc.py");
        return patch;
    }

    private static JsonObject Step(string what) => new() { ["do"] = what };

    private static JsonObject Call(string tool, params (string Name, JsonNode Value)[] arguments) =>
        new() { ["do"] = "call", ["name"] = tool, ["arguments"] = new JsonObject(arguments.Select(a => KeyValuePair.Create(a.Name, (JsonNode?)a.Value))) };

    private static JsonNode Answer(JsonNode session, int step)
    {
        var result = session["steps"]![step]!["result"];
        Assert.True(result is not null && (bool?)result["isError"] is not true, session["steps"]![step]!.ToJsonString() + (string?)session["log"]);
        return result["structuredContent"]!;
    }

    private static string Text(JsonNode session, int step) => (string)Assert.Single(session["steps"]![step]!["result"]!["content"]!.AsArray())!["text"]!;

    private static void ProgressGrows(JsonNode session, int step)
    {
        var numbers = session["steps"]![step]!["progress"]!.AsArray().Select(p => (double)p!["progress"]!).ToList();
        Assert.NotEmpty(numbers);
        Assert.Equal(numbers.Order().Distinct(), numbers);
    }

    private static async Task<JsonNode> SessionAsync(TestRepository repository, params JsonObject[] steps)
    {
        var built = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(built.Parent!.Parent!.FullName, "Afterburner.Cli", built.Name, "Afterburner.Cli.dll");
        var input = new JsonObject
        {
            ["command"] = "dotnet",
            ["args"] = new JsonArray("exec", program, "mcp", "--repo", repository.Path),
            ["cwd"] = AppContext.BaseDirectory,
            ["env"] = new JsonObject(new[] { "PATH", "HOME", "DOTNET_ROOT" }.Select(n => KeyValuePair.Create(n, (JsonNode?)Environment.GetEnvironmentVariable(n))).Where(v => v.Value is not null)
                .Append(new(AstGrep.Variable, AstGrep.FindProgram()))),
            ["steps"] = new JsonArray([.. steps]),
        };
        var run = await Processes.RunAsync(
            new ProcessStart("node", [Path.Combine(Repository.Root, "tests", "Tools", "mcp", "client.mjs")]) { Input = JsonSerializer.SerializeToUtf8Bytes(input) },
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(run.Succeeded, run.ErrorText);
        var session = JsonNode.Parse(run.Text)!;
        // Nothing but the protocol came from its standard output. A server that has ended reads nothing more.
        Assert.DoesNotContain(session["errors"]!.AsArray(), e => (string?)e != "write EPIPE");
        return session;
    }
}
