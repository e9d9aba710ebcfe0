namespace Afterburner.Changes;

/// <summary>
/// Copies files that git ignores and tests need: a written version file, an extension that was built in place. Only regular files that no
/// link leads to, and never over a file of the commit.
/// </summary>
internal sealed class IgnoredCopy(GitRepository repository, string directory)
{
    public const int MostFiles = 10_000;
    public const long MostBytes = 512L << 20;

    public async Task<IReadOnlyList<LeftOut>> WriteAsync(IReadOnlyList<string> globs, CancellationToken cancellationToken)
    {
        var leftOut = new List<LeftOut>();
        var (files, bytes) = (0, 0L);
        foreach (var glob in globs)
        {
            var paths = await repository.IgnoredAsync([glob], cancellationToken).ConfigureAwait(false);
            if (paths.Count == 0)
                leftOut.Add(new LeftOut(glob, "workspace.include: no file of the work tree that git ignores is called so"));
            foreach (var path in paths)
            {
                // By a link, too: what the commit has there is the commit's.
                if (TreeExport.IsBehindLink(directory, path + "/") || Path.Exists(Path.Combine(directory, path)))
                    continue;
                using var file = RegularFile.TryOpenBelow(repository.Root, path.Split('/'));
                if (file is null)
                {
                    leftOut.Add(new LeftOut(path, "no regular file, or behind a link"));
                    continue;
                }

                if (++files > MostFiles || RegularFile.ReadAll(file, MostBytes - bytes) is not { } content)
                    throw new UsageException($"workspace.include: '{glob}' brings along more than {MostFiles} files or {MostBytes >> 20} MiB: name only what tests need.");
                bytes += content.Length;
                var executable = !OperatingSystem.IsWindows() && File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute);
                await TreeExport.WriteFileAsync(directory, path, executable, content, cancellationToken).ConfigureAwait(false);
            }
        }

        return leftOut;
    }
}
