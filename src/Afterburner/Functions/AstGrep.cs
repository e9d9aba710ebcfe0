using System.Runtime.InteropServices;
using System.Text;

namespace Afterburner.Functions;

/// <summary>
/// The pinned ast-grep program (<c>action/tools/package.json</c>), called directly. It runs with an empty environment
/// and an empty configuration of ours, so that an <c>sgconfig.yml</c> or an ignore file of the scanned repository
/// changes nothing. The scanned code is only parsed, never executed. A comment <c>ast-grep-ignore</c> in the scanned
/// code does hide the line that follows it.
/// </summary>
public sealed class AstGrep(string program)
{
    /// <summary>Environment variable that names another binary.</summary>
    public const string Variable = "AFTERBURNER_AST_GREP";

    /// <summary>Path of the program.</summary>
    public string Program => program;

    private const string InstallCommand = "npm ci --ignore-scripts --prefix action/tools";

    /// <summary>Arguments are passed in batches below this many bytes; Linux allows about 2 MiB.</summary>
    private const int ArgumentBytes = 512 * 1024;

    private const int BatchFiles = 200;

    // Arguments of every scan. "/dev/null" is an empty configuration: without it the nearest sgconfig.yml upwards would be read.
    internal static readonly IReadOnlyList<string> Scan =
    [
        "scan", "--config", "/dev/null", "--json=stream", "--color", "never",
        "--no-ignore", "hidden", "--no-ignore", "dot", "--no-ignore", "exclude",
        "--no-ignore", "global", "--no-ignore", "parent", "--no-ignore", "vcs",
    ];

    private static readonly Dictionary<string, string> NoEnvironment = [];

    /// <summary>
    /// The binary that <see cref="Variable"/> names, else the one that npm installed for this machine beside the running
    /// program or below <c>action/tools</c> of the checkout that it was built in. Above that checkout may be one of others.
    /// </summary>
    /// <exception cref="EnvironmentFailureException">There is none; the message holds the command that installs it.</exception>
    public static AstGrep Find() => Find(AppContext.BaseDirectory, Environment.GetEnvironmentVariable(Variable));

    /// <inheritdoc cref="Find()"/>
    /// <param name="from">The program's directory.</param>
    /// <param name="named">Value of <see cref="Variable"/>, or null.</param>
    public static AstGrep Find(string from, string? named)
    {
        if (!string.IsNullOrEmpty(named))
        {
            return !Path.IsPathRooted(named) ? throw new EnvironmentFailureException($"{Variable} is '{named}': give an absolute path.")
                : File.Exists(named) ? new AstGrep(Path.GetFullPath(named))
                : throw new EnvironmentFailureException(
                    $"{Variable} names '{named}', which does not exist: unset it, or point it to an ast-grep binary.");
        }

        var package = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "cli-linux-arm64-gnu" : "cli-linux-x64-gnu";
        var relative = Path.Combine("node_modules", "@ast-grep", package, "ast-grep");
        foreach (var directory in new[] { from, Checkout(from) is { } checkout ? Path.Combine(checkout, "action", "tools") : from })
        {
            if (File.Exists(Path.Combine(directory, relative)))
                return new AstGrep(Path.Combine(directory, relative));
        }

        throw new EnvironmentFailureException(
            $"ast-grep is not installed: run `{InstallCommand}` in Afterburner's own directory, or set {Variable} to the path of an ast-grep binary.");
    }

    // Builds and unpacked releases lie below artifacts.
    private static string? Checkout(string from)
    {
        for (var directory = new DirectoryInfo(from); directory.Parent is { } parent; directory = parent)
        {
            if (directory.Name == "artifacts")
                return parent.FullName;
        }

        return null;
    }

