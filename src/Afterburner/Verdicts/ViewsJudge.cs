using Afterburner.Trials;

namespace Afterburner.Verdicts;

/// <summary>The gate's rules, applied to several views of what was measured. Slower by any is slower; else the first one decides.</summary>
/// <param name="views">Words that a reason begins with, the rules, which look at CPU time, and what counts as that.</param>
internal sealed class ViewsJudge(params IReadOnlyList<(string Words, GateJudge Judge, Func<Sample, double> Cost)> views) : IJudge<GateVerdict>
{
    /// <summary>Waiting of single calls is allowed to grow by so much more than their CPU time: on a machine that others use they wait for each other.</summary>
    private const double Waiting = 1.5;

    /// <summary>A whole command: CPU time, and wall time, because waiting is a regression as well.</summary>
    public static ViewsJudge OfBenchmarks(GateJudge judge) => new(("CPU time: ", judge, s => s.Cpu), ("wall time: ", judge, s => s.Wall));

    /// <summary>
    /// Calls of a function: what they cost, and what all from the first byte of their inputs to the last byte of their answers costs,
    /// because when a call is over is the word of the version that makes it; and wall time, by a wider limit.
    /// </summary>
    public static ViewsJudge OfCalls(GateJudge judge) => new(
        ("", judge, s => s.Cpu),
        ("with the reading of inputs and the writing of answers: ", judge, s => s.Whole > 0 ? s.Whole : s.Cpu),
        ("wall time: ", judge.Wider(Waiting), s => s.Wall));

    public Func<Pair, bool> NewTest(bool confirming)
    {
        var tests = views.Select(v => (Enough: v.Judge.NewTest(confirming), v.Cost)).ToList();
        return pair => tests.Aggregate(true, (enough, test) => test.Enough(Seen(pair, test.Cost)) & enough);
    }

    public Judgement<GateVerdict> Decide(Evidence evidence)
    {
        var judgements = views.Select(v => (v.Words, Judgement: Decide(evidence, v.Judge, v.Cost))).ToList();
        if (evidence.Confirmation is null && judgements.Select(j => j.Judgement).FirstOrDefault(j => j.Missing == NextStep.Confirm) is { } waiting)
            return waiting;
        var (words, said) = judgements.FirstOrDefault(j => j.Judgement.Verdict.Status == GateStatus.Slower, judgements[0]);
        return said with { Verdict = said.Verdict with { Reason = words + said.Verdict.Reason }, Missing = NextStep.None };
    }

    /// <summary>A view that claims nothing needs no confirmation, and is not judged by one.</summary>
    private static Judgement<GateVerdict> Decide(Evidence evidence, GateJudge judge, Func<Sample, double> cost)
    {
        var first = new Evidence { Captured = Seen(evidence.Captured, cost), Amplified = Seen(evidence.Amplified, cost) };
        var judgement = judge.Decide(first);
        if (judgement.Missing != NextStep.Confirm)
            return judgement;
        // Whoever confirms knows the trial as it was measured.
        var size = ReferenceEquals(judgement.Size, first.Amplified) ? evidence.Amplified : evidence.Captured;
        return evidence.Confirmation is null
            ? judgement with { Size = size }
            : judge.Decide(first with { Confirmation = Seen(evidence.Confirmation, cost) });
    }

    private static Trial? Seen(Trial? trial, Func<Sample, double> cost) =>
        trial is null ? null : trial with { Pairs = [.. trial.Pairs.Select(p => Seen(p, cost))] };

    private static Pair Seen(Pair pair, Func<Sample, double> cost) =>
        pair with { Baseline = pair.Baseline with { Cpu = cost(pair.Baseline) }, Candidate = pair.Candidate with { Cpu = cost(pair.Candidate) } };
}
