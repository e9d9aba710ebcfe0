using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>
/// Executes baseline and candidate together: interleaved pairs, six in a process, until whoever looks at them knows
/// enough or ten processes are over. One process lays code and data out in one way, which favours one side by up to
/// 3 %; several processes average that out.
/// </summary>
/// <param name="workspace">Copy of the repository at head that appears as <c>/work</c>.</param>
/// <param name="limits">Caps of one process. Defaults to those of <see cref="Limits"/>.</param>
/// <param name="earlier">
/// Compares with this version of the repository, which takes the candidate's place; the answers of both to calls as
/// captured are compared (<see cref="Trial.Difference"/>) and may differ. Defaults to null: the candidate is that of the plan.
/// </param>
public sealed class TrialRunner(
    PythonHarness harness, string workspace, Limits? limits = null, TimeProvider? clock = null, EarlierVersion? earlier = null)
{
    public const int PairsPerProcess = 6;
    public const int MostProcesses = 10;

    /// <summary>Logarithm of a ratio: the margin of the sequential test.</summary>
    private const double PossibleDifference = 0.01;

    private readonly TrialHarness trials = new(harness, workspace, limits, earlier);
    private readonly TimeProvider clock = clock ?? TimeProvider.System;

    /// <summary>Measures pairs until they suffice.</summary>
    /// <param name="enough">Sees every pair once, in order; true ends the trial. Typically the <c>Add</c> of a sequential test.</param>
    public async Task<Trial> RunAsync(TrialPlan plan, Func<Pair, bool> enough, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var pairs = new List<Pair>();
        var batch = new Batch(null, null, null);
        var (end, failure, decided, difference) = (TrialEnd.Completed, (string?)null, false, (string?)null);
        for (var process = 0; process < MostProcesses && end == TrialEnd.Completed && !decided; process++)
        {
            var request = new JsonObject
            {
                ["pairs"] = PairsPerProcess,
                ["inner"] = batch.Inner,
                ["forks"] = batch.Forks,
                ["limit"] = batch.Limit,
                ["integral"] = plan.Objective == ObjectiveKind.Integral,
                ["confirming"] = plan.Confirming,
                ["compare"] = earlier is not null && process == 0 && plan.Calls.All(c => c.Scale <= 1),
            };
            var run = await trials.RunAsync("pairs", plan, Seeds.Of(plan.Seed, process), request, cancellationToken)
                .ConfigureAwait(false);
            (end, failure) = (run.End, run.Failure);
            batch = Batch.Of(run) ?? batch;
            difference ??= run.Of("behaviour").Select(m => TrialHarness.Text(m, "difference")).FirstOrDefault();
            foreach (var message in run.Of("pair"))
            {
                var pair = new Pair(
                    TrialMessages.Sample(message["baseline"]), TrialMessages.Sample(message["candidate"]), process);
                pairs.Add(pair);
                decided = enough(pair);
                if (decided)
                    break;
            }

            batch = batch.For(Spread(pairs, plan.Objective));
        }

        return new Trial(end, failure, pairs, plan.Calls.Count, batch.Inner ?? 1, plan.Calls.Max(c => c.Scale))
        {
            Duration = clock.GetElapsedTime(start),
            Difference = difference,
        };
    }

    /// <summary>
    /// The median of the logarithms of the ratios, and their median deviation from it: 0.01 is 1 %. Looks at what was measured
    /// before only, so what follows from it leaves the test of the later pairs valid.
    /// </summary>
    private static (double Middle, double Noise) Spread(List<Pair> pairs, ObjectiveKind objective)
    {
        double[] logs =
        [
            .. pairs.Select(p => (Baseline: p.Baseline.Of(objective), Candidate: p.Candidate.Of(objective)))
                .Where(p => p is { Baseline: > 0, Candidate: > 0 })
                .Select(p => Math.Log(p.Baseline / p.Candidate)),
        ];
        if (logs.Length == 0)
            return (0, 0);
        var middle = Medians.Of(logs);
        return (middle, Medians.Of(logs.Select(l => Math.Abs(l - middle))));
    }

    /// <param name="Inner">Passes of one sample; null: to be calibrated.</param>
    /// <param name="Forks">Processes of one sample; null: likewise.</param>
    /// <param name="Limit">Wall seconds of one sample of the baseline; null: likewise.</param>
    private sealed record Batch(int? Inner, int? Forks, double? Limit)
    {
        /// <summary>
        /// The batch for the later processes: where pairs are noisy and there may be a difference to find, a sample is the
        /// median of several processes. Where there is none, noise only shortens the way to giving up.
        /// </summary>
        public Batch For((double Middle, double Noise) spread) => Math.Abs(spread.Middle) < PossibleDifference ? this
            : this with { Forks = Math.Max(Forks ?? 1, spread.Noise > 0.04 ? 5 : spread.Noise > 0.015 ? 3 : 1) };

        public static Batch? Of(TrialMessages run) =>
            run.Of("batch").FirstOrDefault() is { } message
                ? new Batch(Count(message["inner"]), Count(message["forks"]), TrialMessages.Number(message["limit"]))
                : null;

        private static int Count(JsonNode? node) => (int)Math.Clamp(TrialMessages.Number(node), 1, 1e6);
    }
}
