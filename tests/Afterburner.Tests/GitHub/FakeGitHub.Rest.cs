using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Afterburner.Tests.GitHub;

internal sealed partial class FakeGitHub
{
    private const string Root = "/repos/{owner}/{repo}";
    private const string Bot = "github-actions[bot]";

    private void MapRest()
    {
        _app.MapGet(Root, RepositoryAsync);
        _app.MapGet($"{Root}/compare/{{range}}", CompareAsync);
        _app.MapGet($"{Root}/pulls/{{number:int}}", PullAsync);
        _app.MapGet($"{Root}/pulls/{{number:int}}/files", FilesAsync);
        _app.MapPost($"{Root}/pulls/{{number:int}}/reviews", ReviewAsync);
        _app.MapGet($"{Root}/pulls", PullsAsync);
        _app.MapPost($"{Root}/pulls", OpenAsync);
        _app.MapPost($"{Root}/issues/{{number:int}}/comments", CommentAsync);
        _app.MapGet($"{Root}/issues/{{number:int}}/comments", CommentsAsync);
        _app.MapPatch($"{Root}/issues/comments/{{id:long}}", EditAsync);
        _app.MapGet($"{Root}/collaborators/{{login}}/permission", PermissionAsync);
        _app.MapGet($"{Root}/commits/{{sha}}/check-runs", ChecksAsync);
        _app.MapPost($"{Root}/check-runs", CheckAsync);
        _app.MapPatch($"{Root}/check-runs/{{id:long}}", UpdateCheckAsync);
        _app.MapPost($"{Root}/code-scanning/sarifs", SarifAsync);
        _app.MapGet($"{Root}/git/blobs/{{oid}}", BlobAsync);
        _app.MapPost($"{Root}/git/refs", BranchAsync);
    }

    private bool IsHere(HttpContext context) =>
        (string?)context.Request.RouteValues["owner"] == Owner && (string?)context.Request.RouteValues["repo"] == Name
        && (context.Request.RouteValues["number"] is not { } number || (string)number == Text(Pull.Number));

    private async Task PullAsync(HttpContext context)
    {
        if (!IsHere(context))
        {
            await RefuseAsync(context, 404, "Not Found");
            return;
        }

        await WriteAsync(context, ((JsonObject)SchemaSample.Reply("get", "/repos/{owner}/{repo}/pulls/{pull_number}")!).With(new JsonObject
        {
            ["number"] = Pull.Number,
            ["title"] = Pull.Title,
            ["state"] = Pull.IsOpen ? "open" : "closed",
            ["user"] = User(Pull.Author),
            ["body"] = Pull.Body,
            ["labels"] = new JsonArray([.. Pull.Labels.Select((l, i) => (JsonNode)new JsonObject
            {
                ["id"] = i + 1, ["node_id"] = $"LA_{i + 1}", ["url"] = "https://api.github.com/labels/1", ["name"] = l, ["description"] = null, ["color"] = "f29513", ["default"] = false,
            })]),
            ["head"] = new JsonObject
            {
                ["sha"] = Pull.HeadSha, ["ref"] = Pull.HeadRef, ["label"] = $"{Owner}:{Pull.HeadRef}",
                ["repo"] = new JsonObject { ["full_name"] = Pull.HeadRepository },
            },
            ["base"] = new JsonObject { ["sha"] = Pull.BaseSha, ["ref"] = Pull.BaseRef, ["repo"] = new JsonObject { ["default_branch"] = "main" } },
        }));
    }

    private async Task FilesAsync(HttpContext context)
    {
        var files = (await Pull.FilesAsync()).Select(f => SchemaSample.Element("get", "/repos/{owner}/{repo}/pulls/{pull_number}/files").With(new JsonObject
        {
            ["sha"] = Pull.HeadSha, ["filename"] = f.Path, ["status"] = f.Status, ["patch"] = f.Patch,
        })).ToList();
        await WriteAsync(context, Page(context, files));
    }

