using System.Text.Json.Nodes;
using Xunit;

namespace Afterburner.Tests.Actions;

/// <summary>Whole runs of the action with the real program, a real git, a real sandbox and real tests.</summary>
public sealed class ActionRunTests
{
    [Fact]
    public async Task A_push_that_makes_a_function_slower_fails_the_job_and_says_where()
    {
        using var server = await ActionServer.StartAsync();
        var before = await server.MainAsync();
        var after = await server.BranchAsync("main-next", ActionServer.Slow);
        using var run = new ActionRun(server, "push", ActionServer.Push(before, after)) { Inputs = { ["mode"] = "gate" } };
        await run.CheckOutAsync(server, after);

        var code = await run.RunAsync("refs", "run");

        Assert.True(code == 1, run.Log);
        Assert.Equal("1", run.Output("regressions"));
        Assert.Contains("::error file=sums.py,line=1,", run.Log, StringComparison.Ordinal);
        Assert.Contains("`unique`", run.Summary, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(run.ReportDirectory, "gate.json")));
    }

    [LongForm]
    [Fact]
    public async Task A_slowdown_is_only_reported_when_the_job_is_never_to_fail()
    {
        using var server = await ActionServer.StartAsync();
        var before = await server.MainAsync();
        var after = await server.BranchAsync("main-next", ActionServer.Slow);
        using var run = new ActionRun(server, "push", ActionServer.Push(before, after)) { Inputs = { ["mode"] = "gate", ["fail-on"] = "never" } };
        await run.CheckOutAsync(server, after);

        var code = await run.RunAsync("refs", "run");

        Assert.True(code == 0, run.Log);
        Assert.Equal("1", run.Output("regressions"));
        Assert.Contains("::warning file=sums.py,line=1,", run.Log, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task A_branch_run_by_hand_is_reviewed_into_the_summary_of_the_job()
    {
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        using var run = RefsTests.OnBranch(server, "workflow_dispatch", "reports", head);
        run.Inputs["api-key"] = "sk-averysecretkey";
        await run.CheckOutAsync(server, head);

        var code = await run.RunAsync("refs", "run");

        Assert.True(code == 0, run.Log);
        Assert.Equal("1", run.Output("suggestions"));
        Assert.True(double.Parse(run.Output("best-speedup"), System.Globalization.CultureInfo.InvariantCulture) > 1.1);
        Assert.Contains("unique", run.Summary, StringComparison.Ordinal);
        Assert.Equal("", run.Output("shards"));
        Assert.Contains("::add-mask::sk-averysecretkey\n", run.Log, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(run.ReportDirectory))
            Assert.DoesNotContain("sk-averysecretkey", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task A_sweep_looks_at_every_function_of_the_default_branch_without_a_change()
    {
        using var server = await ActionServer.StartAsync();
        var main = await server.MainAsync();
        using var run = RefsTests.OnBranch(server, "schedule", "main", main);
        run.Inputs["mode"] = "sweep";
        await run.CheckOutAsync(server, main);

        var code = await run.RunAsync("refs", "run");

        Assert.True(code == 0, run.Log);
        Assert.Contains("unique", run.Summary, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(run.ReportDirectory, "report.json")));
    }

    [Fact]
    public async Task Tests_that_fail_end_the_job_with_what_to_do_and_cannot_speak_to_the_runner()
    {
        using var server = await ActionServer.StartAsync();
        server.Repository.Write("test_sums.py", "import unittest\n\n\nclass Tests(unittest.TestCase):\n    def test(self):\n        self.fail('\\n::error::taken over\\n::set-output name=x::y\\n')\n");
        await server.Repository.CommitAsync("broken tests");
        await server.PushAsync();
        var head = await server.BranchAsync("reports", ActionServer.Slow);
        using var run = RefsTests.OnBranch(server, "workflow_dispatch", "reports", head);
        await run.CheckOutAsync(server, head);

        var code = await run.RunAsync("refs", "run");

        Assert.True(code == 3, run.Log);
        Assert.Contains("::error title=Afterburner::afterburner: ", run.Log, StringComparison.Ordinal);
        Assert.Contains("This is not a finding about the code.", run.Log, StringComparison.Ordinal);
        Assert.Equal("0", run.Output("suggestions"));
        // What the tests print stands where the runner does not listen.
        var listening = run.Log.Split("::stop-commands::")[0] + run.Log[run.Log.LastIndexOf("\n::", StringComparison.Ordinal)..];
        Assert.DoesNotContain("::error::taken over", listening.Split('\n'));
    }

    [Fact]
    public async Task A_plan_is_a_matrix_of_shards_and_every_function_is_in_one_of_them()
    {
        using var server = await ActionServer.StartAsync();
        var head = await server.BranchAsync("reports", "def one(a):\n    return a\n\n\ndef two(a):\n    return a\n\n\ndef unique(items):\n    return items\n");
        using var run = RefsTests.OnBranch(server, "workflow_dispatch", "reports", head);
        run.Inputs["mode"] = "plan";
        run.Inputs["shards"] = "2";
        await run.CheckOutAsync(server, head);

        var code = await run.RunAsync("refs", "run");

        Assert.True(code == 0, run.Log);
        Assert.Equal("3", run.Output("count"));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"include":[{"shard":"1/2"},{"shard":"2/2"}]}"""), JsonNode.Parse(run.Output("shards"))));
    }

    [Fact]
    public async Task The_tests_of_what_reads_a_run_directory_pass()
    {
        var run = await Processes.RunAsync(
            new ProcessStart("python3", "-m", "unittest", "discover", "-s", "tests/Python") { WorkingDirectory = Repository.Root },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(run.Succeeded, run.ErrorText);
        Assert.Contains("Ran 7 tests", run.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_of_a_change_without_functions_is_empty()
    {
        using var server = await ActionServer.StartAsync();
        await server.Repository.GitAsync("checkout", "--quiet", "-b", "notes");
        server.Repository.Write("notes.txt", "hello\n");
        var head = await server.Repository.CommitAsync("notes");
        await server.PushAsync();
        using var run = RefsTests.OnBranch(server, "workflow_dispatch", "notes", head);
        run.Inputs["mode"] = "plan";
        await run.CheckOutAsync(server, head);

        Assert.Equal(0, await run.RunAsync("refs", "run"));

        Assert.Equal("0", run.Output("count"));
        Assert.Equal("""{"include": []}""", run.Output("shards"));
    }
}
