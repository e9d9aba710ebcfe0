using Afterburner.Workloads;

namespace Afterburner.Tests.Languages;

/// <summary>One thing that a runtime has to get right: a function, a candidate for it, and what has to come of that.</summary>
/// <param name="Name">What the candidate does, in the words of a test.</param>
/// <param name="Needs">What a harness must be able to do, beside running tests, for the case to mean something.</param>
/// <param name="Right">What has to come of it.</param>
internal sealed record RuntimeCase(string Name, Abilities Needs, Ending Right)
{
    /// <value>What has to come of it where calls are not compared, so that tests alone tell. Defaults to null: as elsewhere.</value>
    public Ending? ByTestsAlone { get; init; }

    public bool IsFor(Abilities abilities) => (Needs & abilities) == Needs;

    public Ending RightFor(Abilities abilities) => abilities.HasFlag(Abilities.Replay) ? Right : ByTestsAlone ?? Right;
}

/// <summary>What comes of a case.</summary>
/// <param name="Kind">How far the candidate came.</param>
/// <param name="Word">Of the reason: the right cause. Another cause is another ending.</param>
internal sealed record Ending(EndingKind Kind, string Word = "")
{
    /// <summary>Nothing speaks against the candidate: it would be measured.</summary>
    public static Ending Verified { get; } = new(EndingKind.Verified);

    public static Ending Rejected(string word) => new(EndingKind.Rejected, word);

    public static Ending Skipped(string word) => new(EndingKind.Skipped, word);
}

internal enum EndingKind
{
    Verified,

    Rejected,

    /// <summary>Could not be told, through no fault of the candidate.</summary>
    Inconclusive,

    /// <summary>The function is not reviewed at all.</summary>
    Skipped,
}

/// <summary>A case in the text of one language.</summary>
/// <param name="Path">Of the file that holds the function.</param>
/// <param name="Function">Its qualified name there.</param>
/// <param name="Candidate">The whole text that is proposed in its place.</param>
/// <param name="Files">Of the case, by path, with their texts at head.</param>
internal sealed record CaseSources(string Path, string Function, string Candidate, IReadOnlyDictionary<string, string> Files)
{
    /// <value>Which of several functions of that name it is, from 0, in the order of the file. Defaults to the first.</value>
    public int Place { get; init; }

    /// <value>What has to come of it in this language, where its words, or what its users can tell apart, are others. Defaults to null: what comes of it elsewhere.</value>
    public Ending? Right { get; init; }
}
