using Afterburner.Functions;
using Afterburner.Runs;
using Afterburner.Suggestions;
using Afterburner.Workloads;

namespace Afterburner.Gates;

/// <summary>
/// The calls that a gate compares functions on. The tests of both sides make them: whoever wrote head could keep calls from being made, or
/// from being seen. Each side runs its own tests in its own tree: nothing of head is put beside the code of base.
/// </summary>
internal sealed class GateCalls(Harness harness, GateRun run)
{
    /// <value>The tests of head once they ran, and those of base; null where they were not asked, or do not pass.</value>
    public (TestRun? Head, TestRun? Base) Tests { get; private set; }

    /// <value>Why the tests of base do not pass; null where they do, or were not asked.</value>
    public EnvironmentFailureException? BaseFailure { get; private set; }

    /// <value>What the tests of head do with functions that base lacks, where such were asked for.</value>
    public IReadOnlyList<CaptureOutcome> Added { get; private set; } = [];

    /// <param name="added">Functions that base lacks.</param>
    /// <returns>What there is of each pair, in order.</returns>
    /// <exception cref="EnvironmentFailureException">The tests of head do not pass.</exception>
    public async Task<IReadOnlyList<GateCallsOf>> CaptureAsync(IReadOnlyList<FunctionPair> pairs, IReadOnlyList<Function> added, CancellationToken cancellationToken)
    {
        run.Progress($"running the tests of {run.HeadName} twice");
        var (tests, now) = await CaptureAsync(
            run.Head, [.. pairs.Select(p => p.Head), .. added], "recording the calls they make", cancellationToken).ConfigureAwait(false);
        Added = [.. now.Skip(pairs.Count)];
        Tests = (tests, null);
        var asked = Enumerable.Range(0, pairs.Count).Where(i => !IsBeyondCap(now[i])).ToList();
        var before = await CaptureBaseAsync([.. asked.Select(i => pairs[i].Base)], cancellationToken).ConfigureAwait(false);
        var found = new List<GateCallsOf>();
        for (var i = 0; i < pairs.Count; i++)
        {
            var then = asked.IndexOf(i) is >= 0 and var at ? before[at] : null;
            var here = await AtPlacesOfAsync(then, now[i], tests, cancellationToken).ConfigureAwait(false);
            found.Add(GateCallsOf.Function(pairs[i], here, then) with { ThroughCallers = Through(pairs[i], then) ?? here.ThroughCallers });
        }

        return found;
    }

    /// <summary>What the tests of head do with functions that base lacks, asked for once it is needed.</summary>
    public Task<IReadOnlyList<CaptureOutcome>> CaptureAddedAsync(IReadOnlyList<Function> added, CancellationToken cancellationToken) => run.Book.BookAsync(
        Part.Capture, () => CallCapture.CaptureAsync(harness, run.Head, [.. added.Select(Target.Of)], Tests.Head!, Options, cancellationToken));

    /// <summary>Calls that base's tests make of a caller, to be made at head, where it did not change itself: what such a one loses is not the function's.</summary>
    private IReadOnlyList<CallerCapture>? Through(FunctionPair pair, CaptureOutcome? before) => before?.ThroughCallers is not { Count: > 0 } captures ? null
        : [.. captures.Select(capture => (CallerCapture)(async cancellationToken =>
            await capture(cancellationToken).ConfigureAwait(false) is { } calls && AtHead(pair, calls.Entry) is { } entry
                ? calls with { Target = Target.Of(pair.Head), Entry = entry }
                : null))];

    private Target? AtHead(FunctionPair pair, Target caller)
    {
        if (run.Change.Files.All(f => f.OldPath != caller.Path))
            return caller;
        var same = pair.Versions.Head.FirstOrDefault(f => pair.Versions.Earlier(f, caller.Path) is { } old && Target.Of(old) == caller && old.Source == f.Source);
        return same is null ? null : Target.Of(same);
    }

    /// <summary>Of many calls inside of tests each side picked some: where none is the same, head stops at those of base.</summary>
    private async Task<CaptureOutcome> AtPlacesOfAsync(CaptureOutcome? before, CaptureOutcome now, TestRun tests, CancellationToken cancellationToken)
    {
        if (before?.Workload is not { Kind: WorkloadKind.Fork } theirs || now.Workload is not { Kind: WorkloadKind.Fork } own || GateCallsOf.Shared(own, theirs).Count > 0)
            return now;
        var places = theirs.Captured.Where(c => tests.Outcomes.ContainsKey(c.Test)).ToList();
        if (places.Count == 0)
            return now;
        var (calls, _) = await run.Book.BookAsync(Part.Capture, () => new CallFallback(harness, run.Head, tests, Options)
            .ForkAtAsync(own.Target, places, [], cancellationToken)).ConfigureAwait(false);
        return now with { Workload = own with { Captured = calls, CoveringTests = [.. own.CoveringTests.Union(calls.Select(c => c.Test))] } };
    }

    private CaptureOptions Options => new() { Seed = run.Configuration.Seed, Limits = run.Limits, MaxTargets = run.Configuration.MaxFunctions, Swaps = false, Remark = run.Progress };

    private async Task<(TestRun Tests, IReadOnlyList<CaptureOutcome> Calls)> CaptureAsync(
        string tree, IReadOnlyList<Function> functions, string stage, CancellationToken cancellationToken)
    {
        Target[] targets = [.. functions.Select(Target.Of)];
        var (tests, survey) = await run.Book.BookAsync(Part.Tests, () => RepositoryTests.EstablishAndSurveyAsync(
            harness, tree, [.. targets.Distinct()], Options, cancellationToken)).ConfigureAwait(false);
        if (tests.Flaky.Count > 0)
            run.Progress(Wording.Flaky(tests.Flaky));
        run.Progress(stage);
        return (tests, await run.Book.BookAsync(Part.Capture, () => CallCapture.CaptureAsync(
            harness, tree, targets, tests, survey, Options, cancellationToken)).ConfigureAwait(false));
    }

