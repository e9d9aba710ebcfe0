using Afterburner.Workloads.Protocol;

namespace Afterburner.Workloads;

/// <summary>Where a function spends its time, line by line, over recorded calls.</summary>
public static class LineProfile
{
    /// <param name="fileSource">A version of the target's file to profile instead of the one in the workspace; null: that one.</param>
    /// <returns>Lines that ran, in their order; empty when nothing could be profiled, which is no reason to stop a review.</returns>
    public static async Task<IReadOnlyList<HotLine>> ProfileAsync(Tree tree, CallsOf calls, string? fileSource, CancellationToken cancellationToken)
    {
        if (calls.Calls.Count == 0 || !tree.Harness.Program.Can(Abilities.Lines))
            return [];
        var run = await tree.Harness.RunAsync(new LinesRequest(calls.Target, calls.Entry, calls.Calls, fileSource), tree.Workspace, tree.Limits, cancellationToken: cancellationToken).ConfigureAwait(false);
        return run.Done is null ? [] : run.Of<LinesMessage>().FirstOrDefault()?.Lines ?? [];
    }
}
