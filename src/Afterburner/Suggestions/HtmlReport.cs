using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Afterburner.Suggestions.Plots;
using Afterburner.Verdicts;
using Markdig;
using Markdig.Renderers;

namespace Afterburner.Suggestions;

/// <summary>
/// The review as one page that asks for nothing: the words of <see cref="MarkdownReport"/>, figures at the top, plots
/// beside the evidence. No script; a content security policy that forbids everything but its own style sheet.
/// </summary>
internal static class HtmlReport
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().Build();

    private static readonly Lazy<string> Style = new(() => Resources.Text("Suggestions/report.css").ReplaceLineEndings("\n"));

    public static string Write(Report report)
    {
        var style = Style.Value;
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>Afterburner: {Encode(Wording.Headline(report))}</title>
            <style>{style}</style>
            </head>
            <body>
            <header><div class="brand"><span class="flame"></span>Afterburner</div><div class="run">{Run(report)}</div></header>
            <main>
            {Body(report)}
            </main>
            </body>
            </html>

            """;
    }

    private static string Body(Report report)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        PageRenderers.Use(renderer, mark => Drawings(report, mark));
        renderer.Render(Markdown.Parse(MarkdownReport.Write(report), Pipeline));
        writer.Flush();
        var html = writer.ToString();
        // The figures stand between the lead and the table: after the first paragraph.
        var end = html.IndexOf("</p>", StringComparison.Ordinal) + "</p>".Length;
        return html[..end] + Figures(report) + html[end..];
    }

    private static string Run(Report report)
    {
        var change = report.Base.Length > 0 ? $"{Short(report.Base)} → {Short(report.Head)}" : Short(report.Head);
        return $"<code>{Encode(change)}</code> · {Encode(Wording.Quantity(report.Objective))} · {Encode(Wording.Seconds(report.DurationSeconds))}";
    }

    private static string Figures(Report report)
    {
        var candidates = report.Functions.SelectMany(f => f.Candidates).ToList();
        var improved = report.Improved.ToList();
        var text = new StringBuilder("<dl class=\"figures\">");
        Add("proven", $"{improved.Count}", improved.Count == 1 ? "suggestion" : "suggestions", improved.Count > 0 ? "good" : "");
        if (improved.Count > 0)
            Add("largest gain", Wording.Times(improved[0].Suggestion!.Speedup), $"{(report.Objective == ObjectiveKind.Time ? "in" : "less")} {Wording.Quantity(report.Objective)}", "good");
        Add("functions", $"{report.Functions.Count}", $"{report.Functions.Count(f => f.Status == FunctionStatus.Skipped)} skipped", "");
        Add("candidates", $"{candidates.Count}", $"{candidates.Count(c => c.Verdict == VerdictKind.Rejected)} not admissible", "");
        return text.Append("</dl>").ToString();

        void Add(string name, string value, string note, string style) => text.Append(
            CultureInfo.InvariantCulture, $"<div><dt>{name}</dt><dd class=\"{style}\">{value}</dd><dd class=\"note\">{note}</dd></div>");
    }

    private static string Drawings(Report report, int function)
    {
        if (function < 0 || function >= report.Functions.Count || report.Functions[function].Suggestion is not { } suggestion)
            return "";
        string?[] plots =
        [
            GrowthPlot.Draw(suggestion.Growth),
            suggestion.Samples is { } samples ? SamplesPlot.Draw(samples) : null,
            CandidatesPlot.Draw(report.Functions[function].Candidates),
        ];
        var figures = string.Concat(plots.Where(p => p is not null).Select(p => $"<figure>{p}</figure>"));
        return figures.Length > 0 ? $"<div class=\"plots\">{figures}</div>\n" : "";
    }

    private static string Short(string hash) => hash.Length > 10 ? hash[..10] : hash;

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
