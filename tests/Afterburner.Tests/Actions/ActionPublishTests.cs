using System.Text.Json.Nodes;
using Afterburner.Suggestions;
using Afterburner.Tests.GitHub;
using Xunit;

namespace Afterburner.Tests.Actions;

/// <summary>The action from an event to what stands on the pull request of the fake GitHub.</summary>
public sealed class ActionPublishTests
{
    [Fact]
    public async Task A_pull_request_gets_a_review_with_the_suggestion_on_its_lines()
    {
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        await using var gitHub = await GitHubAsync(server, head);
        using var run = Run(server, gitHub, "pull_request", ActionServer.PullRequest(await server.MainAsync(), head), FakeGitHub.Token);
        await run.CheckOutAsync(server, head);

        var code = await run.RunAsync("refs", "run");

        Assert.True(code == 0, run.Log);
        Assert.Equal("1", run.Output("suggestions"));
        var thread = Assert.Single(gitHub.Pull.Threads);
        Assert.Equal("sums.py", thread.Path);
        Assert.Contains("```suggestion\n", thread.Comments[0].Body, StringComparison.Ordinal);
        Assert.Single(gitHub.Pull.Comments);
        Assert.Contains("unique", run.Summary, StringComparison.Ordinal);
        Assert.Contains($"::add-mask::{FakeGitHub.Token}", run.Log, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task A_fork_gets_annotations_and_nothing_is_posted_and_a_second_workflow_posts_what_the_first_found()
    {
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        await using var gitHub = await GitHubAsync(server, head);
        gitHub.Pull.HeadRepository = "somebody/shop";
        var payload = ActionServer.PullRequest(await server.MainAsync(), head, repository: "somebody/shop");
        using var first = Run(server, gitHub, "pull_request", payload, FakeGitHub.ReadOnlyToken);
        await first.CheckOutAsync(server, head);

        var code = await first.RunAsync("refs", "run");

        Assert.True(code == 0, first.Log);
        Assert.Empty(gitHub.Pull.Threads);
        Assert.Empty(gitHub.Pull.Comments);
        Assert.Contains("::notice file=sums.py,line=", first.Log, StringComparison.Ordinal);
        Assert.Contains("unique", first.Summary, StringComparison.Ordinal);

        using var second = Run(server, gitHub, "workflow_run", Finished(head), FakeGitHub.Token);
        second.Inputs["mode"] = "publish";
        second.Inputs["run-directory"] = first.ReportDirectory;
        code = await second.RunAsync("refs", "run");

        Assert.True(code == 0, second.Log);
        Assert.Single(gitHub.Pull.Threads);
        Assert.Equal("1", second.Output("suggestions"));
    }

    [LongForm]
    [Fact]
    public async Task An_artifact_of_a_commit_that_no_open_pull_request_has_as_its_head_is_posted_nowhere()
    {
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        await using var gitHub = await GitHubAsync(server, head);
        using var run = Run(server, gitHub, "workflow_run", Finished(await server.MainAsync()), FakeGitHub.Token);
        run.Inputs["mode"] = "publish";
        run.Inputs["run-directory"] = "reviewed";

        var code = await run.RunAsync("refs", "run");

        Assert.True(code == 0, run.Log);
        Assert.Contains("no open pull request with that head", run.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(gitHub.Requests, r => r.Method != "GET");
    }

    [LongForm]
    [Fact]
    public async Task A_branch_that_is_reviewed_by_hand_and_has_an_open_pull_request_is_reviewed_there_and_shards_are_posted_together()
    {
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        await using var gitHub = await GitHubAsync(server, head);
        using var shard = Branch(server, gitHub, head);
        shard.Inputs["shard"] = "1/1";
        await shard.CheckOutAsync(server, head);

        var code = await shard.RunAsync("refs", "run");

        Assert.True(code == 0, shard.Log);
        Assert.Equal("7", shard.StepOutputs["refs.pull-request"]);
        Assert.Empty(gitHub.Pull.Threads);

        // As actions/download-artifact leaves them: a folder for each artifact.
        var folder = Path.Combine(shard.Temporary, "runs");
        foreach (var name in new[] { "afterburner-0", "afterburner-1" })
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            File.Copy(Path.Combine(shard.ReportDirectory, ReportFolder.Json), Path.Combine(folder, name, ReportFolder.Json));
        }

        using var publish = Branch(server, gitHub, head);
        publish.Inputs["mode"] = "publish";
        publish.Inputs["run-directory"] = folder;
        code = await publish.RunAsync("refs", "run");

        Assert.True(code == 0, publish.Log);
        Assert.Single(gitHub.Pull.Threads);
        Assert.Equal("1", publish.Output("suggestions"));
    }

    [Theory]
    [InlineData("afterburner-0/gate.json")]
    [LongData("report.json")]
    [LongData("x/report.json")]
    public async Task Files_of_that_shape_in_the_pull_request_neither_stop_nor_feed_the_publishing_of_shards(string committed)
    {
        using var server = await ActionServer.StartAsync();
        await server.BranchAsync("reports", ActionServer.Slow);
        var gate = new GateReport
        {
            Base = await server.MainAsync(), Head = new string('a', 40), Objective = ObjectiveKind.Time, MaxSlowdown = 1.05, Floor = 50e-6,
            Sandbox = "bubblewrap", Seed = 1, DurationSeconds = 1, Functions = [SampleGate.Unique],
        };
        server.Repository.Write($"runs/{committed}", committed.EndsWith("gate.json", StringComparison.Ordinal)
            ? System.Text.Json.JsonSerializer.Serialize(gate, ReportJson.Readable.GateReport)
            : JsonReport.Write(Suggestions.SampleReport.Build()));
        server.Repository.Write("runs/y/report.json", "[");
        var head = await server.Repository.CommitAsync("files of that shape");
        await server.PushAsync();
        await using var gitHub = await GitHubAsync(server, head);
        using var publish = Branch(server, gitHub, head);
        await publish.CheckOutAsync(server, head);
        ReportFolder.Write(
            Suggestions.SampleReport.Build() with { Base = await server.MainAsync(), Head = head, Functions = [] },
            Path.Combine(publish.Workspace, "runs", "afterburner-0"));
        publish.Inputs["mode"] = "publish";
        publish.Inputs["run-directory"] = "runs";

        var code = await publish.RunAsync("refs", "run");

        Assert.True(code == 0, publish.Log);
        Assert.Equal(("0", "0"), (publish.Output("suggestions"), publish.Output("regressions")));
        Assert.Contains("there is nothing to say", publish.Log, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task A_slowdown_of_a_pull_request_fails_the_job_until_a_maintainer_accepts_it()
    {
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        await using var gitHub = await GitHubAsync(server, head);
        var payload = ActionServer.PullRequest(await server.MainAsync(), head);
        using var refused = Run(server, gitHub, "pull_request", (JsonObject)payload.DeepClone(), FakeGitHub.ReadOnlyToken);
        refused.Inputs["mode"] = "gate";
        await refused.CheckOutAsync(server, head);

        Assert.Equal(1, await refused.RunAsync("refs", "run"));

        Assert.Contains($"/afterburner accept {head[..12]}", refused.Log, StringComparison.Ordinal);
        Assert.Contains("::error file=sums.py,line=1,", refused.Log, StringComparison.Ordinal);
        gitHub.Pull.Comments.Add(new FakeComment(5, "maintainer", IsBot: false) { Body = $"/afterburner accept {head[..12]}" });
        using var accepted = Run(server, gitHub, "pull_request", payload, FakeGitHub.Token);
        accepted.Inputs["mode"] = "review-and-gate";
        await accepted.CheckOutAsync(server, head);

        var code = await accepted.RunAsync("refs", "run");

        Assert.True(code == 0, accepted.Log);
        Assert.Equal("maintainer, in a comment", GateFolder.Read(accepted.ReportDirectory)!.AcceptedBy);
        Assert.Contains("Accepted by \\@\u200Bmaintainer, in a comment", accepted.Summary, StringComparison.Ordinal);
        Assert.Equal(("1", "1"), (accepted.Output("regressions"), accepted.Output("suggestions")));
        var summary = Assert.Single(gitHub.Pull.Comments, c => c.IsBot).Body;
        Assert.Contains("1 slowdown proven, accepted", summary, StringComparison.Ordinal);
        Assert.Contains("1 faster version, proven", summary, StringComparison.Ordinal);
        Assert.Single(gitHub.Pull.Threads);
        Assert.Equal(["Afterburner gate: neutral", "Afterburner: success"], gitHub.Checks.Select(c => $"{c["name"]}: {c["conclusion"]}"));
        Assert.DoesNotContain("::warning file=", accepted.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gate_that_could_not_run_ends_the_check_that_it_began()
    {
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", "raise ImportError('no')\n\n\n" + ActionServer.Slow);
        await using var gitHub = await GitHubAsync(server, head);
        using var run = Run(server, gitHub, "pull_request", ActionServer.PullRequest(await server.MainAsync(), head), FakeGitHub.Token);
        run.Inputs["mode"] = "gate";
        await run.CheckOutAsync(server, head);

        var code = await run.RunAsync("refs", "run", "conclude");

        Assert.True(code == 3, run.Log);
        Assert.Equal(("in progress", "true"), (run.Log.Contains("is in progress on", StringComparison.Ordinal) ? "in progress" : run.Log, run.StepOutputs["run.begun"]));
        var check = Assert.Single(gitHub.Checks);
        Assert.Equal(("Afterburner gate", "failure", "the gate did not come to its end"), ((string?)check["name"], (string?)check["conclusion"], (string?)check["output"]!["title"]));
        Assert.Empty(gitHub.Pull.Comments);
    }

    [LongForm]
    [Fact]
    public async Task A_performance_pull_request_with_the_label_is_proven_faster_and_one_that_is_not_fails()
    {
        using var server = await ActionServer.StartAsync();
        await server.BranchAsync("main", ActionServer.Slow);
        var touched = await server.BranchAsync("touched", ActionServer.Slow.Replace("found = []", "found = list()", StringComparison.Ordinal));
        var faster = await server.BranchAsync("reports", "def unique(items):\n    assert len(items) <= 1_000  # no larger calls are made and measured\n    return list(dict.fromkeys(items))\n");
        async Task<(int Code, FakeGitHub GitHub, ActionRun Run)> GateAsync(string head)
        {
            var gitHub = await GitHubAsync(server, head);
            gitHub.Pull.Labels.Add("require-faster");
            var run = Run(server, gitHub, "pull_request", ActionServer.PullRequest(await server.MainAsync(), head), FakeGitHub.Token);
            run.Inputs["mode"] = "gate";
            await run.CheckOutAsync(server, head);
            return (await run.RunAsync("refs", "run", "conclude"), gitHub, run);
        }

        var (proven, good, first) = await GateAsync(faster);
        var (failed, bad, second) = await GateAsync(touched);

        await using (good)
        await using (bad)
        using (first)
        using (second)
        {
            Assert.True((proven, failed) == (0, 1), first.Log + second.Log);
            Assert.Equal(("1", "0"), (first.Output("faster"), second.Output("faster")));
            Assert.Equal(("success", "failure"), ((string?)Assert.Single(good.Checks)["conclusion"], (string?)Assert.Single(bad.Checks)["conclusion"]));
            Assert.Contains("1 function proven faster", Assert.Single(good.Pull.Comments).Body, StringComparison.Ordinal);
            Assert.Contains("the label require-faster asks for that", Assert.Single(bad.Pull.Comments).Body, StringComparison.Ordinal);
        }
    }

    [LongForm]
    [Fact]
    public async Task Gates_of_shards_are_posted_as_one_that_fails_the_job_until_it_is_accepted()
    {
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        await using var gitHub = await GitHubAsync(server, head);
        using var folder = new TemporaryFolder();
        var gate = new GateReport
        {
            Base = await server.MainAsync(), Head = head, Objective = ObjectiveKind.Time, MaxSlowdown = 1.05, Floor = 50e-6,
            Sandbox = "bubblewrap", Seed = 1, DurationSeconds = 1, Functions = [],
        };
        GateFolder.Write(gate, Path.Combine(folder.Path, "afterburner-0"));
        GateFolder.Write(gate with { Functions = [SampleGate.Unique with { Path = "sums.py" }] }, Path.Combine(folder.Path, "afterburner-1"));

        async Task<(int Code, ActionRun Run)> PublishAsync(string failOn)
        {
            var run = Branch(server, gitHub, head);
            run.Inputs["mode"] = "publish";
            run.Inputs["fail-on"] = failOn;
            run.Inputs["run-directory"] = folder.Path;
            return (await run.RunAsync("refs", "run"), run);
        }

        var (failed, first) = await PublishAsync("regression");
        var (reported, second) = await PublishAsync("never");
        gitHub.Pull.Comments.Add(new FakeComment(5, "maintainer", IsBot: false) { Body = $"/afterburner accept {head[..12]}" });
        var (accepted, third) = await PublishAsync("regression");

        using (first)
        using (second)
        using (third)
        {
            Assert.True((failed, reported, accepted) == (1, 0, 0), first.Log + second.Log + third.Log);
            Assert.Equal("1", first.Output("regressions"));
            Assert.Contains("::error title=Afterburner::The gate proved a slowdown", first.Log, StringComparison.Ordinal);
            Assert.Equal(["failure", "neutral", "neutral"], gitHub.Checks.Select(c => (string?)c["conclusion"]));
            Assert.Contains("Accepted by", gitHub.Pull.Comments[0].Body, StringComparison.Ordinal);
        }
    }

    internal static async Task<FakeGitHub> GitHubAsync(ActionServer server, string head) =>
        await FakeGitHub.StartAsync(server.Repository, new FakePullRequest(server.Repository, await server.MainAsync()) { HeadSha = head });

    internal static ActionRun Run(ActionServer server, FakeGitHub gitHub, string @event, JsonObject payload, string token)
    {
        var run = new ActionRun(server, @event, payload) { Token = token };
        run.Environment["GITHUB_API_URL"] = gitHub.Url.ToString().TrimEnd('/');
        return run;
    }

    private static ActionRun Branch(ActionServer server, FakeGitHub gitHub, string head)
    {
        var run = Run(server, gitHub, "workflow_dispatch", ActionServer.Dispatch(), FakeGitHub.Token);
        run.Environment["GITHUB_REF"] = "refs/heads/reports";
        run.Environment["GITHUB_SHA"] = head;
        return run;
    }

    /// <summary>What GitHub sends when a workflow of a fork's pull request is done: no pull request in it.</summary>
    internal static JsonObject Finished(string head) => new()
    {
        ["workflow_run"] = new JsonObject
        {
            ["head_sha"] = head,
            ["head_branch"] = "reports",
            ["head_repository"] = new JsonObject { ["owner"] = new JsonObject { ["login"] = "somebody" } },
            ["pull_requests"] = new JsonArray(),
        },
        ["repository"] = new JsonObject { ["default_branch"] = "main" },
    };
}
