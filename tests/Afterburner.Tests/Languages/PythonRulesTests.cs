using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>The Python of this repository, judged by ruff.</summary>
public sealed class PythonRulesTests
{
    private static readonly string[] Folders = ["src/Afterburner/Languages/Python/harness", "src/Afterburner.Cli/Network", "src/Afterburner.Evaluation", "models", "action", "tests/Python"];

    [Fact]
    public async Task Ruff_finds_nothing() => Assert.Equal("", await FindingsAsync(Folders));

    [Theory]
    [InlineData("import os\n", "F401")]
    [InlineData("def told():\n    return 1\n", "ANN201")]
    [InlineData("def told(items=[]) -> list:\n    return items\n", "B006")]
    [InlineData("import sys\nimport os\n\nprint(os, sys)\n", "I001")]
    public async Task What_breaks_a_rule_is_found(string text, string rule)
    {
        using var folder = new TemporaryFolder();

        Assert.Contains($": {rule} ", await FindingsAsync(folder.Write("broken.py", text)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_a_package_may_name_its_path()
    {
        using var folder = new TemporaryFolder();

        Assert.Equal("", await FindingsAsync(folder.Write("__init__.py", "print(__path__)\n")));
    }

    private static async Task<string> FindingsAsync(params string[] places)
    {
        var run = await Processes.RunAsync(
            new ProcessStart("node", [Path.Combine(Repository.Root, "tests", "Tools", "ruff", "lint.mjs"), .. places]) { WorkingDirectory = Repository.Root },
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(run.Succeeded, run.ErrorText);
        return run.Text;
    }
}
