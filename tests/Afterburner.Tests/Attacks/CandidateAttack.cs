namespace Afterburner.Tests.Attacks;

/// <summary>A candidate that wants to be called faster, or equal, without being it.</summary>
/// <param name="Kind">What the attack is about.</param>
/// <param name="Tries">What it tries, in a few words; no two are alike.</param>
/// <param name="Source">The function as it would be after it.</param>
internal sealed record CandidateAttack(string Kind, string Tries, string Source)
{
    /// <value>The function of <see cref="HonestCode"/> in whose place it wants to be.</value>
    public string Function { get; init; } = "common";

    /// <value>Arguments that no test uses and on which it is wrong, a Python expression. Null: it is right and only looks faster.</value>
    public string? Wrong { get; init; }

    /// <value>Arguments on which it looks faster, a Python expression.</value>
    public string Arguments { get; init; } = HonestCode.Arguments;

    /// <value>Whether it is also let past the naming rule, to what comes after: comparison of answers and the clock.</value>
    public bool PastTheNames { get; init; }

    public override string ToString() => $"{Kind}: {Tries}";
}
