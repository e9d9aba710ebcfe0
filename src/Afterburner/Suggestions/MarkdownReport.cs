using System.Globalization;
using System.Text;

namespace Afterburner.Suggestions;

/// <summary>
/// The review in words: one text for the pull request's comment, the job's summary and the page. It claims only what is
/// proven; what was refused or left alone is folded away with the reasons.
/// </summary>
internal static class MarkdownReport
{
    /// <summary>Characters that fit into a job summary (1 MiB; a character may take three bytes).</summary>
    public const int SummaryLimit = 340_000;

    /// <summary>Marks where the page puts the plots of a function; a comment nobody sees elsewhere.</summary>
    internal const string PlotsMark = "<!-- afterburner:plots ";

    /// <param name="limit">Most characters. Diffs go first, then evidence, then the folded tables; claims stay.</param>
    public static string Write(Report report, int limit = int.MaxValue)
    {
        for (var detail = Detail.All; detail > Detail.Claims; detail--)
        {
            var text = Write(report, detail);
            if (text.Length <= limit)
                return text;
        }

        var claims = Write(report, Detail.Claims);
        if (claims.Length <= limit)
            return claims;
        const string Cut = "\n\n_Cut: the rest is in report.md._\n";
        return claims[..claims.LastIndexOf('\n', limit - Cut.Length)] + Cut;
    }

    private static string Write(Report report, Detail detail)
    {
        var text = new StringBuilder();
        text.Append($"## Afterburner: {Wording.Headline(report)}\n\n");
        text.Append(Lead(report)).Append("\n\n");
        if (report.FailingTests.Count > 0)
            text.Append($"**Note:** {MarkdownText.Prose(Wording.Failing(report.FailingTests), 1_000)}.\n\n");
        if (Wording.OutOfTime(report) is { } outOfTime)
            text.Append($"**Note:** {outOfTime}.\n\n");
        foreach (var proposer in report.Proposers.Where(p => p.Failure is not null))
            text.Append($"**Note:** {MarkdownText.Code(proposer.Name)} {MarkdownText.Prose(Wording.Stopped(proposer)!, 400)}\n\n");
        if (report.Improved.Any())
            Overview(text, report);
        foreach (var function in report.Improved)
            Suggested(text, report, function, detail);
        if (detail >= Detail.Tables)
        {
            FoldedTables.Refused(text, report);
            FoldedTables.LeftAlone(text, report);
            FoldedTables.LeftOut(text, report.LeftOut);
            FoldedTables.HowItWasRun(text, report);
        }
        else
        {
            text.Append("_Shortened: the evidence is in report.md, report.html and report.json of this run._\n");
        }

        return text.ToString();
    }

    private static string Lead(Report report)
    {
        var functions = Wording.Count(report.Functions.Count, "function");
        if (report.Functions.Count == 0)
            return "No function was changed that can be reviewed.";
        var improved = report.Improved.Count();
        var failed = report.Functions.Count(f => f.Status == FunctionStatus.Error);
        var lead = improved == 0
            ? $"{functions} looked at. Nothing is claimed: no candidate was both equal in behaviour and measurably better."
            : $"{functions} looked at; {improved} {(improved == 1 ? "has" : "have")} a version that behaved the same in every check and is measurably better.";
        return failed == 0 ? lead : $"{lead} {Wording.Count(failed, "function")} could not be reviewed; the reason is below.";
    }

