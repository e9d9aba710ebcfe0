using System.Globalization;
using Afterburner.Trials;
using static Afterburner.Verdicts.Amount;

namespace Afterburner.Verdicts;

/// <summary>
/// Turns evidence into a verdict. A gain is claimed only when a trial proves it, at neither size a loss is proven, it is
/// worth a reviewer's time, fresh processes confirm it, wall time is no worse, and the CPU time of the whole sandbox
/// shows it as well. Losses are claimed by the mirrored rules, and confirmed too. All else is inconclusive.
/// </summary>
public sealed class Judge(Objective objective)
{
    /// <summary>Of the claimed saving, how much has to show in the control group: less, beyond doubt, refutes the claim.</summary>
    public const double MinimumShareSeen = 0.5;

    /// <summary>Pairs of a confirmation after which its median is taken as it is.</summary>
    private const int MostPairsForSize = 30;

    private double Floor => Math.Max(objective.MinimumRatio, objective.MinimumPairedMedian);

    /// <summary>Judges what there is. <see cref="Judgement.Missing"/> says what to measure next, if anything.</summary>
    public Judgement Decide(Evidence evidence)
    {
        Trial[] trials = [.. new[] { evidence.Captured, evidence.Amplified, evidence.Confirmation }.OfType<Trial>()];
        if (trials.Length == 0)
            return Open("nothing could be measured");
        if (Broken(trials) is { } broken)
            return broken;
        var captured = Read(evidence.Captured);
        var amplified = Read(evidence.Amplified);
        if (captured?.State == TestState.Worse && amplified?.State == TestState.Better)
            return Open($"{Words(captured)} on calls as captured, but {Words(amplified)} on larger ones", captured);
        if (captured?.State == TestState.Worse || (amplified?.State == TestState.Worse && captured?.State != TestState.Better))
            return Loss(evidence, captured, amplified);
        if (amplified?.State == TestState.Worse)
            return Open($"{Words(captured!)} on calls as captured, but {Words(amplified)} on larger ones", captured);
        // Larger calls first: a confirmation there has inputs nobody has seen, and the cost of a new process counts least.
        var gains = new[] { amplified, captured }.OfType<Reading>().Where(r => r.State == TestState.Better).ToList();
        if (gains.Count == 0)
            return Open($"no difference could be proven in {trials.Sum(t => t.Pairs.Count)} pairs", captured ?? amplified);
        var worthwhile = gains.FirstOrDefault(g => TooSmall(g) is null);
        return worthwhile is null
            ? Open(TooSmall(gains[^1])!, gains[^1])
            : Gain(evidence, worthwhile, captured, amplified);
    }

    /// <summary>
    /// Whether more pairs should tell on which side of the smallest gain worth a claim a proven gain lies. The test may be
    /// sure of a direction after ten pairs, whose median is still off by a percent.
    /// </summary>
    public bool IsCloseToFloor(IReadOnlyList<Pair> pairs)
    {
        var ratio = RatioInterval.Of(pairs, objective.Kind);
        return ratio.Count < MostPairsForSize && !(ratio.Low >= Floor) && !(ratio.High < Floor);
    }

    private Judgement Gain(Evidence evidence, Reading claim, Reading? captured, Reading? amplified)
    {
        if (Slower(claim) is { } slower)
            return Open(slower, claim);
        if (Read(evidence.Confirmation) is not { } confirmation)
            return Open($"{Words(claim)}, not confirmed yet", claim) with { Missing = NextStep.Confirm };
        if (confirmation.State != TestState.Better)
            return Open($"{Words(claim)} at first, but fresh processes did not confirm it", confirmation);
        if ((TooSmall(confirmation) ?? Slower(confirmation)) is { } why)
            return Open($"not confirmed: {why}", confirmation);
        if (evidence.Outside is not { } outside)
            return Open($"{Words(confirmation)}, not checked from outside yet", claim) with { Missing = NextStep.CheckOutside };
        if (outside.End == TrialEnd.CandidateBroke)
            return new Judgement(Verdict.Rejected($"broke when it ran alone: {outside.Failure}"), NextStep.None, null);
        if (outside.End != TrialEnd.Completed)
            return Open($"could not be checked from outside: {outside.Failure}", confirmation);
        if (!outside.NoWorse)
            return Open(
                $"{Words(confirmation)} as timed, but the whole sandbox used more CPU time "
                + $"({Number(outside.CandidateCpu)} s against {Number(outside.BaselineCpu)} s)", confirmation);
        if (outside.ShareHigh < MinimumShareSeen)
            return Open(
                $"{Words(confirmation)} as timed, but from outside only {Percent(outside.ShareSeen)} of that saving shows", confirmation);
        return Close(VerdictKind.Improved, Sizes(captured, amplified, confirmation), confirmation, claim.Trial);
    }

