using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Afterburner.Tests.GitHub;

/// <summary>The four questions that Afterburner asks in GraphQL. That they are GraphQL of GitHub is judged elsewhere, by GitHub's schema.</summary>
internal sealed partial class FakeGitHub
{
    /// <summary>Questions and answers, for the judge.</summary>
    public List<(string Query, JsonObject Variables, JsonObject Answer)> Exchanges { get; } = [];

    private async Task GraphQlAsync(HttpContext context)
    {
        var body = await BodyAsync(context);
        var query = (string)body["query"]!;
        var variables = body["variables"]!.AsObject();
        var readOnly = context.Request.Headers.Authorization.ToString().EndsWith(ReadOnlyToken, StringComparison.Ordinal);
        var answer = query.StartsWith("query Conversation", StringComparison.Ordinal) ? Conversation(variables)
            : query.StartsWith("query Files", StringComparison.Ordinal) ? await FilesAsync(query, variables)
            : query.StartsWith("mutation Retire", StringComparison.Ordinal) ? Retire(query, variables, readOnly)
            : query.StartsWith("mutation Commit", StringComparison.Ordinal) ? Commit(variables, readOnly)
            : throw new InvalidOperationException(query);
        Exchanges.Add((query, (JsonObject)variables.DeepClone(), (JsonObject)answer.DeepClone()));
        await WriteAsync(context, answer);
    }

    private JsonObject Conversation(JsonObject variables)
    {
        var pull = new JsonObject();
        if ((int)variables["number"]! != Pull.Number)
        {
            return Data(new JsonObject
            {
                ["viewer"] = new JsonObject { ["login"] = Bot },
                ["repository"] = new JsonObject { ["pullRequest"] = new JsonObject { ["reviewThreads"] = Connection(new List<FakeThread>(), null, Thread), ["comments"] = Connection(new List<FakeComment>(), null, c => Comment(c, inThread: false)) } },
            });
        }

        if ((bool)variables["moreThreads"]!)
            pull["reviewThreads"] = Connection(Pull.Threads, (string?)variables["threads"], Thread);
        if ((bool)variables["moreComments"]!)
            pull["comments"] = Connection(Pull.Comments, (string?)variables["comments"], c => Comment(c, inThread: false));
        return Data(new JsonObject
        {
            ["viewer"] = new JsonObject { ["login"] = Bot },
            ["repository"] = new JsonObject { ["pullRequest"] = pull },
        });
    }

    private JsonObject Connection<T>(List<T> all, string? after, Func<T, JsonObject> node)
    {
        var from = after is null ? 0 : int.Parse(after, System.Globalization.CultureInfo.InvariantCulture);
        var page = all.Skip(from).Take(LargestPage).ToList();
        return new JsonObject
        {
            ["pageInfo"] = new JsonObject { ["hasNextPage"] = from + page.Count < all.Count, ["endCursor"] = Text(from + page.Count) },
            ["nodes"] = new JsonArray([.. page.Select(p => (JsonNode)node(p))]),
        };
    }

    private static JsonObject Thread(FakeThread thread) => new()
    {
        ["id"] = thread.Id,
        ["isResolved"] = thread.IsResolved,
        ["path"] = thread.Path,
        ["comments"] = new JsonObject { ["nodes"] = new JsonArray([.. thread.Comments.Select(c => (JsonNode)Comment(c, inThread: true))]) },
    };

    private static JsonObject Comment(FakeComment comment, bool inThread)
    {
        var node = new JsonObject
        {
            ["id"] = $"C_{comment.Id}",
            ["body"] = comment.Body,
            // As for an app: the viewer is github-actions[bot], the author github-actions.
            ["viewerDidAuthor"] = false,
            ["isMinimized"] = comment.MinimizedReason is not null,
            ["author"] = new JsonObject { ["login"] = comment.Author, ["__typename"] = comment.IsBot ? "Bot" : "User" },
        };
        if (inThread)
        {
            node["minimizedReason"] = comment.MinimizedReason;
            node["reactions"] = new JsonObject
            {
                ["nodes"] = new JsonArray([.. comment.ThumbsDown.Select(l => (JsonNode)new JsonObject { ["user"] = new JsonObject { ["login"] = l } })]),
            };
        }
        else
        {
            node["databaseId"] = comment.Id;
        }

        return node;
    }

