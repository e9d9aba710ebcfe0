using System.Text.Json.Nodes;
using Afterburner.GitHub;
using Afterburner.Suggestions;
using Afterburner.Tests.Suggestions;
using Markdig;
using Xunit;

namespace Afterburner.Tests.GitHub;

/// <summary>A run directory that an attacker wrote: nothing of it is believed, and nothing of it does harm.</summary>
public sealed class UntrustedRunTests
{
    [Theory]
    [InlineData("schema", "2")]
    [InlineData("surprise", "1")]
    [InlineData("head", "\"main\"")]
    [InlineData("objective", "7")]
    [InlineData("functions", "null")]
    [InlineData("functions[0].path", "\"../../etc/passwd.py\"")]
    [InlineData("functions[0].path", "\"/etc/shadow.py\"")]
    [InlineData("functions[0].path", "\".git/hooks/pre.py\"")]
    [InlineData("functions[0].path", "\"src\\\\shop.py\"")]
    [InlineData("functions[0].path", "\"src/shop/orders.py\\u0000\"")]
    [InlineData("functions[0].path", "\"src/shop/orders.rs\"")]
    [InlineData("functions[0].name", "\"\"")]
    [InlineData("functions[0].name", "\"a\\nb\"")]
    [InlineData("functions[0].endLine", "2000000000")]
    [InlineData("functions[0].suggestion.startLine", "-1")]
    [InlineData("functions[0].suggestion.endLine", "25")]
    [InlineData("functions[0].suggestion.speedup", "1e300")]
    [InlineData("functions[0].suggestion.low", "0.5")]
    [InlineData("functions[0].suggestion.high", "2")]
    [InlineData("functions[0].suggestion.growth", "[{\"size\":-1,\"baselineSeconds\":0,\"candidateSeconds\":0}]")]
    [InlineData("functions[0].suggestion.trust", "\"me\"")]
    public void A_value_that_no_run_writes_is_refused(string member, string value)
    {
        using var folder = new TemporaryFolder();
        var report = JsonNode.Parse(JsonReport.Write(Valid))!;
        var steps = member.Split('.');
        var parent = steps[..^1].Aggregate(report, (node, step) => step == "functions[0]" ? node["functions"]![0]! : node[step]!);
        parent[steps[^1]] = JsonNode.Parse(value);
        folder.Write("report.json", report.ToJsonString());

        Assert.Throws<UsageException>(() => UntrustedRun.Read([folder.Path]));
    }

    [Fact]
    public void A_member_that_appears_twice_is_refused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("report.json", JsonReport.Write(Valid).Replace("\"seed\"", "\"seed\": 1, \"seed\"", StringComparison.Ordinal));

