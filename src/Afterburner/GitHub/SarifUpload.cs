using System.IO.Compression;
using System.Text;
using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>Hands the suggestions to code scanning, where each can be dismissed for good.</summary>
internal sealed class SarifUpload(GitHubApi api, PullRequestName name)
{
    /// <summary>GitHub's limit for the packed file.</summary>
    private const int LargestBytes = 10 << 20;

    /// <returns>Null when taken; else why not.</returns>
    public async Task<string?> SendAsync(Report report)
    {
        using var packed = new MemoryStream();
        await using (var zip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            await zip.WriteAsync(Encoding.UTF8.GetBytes(api.Redaction.Mask(SarifReport.Write(report)))).ConfigureAwait(false);
        if (packed.Length > LargestBytes)
            return "the report is larger than GitHub takes";
        var reply = await api.PostAsync<AnyReply>($"{name.RepositoryPath}/code-scanning/sarifs", new
        {
            CommitSha = report.Head,
            Ref = $"refs/pull/{name.Number}/head",
            Sarif = Convert.ToBase64String(packed.ToArray()),
            ToolName = "Afterburner",
        }).ConfigureAwait(false);
        return reply.IsAnswered ? null : reply.Reason;
    }
}
