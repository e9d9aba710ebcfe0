namespace Afterburner.Suggestions;

/// <summary>
/// All suggestions as one patch for head. Where two overlap (a function inside a function) the one that is worth more is taken:
/// each was proven alone, and a patch can only hold one of them.
/// </summary>
internal static class PatchReport
{
    /// <returns>Empty when nothing is suggested.</returns>
    public static string Write(Report report) =>
        string.Concat(report.Improved
            .GroupBy(f => f.Path, StringComparer.Ordinal)
            .OrderBy(file => file.Key, StringComparer.Ordinal)
            .Select(file => DiffText.Of(file.Key, Fragments(EditSet.Of(file.Select(f => f.Suggestion!)).Edits))));

    /// <summary>The suggestions that <see cref="Write"/> leaves out.</summary>
    public static IReadOnlyList<FunctionReport> LeftOut(Report report) =>
    [
        .. report.Improved
            .GroupBy(f => f.Path, StringComparer.Ordinal)
            .SelectMany(file =>
            {
                var set = new EditSet();
                return file.Where(f => !set.TryAdd(f.Suggestion!)).ToList();
            }),
    ];

    /// <summary>Edits with the lines of head around them; those whose surroundings touch become one stretch.</summary>
    internal static IEnumerable<DiffFragment> Fragments(IReadOnlyList<Edit> edits)
    {
        for (var i = 0; i < edits.Count;)
        {
            var edit = edits[i];
            var start = edit.StartLine - Lines.Of(edit.ContextBefore).Count;
            var before = edit.ContextBefore + edit.Original;
            var after = edit.ContextBefore + edit.Replacement;
            for (i++; i < edits.Count && Between(edit, edits[i]) is { } gap; i++)
            {
                edit = edits[i];
                before += gap + edit.Original;
                after += gap + edit.Replacement;
            }

            yield return new DiffFragment(start, before + edit.ContextAfter, after + edit.ContextAfter);
        }
    }

    /// <summary>The lines between two edits, or null when not all of them are known.</summary>
    private static string? Between(Edit first, Edit second)
    {
        var count = second.StartLine - first.EndLine - 1;
        var (after, before) = (Lines.Of(first.ContextAfter), Lines.Of(second.ContextBefore));
        return count > after.Count + before.Count
            ? null
            : string.Concat(after.Take(count)) + string.Concat(before.TakeLast(Math.Max(0, count - after.Count)));
    }
}
