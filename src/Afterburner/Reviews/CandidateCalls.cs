using Afterburner.Runs;
using Afterburner.Trials;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Reviews;

/// <summary>Calls that are made because of one candidate: where it differs from the baseline, what confirms its claim, and a curve.</summary>
/// <param name="baseline">Text of the function's file as it is.</param>
internal sealed class CandidateCalls(ReviewContext review, Workload workload, string baseline)
{
    /// <summary>Calls with fresh values for a confirmation, at most.</summary>
    private const int MostFresh = 40;

    /// <summary>Recorded calls whose larger ones make a curve, at most.</summary>
    private const int CurveBases = 2;

    /// <summary>Twice what an amplified call may take: one of the claim's size is wanted, on a busy machine as well.</summary>
    private static readonly TimeSpan FreshBudget = TimeSpan.FromMilliseconds(80);

    private IReadOnlyList<RecordedCall>? _grown;

    /// <summary>Whether there are calls of which others can be made, and a look tells what they take.</summary>
    public bool MayDiffer => review.Objective.Kind == ObjectiveKind.Time && workload.IsReplayed && workload.Captured.Count > 0;

    /// <summary>
    /// Larger calls are those on which the baseline takes long. What a candidate makes faster may show in others: those on which it is quicker by a
    /// look at each kind, made larger. Their answers are compared like those of any.
    /// </summary>
    /// <param name="file">That of the function, with the candidate.</param>
    /// <returns>Larger calls on which it seems to be faster, and others on which it seems to be slower; none where it is the same by a look.</returns>
    public async Task<(IReadOnlyList<RecordedCall> Faster, IReadOnlyList<RecordedCall> Slower)> DifferingAsync(
        string file, Verified verified, BaselineAnswers known, CancellationToken cancellationToken)
    {
        if (!MayDiffer)
            return ([], []);
        _grown ??= (await review.Book.BookAsync(Part.Capture, () => Amplifier.EachWayAsync(
            review.Tree, workload.Recorded, review.Configuration.Seed, cancellationToken)).ConfigureAwait(false)).Calls;
        var found = await review.Book.BookAsync(Part.Capture, () => DifferingCalls.FindAsync(
            review.Harness, Version(baseline), Version(file), _grown, review.Limits, cancellationToken)).ConfigureAwait(false);
        var faster = await LargerAsync(quicker: true).ConfigureAwait(false);
        if (faster.Count == 0)
            return ([], []);
        var slower = await LargerAsync(quicker: false).ConfigureAwait(false);
        var equal = await review.Book.BookAsync(Part.Verify, () => Equivalence.CheckAsync(
            review.Tree, workload with { Amplified = [.. workload.Amplified, .. faster, .. slower] }, new FileVersions(baseline, file), verified.Accepted!,
            review.Configuration.Tolerance, known, cancellationToken)).ConfigureAwait(false);
        return equal is EquivalenceOutcome.Equal ? (faster, slower) : ([], []);

        Task<IReadOnlyList<RecordedCall>> LargerAsync(bool quicker) => review.Book.BookAsync(Part.Capture, () => DifferingCalls.LargerAsync(
            review.Tree, workload.Recorded, found, quicker, review.Configuration.Seed, cancellationToken));

        RunnerVersion Version(string text) =>
            new(review.Workspace.Head, workload.Target, workload.Entry, text, workload.Captured[0], []);
    }

