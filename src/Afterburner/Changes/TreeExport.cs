using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Afterburner.Changes;

/// <summary>
/// Writes a commit's files. `git archive` and `git checkout` are not used: the first honours <c>export-ignore</c> (many
/// repositories leave their tests out with it) and both run filters that the repository configures.
/// </summary>
internal sealed class TreeExport(Git git, string directory, long most)
{
    private const long BatchBytes = 64 << 20;
    public const long LargestFile = 1 << 30;
    private const int MostFiles = 1_000_000;

    /// <summary>Bytes of a line about a file, on average at most; and of what a disk gives out, to a folder as well.</summary>
    private const long LongestEntry = 256, Block = 4096;

    /// <summary>Reasons that every kind of copy gives.</summary>
    public const string LeavesRepository = "a link that leaves the repository", NotUtf8 = "its path is not UTF-8", TooLarge = "larger than 1 GiB";

    private readonly List<LeftOut> _leftOut = [];

    /// <value>Names of the only files to write, in whatever folder; of these no links. Defaults to null: all.</value>
    public IReadOnlyList<string>? Named { get; init; }

    public async Task<IReadOnlyList<LeftOut>> WriteAsync(string commit, CancellationToken cancellationToken)
    {
        // One file or one folder under many names is little in a repository, and much in a list and on a disk.
        var tree = await git.RunAsync(["ls-tree", "-r", "-z", "-l", "--full-tree", commit], default, MostFiles * LongestEntry, cancellationToken).ConfigureAwait(false);
        if (tree.End == ProcessEnd.OutputLimit || (tree.Succeeded && tree.Output.AsSpan().Count((byte)0) > MostFiles))
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"commit {commit[..12]} holds more than {MostFiles} files, or their names are too long to be listed; a copy of it is not made."));
        if (!tree.Succeeded)
            throw await GitAdvice.UnreadableAsync(git, tree, cancellationToken).ConfigureAwait(false);

        var entries = Read(tree.Output);
        if (Named is { } named)
            entries.RemoveAll(e => e.IsLink || !named.Contains(e.Path.Split('/')[^1]));
        var folders = Folders(entries);
        if (((entries.Sum(e => Blocks(e.Size)) + folders) * Block) is var bytes && (bytes > most || folders > MostFiles))
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"the {entries.Count} files of commit {commit[..12]}, in {folders} folders, take {bytes >> 20} MiB together, and a copy of them may take {most >> 20} MiB."));
        Directory.CreateDirectory(directory);
        // Links come last, so that no file can be written through one.
        foreach (var batch in Batches(entries.Where(e => !e.IsLink)).Concat(Batches(entries.Where(e => e.IsLink))))
            await WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        return _leftOut;
    }

    private static long Blocks(long size) => (size + Block - 1) / Block;

    /// <summary>Folders that the files lie in. Git lists paths in order, so those of one folder are neighbours.</summary>
    private static long Folders(List<Entry> entries)
    {
        var (folders, before) = (0L, Array.Empty<string>());
        foreach (var entry in entries)
        {
            var parts = entry.Path.Split('/')[..^1];
            var shared = 0;
            while (shared < parts.Length && shared < before.Length && parts[shared] == before[shared])
                shared++;
            folders += parts.Length - shared;
            before = parts;
        }

        return folders;
    }

    private List<Entry> Read(ReadOnlySpan<byte> tree)
    {
        var entries = new List<Entry>();
        foreach (var range in tree.Split((byte)0))
        {
            var entry = tree[range];
            if (entry.IsEmpty)
                continue;
            // MODE TYPE HASH SIZE<tab>PATH
            var tab = entry.IndexOf((byte)'\t');
            var path = GitPath.Of(entry[(tab + 1)..]);
            var fields = Encoding.ASCII.GetString(entry[..tab]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var size = long.TryParse(fields[3], out var bytes) ? bytes : 0;
            if (path.IsUtf8 && !path.IsSafe)
                throw new UsageException($"the commit holds the path '{path.Text}', which git itself refuses to check out: remove it from the commit.");
            if (Reason(fields[1], path, size) is { } reason)
                _leftOut.Add(new LeftOut(path.Text, reason));
            else
                entries.Add(new Entry(fields[0], fields[2], size, path.Text));
        }

        return entries;
    }

    private static string? Reason(string type, GitPath path, long size) =>
        type == "commit" ? "submodule"
        : !path.IsUtf8 ? NotUtf8
        : size > LargestFile ? TooLarge
        : null;

    private static IEnumerable<List<Entry>> Batches(IEnumerable<Entry> entries)
    {
        var batch = new List<Entry>();
        long bytes = 0;
        foreach (var entry in entries)
        {
            if (batch.Count > 0 && bytes + entry.Size > BatchBytes)
            {
                yield return batch;
                batch = [];
                bytes = 0;
            }

            batch.Add(entry);
            bytes += entry.Size;
        }

        if (batch.Count > 0)
            yield return batch;
    }

    private async Task WriteAsync(List<Entry> batch, CancellationToken cancellationToken)
    {
        var input = Encoding.ASCII.GetBytes(string.Concat(batch.Select(e => e.Hash + "\n")));
        var limit = batch.Sum(e => e.Size + 256) + (1 << 20);
        var run = await git.RunAsync(["cat-file", "--batch", "--buffer"], input, limit, cancellationToken).ConfigureAwait(false);
        if (!run.Succeeded)
            throw await GitAdvice.UnreadableAsync(git, run, cancellationToken).ConfigureAwait(false);

        var rest = run.Output.AsMemory();
        foreach (var entry in batch)
        {
            // HASH blob SIZE<newline>BYTES<newline>, or HASH missing<newline>
            var header = rest.Span[..rest.Span.IndexOf((byte)'\n')];
            if (!Utf8Parser.TryParse(header[(header.LastIndexOf((byte)' ') + 1)..], out int size, out _))
                throw await GitAdvice.UnreadableAsync(git, run, cancellationToken).ConfigureAwait(false);
            var start = header.Length + 1;
            await WriteAsync(entry, rest.Slice(start, size), cancellationToken).ConfigureAwait(false);
            rest = rest[(start + size + 1)..];
        }
    }

    private async Task WriteAsync(Entry entry, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (!entry.IsLink)
            await WriteFileAsync(directory, entry.Path, entry.IsExecutable, LargeFile.DataOf(bytes.Span, git.LargeFiles) ?? bytes, cancellationToken).ConfigureAwait(false);
        else if (GitPath.Of(bytes.Span) is not { IsUtf8: true } target || !WriteLink(directory, entry.Path, target.Text))
            _leftOut.Add(new LeftOut(entry.Path, LeavesRepository));
    }

    /// <summary>Writes one file of a copy; folders are made as needed.</summary>
    /// <exception cref="EnvironmentFailureException">The disk is full, or names differ only in case where that is the same.</exception>
    public static async Task WriteFileAsync(
        string directory, string path, bool executable, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            var full = Path.Combine(directory, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = (UnixFileMode)(executable ? 0b111_101_101 : 0b110_100_100);
            var file = new FileStream(full, options);
            await using (file.ConfigureAwait(false))
                await file.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw Unwritable(path, e);
        }
    }

    /// <summary>Writes one link of a copy.</summary>
    /// <returns>False when it leaves the repository, or could; then it is not written.</returns>
    /// <exception cref="EnvironmentFailureException">As for a file.</exception>
    public static bool WriteLink(string directory, string path, string target)
    {
        if (!StaysInside(path, target) || IsBehindLink(directory, path))
            return false;
        try
        {
            var full = Path.Combine(directory, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.CreateSymbolicLink(full, target);
            return true;
        }
        catch (IOException e)
        {
            throw Unwritable(path, e);
        }
    }

    private static EnvironmentFailureException Unwritable(string path, IOException e) =>
        new($"'{path}' cannot be written to a copy of the repository: {e.Message}", e);

    // Up only at the start, where the folders are real ones. After a name, which may be a link itself, ".." leads to where
    // that link's folder is, and not to what the text says.
    private static bool StaysInside(string link, string target)
    {
        string[] parts = [.. target.Split('/').Where(p => p is not ("" or "."))];
        var up = parts.TakeWhile(p => p == "..").Count();
        return !target.StartsWith('/') && up <= link.Count(c => c == '/') && !parts.Skip(up).Contains("..");
    }

    // Git itself makes no tree that has a link and a folder of one name.
    internal static bool IsBehindLink(string directory, string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (new FileInfo(Path.Combine(directory, path[..slash])).LinkTarget is not null)
                return true;
        }

        return false;
    }

    private sealed record Entry(string Mode, string Hash, long Size, string Path)
    {
        public bool IsLink => Mode == "120000";

        public bool IsExecutable => Mode == "100755";
    }
}
