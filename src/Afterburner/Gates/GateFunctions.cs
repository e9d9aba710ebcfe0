using Afterburner.Functions;
using Afterburner.Runs;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Gates;

/// <summary>The gate for the functions of a change: calls recorded from the tests of both sides, executed in both trees.</summary>
internal sealed class GateFunctions(Harness harness, GateRun run)
{
    /// <summary>Seconds that all calls together may take more when they are asked first than when they are asked again.</summary>
    private const double MostAtFirst = 0.001;

    /// <summary>Seconds that a larger call may take at head.</summary>
    private const double LongestAmplified = 0.1;

    /// <summary>Seconds that a call which only head's tests make may take at base.</summary>
    private const double LongestAdded = 0.1;

    /// <summary>Part of the pairs in which head has to be faster to look as if it were.</summary>
    private const double MostGain = 0.8;

    private readonly Objective _objective = run.Configuration.ToGateObjective();
    private readonly Objective _material = run.Configuration.ToObjective();
    private readonly ViewsJudge _judge = ViewsJudge.OfCalls(
        new GateJudge(run.Configuration.ToGateObjective(), run.Configuration.Gate.MaxSlowdown));

    /// <param name="calls">Records what they are compared on.</param>
    /// <param name="gain">Whether a function is proven faster: asked where it seems to be, and where it has to be. What is proven slower is not.</param>
    public async Task<IReadOnlyList<GateFunctionReport>> CompareAsync(
        IReadOnlyList<FunctionPair> pairs, GateCalls calls, Func<FunctionPair, GateCallsOf, GateFunctionReport, CancellationToken, Task<GateGainReport>> gain, CancellationToken cancellationToken)
    {
        var found = await calls.CaptureAsync(pairs, [], cancellationToken).ConfigureAwait(false);
        var reports = new List<GateFunctionReport>();
        for (var i = 0; i < pairs.Count; i++)
        {
            var report = run.Book.Total > run.Configuration.Budget
                ? GateFunctionReport.Of(pairs[i].Head, GateStatus.CannotTell, "the time budget was spent before its turn")
                : await JudgeAsync(pairs[i], found[i], cancellationToken).ConfigureAwait(false);
            if (report.Status != GateStatus.Slower && ((report.SeemsFaster && report.Status != GateStatus.CannotTell) || run.Required.Asks(pairs[i])))
                report = report with { Gain = await gain(pairs[i], found[i], report, cancellationToken).ConfigureAwait(false) };
            run.Journal.Write(new FunctionGated(report) { Function = pairs[i].Head.Id });
            run.Progress($"[{i + 1}/{pairs.Count}] {pairs[i].Head.Id}: {report.Reason}{(report.Gain is { } known && known.Reason != report.Reason ? $"; {(report.IsFaster ? "proven faster" : "not proven faster")}: {known.Reason}" : "")}");
            reports.Add(report);
        }

        return reports;
    }

    /// <summary>A report with what has to be said of how it was come by.</summary>
    internal static GateFunctionReport Told(FunctionPair pair, GateCallsOf calls, GateFunctionReport report)
    {
        var unseen = report is not { Workload: not null, Status: not GateStatus.Slower } ? null
            : pair.IsCalledOtherwise ? "its decorators or default values changed, and its calls are made below those"
            : pair.IsRebound ? "its name stands for something else in its file"
            : null;
        if (unseen is not null)
            report = report with { Status = GateStatus.CannotTell, Reason = $"{unseen}: {report.Reason}" };
        // Calls of base alone clear nothing: head may do in others what its tests no longer show.
        if (calls.Note is not null && report.Status is GateStatus.NotSlower or GateStatus.Skipped)
            report = report with { Status = GateStatus.CannotTell };
        var note = calls.Note is { } said ? $"; {said}, so calls of the tests of base were made" : "";
        var because = pair.IsSame ? $"; looked at because {pair.Names} changed, which it names" : "";
        return report with { Reason = report.Reason + note + because };
    }

    /// <summary>What is proven of one function.</summary>
    internal async Task<GateFunctionReport> JudgeAsync(FunctionPair pair, GateCallsOf calls, CancellationToken cancellationToken) =>
        Told(pair, calls, await CompareAsync(pair, calls, cancellationToken).ConfigureAwait(false));

