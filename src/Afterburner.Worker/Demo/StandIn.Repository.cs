using System.Globalization;
using System.Text.Json.Nodes;

namespace Afterburner.Worker.Demo;

internal sealed partial class StandIn
{
    private const string Root = "/repos/{owner}/{repo}";

    private void MapRepository()
    {
        _app.MapGet(Root, c => OnRepositoryAsync(c, (context, repository) => WriteAsync(context, RepositoryJson(repository))));
        _app.MapGet($"{Root}/pulls/{{number:int}}", c => OnPullAsync(c, PullAsync));
        _app.MapGet($"{Root}/pulls/{{number:int}}/files", c => OnPullAsync(c, FilesAsync));
        _app.MapPost($"{Root}/pulls/{{number:int}}/reviews", c => OnPullAsync(c, (context, _, pull) => PostAsync(context, pull, "review")));
        _app.MapGet($"{Root}/issues/{{number:int}}/comments", c => OnPullAsync(c, (context, _, pull) => WriteAsync(context, new JsonArray([.. Comments(pull).Select(p => p.DeepClone())]))));
        _app.MapPost($"{Root}/issues/{{number:int}}/comments", c => OnPullAsync(c, (context, _, pull) => PostAsync(context, pull, "comment")));
        _app.MapPatch($"{Root}/issues/comments/{{id:long}}", EditAsync);
        _app.MapPost($"{Root}/issues/comments/{{id:long}}/reactions", c => OnRepositoryAsync(c, ReactAsync));
        _app.MapPost($"{Root}/pulls/comments/{{id:long}}/reactions", c => OnRepositoryAsync(c, ReactAsync));
        _app.MapGet($"{Root}/collaborators/{{login}}/permission", c => OnRepositoryAsync(c, (context, _) => WriteAsync(
            context, new JsonObject { ["permission"] = (string)context.Request.RouteValues["login"]! == Maintainer ? "write" : "read" })));
        _app.MapGet($"{Root}/commits/{{sha}}/check-runs", c => OnRepositoryAsync(c, ChecksAsync));
        _app.MapPost($"{Root}/check-runs", c => OnRepositoryAsync(c, CheckAsync));
        _app.MapPatch($"{Root}/check-runs/{{id:long}}", c => OnRepositoryAsync(c, UpdateCheckAsync));
    }

    private Task OnRepositoryAsync(HttpContext context, Func<HttpContext, StandInRepository, Task> work)
    {
        var name = $"{context.Request.RouteValues["owner"]}/{context.Request.RouteValues["repo"]}";
        return !MayUse(context, name) ? RefuseAsync(context, 401, "Bad credentials")
            : _repositories.TryGetValue(name, out var repository) ? work(context, repository)
            : RefuseAsync(context, 404, "Not Found");
    }

    private Task OnPullAsync(HttpContext context, Func<HttpContext, StandInRepository, StandInPull, Task> work) =>
        OnRepositoryAsync(context, (c, repository) =>
            repository.Pulls.TryGetValue(int.Parse((string)c.Request.RouteValues["number"]!, CultureInfo.InvariantCulture), out var pull)
                ? work(c, repository, pull) : RefuseAsync(c, 404, "Not Found"));

    private Task PullAsync(HttpContext context, StandInRepository repository, StandInPull pull)
    {
        OnPullRead?.Invoke(pull);
        return WriteAsync(context, PullJson(repository, pull));
    }

    private static JsonObject PullJson(StandInRepository repository, StandInPull pull) => new()
    {
        ["number"] = pull.Number,
        ["state"] = pull.IsOpen ? "open" : "closed",
        ["user"] = new JsonObject { ["login"] = "someone", ["type"] = "User" },
        ["body"] = "",
        ["labels"] = new JsonArray([.. pull.Labels.Select(l => new JsonObject { ["name"] = l })]),
        ["head"] = new JsonObject { ["sha"] = pull.Head, ["ref"] = pull.Branch, ["repo"] = RepositoryJson(repository) },
        ["base"] = new JsonObject { ["ref"] = pull.Base, ["repo"] = RepositoryJson(repository) },
    };

    private static async Task FilesAsync(HttpContext context, StandInRepository repository, StandInPull pull)
    {
        var files = new JsonArray();
        if (repository.Directory is { } directory)
        {
            var run = await Processes.RunAsync(
                new ProcessStart("git", ["-C", directory, "diff", "--no-color", "--no-ext-diff", $"{pull.Base}...{pull.Head}"]) { Environment = GitEnvironment },
                cancellationToken: context.RequestAborted).ConfigureAwait(false);
            foreach (var file in run.Text.Split("diff --git ", StringSplitOptions.RemoveEmptyEntries))
            {
                var lines = file.Split('\n');
                var patch = string.Join('\n', lines.SkipWhile(l => !l.StartsWith("@@", StringComparison.Ordinal))).TrimEnd('\n');
                var path = lines[0].Split(" b/")[^1];
                files.Add(new JsonObject { ["filename"] = path, ["status"] = file.Contains("\nnew file mode", StringComparison.Ordinal) ? "added" : "modified", ["patch"] = patch });
            }
        }

        await WriteAsync(context, files).ConfigureAwait(false);
    }

