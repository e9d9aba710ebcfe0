using System.Globalization;
using System.Net;
using System.Text;

namespace Afterburner.Evaluation.Reports;

/// <summary>Drawings of shares for a page without a script: light and dark, readable without colours by their titles.</summary>
public static class ShareChart
{
    /// <summary>Of the page that holds them; classes <c>a</c> to <c>d</c> are colours.</summary>
    public const string Style = """
        :root { color-scheme: light dark; --line: #8884; --a: #0b6bcb; --b: #b3541e; --c: #2a7f3f; --d: #7b3fb3 }
        @media (prefers-color-scheme: dark) { :root { --a: #6db3ff; --b: #ffa36b; --c: #7fd694; --d: #c79bff } }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
        table { border-collapse: collapse; display: block; overflow-x: auto } th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap }
        th:first-child, td:first-child { text-align: left; white-space: normal } td small { display: block; opacity: .75 } svg { max-width: 100%; height: auto } text { fill: currentColor; font-size: 12px }
        .a { stroke: var(--a) } .b { stroke: var(--b) } .c { stroke: var(--c) } .d { stroke: var(--d) } .curve { fill: none; stroke-width: 2 } .band { stroke: none; opacity: .15 }
        .band.a { fill: var(--a) } .band.b { fill: var(--b) } .band.c { fill: var(--c) } .band.d { fill: var(--d) } .axis { stroke: var(--line) } circle { fill: none } .published { opacity: .75; font-style: italic }
        """;

    internal const int Width = 640, Height = 280, Left = 48, Bottom = 36, Top = 12, Right = 12;

    /// <summary>How shares went over the iterations, with the intervals they are known by.</summary>
    /// <param name="title">Of the drawing, not yet escaped.</param>
    /// <param name="lines">Each with its name, a class of <see cref="Style"/>, and its values from iteration 0.</param>
    public static string Curves(string title, IReadOnlyList<(string Name, string Class, IReadOnlyList<Estimate> Values)> lines)
    {
        var last = Math.Max(1, lines.Max(l => l.Values.Count) - 1);
        var svg = Begin(title, Enumerable.Range(0, last + 1).Select(i => ((double)i / last, $"{i}")));
        for (var place = 0; place < lines.Count; place++)
        {
            var (name, kind, values) = lines[place];
            var up = values.Select((v, i) => Point((double)i / last, v.Interval.High));
            var down = values.Select((v, i) => Point((double)i / last, v.Interval.Low)).Reverse();
            svg.Append(CultureInfo.InvariantCulture, $"<polygon class=\"band {kind}\" points=\"{string.Join(' ', up.Concat(down))}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"curve {kind}\" points=\"{string.Join(' ', values.Select((v, i) => Point((double)i / last, v.Value)))}\"><title>{Text(name)}</title></polyline>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right - 70}\" y=\"{Top + 14 + (14 * place)}\"><tspan class=\"{kind}\" stroke-width=\"0\" fill=\"var(--{kind})\">■</tspan> {Text(name)}</text>");
        }

        return svg.Append("</svg></figure>\n").ToString();
    }

    internal static StringBuilder Begin(string title, IEnumerable<(double X, string Label)> labels)
    {
        var svg = new StringBuilder($"<figure><figcaption>{Text(title)}</figcaption><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Text(title)}\">");
        for (var i = 0; i <= 4; i++)
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(i / 4.0):0.0}\" y2=\"{Y(i / 4.0):0.0}\"/><text x=\"{Left - 8}\" y=\"{Y(i / 4.0) + 4:0.0}\" text-anchor=\"end\">{25 * i}</text>");
        foreach (var (x, label) in labels)
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(x):0.0}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{label}</text>");
        return svg;
    }

    private static string Point(double x, double y) => string.Create(CultureInfo.InvariantCulture, $"{X(x):0.0},{Y(y):0.0}");

    internal static double X(double share) => Left + 8 + (share * (Width - Left - Right - 100));

    internal static double Y(double share) => Height - Bottom - (share * (Height - Bottom - Top));

    private static string Text(string text) => WebUtility.HtmlEncode(VisibleText.Line(text));
}
