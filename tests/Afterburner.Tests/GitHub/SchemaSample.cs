using System.Text.Json.Nodes;

namespace Afterburner.Tests.GitHub;

/// <summary>
/// The least reply that GitHub's own description of an operation allows: every required member with a value of the right
/// kind. The fake puts its values over it, so that its replies have all that a client may rely on.
/// </summary>
internal static class SchemaSample
{
    private static readonly Lazy<JsonObject> Document = new(() =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests", "Fixtures", "github", "openapi.json")))!.AsObject());

    /// <param name="path">As in the document: <c>/repos/{owner}/{repo}/pulls</c>.</param>
    public static JsonNode? Reply(string method, string path)
    {
        var responses = Document.Value["paths"]![path]![method]!["responses"]!.AsObject();
        return Of(responses.First().Value!["content"]!["application/json"]!["schema"]!);
    }

    /// <summary>One element of an operation that replies with a list.</summary>
    public static JsonObject Element(string method, string path)
    {
        var responses = Document.Value["paths"]![path]![method]!["responses"]!.AsObject();
        return Of(Resolved(responses.First().Value!["content"]!["application/json"]!["schema"]!)["items"]!)!.AsObject();
    }

    /// <summary>The least object of a kind that the document names.</summary>
    public static JsonObject Component(string name) => Of(Document.Value["components"]!["schemas"]![name]!)!.AsObject();

    /// <summary>Puts values over a sample, objects member by member.</summary>
    public static JsonObject With(this JsonObject sample, JsonObject values)
    {
        foreach (var (name, value) in values.ToList())
        {
            if (value is JsonObject inner && sample[name] is JsonObject below)
                below.With(inner);
            else
                sample[name] = value?.DeepClone();
        }

        return sample;
    }

    private static JsonNode? Of(JsonNode schema)
    {
        var resolved = Resolved(schema);
        if (resolved["nullable"]?.GetValue<bool>() == true)
            return null;
        if (resolved["enum"] is JsonArray choices)
            return choices[0]?.DeepClone();
        if (resolved["allOf"] is JsonArray all)
            return all.Select(s => Of(s!)).OfType<JsonObject>().Aggregate(new JsonObject(), (a, b) => a.With(b));
        if ((resolved["oneOf"] ?? resolved["anyOf"]) is JsonArray { Count: > 0 } any)
            return Of(any[0]!);
        return resolved["type"]?.GetValue<string>() switch
        {
            "string" => Text(resolved["format"]?.GetValue<string>(), resolved["minLength"]?.GetValue<int>() ?? 0),
            "integer" or "number" => resolved["minimum"]?.DeepClone() ?? 1,
            "boolean" => false,
            "array" => new JsonArray(),
            _ => Members(resolved),
        };
    }

    private static JsonObject Members(JsonNode schema)
    {
        var sample = new JsonObject();
        foreach (var name in schema["required"]?.AsArray().Select(n => n!.GetValue<string>()) ?? [])
        {
            sample[name] = name switch
            {
                // Words that the document gives no list of, and Octokit does.
                "type" when schema["properties"]![name]!["type"]?.GetValue<string>() == "string" => "User",
                "visibility" => "public",
                _ => Of(schema["properties"]![name]!),
            };
        }

        return sample;
    }

    private static JsonNode Resolved(JsonNode schema)
    {
        while (schema["$ref"] is { } reference)
            schema = reference.GetValue<string>().Split('/').Skip(1).Aggregate((JsonNode)Document.Value, (node, name) => node[name]!);
        return schema;
    }

    private static JsonValue Text(string? format, int least) => JsonValue.Create(format switch
    {
        "uri" or "hyperlink" or "uri-template" => "https://example.org/",
        "date-time" => "2026-01-05T10:00:00Z",
        "email" => "octocat@example.org",
        _ => least > 4 ? new string('a', least) : "text",
    })!;
}
