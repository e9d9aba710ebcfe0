using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Sylvan.Data.Csv;

namespace Afterburner.Evaluation.Tasks;

/// <summary>The rows of a table with a header, as ENAMEL has it; every field is a text.</summary>
internal static class CsvRecords
{
    private const int LargestField = 16 << 20;

    public static async IAsyncEnumerable<RecordFile.Line> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var text = new StreamReader(path);
        await using var csv = await OpenAsync(text, path, cancellationToken).ConfigureAwait(false);
        for (var place = 1L; await ReadAsync(csv, path, cancellationToken).ConfigureAwait(false); place++)
        {
            yield return csv.RowFieldCount == csv.FieldCount
                ? new RecordFile.Line(place, new JsonObject(Enumerable.Range(0, csv.FieldCount).Select(i => KeyValuePair.Create(csv.GetName(i), (JsonNode?)JsonValue.Create(csv.GetString(i))))), null)
                : new RecordFile.Line(place, null, string.Create(CultureInfo.InvariantCulture, $"it has {csv.RowFieldCount} fields, and the header {csv.FieldCount}"));
        }
    }

    private static async Task<CsvDataReader> OpenAsync(StreamReader text, string path, CancellationToken cancellationToken)
    {
        try
        {
            var csv = await CsvDataReader.CreateAsync(text, new CsvDataReaderOptions { MaxBufferSize = LargestField }, cancellationToken).ConfigureAwait(false);
            var twice = Enumerable.Range(0, csv.FieldCount).Select(csv.GetName).CountBy(n => n).FirstOrDefault(n => n.Value > 1).Key;
            return twice is null ? csv : throw new UsageException($"'{path}' has two columns '{VisibleText.Line(twice)}'");
        }
        catch (Exception e) when (e is CsvMissingHeadersException or CsvFormatException or CsvRecordTooLargeException)
        {
            throw new UsageException($"'{path}' cannot be read as CSV: {e.Message}", e);
        }
    }

    private static async Task<bool> ReadAsync(CsvDataReader csv, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await csv.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is CsvFormatException or CsvRecordTooLargeException)
        {
            throw new UsageException($"'{path}' cannot be read as CSV: {e.Message}", e);
        }
    }
}
