using System.Text.Json;

namespace Afterburner.Suggestions;

/// <summary>The files of a finished check: check.json and check.md.</summary>
public static class CheckFolder
{
    public const string Json = "check.json";
    public const string Markdown = "check.md";

    /// <exception cref="EnvironmentFailureException">The directory cannot be written.</exception>
    public static void Write(CheckReport report, string directory) => ReportFolder.WriteAll(
        directory,
        (Json, JsonSerializer.Serialize(report, ReportJson.Readable.CheckReport) + "\n"),
        (Markdown, CheckMarkdown.Write(report)));
}