    /// <summary>Applies rules to files below a directory.</summary>
    /// <param name="rules">One or more YAML rules, separated by <c>---</c>.</param>
    /// <param name="files">Relative to <paramref name="directory"/>; null for everything below it. A link named here is followed; others are not.</param>
    /// <returns>Matches by file, then by offset. Files that are not UTF-8 or of no language of the rules have none.</returns>
    /// <exception cref="UsageException">A rule does not read.</exception>
    /// <exception cref="EnvironmentFailureException">ast-grep failed.</exception>
    public async Task<IReadOnlyList<AstGrepMatch>> ScanAsync(
        string rules, string directory, IReadOnlyList<string>? files = null, CancellationToken cancellationToken = default)
    {
        var matches = new List<AstGrepMatch>();
        // Two at a time: while one process parses, the output of the other is decoded.
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(files is null ? [["."]] : Batches(files), parallel, async (batch, token) =>
        {
            var start = new ProcessStart(program, [.. Scan, "--rule", "/dev/stdin", "--", .. batch])
            {
                WorkingDirectory = directory,
                Environment = NoEnvironment,
                Input = Encoding.UTF8.GetBytes(rules),
                OutputLimit = 1L << 30,
            };
            var read = Read(await Processes.RunAsync(start, cancellationToken: token).ConfigureAwait(false));
            lock (matches)
                matches.AddRange(read);
        }).ConfigureAwait(false);

        matches.Sort(AstGrepMatch.ByPosition);
        return matches;
    }

    /// <summary>Applies rules to one text. <see cref="AstGrepMatch.File"/> is <c>STDIN</c>.</summary>
    /// <param name="rules">As for <see cref="ScanAsync"/>, up to 100 KB, all of the text's language.</param>
    /// <exception cref="UsageException">A rule does not read.</exception>
    /// <exception cref="EnvironmentFailureException">ast-grep failed.</exception>
    public async Task<IReadOnlyList<AstGrepMatch>> ScanSourceAsync(
        string rules, ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        var start = new ProcessStart(program, [.. Scan, "--inline-rules", rules, "--stdin"])
        {
            Environment = NoEnvironment,
            Input = source,
        };
        var matches = Read(await Processes.RunAsync(start, cancellationToken: cancellationToken).ConfigureAwait(false));
        Array.Sort(matches, AstGrepMatch.ByPosition);
        return matches;
    }

    private static IEnumerable<List<string>> Batches(IReadOnlyList<string> files)
    {
        var batch = new List<string>();
        var bytes = 0;
        foreach (var file in files)
        {
            var size = Encoding.UTF8.GetByteCount(file) + 1;
            if (batch.Count == BatchFiles || bytes + size > ArgumentBytes)
            {
                yield return batch;
                batch = [];
                bytes = 0;
            }

            batch.Add(file);
            bytes += size;
        }

        if (batch.Count > 0)
            yield return batch;
    }

    private static AstGrepMatch[] Read(ProcessRun run)
    {
        // 0: done; 1: done, and a rule of severity error matched; 8 (6 in older versions): a rule does not read.
        if (run.End == ProcessEnd.Exited && run.ExitCode is 6 or 8)
            throw new UsageException($"an ast-grep rule does not read: {run.ErrorText.Trim()}");
        if (run.End != ProcessEnd.Exited || run.ExitCode is not (0 or 1))
            throw new EnvironmentFailureException($"ast-grep failed ({run.End}, exit code {run.ExitCode}): {run.ErrorText.Trim()}");

        return Matches(run.Output);
    }

    /// <summary>Reads what a scan with the arguments <see cref="Scan"/> printed.</summary>
    internal static AstGrepMatch[] Matches(byte[] output)
    {
        var lines = Lines(output);
        var read = new AstGrepMatch[lines.Count];
        Parallel.For(0, lines.Count, i => read[i] = MatchReader.Read(output.AsSpan(lines[i])));
        return read;
    }

    private static List<Range> Lines(ReadOnlySpan<byte> output)
    {
        var lines = new List<Range>();
        foreach (var line in output.Split((byte)'\n'))
        {
            if (line.End.Value > line.Start.Value)
                lines.Add(line);
        }

        return lines;
    }
}
