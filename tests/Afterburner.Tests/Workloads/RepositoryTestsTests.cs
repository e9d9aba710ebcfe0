using Afterburner.Sandboxes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Workloads;

public sealed class RepositoryTestsTests(BubblewrapFixture fixture) : IClassFixture<BubblewrapFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_kind_of_pytest_outcome_is_told_by_test()
    {
        using var repository = new PythonRepository(
            ("pytest.ini", "[pytest]\naddopts = -x --cov=pkg --cov-report term -n 4 --maxfail=1\n"),
            ("test_broken.py", "import no_such_module\n"),
            ("test_kinds.py", """
                import pytest
                @pytest.fixture
                def bad(): raise ValueError("fixture")
                def test_fails(): assert [1, 2] == [1, 3]
                def test_passes(): pass
                def test_errs(bad): pass
                @pytest.mark.skip
                def test_skipped(): pass
                @pytest.mark.xfail
                def test_xfails(): assert False
                @pytest.mark.xfail
                def test_xpasses(): pass
                @pytest.mark.parametrize("text", ["a::b", "[x] y"])
                def test_many(text): assert text
                """));
        var run = await RepositoryTests.RunAsync(await repository.HarnessAsync(fixture), repository.Root, null, new Limits(), cancellationToken: Cancel);

        Assert.Null(run.Incomplete);
        Assert.Equal(
            [
                "test_broken.py Error", "test_kinds.py::test_errs Error", "test_kinds.py::test_fails Failed",
                "test_kinds.py::test_many[[x] y] Passed", "test_kinds.py::test_many[a::b] Passed", "test_kinds.py::test_passes Passed",
                "test_kinds.py::test_skipped Skipped", "test_kinds.py::test_xfails XFailed", "test_kinds.py::test_xpasses XPassed",
            ],
            run.Outcomes.Select(o => $"{o.Key} {o.Value}").Order(StringComparer.Ordinal));
        Assert.Contains("[1, 2] == [1, 3]", run.FailureText("test_kinds.py::test_fails"), StringComparison.Ordinal);
        Assert.Contains("no_such_module", run.FailureText("test_broken.py"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_wanted_tests_run_whatever_their_names_look_like()
    {
        using var repository = new PythonRepository(("test_many.py", """
            import pytest
            @pytest.mark.parametrize("text", ["a::b", "[x] y", "c"])
            def test_many(text): assert text
            """));
        var wanted = new[] { "test_many.py::test_many[a::b]", "test_many.py::test_many[[x] y]" };
        var run = await RepositoryTests.RunAsync(await repository.HarnessAsync(fixture), repository.Root, wanted, new Limits(), cancellationToken: Cancel);
        Assert.Equal(wanted.Order(), run.Outcomes.Keys.Order());
    }

    [Fact]
    public async Task Unittest_outcomes_count_subtests_and_class_set_up()
    {
        using var repository = new PythonRepository(("tests/test_unit.py", """
            import unittest
            class Plain(unittest.TestCase):
                def test_good(self): pass
                def test_bad(self): self.assertEqual(1, 2)
                def test_parts(self):
                    for i in range(3):
                        with self.subTest(i=i): self.assertNotEqual(i, 1)
                @unittest.skip("later")
                def test_skipped(self): pass
                @unittest.expectedFailure
                def test_known(self): self.fail()
            class Broken(unittest.TestCase):
                @classmethod
                def setUpClass(cls): raise OSError("no database")
                def test_never(self): pass
            """));
        var harness = await repository.HarnessAsync(fixture);
        Assert.Equal("unittest", harness.Program.Runner);
        var run = await RepositoryTests.RunAsync(harness, repository.Root, null, new Limits(), cancellationToken: Cancel);
        Assert.Equal(
            [
                "setUpClass (test_unit.Broken) Error", "test_unit.Plain.test_bad Failed", "test_unit.Plain.test_good Passed",
                "test_unit.Plain.test_known XFailed", "test_unit.Plain.test_parts Failed", "test_unit.Plain.test_skipped Skipped",
            ],
            run.Outcomes.Select(o => $"{o.Key} {o.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_test_that_ends_the_process_is_named_and_differs_from_the_baseline()
    {
        using var repository = new PythonRepository(("test_it.py", "def test_a(): pass\ndef test_b(): pass\n"));
        var harness = await repository.HarnessAsync(fixture);
        var baseline = await RepositoryTests.EstablishBaselineAsync(harness, repository.Root, new Limits(), Cancel);
        repository.Write("test_it.py", "import os\ndef test_a(): pass\ndef test_b(): os._exit(0)\n");
        var run = await RepositoryTests.RunAsync(harness, repository.Root, null, new Limits(), cancellationToken: Cancel);
        Assert.Contains("test_it.py::test_b", run.Incomplete, StringComparison.Ordinal);
        Assert.Contains("test_it.py::test_b passed at the baseline and did not end now", run.DifferenceFrom(baseline), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_that_hangs_is_stopped_and_named()
    {
        using var repository = new PythonRepository(("test_it.py", "def test_a():\n    while True: pass\n"));
        var harness = await repository.HarnessAsync(fixture);
        var (wall, run) = (3, (TestRun?)null);
        // A busy machine may not have come to the test by then.
        for (; run?.Incomplete?.Contains("test_a", StringComparison.Ordinal) != true && wall < 200; wall *= 4)
            run = await RepositoryTests.RunAsync(harness, repository.Root, null, new Limits { Wall = TimeSpan.FromSeconds(wall) }, cancellationToken: Cancel);
        Assert.Equal($"it was stopped after {wall / 4} s during test_it.py::test_a", run!.Incomplete);
    }

    [Fact]
    public async Task A_baseline_that_takes_too_long_is_refused_with_what_may_be_set()
    {
        using var repository = new PythonRepository(("test_it.py", "def test_a():\n    while True: pass\n"));
        var failure = await RefusalAsync(repository, new Limits { Wall = TimeSpan.FromSeconds(2) });
        Assert.Contains("it was stopped after 2 s", failure.Message, StringComparison.Ordinal);
        Assert.Contains("tests.arguments", failure.Message, StringComparison.Ordinal);
        Assert.Contains("tests.timeout", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_outcome_is_told_with_the_failing_tests_output()
    {
        using var repository = new PythonRepository(("calc.py", "def half(n): return n / 2\n"), ("test_calc.py", """
            import calc
            def test_half(): assert calc.half(4) == 2
            def test_fails_already(): assert False
            """));
        var harness = await repository.HarnessAsync(fixture);
        var baseline = await RepositoryTests.EstablishBaselineAsync(harness, repository.Root, new Limits(), Cancel);
        Assert.Null((await RepositoryTests.RunAsync(harness, repository.Root, null, new Limits(), cancellationToken: Cancel)).DifferenceFrom(baseline));
        repository.Write("calc.py", "def half(n): return n // 3\n");
        var difference = (await RepositoryTests.RunAsync(harness, repository.Root, null, new Limits(), cancellationToken: Cancel)).DifferenceFrom(baseline);
        Assert.StartsWith("test test_calc.py::test_half passed at the baseline and failed now", difference, StringComparison.Ordinal);
        Assert.Contains("assert 1 == 2", difference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tests_whose_outcome_depends_on_the_hash_seed_are_flaky_and_not_compared()
    {
        using var repository = new PythonRepository(("test_it.py", """
            import os
            def test_steady(): pass
            def test_flaky(): assert os.environ["PYTHONHASHSEED"] == "0"
            """));
        var harness = await repository.HarnessAsync(fixture);
        var baseline = await RepositoryTests.EstablishBaselineAsync(harness, repository.Root, new Limits(), Cancel);
        Assert.Equal(["test_it.py::test_flaky"], baseline.Flaky);
        var other = await RepositoryTests.RunAsync(harness, repository.Root, null, new Limits(), variation: 5, cancellationToken: Cancel);
        Assert.Equal(TestOutcome.Failed, other.Outcomes["test_it.py::test_flaky"]);
        Assert.Null(other.DifferenceFrom(baseline));
    }

    [Fact]
    public async Task Where_the_second_run_watches_calls_flaky_tests_are_told_from_those_that_notice()
    {
        using var repository = new PythonRepository(("calc.py", "def half(n): return n / 2\n"), ("test_it.py", """
            import os, calc
            def test_steady(): assert calc.half(4) == 2
            def test_flaky(): assert os.environ["PYTHONHASHSEED"] == "0"
            def test_notices(): assert calc.half.__code__.co_consts == (None, 2)
            """));
        var harness = await repository.HarnessAsync(fixture);

        var (baseline, survey) = await RepositoryTests.EstablishAndSurveyAsync(
            harness, repository.Root, [repository.Target("calc.py", "half")], new CaptureOptions { Limits = new Limits() }, Cancel);

        Assert.Equal(["test_it.py::test_flaky"], baseline.Flaky);
        Assert.StartsWith("test test_it.py::test_notices passed at the baseline and failed now", survey!.Difference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_baseline_without_a_passing_test_is_refused_with_the_first_failure()
    {
        using var repository = new PythonRepository(("test_it.py", "def test_a(): assert 'this' == 'that'\n"));
        var failure = await RefusalAsync(repository, new Limits());
        Assert.StartsWith("tests do not pass on the baseline: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'this' == 'that'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_baseline_whose_tests_pass_under_one_hash_seed_alone_is_refused_because_none_passes_twice()
    {
        using var repository = new PythonRepository(("test_it.py", "import os\ndef test_a(): assert os.environ['PYTHONHASHSEED'] == '0'\n"));
        var failure = await RefusalAsync(repository, new Limits());
        Assert.Contains("no test passes twice in a row (1 flaky, for example test_it.py::test_a)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_without_tests_is_refused()
    {
        using var repository = new PythonRepository(("calc.py", "x = 1\n"));
        var failure = await RefusalAsync(repository, new Limits());
        Assert.Contains("found no tests", failure.Message, StringComparison.Ordinal);
    }

    private async Task<EnvironmentFailureException> RefusalAsync(PythonRepository repository, Limits limits)
    {
        var harness = await repository.HarnessAsync(fixture);
        return await Assert.ThrowsAsync<EnvironmentFailureException>(
            () => RepositoryTests.EstablishBaselineAsync(harness, repository.Root, limits, Cancel));
    }
}