    private Judgement Loss(Evidence evidence, Reading? captured, Reading? amplified)
    {
        var claim = captured?.State == TestState.Worse ? captured : amplified!;
        if (claim.Interval.Median > 1 / objective.MinimumPairedMedian)
            return Open($"{Words(claim)}: too little to call it a loss", claim);
        if (Read(evidence.Confirmation) is not { } confirmation)
            return Open($"{Words(claim)}, not confirmed yet", claim) with { Missing = NextStep.Confirm };
        if (confirmation.State != TestState.Worse || confirmation.Interval.Median > 1 / objective.MinimumPairedMedian)
            return Open($"{Words(claim)} at first, but fresh processes did not confirm it", confirmation);
        return Close(VerdictKind.Regressed, Sizes(captured, amplified, confirmation), confirmation, claim.Trial);
    }

    /// <summary>Why a proven gain is not worth a claim; null when it is.</summary>
    private string? TooSmall(Reading gain)
    {
        if (gain.Interval.Median < Floor)
            return $"{Words(gain)}, below the {Number(Floor)}x that is worth a suggestion";
        var saving = gain.Trial.SavingPerCall(objective.Kind);
        return saving < objective.MinimumSaving
            ? $"{Words(gain)}, but it saves only {objective.Kind.Units(saving)} a call, below the noise floor of {objective.Kind.Units(objective.MinimumSaving)}"
            : null;
    }

    /// <summary>
    /// Why time speaks against a gain; null when it does not. Wall time, and for memory CPU time, is worse when the whole
    /// interval of its paired ratios is below 1: on a machine that others use the median alone is a toss of a coin.
    /// </summary>
    private string? Slower(Reading gain)
    {
        var wall = RatioInterval.Of(gain.Trial.Pairs, s => s.Wall);
        if (wall.High < 1)
            return $"{Words(gain)}, but wall time is worse ({Number(wall.Median)}x)";
        var cpu = RatioInterval.Of(gain.Trial.Pairs, s => s.Cpu);
        return cpu.High < 1 && cpu.Median < 1 / objective.MinimumPairedMedian
            ? $"{Words(gain)}, but it takes more CPU time ({Number(cpu.Median)}x)"
            : null;
    }

    private static Judgement? Broken(Trial[] trials)
    {
        if (trials.FirstOrDefault(t => t.End == TrialEnd.CandidateBroke) is { } candidate)
            return new Judgement(Verdict.Rejected($"broke while it was timed: {candidate.Failure}"), NextStep.None, null);
        return trials.FirstOrDefault(t => t.End != TrialEnd.Completed) is { } other
            ? Open(other.End == TrialEnd.BaselineBroke
                ? $"the baseline could not be timed: {other.Failure}"
                : $"the measurement failed: {other.Failure}")
            : null;
    }

    private Reading? Read(Trial? trial) =>
        trial is null ? null
        : new Reading(trial, objective.Test(trial.Pairs).State, RatioInterval.Of(trial.Pairs, objective.Kind));

    private static Judgement Open(string reason) => new(new Verdict(VerdictKind.Inconclusive, reason), NextStep.None, null);

    private static Judgement Open(string reason, Reading? about) =>
        about is null ? Open(reason) : Close(VerdictKind.Inconclusive, reason, about, about.Trial);

    private static Judgement Close(VerdictKind kind, string reason, Reading about, Trial size) => new(
        new Verdict(kind, reason, about.Interval.Median, about.Interval.Low, about.Interval.High, about.Interval.Count),
        NextStep.None,
        size);

    private string Sizes(Reading? captured, Reading? amplified, Reading confirmation)
    {
        var sizes = new List<string>();
        if (captured is not null)
            sizes.Add($"{Words(captured)} on calls as captured");
        if (amplified is not null)
            sizes.Add($"{Words(amplified)} on larger ones");
        return $"{string.Join(", ", sizes)}; {Words(confirmation)} in {confirmation.Interval.Count} confirming pairs";
    }

    /// <summary>"2.31x faster", "no proven difference (1.01x)".</summary>
    private string Words(Reading reading)
    {
        var (better, worse) = objective.Kind == ObjectiveKind.Time ? ("faster", "slower") : ("smaller", "larger");
        var ratio = reading.Interval.Median;
        return reading.State switch
        {
            TestState.Better => $"{Number(ratio)}x {better}",
            TestState.Worse => $"{Number(1 / ratio)}x {worse}",
            TestState.Undecided or TestState.Neither => $"no proven difference ({Number(ratio)}x)",
        };
    }

    private static string Percent(double value) => value.ToString("0%", CultureInfo.InvariantCulture);

    private sealed record Reading(Trial Trial, TestState State, RatioInterval Interval);
}
