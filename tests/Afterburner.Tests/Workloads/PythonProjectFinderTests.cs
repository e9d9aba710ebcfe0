using Afterburner.Languages.Python;
using Afterburner.Sandboxes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Workloads;

public sealed class PythonProjectFinderTests(BubblewrapFixture fixture) : IClassFixture<BubblewrapFixture>
{
    [Fact]
    public async Task Pytest_is_chosen_where_it_is_configured_or_imported_or_the_tests_are_written_for_it()
    {
        using var configured = new PythonRepository(("pyproject.toml", "[tool.pytest.ini_options]\n"), ("test_a.py", "import unittest\n"));
        using var imported = new PythonRepository(("tests/test_a.py", "import unittest\nimport pytest\nclass T(unittest.TestCase): pass\n"));
        using var written = new PythonRepository(("test_a.py", "def test_a(): pass\n"));
        Assert.Equal(TestRunner.Pytest, (await configured.FindAsync(fixture)).Runner);
        Assert.Equal(TestRunner.Pytest, (await imported.FindAsync(fixture)).Runner);
        Assert.Equal(TestRunner.Pytest, (await written.FindAsync(fixture)).Runner);
    }

    [Fact]
    public async Task Unittest_is_chosen_for_test_cases_and_nothing_else()
    {
        using var repository = new PythonRepository(
            ("test_a.py", "import unittest\nclass T(unittest.TestCase):\n    def test_a(self): pass\n"));
        Assert.Equal(TestRunner.Unittest, (await repository.FindAsync(fixture)).Runner);
    }

    [Fact]
    public async Task Import_paths_are_those_the_tests_would_have()
    {
        using var repository = new PythonRepository(
            ("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = [\"lib\"]\n"), ("lib/one.py", ""), ("src/pkg/__init__.py", ""),
            ("tests/unit/__init__.py", ""), ("tests/unit/test_a.py", "def test_a(): pass\n"));
        Assert.Equal(["lib", "src", ".", "tests"], (await repository.FindAsync(fixture)).ImportPaths);
    }

    [Fact]
    public async Task An_interpreter_that_does_not_run_in_the_sandbox_is_refused_when_it_was_asked_for()
    {
        using var repository = new PythonRepository(("test_a.py", "def test_a(): pass\n"));
        var failure = await Assert.ThrowsAsync<UsageException>(
            () => repository.FindAsync(fixture, new PythonOptions { Interpreter = "/no/such/python" }));
        Assert.Contains("--python /no/such/python", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_virtual_environment_without_the_runner_is_passed_over()
    {
        using var repository = new PythonRepository(("test_a.py", "def test_a(): pass\n"));
        await MakeEnvironmentAsync(repository, "--without-pip");
        var project = await repository.FindAsync(fixture);
        Assert.DoesNotContain(".venv", project.Interpreter, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_virtual_environment_with_the_runner_is_used_and_mounted_at_its_own_path()
    {
        using var repository = new PythonRepository(("test_a.py", "import sys\ndef test_a(): assert '.venv' in sys.prefix\n"));
        await MakeEnvironmentAsync(repository, "--without-pip", "--system-site-packages");
        var harness = await repository.HarnessAsync(fixture);
        Assert.Equal(Path.Combine(repository.Root, ".venv/bin/python"), harness.Program.Start[0]);
        var run = await RepositoryTests.RunAsync(harness, repository.Root, null, new Limits(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Null(run.Incomplete);
        Assert.Equal(TestOutcome.Passed, run.Outcomes["test_a.py::test_a"]);
    }

    private static async Task MakeEnvironmentAsync(PythonRepository repository, params string[] options)
    {
        var made = await Processes.RunAsync(
            new ProcessStart("/usr/bin/python3", ["-m", "venv", .. options, Path.Combine(repository.Root, ".venv")]),
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(made.Succeeded, made.ErrorText);
    }
}
