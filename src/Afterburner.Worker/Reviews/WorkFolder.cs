namespace Afterburner.Worker.Reviews;

/// <summary>
/// Where the reviews of this process put what they need for a while. Nothing of it outlives the process for long: what one that was killed left
/// behind is removed by the next that starts. A lock that ends with its process says who lives.
/// </summary>
internal sealed class WorkFolder : IDisposable
{
    private const string Prefix = "afterburner-worker-";
    private const string Lock = ".lock";

    /// <summary>Between its making and its lock a folder may have none.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(10);

    private readonly string _path;
    private readonly FileStream _lock;

    private WorkFolder(string path, FileStream held) => (_path, _lock) = (path, held);

    /// <summary>Makes one below a folder for temporary files, and removes those of processes that are gone.</summary>
    /// <returns>The folder to be used for temporary files from now on is <see cref="Path"/>.</returns>
    public static WorkFolder Open(string temporary, TimeProvider time)
    {
        Directory.CreateDirectory(temporary);
        foreach (var left in Directory.GetDirectories(temporary, Prefix + "*"))
            Sweep(left, time);
        var path = Directory.CreateDirectory(System.IO.Path.Combine(temporary, Prefix + System.Security.Cryptography.RandomNumberGenerator.GetHexString(12, lowercase: true))).FullName;
        // Commands in a sandbox may run as another user.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return new WorkFolder(path, new FileStream(System.IO.Path.Combine(path, Lock), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None));
    }

    public string Path => _path;

    public void Dispose()
    {
        Directory.Delete(_path, recursive: true);
        _lock.Dispose();
    }

    private static void Sweep(string left, TimeProvider time)
    {
        try
        {
            var held = System.IO.Path.Combine(left, Lock);
            if (!File.Exists(held))
            {
                if (time.GetUtcNow() - Directory.GetLastWriteTimeUtc(left) > Young)
                    Directory.Delete(left, recursive: true);
                return;
            }

            using var free = new FileStream(held, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            Directory.Delete(left, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody lives there, or it is not ours.
        }
    }
}
