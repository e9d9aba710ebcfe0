using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Functions;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests.Suggestions;

public sealed class JsonReportTests
{
    [Fact]
    public void A_report_reads_back_as_it_was_written()
    {
        var json = JsonReport.Write(SampleReport.Build());

        Assert.Equal(json, JsonReport.Write(JsonReport.Read(json)));
    }

    [Fact]
    public void A_report_is_what_its_schema_says()
    {
        var schema = JsonNode.Parse(JsonReport.Schema)!.AsObject();
        var report = SampleReport.Build();

        Assert.Empty(Violations(JsonNode.Parse(JsonReport.Write(report)), schema, schema, "$"));
        Assert.Empty(Violations(JsonNode.Parse(JsonReport.Write(report with { Functions = [], Machine = null, Split = null })), schema, schema, "$"));

        var broken = JsonNode.Parse(JsonReport.Write(report))!;
        broken["functions"]![0]!.AsObject().Remove("reason");
        broken["functions"]![0]!["status"] = "great";
        broken["functions"]![0]!["suggestion"]!["speedup"] = "12";
        Assert.Equal(
            ["$.functions[0].reason is missing", "$.functions[0].status is not one of the values", "$.functions[0].suggestion fits no alternative"],
            Violations(broken, schema, schema, "$").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_words_of_the_format_are_those_that_others_read()
    {
        var report = JsonNode.Parse(JsonReport.Write(SampleReport.Build()))!;

        Assert.Equal(1, (int)report["schema"]!);
        Assert.Equal("time", (string?)report["objective"]);
        Assert.Equal(
            ["improved", "no-improvement", "improved", "skipped", "skipped"],
            report["functions"]!.AsArray().Select(f => (string?)f!["status"]));
        Assert.Equal("python", (string?)report["functions"]![0]!["language"]);
        Assert.Equal("Rejected", (string?)report["functions"]![0]!["candidates"]![1]!["verdict"]);
        Assert.Null(report["functions"]![3]!["suggestion"]);
        Assert.Equal("csharp", JsonSerializer.SerializeToNode(Language.Find("csharp")!, ReportJson.Readable.Language)!.GetValue<string>());
    }

    [Fact]
    public void An_interval_without_an_upper_end_has_none_in_the_report()
    {
        var candidate = new CandidateReport { Proposer = "p", Iteration = 1, Verdict = VerdictKind.Improved, Reason = "", Ratio = 2, Low = 1.5, High = double.PositiveInfinity };
        var report = SampleReport.Build();

        var read = JsonReport.Read(JsonReport.Write(report with { Functions = [report.Functions[0] with { Candidates = [candidate] }] }));

        Assert.Equal((1.5, null), (read.Functions[0].Candidates[0].Low, read.Functions[0].Candidates[0].High));
    }

    [Fact]
    public void Text_of_any_kind_survives()
    {
        var report = SampleReport.Build();
        const string Text = "<b> & 'q' \"q\" \\ \0 \u2028 é 名 😀 \r\n\t";

        var read = JsonReport.Read(JsonReport.Write(report with { Functions = [report.Functions[0] with { Reason = Text }] }));

        Assert.Equal(Text, read.Functions[0].Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"schema": 2}""")]
    public void What_is_not_a_report_of_this_format_is_refused_with_a_message(string json) =>
        Assert.Contains("report.json", Assert.Throws<UsageException>(() => JsonReport.Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_report_of_a_later_format_says_so()
    {
        var later = JsonReport.Write(SampleReport.Build() with { Schema = 2 });

        Assert.Contains("format 2", Assert.Throws<UsageException>(() => JsonReport.Read(later)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_and_the_schema_of_the_format_are_up_to_date()
    {
        Approved.Check(ReportFormat.Schema(), "../../../src/Afterburner/Suggestions/report.schema.json");
        Approved.Check(ReportFormat.Page(), "../../../.github/report-format.md");
    }

    [Fact]
    public void A_folder_gets_every_report_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var directory = Path.Combine(folder.Path, "runs", "1");

        ReportFolder.Write(SampleReport.Build() with { Functions = [] }, directory);
        ReportFolder.Write(SampleReport.Build(), directory);

        Assert.Equal(
            ["report.html", "report.json", "report.md", "results.sarif", "suggestions.patch"],
            Directory.GetFiles(directory).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(5, ReportFolder.Read(directory).Functions.Count);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_says_what_to_do()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("file", "");

        Assert.Contains("--out", Assert.Throws<EnvironmentFailureException>(() => ReportFolder.Write(SampleReport.Build(), file)).Message, StringComparison.Ordinal);
    }

    /// <summary>As much of JSON Schema as the format uses.</summary>
    private static IEnumerable<string> Violations(JsonNode? value, JsonObject schema, JsonObject root, string at)
    {
        if ((string?)schema["$ref"] is { } reference)
            return Violations(value, root["$defs"]![reference.Split('/')[^1]]!.AsObject(), root, at);
        if (schema["anyOf"] is JsonArray alternatives)
            return alternatives.Any(a => !Violations(value, a!.AsObject(), root, at).Any()) ? [] : [$"{at} fits no alternative"];
        if (schema["enum"] is JsonArray values)
            return values.Any(v => JsonNode.DeepEquals(v, value)) ? [] : [$"{at} is not one of the values"];
        if (schema["const"] is { } constant && !JsonNode.DeepEquals(constant, value))
            return [$"{at} is not {constant}"];
        return (string?)schema["type"] switch
        {
            "object" when value is JsonObject members => (schema["required"]?.AsArray() ?? [])
                .Where(r => !members.ContainsKey((string)r!))
                .Select(r => $"{at}.{r} is missing")
                .Concat(members.SelectMany(m =>
                    (schema["properties"]?[m.Key] ?? schema["additionalProperties"]) is JsonObject inner
                        ? Violations(m.Value, inner, root, $"{at}.{m.Key}")
                        : [$"{at}.{m.Key} is not described"])),
            "array" when value is JsonArray items => items.SelectMany((item, i) => Violations(item, schema["items"]!.AsObject(), root, $"{at}[{i}]")),
            "string" when value?.GetValueKind() == JsonValueKind.String => [],
            "number" when value?.GetValueKind() == JsonValueKind.Number => [],
            "integer" when value?.GetValueKind() == JsonValueKind.Number && (double)value % 1 == 0 => [],
            "boolean" when value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False => [],
            "null" when value is null => [],
            var type => [$"{at} is not {type}"],
        };
    }
}
