using System.Text.Json.Nodes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Trials;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Trials;

/// <summary>What one version may say, and what is read of it from outside.</summary>
public abstract class RunnerSuite(BubblewrapFixture fixture)
{
    private const string Work =
        """
        import os, subprocess, sys, threading, time


        def slow(n):
            total = 0
            for i in range(n):
                total += i * i % 7
            return total


        def work(n):
            return slow(n)
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly AnswerForm Values = new("marshal", false);

    /// <summary>A hundred times the work of what nobody can hide, so that no noise reaches it.</summary>
    private const int Much = 3_000_000;

    [Theory]
    [InlineData("return slow(n)")]
    [LongData("box = []\n    t = threading.Thread(target=lambda: box.append(slow(n)))\n    t.start(); t.join()\n    return box[0]")]
    [InlineData("return int(subprocess.run([sys.executable, '-c', f'print(sum(i * i % 7 for i in range({n})))'], capture_output=True).stdout)")]
    [LongData("r, w = os.pipe()\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork(): os._exit(0)\n        os.write(w, str(slow(n)).encode()); os._exit(0)\n    return int(os.read(r, 100))")]
    [InlineData("time.thread_time_ns = time.perf_counter_ns = time.process_time_ns = lambda *a: 0\n    return slow(n)")]
    [LongData("m = sys.modules['afterburner_harness.timing.version']\n    m.thread_time_ns = lambda: 0\n    return slow(n)")]
    [InlineData("import resource\n    resource.getrusage = lambda *a: (0,) * 16\n    return slow(n)")]
    [LongData("class Later:\n        def __reduce__(self): return (int, (str(slow(n)),))\n    return Later()")]
    public async Task Work_counts_wherever_and_whenever_it_is_done_before_the_answer_is_complete(string body)
    {
        using var lab = new TrialLab(fixture, Work);
        var call = (await lab.CallsAsync(0.3, new JsonObject { ["n"] = Much }))[0];
        var honest = await CostAsync(lab, Work, call);

        var hidden = await CostAsync(lab, Work.Replace("return slow(n)", body, StringComparison.Ordinal), call);

        Assert.True(hidden > honest / 3, $"{hidden} s against {honest} s");
    }

    [Fact]
    public async Task What_a_version_does_before_it_is_asked_is_told_apart()
    {
        using var lab = new TrialLab(fixture, Work);
        var calls = await lab.CallsAsync(0.3, new JsonObject { ["n"] = 5 }, new JsonObject { ["n"] = 6 });
        var without = await BeforeAsync(Work);
        var with = await BeforeAsync(Work.Replace("return slow(n)", $"slow({10 * Much})\n    return slow(n)", StringComparison.Ordinal));

        Assert.True(with > 5 * without, $"{with} s against {without} s");

        async Task<double> BeforeAsync(string source)
        {
            var version = new RunnerVersion(lab.Workspace, new Target("mod.py", "work", 11), new Target("mod.py", "work", 11), source, calls[0], Warmup: [calls[0]]);
            await using var runner = await Runner.StartAsync(lab.Harness, version, new(), 0, TrialLab.Cancel);
            return (await SampleAsync(runner, calls[1])).Before;
        }
    }

    [Theory]
    [InlineData("os._exit(0)", "the process ended in the middle of a call (exit code 0)")]
    [InlineData("os.kill(os.getpid(), 9)", "the process ended in the middle of a call (signal 9)")]
    [InlineData("os.kill(os.getppid(), 9); time.sleep(60)", "ended")]
    public async Task A_version_that_ends_instead_of_answering_is_broken(string body, string reason)
    {
        using var lab = new TrialLab(fixture, Work);
        var call = (await lab.CallsAsync(0.3, new JsonObject { ["n"] = 5 }))[0];
        await using var runner = await lab.RunnerAsync(Work.Replace("return slow(n)", body, StringComparison.Ordinal), call);

        var broken = await Assert.ThrowsAsync<RunnerBrokenException>(() => SampleAsync(runner, call));

        Assert.Contains(reason, broken.Message, StringComparison.Ordinal);
        Assert.True(broken.IsOfItsCode);
    }

    [Fact]
    public async Task A_version_that_does_not_answer_is_not_waited_for()
    {
        using var lab = new TrialLab(fixture, Work);
        var call = (await lab.CallsAsync(0.3, new JsonObject { ["n"] = 5 }))[0];
        await using var runner = await lab.RunnerAsync(Work.Replace("return slow(n)", "time.sleep(1000)", StringComparison.Ordinal), call);

        var broken = await Assert.ThrowsAsync<RunnerBrokenException>(
            () => runner.SampleAsync(Frames.Pack([call]), 1, new SampleOrder(Values, null), TimeSpan.FromSeconds(1), TrialLab.Cancel));

        Assert.True(broken is { IsLate: true, IsOfItsCode: true }, broken.Message);
    }

    [Theory]
    [InlineData("import struct\n    for fd in range(3, 64):\n        try: os.write(fd, struct.pack('<IB', 8, 65) + struct.pack('<I', 4) + b'abcd')\n        except OSError: pass\n    return slow(n)")]
    [InlineData("import struct\n    for fd in range(3, 64):\n        try: os.write(fd, struct.pack('<IB', 0x7fffffff, 65))\n        except OSError: pass\n    return slow(n)")]
    [InlineData("for fd in range(3, 64):\n        try: os.write(fd, os.urandom(4096))\n        except OSError: pass\n    return slow(n)")]
    public async Task Whatever_else_a_version_writes_into_the_pipe_is_no_answer_of_another(string body)
    {
        using var lab = new TrialLab(fixture, Work);
        var calls = await lab.CallsAsync(0.01, new JsonObject { ["n"] = 50_000 }, new JsonObject { ["n"] = 10 });

        var trial = await lab.RunAsync(lab.Plan(calls, Work.Replace("return slow(n)", body, StringComparison.Ordinal)), pairs: 2);

        Assert.Equal(TrialEnd.CandidateBroke, trial.End);
    }

    [Fact]
    public async Task A_module_that_puts_other_code_into_the_harness_does_not_change_what_the_other_version_costs()
    {
        const string Patch =
            """
            import sys
            _m = sys.modules.get("afterburner_harness.timing.commands")
            if _m is not None:
                _m.run = lambda function, arguments: [(0, 0) for _ in arguments]


