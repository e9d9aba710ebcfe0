using System.Globalization;
using System.Net;
using System.Text;

namespace Afterburner.Evaluation.Reports;

/// <summary>Evaluations side by side as one page without a script: a table, the curves over the iterations, and where each task's program lies.</summary>
public static class EvaluationPage
{
    private const int Width = 640, Height = 280, Left = 48, Bottom = 36, Top = 12, Right = 12;

    private const string Style = """
        :root { color-scheme: light dark; --line: #8884; --a: #0b6bcb; --b: #b3541e; --c: #2a7f3f; --d: #7b3fb3 }
        @media (prefers-color-scheme: dark) { :root { --a: #6db3ff; --b: #ffa36b; --c: #7fd694; --d: #c79bff } }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
        table { border-collapse: collapse; display: block; overflow-x: auto } th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap }
        th:first-child, td:first-child { text-align: left; white-space: normal } td small { display: block; opacity: .75 } svg { max-width: 100%; height: auto } text { fill: currentColor; font-size: 12px }
        .a { stroke: var(--a) } .b { stroke: var(--b) } .c { stroke: var(--c) } .d { stroke: var(--d) } .curve { fill: none; stroke-width: 2 } .band { stroke: none; opacity: .15 }
        .band.a { fill: var(--a) } .band.b { fill: var(--b) } .band.c { fill: var(--c) } .band.d { fill: var(--d) } .axis { stroke: var(--line) } circle { fill: none } .published { opacity: .75; font-style: italic }
        """;

    private static readonly (string Name, string Class, Func<IterationRow, Estimate> Of)[] Metrics =
        [("PASS@1", "a", r => r.Pass), ("BEYOND-T", "b", r => r.Time), ("BEYOND-M", "c", r => r.Memory), ("BEYOND-I", "d", r => r.Integral)];

    /// <param name="named">Evaluations with what they are called.</param>
    public static string Render(IReadOnlyList<(string Name, EvaluationReport Report)> named)
    {
        var page = new StringBuilder($"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Evaluation</title><style>{Style}</style></head><body>\n<h1>Evaluation</h1>\n");
        page.Append(Table(named));
        foreach (var (name, report) in named.Where(n => n.Report.Rows.Count > 0))
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>{Text(name)}</h2>\n<p>{Text(string.Join("; ", report.Settings.Select(s => $"{s.Key} {s.Value}")))}.</p>\n");
            page.Append(Curves(name, report)).Append(Places(name, report));
            if (report.TooSmall.Count > 0)
                page.Append(CultureInfo.InvariantCulture, $"<details><summary>{report.TooSmall.Count} tasks count in PASS@1 alone: good programs take less than a tenth of what starting takes</summary><ul>{string.Concat(report.TooSmall.Select(t => $"<li>{Text(t)}</li>"))}</ul></details>\n");
            if (report.Unusable.Count > 0)
                page.Append(CultureInfo.InvariantCulture, $"<details><summary>{report.Unusable.Count} tasks could not be measured</summary><ul>{string.Concat(report.Unusable.Select(u => $"<li>{Text(u.Key)}: {Text(u.Value)}</li>"))}</ul></details>\n");
            if (report.BadRecords.Count > 0)
                page.Append(CultureInfo.InvariantCulture, $"<details><summary>{report.BadRecords.Count} records could not be read</summary><ul>{string.Concat(report.BadRecords.Select(b => $"<li>{Text(b)}</li>"))}</ul></details>\n");
        }

