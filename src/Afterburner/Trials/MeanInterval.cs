namespace Afterburner.Trials;

/// <summary>Mean with one-sided 95 % bounds, by Student's t distribution (Student, Biometrika 1908).</summary>
public readonly record struct MeanInterval(double Mean, double Low, double High)
{
    /// <summary>Values there may be at most.</summary>
    public const int Most = 24;

    /// <summary>Quantiles at 0.95 for 1 to 23 degrees of freedom.</summary>
    private static readonly double[] Quantiles =
    [
        6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782,
        1.771, 1.761, 1.753, 1.746, 1.740, 1.734, 1.729, 1.725, 1.721, 1.717, 1.714,
    ];

    /// <param name="values">Two to <see cref="Most"/>.</param>
    public static MeanInterval Of(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
        var margin = Quantiles[values.Count - 2] * deviation / Math.Sqrt(values.Count);
        return new MeanInterval(mean, mean - margin, mean + margin);
    }
}
