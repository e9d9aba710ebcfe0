using Afterburner.Cli.Network;
using Afterburner.Proposers;
using Afterburner.Sandboxes;
using Afterburner.Settings;

namespace Afterburner.Cli;

/// <summary>
/// What the user said of the program behind the proposer <c>command</c>. What it gets of this machine (variables, hosts, folders) never comes from a configuration file, and
/// goes only to a command line that the user gave: whoever writes the one of a repository would get the user's keys.
/// </summary>
/// <param name="Line">For the proposer <c>command</c> without a line of its own; null when there is none.</param>
/// <param name="IsOwn">Whether the user named the proposers, and not a configuration file.</param>
/// <param name="Variables">Names of variables of this process.</param>
/// <param name="Hosts">As <see cref="AllowedHosts"/> reads them.</param>
/// <param name="Folders">Full paths.</param>
internal sealed record CommandChoice(string? Line, bool IsOwn, IReadOnlyList<string> Variables, IReadOnlyList<string> Hosts, IReadOnlyList<string> Folders)
{
    public const string Prefix = "command:";

    /// <summary>Of a configuration file alone.</summary>
    public static CommandChoice None { get; } = new(null, false, [], [], []);

    private static readonly string[] Kept = ["PATH", "HOME", "TMPDIR", "LANG", "IFS", "ENV"];

    private static readonly DirectoryKind Any = new(_ => null);

    /// <summary>The options of a proposer.</summary>
    /// <param name="name"><c>command</c> or <c>command:LINE</c>.</param>
    /// <exception cref="UsageException">There is no line, or something of it cannot be had.</exception>
    public CommandProposerOptions Options(string name, CommandConfiguration configuration)
    {
        var line = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..]
            : Line ?? throw new UsageException("--proposer command needs its command line: write --proposer 'command:LINE', or set AFTERBURNER_COMMAND");
        if (string.IsNullOrWhiteSpace(line) || line.Length > 4_000 || line.Contains('\0', StringComparison.Ordinal))
            throw new UsageException("--proposer command:LINE: a command line for sh of at most 4,000 characters was expected");
        if (!IsOwn && name != "command" && Variables.Count + Hosts.Count + Folders.Count > 0)
            throw new UsageException("--command-variable, --command-host and --command-folder go to a command line that you give yourself, and this one is a configuration file's: write --proposer 'command:LINE'");
        var hosts = AllowedHosts.Read(string.Join(',', Hosts), out var whyNot) ?? throw new UsageException($"--command-host: {whyNot}");
        return new CommandProposerOptions(line)
        {
            Timeout = configuration.Timeout,
            Variables = Variables.Distinct().ToDictionary(v => v, Value),
            Folders = [.. Folders.Select(f => MachineDirectory.Find(f, Any, null, out var why) ?? throw new UsageException($"--command-folder: {VisibleText.Line(f)} {why}"))],
            Network = Hosts.Count == 0 ? null : () => Open(hosts),
        };
    }

    /// <summary>The value of a variable; nothing that steers the sandbox, and nothing of Afterburner's own.</summary>
    private static Secret Value(string name)
    {
        if (name.Length is 0 or > 100 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || char.IsAsciiDigit(name[0]))
            throw new UsageException($"--command-variable: '{VisibleText.Line(name)}' is no name of a variable, such as AGENT_API_KEY");
        if (Kept.Contains(name) || name.StartsWith("LD_", StringComparison.Ordinal) || name.StartsWith("AFTERBURNER_", StringComparison.Ordinal))
            throw new UsageException($"--command-variable: {name} cannot be given to a program: it is the sandbox's or Afterburner's own");
        return Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? new Secret(value)
            : throw new UsageException($"--command-variable: {name} is not set here");
    }

    private static CommandNetwork Open(AllowedHosts hosts)
    {
        var proxy = EgressProxy.Open(hosts, "--command-host");
        return new CommandNetwork(EgressProxy.Through(), EgressProxy.Certificates.Append(new("/network", proxy.Folder)).ToDictionary(), () => proxy.Refused, proxy.DisposeAsync);
    }
}
