using System.Security.Cryptography;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Trials;

/// <summary>How the calls of a check are made.</summary>
public static partial class Equivalence
{
    /// <summary>The runs of one check.</summary>
    private sealed partial class Check(
        Tree tree, Workload workload, FileVersions files, CandidateCheckOutcome.Accepted changed, double tolerance, BaselineAnswers known)
    {
        /// <summary>Calls whose answers are looked at together, at most. It begins with one: a candidate that is wrong mostly is so at once.</summary>
        private const int MostTogether = 16;

        /// <param name="made">Calls that are made for the comparison alone.</param>
        public async Task<Replayed> CompareAsync(
            IReadOnlyList<RecordedCall> recorded, IReadOnlyList<RecordedCall> made, int variation, bool traced, CancellationToken cancellationToken)
        {
            await using var baseline = new Side(() => StartAsync(Sides.Baseline, recorded[0], variation, cancellationToken));
            await using var candidate = new Side(() => StartAsync(Sides.Candidate, recorded[0], variation, cancellationToken));
            var told = new List<ReplayedCall>();
            var equal = new List<(RecordedCall Call, double Seconds)>();
            RecordedCall[] calls = [.. recorded, .. made];
            var together = 1;
            for (var place = 0; place < calls.Length; together = Math.Min(together * 2, MostTogether))
            {
                var isMade = place >= recorded.Count;
                var asked = calls[place..Math.Min(place + together, isMade ? calls.Length : recorded.Count)];
                foreach (var (one, seconds) in await CompareAsync(asked, isMade, baseline, candidate, variation, cancellationToken).ConfigureAwait(false))
                {
                    told.Add(one with { IsMade = isMade });
                    if (one is { Compared: true, Failure: null })
                        equal.Add((calls[place], seconds));
                    place++;
                    if (one is not { Failure: not null, OrderOnly: false })
                        continue;
                    // A difference that only a call made for the comparison shows lies in a branch that the others did not take, as a rule.
                    var missed = traced && isMade ? await TraceAsync(equal, baseline, candidate, cancellationToken).ConfigureAwait(false) : null;
                    return new Replayed(told, missed);
                }
            }

            return new Replayed(told, traced ? await TraceAsync(equal, baseline, candidate, cancellationToken).ConfigureAwait(false) : null);
        }

        /// <summary>
        /// What became of the first of some calls: those up to one that counts against the candidate, or all. Each version makes them one after the other
        /// in one process, in the other variation the other way round, so that of two calls each is once the first. Where the versions do not do the same,
        /// each makes the call in a process of its own.
        /// </summary>
        private async Task<IReadOnlyList<(ReplayedCall Call, double Seconds)>> CompareAsync(
            RecordedCall[] calls, bool areMade, Side baseline, Side candidate, int variation, CancellationToken cancellationToken)
        {
            if (calls.Length == 1 || await TogetherAsync(calls, areMade, baseline, candidate, variation, cancellationToken).ConfigureAwait(false) is not { } run)
                return await ApartAsync(calls, areMade, baseline, candidate, variation, cancellationToken).ConfigureAwait(false);
            var compared = new List<(ReplayedCall Call, double Seconds)>();
            foreach (var call in calls)
            {
                var (first, then, difference) = run[call];
                if (difference is null && first.Seen is not null && then.Seen is not null)
                {
                    var one = new ReplayedCall(call.Id, true, null, false, null, Convert.ToHexString(SHA256.HashData(first.Seen)));
                    compared.Add((one with { Seconds = (first.Seconds, then.Seconds) }, first.Seconds));
                    continue;
                }

                var apart = (await ApartAsync([call], areMade, baseline, candidate, variation, cancellationToken).ConfigureAwait(false))[0];
                // What a call does may depend on those before it: then it has to depend on them in the same way.
                if (!areMade && difference is { OrderOnly: false } && apart.Call is { Compared: true, Failure: null } && first.Seen is not null && await IsSteadyAsync(call, first).ConfigureAwait(false))
                    apart.Call = apart.Call with { Failure = new EquivalenceOutcome.Differs(call.Id, first.Input, $"after other calls, {difference.Text}") };
                compared.Add(apart);
                if (apart.Call is { Failure: not null, OrderOnly: false })
                    break;
            }

            return compared;

            async Task<bool> IsSteadyAsync(RecordedCall call, Observation first)
            {
                var order = InOrder(calls, variation);
                var again = await AskAllAsync(baseline, order, CallPatience, cancellationToken).ConfigureAwait(false);
                var exact = new AnswerBook(tree.Harness, AnswerBook.Seen, 0, tree.Limits);
                return again?[order.IndexOf(call)].Seen is { } seen && await exact.DifferenceAsync(first.Seen!, seen, cancellationToken).ConfigureAwait(false) is null;
            }
        }

        /// <summary>What ran in both versions, captured and quick calls first, and what the candidate leaves behind otherwise than the baseline does.</summary>
        private async Task<Trace> TraceAsync(
            IReadOnlyList<(RecordedCall Call, double Seconds)> equal, Side baseline, Side candidate, CancellationToken cancellationToken)
        {
            var exercised = Exercised.Nothing;
            var state = new SortedSet<string>(StringComparer.Ordinal);
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            var grown = new HashSet<double>();
            foreach (var (call, _) in equal.OrderBy(e => e.Call.Scale > 1).ThenBy(e => e.Seconds))
            {
                // Once everything has run, more of the same size only take time: a line that is followed takes many times as long.
                var left = TracePatience - System.Diagnostics.Stopwatch.GetElapsedTime(start);
                if (call.Scale > 1 && (!grown.Add(call.Scale) || left < TracePatience - ExtraTracing) && exercised.Missing(changed) is null)
                    continue;
                if (left < TimeSpan.FromSeconds(0.5))
                    break;
                TracedReply? original, proposed;
                try
                {
                    original = await known.LinesOfAsync(call, () => OneAsync(baseline)).ConfigureAwait(false);
                    proposed = await OneAsync(candidate).ConfigureAwait(false);
                }
                catch (RunnerBrokenException e) when (e.IsOfItsCode)
                {
                    break; // Too slow to be followed; what is known so far counts.
                }

                if (original is null || proposed is null)
                    continue;
                exercised = exercised.With(Exercised.Of(original, proposed));
                state.UnionWith(proposed.Changed.Except(original.Changed));
                state.UnionWith(LeftOtherwise(original, proposed));
                if (proposed.Learns && !original.Learns)
                    state.Add("a second, equal call takes another way through the function");

                async Task<TracedReply?> OneAsync(Side side) =>
                    await (await side.RunnerAsync().ConfigureAwait(false)).TraceAsync(Frames.Pack([call]), left, cancellationToken).ConfigureAwait(false);
            }

            return new Trace(exercised, [.. state]);
        }

        private async Task<Runner> StartAsync(string side, RecordedCall like, int variation, CancellationToken cancellationToken)
        {
            try
            {
                var file = side == Sides.Baseline ? files.Baseline : files.Candidate;
                return await Runner.StartAsync(
                    tree.Harness, new RunnerVersion(tree.Workspace, workload.Target, workload.Entry, file, like, []) { Traces = true }, tree.Limits, variation, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (RunnerBrokenException e)
            {
                throw Sides.Broken(side, e);
            }
        }
    }

    /// <summary>One version while it is asked: its process is started when it is first needed, and anew after it broke.</summary>
    private sealed class Side(Func<Task<Runner>> start) : IAsyncDisposable
    {
        private Runner? _runner;

        public async Task<Runner> RunnerAsync() => _runner ??= await start().ConfigureAwait(false);

        public async ValueTask DisposeAsync()
        {
            if (_runner is { } runner)
                await runner.DisposeAsync().ConfigureAwait(false);
            _runner = null;
        }
    }
}
