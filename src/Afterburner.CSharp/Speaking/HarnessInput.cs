using System.Text.Json;

namespace Afterburner.CSharp.Speaking;

/// <summary>A request to the harness.</summary>
internal sealed class HarnessInput(JsonDocument document) : IDisposable
{
    public static HarnessInput Read(Stream stream) => new(JsonDocument.Parse(stream));

    /// <summary>A list of texts; null where it is left out.</summary>
    public IReadOnlyList<string>? Texts(string name) =>
        document.RootElement.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Array ? [.. found.EnumerateArray().Select(e => e.GetString()!)] : null;

    /// <summary>A text; null where it is left out.</summary>
    public string? Text(string name) => document.RootElement.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;

    /// <summary>A whole number; 0 where it is left out.</summary>
    public int Number(string name) => document.RootElement.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Number ? found.GetInt32() : 0;

    /// <summary>A number; a default where it is left out.</summary>
    public double Real(string name, double otherwise) => document.RootElement.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Number ? found.GetDouble() : otherwise;

    /// <summary>Whether something is; a default where it is left out.</summary>
    public bool Is(string name, bool otherwise) =>
        document.RootElement.TryGetProperty(name, out var found) && found.ValueKind is JsonValueKind.True or JsonValueKind.False ? found.GetBoolean() : otherwise;

    /// <summary>A list of objects; none where it is left out.</summary>
    public IReadOnlyList<HarnessInput> Parts(string name) =>
        document.RootElement.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Array ? [.. found.EnumerateArray().Select(e => new HarnessInput(JsonDocument.Parse(e.GetRawText())))] : [];

    /// <summary>Whether there is something of a name, other than null.</summary>
    public bool Has(string name) => document.RootElement.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null;

    /// <summary>An object in it, read in the same way.</summary>
    public HarnessInput Part(string name) => new(JsonDocument.Parse(document.RootElement.GetProperty(name).GetRawText()));

    public void Dispose() => document.Dispose();
}
