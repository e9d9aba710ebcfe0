using System.Globalization;

namespace Afterburner.GitHub;

/// <summary>Lines on standard output that the runner of GitHub Actions understands.</summary>
public static class WorkflowCommands
{
    /// <summary>Annotations of each level that one step may leave; the runner drops more.</summary>
    private const int MostAnnotations = 10;

    /// <summary>From now on the runner blots this out of every log of the job.</summary>
    public static string Mask(string secret) => $"::add-mask::{Escape(secret)}";

    /// <summary>As many as the runner shows.</summary>
    public static IEnumerable<string> Annotate(IEnumerable<Annotation> annotations) =>
        annotations.GroupBy(a => a.Level).SelectMany(g => g.Take(MostAnnotations)).Select(Annotate);

    private static string Annotate(Annotation annotation)
    {
        var level = annotation.Level switch
        {
            AnnotationLevel.Notice => "notice",
            AnnotationLevel.Warning => "warning",
            AnnotationLevel.Failure => "error",
        };
        var place = annotation.Path is { } path
            ? string.Create(CultureInfo.InvariantCulture, $"file={Property(path)},line={annotation.StartLine},endLine={annotation.EndLine},")
            : "";
        return $"::{level} {place}title={Property(annotation.Title)}::{Escape(annotation.Message)}";
    }

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
