namespace Afterburner.Suggestions;

/// <summary>What a suggestion is worth to somebody who has to read it: what it saves where it matters, and what it adds to the code.</summary>
public sealed record Worth
{
    /// <summary>Lines to read after which a gain counts half.</summary>
    private const double HalfAt = 20;

    /// <summary>What a level of nesting more, and a place elsewhere in the file, count as: lines.</summary>
    private const int LinesOfLevel = 3, LinesOfPlace = 3;

    /// <summary>A factor that is so many times as large on larger calls as on those of the tests grows with the inputs.</summary>
    private const double Growing = 2;

    /// <summary>So does one that grows like this power of their size, or faster: noise of a few percent does not look like it.</summary>
    private const double LeastPower = 0.25;

    private const int UsualIndent = 4;

    /// <summary>
    /// The part of the time of the repository's tests that would be saved if all calls that they make of the function gained by the claimed factor, less what the imports that it adds
    /// take at the start, once. At most 1, below 0 where starting costs more than is saved; null when unknown, and for other objectives than time.
    /// </summary>
    public double? SavedShare { get; init; }

    /// <summary>
    /// CPU time that imports which it adds take each process that loads the file, beside what that file and those of the repository that it imports load already; 0 where it adds none,
    /// null when that was not measured.
    /// </summary>
    public double? StartSeconds { get; init; }

    /// <summary>Lines that the file has more with it; below 0 where it has fewer.</summary>
    public int LinesAdded { get; init; }

    /// <summary>Levels by which its deepest line is nested deeper than the deepest one that it replaces; below 0 where it is less deep.</summary>
    public int LevelsAdded { get; init; }

    /// <summary>Whether the factor grows with the size of the inputs, so that the time of tests, which are small, does not tell what it saves.</summary>
    public bool Grows { get; init; }

    /// <param name="suggestion">With its growth.</param>
    /// <param name="startSeconds">See <see cref="StartSeconds"/>.</param>
    public static Worth Of(Suggestion suggestion, WorkloadReport? workload, ObjectiveKind objective, double? startSeconds)
    {
        double? saved = objective == ObjectiveKind.Time && workload is { ShareOfTests: { } share, TestSeconds: > 0 and var all }
            ? Math.Round((share * (1 - (1 / suggestion.Speedup))) - ((startSeconds ?? 0) / all), 7) : null;
        return new Worth
        {
            SavedShare = saved,
            StartSeconds = startSeconds,
            LinesAdded = suggestion.Edits.Sum(e => Lines.Of(e.Replacement).Count - Lines.Of(e.Original).Count),
            LevelsAdded = Levels(suggestion.Edit),
            Grows = suggestion.Speedup >= Growing * suggestion.CapturedRatio || Power(suggestion.Growth) >= LeastPower,
        };
    }

    /// <summary>By which suggestions stand in order: the share that is saved, which what has to be read makes count less.</summary>
    /// <param name="places">Further places of the file that it changes.</param>
    internal double Rank(int places)
    {
        var reading = Math.Max(0, LinesAdded) + (LinesOfLevel * Math.Max(0, LevelsAdded)) + (LinesOfPlace * places);
        var saved = SavedShare ?? 0;
        return saved <= 0 ? saved : saved / (1 + (reading / HalfAt));
    }

    /// <summary>Why it is not posted, a clause; null where it is.</summary>
    /// <param name="least">Share that it has to save, as <c>suggest.min-share</c> says.</param>
    internal string? HeldBack(double least) => Grows || SavedShare is not { } share || share >= least ? null
        : share < 0 ? $"what it imports takes {Wording.Seconds(StartSeconds ?? 0)} at each start, more than it saves in the tests"
        : $"it saves {Wording.Share(share)} of the tests' time, less than {Wording.Share(least)}";

    /// <summary>The power of the size by which the factor grows from the smallest inputs to the largest; 0 where that cannot be told.</summary>
    private static double Power(IReadOnlyList<GrowthPoint> growth) =>
        growth is [{ Size: > 0, BaselineSeconds: > 0, CandidateSeconds: > 0 } first, .., { BaselineSeconds: > 0, CandidateSeconds: > 0 } last] && last.Size >= 2 * first.Size
            ? Math.Log(last.BaselineSeconds / last.CandidateSeconds / (first.BaselineSeconds / first.CandidateSeconds)) / Math.Log(last.Size / first.Size) : 0;

    private static int Levels(Edit edit)
    {
        var (before, after) = (Indents(edit.Original), Indents(edit.Replacement));
        var unit = before.Concat(after).Where(i => i > 0).DefaultIfEmpty(UsualIndent).Min();
        return (int)Math.Round((after.DefaultIfEmpty().Max() - before.DefaultIfEmpty().Max()) / (double)unit);
    }

    private static List<int> Indents(string code) =>
        [.. code.Split('\n').Where(l => l.Trim().Length > 0).Select(l => l.TakeWhile(c => c is ' ' or '\t').Sum(c => c == '\t' ? UsualIndent : 1))];
}
