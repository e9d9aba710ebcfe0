using System.Text;
using System.Text.RegularExpressions;

namespace Afterburner.Changes;

/// <summary>
/// Puts an edit that somebody else made behind a commit, in a repository of its own that reads the objects of another. The edit is data to git: no file of it is laid
/// out, no filter or hook runs, and git itself refuses paths that leave the repository or lie behind a link.
/// </summary>
/// <param name="directory">Of the new repository; new or empty.</param>
internal sealed partial class EditCommit(Git git, string directory, CancellationToken cancellationToken)
{
    /// <summary>Bytes of a patch: more is no edit that somebody wants to have judged function by function.</summary>
    public const int LargestPatch = 16 << 20;

    private const int MostShown = 5;

    public async Task<(Git Own, string Commit)> OfPatchAsync(string commit, ReadOnlyMemory<byte> patch)
    {
        if (patch.Length > LargestPatch)
            throw new UsageException($"the patch is larger than {LargestPatch >> 20} MiB: split it, or commit it and name the commit with --head.");
        if (patch.Span.Trim(" \t\r\n"u8).IsEmpty)
            throw new UsageException("the patch is empty: give it as `git diff` writes it.");
        // A few bytes of such a part may become gigabytes, and are refused afterwards anyway.
        if (BinaryPart().IsMatch(Encoding.Latin1.GetString(patch.Span)))
            throw new UsageException("the patch changes a file that is no text file: only text files are judged; leave it out of the patch.");
        var own = await StartAsync(commit).ConfigureAwait(false);
        var applied = await ApplyAsync().ConfigureAwait(false);
        // Whoever writes a patch by hand, as models do, rarely counts its lines.
        if (!applied.Succeeded && !(await ApplyAsync("--recount").ConfigureAwait(false)).Succeeded)
            throw new UsageException($"the patch does not apply to {commit[..12]}: {Words(applied.ErrorText)}. It has to be as `git diff` writes it there.");
        var edited = await CommitAsync(own, commit).ConfigureAwait(false);
        await DemandTextAsync(own, commit, edited).ConfigureAwait(false);
        return (own, edited);

        Task<ProcessRun> ApplyAsync(params IEnumerable<string> how) => own.RunAsync(["apply", "--cached", "--whitespace=nowarn", .. how, "-"], patch, 1 << 20, cancellationToken);
    }

