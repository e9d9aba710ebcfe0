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
/// <param name="limits">Caps of one process.</param>
/// <param name="earlier">
/// Compares with this version of the repository, which takes the candidate's place; the answers of both to calls as
/// captured are compared (<see cref="Trial.Difference"/>) and may differ. Defaults to null: the candidate is that of the plan.
/// </param>
public sealed class TrialRunner(
    PythonHarness harness, string workspace, Limits limits, TimeProvider? clock = null, EarlierVersion? earlier = null)
{
    public const int PairsPerProcess = 6;
    public const int MostProcesses = 10;

    private readonly TrialHarness trials = new(harness, workspace, limits, earlier);
    private readonly TimeProvider clock = clock ?? TimeProvider.System;

    /// <summary>Measures pairs until they suffice.</summary>
    /// <param name="enough">Sees every pair once, in order; true ends the trial. Typically the <c>Add</c> of a sequential test.</param>
    public async Task<Trial> RunAsync(TrialPlan plan, Func<Pair, bool> enough, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var pairs = new List<Pair>();
        var batch = (Batch?)null;
        var forks = (int?)null;
        var (end, failure, decided, difference) = (TrialEnd.Completed, (string?)null, false, (string?)null);
        for (var process = 0; process < MostProcesses && end == TrialEnd.Completed && !decided; process++)
        {
            var request = new JsonObject
            {
                ["pairs"] = PairsPerProcess,
                ["inner"] = batch?.Inner,
                ["forks"] = forks,
                ["limit"] = batch?.Limit,
                ["integral"] = plan.Objective == ObjectiveKind.Integral,
                ["confirming"] = plan.Confirming,
                ["compare"] = earlier is not null && process == 0 && plan.Calls.All(c => c.Scale <= 1),
            };
            var run = await trials.RunAsync("pairs", plan, Seeds.Of(plan.Seed, process), request, cancellationToken)
                .ConfigureAwait(false);
            (end, failure) = (run.End, run.Failure);
            batch ??= Batch.Of(run);
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

            forks = Math.Max(batch?.Forks ?? 1, Spread.Of(pairs, plan.Objective).Forks);
        }

        return new Trial(end, failure, pairs, plan.Calls.Count, batch?.Inner ?? 1, plan.Calls.Max(c => c.Scale))
        {
            Duration = clock.GetElapsedTime(start),
            Difference = difference,
        };
    }

    /// <summary>The logarithms of the ratios of pairs: 0.01 is 1 %.</summary>
    /// <param name="Noise">Median deviation from the median.</param>
    private readonly record struct Spread(double Median, double Noise, int Count)
    {
        /// <summary>The margin of the sequential test.</summary>
        private const double LeastDifference = 0.01;

        /// <summary>
        /// Processes of one sample from now on. Where pairs are noisy and there seems to be a difference, a sample is the median of
        /// several; where there is none, noise only shortens the way to giving up. Follows from earlier pairs only, which leaves
        /// the test of the later ones valid.
        /// </summary>
        public int Forks => Math.Abs(Median) < Math.Max(LeastDifference, StandardError) ? 1 : Noise > 0.04 ? 5 : Noise > 0.015 ? 3 : 1;

        /// <summary>Of the median, if the noise is normal: the deviation is 1.4826 times <see cref="Noise"/>, and the median spreads √(π/2) times as far as a mean.</summary>
        private double StandardError => Math.Sqrt(Math.PI / 2 / Math.Max(1, Count)) * 1.4826 * Noise;

        public static Spread Of(List<Pair> pairs, ObjectiveKind objective)
        {
            double[] logs =
            [
                .. pairs.Select(p => (Baseline: p.Baseline.Of(objective), Candidate: p.Candidate.Of(objective)))
                    .Where(p => p is { Baseline: > 0, Candidate: > 0 })
                    .Select(p => Math.Log(p.Baseline / p.Candidate)),
            ];
            if (logs.Length == 0)
                return default;
            var median = Medians.Of(logs);
            return new Spread(median, Medians.Of(logs.Select(l => Math.Abs(l - median))), logs.Length);
        }
    }

    /// <summary>What the first process found by calibration.</summary>
    /// <param name="Inner">Passes of one sample.</param>
    /// <param name="Forks">Processes of one sample.</param>
    /// <param name="Limit">Wall seconds of one sample of the baseline.</param>
    private sealed record Batch(int Inner, int Forks, double Limit)
    {
        public static Batch? Of(TrialMessages run) =>
            run.Of("batch").FirstOrDefault() is { } message
                ? new Batch(Count(message["inner"]), Count(message["forks"]), TrialMessages.Number(message["limit"]))
                : null;

        private static int Count(JsonNode? node) => (int)Math.Clamp(TrialMessages.Number(node), 1, 1e6);
    }
}
