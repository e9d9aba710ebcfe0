using Afterburner.Changes;

namespace Afterburner.GitHub;

/// <summary>A pull request as it is now.</summary>
/// <param name="IsOpen">Neither closed nor merged.</param>
/// <param name="HeadSha">Full hash of its newest commit.</param>
/// <param name="HeadRef">Name of the branch it comes from.</param>
/// <param name="HeadRepository">OWNER/REPO of that branch; null when the fork is gone.</param>
/// <param name="Author">Login of who opened it.</param>
public sealed record PullRequestState(
    PullRequestName Name, bool IsOpen, string HeadSha, string HeadRef, string? HeadRepository, string Author)
{
    /// <summary>Name of the branch that it is to be merged into; empty where GitHub does not say.</summary>
    public string BaseRef { get; init; } = "";

    /// <summary>Name of the repository's default branch; empty where GitHub does not say.</summary>
    public string DefaultBranch { get; init; } = "";

    /// <summary>Names of its labels.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Files with the hunks that comments can be placed on. Files whose patch GitHub does not give have none.</summary>
    public IReadOnlyList<FileDiff> Files { get; init; } = [];

    /// <summary>Threads that we started, oldest first.</summary>
    public IReadOnlyList<ReviewThread> Threads { get; init; } = [];

    /// <summary>Our summary comment, or null.</summary>
    public SummaryComment? Summary { get; init; }

    /// <summary>Function keys and edit keys that people with a say do not want to see.</summary>
    public Dismissals Dismissals { get; init; } = Dismissals.None;

    /// <summary>Who asks that something of it is proven faster, for a report; null where it has no such label.</summary>
    /// <param name="label">Its name, in any case.</param>
    public string? RequiredBy(string label) => RequiredBy(Labels, label);

    /// <inheritdoc cref="RequiredBy(string)"/>
    /// <param name="labels">Names of those that it has.</param>
    public static string? RequiredBy(IReadOnlyList<string> labels, string label) => labels.Contains(label, StringComparer.OrdinalIgnoreCase) ? $"{OfLabel}{label}" : null;

    /// <summary>What is said by a label, which may be gone again.</summary>
    internal const string OfLabel = "the label ";

    public bool IsFork => !string.Equals(HeadRepository, $"{Name.Owner}/{Name.Repository}", StringComparison.OrdinalIgnoreCase);
}

/// <param name="Id">Number of the comment in the REST API.</param>
public sealed record SummaryComment(long Id, string Body)
{
    internal SummarySections Sections { get; } = SummarySections.Read(Body);
}

/// <summary>What people said no to.</summary>
/// <param name="Functions">Keys of functions that are to be left alone.</param>
/// <param name="Threads">Threads whose suggestion is not wanted.</param>
public sealed record Dismissals(IReadOnlySet<string> Functions, IReadOnlyList<ReviewThread> Threads)
{
    public static Dismissals None { get; } = new(new HashSet<string>(), []);

    public bool Cover(SuggestionKeys keys) =>
        Functions.Contains(keys.Function) || Threads.Any(t => t.Keys.Source == keys.Source || t.Keys.Edit == keys.Edit);
}
