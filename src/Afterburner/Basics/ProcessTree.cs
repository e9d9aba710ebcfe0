using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;

namespace Afterburner.Basics;

/// <summary>A process that was started here, and all that comes from it.</summary>
internal static class ProcessTree
{
    /// <summary>
    /// Kills a process, its descendants, and whatever else writes to the pipe that its output is read from: a process that is killed while it makes
    /// another leaves one that no list of children shows, as its parent is gone. Nothing happens to what has ended.
    /// </summary>
    /// <param name="process">Started with a pipe for its output.</param>
    public static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            KillWriters((PipeStream)process.StandardOutput.BaseStream);
        }
        catch (InvalidOperationException)
        {
            // It ended in the meantime, or was let go.
        }
    }

    private static void KillWriters(PipeStream output)
    {
        var handle = output.SafePipeHandle;
        var isHeld = false;
        try
        {
            // Held, so that its number does not become another pipe's meanwhile.
            handle.DangerousAddRef(ref isHeld);
            if (Target(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{handle.DangerousGetHandle()}")) is { } pipe)
                LinuxCalls.KillAll(() => Writers(pipe));
        }
        finally
        {
            if (isHeld)
                handle.DangerousRelease();
        }
    }

    private static IEnumerable<int> Writers(string pipe)
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number != Environment.ProcessId && Target($"{directory}/fd/1") == pipe)
                yield return number;
        }
    }

    private static string? Target(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // another user's, or gone
        }
    }
}
