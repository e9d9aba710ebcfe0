using Afterburner.Functions;
using Afterburner.Tests.Changes;
using Xunit;

namespace Afterburner.Tests.Cli;

/// <summary>The first minutes in a repository that Afterburner has never seen.</summary>
public sealed class InitCommandTests
{
    private const string Workflow = ".github/workflows/afterburner.yml", Settings = ".github/afterburner.yml";

    private const string Tests = "import unittest\nimport sums\n\n\nclass Tests(unittest.TestCase):\n    def test_one(self):\n        self.assertEqual(sums.one([1, 2]), 3)\n";

    [Fact]
    public async Task It_says_what_a_review_will_see_and_writes_both_files()
    {
        using var repository = await RepositoryAsync();

        var run = await InitAsync(repository, "--yes", "--action", "somebody/afterburner@" + new string('a', 40));

        Assert.True(run.ExitCode == 0, run.Text + run.ErrorText);
        var words = Words(run.Text);
        Assert.Contains("Python: 2 functions in 1 file", words, StringComparison.Ordinal);
        Assert.Contains("1 of 1 test passed", words, StringComparison.Ordinal);
        Assert.Contains("1 of 2 functions: those that tests reach", words, StringComparison.Ordinal);
        Assert.Contains("afterburner optimize 'sums.py::one'", words, StringComparison.Ordinal);
        Assert.Contains("+tests:", run.Text, StringComparison.Ordinal);
        Assert.Contains("runner: unittest", await ReadAsync(repository, Settings), StringComparison.Ordinal);
        Assert.Matches(@"\n# Python 3\.[\d.]+ and unittest: \d+ tests? pass", await ReadAsync(repository, Settings)); // and not where it lies on this machine
        var workflow = await ReadAsync(repository, Workflow);
        Assert.Contains("uses: somebody/afterburner@aaaaaaaaaa", workflow, StringComparison.Ordinal);
        Assert.EndsWith("with: { mode: review-and-gate }\n", workflow, StringComparison.Ordinal);
        Assert.DoesNotContain("OWNER", workflow, StringComparison.Ordinal);
        Assert.Contains("- run: pip install -r requirements.txt\n", workflow, StringComparison.Ordinal);
        Assert.Matches("python-version: \"3\\.[0-9]+\"", workflow);
    }

    [Fact]
    public async Task What_it_wrote_is_read_by_a_review()
    {
        using var repository = await RepositoryAsync();
        Assert.Equal(0, (await InitAsync(repository, "--yes")).ExitCode);
        await repository.CommitAsync("started");

        var run = await BadInputTests.AfterburnerAsync(new Dictionary<string, string> { [AstGrep.Variable] = AstGrep.FindProgram() }, "check", "--repo", repository.Path);

        Assert.True(run.ExitCode == 0, run.ErrorText);
        Assert.Contains($"configuration: {Settings} at ", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_overwritten_and_nothing_is_written_where_nobody_can_be_asked()
    {
        using var repository = await RepositoryAsync();
        repository.Write(Settings, "seed: 7\n");

        var asked = await InitAsync(repository);

        Assert.True(asked.ExitCode == 0, asked.ErrorText);
        Assert.Contains("Nothing was written.", asked.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(repository.Path, Workflow)));

        var told = await InitAsync(repository, "--yes");

        Assert.Contains($"{Settings} is there already, and stays as it is.", told.Text, StringComparison.Ordinal);
        Assert.Equal("seed: 7\n", await ReadAsync(repository, Settings));
        Assert.True(File.Exists(Path.Combine(repository.Path, Workflow)));
    }

    [Fact]
    public async Task Tests_that_cannot_run_are_said_with_what_mends_them_and_nothing_is_written()
    {
        using var repository = await RepositoryAsync();
        repository.Write("test_sums.py", "import wonderlib\n" + Tests);

        var run = await InitAsync(repository, "--yes");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("No module named 'wonderlib'", Words(run.Text), StringComparison.Ordinal);
        Assert.Contains("pip install wonderlib", Words(run.Text), StringComparison.Ordinal);
        Assert.Contains("nothing was written", run.ErrorText, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(repository.Path, ".github")));
    }

