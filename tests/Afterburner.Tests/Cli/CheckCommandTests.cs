using System.Text.Json.Nodes;
using Afterburner.Functions;
using Afterburner.Tests.Changes;
using Xunit;

namespace Afterburner.Tests.Cli;

/// <summary>What a script sees of <c>check</c>.</summary>
public sealed class CheckCommandTests
{
    private const string Different = "--- a/sums.py\n+++ b/sums.py\n@@ -1,2 +1,2 @@\n def one(items):\n-    return sum(items)\n+    return sum(items) + 1\n";

    [Fact]
    public async Task An_edit_that_answers_otherwise_ends_with_1_and_says_the_call_and_both_answers()
    {
        using var repository = await RepositoryAsync();
        repository.Write("change.patch", Different);

        var run = await CheckAsync(repository, "--patch", Path.Combine(repository.Path, "change.patch"), "--json");

        Assert.True(run.ExitCode == 1, run.ErrorText);
        var report = JsonNode.Parse(run.Text)!;
        var function = Assert.Single(report["functions"]!.AsArray())!;
        Assert.Equal(("patch", "different"), ((string?)report["edit"], (string?)function["status"]));
        Assert.Equal(("one(items=[1, 2])", "return", "3", "4"), (
            (string?)function["difference"]!["input"], (string?)function["difference"]!["where"], (string?)function["difference"]!["base"], (string?)function["difference"]!["edit"]));
        Assert.Null(report["head"]);
        Assert.Contains("comparing its answers", run.ErrorText, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task Two_commits_are_judged_and_what_is_only_touched_is_not_faster()
    {
        using var repository = await RepositoryAsync();
        repository.Write("sums.py", "def one(items):\n    total = sum(items)\n    return total\n");
        var head = await repository.CommitAsync("edit");

        var done = await CheckAsync(repository, "--base", "HEAD~1", "--head", "HEAD", "--json");
        var required = await CheckAsync(repository, "--base", "HEAD~1", "--head", "HEAD", "--require-faster");

        Assert.True(done.ExitCode == 0, done.Text + done.ErrorText);
        Assert.Equal(("commits", head), ((string?)JsonNode.Parse(done.Text)!["edit"], (string?)JsonNode.Parse(done.Text)!["head"]));
        Assert.Equal("not-faster", (string?)JsonNode.Parse(done.Text)!["functions"]![0]!["status"]);
        Assert.Equal(1, required.ExitCode);
        Assert.Contains("nothing is proven faster, which --require-faster asks for", required.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_work_tree_without_an_edit_has_nothing_to_judge()
    {
        using var repository = await RepositoryAsync();

        var run = await CheckAsync(repository);

        Assert.True(run.ExitCode == 0, run.ErrorText);
        Assert.Contains("there is nothing to judge", run.Text, StringComparison.Ordinal);
        Assert.Equal("", await repository.GitAsync("status", "--porcelain"));
    }

    [Theory]
    [InlineData("nonsense\n", "the patch does not apply to")]
    [InlineData("--- a/../x\n+++ b/../x\n@@ -0,0 +1 @@\n+a\n", "../x")]
    [InlineData("", "the patch is empty")]
    public async Task A_patch_that_cannot_be_judged_ends_with_2_and_one_message(string patch, string expected)
    {
        using var repository = await RepositoryAsync();
        repository.Write("change.patch", patch);

        var run = await CheckAsync(repository, "--patch", Path.Combine(repository.Path, "change.patch"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.ErrorText, StringComparison.Ordinal);
        Assert.Single(run.ErrorText.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("name one of them", "--patch", "x", "--head", "HEAD")]
    [InlineData("there is no file", "--patch", "absent.patch")]
    [InlineData("there is no commit 'absent'", "--head", "absent")]
    public async Task Wrong_use_ends_with_2(string expected, params string[] arguments)
    {
        using var repository = await RepositoryAsync();

        var run = await CheckAsync(repository, arguments);

        Assert.True(run.ExitCode == 2, run.Text + run.ErrorText);
        Assert.Contains(expected, run.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_configuration_is_that_of_base_and_never_the_edits()
    {
        using var repository = await RepositoryAsync();
        repository.Write(".github/afterburner.yml", "exclude: [sums.py]\n");
        repository.Write("sums.py", "def one(items):\n    return sum(items) + 1\n");

        var run = await CheckAsync(repository, "--json");

        Assert.True(run.ExitCode == 1, run.ErrorText);
        Assert.Equal("different", (string?)JsonNode.Parse(run.Text)!["functions"]![0]!["status"]);
    }

    private static async Task<TestRepository> RepositoryAsync()
    {
        var repository = await TestRepository.CreateAsync();
        repository.Write("sums.py", "def one(items):\n    return sum(items)\n");
        repository.Write("test_sums.py", "import unittest\nimport sums\n\n\nclass Tests(unittest.TestCase):\n    def test_one(self):\n        self.assertGreater(sums.one([1, 2]), 0)\n");
        await repository.CommitAsync("code");
        return repository;
    }

    private static Task<ProcessRun> CheckAsync(TestRepository repository, params string[] more) => BadInputTests.AfterburnerAsync(
        new Dictionary<string, string> { [AstGrep.Variable] = AstGrep.FindProgram() }, ["check", "--repo", repository.Path, .. more]);
}
