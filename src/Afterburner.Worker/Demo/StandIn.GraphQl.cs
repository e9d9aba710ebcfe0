using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Afterburner.Worker.Demo;

internal sealed partial class StandIn
{
    private async Task GraphQlAsync(HttpContext context)
    {
        var asked = await BodyAsync(context).ConfigureAwait(false);
        var (query, variables) = ((string)asked["query"]!, asked["variables"]!.AsObject());
        var name = $"{variables["owner"]}/{variables["name"]}";
        if (!MayUse(context, name))
        {
            await RefuseAsync(context, 401, "Bad credentials").ConfigureAwait(false);
            return;
        }

        var repository = _repositories[name];
        var data = query.StartsWith("query Conversation", StringComparison.Ordinal) ? Conversation(repository.Pulls[(int)variables["number"]!], variables)
            : query.StartsWith("query Files", StringComparison.Ordinal) ? await BlobsAsync(repository, query, variables, context.RequestAborted).ConfigureAwait(false)
            : null;
        await WriteAsync(context, data is null
            ? new JsonObject { ["errors"] = new JsonArray(new JsonObject { ["message"] = "this stand-in does not do that" }) }
            : new JsonObject { ["data"] = data }).ConfigureAwait(false);
    }

    private static JsonObject Conversation(StandInPull pull, JsonObject variables)
    {
        var answer = new JsonObject();
        if ((bool)variables["moreThreads"]!)
            answer["reviewThreads"] = Page(Threads(pull));
        if ((bool)variables["moreComments"]!)
            answer["comments"] = Page(Comments(pull).Select(c => Comment((long)c["id"]!, (string)c["body"]!)));
        return new JsonObject
        {
            ["viewer"] = new JsonObject { ["login"] = Bot },
            ["repository"] = new JsonObject { ["pullRequest"] = answer },
        };
    }

    private static List<JsonObject> Threads(StandInPull pull)
    {
        lock (pull.Posts)
        {
            return [.. pull.Posts.Where(p => p.Kind == "review").SelectMany(p => p.Body["comments"]?.AsArray().Select((c, i) => (Review: (long)p.Body["id"]!, Index: i, Body: (string)c!["body"]!)) ?? [])
                .Select(c => new JsonObject
                {
                    ["id"] = $"T_{c.Review}_{c.Index}",
                    ["isResolved"] = false,
                    ["comments"] = Page([Comment((c.Review * 100) + c.Index, c.Body)]),
                })];
        }
    }

    private static JsonObject Comment(long id, string body) => new()
    {
        ["id"] = $"C_{id}",
        ["databaseId"] = id,
        ["body"] = body,
        ["viewerDidAuthor"] = false,
        ["isMinimized"] = false,
        ["author"] = new JsonObject { ["login"] = "afterburner", ["__typename"] = "Bot" },
        ["reactions"] = Page([]),
    };

    private static JsonObject Page(IEnumerable<JsonObject> nodes) => new()
    {
        ["pageInfo"] = new JsonObject { ["hasNextPage"] = false, ["endCursor"] = null },
        ["nodes"] = new JsonArray([.. nodes]),
    };

    private static async Task<JsonObject> BlobsAsync(StandInRepository repository, string query, JsonObject variables, CancellationToken cancellationToken)
    {
        var files = new JsonObject();
        foreach (Match match in FileField().Matches(query))
        {
            var expression = (string)variables[match.Groups[2].Value]!;
            var content = await GitAsync(repository, cancellationToken, "cat-file", "blob", expression).ConfigureAwait(false);
            var oid = await GitAsync(repository, cancellationToken, "rev-parse", expression).ConfigureAwait(false);
            files[match.Groups[1].Value] = content is null || oid is null ? null : new JsonObject
            {
                ["__typename"] = "Blob", ["oid"] = Encoding.ASCII.GetString(oid).Trim(), ["byteSize"] = content.Length, ["isBinary"] = false, ["isTruncated"] = false,
                ["text"] = Encoding.UTF8.GetString(content),
            };
        }

        return new JsonObject { ["repository"] = files };
    }

    private static async Task<byte[]?> GitAsync(StandInRepository repository, CancellationToken cancellationToken, params string[] arguments)
    {
        if (repository.Directory is not { } directory)
            return null;
        var run = await Processes.RunAsync(
            new ProcessStart("git", ["-C", directory, .. arguments]) { Environment = GitEnvironment }, cancellationToken: cancellationToken).ConfigureAwait(false);
        return run.Succeeded ? run.Output : null;
    }

    [GeneratedRegex(@"(f\d+): object\(expression: \$(\w+)\)")]
    private static partial Regex FileField();
}
