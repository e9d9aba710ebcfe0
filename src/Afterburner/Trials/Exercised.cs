using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Trials;

/// <summary>What ran of both versions in calls that were compared and agree.</summary>
/// <param name="Lines">Lines of the candidate's file.</param>
/// <param name="BaselineLines">Lines of the baseline's file.</param>
/// <param name="Arms">Numbers of the candidate's arms.</param>
/// <param name="BaselineArms">Numbers of the baseline's arms.</param>
public sealed record Exercised(
    IReadOnlySet<int> Lines, IReadOnlySet<int> BaselineLines, IReadOnlySet<int> Arms, IReadOnlySet<int> BaselineArms)
{
    /// <summary>Nothing is known to have run.</summary>
    public static Exercised Nothing { get; } = new(new HashSet<int>(), new HashSet<int>(), new HashSet<int>(), new HashSet<int>());

    /// <summary>What both versions told of one call (<see cref="Runner.TraceAsync(byte[], TimeSpan, CancellationToken)"/>).</summary>
    internal static Exercised Of(TracedCall baseline, TracedCall candidate) => new(
        candidate.Lines.ToHashSet(), baseline.Lines.ToHashSet(), candidate.Arms.ToHashSet(), baseline.Arms.ToHashSet());

    public Exercised With(Exercised other) => new(
        Lines.Union(other.Lines).ToHashSet(),
        BaselineLines.Union(other.BaselineLines).ToHashSet(),
        Arms.Union(other.Arms).ToHashSet(),
        BaselineArms.Union(other.BaselineArms).ToHashSet());

    /// <summary>What of a change did not run; null when all of it did.</summary>
    public EquivalenceOutcome.NotExercised? Missing(CandidateCheckOutcome.Accepted changed)
    {
        var missing = new EquivalenceOutcome.NotExercised(
            [.. changed.ChangedLines.Except(Lines).Order()],
            [.. changed.RemovedLines.Except(BaselineLines).Order()],
            [.. changed.ChangedArms.Where(a => a.IsMissing(Arms)).Select(a => a.Unrun)],
            [.. changed.RemovedArms.Where(a => a.IsMissing(BaselineArms)).Select(a => a.Unrun)]);
        return Lines.Count == 0 || CountOf(missing) > 0 ? missing : null;
    }

    /// <summary>Whether more of a change would have run if this had, too.</summary>
    internal bool Lacks(Exercised more, CandidateCheckOutcome.Accepted changed) =>
        Missing(changed) is { } missing && ((Lines.Count == 0 && more.Lines.Count > 0) || With(more).Missing(changed) is not { } left || CountOf(left) < CountOf(missing));

    private static int CountOf(EquivalenceOutcome.NotExercised missing) =>
        missing.Lines.Count + missing.RemovedLines.Count + missing.Arms.Count + missing.RemovedArms.Count;
}
