namespace Afterburner.Sandboxes;

/// <summary>How <see cref="BubblewrapSandbox"/> works on this machine.</summary>
public sealed record BubblewrapOptions
{
    /// <value>The program. Defaults to <c>bwrap</c>, looked up on PATH.</value>
    public string Program { get; init; } = "bwrap";

    /// <value>Whether limits of the whole process tree are set by control groups where that is possible. Defaults to true.</value>
    public bool UseControlGroups { get; init; } = true;

    /// <value>User number that commands run under when this program is root; it must own nothing. Defaults to 61000, which distributions leave unused.</value>
    public int SpareUser { get; init; } = 61000;
}

/// <summary>
/// Namespaces by bubblewrap, limits by control groups, a system call filter by libseccomp; no daemon, a start takes about
/// 20 ms.
/// </summary>
/// <remarks>
/// It does not protect against holes in the kernel, which is shared with this machine, nor against what can be read from
/// the processor's side channels; a review of strangers' code belongs in a virtual machine of its own. What everyone may
/// read under <c>/usr</c> can be read inside. Without control groups (<see cref="ControlGroupLayout"/> is null) memory
/// and CPU time are limited for each process alone, and running out of memory looks like any other failure of the
/// command. Without root, files for <see cref="SandboxCommand.Artefacts"/> are on disk and their size is only looked at a
/// few times a second.
/// </remarks>
internal sealed class BubblewrapSandbox : ISandbox
{
    private readonly TimeProvider _time;
    private readonly ControlGroups? _groups;
    private readonly StarterThread _starter = new();
    private readonly OwnDirectory _files = new();
    private readonly string _stage;
    private readonly BubblewrapView _view;
    private readonly BubblewrapCommandLine _commandLine;

    private BubblewrapSandbox(BubblewrapOptions options, TimeProvider time, Version version)
    {
        _time = time;
        _groups = options.UseControlGroups ? ControlGroups.Find() : null;
        _stage = _files.Add("stage");
        _view = new BubblewrapView(_files.Path);
        var (filter, counted) = (Path.Combine(_files.Path, "filter.bpf"), Path.Combine(_files.Path, "counted.bpf"));
        try
        {
            SystemCallFilter.Write(filter, SystemCallRules.All);
            SystemCallFilter.Write(counted, SystemCallRules.Counted);
        }
        catch
        {
            _starter.Dispose();
            _files.Dispose();
            throw;
        }

        _commandLine = new BubblewrapCommandLine(options, version, filter, counted);
        Version = version.ToString();
    }

    public string Name => "bubblewrap";

    /// <summary>Version of the program.</summary>
    public string Version { get; }

