namespace Afterburner.Evaluation.Metrics;

/// <summary>
/// Where a value lies among those of the programs that people wrote: the share of them that need more, from 0 to 1. With equal ones counted as beaten it is
/// what the paper's code computes (arXiv 2505.23387, section 4, equations 12 and 13); without them it is the strict one.
/// </summary>
/// <param name="Strict">Share of people whose value is higher.</param>
/// <param name="WithTies">Share of people whose value is higher or equal.</param>
public readonly record struct Percentile(double Strict, double WithTies)
{
    /// <summary>The same where each is known by some samples: the share of pairs of samples, of each person as much as of another. What lies near each other is no matter of a single sample.</summary>
    /// <param name="samples">Of a program that passes.</param>
    /// <param name="humans">Those of each person's program that passes.</param>
    /// <returns>0 where there are none.</returns>
    public static Percentile Of(IReadOnlyList<double> samples, IReadOnlyCollection<IReadOnlyList<double>> humans) => humans.Count == 0 || samples.Count == 0
        ? default
        : new(humans.Average(h => samples.Average(s => (double)h.Count(x => x > s) / h.Count)), humans.Average(h => samples.Average(s => (double)h.Count(x => x >= s) / h.Count)));

    /// <param name="value">Seconds, bytes or byte-seconds of a program that passes.</param>
    /// <param name="humans">The same of people's programs that pass, in any order.</param>
    /// <returns>0 where there are none.</returns>
    public static Percentile Of(double value, IReadOnlyCollection<double> humans) => humans.Count == 0
        ? default
        : new((double)humans.Count(h => h > value) / humans.Count, (double)humans.Count(h => h >= value) / humans.Count);
}
