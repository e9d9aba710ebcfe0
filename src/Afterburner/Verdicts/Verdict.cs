namespace Afterburner.Verdicts;

public enum VerdictKind
{
    /// <summary>Proven better than the baseline and proven equal in behaviour.</summary>
    Improved,

    /// <summary>Proven worse than the baseline.</summary>
    Regressed,

    /// <summary>Neither could be proven.</summary>
    Inconclusive,

    /// <summary>Not admissible: it behaves differently, or breaks a rule. The reason says which.</summary>
    Rejected,
}

/// <summary>The decision about one candidate.</summary>
/// <param name="Reason">One sentence for a person.</param>
/// <param name="Ratio">Baseline over candidate, median of pairs: 2 means half the cost. Null when nothing was measured.</param>
/// <param name="Low">Lower bound of the 99 % interval of <paramref name="Ratio"/>.</param>
/// <param name="High">Upper bound.</param>
/// <param name="Pairs">Number of interleaved pairs behind the ratio.</param>
public sealed record Verdict(VerdictKind Kind, string Reason, double? Ratio = null, double? Low = null, double? High = null, int Pairs = 0)
{
    /// <value>The test whose calls are the kind on which it is better, where it is not proven for all of them. Defaults to null: for all.</value>
    public string? OnlyLike { get; init; }

    public static Verdict Rejected(string reason) => new(VerdictKind.Rejected, reason);
}
