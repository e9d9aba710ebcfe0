using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Suggestions;
using Xunit;

namespace Afterburner.Tests.GitHub;

/// <summary>What a maintainer sees on the pull request after a review.</summary>
public sealed class PublishTests
{
    [Fact]
    public async Task A_suggestion_in_the_diff_becomes_a_review_comment_that_one_click_takes_over()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        var outcome = await fixture.PublishAsync();

        Assert.Equal(PublishEnd.Published, outcome.End);
        var thread = Assert.Single(fixture.Pull.Threads);
        Assert.Equal((SampleReport.Path, 5, 9), (thread.Path, thread.StartLine, thread.Line));
        Assert.Contains("```suggestion\n    return list(dict.fromkeys(items))\n```\n", thread.Comments[0].Body, StringComparison.Ordinal);
        Assert.Contains("**12.4× faster**", thread.Comments[0].Body, StringComparison.Ordinal);
        Assert.Single(fixture.Pull.Reviews);
    }

    [Fact]
    public async Task A_suggestion_outside_the_diff_is_in_the_summary_with_its_patch()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        await fixture.PublishAsync();

        var summary = Assert.Single(fixture.Pull.Comments).Body;
        Assert.Contains("-    return sum([o.price for o in orders])\n+    return sum(o.price for o in orders)\n", summary, StringComparison.Ordinal);
        Assert.Contains("its lines are not part of the diff", summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_needs_an_import_elsewhere_in_the_diff_becomes_two_comments_that_name_each_other()
    {
        await using var fixture = await PublishFixture.WithImportAsync(isInDiff: true);

        await fixture.PublishAsync();
        await fixture.PublishAsync();

        Assert.Equal([12, 1], fixture.Pull.Threads.Select(t => t.Line));
        var (function, import) = (fixture.Pull.Threads[0].Comments[0].Body, fixture.Pull.Threads[1].Comments[0].Body);
        Assert.Contains("the suggestion at line 1. Add all of them to one batch; this one alone does not work.", function, StringComparison.Ordinal);
        Assert.Contains("```suggestion\n# Sums.\nimport math\n```\n", import, StringComparison.Ordinal);
        Assert.Contains("Needed by the suggestion for `total` at line 12", import, StringComparison.Ordinal);
        Assert.Single(fixture.Pull.Reviews);
    }

    [Fact]
    public async Task One_that_needs_an_import_outside_the_diff_is_one_patch_in_the_summary()
    {
        await using var fixture = await PublishFixture.WithImportAsync(isInDiff: false);

        await fixture.PublishAsync();

        Assert.Empty(fixture.Pull.Threads);
        var summary = Assert.Single(fixture.Pull.Comments).Body;
        Assert.Contains("+import math\n import os\n", summary, StringComparison.Ordinal);
        Assert.Contains("-    return sum([o.price for o in orders])\n+    return math.fsum(o.price for o in orders)\n", summary, StringComparison.Ordinal);
        Assert.Contains("not all of its lines are part of the diff", summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_needs_an_import_is_a_fix_with_both_edits_when_asked()
    {
        await using var fixture = await PublishFixture.WithImportAsync(isInDiff: false);

        await fixture.PublishAsync(Configuration.Default with { Fixes = FixPlace.PullRequest });

        var commit = fixture.GitHub.Commits[(string)Assert.Single(fixture.GitHub.OpenedPulls)["head"]!];
        var file = Assert.Single(commit).Value;
        Assert.Contains("import math\nimport os\n", file, StringComparison.Ordinal);
        Assert.Contains("    return math.fsum(o.price for o in orders)\n", file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suggestion_outside_the_diff_becomes_a_pull_request_against_the_head_branch_when_asked()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        var configuration = Configuration.Default with { Fixes = FixPlace.PullRequest };

        await fixture.PublishAsync(configuration);
        await fixture.PublishAsync(configuration);

        var opened = Assert.Single(fixture.GitHub.OpenedPulls);
        Assert.Equal("reports", (string?)opened["base"]);
        var commit = fixture.GitHub.Commits[(string)opened["head"]!];
        Assert.Equal(
            SampleReport.Head.Replace("sum([o.price for o in orders])", "sum(o.price for o in orders)", StringComparison.Ordinal),
            commit[SampleReport.Path]);
        Assert.Contains("#40", Assert.Single(fixture.Pull.Comments).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fix_that_may_not_be_offered_as_a_pull_request_is_in_the_summary()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.GitHub.Forbidden.Add("contents");

        var outcome = await fixture.PublishAsync(Configuration.Default with { Fixes = FixPlace.PullRequest });

        Assert.Contains("+    return sum(o.price for o in orders)\n", Assert.Single(fixture.Pull.Comments).Body, StringComparison.Ordinal);
        Assert.Contains(outcome.Notes, n => n.Contains("no pull request with fixes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_more_than_the_limit_is_posted_and_the_rest_is_counted()
    {
        await using var fixture = await PublishFixture.ManyAsync(8);

        await fixture.PublishAsync();
        await fixture.PublishAsync();

        Assert.Equal(5, fixture.Pull.Threads.Count);
        Assert.Contains("total7", fixture.Pull.Threads[0].Comments[0].Body, StringComparison.Ordinal);
        Assert.Contains("3 not shown", Assert.Single(fixture.Pull.Comments).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_saves_too_little_of_the_tests_time_is_held_back_and_the_summary_says_in_one_line_why()
    {
        await using var fixture = await PublishFixture.ManyAsync(3);
        fixture.WriteReport(Weighed(fixture.Report, new() { ["total0"] = 0.02, ["total1"] = 0.00002, ["total2"] = 0.3 }));

        await fixture.PublishAsync();

        Assert.Equal(["src/shop/part2.py", "src/shop/part0.py"], fixture.Pull.Threads.Select(t => t.Path));
        var summary = Assert.Single(fixture.Pull.Comments).Body;
        Assert.Contains("\nHeld back (`suggest.min-share`): `total1`: it saves 0.002 % of the tests' time, less than 0.01 %.\n", summary, StringComparison.Ordinal);
        Assert.Contains("1 held back", summary, StringComparison.Ordinal);
        Assert.Contains("| 30 % |", summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_all_is_held_back_nothing_is_posted()
    {
        await using var fixture = await PublishFixture.ManyAsync(1);
        fixture.WriteReport(Weighed(fixture.Report, new() { ["total0"] = 0.02 }));

        var outcome = await fixture.PublishAsync(Configuration.Default with { Suggest = new() { MinShare = 0.05 } });

        Assert.Equal(PublishEnd.Silent, outcome.End);
        Assert.Empty(fixture.GitHub.Writes);
    }

    [Fact]
    public async Task What_is_held_back_takes_no_place_of_what_is_posted()
    {
        await using var fixture = await PublishFixture.ManyAsync(3);
        fixture.WriteReport(Weighed(fixture.Report, new() { ["total0"] = 0.02, ["total1"] = 0.00002, ["total2"] = 0.00001 }));

        await fixture.PublishAsync(Configuration.Default with { MaxSuggestions = 1 });

        Assert.Equal("src/shop/part0.py", Assert.Single(fixture.Pull.Threads).Path);
    }

    private static Report Weighed(Report report, Dictionary<string, double> shares) => report with
    {
        Functions = [.. report.Functions.Select(f => f with { Suggestion = f.Suggestion! with { Worth = new Worth { SavedShare = shares[f.Name], StartSeconds = 0 } } })],
    };

    [LongForm]
    [Fact]
    public async Task Publishing_50_findings_uses_at_most_15_requests()
    {
        await using var fixture = await PublishFixture.ManyAsync(50);

        await fixture.PublishAsync(Configuration.Default with { MaxSuggestions = 50 }, sarif: true);

        Assert.Equal(50, fixture.Pull.Threads.Count);
        Assert.True(fixture.GitHub.Requests.Count <= 15, string.Join('\n', fixture.GitHub.Requests.Select(r => $"{r.Method} {r.Path}")));
    }

    [Fact]
    public async Task Nothing_is_posted_when_there_is_nothing_to_say()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.WriteReport(fixture.Report with { Functions = [.. fixture.Report.Functions.Where(f => f.Suggestion is null)] });

        var outcome = await fixture.PublishAsync();

        Assert.Equal(PublishEnd.Silent, outcome.End);
        Assert.Empty(fixture.GitHub.Writes);
    }

    [Fact]
    public async Task A_summary_is_posted_when_there_is_nothing_to_say_and_one_was_asked_for()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.WriteReport(fixture.Report with { Functions = [.. fixture.Report.Functions.Where(f => f.Suggestion is null)] });

        await fixture.PublishAsync(Configuration.Default with { AlwaysSummary = true });

        var comment = Assert.Single(fixture.Pull.Comments).Body;
        Assert.Contains("Nothing is claimed", comment, StringComparison.Ordinal);
        Assert.Contains("| 1 | larger than 1 MiB | `src/shop/countries.py` |", comment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_decides_everything_and_writes_nothing()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        var outcome = await fixture.PublishAsync(dryRun: true);

        Assert.Single(outcome.Plan!.At(Afterburner.GitHub.Placement.Comment));
        Assert.NotEmpty(outcome.Summary);
        Assert.Empty(fixture.GitHub.Writes);
    }

    [Fact]
    public async Task A_report_of_another_commit_than_the_head_is_not_posted()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.Pull.HeadSha = new string('d', 40);

        var outcome = await fixture.PublishAsync();

        Assert.Equal(PublishEnd.Superseded, outcome.End);
        Assert.Contains(fixture.Pull.HeadSha, outcome.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.GitHub.Writes);
    }

    [Fact]
    public async Task A_closed_pull_request_is_left_alone()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.Pull.IsOpen = false;

        Assert.Equal(PublishEnd.Closed, (await fixture.PublishAsync()).End);
        Assert.Empty(fixture.GitHub.Writes);
    }

    [LongForm]
    [Fact]
    public async Task What_has_no_review_comment_is_annotated_in_the_check_fifty_at_a_time()
    {
        await using var fixture = await PublishFixture.ManyAsync(120);

        await fixture.PublishAsync();

        var check = Assert.Single(fixture.GitHub.Checks);
        Assert.Equal(115, check["annotations"]!.AsArray().Count);
        Assert.Equal("neutral", (string?)check["conclusion"]);
        Assert.Equal(3, fixture.GitHub.Writes.Count(r => r.Path.Contains("check-runs", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Code_scanning_gets_the_suggestions_of_the_head_commit()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        await fixture.PublishAsync(sarif: true);

        var upload = Assert.Single(fixture.GitHub.Sarif);
        using var unpacked = new GZipStream(new MemoryStream(Convert.FromBase64String((string)upload["sarif"]!)), CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked, Encoding.UTF8);
        var sarif = JsonNode.Parse(await reader.ReadToEndAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(2, sarif["runs"]![0]!["results"]!.AsArray().Count);
        Assert.Equal((fixture.Pull.HeadSha, "refs/pull/7/head"), ((string?)upload["commit_sha"], (string?)upload["ref"]));
    }

    [Fact]
    public async Task The_summary_of_the_job_has_the_table_and_a_chart_of_the_same_figures()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        await fixture.PublishAsync();

        var summary = await File.ReadAllTextAsync(fixture.StepSummary, TestContext.Current.CancellationToken);
        Assert.Contains("| `unique` | `src/shop/orders.py:5` | **12.4×** |", summary, StringComparison.Ordinal);
        Assert.Contains("xychart-beta", summary, StringComparison.Ordinal);
        Assert.Contains("bar [12.4, 1.18]", summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shards_of_one_review_are_posted_as_one()
    {
        await using var fixture = await PublishFixture.ManyAsync(4);
        var all = fixture.Report.Functions;
        using var second = new TemporaryFolder();
        ReportFolder.Write(fixture.Report with { Functions = [.. all.Skip(2)] }, second.Path);
        fixture.WriteReport(fixture.Report with { Functions = [.. all.Take(2)] });

        var merged = Afterburner.GitHub.UntrustedRun.Read([fixture.Directory, second.Path]);

        Assert.Equal(all.Select(f => f.Name), merged.Review!.Functions.Select(f => f.Name));
        Assert.Throws<UsageException>(() =>
        {
            ReportFolder.Write(fixture.Report with { Head = new string('e', 40) }, second.Path);
            Afterburner.GitHub.UntrustedRun.Read([fixture.Directory, second.Path]);
        });
    }
}
