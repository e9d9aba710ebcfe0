using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>What one run of one version cost as a whole.</summary>
/// <param name="Cpu">CPU seconds; null where the sandbox has no control group to read them from.</param>
/// <param name="Peak">Peak bytes; 0 where unknown.</param>
internal sealed record OutsideCost(TrialEnd End, string? Failure, double? Cpu, double Peak)
{
    public static OutsideCost Of(TrialEnd end, string? failure, SandboxRun run) => new(end, failure, run.Cpu?.TotalSeconds, run.PeakMemory ?? 0);
}

/// <summary>The runs of an <see cref="OutsideCheck"/>: both sides in turn, in random order, until they tell or cost too much.</summary>
internal static class OutsideRuns
{
    /// <param name="once">One run of a side (true: the baseline), the number of its pair, from 0.</param>
    public static async Task<OutsideCheck> MeasureAsync(OutsideClaim? claim, long seed, Func<bool, int, Task<OutsideCost>> once)
    {
        var order = new Random((int)Seeds.Of(seed, -1));
        var runs = new List<OutsideRun>();
        var check = OutsideCheck.Of(claim, runs);
        while (!check.IsEnough)
        {
            bool[] sides = [true, false];
            order.Shuffle(sides);
            var costs = new Dictionary<bool, OutsideCost>();
            foreach (var isBaseline in sides)
            {
                var cost = costs[isBaseline] = await once(isBaseline, runs.Count).ConfigureAwait(false);
                if (cost.End != TrialEnd.Completed)
                    return OutsideCheck.Failed(cost.End, cost.Failure);
                if (cost.Cpu is not > 0)
                    return OutsideCheck.Failed(TrialEnd.SandboxFailed, "the sandbox has no control group to read CPU time from");
            }

            runs.Add(new OutsideRun(costs[true].Cpu!.Value, costs[false].Cpu!.Value, costs[true].Peak, costs[false].Peak));
            check = OutsideCheck.Of(claim, [.. runs]);
        }

        return check;
    }

    /// <summary>Replays the calls of a plan, nothing measured inside.</summary>
    /// <param name="claimed">The completed trial whose saving is to be seen.</param>
    public static Task<OutsideCheck> OfReplaysAsync(
        PythonHarness harness, string workspace, TrialPlan plan, Trial claimed, Limits limits, CancellationToken cancellationToken)
    {
        var trials = new TrialHarness(harness, workspace, limits);
        var claim = OutsideClaim.Of(plan.Objective, claimed);
        return MeasureAsync(claim, plan.Seed, async (isBaseline, number) =>
        {
            var request = new JsonObject { ["side"] = isBaseline ? "baseline" : "candidate", ["repeat"] = claim.Passes };
            var run = await trials.RunAsync("outside", plan, Seeds.Of(plan.Seed, number), request, cancellationToken).ConfigureAwait(false);
            return OutsideCost.Of(run.End, run.Failure, run.Sandbox);
        });
    }
}
