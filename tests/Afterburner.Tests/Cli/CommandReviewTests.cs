using System.Text.Json.Nodes;
using Afterburner.Functions;
using Afterburner.Tests.Changes;
using Xunit;

namespace Afterburner.Tests.Cli;

/// <summary>Whole reviews with a program that proposes.</summary>
[Collection(Measurements.Name)]
public sealed class CommandReviewTests
{
    private const string Code = "def counts(items):\n    return [(item, items.count(item)) for item in items]\n";

    private const string Tests =
        """
        import unittest
        import calc


        class Tests(unittest.TestCase):
            def test_counts(self):
                self.assertEqual(calc.counts([n % 97 for n in range(800)])[0], (0, 9))
        """;

    /// <summary>A script that edits the file as an agent would, with an import at its top.</summary>
    private const string Agent =
        """
        import pathlib, sys
        prompt = sys.stdin.read()
        assert "## Where the Time Goes" not in prompt or "count" in prompt
        assert "items.count(item)" in prompt and "list" in prompt, prompt
        path = pathlib.Path("calc.py")
        text = path.read_text()
        text = "from collections import Counter\n\n\n" + text.replace("    return [(item, items.count(item)) for item in items]", "    found = Counter(items)\n    return [(item, found[item]) for item in items]")
        path.write_text(text)
        """;

    [Fact]
    public async Task What_a_program_edits_is_proven_like_what_a_model_proposes()
    {
        using var repository = await RepositoryAsync();
        using var tools = new TemporaryFolder();
        var folder = Path.Combine(tools.Path, "agent");
        tools.Write("agent/agent.py", Agent);

        var run = await RunAsync(repository, "optimize", "calc.py::counts", "--proposer", $"command:python3 {folder}/agent.py", "--command-folder", folder, "--iterations", "1", "--json");

        Assert.True(run.ExitCode == 0, run.Text + run.ErrorText);
        var report = JsonNode.Parse(run.Text)!;
        var function = Assert.Single(report["functions"]!.AsArray())!;
        Assert.True((string?)function["status"] == "improved", function.ToJsonString());
        Assert.Equal("command:python3", (string?)function["suggestion"]!["proposer"]);
        Assert.Contains("+from collections import Counter", (string?)function["candidates"]![0]!["diff"], StringComparison.Ordinal);
        Assert.Equal(1, (int)Assert.Single(report["proposers"]!.AsArray())!["requests"]!);
    }

    [Fact]
    public async Task A_program_that_fails_ends_the_review_like_a_model_that_cannot_be_reached()
    {
        using var repository = await RepositoryAsync();

        var run = await RunAsync(repository, "optimize", "calc.py::counts", "--proposer", "command:no-such-agent");

        Assert.True(run.ExitCode == 3, run.Text + run.ErrorText);
        Assert.Contains("The command no-such-agent ended with 127", run.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_of_a_head_never_runs_and_that_of_base_gets_nothing_of_the_user()
    {
        using var repository = await RepositoryAsync();
        repository.Write(".github/afterburner.yml", "proposers: ['command:exit 9']\n");
        await repository.CommitAsync("configuration");
        await repository.GitAsync("checkout", "--quiet", "-b", "work");
        repository.Write(".github/afterburner.yml", "proposers: ['command:exit 8']\n");
        repository.Write("calc.py", Code + "\n\ndef more(items):\n    return counts(items)\n");
        await repository.CommitAsync("change");

        var given = await RunAsync(repository, "review", "--base", "main", "--command-host", "api.example.com");
        var run = await RunAsync(repository, "optimize", "calc.py::counts");

        Assert.Equal(2, given.ExitCode);
        Assert.Contains("this one is a configuration file's", given.ErrorText, StringComparison.Ordinal);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("ended with 9", run.ErrorText, StringComparison.Ordinal);
    }

    private static async Task<TestRepository> RepositoryAsync()
    {
        var repository = await TestRepository.CreateAsync();
        repository.Write("calc.py", Code);
        repository.Write("test_calc.py", Tests + "\n");
        await repository.CommitAsync("code");
        return repository;
    }

    private static Task<ProcessRun> RunAsync(TestRepository repository, params string[] arguments) => BadInputTests.AfterburnerAsync(
        new Dictionary<string, string> { [AstGrep.Variable] = AstGrep.FindProgram() }, [.. arguments, "--repo", repository.Path]);
}
