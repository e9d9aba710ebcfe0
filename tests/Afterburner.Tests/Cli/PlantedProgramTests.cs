using Afterburner.Tests.Actions;
using Afterburner.Tests.Changes;
using Afterburner.Tests.GitHub;
using Xunit;

namespace Afterburner.Tests.Cli;

/// <summary>Every command, started in a checkout that is full of traps, by somebody whose PATH trusts it.</summary>
public sealed class PlantedProgramTests
{
    [Theory]
    [InlineData("review", "--base", "HEAD~1", "--plain", "--budget", "20s", "--out", "{0}/run")]
    [LongData("gate", "--base", "HEAD~1", "--plain", "--budget", "5s", "--out", "{0}/run")]
    [LongData("optimize", "sums.py::unique", "--plain", "--budget", "20s", "--out", "{0}/run")]
    [LongData("plan", "--base", "HEAD~1")]
    [LongData("doctor")]
    [LongData("demo", "--into", "{0}/demo", "--plain", "--budget", "5s", "--out", "{0}/run")]
    [LongData("models", "list")]
    public async Task A_command_uses_nothing_that_lies_in_the_checkout(params string[] command)
    {
        using var place = new TemporaryFolder();
        using var repository = await RepositoryAsync();
        using var planted = new PlantedCheckout(repository.Path);

        var run = await RunAsync(planted, repository.Path, [], [.. command.Select(a => a.Replace("{0}", place.Path, StringComparison.Ordinal))]);

        Assert.Equal("", planted.Used);
        // A gate that proves the slowdown ends with 1, a doctor that misses something with 3.
        Assert.True(run.ExitCode is 0 || (run.ExitCode, command[0]) is (1, "gate") or (3, "doctor"), $"{run.ExitCode}: {run.Text}{run.ErrorText}");
    }

    [Fact]
    public async Task Publishing_uses_nothing_that_lies_in_the_checkout()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        using var planted = new PlantedCheckout(fixture.Repository.Path);
        Dictionary<string, string> gitHub = new() { ["GITHUB_TOKEN"] = FakeGitHub.Token, ["GITHUB_API_URL"] = fixture.GitHub.Url.ToString() };

        var run = await RunAsync(
            planted, fixture.Repository.Path, gitHub, "publish", Path.GetRelativePath(fixture.Repository.Path, fixture.Directory), "--pr", $"octo-org/shop#{fixture.Pull.Number}", "--dry-run");

        Assert.Equal("", planted.Used);
        Assert.True(run.ExitCode == 0, run.ErrorText);
        Assert.Contains("dry run: nothing was posted", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_traps_do_snap_for_a_shell_with_that_path()
    {
        using var repository = await TestRepository.CreateAsync();
        using var planted = new PlantedCheckout(repository.Path);

        foreach (var command in new[] { "git --version", "python3 -c 'import json'", "cp --version" })
        {
            await Processes.RunAsync(
                new ProcessStart("sh", "-c", command) { WorkingDirectory = repository.Path, Environment = Trusting(planted) },
                cancellationToken: TestContext.Current.CancellationToken);
        }

        Assert.Equal(["git", "python3", "cp"], planted.Used.TrimEnd().Split('\n').Select(l => Path.GetFileName(l)));
    }

    [Fact]
    public async Task What_the_user_names_is_relative_to_where_they_are()
    {
        using var place = new TemporaryFolder();
        using var repository = await RepositoryAsync();
        repository.Write("folder/settings.yml", "iterations: 1\n");
        repository.Write("folder/replies.jsonl", """{"function": "sums.py::unique", "iteration": 1, "source": "def unique(items):\n    return 1\n"}""" + "\n");
        var folder = Path.Combine(repository.Path, "folder");
        var outside = Path.GetRelativePath(folder, place.Path);
        using var planted = new PlantedCheckout(repository.Path);

        var run = await RunAsync(
            planted, folder, [], "optimize", "sums.py::unique", "--repo", "..", "--config", "settings.yml", "--proposer", "replay:replies.jsonl",
            "--out", Path.Combine(outside, "run"), "--record", Path.Combine(outside, "record.jsonl"), "--plain");

        Assert.True(run.ExitCode == 0, run.Text + run.ErrorText);
        var report = await File.ReadAllTextAsync(Path.Combine(place.Path, "run", "report.json"), TestContext.Current.CancellationToken);
        Assert.Contains("\"replay:replies.jsonl\"", report, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(place.Path, "record.jsonl")));
    }

    private static async Task<TestRepository> RepositoryAsync()
    {
        var repository = await TestRepository.CreateAsync();
        repository.Write("sums.py", "def unique(items):\n    return list(dict.fromkeys(items))\n");
        repository.Write("test_sums.py", ActionServer.Tests);
        await repository.CommitAsync();
        repository.Write("sums.py", ActionServer.Slow);
        await repository.CommitAsync();
        return repository;
    }

    private static Task<ProcessRun> RunAsync(PlantedCheckout planted, string directory, Dictionary<string, string> more, params string[] command)
    {
        var built = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(built.Parent!.Parent!.FullName, "Afterburner.Cli", built.Name, "Afterburner.Cli.dll");
        return Processes.RunAsync(
            new ProcessStart("dotnet", ["exec", program, .. command])
            {
                WorkingDirectory = directory,
                Environment = Trusting(planted).Concat(more).ToDictionary(),
            },
            cancellationToken: TestContext.Current.CancellationToken);
    }

    private static Dictionary<string, string> Trusting(PlantedCheckout planted)
    {
        var environment = Processes.Environment.ToDictionary();
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } root)
            environment["DOTNET_ROOT"] = root;
        environment["PATH"] = planted.TrustingPath;
        return environment;
    }
}
