using System.Text.Json.Nodes;

namespace Afterburner.Workloads;

/// <summary>Recorded calls as the harness reads and writes them.</summary>
public static class CallJson
{
    public static JsonArray Of(IEnumerable<RecordedCall> calls) =>
        [.. calls.Select(c => (JsonNode)new JsonObject
        {
            ["id"] = c.Id, ["test"] = c.Test, ["seconds"] = c.Seconds, ["shape"] = c.Shape, ["scale"] = c.Scale, ["blob"] = c.Blob,
        })];

    /// <summary>A call the harness reported.</summary>
    /// <exception cref="FormatException">It is not one: a part is missing or of another type.</exception>
    public static RecordedCall Read(JsonNode node)
    {
        try
        {
            return new RecordedCall(
                (string)node["id"]!, (string)node["test"]!, (double)node["seconds"]!, (string)node["shape"]!, (double)node["scale"]!,
                (string)node["blob"]!);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentNullException or NullReferenceException)
        {
            throw new FormatException("a recorded call of the harness is not well-formed", e);
        }
    }
}
