using System.Runtime.InteropServices;
using Afterburner.Sandboxes;
using Xunit;

namespace Afterburner.Tests.Sandboxes;

public sealed class BubblewrapSandboxTests(BubblewrapFixture fixture) : SandboxSuite, IClassFixture<BubblewrapFixture>
{
    protected override ISandbox Sandbox => fixture.Sandbox;

    protected override bool LimitsWholeTree => fixture.Sandbox.ControlGroupLayout is not null;

    [Fact]
    public async Task The_control_group_of_a_run_is_gone_after_it()
    {
        SkipWithoutControlGroups();
        var mark = "afterburner-mark-" + Guid.NewGuid().ToString("N");
        var running = RunAsync(Shell($"sleep 2; : {mark}"));
        List<string?> groups = [];
        while (!running.IsCompleted && groups.Count == 0)
        {
            await Task.Delay(20, Cancel);
            groups = [.. ProcessesWith($": {mark}").SelectMany(GroupsOf).Where(g => g.StartsWith("afterburner-", StringComparison.Ordinal)).Distinct()];
        }

        await running;

        Assert.NotEmpty(groups);
        Assert.Empty(Directory.EnumerateDirectories("/sys/fs/cgroup", "afterburner-*", SearchOption.AllDirectories).Select(Path.GetFileName).Intersect(groups));
    }

    [Fact]
    public async Task Nothing_but_the_standard_streams_is_open_inside_whatever_this_process_got_from_its_own_parent()
    {
        var path = Path.GetTempFileName();
        var inheritable = -1;
        try
        {
            using (var file = File.OpenHandle(path))
                inheritable = Duplicate((int)file.DangerousGetHandle());

            await using var unlimited = await BubblewrapSandbox.OpenAsync(new BubblewrapOptions { UseControlGroups = false }, TimeProvider.System, Cancel);
            var command = Shell("ls /proc/self/fd; ls -l /proc/self/fd >&2");
            SandboxRun[] runs = [await RunAsync(command), await unlimited.RunAsync(command, Small, Cancel)];

            // The fourth is the directory that ls reads.
            Assert.True(inheritable > 2);
            Assert.All(runs, run => Assert.Equal("0\n1\n2\n3\n", run.Text));
            Assert.All(runs, run => Assert.DoesNotContain(path, run.ErrorText, StringComparison.Ordinal));
        }
        finally
        {
            _ = Close(inheritable);
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Without_control_groups_each_process_is_limited_and_nothing_is_claimed_about_the_whole()
    {
        await using var sandbox = await BubblewrapSandbox.OpenAsync(new BubblewrapOptions { UseControlGroups = false }, TimeProvider.System, Cancel);

        var hungry = await sandbox.RunAsync(Python("x = bytearray(600 << 20)"), Small, Cancel);
        var forking = await sandbox.RunAsync(Shell("i=0; while [ $i -lt 200 ]; do sleep 20 & i=$((i + 1)); done"), Small, Cancel);

        Assert.Equal((SandboxEnd.Exited, 1), (hungry.End, hungry.ExitCode));
        Assert.Contains("MemoryError", hungry.ErrorText, StringComparison.Ordinal);
        Assert.Contains("fork", forking.ErrorText, StringComparison.OrdinalIgnoreCase);
        Assert.Null(hungry.Cpu);
        Assert.Null(hungry.PeakMemory);
    }

    [Fact]
    public async Task A_program_that_is_missing_is_named_with_the_package_that_has_it()
    {
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(
            () => BubblewrapSandbox.OpenAsync(new BubblewrapOptions { Program = "no-such-bwrap" }, TimeProvider.System, Cancel));

        Assert.Contains("apt-get install bubblewrap", failure.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> GroupsOf(int process)
    {
        try
        {
            return [.. File.ReadLines($"/proc/{process}/cgroup").Select(l => Path.GetFileName(l.Split(':', 3)[2]))];
        }
        catch (IOException)
        {
            return []; // It ended while we looked.
        }
    }

    [DllImport("libc", EntryPoint = "dup")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Duplicate(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}

/// <summary>The sandbox as this machine has it.</summary>
public class BubblewrapFixture : IAsyncLifetime
{
    internal BubblewrapSandbox Sandbox { get; private set; } = null!;

    protected virtual BubblewrapOptions Options => new();

    public async ValueTask InitializeAsync() =>
        Sandbox = await BubblewrapSandbox.OpenAsync(Options, TimeProvider.System, CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Sandbox.DisposeAsync();
    }
}

/// <summary>The sandbox as it is where no control group can be read: a first process measures.</summary>
public sealed class FirstProcessFixture : BubblewrapFixture
{
    protected override BubblewrapOptions Options => new() { UseControlGroups = false };
}
