namespace Afterburner.Sandboxes;

/// <summary>A directory of this machine as a sandbox gets it.</summary>
/// <param name="Path">Without links.</param>
/// <param name="Hidden">Another user could not walk to it: a directory above it is closed to others.</param>
internal sealed record Reachable(string Path, bool Hidden);

/// <summary>The directories of this machine that a command needs.</summary>
/// <param name="Mounts">Path inside to directory outside.</param>
/// <param name="Filled">The one that may be written; null for none.</param>
internal sealed record Places(Reachable Workspace, IReadOnlyList<KeyValuePair<string, Reachable>> Mounts, KeyValuePair<string, Reachable>? Filled);

/// <summary>
/// Root runs sandboxes as a user that owns nothing, so that root's own files stay unreadable inside. That user must be
/// able to read what is meant to be read; nobody's permissions are changed for it.
/// </summary>
internal static class SandboxPlaces
{
    // Read and enter, for others.
    private const int OpenToOthers = 0b101;
    private const int Enter = 0b001;

    /// <summary>Looks up all directories that a command needs.</summary>
    /// <param name="whyNot">Why one of them cannot be used, when null is returned.</param>
    public static Places? FindAll(SandboxCommand command, out string whyNot)
    {
        if (LinuxCalls.Resolve(command.Workspace) is not { Status.IsDirectory: true } found)
        {
            whyNot = $"{command.Workspace} does not exist";
            return null;
        }

        if (Find(found.Path, found.Status, out whyNot) is not { } workspace)
            return null;
        var mounts = new List<KeyValuePair<string, Reachable>>();
        foreach (var (inside, outside) in command.Filled is { } writable ? command.Mounts.Append(writable) : command.Mounts)
        {
            if (outside.Confirm() is not { } status)
            {
                whyNot = $"{outside.Path} is not the directory any more that it was when it was checked; run again";
                return null;
            }

            if (Find(outside.Path, status, out whyNot) is not { } mount)
                return null;
            mounts.Add(new(inside, mount));
        }

        KeyValuePair<string, Reachable>? filled = command.Filled is null ? null : mounts[^1];
        // What is mounted inside another mount must come after it.
        return new Places(workspace, [.. mounts.SkipLast(filled is null ? 0 : 1).OrderBy(m => m.Key.Length)], filled);
    }

    /// <param name="real">Without links.</param>
    /// <param name="whyNot">Why it cannot be used, when null is returned.</param>
    private static Reachable? Find(string real, PathStatus status, out string whyNot)
    {
        whyNot = "";
        if (LinuxCalls.UserId != 0)
            return new Reachable(real, Hidden: false);
        if (!status.Allows(OpenToOthers))
        {
            whyNot = $"{real} may be read by its owner only, and commands run as another user; run 'chmod o+rx' on it";
            return null;
        }

        return new Reachable(real, Hidden: !Ancestors(real).All(CanEnter));
    }

    private static bool CanEnter(string directory) =>
        LinuxCalls.Status(directory) is not { } status || status.Allows(Enter);

    private static IEnumerable<string> Ancestors(string path)
    {
        for (var parent = Path.GetDirectoryName(path); parent is not null; parent = Path.GetDirectoryName(parent))
            yield return parent;
    }
}
