using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>What one call costs at one size of its input. CPU seconds, median of interleaved samples.</summary>
/// <param name="Size">How many times larger than captured; 1 is as captured.</param>
internal sealed record GrowthMeasurement(double Size, double BaselineSeconds, double CandidateSeconds);

/// <summary>Both versions timed over the sizes of input a workload has: a change of complexity class shows as a curve.</summary>
internal static class Growth
{
    private const int Pairs = 3;

    /// <summary>Times, at every scale that was amplified from one captured call, that call. Smallest first; empty when nothing could be measured.</summary>
    public static async Task<IReadOnlyList<GrowthMeasurement>> MeasureAsync(
        Harness harness, string workspace, TrialPlan plan, Workload workload, Limits limits, CancellationToken cancellationToken)
    {
        var slowest = workload.Captured.OrderByDescending(c => c.Seconds).Take(1);
        var sizes = slowest.Concat(workload.Amplified).GroupBy(c => c.Scale).OrderBy(g => g.Key).Select(g => g.MaxBy(c => c.Seconds)!);
        var trials = new TrialRunner(harness, workspace, limits);
        var points = new List<GrowthMeasurement>();
        foreach (var call in sizes)
        {
            var seen = 0;
            var trial = await trials.RunAsync(plan with { Calls = [call], Objective = ObjectiveKind.Time }, _ => ++seen == Pairs, cancellationToken).ConfigureAwait(false);
            if (trial.End != TrialEnd.Completed)
                break;
            points.Add(new GrowthMeasurement(call.Scale, trial.Baseline.Cpu, trial.Candidate.Cpu));
        }

        return points;
    }
}
