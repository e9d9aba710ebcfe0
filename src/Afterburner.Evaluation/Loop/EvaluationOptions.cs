namespace Afterburner.Evaluation.Loop;

/// <summary>What is evaluated, and how the loop goes.</summary>
public sealed record EvaluationOptions
{
    /// <value>What counts as better. Defaults to time.</value>
    public ObjectiveKind Objective { get; init; } = ObjectiveKind.Time;

    /// <value>Iterations after the start, 0 to 100. Defaults to 4.</value>
    public int Iterations { get; init; } = 4;

    /// <value>Share of people whose program is quicker than the one that the loop begins with, 0 to 1; null: it begins with none. Defaults to 0.75.</value>
    public double? Start { get; init; } = 0.75;

    /// <value>Whether a solver is told what became of the best program (the paper's table 2 leaves it out). Defaults to true.</value>
    public bool ShowsFeedback { get; init; } = true;

    /// <value>Whether a solver is shown the best program. Defaults to true.</value>
    public bool ShowsOriginal { get; init; } = true;

    /// <value>Tasks at most, the first ones of the data set. Defaults to all.</value>
    public int MostTasks { get; init; } = int.MaxValue;

    /// <value>Of every random choice. Defaults to 0.</value>
    public int Seed { get; init; }

    /// <value>Programs that are measured at a time. Defaults to one for two cores.</value>
    public int Measuring { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);
}
