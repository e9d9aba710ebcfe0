using Afterburner.Gates;
using Afterburner.Languages.Python;
using Afterburner.Reviews;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Repositories that hold several projects, each with its own tests and configuration.</summary>
public sealed class ProjectsTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    private const string Code = "def unique(items):\n    assert len(items) <= 2000\n    kept = []\n    for item in items:\n        if item not in kept:\n            kept.append(item)\n    return kept\n";
    private const string Quick = "def unique(items):\n    assert len(items) <= 2000\n    return list(dict.fromkeys(items))";
    private const string Check = "    assert unique([n % 400 for n in range(2000)]) == list(range(400))\n";

    [Fact]
    public async Task Each_member_of_a_workspace_is_run_in_its_own_folder_with_its_own_configuration()
    {
        using var repository = await WorkspaceAsync();
        Member(repository, "shop", Code);
        // Found by its own configuration alone, and a package of another member is used.
        repository.Write("packages/till/pyproject.toml", "[project]\nname = \"till\"\nversion = \"0\"\n\n[tool.pytest.ini_options]\npython_functions = [\"check_*\"]\n");
        repository.Write("packages/till/src/till/__init__.py", "");
        repository.Write("packages/till/src/till/core.py", "import shop.core\n\n\n" + Code.Replace("unique(", "distinct(", StringComparison.Ordinal));
        repository.Write("packages/till/tests/test_core.py", "from till.core import distinct as unique\n\n\ndef check_unique():\n" + Check);
        await repository.CommitAsync("two members");

        var report = await ReviewAsync(repository, [Quick, Quick.Replace("unique(", "distinct(", StringComparison.Ordinal)]);

        foreach (var name in new[] { "unique", "distinct" })
        {
            var function = Assert.Single(report.Functions, f => f.Name == name);
            Assert.True(function.Status == FunctionStatus.Improved, $"{function.Status}: {function.Reason}; {string.Join("; ", function.Candidates.Select(c => c.Reason))}");
        }
    }

    [LongForm]
    [Fact]
    public async Task A_member_that_cannot_be_imported_does_not_stop_the_others()
    {
        using var repository = await WorkspaceAsync();
        Member(repository, "shop", Code);
        Member(repository, "till", "import nowhere_to_be_found\n\n\n" + Code);
        await repository.CommitAsync("two members");

        var report = await ReviewAsync(repository, [Quick]);
        var gate = await GateAsync(repository, Code.Replace("kept = []", "kept = list()", StringComparison.Ordinal));

        Assert.Equal(FunctionStatus.Improved, Assert.Single(report.Functions, f => f.Path.Contains("shop", StringComparison.Ordinal)).Status);
        var broken = Assert.Single(report.Functions, f => f.Path.Contains("till", StringComparison.Ordinal));
        Assert.Equal(FunctionStatus.Error, broken.Status);
        Assert.StartsWith("Python of packages/till cannot be run here: ", broken.Reason, StringComparison.Ordinal);
        Assert.Contains("nowhere_to_be_found", broken.Reason, StringComparison.Ordinal);
        Assert.NotNull(Assert.Single(gate.Functions, f => f.Path.Contains("shop", StringComparison.Ordinal)).Workload);
        Assert.Equal(GateStatus.CannotTell, Assert.Single(gate.Functions, f => f.Path.Contains("till", StringComparison.Ordinal)).Status);
    }

    [Theory]
    [InlineData("packages/shop/src/shop/core.py", "", "packages/shop")]
    [InlineData("packages/shop/src/shop/core.py", ".", "")]
    [InlineData("packages/shop/src/shop/core.py", "packages/*", "packages/shop")]
    [InlineData("packages/shop/src/shop/core.py", "packages", "packages")]
    [InlineData("packages/bare/bare.py", "", "")] // no tests of its own
    [InlineData("packages/checked/checked.py", "", "packages/checked")] // its tests have names of their own
    [InlineData("tool.py", "", "")]
    public async Task A_function_belongs_to_the_innermost_folder_with_a_project_file_and_tests_or_to_the_one_that_is_named(string path, string glob, string folder)
    {
        using var repository = await WorkspaceAsync();
        Member(repository, "shop", Code);
        repository.Write("packages/bare/pyproject.toml", "[project]\nname = \"bare\"\n");
        repository.Write("packages/checked/pyproject.toml", "[project]\nname = \"checked\"\n");
        repository.Write("packages/checked/tox.ini", "[pytest]\npython_files = check_*.py\n");
        repository.Write("packages/checked/check_it.py", "def test_it(): pass\n");

        Assert.Equal(folder, new PythonRuntime().ProjectOf(repository.Path, path, glob.Length == 0 ? [] : [glob]));
    }

    private static async Task<TestRepository> WorkspaceAsync()
    {
        var repository = await TestRepository.CreateAsync();
        repository.Write("pyproject.toml", "[tool.uv.workspace]\nmembers = [\"packages/*\"]\n");
        await repository.CommitAsync("a workspace");
        return repository;
    }

    private static void Member(TestRepository repository, string name, string code)
    {
        repository.Write($"packages/{name}/pyproject.toml", $"[project]\nname = \"{name}\"\nversion = \"0\"\n\n[tool.pytest.ini_options]\npythonpath = [\"src\"]\n");
        repository.Write($"packages/{name}/src/{name}/__init__.py", "");
        repository.Write($"packages/{name}/src/{name}/core.py", code);
        repository.Write($"packages/{name}/tests/test_core.py", $"from {name}.core import unique\n\n\ndef test_unique():\n{Check}");
    }

    private async Task<GateReport> GateAsync(TestRepository repository, string head)
    {
        foreach (var name in new[] { "shop", "till" })
            repository.Write($"packages/{name}/src/{name}/core.py", (name == "till" ? "import nowhere_to_be_found\n\n\n" : "") + head);
        await repository.CommitAsync("both touched");
        return await new Gate(fixture.Sandbox, _ => { }, TimeProvider.System).RunAsync(
            new GateRequest(repository.Path, fixture.NewFolder("gate"), Configuration.Default) { Base = "HEAD~1" }, TestContext.Current.CancellationToken);
    }

    private Task<Report> ReviewAsync(TestRepository repository, string[] candidates) => fixture.ReviewAsync(
        new ReviewRequest(repository.Path, fixture.NewFolder("run"), Configuration.Default) { Base = "HEAD~1", Head = "HEAD" },
        _ => new ScriptedProposer(candidates) { IsRuleBased = true });
}
