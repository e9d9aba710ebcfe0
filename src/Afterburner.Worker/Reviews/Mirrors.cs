using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Afterburner.GitHub;
using Afterburner.Proposers;

namespace Afterburner.Worker.Reviews;

/// <summary>What is wanted of a repository.</summary>
/// <param name="Number">What GitHub knows the repository by.</param>
/// <param name="Head">Full name of the ref under review.</param>
/// <param name="Main">Full name of the default branch.</param>
/// <param name="Base">Full name of the ref that it is compared with.</param>
internal sealed record Wanted(long Number, RepositoryName Name, string Head, string Main, string Base)
{
    /// <value>Full hash of the commit under review. Defaults to null: the newest one of <see cref="Head"/>.</value>
    public string? HeadCommit { get; init; }

    /// <value>Commits to compare with instead of <see cref="Base"/>: the first that is still there. Defaults to none.</value>
    public IReadOnlyList<string> Since { get; init; } = [];
}

/// <summary>A copy while it is in use: nothing that was asked for goes, or becomes something else. Commits are full hashes.</summary>
internal sealed class Copy(string directory, string head, string main, string against, Action release) : IDisposable
{
    public string Directory => directory;

    public string Head => head;

    /// <summary>The newest commit of the default branch.</summary>
    public string Main => main;

    /// <summary>What the head is compared with.</summary>
    public string Base => against;

    public void Dispose() => release();
}

/// <summary>
/// A bare copy of each repository, by its number (its name may change hands), which only ever gets what a review needs: all commits and folders, but
/// of the files only those of the commits that are looked at (a partial clone). Nothing that a repository configures is run. One worker alone has
/// the folder of copies.
/// </summary>
internal sealed class Mirrors(WorkerSettings settings, TimeProvider time, ILogger<Mirrors> log)
{
    /// <summary>Packs beyond which a copy is tidied up: each fetch brings one or two.</summary>
    private const int MostPacks = 20;

    /// <summary>The one ref that stays between reviews: what is fetched next is fetched on top of it.</summary>
    private const string Kept = "refs/afterburner/kept";

    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, Use> _uses = new();
    private long _numbers;

    private string Root => Path.Combine(settings.Data, "mirrors");

    /// <summary>Brings what is to be looked at and what it is compared with.</summary>
    /// <returns>Until it is disposed of, the copy stays as it is.</returns>
    /// <exception cref="EnvironmentFailureException">The repository cannot be fetched from, or its copy is in use and full.</exception>
    /// <exception cref="UsageException">It is larger than copies may be here, or what is asked for is not there.</exception>
    public async Task<Copy> FetchAsync(Wanted wanted, Secret token, CancellationToken cancellationToken)
    {
        var use = _uses.GetOrAdd(wanted.Number, _ => new Use());
        using var held = await use.HoldAsync(cancellationToken).ConfigureAwait(false);
        var directory = DirectoryOf(wanted.Number);
        var remote = new Remote(new Uri(WebAddress(settings.GitHub), $"{wanted.Name}.git"), token);
        for (var again = false; ; again = true)
        {
            await OpenAsync(directory, use.Readers == 0, cancellationToken).ConfigureAwait(false);
            var refs = $"refs/afterburner/at-{Interlocked.Increment(ref _numbers).ToString(CultureInfo.InvariantCulture)}";
            try
            {
                var commits = await FetchAsync(directory, remote, wanted, refs, cancellationToken).ConfigureAwait(false);
                use.Enter();
                return new Copy(directory, commits.Head, commits.Main, commits.Base, () => Release(use, directory, refs));
            }
            catch (TooLargeException) when (use.Readers > 0)
            {
                throw new EnvironmentFailureException("the copy of the repository is full, and other reviews are at it");
            }
            catch (TooLargeException e) when (!again)
            {
                // By what earlier reviews needed, maybe.
                log.LogWarning("the copy of {Repository} is made anew: {Reason}", wanted.Name, e.Message);
                Directory.Delete(directory, recursive: true);
            }
            catch (TooLargeException e)
            {
                Directory.Delete(directory, recursive: true);
                throw new UsageException(e.Message);
            }
        }
    }

