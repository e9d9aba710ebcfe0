using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Workloads;

namespace Afterburner.Overviews;

/// <summary>What is known of one function before anything is proposed for it.</summary>
/// <param name="Workload">Which of its calls are made again, and what tests reach it.</param>
/// <param name="Known">What models are told: times, hot lines, types, the code around it. Null where it is not measured.</param>
/// <param name="Growth">What one call takes over growing inputs, the smallest first; empty where none can be made.</param>
public sealed record FunctionOverview(Function Function, Workload Workload, ProposalRequest? Known, IReadOnlyList<SizedTime> Growth)
{
    /// <value>Why it is not measured, a sentence; null where it is.</value>
    public string? WhyNot { get; init; }
}

/// <summary>What one call costs at one size of its input.</summary>
/// <param name="Size">Length of the largest argument, or the number that grew.</param>
/// <param name="Seconds">CPU time, median of samples.</param>
public sealed record SizedTime(double Size, double Seconds);
