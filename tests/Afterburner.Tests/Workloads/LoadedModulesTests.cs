using Afterburner.Sandboxes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Workloads;

/// <summary>Calls are watched however a module comes to be loaded, and where they cannot be, the true reason is said.</summary>
public sealed class LoadedModulesTests(BubblewrapFixture fixture) : IClassFixture<BubblewrapFixture>
{
    private const string Core = """
        def unique(items):
            kept = []
            for item in items:
                if item not in kept:
                    kept.append(item)
            return kept

        """;

    private const string Test = "from shop.core import unique\ndef test_unique(): assert unique([1, 1, 2]) == [1, 2]\n";

    private const string Hook = """
        import importlib.machinery
        import sys

        class Finder:
            @staticmethod
            def find_spec(name, path=None, target=None):
                if not name.startswith("shop."):
                    return None
                spec = importlib.machinery.PathFinder.find_spec(name, path)
                if spec and type(spec.loader) is importlib.machinery.SourceFileLoader:
                    spec.loader = Loader(spec.loader.name, spec.loader.path)
                return spec

        sys.meta_path.insert(0, Finder)

        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task Calls_of_a_module_that_an_import_hook_loads_are_captured() =>
        Captured(("src/shop/__init__.py", Hook + "class Loader(importlib.machinery.SourceFileLoader):\n    pass\n"));

    [Fact]
    public Task Calls_of_a_module_that_an_import_hook_rewrites_are_captured() =>
        Captured(("src/shop/__init__.py", Hook + """
            import ast

            class Loader(importlib.machinery.SourceFileLoader):
                def source_to_code(self, data, path, *, _optimization=-1):
                    tree = ast.parse(data, path)
                    for function in [node for node in tree.body if isinstance(node, ast.FunctionDef)]:
                        function.body.insert(0, ast.parse("assert items is not None").body[0])
                    return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
            """));

    [Fact]
    public Task Calls_of_a_module_whose_asserts_pytest_rewrites_are_captured() =>
        Captured(("conftest.py", "import pytest\npytest.register_assert_rewrite('shop.core')\n"), ("src/shop/core.py", Core + "\n\nassert unique([]) == []\n"));

    [LongForm]
    [Fact]
    public Task Calls_of_a_module_that_is_a_file_of_tests_by_its_name_are_captured() => Captured(("pytest.ini", "[pytest]\npython_files = *.py\npythonpath = src\n"));

    [LongForm]
    [Fact]
    public Task Calls_of_a_module_that_is_loaded_by_its_path_are_captured() => Captured(("tests/test_core.py", """
        import importlib.util
        def test_unique():
            spec = importlib.util.spec_from_file_location("core_by_path", "src/shop/core.py")
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            assert module.unique([1, 1]) == [1]
        """));

    [Theory]
    [InlineData("run_path", "src/shop/core.py")]
    [LongData("run_module", "shop.core")]
    public Task Calls_of_a_module_that_is_run_are_captured(string way, string name) => Captured(
        ("src/shop/core.py", Core + "\nif __name__ == '__main__':\n    FOUND = unique([1, 1])\n"),
        ("tests/test_core.py", $"import runpy\ndef test_unique(): assert runpy.{way}('{name}', run_name='__main__')['FOUND'] == [1]\n"));

    [Fact]
    public async Task A_function_is_known_by_the_name_that_python_gives_it()
    {
        var outcome = await CaptureAsync("\ufb01nd", ("src/shop/core.py", Core.Replace("unique", "\ufb01nd", StringComparison.Ordinal)), ("tests/test_core.py", Test.Replace("unique", "find", StringComparison.Ordinal)));

        Assert.Null(outcome.SkipReason);
    }

    [Fact]
    public async Task A_module_that_only_its_own_loader_can_compile_is_skipped_with_the_loaders_name()
    {
        var outcome = await CaptureAsync("unique", ("src/shop/__init__.py", Hook + """
            class Loader:
                def __init__(self, name, path):
                    self.path = path
                def create_module(self, spec):
                    return None
                def exec_module(self, module):
                    with open(self.path) as file:
                        exec(compile(file.read(), "somewhere", "exec"), module.__dict__)
            """));

        Assert.Equal("its module is loaded by shop.Loader", outcome.SkipReason);
    }

    [Theory]
    [InlineData("spawn")]
    [LongData("fork")]
    public async Task A_function_that_runs_in_another_process_is_said_to_be_called_in_none_that_is_watched(string method)
    {
        var outcome = await CaptureAsync("unique", ("tests/test_core.py", $"""
            import multiprocessing as mp
            from shop.core import unique
            def test_unique():
                with mp.get_context("{method}").Pool(1) as pool:
                    assert pool.map(unique, [[1, 1, 2]]) == [[1, 2]]
            """));

        Assert.Equal("the tests import its module and call it in no process that is watched", outcome.SkipReason);
        Assert.True(outcome.IsUnreached);
    }

    [Fact]
    public async Task A_module_that_another_program_imports_is_said_to_be_imported_in_no_process_that_is_watched()
    {
        var outcome = await CaptureAsync("unique", ("src/shop/__main__.py", "from shop.core import unique\nprint(unique([1, 1]))\n"), ("tests/test_core.py", """
            import subprocess, sys
            def test_unique():
                assert subprocess.run([sys.executable, "-m", "shop"], cwd="src", capture_output=True).stdout == b"[1]\n"
            """));

        Assert.Equal("the tests import its module in no process that is watched", outcome.SkipReason);
    }

    [Theory]
    [InlineData("import shop.core\ndef test_it(): pass\n", "no test reaches it")]
    [LongData("def test_it(): pass\n", "no test imports its module")]
    public async Task That_nothing_calls_a_function_is_said_where_it_is_so(string test, string reason)
    {
        var outcome = await CaptureAsync("unique", ("tests/test_core.py", test));

        Assert.Equal((SkipKind.Unreached, reason), (outcome.Skip!.Kind, outcome.Skip.Reason));
    }

    [Fact]
    public async Task Tests_that_do_not_pass_at_the_baseline_are_named_where_nothing_calls_a_function()
    {
        var outcome = await CaptureAsync(
            "unique", ("tests/test_core.py", "import no_such_module\nimport shop.core\ndef test_it(): assert shop.core.unique([1])\n"), ("tests/test_other.py", "def test_other(): pass\n"));

        Assert.Equal(SkipKind.Unreached, outcome.Skip!.Kind);
        Assert.EndsWith("; 1 test does not pass before anything is changed, such as tests/test_core.py", outcome.Skip.Reason, StringComparison.Ordinal);
    }

    private async Task Captured(params (string Path, string Text)[] files)
    {
        var outcome = await CaptureAsync("unique", files);
        Assert.Null(outcome.SkipReason);
        Assert.NotEmpty(outcome.Workload!.Captured);
    }

    private async Task<CaptureOutcome> CaptureAsync(string name, params (string Path, string Text)[] files)
    {
        using var repository = new PythonRepository([
            ("pytest.ini", "[pytest]\npythonpath = src\n"), ("src/shop/__init__.py", ""), ("src/shop/core.py", Core), ("tests/test_core.py", Test), .. files]);
        var harness = await repository.HarnessAsync(fixture);
        var baseline = await RepositoryTests.EstablishBaselineAsync(harness, repository.Root, new Limits(), Cancel);
        return Assert.Single(await CallCapture.CaptureAsync(
            harness, repository.Root, [repository.Target("src/shop/core.py", name)], baseline, new CaptureOptions { Limits = new Limits() }, Cancel));
    }
}
