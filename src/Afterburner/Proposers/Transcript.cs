using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Afterburner.Proposers;

/// <summary>One line of a transcript: what was proposed for one function in one iteration.</summary>
/// <param name="Function">Id of the function: <c>path::name</c>.</param>
/// <param name="Iteration">1-based.</param>
public sealed record TranscriptEntry(
    [property: JsonPropertyName("function")] string Function,
    [property: JsonPropertyName("iteration")] int Iteration)
{
    /// <value>Null for a fresh proposal; for a repair the digest of the source that failed, or <c>any</c> in a file written by hand.</value>
    [JsonPropertyName("repair")]
    public string? Repair { get; init; }

    /// <value>Digest of the prompt; null where there was none.</value>
    [JsonPropertyName("prompt")]
    public string? Prompt { get; init; }

    /// <value>A model's reply, read again when it is replayed.</value>
    [JsonPropertyName("reply")]
    public string? Reply { get; init; }

    /// <value>Plain code instead of a reply.</value>
    [JsonPropertyName("source")]
    public string? Source { get; init; }

    [JsonPropertyName("title")]
    public string? Title { get; init; }

    [JsonPropertyName("rationale")]
    public string? Rationale { get; init; }

    [JsonPropertyName("recipe")]
    public string? Recipe { get; init; }

    [JsonPropertyName("usage")]
    public TokenUsage? Usage { get; init; }
}

/// <summary>A file of proposals, one JSON object a line, so that a review can be repeated without a model.</summary>
public static class Transcript
{
    /// <value>Repairs any failed candidate of its function and iteration.</value>
    public const string AnyRepair = "any";

    /// <summary>A transcript of the largest review is below this.</summary>
    private const long LargestBytes = 128L << 20;

    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    /// <summary>How a failed candidate is named in <see cref="TranscriptEntry.Repair"/>; null for none.</summary>
    public static string? RepairKey(FailedCandidate? failed) => failed is null ? null : Prompt.Digest(failed.Source);

    public static string Line(TranscriptEntry entry) => JsonSerializer.Serialize(entry, Json);

    /// <exception cref="UsageException">The file is no regular one, is larger than 128 MiB, or a line is not an entry.</exception>
    public static IReadOnlyList<TranscriptEntry> Read(string file)
    {
        using var lines = new StreamReader(new MemoryStream(RegularFile.Read(file, "the transcript", LargestBytes)));
        var entries = new List<TranscriptEntry>();
        for (var number = 1; lines.ReadLine() is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line))
                entries.Add(Parse(line, $"{file}:{number}"));
        }

        return entries;
    }

    private static TranscriptEntry Parse(string line, string where)
    {
        try
        {
            var entry = JsonSerializer.Deserialize<TranscriptEntry>(line, Json);
            if (entry is { Function: not null, Iteration: >= 1 } && (entry.Reply is null) != (entry.Source is null))
                return entry;
        }
        catch (JsonException e)
        {
            throw new UsageException($"{where} is not a transcript entry: {e.Message}", e);
        }

        throw new UsageException($"{where} is not a transcript entry: it needs \"function\", \"iteration\" (from 1) and either \"reply\" or \"source\".");
    }
}
