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
    private readonly string _baseline = SourceText.Of(original);
    private readonly BaselineAnswers _known = new();
    private readonly Dictionary<string, IReadOnlyList<GrownAs>> _grownAs = [];
    private readonly CandidateCalls _calls = new(review, workload, SourceText.Of(original));
    private readonly List<CandidateReview?> _throughCallers = [];

    /// <value>Functions that lead to calls of it, nearest first: what a candidate saves there, where that is too little in a call of its own. Defaults to none.</value>
    public IReadOnlyList<CallerCapture> Callers { get; init; } = [];

    private Configuration Configuration => review.Configuration;

    private Objective Objective => review.ObjectiveOf(workload);

    /// <summary>The calls a function is mostly measured on: amplified ones, unless a captured one takes longer than all of them.</summary>
    public static IReadOnlyList<RecordedCall> Largest(Workload workload) =>
        Slowest(workload.Amplified) >= Slowest(workload.Captured) ? workload.Amplified : workload.Captured;

    private static double Slowest(IReadOnlyList<RecordedCall> calls) => calls.Count == 0 ? double.NegativeInfinity : calls.Max(c => c.Seconds);

    /// <value>Calls of the function itself, where those of one that leads to it are measured: a candidate has to agree on them too. Defaults to null: those are measured.</value>
    public Workload? Own { get; init; }

    /// <summary>Whether a candidate may be claimed at all: it names what it may, answers as the baseline does, and passes the covering tests.</summary>
    public Task<Verified> VerifyAsync(Candidate candidate, CancellationToken cancellationToken) => review.Book.BookAsync(
        Part.Verify, () => VerifyOnceAsync(candidate, FileOf(candidate), cancellationToken));

    /// <summary>Measures a candidate beside the baseline until the judge knows.</summary>
    public async Task<Compared<Verdict>> MeasureAsync(Candidate candidate, Verified verified, int number, CancellationToken cancellationToken)
    {
        var compared = await MeasureOwnAsync(candidate, verified, number, cancellationToken).ConfigureAwait(false);
        var judge = new Judge(Objective);
        // Calls inside of tests have the size that they have: those of a function that leads to them may be made larger.
        if (compared.Verdict.Kind != VerdictKind.Inconclusive || (workload.IsInTests ? judge.Harms(compared.Evidence) : !judge.GainsLittle(compared.Evidence)))
            return compared;
        for (var i = 0; i < Callers.Count && !review.BudgetSpent(); i++)
        {
            if (await ThroughCallerAsync(i, cancellationToken).ConfigureAwait(false) is { } caller
                && await caller.InsideAsync(candidate, verified, number, cancellationToken).ConfigureAwait(false) is { } inside)
                return inside;
        }

        return compared;
    }

    /// <summary>The same with the calls of a function that leads to calls of this one, made larger; null where there are none.</summary>
    private async Task<CandidateReview?> ThroughCallerAsync(int place, CancellationToken cancellationToken)
    {
        if (place < _throughCallers.Count)
            return _throughCallers[place];
        review.Observer.Step(function, "recording calls of a function that leads to it");
        var found = await review.Book.BookAsync(Part.Capture, () => Callers[place](cancellationToken)).ConfigureAwait(false);
        if (found is not null)
        {
            var amplified = await review.Book.BookAsync(Part.Capture, () => Amplifier.AmplifyAsync(
                review.Tree, found.Recorded, new Amplification(Configuration.Seed), cancellationToken)).ConfigureAwait(false);
            found = found with { Amplified = amplified.Calls };
        }

        _throughCallers.Add(found is null || review.TooSmall(found.SlowestCall, found) is not null ? null : Of(found));
        return _throughCallers[place];
    }

    /// <summary>What is proven of a candidate in calls of a function that leads to its own, which have shown whether it is equal and all of it runs.</summary>
    /// <returns>Null where no gain is.</returns>
    private async Task<Compared<Verdict>?> InsideAsync(Candidate candidate, Verified verified, int number, CancellationToken cancellationToken)
    {
        review.Observer.Step(function, $"measuring {candidate.Title} in calls of {workload.Entry.Name}");
        var equality = await review.Book.BookAsync(Part.Verify, () => Equivalence.CheckAsync(
            review.Tree, workload, new FileVersions(_baseline, SourceText.Of(FileOf(candidate))), verified.Accepted!, Configuration.Tolerance, _known, cancellationToken)).ConfigureAwait(false);
        if (equality is not (EquivalenceOutcome.Equal or EquivalenceOutcome.NotExercised { ShownBy: null }))
            return null;
        var there = verified with { Seconds = (equality as EquivalenceOutcome.Equal)?.Seconds ?? new Dictionary<string, (double, double)>() };
        var compared = await MeasureOwnAsync(candidate, there, number, cancellationToken).ConfigureAwait(false);
        return compared.Verdict.Kind == VerdictKind.Improved
            ? compared with { Verdict = compared.Verdict with { Reason = $"{compared.Verdict.Reason}; in calls of {workload.Entry.Name}, which leads to it many times" } }
            : null;
    }

    private async Task<Compared<Verdict>> MeasureOwnAsync(Candidate candidate, Verified verified, int number, CancellationToken cancellationToken)
    {
        if (workload.Kind == WorkloadKind.Swap && review.Objective.Kind != ObjectiveKind.Time)
            return new Compared<Verdict>(new Verdict(VerdictKind.Inconclusive, "memory is not known where whole tests are run"), new Evidence());

        review.Observer.Step(function, $"measuring {candidate.Title}");
        var compared = await MeasureOnceAsync(candidate, verified, number, cancellationToken).ConfigureAwait(false);
        var kinds = new CallKinds(
            review.Objective, new Judge(Objective), workload, verified, test => review.Observer.Step(function, $"measuring {candidate.Title} on calls like those of {test}"),
            part => Of(part).MeasureOnceAsync(candidate, verified, number, cancellationToken));
        if (compared.Verdict.Kind == VerdictKind.Improved)
            return await kinds.LosingAsync().ConfigureAwait(false) is { } loss ? Losing(compared, loss) : compared;
        if (compared.Verdict.Kind != VerdictKind.Inconclusive || new Judge(Objective).Harms(compared.Evidence))
            return compared;
        if (await kinds.GainingAsync().ConfigureAwait(false) is { } ofSome)
            return ofSome with { Verdict = ofSome.Verdict with { Reason = $"{ofSome.Verdict.Reason}; all calls together: {compared.Verdict.Reason}" } };
        if (_calls.MayDiffer)
            review.Observer.Step(function, $"looking for calls on which {candidate.Title} is faster");
        var (faster, slower) = await _calls.DifferingAsync(SourceText.Of(FileOf(candidate)), verified, _known, cancellationToken).ConfigureAwait(false);
        if (await kinds.GainingOnAsync(faster).ConfigureAwait(false) is not { } ofOthers)
            return compared;
        _grownAs[candidate.Source] = [.. faster.Where(c => c.Test == ofOthers.Verdict.OnlyLike).Select(c => new GrownAs(c.Base, c.Plan!.Value)).Distinct()];
        var lost = await kinds.LosingOnAsync(slower).ConfigureAwait(false) ?? await kinds.LosingAsync().ConfigureAwait(false);
        return lost is not null ? Losing(ofOthers, lost)
            : ofOthers with { Verdict = ofOthers.Verdict with { Reason = $"{ofOthers.Verdict.Reason}; other calls: {compared.Verdict.Reason}" } };

        static Compared<Verdict> Losing(Compared<Verdict> gain, string loss) =>
            gain with { Verdict = new Verdict(VerdictKind.Inconclusive, $"{gain.Verdict.Reason}, but on calls like those of {loss}") };
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
                Fresh = fresh ?? _calls.FreshAsync,
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
        var growth = await _calls.GrowthAsync(
            best.Verdict.OnlyLike, SourceText.Of(file), _grownAs.GetValueOrDefault(best.Candidate.Source), cancellationToken).ConfigureAwait(false);
        var confirmation = best.Evidence.Confirmation!;
        var start = await review.Book.BookAsync(
            Part.Measure, () => ImportCost.MeasureAsync(review.Tree, function.Path, _baseline, SourceText.Of(file), cancellationToken)).ConfigureAwait(false);
        var suggestion = Suggestion.Of(edit, best.Verdict) with
        {
            Title = best.Candidate.Title,
            Rationale = best.Candidate.Rationale,
            Proposer = best.Candidate.Proposer,
            CapturedRatio = best.CapturedRatio,
            MemoryRatio = MemoryRatio(Configuration.Objective == ObjectiveKind.Time ? best.Evidence.Amplified ?? best.Evidence.Captured : confirmation),
            Elsewhere = elsewhere,
            Hunk = elsewhere.Append(edit).All(IsInHunk),
            Growth = [.. growth.Select(g => new GrowthPoint
            {
                Size = g.Size, BaselineSeconds = g.BaselineSeconds, CandidateSeconds = g.CandidateSeconds,
            })],
            Samples = MeasuredSamples.Of(confirmation.Pairs, Configuration.Objective),
        };
        return suggestion with { Worth = Worth.Of(suggestion, WorkloadReport.Of(workload), Configuration.Objective, start) };
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
            if (Own is { } own && await Equivalence.CheckRecordedAsync(
                review.Tree, own, new FileVersions(_baseline, text), accepted, Configuration.Tolerance, cancellationToken).ConfigureAwait(false) is { } otherwise)
                return new Verified(null, new Refusal(Verdict.Rejected(otherwise.Reason), otherwise.Reason));
            return await TestedAsync().ConfigureAwait(false) with { Seconds = equal.Seconds };
        }

        return await TestedAsync().ConfigureAwait(false);

        async Task<Verified> TestedAsync() =>
            new(accepted, await new CandidateTests(review, function).RunAsync(
                candidate, file, workload.Kind == WorkloadKind.Benchmark ? null : workload.CoveringTests, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The function as it is over growing inputs, the smallest first; empty where none can be made.</summary>
    public Task<IReadOnlyList<GrowthMeasurement>> GrowthAsync(CancellationToken cancellationToken) => _calls.GrowthAsync(null, _baseline, null, cancellationToken);

    private static MeasuredSource Measured(Candidate candidate, Evidence evidence)
    {
        var trial = evidence.Amplified ?? evidence.Captured;
        return trial is null || trial.Pairs.Count == 0
            ? new MeasuredSource(candidate.Source, Passed: false)
            : new MeasuredSource(
                candidate.Source, Passed: true, trial.Candidate.Cpu, trial.Candidate.PeakBytes, trial.Candidate.ByteSeconds);
    }

    /// <summary>Peak memory of the baseline over that of the candidate; 1 where they differ by less than can be told, null where it was not measured.</summary>
    private static double? MemoryRatio(Trial? trial) =>
        trial is not { Baseline.PeakBytes: > 0 and var was, Candidate.PeakBytes: > 0 and var now } ? null
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
