using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Afterburner.Workloads.Protocol;

/// <summary>
/// How what is said to and by a harness becomes JSON. What comes out of a sandbox was written in the reach of hostile code: what is not of
/// the form of a message is no message, and never an error.
/// </summary>
public static class ProtocolJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new LenientText() },
    };

    /// <summary>A request, or an order to a runner, as JSON.</summary>
    public static JsonObject Write(object said) => JsonSerializer.SerializeToNode(said, said.GetType(), Options)!.AsObject();

    /// <summary>A message of one kind; null where it is none.</summary>
    public static T? Read<T>(JsonElement message)
        where T : class
    {
        if (typeof(T).GetCustomAttribute<MessageAttribute>() is { } kind && TypeOf(message) != kind.Type)
            return null;
        try
        {
            return message.Deserialize<T>(Options) is { } read && !HoldsNull(read) ? read : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A line that a harness wrote; null where it is no JSON object.</summary>
    public static JsonElement? Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // Half a surrogate pair in a name is no JSON either, and is told in another way.
            return null;
        }
    }

    /// <summary>Whether a list or a table in a message has nothing where something belongs: what the serialiser does not look at.</summary>
    private static bool HoldsNull(object value) => value switch
    {
        string or JsonNode => false,
        IDictionary table => table.Values.Cast<object?>().Any(v => v is null || HoldsNull(v)),
        IEnumerable list => list.Cast<object?>().Any(v => v is null || HoldsNull(v)),
        _ => value.GetType() is { IsPrimitive: false, IsEnum: false } type && type.Assembly == typeof(ProtocolJson).Assembly
            && type.GetProperties().Any(p => p.GetIndexParameters().Length == 0 && !p.PropertyType.IsPrimitive && p.GetValue(value) is { } inner && HoldsNull(inner)),
    };

    private static string? TypeOf(JsonElement message)
    {
        try
        {
            return message.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>An escape that is half a surrogate pair makes a text unreadable, not the message around it.</summary>
    private sealed class LenientText : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            try
            {
                return reader.TokenType == JsonTokenType.String ? reader.GetString() : throw new JsonException("a text was expected");
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.GetString()!;

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);
    }
}
