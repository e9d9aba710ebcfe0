using System.Globalization;
using Afterburner.GitHub;
using Xunit;

namespace Afterburner.Tests.GitHub;

/// <summary>Limits, outages and tokens: what goes wrong between us and GitHub.</summary>
public sealed class TransportTests
{
    [Theory]
    [InlineData(429, "Retry-After", "7", 7)]
    [InlineData(403, "Retry-After", "30", 30)]
    [InlineData(403, "x-ratelimit-remaining", "0", 60)] // no reset is named: a minute
    public async Task A_limit_is_waited_for_as_long_as_it_says(int status, string header, string value, int seconds)
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.GitHub.Fail(new FakeFault(IsReview, status, "You have exceeded a secondary rate limit") { Headers = new() { [header] = value } });

        await fixture.PublishAsync();

        Assert.Equal([TimeSpan.FromSeconds(seconds)], fixture.Time.Waits);
        Assert.Single(fixture.Pull.Threads);
    }

    [Fact]
    public async Task A_limit_that_outlasts_the_budget_ends_the_run_with_advice()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        var reset = fixture.Time.GetUtcNow().AddHours(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        fixture.GitHub.Fail(new FakeFault(IsReview, 403, "API rate limit exceeded")
        {
            Headers = new() { ["x-ratelimit-remaining"] = "0", ["x-ratelimit-limit"] = "1000", ["x-ratelimit-reset"] = reset },
        });

        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(() => fixture.PublishAsync());

        Assert.Contains("again later", failure.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.Time.Waits);
    }

    [Theory]
    [InlineData(502)]
    [InlineData(0)] // the connection breaks
    public async Task An_outage_while_reading_is_ridden_out(int status)
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.GitHub.Fail(new FakeFault(r => r.Path.EndsWith("/files", StringComparison.Ordinal), status) { Times = 2 });

        await fixture.PublishAsync();

        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], fixture.Time.Waits);
        Assert.Single(fixture.Pull.Threads);
    }

    [Theory]
    [InlineData(502, true)]
    [InlineData(502, false)]
    [InlineData(0, true)]
    [InlineData(0, false)]
    public async Task A_review_whose_answer_is_lost_is_posted_exactly_once(int status, bool arrived)
    {
        await using var fixture = await PublishFixture.ManyAsync(3);
        fixture.GitHub.Fail(new FakeFault(IsReview, status) { CarriedOut = arrived });
        fixture.GitHub.Fail(new FakeFault(IsComment, status) { CarriedOut = arrived });

        await fixture.PublishAsync();

        Assert.Equal(3, fixture.Pull.Threads.Count);
        Assert.Single(fixture.Pull.Comments);
    }

    [Fact]
    public async Task One_refused_comment_costs_no_other()
    {
        await using var fixture = await PublishFixture.ManyAsync(5);
        fixture.Pull.Refused.Add("src/shop/part2.py");

        await fixture.PublishAsync();

        Assert.Equal(4, fixture.Pull.Threads.Count);
        var summary = Assert.Single(fixture.Pull.Comments).Body;
        Assert.Contains("GitHub took no comment there", summary, StringComparison.Ordinal);
        Assert.Contains("+    return sum(o.price for o in orders)", summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_may_only_read_falls_back_to_annotations_and_the_summary_of_the_job()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        var outcome = await fixture.PublishAsync(token: FakeGitHub.ReadOnlyToken);

        Assert.Equal(PublishEnd.ReadOnly, outcome.End);
        Assert.Equal(["5-9", "24-24"], outcome.Annotations.Select(a => $"{a.StartLine}-{a.EndLine}"));
        Assert.Contains("dict.fromkeys", await File.ReadAllTextAsync(fixture.StepSummary, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Empty(fixture.Pull.Comments);
    }

    [Fact]
    public async Task A_check_that_may_not_be_written_costs_only_the_check()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.GitHub.Forbidden.Add("checks");

        var outcome = await fixture.PublishAsync();

        Assert.Equal(PublishEnd.Published, outcome.End);
        Assert.Contains(outcome.Notes, n => n.Contains("checks: write", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_on_another_host_is_not_fetched()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.GitHub.NextPageHost = "example.org";
        fixture.GitHub.LargestPage = 1;
        await fixture.PushAsync("b.py", "def b():\n    return 2\n", r => r);

        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(() => fixture.PublishAsync());

        Assert.Contains("example.org", failure.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.GitHub.Writes);
    }

    [Fact]
    public async Task A_token_is_masked_wherever_it_turns_up()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.WriteReport(fixture.Report with
        {
            Functions =
            [
                .. fixture.Report.Functions.Select(f => f.Suggestion is null ? f : f with
                {
                    Suggestion = f.Suggestion with { Title = $"see {FakeGitHub.Token}", Rationale = "ghp_0123456789abcdefghijklmnopqrstuvwxyz" },
                }),
            ],
        });
        fixture.GitHub.Fail(new FakeFault(r => r.Path.EndsWith("check-runs", StringComparison.Ordinal) && r.Method == "POST", 422, $"not with {FakeGitHub.Token}"));

        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(() => fixture.PublishAsync(sarif: true));

        Assert.Contains("***", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeGitHub.Token, failure.ToString(), StringComparison.Ordinal);
        foreach (var request in fixture.GitHub.Requests)
        {
            Assert.DoesNotContain(FakeGitHub.Token, request.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("ghp_", request.Body, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("ghp_", await File.ReadAllTextAsync(fixture.StepSummary, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "https://api.github.com/", "https://api.github.com/graphql")]
    [InlineData("https://git.example.org/api/v3", "https://git.example.org/api/v3/", "https://git.example.org/api/graphql")]
    [InlineData("https://api.acme.ghe.com/", "https://api.acme.ghe.com/", "https://api.acme.ghe.com/graphql")]
    public void The_address_of_graphql_follows_from_that_of_the_api(string? api, string rest, string graphQl)
    {
        var address = GitHubAddress.Of(api, null);

        Assert.Equal((rest, graphQl), (address.Api.ToString(), address.GraphQl.ToString()));
    }

    [Theory]
    [InlineData("http://git.example.org")]
    [InlineData("https://user:word@git.example.org")]
    [InlineData("nowhere")]
    public void A_token_is_not_sent_in_the_clear(string api) =>
        Assert.Throws<UsageException>(() => GitHubAddress.Of(api, null));

    [Theory]
    [InlineData("octo-org/shop")]
    [InlineData("octo-org/shop#0")]
    [InlineData("octo-org/../x#1")]
    [InlineData("octo-org/shop#1\n")]
    [InlineData("octo org/shop#1")]
    public void A_pull_request_is_named_in_one_way(string text) =>
        Assert.Throws<UsageException>(() => PullRequestName.Parse(text));

    private static bool IsReview(FakeRequest request) => request.Path.EndsWith("/reviews", StringComparison.Ordinal);

    private static bool IsComment(FakeRequest request) => request.Method == "POST" && request.Path.EndsWith("/comments", StringComparison.Ordinal);
}
