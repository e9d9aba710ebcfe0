namespace Afterburner.Sandboxes;

/// <summary>
/// Looks through a tree that somebody else made for doors to this machine. A mount that is read-only keeps files from
/// being changed; it does not keep anyone from connecting to a socket, writing to a pipe or opening a device. A link is
/// no door: it is followed inside the sandbox, where what it names outside the mounts does not exist.
/// </summary>
/// <remarks>What a program of this machine puts there after the look is not seen.</remarks>
internal static class ForeignTree
{
    /// <summary>Files and directories that are looked at; a tree with more is refused.</summary>
    public const int Most = 1_000_000;

    /// <param name="directory">Without links.</param>
    /// <returns>The reason, to be put after the path; null when it may be mounted.</returns>
    public static string? WhyNot(string directory, int most = Most)
    {
        var seen = 0;
        var rest = new Stack<string>([directory]);
        try
        {
            while (rest.TryPop(out var next))
            {
                foreach (var path in Directory.EnumerateFileSystemEntries(next))
                {
                    if (++seen > most)
                        return $"holds more than {most} files";
                    var status = LinuxCalls.LinkStatus(path);
                    if (status is { IsDirectory: true })
                        rest.Push(path);
                    else if (status is not ({ IsRegular: true } or { IsLink: true }))
                        return $"holds {Path.GetRelativePath(directory, path)}, which is no file but a socket, a pipe or a device, or cannot be read";
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot be looked through: {e.Message}";
        }

        return null;
    }
}
