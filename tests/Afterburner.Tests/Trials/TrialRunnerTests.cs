using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Trials;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Trials;

[Collection(Measurements.Name)]
public sealed class TrialRunnerTests(BubblewrapFixture fixture) : IClassFixture<BubblewrapFixture>
{
    private const string Sum =
        """
        def work(n):
            total = 0
            for i in range(n):
                total += i * i % 7
            return n
        """;

    [Fact]
    public async Task Less_work_is_measured_as_less()
    {
        using var lab = new TrialLab(fixture, Sum);
        var calls = await Numbers(lab, 200_000, 10_000);
        var trial = await lab.RunAsync(lab.Plan(calls, Less(Sum)), pairs: 8);
        Assert.Equal(TrialEnd.Completed, trial.End);
        Assert.True(trial.Baseline.Cpu > trial.Candidate.Cpu, $"{trial.Baseline} against {trial.Candidate}");
        Assert.All(trial.Pairs, p => Assert.True(p is { Baseline: { Wall: > 0, Cpu: > 0 }, Candidate: { Wall: > 0, Cpu: > 0 } }, $"{p}"));
    }

    [Fact]
    public async Task Short_calls_are_repeated_and_the_values_are_those_of_one_pass()
    {
        using var lab = new TrialLab(fixture, Sum);
        var shorter = await lab.RunAsync(lab.Plan(await Numbers(lab, 100, 5), Sum));
        var longer = await lab.RunAsync(lab.Plan(await Numbers(lab, 500_000), Sum));
        Assert.True(shorter.Inner > 1, $"{shorter.Inner} passes");
        Assert.Equal(1, longer.Inner);
        Assert.True(shorter.Baseline.Cpu < longer.Baseline.Cpu / 10, $"{shorter.Baseline.Cpu} s against {longer.Baseline.Cpu} s");
    }

    [Fact]
    public async Task In_a_confirmation_no_process_is_asked_the_same_twice()
    {
        // It leaves a mark of every argument where the next child finds it: whoever is asked again says so by ending the process.
        const string Marking =
            """
            import os

            def work(n):
                path = f"/tmp/seen-{n}"
                if n > 1000 and os.path.exists(path):
                    os._exit(3)
                open(path, "w").close()
                for _ in range(n):
                    pass
                return n
            """;
        using var lab = new TrialLab(fixture, Marking.Replace("os._exit(3)", "pass", StringComparison.Ordinal));
        var calls = await Numbers(lab, 200_000, 200_001, 200_002, 10);
        IReadOnlyList<RecordedCall> fresh = [.. calls.Take(3).Select(c => c with { Seconds = 0.01 })];

        var confirming = await lab.RunAsync(lab.Plan(fresh, Marking, confirming: true, fresh: true), pairs: 6);
        Assert.True(confirming.End == TrialEnd.Completed, confirming.Failure);
        Assert.Equal([0, 1, 2, 3, 4, 5], confirming.Pairs.Select(p => p.Process));
        var again = await lab.RunAsync(lab.Plan(fresh, Marking), pairs: 6);
        Assert.Equal(TrialEnd.CandidateBroke, again.End);
    }

    [Fact]
    public async Task A_confirmation_on_the_calls_of_the_claim_takes_a_new_process_for_every_pair()
    {
        using var lab = new TrialLab(fixture, Sum);
        var trial = await lab.RunAsync(lab.Plan(await Numbers(lab, 200_000, 10_000), Sum, confirming: true), pairs: 3);
        Assert.Equal([0, 1, 2], trial.Pairs.Select(p => p.Process));
    }

