using System.Globalization;

namespace Afterburner.Sandboxes;

/// <summary>How <see cref="BubblewrapSandbox"/> works on this machine.</summary>
public sealed record BubblewrapOptions
{
    /// <value>The program. Defaults to <c>bwrap</c>, looked up on PATH.</value>
    public string Program { get; init; } = "bwrap";

    /// <value>Whether limits of the whole process tree are set by control groups where that is possible. Defaults to true; false is for finding out what works.</value>
    public bool ControlGroups { get; init; } = true;

    /// <value>User number that commands run under when this program is root; it must own nothing. Defaults to 61000, which distributions leave unused.</value>
    public int SpareUser { get; init; } = 61000;
}

/// <summary>
/// Namespaces by bubblewrap, limits by control groups, a system call filter by libseccomp; no daemon, a start takes about
/// 20 ms.
/// </summary>
/// <remarks>
/// It does not protect against holes in the kernel, which is shared with this machine, nor against what can be read from
/// the processor's side channels; a review of strangers' code belongs in a virtual machine of its own. Everything under
/// <c>/usr</c> that everyone may read can be read inside. Without control groups (<see cref="LimitsWholeTree"/> is false) memory and
/// CPU time are limited for each process alone. Without root, files for <see cref="SandboxCommand.Artefacts"/> are on disk
/// and their size is only looked at a few times a second.
/// </remarks>
public sealed class BubblewrapSandbox : ISandbox
{
    private const string StageName = "stage";
    private const int EveryoneReads = 0b111_101_101;
    private static readonly Version DisablesUserNamespaces = new(0, 8);

    private readonly BubblewrapOptions _options;
    private readonly TimeProvider _time;
    private readonly Version _version;
    private readonly ControlGroups? _groups;
    private readonly StarterThread _starter = new();
    private readonly string _files = MakePlace();
    private readonly BubblewrapView _view;
    private readonly string _filter;

    private BubblewrapSandbox(BubblewrapOptions options, TimeProvider time, Version version, ControlGroups? groups)
    {
        _options = options;
        _time = time;
        _version = version;
        _groups = groups;
        _view = new BubblewrapView(_files);
        _filter = Path.Combine(_files, "filter.bpf");
        SystemCallFilter.Write(_filter);
    }

    public string Name => "bubblewrap";

    /// <summary>Version of the program.</summary>
    public string Version => _version.ToString();

    /// <summary>Where limits are set; null when no control group may be made here.</summary>
    public string? ControlGroupLayout => _groups?.Layout;

    /// <summary>Whether memory, CPU time and processes are limited and counted for the whole tree.</summary>
    public bool LimitsWholeTree => _groups is not null;

    /// <summary>Prepares the sandbox. Whether it works on this machine is only known after a first run.</summary>
    /// <exception cref="EnvironmentFailureException">bubblewrap or libseccomp is not installed.</exception>
    public static async Task<BubblewrapSandbox> OpenAsync(
        BubblewrapOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
            throw new EnvironmentFailureException("bubblewrap exists for Linux only; use the docker sandbox");
        ProcessRun run;
        try
        {
            run = await Processes.RunAsync(new ProcessStart(options.Program, "--version"), cancellationToken: cancellationToken)
                .ConfigureAwait(false);
        }
        catch (EnvironmentFailureException e)
        {
            throw new EnvironmentFailureException(
                $"{options.Program} is not installed (Debian, Ubuntu: apt-get install bubblewrap; Fedora: dnf install bubblewrap)", e);
        }

        var version = System.Version.TryParse(run.Text.Split(' ').LastOrDefault()?.Trim(), out var v) ? v : new Version(0, 0);
        return new BubblewrapSandbox(options, time, version, options.ControlGroups ? ControlGroups.Find(out _) : null);
    }

