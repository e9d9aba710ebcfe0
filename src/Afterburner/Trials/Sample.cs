namespace Afterburner.Trials;

/// <summary>One side of one pair: what one pass over the inputs cost, in a fresh process.</summary>
/// <param name="Cpu">CPU seconds of all processes while the calls were made.</param>
/// <param name="Wall">Wall seconds.</param>
/// <param name="PeakBytes">Peak resident memory above that before the calls.</param>
/// <param name="ByteSeconds">Resident memory integrated over CPU time; 0 where memory was not followed.</param>
public readonly record struct Sample(double Cpu, double Wall, double PeakBytes, double ByteSeconds)
{
    /// <value>CPU seconds of the calls with all around them, from the first byte of their inputs to the last byte of their answers; 0 where that is not known.</value>
    public double Whole { get; init; }

    /// <summary>CPU seconds that are not of the calls: reading their inputs, writing their answers, and what a pass of no cost takes.</summary>
    public double Around => Whole - Cpu;

    public double Of(ObjectiveKind objective) => objective switch
    {
        ObjectiveKind.Time => Cpu,
        ObjectiveKind.Memory => PeakBytes,
        ObjectiveKind.Integral => ByteSeconds,
    };

    /// <summary>Median of each value by itself; zeros when there is no sample.</summary>
    public static Sample Median(IEnumerable<Sample> samples)
    {
        Sample[] all = [.. samples];
        return new Sample(Middle(s => s.Cpu), Middle(s => s.Wall), Middle(s => s.PeakBytes), Middle(s => s.ByteSeconds))
        {
            Whole = Middle(s => s.Whole),
        };

        double Middle(Func<Sample, double> value) =>
            all.Length == 0 ? 0 : Medians.Of(all.Select(value));
    }
}

/// <summary>Baseline and candidate on the same inputs, one right after the other, in random order.</summary>
/// <param name="Process">Which process the pair ran in, from 0.</param>
public readonly record struct Pair(Sample Baseline, Sample Candidate, int Process)
{
    /// <value>Calls of the pass, which share its time. Defaults to 0: it is taken for one.</value>
    public int Calls { get; init; }

    /// <summary>What one call of the candidate costs more, in the objective's unit. A peak is not shared between calls.</summary>
    public double LossPerCall(ObjectiveKind objective) =>
        (Candidate.Of(objective) - Baseline.Of(objective)) / (objective == ObjectiveKind.Memory ? 1 : Math.Max(1, Calls));
}
