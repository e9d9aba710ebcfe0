namespace Afterburner.Sandboxes;

/// <summary>
/// A directory of this machine that a sandbox may get, the only thing that can be mounted. The kernel resolved its path
/// once: arithmetic on the text of links comes to other places than the kernel does, and whoever writes the links picks
/// the place. What was resolved was checked, and what was checked is mounted.
/// </summary>
/// <remarks>
/// The place is compared with what was checked before every run, by number of the file and of its file system. Between
/// that and the mount, only somebody who may already write on this machine can exchange it: code under review cannot.
/// </remarks>
public sealed class MachineDirectory
{
    private readonly PathStatus _checked;

    private MachineDirectory(string path, PathStatus status) => (Path, _checked) = (path, status);

    /// <summary>Without links and dots.</summary>
    public string Path { get; }

    /// <summary>A directory that this program made, or that is a part of it.</summary>
    /// <exception cref="EnvironmentFailureException">It is not there.</exception>
    public static MachineDirectory Own(string path) =>
        LinuxCalls.Resolve(path) is { Status.IsDirectory: true } found
            ? new MachineDirectory(found.Path, found.Status)
            : throw new EnvironmentFailureException($"{path}, which the sandbox needs, is not a directory of this machine; run again, or install Afterburner anew");

    /// <summary>Looks up a directory that somebody else made.</summary>
    /// <param name="kind">What it must be.</param>
    /// <param name="repository">Root of the repository under review; null where there is none.</param>
    /// <param name="whyNot">Why no sandbox gets it, to be put after its path; empty when one may.</param>
    /// <returns>Null when it is not of that kind, or when a sandbox may not have it whatever it is.</returns>
    public static MachineDirectory? Find(string path, DirectoryKind kind, string? repository, out string whyNot)
    {
        if (LinuxCalls.Resolve(path) is not { Status.IsDirectory: true } found)
        {
            whyNot = "is not a directory of this machine";
            return null;
        }

        whyNot = ClosedPlaces.WhyNot(found.Path, repository) ?? kind.WhyNot(found.Path) ?? ForeignTree.WhyNot(found.Path) ?? "";
        return whyNot.Length == 0 ? new MachineDirectory(found.Path, found.Status) : null;
    }

    /// <summary>What is at the path now; null when that is not the directory that was checked.</summary>
    internal PathStatus? Confirm() =>
        LinuxCalls.Resolve(Path) is { } now && now.Path == Path && now.Status.IsSameFile(_checked) ? now.Status : null;
}

/// <summary>A kind of directory that repositories need beside their own files: a language's installation, a package store.</summary>
/// <param name="WhyNot">Why the directory at a path without links is not of this kind, to be put after the path; null when it is.</param>
public sealed record DirectoryKind(Func<string, string?> WhyNot);
