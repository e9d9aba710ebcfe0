using Afterburner.Changes;
using Afterburner.Sandboxes;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Workloads;

/// <summary>Runs the repository's own tests inside the sandbox, in a writable copy of the workspace.</summary>
public static class RepositoryTests
{
    private const string Longer = "\nWhat is meant to be run can be named in .github/afterburner.yml (tests.arguments: [FOLDER]), and how long it may take (tests.timeout).";

    /// <summary>Runs tests once.</summary>
    /// <param name="tests">Ids of the tests to run; null for all.</param>
    /// <exception cref="EnvironmentFailureException">The sandbox itself failed, after its retries.</exception>
    public static async Task<TestRun> RunAsync(
        Harness harness, string workspace, IReadOnlyCollection<string>? tests, Limits limits,
        int variation = 0, CancellationToken cancellationToken = default)
    {
        var run = await harness.RunAsync(
            new TestsRequest { Tests = tests }, workspace, limits, writable: true, variation, cancellationToken: cancellationToken).ConfigureAwait(false);
        return TestMessages.Read(run, tests, limits);
    }

    /// <summary>
    /// Runs all tests twice, in variations 0 and 1. Tests whose outcomes differ are flaky: left out of comparisons
    /// and named by the returned run. Failing tests are tolerated, as outcomes to reproduce, where at least one passes.
    /// </summary>
    /// <exception cref="EnvironmentFailureException">No test passes, there are none, or the runner cannot do its work.</exception>
    public static async Task<TestRun> EstablishBaselineAsync(
        Harness harness, string workspace, Limits limits, CancellationToken cancellationToken = default) => await RepeatAsync(
            await OnceAsync(harness, workspace, limits, cancellationToken).ConfigureAwait(false), harness, workspace, limits, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// The same where calls are recorded next: the second run is the one that finds out which tests reach the targets. Only where something comes out otherwise there
    /// is a plain second run needed to tell what is flaky from what notices that it is watched.
    /// </summary>
    /// <returns>Beside the baseline what was found out; null where the harness stores no calls, or there is no target.</returns>
    internal static async Task<(TestRun Baseline, Survey? Survey)> EstablishAndSurveyAsync(
        Harness harness, string workspace, IReadOnlyList<Target> targets, CaptureOptions options, CancellationToken cancellationToken)
    {
        if (targets.Count == 0 || !harness.Program.Can(Abilities.Replay))
            return (await EstablishBaselineAsync(harness, workspace, options.Limits, cancellationToken).ConfigureAwait(false), null);
        var first = await OnceAsync(harness, workspace, options.Limits, cancellationToken).ConfigureAwait(false);
        var survey = await new CallSurvey(harness, workspace, first, options).OnceAsync(targets, timed: true, cancellationToken).ConfigureAwait(false);
        if (survey.Difference is null)
            return (first, survey);
        var baseline = await RepeatAsync(first, harness, workspace, options.Limits, cancellationToken).ConfigureAwait(false);
        return (baseline, survey with { Difference = survey.Tests.DifferenceFrom(baseline) });
    }

    private static async Task<TestRun> OnceAsync(Harness harness, string workspace, Limits limits, CancellationToken cancellationToken)
    {
        var first = await RunAsync(harness, workspace, null, limits, variation: 0, cancellationToken: cancellationToken).ConfigureAwait(false);
        await DemandAsync(first, harness.Program, workspace, cancellationToken).ConfigureAwait(false);
        return first;
    }

    private static async Task<TestRun> RepeatAsync(TestRun first, Harness harness, string workspace, Limits limits, CancellationToken cancellationToken)
    {
        var second = await RunAsync(harness, workspace, null, limits, variation: 1, cancellationToken: cancellationToken).ConfigureAwait(false);
        await DemandAsync(second, harness.Program, workspace, cancellationToken, again: true).ConfigureAwait(false);
        var flaky = first.Outcomes.Keys.Union(second.Outcomes.Keys)
            .Where(t => !first.Outcomes.TryGetValue(t, out var a) || !second.Outcomes.TryGetValue(t, out var b) || a != b)
            .ToHashSet();
        if (first.Outcomes.All(o => o.Value != TestOutcome.Passed || flaky.Contains(o.Key) || !TestRun.IsTest(o.Key)))
        {
            throw new EnvironmentFailureException(
                $"tests do not pass on the baseline: no test passes twice in a row ({flaky.Count} flaky, for example {flaky.Order().FirstOrDefault()}); "
                + "make the tests repeatable and run again");
        }

        return first with { Flaky = flaky };
    }

    /// <param name="again">Some passed before: where none does now, that is what is said.</param>
    private static async Task DemandAsync(TestRun run, HarnessProgram program, string workspace, CancellationToken cancellationToken, bool again = false)
    {
        if (run.Incomplete is { } reason)
            throw new EnvironmentFailureException($"tests do not pass on the baseline: the run did not come to its end: {reason}{(run.IsTimedOut ? Longer : "")}{await AdviceAsync(reason).ConfigureAwait(false)}");
        if (run.Collected == 0)
        {
            throw new EnvironmentFailureException(
                $"tests do not pass on the baseline: {program.Runner} found no tests; "
                + "name their folder in .github/afterburner.yml (tests: arguments; projects: the folders of a repository that holds several), or add tests");
        }

        if (run.Passed == 0 && !again)
        {
            var tests = run.Outcomes.Where(o => TestRun.IsTest(o.Key)).ToList();
            var (test, outcome) = tests.Find(o => o.Value is TestOutcome.Error or TestOutcome.Failed) is { Key: not null } failing ? failing : tests[0];
            throw new EnvironmentFailureException(
                $"tests do not pass on the baseline: none of {run.Collected} passed; {test} {TestRun.Word(outcome)}:\n{run.FailureText(test)}{await AdviceAsync(string.Join('\n', run.FailureTexts.Values)).ConfigureAwait(false)}");
        }

        async Task<string> AdviceAsync(string printed) =>
            string.Concat(new[] { await program.Advice(printed, cancellationToken).ConfigureAwait(false), LargeFile.Remark(workspace), Submodules.Remark(workspace) }
                .OfType<string>().Select(a => $"\n{a}"));
    }
}
