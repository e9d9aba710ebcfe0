using System.Text.Json.Nodes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>Reads numbers of messages that were written in the reach of hostile code.</summary>
internal static class TrialMessages
{
    /// <summary>A finite number of at least 0, or 0.</summary>
    public static double Number(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out double number) && double.IsFinite(number) && number > 0 ? number : 0;

    /// <summary>Whole numbers of a list; -1 for what is none.</summary>
    public static HashSet<int> Numbers(JsonObject message, string name) =>
        [.. message.Items(name).OfType<JsonValue>().Select(n => n.TryGetValue<int>(out var number) ? number : -1)];

    public static Sample Sample(JsonNode? node) =>
        node is JsonObject side
            ? new Sample(Number(side["cpu"]), Number(side["wall"]), Number(side["peak"]), Number(side["integral"]))
            : default;
}