    private async Task<GateFunctionReport> CompareAsync(FunctionPair pair, GateCallsOf of, CancellationToken cancellationToken)
    {
        if (of.Workload is not { IsReplayed: true } replayed)
        {
            if (of.Workload is not { } live)
                return GateFunctionReport.Of(pair.Head, of.CannotTell ? GateStatus.CannotTell : GateStatus.Skipped, of.Reason!);
            var inTests = await CompareInTestsAsync(pair, live, cancellationToken).ConfigureAwait(false);
            return pair.IsSame ? inTests : await InCallersAsync(pair, of, inTests, MayShowInLarger, cancellationToken).ConfigureAwait(false);
        }

        var report = await ReplayAsync(pair, replayed, cancellationToken).ConfigureAwait(false);
        report = await InCallersAsync(pair, of, report, MayMatterTogether, cancellationToken).ConfigureAwait(false);
        if (report.Status == GateStatus.Slower || of.Added is not { } added)
            return report;
        // What base takes long for, head has been made quicker at.
        var target = Target.Of(pair.Base);
        var timed = await run.Book.BookAsync(Part.Measure, () => CallTimes.CheckedAsync(
            harness, run.Base, target, target, added.Captured, run.Limits, cancellationToken)).ConfigureAwait(false);
        var quick = added.Captured.Zip(timed).Where(c => c.Second.Seconds <= Math.Max(LongestAdded, 2 * c.First.Seconds)).Select(c => c.First).ToList();
        // Where no test changed, the calls differ by which of many were recorded: those that take longest there. Of head's those count that head takes longer for.
        var haveTestsChanged = run.Change.Files.Any(f => Exclusions.IsTest(f.Path, harness.Program.Language));
        if (!haveTestsChanged)
            quick = await LongerAtHeadAsync(pair, added.Captured, timed, quick, cancellationToken).ConfigureAwait(false);
        if (quick.Count == 0)
            return report;
        var other = await ReplayAsync(pair, added with { Captured = quick }, cancellationToken).ConfigureAwait(false);
        return other.Status == GateStatus.Slower || (report.Status == GateStatus.Skipped && other.Status == GateStatus.NotSlower)
            ? other with { Reason = $"{other.Reason}; seen in calls {(haveTestsChanged ? "that only the tests of head make" : "that take long at head alone")}", SeemsFaster = other.SeemsFaster || report.SeemsFaster }
            : report with { SeemsFaster = report.SeemsFaster || other.SeemsFaster };
    }

    /// <summary>The same in calls of functions that lead to it, as long as something may show there.</summary>
    private async Task<GateFunctionReport> InCallersAsync(
        FunctionPair pair, GateCallsOf of, GateFunctionReport report, Func<GateFunctionReport, bool> mayShow, CancellationToken cancellationToken)
    {
        foreach (var through in of.ThroughCallers.TakeWhile(_ => mayShow(report) && run.Book.Total <= run.Configuration.Budget))
        {
            if (await ThroughCallerAsync(pair, through, cancellationToken).ConfigureAwait(false) is { } together && (together.Status == GateStatus.Slower || report.Status != GateStatus.CannotTell))
                report = together with { SeemsFaster = together.SeemsFaster || report.SeemsFaster };
        }

        return report;
    }

    /// <summary>Whether calls inside of tests, which have the size that they have, show no loss: those of a function that leads to them may be made larger.</summary>
    private static bool MayShowInLarger(GateFunctionReport report) =>
        report is { Status: GateStatus.Skipped or GateStatus.NotSlower, BehaviourChanged: null };

    /// <summary>Of some calls those for which head takes longer by a look, by enough to count.</summary>
    /// <param name="atBase">The same as <paramref name="calls"/>, with what base takes.</param>
    private async Task<List<RecordedCall>> LongerAtHeadAsync(
        FunctionPair pair, IReadOnlyList<RecordedCall> calls, IReadOnlyList<RecordedCall> atBase, IReadOnlyList<RecordedCall> among, CancellationToken cancellationToken)
    {
        var target = Target.Of(pair.Head);
        var atHead = await run.Book.BookAsync(Part.Measure, () => CallTimes.CheckedAsync(
            harness, run.Head, target, target, calls, run.Limits, cancellationToken)).ConfigureAwait(false);
        return
        [
            .. calls.Zip(atBase, atHead).Where(c => c.Third.Seconds - c.Second.Seconds > _objective.MinimumSaving && c.Third.Seconds > run.Configuration.Gate.MaxSlowdown * c.Second.Seconds)
                .Select(c => c.First).Intersect(among),
        ];
    }

