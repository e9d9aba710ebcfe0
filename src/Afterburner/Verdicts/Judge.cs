using System.Globalization;
using Afterburner.Trials;
using static Afterburner.Verdicts.Amount;

namespace Afterburner.Verdicts;

/// <summary>
/// Turns evidence into a verdict. A gain is claimed only when a trial proves it, at neither size a loss is proven that matters to a call, it is
/// worth a reviewer's time, fresh processes confirm it (with the garbage collector on), wall time is shown to be no worse, and
/// no work is done outside of what is timed. Losses are claimed by the mirrored rules, and confirmed too. All else is inconclusive: where a check has to
/// show that nothing became worse, noise refuses.
/// </summary>
public sealed class Judge(Objective objective) : IJudge<Verdict>
{
    /// <summary>Pairs of a confirmation after which its median is taken as it is.</summary>
    private const int MostPairsForSize = 40;

    /// <summary>
    /// What has to be no worse has to be shown to keep this share of its speed: the lower bound of its ratio. A bound of 1 would
    /// refuse half of what is exactly as fast.
    /// </summary>
    private const double NoWorse = 0.9;

    /// <summary>Of a saving, how much may come back where inputs are read and answers written.</summary>
    private const double MostMoved = 0.5;

    /// <summary>CPU time outside of what is timed may be this many times that of the baseline, and a little.</summary>
    private const double MostBefore = 2;

    private double Floor => Math.Max(objective.MinimumRatio, objective.MinimumPairedMedian);

    /// <summary>
    /// A confirmation goes on beyond its proof where the size of the gain, or whether wall time is no worse, is not clear yet. A first trial
    /// ends once a call is shown to gain and lose less than the floor, which neither makes a claim nor stands against one: the ratio of calls of a
    /// microsecond is noise for a hundred pairs.
    /// </summary>
    public Func<Pair, bool> NewTest(bool confirming)
    {
        var test = objective.Test();
        var (loss, saving) = (new SequentialTest(objective.Alpha, margin: 1), new SequentialTest(objective.Alpha, margin: 1));
        var pairs = new List<Pair>();
        return pair =>
        {
            pairs.Add(pair);
            var state = test.Add(pair, objective.Kind);
            var lost = pair.LossPerCall(objective.Kind);
            loss.Add(objective.MinimumSaving, lost);
            saving.Add(objective.MinimumSaving, -lost);
            if (!confirming && (loss.State, saving.State) == (TestState.Better, TestState.Better) && !LosesMuch(pairs.Select(p => -p.LossPerCall(objective.Kind))))
                return true;
            return state != TestState.Undecided
                && !(confirming && state == TestState.Better && (IsCloseToFloor(pairs) || !Stays(pairs) || (Unclear(pairs) is not null && WorseIn(pairs) is null)));
        };
    }

    public Judgement<Verdict> Decide(Evidence evidence)
    {
        Trial[] trials = [.. evidence.Trials.Select(t => t.Trial)];
        if (trials.Length == 0)
            return Open("nothing could be measured");
        if (Broken(trials) is { } broken)
            return broken;
        var captured = Read(evidence.Captured);
        var amplified = Read(evidence.Amplified);
        switch (captured?.State, amplified?.State)
        {
            case (TestState.Worse, TestState.Better) when LosesMuch(captured!):
                return Open($"{Words(amplified!)} on larger calls, but {Words(captured!)} on calls as captured{Lost(captured!)}", captured);
            case (TestState.Worse, not TestState.Better) or (not TestState.Better, TestState.Worse):
                return Loss(evidence, captured, amplified);
            case (TestState.Better, TestState.Worse):
                return Open($"{Words(captured!)} on calls as captured, but {Words(amplified!)} on larger ones", captured);
        }

        // Larger calls first: a confirmation there has inputs nobody has seen, and the cost of a new process counts least.
        var gains = new[] { amplified, captured }.OfType<Reading>().Where(r => r.State == TestState.Better).ToList();
        if (gains.Count == 0)
            return Open($"no difference could be proven in {trials.Sum(t => t.Pairs.Count)} pairs", captured ?? amplified);
        var worthwhile = gains.FirstOrDefault(g => TooSmall(g) is null);
        return worthwhile is null
            ? Open(TooSmall(gains[^1])!, gains[^1])
            : Gain(evidence, worthwhile, captured, amplified);
    }

