using Afterburner.Sandboxes;

namespace Afterburner.Languages.Python;

/// <summary>
/// An installation of Python outside <c>/usr</c> (from <c>/usr</c>, sandboxes have their own or this machine's):
/// <c>PREFIX/bin/python3.N</c> with its library in <c>PREFIX/lib/python3.N</c>, or the same of PyPy.
/// </summary>
internal static class PythonInstallation
{
    private static readonly string[] Patterns = ["python3.*", "pypy3.*"];

    private static readonly DirectoryKind Kind = new(prefix =>
        Versions(prefix).Any(v => IsProgram(prefix, v))
            ? null
            : "is no installation of Python: it has no bin/python3.N with its lib/python3.N/os.py");

    /// <summary>Whether a path without links is in every sandbox without a mount.</summary>
    public static bool IsEverywhere(string path) => path.StartsWith("/usr/", StringComparison.Ordinal);

    /// <summary>The installation that a directory of programs belongs to.</summary>
    /// <param name="programs">PREFIX/bin, without links.</param>
    /// <param name="whyNot">The reason, a whole clause; empty when it is one.</param>
    public static MachineDirectory? Of(string programs, string? repository, out string whyNot)
    {
        if (Path.GetFileName(programs) != "bin" || Path.GetDirectoryName(programs) is not { } prefix)
        {
            whyNot = $"{programs} is not the bin of an installation of Python";
            return null;
        }

        var found = MachineDirectory.Find(prefix, Kind, repository, out whyNot);
        if (found is null)
            whyNot = $"{prefix} {whyNot}";
        return found;
    }

    private static IEnumerable<string> Versions(string prefix)
    {
        var library = Path.Combine(prefix, "lib");
        if (LinuxCalls.LinkStatus(library) is not { IsDirectory: true })
            return [];
        return Patterns.SelectMany(p => Directory.EnumerateDirectories(library, p))
            .Where(d => LinuxCalls.LinkStatus(Path.Combine(d, "os.py")) is { IsRegular: true })
            .Select(d => Path.GetFileName(d)!);
    }

    private static bool IsProgram(string prefix, string version) =>
        LinuxCalls.Resolve(Path.Combine(prefix, "bin", version)) is { Status.IsRegular: true } program
        && program.Path.StartsWith(prefix + "/", StringComparison.Ordinal);
}
