using Afterburner.Tests.Changes;
using Afterburner.Tests.GitHub;
using Xunit;

namespace Afterburner.Tests.Actions;

/// <summary>Every step and mode of the action in a workspace that is full of traps, with a PATH on which an earlier step put them first.</summary>
public sealed class PlantedActionTests
{
    [Theory]
    [InlineData("plan")]
    [LongData("review")]
    [LongData("gate")]
    public async Task A_mode_uses_nothing_that_lies_in_the_workspace(string mode)
    {
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        using var run = RefsTests.OnBranch(server, "workflow_dispatch", "reports", head);
        run.Inputs["mode"] = mode;
        run.Inputs["budget"] = "20s";
        run.Inputs["fail-on"] = "never";
        await run.CheckOutAsync(server, head);
        using var planted = Plant(run);

        var code = await run.RunAsync("probe", "refs", "run");

        Assert.Equal("", planted.Used);
        Assert.True(code == 0, run.Log);
        Assert.Equal(("present", "present"), (run.StepOutputs["probe.dotnet"], run.StepOutputs["probe.npm"]));
    }

    [LongForm]
    [Fact]
    public async Task Posting_a_review_and_publishing_it_later_use_nothing_that_lies_in_the_workspace()
    {
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        await using var gitHub = await ActionPublishTests.GitHubAsync(server, head);
        using var first = ActionPublishTests.Run(server, gitHub, "pull_request", ActionServer.PullRequest(await server.MainAsync(), head), FakeGitHub.ReadOnlyToken);
        first.Inputs["mode"] = "review-and-gate";
        first.Inputs["fail-on"] = "never";
        await first.CheckOutAsync(server, head);
        using var planted = Plant(first);

        Assert.True(await first.RunAsync("refs", "run") == 0, first.Log);
        using var second = ActionPublishTests.Run(server, gitHub, "workflow_run", ActionPublishTests.Finished(head), FakeGitHub.Token);
        second.Inputs["mode"] = "publish";
        second.Inputs["fail-on"] = "never";
        second.Inputs["run-directory"] = first.ReportDirectory;
        await second.CheckOutAsync(server, head);
        using var plantedAgain = Plant(second);
        Assert.True(await second.RunAsync("refs", "run") == 0, second.Log);

        Assert.NotEmpty(gitHub.Pull.Comments);
        Assert.Equal(("", ""), (planted.Used, plantedAgain.Used));
    }

    [Fact]
    public async Task A_transcript_is_named_from_the_workspace()
    {
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        using var run = RefsTests.OnBranch(server, "workflow_dispatch", "reports", head);
        run.Inputs["proposer"] = "replay:nowhere/replies.jsonl";
        await run.CheckOutAsync(server, head);

        Assert.Equal(2, await run.RunAsync("refs", "run"));

        Assert.Contains(Path.Combine(run.Workspace, "nowhere/replies.jsonl"), run.Log, StringComparison.Ordinal);
    }

    /// <summary>The hardest place for a build: a copy of the action inside the workspace, below every configuration of its author.</summary>
    [LongForm]
    [Fact]
    public async Task A_copy_inside_the_workspace_is_built_by_its_own_configuration_alone()
    {
        using var server = await ActionServer.StartAsync();
        using var run = new ActionRun(server, "push", []);
        await run.CheckOutAsync(server, await server.MainAsync());
        var copy = Path.Combine(run.Workspace, "actions", "afterburner");
        var files = await TestRepository.RunAsync(
            Repository.Root, "git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "--", "action", "src", "models", ":(glob)*");
        foreach (var file in files.Split('\n').Where(f => File.Exists(Path.Combine(Repository.Root, f))))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(copy, file))!);
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(copy, file));
        }

        using var planted = Plant(run);
        run.Environment["GITHUB_ACTION_PATH"] = copy;
        foreach (var (name, value) in Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(e => ((string)e.Key, (string)e.Value!)))
            run.Environment.TryAdd(name, value);

        var code = await run.RunAsync("probe", "install");

        Assert.Equal("", planted.Used);
        Assert.True(code == 0, run.Log);
        Assert.True(File.Exists(Path.Combine(copy, "artifacts/bin/Afterburner.Cli/release/Afterburner.Cli.dll")));
        Assert.True(Directory.Exists(Path.Combine(copy, "action/tools/node_modules/@ast-grep")));
        Assert.Empty(Directory.EnumerateDirectories(run.Workspace, "packages-of-others", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task No_program_that_looks_at_the_repository_is_given_the_token()
    {
        using var tools = new TemporaryFolder();
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        using var run = new ActionRun(server, "pull_request", ActionServer.PullRequest(await server.MainAsync(), head)) { Token = "ghs_thetoken" };
        await run.CheckOutAsync(server, head);
        var seen = Path.Combine(tools.Path, "seen");
        var git = tools.Write("git", $"#!/bin/sh\nenv >> '{seen}'\nexec '{ProgramPath.Current.Find("git")}' \"$@\"\n");
        await TestRepository.RunAsync(tools.Path, "chmod", "+x", git);
        run.Environment["PATH"] = $"{tools.Path}:{run.Environment["PATH"]}";

        Assert.Equal(0, await run.RunAsync("refs"));

        var environment = await File.ReadAllTextAsync(seen, TestContext.Current.CancellationToken);
        Assert.Contains("PATH=", environment, StringComparison.Ordinal);
        Assert.DoesNotContain("ghs_thetoken", environment, StringComparison.Ordinal);
    }

    private static PlantedCheckout Plant(ActionRun run)
    {
        var planted = new PlantedCheckout(run.Workspace);
        run.Environment["PATH"] = planted.TrustingPath;
        return planted;
    }
}
