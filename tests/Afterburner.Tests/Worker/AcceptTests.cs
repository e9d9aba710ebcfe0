using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Suggestions;
using Afterburner.Tests.GitHub;
using Afterburner.Worker.Demo;
using Afterburner.Worker.Inbox;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>Who accepts a slowdown is heard at once, without anything being measured again.</summary>
public sealed class AcceptTests
{
    private static readonly string Head = new('a', 40);

    [Fact]
    public async Task A_slowdown_that_a_maintainer_accepts_fails_no_longer_and_nothing_is_run_for_it()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromMilliseconds(50));
        var (repository, pull) = await GatedAsync(worker);

        pull.Say(StandIn.Maintainer, $"/afterburner accept {Head[..12]}", id: 77);
        await worker.DeliverAsync("issue_comment", StandIn.CommentEvent(repository, 1, StandIn.Maintainer, $"/afterburner accept {Head[..12]}", 77));

        var rows = await worker.WhenAsync(r => r is [_, { State: DeliveryState.Done }]);
        Assert.Equal([WorkKind.Review, WorkKind.Command], rows.Select(d => d.Kind!.Value));
        Assert.Equal(("Afterburner gate", "neutral"), Checked(pull));
        Assert.Contains(pull.Posts, p => p.Kind is "comment" or "edit" && ((string)p.Body["body"]!).Contains("maintainer, in a comment", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_written_into_the_description_by_who_may_not_write_accepts_nothing()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromMilliseconds(50));
        var (repository, pull) = await GatedAsync(worker);
        var edited = JsonNode.Parse(StandIn.PullRequestEvent(repository, pull, "edited"))!.AsObject();
        edited["changes"] = new JsonObject { ["body"] = new JsonObject { ["from"] = "" } };
        edited["pull_request"]!["body"] = "afterburner: accept";

        await worker.DeliverAsync("pull_request", JsonSerializer.SerializeToUtf8Bytes(edited));

        var rows = await worker.WhenAsync(r => r is [_, { State: DeliveryState.Done, Kind: WorkKind.Command }]);
        Assert.Equal("someone may not write to the repository", rows[1].Reason);
        Assert.DoesNotContain(pull.Posts, p => p.Kind == "check" && (string)p.Body["name"]! == "Afterburner gate");
    }

    [Fact]
    public async Task Where_nothing_was_gated_yet_a_review_is_made()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromMilliseconds(50));
        var repository = worker.GitHub.Add("octo-org/shop");
        repository.Open(1, Head);

        await worker.DeliverAsync("issue_comment", StandIn.CommentEvent(repository, 1, StandIn.Maintainer, "/afterburner accept", 77));

        var rows = await worker.WhenAsync(r => r.Count == 2 && r.All(d => d.State == DeliveryState.Done));
        Assert.Equal(WorkKind.Review, rows[1].Kind);
    }

    private static async Task<(StandInRepository Repository, StandInPull Pull)> GatedAsync(StubWorker worker)
    {
        var repository = worker.GitHub.Add("octo-org/shop");
        var pull = repository.Open(1, Head);
        await worker.DeliverAsync(repository, pull, "opened");
        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Done }]);
        var gate = new GateReport
        {
            Base = new string('b', 40), Head = Head, Objective = ObjectiveKind.Time, MaxSlowdown = 1.05, Floor = 50e-6, Sandbox = "bubblewrap", Seed = 1, DurationSeconds = 3,
            Functions = [SampleGate.Unique],
        };
        await worker.KeepAsync(1, "gate/gate.json", JsonSerializer.Serialize(gate, ReportJson.Readable.GateReport));
        return (repository, pull);
    }

    private static (string Name, string Conclusion) Checked(StandInPull pull)
    {
        var check = pull.Posts.Last(p => p.Kind == "check").Body;
        return ((string)check["name"]!, (string)check["conclusion"]!);
    }
}
