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
/// A <see cref="PartialClone"/> of each repository, by its number (its name may change hands), and who is at it. One worker alone has the folder of copies.
/// </summary>
internal sealed class Mirrors(WorkerSettings settings, TimeProvider time, ILogger<Mirrors> log)
{
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
        var clone = new PartialClone(directory, settings, time);
        var remote = new Remote(new Uri(WebAddress(settings.GitHub), $"{wanted.Name}.git"), token);
        for (var again = false; ; again = true)
        {
            await clone.OpenAsync(use.Readers == 0, cancellationToken).ConfigureAwait(false);
            var refs = $"refs/afterburner/at-{Interlocked.Increment(ref _numbers).ToString(CultureInfo.InvariantCulture)}";
            try
            {
                var commits = await clone.FetchAsync(remote, wanted, refs, cancellationToken).ConfigureAwait(false);
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