    /// <summary>Both versions over growing inputs, by the length of the largest one.</summary>
    /// <param name="onlyLike">The test whose calls alone are made larger; null: those of all.</param>
    /// <param name="grownAs">How calls of the claim were made larger; null: as those of the workload were.</param>
    public async Task<IReadOnlyList<GrowthMeasurement>> GrowthAsync(
        string? onlyLike, string file, IReadOnlyList<GrownAs>? grownAs, CancellationToken cancellationToken)
    {
        if (!workload.IsReplayed)
            return [];
        var recorded = workload.Recorded with { Calls = [.. workload.Captured.Where(c => onlyLike is null || c.Test == onlyLike)] };
        var steps = await review.Book.BookAsync(Part.Capture, () => Amplifier.GrowthAsync(
            review.Tree, recorded, review.Configuration.Seed, grownAs ?? AsAmplified(recorded), cancellationToken))
            .ConfigureAwait(false);
        if (steps.Count == 0)
            return [];
        var sized = workload with { Captured = [], Amplified = [.. steps.Select(s => s.Call with { Scale = s.Size })] };
        var plan = TrialPlan.Of(sized, review.Harness.Program.Pace, sized.Amplified, new FileVersions(baseline, file), review.Configuration.Objective, review.Configuration.Seed + 77);
        return await review.Book.BookAsync(Part.Measure, () => Growth.MeasureAsync(
            review.Harness, review.Workspace.Head, plan, sized, review.Limits, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>How the slowest larger calls of some recorded ones grew; null where there are none.</summary>
    private GrownAs[]? AsAmplified(CallsOf recorded)
    {
        GrownAs[] ways =
        [
            .. workload.Amplified.Where(a => a.Plan is not null && recorded.Calls.Any(c => c.Id == a.Base)).OrderByDescending(a => a.Seconds)
                .DistinctBy(a => a.Base).Take(CurveBases).Select(a => new GrownAs(a.Base, a.Plan!.Value)),
        ];
        return ways.Length > 0 ? ways : null;
    }

    /// <summary>Calls of the size of a claim with values nobody has seen; none where they cannot be made, and then those of the claim are used.</summary>
    public Task<IReadOnlyList<RecordedCall>> FreshAsync(Trial claim, CancellationToken cancellationToken) => review.Book.BookAsync(
        Part.Capture, () => FreshAsync(review.Tree, workload.Recorded, workload.Amplified, review.Configuration.Seed, claim, cancellationToken));

    /// <summary>The same of any calls.</summary>
    /// <param name="tree">The baseline.</param>
    /// <param name="amplified">Those that the claim is made of.</param>
    internal static async Task<IReadOnlyList<RecordedCall>> FreshAsync(
        Tree tree, CallsOf recorded, IReadOnlyList<RecordedCall> amplified, long seed, Trial claim, CancellationToken cancellationToken)
    {
        if (claim.Scale <= 1)
            return [];
        // Made of those that the claim's calls were made of: of others it says nothing.
        var bases = TrialPlan.Weighty(amplified, tree.Harness.Program.Pace).Where(c => c.Scale == claim.Scale).ToLookup(c => c.Base, c => c.Plan);
        GrownAs[] ways = [.. bases.SelectMany(b => b.OfType<int>().Distinct().Select(plan => new GrownAs(b.Key, plan)))];
        var fresh = await Amplifier.AmplifyAsync(
            tree, recorded with { Calls = [.. recorded.Calls.Where(c => bases.Contains(c.Id))] },
            new Amplification(seed + 1, FreshCount(claim, tree.Harness.Program.Pace)) { Scale = claim.Scale, Budget = FreshBudget, GrownAs = ways.Length > 0 ? ways : null },
            cancellationToken).ConfigureAwait(false);
        return OfSize(claim, fresh.Calls);
    }

    /// <summary>
    /// Calls that may confirm a claim: those of its size, or none. Where a call of that size comes out too slow the amplifier
    /// gives smaller ones, whose pairs say nothing of the claim.
    /// </summary>
    internal static IReadOnlyList<RecordedCall> OfSize(Trial claim, IReadOnlyList<RecordedCall> calls) =>
        [.. calls.Where(c => c.Scale == claim.Scale)];

    /// <summary>As many calls as make ten different samples, which pairs take in turn.</summary>
    private static int FreshCount(Trial claim, Pace pace)
    {
        var call = claim.Baseline.Cpu / Math.Max(1, claim.Calls);
        return call <= 0 ? MostFresh : (int)Math.Clamp(Math.Ceiling(pace.Sample / call) * pace.PairsPerProcess, pace.PairsPerProcess, MostFresh);
    }
}
