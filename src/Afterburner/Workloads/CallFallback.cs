using System.Globalization;
using Afterburner.Functions;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Workloads;

/// <summary>
/// For a target none of whose calls can be stored and made again: forks at its calls, else swaps its code inside whole
/// tests, else captures the function that calls it. Each is tried with the baseline on both sides first, and taken only
/// if no test's outcome changes and the baseline equals itself.
/// </summary>
internal sealed class CallFallback(Harness harness, string workspace, TestRun baseline, CaptureOptions options)
{
    private const int MaxSwapTests = 5;
    private const int MaxCallers = 3;
    private static readonly Skip None = Skip.Because("");

    public async Task<CaptureOutcome> RunAsync(Reach reach, CaptureOutcome failed, CancellationToken cancellationToken)
    {
        var notes = new List<string> { failed.SkipReason! };
        var byChance = failed.Skip!.Kind == SkipKind.ByChance;
        Func<Reach, CancellationToken, Task<(Workload?, Skip)>>[] attempts = !harness.Program.Can(Abilities.InTests) ? [CallerAsync] : options.Swaps ? [ForkAsync, SwapAsync, CallerAsync] : [ForkAsync, CallerAsync];
        foreach (var attempt in OutsideTests(reach, reach.Outer).Any() ? [.. attempts, OuterAsync] : attempts)
        {
            // What answers by chance cannot be told from what answers wrongly; the function that calls it may answer steadily.
            if (attempt != CallerAsync && attempt != OuterAsync && byChance)
                continue;
            var (workload, skip) = await attempt(reach, cancellationToken).ConfigureAwait(false);
            if (workload is not null)
                return new CaptureOutcome(reach.Target, workload, null) { Notes = notes };
            notes.Add(skip.Reason);
            byChance |= skip.Kind == SkipKind.ByChance;
        }

        return new CaptureOutcome(reach.Target, null, new Skip(byChance ? SkipKind.ByChance : SkipKind.NotCaptured, string.Join("; ", notes)));
    }

    private async Task<(Workload?, Skip)> ForkAsync(Reach reach, CancellationToken cancellationToken)
    {
        var picks = reach.Picks.Select(p => new RecordedCall(InTestCalls.CallId(p.Test, p.Ordinal), p.Test, p.Seconds, "", 1, "")).ToList();
        var (kept, why) = await ForkAtAsync(reach.Target, picks, [.. reach.Picks.Select(p => p.Raised)], cancellationToken).ConfigureAwait(false);
        return kept.Count > 0 ? (new Workload(WorkloadKind.Fork, reach.Target, reach.Target, kept, [], reach.Tests, reach.Observed), why) : (null, why);
    }

    /// <summary>The calls at certain places of tests that can be forked, slowest first, and why none can.</summary>
    /// <param name="raised">Whether each raises in its test; null: not known.</param>
    public async Task<(IReadOnlyList<RecordedCall> Calls, Skip Why)> ForkAtAsync(
        Target target, IReadOnlyList<RecordedCall> picks, IReadOnlyList<bool?> raised, CancellationToken cancellationToken)
    {
        var request = new ForkCompareRequest(target, [.. InTestCalls.Picks(picks).Select((pick, i) => pick with { Raised = raised.ElementAtOrDefault(i) })])
        {
            Tests = InTestCalls.Tests(picks),
        };
        var (run, problem) = await RunAsync(request, cancellationToken).ConfigureAwait(false);
        if (problem is not null)
            return ([], Skip.Because($"forking at its calls changes the tests: {problem}"));
        var compared = run.Of<ComparedMessage>().ToList();
        var byId = picks.ToDictionary(p => p.Id);
        var kept = compared
            .Where(m => m.Reason is null && m.Difference is null)
            .Select(m => byId.GetValueOrDefault(InTestCalls.CallId(m.Test, m.Ordinal)) is { } call
                ? call with { Seconds = Warm(call.Seconds, m.Seconds), Shape = m.Shape ?? "" }
                : null)
            .OfType<RecordedCall>().DistinctBy(c => c.Id).Take(options.Calls).OrderByDescending(c => c.Seconds).ToList();
        var why = compared.Select(m => m.Reason ?? m.Difference)
            .Concat(run.Of<UnforkedMessage>().Select(m => m.Reason)).OfType<string>().FirstOrDefault();
        return (kept, new Skip(
            compared.Any(m => m.Chance) ? SkipKind.ByChance : SkipKind.NotCaptured, $"its calls cannot be forked: {why ?? "they did not happen again"}"));
    }

    // A forked child pays for every page it touches first; the survey saw the call run warm.
    private static double Warm(double surveyed, double forked) => surveyed > 0 ? Math.Min(surveyed, forked) : forked;

