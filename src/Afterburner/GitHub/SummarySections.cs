namespace Afterburner.GitHub;

/// <summary>
/// The one summary comment: what the gate says, then what the review says. They may run in workflows of their own, so
/// each writes its part and keeps the other's as it stands.
/// </summary>
/// <remarks>
/// The gate's part has no code block, so no line of it can pass for the mark that ends it: what is kept is exactly what
/// was written. The review's part, which quotes code, is all the rest.
/// </remarks>
/// <param name="Gate">Null where there is none.</param>
/// <param name="Review">Null where there is none.</param>
internal sealed record SummarySections(string? Gate, string? Review)
{
    /// <summary>Characters of the gate's part.</summary>
    public const int GateLimit = 12_000;

    /// <summary>Characters of the review's part, so that both always fit into one comment.</summary>
    public const int ReviewLimit = CommentText.Limit - GateLimit - 200;

    private const string Marker = "<!-- afterburner:summary v1 -->\n";
    private const string GateMarker = "<!-- afterburner:gate v1 -->\n";
    private const string ReviewMarker = "<!-- afterburner:review v1 -->\n";

    public static bool IsSummary(string body) => body.StartsWith(Marker.TrimEnd(), StringComparison.Ordinal);

    /// <summary>The parts of a comment of ours; what has no marks of parts is a review's.</summary>
    public static SummarySections Read(string body)
    {
        var text = body.ReplaceLineEndings("\n");
        text = text.StartsWith(Marker, StringComparison.Ordinal) ? text[Marker.Length..] : "";
        if (text.StartsWith(ReviewMarker, StringComparison.Ordinal))
            return new SummarySections(null, text[ReviewMarker.Length..]);
        if (!text.StartsWith(GateMarker, StringComparison.Ordinal))
            return new SummarySections(null, text.Length > 0 ? text : null);
        text = text[GateMarker.Length..];
        var end = text.IndexOf("\n" + ReviewMarker, StringComparison.Ordinal);
        return end < 0 ? new SummarySections(text, null) : new SummarySections(text[..(end + 1)], text[(end + 1 + ReviewMarker.Length)..]);
    }

    /// <summary>These parts, and of a comment that stands those that are missing here.</summary>
    public SummarySections Over(SummaryComment? standing) =>
        standing is null ? this : new SummarySections(Gate ?? standing.Sections.Gate, Review ?? standing.Sections.Review);

    public string Write() =>
        Marker + (Gate is null ? "" : $"{GateMarker}{Ended(Gate)}") + (Review is null ? "" : $"{ReviewMarker}{Ended(Review)}");

    private static string Ended(string part) => part.EndsWith('\n') ? part : part + "\n";
}