    private static void Overview(StringBuilder text, Report report)
    {
        var isWeighed = report.Improved.Any(f => f.Suggestion!.Worth?.SavedShare is not null);
        text.Append($"| Function | Where | {(report.Objective == ObjectiveKind.Time ? "Faster" : $"Less {Wording.Quantity(report.Objective)}")} | 99 % interval | {(isWeighed ? "Saves of the tests' time | " : "")}Peak memory | Change |\n");
        text.Append($"|:--|:--|--:|:-:|{(isWeighed ? "--:|" : "")}:-:|:--|\n");
        foreach (var function in report.Improved)
        {
            var suggestion = function.Suggestion!;
            var memory = suggestion.MemoryRatio is { } ratio ? Wording.Memory(ratio)!["peak memory ".Length..] : "–";
            text.Append($"| {MarkdownText.Code(function.Name, inTable: true)} | {Place(function, suggestion)} ");
            text.Append($"| {Wording.Cell(suggestion)} | {Wording.Interval(suggestion.Low, suggestion.High)} ");
            text.Append($"{(isWeighed ? $"| {Wording.Saved(suggestion)} " : "")}| {memory} | {MarkdownText.Prose(suggestion.Title, 80)} |\n");
        }

        text.Append('\n');
    }

    private static string Place(FunctionReport function, Suggestion suggestion) =>
        MarkdownText.Code($"{function.Path}:{suggestion.StartLine}", inTable: true);

    /// <summary>"2 tests that reach it", "2 tests and the workload `COMMAND` that reach it".</summary>
    private static string Reaching(WorkloadReport workload)
    {
        var commands = $"the workload {string.Join(", ", workload.Commands.Select(c => MarkdownText.Code(c)))}";
        return workload.Commands.Count == 0 ? $"{Wording.Count(workload.Tests, "test")} that reach it"
            : workload.Tests == 0 ? $"{commands}, which reaches it" : $"{Wording.Count(workload.Tests, "test")} and {commands} that reach it";
    }

    private static void Suggested(StringBuilder text, Report report, FunctionReport function, Detail detail)
    {
        var suggestion = function.Suggestion!;
        text.Append($"### {MarkdownText.Code(function.Name)}\n\n");
        text.Append($"{MarkdownText.Code(function.Name)} {Wording.Claim(suggestion, report.Objective)}");
        if (report.Objective != ObjectiveKind.Memory && Wording.Memory(suggestion.MemoryRatio) is { } memory)
            text.Append($"; {memory}");
        text.Append(".\n\n");
        text.Append($"{MarkdownText.Code(function.Path)}, {Where(suggestion)}");
        text.Append(suggestion.Title.Length > 0 ? $": {MarkdownText.Prose(suggestion.Title)}.\n\n" : ".\n\n");
        if (Wording.Others(suggestion) is { } others)
            text.Append($"{others}\n\n");
        if (Caller(function) is { } caller)
            text.Append($"{caller}\n\n");
        if (suggestion.CapturedRatio is { } captured)
            text.Append($"At the sizes this repository's own tests use the factor is {Wording.Times(captured)}; the claim above is for larger inputs made from them.\n\n");
        if (suggestion.Rationale.Length > 0 && detail >= Detail.Tables)
            text.Append($"> {MarkdownText.Prose(suggestion.Rationale, 600)}\n\n");
        if (detail == Detail.All)
            text.Append(MarkdownText.Fence(Hunks(function.Path, suggestion), "diff")).Append('\n');
        if (detail >= Detail.Evidence)
            Evidence(text, report, function, suggestion);
    }

    /// <summary>"Measured in calls of `wide`, which calls it: the factor is that of those calls." Null where its own calls are measured.</summary>
    internal static string? Caller(FunctionReport function) => function.Workload?.Caller is { } caller
        ? $"Measured in calls of {MarkdownText.Code(caller)}, which calls it: the factor is that of those calls."
        : null;

    internal static string Where(Suggestion suggestion) => suggestion.StartLine == suggestion.EndLine
        ? $"line {suggestion.StartLine}"
        : $"lines {suggestion.StartLine} to {suggestion.EndLine}";

    /// <summary>The diff without the lines that name the file: the text above it does.</summary>
    internal static string Hunks(string path, Suggestion suggestion)
    {
        var diff = DiffText.Of(path, PatchReport.Fragments(suggestion.Edits));
        return diff[(diff.IndexOf("\n@@ ", StringComparison.Ordinal) + 1)..];
    }

    internal static void Evidence(StringBuilder text, Report report, FunctionReport function, Suggestion suggestion)
    {
        Open(text, "Evidence");
        text.Append($"{PlotsMark}{Index(report, function)} -->\n\n");
        if (suggestion.Samples is { } samples
            && samples.Baseline.Any(double.IsFinite) && samples.Candidate.Any(double.IsFinite))
        {
            text.Append($"- Median of the samples: {Wording.Measured(Wording.Median(samples.Baseline), samples.Unit)} as the change has it, ");
            text.Append($"{Wording.Measured(Wording.Median(samples.Candidate), samples.Unit)} as suggested.\n");
        }

        if (function.Workload is { } workload)
        {
            text.Append($"- Behaves the same in {Reaching(workload)}, {Wording.Count(workload.CapturedCalls, "call")} ");
            text.Append($"recorded from them and {Wording.Count(workload.AmplifiedCalls, "larger call")} made from those: ");
            text.Append("return values, exceptions and changed arguments.\n");
            if (workload.ShareOfTests is { } share)
                text.Append($"- {(share < 0.001 ? "Less than 0.1 %" : share.ToString("0.# %", CultureInfo.InvariantCulture))} of the time of the tests is spent in it{(suggestion.Worth?.SavedShare is > 0 ? $"; {Wording.Saved(suggestion)} of it all would be saved" : "")}.\n");
        }

        if (suggestion.Worth?.StartSeconds is >= 0.0001 and var start)
            text.Append($"- What it imports takes each process that loads the file {Wording.Seconds(start)} more to start.\n");

        var tried = function.Candidates.Count;
        text.Append($"- Proposed by {MarkdownText.Code(suggestion.Proposer)}; {Wording.Count(tried, "candidate")} tried for this function.\n");
        if (!suggestion.Hunk && report.Base.Length > 0)
            text.Append($"- {(suggestion.Elsewhere.Count > 0 ? "Not all of these lines are" : "These lines are not")} part of the change, so no review comment can be placed on them; the edit is in suggestions.patch.\n");
        if (PatchReport.LeftOut(report).Contains(function))
            text.Append("- Overlaps a suggestion that is worth more, so it is not in suggestions.patch.\n");
        text.Append('\n');
        if (suggestion.Growth.Count > 0)
        {
            text.Append("| Size of input | As the change has it | As suggested | Factor |\n|--:|--:|--:|--:|\n");
            foreach (var point in suggestion.Growth)
            {
                text.Append($"| {Wording.Round(Wording.Number(point.Size))} | {Wording.Seconds(point.BaselineSeconds)} ");
                text.Append($"| {Wording.Seconds(point.CandidateSeconds)} | {Factor(point)} |\n");
            }

            text.Append('\n');
        }

        Close(text);
    }

    private static string Factor(GrowthPoint point) =>
        point.CandidateSeconds > 0 ? Wording.Times(point.BaselineSeconds / point.CandidateSeconds) : "–";

    private static int Index(Report report, FunctionReport function)
    {
        for (var i = 0; i < report.Functions.Count; i++)
        {
            if (ReferenceEquals(report.Functions[i], function))
                return i;
        }

        return -1;
    }

    internal static void Open(StringBuilder text, string summary) => text.Append($"<details><summary>{summary}</summary>\n\n");

    internal static void Close(StringBuilder text) => text.Append("</details>\n\n");

    /// <summary>How much is said, from least to most.</summary>
    private enum Detail { Claims, Tables, Evidence, All }
}
