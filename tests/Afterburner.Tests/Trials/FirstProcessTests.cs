using System.Text;
using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Trials;

/// <summary>Measuring where no control group can be read: what process 1 of the sandbox sees, and what nobody can do to it.</summary>
[Collection(Measurements.Name)]
public sealed class FirstProcessTests(FirstProcessFixture fixture) : IClassFixture<FirstProcessFixture>
{
    private const string Module =
        """
        import ctypes, glob, os, resource, signal, socket, subprocess, sys, threading, time


        def spin(seconds):
            end = time.process_time() + seconds
            while time.process_time() < end:
                pass


        def tried(action):
            try:
                return f"done: {action()!r}"
            except OSError as error:
                return type(error).__name__


        def work(n):
            return n
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly AnswerForm Values = new("marshal", false);

    /// <summary>Each uses a quarter of a second of CPU time, and ends.</summary>
    [Theory]
    [InlineData("spin(0.25)")]
    [InlineData("t = threading.Thread(target=spin, args=(0.25,)); t.start(); t.join()")]
    [LongData("child = os.fork()\n    if child == 0: spin(0.25); os._exit(0)\n    os.waitpid(child, 0)")]
    [InlineData("subprocess.run([sys.executable, '-c', 'import time\\nwhile time.process_time() < 0.25: pass'])")]
    [LongData("r, w = os.pipe()\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork(): os._exit(0)\n        spin(0.25); os.write(w, b'x'); os._exit(0)\n    os.read(r, 1)")]
    [InlineData("r, w = os.pipe()\n    if os.fork() == 0:\n        for s in set(signal.valid_signals()) - {9, 17, 19, 32, 33}: signal.signal(s, signal.SIG_IGN)\n        spin(0.25); os.write(w, b'x'); signal.pause()\n    os.read(r, 1)")]
    [LongData("ctypes.CDLL(None).prctl(36, 1)\n    child = os.fork()\n    if child == 0:\n        if os.fork(): os._exit(0)\n        spin(0.25); os._exit(0)\n    os.waitpid(child, 0); os.wait()")]
    [InlineData("try: signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n    except OSError: pass\n    r, w = os.pipe()\n    if os.fork() == 0:\n        spin(0.25); os._exit(0)\n    os.close(w); os.read(r, 1); time.sleep(0.05)")]
    [LongData("libc = ctypes.CDLL(None); action = (ctypes.c_long * 20)(); action[0] = 1; action[17] = 2\n    libc.sigaction(17, action, None)\n    r, w = os.pipe()\n    if os.fork() == 0:\n        spin(0.25); os._exit(0)\n    os.close(w); os.read(r, 1); time.sleep(0.05)")]
    public async Task What_takes_part_in_a_sample_counts_whoever_does_it_and_whoever_reaps_it(string body)
    {
        using var lab = new TrialLab(fixture, Module);
        var call = (await lab.CallsAsync(0.3, new JsonObject { ["n"] = 5 }))[0];
        await using var runner = await lab.RunnerAsync(With(body + "\n    return n"), call);

        var reading = await SampleAsync(runner, call);

        Assert.InRange(reading.Whole, 0.25, 2);
    }

    [Fact]
    public async Task A_process_that_was_there_before_the_sample_cannot_work_for_it()
    {
        // The helper is made when the module is loaded, forks a worker for each request, and reaps it.
        const string Helper =
            """

