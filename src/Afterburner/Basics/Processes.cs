using System.Diagnostics;

namespace Afterburner.Basics;

/// <summary>A command to run on this machine (never code under review: that goes to a sandbox).</summary>
/// <param name="Program">Absolute path of the executable, or a name that <see cref="ProgramPath"/> looks up.</param>
/// <param name="Arguments">Passed as a list; no shell sees them.</param>
public sealed record ProcessStart(string Program, params IReadOnlyList<string> Arguments)
{
    /// <value>Never the folder of a repository. Defaults to the root, which only the administrator can put something in.</value>
    public string WorkingDirectory { get; init; } = "/";

    /// <value>Exactly the variables the process gets. Defaults to <see cref="Processes.Environment"/>.</value>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = Processes.Environment;

    /// <value>Bytes for standard input, which is closed after them. Defaults to none.</value>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <value>Wall time after which the process tree is killed. Defaults to 10 minutes.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <value>Bytes of standard output and standard error together after which the tree is killed. Defaults to 256 MiB.</value>
    public long OutputLimit { get; init; } = 256L << 20;
}

/// <summary>How a process came to its end.</summary>
public enum ProcessEnd
{
    /// <summary>By itself; the exit code tells how.</summary>
    Exited,

    /// <summary>Killed: wall time ran out.</summary>
    TimedOut,

    /// <summary>Killed: it wrote more than it may.</summary>
    OutputLimit,
}

/// <summary>What a finished process left.</summary>
/// <param name="ExitCode">128 + signal number when a signal ended it.</param>
/// <param name="Output">All of standard output, up to the limit.</param>
/// <param name="Error">All of standard error, up to the limit.</param>
public sealed record ProcessRun(ProcessEnd End, int ExitCode, byte[] Output, byte[] Error, TimeSpan Wall)
{
    /// <summary>Standard output as UTF-8; bytes that are not become U+FFFD.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Output);

    /// <summary>Standard error as UTF-8; bytes that are not become U+FFFD.</summary>
    public string ErrorText => System.Text.Encoding.UTF8.GetString(Error);

    public bool Succeeded => End == ProcessEnd.Exited && ExitCode == 0;
}

/// <summary>
/// The only place that starts processes. Both readers are awaited to their end before a run is returned: an idiom that
/// stops reading when the process exits lost all output in a third of the runs in our experiments.
/// </summary>
public static class Processes
{
    // Tokens and keys stay with this process: whoever needs another variable names it.
    private static readonly string[] HandedDown = ["HOME", "LANG", "LC_ALL", "TMPDIR"];

    /// <summary>What a child gets unless told otherwise: PATH with trusted folders alone, home, language, temporary folder.</summary>
    public static IReadOnlyDictionary<string, string> Environment =>
        HandedDown.Select(n => KeyValuePair.Create(n, System.Environment.GetEnvironmentVariable(n)!))
            .Where(v => v.Value is not null)
            .Append(KeyValuePair.Create("PATH", ProgramPath.Current.Text))
            .ToDictionary();

    /// <summary>Runs a command to its end.</summary>
    /// <param name="onLimit">
    /// Called (once) after the process tree was killed on time-out, output limit or cancellation, and again never;
    /// the place to kill what is not a descendant (a control group, a container).
    /// </param>
    /// <exception cref="EnvironmentFailureException">The program does not exist or may not be executed.</exception>
    /// <exception cref="OperationCanceledException">After the process tree has been killed.</exception>
    public static async Task<ProcessRun> RunAsync(
        ProcessStart start, Action? onLimit = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var process = Start(start);
        var watch = Stopwatch.StartNew();
        var limitReached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long total = 0;

        var feed = FeedAsync(process.StandardInput.BaseStream, start.Input);
        var output = PumpAsync(process.StandardOutput.BaseStream);
        var error = PumpAsync(process.StandardError.BaseStream);
        var exit = process.WaitForExitAsync(CancellationToken.None);

        using var alarm = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var timeout = Task.Delay(start.Timeout, alarm.Token);
        var finished = Task.WhenAll(exit, output, error);
        var first = await Task.WhenAny(finished, limitReached.Task, timeout).ConfigureAwait(false);

        if (first != finished)
        {
            ProcessTree.Kill(process);
            onLimit?.Invoke();
            // A descendant that left the tree may still hold the pipes; what it writes no longer counts.
            await Task.WhenAny(finished, Task.Delay(TimeSpan.FromSeconds(5), CancellationToken.None)).ConfigureAwait(false);
        }

        await alarm.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        _ = feed;
        var end = first == finished ? ProcessEnd.Exited
            : first == limitReached.Task ? ProcessEnd.OutputLimit
            : ProcessEnd.TimedOut;
        return new ProcessRun(
            end,
            process.HasExited ? process.ExitCode : -1,
            output.IsCompletedSuccessfully ? await output.ConfigureAwait(false) : [],
            error.IsCompletedSuccessfully ? await error.ConfigureAwait(false) : [],
            watch.Elapsed);

        async Task<byte[]> PumpAsync(Stream stream)
        {
            using var kept = new MemoryStream();
            var buffer = new byte[64 * 1024];
            int read;
            while ((read = await stream.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false)) > 0)
            {
                var room = start.OutputLimit - Interlocked.Add(ref total, read) + read;
                if (room > 0)
                    kept.Write(buffer, 0, (int)Math.Min(read, room));
                if (room <= read)
                    limitReached.TrySetResult();
            }

            return kept.ToArray();
        }
    }

    /// <summary>Starts a command that is talked to until it is ended. Time-out and output limit are its user's affair.</summary>
    /// <exception cref="EnvironmentFailureException">The program does not exist or may not be executed.</exception>
    public static OpenProcess Open(ProcessStart start) => new(Start(start));

    private static Process Start(ProcessStart start)
    {
        var info = new ProcessStartInfo(ProgramPath.Current.Find(start.Program))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = start.WorkingDirectory,
        };
        foreach (var argument in start.Arguments)
            info.ArgumentList.Add(argument);
        info.Environment.Clear();
        foreach (var (name, value) in start.Environment)
            info.Environment[name] = value;

        try
        {
#pragma warning disable RS0030 // This is the one class that may.
            return Process.Start(info)!;
#pragma warning restore RS0030
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new EnvironmentFailureException($"cannot start '{start.Program}': {e.Message}", e);
        }
    }

    private static async Task FeedAsync(Stream stdin, ReadOnlyMemory<byte> input)
    {
        try
        {
            await using (stdin.ConfigureAwait(false))
                await stdin.WriteAsync(input, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The process closed its standard input or is gone; its exit tells the story.
        }
    }
}
