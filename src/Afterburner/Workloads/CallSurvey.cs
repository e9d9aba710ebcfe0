using Afterburner.Workloads.Protocol;

namespace Afterburner.Workloads;

/// <summary>First pass: which tests reach which target.</summary>
/// <param name="tests">Those that are asked; null: all.</param>
internal sealed class CallSurvey(Harness harness, string workspace, TestRun baseline, CaptureOptions options, IReadOnlyList<string>? tests = null)
{
    /// <summary>Tests that are left out because they came out otherwise, at most.</summary>
    public const int MostLeftOut = 5;

    /// <summary>Neither that of the first plain run, so that this one tells what depends on it, nor another than that of the recording.</summary>
    public const int Variation = 1;

    /// <summary>For each target its reach, or why it cannot be captured.</summary>
    /// <param name="known">What was found out of these targets already; null: they are asked for.</param>
    public async Task<Dictionary<Target, (Reach? Reach, Skip? Problem)>> RunAsync(
        IReadOnlyList<Target> targets, Survey? known, CancellationToken cancellationToken)
    {
        var all = known ?? await OnceAsync(targets, timed: true, cancellationToken).ConfigureAwait(false);
        if (all.Difference is null)
            return targets.ToDictionary(t => t, t => Judge(t, all));
        if (targets.Count == 1)
            return new() { [targets[0]] = await WithoutTimesAsync(targets[0], cancellationToken).ConfigureAwait(false) };
        if (await WithoutTestsAsync(targets, all, cancellationToken).ConfigureAwait(false) is not { } others)
            return await HalvesAsync(targets, cancellationToken).ConfigureAwait(false);

        // What only the tests that were left out reach is looked at by itself.
        var found = targets.ToDictionary(t => t, t => Judge(t, others));
        Target[] missed = [.. targets.Where(t => found[t].Reach is null && Judge(t, all).Reach is not null)];
        foreach (var (target, surveyed) in await HalvesAsync(missed, cancellationToken).ConfigureAwait(false))
            found[target] = surveyed;
        return found;
    }

    /// <summary>One target may spoil the run for the others: finds out which, by halves.</summary>
    private async Task<Dictionary<Target, (Reach? Reach, Skip? Problem)>> HalvesAsync(IReadOnlyList<Target> targets, CancellationToken cancellationToken)
    {
        var found = new Dictionary<Target, (Reach? Reach, Skip? Problem)>();
        foreach (var half in targets.Chunk(Math.Max(1, (targets.Count + 1) / 2)))
        {
            foreach (var (target, surveyed) in options.IsOver() ? half.ToDictionary(t => t, _ => ((Reach?)null, (Skip?)Skip.OutOfTime)) : await RunAsync(half, null, cancellationToken).ConfigureAwait(false))
                found[target] = surveyed;
        }

        return found;
    }

    // Without durations the function gets one statement and no try block: the least that can be done to it.
    private async Task<(Reach? Reach, Skip? Problem)> WithoutTimesAsync(Target target, CancellationToken cancellationToken)
    {
        var untimed = await OnceAsync([target], timed: false, cancellationToken).ConfigureAwait(false);
        if (untimed.Difference is not { } difference)
            return Judge(target, untimed);
        var others = await WithoutTestsAsync([target], untimed, cancellationToken).ConfigureAwait(false);
        return others is not null && Judge(target, others) is { Reach: not null } reached ? reached
            : (null, Skip.Because($"watching its calls changes the tests: {difference}"));
    }

    /// <summary>
    /// A test that counts objects, or looks at a function's code, notices that it is watched, and one that depends on chance may fail this time;
    /// the calls of others can be recorded.
    /// </summary>
    /// <returns>The same survey without those tests; null where there are too many, or where it differs as well.</returns>
    private async Task<Survey?> WithoutTestsAsync(IReadOnlyList<Target> targets, Survey survey, CancellationToken cancellationToken)
    {
        var noticing = survey.Tests.DifferingFrom(baseline);
        var others = (tests ?? baseline.Outcomes.Keys).Except(noticing).ToList();
        if (noticing.Count is 0 or > MostLeftOut || others.Count == 0 || options.IsOver())
            return null;
        var again = await new CallSurvey(harness, workspace, baseline, options, others).OnceAsync(targets, timed: true, cancellationToken).ConfigureAwait(false);
        if (again.Difference is not null)
            return null;
        options.Remark(LeftOut(noticing));
        return again;
    }

    /// <summary>"2 tests came out otherwise while calls were watched, and calls are recorded without them: a, b".</summary>
    internal static string LeftOut(IReadOnlyList<string> noticing) =>
        $"{(noticing.Count == 1 ? "1 test" : $"{noticing.Count} tests")} came out otherwise while calls were watched, and calls are recorded without {(noticing.Count == 1 ? "it" : "them")}: "
        + string.Join(", ", noticing.Select(VisibleText.Line));

    private (Reach? Reach, Skip? Problem) Judge(Target target, Survey survey)
    {
        if (!survey.Reaches.TryGetValue(target.Id, out var message))
            return (null, Skip.Because("the survey of its calls did not come to its end"));
        var reach = Reach.Read(target, message);
        if (reach.Problem is { } problem)
            return (null, Skip.Because(problem));
        if (reach.Calls == 0)
            return (null, Skip.Unreached with { Reason = (reach.Unreached ?? Skip.Unreached.Reason) + NotPassing() });
        return reach.Tests.Count == 0 ? (null, Skip.OnlyAtImport) : (reach, null);
    }

    /// <summary>Tests that do not pass may be the ones that would have reached it: a file of them that cannot be imported is one.</summary>
    private string NotPassing() => baseline.Failing.ToArray() is [var first, .. var others]
        ? $"; {(others.Length == 0 ? "1 test does" : $"{others.Length + 1} tests do")} not pass before anything is changed, such as {VisibleText.Line(first)}" : "";

    /// <summary>One run of the tests.</summary>
    internal async Task<Survey> OnceAsync(IReadOnlyList<Target> targets, bool timed, CancellationToken cancellationToken)
    {
        var limits = TestMessages.LimitsOf(options, baseline);
        var run = await harness.RunAsync(
            new SurveyRequest(targets, options.Seed) { Timed = timed, Tests = tests }, workspace, limits, writable: true, Variation, cancellationToken: cancellationToken).ConfigureAwait(false);
        var reaches = run.Of<ReachMessage>().GroupBy(m => m.Target).ToDictionary(g => g.Key, g => g.Last());
        var ran = TestMessages.Read(run, tests, limits);
        return new Survey(ran, ran.DifferenceFrom(baseline), reaches);
    }
}

/// <summary>One run of the tests in which calls were watched.</summary>
/// <param name="Difference">How the tests came out otherwise than at the baseline; null where they did not.</param>
/// <param name="Reaches">By the id of their target.</param>
internal sealed record Survey(TestRun Tests, string? Difference, IReadOnlyDictionary<string, ReachMessage> Reaches);
