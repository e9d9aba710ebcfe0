using System.Text.RegularExpressions;

namespace Afterburner.Changes;

/// <summary>Submodules: a commit holds the name of another repository's commit, and none of its files.</summary>
internal static partial class Submodules
{
    private const int Longest = 64 * 1024, MostNamed = 5;

    /// <summary>A sentence that names those of a tree, which have no files there; null where there are none.</summary>
    public static string? Remark(string tree)
    {
        using var file = RegularFile.TryOpenBelow(tree, [".gitmodules"]);
        if (file is null || RegularFile.ReadAll(file, Longest) is not { } bytes)
            return null;
        var lacking = ModulePath().Matches(SourceText.Of(bytes)).Select(m => m.Groups[1].Value)
            .Where(p => !p.Split('/').Contains("..") && !Path.IsPathRooted(p) && IsEmpty(Path.Combine(tree, p)))
            .Distinct().Order(StringComparer.Ordinal).Select(VisibleText.Line).ToList();
        return lacking.Count == 0 ? null
            : $"{string.Join(", ", lacking.Take(MostNamed))}{(lacking.Count > MostNamed ? " and others" : "")}: submodules, whose files are not part of the commit and are not copied; "
                + "leave tests that need them out (tests: arguments in .github/afterburner.yml).";
    }

    private static bool IsEmpty(string folder) => !Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any();

    [GeneratedRegex(@"^\s*path\s*=\s*(\S[^\r\n]{0,300}?)\s*$", RegexOptions.Multiline)]
    private static partial Regex ModulePath();
}
