using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Reviews;
using Afterburner.Runs;
using Afterburner.Sandboxes;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner;

/// <summary>
/// The whole walk: change, functions, for each language a baseline, for each function rounds of (propose, verify, measure, judge),
/// suggestions, report. Works in a copy; the repository's work tree and index are never touched.
/// </summary>
/// <param name="proposers">Makes the proposers for a language once it is known how its code is run; what they want recorded goes to the journal.</param>
public sealed class Review(
    ISandbox sandbox, Func<Harness, Action<JournalEvent>, IReadOnlyList<IProposer>> proposers, IReviewObserver observer, TimeProvider time)
{
    /// <summary>Reviews and writes the run's files. The report is returned as well.</summary>
    /// <exception cref="UsageException">The request cannot be: a ref that is missing, a folder that is no repository.</exception>
    /// <exception cref="EnvironmentFailureException">Tests do not pass on the baseline, a model cannot be reached.</exception>
    public async Task<Report> RunAsync(ReviewRequest request, CancellationToken cancellationToken)
    {
        using var run = await ReviewedChange.ReadAsync(sandbox, request, observer, time, cancellationToken).ConfigureAwait(false);
        foreach (var (by, functions) in await run.FindFunctionsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (await run.BaselineAsync(by, functions, proposers, cancellationToken).ConfigureAwait(false) is not { } review)
                continue;
            var ordered = run.InOrder(review, functions);
            var captured = await run.CaptureAsync(review, ordered, cancellationToken).ConfigureAwait(false);
            foreach (var function in ordered)
            {
                await run.ReportAsync(
                    function, () => FunctionAsync(review, function, captured[Target.Of(function)], cancellationToken)).ConfigureAwait(false);
            }
        }

        return run.Finish();
    }

    /// <summary>
    /// The loop for one function: Algorithm 1 of the paper (arXiv 2505.23387) over all proposers. Each round shows them the best version
    /// so far with its measurements. Rounds end when nothing new is proposed.
    /// </summary>
    private static async Task<FunctionReport> FunctionAsync(
        ReviewContext review, Function function, CaptureOutcome captured, CancellationToken cancellationToken)
    {
        var rounds = await FunctionReview.StartAsync(review, function, captured, cancellationToken).ConfigureAwait(false);
        while (await rounds.ProposeAsync(cancellationToken).ConfigureAwait(false) is { Count: > 0 } proposed)
        {
            foreach (var (proposer, candidate) in proposed)
            {
                var judged = await TryAsync(rounds.Candidates, candidate, rounds.Number(candidate), cancellationToken).ConfigureAwait(false);
                rounds.Take(judged);
                foreach (var repaired in await rounds.RepairAsync(proposer, judged, cancellationToken).ConfigureAwait(false))
                    rounds.Take(await TryAsync(rounds.Candidates, repaired, rounds.Number(repaired), cancellationToken).ConfigureAwait(false));
            }
        }

        return await rounds.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Everything one candidate goes through, the cheap refusals first. It fails closed: what could not be compared is not equal, what
    /// could not be measured is not faster.
    /// </summary>
    internal static async Task<Judged> TryAsync(CandidateReview review, Candidate candidate, int number, CancellationToken cancellationToken)
    {
        var verified = await review.VerifyAsync(candidate, cancellationToken).ConfigureAwait(false);
        if (verified.Refusal is { } refusal)
            return review.Refused(candidate, refusal, new Evidence());

        var judged = new List<Judged>();
        foreach (var form in review.Forms(candidate, verified).TakeWhile(_ => judged is [] or [.., { Verdict.Kind: VerdictKind.Inconclusive }]))
        {
            var compared = await review.MeasureAsync(form, verified, number, cancellationToken).ConfigureAwait(false);
            // The whole suite is run last: it is the dearest check, and only what is about to be claimed needs it.
            judged.Add(
                compared.Verdict.Kind == VerdictKind.Improved && await review.TestAsync(form, cancellationToken).ConfigureAwait(false) is { } broken
                    ? review.Refused(form, broken, compared.Evidence)
                    : review.Judged(form, compared));
        }

        return judged.Find(j => j.Verdict.Kind == VerdictKind.Improved) ?? judged[0];
    }
}
