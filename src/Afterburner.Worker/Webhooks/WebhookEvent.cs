using System.Text.Json;
using Afterburner.GitHub;

namespace Afterburner.Worker.Webhooks;

/// <summary>What a delivery says, as far as the worker goes by it.</summary>
internal abstract record WebhookEvent
{
    /// <summary>GitHub's names of the kinds that something is done for, and of its greeting.</summary>
    public static IReadOnlySet<string> Known { get; } = new HashSet<string>
    {
        "pull_request", "check_run", "issue_comment", "pull_request_review_comment", "push", "workflow_dispatch", "repository_dispatch", "installation",
        "installation_repositories", "ping",
    };

    /// <summary>Nothing is to be done.</summary>
    public sealed record Ignored(string Reason) : WebhookEvent;

    /// <summary>It is not what GitHub documents.</summary>
    public sealed record Unreadable(string Reason) : WebhookEvent;

    /// <summary>A pull request has a head that nobody has looked at, or somebody asks for it again.</summary>
    /// <param name="Again">Whether a finished review of the same commit is no reason to leave it.</param>
    public sealed record Changed(Place Place, string Head, bool Again) : WebhookEvent;

    /// <summary>A pull request was closed or merged.</summary>
    public sealed record Closed(Place Place) : WebhookEvent;

    /// <summary>A person wrote a command on a pull request.</summary>
    /// <param name="Function">Of <c>optimize</c>.</param>
    /// <param name="Sender">Login of who wrote it.</param>
    public sealed record Commanded(Place Place, CommandVerb Verb, string? Function, CommandComment Comment, string Sender) : WebhookEvent;

    /// <summary>The author of a pull request may have accepted its slowdown in the description.</summary>
    /// <param name="Author">Login.</param>
    public sealed record Accepted(Place Place, string Author) : WebhookEvent;

    /// <summary>The default branch has new commits.</summary>
    /// <param name="Since">Full hash of the newest one before.</param>
    public sealed record Pushed(Place Place, string Since, string Head) : WebhookEvent;

    /// <summary>A person or a program asks for a review of a branch.</summary>
    /// <param name="Function">One function to be made faster instead; null for the change.</param>
    public sealed record Dispatched(Place Place, string? Function) : WebhookEvent;

    /// <summary>The app was taken away, or may not do what it needs any more.</summary>
    /// <param name="Repositories">Numbers of those it is gone from; null for all of the installation.</param>
    public sealed record Gone(long Installation, IReadOnlyList<long>? Repositories) : WebhookEvent;

    /// <summary>Reads a payload. Only members that are needed have to be there: GitHub's own examples lack some that its schema requires.</summary>
    public static WebhookEvent Read(string kind, ReadOnlySpan<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            return kind switch
            {
                "pull_request" => PullRequest(root),
                "check_run" => CheckRun(root),
                "issue_comment" => OnComment(root, isOnLines: false),
                "pull_request_review_comment" => OnComment(root, isOnLines: true),
                "push" => Push(root),
                "workflow_dispatch" => WorkflowDispatch(root),
                "repository_dispatch" => RepositoryDispatch(root),
                "installation" => InstallationNews(root),
                "installation_repositories" => InstallationRepositories(root),
                "ping" => new Ignored("GitHub asks whether anybody is there"),
                _ => new Ignored($"nothing is done for the event {kind}"),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or UsageException)
        {
            return new Unreadable(e switch
            {
                KeyNotFoundException => "a member that GitHub documents is missing",
                UsageException => "the repository, the number or the branch is none that GitHub would give",
                _ => e.Message,
            });
        }
    }

    private static WebhookEvent PullRequest(JsonElement root)
    {
        var action = root.GetProperty("action").GetString() ?? "";
        var pull = root.GetProperty("pull_request");
        if (action == "closed")
            return new Closed(PlaceOf(root, root.GetProperty("number").GetInt32()));
        if (action == "edited" && root.GetProperty("changes").TryGetProperty("body", out _) && pull.GetProperty("body").GetString()?.Contains("afterburner:", StringComparison.Ordinal) == true)
            return new Accepted(PlaceOf(root, root.GetProperty("number").GetInt32()), pull.GetProperty("user").GetProperty("login").GetString() ?? "");
        // What it is compared with is another now.
        if (action == "edited" && root.GetProperty("changes").TryGetProperty("base", out _))
            return new Changed(PlaceOf(root, root.GetProperty("number").GetInt32()), Sha(pull.GetProperty("head").GetProperty("sha")), Again: true);
        if (action is not ("opened" or "synchronize" or "reopened" or "ready_for_review"))
            return new Ignored($"nothing is done when a pull request is {action.Replace('_', ' ')}");
        if (pull.TryGetProperty("draft", out var draft) && draft.ValueKind == JsonValueKind.True)
            return new Ignored("the pull request is a draft: it is reviewed once it is ready");
        return new Changed(PlaceOf(root, root.GetProperty("number").GetInt32()), Sha(pull.GetProperty("head").GetProperty("sha")), Again: false);
    }

