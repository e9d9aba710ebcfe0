using System.Text.RegularExpressions;

namespace Afterburner.Languages.Python;

/// <summary>What the files of a workspace say about its tests, without running anything.</summary>
internal sealed partial class PythonSources
{
    private const int Head = 256 * 1024;
    private const int MaxTestFiles = 5_000;

    private static readonly string[] PytestsOwn = ["pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini"];

    private static readonly HashSet<string> NotSource =
        ["node_modules", "__pycache__", "venv", "env", "build", "dist", "site-packages", "htmlcov"];

    private readonly string _root;
    private readonly string _workspace;
    private readonly List<string> _testFiles;

    /// <param name="folder">Of a project in a repository of several; empty for the repository itself.</param>
    public PythonSources(string root, string folder = "")
    {
        _root = root;
        _workspace = Path.Combine(root, folder).TrimEnd('/');
        var workspace = _workspace;
        _testFiles = TestFiles(workspace).Take(MaxTestFiles).ToList();
        UsesPytest = IsConfigured() || _testFiles.Any(f => ImportsPytest().IsMatch(Read(f)));
        WrittenForPytest = _testFiles.Any(f => Read(f) is var text && PytestStyle().IsMatch(text) && !text.Contains("TestCase", StringComparison.Ordinal));
    }

    /// <summary>pytest is configured, or imported by a test file.</summary>
    public bool UsesPytest { get; }

    /// <summary>A test file has tests that unittest would not find.</summary>
    public bool WrittenForPytest { get; }

    /// <summary>
    /// Directories for <c>sys.path</c>, relative to the project: pytest's <c>pythonpath</c>, <c>src</c>, <c>.</c>, what pytest itself would
    /// add for each test file (the folder above its outermost package), and, last, where the other projects of the repository have their
    /// packages, which an installation for development makes importable.
    /// </summary>
    public IReadOnlyList<string> ImportPaths()
    {
        var paths = new List<string>();
        paths.AddRange(ConfiguredPaths());
        if (Directory.Exists(Path.Combine(_workspace, "src")) && !File.Exists(Path.Combine(_workspace, "src", "__init__.py")))
            paths.Add("src");
        paths.Add(".");
        paths.AddRange(_testFiles.Select(RootOf).Distinct().Order(StringComparer.Ordinal).Take(100));
        paths.AddRange(PythonFolders.Projects(_root).Where(p => Path.Combine(_root, p) != _workspace).Select(OwnPackages));
        return paths.Distinct().ToList();
    }

    private string OwnPackages(string project)
    {
        var folder = Path.Combine(_root, project);
        return Path.GetRelativePath(_workspace, Directory.Exists(Path.Combine(folder, "src")) ? Path.Combine(folder, "src") : folder);
    }

    private string RootOf(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        while (folder != _workspace && File.Exists(Path.Combine(folder, "__init__.py")))
            folder = Path.GetDirectoryName(folder)!;
        return Path.GetRelativePath(_workspace, folder).Replace('\\', '/');
    }

    private IEnumerable<string> ConfiguredPaths()
    {
        string[] files = [.. PytestsOwn, "pyproject.toml", "tox.ini", "setup.cfg"];
        // Where a project is not configured, pytest takes the configuration of a folder above it.
        var configured = IsConfigured(_workspace) ? _workspace : _root;
        foreach (var text in files.Select(f => Read(Path.Combine(configured, f))))
        {
            if (PythonPath().Match(text) is not { Success: true } match)
                continue;
            foreach (Match word in PathWord().Matches(match.Groups[1].Value))
            {
                var path = word.Value.TrimEnd('/');
                if (!Path.IsPathRooted(path) && !path.Split('/').Contains("..") && Directory.Exists(Path.Combine(configured, path)))
                    yield return Path.GetRelativePath(_workspace, Path.Combine(configured, path));
            }
        }
    }

    private static bool IsConfigured(string folder) =>
        PytestsOwn.Any(f => File.Exists(Path.Combine(folder, f)))
        || Read(Path.Combine(folder, "pyproject.toml")).Contains("[tool.pytest", StringComparison.Ordinal)
        || Read(Path.Combine(folder, "setup.cfg")).Contains("[tool:pytest]", StringComparison.Ordinal)
        || Read(Path.Combine(folder, "tox.ini")).Contains("[pytest]", StringComparison.Ordinal)
        || File.Exists(Path.Combine(folder, "conftest.py"));

    private bool IsConfigured() =>
        IsConfigured(_workspace) || IsConfigured(_root)
        || _testFiles.Select(f => Path.Combine(Path.GetDirectoryName(f)!, "conftest.py")).Distinct().Any(File.Exists);

    /// <summary>Whether a folder holds a file of tests, or its own configuration of pytest, which may give them other names.</summary>
    public static bool MayHaveTests(string folder) => TestFiles(folder).Any() || IsConfigured(folder);

    /// <summary>Folders below one that may hold sources. Links are not followed: a link in a repository may point anywhere.</summary>
    public static IEnumerable<string> Folders(string folder) => new DirectoryInfo(folder).EnumerateDirectories()
        .Where(d => d.LinkTarget is null && !d.Name.StartsWith('.') && !NotSource.Contains(d.Name) && !d.Name.EndsWith(".egg-info", StringComparison.Ordinal))
        .Select(d => d.FullName).Order(StringComparer.Ordinal);

    private static IEnumerable<string> TestFiles(string folder)
    {
        var files = new DirectoryInfo(folder).EnumerateFiles("*.py").Where(f => f.LinkTarget is null)
            .Where(f => f.Name.StartsWith("test", StringComparison.Ordinal) || f.Name.EndsWith("_test.py", StringComparison.Ordinal))
            .Select(f => f.FullName).Order(StringComparer.Ordinal);
        return files.Concat(Folders(folder).SelectMany(TestFiles));
    }

    private static string Read(string path)
    {
        if (new FileInfo(path) is not { Exists: true, LinkTarget: null })
            return "";
        using var reader = new StreamReader(path);
        var buffer = new char[Head];
        return new string(buffer, 0, reader.ReadBlock(buffer));
    }

    [GeneratedRegex(@"^\s*(import|from)\s+pytest\b", RegexOptions.Multiline)]
    private static partial Regex ImportsPytest();

    [GeneratedRegex(@"^(async )?def test|^class Test\w*\s*(\(\s*(object)?\s*\))?\s*:", RegexOptions.Multiline)]
    private static partial Regex PytestStyle();

    [GeneratedRegex("""^pythonpath\s*=\s*(\[[^\]]*\]|[^\n#]*(?:\n[ \t]+[^\n#]+)*)""", RegexOptions.Multiline)]
    private static partial Regex PythonPath();

    [GeneratedRegex("""[\w./-]+""")]
    private static partial Regex PathWord();
}
