using System.Text;
using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Runs;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Reviews;

/// <summary>Verifies and measures candidates for one function.</summary>
/// <param name="fresh">Calls of the size of a claim for its confirmation; null: amplified anew, with values nobody has seen.</param>
internal sealed class CandidateReview(
    ReviewContext review, Function function, Workload workload, byte[] original, FreshCalls? fresh = null)
{
    /// <summary>Calls with fresh values for a confirmation, at most.</summary>
    private const int MostFresh = 40;

    /// <summary>Recorded calls whose larger ones make a curve, at most.</summary>
    private const int CurveBases = 2;

    /// <summary>Twice what an amplified call may take: one of the claim's size is wanted, on a busy machine as well.</summary>
    private static readonly TimeSpan FreshBudget = TimeSpan.FromMilliseconds(80);

    private readonly string _baseline = SourceText.Of(original);
    private readonly BaselineAnswers _known = new();
    private readonly Dictionary<string, IReadOnlyList<GrownAs>> _grownAs = [];
    private IReadOnlyList<RecordedCall>? _grown;

    private Configuration Configuration => review.Configuration;

    private Objective Objective => review.ObjectiveOf(workload);

    /// <summary>The calls a function is mostly measured on: amplified ones, unless a captured one takes longer than all of them.</summary>
    public static IReadOnlyList<RecordedCall> Largest(Workload workload) =>
        Slowest(workload.Amplified) >= Slowest(workload.Captured) ? workload.Amplified : workload.Captured;

    private static double Slowest(IReadOnlyList<RecordedCall> calls) => calls.Count == 0 ? double.NegativeInfinity : calls.Max(c => c.Seconds);

    /// <summary>Whether a candidate may be claimed at all: it names what it may, answers as the baseline does, and passes the covering tests.</summary>
    public Task<Verified> VerifyAsync(Candidate candidate, CancellationToken cancellationToken) => review.Book.BookAsync(
        Part.Verify, () => VerifyOnceAsync(candidate, FileOf(candidate), cancellationToken));

    /// <summary>Measures a candidate beside the baseline until the judge knows.</summary>
    public async Task<Compared<Verdict>> MeasureAsync(Candidate candidate, Verified verified, int number, CancellationToken cancellationToken)
    {
        if (workload.Kind == WorkloadKind.Swap && review.Objective.Kind != ObjectiveKind.Time)
            return new Compared<Verdict>(new Verdict(VerdictKind.Inconclusive, "memory is not known where whole tests are run"), new Evidence());

        review.Observer.Step(function, $"measuring {candidate.Title}");
        var compared = await MeasureOnceAsync(candidate, verified, number, cancellationToken).ConfigureAwait(false);
        var kinds = new CallKinds(
            review, function, workload, verified, candidate.Title, part => Of(part).MeasureOnceAsync(candidate, verified, number, cancellationToken));
        if (compared.Verdict.Kind == VerdictKind.Improved)
            return await kinds.LosingAsync().ConfigureAwait(false) is { } loss ? Losing(compared, loss) : compared;
        if (compared.Verdict.Kind != VerdictKind.Inconclusive || new Judge(Objective).Harms(compared.Evidence))
            return compared;
        if (await kinds.GainingAsync().ConfigureAwait(false) is { } ofSome)
            return ofSome with { Verdict = ofSome.Verdict with { Reason = $"{ofSome.Verdict.Reason}; all calls together: {compared.Verdict.Reason}" } };
        var (faster, slower) = await DifferingAsync(candidate, verified, cancellationToken).ConfigureAwait(false);
        if (await kinds.GainingOnAsync(faster).ConfigureAwait(false) is not { } ofOthers)
            return compared;
        _grownAs[candidate.Source] = [.. faster.Where(c => c.Test == ofOthers.Verdict.OnlyLike).Select(c => new GrownAs(c.Base, c.Plan!.Value)).Distinct()];
        var lost = await kinds.LosingOnAsync(slower).ConfigureAwait(false) ?? await kinds.LosingAsync().ConfigureAwait(false);
        return lost is not null ? Losing(ofOthers, lost)
            : ofOthers with { Verdict = ofOthers.Verdict with { Reason = $"{ofOthers.Verdict.Reason}; other calls: {compared.Verdict.Reason}" } };

        static Compared<Verdict> Losing(Compared<Verdict> gain, string loss) =>
            gain with { Verdict = new Verdict(VerdictKind.Inconclusive, $"{gain.Verdict.Reason}, but on calls like those of {loss}") };
    }

    /// <summary>
    /// Larger calls are those on which the baseline takes long. What a candidate makes faster may show in others: those on which it is quicker by a
    /// look at each kind, made larger. Their answers are compared like those of any.
    /// </summary>
    /// <returns>Larger calls on which it seems to be faster, and others on which it seems to be slower; none where it is the same by a look.</returns>
    private async Task<(IReadOnlyList<RecordedCall> Faster, IReadOnlyList<RecordedCall> Slower)> DifferingAsync(
        Candidate candidate, Verified verified, CancellationToken cancellationToken)
    {
        if (review.Objective.Kind != ObjectiveKind.Time || !workload.IsReplayed || workload.Captured.Count == 0)
            return ([], []);
        review.Observer.Step(function, $"looking for calls on which {candidate.Title} is faster");
        var file = SourceText.Of(FileOf(candidate));
        _grown ??= (await review.Book.BookAsync(Part.Capture, () => Amplifier.EachWayAsync(
            review.Tree, workload.Recorded, Configuration.Seed, cancellationToken)).ConfigureAwait(false)).Calls;
        var found = await review.Book.BookAsync(Part.Capture, () => DifferingCalls.FindAsync(
            review.Harness, Version(_baseline), Version(file), _grown, review.Limits, cancellationToken)).ConfigureAwait(false);
        var faster = await LargerAsync(quicker: true).ConfigureAwait(false);
        if (faster.Count == 0)
            return ([], []);
        var slower = await LargerAsync(quicker: false).ConfigureAwait(false);
        var equal = await review.Book.BookAsync(Part.Verify, () => Equivalence.CheckAsync(
            review.Tree, workload with { Amplified = [.. workload.Amplified, .. faster, .. slower] }, new FileVersions(_baseline, file), verified.Accepted!,
            Configuration.Tolerance, _known, cancellationToken)).ConfigureAwait(false);
        return equal is EquivalenceOutcome.Equal ? (faster, slower) : ([], []);

        Task<IReadOnlyList<RecordedCall>> LargerAsync(bool quicker) => review.Book.BookAsync(Part.Capture, () => DifferingCalls.LargerAsync(
            review.Tree, workload.Recorded, found, quicker, Configuration.Seed, cancellationToken));

        RunnerVersion Version(string text) =>
            new(review.Workspace.Head, workload.Target, workload.Entry, text, workload.Captured[0], []);
    }

    /// <summary>The same with some of the calls.</summary>
    private CandidateReview Of(Workload part) => new(review, function, part, original, fresh);

    private async Task<Compared<Verdict>> MeasureOnceAsync(Candidate candidate, Verified verified, int number, CancellationToken cancellationToken)
    {
        var compared = await review.Book.BookAsync(Part.Measure, () => new PairedComparison<Verdict>(
            Trials(FileOf(candidate), verified.Accepted!), new Judge(Objective)).RunAsync(Configuration.Seed + (1000 * number), cancellationToken))
            .ConfigureAwait(false);
        foreach (var measured in TrialMeasured.Of(number, compared.Evidence))
            review.Journal.Write(measured with { Function = function.Id });
        return compared;
    }

    /// <summary>Runs all tests with a candidate in place.</summary>
    /// <returns>Null when every outcome of the baseline reappears.</returns>
    public Task<Refusal?> TestAsync(Candidate candidate, CancellationToken cancellationToken) => review.Book.BookAsync(
        Part.Verify, () => new CandidateTests(review, function).RunAsync(candidate, FileOf(candidate), null, cancellationToken));

    public Judged Judged(Candidate candidate, Compared<Verdict> compared) => Judged(candidate, compared.Verdict, compared.Evidence, null);

    public Judged Refused(Candidate candidate, Refusal refusal, Evidence evidence) => Judged(candidate, refusal.Verdict, evidence, refusal.Output);

    private Judged Judged(Candidate candidate, Verdict verdict, Evidence evidence, string? output) =>
        new(candidate, verdict, Measured(candidate, evidence), evidence, output, CapturedRatio(evidence));

    private byte[] FileOf(Candidate candidate) => Edit.CandidateFile(original, function, candidate);

    /// <summary>
    /// A candidate as it may be suggested, what is liked best first. With imports, constants and helpers where people put them; but of a change, a
    /// review comment can only be placed on lines of its diff, and one place to take over is better than two.
    /// </summary>
    public IReadOnlyList<Candidate> Forms(Candidate candidate, Verified verified)
    {
        if (verified.Accepted?.Placed is not { } found || !workload.IsReplayed || !original.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(_baseline)))
            return [candidate];
        var placed = candidate with { Placed = found };
        return review.Change is null || MayBePublished(found) && Edit.Of(original, function, placed) is { } edits && edits.Elsewhere.Append(edits.OfFunction).All(IsInHunk)
            ? [placed]
            : [candidate, placed];
    }

    /// <summary>Whether publishing, which believes no report, takes what stands outside of the function.</summary>
    private bool MayBePublished(PlacedCode placed)
    {
        // The function as it is, so that it ends where it did and begins after what is new.
        var beside = FileOf(new Candidate("", 1, function.Source, "") { Placed = placed with { Source = function.Source } });
        return AddedLines.Fit(
            original.AsMemory(0, function.StartByte), beside.AsMemory(0, beside.Length - (original.Length - function.StartByte)), original, function.Language);
    }

    private bool IsInHunk(Edit edit) =>
        review.Change?.Files.FirstOrDefault(f => f.Path == function.Path)?.HunkHolding(edit.StartLine, edit.EndLine) is not null;

    /// <summary>How candidates for this function are executed beside the baseline.</summary>
    private ITrials Trials(byte[] file, CandidateCheckOutcome.Accepted accepted)
    {
        var files = new FileVersions(_baseline, SourceText.Of(file));
        return workload.IsReplayed
            ? new ReplayTrials(review.Harness, review.Workspace.Head, review.Limits, workload, files, review.Objective.Kind)
            {
                Fresh = fresh ?? FreshCallsAsync,
            }
            : workload.Kind == WorkloadKind.Benchmark
            ? new BenchmarkTrials(review.Harness, review.Workspace, function.Path, file, review.Limits) { BudgetSpent = review.BudgetSpent }
            : new InTestTrials(review.Harness, review.Workspace.Head, review.Baseline, review.Limits, workload, files)
            {
                Proposed = new InTestTrials.Candidate(accepted, review.Workspace, file),
                Objective = review.Objective.Kind,
            };
    }

    /// <summary>Unified diff of a candidate against the file as it is; empty when it changes nothing.</summary>
    public string Diff(Candidate candidate) =>
        DiffText.Of(function.Path, original, FileOf(candidate));

    /// <summary>The reviewable edit with its evidence.</summary>
    public async Task<Suggestion> SuggestAsync(Judged best, CancellationToken cancellationToken)
    {
        var file = FileOf(best.Candidate);
        var (edit, elsewhere) = Edit.Of(original, function, best.Candidate) ?? throw new InvalidOperationException($"the candidate for {function.Id} changes nothing");
        var growth = await GrowthAsync(best, SourceText.Of(file), cancellationToken).ConfigureAwait(false);
        var confirmation = best.Evidence.Confirmation!;
        return Suggestion.Of(edit, best.Verdict) with
        {
            Title = best.Candidate.Title,
            Rationale = best.Candidate.Rationale,
            Proposer = best.Candidate.Proposer,
            CapturedRatio = best.CapturedRatio,
            MemoryRatio = MemoryRatio(confirmation),
            Elsewhere = elsewhere,
            Hunk = elsewhere.Append(edit).All(IsInHunk),
            Growth = [.. growth.Select(g => new GrowthPoint
            {
                Size = g.Size, BaselineSeconds = g.BaselineSeconds, CandidateSeconds = g.CandidateSeconds,
            })],
            Samples = MeasuredSamples.Of(confirmation.Pairs, Configuration.Objective),
        };
    }

    /// <summary>Both versions over growing inputs, by the length of the largest one.</summary>
    private async Task<IReadOnlyList<GrowthMeasurement>> GrowthAsync(Judged best, string file, CancellationToken cancellationToken)
    {
        if (!workload.IsReplayed)
            return [];
        var recorded = workload.Recorded with { Calls = [.. workload.Captured.Where(c => best.Verdict.OnlyLike is not { } test || c.Test == test)] };
        var steps = await review.Book.BookAsync(Part.Capture, () => Amplifier.GrowthAsync(
            review.Tree, recorded, Configuration.Seed, _grownAs.GetValueOrDefault(best.Candidate.Source) ?? AsAmplified(recorded), cancellationToken))
            .ConfigureAwait(false);
        if (steps.Count == 0)
            return [];
        var sized = workload with { Captured = [], Amplified = [.. steps.Select(s => s.Call with { Scale = s.Size })] };
        var plan = TrialPlan.Of(sized, review.Harness.Program.Pace, sized.Amplified, new FileVersions(_baseline, file), Configuration.Objective, Configuration.Seed + 77);
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

    private async Task<Verified> VerifyOnceAsync(
        Candidate candidate, byte[] file, CancellationToken cancellationToken)
    {
        review.Observer.Step(function, $"verifying {candidate.Title}");
        var text = SourceText.Of(file);
        if (!review.Harness.Program.Can(Abilities.Check))
            return new Verified(null, await new CandidateTests(review, function).RunAsync(candidate, file, null, cancellationToken).ConfigureAwait(false));
        var check = await CandidateCheck.CheckAsync(
            review.Harness, review.Workspace.Head, workload.Target, _baseline, text, review.Limits, cancellationToken).ConfigureAwait(false);
        if (check is CandidateCheckOutcome.Refused refused)
            return new Verified(null, new Refusal(Verdict.Rejected(refused.Reason), refused.Reason));
        if (check is not CandidateCheckOutcome.Accepted accepted)
            return new Verified(null, Unfinished(((CandidateCheckOutcome.SandboxFailed)check).Reason));
        if (workload.IsReplayed)
        {
            var equivalence = await Equivalence.CheckAsync(
                review.Tree, workload, new FileVersions(_baseline, text), accepted, Configuration.Tolerance, _known, cancellationToken).ConfigureAwait(false);
            if (equivalence is EquivalenceOutcome.SandboxFailed failed)
                return new Verified(null, Unfinished(failed.Reason));
            if (equivalence is not EquivalenceOutcome.Equal equal)
                return new Verified(null, new Refusal(Verdict.Rejected(equivalence.Reason), equivalence.Reason));
            return await TestedAsync().ConfigureAwait(false) with { Seconds = equal.Seconds };
        }

        return await TestedAsync().ConfigureAwait(false);

        async Task<Verified> TestedAsync() =>
            new(accepted, await new CandidateTests(review, function).RunAsync(candidate, file, workload.CoveringTests, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Calls of the size of a claim with values nobody has seen; none where they cannot be made, and then those of the claim are used.</summary>
    private async Task<IReadOnlyList<RecordedCall>> FreshCallsAsync(Trial claim, CancellationToken cancellationToken)
    {
        if (claim.Scale <= 1)
            return [];
        // Made of those that the claim's calls were made of: of others it says nothing.
        var bases = TrialPlan.Weighty(workload.Amplified, review.Harness.Program.Pace).Where(c => c.Scale == claim.Scale).ToLookup(c => c.Base, c => c.Plan);
        var recorded = workload.Recorded with { Calls = [.. workload.Captured.Where(c => bases.Contains(c.Id))] };
        GrownAs[] ways = [.. bases.SelectMany(b => b.OfType<int>().Distinct().Select(plan => new GrownAs(b.Key, plan)))];
        var amplified = await review.Book.BookAsync(Part.Capture, () => Amplifier.AmplifyAsync(
            review.Tree, recorded,
            new Amplification(Configuration.Seed + 1, FreshCount(claim)) { Scale = claim.Scale, Budget = FreshBudget, GrownAs = ways.Length > 0 ? ways : null }, cancellationToken))
            .ConfigureAwait(false);
        return OfSize(claim, amplified.Calls);
    }

    /// <summary>
    /// Calls that may confirm a claim: those of its size, or none. Where a call of that size comes out too slow the amplifier
    /// gives smaller ones, whose pairs say nothing of the claim.
    /// </summary>
    internal static IReadOnlyList<RecordedCall> OfSize(Trial claim, IReadOnlyList<RecordedCall> calls) =>
        [.. calls.Where(c => c.Scale == claim.Scale)];

    /// <summary>As many calls as make different samples of all pairs of a process.</summary>
    private int FreshCount(Trial claim)
    {
        var (call, pace) = (claim.Baseline.Cpu / Math.Max(1, claim.Calls), review.Harness.Program.Pace);
        return call <= 0 ? MostFresh : (int)Math.Clamp(Math.Ceiling(pace.Sample / call) * pace.PairsPerProcess, pace.PairsPerProcess, MostFresh);
    }

    private static MeasuredSource Measured(Candidate candidate, Evidence evidence)
    {
        var trial = evidence.Amplified ?? evidence.Captured;
        return trial is null || trial.Pairs.Count == 0
            ? new MeasuredSource(candidate.Source, Passed: false)
            : new MeasuredSource(
                candidate.Source, Passed: true, trial.Candidate.Cpu, trial.Candidate.PeakBytes, trial.Candidate.ByteSeconds);
    }

    /// <summary>Peak memory of the baseline over that of the candidate; 1 where they differ by less than can be told, null where it was not measured.</summary>
    private static double? MemoryRatio(Trial confirmation) =>
        confirmation is not { Baseline.PeakBytes: > 0 and var was, Candidate.PeakBytes: > 0 and var now } ? null
        : Math.Abs(was - now) < Objective.DefaultMinimumBytes ? 1
        : was / now;

    private double? CapturedRatio(Evidence evidence) =>
        evidence is { Captured.Pairs: { Count: > 0 } pairs, Amplified: not null }
            ? RatioInterval.Of(pairs, Configuration.Objective).Median
            : null;

    /// <summary>A failure of the sandbox is never held against a candidate.</summary>
    private static Refusal Unfinished(string why) => new(new Verdict(VerdictKind.Inconclusive, $"the sandbox failed: {why}"), why);
}

/// <summary>What verification says of a candidate.</summary>
/// <param name="Accepted">What has to have run before anything is claimed; null where it was refused.</param>
/// <param name="Refusal">Null where nothing speaks against it.</param>
internal sealed record Verified(CandidateCheckOutcome.Accepted? Accepted, Refusal? Refusal)
{
    /// <value>See <see cref="EquivalenceOutcome.Equal.Seconds"/>.</value>
    public IReadOnlyDictionary<string, (double Baseline, double Candidate)> Seconds { get; init; } = new Dictionary<string, (double, double)>();

    /// <summary>Time of a call at the baseline over that of the candidate, as their processes said it; 0 where it is not known.</summary>
    public double Ratio(RecordedCall call) => Seconds.GetValueOrDefault(call.Id) is { Candidate: > 0 } seen ? seen.Baseline / seen.Candidate : 0;

    /// <summary>Seconds that a call takes less with the candidate; 0 where it is not known.</summary>
    public double Saving(RecordedCall call) => Seconds.GetValueOrDefault(call.Id) is var (was, now) ? was - now : 0;
}

/// <param name="Output">Shown to the proposer in a repair turn.</param>
internal sealed record Refusal(Verdict Verdict, string Output);
