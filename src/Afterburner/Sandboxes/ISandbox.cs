namespace Afterburner.Sandboxes;

/// <summary>
/// Runs one command on a workspace with nothing of this machine in reach: no network, no secrets, read-only root,
/// limits on everything. Every run starts from a fresh state; nothing a run leaves behind is seen by the next.
/// </summary>
public interface ISandbox : IAsyncDisposable
{
    /// <summary>"bubblewrap" or "docker".</summary>
    string Name { get; }

    /// <summary>Runs a command. The whole process tree is dead when the task ends.</summary>
    /// <returns>How it went; <see cref="SandboxEnd.Failed"/> when the sandbox itself broke, after its own retries.</returns>
    Task<SandboxRun> RunAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken);

    /// <summary>
    /// Starts a command that is talked to. It is killed at the limits of a run; <see cref="Limits.Output"/> does not bind what is
    /// read from it.
    /// </summary>
    /// <param name="command">Its <see cref="SandboxCommand.Input"/> and <see cref="SandboxCommand.Artefacts"/> must be empty.</param>
    /// <exception cref="SandboxFailedException">The sandbox could not be made; whether the command starts is only known by talking to it.</exception>
    Task<SandboxProcess> StartAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken);
}

/// <summary>The sandbox itself broke; says nothing about the command.</summary>
internal sealed class SandboxFailedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What to run. Inside, the workspace is <c>/work</c> (the working directory) and <c>/tmp</c> is private scratch space.</summary>
/// <param name="Arguments">Program (looked up inside the sandbox) and its arguments.</param>
/// <param name="Workspace">Directory of this machine that appears as <c>/work</c>.</param>
public sealed record SandboxCommand(IReadOnlyList<string> Arguments, string Workspace)
{
    /// <value>
    /// False: <c>/work</c> is the workspace, read-only. True: <c>/work</c> is a private, writable copy in memory that is
    /// gone after the run (it counts against <see cref="Limits.Disk"/>). Defaults to false.
    /// </value>
    public bool Writable { get; init; }

    /// <value>Further directories of this machine, read-only, by their path inside. Defaults to none.</value>
    public IReadOnlyDictionary<string, MachineDirectory> Mounts { get; init; } = new Dictionary<string, MachineDirectory>();

    /// <value>
    /// A directory of this machine that the command may write, by its path inside: what it leaves there stays. Whoever asks for it opens it to other
    /// users for so long, and sees to it that it does not grow too large. Defaults to none.
    /// </value>
    public KeyValuePair<string, MachineDirectory>? Filled { get; init; }

    /// <value>Added to PATH, HOME, LANG and TMPDIR, which every run gets; nothing of this machine's environment is passed on. Defaults to none.</value>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <value>
    /// Whether its address space is laid out as that of every other such command, where the machine can: two versions of
    /// a program differ by what they do then, and not by where they happen to lie. Defaults to false.
    /// </value>
    public bool SameLayout { get; init; }

    /// <value>
    /// What runs as process 1 in front of the command and tells what it uses, where <see cref="ISandbox.StartAsync"/> finds no control group
    /// to read: see <c>first.py</c>. Defaults to none, and then nothing is told there.
    /// </value>
    public IReadOnlyList<string> First { get; init; } = [];

    /// <value>
    /// Whether it is process 1 of the sandbox itself, unless <see cref="First"/> is, instead of a child of one that only waits for it: that one is of the same user, and what
    /// the command starts could write into its memory. A process 1 has to wait for whatever loses its parent. Defaults to false.
    /// </value>
    public bool IsFirst { get; init; }

    /// <value>Standard input. Defaults to empty.</value>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <value>Files to bring back from <c>/out</c>, which exists only when this is not empty. Links and what is not a regular file are refused. Defaults to none.</value>
    public IReadOnlyList<string> Artefacts { get; init; } = [];
}

/// <summary>Caps of one run.</summary>
public sealed record Limits
{
    /// <value>Bytes of memory, scratch space included. Defaults to 2 GiB.</value>
    public long Memory { get; init; } = 2L << 30;

    /// <value>CPU time of one process. Defaults to 5 minutes.</value>
    public TimeSpan Cpu { get; init; } = TimeSpan.FromMinutes(5);

    /// <value>Wall time of the whole run. Defaults to 5 minutes.</value>
    public TimeSpan Wall { get; init; } = TimeSpan.FromMinutes(5);

    /// <value>Processes and threads at one time. Defaults to 256.</value>
    public int Processes { get; init; } = 256;

    /// <value>Bytes of standard output and error together. Defaults to 64 MiB.</value>
    public long Output { get; init; } = 64L << 20;

    /// <value>Bytes of <c>/tmp</c>, of a writable <c>/work</c>, and of <c>/out</c>, each. Defaults to 512 MiB.</value>
    public long Disk { get; init; } = 512L << 20;

    /// <value>CPU cores the run may use at one time. Defaults to 2.</value>
    public double Cores { get; init; } = 2;

    /// <summary>
    /// The same for a run that does more than one run of the tests: it gets the time it needs, but never more than three times
    /// the wall time of these limits and half a minute.
    /// </summary>
    public Limits ForLonger(TimeSpan needed)
    {
        var most = 3 * Wall + TimeSpan.FromSeconds(30);
        var wall = needed < most ? needed : most;
        return this with { Wall = wall, Cpu = wall > Cpu ? wall : Cpu };
    }
}

public enum SandboxEnd
{
    /// <summary>The command ended by itself; the exit code tells how.</summary>
    Exited,

    /// <summary>A signal ended the command (128 + its number is the exit code).</summary>
    Signalled,

    /// <summary>Killed: wall or CPU time ran out.</summary>
    TimedOut,

    /// <summary>Killed by the memory limit.</summary>
    OutOfMemory,

    /// <summary>Killed: too much output.</summary>
    OutputLimit,

    /// <summary>The sandbox itself failed; says nothing about the command.</summary>
    Failed,
}

/// <summary>What a run left.</summary>
/// <param name="Cpu">CPU time of the whole process tree (control group), user and system; null where no control group could be had.</param>
/// <param name="PeakMemory">Highest memory of the whole run in bytes, page cache and scratch space included; null likewise.</param>
/// <param name="Artefacts">The files of <see cref="SandboxCommand.Artefacts"/> that exist and are regular.</param>
/// <param name="Failure">Why the sandbox failed; null unless <see cref="End"/> is <see cref="SandboxEnd.Failed"/>.</param>
public sealed record SandboxRun(
    SandboxEnd End,
    int ExitCode,
    byte[] Output,
    byte[] Error,
    TimeSpan Wall,
    TimeSpan? Cpu,
    long? PeakMemory,
    IReadOnlyDictionary<string, byte[]> Artefacts,
    string? Failure)
{
    public bool Succeeded => End == SandboxEnd.Exited && ExitCode == 0;

    public string Text => System.Text.Encoding.UTF8.GetString(Output);

    public string ErrorText => System.Text.Encoding.UTF8.GetString(Error);
}
