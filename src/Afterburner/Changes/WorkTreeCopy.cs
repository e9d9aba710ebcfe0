using System.Security.Cryptography;
using System.Text;

namespace Afterburner.Changes;

/// <summary>
/// Copies a work tree as it lies: tracked files, changed or not, and new ones that are not ignored. Neither the tree nor the
/// index is written, no filter runs, and no link is followed: whoever reviews code they did not write may have it there.
/// </summary>
internal sealed class WorkTreeCopy(Git git, string directory)
{
    private readonly List<LeftOut> _leftOut = [];
    private readonly Dictionary<string, bool> _folders = [];

    /// <returns>What was not copied, and a hash (SHA-256, hexadecimal) of the paths and bytes that were.</returns>
    public async Task<(IReadOnlyList<LeftOut> LeftOut, string Hash)> WriteAsync(CancellationToken cancellationToken)
    {
        var listed = await git.ListWorkTreeAsync(cancellationToken).ConfigureAwait(false);
        if (!listed.Succeeded)
            throw await GitAdvice.UnreadableAsync(git, listed, cancellationToken).ConfigureAwait(false);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var links = new List<(string Path, string Target)>();
        foreach (var path in Paths(listed.Output))
        {
            var file = new FileInfo(Path.Combine(git.Root, path));
            if (!InRealFolder(path))
            {
                _leftOut.Add(new LeftOut(path, "behind a link"));
            }
            else if (file.LinkTarget is { } target)
            {
                links.Add((path, target));
            }
            else if (file.Exists && file.Length > TreeExport.LargestFile)
            {
                _leftOut.Add(new LeftOut(path, TreeExport.TooLarge));
            }
            else if (file.Exists)
            {
                var bytes = await File.ReadAllBytesAsync(file.FullName, cancellationToken).ConfigureAwait(false);
                Note(hash, path, bytes);
                await TreeExport.WriteFileAsync(directory, path, IsExecutable(file), bytes, cancellationToken).ConfigureAwait(false);
            }
            else if (Directory.Exists(file.FullName))
            {
                _leftOut.Add(new LeftOut(path, "submodule"));
            }
        }

        // Links come last, so that no file can be written through one.
        foreach (var (path, target) in links)
        {
            Note(hash, path, Encoding.UTF8.GetBytes(target));
            if (!TreeExport.WriteLink(directory, path, target))
                _leftOut.Add(new LeftOut(path, TreeExport.LeavesRepository));
        }

        return (_leftOut, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private SortedSet<string> Paths(byte[] listed)
    {
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var range in listed.AsSpan().Split((byte)0))
        {
            if (listed.AsSpan()[range].IsEmpty)
                continue;
            var path = GitPath.Of(listed.AsSpan()[range]);
            if (!path.IsUtf8)
                _leftOut.Add(new LeftOut(path.Text, TreeExport.NotUtf8));
            else if (path.IsSafe)
                paths.Add(path.Text);
            else if (path.Text.EndsWith('/'))
                _leftOut.Add(new LeftOut(path.Text, "another repository"));
        }

        return paths;
    }

    /// <summary>Whether no folder on the way to a file is a link: a folder can be replaced by one after its files were committed.</summary>
    private bool InRealFolder(string path)
    {
        if (path.LastIndexOf('/') is var slash && slash < 0)
            return true;
        var folder = path[..slash];
        if (!_folders.TryGetValue(folder, out var real))
            _folders[folder] = real = new DirectoryInfo(Path.Combine(git.Root, folder)).LinkTarget is null && InRealFolder(folder);
        return real;
    }

    private static bool IsExecutable(FileInfo file) =>
        !OperatingSystem.IsWindows() && file.UnixFileMode.HasFlag(UnixFileMode.UserExecute);

    private static void Note(IncrementalHash hash, string path, byte[] bytes)
    {
        hash.AppendData(Encoding.UTF8.GetBytes($"{path}\0{bytes.Length}\0"));
        hash.AppendData(bytes);
    }
}