    private async Task<(Workload?, Skip)> SwapAsync(Reach reach, CancellationToken cancellationToken)
    {
        var tests = reach.Tests.Where(TestRun.IsTest).Take(MaxSwapTests).ToList();
        if (tests.Count == 0)
            return (null, Skip.Because("only a workload calls it, which cannot be repeated"));
        var request = new SwapRequest(reach.Target, null, null, Pairs: 1, options.Seed) { Tests = tests };
        var (run, problem) = await RunAsync(request, cancellationToken).ConfigureAwait(false);
        if (problem is not null)
            return (null, Skip.Because($"running its tests repeatedly changes them: {problem}"));
        var kept = run.Of<ComparedMessage>()
            .Where(m => m.Difference is null && m.Seconds > 0)
            .Select(m => new RecordedCall(
                m.Test, m.Test, m.Seconds,
                string.Create(CultureInfo.InvariantCulture, $"all {m.Calls} calls of the test"), 1, ""))
            .DistinctBy(c => c.Id).OrderByDescending(c => c.Seconds).ToList();
        return kept.Count > 0
            ? (new Workload(WorkloadKind.Swap, reach.Target, reach.Target, kept, [], reach.Tests, reach.Observed), None)
            : (null, Skip.Because($"its tests cannot be repeated: {run.Of<UnrepeatableMessage>().FirstOrDefault()?.Reason ?? "none was"}"));
    }

    /// <summary>Calls of a function that calls the target, or null.</summary>
    public async Task<Workload?> ThroughCallerAsync(Reach reach, CancellationToken cancellationToken) =>
        (await CallerAsync(reach, cancellationToken).ConfigureAwait(false)).Item1;

    /// <summary>Calls of a function from which the target is called by way of others, or null: what people call has arguments that can be made larger.</summary>
    public async Task<Workload?> ThroughOuterAsync(Reach reach, CancellationToken cancellationToken) =>
        (await OuterAsync(reach, cancellationToken).ConfigureAwait(false)).Item1;

    private Task<(Workload?, Skip)> CallerAsync(Reach reach, CancellationToken cancellationToken) =>
        InCallsOfAsync(OutsideTests(reach, reach.Callers), reach, "no function of the repository outside its tests calls it", cancellationToken);

    private Task<(Workload?, Skip)> OuterAsync(Reach reach, CancellationToken cancellationToken)
    {
        var tried = OutsideTests(reach, reach.Callers).Take(MaxCallers).ToHashSet();
        return InCallsOfAsync(OutsideTests(reach, reach.Outer).Where(c => !tried.Contains(c)), reach, "no other function leads to it", cancellationToken);
    }

    private IEnumerable<Target> OutsideTests(Reach reach, IReadOnlyList<Caller> callers) =>
        callers.Select(c => c.Function).Where(c => c.Id != reach.Target.Id && !Exclusions.IsTest(c.Path, harness.Program.Language));

    /// <param name="functions">Of these the first few.</param>
    /// <param name="none">What is said where there are none.</param>
    private async Task<(Workload?, Skip)> InCallsOfAsync(IEnumerable<Target> functions, Reach reach, string none, CancellationToken cancellationToken)
    {
        var callers = functions.Take(MaxCallers).ToList();
        if (callers.Count == 0)
            return (null, Skip.Because(none));
        var surveys = new CallSurvey(harness, workspace, baseline, options, reach.Tests);
        var recordings = new CallRecording(harness, workspace, baseline, options);
        var surveyed = await surveys.RunAsync(callers, null, cancellationToken).ConfigureAwait(false);
        // In calls that take long it shows best.
        foreach (var found in callers.Select(c => surveyed[c].Reach).OfType<Reach>().OrderByDescending(r => r.Picks.Select(p => p.Seconds).DefaultIfEmpty().Max()))
        {
            var caller = found.Target;
            var stored = (await recordings.RunAsync([found], cancellationToken).ConfigureAwait(false))[caller];
            if (stored.Calls.Count == 0)
                continue;
            var confirmed = (await CallConfirmation.RunAsync(
                harness, workspace, new Dictionary<Target, StoredCalls> { [caller] = stored }, options, reach.Target, cancellationToken)
                .ConfigureAwait(false))[caller];
            if (confirmed.Calls.Count > 0)
                return (new Workload(WorkloadKind.Caller, reach.Target, caller, confirmed.Calls, [], reach.Tests, reach.Observed), None);
        }

        return (null, Skip.Because($"neither can the calls of {string.Join(", ", callers.Select(c => c.Name))}, which call it"));
    }

    private async Task<(HarnessRun Run, string? Problem)> RunAsync(TestsRequest request, CancellationToken cancellationToken)
    {
        var limits = TestMessages.LimitsOf(options, baseline);
        var run = await harness.RunAsync(request, workspace, limits, writable: true, cancellationToken: cancellationToken).ConfigureAwait(false);
        return (run, TestMessages.Read(run, request.Tests, limits).DifferenceFrom(baseline));
    }
}
