using System.Diagnostics;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>What of a function runs in recorded calls.</summary>
/// <param name="Lines">1-based, of the target's file.</param>
/// <param name="Arms">Numbers of its arms (<see cref="Arm.Number"/>).</param>
internal sealed record ReachedCode(IReadOnlySet<int> Lines, IReadOnlySet<int> Arms)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Follows calls; what those that are too slow to be followed run is missing.</summary>
    /// <param name="calls">Quick ones are followed first.</param>
    public static async Task<ReachedCode> OfAsync(Tree tree, CallsOf calls, CancellationToken cancellationToken)
    {
        var (lines, arms) = (new HashSet<int>(), new HashSet<int>());
        var start = Stopwatch.GetTimestamp();
        try
        {
            await using var runner = await Runner.StartAsync(
                tree.Harness, new RunnerVersion(tree.Workspace, calls.Target, calls.Entry, null, calls.Calls[0], []) { Traces = true },
                tree.Limits, 0, cancellationToken).ConfigureAwait(false);
            foreach (var call in calls.Calls.OrderBy(c => c.Seconds))
            {
                var left = Patience - Stopwatch.GetElapsedTime(start);
                if (left <= TimeSpan.Zero)
                    break;
                if (await runner.TraceAsync(Frames.Pack([call]), left, cancellationToken).ConfigureAwait(false) is not { } told)
                    continue;
                lines.UnionWith(told.Lines);
                arms.UnionWith(told.Arms);
            }
        }
        catch (RunnerBrokenException)
        {
            // What is known so far counts.
        }

        return new ReachedCode(lines, arms);
    }
}
