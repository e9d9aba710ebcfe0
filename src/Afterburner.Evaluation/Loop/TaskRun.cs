using Afterburner.Evaluation.Programs;
using Afterburner.Proposers;

namespace Afterburner.Evaluation.Loop;

/// <summary>What became of one task: kept after each step, and read when a run goes on.</summary>
/// <param name="Task">Its id.</param>
public sealed record TaskRun(string Task)
{
    /// <value>Why nothing could be measured; null where it could.</value>
    public string? Unusable { get; init; }

    /// <value>What the people's programs that pass cost.</value>
    public IReadOnlyList<Measurement> People { get; init; } = [];

    /// <value>CPU seconds below which a difference tells nothing.</value>
    public double Noise { get; init; }

    /// <value>Whether good programs take so little that which one takes less would be chance: the task counts in PASS@1 alone. Defaults to false.</value>
    public bool IsTooSmall { get; init; }

    /// <value>The program that the loop began with; null where it began with none.</value>
    public Measurement? Start { get; init; }

    /// <value>One for each iteration, from 0.</value>
    public IReadOnlyList<Step> Steps { get; init; } = [];
}

/// <summary>One iteration.</summary>
/// <param name="Iteration">From 0: what the loop began with, or the first program of a solver.</param>
/// <param name="Program">The best program after it.</param>
/// <param name="Measured">What the best program costs.</param>
/// <param name="IsNew">Whether that one came in this iteration.</param>
public sealed record Step(int Iteration, string Program, Measurement Measured, bool IsNew)
{
    /// <value>What was proposed, and what became of it; null where nothing was.</value>
    public Measurement? Proposed { get; init; }

    /// <value>Whether the reply had the form that was asked for. Defaults to false.</value>
    public bool HasForm { get; init; }

    /// <value>Tokens it cost; null where no model was asked.</value>
    public TokenUsage? Usage { get; init; }

    /// <value>Time that the model took.</value>
    public double ModelSeconds { get; init; }

    /// <value>Time that measuring took, with the wait for it.</value>
    public double MeasuringSeconds { get; init; }
}