    [Fact]
    public async Task A_language_that_is_run_by_commands_is_named_with_an_example()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("main.go", "package main\n\nfunc main() {}\n");

        var run = await InitAsync(repository, "--yes");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("Go: 1 function in 1 file", Words(run.Text), StringComparison.Ordinal);
        Assert.Contains("languages: { go: { tests: go test ./..., benchmark: COMMAND } }", Words(run.Text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_in_the_place_of_a_folder_is_not_followed()
    {
        using var repository = await RepositoryAsync();
        using var elsewhere = new TemporaryFolder();
        Directory.CreateSymbolicLink(Path.Combine(repository.Path, ".github"), elsewhere.Path);

        var run = await InitAsync(repository, "--yes");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("is a link", run.ErrorText, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere.Path));
    }

    [Theory]
    [InlineData("afterburner")]
    [InlineData("somebody/afterburner@main")]
    [InlineData("somebody/afterburner@aaaa\n      - run: evil")]
    public async Task An_action_is_named_by_the_hash_of_a_commit(string action)
    {
        using var repository = await RepositoryAsync();

        var run = await InitAsync(repository, "--action", action);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("full hash", run.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_writes_for_JavaScript_names_no_runner_that_a_configuration_does_not_know()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("package.json", """{"name": "sums", "scripts": {"test": "node --test"}}""");
        repository.Write("sums.js", "exports.one = items => items.reduce((a, b) => a + b, 0);\n");
        repository.Write("sums.test.js", "const test = require('node:test');\nconst assert = require('node:assert');\nconst { one } = require('./sums.js');\ntest('one', () => assert.equal(one([1, 2]), 3));\n");
        await repository.CommitAsync("code");

        var run = await InitAsync(repository, "--yes");

        Assert.True(run.ExitCode == 0, run.Text + run.ErrorText);
        Assert.DoesNotContain("runner:", await ReadAsync(repository, Settings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_without_a_work_tree_is_not_written_into()
    {
        using var repository = await RepositoryAsync();
        using var folder = new TemporaryFolder();
        await Processes.RunAsync(new ProcessStart("git", "clone", "--quiet", "--bare", repository.Path, Path.Combine(folder.Path, "bare")), cancellationToken: TestContext.Current.CancellationToken);

        var run = await BadInputTests.AfterburnerAsync(new Dictionary<string, string> { [AstGrep.Variable] = AstGrep.FindProgram() }, "init", "--repo", Path.Combine(folder.Path, "bare"), "--yes");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("has no work tree to write into", run.ErrorText, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "bare", ".github")));
    }

    private static async Task<TestRepository> RepositoryAsync()
    {
        var repository = await TestRepository.CreateAsync();
        repository.Write("sums.py", "def one(items):\n    return sum(items)\n\n\ndef two(items):\n    return max(items)\n");
        repository.Write("test_sums.py", Tests);
        repository.Write("requirements.txt", "attrs\n");
        await repository.CommitAsync("code");
        return repository;
    }

    private static Task<ProcessRun> InitAsync(TestRepository repository, params string[] more) => BadInputTests.AfterburnerAsync(
        new Dictionary<string, string> { [AstGrep.Variable] = AstGrep.FindProgram() }, ["init", "--repo", repository.Path, .. more]);

    private static Task<string> ReadAsync(TestRepository repository, string path) => File.ReadAllTextAsync(Path.Combine(repository.Path, path), TestContext.Current.CancellationToken);

    private static string Words(string text) => string.Join(' ', text.Split((char[])[' ', '\n', '│'], StringSplitOptions.RemoveEmptyEntries));
}
