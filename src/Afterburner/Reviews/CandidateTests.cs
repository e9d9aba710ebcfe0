using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Reviews;

/// <summary>The repository's tests with a candidate in place.</summary>
internal sealed class CandidateTests(ReviewContext review, Function function)
{
    /// <summary>Runs of a test that failed before and passes with a candidate, without it.</summary>
    private const int MostRepeats = 5;

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
            return run.DifferenceFrom(review.Baseline) is { } difference && !await DiffersByChanceAsync(run, cancellationToken).ConfigureAwait(false)
                ? new Refusal(Verdict.Rejected(FirstLine(difference)), difference)
                : null;
        }
        finally
        {
            review.Workspace.Drop(copy);
        }
    }

    /// <summary>
    /// A test with random inputs may fail whenever the baseline is run, and pass later: run again and again without the candidate, it tells. One
    /// that passed at the baseline has to pass.
    /// </summary>
    private async Task<bool> DiffersByChanceAsync(TestRun run, CancellationToken cancellationToken)
    {
        var open = run.Mended(review.Baseline).ToHashSet();
        if (open.Count == 0 || run.DifferenceFrom(review.Baseline with { Flaky = review.Baseline.Flaky.Union(open).ToHashSet() }) is not null)
            return false;
        for (var time = 0; time < MostRepeats && open.Count > 0; time++)
        {
            var again = await RepositoryTests.RunAsync(
                review.Harness, review.Workspace.Head, [.. open], review.Limits, variation: 2 + time, cancellationToken: cancellationToken).ConfigureAwait(false);
            open.ExceptWith(again.Mended(review.Baseline));
        }

        return open.Count == 0;
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd(':', ' ');
}
