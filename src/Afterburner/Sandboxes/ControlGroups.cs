using System.Globalization;

namespace Afterburner.Sandboxes;

/// <summary>
/// Where on this machine control groups can be made: version 2 (one tree), version 1 (a tree for each controller), or
/// version 1 with an empty version 2 tree beside it, which is then used for its <c>cgroup.kill</c> only. Groups are made
/// below this process's own one where possible, so limits that were set on us also bind what we start.
/// </summary>
internal sealed class ControlGroups
{
    private static readonly string[] Needed = ["memory", "pids"];
    private static readonly string[] Wanted = ["memory", "pids", "cpu", "cpuacct", "freezer"];

    private readonly IReadOnlyDictionary<string, string> _parents;
    // Of the whole process: two sandboxes must not make groups of one name.
    private static int _made;

    private ControlGroups(string layout, IReadOnlyDictionary<string, string> parents)
    {
        Layout = layout;
        _parents = parents;
    }

    /// <summary>"v2", "v1", or "v1 with v2 beside it".</summary>
    public string Layout { get; }

    /// <summary>Finds places where this process may make groups; null when there are none.</summary>
    public static ControlGroups? Find()
    {
        try
        {
            var mounts = MountLine.Parse(File.ReadLines("/proc/self/mountinfo"));
            var own = OwnPaths(File.ReadLines("/proc/self/cgroup"));
            var found = Version2(mounts, own) ?? Version1(mounts, own);
            found?.RemoveAbandoned();
            return found;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The group that a process of someone else (a container's first one) is in; null when it is not visible here.</summary>
    /// <param name="name">Must be part of the group's path, so that a process number of another namespace is not taken for one of ours.</param>
    public static ControlGroup? Of(long process, string name)
    {
        try
        {
            var mounts = MountLine.Parse(File.ReadLines("/proc/self/mountinfo"));
            var paths = OwnPaths(File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cgroup")));
            var directories = new Dictionary<string, string>();
            foreach (var (controller, path) in paths.Where(p => p.Value.Contains(name, StringComparison.Ordinal)))
            {
                var mount = mounts.FirstOrDefault(m => controller.Length == 0 ? m.Type == "cgroup2" : m.Type == "cgroup" && m.Options.Contains(controller));
                if (mount is not null && Upwards(mount, path).FirstOrDefault() is { } directory && directory.Contains(name, StringComparison.Ordinal))
                    directories[controller] = directory;
            }

            return directories.ContainsKey("memory") || directories.Keys.SequenceEqual([ControlGroup.Version2])
                ? new ControlGroup(directories)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Makes the group of one run and sets its limits.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public ControlGroup Create(Limits limits)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _made)}");
        return ControlGroup.Create(_parents.ToDictionary(p => p.Key, p => Path.Combine(p.Value, name)), limits);
    }

    private const string Prefix = "afterburner-";

    // Controller to path, "" for version 2; from cgroups(7): "hierarchy:controllers:path".
    private static Dictionary<string, string> OwnPaths(IEnumerable<string> lines)
    {
        var paths = new Dictionary<string, string>();
        foreach (var fields in lines.Select(l => l.Split(':', 3)).Where(f => f.Length == 3))
        {
            foreach (var controller in fields[1].Split(','))
                paths[controller] = fields[2];
        }

        return paths;
    }

    private static ControlGroups? Version2(IReadOnlyList<MountLine> mounts, Dictionary<string, string> own)
    {
        if (mounts.FirstOrDefault(m => m.Type == "cgroup2") is not { } mount)
            return null;
        // A group with processes of its own may not hand controllers to children, so an ancestor is the usual place.
        foreach (var directory in Upwards(mount, own.GetValueOrDefault("", "/")))
        {
            if (HasControllers(directory) && CanHold(directory, "memory.max"))
                return new ControlGroups("v2", new Dictionary<string, string> { [ControlGroup.Version2] = directory });
        }

        return null;
    }

    private static bool HasControllers(string directory)
    {
        var file = Path.Combine(directory, "cgroup.subtree_control");
        if (!File.Exists(file))
            return false;
        if (Needed.All(Has))
            return true;
        try
        {
            ControlGroup.Write(file, "+memory +pids");
            ControlGroup.Write(file, "+cpu");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not ours to change, or it holds processes; the check below tells.
        }

        return Needed.All(Has);

        bool Has(string controller) => File.ReadAllText(file).Split(' ', '\n').Contains(controller);
    }

    private static ControlGroups? Version1(IReadOnlyList<MountLine> mounts, Dictionary<string, string> own)
    {
        var parents = new Dictionary<string, string>();
        foreach (var controller in Wanted)
        {
            var mount = mounts.FirstOrDefault(m => m.Type == "cgroup" && m.Options.Contains(controller));
            if (mount is null)
                continue;
            var place = Upwards(mount, own.GetValueOrDefault(controller, "/")).FirstOrDefault(d => CanHold(d, "cgroup.procs"));
            if (place is not null)
                parents[controller] = place;
        }

        if (!Needed.All(parents.ContainsKey))
            return null;
        var unified = mounts.FirstOrDefault(m => m.Type == "cgroup2");
        if (unified is not null && CanHold(unified.Point, "cgroup.kill"))
            parents[ControlGroup.Version2] = unified.Point;
        return new ControlGroups(parents.ContainsKey(ControlGroup.Version2) ? "v1 with v2 beside it" : "v1", parents);
    }

    // The group at a path and the groups above it. In a container, the path may start with what is not visible there.
    private static IEnumerable<string> Upwards(MountLine mount, string path)
    {
        var inside = path.StartsWith(mount.Root, StringComparison.Ordinal) ? path[mount.Root.Length..] : "";
        for (var parts = inside.Split('/', StringSplitOptions.RemoveEmptyEntries); ; parts = parts[..^1])
        {
            var directory = Path.Combine([mount.Point, .. parts]);
            if (Directory.Exists(directory))
                yield return directory;
            if (parts.Length == 0)
                yield break;
        }
    }

    private static bool CanHold(string directory, string neededFile)
    {
        var trial = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-trial"));
        try
        {
            Directory.CreateDirectory(trial);
            var fits = File.Exists(Path.Combine(trial, neededFile));
            Directory.Delete(trial);
            return fits;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Groups of a process that was killed. The kernel removes only empty groups, and what ran in them died with its parent.
    private void RemoveAbandoned()
    {
        foreach (var directory in _parents.Values.SelectMany(p => Directory.EnumerateDirectories(p, Prefix + "*")).ToList())
        {
            var owner = Path.GetFileName(directory)[Prefix.Length..].Split('-')[0];
            if (!int.TryParse(owner, CultureInfo.InvariantCulture, out var id) || Directory.Exists($"/proc/{id}"))
                continue;
            try
            {
                Directory.Delete(directory);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In use after all, by a process of another process namespace.
            }
        }
    }
}
