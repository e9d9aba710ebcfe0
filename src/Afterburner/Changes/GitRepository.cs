using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Afterburner.Changes;

/// <summary>
/// A git repository on this machine, read through the git command line (2.32 or newer). It is not trusted, and its work
/// tree and index are never changed.
/// </summary>
public sealed class GitRepository
{
    /// <summary>Bytes that the files of a commit may have together where nothing else is said: 16 GiB.</summary>
    public const long LargestCopy = 16L << 30;

    // Lines of a patch become objects, which take ten times as much.
    private const long LargestPatch = 64 << 20;

    private readonly Git _git;

    private GitRepository(Git git) => _git = git;

    /// <summary>Full path of the work tree (of the repository itself when it is bare).</summary>
    public string Root => _git.Root;

    /// <param name="path">A directory inside the repository.</param>
    /// <exception cref="UsageException">The path is not inside a repository.</exception>
    /// <exception cref="EnvironmentFailureException">There is no git.</exception>
    public static async Task<GitRepository> OpenAsync(string path, CancellationToken cancellationToken = default) =>
        new(await Git.DiscoverAsync(path, cancellationToken).ConfigureAwait(false));

    /// <summary>Full hash of the commit that a ref names. A branch that exists only at <c>origin</c> is found too.</summary>
    /// <exception cref="UsageException">There is no such commit; the message says how to fetch it.</exception>
    public async Task<string> ResolveAsync(string name, CancellationToken cancellationToken = default) =>
        string.IsNullOrWhiteSpace(name)
        ? throw new UsageException("the name of a commit is empty: give a branch, a tag or a hash, or leave the option out.")
        : await TryResolveAsync(name, cancellationToken).ConfigureAwait(false)
        ?? await TryResolveAsync($"refs/remotes/origin/{name}", cancellationToken).ConfigureAwait(false)
        ?? throw await GitAdvice.MissingAsync(_git, name, cancellationToken).ConfigureAwait(false);

    /// <summary>The commit at which two commits parted; null when they have none in common, or it is not here.</summary>
    public async Task<string?> MergeBaseAsync(string one, string other, CancellationToken cancellationToken = default)
    {
        var run = await _git.RunAsync(["merge-base", one, other], cancellationToken).ConfigureAwait(false);
        return run.Succeeded ? run.Text.TrimEnd('\n') : null;
    }

    /// <summary>What head does since it left base.</summary>
    /// <param name="baseRef">
    /// What head is compared with. Defaults to the first that exists of <c>origin/HEAD</c>, <c>origin/main</c>,
    /// <c>origin/master</c>, <c>main</c>, <c>master</c> and the upstream of the current branch.
    /// </param>
    /// <param name="headRef">Defaults to <c>HEAD</c>. What is not committed is not reviewed.</param>
    /// <exception cref="UsageException">A ref or their merge base is not here; the message holds the command that gets it.</exception>
    public async Task<Change> ReadChangeAsync(string? baseRef, string? headRef, CancellationToken cancellationToken = default)
    {
        var head = await ResolveAsync(headRef ?? "HEAD", cancellationToken).ConfigureAwait(false);
        var target = baseRef is null
            ? await DefaultBaseAsync(cancellationToken).ConfigureAwait(false)
            : await ResolveAsync(baseRef, cancellationToken).ConfigureAwait(false);

        var mergeBase = await _git.RunAsync(["merge-base", target, head], cancellationToken).ConfigureAwait(false);
        if (!mergeBase.Succeeded)
            throw await GitAdvice.NoMergeBaseAsync(_git, baseRef ?? target, headRef ?? "HEAD", mergeBase, cancellationToken).ConfigureAwait(false);

        var from = mergeBase.Text.TrimEnd('\n');
        string[] text = await _git.HasAttributesAsync(cancellationToken).ConfigureAwait(false) ? ["--text"] : [];
        var diff = await _git.RunAsync(
            [
                // Larger files are data, whatever they are called, and compared as a whole.
                "-c", "core.bigFileThreshold=16m", "diff-tree", .. text, "-r", "-z", "--raw", "--patch", "--unified=3", "--inter-hunk-context=0", "--diff-algorithm=myers",
                "--find-renames=50%", "--find-copies=50%", "-l2000", "--no-ext-diff", "--no-textconv", "--no-color", "--no-relative",
                "--submodule=short", "--ignore-submodules=none", "--src-prefix=a/", "--dst-prefix=b/", "-O/dev/null", from, head, "--",
            ],
            default, LargestPatch, cancellationToken).ConfigureAwait(false);
        if (diff.End == ProcessEnd.OutputLimit)
            throw new UsageException($"the change {from[..12]}..{head[..12]} is larger than {LargestPatch >> 20} MiB as a patch: pass a --base that is closer to --head.");
        if (!diff.Succeeded)
            throw await GitAdvice.UnreadableAsync(_git, diff, cancellationToken).ConfigureAwait(false);
        try
        {
            return new Change(from, head, DiffReader.Read(diff.Output));
        }
        catch (FormatException e)
        {
            throw new EnvironmentFailureException($"git printed a diff that Afterburner does not understand ({e.Message}): please report it with the output of `_git --version`.", e);
        }
    }