    /// <summary>Whether some trial proves a loss that matters to a call, and fresh processes do not deny it.</summary>
    public bool Harms(Evidence evidence)
    {
        List<Reading> readings = [.. evidence.Trials.Select(t => Read(t.Trial)!)];
        var denied = readings.TrueForAll(r => r.State != TestState.Better) && Read(evidence.Confirmation) is { } confirmation && !IsLoss(confirmation);
        return !denied && readings.Exists(r => r.State == TestState.Worse && IsLoss(r) && LosesMuch(r));

        bool IsLoss(Reading reading) => reading.Interval.Median <= 1 / objective.MinimumPairedMedian;
    }

    /// <summary>Whether a trial shows a ratio that is worth a claim, of calls each of which saves too little: many of them may save enough.</summary>
    public bool GainsLittle(Evidence evidence) => evidence.Trials.Select(t => Read(t.Trial)!).Any(
        r => r.State != TestState.Worse && r.Interval.Median >= Floor && r.Trial.SavingPerCall(objective.Kind) < objective.MinimumSaving);

    /// <summary>
    /// Whether more pairs should tell on which side of the smallest gain worth a claim a proven gain lies. The test may be
    /// sure of a direction after ten pairs, whose median is still off by a percent.
    /// </summary>
    private bool IsCloseToFloor(IReadOnlyList<Pair> pairs)
    {
        var ratio = RatioInterval.Of(pairs, objective.Kind);
        return ratio.Count < MostPairsForSize && !(ratio.Low >= Floor) && !(ratio.High < Floor);
    }

    private Judgement<Verdict> Gain(Evidence evidence, Reading claim, Reading? captured, Reading? amplified)
    {
        if (Repeated(claim) is { } repeated)
            return Open($"{Words(claim)}, but {repeated}", claim);
        if (Slower(claim) is { } slower)
            return Open(slower, claim);
        if (captured is not null && captured != claim && captured.State != TestState.Better && MayLose(captured))
            return Open($"{Words(claim)} on larger calls, but the pairs do not tell whether calls as captured lose by it", claim);
        if (Read(evidence.Confirmation) is not { } confirmation)
            return Unconfirmed(claim);
        if (confirmation.State != TestState.Better)
            return Open($"{Words(claim)} at first, but fresh processes did not prove it again ({Pairs(confirmation)})", confirmation);
        if ((TooSmall(confirmation) ?? Slower(confirmation) ?? NotClear(confirmation)) is { } why)
            return Open($"not confirmed: {why}", confirmation);
        if ((Moved(confirmation) ?? Hidden(claim) ?? Hidden(confirmation)) is { } hidden)
            return Open($"{Words(confirmation)}, but {hidden}", confirmation);
        return Close(VerdictKind.Improved, Sizes(captured, amplified, confirmation), confirmation, claim.Trial);
    }

    private Judgement<Verdict> Loss(Evidence evidence, Reading? captured, Reading? amplified)
    {
        var claim = captured?.State == TestState.Worse ? captured : amplified!;
        if (claim.Interval.Median > 1 / objective.MinimumPairedMedian)
            return Open($"{Words(claim)}: too little to call it a loss", claim);
        if (Read(evidence.Confirmation) is not { } confirmation)
            return Unconfirmed(claim);
        if (confirmation.State != TestState.Worse || confirmation.Interval.Median > 1 / objective.MinimumPairedMedian)
            return Open($"{Words(claim)} at first, but fresh processes did not prove it again ({Pairs(confirmation)})", confirmation);
        return Close(VerdictKind.Regressed, Sizes(captured, amplified, confirmation), confirmation, claim.Trial);
    }

    private Judgement<Verdict> Unconfirmed(Reading claim) => claim.Trial.Reservation switch
    {
        null => Open($"{Words(claim)}, not confirmed yet", claim) with { Missing = NextStep.Confirm },
        { Rejects: true } reservation => Close(VerdictKind.Rejected, reservation.Why, claim, claim.Trial),
        { } reservation => Open($"{Words(claim)}, not confirmed yet: {reservation.Why}", claim),
    };

    /// <summary>Why a proven gain is not worth a claim; null when it is.</summary>
    private string? TooSmall(Reading gain)
    {
        if (gain.Interval.Median < Floor)
            return $"{Words(gain, Number(gain.Interval.Median) == Number(Floor) ? "0.0000" : null)}, below the {Number(Floor)}x that is worth a suggestion (materiality.speedup)";
        var saving = gain.Trial.SavingPerCall(objective.Kind);
        return saving < objective.MinimumSaving
            ? $"{Words(gain)}, but it saves only {objective.Kind.Units(saving)} a call, below the noise floor of {objective.Kind.Units(objective.MinimumSaving)} (materiality.saving)"
            : null;
    }

