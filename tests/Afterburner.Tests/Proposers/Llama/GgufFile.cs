using System.Text;

namespace Afterburner.Tests.Proposers.Llama;

/// <summary>Writes model files in version 3 of GGUF, as far as a small float model needs it.</summary>
internal sealed class GgufFile
{
    private const int Alignment = 32;

    private enum Kind : uint
    {
        UInt32 = 4,
        Int32 = 5,
        Float32 = 6,
        Bool = 7,
        String = 8,
        Array = 9,
    }

    private readonly List<Action<BinaryWriter>> _values = [];
    private readonly List<(string Name, int[] Shape, float[] Numbers)> _tensors = [];

    public void Set(string key, uint value) => Add(key, Kind.UInt32, w => w.Write(value));

    public void Set(string key, float value) => Add(key, Kind.Float32, w => w.Write(value));

    public void Set(string key, bool value) => Add(key, Kind.Bool, w => w.Write(value));

    public void Set(string key, string value) => Add(key, Kind.String, w => WriteString(w, value));

    public void Set(string key, IReadOnlyCollection<string> values) => AddArray(key, Kind.String, values, WriteString);

    public void Set(string key, IReadOnlyCollection<int> values) => AddArray(key, Kind.Int32, values, (w, v) => w.Write(v));

    /// <param name="shape">Rows, then columns; one number for a vector. The file has them the other way round.</param>
    public void Tensor(string name, int[] shape, float[] numbers) => _tensors.Add((name, shape, numbers));

    public void Save(string path)
    {
        using var writer = new BinaryWriter(File.Create(path));
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)_tensors.Count);
        writer.Write((ulong)_values.Count);
        foreach (var value in _values)
            value(writer);

        var offset = 0L;
        foreach (var (name, shape, numbers) in _tensors)
        {
            WriteString(writer, name);
            writer.Write(shape.Length);
            foreach (var length in shape.Reverse())
                writer.Write((long)length);
            writer.Write(0u); // 32-bit floats
            writer.Write(offset);
            offset += Padded(numbers.Length * sizeof(float));
        }

        foreach (var (_, _, numbers) in _tensors)
        {
            Pad(writer);
            foreach (var number in numbers)
                writer.Write(number);
        }

        Pad(writer);
    }

    private void Add(string key, Kind kind, Action<BinaryWriter> value) => _values.Add(writer =>
    {
        WriteString(writer, key);
        writer.Write((uint)kind);
        value(writer);
    });

    private void AddArray<T>(string key, Kind kind, IReadOnlyCollection<T> values, Action<BinaryWriter, T> write) => Add(key, Kind.Array, writer =>
    {
        writer.Write((uint)kind);
        writer.Write((ulong)values.Count);
        foreach (var value in values)
            write(writer, value);
    });

    private static void WriteString(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static long Padded(long length) => (length + Alignment - 1) / Alignment * Alignment;

    private static void Pad(BinaryWriter writer)
    {
        writer.Flush();
        writer.Write(new byte[Padded(writer.BaseStream.Position) - writer.BaseStream.Position]);
    }
}
