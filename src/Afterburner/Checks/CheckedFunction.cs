using Afterburner.Gates;
using Afterburner.Runs;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Checks;

/// <summary>Judges one function of an edit.</summary>
/// <param name="gate">Says whether it is slower.</param>
/// <param name="calls">What it can be compared on.</param>
/// <param name="added">Functions of the edit that base lacks.</param>
/// <param name="testsDecide">See <see cref="EditRequest.TestsDecide"/>.</param>
internal sealed class CheckedFunction(Harness harness, GateRun run, GateFunctions gate, FunctionPair pair, GateCallsOf calls, AddedFunctions added, bool testsDecide)
{
    private readonly Objective _objective = run.Configuration.ToObjective();
    private readonly Tree _base = new(harness, run.Base, run.Limits), _edited = new(harness, run.Head, run.Limits);

    /// <value>What the gate says of it, where that is known. Defaults to null: it is asked.</value>
    public GateFunctionReport? Gated { get; init; }

    public async Task<CheckFunctionReport> JudgeAsync(CancellationToken cancellationToken)
    {
        if (calls.Workload is not { } workload)
            return CannotTell(CheckWords.OfEdit(calls.Reason!));
        if (await ChangedAsync(cancellationToken).ConfigureAwait(false) is not { Ok: true } changed)
            return CannotTell("which of its lines changed could not be told");
        var mustRun = new CandidateCheckOutcome.Accepted(changed.ChangedLines.ToHashSet(), changed.RemovedLines.ToHashSet(), changed.ChangedArms, changed.RemovedArms)
        {
            Constants = [.. changed.Constants.Select(c => c?.DeepClone()), .. added.Constants(pair.Head)], Unread = changed.Unread,
        };
        var report = workload.IsReplayed
            ? await ReplayedAsync(workload, mustRun, cancellationToken).ConfigureAwait(false)
            : await InTestsAsync(workload, mustRun, cancellationToken).ConfigureAwait(false);
        return report.Status == CheckStatus.Different && changed.Parameters
            ? report with { Status = CheckStatus.CannotTell, Reason = $"its parameters changed, so that calls of base are not calls of the edit; the functions that call it are judged: {report.Reason}" }
            : report;
    }

