using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Afterburner.Evaluation.Tasks;

/// <summary>The records of a file, one after the other, whatever it is written in.</summary>
internal static class RecordFile
{
    /// <summary>One record, or why it cannot be read.</summary>
    /// <param name="Place">From 1.</param>
    public readonly record struct Line(long Place, JsonObject? Record, string? Reason);

    /// <exception cref="UsageException">There is no such file, or it is of no kind that is known.</exception>
    public static IAsyncEnumerable<Line> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (CoffeFolder.Is(path))
            return CoffeFolder.ReadAsync(path, cancellationToken);
        if (!File.Exists(path))
            throw new UsageException($"there is no file '{path}'");
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".jsonl" or ".json" or ".ndjson" => LinesAsync(path, cancellationToken),
            ".parquet" => ParquetRecords.ReadAsync(path, cancellationToken),
            ".csv" => CsvRecords.ReadAsync(path, cancellationToken),
            var other => throw new UsageException($"'{path}' ends with '{other}': .jsonl, .parquet and .csv can be read"),
        };
    }

    private static async IAsyncEnumerable<Line> LinesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var place = 0L;
        await foreach (var line in File.ReadLinesAsync(path, cancellationToken).ConfigureAwait(false))
        {
            place++;
            if (line.Length == 0)
                continue;
            yield return Parse(place, line);
        }
    }

    private static Line Parse(long place, string line)
    {
        try
        {
            return JsonNode.Parse(line, documentOptions: new JsonDocumentOptions { MaxDepth = 64 }) is JsonObject record
                ? new Line(place, record, null) : new Line(place, null, "it is no JSON object");
        }
        catch (JsonException e)
        {
            return new Line(place, null, $"it is no JSON: {e.Message}");
        }
    }
}
