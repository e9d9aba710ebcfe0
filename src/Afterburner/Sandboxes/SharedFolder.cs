namespace Afterburner.Sandboxes;

/// <summary>
/// Temporary directories for what a sandbox reads. Commands may run as another user than this program, and .NET closes its
/// temporary directories to others, so these are opened when they are made; what somebody else made stays as it is.
/// </summary>
internal static class SharedFolder
{
    /// <returns>Path of a new directory that every user may read and only this one may write.</returns>
    public static string Create(string prefix) => Opened(Directory.CreateTempSubdirectory(prefix).FullName);

    /// <returns>Path of a new directory in one that this class made.</returns>
    public static string Below(string folder, string name) => Opened(Directory.CreateDirectory(Path.Combine(folder, name)).FullName);

    private static string Opened(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }
}