    /// <summary>One page, with a Link header to the next that names this server as the real one names itself.</summary>
    private JsonArray Page(HttpContext context, List<JsonObject> all)
    {
        var size = Math.Min(LargestPage, int.TryParse(context.Request.Query["per_page"], CultureInfo.InvariantCulture, out var asked) ? asked : 30);
        var page = int.TryParse(context.Request.Query["page"], CultureInfo.InvariantCulture, out var number) ? number : 1;
        if (page * size < all.Count)
        {
            var next = $"http://{NextPageHost ?? context.Request.Host.ToString()}{context.Request.Path}?per_page={size}&page={page + 1}";
            context.Response.Headers.Link = $"<{next}>; rel=\"next\"";
        }

        return new JsonArray([.. all.Skip((page - 1) * size).Take(size)]);
    }

    private async Task ReviewAsync(HttpContext context)
    {
        if (!await MayAsync(context, "pull_requests"))
            return;
        var review = await BodyAsync(context);
        var comments = review["comments"]?.AsArray().Select(c => c!.AsObject()).ToList() ?? [];
        var errors = new List<string>();
        foreach (var comment in comments)
        {
            var refusal = comment["position"] is not null ? "position is closing down; this server takes lines only"
                : await Pull.RefusalAsync((string)comment["path"]!, (int?)comment["start_line"], (int)comment["line"]!, (string?)comment["side"] ?? "RIGHT");
            refusal ??= ((string)comment["body"]!).Length > 65_536 ? "body is too long (maximum is 65536 characters)" : null;
            if (refusal is not null)
                errors.Add(refusal);
        }

        if ((string?)review["commit_id"] is { } commit && commit != Pull.HeadSha)
            errors.Add("commit_id is not part of the pull request");
        if ((string?)review["event"] == "COMMENT" && string.IsNullOrEmpty((string?)review["body"]))
            errors.Add("body can't be blank");
        if (errors.Count > 0)
        {
            await RefuseAsync(context, 422, "Unprocessable Entity", [.. errors]);
            return;
        }

        Pull.Reviews.Add((string?)review["body"] ?? "");
        foreach (var comment in comments)
        {
            var thread = new FakeThread($"PRRT_{NextId()}", (string)comment["path"]!, (int?)comment["start_line"], (int)comment["line"]!);
            thread.Comments.Add(new FakeComment(NextId(), "github-actions", IsBot: true) { Body = (string)comment["body"]! });
            Pull.Threads.Add(thread);
        }

        await WriteAsync(context, ((JsonObject)SchemaSample.Reply("post", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews")!).With(new JsonObject
        {
            ["id"] = NextId(), ["body"] = review["body"]?.DeepClone(), ["state"] = "COMMENTED", ["user"] = User(Bot),
        }));
    }

    private async Task CommentAsync(HttpContext context)
    {
        if (!await MayAsync(context, "pull_requests"))
            return;
        var body = (string)(await BodyAsync(context))["body"]!;
        if (body.Length > 65_536)
        {
            await RefuseAsync(context, 422, "Validation Failed", "body is too long (maximum is 65536 characters)");
            return;
        }

        var comment = new FakeComment(NextId(), "github-actions", IsBot: true) { Body = body };
        Pull.Comments.Add(comment);
        context.Response.StatusCode = 201;
        await WriteAsync(context, Comment("post", "/repos/{owner}/{repo}/issues/{issue_number}/comments", comment));
    }

    private Task CommentsAsync(HttpContext context) => WriteAsync(context, new JsonArray([.. Pull.Comments.Select(c =>
        (JsonNode)SchemaSample.Element("get", "/repos/{owner}/{repo}/issues/{issue_number}/comments").With(Fields(c)))]));

    private async Task EditAsync(HttpContext context)
    {
        if (!await MayAsync(context, "pull_requests"))
            return;
        var comment = Pull.Comments.Single(c => Text(c.Id) == (string)context.Request.RouteValues["id"]!);
        comment.Body = (string)(await BodyAsync(context))["body"]!;
        comment.Edits++;
        await WriteAsync(context, Comment("patch", "/repos/{owner}/{repo}/issues/comments/{comment_id}", comment));
    }

    private static JsonObject Comment(string method, string path, FakeComment comment) =>
        ((JsonObject)SchemaSample.Reply(method, path)!).With(Fields(comment));

    private static JsonObject Fields(FakeComment comment) => new()
    {
        ["id"] = comment.Id, ["body"] = comment.Body, ["created_at"] = comment.CreatedAt, ["user"] = User(comment.IsBot ? $"{comment.Author}[bot]" : comment.Author),
    };

    private async Task PermissionAsync(HttpContext context) => await WriteAsync(context,
        ((JsonObject)SchemaSample.Reply("get", "/repos/{owner}/{repo}/collaborators/{username}/permission")!).With(new JsonObject
        {
            ["permission"] = Permissions.GetValueOrDefault((string)context.Request.RouteValues["login"]!, "read"),
        }));

    private async Task ChecksAsync(HttpContext context)
    {
        var sha = (string)context.Request.RouteValues["sha"]!;
        var runs = Checks.Where(c => (string)c["head_sha"]! == sha && (context.Request.Query["check_name"].Count == 0 || (string)c["name"]! == context.Request.Query["check_name"])).Select(c => (JsonNode)Check(c)).ToArray();
        await WriteAsync(context, new JsonObject { ["total_count"] = runs.Length, ["check_runs"] = new JsonArray(runs) });
    }

    private async Task CheckAsync(HttpContext context)
    {
        if (!await MayAsync(context, "checks"))
            return;
        var check = await BodyAsync(context);
        if ((string?)check["status"] == "completed" && check["conclusion"] is null || check["output"]?["annotations"]?.AsArray().Count > 50)
        {
            await RefuseAsync(context, 422, "Validation Failed");
            return;
        }

        check["id"] = NextId();
        check["annotations"] = check["output"]?["annotations"]?.DeepClone() ?? new JsonArray();
        Checks.Add(check);
        context.Response.StatusCode = 201;
        await WriteAsync(context, Check(check));
    }

    private async Task UpdateCheckAsync(HttpContext context)
    {
        if (!await MayAsync(context, "checks"))
            return;
        var check = Checks.Single(c => Text((long)c["id"]!) == (string)context.Request.RouteValues["id"]!);
        var update = await BodyAsync(context);
        var more = update["output"]?["annotations"]?.AsArray() ?? [];
        if (check["app"] is not null)
        {
            await RefuseAsync(context, 403, "Invalid app_id `15368` - check run can only be modified by the GitHub App that created it.");
            return;
        }

        if (more.Count > 50 || (string?)update["status"] == "completed" && update["conclusion"] is null)
        {
            await RefuseAsync(context, 422, "Validation Failed");
            return;
        }

        foreach (var name in new[] { "name", "external_id", "status", "conclusion", "completed_at", "output" })
        {
            if (update[name] is { } value)
                check[name] = value.DeepClone();
        }

        foreach (var annotation in more)
            check["annotations"]!.AsArray().Add(annotation!.DeepClone());
        await WriteAsync(context, Check(check));
    }

    private static JsonObject Check(JsonObject check) => ((JsonObject)SchemaSample.Reply("post", "/repos/{owner}/{repo}/check-runs")!).With(new JsonObject
    {
        ["id"] = check["id"]!.DeepClone(),
        ["name"] = check["name"]!.DeepClone(),
        ["head_sha"] = check["head_sha"]!.DeepClone(),
        ["external_id"] = check["external_id"]?.DeepClone(),
        ["status"] = check["status"]!.DeepClone(),
        ["conclusion"] = check["conclusion"]?.DeepClone(),
        ["started_at"] = check["started_at"]?.DeepClone() ?? "2026-01-05T10:00:00Z",
        ["completed_at"] = check["conclusion"] is null ? null : "2026-01-05T10:01:00Z",
        ["output"] = new JsonObject
        {
            ["title"] = check["output"]?["title"]?.DeepClone(), ["summary"] = check["output"]?["summary"]?.DeepClone(), ["text"] = null,
            ["annotations_count"] = check["annotations"]!.AsArray().Count, ["annotations_url"] = "https://example.org/",
        },
    });

    private async Task SarifAsync(HttpContext context)
    {
        if (!await MayAsync(context, "security_events"))
            return;
        Sarif.Add(await BodyAsync(context));
        context.Response.StatusCode = 202;
        await WriteAsync(context, SchemaSample.Reply("post", "/repos/{owner}/{repo}/code-scanning/sarifs"));
    }

    private async Task BlobAsync(HttpContext context)
    {
        var oid = (string)context.Request.RouteValues["oid"]!;
        var bytes = await Pull.BlobAsync(oid);
        await WriteAsync(context, ((JsonObject)SchemaSample.Reply("get", "/repos/{owner}/{repo}/git/blobs/{file_sha}")!).With(new JsonObject
        {
            ["sha"] = oid, ["encoding"] = "base64", ["size"] = bytes.Length,
            ["content"] = Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks).ReplaceLineEndings("\n"),
        }));
    }

