namespace Afterburner.Proposers.Llama;

/// <summary>Ends a reply right after a text, wherever the borders between tokens lie.</summary>
internal sealed class StopText(IReadOnlyList<string> stops)
{
    private readonly int _longest = stops.Max(s => s.Length);
    private string _tail = "";

    public bool Reached { get; private set; }

    /// <summary>Takes the next piece; gives back what of it belongs to the reply.</summary>
    public string Take(string piece)
    {
        var seen = _tail + piece;
        var end = stops.Select(s => (At: seen.IndexOf(s, StringComparison.Ordinal), s.Length))
            .Where(s => s.At >= 0)
            .Select(s => (int?)(s.At + s.Length))
            .Min();
        Reached = end is not null;
        var taken = end is { } e ? piece[..(e - _tail.Length)] : piece;
        _tail = seen[^Math.Min(seen.Length, _longest - 1)..];
        return taken;
    }
}
