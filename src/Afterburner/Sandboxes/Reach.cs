namespace Afterburner.Sandboxes;

/// <summary>A directory of this machine as a sandbox gets it.</summary>
/// <param name="Path">Without links.</param>
/// <param name="Hidden">Another user could not walk to it: a directory above it is closed to others.</param>
internal sealed record Reachable(string Path, bool Hidden);

/// <summary>The directories of this machine that a command needs.</summary>
/// <param name="Mounts">Path inside to directory outside.</param>
internal sealed record Places(Reachable Workspace, IReadOnlyList<KeyValuePair<string, Reachable>> Mounts);

/// <summary>
/// Root runs sandboxes as a user that owns nothing, so that root's own files stay unreadable inside. That user must be
/// able to read what is meant to be read.
/// </summary>
internal static class Reach
{
    // Read and enter, for others.
    private const int OpenToOthers = 0b101;
    private const int Enter = 0b001;

    /// <summary>Looks up all directories that a command needs.</summary>
    /// <param name="whyNot">Why one of them cannot be used, when null is returned.</param>
    public static Places? FindAll(SandboxCommand command, out string whyNot)
    {
        if (Find(command.Workspace, out whyNot) is not { } workspace)
            return null;
        var mounts = new List<KeyValuePair<string, Reachable>>();
        foreach (var (outside, inside) in command.Mounts)
        {
            if (Find(outside, out whyNot) is not { } mount)
                return null;
            mounts.Add(new(inside, mount));
        }

        // What is mounted inside another mount must come after it.
        return new Places(workspace, [.. mounts.OrderBy(m => m.Key.Length)]);
    }

    /// <summary>Looks a directory up, and opens it to others where it is ours and temporary.</summary>
    /// <param name="whyNot">Why it cannot be used, when null is returned.</param>
    private static Reachable? Find(string path, out string whyNot)
    {
        whyNot = "";
        var real = LinuxCalls.RealPath(path);
        if (real is null || LinuxCalls.Status(real) is not { } status)
        {
            whyNot = $"{path} does not exist";
            return null;
        }

        if (LinuxCalls.UserId != 0)
            return new Reachable(real, Hidden: false);
        if (status.IsDirectory && !status.Allows(OpenToOthers) && !MayOpen(real, status, OpenToOthers))
        {
            whyNot = $"{path} may be read by its owner only, and commands run as another user; run 'chmod o+rx' on it";
            return null;
        }

        return new Reachable(real, Hidden: !Ancestors(real).All(CanEnter));
    }

    private static bool CanEnter(string directory) =>
        LinuxCalls.Status(directory) is not { } status || status.Allows(Enter);

    // Directories that .NET makes for temporary files are closed; what is made there to be run is meant to be seen.
    private static bool MayOpen(string path, FileStatus status, int permissions) =>
        status.UserId == LinuxCalls.UserId
        && LinuxCalls.RealPath(Path.GetTempPath()) is { } temporary
        && path.StartsWith(Path.TrimEndingDirectorySeparator(temporary) + "/", StringComparison.Ordinal)
        && LinuxCalls.ChangeMode(path, (status.Mode & 0xfff) | permissions);

    private static IEnumerable<string> Ancestors(string path)
    {
        for (var parent = Path.GetDirectoryName(path); parent is not null; parent = Path.GetDirectoryName(parent))
            yield return parent;
    }
}
