using System.Text;

namespace Afterburner.GitHub;

/// <summary>What became of a suggestion.</summary>
public enum SuggestionFate
{
    /// <summary>Nobody has decided.</summary>
    Open,

    /// <summary>The head of the pull request has what it suggests.</summary>
    Taken,

    /// <summary>Somebody with a say does not want it, see <see cref="Dismissals"/>.</summary>
    Dismissed,

    /// <summary>The pull request was closed or merged, and nobody had decided.</summary>
    Ignored,
}

/// <summary>One edit of a suggestion, without its place: other commits move lines.</summary>
/// <param name="Original">Lines that it takes away.</param>
/// <param name="Replacement">Lines that it puts in their place; empty deletes them.</param>
public sealed record PostedEdit(string Original, string Replacement);

/// <summary>A suggestion that stands on a pull request, as far as it is needed to see what becomes of it.</summary>
/// <param name="Path">File of the function, with forward slashes.</param>
/// <param name="Function">Name of the function.</param>
/// <param name="Proposer">Who proposed it.</param>
public sealed record PostedSuggestion(SuggestionKeys Keys, string Path, string Function, string Proposer, IReadOnlyList<PostedEdit> Edits)
{
    /// <summary>The suggestions that people can see when a plan was posted, those of earlier runs included.</summary>
    public static IReadOnlyList<PostedSuggestion> Of(PublicationPlan plan) =>
    [
        .. plan.Suggestions
            .Where(s => s.Placement is Placement.Comment or Placement.Summary or Placement.FixPullRequest or Placement.Posted)
            .Select(s => s.Checked)
            .Select(c => new PostedSuggestion(
                c.Keys, c.Function.Path, c.Function.Name, c.Suggestion.Proposer, [.. c.Suggestion.Edits.Select(e => new PostedEdit(e.Original, e.Replacement))])),
    ];

    /// <summary>Whether a file has all that is suggested, and nothing of what it replaces. Line ends, empty lines and space at the ends of lines do not count.</summary>
    public bool IsIn(byte[] file)
    {
        var text = Spaced(Encoding.UTF8.GetString(file));
        return Edits.All(edit =>
        {
            var (original, replacement) = (Spaced(edit.Original), Spaced(edit.Replacement));
            if (!text.Contains(replacement, StringComparison.Ordinal))
                return false;
            // What is put in may hold what is taken away, as a line that something is added to.
            var rest = replacement == "\n" ? text : text.Replace(replacement, "\n", StringComparison.Ordinal);
            return original == "\n" || !rest.Contains(original, StringComparison.Ordinal);
        });
    }

    /// <summary>Whole lines: no end of one is taken for a line of its own.</summary>
    private static string Spaced(string code) =>
        $"\n{string.Concat(code.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0).Select(l => l + "\n"))}";
}

/// <summary>Looks at a pull request for what became of suggestions.</summary>
public sealed class SuggestionFates(GitHubApi api)
{
    /// <param name="pull">As read a moment ago; it may be closed.</param>
    /// <returns>One for each suggestion, in their order.</returns>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached.</exception>
    public async Task<IReadOnlyList<SuggestionFate>> OfAsync(PullRequestState pull, IReadOnlyList<PostedSuggestion> posted)
    {
        if (posted.Count == 0)
            return [];
        var files = await new HeadFiles(api, pull.Name).FetchAsync(pull.HeadSha, posted.Select(p => p.Path)).ConfigureAwait(false);
        var said = await new PullRequestSource(api, pull.Name).WithConversationAsync(pull).ConfigureAwait(false);
        return
        [
            .. posted.Select(p =>
                files.TryGetValue(p.Path, out var file) && p.IsIn(file) ? SuggestionFate.Taken
                : said.Dismissals.Cover(p.Keys) ? SuggestionFate.Dismissed
                : SuggestionFate.Open),
        ];
    }
}
