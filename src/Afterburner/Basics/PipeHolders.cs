using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Afterburner.Basics;

/// <summary>
/// Processes that have the other end of a pipe: what a killed process was just making, and had not told yet that it is to die
/// along with it. No list of children shows such a one, as its parent is gone.
/// </summary>
internal static class PipeHolders
{
    /// <summary>Kills those whose standard output is the pipe that is read here. Nothing happens when it is not read any more.</summary>
    /// <param name="process">Started with a pipe for its output.</param>
    public static void Kill(Process process)
    {
        SafePipeHandle? handle = null;
        var isHeld = false;
        try
        {
            // Held, so that its number does not become another pipe's meanwhile.
            handle = ((PipeStream)process.StandardOutput.BaseStream).SafePipeHandle;
            handle.DangerousAddRef(ref isHeld);
            if (Target(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{handle.DangerousGetHandle()}")) is { } pipe)
                LinuxCalls.KillAll(() => Holders(pipe));
        }
        catch (InvalidOperationException)
        {
            // It was let go in the meantime.
        }
        finally
        {
            if (isHeld)
                handle!.DangerousRelease();
        }
    }

    private static IEnumerable<int> Holders(string pipe)
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
