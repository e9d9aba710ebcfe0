using System.Text;

namespace Afterburner.Sandboxes;

/// <summary>Which sandbox a user asked for.</summary>
public enum SandboxKind
{
    /// <summary>The first that works: bubblewrap, which starts ten times faster, then Docker.</summary>
    Auto,

    Bubblewrap,

    Docker,
}

/// <summary>Options of both sandboxes; only those of the chosen one matter.</summary>
public sealed record SandboxOptions
{
    public BubblewrapOptions Bubblewrap { get; init; } = new();

    public DockerSandboxOptions Docker { get; init; } = new();
}

/// <summary>What a sandbox can do on this machine, found out by running something in it.</summary>
/// <param name="Name">"bubblewrap" or "docker".</param>
/// <param name="Reason">Why it does not work and what to do about it; null when it works.</param>
/// <param name="Version">Null when it could not be asked.</param>
/// <param name="ControlGroups">Layout of the control groups; null when limits hold for each process alone, or nothing works.</param>
/// <param name="SystemCallFilter">Whether the kernel said that the filter was on.</param>
public sealed record SandboxProbe(
    string Name, bool Works, string? Reason, string? Version, string? ControlGroups, bool SystemCallFilter);

/// <summary>Picks a sandbox by trying. Without one that works there is no review: nothing is ever run bare.</summary>
public static class SandboxChoice
{
    private static readonly Limits ProbeLimits = new()
    {
        Memory = 256L << 20, Wall = TimeSpan.FromSeconds(30), Cpu = TimeSpan.FromSeconds(10), Processes = 32, Output = 1 << 20, Disk = 16 << 20, Cores = 1,
    };

    /// <summary>Opens a sandbox that has just run a command.</summary>
    /// <exception cref="EnvironmentFailureException">None works; the message says why and what to install.</exception>
    public static async Task<ISandbox> OpenAsync(
        SandboxKind kind, SandboxOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var failed = new List<SandboxProbe>();
        foreach (var candidate in Kinds(kind))
        {
            var (sandbox, probe) = await TryAsync(candidate, options, time, cancellationToken).ConfigureAwait(false);
            if (sandbox is not null)
                return sandbox;
            failed.Add(probe);
        }

        throw new EnvironmentFailureException(
            "no sandbox works on this machine, and code under review is never run without one\n"
            + string.Join('\n', failed.Select(p => $"  {p.Name}: {p.Reason}")));
    }

    /// <summary>Tries every sandbox; takes up to a minute where one hangs.</summary>
    public static async Task<IReadOnlyList<SandboxProbe>> ProbeAsync(
        SandboxOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var probes = new List<SandboxProbe>();
        foreach (var kind in Kinds(SandboxKind.Auto))
        {
            var (sandbox, probe) = await TryAsync(kind, options, time, cancellationToken).ConfigureAwait(false);
            probes.Add(probe);
            if (sandbox is not null)
                await sandbox.DisposeAsync().ConfigureAwait(false);
        }

        return probes;
    }

    private static IReadOnlyList<SandboxKind> Kinds(SandboxKind kind) =>
        kind == SandboxKind.Auto ? [SandboxKind.Bubblewrap, SandboxKind.Docker] : [kind];

    private static async Task<(ISandbox? Sandbox, SandboxProbe Probe)> TryAsync(
        SandboxKind kind, SandboxOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (kind == SandboxKind.Docker)
            return await TryAsync("docker", async () => await DockerSandbox.OpenAsync(options.Docker, time, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        var first = await TryBubblewrapAsync(options.Bubblewrap).ConfigureAwait(false);
        if (first.Sandbox is not null || first.Probe.ControlGroups is null)
            return first;
        // Groups can be made but not joined where another user owns what is above them.
        var second = await TryBubblewrapAsync(options.Bubblewrap with { UseControlGroups = false }).ConfigureAwait(false);
        return second.Sandbox is null ? first : second;

        Task<(ISandbox? Sandbox, SandboxProbe Probe)> TryBubblewrapAsync(BubblewrapOptions bubblewrap) =>
            TryAsync("bubblewrap", async () => await BubblewrapSandbox.OpenAsync(bubblewrap, time, cancellationToken).ConfigureAwait(false), cancellationToken);
    }

    private static async Task<(ISandbox? Sandbox, SandboxProbe Probe)> TryAsync(
        string name, Func<Task<ISandbox>> open, CancellationToken cancellationToken)
    {
        ISandbox sandbox;
        try
        {
            sandbox = await open().ConfigureAwait(false);
        }
        catch (EnvironmentFailureException e)
        {
            return (null, new SandboxProbe(name, false, e.Message, null, null, false));
        }

        var (version, groups) = sandbox switch
        {
            BubblewrapSandbox b => (b.Version, b.ControlGroupLayout),
            DockerSandbox d => (d.Version, d.ControlGroupLayout),
            _ => (null, null),
        };
        var workspace = SharedFolder.Create("afterburner-probe-");
        try
        {
            var run = await sandbox.RunAsync(
                new SandboxCommand(["/bin/cat", "/proc/self/status"], workspace), ProbeLimits, cancellationToken).ConfigureAwait(false);
            var filtered = run.Text.Contains("Seccomp:\t2", StringComparison.Ordinal);
            if (run.Succeeded && filtered)
                return (sandbox, new SandboxProbe(name, true, null, version, groups, true));
            await sandbox.DisposeAsync().ConfigureAwait(false);
            return (null, new SandboxProbe(name, false, WhyNot(run, filtered), version, groups, filtered));
        }
        finally
        {
            Directory.Delete(workspace, recursive: true);
        }
    }

    private static string WhyNot(SandboxRun run, bool filtered)
    {
        if (run.Succeeded && !filtered)
            return "the kernel does not filter system calls (CONFIG_SECCOMP_FILTER)";
        var why = new StringBuilder(run.Failure ?? $"{run.End}, exit code {run.ExitCode}: {run.ErrorText.Trim()}");
        if (Setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1")
            why.Append("; AppArmor forbids it: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
        if (Setting("/proc/sys/kernel/unprivileged_userns_clone") == "0")
            why.Append("; user namespaces are off: sudo sysctl -w kernel.unprivileged_userns_clone=1");
        if (Setting("/proc/sys/user/max_user_namespaces") == "0")
            why.Append("; user namespaces are off: sudo sysctl -w user.max_user_namespaces=15000");
        return why.ToString();
    }

    private static string? Setting(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;
}
