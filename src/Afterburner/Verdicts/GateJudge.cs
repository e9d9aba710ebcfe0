using Afterburner.Trials;
using static Afterburner.Verdicts.Amount;

namespace Afterburner.Verdicts;

/// <summary>
/// The test of <see cref="SequentialTest"/>, mirrored and moved to the limit: a pair speaks for "slower" when head costs
/// more than the limit times base, else for "not slower". So a function that is exactly as slow as allowed is not failed,
/// and one that did not change is cleared after about ten pairs. A second test of the same kind asks whether a call loses less than
/// the floor: calls of a microsecond, whose ratio is noise, are let go by it after ten pairs as well.
/// </summary>
/// <param name="objective">Which value is compared, how sure a claim must be, and the floor: what a call may lose in any case.</param>
/// <param name="maxSlowdown">Cost at head over cost at base that is still allowed: 1.05 is 5 %.</param>
internal sealed class GateJudge(Objective objective, double maxSlowdown) : IJudge<GateVerdict>
{
    /// <value>Whether whole commands are compared, not calls of a function. Defaults to false.</value>
    public bool OfCommands { get; init; }

    private string Once => OfCommands ? "run" : "call";

    /// <summary>The same rules with a limit that is so many times larger.</summary>
    public GateJudge Wider(double times) => new(objective, maxSlowdown * times) { OfCommands = OfCommands };

    public Func<Pair, bool> NewTest(bool confirming)
    {
        var (slower, small) = (Test(), SmallTest());
        return pair => (slower(pair), small(pair)) is (TestState.Worse, _) or (_, TestState.Better) or (not TestState.Undecided, not TestState.Undecided);
    }

    public Judgement<GateVerdict> Decide(Evidence evidence)
    {
        Trial[] trials = [.. evidence.Trials.Select(t => t.Trial)];
        if (trials.Length == 0)
            return Stands(GateVerdict.CannotTell("nothing could be measured"));
        var broken = trials.FirstOrDefault(t => t.End != TrialEnd.Completed);
        if (broken is not null && ReferenceEquals(broken, evidence.Confirmation))
            return Stands(GateVerdict.CannotTell(Broken(broken)));
        var captured = Read(evidence.Captured);
        var amplified = Read(evidence.Amplified);
        // A confirmation has few pairs: the size whose single pairs tell most is confirmed.
        var claim = new[] { captured, amplified }.OfType<Reading>().Where(r => r.IsMaterial)
            .MinBy(r => Spread.Of(r.Trial.Pairs, objective.Kind).Noise);
        // What one size proves stands, whatever breaks at the other; nothing is cleared where one broke.
        if (claim is null && broken is not null)
            return Stands(GateVerdict.CannotTell(Broken(broken)));
        if (claim is null)
            return Stands(Cleared([.. new[] { captured, amplified }.OfType<Reading>()]));
        if (claim == amplified && captured is { Interval.High: < 1 })
            return Stands(Verdict(GateStatus.CannotTell, $"{Words(captured)} on calls as the tests make them, but {Words(claim)} on larger ones", claim));
        var where = OfCommands ? "" : claim == captured ? " on calls as the tests make them" : " on larger calls made from those of the tests";
        if (Read(evidence.Confirmation) is not { } confirmation)
            return new Judgement<GateVerdict>(Verdict(GateStatus.CannotTell, $"{Words(claim)}{where}, not confirmed yet", claim), NextStep.Confirm, claim.Trial);
        return Stands(confirmation.IsMaterial
            ? Verdict(GateStatus.Slower, $"{Words(confirmation)}{where}; {objective.Kind.Units(confirmation.Lost)} more a {Once}", confirmation)
            : Verdict(GateStatus.CannotTell, confirmation.State == TestState.Better
                ? $"{Words(claim)} at first and {Words(confirmation)} in fresh processes, but there only {objective.Kind.Units(confirmation.Lost)} more a {Once}, less than the floor of {objective.Kind.Units(objective.MinimumSaving)}"
                : $"{Words(claim)} at first, but {confirmation.Interval.Count} pairs of fresh processes did not prove it again ({Words(confirmation)})", confirmation));
    }

