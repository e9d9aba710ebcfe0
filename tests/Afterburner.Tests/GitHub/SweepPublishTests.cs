using Afterburner.Functions;
using Afterburner.GitHub;
using Afterburner.Proposers;
using Xunit;

namespace Afterburner.Tests.GitHub;

/// <summary>What a sweep of a whole repository proved, as one pull request of its own.</summary>
public sealed class SweepPublishTests
{
    [Fact]
    public async Task What_is_proven_becomes_one_pull_request_into_the_default_branch_with_the_whole_edit()
    {
        await using var fixture = await SweptAsync(2);

        var outcome = await PublishAsync(fixture);

        Assert.Equal((SweepEnd.Opened, "#40", 2), (outcome.End, outcome.Address, outcome.Offered));
        var opened = Assert.Single(fixture.GitHub.OpenedPulls);
        Assert.Equal(("2 proven faster versions", "main"), ((string)opened["title"]!, (string)opened["base"]!));
        Assert.StartsWith("A sweep of ", (string)opened["body"]!, StringComparison.Ordinal);
        var (branch, files) = Assert.Single(fixture.GitHub.Commits);
        Assert.Equal(branch, (string)opened["head"]!);
        Assert.Contains(fixture.Pull.HeadSha, fixture.GitHub.Writes.First(w => w.Path.EndsWith("/git/refs", StringComparison.Ordinal)).Body, StringComparison.Ordinal);
        Assert.Equal("def total0(orders):\n    return sum(o.price for o in orders)\n", files["src/shop/part0.py"]);
    }

    [Fact]
    public async Task What_saves_most_of_the_tests_time_is_taken_first()
    {
        await using var fixture = await SweptAsync(3);
        fixture.WriteReport(fixture.Report with
        {
            Functions = [.. fixture.Report.Functions.Select((f, i) => f with { Workload = new() { ShareOfTests = i == 0 ? 0.9 : 0.001 } })],
        });

        var outcome = await PublishAsync(fixture, most: 1);

        Assert.Equal(1, outcome.Offered);
        Assert.Contains("`total0`", outcome.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_an_earlier_one_is_open_there_is_no_other()
    {
        await using var fixture = await SweptAsync(2);
        await PublishAsync(fixture);
        fixture.GitHub.OpenedPulls[0]["created_at"] = "2025-06-01T10:00:00Z";

        var outcome = await PublishAsync(fixture);

        Assert.Equal((SweepEnd.NotYet, null), (outcome.End, outcome.Address));
        Assert.Contains("#40 of an earlier sweep is still open", outcome.Message, StringComparison.Ordinal);
        Assert.Single(fixture.GitHub.OpenedPulls);
    }

    [Fact]
    public async Task What_was_closed_without_being_merged_is_not_offered_again_and_the_rest_is_a_week_later()
    {
        await using var fixture = await SweptAsync(2);
        await PublishAsync(fixture, most: 1);
        fixture.GitHub.OpenedPulls[0]["state"] = "closed";

        Assert.Equal(SweepEnd.NotYet, (await PublishAsync(fixture)).End);
        fixture.GitHub.OpenedPulls[0]["created_at"] = "2025-12-29T10:00:00Z";
        var outcome = await PublishAsync(fixture);

        Assert.Equal((SweepEnd.Opened, 1, 1), (outcome.End, outcome.Offered, outcome.Declined));
        Assert.NotEqual((string)fixture.GitHub.OpenedPulls[0]["body"]!, outcome.Body);
    }

    [Fact]
    public async Task A_branch_of_a_fork_that_is_called_like_a_sweeps_declines_nothing()
    {
        await using var fixture = await SweptAsync(1);
        await PublishAsync(fixture);
        var forged = fixture.GitHub.OpenedPulls[0];
        forged["state"] = "closed";
        forged["from"] = "somebody/shop";

        Assert.Equal((SweepEnd.Opened, 0), ((await PublishAsync(fixture)).End, (await PublishAsync(fixture, dry: true)).Declined));
    }

    [Fact]
    public async Task A_commit_that_was_not_merged_is_refused()
    {
        await using var fixture = await SweptAsync(1);
        fixture.GitHub.Compared = "diverged";

        var failure = await Assert.ThrowsAsync<UsageException>(() => PublishAsync(fixture));

        Assert.Contains("is no commit of main", failure.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.GitHub.Writes);
    }

    [Fact]
    public async Task The_review_of_a_change_is_no_sweep()
    {
        await using var fixture = await PublishFixture.ManyAsync(1);

        var failure = await Assert.ThrowsAsync<UsageException>(() => PublishAsync(fixture));

        Assert.Contains("hold no sweep", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_may_not_write_is_told_what_it_lacks()
    {
        await using var fixture = await SweptAsync(1);
        fixture.GitHub.Forbidden.Add("contents");

        var outcome = await PublishAsync(fixture);

        Assert.Equal(SweepEnd.ReadOnly, outcome.End);
        Assert.Contains("contents: write and pull-requests: write", outcome.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.GitHub.OpenedPulls);
    }

    private static async Task<PublishFixture> SweptAsync(int functions)
    {
        var fixture = await PublishFixture.ManyAsync(functions);
        fixture.WriteReport(fixture.Report with { Base = "" });
        return fixture;
    }

    private static async Task<SweepOutcome> PublishAsync(PublishFixture fixture, int most = 5, bool dry = false)
    {
        var stop = TestContext.Current.CancellationToken;
        var sandbox = await SharedSandbox.OpenAsync();
        using var api = new GitHubApi(GitHubAddress.Of(fixture.GitHub.Url.ToString(), null), new Secret(FakeGitHub.Token), fixture.Time, stop);
        var astGrep = AstGrep.Find(sandbox);
        return await new SweepPublish(api, new SuggestionCheck(new FunctionFinder(astGrep), astGrep), fixture.Time).RunAsync(
            new SweepRequest([fixture.Directory], new RepositoryName(FakeGitHub.Owner, FakeGitHub.Name), most, dry), stop);
    }
}
