namespace Afterburner.Workloads;

/// <summary>What a capture found for one target: a workload, or why there is none.</summary>
/// <param name="SkipReason">For a person; null when there is a workload.</param>
public sealed record CaptureOutcome(Target Target, Workload? Workload, string? SkipReason)
{
    /// <value>What a person may want to know besides: calls that could not be stored, a capture that was repeated. Defaults to none.</value>
    public IReadOnlyList<string> Notes { get; init; } = [];

    internal static CaptureOutcome Skipped(Target target, string reason, params IReadOnlyList<string> notes) =>
        new(target, null, reason) { Notes = notes };
}
