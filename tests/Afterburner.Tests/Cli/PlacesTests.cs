using Afterburner.Tests.Changes;
using Xunit;

namespace Afterburner.Tests.Cli;

/// <summary>Where the launcher looks for programs.</summary>
public sealed class PlacesTests
{
    [Theory]
    [InlineData("--repo", "{0}")]
    [InlineData("--repo={0}")]
    [InlineData("--repo:{0}")]
    public async Task Nothing_is_looked_for_in_the_repository_that_is_named_however_it_is(params string[] named)
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("bin/git", "");
        var folder = Path.Combine(repository.Path, "bin");

        var path = await PathAsync(folder, [.. named.Select(n => n.Replace("{0}", folder, StringComparison.Ordinal))]);

        Assert.Equal("/usr/bin", path);
        Assert.Equal($"{folder}:/usr/bin", await PathAsync(folder));
    }

    [Fact]
    public async Task A_file_of_options_is_not_read()
    {
        using var folder = new TemporaryFolder();
        var options = Path.Combine(folder.Path, "options");
        await File.WriteAllTextAsync(options, "--help\n", TestContext.Current.CancellationToken);

        var run = await BadInputTests.AfterburnerAsync([], "plan", "@" + options);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"'@{options}'", run.ErrorText, StringComparison.Ordinal);
    }

    private static async Task<string> PathAsync(string folder, params string[] arguments)
    {
        var places = Path.Combine(Repository.Root, "action", "places.sh");
        var run = await Processes.RunAsync(
            new ProcessStart("/bin/bash", ["-c", $". '{places}'; printf %s \"$PATH\"", "afterburner", .. arguments])
            {
                WorkingDirectory = "/", Environment = new Dictionary<string, string> { ["PATH"] = $"{folder}:/usr/bin" },
            },
            cancellationToken: TestContext.Current.CancellationToken);
        return run.Text;
    }
}
