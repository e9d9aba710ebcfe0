using System.Diagnostics;
using System.Globalization;

namespace Afterburner.Sandboxes;

/// <summary>The control group of one run: its limits, its bill, and the switch that kills everything in it.</summary>
/// <param name="directories">Controller to directory; <see cref="Version2"/> stands for the one directory of version 2.</param>
internal sealed class ControlGroup(IReadOnlyDictionary<string, string> directories)
{
    /// <summary>Key of the version 2 directory, which is full of controllers, or empty and beside version 1 ones.</summary>
    public const string Version2 = "";

    private const int PeriodMicroseconds = 100_000;

    // Our own processes inside: the outer and the inner bubblewrap and the shell that waits.
    private const int OwnProcesses = 3;

    private static readonly TimeSpan RemovalPatience = TimeSpan.FromSeconds(10);

    private bool IsVersion2 => directories.Count == 1;

    /// <summary>A process joins by writing its number to each of these files.</summary>
    public IEnumerable<string> Doors => directories.Values.Select(d => Path.Combine(d, "cgroup.procs"));

    /// <exception cref="IOException">The kernel refused; what was made is gone again.</exception>
    public static ControlGroup Create(IReadOnlyDictionary<string, string> directories, Limits limits)
    {
        var group = new ControlGroup(directories);
        try
        {
            foreach (var directory in directories.Values)
                Directory.CreateDirectory(directory);
            group.Set(limits);
            return group;
        }
        catch
        {
            foreach (var directory in directories.Values.Where(Directory.Exists))
                Directory.Delete(directory);
            throw;
        }
    }

    /// <summary>Control files take one write, without truncation.</summary>
    public static void Write(string file, string text)
    {
        using var handle = System.IO.File.OpenHandle(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(handle, System.Text.Encoding.ASCII.GetBytes(text), 0);
    }

    /// <summary>Kills every process in the group at once where the kernel can (5.14 and newer), else one by one, until there is none that was not told.</summary>
    public void Kill()
    {
        if (directories.TryGetValue(Version2, out var directory) && System.IO.File.Exists(Path.Combine(directory, "cgroup.kill")))
        {
            TryWrite(Path.Combine(directory, "cgroup.kill"), "1");
            return;
        }

        LinuxCalls.KillAll(Members);
    }

    /// <summary>What the group has used so far.</summary>
    public GroupUsage Usage() => IsVersion2
        ? new GroupUsage(
            Field("", "cpu.stat", "usage_usec") is { } us ? TimeSpan.FromMicroseconds(us) : null,
            Number("", "memory.peak"),
            Field("", "memory.events", "oom_kill") ?? 0)
        : new GroupUsage(
            Number("cpuacct", "cpuacct.usage") is { } ns ? TimeSpan.FromMicroseconds(ns / 1000.0) : null,
            Number("memory", "memory.max_usage_in_bytes"),
            Field("memory", "memory.oom_control", "oom_kill") ?? 0);

    /// <summary>What reads the group while its processes live; null where that is not possible here.</summary>
    public GroupMeter? Meter() => GroupMeter.Of(directories);

    /// <summary>Kills what is left, waits until nothing is, and removes the group.</summary>
    /// <returns>False when something could not be killed in ten seconds, which only a process stuck in the kernel can do.</returns>
    public async Task<bool> EmptyAsync()
    {
        var watch = Stopwatch.StartNew();
        for (var pause = 1; Members().Count > 0; pause = Math.Min(2 * pause, 50))
        {
            if (watch.Elapsed > RemovalPatience)
                return false;
            Kill();
            await Task.Delay(pause, CancellationToken.None).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Removes the (empty) group. The kernel may need a moment after the last process.</summary>
    public async Task RemoveAsync()
    {
        foreach (var directory in directories.Values)
        {
            var watch = Stopwatch.StartNew();
            while (Directory.Exists(directory))
            {
                try
                {
                    Directory.Delete(directory);
                }
                catch (IOException) when (watch.Elapsed < RemovalPatience)
                {
                    await Task.Delay(5, CancellationToken.None).ConfigureAwait(false);
                }
                catch (IOException)
                {
                    break; // The next start of the program tries again.
                }
            }
        }
    }

    private void Set(Limits limits)
    {
        var memory = limits.Memory.ToString(CultureInfo.InvariantCulture);
        var processes = (limits.Processes + OwnProcesses).ToString(CultureInfo.InvariantCulture);
        var quota = ((long)(limits.Cores * PeriodMicroseconds)).ToString(CultureInfo.InvariantCulture);
        if (IsVersion2)
        {
            Write(File("", "memory.max"), memory);
            TryWrite(File("", "memory.swap.max"), "0");
            Write(File("", "pids.max"), processes);
            TryWrite(File("", "cpu.max"), $"{quota} {PeriodMicroseconds}");
            return;
        }

        Write(File("memory", "memory.limit_in_bytes"), memory);
        TryWrite(File("memory", "memory.memsw.limit_in_bytes"), memory);
        Write(File("pids", "pids.max"), processes);
        if (directories.ContainsKey("cpu"))
            TryWrite(File("cpu", "cpu.cfs_quota_us"), quota);
    }

    private string File(string controller, string name) => Path.Combine(directories[controller], name);

    // Where a kernel was built without an accounting of swap or without bandwidth control, the file does not exist.
    private static void TryWrite(string file, string text)
    {
        try
        {
            Write(file, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private List<int> Members() => Read(Version2, "cgroup.procs") is { } unified ? Numbers(unified) : Numbers(Read("pids", "cgroup.procs") ?? "");

    private static List<int> Numbers(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n, CultureInfo.InvariantCulture))];

    private long? Number(string controller, string name) =>
        long.TryParse(Read(controller, name)?.Trim(), CultureInfo.InvariantCulture, out var number) ? number : null;

    private long? Field(string controller, string name, string field)
    {
        var line = Read(controller, name)?.Split('\n').FirstOrDefault(l => l.StartsWith(field + " ", StringComparison.Ordinal));
        return long.TryParse(line?[(field.Length + 1)..], CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private string? Read(string controller, string name)
    {
        try
        {
            return directories.TryGetValue(controller, out var d) ? System.IO.File.ReadAllText(Path.Combine(d, name)) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
