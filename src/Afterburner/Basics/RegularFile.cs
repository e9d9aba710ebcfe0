using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Afterburner.Basics;

/// <summary>
/// Opens files that somebody else may have put there. What is opened is looked at, not the path before: only a regular
/// file counts, a link is not followed, nothing waits for the other end of a pipe, and no more is read than the limit.
/// </summary>
internal static partial class RegularFile
{
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int CurrentDirectory = -100;
    private const int NoEntry = 2;
    private const int NotADirectory = 20;
    private const int TooManyLinks = 40;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    private static int NoFollow => IsArm ? 0x8000 : 0x20000;

    private static int DirectoryOnly => IsArm ? 0x4000 : 0x10000;

    /// <summary>The whole of a file that an option, a configuration or a run names.</summary>
    /// <param name="what">How the message calls it: "the transcript".</param>
    /// <param name="most">Bytes; a larger file, holes included, is refused before anything is read.</param>
    /// <exception cref="UsageException">There is none, it is no regular file, it is too large, or it may not be read.</exception>
    public static byte[] Read(string path, string what, long most) =>
        TryRead(path, what, most) ?? throw new UsageException($"there is no {Short(what)} '{path}'.");

    /// <summary>See <see cref="Read"/>; null where nothing is there.</summary>
    public static byte[]? TryRead(string path, string what, long most)
    {
        using var file = TryOpen(path, what, followLinks: false);
        return file is null ? null : ReadAll(file, most) ?? throw TooLarge(file, path, what, most);
    }

    /// <summary>A file of a directory that is not to be a link either; null where the directory has no such file.</summary>
    /// <exception cref="UsageException">See <see cref="Read"/>; or there is no such directory.</exception>
    public static byte[]? TryReadIn(string directory, string name, string what, long most)
    {
        using var folder = OpenAt(CurrentDirectory, Path.TrimEndingDirectorySeparator(directory), NoFollow | DirectoryOnly, out var error)
            ?? throw (error == NoEntry
                ? new UsageException($"'{directory}' does not exist: name the directory of a finished run.")
                : new UsageException($"'{directory}' is no directory that can be read: name that of a finished run, not a link."));
        var path = Path.Combine(directory, name);
        var opened = OpenAt((int)folder.DangerousGetHandle(), name, NoFollow, out error);
        using var file = Regular(opened, error, path, what);
        return file is null ? null : ReadAll(file, most) ?? throw TooLarge(file, path, what, most);
    }

    /// <summary>A regular file, open for reading; null where nothing is there.</summary>
    /// <param name="followLinks">For files that only the person who runs the program names, such as a model in a cache made of links.</param>
    /// <exception cref="UsageException">It is no regular file, or it may not be read.</exception>
    public static SafeFileHandle? TryOpen(string path, string what, bool followLinks)
    {
        var file = OpenAt(CurrentDirectory, path, followLinks ? 0 : NoFollow, out var error);
        return Regular(file, error, path, what);
    }

    /// <summary>A part of a directory that hostile code filled; no link is followed in any part of the path.</summary>
    /// <param name="parts">Names below the directory, none of them <c>.</c> or <c>..</c>.</param>
    /// <returns>Null when it is not there, or no regular file.</returns>
    public static SafeFileHandle? TryOpenBelow(string directory, IReadOnlyList<string> parts)
    {
        var handle = OpenAt(CurrentDirectory, directory, NoFollow | DirectoryOnly, out _);
        for (var i = 0; i < parts.Count && handle is not null; i++)
        {
            using var parent = handle;
            handle = OpenAt((int)parent.DangerousGetHandle(), parts[i], NoFollow | (i < parts.Count - 1 ? DirectoryOnly : 0), out _);
        }

        if (handle is null || Status(handle).IsRegular)
            return handle;
        handle.Dispose();
        return null;
    }

    /// <summary>All bytes of an open file, or null when they are more than the limit. One that grows meanwhile is cut where it ended at first.</summary>
    public static byte[]? ReadAll(SafeFileHandle file, long most)
    {
        var length = RandomAccess.GetLength(file);
        if (length > most)
            return null;
        var bytes = new byte[length];
        var read = 0;
        while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), read) is var now and > 0)
            read += now;
        return read == bytes.Length ? bytes : bytes[..read];
    }

    private static SafeFileHandle? Regular(SafeFileHandle? file, int error, string path, string what)
    {
        if (file is null)
        {
            return error switch
            {
                NoEntry or NotADirectory => null,
                TooManyLinks => throw NotRegular(path, what, "a link"),
                _ => throw new UsageException($"{what} '{path}' cannot be read: {Marshal.GetPInvokeErrorMessage(error)}."),
            };
        }

        var status = Status(file);
        if (status.IsRegular)
            return file;
        file.Dispose();
        throw NotRegular(path, what, status.IsDirectory ? "a directory" : "a device or a pipe");
    }

    private static PathStatus Status(SafeFileHandle file) => LinuxCalls.Status((int)file.DangerousGetHandle()) ?? default;

    private static UsageException TooLarge(SafeFileHandle file, string path, string what, long most) =>
        new($"{what} '{path}' has {RandomAccess.GetLength(file)} bytes: no {Short(what)} has more than {Quantities.Bytes(most)}.");

    private static UsageException NotRegular(string path, string what, string instead) =>
        new($"{what} '{path}' is {instead}: a plain file is needed.");

    private static string Short(string what) => what.StartsWith("the ", StringComparison.Ordinal) ? what[4..] : what;

    private static SafeFileHandle? OpenAt(int directory, string name, int flags, out int error)
    {
        error = NoEntry;
        // The kernel would read a name only up to a NUL.
        if (name.Contains('\0', StringComparison.Ordinal))
            return null;
        var descriptor = OpenAtCall(directory, name, ReadOnly | NonBlocking | CloseOnExec | flags);
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAtCall(int directory, string name, int flags);
}
