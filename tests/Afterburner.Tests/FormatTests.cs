using Xunit;

namespace Afterburner.Tests;

/// <summary>One layout for every file, so that no review speaks of it.</summary>
public sealed class FormatTests
{
    // Whitespace only (15 s of CPU time): style is an error of the build already, and looking at it here takes ten times as long.
    [Fact]
    public async Task The_code_is_laid_out_as_the_formatter_lays_it_out()
    {
        var run = await Processes.RunAsync(
            new ProcessStart("dotnet", "format", "whitespace", Path.Combine(Repository.Root, "Afterburner.sln"), "--verify-no-changes", "--no-restore"),
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(run.Succeeded, $"run: dotnet format whitespace\n{run.Text}{run.ErrorText}");
    }
}
