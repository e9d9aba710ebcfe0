using System.Runtime.InteropServices;
using System.Text;

namespace Afterburner.Basics;

/// <summary>
/// The folders that programs are started from: the absolute entries of PATH that are not inside a checkout. An empty or
/// relative entry means the folder one is in, which may be that of a change under review, and an earlier step of a workflow
/// may have put the checkout's own folder on PATH; what lies there would run outside the sandbox.
/// </summary>
public sealed partial class ProgramPath
{
    private const string OfSystem = "/usr/local/bin:/usr/bin:/bin";

    private static readonly Lock Changing = new();
    private static ProgramPath _current = new(
        Environment.GetEnvironmentVariable("PATH") ?? OfSystem,
        [.. Checkouts(Environment.CurrentDirectory), .. Environment.GetEnvironmentVariable("GITHUB_WORKSPACE") is { Length: > 0 } workspace ? [Real(workspace) ?? workspace] : (string[])[]]);

    private readonly string _text;
    private readonly IReadOnlyList<string> _distrusted;

    /// <param name="text">As in PATH.</param>
    /// <param name="distrusted">Folders, as the kernel resolves them, in and below which nothing is started. The root is not one.</param>
    internal ProgramPath(string text, IReadOnlyList<string> distrusted)
    {
        (_text, _distrusted) = (text, [.. distrusted.Where(d => d != "/").Distinct()]);
        Folders = [.. text.Split(':').Where(Path.IsPathRooted).Select(Real).OfType<string>().Where(f => Directory.Exists(f) && IsTrusted(f)).Distinct()];
        if (Folders.Count == 0)
            Folders = OfSystem.Split(':');
    }

    /// <summary>That of this process. Checkouts that it was started in and the workspace of a workflow are not trusted.</summary>
    public static ProgramPath Current => Volatile.Read(ref _current);

    /// <summary>In their order, links resolved; those of the system where nothing is left.</summary>
    public IReadOnlyList<string> Folders { get; }

    /// <summary>For the PATH of a child.</summary>
    public string Text => string.Join(':', Folders);

    /// <summary>From now on nothing is started from a repository: call before it is looked at.</summary>
    public static void Distrust(string directory)
    {
        lock (Changing)
        {
            string[] more = [.. Checkouts(directory), Real(directory) ?? Path.GetFullPath(directory)];
            if (more.Except(_current._distrusted).Any())
                Volatile.Write(ref _current, new ProgramPath(_current._text, [.. _current._distrusted, .. more]));
        }
    }

    /// <summary>
    /// Leaves the folder that this process was started in, so that nothing is looked up there by chance: libraries try
    /// relative paths too. Paths that the user gave must be absolute by then.
    /// </summary>
    public static void LeaveFolder()
    {
        _ = Current; // Has seen where that was.
        Environment.CurrentDirectory = "/";
    }

    /// <summary>The program of a name, as an absolute path. An absolute path is taken as it is.</summary>
    /// <exception cref="EnvironmentFailureException">There is none in a trusted folder.</exception>
    /// <exception cref="ArgumentException">A relative path: whose folder would it mean?</exception>
    public string Find(string name)
    {
        if (Path.IsPathRooted(name))
            return name;
        if (name.Contains('/', StringComparison.Ordinal) || name.Length == 0)
            throw new ArgumentException($"'{name}' is neither a name nor an absolute path", nameof(name));
        return Folders.Select(f => Path.Combine(f, name)).FirstOrDefault(p => IsProgram(p) && Real(p) is { } real && IsTrusted(real))
            ?? throw new EnvironmentFailureException(
                $"there is no program '{name}' in {Text}: install it, or put the folder that has it on PATH. Relative entries of PATH and folders inside the repository are not looked at");
    }

    internal bool IsTrusted(string path) => !_distrusted.Any(d => path == d || path.StartsWith(d + "/", StringComparison.Ordinal));

    // The checkouts that a folder lies in. A home that is one (of settings) stays trusted: people keep their programs there.
    private static IEnumerable<string> Checkouts(string directory)
    {
        var home = Real(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
        for (var at = Real(directory); at is not (null or "/"); at = Path.GetDirectoryName(at))
        {
            if (at != home && Path.Exists(Path.Combine(at, ".git")))
                yield return at;
        }
    }

    private static bool IsProgram(string path) =>
        File.Exists(path)
        && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);

    /// <summary>The path by the kernel's own rules; null when it leads nowhere.</summary>
    private static string? Real(string path)
    {
        if (OperatingSystem.IsWindows())
            return Path.GetFullPath(path);
        var resolved = new byte[4096];
        return path.Length > 0 && RealPath(path, resolved) != 0 ? Encoding.UTF8.GetString(resolved, 0, Array.IndexOf(resolved, (byte)0)) : null;
    }

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPath(string path, [Out] byte[] resolved);
}
