namespace Afterburner.Sandboxes;

/// <summary>
/// A directory for what a sandbox needs on this machine, which every user may enter. It is locked while this process
/// lives; what a killed process left behind is removed when the next one makes its own.
/// </summary>
internal sealed class OwnDirectory : IDisposable
{
    private const string Prefix = "afterburner-sandbox-";
    private const string LockName = "lock";
    private const int EveryoneEnters = 0b111_101_101;

    private readonly FileStream _lock;

    public OwnDirectory()
    {
        // Root's temporary directory may be closed to others; /run never is.
        var above = LinuxCalls.UserId == 0 && Directory.Exists("/run") ? "/run" : System.IO.Path.GetTempPath();
        RemoveAbandoned(above);
        Path = System.IO.Path.Combine(above, Prefix + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Path);
        LinuxCalls.ChangeMode(Path, EveryoneEnters);
        _lock = Lock(Path, FileMode.CreateNew);
    }

    public string Path { get; }

    /// <summary>Makes a directory inside that everyone may enter.</summary>
    public string Add(string name)
    {
        var directory = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(directory);
        LinuxCalls.ChangeMode(directory, EveryoneEnters);
        return directory;
    }

    public void Dispose()
    {
        Directory.Delete(Path, recursive: true);
        _lock.Dispose();
    }

    private static FileStream Lock(string directory, FileMode mode) =>
        new(System.IO.Path.Combine(directory, LockName), mode, FileAccess.ReadWrite, FileShare.None);

    private static void RemoveAbandoned(string above)
    {
        foreach (var directory in Directory.EnumerateDirectories(above, Prefix + "*"))
        {
            try
            {
                using var unlocked = Lock(directory, FileMode.Open);
                foreach (var mounted in Directory.EnumerateDirectories(directory))
                    LinuxCalls.Unmount(mounted);
                Directory.Delete(directory, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In use, just being made, or another user's.
            }
        }
    }
}
