using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Afterburner.Evaluation.Reports;

namespace Afterburner.Trainer.Miniature;

/// <summary>The experiment as a page without a script, and as JSON.</summary>
internal static class MiniaturePage
{
    private static readonly string[] Classes = ["d", "b", "c", "a"];

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static string Json(MiniatureResult result) => JsonSerializer.Serialize(new { result.Seeds, result.Iterations, result.IsDevelopment, Curves = result.Curves(), Differences = result.Differences(), Proposing = MiniatureResult.Models.ToDictionary(m => m, result.Proposing) }, Form) + "\n";

    public static string Render(MiniatureResult result)
    {
        var curves = result.Curves();
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Training in miniature</title>");
        page.Append(CultureInfo.InvariantCulture, $"<style>{ShareChart.Style}</style></head><body>\n<h1>Training in miniature</h1>\n");
        page.Append(CultureInfo.InvariantCulture, $"<p>Small models on tasks that none of them was trained on, in the loop of arXiv 2505.23387: a first program from nothing, then {result.Iterations} iterations. Means over {result.Seeds.Count} seeds, in percent; bands and intervals are what other tasks of the same kind would give (95 %, bootstrap over tasks).</p>\n");
        page.Append("<p>Held-out tasks combine ways, maps and filters that were each met in training, two by two as well, but never these three together; their words and names are others. Only GRPO is shown programs that fail, as in the paper; the cold start shows some too.</p>\n");
        if (result.IsDevelopment)
            page.Append("<p><strong>These are the tasks that numbers are chosen by, not those of the experiment.</strong></p>\n");
        foreach (var (metric, _) in MiniatureResult.Metrics)
            page.Append(ShareChart.Curves($"{metric} after each iteration", [.. curves.Where(c => c.Metric == metric).Select((c, i) => (c.Model, Classes[i], c.Values))]));
        page.Append("<h2>At the start and at the end</h2>\n<table><thead><tr><th>model</th><th>metric</th><th>iteration 0</th><th>iteration ").Append(result.Iterations).Append("</th><th>seeds at the end</th></tr></thead><tbody>\n");
        foreach (var curve in curves)
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(curve.Model)}</td><td>{curve.Metric}</td><td>{Percent(curve.Values[0])}</td><td>{Percent(curve.Values[^1])}</td><td>{string.Join(", ", curve.Seeds.Select(s => (100 * s).ToString("0.0", CultureInfo.InvariantCulture)))}</td></tr>\n");
        page.Append("</tbody></table>\n<h2>Beside each other</h2>\n<table><thead><tr><th>difference</th><th>metric</th><th>at the start</th><th>at the end</th><th>gained</th></tr></thead><tbody>\n");
        foreach (var group in result.Differences().GroupBy(d => (d.Model, d.Other, d.Metric)))
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(group.Key.Model)} less {Text(group.Key.Other)}</td><td>{group.Key.Metric}</td>{string.Concat(group.Select(d => $"<td>{Percent(d.Value)}</td>"))}</tr>\n");
        page.Append("</tbody></table>\n<h2>Tasks with another program to propose</h2>\n<p>A model that takes the likeliest token each time has no more to say of a task once what it wrote was no gain.</p>\n<table><tbody>\n");
        foreach (var model in MiniatureResult.Models)
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(model)}</td>{string.Concat(result.Proposing(model).Select(p => $"<td>{p.ToString("0.#", CultureInfo.InvariantCulture)}</td>"))}</tr>\n");
        return page.Append("</tbody></table>\n</body></html>\n").ToString();
    }

    private static string Percent(Estimate estimate) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * estimate.Value:0.0} <small>{100 * estimate.Interval.Low:0.0} to {100 * estimate.Interval.High:0.0}</small>");

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
