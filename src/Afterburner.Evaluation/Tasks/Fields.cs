using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Afterburner.Evaluation.Tasks;

/// <summary>A field of a record is not what it should be.</summary>
internal sealed class BadFieldException(string name, string reason) : Exception(reason)
{
    public string Name => name;
}

/// <summary>
/// The fields of a record. Published data sets write texts, JSON, and JSON in texts in the place of each other; each is taken for what it means.
/// </summary>
internal sealed class Fields(JsonObject record, string path = "")
{
    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool Has(string name) => record[name] is { } value && !(value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length == 0);

    /// <summary>A text; a number as it is written.</summary>
    public string Text(string name) => record[name]?.GetValueKind() switch
    {
        JsonValueKind.String => record[name]!.GetValue<string>(),
        JsonValueKind.Number => record[name]!.ToJsonString(),
        null => throw new BadFieldException(path + name, "it is missing"),
        var kind => throw new BadFieldException(path + name, $"a text was expected, not {Words(kind.Value)}"),
    };

    public string TextOr(string name, string otherwise) => record[name] is null ? otherwise : Text(name);

    /// <summary>A list, whose items are texts.</summary>
    public IReadOnlyList<string> Texts(string name) => [.. Items(name).Select((item, i) => item?.GetValueKind() == JsonValueKind.String
        ? item.GetValue<string>() : throw new BadFieldException($"{path}{name}[{i}]", "a text was expected"))];

    /// <summary>A list of objects.</summary>
    public IReadOnlyList<Fields> Records(string name) => [.. Items(name).Select((item, i) => item as JsonObject is { } inner
        ? new Fields(inner, string.Create(CultureInfo.InvariantCulture, $"{path}{name}[{i}].")) : throw new BadFieldException($"{path}{name}[{i}]", "an object was expected"))];

    /// <summary>An object.</summary>
    public Fields Record(string name) => Decoded(name) is JsonObject inner ? new Fields(inner, $"{path}{name}.") : throw new BadFieldException(path + name, "an object was expected");

    /// <summary>A list, also one that stands in a text.</summary>
    public IReadOnlyList<JsonNode?> Items(string name) => Decoded(name) is JsonArray items ? [.. items] : throw new BadFieldException(path + name, "a list was expected");

    /// <summary>A text as it is, anything else as JSON.</summary>
    public string Written(string name) => record[name] is { } value
        ? value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : Json(value)
        : throw new BadFieldException(path + name, "it is missing");

    /// <summary>Any value as JSON, with texts as they are.</summary>
    public static string Json(JsonNode? value) => value?.ToJsonString(AsWritten) ?? "null";

    public bool Flag(string name) => record[name]?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when record[name]!.ToJsonString() is "0" or "1" => record[name]!.ToJsonString() == "1",
        _ => throw new BadFieldException(path + name, "true or false was expected"),
    };

    private JsonNode Decoded(string name)
    {
        var value = record[name] ?? throw new BadFieldException(path + name, "it is missing");
        if (value.GetValueKind() != JsonValueKind.String)
            return value;
        if (value.GetValue<string>().Trim().Length == 0)
            throw new BadFieldException(path + name, "it is empty");
        try
        {
            // Some are written twice: a text in whose text the value stands.
            var decoded = JsonNode.Parse(value.GetValue<string>(), documentOptions: RecordFile.Strict);
            if (decoded?.GetValueKind() == JsonValueKind.String)
                decoded = JsonNode.Parse(decoded.GetValue<string>(), documentOptions: RecordFile.Strict);
            return decoded ?? throw new BadFieldException(path + name, "it holds nothing");
        }
        catch (JsonException e)
        {
            throw new BadFieldException(path + name, $"its text is no JSON: {RecordFile.Said(e)}");
        }
    }

    private static string Words(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        _ => "that",
    };
}