    private GateVerdict Cleared(IReadOnlyList<Reading> readings)
    {
        var floor = objective.Kind.Units(objective.MinimumSaving);
        if (readings.FirstOrDefault(r => r.State != TestState.Worse && !r.IsSmall) is { } open)
        {
            return Verdict(GateStatus.CannotTell, open.State == TestState.Better
                ? $"{Words(open)}, but the pairs do not tell whether a {Once} loses more than the floor of {floor}"
                : $"cannot tell in {open.Interval.Count} pairs ({Words(open)})", open);
        }

        return readings.FirstOrDefault(r => r.State != TestState.Worse) is { } small
            ? Verdict(GateStatus.NotSlower, small.State == TestState.Better
                ? $"{Words(small)}, but only {objective.Kind.Units(small.Lost)} a {Once}, less than the floor of {floor}"
                : $"{Words(small)}; a {Once} loses less than the floor of {floor}", small)
            : Verdict(GateStatus.NotSlower, Words(readings[0]), readings[0]);
    }

    private static string Broken(Trial trial) => trial.End switch
    {
        TrialEnd.BaselineBroke => $"the version of base could not be timed: {trial.Failure}",
        TrialEnd.CandidateBroke => $"the version of head could not be timed: {trial.Failure}",
        TrialEnd.Differed => "it behaves differently inside its tests, where it cannot be timed then",
        TrialEnd.NotCompared => "none of its calls inside its tests could be compared",
        _ => $"the measurement failed: {trial.Failure}",
    };

    /// <summary>"Better" is what costs less: base, where head is slower than allowed.</summary>
    private Func<Pair, TestState> Test()
    {
        var test = new SequentialTest(objective.Alpha, margin: 1);
        return pair => test.Add(pair.Candidate.Of(objective.Kind), pair.Baseline.Of(objective.Kind) * maxSlowdown);
    }

    /// <summary>"Better" is what a call loses, where that is less than the floor.</summary>
    private Func<Pair, TestState> SmallTest()
    {
        var test = new SequentialTest(objective.Alpha, margin: 1);
        return pair => test.Add(objective.MinimumSaving, pair.LossPerCall(objective.Kind));
    }

    private Reading? Read(Trial? trial)
    {
        if (trial is not { End: TrialEnd.Completed })
            return null;
        var (slower, small) = (Test(), SmallTest());
        var (state, lossState) = (TestState.Undecided, TestState.Undecided);
        foreach (var pair in trial.Pairs)
            (state, lossState) = (slower(pair), small(pair));
        var lost = -trial.SavingPerCall(objective.Kind);
        return new Reading(
            trial, state, RatioInterval.Of(trial.Pairs.Select(p => new Pair(p.Candidate, p.Baseline, p.Process)), objective.Kind), lost,
            IsMaterial: state == TestState.Better && lost >= objective.MinimumSaving,
            IsSmall: lossState == TestState.Better);
    }

    private static Judgement<GateVerdict> Stands(GateVerdict verdict) => new(verdict, NextStep.None, null);

    private static GateVerdict Verdict(GateStatus status, string reason, Reading about) =>
        new(status, reason, about.Interval.Median, about.Interval.Low, about.Interval.High, about.Interval.Count, about.Lost);

    /// <summary>"1.31x slower", "1.20x faster", "no slower than allowed (1.01x)".</summary>
    private string Words(Reading reading)
    {
        var (slower, faster) = objective.Kind == ObjectiveKind.Time ? ("slower", "faster") : ("larger", "smaller");
        var ratio = reading.Interval.Median;
        return reading switch
        {
            { State: TestState.Better } => $"{Factor(ratio)}x {slower}",
            { Interval.High: < 1 } => $"{Factor(1 / ratio)}x {faster}",
            { State: TestState.Worse } => $"no {slower} than allowed ({Number(ratio)}x, limit {Number(maxSlowdown)}x)",
            _ => $"{Number(ratio)}x, limit {Number(maxSlowdown)}x",
        };
    }

    private sealed record Reading(Trial Trial, TestState State, RatioInterval Interval, double Lost, bool IsMaterial, bool IsSmall);
}
