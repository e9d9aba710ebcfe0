using System.Text;
using System.Text.Json.Nodes;
using Afterburner.Suggestions;
using Xunit;

namespace Afterburner.Tests.Suggestions;

public sealed class SarifReportTests
{
    [Fact]
    public void Code_scanning_finds_all_it_asks_for()
    {
        var run = Run(SampleReport.Build());

        foreach (var rule in run["tool"]!["driver"]!["rules"]!.AsArray())
        {
            Assert.StartsWith("afterburner/", (string?)rule!["id"], StringComparison.Ordinal);
            foreach (var member in new[] { "shortDescription", "fullDescription", "help" })
                Assert.NotEmpty((string)rule[member]!["text"]!);
        }

        Assert.Equal(2, run["results"]!.AsArray().Count);
        foreach (var finding in run["results"]!.AsArray())
        {
            Assert.Equal("note", (string?)finding!["level"]);
            Assert.Equal((string?)finding["ruleId"], (string?)run["tool"]!["driver"]!["rules"]![(int)finding["ruleIndex"]!]!["id"]);
            var place = finding["locations"]![0]!["physicalLocation"]!;
            Assert.False(Uri.TryCreate((string)place["artifactLocation"]!["uri"]!, UriKind.Absolute, out _));
            Assert.True((int)place["region"]!["startLine"]! >= 1);
            Assert.NotEmpty((string)finding["partialFingerprints"]!["primaryLocationLineHash"]!);
        }
    }

    [Fact]
    public void A_fix_makes_the_suggested_edit()
    {
        foreach (var head in new[] { "a\nb\nc\n", "a\nb\nc", "a\r\nb\r\nc\r\n" })
        {
            foreach (var candidate in new[] { head.Replace("b", "B", StringComparison.Ordinal), head.Replace("c", "é", StringComparison.Ordinal), head.Replace("b", "b\nx", StringComparison.Ordinal), head[..^1] })
            {
                var edit = Edit.Between(Encoding.UTF8.GetBytes(head), Encoding.UTF8.GetBytes(candidate))!;
                var report = SampleReport.Build();
                var suggestion = report.Functions[0].Suggestion! with
                {
                    StartLine = edit.StartLine,
                    EndLine = edit.EndLine,
                    Original = edit.Original,
                    Replacement = edit.Replacement,
                };
                var fix = Run(report with { Functions = [report.Functions[0] with { Suggestion = suggestion }] })
                    ["results"]![0]!["fixes"]![0]!["artifactChanges"]![0]!["replacements"]![0]!;

                var (start, end) = (Offset(head, fix, "start"), Offset(head, fix, "end"));
                Assert.Equal(candidate, head[..start] + (string)fix["insertedContent"]!["text"]! + head[end..]);
            }
        }
    }

    [Fact]
    public void A_note_keeps_its_fingerprint_when_the_file_moves_around_it_and_gets_another_when_the_code_changes()
    {
        var report = SampleReport.Build();
        var function = report.Functions[0];

        string Fingerprint(Suggestion suggestion) => (string)Run(report with { Functions = [function with { Suggestion = suggestion }] })
            ["results"]![0]!["partialFingerprints"]!["primaryLocationLineHash"]!;

        var first = Fingerprint(function.Suggestion!);
        Assert.Equal(first, Fingerprint(function.Suggestion! with { StartLine = 90, EndLine = 94, Speedup = 3 }));
        Assert.NotEqual(first, Fingerprint(function.Suggestion! with { Original = "other\n" }));
    }

    [Fact]
    public void Brackets_and_braces_of_the_repository_make_no_links_or_placeholders()
    {
        var report = SampleReport.Build();
        var suggestion = report.Functions[0].Suggestion! with { Title = "[x](javascript:1) {0}\n# y" };

        var message = (string)Run(report with { Functions = [report.Functions[0] with { Suggestion = suggestion }] })["results"]![0]!["message"]!["text"]!;

        Assert.Contains(@"\[x\](javascript:1) {{0}} # y", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_are_written_as_addresses()
    {
        var report = SampleReport.Build();
        var run = Run(report with { Functions = [report.Functions[0] with { Path = "a b/ü#?.py" }] });

        Assert.Equal("a%20b/%C3%BC%23%3F.py", (string?)run["results"]![0]!["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"]);
    }

    private static JsonNode Run(Report report)
    {
        var sarif = JsonNode.Parse(SarifReport.Write(report))!;
        Assert.Equal("2.1.0", (string?)sarif["version"]);
        return sarif["runs"]![0]!;
    }

    private static int Offset(string head, JsonNode replacement, string which)
    {
        var region = replacement["deletedRegion"]!;
        var start = 0;
        for (var line = 1; line < (int)region[which + "Line"]!; line++)
            start = head.IndexOf('\n', start) + 1;
        return start + (int)region[which + "Column"]! - 1;
    }
}
