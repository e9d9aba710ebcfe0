using Afterburner.GitHub;
using Afterburner.Settings;
using Afterburner.Suggestions;

namespace Afterburner;

/// <summary>How a publishing ended.</summary>
public enum PublishEnd
{
    /// <summary>What there was to say stands on the pull request.</summary>
    Published,

    /// <summary>Nothing to say; nothing was posted.</summary>
    Silent,

    /// <summary>The pull request has a newer head than the report: nothing was posted.</summary>
    Superseded,

    /// <summary>The pull request is closed or merged: nothing was posted.</summary>
    Closed,

    /// <summary>The token may only read: annotations of the workflow and the job's summary say it instead.</summary>
    ReadOnly,

    /// <summary>Everything was decided, nothing was sent.</summary>
    DryRun,
}

/// <param name="Directories">Run directories, of a review, a gate or both; several are shards of one run.</param>
/// <param name="Sarif">Whether the suggestions go to code scanning as well.</param>
/// <param name="DryRun">Whether nothing is written to GitHub.</param>
/// <param name="StepSummary">File that the runner shows as the job's summary, or null.</param>
public sealed record PublishRequest(
    IReadOnlyList<string> Directories, PullRequestName PullRequest, Configuration Configuration, bool Sarif, bool DryRun, string? StepSummary)
{
    /// <summary>Whether a slowdown that the gate proved, or a gain that is required and not proven, fails its check unless somebody accepted it.</summary>
    public bool FailOnRegression { get; init; } = true;
}

/// <param name="Plan">What is said of the review; null when there was none, or it did not come to that.</param>
/// <param name="Posted">Review comments that are new.</param>
/// <param name="Retired">Comments that were taken back.</param>
/// <param name="Requests">Requests sent to GitHub.</param>
public sealed record PublishOutcome(PublishEnd End, string Message, PublicationPlan? Plan, int Posted, int Retired, int Requests)
{
    /// <summary>What is said of the gate; null when there was none, or it did not come to that.</summary>
    public GatePlan? Gate { get; init; }

    /// <summary>Text of the summary comment; empty when none was written.</summary>
    public string Summary { get; init; } = "";

    /// <summary>What a job's log should say beside lines of files, where the pull request could not be told.</summary>
    public IReadOnlyList<Annotation> Annotations { get; init; } = [];

    /// <summary>Parts that could not be done, and why.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>The way of a finished run to its pull request: read, check, plan, post.</summary>
public sealed class Publish(GitHubApi api, SuggestionCheck check, TimeProvider time)
{
    private readonly List<string> _notes = [];

    /// <exception cref="UsageException">The run is not acceptable, or there is no such pull request.</exception>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached or does not accept the token.</exception>
    public async Task<PublishOutcome> RunAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        var files = UntrustedRun.Open(request.Directories);
        var source = new PullRequestSource(api, request.PullRequest);
        var pull = await source.ReadAsync().ConfigureAwait(false);
        var finished = files.Of(pull.HeadSha);
        _notes.AddRange(finished.LeftOut);
        if (!pull.IsOpen || pull.HeadSha != finished.Head)
            WriteStepSummary(request.StepSummary, null, finished.Gate is { } late ? late with { AcceptedBy = null } : null);
        if (!pull.IsOpen)
            return Ended(PublishEnd.Closed, $"{pull.Name} is closed: nothing was posted.");
        if (pull.HeadSha != finished.Head)
            return Ended(PublishEnd.Superseded, $"the report is about {finished.Head}, but the head of {pull.Name} is {pull.HeadSha}: nothing was posted.");

        if (finished.MissingReviews.Count > 0)
            _notes.Add($"{Wording.Parts(finished.MissingReviews)} of the review did not arrive: nothing is said of their functions.");
        if (finished.MissingGates.Count > 0)
            _notes.Add($"{Wording.Parts(finished.MissingGates)} of the gate did not arrive: whether their functions are slower is not known.");

        var atHead = new Dictionary<string, byte[]>();
        PublicationPlan? plan = null;
        if (finished.Review is { } report)
        {
            pull = await source.WithContextAsync(pull).ConfigureAwait(false);
            atHead = await new HeadFiles(api, pull.Name).FetchAsync(report.Head, report.Improved.Select(f => f.Path)).ConfigureAwait(false);
            plan = PublicationPlan.Of(
                await check.CheckAsync(report, pull, atHead, cancellationToken).ConfigureAwait(false), pull, request.Configuration,
                whole: finished.MissingReviews.Count == 0);
        }
        else
        {
            pull = await source.WithConversationAsync(pull).ConfigureAwait(false);
        }

