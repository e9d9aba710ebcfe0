using Afterburner.Tests.Changes;
using Xunit;

namespace Afterburner.Tests.Cli;

/// <summary>Bad input gets one clear message, the documented exit code, and loses nothing.</summary>
public sealed class BadInputTests
{
    [Fact]
    public async Task A_folder_that_is_no_repository_is_refused()
    {
        using var folder = new TemporaryFolder();

        var run = await AfterburnerAsync("review", "--repo", folder.Path);

        AssertRefused(run, 2, folder.Path);
    }

    [Fact]
    public async Task A_ref_that_does_not_exist_is_named()
    {
        using var repository = await WithTestsAsync("def test(): pass");

        var run = await AfterburnerAsync("review", "--repo", repository.Path, "--base", "nowhere");

        AssertRefused(run, 2, "nowhere");
    }

    [Fact]
    public async Task An_unknown_key_of_the_configuration_names_the_nearest_known_one()
    {
        using var repository = await WithTestsAsync("def test(): pass");
        repository.Write(".github/afterburner.yml", "iteratons: 3\n");

        var run = await AfterburnerAsync("review", "--repo", repository.Path, "--base", "HEAD~1");

        AssertRefused(run, 2, "iterations");
    }

    [Fact]
    public async Task A_wrong_type_in_the_configuration_says_what_was_expected()
    {
        using var repository = await WithTestsAsync("def test(): pass");
        repository.Write(".github/afterburner.yml", "iterations: many\n");

        var run = await AfterburnerAsync("review", "--repo", repository.Path, "--base", "HEAD~1");

        AssertRefused(run, 2, "iterations");
    }

    [Fact]
    public async Task Tests_that_fail_on_the_code_under_review_end_the_review()
    {
        using var repository = await WithTestsAsync("def test():\n    assert 1 == 2");

        var run = await AfterburnerAsync("review", "--repo", repository.Path, "--base", "HEAD~1");

        AssertRefused(run, 3, "tests do not pass on the baseline");
    }

    [LongForm]
    [Fact]
    public async Task A_model_that_cannot_be_reached_ends_the_review_without_showing_the_key()
    {
        using var repository = await WithTestsAsync("""
            from sums import slow

            def test():
                assert slow(300) == 300
            """, "sums.py", "def slow(n):\n    found = []\n    for i in range(n):\n        if i not in found:\n            found.append(i)\n    return len(found)\n");

        var run = await AfterburnerAsync(
            new Dictionary<string, string> { ["AFTERBURNER_API_KEY"] = "sk-very-secret-0123456789" },
            "optimize", "sums.py::slow", "--repo", repository.Path, "--proposer", "chat", "--model-url", "http://127.0.0.1:9/v1", "--model", "m");

        AssertRefused(run, 3, "127.0.0.1:9");
        Assert.DoesNotContain("very-secret", run.Text + run.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_that_does_not_exist_is_refused_with_those_that_do()
    {
        using var repository = await WithTestsAsync("def test(): pass", "sums.py", "def slow(n):\n    return n\n");

        var run = await AfterburnerAsync("optimize", "sums.py::fast", "--repo", repository.Path);

        AssertRefused(run, 2, "slow");
    }

    [Fact]
    public async Task A_shallow_clone_without_the_base_is_told_how_to_fetch_it()
    {
        using var repository = await WithTestsAsync("def test(): pass");
        using var folder = new TemporaryFolder();
        var clone = Path.Combine(folder.Path, "clone");
        await TestRepository.RunAsync(folder.Path, "git", "clone", "--quiet", "--depth", "1", $"file://{repository.Path}", clone);

        var run = await AfterburnerAsync("review", "--repo", clone, "--base", "HEAD~1");

        AssertRefused(run, 2, "git");
    }

    [Fact]
    public async Task An_unknown_option_is_refused_with_a_way_to_get_help()
    {
        var run = await AfterburnerAsync("review", "--bse", "main");

        AssertRefused(run, 2, "--bse");
        Assert.Contains("--help", run.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_without_functions_is_reviewed_without_a_finding()
    {
        using var repository = await WithTestsAsync("def test(): pass");
        repository.Write("notes.txt", "hello\n");
        await repository.CommitAsync("notes");

        var run = await AfterburnerAsync("review", "--repo", repository.Path, "--base", "HEAD~1");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("touches no function", run.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Run 'afterburner evaluate pull --help'.", "evaluate", "pull", "venus", "--nowhere")]
    [InlineData("or with a command: 'afterburner review --help'", "reviw")]
    public async Task What_to_run_for_help_is_of_the_command_that_was_given(string hint, params string[] arguments) =>
        AssertRefused(await AfterburnerAsync(arguments), 2, hint);

    [Fact]
    public async Task Help_of_a_command_shows_no_arguments_of_the_one_above_it()
    {
        var run = await AfterburnerAsync("evaluate", "history", "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("afterburner evaluate history <REPO>", run.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<FILE> ", run.Text, StringComparison.Ordinal);
    }

    private static async Task<TestRepository> WithTestsAsync(string tests, string? path = null, string? source = null)
    {
        var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("empty");
        repository.Write("test_code.py", tests + "\n");
        repository.Write(path ?? "sums.py", source ?? "def one():\n    return 1\n");
        await repository.CommitAsync("code");
        return repository;
    }

    private static void AssertRefused(ProcessRun run, int exitCode, string expected)
    {
        Assert.True(run.ExitCode == exitCode, $"exit code {run.ExitCode}\n{run.Text}\n{run.ErrorText}");
        Assert.Contains(expected, run.ErrorText, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at Afterburner", run.ErrorText, StringComparison.Ordinal);
    }

    private static Task<ProcessRun> AfterburnerAsync(params string[] arguments) => AfterburnerAsync(new Dictionary<string, string>(), arguments);

    internal static Task<ProcessRun> AfterburnerAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        foreach (var name in new[] { "PATH", "HOME", "DOTNET_ROOT" })
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
                environment[name] = value;
        }

        // From its own folder: the copy beside the tests lacks what the web framework, which only tests use, brings along.
        var built = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(built.Parent!.Parent!.FullName, "Afterburner.Cli", built.Name, "Afterburner.Cli.dll");
        return Processes.RunAsync(
            new ProcessStart("dotnet", ["exec", program, .. arguments]) { Environment = environment, WorkingDirectory = AppContext.BaseDirectory },
            cancellationToken: TestContext.Current.CancellationToken);
    }
}
