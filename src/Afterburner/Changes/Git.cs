namespace Afterburner.Changes;

/// <summary>
/// Runs git's plumbing on a repository that is not trusted. Nothing the repository configures may run: no hook, filter,
/// external diff, text conversion, file system monitor, pager or transport. Nothing is written.
/// </summary>
internal sealed class Git
{
    // What a repository's own configuration could otherwise decide about the output, or start.
    private static readonly string[] Overrides =
    [
        "-c", "safe.directory=*", // Nothing below runs what the owner configured, so any owner will do.
        "-c", "attr.tree=4b825dc642cb6eb9a060e54bf8d69288fbee4904", // The empty tree; newer versions would read HEAD's attributes.
        "-c", "core.fsmonitor=false",
        "-c", "core.hooksPath=/dev/null",
        "-c", "core.attributesFile=/dev/null",
        "-c", "core.quotePath=true",
        "-c", "core.bigFileThreshold=512m",
        "-c", "diff.suppressBlankEmpty=false",
        "-c", "protocol.allow=never",
        "-c", "gc.auto=0",
        "-c", "maintenance.auto=false",
    ];

    private static Dictionary<string, string> Environment => new()
    {
        ["PATH"] = ProgramPath.Current.Text,
        ["LC_ALL"] = "C",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_ATTR_NOSYSTEM"] = "1",
        ["GIT_OPTIONAL_LOCKS"] = "0",
        ["GIT_NO_REPLACE_OBJECTS"] = "1",
        ["GIT_NO_LAZY_FETCH"] = "1",
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["GIT_ALLOW_PROTOCOL"] = "none", // Overrides any protocol.NAME.allow of the repository.
    };

    private Git(string directory, string root) => (Directory, Root, LargeFiles) = (directory, root, directory);

    /// <summary>The repository's <c>.git</c> directory.</summary>
    public string Directory { get; }

    /// <summary>The work tree, or <see cref="Directory"/> of a bare repository.</summary>
    public string Root { get; }

    /// <summary>The git directory that holds the data of Git LFS.</summary>
    public string LargeFiles { get; private init; }

    /// <summary>Makes a repository of our own without a work tree, which reads the objects of another.</summary>
    /// <exception cref="EnvironmentFailureException">There is no git, or it failed.</exception>
    public static async Task<Git> CreateAsync(string directory, Git objects, CancellationToken cancellationToken)
    {
        var made = await StartAsync([.. Overrides, "init", "--quiet", "--bare", "--template=", directory], cancellationToken).ConfigureAwait(false);
        var place = await objects.RunAsync(["rev-parse", "--git-path", "objects"], cancellationToken).ConfigureAwait(false);
        if (!made.Succeeded || !place.Succeeded)
            throw new EnvironmentFailureException($"git cannot make a repository in '{directory}': {made.ErrorText.Trim()}{place.ErrorText.Trim()}");
        System.IO.Directory.CreateDirectory(Path.Combine(directory, "objects", "info"));
        await File.WriteAllTextAsync(Path.Combine(directory, "objects", "info", "alternates"), Path.GetFullPath(place.Text.TrimEnd('\n'), objects.Directory) + "\n", cancellationToken).ConfigureAwait(false);
        // Where the history of the other one ends is no damage here either.
        var shallow = await objects.RunAsync(["rev-parse", "--git-path", "shallow"], cancellationToken).ConfigureAwait(false);
        if (shallow.Succeeded && Path.GetFullPath(shallow.Text.TrimEnd('\n'), objects.Directory) is var ends && File.Exists(ends))
            File.Copy(ends, Path.Combine(directory, "shallow"));
        return new Git(directory, directory) { LargeFiles = objects.LargeFiles };
    }

    /// <exception cref="UsageException">The path is not inside a repository.</exception>
    /// <exception cref="EnvironmentFailureException">There is no git, or it failed.</exception>
    public static async Task<Git> DiscoverAsync(string path, CancellationToken cancellationToken)
    {
        if (!System.IO.Directory.Exists(path))
            throw new UsageException($"there is no directory '{path}': pass --repo with the path of a git repository.");
        path = Path.GetFullPath(path);
        ProgramPath.Distrust(path);
        var directory = await StartAsync(["-C", path, "-c", "safe.directory=*", "rev-parse", "--absolute-git-dir"], cancellationToken).ConfigureAwait(false);
        if (!directory.Succeeded)
        {
            throw new UsageException(
                $"'{path}' is not inside a git repository: run in one, or pass --repo with its path. Git says: {directory.ErrorText.Trim()}");
        }

        var root = await StartAsync(["-C", path, "-c", "safe.directory=*", "rev-parse", "--show-toplevel"], cancellationToken).ConfigureAwait(false);
        var git = directory.Text.TrimEnd('\n');
        var tree = root.Succeeded ? root.Text.TrimEnd('\n') : null;
        if (tree is null ? IsInsideCheckout(git) : !Belongs(git, tree))
        {
            throw new UsageException(
                $"'{path}' belongs to the git directory '{git}', whose work tree is not the folder that holds it: a repository's configuration "
                + "(core.worktree) or a folder that looks like a git directory decides there. Pass --repo with the folder that holds .git.");
        }

        return new Git(git, tree ?? git);
    }

