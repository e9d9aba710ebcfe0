using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>
/// How long recorded calls take, by a clock outside of the process that makes them. When calls are recorded that process tells, which has loaded
/// the code under review: who lies there chooses what is measured, and what is too small to be.
/// </summary>
internal static class CallTimes
{
    /// <summary>What a recorded time may be off by, in seconds and as a factor, before it is not believed: the first call of a process takes longer.</summary>
    private const double Allowance = 0.0005, Factor = 2;

    /// <summary>Seconds that a call may take, beside ten times as long as it did when it was recorded.</summary>
    private const double Patience = 2, TimesSlower = 10;

    /// <summary>Times as long that a busy machine may take for what need not be timed beyond some length.</summary>
    private const double Late = 5;

    /// <summary>The same calls, their seconds kept within what the meter shows of each from its inputs to its answer.</summary>
    /// <param name="longest">Seconds of a call above which larger ones made of the same recorded call in the same way are not made: they take as long at least.</param>
    /// <returns>The calls as they are where this version cannot make them: then it cannot be measured either.</returns>
    public static async Task<IReadOnlyList<RecordedCall>> CheckedAsync(
        Harness harness, string workspace, Target target, Target entry, IReadOnlyList<RecordedCall> calls, Limits limits,
        CancellationToken cancellationToken, double longest = double.PositiveInfinity)
    {
        if (calls.Count == 0)
            return calls;
        // The one that the machine kept from its work, and that has all the time when it is asked again.
        var hindered = -1;
        try
        {
            var timed = new List<RecordedCall>();
            while (timed.Count < calls.Count)
                await TimeAsync(timed).ConfigureAwait(false);
            return timed;
        }
        catch (RunnerBrokenException)
        {
            return calls;
        }

        // With one process, until a call takes too long for it.
        async Task TimeAsync(List<RecordedCall> timed)
        {
            await using var runner = await Runner.StartAsync(
                harness, new RunnerVersion(workspace, target, entry, null, calls[0], []), limits, 0, cancellationToken).ConfigureAwait(false);
            foreach (var call in calls.Skip(timed.Count).ToList())
            {
                if (timed.Find(t => call.Scale > 1 && (t.Base, t.Plan) == (call.Base, call.Plan) && t.Scale <= call.Scale && t.Seconds > longest) is { } smaller)
                {
                    timed.Add(call with { Seconds = Math.Max(call.Seconds, smaller.Seconds) });
                    continue;
                }

                var least = call.Scale > 1 && timed.Count != hindered ? Math.Min(Patience, Late * longest) : Patience;
                var patience = TimeSpan.FromSeconds(Math.Min(Sides.LongestSample(limits).TotalSeconds, least + (TimesSlower * call.Seconds)));
                try
                {
                    var inputs = Frames.Pack([call]);
                    var form = await runner.ProbeAsync(inputs, 2 * patience, cancellationToken).ConfigureAwait(false);
                    var reading = await runner.SampleAsync(inputs, 1, new SampleOrder(form, null), patience, cancellationToken).ConfigureAwait(false);
                    timed.Add(call with { Seconds = Within(call.Seconds, reading.Whole) });
                }
                catch (RunnerBrokenException e) when (e.IsLate)
                {
                    if (e.HasWorked || timed.Count == hindered)
                        timed.Add(call with { Seconds = patience.TotalSeconds });
                    else
                        hindered = timed.Count;
                    return;
                }
            }
        }
    }

    /// <summary>A recorded time, or the nearest that the meter allows.</summary>
    /// <param name="whole">CPU seconds from the first byte of the inputs to the last byte of the answer.</param>
    internal static double Within(double recorded, double whole) =>
        Math.Clamp(recorded, Math.Max(0, (whole - Allowance) / Factor), (whole * Factor) + Allowance);
}
