using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Tests.Changes;
using Afterburner.Worker.Demo;
using Afterburner.Worker.Inbox;
using Afterburner.Worker.Webhooks;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>Branches without a pull request: pushes to the default branch, and what is asked for by hand; and what becomes of them when the app is taken away.</summary>
public sealed class BranchTests
{
    private static readonly string First = new('a', 40), Second = new('b', 40), Third = new('c', 40);

    [Fact]
    public void Only_a_push_of_commits_to_the_default_branch_is_gated()
    {
        Assert.Equal(
            new WebhookEvent.Pushed(new Place("octo-org/shop", 7, StandIn.Installation, null, "main"), First, Second), Read("push", Push("main", First, Second)));
        Assert.IsType<WebhookEvent.Ignored>(Read("push", Push("change", First, Second)));
        Assert.IsType<WebhookEvent.Ignored>(Read("push", Push("main", new string('0', 40), Second)));
        Assert.IsType<WebhookEvent.Ignored>(Read("push", Push("main", First, new string('0', 40))));
        Assert.IsType<WebhookEvent.Unreadable>(Read("push", Push("main", "--upload-pack=x", Second)));
    }

    [Theory]
    [InlineData(".github/workflows/afterburner.yml", "refs/heads/a/b", "a/b")]
    [InlineData(".github/workflows/ci.yml", "refs/heads/a", null)]
    [InlineData(".github/workflows/afterburner.yml", "refs/tags/v1", null)]
    public void A_workflow_of_that_name_asks_for_its_branch(string workflow, string reference, string? branch)
    {
        var asked = Read("workflow_dispatch", Payload(("workflow", workflow), ("ref", reference), ("inputs", null)));

        Assert.Equal(branch, (asked as WebhookEvent.Dispatched)?.Place.Branch);
        Assert.Equal(branch is null, asked is WebhookEvent.Ignored);
    }

    [Theory]
    [InlineData("change")]
    [InlineData("feature/one.two")]
    [InlineData("ünï")]
    public void An_event_of_that_name_asks_for_the_branch_it_names(string branch) =>
        Assert.Equal(branch, Assert.IsType<WebhookEvent.Dispatched>(Read("repository_dispatch", Dispatch(branch))).Place.Branch);

    [Theory]
    [InlineData("--upload-pack=touch x")]
    [InlineData("a:b")]
    [InlineData("a..b")]
    [InlineData("*")]
    [InlineData("a b")]
    [InlineData("a/.b")]
    [InlineData("a.lock/b")]
    [InlineData("a\nb")]
    [InlineData("")]
    public void What_git_would_not_call_a_branch_is_none(string branch) => Assert.IsType<WebhookEvent.Unreadable>(Read("repository_dispatch", Dispatch(branch)));

    [Fact]
    public void An_event_of_another_name_or_of_no_branch_is_not_for_us_and_a_function_is_not_left_out()
    {
        Assert.IsType<WebhookEvent.Unreadable>(Read("repository_dispatch", Payload(
            ("action", "afterburner"), ("client_payload", new JsonObject { ["branch"] = "a", ["function"] = "total" }))));
        Assert.IsType<WebhookEvent.Ignored>(Read("repository_dispatch", Payload(("action", "deploy"), ("client_payload", new JsonObject { ["branch"] = "a" }))));
        Assert.IsType<WebhookEvent.Ignored>(Read("repository_dispatch", Payload(("action", "afterburner"), ("client_payload", null))));
    }

