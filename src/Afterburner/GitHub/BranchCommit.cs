using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>Makes a branch of a repository with suggestions taken over, in one commit that GitHub signs; and what a pull request of it is called and says.</summary>
internal sealed class BranchCommit(GitHubApi api, RepositoryName repository)
{
    /// <param name="parent">Full hash of the commit that the suggestions are for.</param>
    /// <param name="files">At that commit, those of the suggestions.</param>
    /// <returns>Why it was not made; null when it was.</returns>
    public async Task<string?> MakeAsync(
        string branch, string parent, string headline, IReadOnlyList<CheckedSuggestion> suggestions, IReadOnlyDictionary<string, byte[]> files)
    {
        var made = await api.PostAsync<AnyReply>($"{repository.Path}/git/refs", new { Ref = $"refs/heads/{branch}", Sha = parent }).ConfigureAwait(false);
        // Refused: the branch is there from an attempt that came no further. The commit below says which commit it expects.
        if (made.Kind is not (GitHubReplyKind.Answered or GitHubReplyKind.Refused))
            return made.Reason;
        return made.IsAnswered ? await CommitAsync(branch, parent, headline, suggestions, files).ConfigureAwait(false) : null;
    }

    public static string Title(IReadOnlyList<CheckedSuggestion> suggestions) =>
        suggestions.Count == 1 ? "A proven faster version" : $"{suggestions.Count} proven faster versions";

    /// <summary>A part of a branch's name: the same for the same edits.</summary>
    public static string Key(IReadOnlyList<CheckedSuggestion> suggestions) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Join('\n', suggestions.Select(s => s.Keys.Edit).Order(StringComparer.Ordinal)))))[..10];

    /// <summary>Text of a pull request: of each suggestion its claim, and its evidence as far as there is room.</summary>
    public static string Described(string opening, IReadOnlyList<CheckedSuggestion> suggestions, Report report)
    {
        var text = new StringBuilder(opening);
        foreach (var suggestion in suggestions)
        {
            text.Append($"### {MarkdownText.Code(suggestion.Function.Name)}\n\n{CommentText.Claim(suggestion.Function, report.Objective)}\n\n");
            if (text.Length < CommentText.Limit / 2)
                MarkdownReport.Evidence(text, report, suggestion.Function, suggestion.Suggestion);
        }

        return text.Length > CommentText.Limit ? $"{text.ToString(0, CommentText.Limit - 10)} …" : text.ToString();
    }

    private async Task<string?> CommitAsync(
        string branch, string parent, string headline, IReadOnlyList<CheckedSuggestion> suggestions, IReadOnlyDictionary<string, byte[]> files)
    {
        var reply = await api.QueryAsync<Dictionary<string, JsonElement>>(Resources.Text("GitHub/Queries/commit.graphql"), new
        {
            input = new
            {
                branch = new { repositoryNameWithOwner = $"{repository.Owner}/{repository.Repository}", branchName = branch },
                message = new { headline },
                expectedHeadOid = parent,
                fileChanges = new
                {
                    additions = suggestions.GroupBy(s => s.Function.Path, StringComparer.Ordinal)
                        .Select(g => new { path = g.Key, contents = Convert.ToBase64String(EditSet.Of(g.Select(s => s.Suggestion)).Apply(files[g.Key])) }).ToList(),
                },
            },
        }).ConfigureAwait(false);
        return reply.IsAnswered && reply.Value!.Errors is null or [] ? null : reply.Reason;
    }
}
