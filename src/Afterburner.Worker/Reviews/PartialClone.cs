using System.Text;
using Afterburner.Proposers;

namespace Afterburner.Worker.Reviews;

/// <summary>Where a copy is fetched from, and as whom.</summary>
internal sealed record Remote(Uri Address, Secret Token);

/// <summary>A copy takes more than it may.</summary>
internal sealed class TooLargeException(string message) : Exception(message);

/// <summary>
/// A bare copy of a repository that has all commits and folders, but of the files only those of the commits that were looked at (git's partial clone).
/// Nothing that a repository configures is run. Who uses it when is <see cref="Mirrors"/>' business.
/// </summary>
internal sealed class PartialClone(string directory, WorkerSettings settings, TimeProvider time)
{
    /// <summary>Packs beyond which a copy is tidied up: each fetch brings one or two.</summary>
    private const int MostPacks = 20;

    /// <summary>The one ref that stays between reviews: what is fetched next is fetched on top of it.</summary>
    private const string Kept = "refs/afterburner/kept";

    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    private static readonly string[] Fetching =
        ["fetch", "--quiet", "--no-tags", "--no-auto-maintenance", "--no-write-fetch-head", "--no-recurse-submodules", "--filter=blob:none"];

    /// <summary>Makes a copy, or makes one ready that may have been left at any moment.</summary>
    public async Task OpenAsync(bool isFree, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(directory, "HEAD")) || !File.Exists(Path.Combine(directory, "config")))
        {
            var made = directory + ".new";
            foreach (var left in new[] { made, directory }.Where(Directory.Exists))
                Directory.Delete(left, recursive: true);
            Directory.CreateDirectory(made);
            await new PartialClone(made, settings, time).GitAsync(cancellationToken, "init", "--quiet", "--bare", "--template=", made).ConfigureAwait(false);
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
            await GitAsync(cancellationToken, "repack", "-a", "-d", "-q").ConfigureAwait(false);
    }

    private static bool IsLeftover(string path) =>
        path.EndsWith(".lock", StringComparison.Ordinal) || Path.GetFileName(path).StartsWith("tmp_", StringComparison.Ordinal);

    /// <summary>Brings the commits that are wanted, with their files, and keeps them under refs that begin as given. Commits are full hashes.</summary>
    /// <exception cref="TooLargeException">It takes more than a copy may.</exception>
    /// <exception cref="EnvironmentFailureException">The repository cannot be fetched from.</exception>
    /// <exception cref="UsageException">What is asked for is not there.</exception>
    public async Task<(string Head, string Main, string Base)> FetchAsync(Remote remote, Wanted wanted, string refs, CancellationToken cancellationToken)
    {
        string[] names = [wanted.Head, wanted.Main, wanted.Base];
        await FetchAsync(remote, [.. names.Distinct().Select(n => $"+{n}:{At(n)}")], null, cancellationToken).ConfigureAwait(false);
        var main = await CommitAsync(At(wanted.Main)).ConfigureAwait(false);
        // A push may have come in between, or GitHub shows the ref later than it says which commit it is.
        var head = wanted.HeadCommit ?? await CommitAsync(At(wanted.Head)).ConfigureAwait(false);
        if (!await IsThereAsync(remote, head, refs, cancellationToken).ConfigureAwait(false))
            throw new EnvironmentFailureException($"GitHub does not give the commit {head}");
        var against = await CommitAsync(At(wanted.Base)).ConfigureAwait(false);
        if (wanted.Since.Count > 0)
        {
            against = "";
            foreach (var since in wanted.Since)
            {
                if (against.Length == 0 && await IsThereAsync(remote, since, refs, cancellationToken).ConfigureAwait(false))
                    against = since;
            }

            if (against.Length == 0)
                throw new UsageException($"the commit {wanted.Since[^1]}, which the branch was at before, is not there any more.");
        }

        List<string> compared = [head, main, against];
        // 1: they have nothing in common.
        var common = await RunAsync(null, null, ["merge-base", head, against], cancellationToken).ConfigureAwait(false);
        compared.AddRange(common.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        foreach (var commit in compared.Distinct())
            await GitAsync(cancellationToken, "update-ref", $"{refs}/{commit}", commit).ConfigureAwait(false);
        await GitAsync(cancellationToken, "update-ref", Kept, main).ConfigureAwait(false);
        var missing = await GitAsync(cancellationToken, ["rev-list", "--objects", "--missing=print", "--no-walk", .. compared.Distinct()]).ConfigureAwait(false);
        var files = missing.Split('\n').Where(l => l.StartsWith('?')).Select(l => l[1..]).ToList();
        // Told that their commits are here, a server would believe that the files are, too.
        if (files.Count > 0)
            await FetchAsync(remote, ["--stdin"], string.Join('\n', files), cancellationToken, "-c", "fetch.negotiationAlgorithm=noop").ConfigureAwait(false);
        return (head, main, against);

        // Names that repositories choose would be in each other's way (a and a/b), or mean something to git.
        string At(string name) => $"{refs}/{Mirrors.Hash(name)}";

        async Task<string> CommitAsync(string name) =>
            (await GitAsync(cancellationToken, "rev-parse", "--verify", $"{name}^{{commit}}").ConfigureAwait(false)).Trim();
    }

    /// <summary>Whether a commit is here, or can be fetched by its hash.</summary>
    private async Task<bool> IsThereAsync(Remote remote, string commit, string refs, CancellationToken cancellationToken) =>
        (await RunAsync(null, null, ["cat-file", "-e", $"{commit}^{{commit}}"], cancellationToken).ConfigureAwait(false)).Succeeded
        || (await RunAsync(remote, null, [.. Fetching, "origin", $"+{commit}:{refs}/{commit}"], cancellationToken).ConfigureAwait(false)).Succeeded;

    /// <summary>Fetches, as long as the copy does not grow beyond what is allowed.</summary>
    private async Task FetchAsync(
        Remote remote, string[] what, string? input, CancellationToken cancellationToken, params string[] options)
    {
        using var tooLarge = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var fetch = RunAsync(remote, input, [.. options, .. Fetching, "origin", .. what], tooLarge.Token);
        while (await Task.WhenAny(fetch, Task.Delay(Often, time, CancellationToken.None)).ConfigureAwait(false) != fetch)
        {
            if (SizeOf() > settings.MostMirror)
                await tooLarge.CancelAsync().ConfigureAwait(false);
        }

        var isTooLarge = tooLarge.IsCancellationRequested && !cancellationToken.IsCancellationRequested;
        var run = isTooLarge ? null : await fetch.ConfigureAwait(false);
        if (run is null || SizeOf() > settings.MostMirror)
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

    private long SizeOf()
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

    private async Task<string> GitAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var run = await RunAsync(null, null, arguments, cancellationToken).ConfigureAwait(false);
        return run.Succeeded ? run.Text : throw new EnvironmentFailureException($"git {arguments[0]} failed: {VisibleText.Line(run.ErrorText.Trim())}");
    }

    /// <param name="remote">Null where nothing is fetched. The token goes into the environment, which no list of processes shows; never into the address.</param>
    private Task<ProcessRun> RunAsync(Remote? remote, string? input, string[] arguments, CancellationToken cancellationToken)
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
}
