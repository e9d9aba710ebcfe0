namespace Afterburner.Sandboxes;

/// <summary>Directories that no sandbox gets, whatever they look like: those of the system and those that hold other people's things.</summary>
internal static class ClosedPlaces
{
    private static readonly string[] OfTheSystem = ["/boot", "/dev", "/etc", "/proc", "/run", "/sys"];

    /// <param name="path">As the kernel resolved it.</param>
    /// <param name="repository">Root of the repository under review; null where there is none.</param>
    /// <returns>The reason, to be put after the path; null when it may be mounted.</returns>
    public static string? WhyNot(string path, string? repository)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2)
            return "is a root directory of this machine";
        if (OfTheSystem.Any(s => Holds(s, path)))
            return "belongs to the system";
        if (parts is ["home", _])
            return "is a home directory";
        return Kept(repository).FirstOrDefault(k => Holds(path, k.Path)) is { What: { } what } ? $"holds {what}" : null;
    }

    private static IEnumerable<(string Path, string What)> Kept(string? repository)
    {
        (string? Path, string What)[] kept =
        [
            (repository, "the repository under review"),
            (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "the home directory"),
            (Environment.GetEnvironmentVariable("HOME"), "the home directory"),
            (Environment.GetEnvironmentVariable("RUNNER_TEMP"), "the files of this job"),
            (Environment.GetEnvironmentVariable("GITHUB_WORKSPACE"), "the checkouts of this job"),
            (Path.GetTempPath(), "temporary files of every program"),
            (AppContext.BaseDirectory, "this program"),
        ];
        return kept.Where(k => !string.IsNullOrEmpty(k.Path)).Select(k => LinuxCalls.Resolve(k.Path!) is { } real ? (real.Path, k.What) : (k.Path!, k.What));
    }

    private static bool Holds(string directory, string path) =>
        path == directory || path.StartsWith(directory + "/", StringComparison.Ordinal);
}
