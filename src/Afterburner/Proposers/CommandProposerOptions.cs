using Afterburner.Sandboxes;

namespace Afterburner.Proposers;

/// <summary>Which program proposes, and what it gets of this machine: nothing that is not named here.</summary>
/// <param name="Line">For <c>sh</c>, in the copy of the workspace.</param>
public sealed record CommandProposerOptions(string Line)
{
    /// <value>Wall time of one run. Defaults to 10 minutes.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <value>Bytes that one run may print. Defaults to 4 MiB.</value>
    public long MaxOutput { get; init; } = 4L << 20;

    /// <value>Bytes of the copy of the workspace, and of scratch space, each. Defaults to 1 GiB.</value>
    public long MaxDisk { get; init; } = 1L << 30;

    /// <value>Tokens the prompt may have (estimated); context is cut to fit. Defaults to 8,000.</value>
    public int MaxPromptTokens { get; init; } = 8_000;

    /// <value>Variables that it gets, by name; an edit that holds the value of one is refused. Defaults to none.</value>
    public IReadOnlyDictionary<string, Secret> Variables { get; init; } = new Dictionary<string, Secret>();

    /// <value>Directories of this machine that it sees where they lie, read-only. Defaults to none.</value>
    public IReadOnlyList<MachineDirectory> Folders { get; init; } = [];

    /// <value>Opens a way to the network for one run. Defaults to null: it has none.</value>
    public Func<CommandNetwork>? Network { get; init; }

    /// <value>Called with every run, also those that leave nothing to try. Defaults to nothing.</value>
    public Action<Exchange>? OnExchange { get; init; }
}

/// <summary>A way from one sandbox to what it may reach, for as long as a program runs there.</summary>
/// <param name="through">Program and arguments that start a command which goes through it.</param>
/// <param name="mounts">What that needs, by the path inside.</param>
/// <param name="refused">What was asked for and is not allowed, as <c>HOST:PORT</c>.</param>
/// <param name="close">Ends every connection.</param>
public sealed class CommandNetwork(
    IReadOnlyList<string> through, IReadOnlyDictionary<string, MachineDirectory> mounts, Func<IReadOnlyCollection<string>> refused, Func<ValueTask> close) : IAsyncDisposable
{
    public IReadOnlyList<string> Through => through;

    public IReadOnlyDictionary<string, MachineDirectory> Mounts => mounts;

    public IReadOnlyCollection<string> Refused => refused();

    public ValueTask DisposeAsync() => close();
}