    /// <summary>
    /// Whether calls are let go because one of them loses too little, or because not every line ran that changed: what those lose that run may be
    /// proven all the same.
    /// </summary>
    private bool MayMatterTogether(GateFunctionReport report) =>
        report is { Status: GateStatus.Skipped or GateStatus.NotSlower or GateStatus.CannotTell, BehaviourChanged: null }
        && (report.Status == GateStatus.Skipped || report.Slowdown is null || report.Slowdown > run.Configuration.Gate.MaxSlowdown);

    /// <summary>Calls of a function that makes many small ones: what they lose together. Null where that tells nothing more.</summary>
    private async Task<GateFunctionReport?> ThroughCallerAsync(
        FunctionPair pair, CallerCapture through, CancellationToken cancellationToken)
    {
        if (await run.Book.BookAsync(Part.Capture, () => through(cancellationToken)).ConfigureAwait(false) is not { } workload || Earlier(pair, workload) is null)
            return null;
        var report = await ReplayAsync(pair, workload, cancellationToken).ConfigureAwait(false);
        return report.Status is GateStatus.Slower or GateStatus.NotSlower
            ? report with { Reason = $"{report.Reason}; in calls of {workload.Entry.Name}, which calls it many times" }
            : null;
    }

    /// <summary>Makes the same calls in both trees.</summary>
    private async Task<GateFunctionReport> ReplayAsync(FunctionPair pair, Workload replayed, CancellationToken cancellationToken)
    {
        if (Earlier(pair, replayed) is not { } version)
            return GateFunctionReport.Of(pair.Head, GateStatus.CannotTell, $"{replayed.Entry.Name}, which calls it, does not exist at base");
        // Base says which calls are made larger, and how much.
        var amplified = await run.Book.BookAsync(Part.Capture, () => Amplifier.AmplifyAsync(
            new Tree(harness, run.Base, run.Limits), new CallsOf(version.Target, version.Entry, replayed.Captured),
            new Amplification(run.Configuration.Seed), cancellationToken)).ConfigureAwait(false);
        var calls = await run.Book.BookAsync(Part.Measure, () => CallTimes.CheckedAsync(
            harness, run.Head, replayed.Target, replayed.Entry, [.. replayed.Captured, .. amplified.Calls], run.Limits, cancellationToken, LongestAmplified)).ConfigureAwait(false);
        var workload = replayed with
        {
            Captured = [.. calls.Take(replayed.Captured.Count)],
            Amplified = [.. calls.Skip(replayed.Captured.Count)],
        };
        var source = await File.ReadAllTextAsync(Path.Combine(run.Head, pair.Head.Path), cancellationToken).ConfigureAwait(false);
        var report = await CompareBySizeAsync(pair, workload, version, source, cancellationToken).ConfigureAwait(false);
        if (report.Status is GateStatus.NotSlower or GateStatus.Skipped && await DifferingAsync(pair, workload, version, source, cancellationToken).ConfigureAwait(false) is { } slower)
            return slower;
        return report.Status is GateStatus.NotSlower or GateStatus.Skipped
            && await new GateReach(harness, run).UnreachedAsync(pair, workload, version, source, cancellationToken).ConfigureAwait(false) is { } unreached
            ? report with { Status = GateStatus.CannotTell, Reason = $"{unreached}: {report.Reason}" }
            : report;
    }

