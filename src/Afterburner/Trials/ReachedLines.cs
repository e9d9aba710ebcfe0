using System.Diagnostics;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>Which lines of a function run in recorded calls.</summary>
internal static class ReachedLines
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Lines of the target's file; those of calls that are too slow to be followed are missing.</summary>
    /// <param name="calls">Quick ones are followed first.</param>
    public static async Task<IReadOnlySet<int>> OfAsync(Tree tree, CallsOf calls, CancellationToken cancellationToken)
    {
        var lines = new HashSet<int>();
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
                if (await runner.TraceAsync(Frames.Pack([call]), left, cancellationToken).ConfigureAwait(false) is { } told)
                    lines.UnionWith(told.Lines);
            }
        }
        catch (RunnerBrokenException)
        {
            // What is known so far counts.
        }

        return lines;
    }
}
