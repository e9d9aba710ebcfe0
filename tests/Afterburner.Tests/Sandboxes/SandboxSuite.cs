using System.Text;
using Afterburner.Sandboxes;
using Xunit;

namespace Afterburner.Tests.Sandboxes;

/// <summary>What every sandbox must do and withstand. The derived classes say which sandbox.</summary>
public abstract partial class SandboxSuite : IDisposable
{
    private readonly string _workspace = SharedFolder.Create("afterburner-test-");

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The sandbox under test; skips the test where it cannot be had.</summary>
    protected abstract ISandbox Sandbox { get; }

    /// <summary>Whether memory and processor time are limited and counted for all processes of a run together.</summary>
    protected virtual bool LimitsWholeTree => true;

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

    protected string Workspace => _workspace;

    /// <summary>Command lines of this machine's processes that contain a text.</summary>
    protected static IReadOnlyList<int> ProcessesWith(string text)
    {
        var found = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                if (int.TryParse(Path.GetFileName(directory), out var id)
                    && File.ReadAllText(Path.Combine(directory, "cmdline")).Contains(text, StringComparison.Ordinal))
                    found.Add(id);
            }
            catch (IOException)
            {
                // It ended while we looked.
            }
        }

        return found;
    }

    protected Task<SandboxRun> RunAsync(SandboxCommand command, Limits? limits = null) =>
        Sandbox.RunAsync(command, limits ?? Small, Cancel);

    protected void SkipWithoutControlGroups()
    {
        if (!LimitsWholeTree)
            Assert.Skip("this user may not make control groups here, so nothing is limited or counted for a whole run");
    }

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

    [Fact]
    public async Task Writable_copies_of_one_tree_list_their_folders_in_one_order_whatever_lies_where_on_the_disk()
    {
        string[] names = [.. Enumerable.Range(0, 9).Select(n => $"folder {n}")];
        var orders = new List<string>();
        foreach (var made in new[] { names, [.. names.Reverse()] })
        {
            foreach (var name in names)
            {
                if (Directory.Exists(Path.Combine(_workspace, name)))
                    Directory.Delete(Path.Combine(_workspace, name), recursive: true);
            }

            foreach (var name in made)
                Write($"{name}/a.txt", name);
            orders.Add((await RunAsync(Python("import os; print(os.listdir('.'), open('folder 3/a.txt').read())") with { Writable = true })).Text);
        }

        Assert.Contains("folder 8", orders[0], StringComparison.Ordinal);
        Assert.Equal(orders[0], orders[1]);
    }

    [Fact]
    public async Task Scratch_space_a_home_and_a_user_name_are_there()
    {
        var run = await RunAsync(Python("import getpass, os, tempfile; tempfile.NamedTemporaryFile(); print(getpass.getuser() != '', os.environ['HOME'], os.environ['LANG'])") with
        {
            Environment = new Dictionary<string, string> { ["USER"] = "someone" },
        });

        Assert.Equal("True /tmp C.UTF-8\n", run.Text);
    }

    [Fact]
    public async Task Variables_and_mounts_of_the_command_are_there_and_mounts_cannot_be_changed()
    {
        Write("tools/say.txt", "hello");

        var run = await RunAsync(Shell("cat /opt/tools/say.txt; echo $WHO; touch /opt/tools/x") with
        {
            Environment = new Dictionary<string, string> { ["WHO"] = "it's \"me\" $HOME" },
            Mounts = new Dictionary<string, MachineDirectory> { ["/opt/tools"] = MachineDirectory.Own(Path.Combine(Workspace, "tools")) },
        });

        Assert.Equal("helloit's \"me\" $HOME\n", run.Text);
        Assert.NotEqual(0, run.ExitCode);
    }

    [Fact]
    public async Task A_command_that_does_not_exist_is_the_commands_failure_and_not_the_sandboxs()
    {
        var run = await RunAsync(new SandboxCommand(["no-such-program"], Workspace));

        Assert.Equal((SandboxEnd.Exited, 127), (run.End, run.ExitCode));
    }

    [Fact]
    public async Task A_signal_is_told_apart_from_an_exit()
    {
        var run = await RunAsync(Shell("kill -SEGV $$"));

        Assert.Equal((SandboxEnd.Signalled, 128 + 11), (run.End, run.ExitCode));
        Assert.Equal("", run.ErrorText);
    }

    [Fact]
    public async Task A_missing_workspace_is_the_sandboxs_failure_and_says_so()
    {
        var run = await RunAsync(new SandboxCommand(["true"], Path.Combine(Workspace, "missing")));

        Assert.Equal(SandboxEnd.Failed, run.End);
        Assert.Contains("missing does not exist", run.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_writable_copy_that_does_not_fit_is_the_sandboxs_failure_and_says_so()
    {
        foreach (var name in (string[])["a", "b", "c"])
            Write(name, new string('x', 700_000));

        var run = await RunAsync(Shell("true") with { Writable = true }, Small with { Disk = 1 << 20 });

        Assert.Equal(SandboxEnd.Failed, run.End);
        Assert.Contains("No space left", run.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_behind_a_closed_one_can_be_mounted()
    {
        // Interpreters often live under /root or /home/name, which others may not enter.
        var home = Directory.CreateDirectory(Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "afterburner-test-" + Guid.NewGuid().ToString("N"), "inner"));
        try
        {
            await File.WriteAllTextAsync(Path.Combine(home.FullName, "a.txt"), "found", Cancel);

            var run = await RunAsync(Shell("cat /opt/inner/a.txt; cat a.txt") with
            {
                Workspace = home.FullName,
                Mounts = new Dictionary<string, MachineDirectory> { ["/opt/inner"] = MachineDirectory.Own(home.FullName) },
            });

            Assert.Equal("foundfound", run.Text);
        }
        finally
        {
            home.Parent!.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Processor_time_and_memory_of_children_are_on_the_bill()
    {
        SkipWithoutControlGroups();
        var run = await RunAsync(Python("""
            import os
            for _ in range(2):
                if os.fork() == 0:
                    kept = bytearray(30 << 20)
                    sum(range(12_000_000))
                    os._exit(0)
            os.wait(); os.wait()
            times = os.times()
            print(times.user + times.system + times.children_user + times.children_system)
            """));

        var itself = double.Parse(run.Text, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(itself > 0.05, run.Text);
        // Nearly all of it is the children's: without them the bill would be a tenth.
        Assert.True(run.Cpu!.Value.TotalSeconds >= itself / 2, $"{run.Cpu} is not even half of {itself} s");
        Assert.True(run.PeakMemory >= 30L << 20, $"{run.PeakMemory}");
    }

    [Fact]
    public async Task Artefacts_come_back()
    {
        var run = await RunAsync(Shell("mkdir /out/deep; printf one > /out/a.json; printf two > /out/deep/b.json; chmod 600 /out/a.json; printf no > /out/unasked") with
        {
            Artefacts = ["a.json", "deep/b.json", "missing"],
        });

        Assert.Equal(
            ["a.json=one", "deep/b.json=two"],
            run.Artefacts.Select(a => $"{a.Key}={Encoding.UTF8.GetString(a.Value)}").Order());
    }

    [Fact]
    public async Task No_output_is_lost()
    {
        const int Bytes = 20_000;
        var times = LongFormAttribute.AreAsked ? 50 : 12;
        var lost = new System.Collections.Concurrent.ConcurrentBag<string>();
        var command = Python($"import sys; sys.stdout.write('o' * {Bytes} + '.'); sys.stderr.write('e' * {Bytes} + '.')");

        await Parallel.ForEachAsync(Enumerable.Range(0, times), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Cancel }, async (_, _) =>
        {
            var run = await RunAsync(command);
            if (run.Text != new string('o', Bytes) + "." || run.ErrorText != new string('e', Bytes) + ".")
                lost.Add($"{run.End} {run.Output.Length} {run.Error.Length} {run.Failure}");
        });

        Assert.Empty(lost);
    }

    [Fact]
    public async Task Nothing_of_one_run_is_seen_by_the_next()
    {
        await RunAsync(Shell("echo x > /tmp/x; echo x > /dev/shm/x; echo x > x") with { Writable = true });

        var run = await RunAsync(Shell("ls -A /tmp /dev/shm /work") with { Writable = true });

        Assert.Equal("/dev/shm:\n\n/tmp:\n\n/work:\n", run.Text);
    }

    [Fact]
    public async Task Cancellation_kills_the_whole_tree()
    {
        var mark = "afterburner-mark-" + Guid.NewGuid().ToString("N");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        // Two sessions, so that killing a process group is not enough.
        var running = Sandbox.RunAsync(Shell($"setsid sh -c 'sleep 300; : {mark}' & sleep 300; : {mark}"), Small with { Wall = TimeSpan.FromMinutes(4) }, cancel.Token);
        while (!running.IsCompleted && ProcessesWith($": {mark}").Count < 2)
            await Task.Delay(20, Cancel);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(ProcessesWith(mark));
    }
}
