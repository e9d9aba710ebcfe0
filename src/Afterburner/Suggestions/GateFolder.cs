using System.Text;
using System.Text.Json;

namespace Afterburner.Suggestions;

/// <summary>The files of a finished gate: gate.json and gate.md, beside those of a review where there was one.</summary>
public static class GateFolder
{
    public const string Json = "gate.json";
    public const string Markdown = "gate.md";

    /// <exception cref="EnvironmentFailureException">The directory cannot be written.</exception>
    public static void Write(GateReport report, string directory) => ReportFolder.WriteAll(
        directory,
        (Json, JsonSerializer.Serialize(report, ReportJson.Readable.GateReport) + "\n"),
        (Markdown, GateMarkdown.Write(report)));

    /// <summary>The report of a finished gate, or null where none ran.</summary>
    /// <exception cref="UsageException">It is not one, or one of a later format.</exception>
    public static GateReport? Read(string directory)
    {
        var path = Path.Combine(directory, Json);
        return RegularFile.TryRead(path, "the report", ReportFolder.LargestBytes) is { } json ? Parse(Encoding.UTF8.GetString(json)) : null;
    }

    /// <exception cref="UsageException">The text is not a report of a gate, or one of a later format.</exception>
    public static GateReport Parse(string json)
    {
        try
        {
            var report = JsonSerializer.Deserialize(json, ReportJson.Readable.GateReport);
            return report is null or { Schema: not 1 }
                ? throw new UsageException($"gate.json has format {report?.Schema}; this version reads format 1. Use the version that wrote it.")
                : report;
        }
        catch (JsonException e)
        {
            throw new UsageException($"gate.json is not a report of a gate: {e.Message}", e);
        }
    }
}
