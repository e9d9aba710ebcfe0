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

    /// <summary>A record that has a field twice says two things.</summary>
    public static JsonDocumentOptions Strict { get; } = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <exception cref="UsageException">There is no such file, or it is of no kind that is known.</exception>
    public static IAsyncEnumerable<Line> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (CoffeFolder.Is(path))
            return CoffeFolder.ReadAsync(path, cancellationToken);
        if (Directory.Exists(path))
            throw new UsageException($"'{path}' is a folder, and none of COFFE: it has no testcases.json beside a data.json or solutions.json");
        if (!File.Exists(path))
            throw new UsageException($"there is no file '{path}'");
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".json" when BeginsWith(path, '[') => ListAsync(path, cancellationToken),
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
            if (string.IsNullOrWhiteSpace(line))
                continue;
            yield return Parse(place, line);
        }
    }

    /// <summary>What is wrong, without the places that .NET counts from 0 and in bytes.</summary>
    public static string Said(JsonException e) => e.Message.Split(" LineNumber:")[0].TrimEnd('.');

    private static bool BeginsWith(string path, char first)
    {
        using var reader = new StreamReader(path);
        int read;
        while ((read = reader.Read()) >= 0 && char.IsWhiteSpace((char)read))
            continue;
        return read == first;
    }

    /// <summary>One list of records.</summary>
    private static async IAsyncEnumerable<Line> ListAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        JsonArray list;
        try
        {
            await using var file = File.OpenRead(path);
            list = await JsonNode.ParseAsync(file, documentOptions: Strict, cancellationToken: cancellationToken).ConfigureAwait(false) as JsonArray ?? [];
        }
        catch (JsonException e)
        {
            throw new UsageException($"'{path}' is no JSON: {Said(e)}", e);
        }

        var place = 0L;
        foreach (var record in list)
            yield return record is JsonObject found ? new Line(++place, found, null) : new Line(++place, null, "it is no JSON object");
    }

    private static Line Parse(long place, string line)
    {
        try
        {
            return JsonNode.Parse(line, documentOptions: Strict) is JsonObject record
                ? new Line(place, record, null) : new Line(place, null, "it is no JSON object");
        }
        catch (JsonException e)
        {
            return new Line(place, null, $"it is no JSON: {Said(e)}");
        }
    }
}
