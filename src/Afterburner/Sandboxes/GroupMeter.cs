using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Afterburner.Sandboxes;

/// <summary>
/// Reads a control group from outside while its processes live: what they all used together, whoever started them and
/// whatever they did to their own clocks. The counter of a running process lags behind by up to a tick of the scheduler
/// (4 ms), so a group is brought to rest before it is read: what ran until then counts. One time in some 5,000 a process
/// that counts as stopped has not left its core yet, and up to 0.2 ms are in the next reading instead.
/// </summary>
public sealed class GroupMeter : IMeter
{
    /// <summary>
    /// Twice what a few processes that wait for something need (190 us, mean of 8,500 on two cores); asking goes on without a pause until then, and
    /// no longer: on a busy machine they need the core that asks.
    /// </summary>
    private static readonly TimeSpan UsualRest = TimeSpan.FromMilliseconds(0.4);

    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(200);

    private readonly SafeFileHandle _cpu;
    private readonly bool _microseconds;
    private readonly SafeFileHandle _freeze;
    private readonly SafeFileHandle _frozen;
    private readonly (byte[] Stop, byte[] Go, string Stopped) _words;
    private readonly SafeFileHandle? _memory;
    private readonly SafeFileHandle? _peak;
    private readonly byte[] _buffer = new byte[512];

    private GroupMeter(string cpu, bool microseconds, string freeze, string frozen, (string, string, string) words, string memory, string peak)
    {
        _cpu = Open(cpu, FileAccess.Read);
        _microseconds = microseconds;
        _freeze = Open(freeze, FileAccess.Write);
        _frozen = Open(frozen, FileAccess.Read);
        _words = (Encoding.ASCII.GetBytes(words.Item1), Encoding.ASCII.GetBytes(words.Item2), words.Item3);
        _memory = TryOpen(memory, FileAccess.Read);
        _peak = TryOpen(peak, FileAccess.ReadWrite) ?? TryOpen(peak, FileAccess.Read);
        MayResetPeak = ResetPeak();
    }

    public string Means => $"control groups (version {(_microseconds ? 2 : 1)})";

    /// <value>Version 1 groups, and version 2 from Linux 6.12.</value>
    public bool MayResetPeak { get; }

    public bool MayBeRefused => false;

    /// <param name="directories">Controller to directory, see <see cref="ControlGroup"/>.</param>
    /// <returns>Null where CPU time cannot be read or the group cannot be brought to rest.</returns>
    internal static GroupMeter? Of(IReadOnlyDictionary<string, string> directories)
    {
        var unified = directories.GetValueOrDefault(ControlGroup.Version2);
        var (cpuacct, memory, freezer) = (directories.GetValueOrDefault("cpuacct"), directories.GetValueOrDefault("memory"), directories.GetValueOrDefault("freezer"));
        try
        {
            var one = directories.Count == 1 && unified is not null;
            var cpu = one ? Path.Combine(unified!, "cpu.stat") : cpuacct is null ? null : Path.Combine(cpuacct, "cpuacct.usage");
            if (cpu is null)
                return null;
            var (current, peak) = one
                ? (Path.Combine(unified!, "memory.current"), Path.Combine(unified!, "memory.peak"))
                : (Path.Combine(memory ?? "", "memory.usage_in_bytes"), Path.Combine(memory ?? "", "memory.max_usage_in_bytes"));
            if (unified is not null && File.Exists(Path.Combine(unified, "cgroup.freeze")))
            {
                return new GroupMeter(
                    cpu, one, Path.Combine(unified, "cgroup.freeze"), Path.Combine(unified, "cgroup.events"), ("1", "0", "frozen 1"), current, peak);
            }

            var state = freezer is null ? null : Path.Combine(freezer, "freezer.state");
            return state is null ? null : new GroupMeter(cpu, one, state, state, ("FROZEN", "THAWED", "FROZEN"), current, peak);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public long CpuNanoseconds() => Nanoseconds(Read(_cpu));

    public long? About()
    {
        // Others read meanwhile, and have a buffer of their own.
        var text = new byte[128];
        try
        {
            return Nanoseconds(Encoding.ASCII.GetString(text, 0, RandomAccess.Read(_cpu, text, 0)));
        }
        catch (Exception e) when (e is IOException or NotSupportedException or ObjectDisposedException or UnauthorizedAccessException or FormatException)
        {
            return null; // its processes are gone, and the group with them
        }
    }

    /// <summary>A process may have written its word and not stopped yet, and until then what it used is not in the counter.</summary>
    public long? ExactNanoseconds(TimeSpan patience)
    {
        if (!Rest(patience))
            return null;
        var read = CpuNanoseconds();
        Resume();
        return read;
    }

    public long? Memory() => _memory is null ? null : Number(Read(_memory));

    public long? Peak() => _peak is null ? null : Number(Read(_peak));

    public bool ResetPeak()
    {
        if (_peak is null)
            return false;
        try
        {
            Write(_peak, "0"u8);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public bool Rest(TimeSpan patience)
    {
        Write(_freeze, _words.Stop);
        var start = Stopwatch.GetTimestamp();
        var asked = TimeSpan.Zero;
        while (!Read(_frozen).Contains(_words.Stopped, StringComparison.Ordinal))
        {
            var waited = Stopwatch.GetElapsedTime(start);
            if (waited > patience)
                return false;
            // A process that was in the middle of something may have missed it.
            if (waited > asked + AskAgain)
            {
                asked = waited;
                Write(_freeze, _words.Stop);
            }

            Thread.Sleep(waited < UsualRest ? 0 : 1);
        }

        return true;
    }

    public void Resume()
    {
        try
        {
            Write(_freeze, _words.Go);
        }
        catch (IOException)
        {
            // Its processes are gone, and the group with them: nothing is left to go on.
        }
    }

    public void Dispose()
    {
        foreach (var handle in new[] { _cpu, _freeze, _frozen, _memory, _peak })
            handle?.Dispose();
    }

    private static SafeFileHandle Open(string path, FileAccess access) => File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite);

    private static SafeFileHandle? TryOpen(string path, FileAccess access)
    {
        try
        {
            return Open(path, access);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private long Nanoseconds(string text) => _microseconds ? 1000 * Number(text.AsSpan("usage_usec ".Length)) : Number(text);

    private string Read(SafeFileHandle file)
    {
        try
        {
            return Encoding.ASCII.GetString(_buffer, 0, RandomAccess.Read(file, _buffer, 0));
        }
        catch (NotSupportedException e)
        {
            throw Gone(e);
        }
    }

    private static void Write(SafeFileHandle file, ReadOnlySpan<byte> word)
    {
        try
        {
            RandomAccess.Write(file, word, 0);
        }
        catch (NotSupportedException e)
        {
            throw Gone(e);
        }
    }

    /// <summary>A file of a group that was removed cannot be sought in, which .NET takes for another kind of file.</summary>
    private static IOException Gone(NotSupportedException inner) => new("the control group is gone", inner);

    private static long Number(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return long.Parse(end < 0 ? text : text[..end], CultureInfo.InvariantCulture);
    }
}