    private async Task BranchAsync(HttpContext context)
    {
        if (!await MayAsync(context, "contents"))
            return;
        var body = await BodyAsync(context);
        var name = ((string)body["ref"]!)["refs/heads/".Length..];
        if (!Branches.TryAdd(name, (string)body["sha"]!))
        {
            await RefuseAsync(context, 422, "Reference already exists");
            return;
        }

        context.Response.StatusCode = 201;
        await WriteAsync(context, ((JsonObject)SchemaSample.Reply("post", "/repos/{owner}/{repo}/git/refs")!).With(new JsonObject { ["ref"] = body["ref"]!.DeepClone() }));
    }

    private Task RepositoryAsync(HttpContext context) => WriteAsync(context,
        ((JsonObject)SchemaSample.Reply("get", "/repos/{owner}/{repo}")!).With(new JsonObject { ["full_name"] = $"{Owner}/{Name}", ["default_branch"] = "main" }));

    private Task CompareAsync(HttpContext context) => WriteAsync(context,
        ((JsonObject)SchemaSample.Reply("get", "/repos/{owner}/{repo}/compare/{basehead}")!).With(new JsonObject { ["status"] = Compared }));

    /// <summary>All pull requests, the newest first.</summary>
    private Task EveryPullAsync(HttpContext context) => WriteAsync(context, Page(context, [.. OpenedPulls.AsEnumerable().Reverse().Append(new JsonObject
    {
        ["number"] = Pull.Number, ["body"] = Pull.Body, ["state"] = Pull.IsOpen ? "open" : "closed", ["merged_at"] = Pull.IsMerged ? "2026-01-05T11:00:00Z" : null, ["head"] = Pull.HeadRef, ["sha"] = Pull.HeadSha,
    }).Select(p => SchemaSample.Element("get", "/repos/{owner}/{repo}/pulls").With(new JsonObject
        {
            ["number"] = p["number"]!.DeepClone(), ["body"] = p["body"]!.DeepClone(), ["state"] = (string?)p["state"] ?? "open",
            ["created_at"] = (string?)p["created_at"] ?? "2026-01-05T10:00:00Z", ["merged_at"] = p["merged_at"]?.DeepClone(),
            ["head"] = new JsonObject { ["ref"] = p["head"]!.DeepClone(), ["sha"] = (string?)p["sha"] ?? Pull.HeadSha, ["repo"] = new JsonObject { ["full_name"] = (string?)p["from"] ?? $"{Owner}/{Name}" } },
        }))]));

