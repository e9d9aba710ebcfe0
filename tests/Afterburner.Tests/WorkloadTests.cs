using Afterburner.Gates;
using Afterburner.Reviews;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Commands beside the tests, from which calls are recorded too: a script, an example.</summary>
public sealed class WorkloadTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    private const string Slow = "def counts(items):\n    return [(item, items.count(item)) for item in items]\n\n\ndef plain(items):\n    return list(items)\n";
    private const string Quick = "def counts(items):\n    known = {}\n    for item in items:\n        known[item] = known.get(item, 0) + 1\n    return [(item, known[item]) for item in items]";
    private const string Script = "import sys\n\nfrom lib import counts\n\nassert sys.argv[1] == 'a b', sys.argv\nfor n in range(5):\n    counts([k % 300 for k in range(1500 + n)])\nprint('done')\n";

    private static readonly Configuration Configured = Load("workload: ['python examples/count.py \"a b\"']");

    [Fact]
    public async Task A_function_that_no_test_reaches_is_reviewed_by_the_calls_of_a_workload_and_the_report_says_by_which()
    {
        using var repository = await RepositoryAsync(Script);

        var report = await ReviewAsync(repository, Configured);

        var function = Assert.Single(report.Functions, f => f.Name == "counts");
        Assert.True(function.Status == FunctionStatus.Improved, ReviewFixture.Why(function));
        Assert.Equal(0, function.Workload!.Tests);
        Assert.Equal(["python examples/count.py \"a b\""], function.Workload.Commands);
        Assert.Contains("Behaves the same in the workload `python examples/count.py \"a b\"`, which reaches it, ", MarkdownReport.Write(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_workload_no_test_reaches_it()
    {
        using var repository = await RepositoryAsync(Script);

        var function = Assert.Single((await ReviewAsync(repository, Configuration.Default)).Functions, f => f.Name == "counts");

        Assert.Equal((FunctionStatus.Skipped, "no test reaches it"), (function.Status, function.Reason));
    }

    [Fact]
    public async Task A_workload_that_fails_is_named_and_does_not_stop_the_review()
    {
        using var repository = await RepositoryAsync("import nowhere_to_be_found\n");

        var report = await ReviewAsync(repository, Configured);

        Assert.Equal(["workload: python examples/count.py \"a b\""], report.FailingTests);
        Assert.Equal("python examples/count.py \"a b\" fails as a workload before anything is changed", Wording.Failing(report.FailingTests));
        Assert.Contains(report.Functions, f => f.Name == "plain" && f.Workload is not null);
    }

    [Fact]
    public async Task A_workload_alone_is_no_judge_so_a_repository_without_tests_is_not_reviewed()
    {
        using var repository = await RepositoryAsync(Script, tests: "");

        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(() => ReviewAsync(repository, Configured));

        Assert.Contains("found no tests", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gate_sees_a_slowdown_in_what_a_workload_alone_calls()
    {
        using var repository = await TestRepository.CreateAsync();
        Write(repository, Script, Tests, Quick + "\n");
        await repository.CommitAsync("base");
        Write(repository, Script, Tests, Slow);
        await repository.CommitAsync("head");

        var report = await new Gate(fixture.Sandbox, _ => { }, TimeProvider.System).RunAsync(
            new GateRequest(repository.Path, fixture.NewFolder("gate"), Configured) { Base = "HEAD~1" }, TestContext.Current.CancellationToken);

        var function = Assert.Single(report.Functions, f => f.Name == "counts");
        Assert.True(function.Status == GateStatus.Slower, function.Reason);
    }

    [Theory]
    [InlineData("python a.py | tee out", "no shell reads a workload")]
    [InlineData("python a.py $(id)", "no shell reads a workload")]
    [InlineData("python 'a.py", "no shell reads a workload")]
    [InlineData("python -c print", "a workload is python FILE ARGUMENTS, or python -m MODULE ARGUMENTS")]
    [InlineData("make bench", "a workload is python FILE ARGUMENTS, or python -m MODULE ARGUMENTS")]
    [InlineData("/usr/bin/python3 a.py", "a workload is python FILE ARGUMENTS, or python -m MODULE ARGUMENTS")]
    public void A_command_that_cannot_be_watched_is_a_mistake_of_the_configuration(string command, string said)
    {
        var failure = Assert.Throws<UsageException>(() => Load($"workload:\n  - \"{command}\"\n"));

        Assert.StartsWith(".github/afterburner.yml(2,", failure.Message, StringComparison.Ordinal);
        Assert.Contains(said, failure.Message, StringComparison.Ordinal);
    }

    private const string Tests = "from lib import plain\n\n\ndef test_plain():\n    assert plain(range(3)) == [0, 1, 2]\n";

    private static Configuration Load(string yaml) => Configuration.Load(System.Text.Encoding.UTF8.GetBytes(yaml));

    private static async Task<TestRepository> RepositoryAsync(string script, string tests = Tests)
    {
        var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("empty");
        Write(repository, script, tests, Slow);
        await repository.CommitAsync("code");
        return repository;
    }

    private static void Write(TestRepository repository, string script, string tests, string code)
    {
        repository.Write("lib.py", code);
        repository.Write("test_lib.py", tests);
        repository.Write("examples/count.py", "import os, sys\nsys.path.append(os.getcwd())\n" + script);
    }

    private Task<Report> ReviewAsync(TestRepository repository, Configuration configuration) => fixture.ReviewAsync(
        new ReviewRequest(repository.Path, fixture.NewFolder("run"), configuration) { Base = "HEAD~1", Head = "HEAD" },
        _ => new ScriptedProposer(Quick) { For = "counts", IsRuleBased = true });
}
