namespace Afterburner.Trials;

/// <summary>What the meter of a runner showed of one sample.</summary>
/// <param name="Cpu">CPU seconds between "go" and the runner's word that the calls are over: what a call costs, if that word is true.</param>
/// <param name="Whole">CPU seconds from the first byte of the inputs until all stood still after the last byte of the answers, whatever the runner says.</param>
/// <param name="Before">CPU seconds of all processes between the sample before and the inputs: starting, forking, warming up.</param>
/// <param name="Wall">Wall seconds of the calls.</param>
/// <param name="PeakLow">Highest memory above that at the inputs, at least: exact where the kernel tells it of this span alone.</param>
/// <param name="PeakHigh">The same, at most. A gain is claimed by the baseline's least and the candidate's most.</param>
/// <param name="ByteSeconds">Memory over CPU time; null where it was not followed.</param>
/// <param name="Answers">One for each call, as the runner wrote them.</param>
internal sealed record Reading(
    double Cpu, double Whole, double Before, double Wall, double PeakLow, double PeakHigh, double? ByteSeconds, IReadOnlyList<byte[]> Answers)
{
    /// <value>Readings of memory that its integral was made of.</value>
    public int Readings { get; init; }

    /// <summary>Several children as one sample: the median of every value, the answers of the first.</summary>
    public static Reading Median(IReadOnlyList<Reading> taken) => taken.Count == 1 ? taken[0] : new Reading(
        Of(taken, r => r.Cpu), Of(taken, r => r.Whole), Of(taken, r => r.Before), Of(taken, r => r.Wall), Of(taken, r => r.PeakLow), Of(taken, r => r.PeakHigh),
        taken.All(r => r.ByteSeconds is not null) ? Of(taken, r => r.ByteSeconds!.Value) : null, taken[0].Answers)
    {
        Readings = taken.Min(r => r.Readings),
    };

    private static double Of(IReadOnlyList<Reading> taken, Func<Reading, double> value) => Medians.Of(taken.Select(value));
}
