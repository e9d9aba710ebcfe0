using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>What one version costs by itself, for prompts and reports. Never compared with another measurement: trials do that.</summary>
/// <param name="Failure">What went wrong; null for a completed measurement.</param>
/// <param name="Pass">One pass over the calls, median of samples, memory followed.</param>
/// <param name="Calls">Calls in one pass.</param>
public sealed record BaselineMeasurement(TrialEnd End, string? Failure, Sample Pass, int Calls)
{
    private const int Samples = 5;

    /// <summary>Measures the plan's baseline file (its candidate is not looked at).</summary>
    public static async Task<BaselineMeasurement> MeasureAsync(
        PythonHarness harness, string workspace, TrialPlan plan, Limits limits, CancellationToken cancellationToken)
    {
        var request = new JsonObject { ["pairs"] = Samples, ["candidateFile"] = null };
        var run = await new TrialHarness(harness, workspace, limits)
            .RunAsync("measure", plan, plan.Seed, request, cancellationToken).ConfigureAwait(false);
        var samples = run.Of("sample").Select(TrialMessages.Sample);
        return new BaselineMeasurement(run.End, run.Failure, Sample.Median(samples), plan.Calls.Count);
    }
}