    [Theory]
    [InlineData("return n + 1", "other answers")]
    [LongData("return float(n)", "another type")]
    [LongData("raise ValueError(n)", "an exception")]
    public async Task Every_answer_that_is_timed_is_compared(string ending, string what)
    {
        using var lab = new TrialLab(fixture, Sum);
        var trial = await lab.RunAsync(lab.Plan(await Numbers(lab, 50_000, 10), Sum.Replace("return n", ending, StringComparison.Ordinal)));
        Assert.True(trial.End == TrialEnd.CandidateBroke, what);
        Assert.Contains("answers differently while it is timed", trial.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("return {'b': n, 'a': [1.5, None]}", "return {'a': [1.5, None], 'b': n}", true)]
    [InlineData("return 0.1 + 0.2", "return 0.3", true)]
    [InlineData("return {1, n}", "return {n, 1}", true)]
    [InlineData("return [b'12']", "return [bytearray(b'12')]", false)]
    [LongData("return {'a': bytearray(b'12')}", "return {'a': b'12'}", false)]
    [LongData("return Point(n)", "return Point(n)", true)]
    [LongData("return Point(n)", "return Point(n + 1)", false)]
    [LongData("return [Point(n)] * 2", "return [Point(n), Point(n)]", false)]
    [LongData("return (n, 1)", "return [n, 1]", false)]
    [LongData("return True", "return 1", false)]
    public async Task Answers_are_equal_when_a_user_could_not_tell_them_apart(string ours, string theirs, bool equal)
    {
        const string Source = "class Point:\n    def __init__(self, x): self.x = x\n\ndef work(n):\n    for _ in range(100000): pass\n    return n\n";
        using var lab = new TrialLab(fixture, Source.Replace("return n", ours, StringComparison.Ordinal));
        var trial = await lab.RunAsync(lab.Plan(await Numbers(lab, 7, 3), Source.Replace("return n", theirs, StringComparison.Ordinal)), pairs: 1);
        Assert.True(trial.End == (equal ? TrialEnd.Completed : TrialEnd.CandidateBroke), trial.Failure);
    }

    [Fact]
    public async Task Arguments_that_calls_change_are_part_of_the_answer()
    {
        const string Sorting = "def work(items):\n    items.sort(reverse=True)\n";
        using var lab = new TrialLab(fixture, Sorting);
        var calls = await lab.CallsAsync(0.001, Items(50_000), Items(10));
        Assert.Equal(TrialEnd.Completed, (await lab.RunAsync(lab.Plan(calls, Sorting), pairs: 1)).End);
        var lazy = await lab.RunAsync(lab.Plan(calls, "def work(items):\n    items.sort()\n"), pairs: 1);
        Assert.Equal(TrialEnd.CandidateBroke, lazy.End);
    }

    [Fact]
    public async Task Exceptions_are_part_of_a_call_and_mutated_arguments_are_fresh_each_time()
    {
        const string Emptying =
            """
            def work(items):
                if not items:
                    import os; os._exit(3)
                while items:
                    items.pop()
                raise KeyError("empty")
            """;
        using var lab = new TrialLab(fixture, Emptying);
        var calls = await lab.CallsAsync(0.001, Items(100), Items(10));
        var program = lab.Harness.Program with { Pace = lab.Harness.Program.Pace with { ShortestPass = 1, Sample = 0.5 } }; // of several passes on any machine
        var seen = 0;
        var trial = await new TrialRunner(new Harness(fixture.Sandbox, program), lab.Workspace, new Limits()).RunAsync(lab.Plan(calls, Emptying), _ => ++seen >= 6, TrialLab.Cancel);
        Assert.Equal(TrialEnd.Completed, trial.End);
        Assert.Equal(6, trial.Pairs.Count);
        Assert.True(trial.Inner > 1, $"{trial.Inner} passes");
    }

    [Theory]
    [InlineData("async def work(n):\n    sum(sum(range(1000)) for _ in range(n))\n    return n\n")]
    [InlineData("def work(n):\n    for _ in range(n):\n        sum(range(1000))\n    yield n\n")]
    public async Task Coroutines_and_generators_run_to_their_end_inside_the_clock(string source)
    {
        using var lab = new TrialLab(fixture, source);
        var calls = await Numbers(lab, 2_000, 50);
        // The second is so quick that it only warms up.
        var trial = await lab.RunAsync(lab.Plan([calls[0], calls[1] with { Seconds = 1e-6 }], Less(source)));
        Assert.Equal(TrialEnd.Completed, trial.End);
        // Both only make a coroutine or a generator where nobody runs it: that costs the same.
        Assert.True(trial.Baseline.Cpu > trial.Candidate.Cpu * 5, $"{trial.Baseline} against {trial.Candidate}");
    }

    [Fact]
    public async Task What_a_coroutine_needs_to_run_is_not_part_of_what_it_costs()
    {
        const string Source = "async def work(n):\n    return n\n";
        using var lab = new TrialLab(fixture, Source);
        var calls = await Numbers(lab, 2_000);

        var trial = await lab.RunAsync(lab.Plan(calls, Source), pairs: 2);

        Assert.True(trial.Baseline.PeakBytes < 3e6, $"{trial.Baseline.PeakBytes} bytes: an event loop takes five million to import");
    }

    [Fact]
    public async Task Peak_memory_and_its_integral_are_those_of_the_calls()
    {
        const string Building = "def work(n):\n    return len([i * 2 for i in range(n)])\n";
        using var lab = new TrialLab(fixture, Building);
        var calls = await Numbers(lab, 1_000_000, 10);
        var streaming = Building.Replace("len([i * 2 for i in range(n)])", "sum(1 for i in range(n))", StringComparison.Ordinal);
        var memory = await lab.RunAsync(lab.Plan(calls, streaming, ObjectiveKind.Memory), pairs: 2);
        Assert.InRange(memory.Baseline.PeakBytes, 20e6, 80e6);
        Assert.True(memory.Candidate.PeakBytes < 4e6, $"{memory.Candidate.PeakBytes} bytes");
        // Long enough to be followed where others use all cores.
        var longer = await Numbers(lab, 3_000_000, 10);
        var integral = await lab.RunAsync(lab.Plan(longer, streaming, ObjectiveKind.Integral), pairs: 2);
        Assert.True(integral.End == TrialEnd.Completed, integral.Failure);
        Assert.True(integral.Baseline.ByteSeconds > integral.Baseline.Cpu * 10e6, $"{integral.Baseline.ByteSeconds} byte-seconds");
    }

    [Theory]
    [InlineData("import os; os._exit(0)")]
    [InlineData("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")]
    [InlineData("import os, signal; os.kill(os.getppid(), signal.SIGKILL)")]
    [LongData("import time; time.sleep(1000)")]
    [LongData("x = bytearray(3 << 30); x[::4096] = b'1' * len(x[::4096])")]
    public async Task A_candidate_that_ends_hangs_or_eats_its_process_is_broken_and_the_baseline_is_not(string crash)
    {
        using var lab = new TrialLab(fixture, Sum);
        var calls = await Numbers(lab, 2_000, 10);
        var trial = await lab.RunAsync(lab.Plan(calls, Sum.Replace("total = 0", $"total = 0; {crash}", StringComparison.Ordinal)));
        Assert.True(
            trial.End == TrialEnd.CandidateBroke
            || (trial.End == TrialEnd.Completed && crash.Contains("bytearray", StringComparison.Ordinal) && trial.Candidate.Cpu > trial.Baseline.Cpu),
            $"{trial.End}: {trial.Failure}");
    }

    [Fact]
    public async Task A_module_that_cannot_be_imported_is_the_baselines_failure()
    {
        using var lab = new TrialLab(fixture, Sum + "\nraise RuntimeError('no display')\n");
        var call = new RecordedCall("c", "t", 0.001, "", 1, "");
        var trial = await lab.RunAsync(lab.Plan([call], Sum));
        Assert.Equal(TrialEnd.BaselineBroke, trial.End);
        Assert.Contains("no display", trial.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_candidate_with_other_arguments_is_broken_before_anything_runs()
    {
        using var lab = new TrialLab(fixture, Sum);
        var calls = await Numbers(lab, 100);
        var trial = await lab.RunAsync(lab.Plan(calls, Sum.Replace("work(n)", "work(n, m=0)", StringComparison.Ordinal)));
        Assert.Equal(TrialEnd.CandidateBroke, trial.End);
        Assert.Empty(trial.Pairs);
    }

    [Fact]
    public async Task A_change_of_complexity_class_shows_as_a_curve()
    {
        const string Quadratic = "def work(items):\n    return sum(sum(items[:i]) for i in range(len(items)))\n";
        const string Linear = "def work(items):\n    return sum(x * (len(items) - 1 - i) for i, x in enumerate(items))\n";
        using var lab = new TrialLab(fixture, Quadratic);
        var captured = await lab.CallsAsync(0.0001, Items(200));
        var larger = await lab.CallsAsync(0.001, Items(600), Items(3000));
        var workload = lab.Workload(captured, larger[0] with { Scale = 3 }, larger[1] with { Scale = 15 });
        var plan = TrialPlan.Of(workload, Pace.Default, captured, new FileVersions(Quadratic, Linear), ObjectiveKind.Time, 1);
        var points = await Growth.MeasureAsync(lab.Harness, lab.Workspace, plan, workload, new Limits(), TrialLab.Cancel);
        Assert.Equal([1, 3, 15], points.Select(p => p.Size));
        // Some tens of microseconds at the smallest size, so that noise does not hide them; the gain grows with the size.
        Assert.True(Gain(points[2]) > Gain(points[0]) * 2, string.Join(", ", points));

        static double Gain(GrowthMeasurement point) => point.BaselineSeconds / point.CandidateSeconds;
    }

    [Fact]
    public async Task One_version_alone_is_measured_for_the_prompt()
    {
        using var lab = new TrialLab(fixture, Sum);
        var plan = lab.Plan(await Numbers(lab, 50_000, 10), Sum);
        var measured = await BaselineMeasurement.MeasureAsync(lab.Harness, lab.Workspace, plan, new Limits(), TrialLab.Cancel);
        Assert.True(measured is { End: TrialEnd.Completed, Pass: { Cpu: > 0, Wall: > 0, ByteSeconds: > 0 } }, $"{measured}");
    }

    /// <summary>A fiftieth of the work: no noise of a busy machine is as large.</summary>
    private static string Less(string source) => source.Replace("range(n)", "range(n // 50)", StringComparison.Ordinal);

    private static Task<IReadOnlyList<RecordedCall>> Numbers(TrialLab lab, params int[] numbers) =>
        lab.CallsAsync(0.001, [.. numbers.Select(n => new JsonObject { ["n"] = n })]);

    private static JsonObject Items(int count) =>
        new() { ["items"] = new JsonArray([.. Enumerable.Range(0, count).Select(i => (JsonNode)i)]) };
}
