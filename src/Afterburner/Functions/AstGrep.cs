using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Afterburner.Changes;
using Afterburner.Sandboxes;

namespace Afterburner.Functions;

/// <summary>
/// The pinned ast-grep program (<c>action/tools/package.json</c>). What it reads is hostile, and rules may be: it is a
/// parser in C that takes quadratic time on some input and writes a multiple of deeply nested input. So it runs in the
/// sandbox under limits, on copies with names of ours, where no <c>sgconfig.yml</c>, ignore file or file name of the
/// repository says anything to it; comments that tell it to look away are taken off them (<see cref="Suppressions"/>).
/// </summary>
public sealed class AstGrep(string program, ISandbox sandbox)
{
    /// <summary>Environment variable that names another binary.</summary>
    public const string Variable = "AFTERBURNER_AST_GREP";

    internal const string InstallCommand = "npm ci --ignore-scripts --prefix action/tools";

    /// <summary>A larger batch loses more when one of its files cannot be read.</summary>
    private const int BatchFiles = 200, BatchBytes = 4 << 20;

    /// <summary>Files of one scan that may fail before the rest is given up: each costs up to the time limit of a file.</summary>
    private const int MostFailures = 40;

    /// <summary>Reason why a file is not read.</summary>
    internal const string TooMany = "holds too many functions, or nests them too deeply, to read";

    private const string Broken = "breaks the parser that reads it";

    private static readonly Limits Caps = new()
    {
        Memory = 1L << 30,
        Wall = TimeSpan.FromMinutes(2),
        Processes = 64,
        Output = 32 << 20,
        Disk = 16 << 20,
        Cores = 2,
    };

    // "/dev/null" is an empty configuration: without it the nearest sgconfig.yml upwards would be read.
    private static readonly IReadOnlyList<string> Scanning =
    [
        "scan", "--config", "/dev/null", "--json=stream", "--color", "never", "--threads", "2",
        "--no-ignore", "hidden", "--no-ignore", "dot", "--no-ignore", "exclude",
        "--no-ignore", "global", "--no-ignore", "parent", "--no-ignore", "vcs",
        "--rule", "/work/rules.yml", "--", "/work/files",
    ];

    /// <value>CPU time in which one file must have been read, and half of what a batch may take. Defaults to 5 s; an honest file of 1 MiB takes a third of a second.</value>
    public TimeSpan FileTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc cref="FindProgram()"/>
    public static AstGrep Find(ISandbox sandbox) => new(FindProgram(), sandbox);

    /// <summary>
    /// The binary that <see cref="Variable"/> names, else the one that npm installed for this machine beside the running
    /// program or below <c>action/tools</c> of the checkout that it was built in. Above that checkout may be one of others.
    /// </summary>
    /// <exception cref="EnvironmentFailureException">There is none; the message holds the command that installs it.</exception>
    public static string FindProgram() => FindProgram(AppContext.BaseDirectory, Environment.GetEnvironmentVariable(Variable));

    /// <inheritdoc cref="FindProgram()"/>
    /// <param name="from">The program's directory.</param>
    /// <param name="named">Value of <see cref="Variable"/>, or null.</param>
    public static string FindProgram(string from, string? named)
    {
        if (!string.IsNullOrEmpty(named))
        {
            return !Path.IsPathRooted(named) ? throw new EnvironmentFailureException($"{Variable} is '{named}': give an absolute path.")
                : File.Exists(named) ? Path.GetFullPath(named)
                : throw new EnvironmentFailureException(
                    $"{Variable} names '{named}', which does not exist: unset it, or point it to an ast-grep binary.");
        }

        var package = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "cli-linux-arm64-gnu" : "cli-linux-x64-gnu";
        var relative = Path.Combine("node_modules", "@ast-grep", package, "ast-grep");
        foreach (var directory in ToolFolders(from))
        {
            if (File.Exists(Path.Combine(directory, relative)))
                return Path.Combine(directory, relative);
        }

        throw new EnvironmentFailureException(
            $"ast-grep is not installed: run `{InstallCommand}` in Afterburner's own directory, or set {Variable} to the path of an ast-grep binary.");
    }

