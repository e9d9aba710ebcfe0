using System.Text.Json;
using Afterburner.GitHub;

namespace Afterburner.Worker.Webhooks;

/// <summary>What a delivery says, as far as the worker goes by it.</summary>
internal abstract record WebhookEvent
{
    /// <summary>Nothing is to be done.</summary>
    public sealed record Ignored(string Reason) : WebhookEvent;

    /// <summary>It is not what GitHub documents.</summary>
    public sealed record Unreadable(string Reason) : WebhookEvent;

    /// <summary>A pull request has a head that nobody has looked at, or somebody asks for it again.</summary>
    /// <param name="Again">Whether a finished review of the same commit is no reason to leave it.</param>
    public sealed record Changed(PullRequestPlace Place, string Head, bool Again) : WebhookEvent;

    /// <summary>A pull request was closed or merged.</summary>
    public sealed record Closed(PullRequestPlace Place) : WebhookEvent;

    /// <summary>A person wrote a command on a pull request.</summary>
    /// <param name="Sender">Login of who wrote it.</param>
    public sealed record Commanded(PullRequestPlace Place, CommandVerb Verb, CommandComment Comment, string Sender) : WebhookEvent;

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
                "ping" => new Ignored("GitHub asks whether anybody is there"),
                _ => new Ignored($"nothing is done for the event {kind}"),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or UsageException)
        {
            return new Unreadable(e switch
            {
                KeyNotFoundException => "a member that GitHub documents is missing",
                UsageException => "the repository or the number is none that GitHub would give",
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
        if (CommandText.Read(comment.GetProperty("body").GetString()) is not { } verb)
            return new Ignored("the comment holds no command");
        var about = root.GetProperty(isOnLines ? "pull_request" : "issue");
        if (!isOnLines && !about.TryGetProperty("pull_request", out _))
            return new Ignored("the comment is on an issue, not on a pull request");
        var person = comment.GetProperty("user");
        var login = person.GetProperty("login").GetString() ?? "";
        return person.GetProperty("type").GetString() is "User"
            ? new Commanded(PlaceOf(root, about.GetProperty("number").GetInt32()), verb, new CommandComment(comment.GetProperty("id").GetInt64(), isOnLines), login)
            : new Ignored("commands of bots are not followed");
    }

    private static PullRequestPlace PlaceOf(JsonElement root, int number)
    {
        var repository = root.GetProperty("repository");
        var name = repository.GetProperty("full_name").GetString() ?? "";
        _ = PullRequestName.Parse($"{name}#{number}");
        return new PullRequestPlace(
            name, repository.GetProperty("id").GetInt64(), number, root.GetProperty("installation").GetProperty("id").GetInt64());
    }

    private static string Sha(JsonElement element) =>
        element.GetString() is { Length: 40 or 64 } sha && sha.All(char.IsAsciiHexDigitLower) ? sha : throw new FormatException("the commit has no full hash");
}

/// <param name="Repository">OWNER/REPO.</param>
internal sealed record PullRequestPlace(string Repository, long RepositoryId, int Number, long Installation);
