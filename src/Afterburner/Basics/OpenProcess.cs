using System.Diagnostics;

namespace Afterburner.Basics;

/// <summary>A process that runs and is talked to over its standard streams. Made by <see cref="Processes.Open"/>.</summary>
public sealed class OpenProcess
{
    /// <summary>Bytes of standard error that are kept.</summary>
    private const int KeptError = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Task<byte[]> _error;
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    internal OpenProcess(Process process)
    {
        _process = process;
        _error = ReadErrorAsync();
    }

    /// <summary>Its standard input.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Its standard output.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Kills the process tree; nothing happens when it has ended.</summary>
    public void Kill() => ProcessTree.Kill(_process);

    /// <summary>Waits until it is gone, after it was killed. Its output is its user's and not part of the run.</summary>
    /// <param name="timedOut">Whether it was killed because its time was over.</param>
    public async Task<ProcessRun> EndAsync(bool timedOut)
    {
        var gone = Task.WhenAll(_process.WaitForExitAsync(CancellationToken.None), _error);
        await Task.WhenAny(gone, Task.Delay(Patience, CancellationToken.None)).ConfigureAwait(false);
        var run = new ProcessRun(
            timedOut ? ProcessEnd.TimedOut : ProcessEnd.Exited,
            _process.HasExited ? _process.ExitCode : -1,
            [],
            _error.IsCompletedSuccessfully ? await _error.ConfigureAwait(false) : [],
            _watch.Elapsed);
        _process.Dispose();
        return run;
    }

    /// <summary>Reads to the end, so that the process never waits for a reader; keeps the beginning.</summary>
    private async Task<byte[]> ReadErrorAsync()
    {
        using var kept = new MemoryStream();
        var buffer = new byte[4096];
        int read;
        while ((read = await _process.StandardError.BaseStream.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false)) > 0)
            kept.Write(buffer, 0, (int)Math.Min(read, KeptError - kept.Length));
        return kept.ToArray();
    }
}
