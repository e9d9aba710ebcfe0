using Afterburner.Settings;
using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>Where a suggestion is shown.</summary>
public enum Placement
{
    /// <summary>A new review comment on its lines.</summary>
    Comment,

    /// <summary>The summary, with its patch.</summary>
    Summary,

    /// <summary>A pull request against the head branch.</summary>
    FixPullRequest,

    /// <summary>Nowhere again: its review comment from an earlier run still stands.</summary>
    Posted,

    /// <summary>Nowhere: people said no to it.</summary>
    Dismissed,

    /// <summary>Counted only: as many as may be shown are shown.</summary>
    BeyondLimit,

    /// <summary>Named in one line: it saves too little where it matters.</summary>
    HeldBack,
}

/// <param name="Body">Text of the review comment; null where there is none.</param>
/// <param name="Note">Why it is not a review comment, or is held back; empty where that needs no reason.</param>
public sealed record PlannedSuggestion(CheckedSuggestion Checked, Placement Placement, string? Body = null, string Note = "");

/// <summary>What is to be done about a pull request, decided before anything is sent.</summary>
/// <param name="Suggestions">All that passed the checks, what is worth most first.</param>
/// <param name="Retired">Our threads whose suggestion no longer holds and that nobody answered.</param>
public sealed record PublicationPlan(
    CheckedRun Run, PullRequestState Pull, IReadOnlyList<PlannedSuggestion> Suggestions, IReadOnlyList<ReviewThread> Retired, bool AlwaysSummary)
{
    public IEnumerable<PlannedSuggestion> At(Placement placement) => Suggestions.Where(s => s.Placement == placement);

    /// <summary>Whether something new is to be said that people have not seen on this pull request.</summary>
    public bool HasNews => AlwaysSummary || Suggestions.Any(s => s.Placement is Placement.Comment or Placement.Summary or Placement.FixPullRequest);

    /// <summary>Whether the review has a part in the summary comment: for its news, or because one stands that is to be true.</summary>
    public bool HasSummary => HasNews || Pull.Summary?.Sections.Review is not null;

    /// <summary>Nothing is posted at all: silence is the default.</summary>
    public bool IsSilent => !HasSummary && Retired.Count == 0;

    /// <param name="whole">Whether the run is about the whole change: only then a function that is not in it is no longer touched.</param>
    public static PublicationPlan Of(CheckedRun run, PullRequestState pull, Configuration configuration, bool whole = true)
    {
        var standing = pull.Threads.Where(t => !t.IsRetired).ToList();
        var known = run.Suggestions.Select(s =>
            pull.Dismissals.Cover(s.Keys) ? Placement.Dismissed
            : standing.Any(t => t.Keys.Source == s.Keys.Source || t.Keys.Edit == s.Keys.Edit) ? Placement.Posted
            : (Placement?)null).ToList();
        // What stands or was refused takes its places: a re-run does not fill them up with the next best.
        var free = Math.Max(0, configuration.MaxSuggestions - known.Count(k => k is not null));
        var planned = new List<PlannedSuggestion>();
        foreach (var (suggestion, earlier) in run.Suggestions.Zip(known))
        {
            if (earlier is { } placement)
                planned.Add(new PlannedSuggestion(suggestion, placement));
            else if (suggestion.Suggestion.Worth?.HeldBack(configuration.Suggest.MinShare) is { } why)
                planned.Add(new PlannedSuggestion(suggestion, Placement.HeldBack, Note: why));
            else if (free-- <= 0)
                planned.Add(new PlannedSuggestion(suggestion, Placement.BeyondLimit));
            else
                planned.Add(Place(suggestion, run.Report, configuration.Fixes == FixPlace.PullRequest && !pull.IsFork));
        }

        return new PublicationPlan(run, pull, planned, Outlived(run, standing, whole), configuration.AlwaysSummary);
    }

    /// <summary>The plan after GitHub refused some comments: they go to the summary instead of being lost.</summary>
    public PublicationPlan Without(IReadOnlyDictionary<SuggestionKeys, string> refused) => this with
    {
        Suggestions =
        [
            .. Suggestions.Select(s => s.Placement == Placement.Comment && refused.TryGetValue(s.Checked.Keys, out var reason)
                ? s with { Placement = Placement.Summary, Body = null, Note = $"GitHub took no comment there ({reason})" }
                : s),
        ],
    };

    private static PlannedSuggestion Place(CheckedSuggestion suggestion, Report report, bool fixes)
    {
        var note = suggestion.Hunk is null ? $"{(suggestion.Suggestion.Elsewhere.Count > 0 ? "not all of its lines are" : "its lines are not")} part of the diff"
            : suggestion.Suggestion.Edits.Any(e => e.Original.Contains('\r', StringComparison.Ordinal)) ? "its lines end in CR LF, which a suggestion block does not keep"
            : "";
        var body = note.Length == 0 ? CommentText.Write(suggestion, report) : null;
        return body is not null ? new PlannedSuggestion(suggestion, Placement.Comment, body)
            : new PlannedSuggestion(
                suggestion, fixes ? Placement.FixPullRequest : Placement.Summary, null, note.Length > 0 ? note : "it does not fit into a comment");
    }

    /// <summary>
    /// Threads whose function was reviewed again, or is no longer touched, without the suggestion coming up again. One
    /// that was skipped or failed this time says nothing.
    /// </summary>
    private static List<ReviewThread> Outlived(CheckedRun run, IEnumerable<ReviewThread> standing, bool whole)
    {
        var unknown = Functions(f => f.Status is FunctionStatus.Skipped or FunctionStatus.Error);
        var known = Functions(f => f.Status is not (FunctionStatus.Skipped or FunctionStatus.Error));
        return
        [
            .. standing.Where(t => !t.IsResolved && t.MinimizedAs is null && !t.IsAnswered
                && !unknown.Contains(t.Keys.Function) && (whole || known.Contains(t.Keys.Function))
                && !run.Suggestions.Any(s => s.Keys.Source == t.Keys.Source || s.Keys.Edit == t.Keys.Edit)),
        ];

        HashSet<string> Functions(Func<FunctionReport, bool> chosen) =>
            [.. run.Report.Functions.Where(chosen).Select(SuggestionKeys.OfFunction)];
    }
}
