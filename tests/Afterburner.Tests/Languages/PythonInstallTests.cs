using Afterburner.Languages.Python;
using Xunit;

namespace Afterburner.Tests.Languages;

public sealed class PythonInstallTests
{
    [Theory]
    [InlineData("unittest", null)]
    [InlineData("pytest", "pip install pytest")]
    [InlineData("pytest", "pip install pytest -r requirements.txt -r requirements-dev.txt", "requirements.txt", "requirements-dev.txt", "dev-requirements.txt")]
    [InlineData("unittest", "pip install .", "setup.py")]
    public void What_the_files_of_a_project_name_is_installed(string runner, string? expected, params string[] files)
    {
        using var folder = new TemporaryFolder();
        foreach (var file in files)
            folder.Write(file, "\n");

        Assert.Equal(expected, PythonInstall.Of(folder.Path, "", runner));
    }

    [Theory]
    [InlineData("[project]\nname = 'a'\n", "pip install pytest .")]
    [InlineData("[project]\nname = 'a'\n\n[project.optional-dependencies]\ndocs = ['x']\ntest = [\n  'pytest-cov',\n]\n\n[tool.x]\ndev = 1\n", "pip install pytest .[test]")]
    [InlineData("[project.optional-dependencies]\n'dev' = ['x']\n", "pip install pytest .[dev]")]
    [InlineData("[dependency-groups]\ntest = ['x']\n", "pip install pytest --group test")]
    [InlineData("[tool.x]\ntest = 1\n", "pip install pytest")]
    public void So_is_what_a_project_file_has_for_tests(string project, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("pyproject.toml", project);

        Assert.Equal(expected, PythonInstall.Of(folder.Path, "", "pytest"));
    }

    [Fact]
    public void A_project_below_the_root_is_named_by_its_folder_unless_that_would_have_to_be_quoted()
    {
        using var folder = new TemporaryFolder();
        folder.Write("packages/shop/pyproject.toml", "[project]\nname = 'a'\n[project.optional-dependencies]\ntest = []\n");
        folder.Write("packages/$(x)/setup.py", "\n");

        Assert.Equal("pip install pytest ./packages/shop[test]", PythonInstall.Of(folder.Path, "packages/shop", "pytest"));
        Assert.Null(PythonInstall.Of(folder.Path, "packages/$(x)", "pytest"));
    }
}