            to_helper, from_helper = os.pipe(), os.pipe()
            helper = os.fork()
            if helper == 0:
                while os.read(to_helper[0], 1):
                    child = os.fork()
                    if child == 0:
                        spin(0.25)
                        os._exit(0)
                    os.waitpid(child, 0)
                    os.write(from_helper[1], b"x")
            """;
        using var lab = new TrialLab(fixture, Module);
        var call = (await lab.CallsAsync(0.3, new JsonObject { ["n"] = 5 }))[0];
        using var helped = new TrialLab(fixture, Module + Helper);
        await using var runner = await helped.RunnerAsync(
            With("os.kill(helper, signal.SIGCONT); os.write(to_helper[1], b'x'); os.read(from_helper[0], 1)\n    return n") + Helper, call);

        var broken = await Assert.ThrowsAsync<RunnerBrokenException>(() => SampleAsync(runner, call));

        Assert.Equal("its processes do not come to rest", broken.Message);
    }

    [Theory]
    [InlineData("os.kill(1, signal.SIGKILL) or os.kill(1, signal.SIGSTOP) or os.kill(1, signal.SIGINT) or os.kill(1, signal.SIGTERM)", "done: None")]
    [InlineData("os.listdir('/proc/1/fd')", "PermissionError")]
    [InlineData("os.open('/proc/1/fd/1', os.O_WRONLY)", "PermissionError")]
    [InlineData("os.open('/proc/1/mem', os.O_RDWR)", "PermissionError")]
    [InlineData("open('/proc/1/environ').read()", "PermissionError")]
    [InlineData("open('/proc/1/maps').read()", "PermissionError")]
    public async Task Nothing_inside_can_stop_or_open_the_first_process(string attempt, string told)
    {
        using var lab = new TrialLab(fixture, Module);
        var call = (await lab.CallsAsync(0.3, new JsonObject { ["n"] = 5 }))[0];
        await using var runner = await lab.RunnerAsync(With($"return tried(lambda: {attempt})"), call);

        var first = await SampleAsync(runner, call);
        var second = await SampleAsync(runner, call);

        Assert.All([first, second], r => Assert.Contains(told, Encoding.UTF8.GetString(r.Answers[0]), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_version_writes_is_never_an_answer_of_the_meter()
    {
        // Frames of the meter, into every descriptor: they arrive as what the runner says, which it is.
        const string Forging = "import struct\n    for fd in range(3, 64):\n        try: os.write(fd, struct.pack('<IBq', 8, 65, 1) * 50)\n        except OSError: pass\n    spin(0.25)\n    return n";
        using var lab = new TrialLab(fixture, Module);
        var call = (await lab.CallsAsync(0.3, new JsonObject { ["n"] = 5 }))[0];
        await using var runner = await lab.RunnerAsync(With(Forging), call);

        await Assert.ThrowsAsync<RunnerBrokenException>(() => SampleAsync(runner, call));
    }

    [Fact]
    public async Task A_trial_takes_pairs_and_compares_their_answers()
    {
        using var lab = new TrialLab(fixture, With("spin(0.01)\n    return n"));
        var calls = await lab.CallsAsync(0.3, new JsonObject { ["n"] = 5 });

        var equal = await lab.RunAsync(lab.Plan(calls, With("spin(0.1)\n    return n")), pairs: 3);
        var other = await lab.RunAsync(lab.Plan(calls, With("return n + 1")), pairs: 3);

        Assert.Equal((TrialEnd.Completed, 3), (equal.End, equal.Pairs.Count));
        Assert.All(equal.Pairs, p => Assert.True(p.Candidate.Whole > p.Baseline.Whole, $"{p}"));
        Assert.Equal(TrialEnd.CandidateBroke, other.End);
        Assert.Contains("answers differently", other.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ObjectiveKind.Memory)]
    [InlineData(ObjectiveKind.Integral)]
    public async Task Nothing_is_claimed_of_memory_that_cannot_be_read(ObjectiveKind objective)
    {
        const string Building = "def work(n):\n    return len([i * 2 for i in range(n)])\n";
        using var lab = new TrialLab(fixture, Building);
        var calls = await lab.CallsAsync(0.05, new JsonObject { ["n"] = 1_000_000 });

        var compared = await lab.CompareAsync(calls, "def work(n):\n    return n\n", objective: new Objective(objective));

        Assert.Equal(VerdictKind.Inconclusive, compared.Verdict.Kind);
        Assert.Contains("how much memory is in use cannot be read here", compared.Verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task How_it_is_measured_can_be_told()
    {
        using var lab = new TrialLab(fixture, Module);

        Assert.Equal((true, "measured by a first process"), await lab.Harness.MeasuringAsync(new Limits(), TrialLab.Cancel));
    }

    [Fact]
    public async Task A_process_that_is_not_the_first_says_so()
    {
        // bubblewrap's own is process 1 where a command is not talked to.
        using var lab = new TrialLab(fixture, Module);
        var program = lab.Harness.Program;
        using var folder = new TemporaryFolder();

        var run = await fixture.Sandbox.RunAsync(
            new SandboxCommand([.. program.Alone, "first"], folder.Path)
            {
                Mounts = new Dictionary<string, MachineDirectory>(program.Mounts) { ["/harness"] = program.Files },
            },
            new Limits(), TrialLab.Cancel);

        Assert.Contains("it is not process 1 of its own namespace", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_first_process_can_be_had_nothing_is_measured_and_the_reason_told()
    {
        using var folder = new TemporaryFolder();
        string[] refusing = ["/bin/sh", "-c", "printf '\\004\\000\\000\\000Hnope'"];
        await using var process = await fixture.Sandbox.StartAsync(
            new SandboxCommand(["/bin/cat"], folder.Path) { First = refusing }, new Limits(), TrialLab.Cancel);

        Assert.Null(process.Meter);
        Assert.Equal(
            "the sandbox has no control group that can be read and brought to rest, and no first process that tells what is used instead: nope", process.Unmeasured);
    }

    [LongForm]
    [Fact]
    public async Task Much_goes_through_the_first_process_both_ways()
    {
        using var lab = new TrialLab(fixture, "def work(n):\n    return n * 2\n");
        var call = (await lab.CallsAsync(0.3, new JsonObject { ["n"] = new string('x', 20_000_000) }))[0];
        await using var runner = await lab.RunnerAsync(like: call);

        Assert.InRange((await SampleAsync(runner, call)).Answers[0].Length, 40_000_000, 40_000_100);
        Assert.InRange((await SampleAsync(runner, call)).Answers[0].Length, 40_000_000, 40_000_100);
    }

    [Fact]
    public async Task A_version_that_never_stops_writing_is_ended_like_one_that_does_not_answer()
    {
        const string Writing = "for fd in range(3, 64):\n        try: os.fstat(fd)\n        except OSError: continue\n        while True:\n            try: os.write(fd, b'\\0' * 65536)\n            except OSError: break\n    return n";
        using var lab = new TrialLab(fixture, Module);
        var call = (await lab.CallsAsync(0.3, new JsonObject { ["n"] = 5 }))[0];
        await using var runner = await lab.RunnerAsync(With(Writing), call);

        var broken = await Assert.ThrowsAsync<RunnerBrokenException>(() => SampleAsync(runner, call));

        Assert.True(broken.IsOfItsCode, broken.Message);
    }

    private static string With(string body) => Module.Replace("return n", body, StringComparison.Ordinal);

    private static Task<Reading> SampleAsync(Runner runner, RecordedCall call) =>
        runner.SampleAsync(Frames.Pack([call]), 1, new SampleOrder(Values, null), Patience, TrialLab.Cancel);
}
