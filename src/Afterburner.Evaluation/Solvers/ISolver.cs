using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Tasks;
using Afterburner.Proposers;

namespace Afterburner.Evaluation.Solvers;

/// <summary>Whoever writes programs for tasks: the model of the paper's Algorithm 1, or what stands in its place.</summary>
public interface ISolver : IDisposable
{
    /// <summary>Shown in reports: <c>recipes</c>, <c>chat:MODEL</c>, <c>replay:FILE</c>.</summary>
    string Name { get; }

    /// <summary>Writes the next program.</summary>
    /// <returns>Null where it has nothing (more) to propose.</returns>
    /// <exception cref="EnvironmentFailureException">The model cannot be reached, after retries.</exception>
    Task<Proposal?> ProposeAsync(SolverRequest request, CancellationToken cancellationToken);
}

/// <summary>What a solver is told. One request stands for one iteration.</summary>
/// <param name="People">Programs of people with what they cost, quickest first. For sanity rows alone: a solver that is to be judged does not look.</param>
/// <param name="Iteration">From 1; 0 where a program is written from nothing.</param>
public sealed record SolverRequest(EvaluationTask Task, ObjectiveKind Objective, int Iteration, IReadOnlyList<(string Program, Measurement Measured)> People)
{
    /// <value>The best program so far; null where there is none, or it is not to be shown.</value>
    public string? Program { get; init; }

    /// <value>What became of it; null where there is none, or it is not to be shown.</value>
    public Measurement? Measured { get; init; }

    /// <value>Seed for whatever is random.</value>
    public long Seed { get; init; }
}

/// <summary>A program that was written.</summary>
/// <param name="HasForm">Whether the reply had the form that was asked for.</param>
public sealed record Proposal(string Program, bool HasForm)
{
    /// <value>The model's whole reply; null where no model was asked.</value>
    public string? Reply { get; init; }

    /// <value>Tokens it cost; null where no model was asked.</value>
    public TokenUsage? Usage { get; init; }

    /// <value>Time that the model took. Defaults to 0.</value>
    public double ModelSeconds { get; init; }
}
