using System.Text;
using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Suggestions;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner;

/// <summary>
/// The loop for one function: Algorithm 1 of the paper (arXiv 2505.23387) over all proposers. Each round shows the best
/// version so far with its measurements; a candidate takes its place only when it is proven better than the baseline by
/// more. Rounds end when nothing new is proposed.
/// </summary>
internal sealed class FunctionReview(ReviewContext review, Function function, Workload workload, byte[] head)
{
    /// <summary>How much better than the best so far a candidate must be: below, the earlier (simpler) one stays.</summary>
    private const double WorthReplacing = 1.05;

    private readonly List<CandidateReport> _candidates = [];
    private readonly List<string> _tried = [];

    /// <summary>Sources by their text, with the names of those who proposed them, the first one first.</summary>
    private readonly Dictionary<string, List<string>> _seen = new() { [Normalised(function.Source)] = [] };
    private Judged? _best;
    private (string Source, IReadOnlyList<Hint> Hints)? _hints;

    public async Task<FunctionReport> RunAsync(CancellationToken cancellationToken)
    {
        var judging = new CandidateReview(review, function, workload, head);
        var (baseline, secondsPerCall) = await MeasureBaselineAsync(cancellationToken).ConfigureAwait(false);
        if (review.TooSmall(secondsPerCall, workload) is { } reason)
            return FunctionReport.Of(function, FunctionStatus.Skipped, reason) with { Workload = WorkloadReport.Of(workload) };
        var hotLines = await ProfileAsync(cancellationToken).ConfigureAwait(false);

        for (var iteration = 1; iteration <= review.Configuration.Iterations && !review.BudgetSpent(); iteration++)
        {
            var request = new ProposalRequest(function, _best?.Measured ?? baseline, review.Configuration.Objective, iteration)
            {
                FileSource = Encoding.UTF8.GetString(head),
                Samples = review.Configuration.Candidates,
                HotLines = _best is null ? hotLines : [],
                Observed = workload.Observed,
                Seed = review.Configuration.Seed,
            };
            request = request with { Hints = await HintsAsync(request, cancellationToken).ConfigureAwait(false) };
            if (!await RoundAsync(judging, request, cancellationToken).ConfigureAwait(false))
                break;
        }

        return await FinishAsync(judging, cancellationToken).ConfigureAwait(false);
    }

    /// <returns>Whether anything new was proposed.</returns>
    private async Task<bool> RoundAsync(CandidateReview judging, ProposalRequest request, CancellationToken cancellationToken)
    {
        // All are asked before anything is tried: a model that cannot be reached ends the review before work is spent on it.
        var proposed = new List<(IProposer By, Candidate Candidate)>();
        foreach (var proposer in review.Proposers)
            proposed.AddRange((await AskAsync(proposer, request, cancellationToken).ConfigureAwait(false)).Select(c => (proposer, c)));
        foreach (var (proposer, candidate) in proposed)
        {
            var judged = await JudgeAsync(judging, candidate, cancellationToken).ConfigureAwait(false);
            if (judged.Verdict.Kind != VerdictKind.Rejected)
                continue;
            // One turn to mend what failed, with the output that shows how.
            var repair = request with
            {
                Repair = new FailedCandidate(candidate.Source, judged.Verdict.Reason, judged.Output ?? ""),
            };
            foreach (var mended in await AskAsync(proposer, repair, cancellationToken).ConfigureAwait(false))
                await JudgeAsync(judging, mended, cancellationToken).ConfigureAwait(false);
        }

        return proposed.Count > 0;
    }

    private async Task<IReadOnlyList<Candidate>> AskAsync(
        IProposer proposer, ProposalRequest request, CancellationToken cancellationToken)
    {
        if (review.BudgetSpent() || review.Tally.HasFailed(proposer.Name))
            return [];
        review.Observer.Step(function, $"asking {proposer.Name}, round {request.Iteration}{(request.Repair is null ? "" : ", repair")}");
        var before = review.Book[Part.Propose];
        try
        {
            var proposed = await review.Book.BookAsync(
                Part.Propose, () => proposer.ProposeAsync(request, cancellationToken)).ConfigureAwait(false);
            review.Tally.Answered(proposer.Name);
            return [.. proposed.Where(IsNew)];
        }
        catch (EnvironmentFailureException e) when (review.GoesOnWithout(proposer))
        {
            review.Tally.Failed(proposer.Name, e.Message);
            review.Journal.Write(new ProposerFailed(proposer.Name, e.Message) { Function = function.Id });
            review.Observer.ProposerFailed(proposer.Name, e.Message);
            return [];
        }
        finally
        {
            review.Tally.Waited(proposer.Name, (review.Book[Part.Propose] - before).TotalSeconds);
        }
    }

    /// <summary>Whether nobody proposed it before. What another proposer had first is tried once and noted there.</summary>
    private bool IsNew(Candidate candidate)
    {
        var key = Normalised(candidate.Source);
        if (_seen.TryAdd(key, [candidate.Proposer]))
            return true;
        if (_seen[key] is { Count: > 0 } names && !names.Contains(candidate.Proposer))
            names.Add(candidate.Proposer);
        return false;
    }

