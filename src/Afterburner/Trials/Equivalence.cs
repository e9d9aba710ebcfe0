using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Trials;

/// <summary>
/// Compares baseline and candidate on recorded calls, on calls with what the candidate names or no longer reads, and on some that lack what
/// the recorded ones happen to have, under two hash seeds:
/// return value, exception and its cause, arguments afterwards, items yielded, what was printed, logged and warned, files and other
/// effects. Each version answers in a process of its own, and is compared where neither has ever run. Fails closed: an answer that is
/// missing or cut short is never agreement.
/// </summary>
public static partial class Equivalence
{
    /// <summary>Floats may differ by this much, relative to the larger one, or absolute below 1.</summary>
    public const double DefaultTolerance = 1e-12;

    private static readonly int[] Variations = [0, 4711];

    private static readonly TimeSpan CallPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TracePatience = TimeSpan.FromSeconds(20), ShortestTracing = TimeSpan.FromSeconds(0.5);

    /// <summary>After this long, larger calls are followed only for what has not run yet.</summary>
    private static readonly TimeSpan ExtraTracing = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan ShortestPatience = TimeSpan.FromSeconds(2);

    /// <summary>A candidate may take this many times as long as the baseline, and two seconds.</summary>
    private const int TimesSlower = 20;

    /// <param name="tree">The repository at head: the baseline's file is the one there unless that of <paramref name="files"/> differs from it.</param>
    /// <param name="files">The target's file.</param>
    /// <param name="changed">What must be executed of the candidate, and by the baseline of what is gone.</param>
    /// <param name="tolerance">See <see cref="DefaultTolerance"/>.</param>
    /// <param name="known">What the baseline did in checks of other candidates for the same workload; it gets what it does in this one.</param>
    public static async Task<EquivalenceOutcome> CheckAsync(
        Tree tree,
        Workload workload,
        FileVersions files,
        CandidateCheckOutcome.Accepted changed,
        double tolerance,
        BaselineAnswers known,
        CancellationToken cancellationToken) =>
        await CheckAsync(new Subject(tree, workload.Target, workload.Entry, files.Baseline), new Subject(tree, workload.Target, workload.Entry, files.Candidate),
            workload, changed, tolerance, known, cancellationToken).ConfigureAwait(false);

    /// <summary>The same on recorded calls alone, where other calls show whether all of a candidate runs.</summary>
    /// <returns>Null where nothing speaks against it.</returns>
    internal static async Task<EquivalenceOutcome?> CheckRecordedAsync(
        Tree tree, Workload workload, FileVersions files, CandidateCheckOutcome.Accepted changed, double tolerance, CancellationToken cancellationToken) =>
        await CheckAsync(new Subject(tree, workload.Target, workload.Entry, files.Baseline), new Subject(tree, workload.Target, workload.Entry, files.Candidate),
            workload with { Amplified = [] }, changed, tolerance, new BaselineAnswers(), cancellationToken, recordedOnly: true).ConfigureAwait(false)
            is var outcome and not (EquivalenceOutcome.Equal or EquivalenceOutcome.NotExercised or EquivalenceOutcome.NotCompared) ? outcome : null;

    /// <summary>The same for two versions of a whole repository: the one that is to behave as the other takes the candidate's place.</summary>
    /// <param name="tree">Of that version.</param>
    /// <param name="workload">Calls to be made in both, as they are named in that version.</param>
    /// <param name="earlier">The other version.</param>
    internal static async Task<EquivalenceOutcome> CheckTreesAsync(
        Tree tree, Workload workload, EarlierVersion earlier, CandidateCheckOutcome.Accepted changed, double tolerance, BaselineAnswers known, CancellationToken cancellationToken) =>
        await CheckAsync(new Subject(tree with { Workspace = earlier.Directory }, earlier.Target, earlier.Entry, null), new Subject(tree, workload.Target, workload.Entry, null),
            workload, changed, tolerance, known, cancellationToken).ConfigureAwait(false);

    private static async Task<EquivalenceOutcome> CheckAsync(
        Subject baseline, Subject candidate, Workload workload, CandidateCheckOutcome.Accepted changed, double tolerance, BaselineAnswers known,
        CancellationToken cancellationToken, bool recordedOnly = false)
    {
        if (workload.Captured.Count + workload.Amplified.Count == 0)
            return new EquivalenceOutcome.NotCompared("there is no recorded call");
        IReadOnlyList<RecordedCall> recorded = [.. workload.Captured, .. workload.Amplified];
        var made = new Lazy<Task<MadeCalls>>(() => recordedOnly ? Task.FromResult(new MadeCalls([], [])) : MadeAsync(baseline.Tree, new CallsOf(baseline.Target, baseline.Entry, workload.Captured), changed, known, cancellationToken));
        var check = new Check(baseline, candidate, changed, tolerance, known);
        try
        {
            // Both at once: nothing is decided by time here.
            var runs = await Task.WhenAll(
                check.CompareAsync(recorded, made, Variations[0], traced: true, cancellationToken),
                check.CompareAsync(recorded, made, Variations[1], traced: false, cancellationToken)).ConfigureAwait(false);
            return Judge(runs, changed, made.IsValueCreated ? (await made.Value.ConfigureAwait(false)).Untried : []);
        }
        catch (SideBrokenException e)
        {
            return e switch
            {
                { End: TrialEnd.SandboxFailed } => new EquivalenceOutcome.SandboxFailed(e.Message),
                { End: TrialEnd.CandidateBroke, InnerException: RunnerBrokenException } => new EquivalenceOutcome.Unfit(e.Message),
                _ => new EquivalenceOutcome.NotCompared($"the baseline cannot be run: {e.Message}"),
            };
        }
    }

