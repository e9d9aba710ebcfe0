using Afterburner.Gates;
using Afterburner.Reviews;
using Afterburner.Runs;
using Afterburner.Settings;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Checks;

/// <summary>Measures whether a function of an edit is faster, as a review measures a candidate: on all calls, on those of one kind, on larger ones on which the versions differ.</summary>
/// <param name="workload">Calls, as they are named in the edit.</param>
/// <param name="changed">What of the edit has to run in calls that are compared.</param>
/// <param name="known">What base answers.</param>
internal sealed class MeasuredEdit(
    GateRun run, FunctionPair pair, Workload workload, EarlierVersion earlier, Tree @base, Tree edited, CandidateCheckOutcome.Accepted changed, BaselineAnswers known)
{
    private readonly Objective _objective = run.Configuration.ToObjective();

    private Objective OfCalls => workload.Kind == WorkloadKind.Caller ? _objective.ThroughCaller : _objective;

    /// <param name="equality">What the comparison of their answers came to.</param>
    public async Task<Compared<Verdict>> CompareAsync(EquivalenceOutcome equality, CancellationToken cancellationToken)
    {
        var compared = await OnAsync(workload, cancellationToken).ConfigureAwait(false);
        if (equality is not EquivalenceOutcome.Equal equal)
            return compared;
        var judge = new Judge(OfCalls);
        var kinds = new CallKinds(
            _objective, judge, workload, new Verified(null, null) { Seconds = equal.Seconds }, test => run.Progress($"  {pair.Head.Id}: measuring it on calls like those of {test}"),
            part => OnAsync(part, cancellationToken));
        if (compared.Verdict.Kind == VerdictKind.Improved)
            return await kinds.LosingAsync().ConfigureAwait(false) is { } loss ? Losing(compared, loss) : compared;
        if (compared.Verdict.Kind != VerdictKind.Inconclusive || judge.Harms(compared.Evidence))
            return compared;
        if (await kinds.GainingAsync().ConfigureAwait(false) is { } ofSome)
            return ofSome with { Verdict = ofSome.Verdict with { Reason = $"{ofSome.Verdict.Reason}; all calls together: {compared.Verdict.Reason}" } };
        var (faster, slower) = await DifferingAsync(cancellationToken).ConfigureAwait(false);
        if (await kinds.GainingOnAsync(faster).ConfigureAwait(false) is not { } ofOthers)
            return compared;
        var lost = await kinds.LosingOnAsync(slower).ConfigureAwait(false) ?? await kinds.LosingAsync().ConfigureAwait(false);
        return lost is not null ? Losing(ofOthers, lost)
            : ofOthers with { Verdict = ofOthers.Verdict with { Reason = $"{ofOthers.Verdict.Reason}; other calls: {compared.Verdict.Reason}" } };

        static Compared<Verdict> Losing(Compared<Verdict> gain, string loss) =>
            gain with { Verdict = new Verdict(VerdictKind.Inconclusive, $"{gain.Verdict.Reason}, but on calls like those of {loss}") };
    }

    private async Task<Compared<Verdict>> OnAsync(Workload part, CancellationToken cancellationToken)
    {
        var source = await File.ReadAllTextAsync(Path.Combine(edited.Workspace, pair.Head.Path), cancellationToken).ConfigureAwait(false);
        var recorded = new CallsOf(earlier.Target, earlier.Entry, part.Captured);
        var trials = new ReplayTrials(edited.Harness, edited.Workspace, run.Limits, part, new FileVersions("", source), _objective.Kind)
        {
            Earlier = earlier,
            Fresh = (claim, token) => run.Book.BookAsync(
                Part.Capture, () => CandidateCalls.FreshAsync(@base, recorded, part.Amplified, run.Configuration.Seed, claim, token)),
        };
        var compared = await run.Book.BookAsync(Part.Measure, () => new PairedComparison<Verdict>(trials, new Judge(OfCalls))
            .RunAsync(run.Configuration.Seed + 1000, cancellationToken)).ConfigureAwait(false);
        run.Note(pair.Head.Id, compared.Evidence);
        // Calls of a trial are compared too, also those of a confirmation, which nobody has made before.
        return compared.Evidence.Trials.Select(t => t.Trial).FirstOrDefault(t => t.Difference is not null || t.Unmade > 0) is { } trial
            ? compared with { Verdict = compared.Verdict with { Kind = VerdictKind.Rejected, Reason = trial.Difference is { } difference ? $"it answers otherwise while it is timed: {difference}" : $"{trial.Unmade} of its calls can be made at base alone" } }
            : compared;
    }

    /// <summary>Larger calls on which the edit seems to be faster, and others on which it seems to be slower; none where it is the same by a look, or they do not agree.</summary>
    private async Task<(IReadOnlyList<RecordedCall> Faster, IReadOnlyList<RecordedCall> Slower)> DifferingAsync(CancellationToken cancellationToken)
    {
        if (_objective.Kind != ObjectiveKind.Time || workload.Captured.Count == 0)
            return ([], []);
        var recorded = new CallsOf(earlier.Target, earlier.Entry, workload.Captured);
        var found = await run.Book.BookAsync(Part.Capture, FindAsync).ConfigureAwait(false);
        var faster = await LargerAsync(quicker: true).ConfigureAwait(false);
        if (faster.Count == 0)
            return ([], []);
        var slower = await LargerAsync(quicker: false).ConfigureAwait(false);
        var equal = await run.Book.BookAsync(Part.Verify, () => Equivalence.CheckTreesAsync(
            edited, workload with { Amplified = [.. workload.Amplified, .. faster, .. slower] }, earlier, changed, run.Configuration.Tolerance, known, cancellationToken)).ConfigureAwait(false);
        return equal is EquivalenceOutcome.Equal ? (faster, slower) : ([], []);

        async Task<IReadOnlyList<DifferingCall>> FindAsync()
        {
            var grown = await Amplifier.EachWayAsync(@base, recorded, run.Configuration.Seed, cancellationToken).ConfigureAwait(false);
            return await DifferingCalls.FindAsync(
                edited.Harness, new RunnerVersion(@base.Workspace, earlier.Target, earlier.Entry, null, workload.Captured[0], []),
                new RunnerVersion(edited.Workspace, workload.Target, workload.Entry, null, workload.Captured[0], []), grown.Calls, run.Limits, cancellationToken).ConfigureAwait(false);
        }

        Task<IReadOnlyList<RecordedCall>> LargerAsync(bool quicker) => run.Book.BookAsync(
            Part.Capture, () => DifferingCalls.LargerAsync(@base, recorded, found, quicker, run.Configuration.Seed, cancellationToken));
    }
}
