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

    /// <summary>Four curves for each metric.</summary>
    public IReadOnlyList<MiniatureCurve> Curves() =>
    [
        .. from model in Models
           from metric in Metrics
           select new MiniatureCurve(
               model, metric.Name, [.. Enumerable.Range(0, Iterations + 1).Select(i => Estimated(Values(model, metric.Of, i)))],
               [.. Seeds.Select(seed => Of(model, seed).Select(t => metric.Of(Score(t, Iterations))).DefaultIfEmpty(0).Average())]),
    ];

    /// <summary>Rewards beside the other two, and what the paper says of them: where they end, and what they gain.</summary>
    public IReadOnlyList<MiniatureDifference> Differences() =>
    [
        .. from other in new[] { MiniatureExperiment.SupervisedName, MiniatureExperiment.PreferredName }
           from metric in Metrics
           let first = Values(MiniatureExperiment.RewardedName, metric.Of, 0).Zip(Values(other, metric.Of, 0), (a, b) => a - b).ToList()
           let last = Values(MiniatureExperiment.RewardedName, metric.Of, Iterations).Zip(Values(other, metric.Of, Iterations), (a, b) => a - b).ToList()
           from difference in new (string What, List<double> Values)[] { ("at the start", first), ("at the end", last), ("gained", [.. last.Zip(first, (l, f) => l - f)]) }
           select new MiniatureDifference(MiniatureExperiment.RewardedName, other, metric.Name, difference.What, Estimated(difference.Values)),
    ];

    /// <summary>A task's value: the mean over the seeds.</summary>
    private List<double> Values(string model, Func<TaskScore, double> metric, int iteration) =>
        [.. Seeds.SelectMany(seed => Of(model, seed)).GroupBy(t => t.Task).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Average(t => metric(Score(t, iteration))))];

    private IEnumerable<TaskRun> Of(string model, int seed) => Runs.Where(r => r.Name == model && r.Seed == seed).SelectMany(r => r.Tasks).Where(t => t.Unusable is null && t.Steps.Count > 0);

    private static TaskScore Score(TaskRun task, int iteration) => TaskScore.Of(task.Task, task.Steps[Math.Min(iteration, task.Steps.Count - 1)].Measured, task.Start, task.People, task.Noise);

    private static Estimate Estimated(List<double> values) =>
        values.Count == 0 ? new Estimate(0, new Interval(0, 0)) : new Estimate(values.Average(), Bootstrap.Of(values, v => v.Average(), seed: 0));
}
