using Afterburner.GitHub;
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

/// <param name="Directories">Run directories; several are shards of one review.</param>
/// <param name="Sarif">Whether the suggestions go to code scanning as well.</param>
/// <param name="DryRun">Whether nothing is written to GitHub.</param>
/// <param name="StepSummary">File that the runner shows as the job's summary, or null.</param>
public sealed record PublishRequest(
    IReadOnlyList<string> Directories, PullRequestName PullRequest, Configuration Configuration, bool Sarif, bool DryRun, string? StepSummary);

/// <param name="Plan">Null when it did not come to one.</param>
/// <param name="Posted">Review comments that are new.</param>
/// <param name="Retired">Comments that were taken back.</param>
/// <param name="Requests">Requests sent to GitHub.</param>
public sealed record PublishOutcome(PublishEnd End, string Message, PublicationPlan? Plan, int Posted, int Retired, int Requests)
{
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
        var report = UntrustedRun.Read(request.Directories);
        var source = new PullRequestSource(api, request.PullRequest);
        var pull = await source.ReadAsync().ConfigureAwait(false);
        if (!pull.IsOpen)
            return Ended(PublishEnd.Closed, $"{pull.Name} is closed: nothing was posted.");
        if (pull.HeadSha != report.Head)
            return Ended(PublishEnd.Superseded, $"the report is about {report.Head}, but the head of {pull.Name} is {pull.HeadSha}: nothing was posted.");

        pull = await source.WithContextAsync(pull).ConfigureAwait(false);
        var files = await new HeadFiles(api, pull.Name).FetchAsync(report.Head, report.Improved.Select(f => f.Path)).ConfigureAwait(false);
        var run = await check.CheckAsync(report, pull, files, cancellationToken).ConfigureAwait(false);
        var plan = PublicationPlan.Of(run, pull, request.Configuration);
        if (request.DryRun)
            return Ended(PublishEnd.DryRun, "dry run: nothing was posted.") with { Plan = plan, Summary = plan.IsSilent ? "" : SummaryText.Write(plan) };

        WriteStepSummary(request.StepSummary, plan);
        return plan.IsSilent
            ? Ended(PublishEnd.Silent, "there is nothing to say: nothing was posted.") with { Plan = plan }
            : await PostAsync(request, plan, source, files).ConfigureAwait(false);
    }

    private async Task<PublishOutcome> PostAsync(
        PublishRequest request, PublicationPlan plan, PullRequestSource source, IReadOnlyDictionary<string, byte[]> files)
    {
        var publisher = new ReviewPublisher(api, source);
        var review = await publisher.PostAsync(plan).ConfigureAwait(false);
        plan = plan.Without(review.Refused);
        foreach (var (_, reason) in review.Refused)
            _notes.Add($"a comment was refused and moved to the summary: {reason}");
        if (!review.MayWrite)
            return ReadOnly(plan, review.Reason);

        var retired = plan.Retired.Count > 0 ? await publisher.RetireAsync(plan.Retired).ConfigureAwait(false) : 0;
        var fixes = await OfferFixesAsync(plan, files).ConfigureAwait(false);
        plan = fixes.Plan;
        var summary = SummaryText.Write(plan, fixes.Address);
        if (plan.HasNews || plan.Pull.Summary is not null)
        {
            if (!await publisher.SummariseAsync(plan.Pull, summary).ConfigureAwait(false))
                return ReadOnly(plan, "it may not comment");
        }

        await CheckAsync(plan, summary).ConfigureAwait(false);
        if (request.Sarif && await new SarifUpload(api, plan.Pull.Name).SendAsync(plan.Run.Report).ConfigureAwait(false) is { } refusal)
            _notes.Add($"code scanning did not take the SARIF file: {refusal}");
        return Ended(PublishEnd.Published, $"{Wording.Count(review.Posted.Count, "review comment")} posted to {plan.Pull.Name}.") with
        {
            Plan = plan, Posted = review.Posted.Count, Retired = retired, Summary = summary,
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
    private async Task CheckAsync(PublicationPlan plan, string summary)
    {
        var annotations = Annotations(plan, p => p is Placement.Summary or Placement.FixPullRequest or Placement.BeyondLimit);
        var publisher = new CheckPublisher(api, plan.Pull.Name, time);
        if (!await publisher.PublishAsync(plan.Pull.HeadSha, Wording.Headline(plan.Run.Report), summary, annotations).ConfigureAwait(false))
            _notes.Add("the token may not write checks, so there is no check run (permission checks: write).");
    }

    private static List<Annotation> Annotations(PublicationPlan plan, Func<Placement, bool> chosen) =>
    [
        .. plan.Suggestions.Where(s => chosen(s.Placement)).Select(s => new Annotation(
            s.Checked.Function.Path, s.Checked.Suggestion.StartLine, s.Checked.Suggestion.EndLine,
            $"{Wording.Gain(s.Checked.Suggestion.Speedup, plan.Run.Report.Objective)}, proven",
            CommentText.Plain(s.Checked.Function, plan.Run.Report.Objective))),
    ];

    private PublishOutcome ReadOnly(PublicationPlan plan, string reason) =>
        Ended(PublishEnd.ReadOnly, $"the token may not write to {plan.Pull.Name} ({reason}): see the annotations and the summary of this job.") with
        {
            Plan = plan, Annotations = Annotations(plan, p => p != Placement.Dismissed),
        };

    private PublishOutcome Ended(PublishEnd end, string message) => new(end, message, null, 0, 0, api.Requests) { Notes = _notes };

    private void WriteStepSummary(string? path, PublicationPlan plan)
    {
        if (path is null)
            return;
        var report = plan.Run.Report;
        var chart = MermaidChart.Gains(report.Improved, report.Objective);
        try
        {
            File.AppendAllText(path, api.Redaction.Mask($"{MarkdownReport.Write(report, MarkdownReport.SummaryLimit)}\n{chart}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _notes.Add($"the job's summary could not be written: {e.Message}");
        }
    }
}
