using Afterburner.Suggestions;
using Afterburner.Tests.Suggestions;
using Xunit;

namespace Afterburner.Tests.GitHub;

/// <summary>What a maintainer sees after the next push, and after having said no.</summary>
public sealed class RepublishTests
{
    private static readonly string Changed = SampleReport.Head.Replace("seen.append(item)", "seen += [item]", StringComparison.Ordinal);

    [Fact]
    public async Task A_second_run_of_the_same_report_writes_nothing()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await fixture.PublishAsync();
        var writes = fixture.GitHub.Writes.Count();

        await fixture.PublishAsync();

        Assert.Equal(writes, fixture.GitHub.Writes.Count());
    }

    [Fact]
    public async Task A_push_that_moves_the_function_posts_nothing_twice()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await fixture.PublishAsync();
        await fixture.PushAsync(SampleReport.Path, "import os\n" + SampleReport.Head, r => r with { Functions = [.. r.Functions.Select(Moved)] });

        var outcome = await fixture.PublishAsync();

        Assert.Empty(outcome.Plan!.Run.Withheld);
        Assert.Single(fixture.Pull.Threads);
        Assert.False(fixture.Pull.Threads[0].IsResolved);
        Assert.Equal(1, Assert.Single(fixture.Pull.Comments).Edits);
    }

    [Fact]
    public async Task A_suggestion_that_no_longer_holds_is_hidden_and_resolved()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await fixture.PublishAsync();
        await fixture.PushAsync(SampleReport.Path, Changed, Nothing);

        var outcome = await fixture.PublishAsync();

        Assert.Equal(1, outcome.Retired);
        var thread = Assert.Single(fixture.Pull.Threads);
        Assert.Equal(("outdated", true), (thread.Comments[0].MinimizedReason, thread.IsResolved));
        Assert.Contains("Nothing is claimed", Assert.Single(fixture.Pull.Comments).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suggestion_is_not_taken_back_because_the_shard_with_its_function_did_not_arrive()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await fixture.PublishAsync();
        await fixture.PushAsync(SampleReport.Path, Changed, r => r with { Functions = [], Shard = "2/2" });

        var outcome = await fixture.PublishAsync();

        Assert.Equal(0, outcome.Retired);
        Assert.False(Assert.Single(fixture.Pull.Threads).IsResolved);
        Assert.Contains(outcome.Notes, n => n.StartsWith("Part 1/2 of the review did not arrive", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_suggestion_that_somebody_answered_is_left_as_it_is()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await fixture.PublishAsync();
        fixture.Pull.Threads[0].Comments.Add(new FakeComment(1, "passer-by", IsBot: false) { Body = "Interesting." });
        await fixture.PushAsync(SampleReport.Path, Changed, Nothing);

        await fixture.PublishAsync();

        Assert.Null(fixture.Pull.Threads[0].Comments[0].MinimizedReason);
        Assert.False(fixture.Pull.Threads[0].IsResolved);
    }

    [Fact]
    public async Task A_suggestion_is_not_taken_back_because_its_function_was_skipped_this_time()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await fixture.PublishAsync();
        await fixture.PushAsync(SampleReport.Path, SampleReport.Head + "\n", r => r with
        {
            Functions = [.. r.Functions.Select(f => f with { Suggestion = null, Status = FunctionStatus.Skipped, Reason = "the budget was spent" })],
        });

        await fixture.PublishAsync();

        Assert.False(fixture.Pull.Threads[0].IsResolved);
    }

    [Fact]
    public async Task What_we_took_back_ourselves_is_said_again_when_it_holds_again()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.GitHub.Forbidden.Add("contents"); // resolving is not allowed then, hiding is
        var before = fixture.Report;
        await fixture.PublishAsync();
        await fixture.PushAsync(SampleReport.Path, Changed, Nothing);
        await fixture.PublishAsync();
        Assert.Equal(("outdated", false), (fixture.Pull.Threads[0].Comments[0].MinimizedReason, fixture.Pull.Threads[0].IsResolved));

        await fixture.PushAsync(SampleReport.Path, SampleReport.Head, _ => before);
        await fixture.PublishAsync();

        Assert.Equal(2, fixture.Pull.Threads.Count);
    }

    [Theory]
    [InlineData("maintainer", false)]
    [InlineData("octocat", false)] // who opened the pull request
    [InlineData("passer-by", true)]
    public async Task A_thumbs_down_counts_from_who_has_a_say(string person, bool comesBack)
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await fixture.PublishAsync();
        fixture.Pull.Threads[0].Comments[0].ThumbsDown.Add(person);

        var outcome = await fixture.PublishAsync();

        Assert.Equal(comesBack ? 1 : 0, outcome.Plan!.At(Afterburner.GitHub.Placement.Posted).Count());
        Assert.Single(fixture.Pull.Threads);
    }

    [Fact]
    public async Task A_dismissed_edit_stays_away_when_the_function_changes_around_it()
    {
        await using var fixture = await PublishFixture.ManyAsync(1);
        await fixture.PublishAsync();
        fixture.Pull.Threads[0].Comments[0].ThumbsDown.Add("maintainer");
        const string Documented = "def total0(orders):\n    \"\"\"Sum.\"\"\"\n    return sum([o.price for o in orders])\n";
        await fixture.PushAsync("src/shop/part0.py", Documented, r => r with
        {
            Functions = [PublishFixture.Improved("src/shop/part0.py", Documented, "total0", 2)],
        });

        await fixture.PublishAsync();

        Assert.Single(fixture.Pull.Threads);
    }

    [Fact]
    public async Task A_resolved_conversation_is_a_no()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await fixture.PublishAsync();
        fixture.Pull.Threads[0].IsResolved = true;

        var outcome = await fixture.PublishAsync();

        Assert.Single(outcome.Plan!.At(Afterburner.GitHub.Placement.Dismissed));
        Assert.Single(fixture.Pull.Threads);
    }

    [Theory]
    [InlineData("maintainer", 1)]
    [InlineData("passer-by", 2)]
    public async Task The_ignore_command_silences_a_function_for_good(string person, int threads)
    {
        await using var fixture = await PublishFixture.ManyAsync(1);
        await fixture.PublishAsync();
        fixture.Pull.Threads[0].Comments.Add(new FakeComment(1, person, IsBot: false) { Body = "/afterburner ignore\nIt reads better as it is." });
        const string Rewritten = "def total0(orders):\n    return max([o.price for o in orders])\n";
        await fixture.PushAsync("src/shop/part0.py", Rewritten, r => r with
        {
            Functions = [PublishFixture.Improved("src/shop/part0.py", Rewritten, "total0", 2)],
        });

        await fixture.PublishAsync();

        Assert.Equal(threads, fixture.Pull.Threads.Count);
    }

    [Fact]
    public async Task A_comment_of_somebody_else_that_looks_like_the_summary_is_not_touched()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.Pull.Comments.Add(new FakeComment(1, "passer-by", IsBot: false) { Body = "<!-- afterburner:summary v1 -->\nmine" });

        await fixture.PublishAsync();

        Assert.Equal("<!-- afterburner:summary v1 -->\nmine", fixture.Pull.Comments[0].Body);
        Assert.Equal(2, fixture.Pull.Comments.Count);
    }

    [Fact]
    public async Task A_long_conversation_is_read_to_its_end()
    {
        await using var fixture = await PublishFixture.ManyAsync(5);
        for (var i = 0; i < 5; i++)
            fixture.Pull.Comments.Add(new FakeComment(i + 1, "passer-by", IsBot: false) { Body = "+1" });
        fixture.GitHub.LargestPage = 2;
        await fixture.PublishAsync();

        await fixture.PublishAsync();

        Assert.Equal(5, fixture.Pull.Threads.Count);
        Assert.Equal(6, fixture.Pull.Comments.Count);
    }

    private static Report Nothing(Report report) => report with
    {
        Functions =
        [
            .. report.Functions.Where(f => f.Suggestion is not null)
                .Select(f => f with { Suggestion = null, Status = FunctionStatus.NoImprovement, Reason = "nothing was proposed" }),
        ],
    };

    private static FunctionReport Moved(FunctionReport function) => function with
    {
        StartLine = function.StartLine + 1,
        EndLine = function.EndLine + 1,
        Suggestion = function.Suggestion is not { } s ? null : s with { StartLine = s.StartLine + 1, EndLine = s.EndLine + 1 },
    };
}
