using System.Text.Json;
using System.Text.Json.Nodes;

namespace Afterburner.Workloads;

/// <summary>
/// Reads fields of messages that came out of a sandbox: a field of another type is no field, never an exception.
/// </summary>
internal static class MessageFields
{
    public static string? Text(this JsonObject message, string name) => message[name] is JsonValue value ? Text(value) : null;

    public static double? Number(this JsonObject message, string name) =>
        message[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out double number) ? number : null;

    public static long? Whole(this JsonObject message, string name) =>
        message[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out long number) ? number : null;

    public static bool? Flag(this JsonObject message, string name) =>
        message[name] is JsonValue value ? value.GetValueKind() switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null } : null;

    public static IEnumerable<JsonNode> Items(this JsonObject message, string name) =>
        (message[name] as JsonArray ?? []).OfType<JsonNode>();

    public static IEnumerable<string> Texts(this JsonObject message, string name) =>
        message.Items(name).OfType<JsonValue>().Select(Text).OfType<string>();

    public static JsonObject? Child(this JsonObject message, string name) => message[name] as JsonObject;

    private static string? Text(JsonValue value)
    {
        try
        {
            return value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // an escape that is half a surrogate pair
        }
    }
}
