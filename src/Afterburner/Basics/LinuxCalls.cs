using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Afterburner.Basics;

/// <summary>What the kernel says of a file.</summary>
/// <param name="Mode">Type and permission bits, as in stat(2).</param>
/// <param name="Size">Apparent size in bytes, holes included.</param>
/// <param name="Allocated">Bytes that really take up space.</param>
/// <param name="Inode">Number of the file on its file system.</param>
/// <param name="Device">Number of the file system.</param>
internal readonly record struct PathStatus(int Mode, uint UserId, long Size, long Allocated, ulong Inode, ulong Device)
{
    private const int TypeMask = 0xf000;

    public bool IsRegular => (Mode & TypeMask) == 0x8000;

    public bool IsDirectory => (Mode & TypeMask) == 0x4000;

    public bool IsLink => (Mode & TypeMask) == 0xa000;

    public bool IsSameFile(PathStatus other) => Inode == other.Inode && Device == other.Device;

    public bool Allows(int permissions) => (Mode & permissions) == permissions;
}

/// <summary>The few system calls that .NET has no name for.</summary>
internal static partial class LinuxCalls
{
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicFields = 0x7ff;

    /// <summary>User number the program acts as; 0 is root.</summary>
    public static uint UserId => GetEffectiveUserId();

    /// <summary>Kills a process; nothing happens when it is gone.</summary>
    public static void Kill(int process) => _ = Signal(process, 9);

    /// <summary>
    /// Kills processes until there is none that was not told: one that is told to die makes no child any more, and one that was made while others were told
    /// is there at the next look. Processes that multiply faster than they are looked at are not waited for.
    /// </summary>
    /// <param name="look">Who is there now.</param>
    public static void KillAll(Func<IEnumerable<int>> look)
    {
        const int MostLooks = 100;
        var told = new HashSet<int>();
        for (var looks = 0; looks < MostLooks && look().Where(told.Add).ToList() is { Count: > 0 } found; looks++)
        {
            foreach (var process in found)
                Kill(process);
        }
    }

    /// <summary>
    /// Keeps every file that is open in this process from the programs it starts. .NET opens files that way, but what
    /// our own parent left open (a log, a directory) would be handed on into the sandbox.
    /// </summary>
    public static void KeepDescriptors()
    {
        foreach (var path in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(path), out var descriptor) && descriptor > 2)
                _ = Control(descriptor, SetDescriptorFlags, CloseOnExec);
        }
    }

    /// <summary>
    /// What the kernel finds at a path, and the path without links and dots that it says it has. Nothing is opened for
    /// reading, so this neither waits on a pipe nor wakes a device.
    /// </summary>
    /// <returns>Null when nothing is there, or when the name is not UTF-8.</returns>
    public static (string Path, PathStatus Status)? Resolve(string path)
    {
        const int PathOnly = 0x200000, ClosedOnExec = 0x80000;
        if (path.Contains('\0', StringComparison.Ordinal))
            return null;
        using var file = new SafeFileHandle(OpenCall(path, PathOnly | ClosedOnExec), ownsHandle: true);
        if (file.IsInvalid)
            return null;
        var descriptor = (int)file.DangerousGetHandle();
        // Of a file that is gone, the kernel gives a name that leads nowhere, or to another file.
        return Status(descriptor) is { } status
            && new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget is { } real
            && LinkStatus(real) is { } there && there.IsSameFile(status)
            ? (real, status)
            : null;
    }

    /// <summary>Status of a path, links followed; null when nothing is there.</summary>
    public static PathStatus? Status(string path) => Status(CurrentDirectory, path, 0);

    /// <summary>Status of a path, of the link itself where it is one; null when nothing is there.</summary>
    public static PathStatus? LinkStatus(string path) => Status(CurrentDirectory, path, NoFollow);

    /// <summary>Status of an open file.</summary>
    public static PathStatus? Status(int descriptor) => Status(descriptor, "", EmptyPath);

    /// <returns>Whether it worked.</returns>
    public static bool ChangeMode(string path, int permissions) => SetMode(path, permissions) == 0;

    /// <summary>Mounts a file system in memory, without devices and set-user files; only root may.</summary>
    /// <returns>Whether it worked.</returns>
    public static bool MountMemory(string directory, string options)
    {
        const ulong NoSetUser = 2, NoDevices = 4, NoExecution = 8;
        return UserId == 0 && MountCall("afterburner", directory, "tmpfs", NoSetUser | NoDevices | NoExecution, options) == 0;
    }

    /// <summary>Takes a mount away, also while something still uses it.</summary>
    public static void Unmount(string directory)
    {
        const int Detach = 2;
        _ = UnmountCall(directory, Detach);
    }

    // statx and not stat: its layout is the same on every processor (see linux/stat.h).
    private static unsafe PathStatus? Status(int directory, string path, int flags)
    {
        const int UserIdAt = 20, ModeAt = 28, InodeAt = 32, SizeAt = 40, BlocksAt = 48, MajorAt = 136, MinorAt = 140, BlockBytes = 512;
        var buffer = stackalloc byte[256];
        return ExtendedStatus(directory, path, flags, BasicFields, buffer) == 0
            ? new PathStatus(
                *(ushort*)(buffer + ModeAt), *(uint*)(buffer + UserIdAt), *(long*)(buffer + SizeAt), *(long*)(buffer + BlocksAt) * BlockBytes,
                *(ulong*)(buffer + InodeAt), ((ulong)*(uint*)(buffer + MajorAt) << 32) | *(uint*)(buffer + MinorAt))
            : null;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "chmod", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetMode(string path, int mode);

    [LibraryImport("libc", EntryPoint = "mount", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MountCall(string source, string target, string type, ulong flags, string options);

    [LibraryImport("libc", EntryPoint = "umount2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnmountCall(string target, int flags);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenCall(string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int ExtendedStatus(int directory, string path, int flags, uint fields, byte* buffer);
}
