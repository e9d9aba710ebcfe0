using Afterburner.Changes;
using Afterburner.Suggestions;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner;

/// <summary>The gate for the functions of a change: calls recorded from the tests of both sides, executed in both trees.</summary>
internal sealed class GateFunctions(
    PythonHarness harness, string head, string earlier, Change change, Configuration configuration, Journal journal, TimeBook book,
    Action<string> progress)
{
    /// <summary>Amplified calls of one size, with different values.</summary>
    private const int AmplifiedCalls = 4;

    private readonly Objective objective = configuration.ToGateObjective();
    private readonly ViewsJudge judge = ViewsJudge.OfCalls(new GateJudge(configuration.ToGateObjective(), configuration.Gate.MaxSlowdown));
    private readonly Sandboxes.Limits limits = configuration.ToLimits();

    public async Task<IReadOnlyList<GateFunctionReport>> CompareAsync(IReadOnlyList<FunctionPair> pairs, CancellationToken cancellationToken)
    {
        var calls = await new GateCalls(harness, head, earlier, change, configuration, book, progress)
            .CaptureAsync(pairs, cancellationToken).ConfigureAwait(false);
        var reports = new List<GateFunctionReport>();
        for (var i = 0; i < pairs.Count; i++)
        {
            var report = book.Total > configuration.Budget
                ? Gate.Report(pairs[i].Head, GateStatus.CannotTell, "the time budget was spent before its turn")
                : Told(pairs[i], calls[i], await CompareAsync(pairs[i], calls[i], cancellationToken).ConfigureAwait(false));
            journal.Write(new FunctionGated(report) { Function = pairs[i].Head.Id });
            progress($"[{i + 1}/{pairs.Count}] {pairs[i].Head.Id}: {report.Reason}");
            reports.Add(report);
        }

        return reports;
    }

    /// <summary>A report with what has to be said of how it was come by.</summary>
    private static GateFunctionReport Told(FunctionPair pair, GateCallsOf calls, GateFunctionReport report)
    {
        var unseen = report is not { Workload: { } made, Status: GateStatus.NotSlower or GateStatus.Skipped } ? null
            : pair.IsCalledOtherwise ? "its decorators or default values changed, and its calls are made below those"
            : pair.Names is not null && made.Kind == WorkloadKind.Fork ? $"{pair.Names} changed, which it names, and inside its tests only its own code is exchanged"
            : null;
        if (unseen is not null)
            report = report with { Status = GateStatus.CannotTell, Reason = $"{unseen}: {report.Reason}" };
        var note = calls.Note is { } said ? $"; {said}, so calls of the tests of base were made" : "";
        var because = pair.IsSame ? $"; looked at because {pair.Names} changed, which it names" : "";
        return report with { Reason = report.Reason + note + because };
    }

    private async Task<GateFunctionReport> CompareAsync(FunctionPair pair, GateCallsOf of, CancellationToken cancellationToken)
    {
        if (of.Workload is not { Kind: WorkloadKind.Replay or WorkloadKind.Caller } replayed)
        {
            return of.Workload is { } live
                ? await CompareInTestsAsync(pair, live, cancellationToken).ConfigureAwait(false)
                : Gate.Report(pair.Head, of.CannotTell ? GateStatus.CannotTell : GateStatus.Skipped, of.Reason!);
        }

        if (Earlier(pair, replayed) is not { } version)
            return Gate.Report(pair.Head, GateStatus.CannotTell, $"{replayed.Entry.Name}, which calls it, does not exist at base");
        var amplified = await book.BookAsync(Part.Capture, () => Amplifier.AmplifyAsync(
            harness, head, replayed.Target, replayed.Entry, replayed.Captured, configuration.Seed, AmplifiedCalls, limits,
            cancellationToken)).ConfigureAwait(false);
        var calls = await book.BookAsync(Part.Measure, () => CallTimes.CheckedAsync(
            harness, head, replayed.Target, replayed.Entry, [.. replayed.Captured, .. amplified.Calls], limits, cancellationToken)).ConfigureAwait(false);
        var workload = replayed with { Captured = [.. calls.Take(replayed.Captured.Count)], Amplified = [.. calls.Skip(replayed.Captured.Count)] };
        var source = await File.ReadAllTextAsync(Path.Combine(head, pair.Head.Path), cancellationToken).ConfigureAwait(false);
        var trials = new ReplayTrials(harness, head, limits, workload, source, "", objective.Kind) { Earlier = version };
        return await CompareAsync(pair, workload, trials, cancellationToken).ConfigureAwait(false);
    }

    private async Task<GateFunctionReport> CompareAsync(FunctionPair pair, Workload workload, ITrials trials, CancellationToken cancellationToken)
    {
        var compared = await book.BookAsync(Part.Measure, () => new Comparison<GateVerdict>(trials, judge)
            .RunAsync(configuration.Seed, cancellationToken)).ConfigureAwait(false);
        foreach (var measured in TrialMeasured.Of(0, compared.Evidence))
            journal.Write(measured with { Function = pair.Head.Id });
        if (compared.Verdict.Status != GateStatus.Slower && TooSmall(compared.Evidence) is { } small)
            return Gate.Report(pair.Head, GateStatus.Skipped, small) with { Pairs = compared.Verdict.Pairs, Workload = WorkloadReport.Of(workload) };
        return Gate.Report(pair.Head, compared.Verdict.Status, compared.Verdict.Reason) with
        {
            Slowdown = compared.Verdict.Slowdown,
            Low = compared.Verdict.Low,
            High = compared.Verdict.High,
            Pairs = compared.Verdict.Pairs,
            LostPerCall = compared.Verdict.LostPerCall,
            Workload = WorkloadReport.Of(workload),
            BehaviourChanged = compared.Evidence.Trials.Select(t => t.Trial.Difference).FirstOrDefault(d => d is not null),
        };
    }

    /// <summary>
    /// Where calls cannot be stored, the code of the function alone is exchanged inside its tests at head. That needs equal
    /// behaviour: what fails for want of a helper that base had would pass for fast.
    /// </summary>
    private async Task<GateFunctionReport> CompareInTestsAsync(FunctionPair pair, Workload workload, CancellationToken cancellationToken)
    {
        if (workload.Kind != WorkloadKind.Fork)
            return Gate.Report(pair.Head, GateStatus.CannotTell, "its calls can neither be stored nor forked, so it is not timed") with { Workload = WorkloadReport.Of(workload) };
        if (pair.IsSame)
            return Gate.Report(pair.Head, GateStatus.CannotTell, "its calls cannot be stored, and inside its tests only its own code is exchanged, which is what it was") with { Workload = WorkloadReport.Of(workload) };
        var source = await File.ReadAllTextAsync(Path.Combine(head, pair.Head.Path), cancellationToken).ConfigureAwait(false);
        var old = await File.ReadAllTextAsync(Path.Combine(earlier, pair.Base.Path), cancellationToken).ConfigureAwait(false);
        var tests = await book.BookAsync(Part.Tests, () => RepositoryTests.RunAsync(
            harness, head, workload.CoveringTests, limits, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return await CompareAsync(
            pair, workload, new InTestTrials(harness, head, tests, limits, workload, source, old) { Objective = objective.Kind }, cancellationToken).ConfigureAwait(false);
    }

    private EarlierVersion? Earlier(FunctionPair pair, Workload workload)
    {
        var target = Target.Of(pair.Base);
        if (workload.Entry == workload.Target)
            return new EarlierVersion(earlier, target, target);
        // The caller may lie in a file the change does not touch: there it is where it was.
        var path = change.Files.FirstOrDefault(f => f.Path == workload.Entry.Path)?.OldPath ?? workload.Entry.Path;
        var caller = pair.Versions.Head.FirstOrDefault(f => Target.Of(f) == workload.Entry);
        var entry = caller is not null && pair.Versions.Earlier(caller, path) is { } known ? Target.Of(known)
            : path == workload.Entry.Path && change.Files.All(f => f.Path != path) ? workload.Entry
            : null;
        return entry is null ? null : new EarlierVersion(earlier, target, entry);
    }

    /// <summary>
    /// Why a function is too small to matter, or null. What its calls cost is what was measured of them, and what head takes around them more than
    /// base: nothing that head says of itself.
    /// </summary>
    private string? TooSmall(Evidence evidence)
    {
        Trial[] trials = [.. evidence.Trials.Select(t => t.Trial)];
        if (objective.Kind != ObjectiveKind.Time || trials.Length == 0 || trials.Any(t => t.End != TrialEnd.Completed))
            return null;
        var most = trials.Max(t => (t.Baseline.Cpu + Math.Max(0, t.Baseline.Around - t.Candidate.Around)) / Math.Max(1, t.Calls));
        return most >= objective.MinimumSaving ? null
            : FormattableString.Invariant(
                $"too small to matter: its calls take {most * 1e6:0} us at head, less than what may be lost ({objective.MinimumSaving * 1e6:0} us)");
    }
}
