using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol.Protocol;

namespace Afterburner.Cli.Mcp;

/// <summary>A tool: what it is called, what it takes, and what it does.</summary>
/// <param name="Description">For the agent, who decides by it.</param>
/// <param name="Answer">How its answer is written.</param>
internal sealed record ServedTool(
    string Name, string Title, string Description, IReadOnlyList<ToolParameter> Parameters, JsonTypeInfo Answer,
    Func<ToolArguments, ToolProgress, CancellationToken, Task<ToolAnswer>> Run)
{
    private static readonly JsonSchemaExporterOptions Export = new() { TreatNullObliviousAsNonNullable = true };

    /// <summary>As clients list it.</summary>
    public Tool Described => new()
    {
        Name = Name,
        Title = Title,
        Description = Description,
        InputSchema = Element(new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(Parameters.Select(p => KeyValuePair.Create(p.Name, (JsonNode?)new JsonObject { ["type"] = p.Kind, ["description"] = p.Description }))),
            ["required"] = new JsonArray([.. Parameters.Where(p => p.IsRequired).Select(p => (JsonNode)p.Name)]),
            ["additionalProperties"] = false,
        }),
        OutputSchema = Element(Answer.GetJsonSchemaAsNode(Export)),
        // It writes the files of its run below .afterburner, and nothing else; what it runs reaches no network.
        Annotations = new ToolAnnotations { Title = Title, ReadOnlyHint = false, DestructiveHint = false, IdempotentHint = true, OpenWorldHint = false },
    };

    private static JsonElement Element(JsonNode node) => JsonSerializer.SerializeToElement(node);
}

/// <summary>What a tool found out.</summary>
/// <param name="Structured">For programs.</param>
/// <param name="Text">The same in words, for a model.</param>
internal sealed record ToolAnswer(JsonElement Structured, string Text)
{
    public static ToolAnswer Of<T>(T answer, JsonTypeInfo<T> type, string text) => new(JsonSerializer.SerializeToElement(answer, type), text);
}
