using Afterburner.Trials;

namespace Afterburner.Verdicts;

/// <summary>
/// The gate's rules for a whole command, applied twice: to CPU time, and to wall time as if it were CPU time, because waiting is a
/// regression as well. Slower by either is slower.
/// </summary>
public sealed class BenchmarkJudge(GateJudge judge) : IJudge<GateVerdict>
{
    public Func<Pair, bool> NewTest(bool confirming)
    {
        var (cpu, wall) = (judge.NewTest(confirming), judge.NewTest(confirming));
        return pair => cpu(pair) & wall(Wall(pair));
    }

    public Judgement<GateVerdict> Decide(Evidence evidence)
    {
        var (cpu, wall) = (View(evidence, t => t), View(evidence, Wall));
        if (evidence.Confirmation is null && new[] { cpu, wall }.Any(v => v.Missing == NextStep.Confirm))
            return new Judgement<GateVerdict>(cpu.Verdict, NextStep.Confirm, evidence.Captured);
        return wall.Verdict.Status == GateStatus.Slower && cpu.Verdict.Status != GateStatus.Slower
            ? Named("wall time", wall)
            : Named("CPU time", cpu);
    }

    /// <summary>A view that claims nothing needs no confirmation, and is not judged by one.</summary>
    private Judgement<GateVerdict> View(Evidence evidence, Func<Trial, Trial> view)
    {
        var first = new Evidence { Captured = evidence.Captured is { } captured ? view(captured) : null };
        var judgement = judge.Decide(first);
        return judgement.Missing == NextStep.Confirm && evidence.Confirmation is { } confirmation
            ? judge.Decide(first with { Confirmation = view(confirmation) })
            : judgement;
    }

    private static Judgement<GateVerdict> Named(string what, Judgement<GateVerdict> judgement) =>
        judgement with { Verdict = judgement.Verdict with { Reason = $"{what}: {judgement.Verdict.Reason}" }, Missing = NextStep.None };

    private static Trial Wall(Trial trial) => trial with { Pairs = [.. trial.Pairs.Select(Wall)] };

    private static Pair Wall(Pair pair) =>
        pair with { Baseline = pair.Baseline with { Cpu = pair.Baseline.Wall }, Candidate = pair.Candidate with { Cpu = pair.Candidate.Wall } };
}