    /// <summary>
    /// Why time speaks against a gain; null when it does not. Wall time, and for memory CPU time, is worse when the whole
    /// interval of its paired ratios is below 1: on a machine that others use the median alone is a toss of a coin.
    /// </summary>
    private string? Slower(Reading gain) => WorseIn(gain.Trial.Pairs) is { } worse ? $"{Words(gain)}, but {worse}" : null;

    private string? WorseIn(IReadOnlyList<Pair> pairs)
    {
        var wall = RatioInterval.Of(pairs, s => s.Wall);
        if (wall.High < 1)
            return $"wall time is worse ({Number(wall.Median)}x)";
        var cpu = RatioInterval.Of(pairs, s => s.Cpu);
        return cpu.High < 1 && cpu.Median < 1 / objective.MinimumPairedMedian
            ? $"it takes more CPU time ({Number(cpu.Median)}x)"
            : null;
    }

    /// <summary>
    /// Why a gain proves nothing: the calls were so short that each was made several times, and what is asked twice can be
    /// remembered. Memory is not shared between passes.
    /// </summary>
    private string? Repeated(Reading claim) => claim.Trial.Inner == 1 || objective.Kind == ObjectiveKind.Memory ? null
        : $"it is too small to measure: all of its calls together take {ObjectiveKind.Time.Units(claim.Trial.Baseline.Cpu)}, and calls that are repeated prove nothing";

    /// <summary>
    /// Why work may have been moved to the reading of inputs or the writing of answers; null when it was not. When a call began and
    /// ended is the version's own word. What a sample takes around its calls, from the first byte of the inputs to the last byte of the
    /// answers, may grow by half of the saving at most, by the upper 99 % bound of the median pair.
    /// </summary>
    private string? Moved(Reading confirmation) => Stays(confirmation.Trial.Pairs) ? null
        : $"of the {Seconds(Saving(confirmation.Trial.Pairs))} that are saved, up to {Seconds(Grown(confirmation.Trial.Pairs) ?? double.PositiveInfinity)} may have been moved to "
            + "where its inputs are read and its answers written";

    private bool Stays(IReadOnlyList<Pair> pairs) =>
        objective.Kind == ObjectiveKind.Memory || pairs.Any(p => p.Baseline.Whole <= 0) || Grown(pairs) <= MostMoved * Saving(pairs);

    private static double Saving(IReadOnlyList<Pair> pairs) => Medians.Of(pairs.Select(p => p.Baseline.Cpu - p.Candidate.Cpu));

    /// <summary>By how much the candidate takes more around its calls, at most.</summary>
    private static double? Grown(IReadOnlyList<Pair> pairs) => RatioInterval.Bounds(pairs.Select(p => p.Candidate.Around - p.Baseline.Around)).High;

    /// <summary>
    /// Why work may have been hidden outside of what is timed; null when nothing speaks for it. A sample's own warm-up ends after two
    /// milliseconds, so that a version that does no more there than the baseline needs about as long.
    /// </summary>
    private static string? Hidden(Reading reading)
    {
        var unasked = reading.Trial.Unasked;
        return unasked.CandidateBefore > (MostBefore * unasked.BaselineBefore) + 0.005 ? $"it used {Seconds(unasked.CandidateBefore)} of CPU time before it was asked ({Seconds(unasked.BaselineBefore)} at the baseline)"
            : unasked.CandidateStarting > (MostBefore * unasked.BaselineStarting) + 0.1 ? $"it took {Seconds(unasked.CandidateStarting)} of CPU time to start ({Seconds(unasked.BaselineStarting)} at the baseline)"
            : null;
    }

    private static string Seconds(double seconds) => ObjectiveKind.Time.Units(seconds);

    /// <summary>Why it is not shown that time is no worse: what cannot be told is not claimed.</summary>
    private string? NotClear(Reading gain) => Unclear(gain.Trial.Pairs) is { } unclear ? $"{Words(gain)}, but {unclear}" : null;

    private static string? Unclear(IReadOnlyList<Pair> pairs)
    {
        foreach (var (name, interval) in new[]
            { ("wall time", RatioInterval.Of(pairs, s => s.Wall)), ("CPU time", RatioInterval.Of(pairs, s => s.Cpu)) })
        {
            if (!(interval.Low >= NoWorse))
                return $"{interval.Count} pairs do not tell whether {name} is worse ({Number(interval.Low ?? 0)}x at least)";
        }

        return null;
    }

