using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Evaluation.Reports;

namespace Afterburner.Trainer.Training;

/// <summary>What a training measured, as a page without a script: a drawing for each of its numbers.</summary>
internal static class TrainingPage
{
    public const string File = "metrics.html";

    private const int Width = 640, Height = 200, Left = 64, Bottom = 28, Top = 12, Right = 12;

    /// <summary>Points of a line at most: what lies closer is averaged.</summary>
    private const int MostPoints = 200;

    /// <summary>Of the metrics that lie in a folder.</summary>
    public static void Write(string folder)
    {
        List<JsonObject> steps = [.. TrainingRun.Lines(folder)];
        if (steps.Count > 0)
            System.IO.File.WriteAllText(Path.Combine(folder, File), Render(steps));
    }

    private static string Render(List<JsonObject> steps)
    {
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Training</title>");
        page.Append(CultureInfo.InvariantCulture, $"<style>{ShareChart.Style}</style></head><body>\n<h1>Training</h1>\n<p>{steps.Count} steps.</p>\n");
        foreach (var name in steps.SelectMany(s => s.Select(v => v.Key)).Distinct().Where(n => n != "step"))
            page.Append(Line(name, [.. steps.Where(s => s[name]?.GetValueKind() == JsonValueKind.Number).Select(s => ((double)s["step"]!, (double)s[name]!))]));
        return page.Append("</body></html>\n").ToString();
    }

    private static string Line(string name, IReadOnlyList<(double Step, double Value)> all)
    {
        if (all.Count == 0)
            return "";
        var each = (all.Count + MostPoints - 1) / MostPoints;
        var points = all.Chunk(each).Select(c => (Step: c.Average(p => p.Step), Value: c.Average(p => p.Value))).ToList();
        var (low, high) = (points.Min(p => p.Value), points.Max(p => p.Value));
        var (first, last) = (all[0].Step, all[^1].Step);
        var title = WebUtility.HtmlEncode(string.Create(CultureInfo.InvariantCulture, $"{name}: {all[0].Value:G4} at step {first}, {all[^1].Value:G4} at step {last}"));
        var svg = new StringBuilder($"<figure><figcaption>{title}</figcaption><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{title}\">");
        foreach (var value in new[] { low, high }.Distinct())
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(value):0.0}\" y2=\"{Y(value):0.0}\"/><text x=\"{Left - 6}\" y=\"{Y(value) + 4:0.0}\" text-anchor=\"end\">{value:G3}</text>");
        foreach (var step in new[] { first, last }.Distinct())
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(step):0.0}\" y=\"{Height - 8}\" text-anchor=\"middle\">{step}</text>");
        return svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"curve a\" points=\"{string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.Step):0.0},{Y(p.Value):0.0}")))}\"/></svg></figure>\n").ToString();

        double X(double step) => Left + ((last > first ? (step - first) / (last - first) : 0.5) * (Width - Left - Right - 8));

        double Y(double value) => Height - Bottom - ((high > low ? (value - low) / (high - low) : 0.5) * (Height - Bottom - Top));
    }
}
