using Afterburner.Trials;
using static Afterburner.Verdicts.Amount;

namespace Afterburner.Verdicts;

/// <summary>Whether a function became slower.</summary>
public enum GateAnswer
{
    /// <summary>Proven slower than the limit allows, by more than the floor, and confirmed.</summary>
    Slower,

    /// <summary>Proven to be within the limit, or slower by so little a call that it does not matter.</summary>
    NotSlower,

    /// <summary>Neither could be proven. Never fails a gate.</summary>
    CannotTell,
}

/// <summary>What the gate says of one function or command.</summary>
/// <param name="Reason">One sentence for a person.</param>
/// <param name="Slowdown">Cost at head over cost at base, median of pairs: 2 means twice as slow. Null when nothing was measured.</param>
/// <param name="Low">Lower bound of the 99 % interval of <paramref name="Slowdown"/>.</param>
/// <param name="High">Upper bound.</param>
/// <param name="Pairs">Interleaved pairs behind it.</param>
/// <param name="LostPerCall">What one call costs more, in the objective's unit; negative where it costs less.</param>
public sealed record GateVerdict(
    GateAnswer Answer, string Reason, double? Slowdown = null, double? Low = null, double? High = null, int Pairs = 0, double? LostPerCall = null)
{
    public static GateVerdict CannotTell(string reason) => new(GateAnswer.CannotTell, reason);
}

/// <summary>Trials of head (the baseline of each pair) and base (its candidate). What is missing was not measured.</summary>
public sealed record GateEvidence
{
    /// <value>On calls as the tests made them.</value>
    public Trial? Captured { get; init; }

    /// <value>On larger calls.</value>
    public Trial? Amplified { get; init; }

    /// <value>In fresh processes, each call executed once, at the size of the claim.</value>
    public Trial? Confirmation { get; init; }
}

/// <summary>A verdict, or what has to be measured before one can stand.</summary>
/// <param name="Confirm">The trial whose claim waits for a confirmation; null when the verdict stands.</param>
public sealed record GateJudgement(GateVerdict Verdict, Trial? Confirm);

/// <summary>
/// The test of <see cref="SequentialTest"/>, mirrored and moved to the limit: a pair speaks for "slower" when head costs
/// more than the limit times base, else for "not slower". So a function that is exactly as slow as allowed is not failed,
/// and one that did not change is cleared after about ten pairs.
/// </summary>
/// <param name="objective">Which value is compared, how sure a claim must be, and the floor: what a call may lose in any case.</param>
/// <param name="maxSlowdown">Cost at head over cost at base that is still allowed: 1.05 is 5 %.</param>
public sealed class GateJudge(Objective objective, double maxSlowdown)
{
    /// <summary>A new test; "better" for the baseline's cost means: slower than allowed.</summary>
    public Func<Pair, TestState> NewTest()
    {
        var test = new SequentialTest(objective.Alpha, margin: 1);
        return pair => test.Add(pair.Baseline.Of(objective.Kind), pair.Candidate.Of(objective.Kind) * maxSlowdown);
    }

    public GateJudgement Decide(GateEvidence evidence)
    {
        Trial[] trials = [.. new[] { evidence.Captured, evidence.Amplified, evidence.Confirmation }.OfType<Trial>()];
        if (trials.Length == 0)
            return Stands(GateVerdict.CannotTell("nothing could be measured"));
        if (trials.FirstOrDefault(t => t.End != TrialEnd.Completed) is { } broken)
            return Stands(GateVerdict.CannotTell(Broken(broken)));
        var captured = Read(evidence.Captured);
        var amplified = Read(evidence.Amplified);
        var claim = captured is { IsMaterial: true } ? captured : amplified is { IsMaterial: true } ? amplified : null;
        if (claim is null)
            return Stands(Cleared([.. new[] { captured, amplified }.OfType<Reading>()]));
        if (claim == amplified && captured is { Interval.High: < 1 })
            return Stands(Verdict(GateAnswer.CannotTell, $"{Words(captured)} on calls as the tests make them, but {Words(claim)} on larger ones", claim));
        var where = claim == captured ? "on calls as the tests make them" : "on larger calls made from those of the tests";
        if (Read(evidence.Confirmation) is not { } confirmation)
            return new GateJudgement(Verdict(GateAnswer.CannotTell, $"{Words(claim)} {where}, not confirmed yet", claim), claim.Trial);
        return Stands(confirmation.IsMaterial
            ? Verdict(GateAnswer.Slower, $"{Words(confirmation)} {where}; {objective.Kind.Units(confirmation.Lost)} more a call", confirmation)
            : Verdict(GateAnswer.CannotTell, $"{Words(claim)} at first, but fresh processes did not confirm it", confirmation));
    }

    private GateVerdict Cleared(IReadOnlyList<Reading> readings)
    {
        if (readings.FirstOrDefault(r => r.State == TestState.Better) is { } small)
            return Verdict(GateAnswer.NotSlower, $"{Words(small)}, but only {objective.Kind.Units(small.Lost)} a call, less than the floor of {objective.Kind.Units(objective.MinimumSaving)}", small);
        return readings.FirstOrDefault(r => r.State != TestState.Worse) is { } open
            ? Verdict(GateAnswer.CannotTell, $"cannot tell in {open.Interval.Count} pairs ({Words(open)})", open)
            : Verdict(GateAnswer.NotSlower, Words(readings[0]), readings[0]);
    }

    private static string Broken(Trial trial) => trial.End switch
    {
        TrialEnd.CandidateBroke => $"the version of base could not be timed: {trial.Failure}",
        TrialEnd.BaselineBroke => $"the version of head could not be timed: {trial.Failure}",
        _ => $"the measurement failed: {trial.Failure}",
    };

    private Reading? Read(Trial? trial)
    {
        if (trial is null)
            return null;
        var test = NewTest();
        var state = TestState.Undecided;
        foreach (var pair in trial.Pairs)
            state = test(pair);
        var lost = trial.SavingPerCall(objective.Kind);
        return new Reading(
            trial, state, RatioInterval.Of(trial.Pairs, objective.Kind), lost,
            IsMaterial: state == TestState.Better && lost >= objective.MinimumSaving);
    }

    private static GateJudgement Stands(GateVerdict verdict) => new(verdict, null);

    private static GateVerdict Verdict(GateAnswer answer, string reason, Reading about) =>
        new(answer, reason, about.Interval.Median, about.Interval.Low, about.Interval.High, about.Interval.Count, about.Lost);

    /// <summary>"1.31x slower", "1.20x faster", "no slower than allowed (1.01x)".</summary>
    private string Words(Reading reading)
    {
        var (slower, faster) = objective.Kind == ObjectiveKind.Time ? ("slower", "faster") : ("larger", "smaller");
        var ratio = reading.Interval.Median;
        return reading switch
        {
            { State: TestState.Better } => $"{Number(ratio)}x {slower}",
            { Interval.High: < 1 } => $"{Number(1 / ratio)}x {faster}",
            { State: TestState.Worse } => $"no {slower} than allowed ({Number(ratio)}x, limit {Number(maxSlowdown)}x)",
            _ => $"{Number(ratio)}x, limit {Number(maxSlowdown)}x",
        };
    }

    private sealed record Reading(Trial Trial, TestState State, RatioInterval Interval, double Lost, bool IsMaterial);
}
