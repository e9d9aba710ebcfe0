using System.Text;
using Afterburner.Sandboxes;
using Xunit;

namespace Afterburner.Tests.Sandboxes;

/// <summary>What every sandbox must do and withstand. The derived classes say which sandbox.</summary>
public abstract partial class SandboxSuite : IDisposable
{
    private readonly string _workspace = Directory.CreateTempSubdirectory("afterburner-test-").FullName;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The sandbox under test; skips the test where it cannot be had.</summary>
    protected abstract ISandbox Sandbox { get; }

    protected static Limits Small => new()
    {
        Memory = 256L << 20, Wall = TimeSpan.FromSeconds(30), Cpu = TimeSpan.FromSeconds(20), Processes = 64, Output = 4L << 20, Disk = 32L << 20,
    };

    public void Dispose()
    {
        Directory.Delete(_workspace, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected SandboxCommand Shell(string script) => new(["/bin/sh", "-c", script], _workspace);

    protected SandboxCommand Python(string script) => new(["/usr/bin/python3", "-c", script], _workspace);

    protected Task<SandboxRun> RunAsync(SandboxCommand command, Limits? limits = null) =>
        Sandbox.RunAsync(command, limits ?? Small, Cancel);

    protected void Write(string name, string text)
    {
        var path = Path.Combine(_workspace, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    [Fact]
    public async Task A_command_gets_its_input_and_gives_output_error_and_exit_code()
    {
        var run = await RunAsync(Shell("cat; echo to error >&2; exit 3") with { Input = Encoding.UTF8.GetBytes("from input") });

        Assert.Equal((SandboxEnd.Exited, 3, "from input", "to error\n"), (run.End, run.ExitCode, run.Text, run.ErrorText));
        Assert.Null(run.Failure);
    }

    [Fact]
    public async Task The_workspace_is_the_working_directory_and_cannot_be_changed()
    {
        Write("src/a.txt", "original");

        var run = await RunAsync(Shell("pwd; cat src/a.txt; echo; echo changed > src/a.txt"));

        Assert.Equal("/work\noriginal\n", run.Text);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal("original", File.ReadAllText(Path.Combine(_workspace, "src/a.txt")));
    }

    [Fact]
    public async Task A_writable_workspace_is_a_copy_that_keeps_links_and_leaves_the_original_alone()
    {
        Write("src/a.txt", "original");
        File.CreateSymbolicLink(Path.Combine(_workspace, "link"), "src/a.txt");

        var run = await RunAsync(
            Shell("readlink link; echo changed > src/a.txt; cat link; echo new > b.txt; ls") with { Writable = true });

        Assert.Equal("src/a.txt\nchanged\nb.txt\nlink\nsrc\n", run.Text);
        Assert.Equal("original", File.ReadAllText(Path.Combine(_workspace, "src/a.txt")));
        Assert.False(File.Exists(Path.Combine(_workspace, "b.txt")));
    }
}
