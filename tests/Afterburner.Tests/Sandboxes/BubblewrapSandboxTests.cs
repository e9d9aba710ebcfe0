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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task At_whatever_moment_of_its_start_a_command_is_killed_nothing_of_it_is_left(bool groups)
    {
        await using var sandbox = await BubblewrapSandbox.OpenAsync(new BubblewrapOptions { UseControlGroups = groups }, TimeProvider.System, Cancel);
        var seconds = 100_000 + (2 * Environment.ProcessId) + (groups ? 1 : 0);
        for (var moment = 0; moment < 25; moment++)
        {
            await using var process = await sandbox.StartAsync(Shell($"sleep {seconds}"), Small with { Wall = TimeSpan.FromMinutes(5) }, Cancel);
            await Task.Delay(3 * moment, Cancel);

            process.Kill();

            Assert.Equal(0, await process.Output.ReadAsync(new byte[10], Cancel).AsTask().WaitAsync(TimeSpan.FromMinutes(1), Cancel));
        }

        for (var moment = 0; moment < 10; moment++)
        {
            using var stop = new CancellationTokenSource(7 * moment);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sandbox.RunAsync(Shell($"sleep {seconds}"), Small, stop.Token));
        }

        Assert.DoesNotContain(CommandLines(), line => line.Contains($"sleep {seconds}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_program_that_is_missing_is_named_with_the_package_that_has_it()
    {
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(
            () => BubblewrapSandbox.OpenAsync(new BubblewrapOptions { Program = "no-such-bwrap" }, TimeProvider.System, Cancel));

        Assert.Contains("apt-get install bubblewrap", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Of all processes: bubblewrap's holds that of its command.</summary>
    private static List<string> CommandLines()
    {
        var found = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
        {
            try
            {
                found.Add(File.ReadAllText($"{process}/cmdline").Replace('\0', ' '));
            }
            catch (IOException)
            {
                // It ended while we looked.
            }
        }

        return found;
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
