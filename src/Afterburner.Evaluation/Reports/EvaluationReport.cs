using System.Text.Json;
using Afterburner.Evaluation.Loop;
using Afterburner.Evaluation.Metrics;

namespace Afterburner.Evaluation.Reports;

/// <summary>A metric over the tasks, with the interval that other tasks of the same kind would give.</summary>
public readonly record struct Estimate(double Value, Interval Interval);

/// <summary>The paper's metrics after some iteration.</summary>
/// <param name="Pass">PASS@1.</param>
/// <param name="Time">BEYOND-T, equal ones counted as beaten, as the paper's code does.</param>
/// <param name="Memory">BEYOND-M.</param>
/// <param name="Integral">BEYOND-I.</param>
/// <param name="Strict">BEYOND-T, -M and -I where equal ones are not beaten.</param>
/// <param name="Shares">See <see cref="Scores.Shares"/>: best, middle, worst, failed.</param>
/// <param name="Speedup">Over the program that the loop began with; null where no task has one.</param>
public sealed record IterationRow(
    int Iteration, Estimate Pass, Estimate Time, Estimate Memory, Estimate Integral, IReadOnlyList<double> Strict, IReadOnlyList<double> Shares, double? Speedup)
{
    /// <value>Tokens of all prompts and replies until then.</value>
    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    /// <value>Seconds that models took until then, of all tasks together.</value>
    public double ModelSeconds { get; init; }

    /// <value>Seconds that measuring took until then, with the wait for it, of all tasks together.</value>
    public double MeasuringSeconds { get; init; }
}

/// <summary>What came of an evaluation: <c>evaluation.json</c>.</summary>
/// <param name="Settings">What it depends on.</param>
/// <param name="Tasks">Those that could be measured.</param>
/// <param name="Unusable">The others: id and reason.</param>
/// <param name="BadRecords">Records of the data set that could not be read.</param>
/// <param name="Rows">From iteration 0.</param>
/// <param name="Places">For each iteration where the program of each task lies among people's by the objective, 0 to 1, equal ones counted; 0 for one that fails.</param>
public sealed record EvaluationReport(
    IReadOnlyDictionary<string, string> Settings, IReadOnlyList<string> Tasks, IReadOnlyDictionary<string, string> Unusable, IReadOnlyList<string> BadRecords,
    IReadOnlyList<IterationRow> Rows, IReadOnlyList<IReadOnlyList<double>> Places)
{
    public const string FileName = "evaluation.json";

    /// <summary>Share of the gain that is taken for all of it.</summary>
    private const double NearlyAll = 0.95;

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <param name="runs">What became of each task.</param>
    /// <param name="objective">What counted as better.</param>
    /// <param name="seed">Of the intervals.</param>
    public static EvaluationReport Of(
        IReadOnlyDictionary<string, string> settings, IReadOnlyList<string> badRecords, IReadOnlyList<TaskRun> runs, ObjectiveKind objective, int seed)
    {
        var usable = runs.Where(r => r.Unusable is null).ToList();
        var iterations = usable.Count == 0 ? 0 : usable.Max(r => r.Steps.Count);
        var (rows, places) = (new List<IterationRow>(), new List<IReadOnlyList<double>>());
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            var scored = usable.Select(r => TaskScore.Of(r.Task, r.Steps[Math.Min(iteration, r.Steps.Count - 1)].Measured, r.Start, r.People, r.Noise) with { IsTold = !r.IsTooSmall }).ToList();
            var steps = usable.SelectMany(r => r.Steps.Take(iteration + 1)).ToList();
            var scores = Scores.Of(scored);
            rows.Add(new IterationRow(
                iteration, Estimated(t => Scores.Of([.. t]).Pass), Estimated(t => Scores.Of([.. t]).Time.WithTies), Estimated(t => Scores.Of([.. t]).Memory.WithTies),
                Estimated(t => Scores.Of([.. t]).Integral.WithTies), [scores.Time.Strict, scores.Memory.Strict, scores.Integral.Strict],
                [scores.Shares.Best, scores.Shares.Middle, scores.Shares.Worst, scores.Shares.Failed], scores.Speedup)
            {
                InputTokens = steps.Sum(s => s.Usage?.Input ?? 0), OutputTokens = steps.Sum(s => s.Usage?.Output ?? 0),
                ModelSeconds = steps.Sum(s => s.ModelSeconds), MeasuringSeconds = steps.Sum(s => s.MeasuringSeconds),
            });
            places.Add([.. scored.Select(t => Of(t, objective).WithTies)]);

            Estimate Estimated(Func<IReadOnlyList<TaskScore>, double> statistic) => new(statistic(scored), Bootstrap.Of(scored, statistic, seed));
        }

        return new EvaluationReport(settings, [.. usable.Select(r => r.Task)], runs.Where(r => r.Unusable is not null).ToDictionary(r => r.Task, r => r.Unusable!), badRecords, rows, places)
        {
            FewestPeople = usable.Count == 0 ? null : usable.Min(r => r.People.Count), TooSmall = [.. usable.Where(r => r.IsTooSmall).Select(r => r.Task)],
        };
    }

    /// <value>Of the tasks that could be measured, the fewest people whose programs pass; null where none could.</value>
    public int? FewestPeople { get; init; }

    /// <value>Of <see cref="Tasks"/>, those whose good programs take so little that which takes less would be chance: they count in PASS@1 alone.</value>
    public IReadOnlyList<string> TooSmall { get; init; } = [];

    /// <value>The iteration after which more does not pay: the first with 95 % of what all of them gain in BEYOND-T; null where nothing is gained.</value>
    public int? Enough => Rows.Count > 1 && Rows[^1].Time.Value > Rows[0].Time.Value
        ? Rows.First(r => r.Time.Value - Rows[0].Time.Value >= NearlyAll * (Rows[^1].Time.Value - Rows[0].Time.Value)).Iteration
        : null;

    public string ToJson() => JsonSerializer.Serialize(this, Form);

    /// <exception cref="UsageException">There is none, or it is of another form.</exception>
    public static EvaluationReport Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<EvaluationReport>(File.ReadAllText(Path.Combine(folder, FileName)), Form)
                is { Settings: not null, Tasks: not null, Unusable: not null, BadRecords: not null, Rows: not null, Places: not null } read ? read : throw new JsonException("it is of another form");
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            throw new UsageException($"'{folder}' holds no {FileName} that can be read: {e.Message}", e);
        }
    }

    private static Percentile Of(TaskScore score, ObjectiveKind objective) => objective switch
    {
        ObjectiveKind.Time => score.Time,
        ObjectiveKind.Memory => score.Memory,
        ObjectiveKind.Integral => score.Integral,
    };
}
