using Afterburner.Evaluation.Loop;
using Afterburner.Evaluation.Metrics;
using Afterburner.Evaluation.Reports;

namespace Afterburner.Trainer.Miniature;

/// <summary>What became of the held-out tasks with one model.</summary>
/// <param name="Name">How it was trained.</param>
internal sealed record MiniatureRun(string Name, int Seed, IReadOnlyList<TaskRun> Tasks);

/// <summary>One of the paper's metrics over the iterations.</summary>
/// <param name="Values">From iteration 0: the mean over seeds and tasks, with the interval that other tasks of the same kind would give.</param>
/// <param name="Seeds">The last value of each seed.</param>
internal sealed record MiniatureCurve(string Model, string Metric, IReadOnlyList<Estimate> Values, IReadOnlyList<double> Seeds);

/// <summary>How much more one way of training reaches than another: of the same tasks, so that what is hard for both is no difference.</summary>
/// <param name="What">At the start, at the end, or gained between the two.</param>
internal sealed record MiniatureDifference(string Model, string Other, string Metric, string What, Estimate Value);

/// <summary>What the experiment shows.</summary>
/// <param name="Runs">One for each way of training and seed.</param>
internal sealed record MiniatureResult(IReadOnlyList<int> Seeds, int Iterations, IReadOnlyList<MiniatureRun> Runs)
{
    public static IReadOnlyList<string> Models { get; } = [MiniatureExperiment.ColdName, MiniatureExperiment.SupervisedName, MiniatureExperiment.PreferredName, MiniatureExperiment.RewardedName];

    public static IReadOnlyList<(string Name, Func<TaskScore, double> Of)> Metrics { get; } =
        [("PASS@1", s => s.Passed ? 1 : 0), ("BEYOND-T", s => s.Time.WithTies), ("BEYOND-M", s => s.Memory.WithTies), ("BEYOND-I", s => s.Integral.WithTies)];

    /// <value>Whether the tasks are those that numbers are chosen by. Defaults to false.</value>
    public bool IsDevelopment { get; init; }

    /// <summary>Four curves for each metric.</summary>
    public IReadOnlyList<MiniatureCurve> Curves() =>
    [
        .. from model in Models
           from metric in Metrics
           select new MiniatureCurve(
               model, metric.Name, [.. Enumerable.Range(0, Iterations + 1).Select(i => Estimated([.. Values(model, metric, i).Values]))],
               [.. Seeds.Select(seed => Of(model, seed, metric).Select(t => metric.Of(Score(t, Iterations))).DefaultIfEmpty(0).Average())]),
    ];

    /// <summary>Rewards beside the other two, and what the paper says of them: where they end, and what they gain.</summary>
    public IReadOnlyList<MiniatureDifference> Differences() =>
    [
        .. from other in new[] { MiniatureExperiment.SupervisedName, MiniatureExperiment.PreferredName }
           from metric in Metrics
           let first = Less(Values(MiniatureExperiment.RewardedName, metric, 0), Values(other, metric, 0))
           let last = Less(Values(MiniatureExperiment.RewardedName, metric, Iterations), Values(other, metric, Iterations))
           from difference in new (string What, SortedDictionary<string, double> Values)[] { ("at the start", first), ("at the end", last), ("gained", Less(last, first)) }
           select new MiniatureDifference(MiniatureExperiment.RewardedName, other, metric.Name, difference.What, Estimated([.. difference.Values.Values])),
    ];

    /// <summary>For how many tasks a model still had another program to propose, after each iteration: one that takes the likeliest token each time has no more once a program is no gain.</summary>
    public IReadOnlyList<double> Proposing(string model) =>
        [.. Enumerable.Range(0, Iterations + 1).Select(i => Seeds.Average(seed => Runs.Where(r => r.Name == model && r.Seed == seed).SelectMany(r => r.Tasks).Count(t => t.Steps.ElementAtOrDefault(i)?.Proposed is not null)))];

    /// <summary>A task's value: the mean over the seeds that could measure it.</summary>
    private SortedDictionary<string, double> Values(string model, (string Name, Func<TaskScore, double> Of) metric, int iteration) => new(
        Seeds.SelectMany(seed => Of(model, seed, metric)).GroupBy(t => t.Task).ToDictionary(g => g.Key, g => g.Average(t => metric.Of(Score(t, iteration)))), StringComparer.Ordinal);

    /// <summary>Of the same tasks.</summary>
    private static SortedDictionary<string, double> Less(SortedDictionary<string, double> from, SortedDictionary<string, double> other) =>
        new(from.Where(f => other.ContainsKey(f.Key)).ToDictionary(f => f.Key, f => f.Value - other[f.Key]), StringComparer.Ordinal);

    /// <summary>Those whose programs can be told apart; all of them where it matters only whether one passes.</summary>
    private IEnumerable<TaskRun> Of(string model, int seed, (string Name, Func<TaskScore, double> Of) metric) => Runs.Where(r => r.Name == model && r.Seed == seed).SelectMany(r => r.Tasks)
        .Where(t => t.Unusable is null && t.Steps.Count > 0 && (metric.Name == Metrics[0].Name || !t.IsTooSmall));

    private static TaskScore Score(TaskRun task, int iteration) => TaskScore.Of(task.Task, task.Steps[Math.Min(iteration, task.Steps.Count - 1)].Measured, task.Start, task.People, task.Noise);

    private static Estimate Estimated(List<double> values) =>
        values.Count == 0 ? new Estimate(0, new Interval(0, 0)) : new Estimate(values.Average(), Bootstrap.Of(values, v => v.Average(), seed: 0));
}
