using System.Security.Cryptography;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>How calls are made: together in one process, or each in a process of its own.</summary>
public static partial class Equivalence
{
    private sealed partial class Check
    {
        /// <summary>What both versions do on each of some calls that they make in one process, and how that differs; null where one of them does not make all.</summary>
        private async Task<IReadOnlyDictionary<RecordedCall, (Observation First, Observation Then, AnswerDifference? Difference)>?> TogetherAsync(
            RecordedCall[] asked, bool areMade, Side baseline, Side candidate, int variation, CancellationToken cancellationToken)
        {
            var calls = InOrder(asked, variation);
            var firsts = await known.OfAllAsync(calls, variation, () => AskAllAsync(baseline, calls, CallPatience, cancellationToken)).ConfigureAwait(false);
            if (firsts is null || await AskAllAsync(candidate, calls, PatienceFor(firsts.Sum(f => f.Seconds)), cancellationToken).ConfigureAwait(false) is not { } thens)
                return null;
            var answers = Book(tolerance, areMade);
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

            var answers = Book(tolerance, areMade);
            var differences = await answers.DifferencesAsync([.. asked.Select(a => (a.First.Seen ?? [], a.Then?.Seen ?? a.First.Seen ?? []))], cancellationToken)
                .ConfigureAwait(false);
            var compared = new List<(ReplayedCall, double)>();
            foreach (var ((call, first, then, ended), difference) in asked.Zip(differences))
            {
                var broke = ended;
                if (first.Seen is null)
                {
                    compared.Add((new ReplayedCall(call.Id, false, null, false, $"the baseline {first.Failure}", null), 0));
                    continue;
                }

                broke = broke switch
                {
                    EquivalenceOutcome.Crashed crashed => crashed with { IsMade = areMade || call.Scale > 1 },
                    EquivalenceOutcome.TimedOut late => late with { IsMade = areMade || call.Scale > 1 },
                    _ => broke,
                };
                var failure = broke ?? (difference is null ? null : new EquivalenceOutcome.Differs(call.Id, first.Input, difference.Text) { IsMade = areMade || call.Scale > 1 });
                // Only where they differ does it matter whether the baseline does the same twice, and for calls that nobody has made before in the other variation.
                if (failure is not null && !(await IsSteadyAsync(call, first).ConfigureAwait(false) && (!areMade || await IsSteadyElsewhereAsync(call, first).ConfigureAwait(false))))
                {
                    compared.Add((new ReplayedCall(call.Id, false, null, false, "the baseline does not do the same twice", null), 0));
                    continue;
                }

                // The order of a dict counts where the baseline gives the same one in the other variation.
                var orderOnly = difference is { OrderOnly: true } && !await IsSameElsewhereAsync(call, first).ConfigureAwait(false);
                var one = new ReplayedCall(call.Id, true, failure, orderOnly, null, Convert.ToHexString(SHA256.HashData(first.Seen)));
                compared.Add((one with { Seconds = (first.Seconds, then?.Seconds ?? 0) }, failure is null ? first.Seconds : 0));
                if (failure is not null && !orderOnly)
                    break;
            }

            return compared;

            async Task<bool> IsSteadyAsync(RecordedCall call, Observation first) =>
                await IsAsFirstAsync(first, await AskAsync(baseline, call, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);

            async Task<bool> IsSteadyElsewhereAsync(RecordedCall call, Observation first) =>
                await IsAsFirstAsync(first, await ElsewhereAsync(call).ConfigureAwait(false)).ConfigureAwait(false);

            async Task<bool> IsSameElsewhereAsync(RecordedCall call, Observation first) =>
                (await ElsewhereAsync(call).ConfigureAwait(false)).Seen is { } seen && first.Seen.AsSpan().SequenceEqual(seen);

            async Task<Observation> ElsewhereAsync(RecordedCall call)
            {
                var other = Variations.First(v => v != variation);
                await using var elsewhere = new Side(() => StartAsync(Sides.Baseline, call, other, cancellationToken));
                return await known.OfAsync(call, other, () => AskAsync(elsewhere, call, cancellationToken)).ConfigureAwait(false);
            }

            async Task<bool> IsAsFirstAsync(Observation first, Observation again)
            {
                var exact = Book(0);
                return again.Seen is not null && await exact.DifferenceAsync(first.Seen!, again.Seen, cancellationToken).ConfigureAwait(false) is null;
            }
        }

        /// <summary>What the candidate does on a call, or how it breaks there; then the other calls get another process.</summary>
        private static async Task<(Observation? Seen, EquivalenceOutcome? Broke)> TryAsync(
            Side candidate, RecordedCall call, Observation first, CancellationToken cancellationToken)
        {
            for (var patience = PatienceFor(first.Seconds); ; patience = CallPatience)
            {
                var (seen, broke, mayHaveWaited) = await TryOnceAsync(candidate, call, first, patience, cancellationToken).ConfigureAwait(false);
                // On a busy machine a version waits for its turn, which says nothing about it: then it gets as long as the baseline may take.
                if (!mayHaveWaited || patience >= CallPatience)
                    return (seen, broke);
            }
        }

        private static async Task<(Observation? Seen, EquivalenceOutcome? Broke, bool MayHaveWaited)> TryOnceAsync(
            Side candidate, RecordedCall call, Observation first, TimeSpan patience, CancellationToken cancellationToken)
        {
            try
            {
                var seen = await (await candidate.RunnerAsync().ConfigureAwait(false)).ObserveAsync(Frames.Pack([call]), patience, cancellationToken).ConfigureAwait(false);
                return seen.Seen is null ? (null, new EquivalenceOutcome.Crashed(first.Input, $"the candidate {seen.Failure}"), false) : (seen, null, false);
            }
            catch (RunnerBrokenException e) when (e.IsOfItsCode)
            {
                await candidate.DisposeAsync().ConfigureAwait(false);
                var beside = FormattableString.Invariant($" (the baseline took {first.Seconds:0.###} s)");
                return (
                    null,
                    e.IsLate
                        ? new EquivalenceOutcome.TimedOut(first.Input, FormattableString.Invariant($"the candidate did not finish within {patience.TotalSeconds:0.#} s{beside}"))
                        : new EquivalenceOutcome.Crashed(first.Input, $"the candidate broke: {e.Message}"),
                    e is { IsLate: true, HasWorked: false });
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
    }
}
