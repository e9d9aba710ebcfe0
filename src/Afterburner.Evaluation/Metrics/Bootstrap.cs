namespace Afterburner.Evaluation.Metrics;

/// <summary>An interval that holds the true value with 95 % confidence.</summary>
public readonly record struct Interval(double Low, double High);

/// <summary>
/// Intervals by the percentile bootstrap (Efron, 1979) over tasks: which tasks a data set happens to have is the chance that matters. (The paper draws among
/// measurements of the same tasks, which says how well they were measured.)
/// </summary>
public static class Bootstrap
{
    private const int Replicates = 2_000;

    private const double Outside = 0.025;

    /// <param name="statistic">Of as many tasks as there are, some of them more than once.</param>
    /// <param name="seed">Of the draws: equal ones give equal intervals.</param>
    /// <returns>Both ends are the value itself where there is one task or none.</returns>
    public static Interval Of<T>(IReadOnlyList<T> tasks, Func<IReadOnlyList<T>, double> statistic, int seed)
    {
        if (tasks.Count < 2)
            return new Interval(statistic(tasks), statistic(tasks));
        var random = new Random(seed);
        var drawn = new T[tasks.Count];
        var values = new double[Replicates];
        for (var i = 0; i < Replicates; i++)
        {
            for (var j = 0; j < drawn.Length; j++)
                drawn[j] = tasks[random.Next(tasks.Count)];
            values[i] = statistic(drawn);
        }

        Array.Sort(values);
        return new Interval(values[(int)(Outside * Replicates)], values[Replicates - 1 - (int)(Outside * Replicates)]);
    }
}
