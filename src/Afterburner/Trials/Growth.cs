using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>What one call costs at one size of its input. CPU seconds, median of interleaved samples.</summary>
/// <param name="Size">How many times larger than captured; 1 is as captured.</param>
internal sealed record GrowthMeasurement(double Size, double BaselineSeconds, double CandidateSeconds);

/// <summary>
/// Both versions timed over the sizes of input a workload has: a change of complexity class shows as a curve. It is shown beside a claim and never
/// one itself, so one process of each version serves all sizes.
/// </summary>
internal static class Growth
{
    private const int Samples = 3;

    /// <summary>Times, at every scale that was amplified from one captured call, that call. Smallest first; empty when nothing could be measured.</summary>
    public static async Task<IReadOnlyList<GrowthMeasurement>> MeasureAsync(
        Harness harness, string workspace, TrialPlan plan, Workload workload, Limits limits, CancellationToken cancellationToken)
    {
        var slowest = workload.Captured.OrderByDescending(c => c.Seconds).Take(1);
        var sizes = slowest.Concat(workload.Amplified).GroupBy(c => c.Scale).OrderBy(g => g.Key).Select(g => g.MaxBy(c => c.Seconds)!).ToList();
        var points = new List<GrowthMeasurement>();
        try
        {
            await using var baseline = await StartAsync(plan.Files.Baseline).ConfigureAwait(false);
            await using var candidate = await StartAsync(plan.Files.Candidate).ConfigureAwait(false);
            var sides = new Sides(baseline, candidate, Sides.LongestSample(limits), cancellationToken);
            foreach (var call in sizes)
                points.Add(await MeasureAsync(call, sides, harness.Program.Pace).ConfigureAwait(false));
        }
        catch (Exception e) when (e is RunnerBrokenException or SideBrokenException)
        {
            // What is known so far is shown.
        }

        return points;

        Task<Runner> StartAsync(string file) => Runner.StartAsync(
            harness, new RunnerVersion(workspace, plan.Target, plan.Entry, file, sizes[0], plan.Warmup), limits, (int)plan.Seed & int.MaxValue, cancellationToken);
    }

    private static async Task<GrowthMeasurement> MeasureAsync(RecordedCall call, Sides sides, Pace pace)
    {
        var pass = new Batch([call], 1);
        var order = new SampleOrder(await sides.ProbeAsync(pass, both: false).ConfigureAwait(false), null);
        var once = await BothAsync(pass).ConfigureAwait(false);
        var batch = await Batch.LongEnoughAsync([call], pace, once, once.Calls.Wall, BothAsync).ConfigureAwait(false);
        var (nothing, taken) = (new List<double>(), new List<(double Baseline, double Candidate)>());
        for (var sample = 0; sample < Samples; sample++)
        {
            nothing.Add((await sides.SampleAsync(Sides.Baseline, batch, order with { Stored = true }).ConfigureAwait(false)).Cpu);
            var pair = await sides.PairAsync([Sides.Baseline, Sides.Candidate], batch, order).ConfigureAwait(false);
            taken.Add((pair[Sides.Baseline].Cpu, pair[Sides.Candidate].Cpu));
        }

        return new GrowthMeasurement(call.Scale, Net(t => t.Baseline), Net(t => t.Candidate));

        async Task<(Reading Calls, Reading Empty)> BothAsync(Batch calls) => (
            await sides.SampleAsync(Sides.Baseline, calls, order).ConfigureAwait(false),
            await sides.SampleAsync(Sides.Baseline, calls, order with { Stored = true }).ConfigureAwait(false));

        double Net(Func<(double Baseline, double Candidate), double> side) => Math.Max(0, Medians.Of(taken.Select(side)) - Medians.Of(nothing)) / batch.Passes;
    }
}