        return page.Append("</body></html>\n").ToString();
    }

    private static string Table(IReadOnlyList<(string Name, EvaluationReport Report)> named)
    {
        var rows = named.SelectMany(n => n.Report.Rows.Select(r =>
            $"<tr><td>{Text(n.Name)}, iteration {r.Iteration}</td>{string.Concat(Metrics.Select(m => $"<td>{Percent(m.Of(r))}</td>"))}<td>{(r.Speedup is { } s ? $"{Number(s, "0.00")}x" : "-")}</td><td>{r.OutputTokens}</td></tr>\n"));
        var published = named.Select(n => n.Report.Settings.GetValueOrDefault("layout")).Distinct().ToList();
        var rest = PublishedRow.All.Where(p => published.Contains(p.DataSet) || published.Count == 0).DefaultIfEmpty(PublishedRow.All[6]).Select(p =>
            $"<tr class=\"published\"><td>{Text(p.Name)} on {Text(p.DataSet)} (published; other tasks, other machine)</td><td>{Number(p.Pass, "0.0")}</td><td>{Number(p.Time, "0.0")}</td><td>{Number(p.Memory, "0.0")}</td><td>{Number(p.Integral, "0.0")}</td><td></td><td></td></tr>\n");
        return $"<table><thead><tr><th>run</th>{string.Concat(Metrics.Select(m => $"<th>{m.Name}</th>"))}<th>speed-up</th><th>tokens written</th></tr></thead><tbody>\n{string.Concat(rows)}{string.Concat(rest)}</tbody></table>\n<p>In percent, with the interval that other tasks of the same kind would give (95 %). Tasks that fail count 0.</p>\n";
    }

    private static string Curves(string name, EvaluationReport report)
    {
        var last = Math.Max(1, report.Rows.Count - 1);
        var svg = Begin($"{name}: the metrics after each iteration", Enumerable.Range(0, report.Rows.Count).Select(i => ((double)i / last, $"{i}")));
        foreach (var (metric, kind, of) in Metrics)
        {
            var up = report.Rows.Select((r, i) => Point((double)i / last, of(r).Interval.High));
            var down = report.Rows.Select((r, i) => Point((double)i / last, of(r).Interval.Low)).Reverse();
            svg.Append(CultureInfo.InvariantCulture, $"<polygon class=\"band {kind}\" points=\"{string.Join(' ', up.Concat(down))}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"curve {kind}\" points=\"{string.Join(' ', report.Rows.Select((r, i) => Point((double)i / last, of(r).Value)))}\"><title>{metric}</title></polyline>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right - 70}\" y=\"{Top + 14 + (14 * Array.FindIndex(Metrics, m => m.Name == metric))}\"><tspan class=\"{kind}\" stroke-width=\"0\" fill=\"var(--{kind})\">■</tspan> {metric}</text>");
        }

        return svg.Append("</svg></figure>\n").ToString();
    }

    /// <summary>The first and the last iteration, a column of tasks in the order of the last.</summary>
    private static string Places(string name, EvaluationReport report)
    {
        var tasks = report.Places[0].Count;
        var svg = Begin($"{name}: where the program of each task lies among people's, at the start (ring) and at the end (point)", []);
        var order = Enumerable.Range(0, tasks).OrderBy(i => report.Places[^1][i]).ThenBy(i => report.Places[0][i]).ToList();
        for (var i = 0; i < tasks; i++)
        {
            var (x, was, now) = (tasks == 1 ? 0.5 : (double)i / (tasks - 1), report.Places[0][order[i]], report.Places[^1][order[i]]);
            svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"a\" cx=\"{X(x):0.0}\" cy=\"{Y(was):0.0}\" r=\"4\"/><circle class=\"b\" style=\"fill:var(--b)\" cx=\"{X(x):0.0}\" cy=\"{Y(now):0.0}\" r=\"2.5\"><title>{Text(report.Tasks[order[i]])}: {was:0%} to {now:0%}</title></circle>");
        }

        return svg.Append("</svg></figure>\n").ToString();
    }

    private static StringBuilder Begin(string title, IEnumerable<(double X, string Label)> labels)
    {
        var svg = new StringBuilder($"<figure><figcaption>{Text(title)}</figcaption><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Text(title)}\">");
        for (var i = 0; i <= 4; i++)
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(i / 4.0):0.0}\" y2=\"{Y(i / 4.0):0.0}\"/><text x=\"{Left - 8}\" y=\"{Y(i / 4.0) + 4:0.0}\" text-anchor=\"end\">{25 * i}</text>");
        foreach (var (x, label) in labels)
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(x):0.0}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{label}</text>");
        return svg;
    }

    private static string Point(double x, double y) => string.Create(CultureInfo.InvariantCulture, $"{X(x):0.0},{Y(y):0.0}");

    private static double X(double share) => Left + 8 + (share * (Width - Left - Right - 100));

    private static double Y(double share) => Height - Bottom - (share * (Height - Bottom - Top));

    private static string Percent(Estimate estimate) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * estimate.Value:0.0} <small>{100 * estimate.Interval.Low:0.0} to {100 * estimate.Interval.High:0.0}</small>");

    private static string Number(double value, string form) => value.ToString(form, CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(VisibleText.Line(text));
}
