using Afterburner.Worker.Demo;
using Afterburner.Worker.Inbox;
using Afterburner.Worker.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>What people can ask for in comments, who can, and what is fetched that did not arrive.</summary>
public sealed class CommentCommandTests
{
    private static readonly string Head = new('a', 40);

    [Theory]
    [InlineData("/afterburner review", CommandVerb.Review)]
    [InlineData("  /Afterburner STOP \r\nplease", CommandVerb.Stop)]
    [InlineData("/afterburner accept 1234567", CommandVerb.Accept)]
    [InlineData("/afterburner", CommandVerb.Unknown)]
    [InlineData("/afterburner 0", CommandVerb.Unknown)]
    [InlineData("/afterburner accept,help", CommandVerb.Unknown)]
    [InlineData("/afterburner unknown", CommandVerb.Unknown)]
    [InlineData("/afterburner review everything", CommandVerb.Unknown)]
    [InlineData("/afterburnerreview", null)]
    [InlineData("see\n/afterburner review", null)]
    [InlineData("> /afterburner review", null)]
    [InlineData(null, null)]
    public void A_command_is_the_first_line_and_nothing_else(string? body, object? verb) => Assert.Equal((CommandVerb?)verb, CommandText.Read(body)?.Verb);

    [Theory]
    [InlineData("/afterburner optimize src/shop.py::Cart.total", "src/shop.py::Cart.total")]
    [InlineData("/afterburner optimize `src/shop.py::total`\nplease", "src/shop.py::total")]
    [InlineData("/afterburner optimize", null)]
    [InlineData("/afterburner optimize total", null)]
    [InlineData("/afterburner optimize ../shop.py::total", null)]
    [InlineData("/afterburner optimize /etc/shop.py::total", null)]
    [InlineData("/afterburner optimize --repo::total", null)]
    [InlineData("/afterburner optimize src/shop.py::a::b", null)]
    public void A_function_is_named_by_its_path_and_name(string body, string? function) =>
        Assert.Equal((function is null ? CommandVerb.Unknown : CommandVerb.Optimize, function), CommandText.Read(body));

