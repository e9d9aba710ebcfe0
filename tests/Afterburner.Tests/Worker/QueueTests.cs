using Afterburner.Worker.Demo;
using Afterburner.Worker.Inbox;
using Afterburner.Worker.Queue;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>What becomes of deliveries: which are reviewed, which give way, and what happens when something is in the way.</summary>
public sealed class QueueTests
{
    private static readonly string First = new('a', 40), Second = new('b', 40), Third = new('c', 40);

    [Fact]
    public async Task A_newer_head_takes_the_place_of_the_older_one_also_while_that_is_reviewed()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromSeconds(30));
        var repository = worker.GitHub.Add("octo-org/shop");
        var pull = repository.Open(1, First);
        await worker.DeliverAsync(repository, pull, "opened");
        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Running, Progress: "taking time" }]);

        pull.Head = Second;
        await worker.DeliverAsync(repository, pull, "synchronize");

        var rows = await worker.WhenAsync(r => r is [_, { State: DeliveryState.Running }]);
        Assert.Equal(DeliveryState.Superseded, rows[0].State);
        Assert.Empty(pull.Posts);
    }

    [Fact]
    public async Task Each_head_is_reviewed_once_however_often_it_is_told_of()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromMilliseconds(50));
        var repository = worker.GitHub.Add("octo-org/shop");
        var pull = repository.Open(1, First);

        await worker.DeliverAsync(repository, pull, "opened");
        await worker.DeliverAsync(repository, pull, "ready_for_review");
        await worker.WhenAsync(rows => rows.Count == 2 && rows.All(IsOver));
        await worker.DeliverAsync(repository, pull, "reopened");
        var rows = await worker.WhenAsync(r => r.Count == 3 && r.All(IsOver));

        Assert.Single(rows, d => d.State == DeliveryState.Done);
        Assert.Single(pull.Posts, p => p.Kind == "comment");
        Assert.DoesNotContain(pull.Posts, p => p.Kind == "edit");
    }

    [Fact]
    public async Task A_late_delivery_of_an_old_head_does_not_keep_the_newest_from_being_reviewed()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromSeconds(1));
        var repository = worker.GitHub.Add("octo-org/shop");
        var pull = repository.Open(1, First);
        var late = StandIn.PullRequestEvent(repository, pull, "opened");
        pull.Head = Second;
        await worker.DeliverAsync(repository, pull, "synchronize");
        await worker.WhenAsync(r => r is [{ State: DeliveryState.Running }]);

        await worker.DeliverAsync("pull_request", late);

        var rows = await worker.WhenAsync(r => r.Count == 2 && r.All(IsOver));
        Assert.Equal([Second], rows.Where(d => d.State == DeliveryState.Done).Select(d => d.Head));
        Assert.Equal([Second], pull.Posts.Where(p => p.Kind == "comment").Select(p => p.Head));
    }

    [Fact]
    public async Task A_pull_request_that_is_closed_is_left_alone()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromSeconds(30));
        var repository = worker.GitHub.Add("octo-org/shop");
        var pull = repository.Open(1, First);
        await worker.DeliverAsync(repository, pull, "opened");
        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Running }]);

        pull.IsOpen = false;
        await worker.DeliverAsync(repository, pull, "closed");

        var rows = await worker.WhenAsync(r => r.Count == 2 && r.All(IsOver));
        // The review asks as well before it begins, and may be the first to hear of it.
        Assert.Contains(rows[0].Reason, new[] { "the pull request was closed", "the pull request is closed" });
        Assert.Empty(pull.Posts);
    }

    [Fact]
    public async Task A_late_word_of_its_closing_does_not_keep_an_open_pull_request_from_being_reviewed()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromSeconds(1));
        var repository = worker.GitHub.Add("octo-org/shop");
        var pull = repository.Open(1, First);
        await worker.DeliverAsync(repository, pull, "reopened");
        await worker.WhenAsync(r => r is [{ State: DeliveryState.Running }]);

        await worker.DeliverAsync(repository, pull, "closed");

        var rows = await worker.WhenAsync(r => r.Count == 2 && r.All(IsOver));
        Assert.Equal([First], rows.Where(d => d.State == DeliveryState.Done).Select(d => d.Head));
        Assert.Single(pull.Posts, p => p.Kind == "comment");
    }

    [Fact]
    public async Task A_review_that_somebody_asked_for_again_is_not_lost_to_other_news()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromSeconds(1));
        var repository = worker.GitHub.Add("octo-org/shop");
        var pull = repository.Open(1, First);
        await worker.DeliverAsync(repository, pull, "opened");
        await worker.WhenAsync(r => r is [{ State: DeliveryState.Done }]);
        await worker.DeliverAsync("issue_comment", StandIn.CommentEvent(repository, 1, StandIn.Maintainer, "/afterburner review", 77));
        await worker.WhenAsync(r => r.Count == 3);

        await worker.DeliverAsync(repository, pull, "ready_for_review");

        var rows = await worker.WhenAsync(r => r.Count == 4 && r.All(IsOver));
        Assert.Equal(2, rows.Count(d => d.Kind == WorkKind.Review && d.State == DeliveryState.Done));
    }

    [Fact]
    public async Task What_no_database_takes_is_told_all_the_same()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromMinutes(1));
        var repository = worker.GitHub.Add("octo-org/shop");
        await worker.DeliverAsync(repository, repository.Open(1, First), "opened");
        var running = (await worker.WhenAsync(r => r is [{ State: DeliveryState.Running }]))[0];
        var database = worker.Host.Services.GetRequiredService<InboxDatabase>();
        var attempt = await Attempt.TakeAsync(database, TimeProvider.System, running, "test", TestContext.Current.CancellationToken);

        Assert.True(await attempt!.EndAsync(DeliveryState.Failed, $"a\0b{new string('c', 100_000)}", TestContext.Current.CancellationToken));

        var reason = (await worker.InboxAsync())[0].Reason!;
        Assert.StartsWith("a", reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\0', reason);
        Assert.InRange(reason.Length, 1_000, 3_000);
    }

    [Fact]
    public async Task What_a_worker_was_at_when_it_was_stopped_is_done_by_the_next()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromSeconds(30));
        var repository = worker.GitHub.Add("octo-org/shop");
        var pull = repository.Open(1, First);
        await worker.DeliverAsync(repository, pull, "opened");
        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Running }]);

        await worker.Host.DisposeAsync();
        await worker.StartHostAsync(TimeSpan.Zero);

        var rows = await worker.WhenAsync(r => r.All(IsOver));
        Assert.Equal((DeliveryState.Done, 2, 0, 0), (rows[0].State, rows[0].Attempt, rows[0].Failures, rows[0].Deaths));
        Assert.Single(pull.Posts, p => p.Kind == "comment");
    }

    [Fact]
    public async Task What_fails_again_and_again_is_put_aside_and_says_why()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.Zero, s => s with { MostFailures = 3 });
        var repository = worker.GitHub.Add("octo-org/shop");
        var pull = repository.Open(1, First);
        // The head moves while it is reviewed, each time: nothing that could be posted is right.
        worker.GitHub.OnPullRead = p => p.Head = p.Head == Second ? Third : Second;

        await worker.DeliverAsync(repository, pull, "opened");

        var rows = await worker.WhenAsync(r => r.All(IsOver));
        Assert.Equal((DeliveryState.Dead, 3), (rows[0].State, rows[0].Attempt));
        Assert.Contains("3 tries failed", rows[0].Reason, StringComparison.Ordinal);
        Assert.Empty(pull.Posts);
    }

    [Fact]
    public void One_busy_repository_does_not_keep_another_waiting()
    {
        Work[] waiting = [.. Enumerable.Range(1, 60).Select(i => new Work(i, 1, 1, i)), .. Enumerable.Range(1, 5).Select(i => new Work(100 + i, 2, 2, i))];

        var chosen = Fairness.Choose(waiting, atWork: [], most: 2).Select(w => (w.Repository, w.Number));

        Assert.Equal([(1, 1), (2, 1), (1, 2), (2, 2)], chosen);
    }

    [Fact]
    public void Who_owns_many_repositories_is_not_served_before_who_owns_one()
    {
        Work[] waiting = [.. Enumerable.Range(1, 10).Select(i => new Work(i, Repository: i, Installation: 1, 1)), new Work(100, 99, Installation: 2, 1)];

        var chosen = Fairness.Choose(waiting, atWork: [], most: 1).Select(w => w.Repository).ToList();

        Assert.Equal(1, chosen.IndexOf(99));
        Assert.Equal(11, chosen.Count);
    }

    [Fact]
    public void Of_one_pull_request_there_are_never_two_at_work()
    {
        Work[] waiting = [new(2, 1, 1, Number: 7), new(3, 1, 1, Number: 8)];

        Assert.Equal([3], Fairness.Choose(waiting, atWork: [new Work(1, 1, 1, Number: 7)], most: 4).Select(w => w.Id));
    }

    private static bool IsOver(Delivery delivery) =>
        delivery.State is not (DeliveryState.Received or DeliveryState.Waiting or DeliveryState.Released or DeliveryState.Running);
}