    private async Task<IReadOnlyList<CaptureOutcome?>> CaptureBaseAsync(IReadOnlyList<Function> functions, CancellationToken cancellationToken)
    {
        if (functions.Count == 0)
            return [];
        run.Progress("running the tests of base twice");
        try
        {
            var (tests, calls) = await CaptureAsync(run.Base, functions, "recording the calls that they make", cancellationToken).ConfigureAwait(false);
            Tests = (Tests.Head, tests);
            return calls;
        }
        catch (EnvironmentFailureException e)
        {
            // The tests of base do not pass: only those of head are asked for calls.
            BaseFailure = e;
            return new CaptureOutcome?[functions.Count];
        }
    }

    internal static bool IsBeyondCap(CaptureOutcome outcome) => outcome.Skip?.Kind == SkipKind.BeyondCap;
}

/// <summary>What one function of both sides can be compared on.</summary>
/// <param name="Workload">Calls to be made in both trees, or a workload of head alone; null where there is none.</param>
/// <param name="Reason">Why there is no workload; null where there is one.</param>
internal sealed record GateCallsOf(Workload? Workload, string? Reason)
{
    private const string Lost = "the tests of head no longer reach it in a way that can be recorded";

    /// <value>What has to be said of the calls beside what is found with them; null where it is nothing.</value>
    public string? Note { get; private init; }

    /// <value>Calls that only the tests of head make, beside those of base; null where there are none. Together they would be weighed by what head adds.</value>
    public Workload? Added { get; private init; }

    /// <value>See <see cref="CaptureOutcome.ThroughCallers"/>: calls of callers at head.</value>
    public IReadOnlyList<CallerCapture> ThroughCallers { get; init; } = [];

    /// <value>Whether calls are known that cannot be made at head, so that nothing is known of the function. Defaults to false.</value>
    public bool CannotTell { get; private init; }

    /// <param name="now">Of the tests of head.</param>
    /// <param name="before">Of the tests of base; null where they were not asked.</param>
    public static GateCallsOf Function(FunctionPair pair, CaptureOutcome now, CaptureOutcome? before)
    {
        var old = before?.Workload is { Kind: WorkloadKind.Replay } replay ? replay : null;
        if (now.Workload is { Kind: WorkloadKind.Replay } own && old is not null)
        {
            return new GateCallsOf(own with { Captured = old.Captured }, null)
            {
                Added = own.Captured.ExceptBy(old.Captured.Select(c => c.Blob), c => c.Blob).ToList() is { Count: > 0 } added ? own with { Captured = added } : null,
            };
        }

        if (GateCalls.IsBeyondCap(now))
            return new GateCallsOf(null, now.SkipReason);
        if (old is not null)
            return new GateCallsOf(old with { Target = Target.Of(pair.Head), Entry = Target.Of(pair.Head) }, null) { Note = now.Workload is null ? Lost : null };
        if (now.Workload is { IsReplayed: true } made)
            return new GateCallsOf(made, null);
        if (now.Workload is { } inTests)
            return InTests(inTests, before?.Workload is { Kind: WorkloadKind.Fork } theirs ? theirs : null, string.Join("; ", now.Notes));
        return IsLost(now, before)
            ? new GateCallsOf(null, $"{Lost}; those of base do, but their calls cannot be stored: {before!.SkipReason ?? string.Join("; ", before.Notes)}") { CannotTell = true }
            : IsAtImport(now, before) ? new GateCallsOf(null, $"{Skip.OnlyAtImport.Reason}: what it makes there is not seen") { CannotTell = true }
            : new GateCallsOf(null, now.SkipReason);
    }

    /// <summary>Whether a side calls it while its module is imported, as a decorator is, and nothing is known of it beyond that.</summary>
    private static bool IsAtImport(CaptureOutcome now, CaptureOutcome? before) =>
        now.IsUnreached && (now.Skip == Skip.OnlyAtImport || before?.Skip == Skip.OnlyAtImport);

    /// <summary>Calls inside of tests that both sides have: each side runs its own tests, which stop at the same places.</summary>
    /// <param name="why">Why they cannot be stored.</param>
    private static GateCallsOf InTests(Workload now, Workload? before, string why)
    {
        var tests = (before?.CoveringTests ?? []).ToHashSet();
        var shared = now with { Captured = Shared(now, before), CoveringTests = [.. now.CoveringTests.Where(tests.Contains)] };
        return shared is { Captured.Count: > 0, CoveringTests.Count: > 0 } ? new GateCallsOf(shared, null)
            : new GateCallsOf(null, $"its calls are looked at inside of tests, and those of base do not make the same ones ({why})") { CannotTell = true };
    }

    /// <summary>Calls of one side that the other stops at as well.</summary>
    public static IReadOnlyList<RecordedCall> Shared(Workload now, Workload? before)
    {
        var places = (before?.Captured ?? []).Select(c => (c.Test, c.Id)).ToHashSet();
        return [.. now.Captured.Where(c => places.Contains((c.Test, c.Id)))];
    }

    /// <summary>Whether base's tests make calls of what nothing is known of at head. What could be stored on neither side was not hidden by head.</summary>
    private static bool IsLost(CaptureOutcome now, CaptureOutcome? before) =>
        before is not null && !before.IsUnreached && !GateCalls.IsBeyondCap(before)
        && (before.Workload is not null || now.IsUnreached);
}