        var gate = finished.Gate is { } found
            ? await PlanAsync(found, pull, request).ConfigureAwait(false) with { Missing = finished.MissingGates } : null;
        var open = new OpenPull(pull, source, new CheckPublisher(api, pull.Name.InRepository, time), atHead);
        var outcome = await PublishAsync(request, plan, gate, open).ConfigureAwait(false);
        return outcome with { Gate = gate };
    }

    /// <summary>The gate's report with the acceptance and the label that GitHub tells now. Nobody to ask is nobody who accepted.</summary>
    private async Task<GatePlan> PlanAsync(GateReport report, PullRequestState pull, PublishRequest request)
    {
        string? acceptedBy = null;
        // The label that the gate saw may be gone again, and one may have come.
        var said = report.RequiredBy?.StartsWith(PullRequestState.OfLabel, StringComparison.Ordinal) == true ? pull.RequiredBy(report.RequiredBy[PullRequestState.OfLabel.Length..]) : report.RequiredBy;
        report = report with { RequiredBy = pull.RequiredBy(request.Configuration.Gate.FasterLabel) ?? said };
        try
        {
            if (report.Fails)
                acceptedBy = await new Acceptance(api, pull.Name).OfAsync(report.Head).ConfigureAwait(false);
        }
        catch (EnvironmentFailureException e)
        {
            _notes.Add($"nobody could be asked whether that is accepted: {e.Message}");
        }

        return new GatePlan(report with { AcceptedBy = acceptedBy }, request.FailOnRegression, request.Configuration.AlwaysSummary);
    }

    private async Task<PublishOutcome> PublishAsync(PublishRequest request, PublicationPlan? plan, GatePlan? gate, OpenPull open)
    {
        // What the gate says goes along with any comment, and makes one only for its own news.
        var gateSpeaks = gate is not null && (gate.HasNews || open.State.Summary?.Sections.Gate is not null || plan is { HasSummary: true });
        if (request.DryRun)
        {
            var parts = new SummarySections(gateSpeaks ? gate!.Summary() : null, plan is { HasSummary: true } ? SummaryText.Write(plan) : null);
            return Ended(PublishEnd.DryRun, "dry run: nothing was posted.") with { Plan = plan, Summary = parts is { Gate: null, Review: null } ? "" : parts.Write() };
        }

        WriteStepSummary(request.StepSummary, plan?.Run.Report, gate?.Report);
        // The check of a gate is posted in any case: a branch may require it.
        return gate is null && plan is null or { IsSilent: true }
            ? Ended(PublishEnd.Silent, "there is nothing to say: nothing was posted.") with { Plan = plan }
            : await PostAsync(request, plan, gate, gateSpeaks, open).ConfigureAwait(false);
    }

    private async Task<PublishOutcome> PostAsync(PublishRequest request, PublicationPlan? plan, GatePlan? gate, bool gateSpeaks, OpenPull open)
    {
        var pull = open.State;
        var publisher = new ReviewPublisher(api, open.Source);
        var (posted, retired, fixes) = (0, 0, (string?)null);
        if (plan is not null)
        {
            var review = await publisher.PostAsync(plan).ConfigureAwait(false);
            plan = plan.Without(review.Refused);
            foreach (var (_, reason) in review.Refused)
                _notes.Add($"a comment was refused and moved to the summary: {reason}");
            if (!review.MayWrite)
                return ReadOnly(plan, gate, pull, review.Reason);

            posted = review.Posted.Count;
            retired = plan.Retired.Count > 0 ? await publisher.RetireAsync(plan.Retired).ConfigureAwait(false) : 0;
            (plan, fixes) = await OfferFixesAsync(plan, open.Files).ConfigureAwait(false);
        }

        var parts = new SummarySections(gateSpeaks ? gate!.Summary() : null, plan is { HasSummary: true } ? SummaryText.Write(plan, fixes) : null);
        if (parts is not { Gate: null, Review: null } && !await publisher.SummariseAsync(pull, parts).ConfigureAwait(false))
            return ReadOnly(plan, gate, pull, "it may not comment");

        var (stands, untold) = await CheckAsync(plan, gate, parts, open).ConfigureAwait(false);
        if (!stands && plan is null or { IsSilent: true } && parts is { Gate: null, Review: null })
            return Ended(PublishEnd.Silent, "there is nothing to say: nothing was posted.") with { Plan = plan };
        if (request.Sarif && plan is not null && await new SarifUpload(api, pull.Name).SendAsync(plan.Run.Report).ConfigureAwait(false) is { } refusal)
            _notes.Add($"code scanning did not take the SARIF file: {refusal}");
        return Ended(PublishEnd.Published, $"{Wording.Count(posted, "review comment")} posted to {pull.Name}{(gate is null ? "" : $"; gate: {GateMarkdown.Headline(gate.Report)}")}.") with
        {
            Plan = plan,
            Posted = posted,
            Retired = retired,
            Summary = parts.Write(),
            Annotations = untold,
        };
    }

