using System.Globalization;

namespace Afterburner.GitHub;

/// <summary>Lines on standard output that the runner of GitHub Actions understands.</summary>
public static class WorkflowCommands
{
    /// <summary>Notices that one step may leave; the runner drops more.</summary>
    public const int MostAnnotations = 10;

    /// <summary>From now on the runner blots this out of every log of the job.</summary>
    public static string Mask(string secret) => $"::add-mask::{Escape(secret)}";

    public static string Notice(Annotation annotation) => string.Create(CultureInfo.InvariantCulture,
        $"::notice file={Property(annotation.Path)},line={annotation.StartLine},endLine={annotation.EndLine},title={Property(annotation.Title)}::{Escape(annotation.Message)}");

    /// <summary>Text of others for a log: a line that the runner would take for a command is none any more.</summary>
    public static string Harmless(string text) => text
        .Replace("##[", "# #[", StringComparison.Ordinal)
        .Replace("::", ": :", StringComparison.Ordinal);

    private static string Escape(string text) => text
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Escape(text)
        .Replace(":", "%3A", StringComparison.Ordinal)
        .Replace(",", "%2C", StringComparison.Ordinal);
}