    /// <summary>
    /// Where memory, CPU time and processes are limited and counted for the whole tree: "v2", "v1" or "v1 with v2 beside
    /// it"; null when no control group may be made here.
    /// </summary>
    public string? ControlGroupLayout => _groups?.Layout;

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
            // Once, so that what is asked for its version is what runs.
            options = options with { Program = ProgramPath.Current.Find(options.Program) };
            run = await Processes.RunAsync(new ProcessStart(options.Program, "--version"), cancellationToken: cancellationToken)
                .ConfigureAwait(false);
        }
        catch (EnvironmentFailureException e)
        {
            throw new EnvironmentFailureException(
                $"{options.Program} is not installed (Debian, Ubuntu: apt-get install bubblewrap; Fedora: dnf install bubblewrap)", e);
        }

        // "bubblewrap 0.8.0"
        var version = System.Version.TryParse(run.Text.Split(' ').LastOrDefault()?.Trim(), out var v) ? v : new Version(0, 0);
        return new BubblewrapSandbox(options, time, version);
    }

    public Task<SandboxRun> RunAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken) =>
        Attempts.RunAsync(cancel => RunOnceAsync(command, limits, cancel), _time, cancellationToken);

    public async Task<SandboxProcess> StartAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (SandboxPlaces.FindAll(command, out var whyNot) is not { } places)
            throw new SandboxFailedException(whyNot);
        ControlGroup? group = null;
        FirstProcess? first = null;
        GroupMeter? meter = null;
        BubblewrapProcess started;
        try
        {
            group = _groups?.Create(limits);
            meter = group?.Meter();
            first = group is null ? new FirstProcess(Path.Combine(_files.Path, Guid.NewGuid().ToString("N"))) : null;
            var counts = meter is null && command.First.Count > 0;
            if (counts)
                command = command with { Arguments = [.. command.First, .. command.Arguments] };
            var launcher = new Launcher(command);
            var start = Start(group, first, null, places, command, limits, launcher, counts);
            LinuxCalls.KeepDescriptors();
            var process = await _starter.RunAsync(() => Task.FromResult(Processes.Open(start))).ConfigureAwait(false);
            started = new BubblewrapProcess(
                process, launcher, group, first, limits, meter, counts ? new FirstProcessMeter(process.Input, process.Output) : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EnvironmentFailureException)
        {
            meter?.Dispose();
            if (group is not null)
                await group.RemoveAsync().ConfigureAwait(false);
            first?.Dispose();
            throw new SandboxFailedException($"the sandbox could not be made: {e.Message}", e);
        }

        await started.OpenAsync(cancellationToken).ConfigureAwait(false);
        return started;
    }

    public ValueTask DisposeAsync()
    {
        _starter.Dispose();
        _files.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<SandboxRun> RunOnceAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken)
    {
        if (SandboxPlaces.FindAll(command, out var whyNot) is not { } places)
            return RunOutcome.Broken(whyNot);
        ControlGroup? group = null;
        FirstProcess? first = null;
        OutDirectory? outDirectory = null;
        try
        {
            group = _groups?.Create(limits);
            first = group is null ? new FirstProcess(Path.Combine(_files.Path, Guid.NewGuid().ToString("N"))) : null;
            outDirectory = command.Artefacts.Count == 0 ? null : new OutDirectory(_files.Path, limits.Disk, _commandLine.User, _time);
            return await RunInAsync(group, first, outDirectory, places, command, limits, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return RunOutcome.Broken($"a control group or directory of the run could not be made: {e.Message}");
        }
        finally
        {
            await EmptyAsync(group, first).ConfigureAwait(false);
            first?.Dispose();
            if (outDirectory is not null)
                await outDirectory.DisposeAsync().ConfigureAwait(false);
            if (group is not null)
                await group.RemoveAsync().ConfigureAwait(false);
        }
    }

    private async Task<SandboxRun> RunInAsync(
        ControlGroup? group, FirstProcess? first, OutDirectory? outDirectory, Places places, SandboxCommand command, Limits limits,
        CancellationToken cancellationToken)
    {
        using var overflow = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        outDirectory?.Watch(overflow.Cancel);

        var launcher = new Launcher(command);
        var start = Start(group, first, outDirectory, places, command, limits, launcher);
        LinuxCalls.KeepDescriptors();
        try
        {
            var process = await _starter.RunAsync(() => Processes.RunAsync(start, () => group?.Kill(), overflow.Token)).ConfigureAwait(false);
            if (!await EmptyAsync(group, first).ConfigureAwait(false))
                return RunOutcome.Broken("a process of the run could not be killed", process.Wall);
            return outDirectory is { Overflowed: true }
                ? RunOutcome.Overflow(group?.Usage())
                : RunOutcome.Read(process, launcher, group?.Usage(), limits, outDirectory?.Collect(command.Artefacts));
        }
        catch (OperationCanceledException) when (outDirectory is { Overflowed: true } && !cancellationToken.IsCancellationRequested)
        {
            return RunOutcome.Overflow(group?.Usage());
        }
    }

    private ProcessStart Start(
        ControlGroup? group, FirstProcess? first, OutDirectory? outDirectory, Places places, SandboxCommand command, Limits limits, Launcher launcher,
        bool counts = false)
    {
        var stage = new Stage(_stage);
        var view = _view.Arguments(command, limits, places, stage, outDirectory?.Path);
        return new ProcessStart("/bin/sh", _commandLine.Arguments(group, first, stage, view, launcher, limits, counts, command.IsFirst))
        {
            WorkingDirectory = "/",
            Environment = Launcher.Environment,
            Input = command.Input,
            Timeout = limits.Wall,
            OutputLimit = limits.Output + launcher.Overhead,
        };
    }

    internal static async Task<bool> EmptyAsync(ControlGroup? group, FirstProcess? first) =>
        (group is null || await group.EmptyAsync().ConfigureAwait(false))
        && (first is null || await first.GoneAsync().ConfigureAwait(false));
}
