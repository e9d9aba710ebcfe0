using System.Text;
using Afterburner.Verdicts;

namespace Afterburner.Suggestions;

/// <summary>A gate's report in words, for the job summary and the pull request's comment.</summary>
public static class GateMarkdown
{
    /// <param name="limit">Characters. What does not fit is counted: everything that is not slower first, then the last rows.</param>
    public static string Write(GateReport report, int limit = int.MaxValue) => Write(
        report, "",
        $"_Base {MarkdownText.Code(Short(report.Base))}, head {MarkdownText.Code(Short(report.Head))}; "
            + $"allowed: {Wording.Times(report.MaxSlowdown)}; sandbox {MarkdownText.Prose(report.Sandbox)}; {Wording.Seconds(report.DurationSeconds)}._\n",
        limit);

    /// <param name="note">Markdown below the counts.</param>
    /// <param name="end">Markdown below everything.</param>
    internal static string Write(GateReport report, string note, string end, int limit)
    {
        var heading = $"## Afterburner gate: {Headline(report)}\n\n{Lead(report)}\n\n{note}";
        foreach (var (most, others) in new[] { (int.MaxValue, true), (int.MaxValue, false), (10, false), (3, false) })
        {
            var text = new StringBuilder(heading);
            Slower(text, report, most);
            if (others)
            {
                Folded(text, report, GateStatus.CannotTell, "Cannot tell");
                Folded(text, report, GateStatus.NotSlower, "Not slower");
                Folded(text, report, GateStatus.Skipped, "Not measured");
                FoldedTables.LeftOut(text, report.LeftOut, "gate.json");
            }

            if (text.Length + end.Length <= limit)
                return text.Append(end).ToString();
        }

        return heading + end;
    }

    /// <summary>One line that says it all; nothing in it is text of the repository.</summary>
    public static string Headline(GateReport report) =>
        report.Compared == 0 ? "nothing was compared"
        : report.Regressions == 0 ? "no slowdown is proven"
        : $"{Wording.Count(report.Regressions, "slowdown")} proven{(report.AcceptedBy is null ? "" : ", accepted")}";

    /// <summary>Why a gate compared nothing, the most frequent reason first: <c>2 functions: no test reaches it</c>. Text of the repository may be in it.</summary>
    public static string WhyNothing(GateReport report)
    {
        string[] reasons =
        [
            .. Counted(report.Functions, "function"), .. Counted(report.Benchmarks, "benchmark"),
            .. report.LeftOut.Select(l => $"{Wording.Count(l.Count, "file or function", "files and functions")}: {l.Reason}"),
        ];
        const int Most = 8;
        return report.Base == report.Head ? "base holds all of head already, so there is no change"
            : reasons.Length == 0 ? "the change touches no function"
            : string.Join("; ", reasons.Take(Most)) + (reasons.Length > Most ? $"; {reasons.Length - Most} more reasons: in gate.json" : "");
    }

    private static IEnumerable<string> Counted(IEnumerable<GateMeasurement> measured, string one) => measured
        .CountBy(m => m.Reason.Split('\n', 2)[0]).OrderByDescending(r => r.Value).ThenBy(r => r.Key, StringComparer.Ordinal)
        .Select(r => $"{Wording.Count(r.Value, one)}: {r.Key}");

    private static string Lead(GateReport report)
    {
        if (report.Compared == 0)
            return $"Nothing was compared: {MarkdownText.Prose(WhyNothing(report), limit: 1_000)}.";
        int Number(GateStatus status) => All(report, status).Count;
        var lead = $"{Wording.Count(Number(GateStatus.Slower), "slowdown")} beyond {Wording.Times(report.MaxSlowdown)} proven, "
            + $"{Number(GateStatus.NotSlower)} cleared, {Number(GateStatus.CannotTell)} undecided, {Number(GateStatus.Skipped)} not measured{LeftOut(report)}.";
        return report.AcceptedBy is { } by ? $"{lead} Accepted by {MarkdownText.Prose($"@{by}")}." : lead;
    }

    /// <summary>Said in the first line too: where the tables do not fit, this is all there is.</summary>
    private static string LeftOut(GateReport report) => report.LeftOut.Count == 0 ? ""
        : $"; {Wording.LeftOut(report.LeftOut)} of the change left out";

    private static void Slower(StringBuilder text, GateReport report, int most)
    {
        var slower = All(report, GateStatus.Slower);
        if (slower.Count == 0)
            return;
        Table(text, report, slower.Take(most));
        if (slower.Count > most)
            text.Append($"_{slower.Count - most} more: in gate.json of the run._\n\n");
    }

    private static void Table(StringBuilder text, GateReport report, IEnumerable<(string What, GateMeasurement Measured)> rows)
    {
        text.Append($"| What | {(report.Objective == ObjectiveKind.Time ? "Slower" : $"More {Wording.Quantity(report.Objective)}")} | 99 % interval | Why |\n|:--|--:|:-:|:--|\n");
        foreach (var (what, measured) in rows)
        {
            text.Append($"| {what} | {(measured.Slowdown is { } slowdown ? $"**{Wording.Times(slowdown)}**" : "–")} ");
            text.Append($"| {(measured.Low is { } low ? Wording.Interval(low, measured.High) : "–")} | {MarkdownText.Prose(measured.Reason)} |\n");
        }

        text.Append('\n');
    }

    private static void Folded(StringBuilder text, GateReport report, GateStatus status, string title)
    {
        var rows = All(report, status);
        if (rows.Count == 0)
            return;
        MarkdownReport.Open(text, $"{title}: {rows.Count}");
        text.Append("| What | Why |\n|:--|:--|\n");
        foreach (var (what, measured) in rows.Take(FoldedTables.MostRows))
            text.Append($"| {what} | {MarkdownText.Prose(measured.Reason)} |\n");
        FoldedTables.More(text, rows.Count, "gate.json");
        MarkdownReport.Close(text);
    }

    private static List<(string What, GateMeasurement Measured)> All(GateReport report, GateStatus status) =>
    [
        .. report.Functions.Where(f => f.Status == status).Select(f => (What(f), (GateMeasurement)f)),
        .. report.Benchmarks.Where(b => b.Status == status).Select(b => (MarkdownText.Code(b.Command, inTable: true), (GateMeasurement)b)),
    ];

    private static string What(GateFunctionReport function) =>
        MarkdownText.Code($"{function.Path}:{function.StartLine}", inTable: true) + " " + MarkdownText.Code(function.Name, inTable: true)
        + (function.BehaviourChanged is null ? "" : " (answers differently)");

    private static string Short(string hash) => hash.Length > 12 ? hash[..12] : hash;
}
