using Afterburner.Trials;

namespace Afterburner.Verdicts;

/// <summary>
/// Everything measured of two versions. What is missing has not been measured (yet), or could not be. In a gate the baseline of
/// each pair is base, and its candidate head.
/// </summary>
public sealed record Evidence
{
    /// <value>Trial on calls as the tests made them.</value>
    public Trial? Captured { get; init; }

    /// <value>Trial on larger calls.</value>
    public Trial? Amplified { get; init; }

    /// <value>Trial in fresh processes on fresh inputs where there are any, each executed once, at the size of the claim.</value>
    public Trial? Confirmation { get; init; }

    /// <summary>The trials there are, in the order they were measured, by the name of their stage.</summary>
    public IEnumerable<(string Stage, Trial Trial)> Trials =>
        new[] { ("captured", Captured), ("amplified", Amplified), ("confirmation", Confirmation) }
            .Where(t => t.Item2 is not null).Select(t => (t.Item1, t.Item2!));
}

/// <summary>What has to be measured before a verdict can stand.</summary>
public enum NextStep
{
    /// <summary>Nothing: the verdict stands.</summary>
    None,

    /// <summary>A claim, better or worse, waits for <see cref="Evidence.Confirmation"/>.</summary>
    Confirm,
}

/// <summary>What a judge says of the evidence so far.</summary>
/// <param name="Verdict">Never a claim while something is missing.</param>
/// <param name="Size">The trial that made the claim, to be confirmed at the same size; null when there is no claim.</param>
public sealed record Judgement<TVerdict>(TVerdict Verdict, NextStep Missing, Trial? Size);