    /// <summary>Removes the copy of a repository that is nobody's business any more; one that is in use, when it is not any more.</summary>
    public Task ForgetAsync(long number, CancellationToken cancellationToken) => ForgetAsync(number, DateTimeOffset.MaxValue, cancellationToken);

    /// <summary>Removes copies that nobody has asked for since.</summary>
    public async Task ForgetUnusedAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        foreach (var directory in Directory.Exists(Root) ? Directory.GetDirectories(Root, "*.git") : [])
        {
            if (long.TryParse(Path.GetFileNameWithoutExtension(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                await ForgetAsync(number, since, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ForgetAsync(long number, DateTimeOffset unusedSince, CancellationToken cancellationToken)
    {
        var use = _uses.GetOrAdd(number, _ => new Use());
        using var held = await use.HoldAsync(cancellationToken).ConfigureAwait(false);
        var directory = DirectoryOf(number);
        if (!Directory.Exists(directory) || Directory.GetLastWriteTimeUtc(directory) >= unusedSince.UtcDateTime)
            return;
        if (use.Readers > 0)
            use.IsToGo = unusedSince == DateTimeOffset.MaxValue;
        else
            Directory.Delete(directory, recursive: true);
    }

    /// <summary>Whoever fetches meanwhile is not waited for: the refs of one use are nobody else's.</summary>
    private void Release(Use use, string directory, string refs)
    {
        var readers = use.Leave();
        try
        {
            if (Directory.Exists(Path.Combine(directory, refs)))
                Directory.Delete(Path.Combine(directory, refs), recursive: true);
            if (readers > 0 || !use.IsToGo || use.HoldIfFree() is not { } held)
                return;
            using (held)
            {
                if (use.Readers == 0 && Directory.Exists(directory))
                    Directory.Delete(directory, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogWarning("what a review used of {Directory} is left: {Reason}", directory, e.Message);
        }
    }

    /// <summary>Makes a copy, or makes one ready that may have been left at any moment.</summary>
    private async Task OpenAsync(string directory, bool isFree, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(directory, "HEAD")) || !File.Exists(Path.Combine(directory, "config")))
        {
            var made = directory + ".new";
            foreach (var left in new[] { made, directory }.Where(Directory.Exists))
                Directory.Delete(left, recursive: true);
            Directory.CreateDirectory(made);
            await GitAsync(made, cancellationToken, "init", "--quiet", "--bare", "--template=", made).ConfigureAwait(false);
            Directory.Move(made, directory);
        }

        Directory.SetLastWriteTimeUtc(directory, time.GetUtcNow().UtcDateTime);
        // Git is ended in the middle when a review is superseded: what it left would be in the way of the next, or lie there for good.
        foreach (var left in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Where(IsLeftover).ToList())
            File.Delete(left);
        if (!isFree)
            return;
        foreach (var refs in Directory.Exists(Path.Combine(directory, "refs/afterburner")) ? Directory.GetDirectories(Path.Combine(directory, "refs/afterburner"), "at-*") : [])
            Directory.Delete(refs, recursive: true);
        if (Directory.GetFiles(Path.Combine(directory, "objects"), "pack/*.pack").Length > MostPacks)
            await GitAsync(directory, cancellationToken, "repack", "-a", "-d", "-q").ConfigureAwait(false);
    }

    private static bool IsLeftover(string path) =>
        path.EndsWith(".lock", StringComparison.Ordinal) || Path.GetFileName(path).StartsWith("tmp_", StringComparison.Ordinal);

    private async Task<(string Head, string Main, string Base)> FetchAsync(
        string directory, Remote remote, Wanted wanted, string refs, CancellationToken cancellationToken)
    {
        string[] names = [wanted.Head, wanted.Main, wanted.Base];
        await FetchAsync(directory, remote, [.. names.Distinct().Select(n => $"+{n}:{At(n)}")], null, cancellationToken).ConfigureAwait(false);
        var main = await CommitAsync(directory, At(wanted.Main)).ConfigureAwait(false);
        // A push may have come in between, or GitHub shows the ref later than it says which commit it is.
        var head = wanted.HeadCommit ?? await CommitAsync(directory, At(wanted.Head)).ConfigureAwait(false);
        if (!await IsThereAsync(directory, remote, head, refs, cancellationToken).ConfigureAwait(false))
            throw new EnvironmentFailureException($"GitHub does not give the commit {head}");
        var against = await CommitAsync(directory, At(wanted.Base)).ConfigureAwait(false);
        if (wanted.Since.Count > 0)
        {
            against = "";
            foreach (var since in wanted.Since)
            {
                if (against.Length == 0 && await IsThereAsync(directory, remote, since, refs, cancellationToken).ConfigureAwait(false))
                    against = since;
            }

            if (against.Length == 0)
                throw new UsageException($"the commit {wanted.Since[^1]}, which the branch was at before, is not there any more.");
        }

        List<string> compared = [head, main, against];
        // 1: they have nothing in common.
        var common = await RunAsync(directory, null, null, ["merge-base", head, against], cancellationToken).ConfigureAwait(false);
        compared.AddRange(common.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        foreach (var commit in compared.Distinct())
            await GitAsync(directory, cancellationToken, "update-ref", $"{refs}/{commit}", commit).ConfigureAwait(false);
        await GitAsync(directory, cancellationToken, "update-ref", Kept, main).ConfigureAwait(false);
        var missing = await GitAsync(directory, cancellationToken, ["rev-list", "--objects", "--missing=print", "--no-walk", .. compared.Distinct()]).ConfigureAwait(false);
        var files = missing.Split('\n').Where(l => l.StartsWith('?')).Select(l => l[1..]).ToList();
        // Told that their commits are here, a server would believe that the files are, too.
        if (files.Count > 0)
            await FetchAsync(directory, remote, ["--stdin"], string.Join('\n', files), cancellationToken, "-c", "fetch.negotiationAlgorithm=noop").ConfigureAwait(false);
        return (head, main, against);

        // Names that repositories choose would be in each other's way (a and a/b), or mean something to git.
        string At(string name) => $"{refs}/{Hash(name)}";

        async Task<string> CommitAsync(string at, string name) =>
            (await GitAsync(at, cancellationToken, "rev-parse", "--verify", $"{name}^{{commit}}").ConfigureAwait(false)).Trim();
    }

    /// <summary>Whether a commit is here, or can be fetched by its hash.</summary>
    private async Task<bool> IsThereAsync(string directory, Remote remote, string commit, string refs, CancellationToken cancellationToken) =>
        (await RunAsync(directory, null, null, ["cat-file", "-e", $"{commit}^{{commit}}"], cancellationToken).ConfigureAwait(false)).Succeeded
        || (await RunAsync(directory, remote, null, [.. Fetching, "origin", $"+{commit}:{refs}/{commit}"], cancellationToken).ConfigureAwait(false)).Succeeded;

    private string DirectoryOf(long number) => Path.Combine(Root, $"{number.ToString(CultureInfo.InvariantCulture)}.git");

    /// <summary>A name of letters and digits for any name.</summary>
    internal static string Hash(string name) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <summary>Where a browser would go, and git goes, for an address of the API.</summary>
    internal static Uri WebAddress(GitHubAddress address)
    {
        var api = address.Api;
        var host = api.Host.StartsWith("api.", StringComparison.Ordinal) ? api.Host["api.".Length..] : api.Host;
        return new UriBuilder(api.Scheme, host, api.IsDefaultPort ? -1 : api.Port, "/").Uri;
    }

    private static readonly string[] Fetching =
        ["fetch", "--quiet", "--no-tags", "--no-auto-maintenance", "--no-write-fetch-head", "--no-recurse-submodules", "--filter=blob:none"];

    /// <summary>Fetches, as long as the copy does not grow beyond what is allowed.</summary>
    private async Task FetchAsync(
        string directory, Remote remote, string[] what, string? input, CancellationToken cancellationToken, params string[] options)
    {
        using var tooLarge = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var fetch = RunAsync(directory, remote, input, [.. options, .. Fetching, "origin", .. what], tooLarge.Token);
        while (await Task.WhenAny(fetch, Task.Delay(Often, time, CancellationToken.None)).ConfigureAwait(false) != fetch)
        {
            if (SizeOf(directory) > settings.MostMirror)
                await tooLarge.CancelAsync().ConfigureAwait(false);
        }

        var isTooLarge = tooLarge.IsCancellationRequested && !cancellationToken.IsCancellationRequested;
        var run = isTooLarge ? null : await fetch.ConfigureAwait(false);
        if (run is null || SizeOf(directory) > settings.MostMirror)
        {
            await Task.WhenAny(fetch).ConfigureAwait(false);
            throw new TooLargeException($"what a review needs of the repository takes more than {settings.MostMirror >> 20} MiB (AFTERBURNER_MOST_MIRROR).");
        }

        if (run.Succeeded)
            return;
        var said = VisibleText.Line(remote.Token.Mask(run.ErrorText).Trim());
        throw run.ErrorText.Contains("couldn't find remote ref", StringComparison.Ordinal) || run.ErrorText.Contains("invalid refspec", StringComparison.Ordinal)
            ? new UsageException($"the branch is not there (any more): {said}") : new EnvironmentFailureException($"git fetch failed: {said}");
    }

    private static long SizeOf(string directory)
    {
        var bytes = 0L;
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            try
            {
                bytes += file.Length;
            }
            catch (FileNotFoundException)
            {
                // Git renamed it meanwhile.
            }
        }

        return bytes;
    }

    private async Task<string> GitAsync(string directory, CancellationToken cancellationToken, params string[] arguments)
    {
        var run = await RunAsync(directory, null, null, arguments, cancellationToken).ConfigureAwait(false);
        return run.Succeeded ? run.Text : throw new EnvironmentFailureException($"git {arguments[0]} failed: {VisibleText.Line(run.ErrorText.Trim())}");
    }

    /// <param name="remote">Null where nothing is fetched. The token goes into the environment, which no list of processes shows; never into the address.</param>
    private Task<ProcessRun> RunAsync(string directory, Remote? remote, string? input, string[] arguments, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = ProgramPath.Current.Text,
            ["LC_ALL"] = "C",
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            ["GIT_TERMINAL_PROMPT"] = "0",
            ["GIT_ALLOW_PROTOCOL"] = remote is null ? "none" : "https:http",
        };
        if (remote is not null)
        {
            var pair = Convert.ToBase64String(Encoding.ASCII.GetBytes($"x-access-token:{remote.Token.Reveal()}"));
            environment["GIT_CONFIG_COUNT"] = "3";
            environment["GIT_CONFIG_KEY_0"] = $"http.{remote.Address}.extraHeader";
            environment["GIT_CONFIG_VALUE_0"] = $"Authorization: Basic {pair}";
            // A redirect would take the header along to where it leads.
            environment["GIT_CONFIG_KEY_1"] = "http.followRedirects";
            environment["GIT_CONFIG_VALUE_1"] = "false";
            // Not kept in the copy: nobody else is to fetch what is missing there.
            environment["GIT_CONFIG_KEY_2"] = "remote.origin.url";
            environment["GIT_CONFIG_VALUE_2"] = remote.Address.ToString();
        }

        return Processes.RunAsync(
            new ProcessStart("git",
            [
                "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=60", "--git-dir", directory, .. arguments,
            ])
            {
                Timeout = settings.MostTime,
                Environment = environment, Input = Encoding.ASCII.GetBytes(input ?? ""),
            },
            cancellationToken: cancellationToken);
    }

    private sealed record Remote(Uri Address, Secret Token);

    private sealed class TooLargeException(string message) : Exception(message);

    /// <summary>Who is at a copy. Only who holds it may change or remove it, and what readers use stays until they leave.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "It is never waited for by its handle, and so holds none.")]
    private sealed class Use
    {
        private readonly SemaphoreSlim _gate = new(1);
        private int _readers;

        public int Readers => Volatile.Read(ref _readers);

        /// <summary>Whether it is removed when the last reader leaves.</summary>
        public bool IsToGo { get; set; }

        public void Enter()
        {
            IsToGo = false;
            Interlocked.Increment(ref _readers);
        }

        /// <returns>How many are left.</returns>
        public int Leave() => Interlocked.Decrement(ref _readers);

        public async Task<Held> HoldAsync(CancellationToken cancellationToken)
        {
            await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new Held(_gate);
        }

        public Held? HoldIfFree() => _gate.Wait(0) ? new Held(_gate) : null;
    }

    private sealed class Held(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
