using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Afterburner.GitHub;
using Afterburner.Proposers;

namespace Afterburner.Worker.Reviews;

/// <summary>
/// A bare copy of each repository, by its number (its name may change hands), which only ever gets what a review needs. No two reviews write to one
/// at a time, and nothing that a repository configures is run.
/// </summary>
internal sealed class Mirrors(WorkerSettings settings)
{
    private readonly ConcurrentDictionary<long, SemaphoreSlim> _locks = new();

    /// <summary>Brings what is to be looked at and what it is compared with.</summary>
    /// <param name="number">What GitHub knows the repository by.</param>
    /// <param name="refs">Full names; see <see cref="RefOf"/> for what they are called here.</param>
    /// <returns>The folder of the copy.</returns>
    /// <exception cref="EnvironmentFailureException">The repository cannot be fetched from.</exception>
    public async Task<string> FetchAsync(
        long number, RepositoryName name, IReadOnlyList<string> refs, Secret token, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(settings.Data, "mirrors", $"{number.ToString(CultureInfo.InvariantCulture)}.git");
        var gate = _locks.GetOrAdd(number, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!File.Exists(Path.Combine(directory, "HEAD")))
            {
                Directory.CreateDirectory(directory);
                await GitAsync(directory, null, cancellationToken, "init", "--quiet", "--bare", "--template=", directory).ConfigureAwait(false);
            }

            var remote = new Uri(WebAddress(settings.GitHub), $"{name}.git");
            await GitAsync(
                directory, (remote, token), cancellationToken,
                [
                    "fetch", "--quiet", "--no-tags", "--no-auto-maintenance", "--no-write-fetch-head", "--no-recurse-submodules", remote.ToString(),
                    .. refs.Distinct().Select(r => $"+{r}:{RefOf(r)}"),
                ]).ConfigureAwait(false);
            return directory;
        }
        finally
        {
            gate.Release();
        }
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

    /// <param name="remote">With the token in the environment, which no list of processes shows; never in the address.</param>
    private static async Task GitAsync(string directory, (Uri Address, Secret Token)? remote, CancellationToken cancellationToken, params string[] arguments)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = ProgramPath.Current.Text,
            ["LC_ALL"] = "C",
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            ["GIT_TERMINAL_PROMPT"] = "0",
            ["GIT_ALLOW_PROTOCOL"] = "https:http",
        };
        if (remote is var (address, token))
        {
            var pair = Convert.ToBase64String(Encoding.ASCII.GetBytes($"x-access-token:{token.Reveal()}"));
            environment["GIT_CONFIG_COUNT"] = "2";
            environment["GIT_CONFIG_KEY_0"] = $"http.{address}.extraHeader";
            environment["GIT_CONFIG_VALUE_0"] = $"Authorization: Basic {pair}";
            // A redirect would take the header along to where it leads.
            environment["GIT_CONFIG_KEY_1"] = "http.followRedirects";
            environment["GIT_CONFIG_VALUE_1"] = "false";
        }

        var run = await Processes.RunAsync(
            new ProcessStart("git", ["-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "--git-dir", directory, .. arguments]) { Environment = environment },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        if (!run.Succeeded)
        {
            var said = remote is { Token: { } secret } ? secret.Mask(run.ErrorText) : run.ErrorText;
            throw new EnvironmentFailureException($"git {arguments[0]} failed: {VisibleText.Line(said.Trim())}");
        }
    }
}
