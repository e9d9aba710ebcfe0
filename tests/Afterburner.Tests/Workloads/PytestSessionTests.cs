using Afterburner.Languages.Python;
using Afterburner.Sandboxes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Workloads;

/// <summary>Sessions run as plain pytest would run them in the same place, but for what would hide an outcome.</summary>
public sealed class PytestSessionTests(BubblewrapFixture fixture) : IClassFixture<BubblewrapFixture>
{
    private const string Passed = "tests/test_core.py::test_unique Passed";

    /// <summary>Acts as pytest-xdist, as far as its options go: a session that it spreads runs no test here.</summary>
    private const string Xdist = """
        import pytest
        def pytest_addoption(parser):
            group = parser.getgroup("xdist")
            group._addoption("-n", "--numprocesses", dest="numprocesses")
            group._addoption("--dist", dest="dist", default="no")
        @pytest.hookimpl(tryfirst=True)
        def pytest_cmdline_main(config):
            if config.option.numprocesses:
                config.option.dist = "load"
        @pytest.hookimpl(tryfirst=True)
        def pytest_runtestloop(session):
            return True if session.config.option.dist != "no" else None
        """;

    /// <summary>Acts as pytest-cov: it begins before any conftest file is read.</summary>
    private const string Cov = """
        import pytest
        def pytest_addoption(parser):
            parser.getgroup("cov").addoption("--cov", dest="cov_source", action="append", default=[], nargs="?", const=True)
        @pytest.hookimpl(tryfirst=True)
        def pytest_load_initial_conftests(early_config):
            if early_config.known_args_namespace.cov_source:
                raise pytest.UsageError("measured")
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("-xvs")]
    [InlineData("--maxfail=1 -q")]
    [InlineData("-vx --lf --sw")]
    [InlineData("--co -q")]
    [InlineData("--pdb --trace")]
    public async Task Options_that_hide_outcomes_hide_none(string options)
    {
        var outcomes = await RunAsync(
            null, ("pytest.ini", $"[pytest]\npythonpath = src\naddopts = {options}\n"), ("tests/test_a.py", "def test_known_failure():\n    assert 0\n"));

        Assert.Equal(["tests/test_a.py::test_known_failure Failed", Passed], outcomes);
    }

    [Theory]
    [InlineData("-n=auto")]
    [InlineData("-n4")]
    [InlineData("-n 4")]
    [InlineData("-q -n auto --dist loadfile")]
    [InlineData("--numprocesses=2")]
    public async Task Tests_stay_in_one_process_however_that_is_spelled(string options)
    {
        Assert.Equal([Passed], await RunAsync(null, ("pytest.ini", $"[pytest]\naddopts = -p xdist {options}\n"), ("xdist.py", Xdist)));
        Assert.Equal([Passed], await RunAsync(null, ("pytest.ini", $"[pytest]\naddopts = {options}\n")));
    }

    [Fact]
    public async Task What_measures_tests_is_off_before_it_begins() =>
        Assert.Equal([Passed], await RunAsync(null, ("pytest.ini", "[pytest]\naddopts = -p pytest_cov --cov=shop\n"), ("pytest_cov.py", Cov)));

    [Theory]
    [InlineData("--cov src --cov-report term-missing --cov-fail-under 90")]
    [InlineData("--timeout 30 -p no_such_plugin")]
    [InlineData("--nbval-lax tests")]
    [InlineData("--asyncio-mode=auto --strict-config")]
    public async Task Options_of_plugins_that_are_not_there_end_no_session(string options) =>
        Assert.Equal([Passed], await RunAsync(null, ("pytest.ini", $"[pytest]\naddopts = {options}\nrequired_plugins = pytest-nowhere\nof_a_plugin = 1\n")));

    [Fact]
    public async Task An_option_that_nobody_has_is_named()
    {
        using var repository = Repository(("pytest.ini", "[pytest]\naddopts = --ingore=tests\n"));
        var run = await RepositoryTests.RunAsync(await repository.HarnessAsync(fixture), repository.Root, null, new Limits(), cancellationToken: Cancel);

        Assert.Contains("pytest rejected its arguments", run.Incomplete, StringComparison.Ordinal);
        Assert.Contains("unrecognized arguments: --ingore=tests", run.Incomplete, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cache_of_pytest_is_there()
    {
        var outcomes = await RunAsync(
            null,
            ("conftest.py", "def pytest_configure(config):\n    config.shop_runs = config.cache.get('shop/runs', 0)\n"),
            ("tests/test_cache.py", "def test_cache(cache):\n    cache.set('shop/seen', 1)\n    assert cache.get('shop/seen', 0) == 1\n"));

        Assert.Equal(["tests/test_cache.py::test_cache Passed", Passed], outcomes);
    }

    [Theory]
    [InlineData("cache_dir = \".cache/pytest\"")]
    [InlineData("addopts = \"-p no:cacheprovider\"")]
    [InlineData("addopts = \"--lf --junitxml=report.xml --maxfail=2 -W error\"")]
    public async Task Nothing_of_ours_makes_a_warning(string setting)
    {
        var outcomes = await RunAsync(
            null,
            ("pyproject.toml", $"[tool.pytest.ini_options]\npythonpath = [\"src\"]\nfilterwarnings = [\"error\"]\n{setting}\n"),
            ("conftest.py", "def pytest_warning_recorded(warning_message): raise SystemExit(str(warning_message))\n"));

        Assert.Equal([Passed], outcomes);
    }

    [Theory]
    [InlineData("--ignore tests/slow", "")]
    [InlineData("--confcutdir tests", "tests/slow/test_slow.py::test_slow Passed")]
    [InlineData("--deselect tests/slow/test_slow.py::test_slow", "")]
    [InlineData("-k unique", "")]
    [InlineData("--ignore tests/slow tests", "")]
    [InlineData("tests/test_core.py tests/slow/test_slow.py", "tests/slow/test_slow.py::test_slow Passed")]
    public async Task Tests_that_are_chosen_are_those_of_a_run_of_all(string arguments, string others)
    {
        using var repository = Repository(("tests/slow/test_slow.py", "def test_slow(): assert 1\n"), ("pytest.ini", "[pytest]\npythonpath = src\n"));
        var harness = await repository.HarnessAsync(fixture, new PythonOptions { Arguments = arguments.Split(' ') });

        Assert.Equal([.. others.Length > 0 ? [others] : Array.Empty<string>(), Passed], await RunAsync(repository, harness, null));
        Assert.Equal([Passed], await RunAsync(repository, harness, ["tests/test_core.py::test_unique"]));
    }

    [Fact]
    public async Task A_configuration_elsewhere_names_tests_as_it_does_for_pytest()
    {
        using var repository = Repository(("tests/pytest.ini", "[pytest]\npython_functions = check_*\n"), ("tests/test_check.py", "def check_it(): pass\n"));
        var harness = await repository.HarnessAsync(fixture, new PythonOptions { Arguments = ["-c", "tests/pytest.ini"] });

        Assert.Equal(["test_check.py::check_it Passed"], await RunAsync(repository, harness, null));
        Assert.Equal(["test_check.py::check_it Passed"], await RunAsync(repository, harness, ["test_check.py::check_it"]));
    }

    [Fact]
    public async Task Files_without_a_chosen_test_are_not_looked_into()
    {
        using var repository = Repository(("pytest.ini", "[pytest]\n"), ("tests/test_broken.py", "raise SystemExit('looked into')\n"));

        Assert.Equal([Passed], await RunAsync(repository, await repository.HarnessAsync(fixture), ["tests/test_core.py::test_unique"]));
    }

    [Theory]
    [InlineData("pytest.toml")]
    [InlineData(".pytest.toml")]
    public async Task A_file_of_pytest_9_makes_pytest_the_runner(string name)
    {
        using var repository = Repository((name, "[pytest]\naddopts = [\"-q\"]\n"), ("tests/test_core.py", "import unittest\nclass T(unittest.TestCase):\n    def test_it(self): pass\n"));

        Assert.Equal("pytest", (await repository.HarnessAsync(fixture)).Program.Runner);
    }

    private static PythonRepository Repository(params ReadOnlySpan<(string Path, string Text)> files) => new([
        ("src/shop/__init__.py", ""),
        ("src/shop/core.py", "def unique(items):\n    return list(dict.fromkeys(items))\n"),
        ("tests/test_core.py", "from shop.core import unique\n\n\ndef test_unique():\n    assert unique([1, 1]) == [1]\n"),
        .. files,
    ]);

    private async Task<IEnumerable<string>> RunAsync(IReadOnlyCollection<string>? tests, params (string Path, string Text)[] files)
    {
        using var repository = Repository(files);
        return await RunAsync(repository, await repository.HarnessAsync(fixture), tests);
    }

    private static async Task<IEnumerable<string>> RunAsync(PythonRepository repository, Harness harness, IReadOnlyCollection<string>? tests)
    {
        var run = await RepositoryTests.RunAsync(harness, repository.Root, tests, new Limits(), cancellationToken: Cancel);
        Assert.Null(run.Incomplete);
        return run.Outcomes.Select(o => $"{o.Key} {o.Value}").Order(StringComparer.Ordinal);
    }
}
