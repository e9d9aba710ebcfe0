using System.Diagnostics;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

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
            var isSteady = true;
            foreach (var run in Followed.RunsOf(calls.Calls.OrderBy(c => c.Seconds).Select(c => (c, c.Seconds))))
            {
                var together = run.Count > 1 && isSteady && Left() is { } left ? await runner.TraceAsync(run, left, cancellationToken).ConfigureAwait(false) : null;
                isSteady &= run.Count == 1 || together is not null && together.All(Followed.IsSteady);
                for (var place = 0; place < run.Count; place++)
                {
                    // What counts is what runs in a process that has made no call before.
                    var told = together is not null && isSteady ? together[place] : null;
                    if (told is not null && (place == 0 || (lines.IsSupersetOf(told.Lines) && arms.IsSupersetOf(told.Arms))))
                        Add(told);
                    else if (Left() is { } rest && await runner.TraceAsync(Frames.Pack([run[place]]), rest, cancellationToken).ConfigureAwait(false) is { } apart)
                        Add(apart);
                }
            }
        }
        catch (RunnerBrokenException)
        {
            // What is known so far counts.
        }

        return new ReachedCode(lines, arms);

        TimeSpan? Left() => Patience - Stopwatch.GetElapsedTime(start) is { Ticks: > 0 } left ? left : null;

        void Add(TracedCall told)
        {
            lines.UnionWith(told.Lines);
            arms.UnionWith(told.Arms);
        }
    }
}
