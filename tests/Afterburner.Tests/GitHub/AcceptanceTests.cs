using System.Text.Json.Nodes;
using Afterburner.GitHub;
using Afterburner.Proposers;
using Xunit;

namespace Afterburner.Tests.GitHub;

/// <summary>Who may accept a slowdown, with which words, and for how long.</summary>
public sealed class AcceptanceTests
{
    private const string Before = "2026-01-05T09:00:00Z";
    private const string Pushed = "2026-01-05T10:00:00Z";
    private const string After = "2026-01-05T11:00:00Z";

    [Fact]
    public async Task A_comment_of_somebody_who_may_write_accepts_what_was_pushed_before_it() =>
        Assert.Equal("maintainer, in a comment", await AcceptedAsync(f => Say(f, "maintainer", "/afterburner accept")));

    [Theory]
    [InlineData("/afterburner accept\r\n\r\nIt is worth it.")]
    [InlineData("/Afterburner  ACCEPT ")]
    public async Task What_follows_the_first_line_is_free(string body) =>
        Assert.NotNull(await AcceptedAsync(f => Say(f, "maintainer", body)));

    [Theory]
    [InlineData("> /afterburner accept")]
    [InlineData("I would not write\n/afterburner accept")]
    [InlineData("```\n/afterburner accept\n```")]
    [InlineData("    /afterburner accept")]
    [InlineData("/afterburner accepted")]
    [InlineData("/afterburner accept nothing of this")]
    [InlineData("/afterburner")]
    public async Task Quoted_text_and_other_words_accept_nothing(string body) =>
        Assert.Null(await AcceptedAsync(f => Say(f, "maintainer", body)));

    [Fact]
    public async Task A_reader_and_a_bot_accept_nothing()
    {
        Assert.Null(await AcceptedAsync(f => Say(f, "stranger", "/afterburner accept")));
        Assert.Null(await AcceptedAsync(f =>
        {
            f.GitHub.Permissions["helper[bot]"] = "write";
            f.Pull.Comments.Add(new FakeComment(1, "helper", IsBot: true) { Body = "/afterburner accept", CreatedAt = After });
        }));
    }

    [Fact]
    public async Task An_acceptance_does_not_hold_for_what_is_pushed_after_it() =>
        Assert.Null(await AcceptedAsync(f => Say(f, "maintainer", "/afterburner accept", Before)));

    [Fact]
    public async Task Without_a_check_nobody_knows_when_a_commit_was_pushed_and_it_must_be_named()
    {
        Assert.Null(await AcceptedAsync(f =>
        {
            f.GitHub.Checks.Clear();
            Say(f, "maintainer", "/afterburner accept");
        }));
        Assert.NotNull(await AcceptedAsync(f =>
        {
            f.GitHub.Checks.Clear();
            Say(f, "maintainer", $"/afterburner accept {f.Pull.HeadSha[..12]}", Before);
        }));
    }

    [Fact]
    public async Task A_named_commit_is_accepted_and_no_other()
    {
        Assert.NotNull(await AcceptedAsync(f => Say(f, "maintainer", $"/afterburner accept {f.Pull.HeadSha}", Before)));
        Assert.Null(await AcceptedAsync(f => Say(f, "maintainer", $"/afterburner accept {f.Pull.BaseSha}")));
        Assert.Null(await AcceptedAsync(f => Say(f, "maintainer", $"/afterburner accept {f.Pull.HeadSha[..4]}")));
    }

    [Fact]
    public async Task The_description_counts_when_its_author_may_write()
    {
        Assert.Null(await AcceptedAsync(f => f.Pull.Body = "Faster soon.\n\nafterburner: accept"));
        Assert.Equal("octocat, in the description of the pull request", await AcceptedAsync(f =>
        {
            f.GitHub.Permissions["octocat"] = "maintain";
            f.Pull.Body = "Faster soon.\r\n\r\nAfterburner: accept\r\n";
        }));
    }

    [Theory]
    [InlineData("> afterburner: accept")]
    [InlineData("```\nafterburner: accept\n```")]
    [InlineData("<!-- write\nafterburner: accept\nto accept -->")]
    [InlineData("text <!--\nafterburner: accept\n-->")]
    [InlineData("Do not write afterburner: accept")]
    public void Quotations_code_and_hidden_text_of_a_description_do_not_count(string body) =>
        Assert.False(Acceptance.IsInDescription(body));

    private static void Say(PublishFixture fixture, string author, string body, string at = After) =>
        fixture.Pull.Comments.Add(new FakeComment(1, author, IsBot: false) { Body = body, CreatedAt = at });

    private static async Task<string?> AcceptedAsync(Action<PublishFixture> arrange)
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.GitHub.Checks.Add(new JsonObject
        {
            ["id"] = 1, ["name"] = "gate", ["head_sha"] = fixture.Pull.HeadSha, ["status"] = "in_progress", ["started_at"] = Pushed, ["annotations"] = new JsonArray(),
        });
        arrange(fixture);
        using var api = new GitHubApi(
            GitHubAddress.Of(fixture.GitHub.Url.ToString(), null), new Secret(FakeGitHub.Token), fixture.Time, TestContext.Current.CancellationToken);
        return await new Acceptance(api, new PullRequestName(FakeGitHub.Owner, FakeGitHub.Name, fixture.Pull.Number)).OfAsync(fixture.Pull.HeadSha);
    }
}
