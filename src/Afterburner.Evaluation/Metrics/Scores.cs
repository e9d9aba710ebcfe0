using Afterburner.Evaluation.Programs;

namespace Afterburner.Evaluation.Metrics;

/// <summary>What a program for one task is worth, beside the people of its task. One that fails is worth nothing.</summary>
/// <param name="Task">Its id.</param>
/// <param name="Passed">Whether it passes all tests.</param>
/// <param name="Time">Where its CPU time lies among people's.</param>
/// <param name="Memory">Where its peak memory lies.</param>
/// <param name="Integral">Where its memory over time lies.</param>
/// <param name="Speedup">CPU time of the program that the loop began with over its own; null where either fails, or there was none.</param>
public sealed record TaskScore(string Task, bool Passed, Percentile Time, Percentile Memory, Percentile Integral, double? Speedup)
{
    /// <value>Where its CPU time lies by the middle samples alone, which says whether it is the best, or the worst.</value>
    public Percentile Rank { get; init; }

    /// <value>Whether what programs cost can be told apart; of those where it cannot only PASS@1 counts. Defaults to true.</value>
    public bool IsTold { get; init; } = true;

    /// <param name="start">What the loop began with.</param>
    /// <param name="humans">People's programs that pass.</param>
    /// <param name="noise">CPU seconds that both sides of a speed-up get, as one of them may come out as next to nothing.</param>
    public static TaskScore Of(string task, Measurement measured, Measurement? start, IReadOnlyList<Measurement> humans, double noise = 0)
    {
        return !measured.Passed ? new(task, false, default, default, default, null) : new(
            task, true,
            Place(ObjectiveKind.Time), Place(ObjectiveKind.Memory), Place(ObjectiveKind.Integral),
            start is { Passed: true } && start.Seconds + noise > 0 && measured.Seconds + noise > 0 ? (start.Seconds + noise) / (measured.Seconds + noise) : null)
        {
            Rank = Percentile.Of(measured.Seconds, [.. humans.Select(h => h.Seconds)]),
        };

        Percentile Place(ObjectiveKind objective) => Percentile.Of(measured.SamplesOf(objective), [.. humans.Select(h => h.SamplesOf(objective))]);
    }
}

/// <summary>
/// The paper's metrics over the tasks of one iteration, each from 0 to 1: PASS@1 is the share of tasks that pass; BEYOND-T, -M and -I are the means of
/// <see cref="Percentile"/>s over the tasks whose programs can be told apart, where one that fails counts 0.
/// </summary>
/// <param name="Shares">By time, as table 3 of the paper: best (no person is faster), middle, worst (every person is faster), failed; they add up to 1.</param>
/// <param name="Speedup">Geometric mean of the tasks that have one; null where none has.</param>
public sealed record Scores(
    double Pass, Percentile Time, Percentile Memory, Percentile Integral, (double Best, double Middle, double Worst, double Failed) Shares, double? Speedup)
{
    public static Scores Of(IReadOnlyCollection<TaskScore> tasks)
    {
        if (tasks.Count == 0)
            return new Scores(0, default, default, default, (0, 0, 0, 0), null);
        var told = tasks.Where(t => t.IsTold).ToList();
        var speedups = told.Select(t => t.Speedup).OfType<double>().ToList();
        return new Scores(
            (double)tasks.Count(t => t.Passed) / tasks.Count, Mean(t => t.Time), Mean(t => t.Memory), Mean(t => t.Integral),
            (Share(t => t.Passed && t.Rank.WithTies >= 1), Share(t => t.Passed && t.Rank.WithTies is > 0 and < 1), Share(t => t.Passed && t.Rank.WithTies <= 0), Share(t => !t.Passed)),
            speedups.Count == 0 ? null : Math.Exp(speedups.Average(Math.Log)));

        double Share(Func<TaskScore, bool> holds) => told.Count == 0 ? 0 : (double)told.Count(holds) / told.Count;

        Percentile Mean(Func<TaskScore, Percentile> of) => told.Count == 0 ? default : new(told.Average(t => of(t).Strict), told.Average(t => of(t).WithTies));
    }
}
