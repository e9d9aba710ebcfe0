using Afterburner.Sandboxes;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Trials;

/// <summary>
/// Where two versions of a function differ in time. Which calls are made larger is chosen by what the baseline takes; what was made
/// faster, or slower, may show in others. A look at calls of every kind tells where to measure; it proves nothing.
/// </summary>
internal static class DifferingCalls
{
    /// <summary>How many times as long one version has to take, and how much longer in CPU seconds, to be worth measuring.</summary>
    private const double Clearly = 1.3, MostNoise = 3e-6;

    /// <summary>Looks at a call, and at one that may show something; the quickest of each version counts.</summary>
    private const int FewestLooks = 2, Looks = 4;

    /// <summary>CPU seconds of a look at the baseline: what one takes beside its calls is as much as a small call.</summary>
    private const double OfLook = 2e-3;

    private const int MostAtOnce = 16;

    /// <summary>Calls that larger ones are made like, at most: of those that differ most as a ratio, and of those that do in seconds.</summary>
    private const int MostQuicker = 2;

    /// <summary>The same of those on which a candidate seems slower: what is not made larger rules nothing out.</summary>
    private const int MostSlower = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <param name="calls">From <see cref="Amplifier.EachWayAsync"/>.</param>
    /// <returns>The calls on which the versions clearly differ, with the CPU seconds of each.</returns>
    public static async Task<IReadOnlyList<DifferingCall>> FindAsync(
        Harness harness, RunnerVersion baseline, RunnerVersion candidate, IReadOnlyList<RecordedCall> calls, Limits limits, CancellationToken cancellationToken)
    {
        await using var one = new Version(harness, baseline, limits, cancellationToken);
        await using var other = new Version(harness, candidate, limits, cancellationToken);
        var found = new List<DifferingCall>();
        foreach (var call in calls)
        {
            var seen = new DifferingCall(call, double.PositiveInfinity, double.PositiveInfinity);
            for (var look = 0; look < Looks && (look < FewestLooks || IsClear(seen)); look++)
            {
                seen = await one.TimeAsync(call).ConfigureAwait(false) is { } was && await other.TimeAsync(call).ConfigureAwait(false) is { } now
                    ? seen with { Baseline = Math.Min(seen.Baseline, was), Candidate = Math.Min(seen.Candidate, now) }
                    : seen with { Baseline = 0, Candidate = 0 };
            }

            if (IsClear(seen))
                found.Add(seen);
        }

        return found;
    }

    /// <summary>Larger calls like those on which the candidate is quicker (or slower) than the baseline by most.</summary>
    /// <param name="tree">The baseline.</param>
    /// <param name="found">From <see cref="FindAsync"/>.</param>
    public static async Task<IReadOnlyList<RecordedCall>> LargerAsync(
        Tree tree, CallsOf recorded, IReadOnlyList<DifferingCall> found, bool quicker, long seed, CancellationToken cancellationToken)
    {
        var differing = found.Where(f => f.Call.Plan is not null && f.Candidate < f.Baseline == quicker).ToList();
        var most = quicker ? MostQuicker : MostSlower;
        GrownAs[] ways =
        [
            .. Most(f => f.Most / Math.Max(f.Least, 1e-6)).Concat(Most(f => f.Most - f.Least))
                .Select(f => new GrownAs(f.Call.Base, f.Call.Plan!.Value)).Distinct(),
        ];
        return ways.Length == 0 ? []
            : (await Amplifier.AmplifyAsync(tree, recorded, new Amplification(seed) { GrownAs = ways }, cancellationToken).ConfigureAwait(false)).Calls;

        IEnumerable<DifferingCall> Most(Func<DifferingCall, double> difference) =>
            (quicker ? differing.OrderByDescending(difference).DistinctBy(f => f.Call.Base) : differing.OrderByDescending(difference)).Take(most);
    }

    private static bool IsClear(DifferingCall seen) => seen.Most > seen.Least * Clearly && seen.Most - seen.Least > MostNoise;

    /// <summary>One version while it is asked: its process is started when it is first needed, and anew after it broke, a few times.</summary>
    private sealed class Version(Harness harness, RunnerVersion version, Limits limits, CancellationToken cancellationToken) : IAsyncDisposable
    {
        private const int MostStarts = 4;

        private Runner? _runner;
        private int _starts;
        private (RecordedCall Of, AnswerForm Form)? _form;

        /// <returns>CPU seconds of the call, the mean of several made at once where it is small; null where this version does not make it.</returns>
        public async Task<double?> TimeAsync(RecordedCall call)
        {
            try
            {
                if (_runner is null && ++_starts > MostStarts)
                    return null;
                _runner ??= await Runner.StartAsync(harness, version, limits, 0, cancellationToken).ConfigureAwait(false);
                var count = (int)Math.Clamp(OfLook / Math.Max(call.Seconds, 1e-6), 1, MostAtOnce);
                var inputs = Frames.Pack([.. Enumerable.Repeat(call, count)]);
                if (_form?.Of != call)
                    _form = (call, await _runner.ProbeAsync(inputs, Patience, cancellationToken).ConfigureAwait(false));
                return (await _runner.SampleAsync(inputs, count, new SampleOrder(_form.Value.Form, null) { Room = Batch.LeastRoom }, Patience, cancellationToken).ConfigureAwait(false)).Cpu / count;
            }
            catch (RunnerBrokenException e)
            {
                await DisposeAsync().ConfigureAwait(false);
                return e.IsLate ? Patience.TotalSeconds : null;
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_runner is { } runner)
                await runner.DisposeAsync().ConfigureAwait(false);
            _runner = null;
        }
    }
}

/// <summary>A call on which two versions take different times.</summary>
/// <param name="Baseline">CPU seconds, the least of several.</param>
/// <param name="Candidate">CPU seconds, the least of several.</param>
internal sealed record DifferingCall(RecordedCall Call, double Baseline, double Candidate)
{
    public double Most => Math.Max(Baseline, Candidate);

    public double Least => Math.Min(Baseline, Candidate);
}
