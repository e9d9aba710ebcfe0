using Afterburner.Functions;
using Afterburner.Tests.Changes;
using Xunit;

namespace Afterburner.Tests.Cli;

public sealed class GateCommandTests
{
    [Fact]
    public async Task A_gate_that_compared_nothing_says_so_and_why_and_fails_nothing()
    {
        using var repository = await TestRepository.CreateAsync();
        using var folder = new TemporaryFolder();
        repository.Write("notes.txt", "one\n");
        await repository.CommitAsync();
        repository.Write("notes.txt", "two\n");
        repository.Write("added.py", "def added():\n    return 1\n");
        await repository.CommitAsync();

        var run = await GateAsync(repository, "HEAD~1", "--out", folder.Path);

        Assert.True(run.ExitCode == 0, run.ErrorText);
        var words = string.Join(' ', run.Text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(
            "Nothing was compared: 1 function: new: there is nothing to compare it with; 1 file or function: not a language that Afterburner reads.",
            words, StringComparison.Ordinal);
        Assert.DoesNotContain("no slowdown is proven", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gate_that_asks_for_a_gain_and_finds_none_ends_with_1_and_says_what_it_asked_for()
    {
        using var repository = await TestRepository.CreateAsync();
        using var folder = new TemporaryFolder();
        repository.Write("notes.txt", "one\n");
        await repository.CommitAsync();
        repository.Write("notes.txt", "two\n");
        await repository.CommitAsync();

        var run = await GateAsync(repository, "HEAD~1", "--out", folder.Path, "--require-faster");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("afterburner: nothing is proven faster, which --require-faster asks for.", run.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_that_the_configuration_of_base_requires_to_be_faster_is_named_with_the_reason()
    {
        using var repository = await TestRepository.CreateAsync();
        using var folder = new TemporaryFolder();
        repository.Write(".github/afterburner.yml", "gate: {require-faster: [calc.js]}\n");
        repository.Write("calc.js", "function one() {\n  return 1;\n}\n");
        await repository.CommitAsync();
        // What the change says of it does not count.
        repository.Write(".github/afterburner.yml", "gate: {require-faster: []}\n");
        repository.Write("calc.js", "function one() {\n  return 2 - 1;\n}\n");
        await repository.CommitAsync();

        var run = await GateAsync(repository, "HEAD~1", "--out", folder.Path);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("afterburner: calc.js::one has to be faster (gate.require-faster: calc.js) and is not proven to be: ", run.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_in_the_place_of_a_journal_is_not_followed()
    {
        using var repository = await TestRepository.CreateAsync();
        using var folder = new TemporaryFolder();
        await repository.CommitAsync();
        folder.Write("precious", "a last line without an end");
        foreach (var name in new[] { "journal.jsonl", "journal.jsonl.lock" })
        {
            var directory = Directory.CreateDirectory(Path.Combine(folder.Path, "run of " + name)).FullName;
            File.CreateSymbolicLink(Path.Combine(directory, name), Path.Combine(folder.Path, "precious"));

            var run = await GateAsync(repository, "HEAD", "--out", directory);

            Assert.Equal(2, run.ExitCode);
            Assert.Contains("is a link: name another directory with --out.", run.ErrorText.Replace("\n", " ", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.Equal("a last line without an end", await File.ReadAllTextAsync(Path.Combine(folder.Path, "precious"), TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData("mkfifo", "journal.jsonl", "a device or a pipe")]
    [InlineData("mkfifo", "journal.jsonl.lock", "a device or a pipe")]
    [InlineData("mkfifo", "gate.json", "a device or a pipe")]
    [InlineData("mkfifo", "results.sarif", "a device or a pipe")]
    [InlineData("mkdir", "journal.jsonl", "a directory")]
    [InlineData("mkdir", "report.json", "a directory")]
    public async Task What_is_no_plain_file_in_the_place_of_one_ends_a_run_before_it_begins(string make, string name, string what)
    {
        using var repository = await TestRepository.CreateAsync();
        using var folder = new TemporaryFolder();
        await repository.CommitAsync();
        await TestRepository.RunAsync(folder.Path, make, name);

        var run = await GateAsync(repository, "HEAD", "--plain", "--out", folder.Path);

        Assert.Equal(2, run.ExitCode);
        var words = run.ErrorText.Replace("\n", " ", StringComparison.Ordinal);
        Assert.StartsWith("afterburner: ", words, StringComparison.Ordinal);
        Assert.Contains($"is {what}: name another directory with --out.", words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Usage: afterburner gate ", "gate", "--help")]
    [InlineData("Usage: afterburner ", "--help")]
    [InlineData("Usage: afterburner models pull ", "models", "pull", "-h")]
    public async Task Help_calls_the_program_by_the_name_that_is_typed(string expected, params string[] arguments)
    {
        var run = await BadInputTests.AfterburnerAsync(new Dictionary<string, string>(), arguments);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(expected, string.Join(' ', run.Text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.DoesNotContain("Afterburner.Cli", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_run_leaves_in_a_repository_is_nothing_that_git_asks_about()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("notes.txt", "one\n");
        await repository.CommitAsync();
        repository.Write("notes.txt", "two\n");
        await repository.CommitAsync();

        var run = await GateAsync(repository, "HEAD~1");

        Assert.True(run.ExitCode == 0, run.ErrorText);
        var directory = Assert.Single(Directory.GetDirectories(Path.Combine(repository.Path, ".afterburner", "runs")));
        Assert.True(File.Exists(Path.Combine(directory, "gate.json")));
        Assert.Matches("^[0-9]{8}-[0-9]{6}-[0-9a-f]{8}$", Path.GetFileName(directory));
        Assert.Equal("", await repository.GitAsync("status", "--porcelain"));
    }

    private static Task<ProcessRun> GateAsync(TestRepository repository, string earlier, params string[] more) => BadInputTests.AfterburnerAsync(
        new Dictionary<string, string> { [AstGrep.Variable] = AstGrep.FindProgram() }, ["gate", "--repo", repository.Path, "--base", earlier, .. more]);
}
