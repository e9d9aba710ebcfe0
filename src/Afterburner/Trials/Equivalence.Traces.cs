using System.Diagnostics;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Trials;

/// <summary>What runs in calls on which both versions agree.</summary>
public static partial class Equivalence
{
    private sealed partial class Check
    {
        /// <summary>
        /// What ran in both versions, captured and quick calls first, and what the candidate leaves behind otherwise than the baseline does. Small calls
        /// are followed several in a process: that none of them leaves anything, and that nothing but the first call of a process, or one in a
        /// process of its own, counts as having run a line, makes that as good as a process for each.
        /// </summary>
        private async Task<Trace> TraceAsync(
            IReadOnlyList<(RecordedCall Call, double Seconds)> equal, Side baseline, Side candidate, CancellationToken cancellationToken)
        {
            var exercised = Exercised.Nothing;
            var state = new SortedSet<string>(StringComparer.Ordinal);
            var start = Stopwatch.GetTimestamp();
            var grown = new HashSet<double>();
            var isSteady = true;
            try
            {
                foreach (var run in Followed.RunsOf(equal.OrderBy(e => e.Call.Scale > 1).ThenBy(e => e.Seconds)))
                {
                    var calls = run.Where(IsToBeFollowed).ToList();
                    var together = calls.Count > 1 && isSteady ? await BothAsync(calls).ConfigureAwait(false) : null;
                    isSteady &= calls.Count <= 1 || together is not null && together.All(t => Followed.IsSteady(t.Baseline) && Followed.IsSteady(t.Candidate));
                    for (var place = 0; place < calls.Count; place++)
                    {
                        if (together is not null && isSteady && (place == 0 || !exercised.Lacks(Exercised.Of(together[place].Baseline, together[place].Candidate), changed)))
                        {
                            if (place == 0)
                                Add(together[0]);
                        }
                        else if (await BothAsync([calls[place]]).ConfigureAwait(false) is [var apart])
                        {
                            Add(apart);
                        }
                    }
                }
            }
            catch (RunnerBrokenException e) when (e.IsOfItsCode)
            {
                // Too slow to be followed; what is known so far counts.
            }

            return new Trace(exercised, [.. state]);

            // Once everything has run, more of the same size only take time: a line that is followed takes many times as long.
            bool IsToBeFollowed(RecordedCall call) =>
                call.Scale <= 1 || (grown.Add(call.Scale) && Left() >= TracePatience - ExtraTracing) || exercised.Missing(changed) is not null;

            TimeSpan Left() => TracePatience - Stopwatch.GetElapsedTime(start);

            async Task<IReadOnlyList<(TracedCall Baseline, TracedCall Candidate)>?> BothAsync(IReadOnlyList<RecordedCall> calls)
            {
                var left = Left();
                if (left < ShortestTracing)
                    return null;
                var original = await known.LinesOfAsync(calls, () => AllAsync(baseline)).ConfigureAwait(false);
                var proposed = original is null ? null : await AllAsync(candidate).ConfigureAwait(false);
                return proposed is null ? null : [.. original!.Zip(proposed)];

                async Task<IReadOnlyList<TracedCall>?> AllAsync(Side side) =>
                    await (await side.RunnerAsync().ConfigureAwait(false)).TraceAsync(calls, left, cancellationToken).ConfigureAwait(false);
            }

            void Add((TracedCall Baseline, TracedCall Candidate) told)
            {
                exercised = exercised.With(Exercised.Of(told.Baseline, told.Candidate));
                state.UnionWith(told.Candidate.Changed.Except(told.Baseline.Changed));
                state.UnionWith(LeftOtherwise(told.Baseline, told.Candidate));
                if (told.Candidate.Learns && !told.Baseline.Learns)
                    state.Add("a second, equal call takes another way through the function");
            }
        }
    }
}
