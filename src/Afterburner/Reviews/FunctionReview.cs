using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Runs;
using Afterburner.Suggestions;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Reviews;

/// <summary>
/// One function while it is reviewed: what is asked of the proposers, who proposed what, and the best version so far. A candidate takes
/// its place when the gain over the baseline that is proven for it is clearly larger than the best one's.
/// </summary>
internal sealed class FunctionReview
{
    /// <summary>How much better than the best so far a candidate must be: below, the earlier (simpler) one stays.</summary>
    private const double WorthReplacing = 1.05;

    /// <summary>Rounds in which nobody has anything new, after which there is none.</summary>
    private const int MostIdleRounds = 2;

    private readonly ReviewContext _review;
    private readonly Function _function;
    private readonly Workload _workload;
    private readonly byte[] _original;
    private readonly List<CandidateReport> _candidates = [];
    private readonly List<string> _tried = [];
    private readonly AskedProposers _asked;
    private IReadOnlyList<HotLine> _hotLines = [];
    private MeasuredSource _baseline;
    private Judged? _best;
    private int _round;
    private ProposalRequest? _request;
    private (string Source, IReadOnlyList<Hint> Hints)? _hints;
    private (UsedCode? Code, bool Known) _used;

    /// <param name="callers">For candidates that save too little a call: functions that make many.</param>
    /// <param name="own">Its own calls, where those of another one are measured.</param>
    private FunctionReview(ReviewContext review, Function function, Workload workload, byte[] original, AskedProposers asked, IReadOnlyList<CallerCapture>? callers = null, Workload? own = null)
    {
        (_review, _function, _workload, _original, _asked) = (review, function, workload, original, asked);
        _baseline = new MeasuredSource(function.Source, Passed: true);
        Candidates = new CandidateReview(review, function, workload, original) { Callers = callers ?? [], Own = own };
    }

    /// <summary>What tries candidates for this function.</summary>
    public CandidateReview Candidates { get; }

    /// <summary>What of it is executed.</summary>
    public Workload Workload => _workload;

    /// <summary>Why it is not reviewed; null while it is.</summary>
    public FunctionReport? Skipped { get; private set; }