    private async Task PullsAsync(HttpContext context)
    {
        if (context.Request.Query["head"].Count == 0)
        {
            await EveryPullAsync(context);
            return;
        }

        var head = ((string?)context.Request.Query["head"])?.Split(':')[^1];
        var found = OpenedPulls.Where(p => (string)p["head"]! == head).Select(p => new JsonObject { ["number"] = p["number"]!.DeepClone() });
        if (head == Pull.HeadRef && Pull.IsOpen)
            found = found.Prepend(new JsonObject { ["number"] = Pull.Number, ["head"] = new JsonObject { ["sha"] = Pull.HeadSha, ["ref"] = Pull.HeadRef } });
        await WriteAsync(context, new JsonArray([.. found.Select(p => (JsonNode)SchemaSample.Element("get", "/repos/{owner}/{repo}/pulls").With(p))]));
    }

    private async Task OpenAsync(HttpContext context)
    {
        if (!await MayAsync(context, "pull_requests"))
            return;
        var body = await BodyAsync(context);
        body["number"] = 40 + OpenedPulls.Count;
        OpenedPulls.Add(body);
        context.Response.StatusCode = 201;
        await WriteAsync(context, ((JsonObject)SchemaSample.Reply("post", "/repos/{owner}/{repo}/pulls")!).With(new JsonObject
        {
            ["number"] = body["number"]!.DeepClone(), ["title"] = body["title"]!.DeepClone(),
        }));
    }

    private static JsonObject User(string login) => SchemaSample.Component("simple-user").With(new JsonObject
    {
        ["login"] = login, ["type"] = login.EndsWith("[bot]", StringComparison.Ordinal) ? "Bot" : "User",
    });
}
