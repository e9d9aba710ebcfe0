using Afterburner.Changes;

namespace Afterburner.Languages.Python;

/// <summary>The projects of a repository that holds several: folders with a project file and tests of their own.</summary>
internal static class PythonFolders
{
    private const int Deepest = 3, Most = 100;

    private static readonly string[] ProjectFiles = ["pyproject.toml", "setup.py", "setup.cfg"];

    /// <param name="globs">Of the folders that are projects; none: the innermost with a project file and tests is meant.</param>
    /// <param name="path">'/'-separated, from the root.</param>
    /// <returns>From the root; empty where the repository itself is the project.</returns>
    public static string ProjectOf(string workspace, string path, IReadOnlyList<string> globs)
    {
        var parts = path.Split('/');
        var above = Enumerable.Range(1, parts.Length - 1).Select(n => string.Join('/', parts[..n])).ToList();
        if (globs.Count > 0)
            return above.Find(new PathFilter(globs, []).Accepts) ?? "";
        return above.FindLast(f => Path.Combine(workspace, f) is var folder && IsProject(folder) && PythonSources.MayHaveTests(folder)) ?? "";
    }

    /// <summary>Folders below the root that have a project file, not those inside of others; at most a hundred.</summary>
    public static IReadOnlyList<string> Projects(string workspace) =>
        [.. Below(workspace, Deepest).Take(Most).Select(f => Path.GetRelativePath(workspace, f))];

    private static IEnumerable<string> Below(string folder, int depth) => depth == 0 ? []
        : PythonSources.Folders(folder).Where(f => Path.GetFileName(f) is not ("tests" or "test"))
            .SelectMany(f => IsProject(f) ? [f] : Below(f, depth - 1));

    private static bool IsProject(string folder) =>
        ProjectFiles.Any(f => new FileInfo(Path.Combine(folder, f)) is { Exists: true, LinkTarget: null });
}