    private async Task PostAsync(HttpContext context, StandInPull pull, string kind)
    {
        var body = await BodyAsync(context).ConfigureAwait(false);
        body["id"] = Interlocked.Increment(ref _nextId);
        body["user"] = new JsonObject { ["login"] = Bot, ["type"] = "Bot" };
        body["created_at"] = _time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        lock (pull.Posts)
            pull.Posts.Add((kind, pull.Head, body));
        context.Response.StatusCode = kind == "review" ? 200 : 201;
        await WriteAsync(context, body).ConfigureAwait(false);
    }

    private Task EditAsync(HttpContext context) => OnRepositoryAsync(context, async (c, repository) =>
    {
        var body = await BodyAsync(c).ConfigureAwait(false);
        foreach (var pull in repository.Pulls.Values)
        {
            if (Comments(pull).FirstOrDefault(p => Text((long)p["id"]!) == (string)c.Request.RouteValues["id"]!) is not { } comment)
                continue;
            lock (pull.Posts)
            {
                comment["body"] = body["body"]!.DeepClone();
                pull.Posts.Add(("edit", pull.Head, (JsonObject)comment.DeepClone()));
            }

            await WriteAsync(c, comment.DeepClone()).ConfigureAwait(false);
            return;
        }

        await RefuseAsync(c, 404, "Not Found").ConfigureAwait(false);
    });

    private static List<JsonObject> Comments(StandInPull pull)
    {
        lock (pull.Posts)
            return [.. pull.Posts.Where(p => p.Kind is "comment" or "said").Select(p => p.Body)];
    }

    private static Task ChecksAsync(HttpContext context, StandInRepository repository)
    {
        var (sha, name) = ((string)context.Request.RouteValues["sha"]!, (string?)context.Request.Query["check_name"]);
        var checks = new JsonArray([.. repository.Checks.Where(c => (string?)c["head_sha"] == sha && (name is null || (string?)c["name"] == name)).Select(c => c.DeepClone())]);
        foreach (var pull in repository.Pulls.Values)
        {
            lock (pull.Posts)
            {
                foreach (var (_, _, body) in pull.Posts.Where(p => p.Kind == "check" && (string?)p.Body["head_sha"] == sha && (name is null || (string?)p.Body["name"] == name)))
                    checks.Add(body.DeepClone());
            }
        }

        return WriteAsync(context, new JsonObject { ["total_count"] = checks.Count, ["check_runs"] = checks });
    }

    private async Task ReactAsync(HttpContext context, StandInRepository repository)
    {
        var body = await BodyAsync(context).ConfigureAwait(false);
        Reactions.Enqueue(((string)context.Request.RouteValues["id"]!, (string)body["content"]!));
        body["id"] = Interlocked.Increment(ref _nextId);
        context.Response.StatusCode = 201;
        await WriteAsync(context, body).ConfigureAwait(false);
    }

    private async Task CheckAsync(HttpContext context, StandInRepository repository)
    {
        var body = await BodyAsync(context).ConfigureAwait(false);
        body["id"] = Interlocked.Increment(ref _nextId);
        if (repository.Pulls.Values.FirstOrDefault(p => p.Head == (string?)body["head_sha"]) is { } pull)
        {
            lock (pull.Posts)
                pull.Posts.Add(("check", pull.Head, body));
        }
        else
        {
            repository.Checks.Enqueue(body);
        }

        context.Response.StatusCode = 201;
        await WriteAsync(context, body).ConfigureAwait(false);
    }

    private async Task UpdateCheckAsync(HttpContext context, StandInRepository repository)
    {
        var update = await BodyAsync(context).ConfigureAwait(false);
        var checks = repository.Checks.Concat(repository.Pulls.Values.SelectMany(p => p.Posts.Where(x => x.Kind == "check").Select(x => x.Body)));
        if (checks.FirstOrDefault(c => Text((long)c["id"]!) == (string)context.Request.RouteValues["id"]!) is not { } check)
        {
            await RefuseAsync(context, 404, "Not Found").ConfigureAwait(false);
            return;
        }

        foreach (var name in new[] { "external_id", "status", "conclusion", "completed_at", "output" })
        {
            if (update[name] is { } value)
                check[name] = value.DeepClone();
        }

        await WriteAsync(context, check).ConfigureAwait(false);
    }
}