    public Task<SandboxRun> RunAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken) =>
        Attempts.RunAsync(cancel => RunOnceAsync(command, limits, cancel), _time, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _starter.Dispose();
        Directory.Delete(_files, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<SandboxRun> RunOnceAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken)
    {
        ControlGroup? group;
        try
        {
            group = _groups?.Create(limits);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return RunOutcome.Broken($"the control group could not be made: {e.Message}");
        }

        try
        {
            return await RunInAsync(group, command, limits, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (group is not null)
            {
                await group.EmptyAsync().ConfigureAwait(false);
                await group.RemoveAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<SandboxRun> RunInAsync(
        ControlGroup? group, SandboxCommand command, Limits limits, CancellationToken cancellationToken)
    {
        if (Reach.Find(command.Workspace, out var whyNot) is not { } workspace)
            return RunOutcome.Broken(whyNot);
        var mounts = new List<(Reachable Outside, string Inside)>();
        foreach (var (outside, inside) in command.Mounts)
        {
            if (Reach.Find(outside, out whyNot) is not { } mount)
                return RunOutcome.Broken(whyNot);
            mounts.Add((mount, inside));
        }

        var launcher = new Launcher(command);
        var stage = new Stage(Path.Combine(_files, StageName));
        var view = _view.Arguments(
            command, limits, stage.Place(workspace), mounts.Select(m => KeyValuePair.Create(stage.Place(m.Outside), m.Inside)), null);
        var start = new ProcessStart("/bin/sh", Arguments(group, launcher, stage, view, limits))
        {
            WorkingDirectory = "/",
            Environment = new Dictionary<string, string>
            {
                ["PATH"] = BubblewrapView.Path, ["HOME"] = "/tmp", ["TMPDIR"] = "/tmp", ["LANG"] = "C.UTF-8",
            },
            Input = command.Input,
            Timeout = limits.Wall,
            OutputLimit = limits.Output + launcher.Overhead,
        };
        LinuxCalls.KeepDescriptors();
        var process = await _starter.RunAsync(() => Processes.RunAsync(start, () => group?.Kill(), cancellationToken))
            .ConfigureAwait(false);
        if (group is not null && !await group.EmptyAsync().ConfigureAwait(false))
            return RunOutcome.Broken("a process of the run could not be killed", process.Wall);
        return RunOutcome.Read(process, launcher, group?.Usage(), limits, new Dictionary<string, byte[]>());
    }

    private List<string> Arguments(
        ControlGroup? group, Launcher launcher, Stage stage, IReadOnlyList<string> view, Limits limits)
    {
        // The shell joins the groups before anything else, and stops if it cannot; .NET cannot pass on an open file, so
        // the filter is opened here too. Everything variable is an argument, never part of the script.
        const string Script =
            "set -e; filter=$1; doors=$2; shift 2; " +
            "while [ \"$doors\" -gt 0 ]; do echo $$ > \"$1\"; shift; doors=$((doors - 1)); done; exec \"$@\" 9< \"$filter\"";
        var doors = group?.Doors.ToList() ?? [];
        var cpu = (long)Math.Ceiling(limits.Cpu.TotalSeconds);
        List<string> arguments = ["-c", Script, "sh", _filter, Text(doors.Count), .. doors, .. stage.Arguments];
        arguments.AddRange(["prlimit", "--core=0", "--nofile=4096", $"--fsize={Text(limits.Disk)}", $"--cpu={Text(cpu)}:{Text(cpu + 1)}"]);
        if (LinuxCalls.UserId == 0)
        {
            var user = Text(_options.SpareUser);
            arguments.AddRange(["setpriv", "--reuid", user, "--regid", user, "--clear-groups"]);
        }

        arguments.AddRange([_options.Program, "--unshare-all", "--unshare-user"]);
        if (_version >= DisablesUserNamespaces)
            arguments.Add("--disable-userns");
        arguments.AddRange(
        [
            "--die-with-parent", "--new-session", "--uid", "1000", "--gid", "1000", "--hostname", "sandbox", "--cap-drop", "ALL",
            .. view,
            "--seccomp", "9", "--",
            .. launcher.Arguments(stays: false, prefix: group is null ? ProcessLimits(limits) : []),
        ]);
        return arguments;
    }

    // Root's temporary directory may be closed to others; /run never is.
    private static string MakePlace()
    {
        var place = LinuxCalls.UserId == 0 && Directory.Exists("/run")
            ? Path.Combine("/run", "afterburner-" + Guid.NewGuid().ToString("N"))
            : Path.Combine(Path.GetTempPath(), "afterburner-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Path.Combine(place, StageName));
        LinuxCalls.ChangeMode(place, EveryoneReads);
        LinuxCalls.ChangeMode(Path.Combine(place, StageName), EveryoneReads);
        return place;
    }

    // Counted for each sandbox apart only when set inside its user namespace.
    private static string[] ProcessLimits(Limits limits) =>
        ["prlimit", $"--as={Text(limits.Memory)}", $"--nproc={Text(limits.Processes)}"];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
