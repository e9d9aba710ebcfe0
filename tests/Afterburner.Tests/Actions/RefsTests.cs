using Xunit;

namespace Afterburner.Tests.Actions;

/// <summary>What is compared with what, for each event, in the shallow clone that actions/checkout leaves.</summary>
public sealed class RefsTests
{
    private const string Zeros = "0000000000000000000000000000000000000000";

    [Fact]
    public async Task A_pull_request_is_compared_with_its_base_although_the_clone_has_one_commit_only()
    {
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        await server.Repository.GitAsync("checkout", "--quiet", "main");
        var later = await server.Repository.CommitAsync("the base went on");
        await server.PushAsync();
        using var run = new ActionRun(server, "pull_request", ActionServer.PullRequest(later, head));
        await run.CheckOutAsync(server, head);

        Assert.Equal(0, await run.RunAsync("refs"));

        Assert.Equal((later, head, "7"), Refs(run));
        Assert.DoesNotContain("refs.skip", run.StepOutputs.Keys);
        Assert.NotEmpty(await Changes.TestRepository.RunAsync(run.Workspace, "git", "merge-base", later, head));
    }

    [LongForm]
    [Fact]
    public async Task A_branch_run_by_hand_is_compared_with_the_default_branch()
    {
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        using var run = OnBranch(server, "workflow_dispatch", "reports", head);
        await run.CheckOutAsync(server, head);

        Assert.Equal(0, await run.RunAsync("refs"));

        Assert.Equal((await server.MainAsync(), head, ""), Refs(run));
    }

    [Fact]
    public async Task A_push_is_compared_with_the_commit_before_it()
    {
        using var server = await ActionServer.StartAsync();
        var before = await server.BranchAsync("reports", ActionServer.Slow);
        server.Repository.Write("sums.py", ActionServer.Slower);
        var after = await server.Repository.CommitAsync("another");
        await server.PushAsync();
        using var run = new ActionRun(server, "push", ActionServer.Push(before, after)) { Inputs = { ["mode"] = "gate" } };
        await run.CheckOutAsync(server, after);

        Assert.Equal(0, await run.RunAsync("refs"));

        Assert.Equal((before, after, ""), Refs(run));
    }

    [LongForm]
    [Theory]
    [InlineData(Zeros, false)]
    [LongData("1234567890123456789012345678901234567890", true)]
    [LongData("1234567890123456789012345678901234567890", false)]
    public async Task A_new_branch_and_a_rewritten_one_are_compared_with_the_default_branch(string before, bool forced)
    {
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        using var run = new ActionRun(server, "push", ActionServer.Push(before, head, forced)) { Inputs = { ["mode"] = "gate" } };
        run.Environment["GITHUB_REF"] = "refs/heads/reports";
        await run.CheckOutAsync(server, head);

        Assert.Equal(0, await run.RunAsync("refs"));

        Assert.Equal((await server.MainAsync(), head, ""), Refs(run));
    }

    [Fact]
    public async Task A_schedule_compares_with_the_newest_commit_that_is_a_day_old()
    {
        using var server = await ActionServer.StartAsync();
        await Changes.TestRepository.RunAsync(
            server.Repository.Path, "env", "GIT_COMMITTER_DATE=2026-01-05T10:00:00Z", "git", "commit", "--quiet", "--amend", "--no-edit");
        var old = await server.MainAsync();
        server.Repository.Write("sums.py", ActionServer.Slow);
        var head = await server.Repository.CommitAsync("today");
        await server.PushAsync();
        using var run = OnBranch(server, "schedule", "main", head);
        run.Inputs["mode"] = "gate";
        await run.CheckOutAsync(server, head);

        Assert.Equal(0, await run.RunAsync("refs"));

        Assert.Equal((old, head, ""), Refs(run));
    }

    [LongForm]
    [Fact]
    public async Task A_schedule_says_when_there_is_nothing_old_enough()
    {
        using var server = await ActionServer.StartAsync();
        var main = await server.MainAsync();
        using var run = OnBranch(server, "schedule", "main", main);
        run.Inputs["mode"] = "gate";
        await run.CheckOutAsync(server, main);

        // Every commit of this repository was made just now.
        Assert.Equal(0, await run.RunAsync("refs", "run"));

        Assert.Contains("a day old", run.Log, StringComparison.Ordinal);
        Assert.Equal("0", run.Output("regressions"));
    }

