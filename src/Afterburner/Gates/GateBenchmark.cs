using Afterburner.Runs;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Trials;
using Afterburner.Verdicts;

namespace Afterburner.Gates;

/// <summary>One benchmark of the repository, run as a whole at head and at base until it is known which is slower.</summary>
internal sealed class GateBenchmark(
    ISandbox sandbox, CommandTools tools, string head, string earlier, Configuration configuration, Journal journal, TimeBook book)
{
    private readonly Objective _objective = configuration.ToGateObjective();

    public async Task<GateBenchmarkReport> CompareAsync(string command, CancellationToken cancellationToken)
    {
        var trials = new CommandTrials(sandbox, earlier, head, command, tools, configuration.ToLimits())
        {
            BudgetSpent = () => book.Total > configuration.Budget,
        };
        var judge = ViewsJudge.OfBenchmarks(new GateJudge(_objective, configuration.Gate.MaxSlowdown) { OfCommands = true });
        var (verdict, evidence) = await book.BookAsync(Part.Measure, () => new PairedComparison<GateVerdict>(trials, judge)
            .RunAsync(configuration.Seed, cancellationToken)).ConfigureAwait(false);
        foreach (var measured in TrialMeasured.Of(0, evidence))
            journal.Write(measured with { Function = command });
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
