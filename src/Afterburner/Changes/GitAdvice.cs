namespace Afterburner.Changes;

/// <summary>Words for what git cannot find, with the command that gets it.</summary>
internal static class GitAdvice
{
    public static async Task<UsageException> MissingAsync(Git git, string name, CancellationToken cancellationToken)
    {
        var here = $"there is no commit '{name}' in {git.Root}";
        if (name == "HEAD")
            return new UsageException($"{git.Root} has no commit yet: commit something, or pass --head.");
        if (await RemoteAsync(git, cancellationToken).ConfigureAwait(false) is not { } remote)
            return new UsageException($"{here}: check the spelling with `git -C {Quote(git.Root)} branch --all`.");
        var branch = name.StartsWith(remote + "/", StringComparison.Ordinal) ? name[(remote.Length + 1)..] : name;
        // What is so many commits before a name is not fetched by that.
        branch = branch.Split('~', '^')[0];
        if (branch is "HEAD" or "@" && !await IsShallowAsync(git, cancellationToken).ConfigureAwait(false))
            return new UsageException($"{here}: its history is shorter; `git -C {Quote(git.Root)} log --oneline` lists what there is.");
        var what = branch.Length >= 40 && branch.All(char.IsAsciiHexDigit) ? branch : $"{branch}:refs/remotes/{remote}/{branch}";
        var unshallow = await IsShallowAsync(git, cancellationToken).ConfigureAwait(false) ? "--unshallow " : "";
        return new UsageException($"{here}: check the spelling, or fetch it with `git -C {Quote(git.Root)} fetch {unshallow}{remote} {Quote(what)}`.");
    }

    public static async Task<UsageException> NoMergeBaseAsync(
        Git git, string baseRef, string headRef, ProcessRun run, CancellationToken cancellationToken)
    {
        if (await IsShallowAsync(git, cancellationToken).ConfigureAwait(false))
        {
            var remote = await RemoteAsync(git, cancellationToken).ConfigureAwait(false) ?? "origin";
            return new UsageException(
                $"this clone is shallow and does not hold the commit where {headRef} left {baseRef}: "
                + $"run `git -C {Quote(git.Root)} fetch --unshallow {remote}` (in GitHub Actions: checkout with `fetch-depth: 0`).");
        }

        return run.ExitCode == 1
            ? new UsageException($"{headRef} and {baseRef} have no common ancestor: pass the branch that {headRef} started from as --base; `git -C {Quote(git.Root)} branch --all` lists them.")
            : await UnreadableAsync(git, run, cancellationToken).ConfigureAwait(false);
    }

    public static async Task<UsageException> UnreadableAsync(Git git, ProcessRun run, CancellationToken cancellationToken)
    {
        var promisor = await git.RunAsync(["config", "--get-regexp", @"^remote\..*\.promisor$"], cancellationToken).ConfigureAwait(false);
        if (promisor.Succeeded)
        {
            var remote = await RemoteAsync(git, cancellationToken).ConfigureAwait(false) ?? "origin";
            return new UsageException(
                $"this clone is partial and does not hold every file of the change: run `git -C {Quote(git.Root)} fetch --refetch --no-filter {remote}`.");
        }

        return new UsageException($"{git.Root} cannot be read: check it with `git -C {Quote(git.Root)} fsck`. Git says: {run.ErrorText.Trim()}");
    }

    private static async Task<bool> IsShallowAsync(Git git, CancellationToken cancellationToken) =>
        (await git.RunAsync(["rev-parse", "--is-shallow-repository"], cancellationToken).ConfigureAwait(false)).Text.Trim() == "true";

    /// <summary><c>origin</c> where it exists, else the first remote, else null.</summary>
    private static async Task<string?> RemoteAsync(Git git, CancellationToken cancellationToken)
    {
        var run = await git.RunAsync(["remote"], cancellationToken).ConfigureAwait(false);
        var remotes = run.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return remotes.Contains("origin") ? "origin" : remotes.FirstOrDefault();
    }

    /// <summary>As a POSIX shell reads it.</summary>
    private static string Quote(string word) =>
        word.All(c => char.IsAsciiLetterOrDigit(c) || "/._-:@+=".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