        Assert.Throws<UsageException>(() => UntrustedRun.Read([folder.Path]));
    }

    [Fact]
    public void A_report_that_is_a_link_is_not_followed()
    {
        using var folder = new TemporaryFolder();
        folder.Write("elsewhere.json", JsonReport.Write(Valid));
        Directory.CreateDirectory(Path.Combine(folder.Path, "run"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "run", "report.json"), "../elsewhere.json");
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "link"), folder.Path);
        folder.Write("report.json", JsonReport.Write(Valid));

        Assert.Throws<UsageException>(() => UntrustedRun.Read([Path.Combine(folder.Path, "run")]));
        Assert.Throws<UsageException>(() => UntrustedRun.Read([Path.Combine(folder.Path, "link")]));
        Assert.NotNull(UntrustedRun.Read([folder.Path]));
    }

    [Fact]
    public void A_report_that_is_too_large_is_not_read()
    {
        using var folder = new TemporaryFolder();
        using (var file = File.Create(Path.Combine(folder.Path, "report.json")))
            file.SetLength(33L << 20);

        Assert.Contains("no report has more", Assert.Throws<UsageException>(() => UntrustedRun.Read([folder.Path])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20_000, true)]
    [InlineData(60_000, false)]
    public void A_report_tells_of_every_function_of_a_large_repository_and_of_no_more_than_any_has(int count, bool read)
    {
        using var folder = new TemporaryFolder();
        var skipped = Valid.Functions.First(f => f.Suggestion is null) with { Candidates = [] };
        folder.Write("report.json", JsonReport.Write(Valid with { Functions = [.. Enumerable.Range(1, count).Select(i => skipped with { Name = $"f{i}" })] }));

        if (read)
            Assert.Equal(count, UntrustedRun.Read([folder.Path]).Review!.Functions.Count);
        else
            Assert.Throws<UsageException>(() => UntrustedRun.Read([folder.Path]));
    }

    [Fact]
    public void Files_that_do_not_name_the_head_neither_stop_nor_feed_those_that_do()
    {
        using var folder = new TemporaryFolder();
        folder.Write("shard/report.json", JsonReport.Write(Valid));
        folder.Write("shard/gate.json", "{\"schema\": 1}");
        folder.Write("older/report.json", JsonReport.Write(Valid with { Head = new string('a', 40) }));
        folder.Write("broken/report.json", "[");
        folder.Write("vast/report.json", new string(' ', 1));
        using (var file = File.OpenWrite(Path.Combine(folder.Path, "vast", "report.json")))
            file.SetLength(40L << 20);
        folder.Write("other/readme.txt", "nothing");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "link"), "shard");
        string[] directories = [.. new[] { "broken", "older", "shard", "vast", "other", "link" }.Select(d => Path.Combine(folder.Path, d))];

        var run = UntrustedRun.Open(directories).Of(Valid.Head);

        Assert.Equal(Valid.Functions.Count, run.Review!.Functions.Count);
        Assert.Null(run.Gate);
        Assert.Equal(6, run.LeftOut.Count(l => l.StartsWith("left out: ", StringComparison.Ordinal)));
        Assert.Throws<UsageException>(() => UntrustedRun.Read(directories));
        Assert.Throws<UsageException>(() => UntrustedRun.Open(directories).Of(new string('b', 40)));
    }

    [Fact]
    public void A_file_that_names_the_head_is_not_left_out_because_it_lies()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a/report.json", JsonReport.Write(Valid));
        folder.Write("b/report.json", JsonReport.Write(Valid with { WorkTree = true }));

        Assert.Throws<UsageException>(() => UntrustedRun.Open([Path.Combine(folder.Path, "a"), Path.Combine(folder.Path, "b")]).Of(Valid.Head));
    }

    [Theory]
    [InlineData("def unique(items):\n    return list(dict.fromkeys(items))\n\n\ndef extra():\n    pass", "not the same one function")]
    [InlineData("def unique(items):\n    return list(dict.fromkeys(items)", "")] // does not parse
    [InlineData("def other(items):\n    return list(dict.fromkeys(items))", "not the same one function")]
    [InlineData("@cache\ndef unique(items):\n    return list(dict.fromkeys(items))", "decorators")]
    [InlineData("os.system()\ndef unique(items):\n    return list(dict.fromkeys(items))", "more than its function")]
    [InlineData("def unique(items):\n    return list(dict.fromkeys(items)) # \u202e", "does not see")]
    [InlineData("def unique(items):\n    return list(dict.fromkeys(items)) # \ue000", "does not see")]
    public async Task An_edit_that_makes_anything_but_the_function_is_withheld(string candidate, string reason)
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await Publish(fixture, "unique", f => f with
        {
            Suggestion = f.Suggestion! with { StartLine = 4, EndLine = 9, Original = Lines(4, 9), Replacement = candidate + "\n" },
        }, reason);
    }

    [Fact]
    public async Task An_edit_of_other_lines_than_it_says_is_withheld()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await Publish(fixture, "unique", f => f with { Suggestion = f.Suggestion! with { Original = "    seen = {}\n" } }, "not the one that was reviewed");
    }

    [Fact]
    public async Task A_function_that_is_not_there_has_no_suggestion()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await Publish(fixture, "unique", f => f with { Name = "Index.unique" }, "no such function");
    }

    [Fact]
    public async Task A_file_that_is_not_there_has_no_suggestion()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await Publish(fixture, "unique", f => f with { Path = "src/shop/other.py" }, "not at head");
    }

    [Fact]
    public async Task Text_of_a_report_mentions_nobody_links_nowhere_and_loads_nothing()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        const string Hostile = "@octocat see #1 <img src=https://evil.example/b.png> ![x](https://evil.example/p.png) [click](https://evil.example) www.evil.example \u202e<script>x</script> <!-- afterburner:summary v1 --> GH-1";
        fixture.WriteReport(fixture.Report with
        {
            Functions =
            [
                .. fixture.Report.Functions.Select(f => f with
                {
                    Reason = Hostile,
                    Suggestion = f.Suggestion is not { } s ? null : s with { Title = Hostile, Rationale = Hostile, Proposer = Hostile },
                }),
            ],
        });

        await fixture.PublishAsync();

        foreach (var text in fixture.Pull.Threads.Select(t => t.Comments[0].Body).Concat(fixture.Pull.Comments.Select(c => c.Body)))
        {
            var html = Markdown.ToHtml(text, new MarkdownPipelineBuilder().UseAdvancedExtensions().Build());
            Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<a ", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
            var prose = System.Text.RegularExpressions.Regex.Replace(html, "<code.*?</code>|<pre class=\"mermaid\">.*?</pre>", "", System.Text.RegularExpressions.RegexOptions.Singleline);
            Assert.DoesNotMatch(@"@\w|#\d|https?://|www\.|\u202e|GH-1", prose);
        }
    }

    [Fact]
    public async Task The_file_is_taken_from_GitHub_byte_by_byte()
    {
        var marked = "\ufeff" + SampleReport.Head;
        await using var fixture = await PublishFixture.CreateAsync(
            new() { [SampleReport.Path] = "\ufeffimport re\n" }, new() { [SampleReport.Path] = marked }, SampleReport.Build());

        await fixture.PublishAsync();

        Assert.Contains(fixture.GitHub.Requests, r => r.Path.Contains("/git/blobs/", StringComparison.Ordinal));
        Assert.Equal(2, fixture.Pull.Threads.Count);
    }

    private static Report Valid => SampleReport.Build();

    private static string Lines(int first, int last) =>
        string.Concat(SampleReport.Head.Split('\n')[(first - 1)..last].Select(l => l + "\n"));

    /// <summary>Publishes the sample with one function changed, and expects that function not to be suggested.</summary>
    private static async Task Publish(PublishFixture fixture, string name, Func<FunctionReport, FunctionReport> change, string reason)
    {
        fixture.WriteReport(fixture.Report with
        {
            Functions = [.. fixture.Report.Functions.Select(f => f.Name == name ? change(f) : f)],
        });

        var outcome = await fixture.PublishAsync();

        Assert.Contains(reason, Assert.Single(outcome.Plan!.Run.Withheld).Reason, StringComparison.Ordinal);
        Assert.Empty(fixture.Pull.Threads);
    }
}
