using Afterburner.Evaluation.Tasks;

namespace Afterburner.Evaluation.Programs;

/// <summary>The tests of a task as every program meets them: frozen, with a known answer each, and which of them are timed.</summary>
/// <param name="Checked">Inputs whose answers are compared.</param>
/// <param name="Timed">Places in <see cref="Checked"/> of those that take a good program longest, as far as a sample has room: ten at most, in the order of the tests.</param>
/// <param name="Repeats">How often they are run in one sample, so that a good program's sample is long enough to be told from noise.</param>
/// <param name="Reference">A program of a person that passes; it is measured beside each other one.</param>
/// <param name="ReferenceSeconds">What a sample of it took when the people were measured, starting included.</param>
/// <param name="Empty">What a program that does nothing costs in one sample: what starting takes, and the way in and out.</param>
public sealed record TestSet(IReadOnlyList<TaskTest> Checked, IReadOnlyList<int> Timed, int Repeats, string Reference, double ReferenceSeconds, Cost Empty)
{
    /// <summary>Share of what starting takes below which nothing can be told: that is taken out of each measurement, and known no better.</summary>
    public const double Noise = 0.1;

    /// <summary>Whether a good program takes so little beside what starting takes that its place among others would be chance.</summary>
    public bool IsTooSmall => ReferenceSeconds - Empty.Seconds < Noise * Empty.Seconds;

    /// <summary>Inputs of one sample.</summary>
    public IReadOnlyList<int> Sample => [.. Enumerable.Repeat(Timed, Repeats).SelectMany(t => t)];
}

/// <param name="Seconds">CPU time.</param>
/// <param name="PeakBytes">Highest memory.</param>
/// <param name="ByteSeconds">Memory over CPU time.</param>
public sealed record Cost(double Seconds, double PeakBytes, double ByteSeconds)
{
    /// <summary>What an objective is about.</summary>
    public double Of(ObjectiveKind objective) => objective switch
    {
        ObjectiveKind.Time => Seconds,
        ObjectiveKind.Memory => PeakBytes,
        ObjectiveKind.Integral => ByteSeconds,
    };

    public static Cost Of(ProgramRuns runs) => new(runs.Seconds, runs.PeakBytes, runs.ByteSeconds);

    /// <summary>The middle one of each.</summary>
    public static Cost Median(IReadOnlyList<Cost> costs) => new(Middle(costs.Select(c => c.Seconds)), Middle(costs.Select(c => c.PeakBytes)), Middle(costs.Select(c => c.ByteSeconds)));

    private static double Middle(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>How programs are run.</summary>
public sealed record ProgramOptions
{
    /// <value>CPU time of one run of a program. Defaults to 10 s.</value>
    public TimeSpan MostTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <value>Bytes of memory of a program. Defaults to 1 GiB, as the paper's sandbox.</value>
    public long MostMemory { get; init; } = 1L << 30;

    /// <value>Inputs whose answers are compared, at most; those that are timed come first. Defaults to 40.</value>
    public int MostChecked { get; init; } = 40;

    /// <value>Samples of a program. Defaults to 3; the middle one counts.</value>
    public int Samples { get; init; } = 3;

    /// <value>CPU time of a good program in one sample, at least: runs are repeated for it. Defaults to 50 ms.</value>
    public TimeSpan LongEnough { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <value>CPU time of a good program in one sample, at most. Where what fits into it is too little to be told from noise, the shortest input that does not is timed; longer ones are left out. Defaults to 200 ms.</value>
    public TimeSpan ShortEnough { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <value>CPU time of a sample that needs no other beside it. Defaults to 1 s.</value>
    public TimeSpan OneIsEnough { get; init; } = TimeSpan.FromSeconds(1);

    /// <value>Programs of people that are measured, drawn by the seed where there are more. Defaults to 16, the fewest that the paper takes a task with.</value>
    public int MostPeople { get; init; } = 16;

    /// <value>Of generated inputs, and of which people are drawn. Defaults to 0.</value>
    public int Seed { get; init; }
}
