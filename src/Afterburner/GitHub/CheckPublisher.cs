using System.Security.Cryptography;
using System.Text;

namespace Afterburner.GitHub;

/// <summary>How loud a remark is.</summary>
public enum AnnotationLevel
{
    /// <summary>Something to take over, or to leave.</summary>
    Notice,

    /// <summary>Something bad that fails nothing.</summary>
    Warning,

    /// <summary>What fails a check.</summary>
    Failure,
}

/// <summary>One remark beside lines of a file.</summary>
/// <param name="Path">Null where it is about no file; a check cannot hold it then.</param>
/// <param name="StartLine">1-based, at head.</param>
/// <param name="EndLine">1-based, inclusive.</param>
/// <param name="Message">Plain text.</param>
public sealed record Annotation(AnnotationLevel Level, string? Path, int StartLine, int EndLine, string Title, string Message)
{
    private const int LongestMessage = 1_000;

    /// <summary>Text of others on one line, cut where nobody reads on. Nothing in it is hidden from the reader.</summary>
    public static string Line(string text)
    {
        text = VisibleText.Line(string.Join(' ', text.Split(['\r', '\n', '\t'])));
        return text.Length > LongestMessage ? text[..(LongestMessage - 1)] + "…" : text;
    }
}

/// <summary>How a check ends.</summary>
public enum CheckConclusion
{
    Success,

    /// <summary>There is something to see, and nothing fails.</summary>
    Neutral,

    Failure,
}

/// <summary>A check of a commit.</summary>
/// <param name="Name">Of two with one name GitHub shows the later.</param>
/// <param name="Title">Nothing in it is text of the repository.</param>
/// <param name="Summary">Markdown.</param>
public sealed record Check(string Name, CheckConclusion Conclusion, string Title, string Summary, IReadOnlyList<Annotation> Annotations);

/// <summary>The check runs of a commit, with annotations.</summary>
internal sealed class CheckPublisher(GitHubApi api, RepositoryName name, TimeProvider time)
{
    /// <summary>The check of a review.</summary>
    public const string ReviewName = "Afterburner";

    /// <summary>The check of a gate. Another name: a review that runs beside it must not cover up that it failed.</summary>
    public const string GateName = "Afterburner gate";

    /// <summary>Annotations that GitHub takes in one request; further requests add to them.</summary>
    public const int Batch = 50;

    /// <summary>Annotations of one check. Beyond, nobody reads.</summary>
    private const int MostAnnotations = 500;

    private const int LongestSummary = 65_000;

    private const int LongestTitle = 255;

    /// <summary>By which a check that was begun is told from those of others with its name: the jobs of a workflow have checks too.</summary>
    private const string Begun = "afterburner: in progress";

    /// <summary>Puts a check on a commit that is in progress, unless one is there.</summary>
    /// <returns>False when the token may not.</returns>
    public async Task<bool> BeginAsync(string head, string check, string title, string summary)
    {
        if (Open(await StandingAsync(head, check).ConfigureAwait(false)) is not null)
            return true;
        var created = await api.PostAsync<CheckRunReply>($"{name.Path}/check-runs", new
        {
            Name = check,
            HeadSha = head,
            ExternalId = Begun,
            Status = "in_progress",
            StartedAt = time.GetUtcNow(),
            Output = new { Title = title, Summary = summary },
        }).ConfigureAwait(false);
        if (created.Kind == GitHubReplyKind.NotAllowed)
            return false;
        GitHubApi.Required(created, "a check run");
        return true;
    }

    /// <summary>Ends a check that is in progress.</summary>
    /// <returns>False where none is: then nothing happens.</returns>
    public async Task<bool> EndAsync(string head, Check check) =>
        Open(await StandingAsync(head, check.Name).ConfigureAwait(false)) is not null && await PublishAsync(head, check).ConfigureAwait(false);

    /// <summary>Publishes a check, unless the same one is there already. One that is in progress gets its conclusion.</summary>
    /// <returns>False when the token may not.</returns>
    public async Task<bool> PublishAsync(string head, Check check)
    {
        var summary = api.Redaction.Mask(check.Summary.Length > LongestSummary ? check.Summary[..LongestSummary] + "…" : check.Summary);
        var id = ExternalId(check with { Summary = summary });
        var standing = await StandingAsync(head, check.Name).ConfigureAwait(false);
        var open = Open(standing);
        if (open is null && standing.Any(r => r.ExternalId == id))
            return true;
        var batches = check.Annotations.Where(a => a.Path is not null).Take(MostAnnotations).Select(Written).Chunk(Batch).ToList();
        var concluded = new ConcludedCheck(
            check.Name, head, id, "completed", check.Conclusion.ToString().ToLowerInvariant(), time.GetUtcNow(), new CheckOutput(check.Title, summary, batches.FirstOrDefault()));
        var written = open is null ? null : await api.PatchAsync<CheckRunReply>($"{name.Path}/check-runs/{open.Id}", concluded with { HeadSha = null }).ConfigureAwait(false);
        // Where it is not ours after all, a newer one of that name counts.
        if (written is null or { Kind: GitHubReplyKind.NotAllowed or GitHubReplyKind.Refused })
            written = await api.PostAsync<CheckRunReply>($"{name.Path}/check-runs", concluded).ConfigureAwait(false);
        if (written.Kind == GitHubReplyKind.NotAllowed)
            return false;
        var run = GitHubApi.Required(written, "a check run");
        foreach (var batch in batches.Skip(1))
        {
            GitHubApi.Required(
                await api.PatchAsync<AnyReply>($"{name.Path}/check-runs/{run.Id}", new
                {
                    Output = new { check.Title, Summary = summary, Annotations = batch },
                }).ConfigureAwait(false),
                "more annotations of the check run");
        }

        return true;
    }

    private static CheckRunReply? Open(IReadOnlyList<CheckRunReply> standing) =>
        standing.LastOrDefault(r => r.ExternalId == Begun && r.Status is not null and not "completed");

    private async Task<IReadOnlyList<CheckRunReply>> StandingAsync(string head, string check)
    {
        var reply = await api.GetAsync<CheckRunsReply>(
            $"{name.Path}/commits/{head}/check-runs?check_name={Uri.EscapeDataString(check)}&filter=latest").ConfigureAwait(false);
        return reply.Value?.CheckRuns ?? [];
    }

    private WrittenAnnotation Written(Annotation annotation) => new(
        annotation.Path!, annotation.StartLine, annotation.EndLine, annotation.Level.ToString().ToLowerInvariant(), api.Redaction.Mask(annotation.Message),
        annotation.Title.Length > LongestTitle ? annotation.Title[..(LongestTitle - 1)] + "…" : annotation.Title);

    /// <summary>The same content has the same id, by which a second run finds that it is there.</summary>
    private static string ExternalId(Check check) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Join('\0', check.Annotations.Select(a => a.ToString()).Prepend(check.Summary).Prepend(check.Title).Prepend($"{check.Conclusion}")))))[..32];

    private sealed record ConcludedCheck(
        string Name, string? HeadSha, string ExternalId, string Status, string Conclusion, DateTimeOffset CompletedAt, CheckOutput Output);

    private sealed record CheckOutput(string Title, string Summary, IReadOnlyList<WrittenAnnotation>? Annotations);

    private sealed record WrittenAnnotation(
        string Path, int StartLine, int EndLine, string AnnotationLevel, string Message, string Title);
}
