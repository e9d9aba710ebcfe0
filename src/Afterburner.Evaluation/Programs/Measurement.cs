namespace Afterburner.Evaluation.Programs;

/// <summary>What became of a program on the tests of its task: the M of the paper's Algorithm 1.</summary>
/// <param name="Passed">Whether every test came out right, each time.</param>
/// <param name="Seconds">CPU seconds on the timed inputs together, without what starting a program takes.</param>
/// <param name="PeakBytes">Highest memory above that of a program that does nothing.</param>
/// <param name="ByteSeconds">Memory over CPU time, likewise: the true integral, between readings a straight line.</param>
public sealed record Measurement(bool Passed, double Seconds, double PeakBytes, double ByteSeconds)
{
    /// <value>Why it does not pass, for a person and for a proposer; null where it does.</value>
    public string? Failure { get; init; }

    /// <value>Each sample of it, of which the above is the middle one; empty where only that is known.</value>
    public IReadOnlyList<Cost> Samples { get; init; } = [];

    /// <summary>What each sample says of an objective.</summary>
    public IReadOnlyList<double> SamplesOf(ObjectiveKind objective) => Samples.Count == 0 ? [Of(objective)] : [.. Samples.Select(s => s.Of(objective))];

    /// <value>Tests that came out right.</value>
    public int TestsPassed { get; init; }

    public static Measurement Failed(string why, int passed) => new(false, 0, 0, 0) { Failure = why, TestsPassed = passed };

    /// <summary>What an objective is about.</summary>
    public double Of(ObjectiveKind objective) => objective switch
    {
        ObjectiveKind.Time => Seconds,
        ObjectiveKind.Memory => PeakBytes,
        ObjectiveKind.Integral => ByteSeconds,
    };

    /// <summary>
    /// Whether this one takes the place of another in Algorithm 1: it passes and the other does not, both pass and it needs less, or neither does and it
    /// passes more tests.
    /// </summary>
    /// <param name="noise">How much less it has to be: the same program measured again is not better.</param>
    public bool IsBetterThan(Measurement other, ObjectiveKind objective, double noise = 0) =>
        Passed != other.Passed ? Passed : Passed ? Of(objective) < other.Of(objective) - noise : TestsPassed > other.TestsPassed;
}