    private async Task<CheckedMessage?> ChangedAsync(CancellationToken cancellationToken)
    {
        var (before, after) = (await TextAsync(run.Base, pair.Base.Path).ConfigureAwait(false), await TextAsync(run.Head, pair.Head.Path).ConfigureAwait(false));
        var asked = await run.Book.BookAsync(Part.Verify, () => harness.RunAsync(
            new CheckRequest(Target.Of(pair.Base), before, after) { Head = Target.Of(pair.Head) }, run.Head, run.Limits, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return asked.Of<CheckedMessage>().FirstOrDefault();

        Task<string> TextAsync(string tree, string path) => File.ReadAllTextAsync(Path.Combine(tree, path), cancellationToken);
    }

    /// <summary>Calls made in both trees: their answers first, since what answers otherwise may do other work; then slower, which needs less proof than faster.</summary>
    private async Task<CheckFunctionReport> ReplayedAsync(Workload found, CandidateCheckOutcome.Accepted changed, CancellationToken cancellationToken)
    {
        if (gate.Earlier(pair, found) is not { } earlier)
            return CannotTell($"{found.Entry.Name}, which calls it, does not exist at base");
        Step("comparing its answers");
        var own = await EqualityAsync(found, earlier, changed, cancellationToken).ConfigureAwait(false);
        var others = calls.Added is { } more ? await EqualityAsync(more, earlier, changed, cancellationToken).ConfigureAwait(false) : null;
        ComparedCalls[] both = [.. new[] { own, others }.OfType<ComparedCalls>()];
        // What takes many times as long has not answered otherwise, where its other calls show that it only is slower.
        if (Array.Find(both, m => m.Equality is EquivalenceOutcome.TimedOut) is { Equality: EquivalenceOutcome.TimedOut late } slow)
        {
            Step("measuring whether it is slower");
            if (await gate.JudgeAsync(pair, calls, cancellationToken).ConfigureAwait(false) is { Status: GateStatus.Slower } proven)
                return Slower(proven with { Reason = $"{proven.Reason}; {late.How}, on {late.Input}" }, slow.Workload);
        }

        foreach (var made in both)
        {
            // What only calls show that no test makes may be left to a person; how long it takes is asked all the same.
            if (CheckWords.Different(made.Equality) is { } difference && (difference.IsOfTests || !testsDecide))
                return Report(CheckStatus.Different, $"it behaves otherwise than at base: {difference.Text}{(difference.Input is { } input ? $", on {input}" : "")}{(difference.IsOfTests ? "" : ", which no test calls: it was made like one of theirs")}", made.Workload) with { Difference = difference };
        }

        if (Gated is null)
            Step("measuring whether it is slower");
        var gated = Gated ?? await gate.JudgeAsync(pair, calls, cancellationToken).ConfigureAwait(false);
        if (gated.Status == GateStatus.Slower)
            return Slower(gated, own.Workload);
        Step("measuring whether it is faster");
        var compared = await MeasureAsync(own, earlier, changed, cancellationToken).ConfigureAwait(false);
        // An edit often brings the test that shows what it gains.
        if (others is { Equality: EquivalenceOutcome.Equal } && compared.Verdict.Kind != VerdictKind.Improved
            && await MeasureAsync(others, earlier, changed, cancellationToken).ConfigureAwait(false) is { Verdict.Kind: VerdictKind.Improved } there)
            compared = there with { Verdict = there.Verdict with { Reason = $"{there.Verdict.Reason}; seen in calls that only the tests of the edit make" } };
        if (compared.Verdict.Kind == VerdictKind.Inconclusive && await ThroughCallerAsync(changed, cancellationToken).ConfigureAwait(false) is var (together, callers))
            return Decided(together, gated, Unproven(own, others), callers);
        // Calls that are made while it is timed are compared too, those of a confirmation for the first time.
        if (!testsDecide && compared.Evidence.Trials.Select(t => t.Trial.Difference).FirstOrDefault(d => d is not null) is { } otherwise)
            return Report(CheckStatus.Different, $"it behaves otherwise than at base: {otherwise}, in a call that no test makes", own.Workload) with { Difference = CheckWords.InTests(otherwise) with { IsOfTests = false } };
        return Decided(compared, gated, Unproven(own, others), own.Workload);
    }

    /// <summary>Calls of a function that makes many small ones: what they gain together. Null where that is not proven.</summary>
    private async Task<(Compared<Verdict> Compared, Workload Calls)?> ThroughCallerAsync(CandidateCheckOutcome.Accepted changed, CancellationToken cancellationToken)
    {
        foreach (var through in calls.ThroughCallers)
        {
            if (await ThroughCallerAsync(through, changed, cancellationToken).ConfigureAwait(false) is { } proven)
                return proven;
        }

        return null;
    }

    private async Task<(Compared<Verdict> Compared, Workload Calls)?> ThroughCallerAsync(
        CallerCapture through, CandidateCheckOutcome.Accepted changed, CancellationToken cancellationToken)
    {
        if (await run.Book.BookAsync(Part.Capture, () => through(cancellationToken)).ConfigureAwait(false) is not { } found || gate.Earlier(pair, found) is not { } earlier)
            return null;
        Step($"measuring it through {found.Entry.Name}, which calls it");
        var made = await EqualityAsync(found, earlier, changed, cancellationToken).ConfigureAwait(false);
        // Its own calls show whether all of it runs.
        return made.Equality is EquivalenceOutcome.Equal or EquivalenceOutcome.NotExercised { ShownBy: null }
            && await MeasureAsync(made, earlier, changed, cancellationToken).ConfigureAwait(false) is { Verdict.Kind: VerdictKind.Improved } compared
            ? (compared with { Verdict = compared.Verdict with { Reason = $"{compared.Verdict.Reason}; in calls of {found.Entry.Name}, which calls it many times" } }, made.Workload)
            : null;
    }

    /// <summary>What of the edit runs in neither kind of calls, or why they are not proven to be equal; null where they are.</summary>
    private static string? Unproven(ComparedCalls own, ComparedCalls? others) =>
        others is { Equality: EquivalenceOutcome.Equal } && own.Equality is EquivalenceOutcome.NotExercised ? null : CheckWords.Unproven(own.Equality);

    private async Task<ComparedCalls> EqualityAsync(Workload calls, EarlierVersion earlier, CandidateCheckOutcome.Accepted changed, CancellationToken cancellationToken)
    {
        var amplified = await run.Book.BookAsync(Part.Capture, () => Amplifier.AmplifyAsync(
            _base, new CallsOf(earlier.Target, earlier.Entry, calls.Captured), new Amplification(run.Configuration.Seed), cancellationToken)).ConfigureAwait(false);
        var (workload, known) = (calls with { Amplified = amplified.Calls }, new BaselineAnswers());
        return new ComparedCalls(workload, known, await run.Book.BookAsync(Part.Verify, () => Equivalence.CheckTreesAsync(
            _edited, workload, earlier, changed, run.Configuration.Tolerance, known, cancellationToken)).ConfigureAwait(false));
    }

    private Task<Compared<Verdict>> MeasureAsync(ComparedCalls calls, EarlierVersion earlier, CandidateCheckOutcome.Accepted changed, CancellationToken cancellationToken) =>
        new MeasuredEdit(run, pair, calls.Workload, earlier, _base, _edited, changed, calls.Known).CompareAsync(calls.Equality, cancellationToken);

    /// <param name="Known">What base answers.</param>
    private sealed record ComparedCalls(Workload Workload, BaselineAnswers Known, EquivalenceOutcome Equality);

    /// <summary>Where calls cannot be stored, the tests run in both trees and stop at the same calls, where answers are compared too.</summary>
    private async Task<CheckFunctionReport> InTestsAsync(Workload workload, CandidateCheckOutcome.Accepted changed, CancellationToken cancellationToken)
    {
        Step("comparing and measuring it inside of its tests");
        var gated = Gated ?? await gate.JudgeAsync(pair, calls, cancellationToken).ConfigureAwait(false);
        if (gated.BehaviourChanged is { } difference)
        {
            return difference.Contains($": {ForkTrial.KeepsState}: ", StringComparison.Ordinal) ? CannotTell(difference)
                : Report(CheckStatus.Different, $"it behaves otherwise than at base: {difference}", workload) with { Difference = CheckWords.InTests(difference) };
        }

        if (gated.Status == GateStatus.Slower)
            return Slower(gated, workload);
        var target = Target.Of(pair.Base);
        var tests = await run.Book.BookAsync(Part.Tests, () => RepositoryTests.RunAsync(
            harness, run.Head, workload.CoveringTests, run.Limits, cancellationToken: cancellationToken)).ConfigureAwait(false);
        var source = await File.ReadAllTextAsync(Path.Combine(run.Head, pair.Head.Path), cancellationToken).ConfigureAwait(false);
        var trials = new InTestTrials(harness, run.Head, tests, run.Limits, workload, new FileVersions("", source))
        {
            Objective = _objective.Kind, Earlier = new EarlierVersion(run.Base, target, target), MustRun = changed,
        };
        var compared = await run.Book.BookAsync(Part.Measure, () => new PairedComparison<Verdict>(trials, new Judge(_objective))
            .RunAsync(run.Configuration.Seed, cancellationToken)).ConfigureAwait(false);
        run.Note(pair.Head.Id, compared.Evidence);
        var unproven = compared.Evidence.Trials.Select(t => t.Trial.Reservation?.Why).FirstOrDefault(w => w is not null);
        return Decided(compared, gated, unproven is null ? null : CheckWords.OfEdit(unproven.TrimEnd('.')), workload);
    }

    /// <param name="unproven">Why it is not proven to be equal; null where it is.</param>
    private CheckFunctionReport Decided(Compared<Verdict> compared, GateFunctionReport gated, string? unproven, Workload workload)
    {
        gated = gated with { Reason = CheckWords.OfEdit(gated.Reason) };
        var verdict = compared.Verdict;
        if (verdict.Kind == VerdictKind.Rejected)
            unproven ??= CheckWords.OfEdit(verdict.Reason.TrimEnd('.'));
        unproven ??= added.Unknown(pair.Head);
        var report = Report(CheckStatus.CannotTell, CheckWords.OfEdit(verdict.Reason), workload) with
        {
            Speedup = verdict.Ratio,
            Low = verdict.Low,
            High = verdict.High,
            Pairs = verdict.Pairs,
            OnlyLike = verdict.OnlyLike,
        };
        var isFaster = verdict.Kind == VerdictKind.Improved;
        return unproven is not null ? report with { Reason = isFaster || verdict.Kind == VerdictKind.Regressed ? $"{unproven}; as measured {report.Reason}" : unproven }
            : gated.Status == GateStatus.CannotTell ? report with { Reason = isFaster ? $"{gated.Reason}; by itself {report.Reason}" : gated.Reason }
            : isFaster ? report with { Status = CheckStatus.Faster }
            : report with { Status = CheckStatus.NotFaster, Reason = gated.Status == GateStatus.Skipped ? gated.Reason : report.Reason };
    }

    private CheckFunctionReport Slower(GateFunctionReport gated, Workload workload) => Report(CheckStatus.Slower, CheckWords.OfEdit(gated.Reason), workload) with
    {
        Speedup = 1 / gated.Slowdown,
        Low = 1 / gated.High,
        High = 1 / gated.Low,
        Pairs = gated.Pairs,
    };

    private CheckFunctionReport Report(CheckStatus status, string reason, Workload workload) =>
        CheckFunctionReport.Of(pair.Head, status, reason + (pair.IsSame ? $"; looked at because {pair.Names} changed, which it names" : "")) with { Workload = WorkloadReport.Of(workload) };

    private CheckFunctionReport CannotTell(string reason) => CheckFunctionReport.Of(pair.Head, CheckStatus.CannotTell, reason);

    private void Step(string what) => run.Progress($"  {pair.Head.Id}: {what}");
}
