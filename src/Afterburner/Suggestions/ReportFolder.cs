using System.Text;

namespace Afterburner.Suggestions;

/// <summary>The files of a finished run. Each appears whole or not at all.</summary>
internal static class ReportFolder
{
    public const string Json = "report.json";
    public const string Markdown = "report.md";
    public const string Html = "report.html";
    public const string Sarif = "results.sarif";
    public const string Patch = "suggestions.patch";

    /// <summary>The report of the largest review (1000 functions with their candidates) is a tenth of this.</summary>
    internal const int LargestBytes = 32 << 20;

    /// <summary>Writes all reports, over those of an earlier run.</summary>
    /// <exception cref="EnvironmentFailureException">The directory cannot be written.</exception>
    public static void Write(Report report, string directory) => WriteAll(
        directory,
        (Json, JsonReport.Write(report)),
        (Markdown, MarkdownReport.Write(report, MarkdownReport.SummaryLimit)),
        (Html, HtmlReport.Write(report)),
        (Sarif, SarifReport.Write(report)),
        (Patch, PatchReport.Write(report)));

    /// <summary>Writes files over those of an earlier run.</summary>
    /// <exception cref="EnvironmentFailureException">The directory cannot be written.</exception>
    internal static void WriteAll(string directory, params (string Name, string Text)[] files)
    {
        try
        {
            Directory.CreateDirectory(directory);
            foreach (var (name, text) in files)
                Replace(Path.Combine(directory, name), text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EnvironmentFailureException($"cannot write the reports to '{directory}': {e.Message} Name another directory with --out.", e);
        }
    }

    /// <summary>The report of a finished run.</summary>
    /// <exception cref="UsageException">There is none, or it cannot be read.</exception>
    public static Report Read(string directory)
    {
        var path = Path.Combine(directory, Json);
        return RegularFile.TryRead(path, "the report", LargestBytes) is { } json
            ? JsonReport.Read(Encoding.UTF8.GetString(json))
            : throw new UsageException($"'{path}' does not exist: name the directory of a finished run.");
    }

    private static void Replace(string path, string text)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
