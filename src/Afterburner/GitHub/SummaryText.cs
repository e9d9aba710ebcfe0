using System.Text;
using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>The review's part of the summary comment: what was found and where it is shown.</summary>
internal static class SummaryText
{
    /// <summary>Evidence goes first when it is too long, then whole patches from the end; no patch is ever cut.</summary>
    /// <param name="fixes">Address of the pull request with the fixes, or null.</param>
    public static string Write(PublicationPlan plan, string? fixes = null, int limit = SummarySections.ReviewLimit)
    {
        foreach (var (tables, evidence) in new[] { (true, true), (false, true), (false, false) })
        {
            var text = Write(plan, fixes, tables, evidence, int.MaxValue);
            if (text.Length <= limit)
                return text;
        }

        for (var patches = plan.At(Placement.Summary).Count() - 1; patches >= 0; patches--)
        {
            var text = Write(plan, fixes, false, false, patches);
            if (text.Length <= limit)
                return text;
        }

        return $"## Afterburner: {Wording.Headline(plan.Run.Report)}\n\nToo much for a comment: the report is with the run.\n";
    }

    private static string Write(PublicationPlan plan, string? fixes, bool tables, bool evidence, int patches)
    {
        var report = plan.Run.Report;
        var text = new StringBuilder();
        text.Append($"## Afterburner: {Wording.Headline(report)}\n\n");
        text.Append(Lead(plan)).Append("\n\n");
        if (plan.Run.Report.FailingTests.Count > 0)
            text.Append($"**Note:** {MarkdownText.Prose(Wording.Failing(plan.Run.Report.FailingTests), 1_000)}.\n\n");
        if (plan.Suggestions.Count > 0)
            Overview(text, plan, fixes);
        if (HeldBack(plan) is { } line)
            text.Append($"{line}\n\n");
        if (MermaidChart.Gains(plan.Suggestions.Select(s => s.Checked.Function), report.Objective) is { Length: > 0 } chart && tables)
        {
            MarkdownReport.Open(text, "Chart");
            text.Append(chart);
            MarkdownReport.Close(text);
        }

        var below = plan.At(Placement.Summary).ToList();
        foreach (var suggestion in below.Take(patches))
            Patch(text, suggestion, report, evidence);
        if (below.Count > patches)
            text.Append($"_{Wording.Count(below.Count - patches, "patch", "patches")} too long for this comment: in suggestions.patch of the run._\n\n");
        foreach (var withheld in plan.Run.Withheld.Take(20))
            text.Append($"- Withheld for {MarkdownText.Code(withheld.Function.Name)}: {MarkdownText.Prose(withheld.Reason)}.\n");
        if (tables)
        {
            text.Append('\n');
            FoldedTables.Refused(text, report);
            FoldedTables.LeftAlone(text, report);
            FoldedTables.LeftOut(text, report.LeftOut);
            FoldedTables.HowItWasRun(text, report);
        }

        text.Append($"<sub>Measured at {report.Head}. This comment is edited on every run.</sub>\n");
        return text.ToString();
    }

    private static string Lead(PublicationPlan plan)
    {
        var looked = Wording.Count(plan.Run.Report.Functions.Count, "function");
        if (plan.Suggestions.Count == 0)
            return $"{looked} looked at. Nothing is claimed.";
        var parts = new[]
        {
            (plan.At(Placement.Comment).Concat(plan.At(Placement.Posted)).Count(), "on the diff"),
            (plan.At(Placement.Summary).Count(), "below"),
            (plan.At(Placement.FixPullRequest).Count(), "in a pull request"),
            (plan.At(Placement.Dismissed).Count(), "dismissed"),
            (plan.At(Placement.BeyondLimit).Count(), "not shown (`max-suggestions`)"),
            (plan.At(Placement.HeldBack).Count(), "held back (`suggest.min-share`)"),
        };
        return $"{looked} looked at; {Wording.Count(plan.Suggestions.Count, "better version")} that behaved the same in every check: "
            + string.Join(", ", parts.Where(p => p.Item1 > 0).Select(p => $"{p.Item1} {p.Item2}")) + ".";
    }

    /// <summary>What is held back, and why, in one line; null where nothing is.</summary>
    private static string? HeldBack(PublicationPlan plan)
    {
        const int MostNamed = 5;
        var held = plan.At(Placement.HeldBack).ToList();
        return held.Count == 0 ? null
            : $"Held back (`suggest.min-share`): {string.Join("; ", held.Take(MostNamed).Select(s => $"{MarkdownText.Code(s.Checked.Function.Name)}: {MarkdownText.Prose(s.Note)}"))}"
                + $"{(held.Count > MostNamed ? $"; and {held.Count - MostNamed} more" : "")}.";
    }

    private static void Overview(StringBuilder text, PublicationPlan plan, string? fixes)
    {
        var report = plan.Run.Report;
        var isWeighed = plan.Suggestions.Any(s => s.Checked.Suggestion.Worth?.SavedShare is not null);
        text.Append($"| Function | Where | {(report.Objective == ObjectiveKind.Time ? "Faster" : $"Less {Wording.Quantity(report.Objective)}")} | 99 % interval | {(isWeighed ? "Saves of the tests' time | " : "")}Peak memory | Shown |\n");
        text.Append($"|:--|:--|--:|:-:|{(isWeighed ? "--:|" : "")}:-:|:--|\n");
        foreach (var planned in plan.Suggestions.Take(50))
        {
            var (function, suggestion) = (planned.Checked.Function, planned.Checked.Suggestion);
            var memory = suggestion.MemoryRatio is { } ratio ? Wording.Memory(ratio)!["peak memory ".Length..] : "–";
            text.Append($"| {MarkdownText.Code(function.Name, inTable: true)} | {MarkdownText.Code($"{function.Path}:{suggestion.StartLine}", inTable: true)} ");
            text.Append($"| {Wording.Cell(suggestion)} | {Wording.Interval(suggestion.Low, suggestion.High)} {(isWeighed ? $"| {Wording.Saved(suggestion)} " : "")}| {memory} | {Shown(planned.Placement, fixes)} |\n");
        }

        if (plan.Suggestions.Count > 50)
            text.Append($"| {plan.Suggestions.Count - 50} more | | | | | |{(isWeighed ? " |" : "")}\n");
        text.Append('\n');
    }

    private static string Shown(Placement placement, string? fixes) => placement switch
    {
        Placement.Comment or Placement.Posted => "review comment",
        Placement.Summary => "below",
        Placement.FixPullRequest => fixes ?? "pull request",
        Placement.Dismissed => "dismissed",
        Placement.BeyondLimit => "beyond the limit",
        Placement.HeldBack => "held back",
    };

    private static void Patch(StringBuilder text, PlannedSuggestion planned, Report report, bool evidence)
    {
        var (function, suggestion) = (planned.Checked.Function, planned.Checked.Suggestion);
        text.Append($"### {MarkdownText.Code(function.Name)}\n\n{CommentText.Claim(function, report.Objective)}\n\n");
        text.Append($"{MarkdownText.Code(function.Path)}, {MarkdownReport.Where(suggestion)}; no review comment, because {MarkdownText.Prose(planned.Note)}.\n\n");
        text.Append(MarkdownText.Fence(MarkdownReport.Hunks(function.Path, suggestion), "diff")).Append('\n');
        if (evidence)
            MarkdownReport.Evidence(text, report, function, suggestion);
    }
}