    public async Task<(Git Own, string Commit, IReadOnlyList<LeftOut> LeftOut)> OfWorkTreeAsync(string commit)
    {
        var copy = Directory.CreateTempSubdirectory("afterburner-edit-").FullName;
        try
        {
            var (leftOut, _) = await new WorkTreeCopy(git, copy).WriteAsync(cancellationToken).ConfigureAwait(false);
            var own = await Git.CreateAsync(directory, git, cancellationToken).ConfigureAwait(false);
            var (files, links, unnamed) = Found(copy);
            var entries = new StringBuilder();
            var hashes = files.Count == 0 ? [] : (await ToldAsync(
                own, ["hash-object", "-w", "--no-filters", "--stdin-paths"], string.Concat(files.Select(f => Path.Combine(copy, f.Path) + "\n"))).ConfigureAwait(false)).Split('\n');
            foreach (var ((path, mode), hash) in files.Zip(hashes))
                entries.Append($"{mode} {hash}\t{path}\0");
            foreach (var (path, target) in links)
                entries.Append($"120000 {await ToldAsync(own, ["hash-object", "-w", "--stdin"], target).ConfigureAwait(false)}\t{path}\0");
            // What could not be copied is as it was committed, where it was.
            LeftOut[] kept = [.. leftOut, .. unnamed];
            foreach (var entry in kept.Length == 0 ? [] : (await ToldAsync(own, ["ls-tree", "-r", "-z", "--full-tree", commit]).ConfigureAwait(false)).Split('\0', StringSplitOptions.RemoveEmptyEntries))
            {
                // MODE TYPE HASH TAB PATH
                if (entry.Split('\t', 2) is [var head, var path] && head.Split(' ') is [var mode, _, var hash] && kept.Any(k => k.Path == path || path.StartsWith(k.Path.TrimEnd('/') + "/", StringComparison.Ordinal)))
                    entries.Append($"{mode} {hash}\t{path}\0");
            }

            await ToldAsync(own, ["update-index", "-z", "--index-info"], entries.ToString()).ConfigureAwait(false);
            return (own, await CommitAsync(own, commit).ConfigureAwait(false), kept);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static (List<(string Path, string Mode)> Files, List<(string Path, string Target)> Links, List<LeftOut> Unnamed) Found(string copy)
    {
        var (files, links, unnamed) = (new List<(string, string)>(), new List<(string, string)>(), new List<LeftOut>());
        var open = new Stack<DirectoryInfo>([new DirectoryInfo(copy)]);
        while (open.TryPop(out var folder))
        {
            foreach (var entry in folder.EnumerateFileSystemInfos())
            {
                var path = Path.GetRelativePath(copy, entry.FullName);
                if (path.Contains('\n', StringComparison.Ordinal))
                    unnamed.Add(new LeftOut(path, "its name has a line break"));
                else if (entry.LinkTarget is { } target)
                    links.Add((path, target));
                else if (entry is DirectoryInfo below)
                    open.Push(below);
                else if (entry is FileInfo file)
                    files.Add((path, !OperatingSystem.IsWindows() && file.UnixFileMode.HasFlag(UnixFileMode.UserExecute) ? "100755" : "100644"));
            }
        }

        return (files, links, unnamed);
    }

    private async Task<Git> StartAsync(string commit)
    {
        var own = await Git.CreateAsync(directory, git, cancellationToken).ConfigureAwait(false);
        await ToldAsync(own, ["read-tree", commit]).ConfigureAwait(false);
        return own;
    }

    private async Task<string> CommitAsync(Git own, string parent)
    {
        var tree = await ToldAsync(own, ["write-tree"]).ConfigureAwait(false);
        return await ToldAsync(own, ["-c", "user.name=afterburner", "-c", "user.email=afterburner@localhost", "commit-tree", tree, "-p", parent, "-m", "An edit"]).ConfigureAwait(false);
    }

    /// <summary>A link or a submodule would make other files appear, and of what is no text no line can be looked at.</summary>
    private async Task DemandTextAsync(Git own, string commit, string edited)
    {
        var raw = await ToldAsync(own, ["diff-tree", "-r", "-z", "--raw", "--no-renames", commit, edited]).ConfigureAwait(false);
        string[] parts = raw.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        // :OLDMODE NEWMODE OLDHASH NEWHASH STATUS NUL PATH NUL
        foreach (var (head, path) in parts.Where((_, i) => i % 2 == 0).Zip(parts.Where((_, i) => i % 2 == 1)))
        {
            if (head.Split(' ') is not [var was, var now, ..])
                continue;
            string[] modes = [was.TrimStart(':'), now];
            if (modes.Contains("120000") || modes.Contains("160000"))
                throw new UsageException($"the patch changes {VisibleText.Line(path)}, which is a {(modes.Contains("120000") ? "link" : "submodule")}: only text files are judged; leave it out of the patch.");
        }

        var counted = await ToldAsync(own, ["diff-tree", "-r", "-z", "--numstat", "--no-renames", "--no-ext-diff", "--no-textconv", commit, edited]).ConfigureAwait(false);
        if (counted.Split('\0').FirstOrDefault(l => l.StartsWith("-\t-\t", StringComparison.Ordinal)) is { } binary)
            throw new UsageException($"the patch changes {VisibleText.Line(binary[4..])}, which is no text file: only text files are judged; leave it out of the patch.");
    }

    private async Task<string> ToldAsync(Git there, IReadOnlyList<string> arguments, string input = "")
    {
        var run = await there.RunAsync(arguments, Encoding.UTF8.GetBytes(input), 1L << 30, cancellationToken).ConfigureAwait(false);
        return run.Succeeded ? run.Text.TrimEnd('\n') : throw await GitAdvice.UnreadableAsync(there, run, cancellationToken).ConfigureAwait(false);
    }

    [GeneratedRegex("^GIT binary patch", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex BinaryPart();

    private static string Words(string error)
    {
        string[] lines = [.. error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => VisibleText.Line(l.StartsWith("error: ", StringComparison.Ordinal) ? l[7..] : l).Split(" (allow with", 2)[0])];
        return string.Join("; ", lines.Take(MostShown)) + (lines.Length > MostShown ? $"; and {lines.Length - MostShown} lines more" : "");
    }
}