    /// <summary>The exact bytes of a file; of a link, its target.</summary>
    /// <param name="path">'/'-separated, relative to the root.</param>
    /// <exception cref="UsageException">The commit has no such file.</exception>
    public async Task<byte[]> ReadFileAsync(string commit, string path, CancellationToken cancellationToken = default) =>
        await TryReadFileAsync(commit, path, cancellationToken).ConfigureAwait(false)
        ?? throw new UsageException($"there is no file '{path}' in commit {commit}: paths are relative to {Root}.");

    /// <summary>See <see cref="ReadFileAsync"/>; null where the commit has no such file.</summary>
    public async Task<byte[]?> TryReadFileAsync(string commit, string path, CancellationToken cancellationToken = default)
    {
        var hash = await ResolveAsync(commit, cancellationToken).ConfigureAwait(false);
        var run = await _git.RunAsync(["cat-file", "blob", $"{hash}:{path}"], cancellationToken).ConfigureAwait(false);
        return run.Succeeded ? run.Output : null;
    }

    /// <summary>
    /// Writes the files of a commit below a directory: exactly the stored bytes (no filter, no conversion of line ends, no
    /// download; for a pointer of Git LFS its data where the clone has it), without <c>.git</c>. Links are written as links, so what reads the copy outside a sandbox must
    /// not follow them.
    /// </summary>
    /// <param name="directory">New or empty.</param>
    /// <param name="most">Bytes that all its files may have together.</param>
    /// <returns>What could not be written: submodules, paths that are not UTF-8, links that leave the copy.</returns>
    /// <exception cref="UsageException">The commit or a part of it is not here, the tree is malformed, or it is too much; then nothing is written.</exception>
    public async Task<IReadOnlyList<LeftOut>> ExportAsync(string commit, string directory, long most = LargestCopy, CancellationToken cancellationToken = default) =>
        await new TreeExport(_git, directory, most).WriteAsync(
            await ResolveAsync(commit, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Writes the files of some names, at their paths, as <see cref="ExportAsync"/> does.</summary>
    /// <param name="names">Without folders.</param>
    internal async Task ExportNamedAsync(string commit, IReadOnlyList<string> names, string directory, CancellationToken cancellationToken = default) =>
        await new TreeExport(_git, directory, LargestCopy) { Named = names }.WriteAsync(
            await ResolveAsync(commit, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Commits with one parent that a ref leads to, the newest first.</summary>
    /// <param name="lines">Only those that add or remove a line of which an extended regular expression holds, in files of some globs. Defaults to all.</param>
    /// <exception cref="UsageException">There is no such ref.</exception>
    public async Task<IReadOnlyList<LoggedCommit>> LogAsync(string name, (string Pattern, IReadOnlyList<string> Globs)? lines = null, CancellationToken cancellationToken = default)
    {
        var head = await ResolveAsync(name, cancellationToken).ConfigureAwait(false);
        var run = await _git.RunAsync(
            [
                // What -G looks at would go through a program that the repository names for its files.
                "log", "--no-textconv", "--no-ext-diff", "--no-show-signature", "--no-merges", "--encoding=UTF-8", "-O/dev/null", "-z", "--format=%H%x01%P%x01%ct%x01%B",
                .. lines is { } l ? ["--regexp-ignore-case", "--extended-regexp", $"-G{l.Pattern}", head, "--", .. l.Globs.Select(g => $":(top,glob,icase){g}")] : new[] { head },
            ], cancellationToken).ConfigureAwait(false);
        if (!run.Succeeded)
            throw await GitAdvice.UnreadableAsync(_git, run, cancellationToken).ConfigureAwait(false);
        return [.. run.Text.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.TrimStart('\n').Split('\x01', 4)).Where(parts => parts is [_, { Length: > 0 }, _, _] && !parts[1].Contains(' ', StringComparison.Ordinal))
            .Select(parts => new LoggedCommit(parts[0], parts[1], Time(parts[2]), parts[3].Trim()))];

        // Whatever somebody's clock, or a tool that made the commit, said.
        static DateTimeOffset Time(string seconds) =>
            long.TryParse(seconds, NumberStyles.Integer, CultureInfo.InvariantCulture, out var time) && time is >= 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(time) : DateTimeOffset.UnixEpoch;
    }

    /// <summary>
    /// Makes a repository of its own, without a work tree, in which a commit follows another one: with some files as a third has them, and all else as it was. Nothing is
    /// written where this one lies, whose objects the new one reads.
    /// </summary>
    /// <param name="directory">New or empty.</param>
    /// <returns>The hash of the new commit there.</returns>
    /// <exception cref="UsageException">A commit is not here, or has no such file.</exception>
    public async Task<string> StepBackAsync(string commit, string to, IReadOnlyList<string> paths, string directory, CancellationToken cancellationToken = default)
    {
        var (from, back) = (await ResolveAsync(commit, cancellationToken).ConfigureAwait(false), await ResolveAsync(to, cancellationToken).ConfigureAwait(false));
        var git = await Git.CreateAsync(directory, _git, cancellationToken).ConfigureAwait(false);
        await ToldAsync(git, ["read-tree", from]).ConfigureAwait(false);
        foreach (var path in paths)
        {
            // MODE TYPE HASH TAB PATH
            var entry = (await ToldAsync(git, ["ls-tree", "-z", back, "--", $":(literal){path}"]).ConfigureAwait(false)).TrimEnd('\0').Split('\t')[0].Split(' ');
            if (entry is not [var mode, "blob", var hash])
                throw new UsageException($"{back} has no file {VisibleText.Line(path)}");
            await ToldAsync(git, ["update-index", "--add", "--cacheinfo", $"{mode},{hash},{path}"]).ConfigureAwait(false);
        }

        var tree = await ToldAsync(git, ["write-tree"]).ConfigureAwait(false);
        return await ToldAsync(git, ["-c", "user.name=afterburner", "-c", "user.email=afterburner@localhost", "commit-tree", tree, "-p", from, "-m", "A step back"]).ConfigureAwait(false);

        async Task<string> ToldAsync(Git there, IReadOnlyList<string> arguments)
        {
            var run = await there.RunAsync(arguments, cancellationToken).ConfigureAwait(false);
            return run.Succeeded ? run.Text.TrimEnd('\n') : throw await GitAdvice.UnreadableAsync(there, run, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Makes a repository of its own, without a work tree, in which a commit follows another one: with a patch applied. Nothing is written where this one lies.
    /// </summary>
    /// <param name="patch">A unified diff as <c>git diff</c> writes it: text files alone, and no links or submodules.</param>
    /// <param name="directory">New or empty.</param>
    /// <returns>The hash of the new commit there.</returns>
    /// <exception cref="UsageException">The patch is empty, too large, does not apply, or changes what is no text file.</exception>
    public async Task<(GitRepository There, string Commit)> CommitPatchAsync(string commit, ReadOnlyMemory<byte> patch, string directory, CancellationToken cancellationToken = default)
    {
        var (own, edited) = await new EditCommit(_git, directory, cancellationToken).OfPatchAsync(await ResolveAsync(commit, cancellationToken).ConfigureAwait(false), patch).ConfigureAwait(false);
        return (new GitRepository(own), edited);
    }

    /// <summary>The same with the files of the work tree as they lie, uncommitted changes and new files included, ignored ones not, behind the commit that is checked out.</summary>
    /// <param name="directory">New or empty.</param>
    /// <returns>The hash of the new commit there, and what is in it as it was committed because it could not be copied.</returns>
    /// <exception cref="UsageException">There is no work tree, or nothing is committed.</exception>
    public async Task<(GitRepository There, string Commit, IReadOnlyList<LeftOut> LeftOut)> CommitWorkTreeAsync(string directory, CancellationToken cancellationToken = default)
    {
        if (!HasWorkTree)
            throw new UsageException($"'{Root}' has no work tree: name a commit with --head, or a patch with --patch.");
        var (own, edited, leftOut) = await new EditCommit(_git, directory, cancellationToken).OfWorkTreeAsync(await ResolveAsync("HEAD", cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return (new GitRepository(own), edited, leftOut);
    }

    /// <summary>False for a bare repository.</summary>
    public bool HasWorkTree => !_git.IsBare;

    /// <summary>
    /// Copies the work tree as it lies, uncommitted changes and new files included, ignored ones not. As <see cref="ExportAsync"/>
    /// in all else.
    /// </summary>
    /// <returns>What was not copied, and a hash of all that was.</returns>
    public Task<(IReadOnlyList<LeftOut> LeftOut, string Hash)> CopyWorkTreeAsync(string directory, CancellationToken cancellationToken = default) =>
        new WorkTreeCopy(_git, directory).WriteAsync(cancellationToken);

    /// <summary>The files of the work tree that git ignores and that match one of some globs, in order.</summary>
    /// <param name="globs">From the root; a folder means all that is in it.</param>
    public async Task<IReadOnlyList<string>> IgnoredAsync(IEnumerable<string> globs, CancellationToken cancellationToken = default)
    {
        if (!HasWorkTree)
            return [];
        var listed = await _git.ListIgnoredAsync(globs, cancellationToken).ConfigureAwait(false);
        if (!listed.Succeeded)
            throw await GitAdvice.UnreadableAsync(_git, listed, cancellationToken).ConfigureAwait(false);
        return [.. Encoding.UTF8.GetString(listed.Output).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Where(p => GitPath.Of(Encoding.UTF8.GetBytes(p)) is { IsUtf8: true, IsSafe: true }).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Copies what git ignores in the work tree, where it was asked for, beside the files of a commit, which stay as they are.</summary>
    /// <param name="globs">See <see cref="IgnoredAsync"/>.</param>
    /// <param name="directory">Where the commit's files are.</param>
    /// <returns>What was not copied, with the reason, and globs that no ignored file matches.</returns>
    /// <exception cref="UsageException">It is too much.</exception>
    public Task<IReadOnlyList<LeftOut>> IncludeAsync(IReadOnlyList<string> globs, string directory, CancellationToken cancellationToken = default) =>
        new IgnoredCopy(this, directory).WriteAsync(globs, cancellationToken);

    /// <summary>
    /// The commit of the default branch: the first that exists of <c>origin/HEAD</c>, <c>origin/main</c>, <c>origin/master</c>,
    /// <c>main</c> and <c>master</c>. Never the branch that is checked out because it is.
    /// </summary>
    /// <returns>Null when there is none of them.</returns>
    public async Task<string?> DefaultBranchAsync(CancellationToken cancellationToken = default)
    {
        string[] names = ["refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master"];
        foreach (var name in names)
        {
            if (await TryResolveAsync(name, cancellationToken).ConfigureAwait(false) is { } hash)
                return hash;
        }

        return null;
    }

    /// <summary>The regular files of a folder in a commit, without those of folders below it; none when there is no such folder.</summary>
    /// <param name="folder">'/'-separated, relative to the root.</param>
    /// <exception cref="UsageException">The commit is not here.</exception>
    public async Task<IReadOnlyList<(string Path, long Bytes)>> ListAsync(string commit, string folder, CancellationToken cancellationToken = default)
    {
        var hash = await ResolveAsync(commit, cancellationToken).ConfigureAwait(false);
        var tree = await _git.RunAsync(["ls-tree", "-z", "-l", "--full-tree", hash, "--", folder + "/"], cancellationToken).ConfigureAwait(false);
        if (!tree.Succeeded)
            throw await GitAdvice.UnreadableAsync(_git, tree, cancellationToken).ConfigureAwait(false);
        // MODE TYPE HASH SIZE<tab>PATH
        return [.. Encoding.UTF8.GetString(tree.Output).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(e => e.Split('\t', 2))
            .Select(e => (Fields: e[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), Path: e[1]))
            .Where(e => e.Fields[0].StartsWith("100", StringComparison.Ordinal))
            .Select(e => (e.Path, long.Parse(e.Fields[3], CultureInfo.InvariantCulture)))];
    }

    /// <summary>A hash of the files of a commit that globs choose: of their names, modes and contents. Another one where any of it is another.</summary>
    /// <param name="globs">See <see cref="PathFilter"/>.</param>
    /// <exception cref="UsageException">The commit is not here.</exception>
    public async Task<string> FingerprintAsync(string commit, IReadOnlyList<string> globs, CancellationToken cancellationToken = default)
    {
        var hash = await ResolveAsync(commit, cancellationToken).ConfigureAwait(false);
        var tree = await _git.RunAsync(["ls-tree", "-r", "-z", "--full-tree", hash], cancellationToken).ConfigureAwait(false);
        if (!tree.Succeeded)
            throw await GitAdvice.UnreadableAsync(_git, tree, cancellationToken).ConfigureAwait(false);
        var filter = new PathFilter(globs, []);
        // MODE TYPE HASH<tab>PATH
        var chosen = Encoding.UTF8.GetString(tree.Output).Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(e => filter.Accepts(e.Split('\t', 2)[1]));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', globs.Count == 0 ? [] : chosen))));
    }

    /// <summary>
    /// Whether git has a part in what lies at a path of the work tree: the index or the commit that is checked out holds the
    /// path, something below it, or one of its folders as a link or a submodule.
    /// </summary>
    /// <param name="path">'/'-separated, relative to the root, without <c>.</c> and <c>..</c>.</param>
    public async Task<bool> TracksAsync(string path, CancellationToken cancellationToken = default)
    {
        string[] parts = path.Split('/');
        string[] steps = [.. parts.Select((_, i) => string.Join('/', parts[..(i + 1)]))];
        var index = await _git.ListIndexAsync(steps, cancellationToken).ConfigureAwait(false);
        if (!index.Succeeded)
            throw await GitAdvice.UnreadableAsync(_git, index, cancellationToken).ConfigureAwait(false);
        // The index has no folders: what it holds under the name of one is something else.
        if (Entries(index).Any(e => steps.Contains(e) || e.StartsWith(path + "/", StringComparison.Ordinal)))
            return true;
        if (await TryResolveAsync("HEAD", cancellationToken).ConfigureAwait(false) is not { } head)
            return false;
        var tree = await _git.RunAsync(["ls-tree", "-z", "--full-tree", head, "--", .. steps], cancellationToken).ConfigureAwait(false);
        if (!tree.Succeeded)
            throw await GitAdvice.UnreadableAsync(_git, tree, cancellationToken).ConfigureAwait(false);
        // MODE TYPE HASH<tab>PATH
        return Entries(tree).Select(e => e.Split('\t', 2)).Any(e => e[1] == path || (steps.Contains(e[1]) && e[0].Split(' ')[1] != "tree"));

        static string[] Entries(ProcessRun run) => Encoding.UTF8.GetString(run.Output).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task<string> DefaultBaseAsync(CancellationToken cancellationToken) =>
        await DefaultBranchAsync(cancellationToken).ConfigureAwait(false)
        ?? await TryResolveAsync("@{upstream}", cancellationToken).ConfigureAwait(false)
        ?? throw new UsageException($"there is no origin/HEAD, main, master or upstream branch in {Root} to compare with: pass --base with the branch that the change will be merged into.");

    private async Task<string?> TryResolveAsync(string name, CancellationToken cancellationToken)
    {
        if (name.StartsWith('-') || name.Contains('\0', StringComparison.Ordinal))
            return null;
        var run = await _git.RunAsync(["rev-parse", "--verify", "--quiet", $"{name}^{{commit}}"], cancellationToken).ConfigureAwait(false);
        return run.Succeeded ? run.Text.TrimEnd('\n') : null;
    }
}

/// <summary>A commit as a log has it.</summary>
/// <param name="Hash">Full hash.</param>
/// <param name="Parent">Full hash of its one parent.</param>
public sealed record LoggedCommit(string Hash, string Parent, DateTimeOffset When, string Message)
{
    /// <value>The first line of the message.</value>
    public string Subject => Message.Split('\n')[0];
}