    [Fact]
    public async Task One_function_is_made_faster_on_request_beside_the_review_and_said_in_one_comment()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromMilliseconds(50));
        var repository = worker.GitHub.Add("octo-org/shop");
        var pull = repository.Open(1, Head);
        await worker.DeliverAsync(repository, pull, "opened");

        await CommentAsync(worker, repository, StandIn.Maintainer, "/afterburner optimize shop.py::total");
        await CommentAsync(worker, repository, StandIn.Maintainer, "/afterburner optimize shop.py::total");

        // Asked for twice it is made once, or again for whoever comes after it was done.
        var rows = await worker.WhenAsync(r => r.Count == 5 && r.All(d => d.State is DeliveryState.Done or DeliveryState.Superseded));
        Assert.Equal(DeliveryState.Done, rows.Last(d => d.Kind == WorkKind.Review).State);
        Assert.Equal([null, "shop.py::total", "shop.py::total"], rows.Where(d => d.Kind == WorkKind.Review).Select(d => d.Function));
        Assert.Single(pull.Posts, p => p.Kind == "comment" && ((string)p.Body["body"]!).Contains("afterburner:optimize", StringComparison.Ordinal));
        Assert.Single(pull.Posts, p => p.Kind == "comment" && ((string)p.Body["body"]!).Contains("afterburner:summary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_function_that_was_made_faster_at_one_commit_is_not_said_to_be_so_at_the_next()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromSeconds(1));
        var repository = worker.GitHub.Add("octo-org/shop");
        var pull = repository.Open(1, Head);
        var next = new string('b', 40);

        await CommentAsync(worker, repository, StandIn.Maintainer, "/afterburner optimize shop.py::total");
        await worker.WhenAsync(r => r is [_, { State: DeliveryState.Running, Progress: "taking time" }]);
        pull.Head = next;

        var rows = await worker.WhenAsync(r => r is [_, { State: DeliveryState.Done }]);
        Assert.Equal(next, rows[1].Head);
        Assert.Equal(next, Assert.Single(pull.Posts, p => p.Kind == "comment").Head);
    }

    [Fact]
    public async Task A_maintainer_has_a_commit_reviewed_again_and_sees_that_it_was_heard()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromMilliseconds(50));
        var repository = worker.GitHub.Add("octo-org/shop");
        var pull = repository.Open(1, Head);
        await worker.DeliverAsync(repository, pull, "opened");
        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Done }]);

        await CommentAsync(worker, repository, StandIn.Maintainer, "/afterburner review");

        var rows = await worker.WhenAsync(r => r.Count == 3 && r.All(d => d.State == DeliveryState.Done));
        Assert.Equal((WorkKind.Review, Head), (rows[2].Kind, rows[2].Head));
        Assert.Equal([("77", "eyes"), ("77", "rocket")], worker.GitHub.Reactions);
    }

    [Fact]
    public async Task Stop_ends_what_runs_and_does_not_wait_behind_it()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromMinutes(1), s => s with { Concurrency = 1 });
        var repository = worker.GitHub.Add("octo-org/shop");
        var pull = repository.Open(1, Head);
        await worker.DeliverAsync(repository, pull, "opened");
        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Running }]);

        await CommentAsync(worker, repository, StandIn.Maintainer, "/afterburner stop");

        var rows = await worker.WhenAsync(r => r is [{ State: DeliveryState.Superseded }, { State: DeliveryState.Done }]);
        Assert.Equal("maintainer stopped it", rows[0].Reason);
        Assert.Empty(pull.Posts);
    }

    [Fact]
    public async Task Strangers_and_bots_are_not_followed_and_get_no_answer()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.Zero);
        var repository = worker.GitHub.Add("octo-org/shop");
        var pull = repository.Open(1, Head);

        await CommentAsync(worker, repository, "stranger", "/afterburner review");
        await CommentAsync(worker, repository, "stranger", "/afterburner nonsense");
        await CommentAsync(worker, repository, "afterburner[bot]", "/afterburner review", type: "Bot");

        var rows = await worker.WhenAsync(r => r.Count == 3 && r.All(d => d.State is DeliveryState.Done or DeliveryState.Ignored));
        Assert.Equal("stranger may not write to the repository", rows[0].Reason);
        Assert.Equal("commands of bots are not followed", rows[2].Reason);
        Assert.Empty(worker.GitHub.Reactions);
        Assert.Empty(pull.Posts);
    }

    [Fact]
    public async Task Who_mistypes_gets_help_once()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.Zero);
        var repository = worker.GitHub.Add("octo-org/shop");
        var pull = repository.Open(1, Head);

        await CommentAsync(worker, repository, StandIn.Maintainer, "/afterburner reveiw");
        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Done }]);
        await CommentAsync(worker, repository, StandIn.Maintainer, "/afterburner hlep");
        await worker.WhenAsync(rows => rows.Count == 2 && rows.All(d => d.State == DeliveryState.Done));

        var help = Assert.Single(pull.Posts);
        Assert.Contains("`/afterburner review`", (string)help.Body["body"]!, StringComparison.Ordinal);
        Assert.Equal(2, worker.GitHub.Reactions.Count(r => r.Content == "confused"));
    }

    [Fact]
    public async Task Deliveries_that_found_nobody_are_asked_for_and_others_are_not()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.Zero);
        var (gitHub, repository) = (worker.GitHub, worker.GitHub.Add("octo-org/shop"));
        var opened = StandIn.PullRequestEvent(repository, repository.Open(1, Head), "opened");
        gitHub.Webhook = worker.Host.Url;
        await worker.DeliverAsync("ping", "{}"u8.ToArray(), "arrived, though GitHub did not see the answer".Replace(' ', '-'));
        gitHub.Deliveries.Enqueue(new StandInDelivery(1, "arrived, though GitHub did not see the answer".Replace(' ', '-'), "ping", "{}"u8.ToArray(), 0));
        gitHub.Deliveries.Enqueue(new StandInDelivery(2, "lost", "pull_request", opened, 0));
        gitHub.Deliveries.Enqueue(new StandInDelivery(3, "lost-and-sent-again", "pull_request", opened, 0));
        gitHub.Deliveries.Enqueue(new StandInDelivery(4, "lost-and-sent-again", "pull_request", opened, 202));

        var redelivery = worker.Host.Services.GetRequiredService<Redelivery>();
        Assert.Equal(1, await redelivery.AskAsync(TestContext.Current.CancellationToken));

        await worker.WhenAsync(rows => rows.Any(d => d is { Guid: "lost", State: DeliveryState.Done }));
        Assert.Equal(0, await redelivery.AskAsync(TestContext.Current.CancellationToken));
    }

    private static async Task CommentAsync(StubWorker worker, StandInRepository repository, string login, string body, string type = "User") =>
        Assert.Equal(202, await worker.DeliverAsync("issue_comment", StandIn.CommentEvent(repository, 1, login, body, 77, type)));
}
