using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Afterburner.GitHub;
using Afterburner.Proposers;

namespace Afterburner.Worker.Reviews;

/// <summary>
/// A bare copy of each repository, by its number (its name may change hands), which only ever gets what a review needs: all commits and folders, but
/// of the files only those of the commits that are looked at (a partial clone). No two reviews write to one at a time, and nothing that a repository
/// configures is run.
/// </summary>
internal sealed class Mirrors(WorkerSettings settings, TimeProvider time)
{
    /// <summary>Packs beyond which a copy is tidied up: each fetch brings one or two.</summary>
    private const int MostPacks = 20;

    private readonly ConcurrentDictionary<long, SemaphoreSlim> _locks = new();

    private string Root => Path.Combine(settings.Data, "mirrors");

    /// <summary>Brings what is to be looked at and what it is compared with.</summary>
    /// <param name="number">What GitHub knows the repository by.</param>
    /// <param name="refs">Full names, the one under review first; see <see cref="RefOf"/> for what they are called here.</param>
    /// <param name="since">Full hash of a commit that has to be there as well, or null.</param>
    /// <returns>The folder of the copy.</returns>
    /// <exception cref="EnvironmentFailureException">The repository cannot be fetched from.</exception>
    /// <exception cref="UsageException">It is larger than copies may be here, or the commit is not there any more.</exception>
    public async Task<string> FetchAsync(
        long number, RepositoryName name, IReadOnlyList<string> refs, string? since, Secret token, CancellationToken cancellationToken)
    {
        var directory = DirectoryOf(number);
        using var held = await HoldAsync(number, cancellationToken).ConfigureAwait(false);
        var remote = new Remote(new Uri(WebAddress(settings.GitHub), $"{name}.git"), token);
        if (!File.Exists(Path.Combine(directory, "HEAD")))
        {
            Directory.CreateDirectory(directory);
            await GitAsync(directory, cancellationToken, "init", "--quiet", "--bare", "--template=", directory).ConfigureAwait(false);
        }

        Directory.SetLastWriteTimeUtc(directory, time.GetUtcNow().UtcDateTime);
        if (Directory.GetFiles(Path.Combine(directory, "objects"), "pack/*.pack").Length > MostPacks)
            await TidyAsync(directory, refs, cancellationToken).ConfigureAwait(false);
        await FetchAsync(directory, remote, [.. refs.Distinct().Select(r => $"+{r}:{RefOf(r)}")], null, cancellationToken).ConfigureAwait(false);
        var compared = await ComparedAsync(directory, remote, refs, since, cancellationToken).ConfigureAwait(false);
        var missing = await GitAsync(directory, cancellationToken, ["rev-list", "--objects", "--missing=print", "--no-walk", .. compared]).ConfigureAwait(false);
        var files = missing.Split('\n').Where(l => l.StartsWith('?')).Select(l => l[1..]).ToList();
        if (files.Count > 0)
            await FetchAsync(directory, remote, ["--stdin"], string.Join('\n', files), cancellationToken).ConfigureAwait(false);

        var bytes = new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
        if (bytes <= settings.MostMirror)
            return directory;
        Directory.Delete(directory, recursive: true);
        throw new UsageException($"what a review needs of the repository takes {bytes >> 20} MiB; {settings.MostMirror >> 20} MiB are allowed (AFTERBURNER_MOST_MIRROR).");
    }

    /// <summary>Removes the copy of a repository that is nobody's business any more.</summary>
    public async Task ForgetAsync(long number, CancellationToken cancellationToken)
    {
        using var held = await HoldAsync(number, cancellationToken).ConfigureAwait(false);
        if (Directory.Exists(DirectoryOf(number)))
            Directory.Delete(DirectoryOf(number), recursive: true);
    }

