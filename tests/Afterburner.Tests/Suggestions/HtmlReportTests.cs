using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests.Suggestions;

public sealed partial class HtmlReportTests
{
    private static readonly string[] Attacks =
    [
        "</details></td></table><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://evil.example/pixel.png)",
        "[click](javascript:alert(1))",
        "<https://evil.example/>",
        "a | b | c",
        "`code` ``` fence",
        "\n```\n</details>\n<script>alert(1)</script>\n",
        "\n\n<!-- afterburner:plots 0 -->\n\n",
        "[x]: https://evil.example 'y'",
        "@octocat #1 **bold** _it_ ~~no~~ $x$ &lt;script&gt;",
        "\u202Eevil\u0000\u001b[31m",
    ];

    [Fact]
    public void The_page_asks_for_nothing_and_runs_nothing()
    {
        var html = HtmlReport.Write(SampleReport.Build());

        Assert.DoesNotMatch(Outside(), html);
        // The policy allows exactly the page's own style sheet, so an attribute would silently have no effect.
        Assert.DoesNotContain(" style=", html, StringComparison.Ordinal);
        var style = StyleSheet().Match(html).Groups[1].Value;
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        Assert.Contains($"default-src 'none'; style-src 'sha256-{hash}'", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_is_well_formed_and_shows_the_claims_and_a_plot_for_each_kind_of_evidence()
    {
        var html = HtmlReport.Write(SampleReport.Build());

        AssertBalanced(html);
        Assert.Contains("<strong>12.4× faster</strong>", html, StringComparison.Ordinal);
        foreach (var plot in new[] { "Growth: ", "Samples: ", "Candidates: " })
            Assert.Contains($"aria-label=\"{plot}", html, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_text_anywhere_in_a_report_becomes_text_on_the_page()
    {
        var plain = Tags(HtmlReport.Write(Hostile("x")));
        foreach (var attack in Attacks)
        {
            var html = HtmlReport.Write(Hostile(attack));

            AssertBalanced(html);
            Assert.DoesNotMatch(Outside(), html);
            // The text adds lines to the code that is shown, and nothing else.
            Assert.Equal(plain.Where(t => t != "span"), Tags(html).Where(t => t != "span"));
        }
    }

    [Fact]
    public void Samples_and_growth_that_are_all_the_same_or_empty_still_make_a_page()
    {
        var report = SampleReport.Build();
        var function = report.Functions[0];
        foreach (var (values, growth) in new (double[], double[])[] { ([], []), ([1, 1], [1, 1]), ([0, 0], [0, 5]), ([1e-9, 1e3], [1, 1e9]), ([double.NaN], [1]) })
        {
            var suggestion = function.Suggestion! with
            {
                Samples = new MeasuredSamples { Unit = "bytes", Baseline = values, Candidate = values },
                Growth = [.. growth.Select(g => new GrowthPoint { Size = g, BaselineSeconds = g, CandidateSeconds = g })],
            };

            var html = HtmlReport.Write(report with { Functions = [function with { Suggestion = suggestion }] });

            AssertBalanced(html);
            Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_bar_in_a_table_is_shown_as_a_bar()
    {
        var html = HtmlReport.Write(Hostile("int | None"));

        Assert.Contains("<td><code>int | None</code></td>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("\\|", html, StringComparison.Ordinal);
    }

    private static Report Hostile(string text)
    {
        var report = SampleReport.Build();
        var function = report.Functions[0];
        var suggestion = function.Suggestion! with
        {
            Title = text,
            Rationale = text,
            Proposer = text,
            Original = text + "\n",
            Replacement = "-" + text,
            ContextBefore = text + "\n",
            ContextAfter = text,
        };
        var candidate = new CandidateReport { Proposer = text, Recipe = null, Iteration = 1, Verdict = VerdictKind.Rejected, Reason = text, Title = text, Diff = text };
        return report with
        {
            Base = text,
            Head = text,
            Sandbox = text,
            Version = text,
            Machine = new MachineReport { Cpu = text, System = text },
            Environment = new Dictionary<string, string> { [text] = text },
            Proposers = [new ProposerReport { Name = text }],
            Functions =
            [
                function with { Name = text, Path = text, Reason = text, Suggestion = suggestion, Candidates = [candidate, .. function.Candidates] },
                report.Functions[3] with { Name = text, Path = text, Reason = text },
            ],
        };
    }

    private static List<string> Tags(string html) => [.. Tag().Matches(html).Select(m => m.Groups[2].Value)];

    private static void AssertBalanced(string html)
    {
        string[] empty = ["meta", "line", "rect", "polyline", "br", "hr"];
        var open = new Stack<string>();
        foreach (Match tag in Tag().Matches(html))
        {
            var name = tag.Groups[2].Value;
            if (tag.Groups[1].Value == "/")
                Assert.Equal(open.Pop(), name);
            else if (!empty.Contains(name))
                open.Push(name);
        }

        Assert.Empty(open);
    }

    [GeneratedRegex("<script|<img|<iframe|<object|<embed|<link|<base|<a |<form|\\son[a-z]+=[^&]*>|url\\(|@import|(src|href|action)=\"|=\"https?:", RegexOptions.IgnoreCase)]
    private static partial Regex Outside();

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex StyleSheet();

    [GeneratedRegex("<(/?)([a-z][a-z0-9]*)")]
    private static partial Regex Tag();
}
