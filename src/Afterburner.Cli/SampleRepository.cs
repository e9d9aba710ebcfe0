namespace Afterburner.Cli;

/// <summary>The sample repository of <c>demo</c>: real git history, a base branch and a branch to review, the same every time.</summary>
internal static class SampleRepository
{
    public const string BaseBranch = "main";
    public const string ChangeBranch = "reports";

    private static Dictionary<string, string> Identity => new()
    {
        ["PATH"] = ProgramPath.Current.Text,
        ["HOME"] = Path.GetTempPath(),
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_AUTHOR_NAME"] = "Sample Author",
        ["GIT_AUTHOR_EMAIL"] = "author@example.com",
        ["GIT_COMMITTER_NAME"] = "Sample Author",
        ["GIT_COMMITTER_EMAIL"] = "author@example.com",
        ["GIT_AUTHOR_DATE"] = "2026-01-05T10:00:00Z",
        ["GIT_COMMITTER_DATE"] = "2026-01-05T10:00:00Z",
    };

    /// <summary>Makes the repository in a directory that does not exist yet or is empty.</summary>
    /// <exception cref="UsageException">The directory has something in it.</exception>
    public static async Task CreateAsync(string directory, CancellationToken cancellationToken)
    {
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
            throw new UsageException($"'{directory}' is not empty; name a new folder for the sample repository");

        directory = Directory.CreateDirectory(directory).FullName;
        await GitAsync("init", "--quiet", $"--initial-branch={BaseBranch}").ConfigureAwait(false);
        await CommitAsync("1-base").ConfigureAwait(false);
        await GitAsync("checkout", "--quiet", "-b", ChangeBranch).ConfigureAwait(false);
        await CommitAsync("2-change").ConfigureAwait(false);

        async Task CommitAsync(string commit)
        {
            var message = Unpack(commit, directory);
            await GitAsync("add", "--all").ConfigureAwait(false);
            await GitAsync("commit", "--quiet", "--message", message).ConfigureAwait(false);
        }

        async Task GitAsync(params string[] arguments)
        {
            var run = await Processes.RunAsync(
                new ProcessStart("git", ["-C", directory, .. arguments]) { Environment = Identity },
                cancellationToken: cancellationToken).ConfigureAwait(false);
            if (!run.Succeeded)
                throw new EnvironmentFailureException($"git {arguments[0]} failed in '{directory}': {run.ErrorText.Trim()}");
        }
    }

    /// <summary>Writes one commit's files; returns its message.</summary>
    private static string Unpack(string commit, string directory)
    {
        var prefix = $"Demo/{commit}/";
        var message = "";
        var assembly = typeof(SampleRepository).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(prefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var text = reader.ReadToEnd();
            var relative = name[prefix.Length..];
            if (relative == "message.txt")
            {
                message = text.Trim();
                continue;
            }

            var path = Path.Combine(directory, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        return message;
    }
}
