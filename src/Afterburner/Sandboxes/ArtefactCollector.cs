namespace Afterburner.Sandboxes;

/// <summary>
/// Reads files out of a directory that hostile code filled, after that code is dead. No link is followed in any part of
/// a path, nothing blocks on a pipe, and only regular files are read: links in output directories are how sandboxes of
/// others were broken (CVE-2024-28185, CVE-2024-28189). What the files say is not checked.
/// </summary>
internal static class ArtefactCollector
{
    /// <summary>Reads the files that exist, are regular and fit.</summary>
    /// <param name="names">Paths below the directory, with <c>/</c>.</param>
    /// <param name="most">Bytes of all files together; a file whose apparent size (holes included) does not fit in what is left is left out.</param>
    /// <exception cref="ArgumentException">A name is absolute or has a part <c>..</c>: the caller's mistake, not the command's.</exception>
    public static IReadOnlyDictionary<string, byte[]> Collect(string directory, IEnumerable<string> names, long most)
    {
        var found = new Dictionary<string, byte[]>();
        foreach (var name in names)
        {
            var parts = name.Split('/');
            if (parts.Any(p => p is "" or "." or ".."))
                throw new ArgumentException($"'{name}' is not a plain path below /out", nameof(names));
            using var file = RegularFile.TryOpenBelow(directory, parts);
            if (file is not null && RegularFile.ReadAll(file, most) is { } bytes)
            {
                found[name] = bytes;
                most -= bytes.Length;
            }
        }

        return found;
    }
}
