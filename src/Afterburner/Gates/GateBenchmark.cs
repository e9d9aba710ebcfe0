using Afterburner.Runs;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Trials;
using Afterburner.Verdicts;

namespace Afterburner.Gates;

/// <summary>One benchmark of the repository, run as a whole at head and at base until it is known which is slower.</summary>
internal sealed class GateBenchmark(ISandbox sandbox, CommandTools tools, GateRun run)
{
    public async Task<GateBenchmarkReport> CompareAsync(string command, CancellationToken cancellationToken)
    {
        var configuration = run.Configuration;
        var trials = new CommandTrials(sandbox, run.Base, run.Head, command, tools, run.Limits)
        {
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
