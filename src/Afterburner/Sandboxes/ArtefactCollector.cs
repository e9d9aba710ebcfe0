using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Afterburner.Sandboxes;

/// <summary>
/// Reads files out of a directory that hostile code filled, after that code is dead. No link is followed in any part of
/// a path, nothing blocks on a pipe, and only regular files are read: links in output directories are how sandboxes of
/// others were broken (CVE-2024-28185, CVE-2024-28189). What the files say is not checked.
/// </summary>
internal static partial class ArtefactCollector
{
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int CurrentDirectory = -100;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    private static int NoFollow => IsArm ? 0x8000 : 0x20000;

    private static int DirectoryOnly => IsArm ? 0x4000 : 0x10000;

    /// <summary>Reads the files that exist, are regular and fit.</summary>
    /// <param name="names">Paths below the directory, with <c>/</c>.</param>
    /// <param name="most">Bytes of all files together; a file whose apparent size (holes included) does not fit in what is left is left out.</param>
    /// <exception cref="ArgumentException">A name is absolute or has a part <c>..</c>: the caller's mistake, not the command's.</exception>
    public static IReadOnlyDictionary<string, byte[]> Collect(string directory, IEnumerable<string> names, long most)
    {
        var found = new Dictionary<string, byte[]>();
        foreach (var name in names)
        {
            var parts = name.Split('/');
            if (parts.Any(p => p is "" or "." or ".."))
                throw new ArgumentException($"'{name}' is not a plain path below /out", nameof(names));
            using var file = Open(directory, parts);
            if (file is not null && Read(file, most) is { } bytes)
            {
                found[name] = bytes;
                most -= bytes.Length;
            }
        }

        return found;
    }

    private static SafeFileHandle? Open(string directory, string[] parts)
    {
        var handle = OpenAt(CurrentDirectory, directory, DirectoryOnly);
        for (var i = 0; i < parts.Length && handle is not null; i++)
        {
            using var parent = handle;
            handle = OpenAt((int)parent.DangerousGetHandle(), parts[i], i < parts.Length - 1 ? DirectoryOnly : 0);
        }

        return handle;
    }

    private static SafeFileHandle? OpenAt(int directory, string name, int flags)
    {
        var descriptor = OpenAtCall(directory, name, ReadOnly | NonBlocking | CloseOnExec | NoFollow | flags);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static byte[]? Read(SafeFileHandle file, long most)
    {
        if (LinuxCalls.Status((int)file.DangerousGetHandle()) is not { IsRegular: true } status || status.Size > most)
            return null;
        var bytes = new byte[status.Size];
        var read = 0;
        while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), read) is var now and > 0)
            read += now;
        return read == bytes.Length ? bytes : bytes[..read];
    }

    [LibraryImport("libc", EntryPoint = "openat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAtCall(int directory, string name, int flags);
}
