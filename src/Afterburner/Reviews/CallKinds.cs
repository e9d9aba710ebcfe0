using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Reviews;

/// <summary>
/// What all calls together show may hide what some of them do: those that take one way through the function, or that were made of one
/// recorded call. They are measured by themselves.
/// </summary>
/// <param name="objective">What a call has to save, or to lose, to matter.</param>
/// <param name="judge">Of what is measured.</param>
/// <param name="step">Told the test whose kind of calls is measured.</param>
/// <param name="measure">Measures a candidate beside the baseline on a part of the calls of a workload.</param>
internal sealed class CallKinds(
    Objective objective, Judge judge, Workload workload, Verified verified, Action<string> step, Func<Workload, Task<Compared<Verdict>>> measure)
{
    /// <summary>How much faster a version's own process says that a call is, for its kind to be measured by itself.</summary>
    private const double MostlyGained = 1.3;

    /// <summary>Kinds that seem to gain and are measured, at most: one of long calls may seem to on a busy machine.</summary>
    private const int MostGaining = 3;

    /// <summary>
    /// Calls that were made of one recorded call are of a kind, and so are those of which no larger ones were made and that take one way. Where all
    /// of them together prove nothing, one kind may gain what the others hide, and none of the others may lose what matters.
    /// </summary>
    /// <returns>What is proven for one of those that seem to gain most, or that another loses; null where nothing is.</returns>
    public async Task<Compared<Verdict>?> GainingAsync()
    {
        var kinds = Kinds();
        var gains = kinds.Where(k => Medians.Of(k.Calls.Select(verified.Ratio)) >= MostlyGained && k.Calls.Max(verified.Saving) >= objective.MinimumSaving)
            .OrderByDescending(k => k.Calls.Max(verified.Saving));
        foreach (var most in gains.Take(kinds.Count < 2 ? 0 : MostGaining))
        {
            var ofKind = await MeasureAsync(most.Recorded, most.Amplified).ConfigureAwait(false);
            if (ofKind.Verdict.Kind == VerdictKind.Improved)
                return await BesideOthersAsync(ofKind, most, kinds).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>What is proven for one kind, unless another loses.</summary>
    private async Task<Compared<Verdict>> BesideOthersAsync(Compared<Verdict> ofKind, Kind most, IReadOnlyList<Kind> kinds)
    {
        foreach (var other in kinds.Where(k => k != most && (k.Amplified.Count > 0 || SeemsToLose(k.Calls))))
        {
            var seen = await measure(workload with { Captured = other.Amplified.Count > 0 ? [] : other.Recorded, Amplified = other.Amplified }).ConfigureAwait(false);
            if (judge.Harms(seen.Evidence))
                return ofKind with { Verdict = new Verdict(VerdictKind.Inconclusive, $"on calls like those of {most.Test} {ofKind.Verdict.Reason}; on calls like those of {other.Test} {seen.Verdict.Reason}") };
        }

        return ofKind with { Verdict = ofKind.Verdict with { OnlyLike = most.Test } };
    }

    private List<Kind> Kinds()
    {
        var amplified = workload.Amplified.GroupBy(c => c.Base)
            .SelectMany(k => Recorded(k.Key) is { } recorded ? [new Kind([recorded], [.. k])] : Array.Empty<Kind>()).ToList();
        var grown = workload.Amplified.Select(c => c.Base).ToHashSet();
        return [.. amplified, .. workload.Captured.Where(c => !grown.Contains(c.Id)).GroupBy(c => c.Way).Select(k => new Kind([.. k], []))];
    }

    /// <param name="Recorded">Those that larger ones were made of, or several that take one way.</param>
    private sealed record Kind(IReadOnlyList<RecordedCall> Recorded, IReadOnlyList<RecordedCall> Amplified)
    {
        public IReadOnlyList<RecordedCall> Calls => Amplified.Count > 0 ? Amplified : Recorded;

        public string Test => Recorded[0].Test;
    }

    /// <summary>Larger calls of another make, which were chosen because the versions differ there.</summary>
    /// <returns>What is proven for those of the first that is faster; null where nothing is.</returns>
    public async Task<Compared<Verdict>?> GainingOnAsync(IReadOnlyList<RecordedCall> larger)
    {
        foreach (var kind in larger.GroupBy(c => c.Base))
        {
            if (Recorded(kind.Key) is not { } recorded)
                continue;
            var ofKind = await MeasureAsync([recorded], [.. kind]).ConfigureAwait(false);
            if (ofKind.Verdict.Kind == VerdictKind.Improved)
                return ofKind with { Verdict = ofKind.Verdict with { OnlyLike = recorded.Test } };
        }

        return null;
    }

    /// <summary>The same of larger calls on which it seems to be slower.</summary>
    /// <returns>As <see cref="LosingAsync"/>.</returns>
    public async Task<string?> LosingOnAsync(IReadOnlyList<RecordedCall> larger)
    {
        foreach (var kind in larger.GroupBy(c => c.Base))
        {
            var seen = await MeasureAsync([], [.. kind]).ConfigureAwait(false);
            if (judge.Harms(seen.Evidence))
                return $"{kind.First().Test}, made larger, {seen.Verdict.Reason}";
        }

        return null;
    }

    /// <summary>What all calls together gain may hide that those which take one way lose what matters. Measured where the version's own process says so.</summary>
    /// <returns>The test of such calls, and what is proven of them; null where there are none.</returns>
    public async Task<string?> LosingAsync()
    {
        var kinds = workload.Captured.Concat(workload.Amplified).GroupBy(c => c.Way).ToList();
        foreach (var kind in kinds.Where(k => kinds.Count > 1 && SeemsToLose([.. k])))
        {
            var seen = await MeasureAsync([.. kind.Where(c => c.Base.Length == 0)], [.. kind.Where(c => c.Base.Length > 0)]).ConfigureAwait(false);
            if (judge.Harms(seen.Evidence))
                return $"{kind.First().Test} {seen.Verdict.Reason}";
        }

        return null;
    }

    private bool SeemsToLose(IReadOnlyList<RecordedCall> calls) =>
        Medians.Of(calls.Select(verified.Ratio)) is > 0 and < 1 / MostlyGained && calls.Max(c => -verified.Saving(c)) >= objective.MinimumSaving;

    private RecordedCall? Recorded(string id) => workload.Captured.FirstOrDefault(c => c.Id == id);

    private Task<Compared<Verdict>> MeasureAsync(IReadOnlyList<RecordedCall> captured, IReadOnlyList<RecordedCall> amplified)
    {
        step(captured.Concat(amplified).First().Test);
        return measure(workload with { Captured = captured, Amplified = amplified });
    }
}
