using System.Globalization;
using System.Text;
using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>
/// Charts that GitHub draws inside a comment. Written as <c>xychart-beta</c>, which older renderers know as well; the
/// same figures always stand in a table beside it.
/// </summary>
internal static class MermaidChart
{
    private const int MostBars = 20;
    private const int LongestLabel = 28;

    private const string Better = "#1a7f37";
    private const string AsItIs = "#cf222e";

    /// <summary>A bar for each suggestion. Empty below two: one bar says nothing.</summary>
    public static string Gains(IEnumerable<FunctionReport> improved, ObjectiveKind objective)
    {
        var bars = improved.Take(MostBars).ToList();
        if (bars.Count < 2)
            return "";
        var labels = bars.Select((f, i) => $"\"{Label(f.Name, i)}\"");
        var values = bars.Select(f => Value(f.Suggestion!.Speedup));
        var what = objective == ObjectiveKind.Time ? "times faster" : $"times less {Wording.Quantity(objective)}";
        return Fence(Better, $"""
            xychart-beta horizontal
                title "Proven gains"
                x-axis [{string.Join(", ", labels)}]
                y-axis "{what}" 0 --> {Value(bars.Max(f => f.Suggestion!.Speedup) * 1.1)}
                bar [{string.Join(", ", values)}]
            """);
    }

    /// <summary>Both versions over the size of the input. Empty below three sizes.</summary>
    public static string Growth(IReadOnlyList<GrowthPoint> points)
    {
        if (points.Count < 3)
            return "";
        var top = points.Max(p => Math.Max(p.BaselineSeconds, p.CandidateSeconds));
        var (unit, factor) = top >= 1 ? ("seconds", 1.0) : top >= 1e-3 ? ("milliseconds", 1e3) : ("microseconds", 1e6);
        return Fence($"{AsItIs}, {Better}", $"""
            xychart-beta
                title "One call: as it is (red), as suggested (green)"
                x-axis "size of the input" [{string.Join(", ", points.Select(p => $"\"{Wording.Round(Wording.Number(p.Size))}\""))}]
                y-axis "{unit}" 0 --> {Value(top * factor * 1.1)}
                line [{string.Join(", ", points.Select(p => Value(p.BaselineSeconds * factor)))}]
                line [{string.Join(", ", points.Select(p => Value(p.CandidateSeconds * factor)))}]
            """);
    }

    /// <summary>A name with what could end a label or start another statement taken out; labels must differ, or bars fall together.</summary>
    private static string Label(string name, int index)
    {
        var label = new StringBuilder();
        foreach (var c in name.Length > LongestLabel ? "…" + name[^(LongestLabel - 1)..] : name)
            label.Append(char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '…' ? c : '?');
        return string.Create(CultureInfo.InvariantCulture, $"{index + 1} {label}");
    }

    private static string Value(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    /// <param name="colours">Of the bars and lines, in order: the default theme's are too pale to tell apart.</param>
    private static string Fence(string colours, string chart) =>
        $"```mermaid\n%%{{init: {{\"themeVariables\": {{\"xyChart\": {{\"plotColorPalette\": \"{colours}\"}}}}}}}}%%\n{chart.ReplaceLineEndings("\n")}\n```\n\n";
}
