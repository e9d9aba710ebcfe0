using Afterburner.Trials;

namespace Afterburner.Verdicts;

/// <summary>What counts as better, by how much at least, and how sure a claim must be.</summary>
/// <param name="Kind">Which of the measured values is compared.</param>
public sealed record Objective(ObjectiveKind Kind)
{
    /// <summary>Seconds; saves less than the noise of one call on a busy machine.</summary>
    public const double DefaultMinimumSeconds = 50e-6;

    /// <summary>Bytes; the interpreter takes memory from the system in steps of this size.</summary>
    public const double DefaultMinimumBytes = 1 << 20;

    /// <summary>Byte-seconds; <see cref="DefaultMinimumSeconds"/> of an interpreter that holds 20 MB.</summary>
    public const double DefaultMinimumByteSeconds = 1000;

    /// <value>Baseline over candidate, median of pairs, from which a gain is worth a reviewer's time. Defaults to 1.10.</value>
    public double MinimumRatio { get; init; } = 1.10;

    /// <value>
    /// What one call must save at least, in the objective's unit (seconds, bytes or byte-seconds): the noise floor.
    /// Defaults to 50 us, 1 MiB or 1,000 byte-seconds.
    /// </value>
    public double MinimumSaving { get; init; } = Kind switch
    {
        ObjectiveKind.Time => DefaultMinimumSeconds,
        ObjectiveKind.Memory => DefaultMinimumBytes,
        ObjectiveKind.Integral => DefaultMinimumByteSeconds,
    };

    /// <value>Bound of the false-alarm probability of one sequential test in one direction. Defaults to 0.01.</value>
    public double Alpha { get; init; } = 0.01;

    /// <value>How much better one side of a pair must be to count for it; smaller differences count against both. Defaults to 1.01.</value>
    public double Margin { get; init; } = 1.01;

    /// <value>Median of paired ratios below which no claim is made, either way, whatever the test says. Defaults to 1.03.</value>
    public double MinimumPairedMedian { get; init; } = 1.03;

    /// <summary>For calls of a function that makes those that are compared: theirs are a part of its time, so half of the gain shows as much.</summary>
    public Objective ThroughCaller => this with { MinimumRatio = 1 + ((MinimumRatio - 1) / 2) };

    /// <summary>A new test of this objective.</summary>
    public SequentialTest Test() => new(Alpha, Margin);

    /// <summary>Feeds the pairs of a finished trial to a new test, in order, as the trial did.</summary>
    public SequentialTest Test(IEnumerable<Pair> pairs)
    {
        var test = Test();
        foreach (var pair in pairs)
            test.Add(pair, Kind);
        return test;
    }
}
