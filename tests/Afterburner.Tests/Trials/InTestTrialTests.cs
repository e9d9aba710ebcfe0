using Afterburner.Sandboxes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Tests.Workloads;
using Afterburner.Trials;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Trials;

/// <summary>Functions whose arguments cannot be stored: what is done instead, and what it finds.</summary>
public abstract class InTestTrialSuite(BubblewrapFixture fixture)
{
    private const string Source = """
        class Handle:
            def __init__(self, values): self.values = values
            def __reduce__(self): raise TypeError("a handle cannot be pickled")

        def rank(handle, wanted):
            found = []
            for value in handle.values:
                if value in found:
                    continue
                found.append(value)
            print(len(found))
            return found.index(wanted)

        def log(handle, path):
            with open(path, "w") as file:
                for value in handle.values:
                    file.write(str(value))
            total = 0
            for value in range(400000):
                total += value
            return total
        """;

    private static readonly string[] Tests =
    [
        "import calc",
        "def test_rank(capsys):",
        "    assert calc.rank(calc.Handle(list(range(1500)) * 2), 1499) == 1499",
        "    assert capsys.readouterr().out == '1500\\n'",
        "def test_log(tmp_path):",
        "    assert calc.log(calc.Handle([1, 2]), tmp_path / 'log') == 79999800000",
        "    assert (tmp_path / 'log').read_text() == '12'",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_faster_equal_candidate_is_measured_as_faster_at_the_fork()
    {
        using var repository = new PythonRepository(("calc.py", Source), ("test_calc.py", string.Join('\n', Tests)));
        var (harness, baseline, workload) = await CaptureAsync(repository, "rank");
        Assert.Equal(WorkloadKind.Fork, workload.Kind);
        var call = Assert.Single(workload.Captured);
        Assert.Equal("test_calc.py::test_rank#0", call.Id);

        var candidate = Source.Replace("found = []", "found = list(dict.fromkeys(handle.values)); handle.seen = None", StringComparison.Ordinal);
        var fast = Source.Replace(
            "    found = []\n    for value in handle.values:\n        if value in found:\n            continue\n        found.append(value)\n",
            "    found = list(dict.fromkeys(handle.values))\n", StringComparison.Ordinal);
        Assert.NotEqual(Source, fast);
        var trial = await new ForkTrial(harness, repository.Root, baseline, new Limits()).RunAsync(workload, new FileVersions(Source, fast), 7, confirming: false, Until(12), Cancel);
        Assert.Null(trial.Difference);
        Assert.True(trial.Equal, trial.Trial.Failure);
        Assert.Equal(12, trial.Pairs.Count);
        Assert.Equal([0, 1], trial.Pairs.Select(p => p.Process).Distinct());
        Assert.True(trial.Trial.Candidate.Cpu < trial.Trial.Baseline.Cpu, $"{trial.Trial.Candidate} against {trial.Trial.Baseline}");

        var mutating = await new ForkTrial(harness, repository.Root, baseline, new Limits()).CompareAsync(workload, new FileVersions(Source, candidate), 7, Cancel);
        Assert.False(mutating.Equal);
        Assert.Contains("seen", mutating.Difference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_candidate_that_answers_prints_or_ends_differently_is_found_at_the_fork()
    {
        using var repository = new PythonRepository(("calc.py", Source), ("test_calc.py", string.Join('\n', Tests)));
        var (harness, baseline, workload) = await CaptureAsync(repository, "rank");
        (string Old, string New)[] changes =
        [
            ("return found.index(wanted)", "return found.index(wanted) + 1"),
            ("print(len(found))", "print(len(found) + 1)"),
            ("found = []", "found = []; import os; os._exit(0)"),
            ("found = []", "found = []; open('/tmp/x', 'w')"),
        ];
        foreach (var (old, changed) in changes)
        {
            var candidate = Source.Replace(old, changed, StringComparison.Ordinal);
            var trial = await new ForkTrial(harness, repository.Root, baseline, new Limits()).CompareAsync(workload, new FileVersions(Source, candidate), 7, Cancel);
            Assert.False(trial.Equal);
            Assert.True(trial.Difference is not null, $"{changed}: {trial.Trial.End} {trial.Trial.Failure}");
        }
    }

    [Fact]
    public async Task A_function_that_writes_files_is_swapped_inside_its_test()
    {
        using var repository = new PythonRepository(("calc.py", Source), ("test_calc.py", string.Join('\n', Tests)));
        var (harness, baseline, workload) = await CaptureAsync(repository, "log");
        Assert.Equal(WorkloadKind.Swap, workload.Kind);
        Assert.Equal(["test_calc.py::test_log"], workload.Captured.Select(c => c.Test));

        var fast = Source.Replace("for value in range(400000):\n        total += value", "total = 200000 * 399999", StringComparison.Ordinal);
        Assert.NotEqual(Source, fast);
        var trial = await new SwapTrial(harness, repository.Root, baseline, new Limits()).RunAsync(workload, new FileVersions(Source, fast), 3, Until(7), Cancel);
        Assert.True(trial.Equal, trial.Difference ?? trial.Trial.Failure);
        Assert.Equal(7, trial.Pairs.Count);
        Assert.True(trial.Trial.Candidate.Cpu < trial.Trial.Baseline.Cpu, $"{trial.Trial.Candidate} against {trial.Trial.Baseline}");

        var unseen = await new SwapTrial(harness, repository.Root, baseline, new Limits()) { Objective = ObjectiveKind.Memory }.RunAsync(workload, new FileVersions(Source, fast), 3, Until(7), Cancel);
        Assert.Equal((TrialEnd.SandboxFailed, 0), (unseen.Trial.End, unseen.Pairs.Count));
        Assert.Contains("memory", unseen.Trial.Failure, StringComparison.Ordinal);

        var wrong = Source.Replace("file.write(str(value))", "file.write(str(value + 1))", StringComparison.Ordinal);
        var differing = await new SwapTrial(harness, repository.Root, baseline, new Limits()).RunAsync(workload, new FileVersions(Source, wrong), 3, Until(7), Cancel);
        Assert.False(differing.Equal);
        Assert.Contains("test_log: passed with the baseline and failed now", differing.Difference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unittest_cases_are_swapped_too()
    {
        using var repository = new PythonRepository(("calc.py", Source), ("test_calc.py", """
            import calc, os, tempfile, unittest
            class T(unittest.TestCase):
                def test_log(self):
                    path = os.path.join(tempfile.mkdtemp(), "log")
                    self.assertEqual(calc.log(calc.Handle([1, 2]), path), 79999800000)
            """));
        var (harness, baseline, workload) = await CaptureAsync(repository, "log");
        Assert.Equal("unittest", harness.Program.Runner);
        Assert.Equal(WorkloadKind.Swap, workload.Kind);
        var wrong = Source.Replace("return total", "return -total", StringComparison.Ordinal);
        var trial = await new SwapTrial(harness, repository.Root, baseline, new Limits()).RunAsync(workload, new FileVersions(Source, wrong), 3, Until(7), Cancel);
        Assert.Contains("test_log: passed with the baseline and failed now", trial.Difference, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task Where_neither_works_the_calling_function_is_captured()
    {
        using var repository = new PythonRepository(("calc.py", Source + """


            def report(values, path):
                if not values: return None
                return log(Handle(values), path)
            """), ("test_calc.py", """
            import calc
            done = []
            def test_once(tmp_path):
                assert not done, "runs once only"
                done.append(1)
                assert calc.report([1, 2], "/tmp/log") == 79999800000
                assert calc.report([], "/tmp/log") is None
            """));
        var (_, _, workload) = await CaptureAsync(repository, "log");
        Assert.Equal(WorkloadKind.Caller, workload.Kind);
        Assert.Equal("report", workload.Entry.Name);
        Assert.Equal("log", workload.Target.Name);
        Assert.Equal(["test_calc.py::test_once#0"], workload.Captured.Select(c => c.Id));
        Assert.NotEmpty(workload.Captured[0].Blob);
    }

    private static Func<Pair, bool> Until(int pairs)
    {
        var seen = 0;
        return _ => ++seen == pairs;
    }

    private async Task<(Harness, TestRun, Workload)> CaptureAsync(PythonRepository repository, string name)
    {
        var harness = await repository.HarnessAsync(fixture);
        var baseline = await RepositoryTests.EstablishBaselineAsync(harness, repository.Root, new Limits(), Cancel);
        var outcome = Assert.Single(await CallCapture.CaptureAsync(
            harness, repository.Root, [repository.Target("calc.py", name)], baseline, new CaptureOptions { Limits = new Limits() }, Cancel));
        Assert.True(outcome.Workload is not null, outcome.SkipReason);
        return (harness, baseline, outcome.Workload);
    }
}

/// <summary>Measured by a control group, where there is one.</summary>
[Collection(Measurements.Name)]
public sealed class InTestTrialTests(BubblewrapFixture fixture) : InTestTrialSuite(fixture), IClassFixture<BubblewrapFixture>;

/// <summary>Measured by a first process.</summary>
[LongForm]
[Collection(Measurements.Name)]
public sealed class InTestTrialWithoutGroupsTests(FirstProcessFixture fixture) : InTestTrialSuite(fixture), IClassFixture<FirstProcessFixture>;
