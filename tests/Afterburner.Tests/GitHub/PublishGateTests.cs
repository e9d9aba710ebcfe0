using System.Text.Json.Nodes;
using Afterburner.Changes;
using Afterburner.GitHub;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Markdig;
using Xunit;

namespace Afterburner.Tests.GitHub;

/// <summary>What a maintainer sees on the pull request after a gate, and what a hostile run can not make them see.</summary>
public sealed class PublishGateTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_slowdown_is_told_in_the_summary_in_a_check_that_fails_and_beside_its_lines()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        var outcome = await GateAsync(fixture, SampleGate.Slower(fixture));

        Assert.True(outcome.Gate!.Fails);
        var summary = Assert.Single(fixture.Pull.Comments).Body;
        Assert.Contains("2 slowdowns proven", summary, StringComparison.Ordinal);
        Assert.Contains("| `src/shop/orders.py:4` `unique` (answers differently) | **1.50×** | 1.31× to 1.62× |", summary, StringComparison.Ordinal);
        Assert.Contains("| `make bench` | **1.20×** | 1.10× to 1.30× |", summary, StringComparison.Ordinal);
        Assert.Contains("1 cleared, 1 undecided, 1 not measured", summary, StringComparison.Ordinal);
        Assert.Contains($"/afterburner accept {fixture.Pull.HeadSha[..12]}", summary, StringComparison.Ordinal);
        var check = Assert.Single(fixture.GitHub.Checks);
        Assert.Equal((CheckPublisher.GateName, "failure"), ((string?)check["name"], (string?)check["conclusion"]));
        var annotation = Assert.Single(check["annotations"]!.AsArray())!;
        Assert.Equal(("failure", "src/shop/orders.py", 4, 9), ((string?)annotation["annotation_level"], (string?)annotation["path"], (int)annotation["start_line"]!, (int)annotation["end_line"]!));
        Assert.Contains("1.50× slower than at the base (99 % interval 1.31× to 1.62×); it answers differently", (string?)annotation["message"], StringComparison.Ordinal);
        Assert.Contains("`unique`", await File.ReadAllTextAsync(fixture.StepSummary, Stop), StringComparison.Ordinal);
    }

    /// <summary>A check hangs on a commit, whose author may open another pull request of it into a branch where nothing is slower.</summary>
    [Fact]
    public async Task The_gate_of_the_way_into_another_branch_covers_up_no_check_of_the_way_into_the_default_branch()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await GateAsync(fixture, SampleGate.Slower(fixture));
        fixture.Pull.BaseRef = "release";

        await GateAsync(fixture, SampleGate.Slower(fixture));

        Assert.Equal(["Afterburner gate", "Afterburner gate into release"], fixture.GitHub.Checks.Select(c => (string?)c["name"]));
    }

    [Fact]
    public async Task A_review_and_a_gate_share_one_comment_and_have_a_check_each()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.WriteGate(SampleGate.Slower(fixture));

        await fixture.PublishAsync();

        var summary = Assert.Single(fixture.Pull.Comments).Body;
        Assert.Contains("2 slowdowns proven", summary, StringComparison.Ordinal);
        Assert.Contains("2 faster versions, proven", summary, StringComparison.Ordinal);
        Assert.Single(fixture.Pull.Threads);
        Assert.Equal(["Afterburner gate: failure", "Afterburner: neutral"], fixture.GitHub.Checks.Select(c => $"{c["name"]}: {c["conclusion"]}"));
        Assert.Equal("notice", (string?)fixture.GitHub.Checks[1]["annotations"]![0]!["annotation_level"]);
    }

    [Fact]
    public async Task A_review_and_a_gate_that_are_published_apart_keep_the_part_of_the_other()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await fixture.PublishAsync();
        var review = SummarySections.Read(fixture.Pull.Comments[0].Body).Review!;

        await GateAsync(fixture, SampleGate.Slower(fixture));
        var both = SummarySections.Read(fixture.Pull.Comments[0].Body);
        await fixture.PushAsync("src/shop/orders.py", "x = 1\n", r => r with { Functions = [] });
        await fixture.PublishAsync();

        Assert.Equal(review, both.Review);
        Assert.NotNull(both.Gate);
        var last = SummarySections.Read(Assert.Single(fixture.Pull.Comments).Body);
        Assert.Equal(both.Gate, last.Gate);
        Assert.Contains("Nothing is claimed", last.Review, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gate_takes_no_suggestion_back()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await fixture.PublishAsync();

        var outcome = await GateAsync(fixture, SampleGate.Slower(fixture));

        Assert.Equal(0, outcome.Retired);
        Assert.Null(Assert.Single(fixture.Pull.Threads).Comments[0].MinimizedReason);
    }

    [Fact]
    public async Task A_gate_that_finds_nothing_has_its_check_which_a_branch_may_require_and_no_comment()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        var outcome = await GateAsync(fixture, SampleGate.Fine(fixture));
        await GateAsync(fixture, SampleGate.Fine(fixture));

        Assert.Equal(PublishEnd.Published, outcome.End);
        Assert.False(outcome.Gate!.Fails);
        var check = Assert.Single(fixture.GitHub.Checks);
        Assert.Equal(("Afterburner gate", "success", "no slowdown is proven"), ((string?)check["name"], (string?)check["conclusion"], (string?)check["output"]!["title"]));
        Assert.Single(fixture.GitHub.Writes);
        Assert.Empty(fixture.Pull.Comments);
    }

    [Fact]
    public async Task Where_the_token_may_write_no_checks_a_gate_that_finds_nothing_posts_nothing()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.GitHub.Forbidden.Add("checks");

        var outcome = await GateAsync(fixture, SampleGate.Fine(fixture));

        Assert.Equal(PublishEnd.Silent, outcome.End);
        Assert.Contains(outcome.Notes, n => n.Contains("checks: write", StringComparison.Ordinal));
        Assert.Empty(fixture.GitHub.Checks);
    }

    [Fact]
    public async Task A_gate_is_in_progress_from_its_start_and_the_same_check_gets_its_conclusion()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        await TellAsync(fixture, c => c.BeginAsync(fixture.Pull.HeadSha));
        await TellAsync(fixture, c => c.BeginAsync(fixture.Pull.HeadSha));
        var begun = Assert.Single(fixture.GitHub.Checks).DeepClone();
        await GateAsync(fixture, SampleGate.Slower(fixture));

        Assert.Equal(("Afterburner gate", "in_progress", null, fixture.Pull.HeadSha), ((string?)begun["name"], (string?)begun["status"], (string?)begun["conclusion"], (string?)begun["head_sha"]));
        var ended = Assert.Single(fixture.GitHub.Checks);
        Assert.Equal(("completed", "failure"), ((string?)ended["status"], (string?)ended["conclusion"]));
        Assert.Single(ended["annotations"]!.AsArray());
    }

    [Fact]
    public async Task A_gate_that_is_run_again_is_in_progress_again_also_where_it_finds_the_same()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await GateAsync(fixture, SampleGate.Fine(fixture));

        await TellAsync(fixture, c => c.BeginAsync(null));
        var whileItRuns = (string?)fixture.GitHub.Checks[^1]["status"];
        await GateAsync(fixture, SampleGate.Fine(fixture));

        Assert.Equal("in_progress", whileItRuns);
        Assert.Equal(["success", "success"], fixture.GitHub.Checks.Select(c => (string?)c["conclusion"]));
    }

    [Fact]
    public async Task A_gate_that_was_begun_and_came_to_nothing_fails_its_check_and_one_that_ended_keeps_its_conclusion()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await TellAsync(fixture, c => c.BeginAsync(fixture.Pull.HeadSha));

        await TellAsync(fixture, c => c.BreakAsync(fixture.Pull.HeadSha, "The job ended before the gate did."));
        var broken = (string?)Assert.Single(fixture.GitHub.Checks)["conclusion"];
        await GateAsync(fixture, SampleGate.Fine(fixture));
        var said = await TellAsync(fixture, c => c.BreakAsync(fixture.Pull.HeadSha, "The job ended before the gate did."));

        Assert.Equal("failure", broken);
        Assert.Equal(["failure", "success"], fixture.GitHub.Checks.Select(c => (string?)c["conclusion"]));
        Assert.Contains("is not in progress", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_of_another_program_or_a_job_that_has_its_name_is_left_alone()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.GitHub.Checks.Add(new JsonObject
        {
            ["id"] = 1L, ["name"] = "Afterburner gate", ["head_sha"] = fixture.Pull.HeadSha, ["external_id"] = "ca395085-040a-526b-2ce8-bdc85f692774", ["status"] = "in_progress", ["annotations"] = new JsonArray(),
        });
        fixture.GitHub.Checks.Add(new JsonObject
        {
            ["id"] = 2L, ["name"] = "Afterburner gate", ["head_sha"] = fixture.Pull.HeadSha, ["external_id"] = "afterburner: in progress", ["status"] = "in_progress", ["app"] = "another", ["annotations"] = new JsonArray(),
        });

        await GateAsync(fixture, SampleGate.Fine(fixture));

        Assert.Equal([null, null, "success"], fixture.GitHub.Checks.Select(c => (string?)c["conclusion"]));
    }

    [Fact]
    public async Task A_gate_of_another_commit_than_the_head_or_of_a_closed_pull_request_is_not_begun()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        var other = await TellAsync(fixture, c => c.BeginAsync(new string('d', 40)));
        fixture.Pull.IsOpen = false;
        var closed = await TellAsync(fixture, c => c.BeginAsync(null));

        Assert.Empty(fixture.GitHub.Writes);
        Assert.Contains("no check was begun", other, StringComparison.Ordinal);
        Assert.Contains("is closed", closed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_may_only_read_begins_nothing_and_says_so()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        var said = await TellAsync(fixture, c => c.BeginAsync(null), FakeGitHub.ReadOnlyToken);

        Assert.Empty(fixture.GitHub.Checks);
        Assert.Contains("checks: write", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proven_gain_is_told_in_the_headline_the_check_and_the_summary()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        var outcome = await GateAsync(fixture, SampleGate.Faster(fixture));

        Assert.False(outcome.Gate!.Fails);
        var check = Assert.Single(fixture.GitHub.Checks);
        Assert.Equal(("success", "1 function proven faster, no slowdown is proven"), ((string?)check["conclusion"], (string?)check["output"]!["title"]));
        var summary = Assert.Single(fixture.Pull.Comments).Body;
        Assert.StartsWith("## Afterburner gate: 1 function proven faster, no slowdown is proven\n", SummarySections.Read(summary).Gate, StringComparison.Ordinal);
        Assert.Contains("| Faster, and equal in all that was compared | By | 99 % interval | Why |", summary, StringComparison.Ordinal);
        Assert.Contains("`unique` | **3.00×** | 2.80× to 3.20× | 3.00x faster in 40 confirming pairs |", summary, StringComparison.Ordinal);
        Assert.Contains("**3.00×**", await File.ReadAllTextAsync(fixture.StepSummary, Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_that_has_to_be_faster_and_is_not_proven_to_be_fails_the_check_beside_its_lines_with_the_reason()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        var outcome = await GateAsync(fixture, SampleGate.Lacking(fixture));

        Assert.True(outcome.Gate!.Fails);
        var check = Assert.Single(fixture.GitHub.Checks);
        Assert.Equal(("failure", "1 required gain not proven"), ((string?)check["conclusion"], (string?)check["output"]!["title"]));
        var annotation = Assert.Single(check["annotations"]!.AsArray())!;
        Assert.Equal(("failure", 4, "has to be faster, and is not proven to be"), ((string?)annotation["annotation_level"], (int)annotation["start_line"]!, (string?)annotation["title"]));
        Assert.Equal("unique has to be faster (src/shop/**) and is not proven to be: no difference could be proven in 24 pairs", (string?)annotation["message"]);
        var summary = Assert.Single(fixture.Pull.Comments).Body;
        Assert.Contains("`unique` | `src/shop/**` | no difference could be proven in 24 pairs |", summary, StringComparison.Ordinal);
        Assert.Contains("/afterburner accept", summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gain_that_is_required_and_not_proven_is_accepted_as_a_slowdown_is()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        Accept(fixture, "maintainer");

        var outcome = await GateAsync(fixture, SampleGate.Lacking(fixture));

        Assert.False(outcome.Gate!.Fails);
        Assert.Equal(("neutral", "1 required gain not proven, accepted"), ((string?)Assert.Single(fixture.GitHub.Checks)["conclusion"], (string?)fixture.GitHub.Checks[0]["output"]!["title"]));
    }

    [Fact]
    public async Task A_label_on_the_pull_request_makes_a_gain_a_condition_whatever_the_run_says_of_it()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.Pull.Labels.AddRange(["bug", "Require-Faster"]);

        var lacking = await GateAsync(fixture, SampleGate.Fine(fixture));
        var proven = await GateAsync(fixture, SampleGate.Faster(fixture));
        fixture.Pull.Labels.Clear();
        var without = await GateAsync(fixture, SampleGate.Fine(fixture) with { RequiredBy = "the label require-faster" });

        Assert.Equal((true, false, false), (lacking.Gate!.Fails, proven.Gate!.Fails, without.Gate!.Fails));
        Assert.Equal(["failure", "success", "success"], fixture.GitHub.Checks.Select(c => (string?)c["conclusion"]));
        Assert.Contains("the label require-faster asks for that", (string?)fixture.GitHub.Checks[0]["output"]!["summary"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_label_is_the_one_that_the_configuration_names()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.Pull.Labels.Add("performance");
        var directory = fixture.WriteGate(SampleGate.Fine(fixture), "gate");

        var outcome = await fixture.PublishAsync(Configuration.Default with { Gate = new() { FasterLabel = "performance" } }, directories: [directory]);

        Assert.True(outcome.Gate!.Fails);
    }

    [Fact]
    public async Task Of_shards_one_gain_is_enough_for_the_label()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.Pull.Labels.Add("require-faster");
        string[] directories =
        [
            fixture.WriteGate(SampleGate.Fine(fixture) with { Shard = "1/2", RequiredBy = "the label require-faster" }, "1"),
            fixture.WriteGate(SampleGate.Faster(fixture) with { Shard = "2/2" }, "2"),
        ];

        var outcome = await fixture.PublishAsync(directories: directories);

        Assert.False(outcome.Gate!.Fails);
    }

    [Fact]
    public async Task A_summary_that_was_asked_for_says_that_nothing_is_slower()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        await GateAsync(fixture, SampleGate.Fine(fixture), always: true);

        Assert.Contains("no slowdown is proven", Assert.Single(fixture.Pull.Comments).Body, StringComparison.Ordinal);
        Assert.Equal("success", (string?)Assert.Single(fixture.GitHub.Checks)["conclusion"]);
    }

    [Fact]
    public async Task What_was_slower_and_is_not_any_more_is_taken_back()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await GateAsync(fixture, SampleGate.Slower(fixture));

        await GateAsync(fixture, SampleGate.Fine(fixture));

        var summary = Assert.Single(fixture.Pull.Comments).Body;
        Assert.Contains("no slowdown is proven", summary, StringComparison.Ordinal);
        Assert.DoesNotContain("/afterburner accept", summary, StringComparison.Ordinal);
        Assert.Equal(["failure", "success"], fixture.GitHub.Checks.Select(c => (string?)c["conclusion"]));
    }

    [Fact]
    public async Task A_check_that_failed_is_corrected_also_when_its_comment_was_deleted()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await GateAsync(fixture, SampleGate.Slower(fixture));
        fixture.Pull.Comments.Clear();

        await GateAsync(fixture, SampleGate.Fine(fixture));

        Assert.Empty(fixture.Pull.Comments);
        Assert.Equal(["failure", "success"], fixture.GitHub.Checks.Select(c => (string?)c["conclusion"]));
    }

    [Fact]
    public async Task The_same_gate_published_again_changes_nothing()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await GateAsync(fixture, SampleGate.Slower(fixture));
        var writes = fixture.GitHub.Writes.Count();

        await GateAsync(fixture, SampleGate.Slower(fixture));

        Assert.Equal(writes, fixture.GitHub.Writes.Count());
    }

    [Fact]
    public async Task A_slowdown_that_somebody_who_may_write_accepts_fails_nothing_and_says_who_it_was()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await GateAsync(fixture, SampleGate.Slower(fixture));
        Accept(fixture, "maintainer");

        var outcome = await GateAsync(fixture, SampleGate.Slower(fixture));

        Assert.False(outcome.Gate!.Fails);
        var summary = fixture.Pull.Comments[0].Body;
        Assert.Contains("2 slowdowns proven, accepted", summary, StringComparison.Ordinal);
        // A space without width keeps it from being a mention.
        Assert.Contains("Accepted by \\@\u200Bmaintainer, in a comment", summary, StringComparison.Ordinal);
        var check = fixture.GitHub.Checks[^1];
        Assert.Equal(("neutral", "warning"), ((string?)check["conclusion"], (string?)check["annotations"]![0]!["annotation_level"]));
    }

    [Fact]
    public async Task A_reader_accepts_nothing_whatever_the_run_says_about_it()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        Accept(fixture, "stranger");

        var outcome = await GateAsync(fixture, SampleGate.Slower(fixture) with { AcceptedBy = "maintainer, in a comment" });

        Assert.True(outcome.Gate!.Fails);
        Assert.Equal("failure", (string?)Assert.Single(fixture.GitHub.Checks)["conclusion"]);
        Assert.DoesNotContain(fixture.Pull.Comments, c => c.Body.Contains("ccepted by", StringComparison.Ordinal));
        Assert.DoesNotContain("ccepted by", await File.ReadAllTextAsync(fixture.StepSummary, Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slowdown_is_only_reported_when_nothing_is_to_fail()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        var outcome = await fixture.PublishAsync(directories: [fixture.WriteGate(SampleGate.Slower(fixture), "gate")], failOnRegression: false);

        Assert.False(outcome.Gate!.Fails);
        var check = Assert.Single(fixture.GitHub.Checks);
        Assert.Equal(("neutral", "warning"), ((string?)check["conclusion"], (string?)check["annotations"]![0]!["annotation_level"]));
    }

    [Fact]
    public async Task A_hundred_and_twenty_slowdowns_are_annotated_fifty_at_a_time_and_the_comment_keeps_its_size()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        var many = Enumerable.Range(0, 120).Select(i => SampleGate.Unique with { Name = $"f{i}", StartLine = 1 + i, EndLine = 1 + i });

        await GateAsync(fixture, SampleGate.Fine(fixture) with { Functions = [.. many] });

        Assert.Equal(120, Assert.Single(fixture.GitHub.Checks)["annotations"]!.AsArray().Count);
        Assert.Equal(3, fixture.GitHub.Writes.Count(r => r.Path.Contains("check-runs", StringComparison.Ordinal)));
        var summary = Assert.Single(fixture.Pull.Comments).Body;
        Assert.Contains("110 more", summary, StringComparison.Ordinal);
        Assert.InRange(summary.Length, 1, SummarySections.GateLimit + 200);
    }

    [Fact]
    public async Task A_token_that_may_only_read_or_write_no_checks_leaves_the_annotations_to_the_job()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        var directory = fixture.WriteGate(SampleGate.Slower(fixture), "gate");

        var read = await fixture.PublishAsync(token: FakeGitHub.ReadOnlyToken, directories: [directory]);
        fixture.GitHub.Forbidden.Add("checks");
        var withoutChecks = await fixture.PublishAsync(directories: [directory]);

        Assert.Equal((PublishEnd.ReadOnly, PublishEnd.Published), (read.End, withoutChecks.End));
        Assert.True(read.Gate!.Fails);
        foreach (var outcome in new[] { read, withoutChecks })
            Assert.Equal([("src/shop/orders.py", AnnotationLevel.Failure), (null, AnnotationLevel.Failure)], outcome.Annotations.Select(a => (a.Path, a.Level)));
    }

    [Fact]
    public async Task A_gate_of_another_commit_than_the_head_is_not_posted()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        var gate = SampleGate.Slower(fixture);
        fixture.Pull.HeadSha = new string('d', 40);

        var outcome = await GateAsync(fixture, gate with { AcceptedBy = "maintainer, in a comment" });

        Assert.Equal(PublishEnd.Superseded, outcome.End);
        Assert.Empty(fixture.GitHub.Writes);
        Assert.DoesNotContain("ccepted by", await File.ReadAllTextAsync(fixture.StepSummary, Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shards_of_one_gate_are_posted_as_one_and_one_slow_part_fails_it()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        var fine = SampleGate.Fine(fixture);
        var first = fixture.WriteGate(fine, "1");
        var second = fixture.WriteGate(fine with { Functions = [SampleGate.Unique, fine.Functions[0]] }, "2");

        var outcome = await fixture.PublishAsync(directories: [first, second, first]);

        Assert.True(outcome.Gate!.Fails);
        Assert.Equal(["unique", "total", "Index.find", "tiny"], outcome.Gate.Report.Functions.Select(f => f.Name));
        Assert.Contains("1 slowdown proven", Assert.Single(fixture.Pull.Comments).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_each_shard_left_out_is_listed_once_whichever_comes_first()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        var fine = SampleGate.Fine(fixture);
        var first = fixture.WriteGate(fine with { Shard = "1/2", LeftOut = LeftOutReport.Of([new("a.py", "takes too long to read"), new("tests/b.py", "test code")]) }, "1");
        var second = fixture.WriteGate(fine with { Shard = "2/2", LeftOut = LeftOutReport.Of([new("c.py", "takes too long to read"), new("a.py", "takes too long to read")]) }, "2");

        var outcome = await fixture.PublishAsync(Configuration.Default with { AlwaysSummary = true }, directories: [second, first]);

        Assert.Equal(
            [("takes too long to read", "a.py c.py"), ("test code", "tests/b.py")],
            outcome.Gate!.Report.LeftOut.Select(l => (l.Reason, string.Join(' ', l.Names))));
        var comment = Assert.Single(fixture.Pull.Comments).Body;
        Assert.Contains("3 files and functions of the change left out", comment, StringComparison.Ordinal);
        Assert.Contains("| 2 | takes too long to read | `a.py`, `c.py` |", comment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_fits_a_table_is_counted()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        var gate = SampleGate.Fine(fixture) with
        {
            Functions = [.. Enumerable.Range(1, 1_000).Select(i => SampleGate.Function($"f{i}", i, GateStatus.Skipped))],
            LeftOut = LeftOutReport.Of(Enumerable.Range(1, 1_000).Select(i => new LeftOut($"n{i}.txt", i > 500 ? $"reason {i}" : "not a language"))),
        };

        var text = GateMarkdown.Write(gate);

        Assert.Contains("800 more are in gate.json", text, StringComparison.Ordinal);
        Assert.Contains("301 more are in gate.json", text, StringComparison.Ordinal);
        Assert.Contains("| 500 | not a language |", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shard_that_did_not_arrive_is_named_and_nothing_is_called_fine()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        var fine = SampleGate.Fine(fixture);
        string[] came = [fixture.WriteGate(fine with { Shard = "1/3" }, "1"), fixture.WriteGate(fine with { Shard = "3/3" }, "3")];

        var outcome = await fixture.PublishAsync(Configuration.Default with { AlwaysSummary = true }, directories: came);

        Assert.Contains("Part 2/3 of the gate did not arrive: whether their functions are slower is not known.", outcome.Notes);
        Assert.Contains("**Part 2/3 did not arrive**", Assert.Single(fixture.Pull.Comments).Body, StringComparison.Ordinal);
        Assert.Equal("neutral", (string?)fixture.GitHub.Checks.Single(c => (string?)c["name"] == CheckPublisher.GateName)["conclusion"]);
        var whole = fixture.WriteGate(fine with { Shard = "2/3" }, "2");
        Assert.Empty(UntrustedRun.Read([.. came, whole]).MissingGates);
        Assert.Contains("one split", Assert.Throws<UsageException>(() => UntrustedRun.Read([.. came, fixture.WriteGate(fine with { Shard = "2/4" }, "2")])).Message, StringComparison.Ordinal);
        Assert.Contains("shard is none", Assert.Throws<UsageException>(() => UntrustedRun.Read([fixture.WriteGate(fine with { Shard = "::error::" }, "2")])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shards_of_different_gates_are_not_put_together()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        var fine = SampleGate.Fine(fixture);
        var first = fixture.WriteGate(fine, "1");
        foreach (var other in new[] { fine with { Head = new string('e', 40) }, fine with { Base = new string('e', 40) }, fine with { Objective = ObjectiveKind.Memory }, fine with { MaxSlowdown = 2 } })
        {
            var second = fixture.WriteGate(other, "2");
            Assert.Contains("not of one gate", Assert.Throws<UsageException>(() => UntrustedRun.Read([first, second])).Message, StringComparison.Ordinal);
        }

        var apart = fixture.WriteGate(fine with { Base = new string('e', 40) }, "2");
        Assert.Contains("not of one change", Assert.Throws<UsageException>(() => UntrustedRun.Read([fixture.Directory, apart])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("schema", "2")]
    [InlineData("surprise", "1")]
    [InlineData("head", "\"main\"")]
    [InlineData("base", "\"\"")]
    [InlineData("objective", "7")]
    [InlineData("maxSlowdown", "0.5")]
    [InlineData("maxSlowdown", "null")]
    [InlineData("durationSeconds", "-1")]
    [InlineData("functions", "null")]
    [InlineData("functions[0].path", "\"../../etc/passwd.py\"")]
    [InlineData("functions[0].path", "\"/etc/shadow.py\"")]
    [InlineData("functions[0].path", "\".git/hooks/pre.py\"")]
    [InlineData("functions[0].name", "\"a\\nb\"")]
    [InlineData("functions[0].startLine", "0")]
    [InlineData("functions[0].endLine", "2000000000")]
    [InlineData("functions[0].status", "9")]
    [InlineData("functions[0].status", "\"splendid\"")]
    [InlineData("functions[0].slowdown", "0.5")]
    [InlineData("functions[0].slowdown", "1e300")]
    [InlineData("functions[0].low", "1.6")]
    [InlineData("functions[0].high", "1.2")]
    [InlineData("functions[0].reason", "null")]
    [InlineData("functions[0].trust", "\"me\"")]
    [InlineData("requiredBy", "\"\"")]
    [InlineData("functions[0].requiredBy", "\"\"")]
    [InlineData("functions[0].gain", "{\"status\":\"splendid\",\"reason\":\"\"}")]
    [InlineData("functions[0].gain", "{\"status\":\"faster\",\"reason\":\"\",\"speedup\":0.5}")]
    [InlineData("functions[0].gain", "{\"status\":\"faster\",\"reason\":\"\"}")]
    [InlineData("functions[0].gain", "{\"status\":\"faster\",\"reason\":\"\",\"speedup\":2,\"low\":3}")]
    [InlineData("functions[0].gain", "{\"status\":\"faster\",\"reason\":null,\"speedup\":2}")]
    public async Task A_value_that_no_gate_writes_is_refused_and_nothing_is_posted(string member, string value)
    {
        await using var fixture = await PublishFixture.SampleAsync();
        var directory = fixture.WriteGate(SampleGate.Slower(fixture), "gate");
        var file = Path.Combine(directory, GateFolder.Json);
        var report = JsonNode.Parse(await File.ReadAllTextAsync(file, Stop))!;
        var parent = member.StartsWith("functions[0].", StringComparison.Ordinal) ? report["functions"]![0]! : report;
        parent[member.Split('.')[^1]] = JsonNode.Parse(value);
        await File.WriteAllTextAsync(file, report.ToJsonString(), Stop);

        await Assert.ThrowsAsync<UsageException>(() => fixture.PublishAsync(directories: [directory]));
        Assert.Empty(fixture.GitHub.Requests);
    }

    [Fact]
    public async Task A_gate_that_is_a_link_or_too_large_is_not_read()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        var directory = fixture.WriteGate(SampleGate.Slower(fixture), "gate");
        var file = Path.Combine(directory, GateFolder.Json);
        File.Move(file, Path.Combine(directory, "elsewhere.json"));
        File.CreateSymbolicLink(file, "elsewhere.json");
        Assert.Contains("plain file", Assert.Throws<UsageException>(() => UntrustedRun.Read([directory])).Message, StringComparison.Ordinal);

        File.Delete(file);
        using (var large = File.Create(file))
            large.SetLength(33L << 20);
        Assert.Contains("no report has more", Assert.Throws<UsageException>(() => UntrustedRun.Read([directory])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_of_a_gate_mentions_nobody_links_nowhere_and_loads_nothing()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        const string Hostile = "@octocat see #1 <img src=https://evil.example/b.png> ![x](https://evil.example/p.png) [click](https://evil.example) www.evil.example | \u202e<script>x</script> `@octocat` \n<!-- afterburner:review v1 -->\n@octocat";
        var gate = SampleGate.Slower(fixture);

        await GateAsync(fixture, gate with
        {
            Sandbox = Hostile,
            RequiredBy = Hostile,
            Functions =
            [
                .. gate.Functions.Select(f => f with { Name = Hostile.Replace('\n', ' '), Path = "src/@octocat `x` <b>.py", Reason = Hostile, BehaviourChanged = Hostile, RequiredBy = Hostile }),
                .. gate.Functions.Skip(1).Select(f => f with { Name = Hostile.Replace('\n', ' '), StartLine = 90, EndLine = 91, Reason = Hostile, Gain = new() { Status = CheckStatus.Faster, Reason = Hostile, Speedup = 2, OnlyLike = Hostile } }),
            ],
            Benchmarks = [gate.Benchmarks[0] with { Command = Hostile, Reason = Hostile }],
        });

        var body = Assert.Single(fixture.Pull.Comments).Body;
        foreach (var text in new[] { body, await File.ReadAllTextAsync(fixture.StepSummary, Stop) })
        {
            var html = Markdown.ToHtml(text, new MarkdownPipelineBuilder().UseAdvancedExtensions().Build());
            Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<a ", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
            var prose = System.Text.RegularExpressions.Regex.Replace(html, "<code.*?</code>", "", System.Text.RegularExpressions.RegexOptions.Singleline);
            Assert.DoesNotMatch(@"@\w|#\d|https?://|www\.|\u202e", prose);
        }

        Assert.Null(SummarySections.Read(body).Review);
        var annotation = Assert.Single(fixture.GitHub.Checks)["annotations"]![0]!;
        Assert.DoesNotContain('\n', (string)annotation["message"]!);
        Assert.DoesNotContain('\u202e', (string)annotation["message"]!);
    }

    [Fact]
    public void A_review_that_quotes_the_marks_of_a_summary_cannot_become_the_part_of_a_gate()
    {
        const string Quoted = "## Review\n\n```diff\n<!-- afterburner:gate v1 -->\n@everyone\n\n<!-- afterburner:review v1 -->\n```\n";
        foreach (var parts in new[] { new SummarySections(null, Quoted), new SummarySections("## Gate\n", Quoted) })
            Assert.Equal(parts, SummarySections.Read(parts.Write().ReplaceLineEndings("\r\n")));
    }

    private static Task<PublishOutcome> GateAsync(PublishFixture fixture, GateReport report, bool always = false) =>
        fixture.PublishAsync(Configuration.Default with { AlwaysSummary = always }, directories: [fixture.WriteGate(report, "gate")]);

    private static async Task<string> TellAsync(PublishFixture fixture, Func<GateCheck, Task<string>> tell, string token = FakeGitHub.Token)
    {
        using var api = new GitHubApi(GitHubAddress.Of(fixture.GitHub.Url.ToString(), null), new(token), fixture.Time, Stop);
        return await tell(new GateCheck(api, new PullRequestName(FakeGitHub.Owner, FakeGitHub.Name, fixture.Pull.Number), fixture.Time));
    }

    private static void Accept(PublishFixture fixture, string author) =>
        fixture.Pull.Comments.Add(new FakeComment(1, author, IsBot: false) { Body = $"/afterburner accept {fixture.Pull.HeadSha[..12]}" });
}
