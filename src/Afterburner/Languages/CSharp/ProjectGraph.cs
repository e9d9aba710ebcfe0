using System.Collections.Concurrent;
using System.Xml;
using System.Xml.Linq;

namespace Afterburner.Languages.CSharp;

/// <summary>
/// The projects of a tree, and which of them hold tests of which others. Their files are read as data, without evaluating them: a condition counts as fulfilled, and what cannot be
/// read off the text is decided so that rather more tests run. MSBuild has the last word, in a sandbox.
/// </summary>
internal sealed class ProjectGraph
{
    private const int Largest = 1 << 20, MostProjects = 2000, MostKept = 16;

    // The reports of a whole review ask for every function; a tree that was exported does not change.
    private static readonly ConcurrentDictionary<string, ProjectGraph> Known = new(StringComparer.Ordinal);

    private static readonly string[] Kinds = [".csproj", ".fsproj", ".vbproj"];

    private static readonly HashSet<string> TestPackages = new(StringComparer.OrdinalIgnoreCase)
    {
        "Microsoft.NET.Test.Sdk", "xunit", "xunit.v3", "xunit.v3.mtp-v1", "xunit.v3.mtp-v2", "xunit.v3.core", "NUnit", "NUnit3TestAdapter", "MSTest", "MSTest.TestFramework", "MSTest.TestAdapter",
    };

    private readonly Dictionary<string, ProjectFile> _projects;

    private ProjectGraph(IEnumerable<ProjectFile> projects) => _projects = projects.ToDictionary(p => p.Path, StringComparer.Ordinal);

    /// <param name="tree">An exported tree.</param>
    public static ProjectGraph Of(string tree)
    {
        if (Known.TryGetValue(tree, out var known))
            return known;
        if (Known.Count >= MostKept)
            Known.Clear();
        return Known[tree] = Read(tree);
    }

    /// <summary>The innermost folder around a file that holds a project, from the root; null where there is none. The root itself is empty.</summary>
    public string? FolderOf(string path)
    {
        for (var folder = Folder(path); ; folder = Folder(folder))
        {
            if (_projects.Values.Any(p => Folder(p.Path) == folder && p.Path.EndsWith(Kinds[0], StringComparison.OrdinalIgnoreCase)))
                return folder;
            if (folder.Length == 0)
                return null;
        }
    }

    /// <summary>Projects with tests of what is in a folder, by their paths, in order.</summary>
    public IReadOnlyList<string> TestsOf(string folder)
    {
        var under = _projects.Values.Where(p => Folder(p.Path) == folder).Select(p => p.Path).ToHashSet(StringComparer.Ordinal);
        return [.. _projects.Values.Where(p => p.HoldsTests && Reaches(p, under)).Select(p => p.Path).Order(StringComparer.Ordinal)];
    }

    private bool Reaches(ProjectFile from, HashSet<string> wanted)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var rest = new Stack<string>([from.Path]);
        while (rest.TryPop(out var next))
        {
            if (!seen.Add(next) || !_projects.TryGetValue(next, out var project))
                continue;
            if (wanted.Contains(next))
                return true;
            foreach (var reference in project.References.SelectMany(r => Named(project, r)))
                rest.Push(reference);
        }

        return false;
    }

    /// <summary>What a reference names: a path from the project's folder, or, where properties stand in it, every project of that name.</summary>
    private IEnumerable<string> Named(ProjectFile from, string reference)
    {
        var path = reference.Replace('\\', '/').Replace("$(MSBuildThisFileDirectory)", "", StringComparison.OrdinalIgnoreCase).Replace("$(MSBuildProjectDirectory)/", "", StringComparison.OrdinalIgnoreCase);
        if (path.Contains('*', StringComparison.Ordinal))
            return _projects.Keys;
        var whole = Normal(Path.Combine(Folder(from.Path), path));
        if (_projects.ContainsKey(whole))
            return [whole];
        var name = path[(path.LastIndexOf('/') + 1)..];
        return _projects.Keys.Where(p => p.EndsWith("/" + name, StringComparison.OrdinalIgnoreCase) || p.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    private static ProjectGraph Read(string tree)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        var files = Directory.EnumerateFiles(tree, "*proj", options).Where(f => Kinds.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)).Take(MostProjects);
        var shared = new Dictionary<string, XElement?>(StringComparer.Ordinal);
        return new ProjectGraph(files.Select(f =>
        {
            var path = Path.GetRelativePath(tree, f).Replace('\\', '/');
            var own = Load(f);
            return new ProjectFile(path, own is null ? [] : Attributes(own, "ProjectReference"), HoldsTests(own, alone: true, path) || Above(tree, path, shared).Any(a => HoldsTests(a, alone: false, path)));
        }));
    }

    /// <summary>The files that a project takes up without naming them: the nearest of each name.</summary>
    private static IEnumerable<XElement?> Above(string tree, string path, Dictionary<string, XElement?> shared)
    {
        foreach (var name in (string[])["Directory.Build.props", "Directory.Build.targets"])
        {
            for (var folder = Folder(path); ; folder = Folder(folder))
            {
                var file = Path.Combine(tree, folder, name);
                if (!shared.TryGetValue(file, out var root))
                    shared[file] = root = Load(file);
                if (root is not null)
                {
                    yield return root;
                    break;
                }

                if (folder.Length == 0)
                    break;
            }
        }
    }

    /// <param name="alone">Whether the file is of this project alone; what others share counts under a condition for those alone that are called as tests.</param>
    private static bool HoldsTests(XElement? file, bool alone, string path)
    {
        if (file is null)
            return false;
        var isCalled = Path.GetFileNameWithoutExtension(path).Contains("Test", StringComparison.OrdinalIgnoreCase);
        bool Counts(XElement element) => alone || isCalled || !element.AncestorsAndSelf().Any(a => a.Attribute("Condition") is not null);
        var says = file.Descendants().Where(e => e.Name.LocalName == "IsTestProject").Where(Counts).Select(e => e.Value.Trim()).LastOrDefault();
        if (says is not null && !says.StartsWith('$'))
            return says.Equals("true", StringComparison.OrdinalIgnoreCase);
        return alone && file.Attribute("Sdk")?.Value.StartsWith("MSTest.Sdk", StringComparison.OrdinalIgnoreCase) == true
            || file.Descendants().Where(e => e.Name.LocalName == "PackageReference" && TestPackages.Contains(e.Attribute("Include")?.Value ?? "")).Any(Counts);
    }

    private static List<string> Attributes(XElement root, string name) =>
        [.. root.Descendants().Where(e => e.Name.LocalName == name).Select(e => e.Attribute("Include")?.Value).OfType<string>().SelectMany(v => v.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private static XElement? Load(string path)
    {
        var file = new FileInfo(path);
        if (file is not { Exists: true, LinkTarget: null, Length: <= Largest })
            return null;
        try
        {
            using var reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return XDocument.Load(reader).Root;
        }
        catch (Exception e) when (e is XmlException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Folder(string path) => path.LastIndexOf('/') is >= 0 and var end ? path[..end] : "";

    private static string Normal(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/').Where(p => p is not ("" or ".")))
        {
            if (part != ".." || parts.Count == 0)
                parts.Add(part);
            else
                parts.RemoveAt(parts.Count - 1);
        }

        return string.Join('/', parts);
    }

    /// <param name="Path">From the root.</param>
    /// <param name="References">As it writes them.</param>
    private sealed record ProjectFile(string Path, IReadOnlyList<string> References, bool HoldsTests);
}