    [Fact]
    public async Task A_named_base_is_used_and_one_that_does_not_exist_is_named()
    {
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        using var right = OnBranch(server, "schedule", "reports", head);
        right.Inputs["base"] = "main";
        await right.CheckOutAsync(server, head);
        using var wrong = OnBranch(server, "schedule", "reports", head);
        wrong.Inputs["base"] = "mian";
        await wrong.CheckOutAsync(server, head);

        Assert.Equal(0, await right.RunAsync("refs"));
        Assert.Equal(2, await wrong.RunAsync("refs"));

        Assert.Equal(await server.MainAsync(), right.StepOutputs["refs.base"]);
        Assert.Contains("::error title=Afterburner::base: 'mian' is not in the repository", wrong.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_configuration_is_that_of_the_base()
    {
        using var server = await ActionServer.StartAsync();
        server.Repository.Write(".github/afterburner.yml", "seed: 7\n");
        await server.Repository.CommitAsync("configured");
        await server.PushAsync();
        server.Repository.Write(".github/afterburner.yml", "seed: 8\nsandbox: docker\n");
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        using var run = new ActionRun(server, "pull_request", ActionServer.PullRequest(await server.MainAsync(), head));
        await run.CheckOutAsync(server, head);

        Assert.Equal(0, await run.RunAsync("refs"));

        Assert.Equal("seed: 7\n", await File.ReadAllTextAsync(run.StepOutputs["refs.config"], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("pull_request_target", "review", "fork-publish.yml")]
    [LongData("workflow_run", "review-and-gate", "only mode publish")]
    [LongData("pull_request", "revue", "mode:")]
    public async Task Code_of_a_pull_request_is_not_run_where_there_are_secrets(string @event, string mode, string said)
    {
        using var server = await ActionServer.StartAsync();
        using var run = new ActionRun(server, @event, ActionServer.PullRequest(Zeros, Zeros)) { Inputs = { ["mode"] = mode } };

        Assert.Equal(2, await run.RunAsync("refs"));

        Assert.Contains(said, run.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sweep_is_of_the_default_branch_and_of_no_change()
    {
        using var server = await ActionServer.StartAsync();
        var main = await server.MainAsync();
        using var right = OnBranch(server, "schedule", "main", main);
        using var branch = OnBranch(server, "workflow_dispatch", "reports", main);
        using var change = new ActionRun(server, "pull_request", ActionServer.PullRequest(Zeros, Zeros));
        await right.CheckOutAsync(server, main);
        foreach (var run in new[] { right, branch, change })
            run.Inputs["mode"] = "sweep";

        Assert.Equal((0, 2, 2), (await right.RunAsync("refs"), await branch.RunAsync("refs"), await change.RunAsync("refs")));

        Assert.Equal((main, main, ""), Refs(right));
        Assert.Contains("mode sweep looks at 'main'", branch.Log, StringComparison.Ordinal);
        Assert.Contains("mode sweep goes with schedule", change.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_that_fetches_is_left_nowhere()
    {
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        using var run = new ActionRun(server, "pull_request", ActionServer.PullRequest(await server.MainAsync(), head))
        {
            Token = "ghs_aTokenThatNobodyShouldFind",
        };
        await run.CheckOutAsync(server, head);

        Assert.Equal(0, await run.RunAsync("refs"));

        var encoded = Convert.ToBase64String("x-access-token:ghs_aTokenThatNobodyShouldFind"u8);
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(run.Workspace)!, "*", SearchOption.AllDirectories))
        {
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            Assert.DoesNotContain("ghs_aTokenThatNobodyShouldFind", text, StringComparison.Ordinal);
            Assert.DoesNotContain(encoded, text, StringComparison.Ordinal);
        }
    }

    internal static ActionRun OnBranch(ActionServer server, string @event, string branch, string commit)
    {
        var run = new ActionRun(server, @event, ActionServer.Dispatch());
        run.Environment["GITHUB_REF"] = $"refs/heads/{branch}";
        run.Environment["GITHUB_SHA"] = commit;
        return run;
    }

    private static (string Base, string Head, string PullRequest) Refs(ActionRun run) =>
        (run.StepOutputs["refs.base"], run.StepOutputs["refs.head"], run.StepOutputs["refs.pull-request"]);
}
