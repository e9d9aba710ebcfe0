using Afterburner.Trials;

namespace Afterburner.Verdicts;

/// <summary>Everything measured of one candidate. What is missing has not been measured (yet), or could not be.</summary>
public sealed record Evidence
{
    /// <value>Trial on calls as the tests made them.</value>
    public Trial? Captured { get; init; }

    /// <value>Trial on larger calls.</value>
    public Trial? Amplified { get; init; }

    /// <value>Trial in fresh processes on fresh inputs where there are any, each executed once, at the size of the claim.</value>
    public Trial? Confirmation { get; init; }

    public OutsideCheck? Outside { get; init; }
}

/// <summary>What has to be measured before a verdict can stand.</summary>
public enum NextStep
{
    /// <summary>Nothing: the verdict stands.</summary>
    None,

    /// <summary>A claim, better or worse, waits for <see cref="Evidence.Confirmation"/>.</summary>
    Confirm,

    /// <summary>A confirmed gain waits for <see cref="Evidence.Outside"/>.</summary>
    CheckOutside,
}

/// <summary>What the judge says of the evidence so far.</summary>
/// <param name="Verdict">Never a claim while something is missing.</param>
/// <param name="Size">The trial that made the claim, to be confirmed at the same size; null when there is no claim.</param>
public sealed record Judgement(Verdict Verdict, NextStep Missing, Trial? Size);
