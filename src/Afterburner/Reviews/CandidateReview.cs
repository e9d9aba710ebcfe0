using System.Text;
using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Runs;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Reviews;

/// <summary>Verifies and measures candidates for one function.</summary>
/// <param name="fresh">Calls of the size of a claim for its confirmation; null: amplified anew, with values nobody has seen.</param>
internal sealed class CandidateReview(
    ReviewContext review, Function function, Workload workload, byte[] original, FreshCalls? fresh = null)
{
    /// <summary>How much faster a version's own process says that a call is, for its kind to be measured by itself.</summary>
    private const double MostlyGained = 1.3;

    /// <summary>Runs of a test that failed before and passes with a candidate, without it.</summary>
    private const int MostRepeats = 5;

    /// <summary>Calls with fresh values for a confirmation, at most.</summary>
    private const int MostFresh = 40;

    /// <summary>Twice what an amplified call may take: one of the claim's size is wanted, on a busy machine as well.</summary>
    private static readonly TimeSpan FreshBudget = TimeSpan.FromMilliseconds(80);

    private readonly string _baseline = SourceText.Of(original);
    private readonly BaselineAnswers _known = new();

    private Configuration Configuration => review.Configuration;

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
        if (compared.Verdict.Kind == VerdictKind.Improved && await LosingKindAsync(candidate, verified, number, cancellationToken).ConfigureAwait(false) is { } loss)
            return compared with { Verdict = new Verdict(VerdictKind.Inconclusive, $"{compared.Verdict.Reason}, but on calls like those of {loss}") };
        return compared.Verdict.Kind == VerdictKind.Inconclusive && !new Judge(review.Objective).Harms(compared.Evidence)
            && await MeasureKindsAsync(candidate, verified, number, cancellationToken).ConfigureAwait(false) is { } ofSome
            ? ofSome with { Verdict = ofSome.Verdict with { Reason = $"{ofSome.Verdict.Reason}; all calls together: {compared.Verdict.Reason}" } }
            : compared;
    }

    /// <summary>
    /// Calls that were made of one recorded call are of a kind. Where all of them together prove nothing, one kind may gain what the others
    /// hide, and none of the others may lose what matters.
    /// </summary>
    /// <returns>What is proven for the kind that seems to gain most, or that another loses; null where nothing is.</returns>
    private async Task<Compared<Verdict>?> MeasureKindsAsync(Candidate candidate, Verified verified, int number, CancellationToken cancellationToken)
    {
        var kinds = workload.Amplified.GroupBy(c => c.Base).ToList();
        var gains = kinds.Where(k => Medians.Of(k.Select(verified.Ratio)) >= MostlyGained).OrderByDescending(k => k.Max(verified.Saving));
        if (kinds.Count < 2 || gains.FirstOrDefault() is not { } most || most.Max(verified.Saving) < review.Objective.MinimumSaving
            || workload.Captured.FirstOrDefault(c => c.Id == most.Key) is not { } recorded)
            return null;
        review.Observer.Step(function, $"measuring {candidate.Title} on calls like those of {recorded.Test}");
        var ofKind = await Of([recorded], [.. most]).MeasureOnceAsync(candidate, verified, number, cancellationToken).ConfigureAwait(false);
        if (ofKind.Verdict.Kind != VerdictKind.Improved)
            return null;
        foreach (var other in kinds.Where(k => k.Key != most.Key))
        {
            var seen = await Of([], [.. other]).MeasureOnceAsync(candidate, verified, number, cancellationToken).ConfigureAwait(false);
            if (new Judge(review.Objective).Harms(seen.Evidence))
                return ofKind with { Verdict = new Verdict(VerdictKind.Inconclusive, $"on calls like those of {recorded.Test} {ofKind.Verdict.Reason}; on calls like those of {TestOf(other.Key)} {seen.Verdict.Reason}") };
        }

        return ofKind with { Verdict = ofKind.Verdict with { OnlyLike = recorded.Test } };

        string TestOf(string call) => workload.Captured.FirstOrDefault(c => c.Id == call)?.Test ?? "another test";
    }

    /// <summary>What all calls together gain may hide that those which take one way lose what matters. Measured where the version's own process says so.</summary>
    /// <returns>The test of such calls, and what is proven of them; null where there are none.</returns>
    private async Task<string?> LosingKindAsync(Candidate candidate, Verified verified, int number, CancellationToken cancellationToken)
    {
        var kinds = workload.Captured.Concat(workload.Amplified).GroupBy(c => c.Way).ToList();
        foreach (var kind in kinds.Where(k => kinds.Count > 1 && Medians.Of(k.Select(verified.Ratio)) is > 0 and < 1 / MostlyGained && k.Max(c => -verified.Saving(c)) >= review.Objective.MinimumSaving))
        {
            var recorded = kind.First();
            review.Observer.Step(function, $"measuring {candidate.Title} on calls like those of {recorded.Test}");
            var seen = await Of([.. kind.Where(c => c.Base.Length == 0)], [.. kind.Where(c => c.Base.Length > 0)])
                .MeasureOnceAsync(candidate, verified, number, cancellationToken).ConfigureAwait(false);
            if (new Judge(review.Objective).Harms(seen.Evidence))
                return $"{recorded.Test} {seen.Verdict.Reason}";
        }

        return null;
    }

    /// <summary>The same with some of the calls.</summary>
    private CandidateReview Of(IReadOnlyList<RecordedCall> captured, IReadOnlyList<RecordedCall> amplified) =>
        new(review, function, workload with { Captured = captured, Amplified = amplified }, original, fresh);

    private async Task<Compared<Verdict>> MeasureOnceAsync(Candidate candidate, Verified verified, int number, CancellationToken cancellationToken)
    {
        var compared = await review.Book.BookAsync(Part.Measure, () => new PairedComparison<Verdict>(
            Trials(FileOf(candidate), verified.Accepted!), new Judge(review.Objective)).RunAsync(Configuration.Seed + (1000 * number), cancellationToken))
            .ConfigureAwait(false);
        foreach (var measured in TrialMeasured.Of(number, compared.Evidence))
            review.Journal.Write(measured with { Function = function.Id });
        return compared;
    }

    /// <summary>Runs all tests with a candidate in place.</summary>
    /// <returns>Null when every outcome of the baseline reappears.</returns>
    public Task<Refusal?> TestAsync(Candidate candidate, CancellationToken cancellationToken) => review.Book.BookAsync(
        Part.Verify, () => TestsAsync(candidate, FileOf(candidate), null, cancellationToken));

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
        var growth = await GrowthAsync(SourceText.Of(file), best.Verdict.OnlyLike, cancellationToken).ConfigureAwait(false);
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
    private async Task<IReadOnlyList<GrowthMeasurement>> GrowthAsync(string file, string? onlyLike, CancellationToken cancellationToken)
    {
        if (!workload.IsReplayed)
            return [];
        var recorded = workload.Recorded with { Calls = [.. workload.Captured.Where(c => onlyLike is null || c.Test == onlyLike)] };
        var steps = await review.Book.BookAsync(Part.Capture, () => Amplifier.GrowthAsync(
            review.Tree, recorded, Configuration.Seed, cancellationToken)).ConfigureAwait(false);
        if (steps.Count == 0)
            return [];
        var sized = workload with { Captured = [], Amplified = [.. steps.Select(s => s.Call with { Scale = s.Size })] };
        var plan = TrialPlan.Of(sized, review.Harness.Program.Pace, sized.Amplified, new FileVersions(_baseline, file), Configuration.Objective, Configuration.Seed + 77);
        return await review.Book.BookAsync(Part.Measure, () => Growth.MeasureAsync(
            review.Harness, review.Workspace.Head, plan, sized, review.Limits, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<Verified> VerifyOnceAsync(
        Candidate candidate, byte[] file, CancellationToken cancellationToken)
    {
        review.Observer.Step(function, $"verifying {candidate.Title}");
        var text = SourceText.Of(file);
        if (!review.Harness.Program.Can(Abilities.Check))
            return new Verified(null, await TestsAsync(candidate, file, null, cancellationToken).ConfigureAwait(false));
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
            new(accepted, await TestsAsync(candidate, file, workload.CoveringTests, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Runs tests with the candidate in place; null when every outcome of the baseline reappears.</summary>
    /// <param name="tests">Null for all.</param>
    private async Task<Refusal?> TestsAsync(
        Candidate candidate, byte[] file, IReadOnlyList<string>? tests, CancellationToken cancellationToken)
    {
        review.Observer.Step(function, $"running {(tests is null ? "all tests" : $"{tests.Count} tests")} with {candidate.Title}");
        var copy = await review.Workspace.WithAsync(function.Path, file, cancellationToken).ConfigureAwait(false);
        try
        {
            var run = await RepositoryTests.RunAsync(
                review.Harness, copy, tests, review.Limits, cancellationToken: cancellationToken).ConfigureAwait(false);
            return run.DifferenceFrom(review.Baseline) is { } difference && !await DiffersByChanceAsync(run, cancellationToken).ConfigureAwait(false)
                ? new Refusal(Verdict.Rejected(FirstLine(difference)), difference)
                : null;
        }
        finally
        {
            review.Workspace.Drop(copy);
        }
    }

    /// <summary>
    /// A test with random inputs may fail whenever the baseline is run, and pass later: run again and again without the candidate, it tells. One
    /// that passed at the baseline has to pass.
    /// </summary>
    private async Task<bool> DiffersByChanceAsync(TestRun run, CancellationToken cancellationToken)
    {
        var open = run.Mended(review.Baseline).ToHashSet();
        if (open.Count == 0 || run.DifferenceFrom(review.Baseline with { Flaky = review.Baseline.Flaky.Union(open).ToHashSet() }) is not null)
            return false;
        for (var time = 0; time < MostRepeats && open.Count > 0; time++)
        {
            var again = await RepositoryTests.RunAsync(
                review.Harness, review.Workspace.Head, [.. open], review.Limits, variation: 2 + time, cancellationToken: cancellationToken).ConfigureAwait(false);
            open.ExceptWith(again.Mended(review.Baseline));
        }

        return open.Count == 0;
    }

    /// <summary>Calls of the size of a claim with values nobody has seen; none where they cannot be made, and then those of the claim are used.</summary>
    private async Task<IReadOnlyList<RecordedCall>> FreshCallsAsync(Trial claim, CancellationToken cancellationToken)
    {
        if (claim.Scale <= 1)
            return [];
        // Made of those that the claim's calls were made of: of others it says nothing.
        var bases = TrialPlan.Weighty(workload.Amplified, review.Harness.Program.Pace).Where(c => c.Scale == claim.Scale).Select(c => c.Base).ToHashSet();
        var recorded = workload.Recorded with { Calls = [.. workload.Captured.Where(c => bases.Contains(c.Id))] };
        var amplified = await review.Book.BookAsync(Part.Capture, () => Amplifier.AmplifyAsync(
            review.Tree, recorded,
            new Amplification(Configuration.Seed + 1, FreshCount(claim)) { Scale = claim.Scale, Budget = FreshBudget }, cancellationToken))
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

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd(':', ' ');

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