    private async Task<(PublicationPlan Plan, string? Address)> OfferFixesAsync(PublicationPlan plan, IReadOnlyDictionary<string, byte[]> files)
    {
        var fixes = plan.At(Placement.FixPullRequest).Select(s => s.Checked).ToList();
        if (fixes.Count == 0)
            return (plan, null);
        var (address, reason) = await new FixPullRequest(api, plan.Pull).OfferAsync(fixes, files, plan.Run.Report).ConfigureAwait(false);
        if (address is not null)
            return (plan, address);
        _notes.Add($"no pull request with fixes could be opened: {reason}");
        return (plan with
        {
            Suggestions = [.. plan.Suggestions.Select(s => s.Placement == Placement.FixPullRequest ? s with { Placement = Placement.Summary } : s)],
        }, null);
    }

    /// <summary>Annotations for what has no review comment: beside one, they would say the same twice.</summary>
    /// <returns>Whether the checks stand there now, and the annotations that could not be made part of one.</returns>
    private async Task<(bool Stand, List<Annotation> Untold)> CheckAsync(PublicationPlan? plan, GatePlan? gate, SummarySections parts, OpenPull open)
    {
        var checks = new List<Check>();
        if (gate is not null)
            checks.Add(gate.Check(GateCheck.NameOf(open.State), parts.Gate ?? gate.Summary()));
        if (plan is { IsSilent: false })
        {
            var annotations = Annotations(plan, p => p is Placement.Summary or Placement.FixPullRequest or Placement.BeyondLimit);
            checks.Add(new Check(
                CheckPublisher.ReviewName, annotations.Count > 0 ? CheckConclusion.Neutral : CheckConclusion.Success,
                Wording.Headline(plan.Run.Report), parts.Review ?? SummaryText.Write(plan), annotations));
        }

        foreach (var made in checks)
        {
            if (await open.Checks.PublishAsync(open.State.HeadSha, made).ConfigureAwait(false))
                continue;
            _notes.Add("the token may not write checks, so there is no check run (permission checks: write).");
            return (false, [.. checks.SelectMany(c => c.Annotations)]);
        }

        return (true, []);
    }

    private static List<Annotation> Annotations(PublicationPlan plan, Func<Placement, bool> chosen) =>
    [
        .. plan.Suggestions.Where(s => chosen(s.Placement)).Select(s => new Annotation(
            AnnotationLevel.Notice, s.Checked.Function.Path, s.Checked.Suggestion.StartLine, s.Checked.Suggestion.EndLine,
            $"{Wording.Gain(s.Checked.Suggestion.Speedup, plan.Run.Report.Objective)}, proven",
            CommentText.Plain(s.Checked.Function, plan.Run.Report.Objective))),
    ];

    private PublishOutcome ReadOnly(PublicationPlan? plan, GatePlan? gate, PullRequestState pull, string reason) =>
        Ended(PublishEnd.ReadOnly, $"the token may not write to {pull.Name} ({reason}): see the annotations and the summary of this job.") with
        {
            Plan = plan,
            Annotations = [.. gate?.Annotations ?? [], .. plan is null ? [] : Annotations(plan, p => p is not (Placement.Dismissed or Placement.HeldBack))],
        };

    private PublishOutcome Ended(PublishEnd end, string message) => new(end, message, null, 0, 0, api.Requests) { Notes = _notes };

    private void WriteStepSummary(string? path, Report? report, GateReport? gate)
    {
        if (path is null || (report is null && gate is null))
            return;
        var text = gate is null ? "" : GateMarkdown.Write(gate, MarkdownReport.SummaryLimit / 2) + "\n";
        if (report is not null)
            text += $"{MarkdownReport.Write(report, MarkdownReport.SummaryLimit)}\n{MermaidChart.Gains(report.Improved, report.Objective)}";
        try
        {
            File.AppendAllText(path, api.Redaction.Mask(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _notes.Add($"the job's summary could not be written: {e.Message}");
        }
    }

    /// <summary>The pull request that is published to.</summary>
    /// <param name="Files">At head, those with a suggestion.</param>
    private sealed record OpenPull(
        PullRequestState State, PullRequestSource Source, CheckPublisher Checks, IReadOnlyDictionary<string, byte[]> Files);
}
