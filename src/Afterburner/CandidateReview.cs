using System.Text;
using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Suggestions;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner;

/// <summary>
/// Verify, measure, judge: everything one candidate goes through, the cheap refusals first. It fails closed: what could not be
/// compared is not equal, what could not be measured is not faster.
/// </summary>
/// <param name="fresh">Calls of the size of a claim for its confirmation; null: amplified anew, with values nobody has seen.</param>
internal sealed class CandidateReview(
    ReviewContext review, Function function, Workload workload, byte[] head, FreshCalls? fresh = null)
{
    /// <summary>Calls with fresh values for a confirmation, at most.</summary>
    private const int MostFresh = 40;

    /// <summary>Twice what an amplified call may take: one of the claim's size is wanted, on a busy machine as well.</summary>
    private static readonly TimeSpan FreshBudget = TimeSpan.FromMilliseconds(80);

    private readonly string _baseline = Encoding.UTF8.GetString(head);
    private Configuration Configuration => review.Configuration;

    private bool Replays => workload.Kind is WorkloadKind.Replay or WorkloadKind.Caller;

    /// <summary>The calls a function is mostly measured on: amplified ones, unless a captured one takes longer than all of them.</summary>
    public static IReadOnlyList<RecordedCall> Largest(Workload workload) =>
        Slowest(workload.Amplified) >= Slowest(workload.Captured) ? workload.Amplified : workload.Captured;

    private static double Slowest(IReadOnlyList<RecordedCall> calls) => calls.Count == 0 ? double.NegativeInfinity : calls.Max(c => c.Seconds);

    public async Task<Judged> JudgeAsync(Candidate candidate, int number, CancellationToken cancellationToken)
    {
        var file = Edit.CandidateFile(head, function, candidate.Source);
        var (accepted, refusal) = await review.Book.BookAsync(
            Part.Verify, () => VerifyAsync(candidate, file, cancellationToken)).ConfigureAwait(false);
        if (refusal is not null)
            return Judged(refusal.Verdict, new Evidence(), refusal.Output);
        if (workload.Kind == WorkloadKind.Swap && review.Objective.Kind != ObjectiveKind.Time)
            return Judged(new Verdict(VerdictKind.Inconclusive, "memory is not known where whole tests are run"), new Evidence(), null);

        review.Observer.Step(function, $"measuring {candidate.Title}");
        var seed = Configuration.Seed + (1000 * number);
        var compared = await review.Book.BookAsync(Part.Measure, () => new Comparison<Verdict>(
            Trials(file, accepted!), new Judge(review.Objective)).RunAsync(seed, cancellationToken)).ConfigureAwait(false);
        foreach (var measured in TrialMeasured.Of(number, compared.Evidence))
            review.Journal.Write(measured with { Function = function.Id });

        // The whole suite is run last: it is the dearest check, and only what is about to be claimed needs it.
        if (compared.Verdict.Kind == VerdictKind.Improved
            && await review.Book.BookAsync(
                Part.Verify, () => TestsAsync(candidate, file, null, cancellationToken)).ConfigureAwait(false) is { } broken)
            return Judged(broken.Verdict, compared.Evidence, broken.Output);
        return Judged(compared.Verdict, compared.Evidence, null);

        Judged Judged(Verdict verdict, Evidence evidence, string? output) =>
            new(candidate, verdict, Measured(candidate, evidence), evidence, output, CapturedRatio(evidence));
    }

    /// <summary>How candidates for this function are executed beside the baseline.</summary>
    private ITrials Trials(byte[] file, CandidateCheckOutcome.Accepted accepted)
    {
        var text = Encoding.UTF8.GetString(file);
        return Replays
            ? new ReplayTrials(review.Harness, review.Workspace.Head, review.Limits, workload, _baseline, text, review.Objective.Kind)
            {
                Fresh = fresh ?? FreshCallsAsync,
            }
            : new InTestTrials(review.Harness, review.Workspace.Head, review.Baseline, review.Limits, workload, _baseline, text)
            {
                Proposed = new InTestTrials.Candidate(accepted, review.Workspace, file),
                Objective = review.Objective.Kind,
            };
    }

    /// <summary>Unified diff of a candidate against head; empty when it changes nothing.</summary>
    public string Diff(Candidate candidate) =>
        UnifiedDiff.Of(function.Path, head, Edit.CandidateFile(head, function, candidate.Source));

    /// <summary>The reviewable edit with its evidence.</summary>
    public async Task<Suggestion> SuggestAsync(Judged best, CancellationToken cancellationToken)
    {
        var file = Edit.CandidateFile(head, function, best.Candidate.Source);
        var edit = Edit.Between(head, file) ?? throw new InvalidOperationException($"the candidate for {function.Id} changes nothing");
        var growth = await GrowthAsync(Encoding.UTF8.GetString(file), cancellationToken).ConfigureAwait(false);
        var confirmation = best.Evidence.Confirmation!;
        return Suggestion.Of(edit, best.Verdict) with
        {
            Title = best.Candidate.Title,
            Rationale = best.Candidate.Rationale,
            Proposer = best.Candidate.Proposer,
            CapturedRatio = best.CapturedRatio,
            MemoryRatio = confirmation is { Baseline.PeakBytes: > 0 and var was, Candidate.PeakBytes: > 0 and var now } ? was / now : null,
            Hunk = review.Change?.Files.FirstOrDefault(f => f.Path == function.Path)?.HunkHolding(edit.StartLine, edit.EndLine) is not null,
            Growth = [.. growth.Select(g => new Suggestions.GrowthPoint
            {
                Size = g.Size, BaselineSeconds = g.BaselineSeconds, CandidateSeconds = g.CandidateSeconds,
            })],
            Samples = MeasuredSamples.Of(confirmation.Pairs, Configuration.Objective),
        };
    }

    /// <summary>Both versions over growing inputs, by the length of the largest one.</summary>
    private async Task<IReadOnlyList<Afterburner.Trials.GrowthPoint>> GrowthAsync(string file, CancellationToken cancellationToken)
    {
        if (!Replays)
            return [];
        var steps = await review.Book.BookAsync(Part.Capture, () => Amplifier.GrowthAsync(
            review.Harness, review.Workspace.Head, workload.Target, workload.Entry, workload.Captured, Configuration.Seed,
            review.Limits, cancellationToken)).ConfigureAwait(false);
        if (steps.Count == 0)
            return [];
        var sized = workload with { Captured = [], Amplified = [.. steps.Select(s => s.Call with { Scale = s.Size })] };
        var plan = TrialPlan.Of(sized, sized.Amplified, _baseline, file, Configuration.Objective, Configuration.Seed + 77);
        return await review.Book.BookAsync(Part.Measure, () => Growth.MeasureAsync(
            review.Harness, review.Workspace.Head, plan, sized, review.Limits, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<(CandidateCheckOutcome.Accepted? Accepted, Refusal? Refusal)> VerifyAsync(
        Candidate candidate, byte[] file, CancellationToken cancellationToken)
    {
        review.Observer.Step(function, $"verifying {candidate.Title}");
        var text = Encoding.UTF8.GetString(file);
        var check = await CandidateCheck.CheckAsync(
            review.Harness, review.Workspace.Head, workload.Target, _baseline, text, review.Limits, cancellationToken).ConfigureAwait(false);
        if (check is CandidateCheckOutcome.Refused refused)
            return (null, new Refusal(Verdict.Rejected(refused.Reason), refused.Reason));
        if (check is not CandidateCheckOutcome.Accepted accepted)
            return (null, Unfinished(((CandidateCheckOutcome.SandboxFailed)check).Reason));
        if (Replays)
        {
            var equivalence = await Equivalence.CheckAsync(
                review.Harness, review.Workspace.Head, workload, _baseline, text, accepted,
                Configuration.Tolerance, review.Limits, cancellationToken).ConfigureAwait(false);
            if (equivalence is EquivalenceOutcome.SandboxFailed failed)
                return (null, Unfinished(failed.Reason));
            if (equivalence is not EquivalenceOutcome.Equal)
                return (null, new Refusal(Verdict.Rejected(equivalence.Reason), equivalence.Reason));
        }

        return (accepted, await TestsAsync(candidate, file, workload.CoveringTests, cancellationToken).ConfigureAwait(false));
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
            return run.DifferenceFrom(review.Baseline) is { } difference
                ? new Refusal(Verdict.Rejected(FirstLine(difference)), difference)
                : null;
        }
        finally
        {
            review.Workspace.Drop(copy);
        }
    }

    /// <summary>Calls of the size of a claim with values nobody has seen; none where they cannot be made, and then those of the claim are used.</summary>
    private async Task<IReadOnlyList<RecordedCall>> FreshCallsAsync(Trial claim, CancellationToken cancellationToken)
    {
        if (claim.Scale <= 1)
            return [];
        var amplified = await review.Book.BookAsync(Part.Capture, () => Amplifier.AmplifyAsync(
            review.Harness, review.Workspace.Head, workload.Target, workload.Entry, workload.Captured, Configuration.Seed + 1, FreshCount(claim),
            review.Limits, cancellationToken, FreshBudget, claim.Scale))
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
    private static int FreshCount(Trial claim)
    {
        var call = claim.Baseline.Cpu / Math.Max(1, claim.Calls);
        return call <= 0 ? MostFresh : (int)Math.Clamp(Math.Ceiling(Batch.Wanted / call) * TrialRunner.PairsPerProcess, TrialRunner.PairsPerProcess, MostFresh);
    }

    private static MeasuredSource Measured(Candidate candidate, Evidence evidence)
    {
        var trial = evidence.Amplified ?? evidence.Captured;
        return trial is null || trial.Pairs.Count == 0
            ? new MeasuredSource(candidate.Source, Passed: false)
            : new MeasuredSource(
                candidate.Source, Passed: true, trial.Candidate.Cpu, trial.Candidate.PeakBytes, trial.Candidate.ByteSeconds);
    }

    private double? CapturedRatio(Evidence evidence) =>
        evidence is { Captured.Pairs: { Count: > 0 } pairs, Amplified: not null }
            ? RatioInterval.Of(pairs, Configuration.Objective).Median
            : null;

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd(':', ' ');

    /// <summary>A failure of the sandbox is never held against a candidate.</summary>
    private static Refusal Unfinished(string why) => new(new Verdict(VerdictKind.Inconclusive, $"the sandbox failed: {why}"), why);

    /// <param name="Output">Shown to the proposer in a repair turn.</param>
    private sealed record Refusal(Verdict Verdict, string Output);
}