    /// <summary>Whether a size for which nothing is claimed may be one at which calls lose, by more than is lost in noise and more than matters.</summary>
    private bool MayLose(Reading reading) =>
        !(reading.Interval.Low >= NoWorse) && LosesMuch(reading);

    /// <summary>Whether a call may lose more than the noise floor. A loss of less does not outweigh a gain that is proven at another size: both are shown.</summary>
    private bool LosesMuch(Reading reading) => LosesMuch(reading.Trial.SavingsPerCall(objective.Kind));

    private bool LosesMuch(IEnumerable<double> savings) => !(RatioInterval.Bounds(savings).Low >= -objective.MinimumSaving);

    /// <summary>" (0.2 us more a call)".</summary>
    private string Lost(Reading reading) => $" ({objective.Kind.Units(-reading.Trial.SavingPerCall(objective.Kind))} more a call)";

    private static Judgement<Verdict>? Broken(Trial[] trials)
    {
        if (trials.FirstOrDefault(t => t.End == TrialEnd.CandidateBroke) is { } candidate)
            return Refused($"broke while it was timed: {candidate.Failure}");
        if (trials.FirstOrDefault(t => t.End == TrialEnd.Differed) is { } different)
            return Refused($"The candidate behaves differently inside {different.Difference}");
        if (trials.FirstOrDefault(t => t.End == TrialEnd.NotCompared) is { } unknown)
            return Refused($"The behaviour could not be compared: {unknown.Failure}.");
        return trials.FirstOrDefault(t => t.End != TrialEnd.Completed) is { } other
            ? Open(other.End == TrialEnd.BaselineBroke
                ? $"the baseline could not be timed: {other.Failure}"
                : $"the measurement failed: {other.Failure}")
            : null;
    }

    private Reading? Read(Trial? trial) =>
        trial is null ? null
        : new Reading(trial, objective.Test(trial.Pairs).State, RatioInterval.Of(trial.Pairs, objective.Kind));

    private static Judgement<Verdict> Refused(string reason) => new(Verdict.Rejected(reason), NextStep.None, null);

    private static Judgement<Verdict> Open(string reason) => new(new Verdict(VerdictKind.Inconclusive, reason), NextStep.None, null);

    private static Judgement<Verdict> Open(string reason, Reading? about) =>
        about is null ? Open(reason) : Close(VerdictKind.Inconclusive, reason, about, about.Trial);

    private static Judgement<Verdict> Close(VerdictKind kind, string reason, Reading about, Trial size) => new(
        new Verdict(kind, reason, about.Interval.Median, about.Interval.Low, about.Interval.High, about.Interval.Count),
        NextStep.None,
        size);

    private string Sizes(Reading? captured, Reading? amplified, Reading confirmation)
    {
        var sizes = new List<string>();
        if (captured is not null)
            sizes.Add($"{Words(captured)} on calls as captured{(captured.State == TestState.Worse ? Lost(captured) : "")}");
        if (amplified is not null)
            sizes.Add($"{Words(amplified)} on larger ones");
        return $"{string.Join(", ", sizes)}; {Words(confirmation)} in {confirmation.Interval.Count} confirming pairs";
    }

    /// <summary>"2.31x faster", "no proven difference (1.01x)".</summary>
    /// <param name="format">Of the number; null: as usual.</param>
    private string Words(Reading reading, string? format = null)
    {
        var (better, worse) = objective.Kind == ObjectiveKind.Time ? ("faster", "slower") : ("smaller", "larger");
        var ratio = reading.Interval.Median;
        return reading.State switch
        {
            TestState.Better => $"{(format is null ? Factor(ratio) : ratio.ToString(format, CultureInfo.InvariantCulture))}x {better}",
            TestState.Worse => $"{Factor(1 / ratio)}x {worse}",
            TestState.Undecided or TestState.Neither => $"no proven difference ({Number(ratio)}x)",
        };
    }

    /// <summary>"1.02x faster in 12 pairs", whether or not they prove it.</summary>
    private string Pairs(Reading reading)
    {
        var state = reading.Interval.Median < 1 ? TestState.Worse : TestState.Better;
        return $"{Words(reading with { State = state })} in {reading.Interval.Count} pairs";
    }

    private sealed record Reading(Trial Trial, TestState State, RatioInterval Interval);
}