    /// <summary>Removes copies that nobody has asked for since.</summary>
    public async Task ForgetUnusedAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        foreach (var directory in Directory.Exists(Root) ? Directory.GetDirectories(Root, "*.git") : [])
        {
            if (Directory.GetLastWriteTimeUtc(directory) < since.UtcDateTime
                && long.TryParse(Path.GetFileNameWithoutExtension(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                await ForgetAsync(number, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The newest commits of the refs, where the one under review left each of the others, and the commit that was named.</summary>
    private static async Task<IReadOnlyList<string>> ComparedAsync(
        string directory, Remote remote, IReadOnlyList<string> refs, string? since, CancellationToken cancellationToken)
    {
        var compared = refs.Distinct().Select(RefOf).ToList();
        foreach (var other in compared.Skip(1).ToList())
        {
            // 1: they have nothing in common.
            var common = await RunAsync(directory, null, null, ["merge-base", "--all", compared[0], other], cancellationToken).ConfigureAwait(false);
            compared.AddRange(common.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        if (since is null)
            return compared;
        if (!(await RunAsync(directory, null, null, ["cat-file", "-e", $"{since}^{{commit}}"], cancellationToken).ConfigureAwait(false)).Succeeded
            && !(await RunAsync(directory, remote, null, [.. Fetching, "origin", $"+{since}:{RefOf(since)}"], cancellationToken).ConfigureAwait(false)).Succeeded)
            throw new UsageException($"the commit {since}, which the branch was at before, is not there any more.");
        return [.. compared, since];
    }

    /// <summary>What is not of these refs goes, and the rest into one pack.</summary>
    private static async Task TidyAsync(string directory, IReadOnlyList<string> refs, CancellationToken cancellationToken)
    {
        var kept = refs.Select(RefOf).ToHashSet();
        var all = await GitAsync(directory, cancellationToken, "for-each-ref", "--format=%(refname)").ConfigureAwait(false);
        foreach (var old in all.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(r => !kept.Contains(r)))
            await GitAsync(directory, cancellationToken, "update-ref", "-d", old).ConfigureAwait(false);
        await GitAsync(directory, cancellationToken, "repack", "-a", "-d", "-q").ConfigureAwait(false);
        await GitAsync(directory, cancellationToken, "prune", "--expire=now").ConfigureAwait(false);
    }

    private string DirectoryOf(long number) => Path.Combine(Root, $"{number.ToString(CultureInfo.InvariantCulture)}.git");

    private async Task<Held> HoldAsync(long number, CancellationToken cancellationToken)
    {
        var gate = _locks.GetOrAdd(number, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Held(gate);
    }

    /// <summary>What a ref is called in a copy: names that repositories choose would be in each other's way (<c>a</c> and <c>a/b</c>), or mean something to git.</summary>
    public static string RefOf(string name) => $"refs/afterburner/{Hash(name)}";

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

    private static async Task FetchAsync(string directory, Remote remote, string[] what, string? input, CancellationToken cancellationToken)
    {
        var run = await RunAsync(directory, remote, input, [.. Fetching, "origin", .. what], cancellationToken).ConfigureAwait(false);
        if (!run.Succeeded)
            throw new EnvironmentFailureException($"git fetch failed: {VisibleText.Line(remote.Token.Mask(run.ErrorText).Trim())}");
    }

    private static async Task<string> GitAsync(string directory, CancellationToken cancellationToken, params string[] arguments)
    {
        var run = await RunAsync(directory, null, null, arguments, cancellationToken).ConfigureAwait(false);
        return run.Succeeded ? run.Text : throw new EnvironmentFailureException($"git {arguments[0]} failed: {VisibleText.Line(run.ErrorText.Trim())}");
    }

    /// <param name="remote">Null where nothing is fetched. The token goes into the environment, which no list of processes shows; never into the address.</param>
    private static Task<ProcessRun> RunAsync(string directory, Remote? remote, string? input, string[] arguments, CancellationToken cancellationToken)
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
            new ProcessStart("git", ["-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "--git-dir", directory, .. arguments])
            {
                Environment = environment, Input = Encoding.ASCII.GetBytes(input ?? ""),
            },
            cancellationToken: cancellationToken);
    }

    private sealed record Remote(Uri Address, Secret Token);

    private readonly struct Held(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
