using Afterburner.Sandboxes;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Workloads;

/// <summary>Where a function spends its time, line by line, over recorded calls.</summary>
public static class LineProfile
{
    /// <param name="fileSource">A version of the target's file to profile instead of the one in the workspace; null: that one.</param>
    /// <returns>Lines that ran, in their order; empty when nothing could be profiled, which is no reason to stop a review.</returns>
    public static async Task<IReadOnlyList<HotLine>> ProfileAsync(
        Harness harness,
        string workspace,
        Target target,
        Target entry,
        IReadOnlyList<RecordedCall> calls,
        string? fileSource,
        Limits limits,
        CancellationToken cancellationToken)
    {
        if (calls.Count == 0)
            return [];
        var run = await harness.RunAsync(new LinesRequest(target, entry, calls, fileSource), workspace, limits, cancellationToken: cancellationToken).ConfigureAwait(false);
        return run.Done is null ? [] : run.Of<LinesMessage>().FirstOrDefault()?.Lines ?? [];
    }
}
