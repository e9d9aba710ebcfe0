using Xunit;

namespace Afterburner.Tests;

/// <summary>What a program that is started finds around it.</summary>
public sealed class ProcessesTests
{
    [Fact]
    public async Task A_child_starts_in_the_root_and_gets_no_variable_but_the_few_that_every_program_needs()
    {
        var run = await Processes.RunAsync(new ProcessStart("sh", "-c", "pwd; env"), cancellationToken: TestContext.Current.CancellationToken);

        var lines = run.Text.TrimEnd().Split('\n');
        Assert.Equal("/", lines[0]);
        var names = lines[1..].Select(l => l.Split('=')[0]).Except(["PWD", "OLDPWD", "SHLVL", "_"]);
        Assert.Empty(names.Except(["HOME", "LANG", "LC_ALL", "PATH", "TMPDIR"]));
        Assert.Contains($"PATH={ProgramPath.Current.Text}", lines);
    }
}
