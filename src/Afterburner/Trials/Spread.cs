namespace Afterburner.Trials;

/// <summary>The logarithms of the ratios of pairs: 0.01 is 1 %.</summary>
/// <param name="Noise">Median deviation from the median.</param>
internal readonly record struct Spread(double Median, double Noise, int Count)
{
    /// <summary>The margin of the sequential test.</summary>
    private const double LeastDifference = 0.01;

    /// <summary>
    /// Processes of one sample from now on. Where pairs are noisy and there seems to be a difference, a sample is the median of
    /// several; where there is none, noise only shortens the way to giving up, and where the difference is so large that nearly every pair
    /// shows it, nothing is gained. Follows from earlier pairs only, which leaves the test of the later ones valid.
    /// </summary>
    public int Forks => Math.Abs(Median) < Math.Max(LeastDifference, StandardError) || Math.Abs(Median) > 3 * Deviation ? 1
        : Noise > 0.04 ? 5
        : Noise > 0.015 ? 3
        : 1;

    /// <summary>Standard deviation, if the noise is normal: 1.4826 times <see cref="Noise"/>.</summary>
    private double Deviation => 1.4826 * Noise;

    /// <summary>Of the median, if the noise is normal: it spreads √(π/2) times as far as a mean.</summary>
    private double StandardError => Math.Sqrt(Math.PI / 2 / Math.Max(1, Count)) * Deviation;

    public static Spread Of(IReadOnlyList<Pair> pairs, ObjectiveKind objective)
    {
        double[] logs =
        [
            .. pairs.Select(p => (Baseline: p.Baseline.Of(objective), Candidate: p.Candidate.Of(objective)))
                .Where(p => p is { Baseline: > 0, Candidate: > 0 })
                .Select(p => Math.Log(p.Baseline / p.Candidate)),
        ];
        if (logs.Length == 0)
            return default;
        var median = Medians.Of(logs);
        return new Spread(median, Medians.Of(logs.Select(l => Math.Abs(l - median))), logs.Length);
    }
}
