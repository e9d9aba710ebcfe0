using System.Text;
using Afterburner.Verdicts;

namespace Afterburner.Suggestions;

/// <summary>The folded parts of <see cref="MarkdownReport"/>: what was refused, what was left alone, how it was run.</summary>
internal static class FoldedTables
{
    internal const int MostRows = 200, MostExamples = 5;

    public static void Refused(StringBuilder text, Report report)
    {
        var refused = report.Functions
            .SelectMany(f => f.Candidates.Select(c => (Function: f, Candidate: c)))
            .Where(x => x.Candidate.Verdict != VerdictKind.Improved)
            .ToList();
        if (refused.Count == 0)
            return;
        MarkdownReport.Open(text, $"{Wording.Count(refused.Count, "candidate")} refused");
        text.Append("| Function | Proposer | Verdict | Factor | Why |\n|:--|:--|:--|--:|:--|\n");
        foreach (var (function, candidate) in refused.Take(MostRows))
        {
            text.Append($"| {MarkdownText.Code(function.Name, inTable: true)} | {MarkdownText.Code(candidate.Recipe ?? candidate.Proposer, inTable: true)} ");
            text.Append($"| {Name(candidate.Verdict)} | {(candidate.Ratio is { } ratio ? Wording.Times(ratio) : "–")} | {MarkdownText.Prose(candidate.Reason)} |\n");
        }

        More(text, refused.Count);
        MarkdownReport.Close(text);
    }

    private static string Name(VerdictKind verdict) => verdict switch
    {
        VerdictKind.Improved => "improved",
        VerdictKind.Regressed => "worse",
        VerdictKind.Inconclusive => "cannot tell",
        VerdictKind.Rejected => "not admissible",
    };

    public static void LeftAlone(StringBuilder text, Report report)
    {
        var alone = report.Functions.Where(f => f.Suggestion is null).ToList();
        if (alone.Count == 0)
            return;
        MarkdownReport.Open(text, $"{Wording.Count(alone.Count, "function")} without a suggestion");
        text.Append("| Function | Where | Outcome | Why |\n|:--|:--|:--|:--|\n");
        foreach (var function in alone.Take(MostRows))
        {
            text.Append($"| {MarkdownText.Code(function.Name, inTable: true)} | {MarkdownText.Code($"{function.Path}:{function.StartLine}", inTable: true)} ");
            // What ended in an error is mended by what stands last in its reason.
            text.Append($"| {Name(function.Status)} | {MarkdownText.Prose(function.Reason, function.Status == FunctionStatus.Error ? 2_000 : 300)} |\n");
        }

        More(text, alone.Count);
        MarkdownReport.Close(text);
    }

    private static string Name(FunctionStatus status) => status switch
    {
        FunctionStatus.Improved => "improved",
        FunctionStatus.NoImprovement => "nothing proven",
        FunctionStatus.Skipped => "skipped",
        FunctionStatus.Error => "failed",
    };

    /// <param name="file">Which holds all of it.</param>
    public static void LeftOut(StringBuilder text, IReadOnlyList<LeftOutReport> leftOut, string file = "report.json")
    {
        if (leftOut.Count == 0)
            return;
        MarkdownReport.Open(text, $"{Wording.LeftOut(leftOut)} left out");
        text.Append("| Left out | Why | For example |\n|--:|:--|:--|\n");
        foreach (var left in leftOut.Take(MostRows))
        {
            text.Append($"| {left.Count} | {MarkdownText.Prose(left.Reason)} ");
            text.Append($"| {string.Join(", ", left.Examples.Take(MostExamples).Select(e => MarkdownText.Code(e, inTable: true)))} |\n");
        }

        More(text, leftOut.Count, file);
        MarkdownReport.Close(text);
    }

    public static void HowItWasRun(StringBuilder text, Report report)
    {
        MarkdownReport.Open(text, "How this was run");
        Item("Change", report.Base.Length > 0 ? $"{Short(report.Base)}..{Short(report.Head)}" : Short(report.Head));
        if (report.WorkTree)
            text.Append("- Reviewed as it lay in the work tree, uncommitted changes included\n");
        text.Append($"- Objective: {Wording.Quantity(report.Objective)}\n");
        Item("Sandbox", report.Sandbox);
        Item("Seed", $"{report.Seed}");
        text.Append($"- Duration: {Wording.Seconds(report.DurationSeconds)}{Split(report.Split)}\n");
        if (report.Machine is { } machine)
            Item("Machine", $"{machine.Cpu}, {Wording.Count(machine.Cores, "core")}, {Wording.Bytes(machine.MemoryBytes)}, {machine.System}");
        foreach (var (name, version) in report.Environment.OrderBy(e => e.Key, StringComparer.Ordinal))
            text.Append($"- {MarkdownText.Prose(name)}: {MarkdownText.Code(version)}\n");
        if (report.Version.Length > 0)
            Item("Afterburner", report.Version);
        text.Append("\nBoth versions ran on the same inputs, one right after the other, in random order, in fresh processes without a network. ");
        text.Append("A claim needs a sequential test at the 1 % level and a second, independent confirmation on fresh inputs.\n\n");
        if (report.Proposers.Count > 0)
        {
            text.Append("| Proposer | Proposed | Equal | Better | Suggested | Time | Requests | Tokens in | Tokens out |\n|:--|--:|--:|--:|--:|--:|--:|--:|--:|\n");
            foreach (var proposer in report.Proposers)
            {
                text.Append($"| {MarkdownText.Code(proposer.Name, inTable: true)} | {proposer.Proposed}{Duplicates(proposer)} | {proposer.Verified} | {proposer.Faster} ");
                text.Append($"| {proposer.Suggested} | {Wording.Seconds(proposer.Seconds)} ");
                text.Append($"| {Cost(proposer.Requests)} | {Cost(proposer.InputTokens)} | {Cost(proposer.OutputTokens)} |\n");
            }

            text.Append('\n');
        }

        MarkdownReport.Close(text);

        void Item(string name, string value) => text.Append($"- {name}: {MarkdownText.Code(value)}\n");
    }

    private static string Duplicates(ProposerReport proposer) =>
        proposer.Duplicates > 0 ? $" (and {proposer.Duplicates} that another had first)" : "";

    private static string Cost(long count) => count > 0 ? Wording.Whole(count) : "–";

    private static string Split(TimeSplit? split)
    {
        if (split is null)
            return "";
        (string Name, double Seconds)[] parts =
        [
            ("tests", split.TestsSeconds), ("recording calls", split.CaptureSeconds), ("verifying", split.VerifySeconds),
            ("measuring", split.MeasureSeconds), ("models", split.ModelSeconds), ("the rest", split.OverheadSeconds),
        ];
        return " (" + string.Join(", ", parts.Where(p => p.Seconds > 0).Select(p => $"{p.Name} {Wording.Seconds(p.Seconds)}")) + ")";
    }

    private static string Short(string hash) => hash.Length > 12 ? hash[..12] : hash;

    /// <param name="file">Which holds the rows that are not shown.</param>
    internal static void More(StringBuilder text, int count, string file = "report.json")
    {
        if (count > MostRows)
            text.Append($"\n{count - MostRows} more are in {file}.\n");
        text.Append('\n');
    }
}
