using System.Globalization;

namespace Afterburner.Sandboxes;

/// <summary>
/// The <c>/out</c> of one run. Root gets a file system in memory that cannot hold more than its size; everyone else a
/// directory whose size is looked at five times a second, so a run can put a little more on disk than it may.
/// </summary>
internal sealed class OutDirectory : IAsyncDisposable
{
    /// <value>Bytes of all files brought back from one run.</value>
    private const long MostBroughtBack = 64L << 20;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly long _size;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _done = new();
    private readonly bool _mounted;
    private volatile bool _overflowed;
    private Task _watch = Task.CompletedTask;

    /// <param name="parent">A directory of ours.</param>
    /// <param name="user">User number the command runs under, as this machine sees it.</param>
    public OutDirectory(string parent, long size, long user, TimeProvider time)
    {
        _size = size;
        _time = time;
        Path = System.IO.Path.Combine(parent, "out-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Path);
        _mounted = LinuxCalls.MountMemory(
            Path, string.Create(CultureInfo.InvariantCulture, $"size={size},uid={user},gid={user},mode=700"));
        if (!_mounted)
            LinuxCalls.ChangeMode(Path, 0b111_111_111);
    }

    public string Path { get; }

    /// <summary>Whether a run put more there than it may; it was killed for it, or was quicker than the watch.</summary>
    public bool Overflowed => _overflowed || (!_mounted && Size() > _size);

    /// <summary>Looks at the size until disposed, where nothing else limits it.</summary>
    public void Watch(Action kill)
    {
        if (!_mounted)
            _watch = WatchAsync(kill);
    }

    /// <summary>Reads the files of a command; only after everything it started is dead.</summary>
    public IReadOnlyDictionary<string, byte[]> Collect(IEnumerable<string> names) =>
        ArtefactCollector.Collect(Path, names, Math.Min(_size, MostBroughtBack));

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
        _done.Dispose();
        if (_mounted)
            LinuxCalls.Unmount(Path);
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Made unreadable by the command; the directory is in a temporary place.
        }
    }

    private async Task WatchAsync(Action kill)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (!_overflowed && await timer.WaitForNextTickAsync(_done.Token).ConfigureAwait(false))
            {
                if (Size() <= _size)
                    continue;
                _overflowed = true;
                kill();
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    // Links count as nothing and are not followed.
    private long Size() => new DirectoryInfo(Path)
        .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint })
        .Sum(f => LinuxCalls.Status(f.FullName)?.Allocated ?? 0);
}
