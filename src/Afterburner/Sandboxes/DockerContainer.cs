using System.Globalization;
using Docker.DotNet.Models;

namespace Afterburner.Sandboxes;

/// <summary>What the container of a run is made of: every wall that Docker has.</summary>
internal static class DockerContainer
{
    private const int PeriodMicroseconds = 100_000;

    // The launcher's shell, which later is its sleep.
    private const int OwnProcesses = 1;

    public static CreateContainerParameters Parameters(
        string image, long user, IReadOnlyList<string> arguments, SandboxCommand command, Limits limits, Places places, string? outDirectory,
        IEnumerable<string> volumes, IDictionary<string, string> labels)
    {
        var host = Host(user, command, limits, places, outDirectory);
        // Declared volumes of an image would be writable directories on disk, without a size.
        foreach (var volume in volumes)
            host.Tmpfs!.TryAdd(volume, Memory(limits, user));
        return new CreateContainerParameters
        {
            Image = image,
            Entrypoint = [arguments[0]],
            Cmd = [.. arguments.Skip(1)],
            Env = [.. Launcher.Environment.Concat(command.Environment).Select(v => $"{v.Key}={v.Value}")],
            Hostname = "sandbox",
            User = string.Create(CultureInfo.InvariantCulture, $"{user}:{user}"),
            WorkingDir = "/",
            AttachStdin = true,
            AttachStdout = true,
            AttachStderr = true,
            OpenStdin = true,
            StdinOnce = true,
            Healthcheck = new HealthcheckConfig { Test = ["NONE"] },
            Labels = labels,
            HostConfig = host,
        };
    }

    private static HostConfig Host(long user, SandboxCommand command, Limits limits, Places places, string? outDirectory)
    {
        var cpu = (long)Math.Ceiling(limits.Cpu.TotalSeconds);
        var host = new HostConfig
        {
            NetworkMode = "none", // Loopback remains; NetworkDisabled would take that as well.
            ReadonlyRootfs = true,
            CapDrop = ["ALL"],
            SecurityOpt = ["no-new-privileges", "seccomp=" + DockerSeccomp.Profile],
            Memory = limits.Memory,
            MemorySwap = limits.Memory,
            CPUPeriod = PeriodMicroseconds,
            CPUQuota = (long)(limits.Cores * PeriodMicroseconds),
            PidsLimit = limits.Processes + OwnProcesses,
            ShmSize = limits.Disk,
            IpcMode = "private",
            LogConfig = new LogConfig { Type = "none" },
            Tmpfs = new Dictionary<string, string> { ["/tmp"] = Memory(limits, user) },
            Mounts = [Bind(places.Workspace, command.Writable ? Launcher.Source : "/work")],
            Ulimits =
            [
                new Ulimit { Name = "core", Soft = 0, Hard = 0 },
                new Ulimit { Name = "nofile", Soft = 1024, Hard = 1024 },
                new Ulimit { Name = "fsize", Soft = limits.Disk, Hard = limits.Disk },
                new Ulimit { Name = "cpu", Soft = cpu, Hard = cpu + 1 },
            ],
        };
        if (command.Writable)
            host.Tmpfs["/work"] = Memory(limits, user);
        foreach (var (inside, outside) in places.Mounts)
            host.Mounts.Add(Bind(outside, inside));
        if (places.Filled is var (place, directory))
            host.Mounts.Add(new Mount { Type = "bind", Source = directory.Path, Target = place });
        if (outDirectory is not null)
            host.Mounts.Add(new Mount { Type = "bind", Source = outDirectory, Target = "/out" });
        return host;
    }

    // Docker would add noexec; and it ignores mode=1777, so the directory must belong to the user.
    private static string Memory(Limits limits, long user) =>
        string.Create(CultureInfo.InvariantCulture, $"rw,exec,nosuid,nodev,size={limits.Disk},uid={user},gid={user},mode=755");

    private static Mount Bind(Reachable outside, string inside) =>
        new() { Type = "bind", Source = outside.Path, Target = inside, ReadOnly = true };
}