    [Fact]
    public async Task What_is_asked_for_by_hand_ends_as_a_check_on_the_commit()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromMilliseconds(50));
        var repository = worker.GitHub.Add("octo-org/shop");

        await worker.DeliverAsync("repository_dispatch", Dispatch("change", repository));

        var row = Assert.Single(await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Done }]));
        Assert.Equal("octo-org/shop@change", row.Subject);
        Assert.Equal("Afterburner by hand", (string?)Assert.Single(repository.Checks)["name"]);
    }

    [Fact]
    public async Task A_later_push_is_gated_together_with_one_that_nobody_looked_at()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromMinutes(1), s => s with { Concurrency = 1 });
        var repository = worker.GitHub.Add("octo-org/shop");
        await worker.DeliverAsync("push", Push("main", First, Second, repository));
        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Running }]);

        await worker.DeliverAsync("push", Push("main", Second, Third, repository));

        var rows = await worker.WhenAsync(r => r is [{ State: DeliveryState.Superseded }, { State: DeliveryState.Running }]);
        Assert.Equal((First, Third), (rows[1].Since, rows[1].Head));
    }

    [Fact]
    public async Task A_push_that_arrives_before_an_earlier_one_is_compared_with_what_was_gated_last()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromMilliseconds(50));
        var repository = worker.GitHub.Add("octo-org/shop");
        await worker.DeliverAsync("push", Push("main", First, Second, repository));
        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Done }]);

        await worker.DeliverAsync("push", Push("main", Third, new string('d', 40), repository));
        var rows = await worker.WhenAsync(r => r is [_, { State: DeliveryState.Done }]);

        // The stub says what it was asked to compare with.
        Assert.Contains($"since {rows[0].Head}", rows[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_review_by_hand_and_a_gate_of_a_push_do_not_supersede_each_other_and_never_run_at_once()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromSeconds(1), s => s with { Concurrency = 2 });
        var repository = worker.GitHub.Add("octo-org/shop");
        await worker.DeliverAsync("push", Push("main", First, Second, repository));
        await worker.DeliverAsync("repository_dispatch", Dispatch("main", repository));

        await worker.WhenAsync(rows =>
        {
            Assert.True(rows.Count(d => d.State == DeliveryState.Running) < 2);
            return rows.Count == 2 && rows.All(d => d.State == DeliveryState.Done);
        });
    }

    [Fact]
    public async Task Nothing_is_reviewed_any_more_where_the_app_was_taken_away()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromMinutes(1), s => s with { Concurrency = 2 });
        var (gone, stays) = (worker.GitHub.Add("octo-org/gone"), worker.GitHub.Add("octo-org/stays"));
        foreach (var repository in new[] { gone, stays })
            await worker.DeliverAsync(repository, repository.Open(1, First), "opened");
        await worker.WhenAsync(rows => rows.Count == 2 && rows.All(d => d.State == DeliveryState.Running));

        // One that comes late, when the app is there again.
        await worker.DeliverAsync("installation", Payload(("action", "suspend")));
        await worker.WhenAsync(r => r is [{ State: DeliveryState.Running }, { State: DeliveryState.Running }, { State: DeliveryState.Done }]);

        worker.GitHub.Remove(gone);
        await worker.DeliverAsync("installation_repositories", Payload(
            ("action", "removed"), ("repositories_removed", new JsonArray(new JsonObject { ["id"] = gone.Id, ["full_name"] = gone.FullName }))));
        var rows = await worker.WhenAsync(r => r.Count == 4 && r[3].State == DeliveryState.Done);
        Assert.Equal([DeliveryState.Superseded, DeliveryState.Running], rows.Take(2).Select(d => d.State));

        worker.GitHub.IsInstalled = false;
        await worker.DeliverAsync("installation", Payload(("action", "deleted")));
        rows = await worker.WhenAsync(r => r.Count == 5 && r[4].State == DeliveryState.Done);
        Assert.All(rows.Take(2), d => Assert.Equal((DeliveryState.Superseded, "the app was taken away"), (d.State, d.Reason)));
    }

    [LongForm]
    [Fact]
    public async Task A_push_that_makes_a_function_slower_fails_its_check_and_the_function_is_made_faster_on_request()
    {
        const string Quick = "def total(prices):\n    return sum(prices)\n";
        const string Slow = "def total(prices):\n    result = 0\n    for price in prices:\n        result = result + [price][0] * 1\n    return result\n";
        await using var worker = await StubWorker.StartAsync(TimeSpan.Zero, s => s with { StubReview = null });
        using var files = await TestRepository.CreateAsync();
        // Its tests need what only its own set-up makes.
        files.Write(".github/afterburner.yml", """
            setup:
              commands:
                - python3 -m venv --system-site-packages --without-pip /dependencies/venv
                - cd /dependencies/venv/lib/python3.*/site-packages && echo "COUNTS = (10, 1000, 2000)" > shop_words.py
            """);
        files.Write("shop.py", Quick);
        files.Write("test_shop.py", "from shop import total\nfrom shop_words import COUNTS\n\ndef test_total():\n    for count in COUNTS:\n        assert total(list(range(count))) == count * (count - 1) // 2\n");
        var before = await files.CommitAsync("quick");
        files.Write("shop.py", Slow);
        var after = await files.CommitAsync("slow");
        var repository = worker.GitHub.Add("octo-org/shop", files.Path);

        await worker.DeliverAsync("push", Push("main", before, after, repository));
        await worker.WhenAsync(rows => rows is [{ EndedAt: not null }], most: TimeSpan.FromMinutes(5));

        var gate = Assert.Single(repository.Checks);
        Assert.Equal(("Afterburner gate of pushes", after, "failure"), ((string?)gate["name"], (string?)gate["head_sha"], (string?)gate["conclusion"]));

        var dispatch = JsonNode.Parse(Dispatch("main", repository))!.AsObject();
        dispatch["client_payload"]!["function"] = "shop.py::total";
        await worker.DeliverAsync("repository_dispatch", JsonSerializer.SerializeToUtf8Bytes(dispatch));
        await worker.WhenAsync(rows => rows is [_, { EndedAt: not null }], most: TimeSpan.FromMinutes(5));

        var review = repository.Checks.Last();
        Assert.Equal(("Afterburner by hand", after), ((string?)review["name"], (string?)review["head_sha"]));
        Assert.Contains("`total`", (string?)review["output"]!["summary"], StringComparison.Ordinal);
    }

    private static WebhookEvent Read(string kind, byte[] payload) => WebhookEvent.Read(kind, payload);

    private static byte[] Push(string branch, string before, string after, StandInRepository? repository = null) =>
        Payload(repository, ("ref", $"refs/heads/{branch}"), ("before", before), ("after", after));

    private static byte[] Dispatch(string branch, StandInRepository? repository = null) =>
        Payload(repository, ("action", "afterburner"), ("branch", "main"), ("client_payload", new JsonObject { ["branch"] = branch }));

    private static byte[] Payload(params IEnumerable<(string Name, JsonNode? Value)> members) => Payload(null, members);

    private static byte[] Payload(StandInRepository? repository, params IEnumerable<(string Name, JsonNode? Value)> members)
    {
        var payload = new JsonObject
        {
            ["repository"] = new JsonObject { ["id"] = repository?.Id ?? 7, ["full_name"] = repository?.FullName ?? "octo-org/shop", ["default_branch"] = "main" },
            ["installation"] = new JsonObject { ["id"] = StandIn.Installation },
        };
        foreach (var (name, value) in members)
            payload[name] = value;
        return JsonSerializer.SerializeToUtf8Bytes(payload);
    }
}
