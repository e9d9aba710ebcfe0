using System.Text.Json.Nodes;
using Afterburner.GitHub;
using Afterburner.Suggestions;
using Afterburner.Tests.Suggestions;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Nothing in a text of others is hidden from who reads it.</summary>
public sealed class VisibleTextTests
{
    public static TheoryData<string, string> Hidden => new()
    {
        { "\u001b[2Jgone", "[U+001B][2Jgone" }, { "\u009b2J", "[U+009B]2J" }, { "a\rb", "a[U+000D]b" }, { "a\bb", "a[U+0008]b" }, { "\u007f", "[U+007F]" },
        { "x\u202ey", "x[U+202E]y" }, { "\u2066", "[U+2066]" }, { "\u200b", "[U+200B]" }, { "\ufeff", "[U+FEFF]" }, { "\u00ad", "[U+00AD]" }, { "\u061c", "[U+061C]" },
        { "a\ufe00", "a[U+FE00]" }, { "\U000e0101", "[U+E0101]" }, { "\U000e0041", "[U+E0041]" }, { "\u115f\u1160", "[U+115F][U+1160]" }, { "\u3164", "[U+3164]" }, { "\uffa0", "[U+FFA0]" },
        { "\u2800", "[U+2800]" }, { "\u00a0", "[U+00A0]" }, { "\u3000", "[U+3000]" }, { "\u180e", "[U+180E]" }, { "\u17b4", "[U+17B4]" }, { "\u034f", "[U+034F]" },
        { "\u2028\u2029", "[U+2028][U+2029]" }, { "\ue000", "[U+E000]" }, { "\U000f0000", "[U+F0000]" }, { "\U0001d173", "[U+1D173]" }, { "\uffff", "[U+FFFF]" },
    };

    [Theory]
    [MemberData(nameof(Hidden))]
    public void What_is_not_seen_is_shown_as_its_number(string text, string shown)
    {
        Assert.Equal(shown, VisibleText.Of(text));
        Assert.Equal(shown, VisibleText.Line(text));
        Assert.Equal(text, (string?)JsonNode.Parse(VisibleText.Json($"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"")));
    }

    [Fact]
    public void Half_of_a_pair_is_shown_as_its_number()
    {
        Assert.Equal("a[U+D800]b[U+DC00]", VisibleText.Of("a\ud800b\udc00"));
    }

    [Theory]
    [InlineData("def größe(): # 價格 ≥ 3 🔥 naïve e\u0301")]
    [InlineData("")]
    public void What_is_seen_stays(string text) => Assert.Equal(text, VisibleText.Line(text));

    [Fact]
    public void A_name_keeps_to_its_line_and_a_text_keeps_its_lines()
    {
        Assert.Equal("a[U+000A]b[U+0009]c", VisibleText.Line("a\nb\tc"));
        Assert.Equal("a\nb\tc\n", VisibleText.Of("a\nb\tc\r\n"));
    }

    [Fact]
    public void JSON_that_is_printed_means_the_same_and_hides_nothing()
    {
        var shown = VisibleText.Json("{\n  \"a\": \"x\u202ey\u2800\U000e0041\"\n}\n");

        Assert.Equal("{\n  \"a\": \"x\\u202ey\\u2800\\udb40\\udc41\"\n}\n", shown);
    }

    [Fact]
    public void Every_report_shows_what_a_name_and_a_title_hide()
    {
        const string Name = "pay\u2800\u001b[8m\u3164\ufe00", Shown = "pay[U+2800][U+001B][8m[U+3164][U+FE00]";
        var sample = SampleReport.Build();
        var report = sample with
        {
            Functions = [.. sample.Functions.Select(f => f with { Name = Name, Reason = Name, Suggestion = f.Suggestion is { } s ? s with { Title = Name, Rationale = Name } : null })],
        };

        Assert.Contains(Shown, MarkdownReport.Write(report), StringComparison.Ordinal);
        Assert.Contains(Shown, HtmlReport.Write(report), StringComparison.Ordinal);
        Assert.Contains(Shown, Annotation.Line(Name), StringComparison.Ordinal);
        var message = (string)JsonNode.Parse(SarifReport.Write(report))!["runs"]![0]!["results"]![0]!["message"]!["text"]!;
        foreach (var text in new[] { MarkdownReport.Write(report), HtmlReport.Write(report), message, CommentText.Plain(report.Functions[0], ObjectiveKind.Time) })
            Assert.DoesNotContain(text, c => c != '\u200b' && c is not ('\n' or '\t') && VisibleText.Line(c.ToString()) != c.ToString() && !char.IsSurrogate(c));
    }
}
