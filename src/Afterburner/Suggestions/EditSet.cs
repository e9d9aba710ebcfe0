namespace Afterburner.Suggestions;

/// <summary>
/// Edits of one file that can be made together. Where those of two suggestions overlap (a function inside a function) the one that came first
/// stays: each was proven alone. Two that put lines after the same line are both made, and the same edit is made once.
/// </summary>
internal sealed class EditSet
{
    private readonly List<Edit> _edits = [];
    private readonly HashSet<Edit> _made = [];

    /// <summary>In order of their lines.</summary>
    public IReadOnlyList<Edit> Edits => [.. _edits.OrderBy(e => e.StartLine)];

    /// <summary>Those of the suggestions that fit, the first one first.</summary>
    public static EditSet Of(IEnumerable<Suggestion> suggestions)
    {
        var set = new EditSet();
        foreach (var suggestion in suggestions)
            set.TryAdd(suggestion);
        return set;
    }

    /// <returns>Whether all edits of the suggestion are in the set now; otherwise none is.</returns>
    public bool TryAdd(Suggestion suggestion)
    {
        var placed = suggestion.Edits.Except(_made).Select(e => (New: e, Met: _edits.Where(e.Overlaps).ToList())).ToList();
        if (placed.Any(p => p.Met.Count > 1 || (p.Met is [var other] && !p.New.InsertsBeside(other))))
            return false;
        foreach (var (edit, met) in placed)
        {
            _edits.RemoveAll(met.Contains);
            _edits.Add(met is [var first] ? first.With(edit) : edit);
            _made.Add(edit);
        }

        return true;
    }

    /// <summary>The file with all of them made, from its end, so that none moves the lines of another.</summary>
    /// <exception cref="InvalidOperationException">The file is another one.</exception>
    public byte[] Apply(byte[] file) => Edits.Reverse().Aggregate(file, (bytes, edit) => edit.Apply(bytes));
}
