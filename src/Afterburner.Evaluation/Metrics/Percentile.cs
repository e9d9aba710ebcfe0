namespace Afterburner.Evaluation.Metrics;

/// <summary>
/// Where a value lies among those of the programs that people wrote: the share of them that need more, from 0 to 1. With equal ones counted as beaten it is
/// what the paper's code computes (arXiv 2505.23387, section 4, equations 12 and 13); without them it is the strict one.
/// </summary>
/// <param name="Strict">Share of people whose value is higher.</param>
/// <param name="WithTies">Share of people whose value is higher or equal.</param>
public readonly record struct Percentile(double Strict, double WithTies)
{
    /// <param name="value">Seconds, bytes or byte-seconds of a program that passes.</param>
    /// <param name="humans">The same of people's programs that pass, in any order.</param>
    /// <returns>0 where there are none.</returns>
    public static Percentile Of(double value, IReadOnlyCollection<double> humans) => humans.Count == 0
        ? default
        : new((double)humans.Count(h => h > value) / humans.Count, (double)humans.Count(h => h >= value) / humans.Count);
}