    /// <summary>
    /// Larger calls are those on which base takes long. What head makes slower may show in others: those on which it is, by a look at each kind, are
    /// made larger. Null where none is proven to be slower.
    /// </summary>
    private async Task<GateFunctionReport?> DifferingAsync(
        FunctionPair pair, Workload workload, EarlierVersion version, string source, CancellationToken cancellationToken)
    {
        if (pair.IsSame || _objective.Kind != ObjectiveKind.Time || workload.Captured.Count == 0)
            return null;
        var tree = new Tree(harness, run.Base, run.Limits);
        var recorded = new CallsOf(version.Target, version.Entry, workload.Captured);
        var larger = await run.Book.BookAsync(Part.Capture, LargerAsync).ConfigureAwait(false);
        var timed = await run.Book.BookAsync(Part.Measure, () => CallTimes.CheckedAsync(
            harness, run.Head, workload.Target, workload.Entry, larger, run.Limits, cancellationToken, LongestAmplified)).ConfigureAwait(false);
        foreach (var kind in timed.GroupBy(c => c.Base))
        {
            var ofKind = workload with { Captured = [.. workload.Captured.Where(c => c.Id == kind.Key)], Amplified = [.. kind] };
            var report = await CompareBySizeAsync(pair, ofKind, version, source, cancellationToken).ConfigureAwait(false);
            if (report.Status == GateStatus.Slower)
                return report with { Reason = $"{report.Reason}; seen in calls like those of {kind.First().Test}, made larger" };
        }

        return null;

        async Task<IReadOnlyList<RecordedCall>> LargerAsync()
        {
            var grown = await Amplifier.EachWayAsync(tree, recorded, run.Configuration.Seed, cancellationToken).ConfigureAwait(false);
            var found = await DifferingCalls.FindAsync(
                harness, new RunnerVersion(run.Base, version.Target, version.Entry, null, workload.Captured[0], []),
                new RunnerVersion(run.Head, workload.Target, workload.Entry, null, workload.Captured[0], []), grown.Calls, run.Limits, cancellationToken)
                .ConfigureAwait(false);
            return await DifferingCalls.LargerAsync(tree, recorded, found, quicker: false, run.Configuration.Seed, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Compares on the larger calls that are not too large for head. Where they show nothing, the quickest of the others has a say: it may be the
    /// first behind what head does only from some size on.
    /// </summary>
    private async Task<GateFunctionReport> CompareBySizeAsync(
        FunctionPair pair, Workload workload, EarlierVersion version, string source, CancellationToken cancellationToken)
    {
        var amplified = workload.Amplified.ToLookup(c => c.Seconds <= LongestAmplified);
        RecordedCall[] affordable = [.. amplified[true]], next = [.. amplified[false].OrderBy(c => c.Seconds).Take(1)];
        if (affordable.Length == 0 || next.Length == 0)
            return await OnAsync([.. affordable, .. next]).ConfigureAwait(false);
        var report = await OnAsync(affordable).ConfigureAwait(false);
        if (report.Status is not (GateStatus.NotSlower or GateStatus.Skipped))
            return report;
        var larger = await OnAsync(next).ConfigureAwait(false);
        return larger.Status is GateStatus.Slower or GateStatus.CannotTell ? larger : report with { SeemsFaster = report.SeemsFaster || larger.SeemsFaster };

        Task<GateFunctionReport> OnAsync(IReadOnlyList<RecordedCall> calls)
        {
            var part = workload with { Amplified = calls };
            return CompareAsync(
                pair, part, new ReplayTrials(harness, run.Head, run.Limits, part, new FileVersions("", source), _objective.Kind) { Earlier = version }, cancellationToken);
        }
    }

    private async Task<GateFunctionReport> CompareAsync(FunctionPair pair, Workload workload, ITrials trials, CancellationToken cancellationToken)
    {
        var compared = await run.Book.BookAsync(Part.Measure, () => new PairedComparison<GateVerdict>(trials, _judge)
            .RunAsync(run.Configuration.Seed, cancellationToken)).ConfigureAwait(false);
        run.Note(pair.Head.Id, compared.Evidence);
        var (status, reason) = (compared.Verdict.Status, compared.Verdict.Reason);
        if (status != GateStatus.Slower && TooSmall(compared.Evidence) is { } small)
            (status, reason) = (GateStatus.Skipped, small);
        if (status is GateStatus.NotSlower or GateStatus.Skipped && OtherWork(compared.Evidence) is { } other)
            (status, reason) = (GateStatus.CannotTell, $"{other}: {reason}");
        var seemsFaster = compared.Evidence.Trials.Any(t => SeemsFaster(t.Trial));
        if (status == GateStatus.Skipped)
            return GateFunctionReport.Of(pair.Head, status, reason) with { Pairs = compared.Verdict.Pairs, Workload = WorkloadReport.Of(workload), SeemsFaster = seemsFaster };
        return GateFunctionReport.Of(pair.Head, status, reason) with
        {
            SeemsFaster = seemsFaster,
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
    /// Whether what was measured looks as if head were faster by as much as is worth a claim. A few pairs tell the size of a gain badly, so half of that suffices, in most of them;
    /// what was only touched is as fast as before, and is asked no more.
    /// </summary>
    private bool SeemsFaster(Trial trial)
    {
        if (trial.End != TrialEnd.Completed || trial.Pairs.Count == 0)
            return false;
        var gaining = trial.Pairs.Count(p => p.Baseline.Of(_material.Kind) > p.Candidate.Of(_material.Kind));
        return gaining >= MostGain * trial.Pairs.Count && RatioInterval.Of(trial.Pairs, _material.Kind).Median >= 1 + ((_material.MinimumRatio - 1) / 2)
            && trial.SavingPerCall(_material.Kind) >= _material.MinimumSaving / 2;
    }

    /// <summary>
    /// Where calls cannot be stored, the tests run in both trees and stop at the same calls. That needs equal behaviour: what fails early
    /// would pass for fast.
    /// </summary>
    private async Task<GateFunctionReport> CompareInTestsAsync(FunctionPair pair, Workload workload, CancellationToken cancellationToken)
    {
        var source = await File.ReadAllTextAsync(Path.Combine(run.Head, pair.Head.Path), cancellationToken).ConfigureAwait(false);
        var tests = await run.Book.BookAsync(Part.Tests, () => RepositoryTests.RunAsync(
            harness, run.Head, workload.CoveringTests, run.Limits, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return await CompareAsync(
            pair, workload, new InTestTrials(harness, run.Head, tests, run.Limits, workload, new FileVersions("", source))
            {
                Objective = _objective.Kind, Earlier = new EarlierVersion(run.Base, Target.Of(pair.Base), Target.Of(pair.Base)),
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Why what head takes says nothing of what base takes, or null. A version that answers otherwise may do less, and what it
    /// answers and which calls it can make is told by its own process: only answers as base gives them show that the work was done.
    /// </summary>
    private static string? OtherWork(Evidence evidence)
    {
        Trial[] trials = [.. evidence.Trials.Select(t => t.Trial)];
        return trials.FirstOrDefault(t => t.Unmade > 0) is { } fewer
            ? $"{fewer.Unmade} of the calls that can be made at base cannot be made at head"
            : trials.FirstOrDefault(t => t.Difference is not null) is { } otherwise
            ? $"it answers otherwise than at base ({otherwise.Difference}), so it may do other work"
            : trials.FirstOrDefault(t => t.MoreAtFirst - Math.Max(0, t.Candidate.Whole - t.Baseline.Whole) > MostAtFirst) is { } remembering
            ? FormattableString.Invariant($"where it is asked once it takes {remembering.MoreAtFirst * 1e3:0.#} ms more than at base, so it may remember what it is asked")
            : null;
    }

    /// <summary>Where the function, and the one that is called, are at base; null where that one is not.</summary>
    internal EarlierVersion? Earlier(FunctionPair pair, Workload workload)
    {
        var target = Target.Of(pair.Base);
        if (workload.Entry == workload.Target)
            return new EarlierVersion(run.Base, target, target);
        // The caller may lie in a file the change does not touch: there it is where it was.
        var path = run.Change.Files.FirstOrDefault(f => f.Path == workload.Entry.Path)?.OldPath ?? workload.Entry.Path;
        var caller = pair.Versions.Head.FirstOrDefault(f => Target.Of(f) == workload.Entry);
        var entry = caller is not null && pair.Versions.Earlier(caller, path) is { } known ? Target.Of(known)
            : path == workload.Entry.Path && run.Change.Files.All(f => f.Path != path) ? workload.Entry
            : null;
        return entry is null ? null : new EarlierVersion(run.Base, target, entry);
    }

    /// <summary>
    /// Why a function is too small to matter, or null. What its calls cost is what was measured of them, and what head takes around them more than
    /// base: nothing that head says of itself.
    /// </summary>
    private string? TooSmall(Evidence evidence)
    {
        Trial[] trials = [.. evidence.Trials.Select(t => t.Trial)];
        if (_objective.Kind != ObjectiveKind.Time || trials.Length == 0 || trials.Any(t => t.End != TrialEnd.Completed))
            return null;
        var most = trials.Max(t => (t.Candidate.Cpu + Math.Max(0, t.Candidate.Around - t.Baseline.Around)) / Math.Max(1, t.Calls));
        return most >= _objective.MinimumSaving ? null
            : FormattableString.Invariant(
                $"too small to matter: its calls take {most * 1e6:0.##} us at head, less than what may be lost ({_objective.MinimumSaving * 1e6:0} us)");
    }
}
