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
/// <param name="Passes">Passes of one run.</param>
/// <param name="ShareSeen">Of the saving that was claimed, in the objective's unit, the share that shows here. 1: all of it.</param>
public sealed record OutsideCheck(
    TrialEnd End, string? Failure, double BaselineCpu, double CandidateCpu, double BaselinePeak, double CandidatePeak,
    int Passes, double ShareSeen)
{
    private const int Runs = 3;

    /// <summary>CPU seconds a run should save, so that the saving stands out of the noise of a run.</summary>
    private const double WantedSaving = 0.12;

    /// <summary>CPU seconds a run of the baseline may take for it.</summary>
    private const double LongestRun = 3;

    /// <summary>CPU seconds and share that two runs of the same code may differ.</summary>
    private const double NoiseSeconds = 0.02, NoiseShare = 0.03;

    /// <summary>Whether the whole process tree of the candidate used no more CPU time than that of the baseline.</summary>
    public bool NoWorse => End == TrialEnd.Completed && CandidateCpu <= BaselineCpu * (1 + NoiseShare) + NoiseSeconds;

    /// <summary>Runs both sides in turn, three times each.</summary>
    /// <param name="claimed">The completed trial whose saving is to be seen.</param>
    public static async Task<OutsideCheck> RunAsync(
        PythonHarness harness, string workspace, TrialPlan plan, Trial claimed, CancellationToken cancellationToken,
        Limits? limits = null)
    {
        var trials = new TrialHarness(harness, workspace, limits);
        var passes = Repeats(plan.Objective, claimed);
        var order = new Random((int)Seeds.Of(plan.Seed, -1));
        Dictionary<string, List<SandboxRun>> runs = new() { ["baseline"] = [], ["candidate"] = [] };
        for (var i = 0; i < Runs; i++)
        {
            string[] sides = ["baseline", "candidate"];
            order.Shuffle(sides);
            foreach (var side in sides)
            {
                var request = new JsonObject { ["side"] = side, ["repeat"] = passes };
                var run = await trials.RunAsync("outside", plan, Seeds.Of(plan.Seed, i), request, cancellationToken)
                    .ConfigureAwait(false);
                if (run.End != TrialEnd.Completed)
                    return Failed(run.End, run.Failure, passes);
                if (run.Sandbox.Cpu is null)
                    return Failed(TrialEnd.SandboxFailed, "the sandbox has no control group to read CPU time from", passes);
                runs[side].Add(run.Sandbox);
            }
        }

        return Seen(plan.Objective, claimed, passes, runs["baseline"], runs["candidate"]);
    }

    private static OutsideCheck Failed(TrialEnd end, string? failure, int passes) =>
        new(end, failure, 0, 0, 0, 0, passes, 0);

    private static int Repeats(ObjectiveKind objective, Trial claimed)
    {
        var pass = Math.Max(claimed.Baseline.Cpu, 1e-7);
        var most = Math.Max(1, LongestRun / pass);
        var saving = claimed.Baseline.Cpu - claimed.Candidate.Cpu;
        var wanted = objective switch
        {
            ObjectiveKind.Memory => 1,
            ObjectiveKind.Time => WantedSaving / Math.Max(saving, 1e-7),
            ObjectiveKind.Integral => WantedSaving / Math.Max(saving, 0.1 * pass),
        };
        return (int)Math.Ceiling(Math.Min(wanted, most));
    }

    private static OutsideCheck Seen(
        ObjectiveKind objective, Trial claimed, int passes, List<SandboxRun> baseline, List<SandboxRun> candidate)
    {
        var (cpuA, cpuB) = (Medians.Of(baseline.Select(Cpu)), Medians.Of(candidate.Select(Cpu)));
        var (peakA, peakB) = (Medians.Of(baseline.Select(Peak)), Medians.Of(candidate.Select(Peak)));
        var (seen, said) = objective switch
        {
            ObjectiveKind.Time => (cpuA - cpuB, (claimed.Baseline.Cpu - claimed.Candidate.Cpu) * passes),
            ObjectiveKind.Memory => (peakA - peakB, claimed.Baseline.PeakBytes - claimed.Candidate.PeakBytes),
            // Memory over time is not followed from outside: the highest memory times the CPU time stands for it.
            ObjectiveKind.Integral => (peakA * cpuA - peakB * cpuB, (claimed.Baseline.ByteSeconds - claimed.Candidate.ByteSeconds) * passes),
        };
        return new OutsideCheck(TrialEnd.Completed, null, cpuA, cpuB, peakA, peakB, passes, said > 0 ? seen / said : 0);

        static double Cpu(SandboxRun run) => run.Cpu!.Value.TotalSeconds;
        static double Peak(SandboxRun run) => run.PeakMemory ?? 0;
    }
}
