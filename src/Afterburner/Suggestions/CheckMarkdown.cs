using System.Text;

namespace Afterburner.Suggestions;

/// <summary>A check's report in words, to be put into a pull request.</summary>
public static class CheckMarkdown
{
    private const int MostShown = 10;

    public static string Write(CheckReport report)
    {
        var text = new StringBuilder($"## Afterburner check: {Headline(report)}\n\n");
        if (WhyNothing(report) is { } nothing)
            text.Append($"{MarkdownText.Prose(nothing, limit: 1_000)}\n\n");
        Tests(text, report);
        Different(text, report);
        Measured(text, report, CheckStatus.Slower, "Slower");
        Measured(text, report, CheckStatus.Faster, "Faster, and equal in all that was compared");
        Folded(text, report, CheckStatus.CannotTell, "Cannot tell");
        Folded(text, report, CheckStatus.NotFaster, "Equal, and not faster");
        Folded(text, report, CheckStatus.New, "New");
        FoldedTables.LeftOut(text, report.LeftOut, CheckFolder.Json);
        text.Append($"_{Against(report)}; {(report.TestsCompared == 0 ? "no tests ran" : $"{Wording.Count(report.TestsCompared, "test")} ran on both sides")}. "
            + "Recorded calls of the tests, and larger ones made from them, were made in both trees in a sandbox and timed as interleaved pairs; intervals are 99 %. "
            + $"Faster is {Wording.Times(report.MinSpeedup)} at least, slower more than {Wording.Times(report.MaxSlowdown)}. Sandbox {MarkdownText.Prose(report.Sandbox)}; {Wording.Seconds(report.DurationSeconds)}._\n");
        return text.ToString();
    }

    /// <summary>One line that says it all; nothing in it is text of the repository.</summary>
    public static string Headline(CheckReport report)
    {
        (int Count, string Words)[] parts =
        [
            (report.Tests.Count, "tests come out otherwise"), (report.Of(CheckStatus.Different).Count, "different"), (report.Of(CheckStatus.Slower).Count, "slower"),
            (report.Of(CheckStatus.Faster).Count, "faster"), (report.Of(CheckStatus.NotFaster).Count, "equal and not faster"), (report.Of(CheckStatus.CannotTell).Count, "cannot tell"),
        ];
        var said = string.Join(", ", parts.Where(p => p.Count > 0).Select(p => $"{p.Count} {(p is { Count: 1, Words: "tests come out otherwise" } ? "test comes out otherwise" : p.Words)}"));
        return said.Length > 0 ? said : "there is nothing to judge";
    }

    /// <summary>Why there is nothing to judge; null where there is. Text of the repository may be in it.</summary>
    public static string? WhyNothing(CheckReport report) =>
        report.Functions.Any(f => f.Status != CheckStatus.New) || report.Tests.Count > 0 ? null
        : report.Functions.Count > 0 ? "Every function that it touches is new, and nothing that was there before calls one of them in a file that it changes."
        : report.LeftOut.Count > 0 ? $"Nothing of it is looked at: {string.Join("; ", report.LeftOut.Select(l => $"{Wording.Count(l.Count, "file or function", "files and functions")}: {l.Reason}"))}."
        : report.TestsCompared > 0 ? "It touches no function that is there on both sides; the tests come out as they do at base." : "It touches no function, and no test was run.";

    /// <summary>"3.10× faster (2.80× to 3.40×)", or the same for slower; null where nothing was measured.</summary>
    public static string? Ratio(CheckFunctionReport function) => function is not { Speedup: > 0 and var ratio } ? null
        : ratio >= 1 ? $"{Wording.Times(ratio)} faster{(function.Low is { } low ? $" ({Wording.Interval(low, function.High)})" : "")}"
        : $"{Wording.Times(1 / ratio)} slower{(function.High is > 0 and var high ? $" ({Wording.Interval(1 / high, function.Low is > 0 and var least ? 1 / least : null)})" : "")}";

    private static string Against(CheckReport report) => $"{report.Edit switch { EditKind.Patch => "A patch", EditKind.WorkTree => "The work tree", EditKind.Commits => $"Commit {MarkdownText.Code(Short(report.Head!))}" }} against {MarkdownText.Code(Short(report.Base))}";

    private static string Short(string hash) => hash.Length > 12 ? hash[..12] : hash;

    private static void Tests(StringBuilder text, CheckReport report)
    {
        if (report.Tests.Count == 0)
            return;
        text.Append("| Test | At base | With the edit |\n|:--|:--|:--|\n");
        foreach (var test in report.Tests.Take(MostShown))
            text.Append($"| {MarkdownText.Code(test.Test, inTable: true)} | {test.Base} | {test.Edit} |\n");
        text.Append(report.Tests.Count > MostShown ? $"\n_{report.Tests.Count - MostShown} more: in {CheckFolder.Json}._\n\n" : "\n");
    }

    private static void Different(StringBuilder text, CheckReport report)
    {
        var rows = report.Of(CheckStatus.Different);
        if (rows.Count == 0)
            return;
        text.Append("| Different | Call | In | At base | With the edit |\n|:--|:--|:--|:--|:--|\n");
        foreach (var function in rows)
        {
            text.Append($"| {What(function)} ");
            text.Append(function.Difference is { } d
                ? $"| {(d.Input is { } input ? MarkdownText.Code(input, inTable: true) : "–")}{(d.IsOfTests ? "" : " (made like one of the tests)")} "
                    + (d is { Base: { } was, Edit: { } now } ? $"| {MarkdownText.Code(d.Where ?? "", inTable: true)} | {MarkdownText.Code(was, inTable: true)} | {MarkdownText.Code(now, inTable: true)} |\n" : $"| | {MarkdownText.Prose(d.Text)} | |\n")
                : $"| – | | {MarkdownText.Prose(function.Reason)} | |\n");
        }

        text.Append('\n');
    }

    private static void Measured(StringBuilder text, CheckReport report, CheckStatus status, string title)
    {
        var rows = report.Of(status);
        if (rows.Count == 0)
            return;
        text.Append($"| {title} | By | 99 % interval | Why |\n|:--|--:|:-:|:--|\n");
        foreach (var function in rows)
        {
            var (ratio, low, high) = status == CheckStatus.Slower ? (1 / function.Speedup, 1 / function.High, 1 / function.Low) : (function.Speedup, function.Low, function.High);
            text.Append($"| {What(function)} | {(ratio is { } r ? $"**{Wording.Times(r)}**" : "–")} | {(low is { } l ? Wording.Interval(l, high) : "–")} | {MarkdownText.Prose(function.Reason)} |\n");
        }

        text.Append('\n');
    }

    private static void Folded(StringBuilder text, CheckReport report, CheckStatus status, string title)
    {
        var rows = report.Of(status);
        if (rows.Count == 0)
            return;
        MarkdownReport.Open(text, $"{title}: {rows.Count}");
        text.Append("| Function | Why |\n|:--|:--|\n");
        foreach (var function in rows.Take(FoldedTables.MostRows))
            text.Append($"| {What(function)} | {MarkdownText.Prose(function.Reason)} |\n");
        FoldedTables.More(text, rows.Count, CheckFolder.Json);
        MarkdownReport.Close(text);
    }

    private static string What(CheckFunctionReport function) =>
        MarkdownText.Code($"{function.Path}:{function.StartLine}", inTable: true) + " " + MarkdownText.Code(function.Name, inTable: true);
}
