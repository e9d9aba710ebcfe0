using System.Globalization;
using System.Net;
using System.Text;

namespace Afterburner.Evaluation.Reports;

/// <summary>Evaluations side by side as one page without a script: a table, the curves over the iterations, and where each task's program lies.</summary>
public static class EvaluationPage
{
    private static readonly (string Name, string Class, Func<IterationRow, Estimate> Of)[] Metrics =
        [("PASS@1", "a", r => r.Pass), ("BEYOND-T", "b", r => r.Time), ("BEYOND-M", "c", r => r.Memory), ("BEYOND-I", "d", r => r.Integral)];

    /// <param name="named">Evaluations with what they are called.</param>
    public static string Render(IReadOnlyList<(string Name, EvaluationReport Report)> named)
    {
        var page = new StringBuilder($"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Evaluation</title><style>{ShareChart.Style}</style></head><body>\n<h1>Evaluation</h1>\n");
        page.Append(Table(named));
        foreach (var (name, report) in named.Where(n => n.Report.Rows.Count > 0))
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>{Text(name)}</h2>\n<p>{Text(string.Join("; ", report.Settings.Select(s => $"{s.Key} {s.Value}")))}.</p>\n");
            page.Append(ShareChart.Curves($"{name}: the metrics after each iteration", [.. Metrics.Select(m => (m.Name, m.Class, (IReadOnlyList<Estimate>)[.. report.Rows.Select(m.Of)]))])).Append(Places(name, report));
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

    /// <summary>The first and the last iteration, a column of tasks in the order of the last.</summary>
    private static string Places(string name, EvaluationReport report)
    {
        var tasks = report.Places[0].Count;
        var svg = ShareChart.Begin($"{name}: where the program of each task lies among people's, at the start (ring) and at the end (point)", []);
        var order = Enumerable.Range(0, tasks).OrderBy(i => report.Places[^1][i]).ThenBy(i => report.Places[0][i]).ToList();
        for (var i = 0; i < tasks; i++)
        {
            var (x, was, now) = (tasks == 1 ? 0.5 : (double)i / (tasks - 1), report.Places[0][order[i]], report.Places[^1][order[i]]);
            svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"a\" cx=\"{ShareChart.X(x):0.0}\" cy=\"{ShareChart.Y(was):0.0}\" r=\"4\"/><circle class=\"b\" style=\"fill:var(--b)\" cx=\"{ShareChart.X(x):0.0}\" cy=\"{ShareChart.Y(now):0.0}\" r=\"2.5\"><title>{Text(report.Tasks[order[i]])}: {was:0%} to {now:0%}</title></circle>");
        }

        return svg.Append("</svg></figure>\n").ToString();
    }

    private static string Percent(Estimate estimate) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * estimate.Value:0.0} <small>{100 * estimate.Interval.Low:0.0} to {100 * estimate.Interval.High:0.0}</small>");

    private static string Number(double value, string form) => value.ToString(form, CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(VisibleText.Line(text));
}