    /// <summary>Where npm may have installed what <c>action/tools/package.json</c> pins: see <see cref="FindProgram()"/>.</summary>
    /// <param name="from">The program's directory.</param>
    internal static IEnumerable<string> ToolFolders(string from) => [from, Checkout(from) is { } checkout ? Path.Combine(checkout, "action", "tools") : from];

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

    /// <summary>Applies rules to files.</summary>
    /// <param name="rules">YAML rules, separated by <c>---</c>; without any there is nothing to do.</param>
    /// <returns>What matched, and the files that could not be read within the limits, each with the reason.</returns>
    /// <exception cref="UsageException">A rule does not read.</exception>
    /// <exception cref="EnvironmentFailureException">The sandbox failed, or ast-grep does not run in it.</exception>
    public async Task<Scan> ScanAsync(string rules, IReadOnlyList<SourceFile> files, CancellationToken cancellationToken = default)
    {
        if (rules.Length == 0 || files.Count == 0)
            return Scan.Nothing;
        var matches = new List<AstGrepMatch>();
        var unread = new List<LeftOut>();
        // Two at a time: while one process parses, the output of the other is decoded.
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellationToken };
        var again = new List<SourceFile>();
        await Parallel.ForEachAsync(
            Batches(files), parallel, (batch, token) => TakeAsync(batch, token)).ConfigureAwait(false);
        // The small ones first: what takes too long is usually large.
        var single = again.OrderBy(f => f.Bytes.Length).ThenBy(f => f.Path, StringComparer.Ordinal).Select(f => new[] { f });
        await Parallel.ForEachAsync(single, parallel, (file, token) => TakeAsync(file, token)).ConfigureAwait(false);

        matches.Sort(AstGrepMatch.ByPosition);
        return new Scan(matches, [.. unread.OrderBy(u => u.Path, StringComparer.Ordinal)]);

