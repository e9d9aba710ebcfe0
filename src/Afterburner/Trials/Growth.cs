using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>What one call costs at one size of its input. CPU seconds, median of interleaved samples.</summary>
/// <param name="Size">How many times larger than captured; 1 is as captured.</param>
public sealed record GrowthPoint(double Size, double BaselineSeconds, double CandidateSeconds);

/// <summary>Both versions timed over the sizes of input a workload has: a change of complexity class shows as a curve.</summary>
public static class Growth
{
    private const int Pairs = 3;

    /// <summary>Times, at every scale that was amplified from one captured call, that call. Smallest first; empty when nothing could be measured.</summary>
    public static async Task<IReadOnlyList<GrowthPoint>> MeasureAsync(
        PythonHarness harness, string workspace, TrialPlan plan, Workload workload, Limits limits, CancellationToken cancellationToken)
    {
        var slowest = workload.Captured.OrderByDescending(c => c.Seconds).Take(1);
        var sizes = slowest.Concat(workload.Amplified)
            .GroupBy(c => c.Scale)
            .OrderBy(g => g.Key)
            .Select(g => (JsonNode)new JsonObject
            {
                ["scale"] = g.Key,
                ["calls"] = TrialHarness.Blobs([g.MaxBy(c => c.Seconds)!]),
            });
        var request = new JsonObject { ["sizes"] = new JsonArray([.. sizes]), ["pairs"] = Pairs };
        var run = await new TrialHarness(harness, workspace, limits)
            .RunAsync("growth", plan, plan.Seed, request, cancellationToken).ConfigureAwait(false);
        return
        [
            .. run.Of("size").Select(m => new GrowthPoint(
                TrialMessages.Number(m["scale"]), Median(m["baseline"]), Median(m["candidate"]))),
        ];
    }

    private static double Median(JsonNode? values) =>
        values is JsonArray { Count: > 0 } array ? Medians.Of(array.Select(TrialMessages.Number)) : 0;
}
