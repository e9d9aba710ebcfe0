using Afterburner.Suggestions;

namespace Afterburner.Runs;

/// <summary>The directory of a run, which somebody else may have filled before.</summary>
internal static class RunFolder
{
    /// <summary>All that a run opens or writes there.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [
        Journal.FileName, Journal.FileName + Journal.LockEnding, ReportFolder.Json, ReportFolder.Markdown, ReportFolder.Html, ReportFolder.Sarif,
        ReportFolder.Patch, GateFolder.Json, GateFolder.Markdown,
    ];

    /// <summary>
    /// Asks before anything is opened: a pipe would keep a run waiting or take no end, and through a link it would be written, and cut,
    /// wherever that points.
    /// </summary>
    /// <exception cref="UsageException">One of the files is there and is none.</exception>
    public static void RequirePlainFiles(string directory)
    {
        foreach (var path in Files.Select(name => Path.Combine(directory, name)))
        {
            if (LinuxCalls.LinkStatus(path) is { IsRegular: false } status)
                throw new UsageException($"'{path}' is {Kind(status)}: name another directory with --out.");
        }
    }

    private static string Kind(PathStatus status) => status switch
    {
        { IsLink: true } => "a link",
        { IsDirectory: true } => "a directory",
        _ => "a device or a pipe",
    };
}
