using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Afterburner.Trainer.Files;

/// <summary>
/// Tensors in a file, by their names (<see href="https://huggingface.co/docs/safetensors">safetensors</see>): eight bytes of length, a JSON object with type, shape and
/// place of each, and their bytes. What is read is checked before anything is made of it: a file may be anybody's.
/// </summary>
public static class SafeTensors
{
    private const int LargestHead = 100 << 20, Alignment = 8;

    /// <summary>Elements of what is read or written at a time, and dimensions of a tensor at most.</summary>
    private const long LargestPart = 1 << 26, MostDimensions = 8;

    private const string Metadata = "__metadata__";

    private static readonly Dictionary<ScalarType, string> Types = new()
    {
        [ScalarType.Float64] = "F64", [ScalarType.Float32] = "F32", [ScalarType.Float16] = "F16", [ScalarType.BFloat16] = "BF16", [ScalarType.Int64] = "I64", [ScalarType.Int32] = "I32",
        [ScalarType.Int8] = "I8", [ScalarType.Byte] = "U8", [ScalarType.Bool] = "BOOL",
    };

    /// <summary>Writes them in the order of their names, whole or not at all.</summary>
    public static void Write(string file, IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        using var scope = NewDisposeScope();
        var plain = tensors.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => (t.Name, Tensor: t.Tensor.detach().cpu().contiguous())).ToList();
        var head = new JsonObject { [Metadata] = new JsonObject { ["format"] = "pt" } };
        var end = 0L;
        foreach (var (name, tensor) in plain)
        {
            var start = end;
            end += tensor.numel() * tensor.ElementSize;
            head[name] = new JsonObject
            {
                ["dtype"] = Types[tensor.dtype], ["shape"] = new JsonArray([.. tensor.shape.Select(s => (JsonNode)s)]), ["data_offsets"] = new JsonArray(start, end),
            };
        }

        var text = JsonSerializer.SerializeToUtf8Bytes(head);
        WholeFile.Write(file, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            var padding = (Alignment - (text.Length % Alignment)) % Alignment;
            BinaryPrimitives.WriteInt64LittleEndian(length, text.Length + padding);
            stream.Write(length);
            stream.Write(text);
            for (var i = 0; i < padding; i++)
                stream.WriteByte((byte)' ');
            foreach (var part in plain.SelectMany(t => Parts(t.Tensor)))
                stream.Write(part.bytes);
        });
    }

    /// <summary>What a file holds; whoever asks disposes of it.</summary>
    /// <exception cref="UsageException">It cannot be read, or is no such file.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            Span<byte> length = stackalloc byte[8];
            stream.ReadExactly(length);
            var size = BinaryPrimitives.ReadInt64LittleEndian(length);
            if (size is < 2 or > LargestHead || size > stream.Length - 8)
                throw new InvalidDataException("its head has no sensible length");
            var text = new byte[size];
            stream.ReadExactly(text);
            var head = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject ?? throw new InvalidDataException("its head is no object");
            var places = head.Where(e => e.Key != Metadata).Select(e => (e.Key, Place: Place.Of(e.Key, e.Value))).OrderBy(p => p.Place.Start).ThenBy(p => p.Place.End).ToList();
            // One behind the other, as the format has it: the same bytes under many names would be more than the file has.
            var end = 0L;
            foreach (var (name, place) in places)
            {
                if (place.Start != end || 8 + size + place.End > stream.Length)
                    throw new InvalidDataException($"'{VisibleText.Line(name)}' lies outside of it, or not behind the one before");
                end = place.End;
            }

            return places.ToDictionary(p => p.Key, p => One(stream, 8 + size, p.Place));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or JsonException or UnauthorizedAccessException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            throw new UsageException($"{file} is no file of tensors that can be read: {e.Message}", e);
        }
    }

    private static Tensor One(FileStream stream, long data, Place place)
    {
        var tensor = empty(place.Shape, place.Type).DetachFromDisposeScope();
        stream.Position = data + place.Start;
        foreach (var part in Parts(tensor))
        {
            using (part)
                stream.ReadExactly(part.bytes);
        }

        return tensor;
    }

    /// <summary>Views of a tensor whose bytes are few enough for a span; none where it has no elements.</summary>
    private static IEnumerable<Tensor> Parts(Tensor tensor)
    {
        var flat = tensor.view(-1);
        for (var from = 0L; from < flat.numel(); from += LargestPart)
            yield return flat.narrow(0, from, Math.Min(LargestPart, flat.numel() - from));
        flat.Dispose();
    }

    private static long ElementSize(ScalarType type) => type switch
    {
        ScalarType.Float64 or ScalarType.Int64 => 8,
        ScalarType.Float32 or ScalarType.Int32 => 4,
        ScalarType.Float16 or ScalarType.BFloat16 => 2,
        _ => 1,
    };

    /// <summary>What the head of a file says of a tensor.</summary>
    private sealed record Place(ScalarType Type, long[] Shape, long Start, long End)
    {
        /// <exception cref="InvalidDataException">It says nothing sensible.</exception>
        public static Place Of(string name, JsonNode? entry)
        {
            if (entry is not JsonObject { } told || told["shape"] is not JsonArray { Count: <= (int)MostDimensions } shapeOf || told["data_offsets"] is not JsonArray { Count: 2 } places
                || shapeOf.Concat(places).Any(n => n is null))
                throw new InvalidDataException($"'{VisibleText.Line(name)}' has no shape and place");
            var type = Types.FirstOrDefault(t => t.Value == (string?)told["dtype"]);
            if (type.Value is null)
                throw new InvalidDataException($"'{VisibleText.Line(name)}' is of a type that is not known");
            long[] shape = [.. shapeOf.Select(s => s!.GetValue<long>())];
            var (start, end) = (places[0]!.GetValue<long>(), places[1]!.GetValue<long>());
            if (start < 0 || end < start || shape.Any(s => s < 0))
                throw new InvalidDataException($"'{VisibleText.Line(name)}' lies outside of it");
            // Not more than the file has: a shape alone could ask for all memory, or for strides that are no number.
            _ = shape.Aggregate(ElementSize(type.Key), (a, b) => checked(a * Math.Max(1, b)));
            var bytes = shape.Aggregate(ElementSize(type.Key), (a, b) => a * b);
            return bytes == end - start ? new Place(type.Key, shape, start, end)
                : throw new InvalidDataException($"'{VisibleText.Line(name)}' has {end - start} bytes where its shape has {bytes}");
        }
    }
}