    /// <summary>
    /// Whether a work tree is that of a git directory by the place of its <c>.git</c> (a folder, or a file that names it), which no configuration
    /// decides: one that a repository brings along could name any folder.
    /// </summary>
    private static bool Belongs(string directory, string root)
    {
        var link = Path.Combine(root, ".git");
        if (System.IO.Directory.Exists(link))
            return Real(link) == Real(directory);
        const string Prefix = "gitdir: ";
        if (!File.Exists(link) || new FileInfo(link).Length > 10_000)
            return false;
        var named = File.ReadAllText(link).Trim();
        return named.StartsWith(Prefix, StringComparison.Ordinal) && Real(Path.Combine(root, named[Prefix.Length..])) == Real(directory);
    }

    /// <summary>Whether a bare repository lies in somebody's work tree, where a pull request may have put it.</summary>
    private static bool IsInsideCheckout(string directory)
    {
        for (var parent = Path.GetDirectoryName(directory); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (Path.Exists(Path.Combine(parent, ".git")))
                return true;
        }

        return false;
    }

    private static string Real(string path) =>
        new DirectoryInfo(Path.GetFullPath(path)).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path).TrimEnd('/');

    /// <summary>Folders that tools make beside the sources; left out only where git does not know them.</summary>
    private static readonly string[] MadeByTools = [".venv", "venv", ".tox", ".nox", "__pycache__"];

    /// <summary>Whether there is no work tree.</summary>
    public bool IsBare => Root == Directory;

    /// <summary>
    /// The paths of the work tree that git knows or would add, separated by NUL. Only this and
    /// <see cref="ListIndexAsync"/> read the index; names only, because whatever compares contents may run filters.
    /// </summary>
    /// <remarks>Environments that nobody told git to ignore, and what was compiled beside the sources, are no part of an edit.</remarks>
    public Task<ProcessRun> ListWorkTreeAsync(CancellationToken cancellationToken) =>
        ListFilesAsync(["--cached", "--others", "--exclude-standard", .. MadeByTools.Select(folder => $"--exclude={folder}/"), "--full-name", "--", ":/"], cancellationToken);

    /// <summary>The files that git ignores and that match one of some globs, separated by NUL.</summary>
    public Task<ProcessRun> ListIgnoredAsync(IEnumerable<string> globs, CancellationToken cancellationToken) =>
        ListFilesAsync(["--others", "--ignored", "--exclude-standard", "--full-name", "--", .. globs.Select(g => ":(top,glob)" + g)], cancellationToken);

    /// <summary>The paths in the index at some paths and below them, separated by NUL.</summary>
    /// <param name="paths">'/'-separated, relative to the root; no patterns.</param>
    public Task<ProcessRun> ListIndexAsync(IEnumerable<string> paths, CancellationToken cancellationToken) =>
        ListFilesAsync(["--cached", "--full-name", "--", .. paths.Select(p => ":(top,literal)" + p)], cancellationToken);

    private Task<ProcessRun> ListFilesAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        StartAsync(
            ["--no-pager", $"--git-dir={Directory}", $"--work-tree={Root}", .. Overrides, "ls-files", "-z", .. arguments],
            cancellationToken,
            outputLimit: 1L << 30);

    /// <summary>
    /// Whether the git directory itself holds attributes, the only ones that cannot be switched off. They may call any file binary. Where there
    /// are none, what a file holds decides.
    /// </summary>
    public async Task<bool> HasAttributesAsync(CancellationToken cancellationToken)
    {
        var run = await RunAsync(["rev-parse", "--git-path", "info/attributes"], cancellationToken).ConfigureAwait(false);
        return !run.Succeeded || Path.Exists(Path.GetFullPath(run.Text.TrimEnd('\n'), Directory));
    }

    /// <summary>Runs one git command. A failure is the caller's to word: it returns with its exit code.</summary>
    public Task<ProcessRun> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(arguments, default, 1L << 30, cancellationToken);

    /// <inheritdoc cref="RunAsync(IReadOnlyList{string}, CancellationToken)"/>
    public Task<ProcessRun> RunAsync(
        IReadOnlyList<string> arguments, ReadOnlyMemory<byte> input, long outputLimit, CancellationToken cancellationToken) =>
        StartAsync(
            [
                // Attributes of the work tree are not read from a bare repository.
                "--no-pager", "--bare", $"--git-dir={Directory}", "-c", "core.bare=true", .. Overrides, .. arguments,
            ],
            cancellationToken,
            new Dictionary<string, string>(Environment) { ["GIT_INDEX_FILE"] = Path.Combine(Directory, "no-index") },
            input,
            outputLimit);

    private static async Task<ProcessRun> StartAsync(
        string[] arguments,
        CancellationToken cancellationToken,
        Dictionary<string, string>? environment = null,
        ReadOnlyMemory<byte> input = default,
        long outputLimit = 1 << 20)
    {
        var start = new ProcessStart("git", arguments)
        {
            Environment = environment ?? Environment,
            Input = input,
            OutputLimit = outputLimit,
        };
        try
        {
            return await Processes.RunAsync(start, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (EnvironmentFailureException e)
        {
            throw new EnvironmentFailureException($"git cannot be started ({e.Message}): install it, for example with `apt-get install git`.", e);
        }
    }
}
