using System.Text.Json;
using System.Text.RegularExpressions;
using Afterburner.Changes;
using Afterburner.Sandboxes;

namespace Afterburner.Languages.JavaScript;

/// <summary>
/// What a folder's <c>package.json</c> says of its tests. Written by whoever wrote the change: read as data, and its commands run in sandboxes alone. Where there was one
/// that said so before the change that one counts: no change says itself how it is tested, or that it is not.
/// </summary>
/// <param name="Tests">How Node's own test runner is called; null where another one is, or none.</param>
internal sealed partial record NodePackage(NodeTests? Tests)
{
    private const string FileName = "package.json";
    private const int Largest = 1 << 20;

    private static readonly NodePackage None = new((NodeTests?)null);

    /// <param name="workspace">The exported tree.</param>
    /// <param name="folder">From its root.</param>
    public static NodePackage Read(string workspace, string folder) => Before(workspace, folder) is { Tests: not null } before ? before : Now(workspace, folder);

    /// <summary>Whether a change says otherwise how its tests are run than was said before it.</summary>
    public static bool IsChanged(string workspace, string folder) => Before(workspace, folder).Tests is { } before && before != Now(workspace, folder).Tests;

    private static NodePackage Before(string workspace, string folder) => Now(Workspace.DeclaredBeside(workspace), folder);

    private static NodePackage Now(string tree, string folder)
    {
        var file = new FileInfo(Path.Combine(tree, folder, FileName));
        if (file is not { Exists: true, LinkTarget: null, Length: <= Largest })
            return None;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file.FullName));
            return json.RootElement is { ValueKind: JsonValueKind.Object } package
                && package.TryGetProperty("scripts", out var scripts) && scripts.ValueKind == JsonValueKind.Object
                && scripts.TryGetProperty("test", out var test) && test is { ValueKind: JsonValueKind.String }
                ? new NodePackage(Command(test.GetString()!))
                : None;
        }
        catch (JsonException)
        {
            return None;
        }
    }

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

    /// <summary>Of a script that calls several programs the one that runs tests counts. What its words mean is left to the sandbox's shell.</summary>
    private static NodeTests? Command(string script) => script.Split(["&&", ";"], StringSplitOptions.TrimEntries)
        .Select(c => Node().Match(c)).FirstOrDefault(m => m.Success) is { } found
        ? new NodeTests(Reporters().Replace(found.Groups["flags"].Value, " ").Trim(), Reporters().Replace(found.Groups["patterns"].Value, " ").Trim())
        : null;

    [GeneratedRegex(@"^(?:[A-Z_]+=\S+\s+)*node(?<flags>(?:\s+-\S+)*?)\s+--test(?![\w=-])(?<patterns>.*)$")]
    private static partial Regex Node();

    // Which reporter is asked, and how many files at once, is said by the harness.
    [GeneratedRegex(@"--test-(?:reporter|reporter-destination|concurrency)(?:=|\s+)\S+")]
    private static partial Regex Reporters();
}

/// <summary>How Node's own test runner is called.</summary>
/// <param name="Flags">Words before <c>--test</c>.</param>
/// <param name="Patterns">Words after it.</param>
internal sealed record NodeTests(string Flags, string Patterns);
