using Afterburner.Gates;
using Afterburner.Reviews;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>Whole reviews of C++ functions, alone and beside Python ones.</summary>
public sealed class CommandReviewTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    private const string Slow = "long f(long n) {\n    long t = 0;\n    for (int k = 0; k < 50; k++) { t = 0; for (volatile long i = 0; i < n; i++) t += i; }\n    return t;\n}";
    private const string Quick = "long f(long n) {\n    return n * (n - 1) / 2;\n}";
    private const string Test = "#include \"sum.cpp\"\nint main() { return f(5) == 10 && f(0) == 0 ? 0 : 1; }\n";
    private const string Bench = "#include \"sum.cpp\"\nint main() { return f(4000000) > 0 ? 0 : 1; }\n";

    private static readonly RuntimeSettings Commands = new()
    {
        Tests = "g++ -o sum_test sum_test.cpp && ./sum_test", Build = "g++ -o bench bench.cpp", Benchmark = "./bench",
    };

    [Fact]
    public async Task What_a_benchmark_shows_is_said_and_nothing_is_claimed_of_it()
    {
        using var repository = await CppAsync();

        var function = Assert.Single((await ReviewAsync(repository, Commands, Quick, "long f(long n) {\n    return n;\n}")).Functions, f => f.Name == "f");

        Assert.Equal((FunctionStatus.NoImprovement, WorkloadKind.Benchmark), (function.Status, function.Workload!.Kind));
        Assert.Equal([VerdictKind.Inconclusive, VerdictKind.Rejected], function.Candidates.Select(c => c.Verdict));
        Assert.Contains("faster", function.Candidates[0].Reason, StringComparison.Ordinal);
        Assert.Contains("a whole benchmark was timed", function.Candidates[0].Reason, StringComparison.Ordinal);
        Assert.Null(function.Suggestion);
    }

    [Fact]
    public async Task Without_commands_its_functions_are_skipped_and_the_keys_are_named()
    {
        using var repository = await CppAsync();

        var function = Assert.Single((await ReviewAsync(repository, null, Quick)).Functions, f => f.Name == "f");

        Assert.Equal(FunctionStatus.Skipped, function.Status);
        Assert.Contains("languages.cpp", function.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_in_two_languages_is_one_review_and_one_that_cannot_be_run_does_not_end_it()
    {
        using var repository = await CppAsync();
        repository.Write("calc.py", "def total(items):\n    return sum(items)\n");
        repository.Write("test_calc.py", "import unittest, calc\n\nclass T(unittest.TestCase):\n    def test_total(self):\n        self.assertEqual(calc.total([1, 2]), 3)\n");
        await repository.CommitAsync("Python too");

        var both = await ReviewSinceAsync("HEAD~2", repository, Commands);
        var one = await ReviewSinceAsync("HEAD~2", repository, Commands with { Tests = "false" });

        Assert.Equal(["python", "cpp"], both.Functions.Select(f => f.Language.Id));
        Assert.DoesNotContain(both.Functions, f => f.Status == FunctionStatus.Error);
        Assert.Equal(FunctionStatus.Error, Assert.Single(one.Functions, f => f.Language.Id == "cpp").Status);
        Assert.NotEqual(FunctionStatus.Error, Assert.Single(one.Functions, f => f.Language.Id == "python").Status);
    }

    [Fact]
    public async Task A_gate_runs_the_benchmarks_of_a_repository_without_Python()
    {
        using var repository = await CppAsync();
        repository.Write("bench.sh", Loop(1_000));
        await repository.CommitAsync("a benchmark that compiles nothing");
        repository.Write("bench.sh", Loop(100_000));
        repository.Write("sum.cpp", Slow.Replace("k < 50", "k < 5000", StringComparison.Ordinal) + "\n");
        await repository.CommitAsync("a hundred times the work");
        var report = await GateAsync(repository, new GateConfiguration { Benchmarks = ["sh bench.sh"] });

        Assert.Equal(GateStatus.Slower, Assert.Single(report.Benchmarks).Status);
        Assert.Contains("gate.benchmarks", Assert.Single(report.Functions, f => f.Name == "f").Reason, StringComparison.Ordinal);

        static string Loop(int rounds) => $"i=0; while [ $i -lt {rounds} ]; do i=$((i+1)); done\n";
    }

    [LongForm]
    [Fact]
    public async Task A_gate_does_not_time_the_build_of_what_its_benchmarks_run()
    {
        using var repository = await CppAsync();
        repository.Write("build.sh", "echo 100000 > rounds\n");
        repository.Write("bench.sh", "i=0; n=$(cat rounds); while [ $i -lt $n ]; do i=$((i+1)); done\n");
        await repository.CommitAsync("a benchmark of what was built");
        repository.Write("build.sh", "i=0; while [ $i -lt 3000000 ]; do i=$((i+1)); done; echo 1000 > rounds\n");
        await repository.CommitAsync("a build of many times the work of a benchmark that is a hundred times quicker");

        var built = await GateAsync(repository, new GateConfiguration { Build = "sh build.sh", Benchmarks = ["sh bench.sh"] });
        var broken = await GateAsync(repository, new GateConfiguration { Build = "cat nowhere", Benchmarks = ["sh bench.sh"] });

        Assert.True(Assert.Single(built.Benchmarks).Status == GateStatus.NotSlower, built.Benchmarks[0].Reason);
        Assert.Equal(GateStatus.CannotTell, Assert.Single(broken.Benchmarks).Status);
        Assert.Contains("at base its build failed: cat: nowhere", broken.Benchmarks[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_or_a_report_of_tests_that_is_not_there_is_named()
    {
        using var repository = await CppAsync();

        var build = await Assert.ThrowsAsync<EnvironmentFailureException>(() => ReviewAsync(repository, Commands with { Build = "cat nowhere" }, Quick));
        var report = await Assert.ThrowsAsync<EnvironmentFailureException>(() => ReviewAsync(repository, Commands with { JUnit = "out/*.xml" }, Quick));

        Assert.Contains("languages.cpp.build cannot be used on the code under review: cat: nowhere", build.Message, StringComparison.Ordinal);
        Assert.Contains("There is no file out/*.xml", report.Message, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task Of_a_candidate_that_ends_every_process_as_if_all_were_well_nothing_is_claimed()
    {
        using var repository = await CppAsync();

        var function = Assert.Single((await ReviewAsync(repository, Commands, "long f(long n) {\n    __builtin_exit(0);\n}")).Functions, f => f.Name == "f");

        Assert.Equal(VerdictKind.Inconclusive, Assert.Single(function.Candidates).Verdict);
        Assert.Null(function.Suggestion);
    }

    private Task<GateReport> GateAsync(TestRepository repository, GateConfiguration gate) => new Gate(fixture.Sandbox, _ => { }, TimeProvider.System).RunAsync(
        new GateRequest(repository.Path, fixture.NewFolder("gate"), Configuration.Default with { Gate = gate }) { Base = "HEAD~1" }, TestContext.Current.CancellationToken);

    private static async Task<TestRepository> CppAsync()
    {
        var repository = await TestRepository.CreateAsync();
        repository.Write("sum_test.cpp", Test);
        repository.Write("bench.cpp", Bench);
        await repository.CommitAsync("tests");
        repository.Write("sum.cpp", Slow + "\n");
        await repository.CommitAsync("sum");
        return repository;
    }

    private Task<Report> ReviewAsync(TestRepository repository, RuntimeSettings? commands, params string[] candidates) =>
        ReviewSinceAsync("HEAD~1", repository, commands, candidates);

    private Task<Report> ReviewSinceAsync(string from, TestRepository repository, RuntimeSettings? commands, params string[] candidates) => fixture.ReviewAsync(
        new ReviewRequest(repository.Path, fixture.NewFolder("cpp"), Configuration.Default with
        {
            Languages = commands is null ? new Dictionary<string, RuntimeSettings>() : new Dictionary<string, RuntimeSettings> { ["cpp"] = commands },
        })
        {
            Base = from, Head = "HEAD",
        },
        _ => new ScriptedProposer(candidates));
}
