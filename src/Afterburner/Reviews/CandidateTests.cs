using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Reviews;

/// <summary>The repository's tests with a candidate in place.</summary>
internal sealed class CandidateTests(ReviewContext review, Function function)
{
    /// <summary>Runs of tests that came out otherwise, on each side, and how many of them are looked at again: more are not chance.</summary>
    private const int MostRepeats = 5, MostByChance = 20;

    /// <returns>Null when every outcome of the baseline reappears.</returns>
    /// <param name="file">The function's file with the candidate.</param>
    /// <param name="tests">Null for all.</param>
    public async Task<Refusal?> RunAsync(Candidate candidate, byte[] file, IReadOnlyList<string>? tests, CancellationToken cancellationToken)
    {
        review.Observer.Step(function, $"running {(tests is null ? "all tests" : $"{tests.Count} tests")} with {candidate.Title}");
        var copy = await review.Workspace.WithAsync(function.Path, file, cancellationToken).ConfigureAwait(false);
        try
        {
            var run = await RepositoryTests.RunAsync(
                review.Harness, copy, tests, review.Limits, cancellationToken: cancellationToken).ConfigureAwait(false);
            return run.DifferenceFrom(review.Baseline) is { } difference && !await DiffersByChanceAsync(run, copy, cancellationToken).ConfigureAwait(false)
                ? new Refusal(Verdict.Rejected(FirstLine(difference)), difference)
                : null;
        }
        finally
        {
            review.Workspace.Drop(copy);
        }
    }

    /// <summary>
    /// A test with random inputs may come out twice the same way at the baseline and otherwise later. Run again and again, it tells: it is one where it comes out
    /// otherwise without the candidate as well, and with the candidate also as it did at the baseline.
    /// </summary>
    /// <param name="copy">The tree with the candidate.</param>
    private async Task<bool> DiffersByChanceAsync(TestRun run, string copy, CancellationToken cancellationToken)
    {
        var differing = run.DifferingFrom(review.Baseline).Where(TestRun.IsTest).ToList();
        return differing.Count is > 0 and <= MostByChance
            && run.DifferenceFrom(review.Baseline with { Flaky = review.Baseline.Flaky.Union(differing).ToHashSet() }) is null
            && await EachComesOutAsync(differing, review.Workspace.Head, asAtBaseline: false, cancellationToken).ConfigureAwait(false)
            && await EachComesOutAsync(differing, copy, asAtBaseline: true, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> EachComesOutAsync(IEnumerable<string> tests, string tree, bool asAtBaseline, CancellationToken cancellationToken)
    {
        var open = tests.ToList();
        for (var time = 0; time < MostRepeats && open.Count > 0; time++)
        {
            var again = await RepositoryTests.RunAsync(review.Harness, tree, open, review.Limits, variation: 2 + time, cancellationToken: cancellationToken).ConfigureAwait(false);
            open.RemoveAll(t => again.Outcomes.TryGetValue(t, out var now) && (now == review.Baseline.Outcomes[t]) == asAtBaseline);
        }

        return open.Count == 0;
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd(':', ' ');
}
