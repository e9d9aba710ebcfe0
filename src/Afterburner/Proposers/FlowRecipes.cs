using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Proposers;

/// <summary>The places in one function that a pattern recipe would change.</summary>
internal sealed record PatternEdits(Recipe Recipe, IReadOnlyList<AstEdit> Edits);

/// <param name="Start">Offset within the function's source, UTF-8 bytes.</param>
internal sealed record AstEdit(int Start, int End, string Text);

/// <summary>One rewritten function.</summary>
/// <param name="Recipes">Ids of what was applied, in order.</param>
internal sealed record Rewrite(IReadOnlyList<string> Recipes, string Title, string Why, string Source);

/// <summary>
/// Applies recipes in the language's own syntax tree: the flow recipes beside the harness, and the edits of pattern
/// recipes, each alone and all together, parsed again. Runs in a sandbox like everything that reads what others wrote.
/// </summary>
internal sealed class FlowRecipes(Harness harness)
{
    private const string Folder = "/flow_recipes/";

    private static readonly JsonSerializerOptions CamelCase = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private static readonly Limits Caps = new()
    {
        Memory = 1L << 30,
        Cpu = TimeSpan.FromSeconds(20),
        Wall = TimeSpan.FromSeconds(40),
        Processes = 16,
        Output = 16 << 20,
        Disk = 16 << 20,
        Cores = 1,
    };

    /// <summary>Ids of the flow recipes: their files' names, with hyphens.</summary>
    public static IReadOnlyList<string> Ids { get; } =
        [.. EmbeddedText.OfLanguages(Folder).Select(n => Path.GetFileNameWithoutExtension(n).Replace('_', '-')).Where(n => n != "--init--")];

    /// <exception cref="EnvironmentFailureException">The sandbox failed.</exception>
    public async Task<IReadOnlyList<Rewrite>> ApplyAsync(
        ProposalRequest request, IReadOnlyList<PatternEdits> patterns, CancellationToken cancellationToken)
    {
        var messages = await RunAsync(harness, "flow", Request(request, patterns), request.Function.Id, cancellationToken).ConfigureAwait(false);
        return messages.LastOrDefault(m => (string?)m["type"] == "done") is { } done ? Read(messages, done, patterns) : [];
    }

    /// <summary>Runs a command of the harness that only reads code.</summary>
    /// <exception cref="EnvironmentFailureException">The sandbox failed.</exception>
    public static async Task<IReadOnlyList<JsonObject>> RunAsync(
        Harness harness, string command, JsonObject request, string function, CancellationToken cancellationToken)
    {
        var workspace = SharedFolder.Create("afterburner-recipes-");
        try
        {
            var run = await harness.RunAsync(command, request, workspace, Caps, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            if (run.Sandbox.End == SandboxEnd.Failed)
                throw new EnvironmentFailureException($"The sandbox failed while recipes were applied: {run.Sandbox.Failure}");
            if (run.Messages.LastOrDefault(m => (string?)m["type"] == "error") is { } error)
                throw new InvalidOperationException($"the command {command} failed on {function}: {(string?)error["message"]}");
            return run.Messages;
        }
        finally
        {
            Directory.Delete(workspace, recursive: true);
        }
    }

    public static JsonNode? Observed(ProposalRequest request) => JsonSerializer.SerializeToNode(request.Observed, CamelCase);

    private static JsonObject Request(ProposalRequest request, IReadOnlyList<PatternEdits> patterns) => new()
    {
        ["source"] = request.Best.Source,
        ["indent"] = Indentation.Of(request.Function, request.FileSource),
        ["file"] = request.FileSource,
        ["observed"] = Observed(request),
        ["patterns"] = new JsonArray([.. patterns.Select(p => (JsonNode)new JsonObject
        {
            ["id"] = p.Recipe.Id,
            ["builtins"] = JsonSerializer.SerializeToNode(p.Recipe.Builtins),
            ["imports"] = JsonSerializer.SerializeToNode(p.Recipe.Imports),
            ["edits"] = new JsonArray([.. p.Edits.Select(e => (JsonNode)new JsonArray(e.Start, e.End, e.Text))]),
        })]),
    };

    private static List<Rewrite> Read(IReadOnlyList<JsonObject> messages, JsonObject done, IReadOnlyList<PatternEdits> patterns)
    {
        var rewrites = new List<Rewrite>();
        foreach (var message in messages.Where(m => (string?)m["type"] == "proposal"))
        {
            List<string> ids = [.. ((JsonArray)message["recipes"]!).Select(r => (string)r!)];
            string About(string id, Func<Recipe, string> pattern, string key) =>
                patterns.FirstOrDefault(p => p.Recipe.Id == id) is { } p ? pattern(p.Recipe) : (string)done["recipes"]![id]![key]!;
            rewrites.Add(new Rewrite(
                ids,
                string.Join("; ", ids.Select(i => About(i, r => r.Title, "title"))),
                string.Join(" ", ids.Select(i => About(i, r => r.Why, "why"))),
                (string)message["source"]!));
        }

        return rewrites;
    }
}
