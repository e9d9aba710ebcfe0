using Afterburner.Overviews;
using Afterburner.Proposers;
using Afterburner.Reviews;
using Afterburner.Runs;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner;

/// <summary>
/// Finds out what is known of one function, as a review does before it asks anybody: baseline, calls, larger calls, times, hot lines, growth. Proposes and compares nothing.
/// </summary>
public sealed class Inspection(ISandbox sandbox, IReviewObserver observer, TimeProvider time)
{
    /// <param name="request">Names one <see cref="ReviewRequest.Function"/>. Its run has a journal and no report.</param>
    /// <exception cref="UsageException">There is no such function, or the folder is no repository.</exception>
    /// <exception cref="EnvironmentFailureException">The tests do not pass.</exception>
    public async Task<FunctionOverview> OfAsync(ReviewRequest request, CancellationToken cancellationToken)
    {
        if (request.Function is null)
            throw new ArgumentException("a function was expected", nameof(request));
        using var run = await ReviewedChange.ReadAsync(sandbox, request, observer, time, cancellationToken).ConfigureAwait(false);
        var (by, functions) = (await run.FindFunctionsAsync(cancellationToken).ConfigureAwait(false)).Single();
        var review = (await run.BaselineAsync(by, functions, (_, _) => [new Listener()], cancellationToken).ConfigureAwait(false))!;
        var captured = await run.CaptureAsync(review, functions, cancellationToken).ConfigureAwait(false);
        var function = functions.Single();
        var begun = await FunctionReview.StartAsync(review, function, captured[Target.Of(function)], cancellationToken).ConfigureAwait(false);
        if (begun.Skipped is { } skipped)
            return new FunctionOverview(function, captured[Target.Of(function)].Workload ?? begun.Workload, null, []) { WhyNot = skipped.Reason };

        var known = await begun.KnownAsync(cancellationToken).ConfigureAwait(false);
        observer.Step(function, "timing it over growing inputs");
        var growth = await begun.Candidates.GrowthAsync(cancellationToken).ConfigureAwait(false);
        return new FunctionOverview(function, begun.Workload, known, [.. growth.Select(g => new SizedTime(g.Size, g.BaselineSeconds))]);
    }

    /// <summary>Wants to know everything, and proposes nothing.</summary>
    private sealed class Listener : IProposer
    {
        public string Name => "inspection";

        public bool ReadsPrompt => true;

        public Task<IReadOnlyList<Candidate>> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Candidate>>([]);
    }
}
