namespace Afterburner.Functions;

/// <summary>Which files are of which language.</summary>
public static class Languages
{
    private static readonly Dictionary<string, Language> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".py"] = Language.Python,
        [".js"] = Language.JavaScript,
        [".jsx"] = Language.JavaScript,
        [".mjs"] = Language.JavaScript,
        [".cjs"] = Language.JavaScript,
        [".ts"] = Language.TypeScript,
        [".mts"] = Language.TypeScript,
        [".cts"] = Language.TypeScript,
        [".tsx"] = Language.Tsx,
        [".cs"] = Language.CSharp,
        [".go"] = Language.Go,
        [".rs"] = Language.Rust,
        [".java"] = Language.Java,
        [".cpp"] = Language.Cpp,
        [".cc"] = Language.Cpp,
        [".cxx"] = Language.Cpp,
        [".hpp"] = Language.Cpp,
        [".hh"] = Language.Cpp,
    };

    /// <summary>The language of a path by its extension, or null. Declarations without code (<c>.pyi</c>, <c>.d.ts</c>, <c>.h</c>) have none.</summary>
    public static Language? Of(string path) =>
        path.EndsWith(".d.ts", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".d.mts", StringComparison.OrdinalIgnoreCase)
            ? null
            : ByExtension.TryGetValue(Path.GetExtension(path), out var language) ? language : null;

    /// <summary>The extension by which ast-grep knows a language, whatever the file's own spelling of it is.</summary>
    internal static string Extension(Language language) => language switch
    {
        Language.Python => ".py",
        Language.JavaScript => ".js",
        Language.TypeScript => ".ts",
        Language.Tsx => ".tsx",
        Language.CSharp => ".cs",
        Language.Go => ".go",
        Language.Rust => ".rs",
        Language.Java => ".java",
        Language.Cpp => ".cpp",
    };

    /// <summary>The extraction rules of a language, for ast-grep, and one for what does not parse.</summary>
    internal static string Rules(Language language) =>
        $"{Extraction(language).TrimEnd()}\n---\nid: error-{Name(language)}\nlanguage: {Name(language)}\nseverity: info\nrule: {{ kind: ERROR }}\n";

    /// <summary>The rules for what stands around the functions of a Python file.</summary>
    internal static string RulesAroundPython => Read("python-around");

    /// <summary>The name by which ast-grep's rules know a language.</summary>
    internal static string Name(Language language) => language.ToString().ToLowerInvariant();

    private static string Extraction(Language language) => language switch
    {
        Language.Python => Read("python"),
        Language.JavaScript => Read("javascript"),
        Language.TypeScript => Read("typescript"),
        Language.Tsx => Read("typescript").Replace("typescript", "tsx", StringComparison.Ordinal),
        Language.CSharp => Read("csharp"),
        Language.Go => Read("go"),
        Language.Rust => Read("rust"),
        Language.Java => Read("java"),
        Language.Cpp => Read("cpp"),
    };

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(Languages).Assembly.GetManifestResourceStream($"Functions/Rules/{name}.yml")!);
        return reader.ReadToEnd();
    }
}
