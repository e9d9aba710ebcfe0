using System.Security.Cryptography;
using System.Text;

namespace Afterburner.GitHub;

/// <summary>One remark beside lines of a file.</summary>
/// <param name="StartLine">1-based, at head.</param>
/// <param name="EndLine">1-based, inclusive.</param>
/// <param name="Message">Plain text.</param>
public sealed record Annotation(string Path, int StartLine, int EndLine, string Title, string Message);

/// <summary>The check run of a commit, with annotations.</summary>
public sealed class CheckPublisher(GitHubApi api, PullRequestName name, TimeProvider time)
{
    public const string CheckName = "Afterburner";

    /// <summary>Annotations that GitHub takes in one request; further requests add to them.</summary>
    public const int Batch = 50;

    /// <summary>Annotations of one check. Beyond, nobody reads.</summary>
    private const int MostAnnotations = 500;

    private const int LongestSummary = 65_000;

    private const int LongestTitle = 255;

    /// <summary>Publishes a check, unless the same one is there already.</summary>
    /// <returns>False when the token may not.</returns>
    public async Task<bool> PublishAsync(string head, string title, string summary, IReadOnlyList<Annotation> annotations)
    {
        summary = api.Redaction.Mask(summary.Length > LongestSummary ? summary[..LongestSummary] + "…" : summary);
        var id = ExternalId(title, summary, annotations);
        var existing = await api.GetAsync<CheckRunsReply>(
            $"{name.RepositoryPath}/commits/{head}/check-runs?check_name={CheckName}&filter=latest").ConfigureAwait(false);
        if (existing.Value?.CheckRuns.Any(r => r.ExternalId == id) == true)
            return true;
        var batches = annotations.Take(MostAnnotations).Select(Written).Chunk(Batch).ToList();
        var created = await api.PostAsync<CheckRunReply>($"{name.RepositoryPath}/check-runs", new
        {
            Name = CheckName,
            HeadSha = head,
            ExternalId = id,
            Status = "completed",
            Conclusion = annotations.Count > 0 ? "neutral" : "success",
            CompletedAt = time.GetUtcNow(),
            Output = new { Title = title, Summary = summary, Annotations = batches.FirstOrDefault() },
        }).ConfigureAwait(false);
        if (created.Kind == ReplyKind.NotAllowed)
            return false;
        var run = GitHubApi.Required(created, "a check run");
        foreach (var batch in batches.Skip(1))
        {
            GitHubApi.Required(
                await api.PatchAsync<AnyReply>($"{name.RepositoryPath}/check-runs/{run.Id}", new
                {
                    Output = new { Title = title, Summary = summary, Annotations = batch },
                }).ConfigureAwait(false),
                "more annotations of the check run");
        }

        return true;
    }

    private WrittenAnnotation Written(Annotation annotation) => new(
        annotation.Path, annotation.StartLine, annotation.EndLine, "notice", api.Redaction.Mask(annotation.Message),
        annotation.Title.Length > LongestTitle ? annotation.Title[..(LongestTitle - 1)] + "…" : annotation.Title);

    /// <summary>The same content has the same id, by which a second run finds that it is there.</summary>
    private static string ExternalId(string title, string summary, IReadOnlyList<Annotation> annotations) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Join('\0', annotations.Select(a => a.ToString()).Prepend(summary).Prepend(title)))))[..32];

    private sealed record WrittenAnnotation(
        string Path, int StartLine, int EndLine, string AnnotationLevel, string Message, string Title);
}
