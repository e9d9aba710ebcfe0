using System.Text.RegularExpressions;
using Afterburner.Suggestions;
using Xunit;

namespace Afterburner.Tests.Suggestions;

public sealed partial class MarkdownReportTests
{
    [Fact]
    public void A_review_reads_as_approved() =>
        Approved.Check(MarkdownReport.Write(SampleReport.Build()), "Review.approved.md");

    [Fact]
    public void A_review_that_proves_nothing_claims_nothing()
    {
        var report = SampleReport.Build();
        var text = MarkdownReport.Write(report with { Functions = [report.Functions[1], report.Functions[3]] });

        Approved.Check(text, "Silent.approved.md");
        Assert.DoesNotContain("**", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Functions_that_were_left_for_lack_of_time_are_counted_once_with_what_to_do()
    {
        var report = SampleReport.Build();

        var text = MarkdownReport.Write(report with { Functions = [.. report.Functions.Select(f => f with { OutOfTime = f.Suggestion is null })] });

        Assert.Contains($"**Note:** {report.Functions.Count(f => f.Suggestion is null)} functions were not looked at to the end because the time budget was spent: raise it (budget)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_must_be_short_keeps_its_claims_and_gives_up_evidence()
    {
        var report = SampleReport.Build();
        var full = MarkdownReport.Write(report);
        for (var limit = full.Length; limit > 700; limit -= 250)
        {
            var text = MarkdownReport.Write(report, limit);
            Assert.InRange(text.Length, 1, limit);
            Assert.Contains("**12.4×**", text, StringComparison.Ordinal);
            Assert.Equal(Count("<details>"), Count("</details>"));

            int Count(string tag) => text.Split(tag).Length;
        }

        Assert.DoesNotContain("<details>", MarkdownReport.Write(report, 1_500), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@octocat")]
    [InlineData("text @org/team here")]
    [InlineData("fixes #1")]
    [InlineData("GH-12")]
    [InlineData("https://evil.example/x")]
    [InlineData("www.evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("a\n\n# heading\n\n<script>")]
    [InlineData("a\r\n| b | c |")]
    public void Prose_of_the_repository_stays_one_line_of_words(string text)
    {
        var prose = MarkdownText.Prose(text);

        Assert.DoesNotMatch(Dangerous(), prose);
    }

    [Theory]
    [InlineData("f", "`f`")]
    [InlineData("a`b", "``a`b``")]
    [InlineData("`a", "`` `a ``")]
    [InlineData("a\nb", "`a b`")]
    [InlineData("", "` `")]
    [InlineData("x\u202Ey", "`x[U+202E]y`")]
    public void A_code_span_cannot_be_left_from_inside(string text, string expected) => Assert.Equal(expected, MarkdownText.Code(text));

    [Fact]
    public void A_fence_is_longer_than_any_inside_it()
    {
        var fenced = MarkdownText.Fence("```\n@octocat\n`````\n", "diff");

        Assert.StartsWith("``````diff\n", fenced, StringComparison.Ordinal);
        Assert.EndsWith("\n``````\n", fenced, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_cut_does_not_end_in_half_an_escape() =>
        Assert.Equal(@"\[\[\[…", MarkdownText.Prose("[[[[[[[[", 4));

    /// <summary>An unescaped tag, bar, bracket or heading, a line break, or something GitHub links after rendering.</summary>
    [GeneratedRegex(@"[\r\n<>]|(?<!\\)[|\[\]`#@]|@\w|#\d|GH-\d|://|www\.")]
    private static partial Regex Dangerous();
}
