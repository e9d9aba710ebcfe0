using System.Security.Cryptography;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Trials;

/// <summary>How the calls of a check are made.</summary>
public static partial class Equivalence
{
    /// <summary>The runs of one check.</summary>
    private sealed class Check(
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

        /// <summary>What both versions do on each of some calls that they make in one process, and how that differs; null where one of them does not make all.</summary>
        private async Task<IReadOnlyDictionary<RecordedCall, (Observation First, Observation Then, AnswerDifference? Difference)>?> TogetherAsync(
            RecordedCall[] asked, bool areMade, Side baseline, Side candidate, int variation, CancellationToken cancellationToken)
        {
            var calls = InOrder(asked, variation);
            var firsts = await known.OfAllAsync(calls, variation, () => AskAllAsync(baseline, calls, CallPatience, cancellationToken)).ConfigureAwait(false);
            if (firsts is null || await AskAllAsync(candidate, calls, PatienceFor(firsts.Sum(f => f.Seconds)), cancellationToken).ConfigureAwait(false) is not { } thens)
                return null;
            var answers = new AnswerBook(tree.Harness, AnswerBook.Seen, tolerance, tree.Limits) { Made = areMade };
            var differences = await answers.DifferencesAsync([.. firsts.Zip(thens, (first, then) => (first.Seen ?? [], then.Seen ?? []))], cancellationToken).ConfigureAwait(false);
            var told = new Dictionary<RecordedCall, (Observation, Observation, AnswerDifference?)>(ReferenceEqualityComparer.Instance);
            for (var place = 0; place < calls.Count; place++)
                told[calls[place]] = (firsts[place], thens[place], differences[place]);
            return told;
        }

        private static List<RecordedCall> InOrder(RecordedCall[] calls, int variation) => [.. variation == Variations[0] ? calls : calls.Reverse()];

        /// <summary>What a version does on each of some calls in one process; null where that ends before all are made.</summary>
        private static async Task<IReadOnlyList<Observation>?> AskAllAsync(
            Side side, IReadOnlyList<RecordedCall> calls, TimeSpan patience, CancellationToken cancellationToken)
        {
            try
            {
                return await (await side.RunnerAsync().ConfigureAwait(false)).ObserveAsync(calls, patience, cancellationToken).ConfigureAwait(false);
            }
            catch (RunnerBrokenException)
            {
                await side.DisposeAsync().ConfigureAwait(false);
                return null;
            }
        }

        private static TimeSpan PatienceFor(double seconds) =>
            TimeSpan.FromSeconds(Math.Clamp(TimesSlower * seconds, ShortestPatience.TotalSeconds, CallPatience.TotalSeconds));

        /// <summary>What became of the first of some calls that are each made in a process of its own: those up to one on which the candidate breaks or differs, or all.</summary>
        private async Task<IReadOnlyList<(ReplayedCall Call, double Seconds)>> ApartAsync(
            IReadOnlyList<RecordedCall> calls, bool areMade, Side baseline, Side candidate, int variation, CancellationToken cancellationToken)
        {
            var asked = new List<(RecordedCall Call, Observation First, Observation? Then, EquivalenceOutcome? Broke)>();
            foreach (var call in calls)
            {
                var first = await known.OfAsync(call, variation, () => AskAsync(baseline, call, cancellationToken)).ConfigureAwait(false);
                var (then, broke) = first.Seen is null ? (null, null) : await TryAsync(candidate, call, first, cancellationToken).ConfigureAwait(false);
                asked.Add((call, first, then, broke));
                if (broke is not null)
                    break;
            }

            var answers = new AnswerBook(tree.Harness, AnswerBook.Seen, tolerance, tree.Limits) { Made = areMade };
            var differences = await answers.DifferencesAsync([.. asked.Select(a => (a.First.Seen ?? [], a.Then?.Seen ?? a.First.Seen ?? []))], cancellationToken)
                .ConfigureAwait(false);
            var compared = new List<(ReplayedCall, double)>();
            foreach (var ((call, first, then, broke), difference) in asked.Zip(differences))
            {
                if (first.Seen is null)
                {
                    compared.Add((new ReplayedCall(call.Id, false, null, false, $"the baseline {first.Failure}", null), 0));
                    continue;
                }

                var failure = broke ?? (difference is null ? null : new EquivalenceOutcome.Differs(call.Id, first.Input, difference.Text));
                // Only where they differ does it matter whether the baseline does the same twice, and for calls that nobody has made before in the other variation.
                if (failure is not null && !(await IsSteadyAsync(call, first).ConfigureAwait(false) && (!areMade || await IsSteadyElsewhereAsync(call, first).ConfigureAwait(false))))
                {
                    compared.Add((new ReplayedCall(call.Id, false, null, false, "the baseline does not do the same twice", null), 0));
                    continue;
                }

                var orderOnly = difference is { OrderOnly: true };
                var one = new ReplayedCall(call.Id, true, failure, orderOnly, null, Convert.ToHexString(SHA256.HashData(first.Seen)));
                compared.Add((one with { Seconds = (first.Seconds, then?.Seconds ?? 0) }, failure is null ? first.Seconds : 0));
                if (failure is not null && !orderOnly)
                    break;
            }

            return compared;

            async Task<bool> IsSteadyAsync(RecordedCall call, Observation first) =>
                await IsAsFirstAsync(first, await AskAsync(baseline, call, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);

            async Task<bool> IsSteadyElsewhereAsync(RecordedCall call, Observation first)
            {
                var other = Variations.First(v => v != variation);
                await using var elsewhere = new Side(() => StartAsync(Sides.Baseline, call, other, cancellationToken));
                return await IsAsFirstAsync(first, await known.OfAsync(call, other, () => AskAsync(elsewhere, call, cancellationToken)).ConfigureAwait(false)).ConfigureAwait(false);
            }

            async Task<bool> IsAsFirstAsync(Observation first, Observation again)
            {
                var exact = new AnswerBook(tree.Harness, AnswerBook.Seen, 0, tree.Limits);
                return again.Seen is not null && await exact.DifferenceAsync(first.Seen!, again.Seen, cancellationToken).ConfigureAwait(false) is null;
            }
        }

        /// <summary>What the candidate does on a call, or how it breaks there; then the other calls get another process.</summary>
        private static async Task<(Observation? Seen, EquivalenceOutcome? Broke)> TryAsync(
            Side candidate, RecordedCall call, Observation first, CancellationToken cancellationToken)
        {
            var patience = PatienceFor(first.Seconds);
            try
            {
                var seen = await (await candidate.RunnerAsync().ConfigureAwait(false)).ObserveAsync(Frames.Pack([call]), patience, cancellationToken).ConfigureAwait(false);
                return seen.Seen is null ? (null, new EquivalenceOutcome.Crashed(first.Input, $"the candidate {seen.Failure}")) : (seen, null);
            }
            catch (RunnerBrokenException e) when (e.IsOfItsCode)
            {
                await candidate.DisposeAsync().ConfigureAwait(false);
                var beside = FormattableString.Invariant($" (the baseline took {first.Seconds:0.###} s)");
                return (null, e.IsLate
                    ? new EquivalenceOutcome.TimedOut(first.Input, $"the candidate did not finish within {patience.TotalSeconds:0.#} s{beside}")
                    : new EquivalenceOutcome.Crashed(first.Input, $"the candidate broke: {e.Message}"));
            }
            catch (RunnerBrokenException e)
            {
                throw Sides.Broken(Sides.Candidate, e);
            }
        }

        /// <summary>What a version does on a call; where that ends its process, the other calls get another one.</summary>
        private static async Task<Observation> AskAsync(Side side, RecordedCall call, CancellationToken cancellationToken)
        {
            try
            {
                return await (await side.RunnerAsync().ConfigureAwait(false)).ObserveAsync(Frames.Pack([call]), CallPatience, cancellationToken).ConfigureAwait(false);
            }
            catch (RunnerBrokenException e) when (e.IsOfItsCode)
            {
                await side.DisposeAsync().ConfigureAwait(false);
                return new Observation(null, "", 0, e.IsLate ? $"did not finish within {CallPatience.TotalSeconds:0} s" : e.Message);
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
