namespace Afterburner.Trials;

/// <summary>
/// Which side of a pair comes first. Who comes first may be some percent slower or quicker, whoever it is: of two pairs in a row each side comes
/// first once, in an order that is drawn. Drawn for each pair by itself, one side may come first nine times of ten, and with one seed does so for everybody.
/// </summary>
internal sealed class PairTurns(long seed)
{
    private readonly Random _random = new((int)Seeds.Of(seed, -2));
    private bool? _next;

    /// <summary>Whether the baseline comes first this time.</summary>
    public bool BaselineFirst()
    {
        var first = _next ?? _random.Next(2) == 0;
        _next = _next is null ? !first : null;
        return first;
    }

    /// <summary>Both sides by their names, see <see cref="Sides"/>.</summary>
    public IReadOnlyList<string> Names() => BaselineFirst() ? [Sides.Baseline, Sides.Candidate] : [Sides.Candidate, Sides.Baseline];
}