            """;
        using var lab = new TrialLab(fixture, Work);
        var call = (await lab.CallsAsync(0.3, new JsonObject { ["n"] = Much }))[0];
        var honest = await CostAsync(lab, Work, call);
        using var patched = new TrialLab(fixture, Patch + Work);

        var forged = await patched.RunAsync(patched.Plan([call], Work), pairs: 1);

        Assert.True(await CostAsync(lab, Work, call) > honest / 3);
        Assert.DoesNotContain(forged.Pairs, p => p.Baseline.Cpu > honest / 3);
    }

    private static async Task<double> CostAsync(TrialLab lab, string source, RecordedCall call)
    {
        await using var runner = await lab.RunnerAsync(source, call);
        try
        {
            return (await SampleAsync(runner, call)).Cpu;
        }
        catch (RunnerBrokenException e) when (e.Message.Contains("another kind of value", StringComparison.Ordinal))
        {
            return double.MaxValue; // Refused: what is not written down in time is no answer.
        }
    }

    private static Task<Reading> SampleAsync(Runner runner, RecordedCall call) =>
        runner.SampleAsync(Frames.Pack([call]), 1, new SampleOrder(Values, null), Patience, TrialLab.Cancel);
}

/// <summary>Read from a control group, where there is one.</summary>
public sealed class RunnerTests(BubblewrapFixture fixture) : RunnerSuite(fixture), IClassFixture<BubblewrapFixture>;

/// <summary>Counted by a first process.</summary>
public sealed class RunnerWithoutGroupsTests(FirstProcessFixture fixture) : RunnerSuite(fixture), IClassFixture<FirstProcessFixture>;
