using System.Buffers.Binary;
using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Parquet;
using Parquet.Serialization;

namespace Afterburner.Evaluation.Tasks;

/// <summary>The rows of a Parquet file, as Hugging Face serves data sets: a group of rows at a time.</summary>
internal static class ParquetRecords
{
    public static async IAsyncEnumerable<RecordFile.Line> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var place = 0L;
        for (var (group, groups) = (0, 1); group < groups; group++)
        {
            IReadOnlyList<IDictionary<string, object?>> rows;
            (rows, groups) = await GroupAsync(path, group, cancellationToken).ConfigureAwait(false);
            foreach (var row in rows)
                yield return new RecordFile.Line(++place, (JsonObject)Node(row)!, null);
        }
    }

    private static async Task<(IReadOnlyList<IDictionary<string, object?>> Rows, int Groups)> GroupAsync(string path, int group, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            await CheckAsync(file, cancellationToken).ConfigureAwait(false);
            await using var reader = await ParquetReader.CreateAsync(file, leaveStreamOpen: true, cancellationToken: cancellationToken).ConfigureAwait(false);
            file.Position = 0;
            var read = await ParquetSerializer.DeserializeUntypedAsync(file, rowGroupIndex: group, cancellationToken: cancellationToken).ConfigureAwait(false);
            return ([.. read.Data.Select(row => row.ToDictionary(f => f.Key, f => (object?)f.Value))], reader.RowGroupCount);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException or UsageException))
        {
            // Whatever a reader of binary files makes of one that somebody wrote.
            throw new UsageException($"'{path}' cannot be read as Parquet: {e.Message}", e);
        }
    }

    /// <summary>A file ends with the length of what describes it, and four letters: memory is taken by that length.</summary>
    private static async Task CheckAsync(FileStream file, CancellationToken cancellationToken)
    {
        var end = new byte[8];
        if (file.Length < 12)
            throw new InvalidDataException("it is too short");
        file.Position = file.Length - end.Length;
        await file.ReadExactlyAsync(end, cancellationToken).ConfigureAwait(false);
        if (!end.AsSpan(4).SequenceEqual("PAR1"u8) || BinaryPrimitives.ReadUInt32LittleEndian(end) > file.Length - 12)
            throw new InvalidDataException("it does not end as such a file does");
        file.Position = 0;
    }

    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        byte[] bytes => JsonValue.Create(System.Text.Encoding.UTF8.GetString(bytes)),
        bool flag => JsonValue.Create(flag),
        IDictionary<string, object?> row => new JsonObject(row.Select(f => KeyValuePair.Create(f.Key, Node(f.Value)))),
        IDictionary entries => new JsonObject(entries.Cast<DictionaryEntry>().Select(e => KeyValuePair.Create(Convert.ToString(e.Key, CultureInfo.InvariantCulture)!, Node(e.Value)))),
        IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(Node)]),
        float or double or decimal => JsonValue.Create(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        IConvertible number when number.GetTypeCode() is >= TypeCode.SByte and <= TypeCode.UInt64 => JsonValue.Create(number.ToInt64(CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };
}
