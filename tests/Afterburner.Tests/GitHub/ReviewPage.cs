using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Afterburner.Changes;
using Markdig;

namespace Afterburner.Tests.GitHub;

/// <summary>The fake's pull request as a page: what a maintainer would see on GitHub, for the eye and for the README's picture.</summary>
internal static partial class ReviewPage
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoLinks().Build();

    public static async Task<string> RenderAsync(FakeGitHub gitHub, IReadOnlyDictionary<string, string[]> files)
    {
        var pull = gitHub.Pull;
        var body = new StringBuilder();
        body.Append(CultureInfo.InvariantCulture, $"<header><h1>{Encode(pull.Title)} <span>#{pull.Number}</span></h1>");
        body.Append(CultureInfo.InvariantCulture, $"<p><b class=\"open\">Open</b> <strong>{pull.Author}</strong> wants to merge into <code>main</code> from <code>{pull.HeadRef}</code></p></header><main>");
        foreach (var comment in pull.Comments.Where(c => c.MinimizedReason is null))
            body.Append(Box(comment, "commented"));
        foreach (var thread in pull.Threads)
            body.Append(await ThreadAsync(pull, thread, files[thread.Path]));
        foreach (var check in gitHub.Checks)
            body.Append(Check(check));
        return Template(body.Append("</main>").ToString());
    }

    private static string Box(FakeComment comment, string did)
    {
        var name = comment.IsBot ? $"{comment.Author} <i>bot</i>" : comment.Author;
        return $"<article><div class=\"by\"><span class=\"face\"></span><strong>{name}</strong> {did}</div><div class=\"text\">{Html(comment.Body, null)}</div></article>";
    }

    private static async Task<string> ThreadAsync(FakePullRequest pull, FakeThread thread, string[] file)
    {
        var first = thread.StartLine ?? thread.Line;
        var patch = (await pull.FilesAsync()).First(f => f.Path == thread.Path).Patch;
        var added = UnifiedDiff.Parse(Encoding.UTF8.GetBytes($"diff --git a b\n{patch}\n"))[0].Hunks
            .SelectMany(h => h.Lines).Where(l => l.Kind == HunkLineKind.Added).Select(l => l.NewLine!.Value).ToHashSet();
        var rows = string.Concat(Enumerable.Range(Math.Max(1, first - 2), thread.Line - Math.Max(1, first - 2) + 1).Select(n =>
            $"<tr class=\"{(added.Contains(n) ? "add" : "")}\"><td>{n}</td><td>{(added.Contains(n) ? "+" : " ")} {Encode(file[n - 1])}</td></tr>"));
        var comments = string.Concat(thread.Comments.Select(c =>
            $"<div class=\"by\"><span class=\"face\"></span><strong>{c.Author}</strong>{(c.IsBot ? " <i>bot</i>" : "")} on lines {first} to {thread.Line}</div><div class=\"text\">{Html(c.Body, file[(first - 1)..thread.Line])}</div>"));
        return $"<article class=\"thread\"><div class=\"path\">{Encode(thread.Path)}</div><table class=\"code\">{rows}</table>{comments}</article>";
    }

    private static string Check(JsonObject check)
    {
        var annotations = string.Concat(check["annotations"]!.AsArray().Select(a =>
            $"<li><code>{Encode((string)a!["path"]!)}:{(int)a["start_line"]!}</code> <strong>{Encode((string)a["title"]!)}</strong><br>{Encode((string)a["message"]!)}</li>"));
        return $"<article class=\"check\"><div class=\"by\"><b class=\"dot\"></b><strong>{Encode((string)check["name"]!)}</strong> — {Encode((string)check["output"]!["title"]!)}</div><ul>{annotations}</ul></article>";
    }

    /// <summary>Markdown as GitHub shows it: suggestions as a difference, charts drawn.</summary>
    private static string Html(string markdown, string[]? replaced)
    {
        var html = Markdown.ToHtml(markdown, Pipeline);
        html = Fence().Replace(html, m => m.Groups[1].Value switch
        {
            "mermaid" => $"<pre class=\"mermaid\">{m.Groups[2].Value}</pre>",
            "suggestion" => Suggestion(replaced ?? [], WebUtility.HtmlDecode(m.Groups[2].Value)),
            "diff" => $"<table class=\"code\">{string.Concat(WebUtility.HtmlDecode(m.Groups[2].Value).TrimEnd('\n').Split('\n').Select(DiffRow))}</table>",
            _ => m.Value,
        });
        return html;
    }

    private static string DiffRow(string line) =>
        $"<tr class=\"{(line.StartsWith('+') ? "add" : line.StartsWith('-') ? "del" : "")}\"><td></td><td>{Encode(line)}</td></tr>";

    private static string Suggestion(string[] before, string after)
    {
        var rows = before.Select(l => DiffRow("- " + l)).Concat(after.TrimEnd('\n').Split('\n').Select(l => DiffRow("+ " + l)));
        return $"<div class=\"suggestion\"><div class=\"head\">Suggested change</div><table class=\"code\">{string.Concat(rows)}</table><div class=\"foot\"><button>Commit suggestion</button></div></div>";
    }

    private static string Template(string body) => $$"""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Pull request</title>
        <style>
        :root { font: 14px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #1f2328; }
        body { margin: 0 auto; max-width: 940px; padding: 24px; background: #fff; }
        h1 { font-weight: 500; font-size: 26px; margin: 0; } h1 span { color: #59636e; font-weight: 300; }
        header { border-bottom: 1px solid #d1d9e0; margin-bottom: 20px; color: #59636e; }
        h2 { font-size: 20px; border-bottom: 1px solid #d1d9e0b3; padding-bottom: 6px; margin: 0 0 12px; } h3 { font-size: 16px; margin: 18px 0 8px; }
        .open { background: #1f883d; color: #fff; border-radius: 2em; padding: 4px 12px; font-weight: 500; margin-right: 6px; }
        code { background: #818b981f; border-radius: 6px; padding: .15em .4em; font: 85% "DejaVu Sans Mono", monospace; color: #1f2328; }
        article { border: 1px solid #d1d9e0; border-radius: 6px; margin-bottom: 18px; overflow: hidden; }
        .by { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 8px 14px; color: #59636e; } .by strong { color: #1f2328; }
        .by i { border: 1px solid #d1d9e0; border-radius: 2em; padding: 0 7px; font-size: 12px; font-style: normal; }
        .face { display: inline-block; width: 18px; height: 18px; border-radius: 50%; vertical-align: -4px; margin-right: 7px; background: conic-gradient(#fd8c73, #d1242f, #9a6700, #fd8c73); }
        .text { padding: 14px; } .text > :first-child { margin-top: 0; } .text > :last-child { margin-bottom: 0; } .text p { margin: 0 0 12px; }
        .path { font: 12px "DejaVu Sans Mono", monospace; padding: 8px 14px; background: #f6f8fa; border-bottom: 1px solid #d1d9e0; }
        table { border-collapse: collapse; margin-bottom: 14px; } .text table:not(.code) td, th { border: 1px solid #d1d9e0; padding: 5px 12px; }
        tr:nth-child(2n) td { background: #f6f8fa; }
        table.code { width: 100%; margin: 0; font: 12px/1.6 "DejaVu Sans Mono", monospace; } table.code td { background: none; padding: 0 10px; white-space: pre; border: 0; }
        table.code td:first-child { width: 34px; text-align: right; color: #59636e; } table.code tr.add td { background: #dafbe1; } table.code tr.del td { background: #ffebe9; }
        .thread table.code { border-bottom: 1px solid #d1d9e0; } .text > table.code { border: 1px solid #d1d9e0; margin-bottom: 14px; }
        .suggestion { border: 1px solid #d1d9e0; border-radius: 6px; margin-bottom: 14px; overflow: hidden; } .suggestion table.code { border: 0; }
        .head { padding: 7px 12px; background: #f6f8fa; border-bottom: 1px solid #d1d9e0; font-size: 12px; color: #59636e; } .foot { padding: 7px 12px; border-top: 1px solid #d1d9e0; text-align: right; }
        button { border: 1px solid #d1d9e0; border-radius: 6px; background: #f6f8fa; padding: 4px 12px; font: inherit; font-size: 12px; font-weight: 500; }
        blockquote { margin: 0 0 14px; padding: 0 1em; color: #59636e; border-left: .25em solid #d1d9e0; } blockquote p { margin: 0; }
        details { margin-bottom: 12px; } summary { cursor: pointer; } sub { color: #59636e; }
        .check ul { margin: 0; padding: 10px 14px 10px 32px; } .dot { display: inline-block; width: 12px; height: 12px; border-radius: 3px; background: #818b98; margin-right: 8px; vertical-align: -1px; }
        pre.mermaid { margin: 12px 0; text-align: center; }
        </style></head>
        <body>{{body}}
        <script src="../tests/Tools/github/node_modules/mermaid/dist/mermaid.min.js"></script>
        <script>
        document.querySelectorAll('.thread details').forEach(d => { d.open = true; });
        mermaid.initialize({ startOnLoad: true, theme: 'default', xyChart: { height: 260, width: 640 } });
        </script>
        </body></html>

        """;

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    [GeneratedRegex(@"<pre><code class=""language-(\w+)"">(.*?)</code></pre>", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
