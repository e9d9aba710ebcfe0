namespace Afterburner.Trials;

/// <summary>Mean with one-sided 95 % bounds, by Student's t distribution (Student, Biometrika 1908).</summary>
internal readonly record struct MeanInterval(double Mean, double Low, double High)
{
    /// <summary>Quantiles at 0.95 for 2, 3, 4 and 5 degrees of freedom.</summary>
    private static readonly double[] Quantiles = [2.920, 2.353, 2.132, 2.015];

    /// <param name="values">Three to six values.</param>
    public static MeanInterval Of(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
        var margin = Quantiles[values.Count - 3] * deviation / Math.Sqrt(values.Count);
        return new MeanInterval(mean, mean - margin, mean + margin);
    }
}
