
using Afterburner.GitHub;
using Afterburner.Proposers;
using Xunit;

namespace Afterburner.Tests.GitHub;

/// <summary>What became of suggestions, as GitHub tells it.</summary>
public sealed class SuggestionHistoryTests
{
    [Fact]
    public async Task A_suggestion_is_taken_where_the_head_has_it_turned_down_where_somebody_says_so_and_left_where_the_pull_request_ends_without_it()
    {
        await using var fixture = await PublishFixture.ManyAsync(4);
        await fixture.PublishAsync();
        fixture.Repository.Write("src/shop/part0.py", "def total0(orders):\n    return sum(o.price for o in orders)\n");
        fixture.Pull.HeadSha = await fixture.Repository.CommitAsync("taken over");
        fixture.Pull.Threads.Single(t => t.Path.EndsWith("part1.py", StringComparison.Ordinal)).IsResolved = true;

        Assert.Equal((4, 1, 1, 0, 0.5), Of(await ReadAsync(fixture)));
        fixture.Pull.IsOpen = false;
        Assert.Equal((4, 1, 1, 2, 0.25), Of(await ReadAsync(fixture)));
    }

    [Fact]
    public async Task Comments_of_others_that_are_made_like_ours_do_not_count()
    {
        await using var fixture = await PublishFixture.ManyAsync(1);
        await fixture.PublishAsync();
        var ours = fixture.Pull.Threads.Single().Comments[0].Body;
        var forged = new FakeThread("PRRT_forged", "src/shop/part0.py", null, 1);
        forged.Comments.Add(new FakeComment(9_999, "somebody", IsBot: false) { Body = ours.Replace("by=recipes", "by=member-set", StringComparison.Ordinal) });
        fixture.Pull.Threads.Add(forged);

        Assert.Equal("recipes", Assert.Single(await ReadAsync(fixture)).By);
    }

    [Fact]
    public async Task What_a_sweep_offered_is_taken_with_its_pull_request_and_turned_down_by_closing_it()
    {
        await using var fixture = await PublishFixture.ManyAsync(0);
        fixture.GitHub.OpenedPulls.Add(new() { ["number"] = 40, ["head"] = "afterburner/sweep-0123456789-abc", ["body"] = $"A sweep.\n{new SuggestionKeys(new string('a', 16), new string('b', 16), new string('c', 16)) { By = "any-eq" }.Marker}\n" });

        Assert.Equal(new PastSuggestion(40, "any-eq", SuggestionFate.Open), Assert.Single(await ReadAsync(fixture)));
        fixture.GitHub.OpenedPulls[0]["state"] = "closed";
        Assert.Equal(SuggestionFate.Dismissed, Assert.Single(await ReadAsync(fixture)).Fate);
        fixture.GitHub.OpenedPulls[0]["merged_at"] = "2026-01-05T11:00:00Z";
        Assert.Equal(SuggestionFate.Taken, Assert.Single(await ReadAsync(fixture)).Fate);
    }

    [Fact]
    public void Recipes_are_unwanted_of_which_people_took_hardly_one_of_five_and_more()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("stats.json", StatsFile.Write(
        [
            new("member-set", 9, 0, 4, 1), new("any-eq", 20, 2, 18, 0), new("const-fill", 4, 0, 4, 0), new("join-genexp+seq-genexp", 6, 0, 3, 3), new("seq-genexp", 9, 5, 0, 0), new("", 50, 0, 50, 0),
        ]));

        Assert.Equal(["join-genexp", "member-set"], StatsFile.Unwanted(file).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"suggestions\": [{\"by\": \"a\", \"posted\": -1}]}")]
    [InlineData("nothing")]
    public void A_file_without_figures_is_a_mistake(string text)
    {
        using var folder = new TemporaryFolder();

        Assert.Contains("holds no figures", Assert.Throws<UsageException>(() => StatsFile.Unwanted(folder.Write("stats.json", text))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qwen2.5-coder:7b", "qwen2.5-coder-7b")]
    [InlineData("a --> b", "a-b")]
    public void The_name_of_a_model_cannot_end_the_line_that_it_stands_in(string name, string told)
    {
        var report = PublishFixture.Improved("a.py", "def f(orders):\n    return sum([o for o in orders])\n", "f", 2);
        report = report with { Suggestion = report.Suggestion! with { Proposer = name } };

        Assert.Equal(told, SuggestionKeys.Read(SuggestionKeys.Of(report, "def f(): pass").Marker)!.By);
    }

    private static (int, int, int, int, double?) Of(IReadOnlyList<PastSuggestion> past) =>
        Assert.Single(SuggestionStatistic.Of(past)) is var all ? (all.Posted, all.Taken, all.Dismissed, all.Ignored, all.ShareTaken) : default;

    private static async Task<IReadOnlyList<PastSuggestion>> ReadAsync(PublishFixture fixture)
    {
        using var api = new GitHubApi(GitHubAddress.Of(fixture.GitHub.Url.ToString(), null), new Secret(FakeGitHub.Token), fixture.Time, TestContext.Current.CancellationToken);
        return await new SuggestionHistory(api, new RepositoryName(FakeGitHub.Owner, FakeGitHub.Name)).ReadAsync(100);
    }
}
