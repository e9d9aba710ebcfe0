using System.Text;
using System.Text.RegularExpressions;
using Afterburner.Sandboxes;

namespace Afterburner.Languages.Python;

/// <summary>
/// The programs that pyenv puts on PATH: scripts that start the interpreter of a version which a variable or a file names. They are not
/// run; the version is looked up as https://github.com/pyenv/pyenv#understanding-python-version-selection says.
/// </summary>
internal static partial class PyenvShims
{
    private const string OfFolder = ".python-version", OfUser = "version", NoVersion = "system";
    private const int MostBytes = 4 << 10;

    /// <summary>Whether a folder of PATH holds them.</summary>
    public static bool AreIn(string folder) =>
        Path.GetFileName(folder) == "shims" && LinuxCalls.Resolve(Path.Combine(folder, "..", "versions")) is { Status.IsDirectory: true };

    /// <summary>The interpreter that a shim would start; null where that is the next one on PATH.</summary>
    /// <param name="shims">The folder that they are in.</param>
    /// <param name="named">Value of <c>PYENV_VERSION</c>; null where it is not set.</param>
    /// <param name="started">The folder in which it would be started; null for one that chooses nothing.</param>
    public static string? Interpreter(string shims, string? named, string? started)
    {
        var root = Path.GetDirectoryName(shims)!;
        var names = named is { Length: > 0 } ? named.Split(':')
            : Above(started).Select(f => Read(f, OfFolder)).FirstOrDefault(n => n.Length > 0) ?? Read(root, OfUser);
        return names.TakeWhile(n => n != NoVersion).Select(n => InVersion(Path.Combine(root, "versions"), n)).OfType<string>().FirstOrDefault();
    }

    private static IEnumerable<string> Above(string? folder)
    {
        for (; folder is not null; folder = Path.GetDirectoryName(folder))
            yield return folder;
    }

    private static string[] Read(string folder, string file) =>
        ArtefactCollector.Collect(folder, [file], MostBytes).Values.SingleOrDefault() is { } bytes
            ? [.. Encoding.UTF8.GetString(bytes).Split('\n').SelectMany(l => l.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))]
            : [];

    /// <summary>3.12 means the newest 3.12.N that is installed.</summary>
    private static string? InVersion(string versions, string name)
    {
        if (!IsName().IsMatch(name))
            return null;
        var folder = LinuxCalls.LinkStatus(Path.Combine(versions, name)) is not null ? name
            : Directory.EnumerateDirectories(versions, name + ".*").Select(d => Path.GetFileName(d)!)
                .Where(n => Version.TryParse(n, out _)).MaxBy(Version.Parse);
        return folder is null ? null : Path.Combine(versions, folder, "bin", "python3");
    }

    // A file of the repository may name it: it is one of the folders beside each other, and nothing above them.
    [GeneratedRegex(@"\A[A-Za-z0-9][\w.+-]*\z")]
    private static partial Regex IsName();
}
