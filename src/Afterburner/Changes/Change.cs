namespace Afterburner.Changes;

/// <summary>What a pull request does: everything between the merge base and its head.</summary>
/// <param name="Base">Full hash of the merge base of the two refs that were asked for.</param>
/// <param name="Head">Full hash of the head commit. The baseline of every comparison is the code at this commit.</param>
public sealed record Change(string Base, string Head, IReadOnlyList<FileDiff> Files);

public enum FileStatus
{
    Added,
    Modified,
    Deleted,
    Renamed,
    Copied,

    /// <summary>The type changed: file to link, file to submodule.</summary>
    TypeChanged,
}

/// <summary>One file of a change.</summary>
/// <param name="Path">Path at head (at base for a deleted file), '/'-separated, relative to the repository's root.</param>
/// <param name="OldPath">Path at base; differs from <paramref name="Path"/> for a renamed or copied file, null for an added one.</param>
/// <param name="IsText">False for binary files, submodules, links and paths that are not UTF-8: they have no hunks and are never reviewed.</param>
public sealed record FileDiff(string Path, string? OldPath, FileStatus Status, bool IsText, IReadOnlyList<Hunk> Hunks)
{
    /// <summary>Whether any line of a span at head was added or changed, or lines were deleted inside it. 1-based, inclusive.</summary>
    public bool Touches(int startLine, int endLine) => Hunks.Any(h => h.Touches(startLine, endLine));

    /// <summary>The hunk that holds every line of a span at head, or null: a review comment may only span lines of one hunk.</summary>
    public Hunk? HunkHolding(int startLine, int endLine) =>
        Hunks.FirstOrDefault(h => h.NewCount > 0 && h.NewStart <= startLine && endLine < h.NewStart + h.NewCount);
}

/// <summary>One hunk exactly as git gives it, with git's default of three lines of context.</summary>
/// <param name="NewStart">1-based first line at head; when <paramref name="NewCount"/> is 0, the line after which lines were deleted.</param>
public sealed record Hunk(int OldStart, int OldCount, int NewStart, int NewCount, IReadOnlyList<HunkLine> Lines)
{
    /// <summary>The places at head where something changed.</summary>
    public IEnumerable<ChangeMark> Marks
    {
        get
        {
            // The line at head that follows the place we are at; a deletion lies between it and the line before.
            var next = NewCount == 0 ? NewStart + 1 : NewStart;
            foreach (var line in Lines)
            {
                if (line.Kind == HunkLineKind.Added)
                    yield return new ChangeMark(line.NewLine!.Value, line.NewLine.Value);
                else if (line.Kind == HunkLineKind.Deleted)
                    yield return new ChangeMark(next - 1, next);
                if (line.NewLine is { } at)
                    next = at + 1;
            }
        }
    }

    /// <summary>See <see cref="FileDiff.Touches"/>.</summary>
    public bool Touches(int startLine, int endLine) => Marks.Any(m => m.IsInside(startLine, endLine));
}

/// <summary>An added or changed line (<paramref name="First"/> is <paramref name="Last"/>), or the two lines between which some were deleted.</summary>
/// <param name="First">1-based, at head; 0 before the first line.</param>
public readonly record struct ChangeMark(int First, int Last)
{
    public bool IsInside(int startLine, int endLine) => startLine <= First && Last <= endLine;
}

public enum HunkLineKind { Context, Added, Deleted }

/// <param name="OldLine">1-based line at base, or null for an added line.</param>
/// <param name="NewLine">1-based line at head, or null for a deleted line.</param>
public sealed record HunkLine(HunkLineKind Kind, int? OldLine, int? NewLine);