    private async Task<Judged> JudgeAsync(CandidateReview judging, Candidate candidate, CancellationToken cancellationToken)
    {
        var number = _candidates.Count + 1;
        review.Journal.Write(new CandidateProposed(
            number, candidate.Proposer, candidate.Iteration, candidate.Title, candidate.Source) { Function = function.Id });
        var judged = await judging.JudgeAsync(candidate, number, cancellationToken).ConfigureAwait(false);
        review.Journal.Write(new VerdictReached(number, judged.Verdict) { Function = function.Id });
        review.Observer.CandidateJudged(function, candidate, judged.Verdict);
        _candidates.Add(CandidateReport.Of(candidate, judged.Verdict, judging.Diff(candidate)) with
        {
            CapturedRatio = judged.CapturedRatio,
        });
        _tried.Add(Normalised(candidate.Source));
        if (judged.Verdict.Kind == VerdictKind.Improved
            && (_best is null || judged.Verdict.Ratio > _best.Verdict.Ratio * WorthReplacing))
            _best = judged;
        return judged;
    }

    private async Task<(MeasuredSource Source, double? SecondsPerCall)> MeasureBaselineAsync(CancellationToken cancellationToken)
    {
        var unmeasured = new MeasuredSource(function.Source, Passed: true);
        if (workload.Kind is not (WorkloadKind.Replay or WorkloadKind.Caller))
            return (unmeasured, null);
        review.Observer.Step(function, "measuring the code as it is");
        var text = Encoding.UTF8.GetString(head);
        var plan = TrialPlan.Of(
            workload, CandidateReview.Largest(workload), text, text, review.Configuration.Objective, review.Configuration.Seed);
        var measured = await review.Book.BookAsync(Part.Measure, () => BaselineMeasurement.MeasureAsync(
            review.Harness, review.Workspace.Head, plan, review.Limits, cancellationToken)).ConfigureAwait(false);
        if (measured.End != TrialEnd.Completed)
            return (unmeasured, null);
        var source = unmeasured with
        {
            Seconds = measured.Pass.Cpu,
            PeakBytes = measured.Pass.PeakBytes,
            ByteSeconds = measured.Pass.ByteSeconds,
        };
        return (source, measured.Pass.Cpu / Math.Max(1, measured.Calls));
    }

    /// <summary>Hot lines are for models only; recipes do without.</summary>
    private async Task<IReadOnlyList<HotLine>> ProfileAsync(CancellationToken cancellationToken)
    {
        if (!review.Proposers.Any(p => ChatProposer.IsNameOfModel(p.Name))
            || workload.Kind is not (WorkloadKind.Replay or WorkloadKind.Caller))
            return [];
        review.Observer.Step(function, "finding its hot lines");
        return await review.Book.BookAsync(Part.Capture, () => LineProfile.ProfileAsync(
            review.Harness, review.Workspace.Head, workload.Target, workload.Entry, CandidateReview.Largest(workload), null, review.Limits,
            cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Found once for each best source.</summary>
    private async Task<IReadOnlyList<Hint>> HintsAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        if (_hints is { } known && known.Source == request.Best.Source)
            return known.Hints;
        var hints = await review.Book.BookAsync(
            Part.Propose, () => review.Detectors.FindAsync(request, cancellationToken)).ConfigureAwait(false);
        _hints = (request.Best.Source, hints);
        if (hints.Count > 0)
            review.Journal.Write(new HintsFound(request.Iteration, hints) { Function = function.Id });
        return hints;
    }

    private async Task<FunctionReport> FinishAsync(CandidateReview judging, CancellationToken cancellationToken)
    {
        var report = FunctionReport.Of(function, FunctionStatus.NoImprovement, Reason()) with
        {
            Workload = WorkloadReport.Of(workload),
            Candidates = [.. _candidates.Zip(_tried, (c, text) => c with { AlsoProposedBy = [.. _seen[text].Skip(1)] })],
        };
        if (_best is null)
            return report;
        review.Observer.Step(function, "timing it over growing inputs");
        var suggestion = await judging.SuggestAsync(_best, cancellationToken).ConfigureAwait(false);
        review.Journal.Write(new SuggestionMade(suggestion) { Function = function.Id });
        return report with { Status = FunctionStatus.Improved, Reason = _best.Verdict.Reason, Suggestion = suggestion };
    }

    private string Reason()
    {
        if (_candidates.Count == 0)
            return review.BudgetSpent() ? "the time budget was spent before anything was proposed" : NothingProposed();
        int Count(VerdictKind kind) => _candidates.Count(c => c.Verdict == kind);
        var parts = new[]
        {
            (Count(VerdictKind.Rejected), "rejected"),
            (Count(VerdictKind.Inconclusive), "without a proven difference"),
            (Count(VerdictKind.Regressed), "proven worse"),
        };
        return $"{_candidates.Count} tried: {string.Join(", ", parts.Where(p => p.Item1 > 0).Select(p => $"{p.Item1} {p.Item2}"))}";
    }

    /// <summary>Why each model's last reply gave nothing is said with it: a prompt that does not fit, say, is for the user to mend.</summary>
    private string NothingProposed()
    {
        var refusals = review.Tally.Refusals(function.Id);
        return refusals.Count == 0 ? "nothing was proposed"
            : $"nothing was proposed: {string.Join("; ", refusals.Select(r => $"{r.Key}: {r.Value}"))}";
    }

    private static string Normalised(string source) =>
        string.Join('\n', source.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0));
}

/// <summary>A candidate with its verdict and what stands behind it.</summary>
/// <param name="Output">What a repair turn may see of the failure.</param>
internal sealed record Judged(
    Candidate Candidate, Verdict Verdict, MeasuredSource Measured, Evidence Evidence, string? Output, double? CapturedRatio);