    /// <summary>Somebody asks for the check again. Pull requests of forks are not named there.</summary>
    private static WebhookEvent CheckRun(JsonElement root)
    {
        if (root.GetProperty("action").GetString() is not "rerequested")
            return new Ignored("nothing is done for this news of a check");
        var check = root.GetProperty("check_run");
        var pulls = check.GetProperty("pull_requests");
        return pulls.GetArrayLength() == 0
            ? new Ignored("the check belongs to no pull request of this repository")
            : new Changed(PlaceOf(root, pulls[0].GetProperty("number").GetInt32()), Sha(check.GetProperty("head_sha")), Again: true);
    }

    private static WebhookEvent OnComment(JsonElement root, bool isOnLines)
    {
        if (root.GetProperty("action").GetString() is not "created")
            return new Ignored("nothing is done for this news of a comment");
        var comment = root.GetProperty("comment");
        if (CommandText.Read(comment.GetProperty("body").GetString()) is not var (verb, function))
            return new Ignored("the comment holds no command");
        var about = root.GetProperty(isOnLines ? "pull_request" : "issue");
        if (!isOnLines && !about.TryGetProperty("pull_request", out _))
            return new Ignored("the comment is on an issue, not on a pull request");
        var person = comment.GetProperty("user");
        var login = person.GetProperty("login").GetString() ?? "";
        return person.GetProperty("type").GetString() is "User"
            ? new Commanded(PlaceOf(root, about.GetProperty("number").GetInt32()), verb, function, new CommandComment(comment.GetProperty("id").GetInt64(), isOnLines), login)
            : new Ignored("commands of bots are not followed");
    }

    /// <summary>What is pushed to other branches comes as a pull request, or is nobody's business yet.</summary>
    private static WebhookEvent Push(JsonElement root)
    {
        if (BranchOf(root) is not { } branch || branch != root.GetProperty("repository").GetProperty("default_branch").GetString())
            return new Ignored("only pushes to the default branch are gated");
        var (since, head) = (Sha(root.GetProperty("before")), Sha(root.GetProperty("after")));
        return since.All(c => c == '0') || head.All(c => c == '0')
            ? new Ignored("the branch was made or deleted: there is nothing to compare") : new Pushed(PlaceOf(root, branch), since, head);
    }

    /// <summary>Every workflow that somebody starts by hand is told of: the one that is meant has the name.</summary>
    private static WebhookEvent WorkflowDispatch(JsonElement root)
    {
        if (Path.GetFileNameWithoutExtension(root.GetProperty("workflow").GetString() ?? "") is not "afterburner")
            return new Ignored("the workflow is another: .github/workflows/afterburner.yml asks for a review");
        return BranchOf(root) is { } branch
            ? new Dispatched(PlaceOf(root, branch), FunctionIn(root.GetProperty("inputs"))) : new Ignored("the workflow was started on a tag, not on a branch");
    }

    private static WebhookEvent RepositoryDispatch(JsonElement root)
    {
        if (root.GetProperty("action").GetString() is not "afterburner")
            return new Ignored("the event is another: event_type afterburner asks for a review");
        var asked = root.GetProperty("client_payload");
        return asked.ValueKind == JsonValueKind.Object && asked.TryGetProperty("branch", out var branch) && branch.ValueKind == JsonValueKind.String
            ? new Dispatched(PlaceOf(root, branch.GetString()!), FunctionIn(asked)) : new Ignored("client_payload.branch does not say which branch");
    }

    private static WebhookEvent InstallationNews(JsonElement root) => root.GetProperty("action").GetString() switch
    {
        "deleted" or "suspend" => new Gone(root.GetProperty("installation").GetProperty("id").GetInt64(), null),
        "created" => new Ignored("the app was installed"),
        _ => new Ignored("nothing is done for this news of the installation"),
    };

    private static WebhookEvent InstallationRepositories(JsonElement root) => root.GetProperty("action").GetString() is "removed"
        ? new Gone(
            root.GetProperty("installation").GetProperty("id").GetInt64(),
            [.. root.GetProperty("repositories_removed").EnumerateArray().Select(r => r.GetProperty("id").GetInt64())])
        : new Ignored("the app was installed in more repositories");

    private static string? FunctionIn(JsonElement asked) =>
        asked.ValueKind == JsonValueKind.Object && asked.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.String
            && function.GetString() is { Length: > 0 } named
            ? CommandText.FunctionOf(named) ?? throw new FormatException("the function is not written as PATH::FUNCTION") : null;

    /// <returns>Null for a tag.</returns>
    private static string? BranchOf(JsonElement root) =>
        root.GetProperty("ref").GetString() is { } name && name.StartsWith("refs/heads/", StringComparison.Ordinal) ? name["refs/heads/".Length..] : null;

    private static Place PlaceOf(JsonElement root, int number)
    {
        var (name, id, installation) = RepositoryOf(root);
        return Place.OfPullRequest(name, id, installation, number);
    }

    private static Place PlaceOf(JsonElement root, string branch)
    {
        var (name, id, installation) = RepositoryOf(root);
        return Place.OfBranch(name, id, installation, branch);
    }

    private static (string Name, long Id, long Installation) RepositoryOf(JsonElement root)
    {
        var repository = root.GetProperty("repository");
        return (
            repository.GetProperty("full_name").GetString() ?? "", repository.GetProperty("id").GetInt64(), root.GetProperty("installation").GetProperty("id").GetInt64());
    }

    private static string Sha(JsonElement element) =>
        element.GetString() is { Length: 40 or 64 } sha && sha.All(char.IsAsciiHexDigitLower) ? sha : throw new FormatException("the commit has no full hash");
}
