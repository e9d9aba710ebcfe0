using Afterburner.Runs;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Trials;
using Afterburner.Verdicts;

namespace Afterburner.Gates;

/// <summary>One benchmark of the repository, run as a whole at head and at base until it is known which is slower.</summary>
/// <param name="built">Both trees after <c>gate.build</c>.</param>
internal sealed class GateBenchmark(ISandbox sandbox, CommandTools tools, BuiltTrees built, GateRun run)
{
    public async Task<GateBenchmarkReport> CompareAsync(string command, CancellationToken cancellationToken)
    {
        var configuration = run.Configuration;
        if (built.Broken is { } broken)
        {
            var side = broken.End switch { TrialEnd.BaselineBroke => "at base ", TrialEnd.CandidateBroke => "at head ", _ => "" };
            return new GateBenchmarkReport { Command = command, Status = GateStatus.CannotTell, Reason = $"{side}{broken.Failure}" };
        }

        var trials = new CommandTrials(sandbox, run.Base, run.Head, command, tools, run.Limits)
        {
            Built = built,
            BudgetSpent = () => run.Book.Total > configuration.Budget,
        };
        var judge = ViewsJudge.OfBenchmarks(new GateJudge(configuration.ToGateObjective(), configuration.Gate.MaxSlowdown) { OfCommands = true });
        var (verdict, evidence) = await run.Book.BookAsync(Part.Measure, () => new PairedComparison<GateVerdict>(trials, judge)
            .RunAsync(configuration.Seed, cancellationToken)).ConfigureAwait(false);
        run.Note(command, evidence);
        var known = (evidence.Confirmation ?? evidence.Captured)!;
        return new GateBenchmarkReport
        {
            Command = command,
            Status = verdict.Status,
            Reason = verdict.Reason,
            Slowdown = verdict.Slowdown,
            Low = verdict.Low,
            High = verdict.High,
            Pairs = verdict.Pairs,
            LostPerCall = verdict.LostPerCall,
            BaseCpuSeconds = known.Baseline.Cpu,
            HeadCpuSeconds = known.Candidate.Cpu,
            BaseWallSeconds = known.Baseline.Wall,
            HeadWallSeconds = known.Candidate.Wall,
        };
    }
}
