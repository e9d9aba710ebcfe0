using System.Text;
using Afterburner.Verdicts;

namespace Afterburner.Suggestions;

/// <summary>A gate's report in words, for the job summary and the pull request's comment.</summary>
public static class GateMarkdown
{
    /// <param name="limit">Characters. What does not fit is counted: everything that is neither slower nor faster first, then the last rows.</param>
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
            Lacking(text, report, most);
            Faster(text, report, most);
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
    public static string Headline(GateReport report)
    {
        string[] failing =
        [
            .. report.Regressions > 0 ? [$"{Wording.Count(report.Regressions, "slowdown")} proven"] : Array.Empty<string>(),
            .. report.Lacking > 0 ? [$"{Wording.Count(report.Lacking, "required gain")} not proven"] : Array.Empty<string>(),
        ];
        var gains = report.Faster.Count > 0 ? $"{Wording.Count(report.Faster.Count, "function")} proven faster" : "";
        var clean = report.Compared == 0 ? "nothing was compared" : "no slowdown is proven";
        return failing.Length == 0 ? gains.Length == 0 ? clean : $"{gains}, {clean}"
            : $"{string.Join(", ", failing)}{(report.AcceptedBy is null ? "" : ", accepted")}{(gains.Length == 0 ? "" : $"; {gains}")}";
    }

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
        var accepted = report.AcceptedBy is { } by ? $" Accepted by {MarkdownText.Prose($"@{by}")}." : "";
        if (report.Compared == 0)
            return $"Nothing was compared: {MarkdownText.Prose(WhyNothing(report), limit: 1_000)}.{accepted}";
        int Number(GateStatus status) => All(report, status).Count;
        var lead = $"{Wording.Count(Number(GateStatus.Slower), "slowdown")} beyond {Wording.Times(report.MaxSlowdown)} proven, "
            + $"{Number(GateStatus.NotSlower)} cleared, {Number(GateStatus.CannotTell)} undecided, {Number(GateStatus.Skipped)} not measured{LeftOut(report)}.";
        return lead + accepted;
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
        More(text, slower.Count, most);
    }

    /// <summary>What has to be faster and is not proven to be; the reason says why.</summary>
    private static void Lacking(StringBuilder text, GateReport report, int most)
    {
        if (report.LacksGain)
            text.Append($"**Nothing is proven faster**, and {MarkdownText.Prose(report.RequiredBy!)} asks for that.\n\n");
        var rows = report.Unproven;
        if (rows.Count == 0)
            return;
        text.Append("| Has to be faster, and is not proven to be | Because of | Why |\n|:--|:--|:--|\n");
        foreach (var function in rows.Take(most))
            text.Append($"| {What(function)} | {MarkdownText.Code(function.RequiredBy!, inTable: true)} | {MarkdownText.Prose(function.Gain?.Reason ?? function.Reason)} |\n");
        text.Append('\n');
        More(text, rows.Count, most);
    }

    private static void Faster(StringBuilder text, GateReport report, int most)
    {
        var rows = report.Faster;
        if (rows.Count == 0)
            return;
        text.Append($"| {(report.Objective == ObjectiveKind.Time ? "Faster" : $"Less {Wording.Quantity(report.Objective)}")}, and equal in all that was compared | By | 99 % interval | Why |\n|:--|--:|:-:|:--|\n");
        foreach (var function in rows.Take(most))
        {
            var gain = function.Gain!;
            text.Append($"| {What(function)} | {(gain.Speedup is { } speedup ? $"**{Wording.Times(speedup)}**{(gain.OnlyLike is null ? "" : " on some calls")}" : "–")} ");
            text.Append($"| {(gain.Low is { } low ? Wording.Interval(low, gain.High) : "–")} | {MarkdownText.Prose(gain.Reason)} |\n");
        }

        text.Append('\n');
        More(text, rows.Count, most);
    }

    private static void More(StringBuilder text, int count, int most)
    {
        if (count > most)
            text.Append($"_{count - most} more: in gate.json of the run._\n\n");
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
            text.Append($"| {what} | {MarkdownText.Prose(measured.Reason)}{(measured is GateFunctionReport { Gain: { } gain, IsFaster: false } && gain.Reason != measured.Reason ? $" (not proven faster: {MarkdownText.Prose(gain.Reason)})" : "")} |\n");
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
