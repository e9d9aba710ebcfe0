using System.Text.Json;
using Afterburner.Changes;
using Afterburner.Sandboxes;

namespace Afterburner.Languages.JavaScript;

/// <summary>
/// What a folder's <c>package.json</c> says of its tests. Written by whoever wrote the change: read as data, and its commands run in sandboxes alone. Where there was one
/// that said so before the change that one counts: no change says itself how it is tested, or that it is not.
/// </summary>
/// <param name="Tests">How the tests are run; null where nothing that is known does, or there are none.</param>
internal sealed record NodePackage(NodeTests? Tests)
{
    private const string FileName = "package.json";
    private const int Largest = 1 << 20;

    private static readonly string[] Needs = ["devDependencies", "dependencies"];

    private static readonly NodePackage None = new((NodeTests?)null);

    /// <param name="workspace">The exported tree.</param>
    /// <param name="folder">From its root.</param>
    public static NodePackage Read(string workspace, string folder) => Before(workspace, folder) is { Tests: not null } before ? before : Now(workspace, folder);

    /// <summary>Whether a change says otherwise how its tests are run than was said before it.</summary>
    public static bool IsChanged(string workspace, string folder) => Before(workspace, folder).Tests is { } before && !before.Same(Now(workspace, folder).Tests);

    private static NodePackage Before(string workspace, string folder) => Now(Workspace.DeclaredBeside(workspace), folder);

    private static NodePackage Now(string tree, string folder)
    {
        var file = new FileInfo(Path.Combine(tree, folder, FileName));
        if (file is not { Exists: true, LinkTarget: null, Length: <= Largest })
            return None;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file.FullName));
            if (json.RootElement is not { ValueKind: JsonValueKind.Object } package)
                return None;
            var scripts = Texts(package, "scripts");
            var installed = Needs.SelectMany(n => Texts(package, n).Keys).ToHashSet(StringComparer.Ordinal);
            return new NodePackage(NodeScripts.Tests(scripts, installed));
        }
        catch (JsonException)
        {
            return None;
        }
    }

    private static Dictionary<string, string> Texts(JsonElement package, string name) =>
        package.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Object
            ? found.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String).GroupBy(p => p.Name, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.Last().Value.GetString()!, StringComparer.Ordinal)
            : [];

    /// <summary>The innermost folder around a file that has a <c>package.json</c> with tests; empty for the repository itself.</summary>
    /// <param name="globs">Of the folders that are projects; none: they are found.</param>
    public static string FolderOf(string workspace, string path, IReadOnlyList<string> globs)
    {
        var parts = path.Split('/');
        var above = Enumerable.Range(1, parts.Length - 1).Select(n => string.Join('/', parts[..n])).ToList();
        if (globs.Count > 0)
            return above.Find(new PathFilter(globs, []).Accepts) ?? "";
        // A folder that only the change makes a project has no say where there was one around it.
        above.Insert(0, "");
        return above.FindLast(f => Before(workspace, f).Tests is not null) ?? above.FindLast(f => Now(workspace, f).Tests is not null) ?? "";
    }
}