        async ValueTask TakeAsync(IReadOnlyList<SourceFile> batch, CancellationToken token)
        {
            bool givenUp;
            lock (unread)
                givenUp = unread.Count >= MostFailures;
            var (found, failure) = givenUp
                ? ([], $"not read: {MostFailures} other files of the change could not be")
                : await TryAsync(rules, batch, token).ConfigureAwait(false);
            lock (unread)
            {
                matches.AddRange(found);
                if (failure is not null && batch.Count > 1 && !givenUp)
                    again.AddRange(batch);
                else if (failure is not null)
                    unread.AddRange(batch.Select(f => new LeftOut(f.Path, failure)));
            }
        }
    }

    private static IEnumerable<List<SourceFile>> Batches(IReadOnlyList<SourceFile> files)
    {
        var batch = new List<SourceFile>();
        var bytes = 0;
        foreach (var file in files)
        {
            if (batch.Count == BatchFiles || (batch.Count > 0 && bytes + file.Bytes.Length > BatchBytes))
            {
                yield return batch;
                batch = [];
                bytes = 0;
            }

            batch.Add(file);
            bytes += file.Bytes.Length;
        }

        if (batch.Count > 0)
            yield return batch;
    }

    private async Task<(AstGrepMatch[] Matches, string? Failure)> TryAsync(
        string rules, IReadOnlyList<SourceFile> files, CancellationToken cancellationToken)
    {
        var suppressions = Suppressions.In(files);
        var limits = Caps with { Cpu = FileTime * Math.Min(files.Count, 2) };
        var run = await RunAsync(rules, [.. files.Select((f, i) => ($"{i}{f.Language.Extensions[0]}", suppressions.Without(f.Bytes)))], limits, cancellationToken).ConfigureAwait(false);
        if (WhyNot(run) is not { } failure)
            return Read(suppressions.Restored(run.Output), files) is { } matches ? (matches, null) : ([], Broken);
        // Whether the file is at fault or this machine shows on a file that nothing is wrong with.
        if (failure == Broken && WhyNot(await RunAsync(rules, [("0.py", "x = 1\n"u8.ToArray())], limits, cancellationToken).ConfigureAwait(false)) is not null)
            throw new EnvironmentFailureException($"ast-grep does not run in the sandbox ({run.End}, exit code {run.ExitCode}): {run.Failure ?? Reason(run)}");
        return ([], failure);
    }

    /// <summary>Null when the scan was done.</summary>
    private static string? WhyNot(SandboxRun run) => run.End switch
    {
        // 0: done; 1: done, and a rule of severity error matched; 8 (6 in older versions): a rule does not read.
        SandboxEnd.Exited when run.ExitCode is 0 or 1 => null,
        SandboxEnd.Exited when run.ExitCode is 6 or 8 => throw new UsageException($"an ast-grep rule does not read: {Reason(run)}"),
        SandboxEnd.TimedOut => "takes too long to read",
        SandboxEnd.OutOfMemory => "takes too much memory to read",
        SandboxEnd.OutputLimit => TooMany,
        SandboxEnd.Failed => throw new EnvironmentFailureException($"the sandbox failed while code was parsed: {run.Failure}"),
        _ => Broken,
    };

    private async Task<SandboxRun> RunAsync(
        string rules, IReadOnlyList<(string Name, byte[] Bytes)> files, Limits limits, CancellationToken cancellationToken)
    {
        var workspace = SharedFolder.Create("afterburner-scan-");
        try
        {
            // Not asynchronously, which costs half as much again where files are small and many.
            File.WriteAllText(Path.Combine(workspace, "rules.yml"), rules);
            var folder = Directory.CreateDirectory(Path.Combine(workspace, "files")).FullName;
            foreach (var (name, bytes) in files)
                File.WriteAllBytes(Path.Combine(folder, name), bytes);
            var command = new SandboxCommand([$"/ast-grep/{Path.GetFileName(program)}", .. Scanning], workspace)
            {
                Mounts = new Dictionary<string, MachineDirectory> { ["/ast-grep"] = MachineDirectory.Own(Path.GetDirectoryName(Path.GetFullPath(program))!) },
            };
            return await sandbox.RunAsync(command, limits, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(workspace, recursive: true);
        }
    }

    /// <summary>Null when this is no output of ast-grep on these files: a parser that was taken over may write anything.</summary>
    private static AstGrepMatch[]? Read(byte[] output, IReadOnlyList<SourceFile> files)
    {
        var lines = Lines(output);
        var read = new AstGrepMatch?[lines.Count];
        Parallel.For(0, lines.Count, i =>
        {
            try
            {
                var match = MatchReader.Read(output.AsSpan(lines[i]));
                read[i] = int.TryParse(Path.GetFileNameWithoutExtension(match.File), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && number < files.Count && match.IsIn(files[number].Bytes) ? match with { File = files[number].Path, Bytes = files[number].Bytes } : null;
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
            {
                // Stays null.
            }
        });
        return read.All(m => m is not null) ? [.. read.OfType<AstGrepMatch>()] : null;
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

    /// <summary>The last line of ast-grep's chain of causes, which says what is wrong.</summary>
    private static string Reason(SandboxRun run)
    {
        var lines = run.ErrorText.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var text = (lines.LastOrDefault(l => l.StartsWith("╰▻", StringComparison.Ordinal)) ?? lines.LastOrDefault() ?? "").TrimStart('╰', '▻', ' ');
        return string.Concat((text.Length > 300 ? text[..300] : text).Where(c => !char.IsControl(c)));
    }
}

/// <summary>What a scan found.</summary>
/// <param name="Matches">By file, then by offset.</param>
/// <param name="Unread">Files that could not be read within the limits, with the reason, by name.</param>
public sealed record Scan(IReadOnlyList<AstGrepMatch> Matches, IReadOnlyList<LeftOut> Unread)
{
    /// <summary>Of no file.</summary>
    public static Scan Nothing { get; } = new([], []);
}