    /// <summary>Whether anybody may have something to propose: else its calls need not be recorded.</summary>
    public static async Task<bool> IsWorthwhileAsync(
        ReviewContext review, Function function, IReadOnlyDictionary<string, ObservedValue> observed, CancellationToken cancellationToken)
    {
        var workload = Workload.None(Target.Of(function)) with { Observed = observed };
        var first = new FunctionReview(review, function, workload, await ReadAsync(review, function, cancellationToken).ConfigureAwait(false), review.Asked(function));
        return await first._asked.AskEarlyAsync(first.Request(round: 1, idle: 0), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes larger calls of those that were recorded, and measures the code as it is: both only where somebody may have something to
    /// propose, so those who need neither are asked before.
    /// </summary>
    public static async Task<FunctionReview> StartAsync(
        ReviewContext review, Function function, CaptureOutcome captured, CancellationToken cancellationToken)
    {
        if (captured.Workload is not { } workload)
            return NotReviewed(captured.SkipReason ?? Skip.Unreached.Reason, captured.Skip?.Kind == SkipKind.OutOfTime);
        if (review.BudgetSpent())
            return NotReviewed("the time budget was spent before its turn", outOfTime: true);
        var original = await ReadAsync(review, function, cancellationToken).ConfigureAwait(false);
        var first = new FunctionReview(review, function, workload, original, review.Asked(function));
        if (!await first._asked.AskEarlyAsync(first.Request(round: 1, idle: 0), cancellationToken).ConfigureAwait(false))
            return first;
        var started = await StartAsync(first, workload, captured.ThroughCallers, cancellationToken).ConfigureAwait(false);
        // Small calls may matter by their number, and cannot be measured one by one: then what counts is what a call of their caller saves.
        for (var i = 0; i < captured.ThroughCallers.Count && (started.Skipped is not null || (started.IsRepeated && captured.MattersTogether)) && !review.BudgetSpent(); i++)
        {
            if (await review.Book.BookAsync(Part.Capture, () => captured.ThroughCallers[i](cancellationToken)).ConfigureAwait(false) is { } larger
                && await StartAsync(first, larger, [.. captured.ThroughCallers.Skip(i + 1)], cancellationToken).ConfigureAwait(false) is { Skipped: null } reviewed)
                return reviewed;
        }

        return started;

        FunctionReview NotReviewed(string reason, bool outOfTime) => new(review, function, Workload.None(Target.Of(function)), [], review.Asked(function))
        {
            Skipped = FunctionReport.Of(function, FunctionStatus.Skipped, reason) with { OutOfTime = outOfTime },
        };
    }

    private static Task<byte[]> ReadAsync(ReviewContext review, Function function, CancellationToken cancellationToken) =>
        File.ReadAllBytesAsync(Path.Combine(review.Workspace.Head, function.Path), cancellationToken);

    private static async Task<FunctionReview> StartAsync(
        FunctionReview first, Workload workload, IReadOnlyList<CallerCapture> callers, CancellationToken cancellationToken)
    {
        var (review, function) = (first._review, first._function);
        review.Observer.Step(function, "making larger calls");
        if (workload.IsReplayed)
        {
            var amplified = await review.Book.BookAsync(Part.Capture, () => Amplifier.AmplifyAsync(
                review.Tree, workload.Recorded, new Amplification(review.Configuration.Seed), cancellationToken)).ConfigureAwait(false);
            workload = workload with { Amplified = amplified.Calls };
        }

        review.Journal.Write(new WorkloadChosen(
            workload.Kind,
            workload.CoveringTests,
            [.. workload.Captured.Concat(workload.Amplified).Select(c => new JournalCall(c.Id, c.Test, c.Seconds, c.Shape, c.Scale))],
            workload.SlowestCall)
        { Function = function.Id });
        var started = new FunctionReview(review, function, workload, first._original, first._asked, callers, (first._workload.Kind, workload.Kind) == (WorkloadKind.Replay, WorkloadKind.Caller) ? first._workload : null);
        if (!started.SkipsBelow(workload.Kind == WorkloadKind.Benchmark ? null : workload.SlowestCall)
            && !started.SkipsBelow(await started.MeasureBaselineAsync(cancellationToken).ConfigureAwait(false)))
            started._hotLines = await started.ProfileAsync(cancellationToken).ConfigureAwait(false);
        return started;
    }

    /// <summary>Whether all of its calls together take so little that they are made several times in a sample, which proves nothing.</summary>
    private bool IsRepeated =>
        _review.Objective.Kind == ObjectiveKind.Time && _workload.IsReplayed && _baseline.Seconds < _review.Harness.Program.Pace.ShortestPass;

    /// <returns>Whether calls that take this long are too small to matter.</returns>
    private bool SkipsBelow(double? secondsPerCall)
    {
        if (_review.TooSmall(secondsPerCall, _workload) is { } reason)
            Skipped = FunctionReport.Of(_function, FunctionStatus.Skipped, reason) with { Workload = WorkloadReport.Of(_workload) };
        return Skipped is not null;
    }

    /// <summary>The next round: what is new of what the proposers suggest. All are asked before anything is tried, since a model that cannot be reached ends the review before work is spent on it.</summary>
    /// <returns>None when the rounds are over.</returns>
    public async Task<IReadOnlyList<(IProposer By, Candidate Candidate)>> ProposeAsync(CancellationToken cancellationToken)
    {
        for (var idle = 0; Skipped is null && idle < MostIdleRounds && ++_round <= _review.Configuration.Iterations && !_review.BudgetSpent(); idle++)
        {
            var proposed = await ProposeAsync(idle, cancellationToken).ConfigureAwait(false);
            if (proposed.Count > 0 || _review.Proposers.All(p => p.IsRuleBased))
                return proposed;
        }

        return [];
    }

    private async Task<IReadOnlyList<(IProposer By, Candidate Candidate)>> ProposeAsync(int idle, CancellationToken cancellationToken)
    {
        _request = await KnownAsync(Request(_round, idle), cancellationToken).ConfigureAwait(false);
        var proposed = new List<(IProposer By, Candidate Candidate)>();
        foreach (var proposer in _review.Proposers.Where(p => idle == 0 || !p.IsRuleBased))
            proposed.AddRange((await _asked.AskAsync(proposer, _request, cancellationToken).ConfigureAwait(false)).Select(c => (proposer, c)));
        return proposed;
    }

    /// <summary>What is known of the function before anything is proposed, as those are told who read it.</summary>
    public Task<ProposalRequest> KnownAsync(CancellationToken cancellationToken) => KnownAsync(Request(round: 1, idle: 0), cancellationToken);

    private async Task<ProposalRequest> KnownAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        if (!_review.Proposers.All(p => p.IsRuleBased))
            request = request with { Hints = await HintsAsync(request, cancellationToken).ConfigureAwait(false) };
        return IsRead ? request with { Used = await UsedAsync(cancellationToken).ConfigureAwait(false) } : request;
    }

    private ProposalRequest Request(int round, int idle) => new(_function, _best?.Measured ?? _baseline, _review.Configuration.Objective, round)
    {
        FileSource = SourceText.Of(_original),
        Samples = _review.Configuration.Candidates,
        HotLines = _best is null ? _hotLines : [],
        ProfiledCalls = CandidateReview.Largest(_workload).Count,
        Timed = Timed,
        Entry = _workload.Entry.Name,
        Observed = _workload.Observed,
        Seed = _review.Configuration.Seed,
        Text = _review.Text,
        Tree = _review.Tree,
        Tried = [.. _candidates.Select(c => new TriedCandidate(c.Title ?? "", $"{c.Verdict}, {c.Reason}"))],
        IdleRounds = idle,
    };

    /// <summary>The calls that the best source was measured on.</summary>
    private IReadOnlyList<RecordedCall> Timed => !_workload.IsReplayed ? [] : TrialPlan.Weighty(
        _best is null ? CandidateReview.Largest(_workload) : _best.Evidence.Amplified is null ? _workload.Captured : _workload.Amplified,
        _review.Harness.Program.Pace);

    /// <summary>One turn to mend what failed, with the output that shows how.</summary>
    /// <returns>None where it did not fail, or nobody mends it.</returns>
    public async Task<IReadOnlyList<Candidate>> RepairAsync(IProposer proposer, Judged judged, CancellationToken cancellationToken) =>
        judged.Verdict.Kind != VerdictKind.Rejected ? [] : await _asked.AskAsync(
            proposer,
            _request! with { Repair = new FailedCandidate(judged.Candidate.Source, judged.Verdict.Reason, judged.Output ?? "") },
            cancellationToken).ConfigureAwait(false);

    /// <summary>Notes that a candidate is about to be tried.</summary>
    /// <returns>Its number among those of the function, from 1.</returns>
    public int Number(Candidate candidate)
    {
        var number = _candidates.Count + 1;
        _review.Journal.Write(new CandidateProposed(
            number, candidate.Proposer, candidate.Iteration, candidate.Title, candidate.Source)
        { Function = _function.Id });
        return number;
    }

    /// <summary>Notes what came of a candidate; the best one so far is what the next round starts from.</summary>
    public void Take(Judged judged)
    {
        _review.Journal.Write(new VerdictReached(_candidates.Count + 1, judged.Verdict) { Function = _function.Id });
        _review.Observer.CandidateJudged(_function, judged.Candidate, judged.Verdict);
        _candidates.Add(CandidateReport.Of(judged.Candidate, judged.Verdict, Candidates.Diff(judged.Candidate)) with
        {
            CapturedRatio = judged.CapturedRatio,
        });
        _tried.Add(judged.Candidate.Source);
        if (judged.Verdict.Kind == VerdictKind.Improved
            && (_best is null || judged.Verdict.Ratio > _best.Verdict.Ratio * WorthReplacing))
            _best = judged;
    }

    /// <returns>CPU seconds of a call; null when it cannot be measured.</returns>
    private async Task<double?> MeasureBaselineAsync(CancellationToken cancellationToken)
    {
        if (!_workload.IsReplayed)
            return null;
        _review.Observer.Step(_function, "measuring the code as it is");
        var text = SourceText.Of(_original);
        var plan = TrialPlan.Of(
            _workload, _review.Harness.Program.Pace, CandidateReview.Largest(_workload), new FileVersions(text, text), _review.Configuration.Objective, _review.Configuration.Seed);
        var measured = await _review.Book.BookAsync(Part.Measure, () => BaselineMeasurement.MeasureAsync(
            _review.Harness, _review.Workspace.Head, plan, _review.Limits, cancellationToken)).ConfigureAwait(false);
        if (measured.End != TrialEnd.Completed)
            return null;
        _baseline = _baseline with
        {
            Seconds = measured.Pass.Cpu,
            PeakBytes = measured.Pass.PeakBytes,
            ByteSeconds = measured.Pass.ByteSeconds,
        };
        return measured.Pass.Cpu / Math.Max(1, measured.Calls);
    }

    private bool IsRead => _review.Proposers.Any(p => p.ReadsPrompt);

    /// <summary>Hot lines are for models and programs; recipes do without.</summary>
    private async Task<IReadOnlyList<HotLine>> ProfileAsync(CancellationToken cancellationToken)
    {
        if (!IsRead || !_workload.IsReplayed)
            return [];
        _review.Observer.Step(_function, "finding its hot lines");
        return await _review.Book.BookAsync(Part.Capture, () => LineProfile.ProfileAsync(
            _review.Tree, _workload.Recorded with { Calls = CandidateReview.Largest(_workload) }, null, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Words for a model, found once for each best source.</summary>
    private async Task<IReadOnlyList<Hint>> HintsAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        if (_hints is { } known && known.Source == request.Best.Source)
            return known.Hints;
        var hints = await _review.Book.BookAsync(
            Part.Propose, () => _review.Detectors.FindAsync(request, cancellationToken)).ConfigureAwait(false);
        _hints = (request.Best.Source, hints);
        if (hints.Count > 0)
            _review.Journal.Write(new HintsFound(request.Iteration, hints) { Function = _function.Id });
        return hints;
    }

    /// <summary>The code around the function, for models: found once, since it is the original's.</summary>
    private async Task<UsedCode?> UsedAsync(CancellationToken cancellationToken)
    {
        if (_used.Known)
            return _used.Code;
        _review.Observer.Step(_function, "finding the code that it uses");
        _used = (await _review.Book.BookAsync(
            Part.Propose, () => UsedCode.FindAsync(_review.Tree, _workload, cancellationToken)).ConfigureAwait(false), true);
        return _used.Code;
    }

    /// <summary>What came of the function.</summary>
    public async Task<FunctionReport> FinishAsync(CancellationToken cancellationToken)
    {
        if (Skipped is not null)
            return Skipped;
        var report = FunctionReport.Of(_function, FunctionStatus.NoImprovement, Reason()) with
        {
            OutOfTime = _candidates.Count == 0 && _review.BudgetSpent(),
            Workload = WorkloadReport.Of(_workload),
            Candidates = [.. _candidates.Zip(_tried, (c, text) => c with { AlsoProposedBy = _asked.AlsoProposedBy(text) })],
        };
        if (_best is null)
            return report;
        _review.Observer.Step(_function, "timing it over growing inputs");
        var suggestion = await Candidates.SuggestAsync(_best, cancellationToken).ConfigureAwait(false);
        _review.Journal.Write(new SuggestionMade(suggestion) { Function = _function.Id });
        return report with { Status = FunctionStatus.Improved, Reason = _best.Verdict.Reason, Suggestion = suggestion };
    }

    private string Reason()
    {
        if (_candidates.Count == 0)
            return _review.BudgetSpent() ? "the time budget was spent before anything was proposed" : _asked.WhyNothing();
        int Count(VerdictKind kind) => _candidates.Count(c => c.Verdict == kind);
        var parts = new[]
        {
            (Count(VerdictKind.Rejected), "rejected"),
            (Count(VerdictKind.Inconclusive), "without a proven difference"),
            (Count(VerdictKind.Regressed), "proven worse"),
        };
        return $"{_candidates.Count} tried: {string.Join(", ", parts.Where(p => p.Item1 > 0).Select(p => $"{p.Item1} {p.Item2}"))}";
    }
}

/// <summary>A candidate with its verdict and what stands behind it.</summary>
/// <param name="Output">What a repair turn may see of the failure.</param>
internal sealed record Judged(
    Candidate Candidate, Verdict Verdict, MeasuredSource Measured, Evidence Evidence, string? Output, double? CapturedRatio);
