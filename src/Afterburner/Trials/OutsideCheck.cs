using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>
/// Both versions run alone, over and over, in sandboxes of their own, and the sandbox's control group is the measure:
/// threads, child processes and tampered timers cannot hide from it. The start of the interpreter is in both values.
/// </summary>
/// <param name="Failure">What went wrong; null for a completed check.</param>
/// <param name="BaselineCpu">CPU seconds of one run, median of runs.</param>
/// <param name="CandidateCpu">CPU seconds of one run, median of runs.</param>
/// <param name="BaselinePeak">Peak bytes of one run, median of runs; 0 where unknown.</param>
/// <param name="CandidatePeak">Peak bytes of one run, median of runs; 0 where unknown.</param>
/// <param name="ExtraCpuLow">CPU seconds that the candidate's runs took more than the baseline's, lower 95 % bound.</param>
/// <param name="Passes">Passes of one run.</param>
/// <param name="ShareSeen">Of the saving that was claimed, in the objective's unit, the share that shows here. 1: all of it.</param>
/// <param name="ShareHigh">Upper 95 % bound of that share: two processes differ by some 3 % for no reason, and there are few of them.</param>
public sealed record OutsideCheck(
    TrialEnd End, string? Failure, double BaselineCpu, double CandidateCpu, double BaselinePeak, double CandidatePeak,
    double ExtraCpuLow, int Passes, double ShareSeen, double ShareHigh)
{
    /// <summary>Runs of each side: the first number where they tell enough, else up to the second.</summary>
    private const int FewestRuns = 3, MostRuns = 6;

    /// <summary>CPU seconds a run should save, so that the saving stands out of the noise of starting an interpreter.</summary>
    private const double WantedSaving = 0.04;

    /// <summary>CPU seconds a run of the baseline may take for it: longer ones are no less noisy, in proportion.</summary>
    private const double LongestRun = 0.4;

    /// <summary>CPU seconds and share that two runs of the same code may differ.</summary>
    private const double NoiseSeconds = 0.02, NoiseShare = 0.03;

    /// <summary>Whether it is not beyond doubt that the whole process tree of the candidate used more CPU time than that of the baseline.</summary>
    public bool NoWorse => End == TrialEnd.Completed && ExtraCpuLow <= (BaselineCpu * NoiseShare) + NoiseSeconds;

    /// <summary>Runs both sides in turn, three times each, or up to six times where it is a close thing.</summary>
    /// <param name="claimed">The completed trial whose saving is to be seen.</param>
    /// <param name="needed">Share of the saving that the caller wants to see: runs end early when it is clearly there.</param>
    public static async Task<OutsideCheck> RunAsync(
        PythonHarness harness, string workspace, TrialPlan plan, Trial claimed, double needed, Limits limits,
        CancellationToken cancellationToken)
    {
        var trials = new TrialHarness(harness, workspace, limits);
        var passes = Repeats(plan.Objective, claimed);
        var order = new Random((int)Seeds.Of(plan.Seed, -1));
        var runs = new List<RunPair>();
        var share = new MeanInterval(0, 0, 0);
        while (runs.Count < FewestRuns || (runs.Count < MostRuns && share.Low < needed))
        {
            var seed = Seeds.Of(plan.Seed, runs.Count);
            string[] sides = ["baseline", "candidate"];
            order.Shuffle(sides);
            var pair = new Dictionary<string, SandboxRun>();
            foreach (var side in sides)
            {
                var request = new JsonObject { ["side"] = side, ["repeat"] = passes };
                var run = await trials.RunAsync("outside", plan, seed, request, cancellationToken).ConfigureAwait(false);
                if (run.End != TrialEnd.Completed)
                    return Failed(run.End, run.Failure, passes);
                if (run.Sandbox.Cpu is null)
                    return Failed(TrialEnd.SandboxFailed, "the sandbox has no control group to read CPU time from", passes);
                pair[side] = run.Sandbox;
            }

            runs.Add(new RunPair(pair["baseline"], pair["candidate"]));
            if (runs.Count >= FewestRuns)
                share = MeanInterval.Of([.. runs.Select(r => Share(plan.Objective, claimed, passes, r))]);
        }

        return new OutsideCheck(
            TrialEnd.Completed, null, Medians.Of(runs.Select(r => Cpu(r.Baseline))), Medians.Of(runs.Select(r => Cpu(r.Candidate))),
            Medians.Of(runs.Select(r => Peak(r.Baseline))), Medians.Of(runs.Select(r => Peak(r.Candidate))),
            MeanInterval.Of([.. runs.Select(r => Cpu(r.Candidate) - Cpu(r.Baseline))]).Low, passes, share.Mean, share.High);
    }

    /// <summary>What is known where runs could not be compared.</summary>
    public static OutsideCheck Failed(TrialEnd end, string? failure, int passes) => new(end, failure, 0, 0, 0, 0, 0, passes, 0, 0);

    private static int Repeats(ObjectiveKind objective, Trial claimed)
    {
        var pass = Math.Max(claimed.Baseline.Cpu, 1e-7);
        var most = Math.Max(1, LongestRun / pass);
        var saving = claimed.SavingPerPass(ObjectiveKind.Time);
        var wanted = objective switch
        {
            ObjectiveKind.Memory => 1,
            ObjectiveKind.Time => WantedSaving / Math.Max(saving, 1e-7),
            ObjectiveKind.Integral => WantedSaving / Math.Max(saving, 0.1 * pass),
        };
        return (int)Math.Ceiling(Math.Min(wanted, most));
    }

    private static double Share(ObjectiveKind objective, Trial claimed, int passes, RunPair run)
    {
        var (seen, said) = objective switch
        {
            ObjectiveKind.Time => (
                Cpu(run.Baseline) - Cpu(run.Candidate), claimed.SavingPerPass(objective) * passes),
            ObjectiveKind.Memory => (
                Peak(run.Baseline) - Peak(run.Candidate), claimed.SavingPerPass(objective)),
            // Memory over time is not followed from outside: the highest memory times the CPU time stands for it.
            ObjectiveKind.Integral => (
                Peak(run.Baseline) * Cpu(run.Baseline) - Peak(run.Candidate) * Cpu(run.Candidate),
                claimed.SavingPerPass(objective) * passes),
        };
        return said > 0 ? seen / said : 0;
    }

    private static double Cpu(SandboxRun run) => run.Cpu!.Value.TotalSeconds;

    private static double Peak(SandboxRun run) => run.PeakMemory ?? 0;

    private sealed record RunPair(SandboxRun Baseline, SandboxRun Candidate);
}
