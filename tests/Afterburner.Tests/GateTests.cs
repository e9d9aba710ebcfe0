using Afterburner.Gates;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Whole gates over small repositories, with a real git, a real sandbox and real tests.</summary>
[Collection(Measurements.Name)]
public sealed class GateTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    private const string Code =
        """
        STEPS = 40


        def helper(n):
            return sum(i * i % 7 for i in range(n))


        def work(items):
            assert len(items) <= 4_000  # no larger calls are made and measured
            total = 0
            for item in items:
                total += item * 3 % 11
            return total + helper(STEPS)


        def tiny(a):
            return a + 1


        def lonely(items):
            return sorted(items)
        """;

    /// <summary>Its work does everything twenty times, which no noise of a busy machine can hide.</summary>
    private static readonly string Slower = Code.Replace(
        "total += item * 3 % 11", "total += sum(item * 3 % 11 for _ in range(20)) // 20", StringComparison.Ordinal);

    private const string Tests =
        """
        import unittest
        import calc


        class Tests(unittest.TestCase):
            def test_work(self):
                self.assertGreater(calc.work(list(range(4000))), 0)

            def test_tiny(self):
                self.assertEqual(calc.tiny(1), 2)
        """;

    [LongForm]
    [Fact]
    public async Task A_function_made_many_times_slower_fails_the_gate_and_a_touched_one_does_not()
    {
        var report = await GateAsync(Slower
            .Replace("return a + 1", "return 1 + a", StringComparison.Ordinal)
            .Replace("return sorted(items)", "return sorted(items)[:]", StringComparison.Ordinal));

        var slower = Assert.Single(report.Functions, f => f.Status == GateStatus.Slower);
        Assert.Equal("work", slower.Name);
        Assert.True(slower.Slowdown > 2, slower.Reason);
        Assert.True(slower.LostPerCall > 50e-6);
        Assert.Null(slower.BehaviourChanged);
        Assert.Equal(1, report.Regressions);
        Assert.Contains("too small to matter", Function(report, "tiny").Reason, StringComparison.Ordinal);
        Assert.Equal(GateStatus.Skipped, Function(report, "lonely").Status);
    }

    [LongForm]
    [Fact]
    public async Task A_function_that_was_only_touched_is_cleared()
    {
        var report = await GateAsync(Code.Replace("total = 0\n", "total = 0  # of all items\n", StringComparison.Ordinal));

        var work = Function(report, "work");
        Assert.NotEqual(GateStatus.Slower, work.Status);
        Assert.Null(work.BehaviourChanged);
        Assert.Equal(0, report.Regressions);
    }

    [LongForm]
    [Fact]
    public async Task A_version_runs_with_the_helpers_and_constants_of_its_own_side()
    {
        // The function itself is only touched, and base lacks the names it uses now; a constant makes it slower.
        var report = await GateAsync(Code
            .Replace("STEPS = 40", "ROUNDS = 40_000", StringComparison.Ordinal)
            .Replace("def helper(n):", "def assist(n):", StringComparison.Ordinal)
            .Replace("helper(STEPS)", "assist(ROUNDS)", StringComparison.Ordinal));

        var work = Function(report, "work");
        Assert.True(work.Status == GateStatus.Slower, work.Reason);
        Assert.NotNull(work.BehaviourChanged);
        Assert.Equal("new: there is nothing to compare it with", Function(report, "assist").Reason);
    }

    [LongForm]
    [Fact]
    public async Task A_call_that_only_a_deleted_test_made_still_counts()
    {
        var report = await GateAsync(
            Slower,
            tests: Tests.Replace("self.assertGreater(calc.work(list(range(4000))), 0)", "pass", StringComparison.Ordinal));

        var work = Function(report, "work");
        Assert.True(work.Status == GateStatus.Slower, work.Reason);
    }

    [LongForm]
    [Fact]
    public async Task A_benchmark_of_the_repository_that_became_slower_fails_and_one_that_did_not_does_not()
    {
        var report = await GateAsync(
            Code.Replace("STEPS = 40", "STEPS = 300_000", StringComparison.Ordinal),
            Configuration.Default with
            {
                Gate = new GateConfiguration { Benchmarks = ["python3 -c 'import calc; calc.work([1])'", "python3 -c 'import calc'", "exit 3"] },
                MaxFunctions = 1,
            });

        Assert.Equal(3, report.Benchmarks.Count);
        Assert.True(report.Benchmarks[0].Status == GateStatus.Slower, report.Benchmarks[0].Reason);
        Assert.True(report.Benchmarks[0].HeadCpuSeconds > report.Benchmarks[0].BaseCpuSeconds);
        Assert.NotEqual(GateStatus.Slower, report.Benchmarks[1].Status);
        Assert.Equal(GateStatus.CannotTell, report.Benchmarks[2].Status);
        Assert.Contains("exit code 3", report.Benchmarks[2].Reason, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task The_report_can_be_read_again_and_its_words_name_what_is_slower()
    {
        var directory = fixture.NewFolder("gate");
        var report = await GateAsync(Slower, directory: directory);

        var read = GateFolder.Read(directory)!;
        Assert.Equal(report.Regressions, read.Regressions);
        Assert.Equal(report.Functions.Select(f => (f.Name, f.Status)), read.Functions.Select(f => (f.Name, f.Status)));
        Assert.Contains("`work`", await File.ReadAllTextAsync(Path.Combine(directory, GateFolder.Markdown), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static GateFunctionReport Function(GateReport report, string name) => Assert.Single(report.Functions, f => f.Name == name);

    private async Task<GateReport> GateAsync(string head, Configuration? configuration = null, string tests = Tests, string? directory = null)
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("calc.py", Code);
        repository.Write("tests/test_calc.py", Tests);
        await repository.CommitAsync("base");
        repository.Write("calc.py", head);
        repository.Write("tests/test_calc.py", tests);
        await repository.CommitAsync("head");
        return await new Gate(fixture.Sandbox, _ => { }, TimeProvider.System).RunAsync(
            new GateRequest(repository.Path, directory ?? fixture.NewFolder("gate"), configuration ?? Configuration.Default) { Base = "HEAD~1" },
            TestContext.Current.CancellationToken);
    }
}