    /// <summary>Calls for the comparison alone. They are only made once the versions agree on the recorded ones.</summary>
    /// <exception cref="SideBrokenException">They could not be made.</exception>
    private static async Task<MadeCalls> MadeAsync(
        Tree tree, CallsOf recorded, CandidateCheckOutcome.Accepted changed, BaselineAnswers known, CancellationToken cancellationToken)
    {
        var naming = Amplifier.AtBoundariesAsync(tree, recorded, changed.Constants, changed.Unread, cancellationToken);
        var atypical = await known.AtypicalAsync(() => Amplifier.AtypicalAsync(tree, recorded, cancellationToken)).ConfigureAwait(false);
        var named = await naming.ConfigureAwait(false);
        return (named.Failure ?? atypical.Failure) is { } failure
            ? throw new SideBrokenException(TrialEnd.SandboxFailed, failure)
            : new MadeCalls([.. named.Calls, .. atypical.Calls], [.. named.Untried, .. atypical.Untried]);
    }

    private static EquivalenceOutcome Judge(
        IReadOnlyList<Replayed> runs, CandidateCheckOutcome.Accepted changed, IReadOnlyList<string> untried)
    {
        // The order of a dict counts unless the baseline's own order depends on the hash seed.
        foreach (var call in runs.SelectMany(r => r.Calls).Where(c => c is { Compared: true, Failure: not null }))
        {
            var steady = runs.Select(r => r.Calls.FirstOrDefault(c => c.Id == call.Id)?.OrderDigest).Distinct().Count() == 1;
            if (!call.OrderOnly || steady)
                return call.IsMade && runs[0].Trace?.Exercised.Missing(changed) is { } missing ? missing with { Shown = call.Failure!.Reason, ShownBy = call.Failure } : call.Failure!;
        }

        if (runs.FirstOrDefault(r => !r.Calls.Any(c => c is { Compared: true, IsMade: false })) is { } none)
            return new EquivalenceOutcome.NotCompared(none.Calls[0].Why ?? "no call does the same twice at the baseline");
        if (runs[0].Trace is not { } trace)
            return new EquivalenceOutcome.NotCompared("the lines that ran are not reported");
        if (trace.State.Count > 0)
            return new EquivalenceOutcome.KeepsState(string.Join(", ", trace.State));
        var (recorded, compared) = (runs[0].Calls.Count(c => !c.IsMade), runs[0].Calls.Count(c => c is { Compared: true, IsMade: false }));
        return trace.Exercised.Missing(changed) is { } unexercised ? unexercised
            : untried.Count > 0 ? new EquivalenceOutcome.NotTried(untried[0])
            : new EquivalenceOutcome.Equal(compared, recorded - compared)
            {
                Seconds = runs.SelectMany(r => r.Calls).Where(c => c is { Compared: true, IsMade: false }).GroupBy(c => c.Id)
                    .ToDictionary(g => g.Key, g => (g.Min(c => c.Seconds.Baseline), g.Min(c => c.Seconds.Candidate))),
            };
    }

    /// <summary>What the baseline leaves changed and the candidate leaves as it was, or otherwise.</summary>
    internal static IEnumerable<string> LeftOtherwise(TracedCall baseline, TracedCall candidate) =>
        from was in baseline.Left
        where was.Value != candidate.Left.GetValueOrDefault(was.Key)
        select $"{was.Key} is not left as the original leaves it";

    /// <summary>One of the two versions, and the function in it.</summary>
    /// <param name="File">Text of the target's file; null: as it lies in the tree.</param>
    private sealed record Subject(Tree Tree, Target Target, Target Entry, string? File);

    /// <summary>One call under one hash seed.</summary>
    /// <param name="Compared">False where the baseline itself does not do the same twice; <paramref name="Why"/> says so.</param>
    /// <param name="Failure">How the candidate fails; null when it agrees.</param>
    /// <param name="OrderOnly">The only difference is the order of a dict's keys.</param>
    /// <param name="OrderDigest">Digest of what the baseline did, order of dicts included.</param>
    private sealed record ReplayedCall(string Id, bool Compared, EquivalenceOutcome? Failure, bool OrderOnly, string? Why, string? OrderDigest)
    {
        /// <value>Whether it was made for the comparison: no test makes it, nor one like it.</value>
        public bool IsMade { get; init; }

        /// <value>See <see cref="EquivalenceOutcome.Equal.Seconds"/>.</value>
        public (double Baseline, double Candidate) Seconds { get; init; }
    }

    /// <param name="Trace">What ran in calls that agree; null when it was not asked for, or a recorded call differs.</param>
    private sealed record Replayed(IReadOnlyList<ReplayedCall> Calls, Trace? Trace);

    /// <param name="State">What the candidate leaves otherwise in the process than the baseline does.</param>
    private sealed record Trace(Exercised Exercised, IReadOnlyList<string> State);

    /// <param name="Untried">Values that no call could be made with, see <see cref="AmplifiedCalls.Untried"/>.</param>
    private sealed record MadeCalls(IReadOnlyList<RecordedCall> Calls, IReadOnlyList<string> Untried);
}
