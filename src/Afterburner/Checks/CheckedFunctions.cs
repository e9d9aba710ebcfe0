using Afterburner.Functions;
using Afterburner.Gates;
using Afterburner.Runs;
using Afterburner.Suggestions;
using Afterburner.Workloads;

namespace Afterburner.Checks;

/// <summary>
/// Judges the functions of an edit: the same calls are made at base and with the edit, by the review's rules of what is equal and what is faster, and the gate's of
/// what is slower. It fails closed: what could not be compared is not equal, and what could not be measured is not faster.
/// </summary>
/// <param name="testsDecide">See <see cref="EditRequest.TestsDecide"/>.</param>
internal sealed class CheckedFunctions(Harness harness, GateRun run, bool testsDecide)
{
    /// <summary>What one group of functions came to.</summary>
    /// <param name="Compared">How many tests came out on both sides.</param>
    public sealed record Outcome(IReadOnlyList<CheckFunctionReport> Functions, IReadOnlyList<CheckTestReport> Tests, int Compared);

    /// <param name="added">Functions that base lacks.</param>
    /// <exception cref="EnvironmentFailureException">The tests of base do not pass.</exception>
    public async Task<Outcome> CompareAsync(IReadOnlyList<FunctionPair> pairs, IReadOnlyList<Function> added, CancellationToken cancellationToken)
    {
        var calls = new GateCalls(harness, run);
        IReadOnlyList<GateCallsOf> found;
        try
        {
            found = await calls.CaptureAsync(pairs, added, cancellationToken).ConfigureAwait(false);
        }
        catch (EnvironmentFailureException e) when (calls.Tests.Head is null)
        {
            return await WithoutTestsAsync(pairs, added, e, cancellationToken).ConfigureAwait(false);
        }

        if (calls.BaseFailure is { } failure)
            throw failure;
        var tests = calls.Tests.Base is { } before
            ? await new CheckedTests(harness, run).CompareAsync(before, calls.Tests.Head!, cancellationToken).ConfigureAwait(false) : [];
        var gate = new GateFunctions(harness, run);
        var known = await AddedFunctions.LookAtAsync(harness, run, added, calls.Added, cancellationToken).ConfigureAwait(false);
        var reports = known.Reports.ToList();
        for (var i = 0; i < pairs.Count; i++)
        {
            var report = run.Book.Total > run.Configuration.Budget
                ? CheckFunctionReport.Of(pairs[i].Head, CheckStatus.CannotTell, "the time budget was spent before its turn (budget)")
                : Tested(await new CheckedFunction(harness, run, gate, pairs[i], found[i], known, testsDecide).JudgeAsync(cancellationToken).ConfigureAwait(false), found[i].Workload, tests);
            run.Journal.Write(new FunctionChecked(report) { Function = pairs[i].Head.Id });
            run.Progress($"[{i + 1}/{pairs.Count}] {pairs[i].Head.Id}: {report.Reason}");
            reports.Add(report);
        }

        return new Outcome(reports, tests, calls.Tests.Base?.Outcomes.Keys.Count(calls.Tests.Head!.Outcomes.ContainsKey) ?? 0);
    }

    /// <summary>The tests alone, where no function of both sides is to be compared: what goes away, or is bound at the top of a file, shows in them.</summary>
    /// <exception cref="EnvironmentFailureException">The tests of base do not pass.</exception>
    public async Task<Outcome> TestsAsync(CancellationToken cancellationToken)
    {
        run.Progress("running the tests of base and of the edit twice: no function of both is to be compared");
        var before = await BaselineAsync(run.Base).ConfigureAwait(false);
        try
        {
            var after = await BaselineAsync(run.Head).ConfigureAwait(false);
            return new Outcome([], await new CheckedTests(harness, run).CompareAsync(before, after, cancellationToken).ConfigureAwait(false), before.Outcomes.Keys.Count(after.Outcomes.ContainsKey));
        }
        catch (EnvironmentFailureException e)
        {
            return new Outcome([], [new CheckTestReport { Test = "all tests", Base = "pass", Edit = "do not", Output = e.Message }], 0);
        }

        Task<TestRun> BaselineAsync(string tree) => run.Book.BookAsync(Part.Tests, () => RepositoryTests.EstablishBaselineAsync(harness, tree, run.Limits, cancellationToken));
    }

    /// <summary>A function that has no counterpart, in the words of a check.</summary>
    public static CheckFunctionReport Unpaired(GateFunctionReport report) => new()
    {
        Path = report.Path,
        Name = report.Name,
        StartLine = report.StartLine,
        EndLine = report.EndLine,
        Status = report.Reason == GatePairs.New ? CheckStatus.New : CheckStatus.CannotTell,
        Reason = report.Reason == GatePairs.New ? "new: it is judged with the functions that call it" : report.Reason,
    };

    /// <summary>A function that a test reaches which comes out otherwise is not equal, whatever its recorded calls say.</summary>
    internal static CheckFunctionReport Tested(CheckFunctionReport report, Workload? workload, IReadOnlyList<CheckTestReport> tests) =>
        report.Status is CheckStatus.Faster or CheckStatus.NotFaster && tests.FirstOrDefault(t => workload?.CoveringTests.Contains(t.Test) == true) is { } test
            ? report with { Status = CheckStatus.Different, Reason = $"{test.Test}, which reaches it, {test.Base} at base and {test.Edit} with the edit; {report.Reason}" }
            : report;

    /// <summary>The tests do not pass with the edit. Where they do not at base either, nothing can be said.</summary>
    private async Task<Outcome> WithoutTestsAsync(
        IReadOnlyList<FunctionPair> pairs, IReadOnlyList<Function> added, EnvironmentFailureException failure, CancellationToken cancellationToken)
    {
        run.Progress("no test passes with the edit: running those of base");
        var before = await run.Book.BookAsync(Part.Tests, () => RepositoryTests.EstablishBaselineAsync(harness, run.Base, run.Limits, cancellationToken)).ConfigureAwait(false);
        var why = failure.Message.Replace("tests do not pass on the baseline", "tests do not pass with the edit, and do at base", StringComparison.Ordinal);
        return new Outcome(
            [.. pairs.Select(p => CheckFunctionReport.Of(p.Head, CheckStatus.Different, why)), .. added.Select(f => CheckFunctionReport.Of(f, CheckStatus.New, "new"))], [], before.Outcomes.Count);
    }
}
