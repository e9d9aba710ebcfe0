using Afterburner.Trials;

namespace Afterburner.Verdicts;

/// <summary>
/// Median of paired ratios (baseline over candidate; 2 means half the cost) with a distribution-free 99 % interval:
/// the k-th smallest and the k-th largest ratio, k the largest with 2·P(Bin(n, ½) &lt; k) ≤ .01 (David and Nagaraja,
/// Order Statistics, 3rd edition, section 7.1). The bounds hold for a number of pairs fixed beforehand; a sequential
/// trial stops when its evidence suffices, so they describe the spread, and the test decides.
/// </summary>
/// <param name="Low">Null below 8 pairs, where no such interval exists.</param>
/// <param name="High">Null likewise.</param>
internal readonly record struct RatioInterval(double Median, double? Low, double? High, int Count)
{
    private const double Confidence = 0.99;

    /// <summary>A ratio of this stands for all that are larger: it is what a candidate without a measurable cost has.</summary>
    public const double Most = 1000;

    /// <summary>The interval of one objective over a trial's pairs.</summary>
    public static RatioInterval Of(IEnumerable<Pair> pairs, ObjectiveKind objective) =>
        Of(pairs, sample => sample.Of(objective));

    /// <summary>The interval of any value of the samples.</summary>
    public static RatioInterval Of(IEnumerable<Pair> pairs, Func<Sample, double> value) =>
        Of(pairs.Select(p => Ratio(value(p.Baseline), value(p.Candidate))));

    public static RatioInterval Of(IEnumerable<double> ratios)
    {
        double[] sorted = [.. ratios.Order()];
        if (sorted.Length == 0)
            return new RatioInterval(1, null, null, 0);
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : Math.Sqrt(sorted[middle - 1] * sorted[middle]);
        var (low, high) = Bounds(sorted);
        // Where half of the samples had no cost that could be measured, the middle says no more than that there is a larger factor. How large it is at least, the others say.
        if (Amount.IsMost(median) && low is { } least)
            median = least;
        else if (Amount.IsMost(1 / median) && high is { } most)
            median = most;
        return new RatioInterval(median, low, high, sorted.Length);
    }

    /// <summary>The same interval for the median of any values.</summary>
    public static (double? Low, double? High) Bounds(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var rank = Rank(sorted.Length);
        return rank == 0 ? (null, null) : (sorted[rank - 1], sorted[^rank]);
    }

    /// <summary>Baseline over candidate; nothing measured on either side is no difference, and no ratio leaves [0.001, 1000].</summary>
    public static double Ratio(double baseline, double candidate) =>
        baseline <= 0 && candidate <= 0 ? 1
        : candidate <= 0 ? Most
        : Math.Clamp(baseline / candidate, 1 / Most, Most);

    private static int Rank(int count)
    {
        var probability = Math.Pow(0.5, count);
        var below = 0.0;
        for (var k = 0; k < count; k++)
        {
            below += probability;
            if (2 * below > 1 - Confidence)
                return k;
            probability *= (double)(count - k) / (k + 1);
        }

        return 0;
    }
}