    private async Task<JsonObject> FilesAsync(string query, JsonObject variables)
    {
        var repository = new JsonObject();
        foreach (Match match in FileField().Matches(query))
        {
            var file = await Pull.FileAsync((string)variables[match.Groups[2].Value]!);
            if (file is not var (bytes, oid))
            {
                repository[match.Groups[1].Value] = null;
                continue;
            }

            var isText = System.Text.Unicode.Utf8.IsValid(bytes) && !bytes.Contains((byte)0);
            repository[match.Groups[1].Value] = new JsonObject
            {
                ["__typename"] = "Blob", ["oid"] = oid, ["byteSize"] = bytes.Length, ["isBinary"] = !isText, ["isTruncated"] = false,
                // GraphQL leaves a byte order mark out.
                ["text"] = isText ? Encoding.UTF8.GetString(bytes).TrimStart('\ufeff') : null,
            };
        }

        return Data(new JsonObject { ["repository"] = repository });
    }

    private JsonObject Retire(string query, JsonObject variables, bool readOnly)
    {
        var data = new JsonObject();
        var errors = new JsonArray();
        foreach (Match match in RetireField().Matches(query))
        {
            var (alias, id) = (match.Groups[1].Value, (string)variables[match.Groups[3].Value]!);
            var minimizes = match.Groups[2].Value == "minimizeComment";
            if (readOnly || (!minimizes && Forbidden.Contains("contents")))
            {
                data[alias] = null;
                errors.Add(new JsonObject { ["type"] = "FORBIDDEN", ["message"] = "Resource not accessible by integration", ["path"] = new JsonArray(alias) });
            }
            else if (minimizes)
            {
                Pull.Threads.SelectMany(t => t.Comments).Single(c => $"C_{c.Id}" == id).MinimizedReason = "outdated";
                data[alias] = new JsonObject { ["minimizedComment"] = new JsonObject { ["isMinimized"] = true } };
            }
            else
            {
                Pull.Threads.Single(t => t.Id == id).IsResolved = true;
                data[alias] = new JsonObject { ["thread"] = new JsonObject { ["id"] = id, ["isResolved"] = true } };
            }
        }

        var answer = Data(data);
        if (errors.Count > 0)
            answer["errors"] = errors;
        return answer;
    }

    private JsonObject Commit(JsonObject variables, bool readOnly)
    {
        var input = variables["input"]!;
        var branch = (string)input["branch"]!["branchName"]!;
        if (readOnly || Forbidden.Contains("contents") || Branches.GetValueOrDefault(branch) != (string)input["expectedHeadOid"]!)
        {
            var refused = Data(new JsonObject { ["createCommitOnBranch"] = null });
            refused["errors"] = new JsonArray(new JsonObject { ["type"] = "STALE_DATA", ["message"] = "Expected branch to point to another commit" });
            return refused;
        }

        Commits[branch] = input["fileChanges"]!["additions"]!.AsArray().ToDictionary(
            a => (string)a!["path"]!, a => Encoding.UTF8.GetString(Convert.FromBase64String((string)a!["contents"]!)));
        Branches[branch] = new string('c', 40);
        return Data(new JsonObject { ["createCommitOnBranch"] = new JsonObject { ["commit"] = new JsonObject { ["oid"] = Branches[branch] } } });
    }

    private static JsonObject Data(JsonObject data) => new() { ["data"] = data };

    [GeneratedRegex(@"(f\d+): object\(expression: \$(\w+)\)")]
    private static partial Regex FileField();

    [GeneratedRegex(@"([mr]\d+): (minimizeComment|resolveReviewThread)\(input: \{(?:subjectId|threadId): \$(\w+)")]
    private static partial Regex RetireField();
}
