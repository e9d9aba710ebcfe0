namespace Afterburner.Sandboxes;

/// <summary>
/// Temporary directories for what a sandbox reads. Commands may run as another user than this program, and .NET closes its
/// temporary directories to others, so these are opened when they are made; what somebody else made stays as it is.
/// </summary>
internal static class SharedFolder
{
    /// <returns>Path of a new directory that every user may read and only this one may write.</returns>
    public static string Create(string prefix)
    {
        var path = Directory.CreateTempSubdirectory(prefix).FullName;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }
}
