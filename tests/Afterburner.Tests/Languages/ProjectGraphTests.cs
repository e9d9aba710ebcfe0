using Afterburner.Languages.CSharp;
using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>Which projects hold tests of which others, read off their files.</summary>
public sealed class ProjectGraphTests : IDisposable
{
    private const string Plain = "<Project Sdk=\"Microsoft.NET.Sdk\" />";

    private readonly TemporaryFolder _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void A_file_belongs_to_the_innermost_project_around_it()
    {
        _tree.Write("All.csproj", Plain);
        _tree.Write("src/A/A.csproj", Plain);
        var graph = ProjectGraph.Of(_tree.Path);

        Assert.Equal("src/A", graph.FolderOf("src/A/Inner/X.cs"));
        Assert.Equal("", graph.FolderOf("src/B/X.cs"));
        Assert.Equal("", graph.FolderOf("X.cs"));
    }

    [Fact]
    public void Without_a_project_around_it_a_file_belongs_to_none()
    {
        _tree.Write("src/A/A.csproj", Plain);

        Assert.Null(ProjectGraph.Of(_tree.Path).FolderOf("src/X.cs"));
    }

    [Fact]
    public void Tests_are_those_that_refer_to_a_project_also_by_way_of_others()
    {
        _tree.Write("src/A/A.csproj", Plain);
        _tree.Write("src/B/B.csproj", Referring("..\\A\\A.csproj"));
        _tree.Write("src/C/C.csproj", Plain);
        _tree.Write("tests/B.Tests/B.Tests.csproj", Referring("../../src/B/B.csproj", "<PackageReference Include=\"xunit\" />"));
        _tree.Write("tests/C.Tests/C.Tests.csproj", Referring("$(Sources)/C/C.csproj", "<PackageReference Include=\"NUnit\" Version=\"4.6.1\" />"));
        _tree.Write("bench/Bench.csproj", Referring("../src/A/A.csproj"));
        var graph = ProjectGraph.Of(_tree.Path);

        Assert.Equal(["tests/B.Tests/B.Tests.csproj"], graph.TestsOf("src/A"));
        Assert.Equal(["tests/C.Tests/C.Tests.csproj"], graph.TestsOf("src/C"));
        Assert.Equal(["tests/B.Tests/B.Tests.csproj"], graph.TestsOf("tests/B.Tests"));
    }

    [Theory]
    [InlineData("""<Project Sdk="MSTest.Sdk/4.5.2" />""", true)]
    [InlineData("""<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><IsTestProject>true</IsTestProject></PropertyGroup></Project>""", true)]
    [InlineData("""<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><IsTestProject>false</IsTestProject></PropertyGroup><ItemGroup><PackageReference Include="xunit" /></ItemGroup></Project>""", false)]
    [InlineData("""<Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003"><ItemGroup><PackageReference Include="MSTest.TestFramework" /></ItemGroup></Project>""", true)]
    [InlineData("""<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><PackageReference Include="Markdig" /></ItemGroup></Project>""", false)]
    [InlineData("""<!DOCTYPE a [<!ENTITY e "x">]><Project Sdk="MSTest.Sdk/4.5.2" />""", false)]
    [InlineData("no XML", false)]
    public void A_project_with_a_framework_of_tests_holds_tests(string text, bool holdsTests)
    {
        _tree.Write("a/A.csproj", text);

        Assert.Equal(holdsTests, ProjectGraph.Of(_tree.Path).TestsOf("a").Count == 1);
    }

    [Theory]
    [InlineData("tests/Directory.Build.props", "", true, false)]
    [InlineData("Directory.Build.props", " Condition=\"$(MSBuildProjectName.EndsWith('.Tests'))\"", true, false)]
    [InlineData("Directory.Build.targets", "", true, true)]
    public void What_projects_share_counts_and_under_a_condition_for_those_alone_that_are_called_as_tests(string file, string condition, bool tests, bool code)
    {
        _tree.Write(file, $"<Project><ItemGroup{condition}><PackageReference Include=\"xunit.v3\" /></ItemGroup></Project>");
        _tree.Write("src/A/A.csproj", Plain);
        _tree.Write("tests/A.Tests/A.Tests.csproj", Plain);
        var graph = ProjectGraph.Of(_tree.Path);

        Assert.Equal((tests, code), (graph.TestsOf("tests/A.Tests").Count == 1, graph.TestsOf("src/A").Count == 1));
    }

    private static string Referring(string path, string beside = "") => $"<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup><ProjectReference Include=\"{path}\" />{beside}</ItemGroup></Project>";
}
