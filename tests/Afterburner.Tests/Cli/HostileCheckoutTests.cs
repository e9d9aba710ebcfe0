using Afterburner.Tests.Changes;
using Xunit;

namespace Afterburner.Tests.Cli;

/// <summary>The program in a checkout of a pull request that somebody hostile wrote.</summary>
public sealed class HostileCheckoutTests
{
    private const string Hostile = "model-url: http://127.0.0.1:9/v1\nmodel: m\nproposers: [chat, 'replay:/dev/zero']\n";

    [Theory]
    [InlineData("plan")]
    [InlineData("review")]
    [InlineData("gate")]
    [InlineData("review", "--base", "main", "--json")]
    public async Task Its_configuration_names_no_server_and_no_file(params string[] command)
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("base");
        await repository.GitAsync("checkout", "--quiet", "-b", "hostile");
        repository.Write(".github/afterburner.yml", Hostile);
        await repository.CommitAsync("hostile");

        var run = await BadInputTests.AfterburnerAsync([], [.. command, "--repo", repository.Path]);

        Assert.True(run.ExitCode == 0, run.Text + run.ErrorText);
        var said = command is ["plan"] || command.Contains("--json") ? run.ErrorText : run.Text;
        Assert.Contains("configuration: the defaults", said, StringComparison.Ordinal);
        Assert.Contains("differs in model, model-url, proposers: that counts once it is merged", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("fifo")]
    [InlineData(".")]
    public async Task A_replay_that_is_no_file_ends_at_once(string replay)
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("base");
        await TestRepository.RunAsync(repository.Path, "mkfifo", "fifo");

        var run = await BadInputTests.AfterburnerAsync(
            [], "review", "--repo", repository.Path, "--base", "HEAD", "--proposer", $"replay:{Path.Combine(repository.Path, replay)}");

        Assert.True(run.ExitCode == 2, run.Text + run.ErrorText);
        Assert.Contains("a plain file is needed", run.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_in_place_of_the_folder_of_runs_is_not_written_through()
    {
        using var repository = await TestRepository.CreateAsync();
        using var elsewhere = new TemporaryFolder();
        File.CreateSymbolicLink(Path.Combine(repository.Path, ".afterburner"), elsewhere.Path);
        await repository.CommitAsync("link");

        var run = await BadInputTests.AfterburnerAsync([], "review", "--repo", repository.Path, "--base", "HEAD");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--out", run.ErrorText, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere.Path));
    }
}
