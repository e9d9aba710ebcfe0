using Afterburner.Tests.Changes;
using Xunit;

namespace Afterburner.Tests.Actions;

/// <summary>What the action takes for a finished run, and what it says of it.</summary>
public sealed class RunDirectoryTests
{
    private const string Head = "1111111111111111111111111111111111111111";

    [Fact]
    public async Task A_finished_run_names_the_commit_it_is_about()
    {
        using var folder = new TemporaryFolder();
        folder.Write("runs/a/report.json", $$"""{"head":"{{Head}}"}""");
        folder.Write("runs/b/gate.json", $$"""{"head":"{{Head}}"}""");
        folder.Write("runs/c/report.json", """{"head":"2222222222222222222222222222222222222222"}""");
        folder.Write("runs/d/report.json", "[");
        folder.Write("runs/e/report.json", new string('[', 100_000));
        folder.Write("runs/report.json", "{}");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "runs", "f"), "a");

        Assert.Equal($"{folder.Path}/runs/a\n{folder.Path}/runs/b\n", await PrintedAsync("finished", folder.Path, "runs", Head));
        Assert.Equal($"{folder.Path}/runs/a\n", await PrintedAsync("finished", folder.Path, "runs/a", Head));
        // Of an earlier commit alone, it is publishing that says so.
        Assert.Equal($"{folder.Path}/runs/c\n", await PrintedAsync("finished", folder.Path, "runs/c", Head));
        Assert.Equal("", await PrintedAsync("finished", folder.Path, "nowhere", Head));
    }

    [Theory]
    [InlineData("mkfifo report.json")]
    [InlineData("ln -s other.json report.json")]
    [InlineData("ln -s /dev/zero report.json")]
    [InlineData("mkdir report.json")]
    [InlineData("truncate --size=10G report.json")]
    public async Task What_is_no_regular_file_is_no_report_and_keeps_nobody_waiting(string made)
    {
        using var folder = new TemporaryFolder();
        folder.Write("other.json", """{"functions":[{"path":"a","name":"b","startLine":1,"suggestion":{"speedup":2}}]}""");
        await TestRepository.RunAsync(folder.Path, made.Split(' '));

        Assert.Equal("", await PrintedAsync("finished", folder.Path, folder.Path));
        Assert.Equal("0\n0\n\n0\n", await PrintedAsync("outputs", folder.Path));
    }

    [Fact]
    public async Task Numbers_of_another_commit_do_not_count()
    {
        using var folder = new TemporaryFolder();
        folder.Write("report.json", """{"head":"2222222222222222222222222222222222222222","functions":[{"path":"a","name":"b","startLine":1,"suggestion":{"speedup":2}}]}""");

        Assert.Equal("0\n0\n\n0\n", await PrintedAsync("outputs", folder.Path, Head));
        Assert.Equal("1\n0\n2\n0\n", await PrintedAsync("outputs", folder.Path));
    }

    [Fact]
    public async Task A_name_in_an_annotation_hides_nothing()
    {
        using var folder = new TemporaryFolder();
        folder.Write("gate.json", """{"functions":[{"status":"slower","path":"a\u001b[2J.py","startLine":1,"endLine":2,"name":"f\u2800\u202e\ufe00\ud800","slowdown":2,"reason":"r\u00a0"}]}""");

        var printed = await PrintedAsync("annotations", folder.Path, "error");

        Assert.Contains("file=a[U+001B][2J.py,", printed, StringComparison.Ordinal);
        Assert.Contains("f[U+2800][U+202E][U+FE00][U+D800] is", printed, StringComparison.Ordinal);
    }

    private static async Task<string> PrintedAsync(params string[] arguments)
    {
        var run = await Processes.RunAsync(
            new ProcessStart("python3", ["-I", Path.Combine(Repository.Root, "action", "run_directory.py"), .. arguments]),
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(run.Succeeded, run.ErrorText);
        return run.Text;
    }
}
