using static Afterburner.Tests.Languages.Ending;

namespace Afterburner.Tests.Languages;

/// <summary>The cases of <see cref="RuntimeCases"/> that tests alone can tell, in C#: each is a file with a class of tests, all in one project.</summary>
internal static class CSharpCases
{
    private const string Doubled = "public static List<int> F(List<int> xs)\n    {\n        var doubled = new List<int>();\n        foreach (var x in xs)\n        {\n            doubled.Add(x * 2);\n        }\n\n        return doubled;\n    }";
    private const string DoubledAtOnce = "public static List<int> F(List<int> xs)\n    {\n        return xs.ConvertAll(x => x * 2);\n    }";
    private const string Checked = "C.F([3, 1, 2]).SequenceEqual([6, 2, 4])";

    /// <summary>The same, and names something that a candidate may name for that reason.</summary>
    private static string Using(string statement) => Doubled.Replace("        return doubled;", $"        if (xs.Count < 0)\n        {{\n            {statement}\n        }}\n\n        return doubled;", StringComparison.Ordinal);

    /// <summary>Files beside those of the cases.</summary>
    public static IReadOnlyDictionary<string, string> Projects { get; } = new Dictionary<string, string>
    {
        ["Directory.Build.props"] = "<Project><PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup></Project>\n",
        ["code/Code.csproj"] = "<Project Sdk=\"Microsoft.NET.Sdk\" />\n",
        ["tests/Code.Tests.csproj"] = """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><UseMicrosoftTestingPlatformRunner>true</UseMicrosoftTestingPlatformRunner></PropertyGroup>
              <ItemGroup><PackageReference Include="xunit.v3" Version="4.0.2" /><ProjectReference Include="../code/Code.csproj" /></ItemGroup>
            </Project>

            """,
    };

    public static IReadOnlyDictionary<string, CaseSources> All { get; } = new[]
    {
        Case("writes_a_loop_otherwise", Doubled, DoubledAtOnce, Checked),
        Case("fails_a_test_that_looks_at_more_than_answers", Doubled.Replace("doubled.Add(", "Looked++;\n            doubled.Add(", StringComparison.Ordinal), DoubledAtOnce, Checked + " && C.Looked == 3", before: "public static int Looked;"),
        Case("answers_wrongly_where_a_test_looks", Doubled, DoubledAtOnce.Replace("* 2", "+ 2", StringComparison.Ordinal), Checked),
        Case("answers_wrongly_where_no_test_looks", Doubled, DoubledAtOnce.Replace("* 2", "+ 2", StringComparison.Ordinal), "C.F([3, 1, 2]).Count == 3"),
        Case("cannot_be_parsed", Doubled, DoubledAtOnce.Replace("* 2", "* ", StringComparison.Ordinal), Checked, right: Rejected("does not parse")),
        Case("names_what_does_not_exist", Doubled, "public static List<int> F(List<int> xs)\n    {\n        return Doubles(xs);\n    }", Checked, right: Rejected("unproven")),
        Case("crashes", Using("Environment.FailFast(\"over\");"), "public static List<int> F(List<int> xs)\n    {\n        Environment.FailFast(\"over\");\n        return xs;\n    }", Checked, right: Rejected("told of none")),
        Case("never_ends", Doubled, "public static List<int> F(List<int> xs)\n    {\n        while (xs.Count >= 0)\n        {\n        }\n\n        return xs;\n    }", Checked),
        Case("ends_the_process_as_if_all_were_well", Using("Environment.Exit(0);"), "public static List<int> F(List<int> xs)\n    {\n        Environment.Exit(0);\n        return xs;\n    }", Checked, right: Rejected("told of none")),
        Case("prints_without_end", Using("Console.WriteLine(\"more\");"), "public static List<int> F(List<int> xs)\n    {\n        for (; ; )\n        {\n            Console.WriteLine(\"more\");\n        }\n    }", Checked, right: Rejected("did not end now")),
    }.ToDictionary(c => c.Name, c => c.Sources);

    /// <param name="before">What stands above the function in its class.</param>
    /// <param name="right">See <see cref="CaseSources.Right"/>.</param>
    private static (string Name, CaseSources Sources) Case(string name, string original, string candidate, string check, string before = "", Ending? right = null) =>
        (name, new CaseSources($"code/{name}.cs", "C.F", candidate, new Dictionary<string, string>
        {
            [$"code/{name}.cs"] = $"namespace Code.{name};\n\npublic static class C\n{{\n    {before}\n    {original}\n}}\n",
            [$"tests/{name}.cs"] = $"using Code.{name};\nusing Xunit;\n\nnamespace Tests.{name};\n\npublic sealed class Checks\n{{\n    [Fact]\n    public void Is_right() => Assert.True({check});\n}}\n",
        })
        { Right = right });
}
