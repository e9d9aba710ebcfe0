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
        /// <param name="made">Calls that are made for the comparison alone.</param>
        public async Task<Replayed> CompareAsync(
            IReadOnlyList<RecordedCall> recorded, IReadOnlyList<RecordedCall> made, int variation, bool traced, CancellationToken cancellationToken)
        {
            await using var baseline = new Side(() => StartAsync(Sides.Baseline, recorded[0], variation, cancellationToken));
            await using var candidate = new Side(() => StartAsync(Sides.Candidate, recorded[0], variation, cancellationToken));
            var told = new List<ReplayedCall>();
            var equal = new List<(RecordedCall Call, double Seconds)>();
            foreach (var call in recorded.Concat(made))
            {
                var isMade = !recorded.Contains(call);
                var (one, seconds) = await CompareAsync(call, isMade, baseline, candidate, variation, cancellationToken).ConfigureAwait(false);
                told.Add(one with { IsMade = isMade });
                if (one is { Compared: true, Failure: null })
                    equal.Add((call, seconds));
                if (one is not { Failure: not null, OrderOnly: false })
                    continue;
                // A difference that only a call made for the comparison shows lies in a branch that the others did not take, as a rule.
                var missed = traced && isMade ? await TraceAsync(equal, baseline, candidate, cancellationToken).ConfigureAwait(false) : null;
                return new Replayed(told, missed);
            }

            return new Replayed(told, traced ? await TraceAsync(equal, baseline, candidate, cancellationToken).ConfigureAwait(false) : null);
        }

        private async Task<(ReplayedCall Call, double Seconds)> CompareAsync(
            RecordedCall call, bool isMade, Side baseline, Side candidate, int variation, CancellationToken cancellationToken)
        {
            var (inputs, answers) = (Frames.Pack([call]), new AnswerBook(tree.Harness, AnswerBook.Seen, tolerance, tree.Limits) { Made = isMade });
            var first = await known.OfAsync(call, variation, BaselineAsync).ConfigureAwait(false);
            if (first.Seen is null)
                return (new ReplayedCall(call.Id, false, null, false, $"the baseline {first.Failure}", null), 0);
            var digest = Convert.ToHexString(SHA256.HashData(first.Seen));
            var took = 0.0;
            var (failure, orderOnly) = await FailureAsync().ConfigureAwait(false);
            // Only where they differ does it matter whether the baseline does the same twice, and for calls that nobody has made before in the other variation.
            if (failure is not null && !(await IsSteadyAsync().ConfigureAwait(false) && (!isMade || await IsSteadyElsewhereAsync().ConfigureAwait(false))))
                return (new ReplayedCall(call.Id, false, null, false, "the baseline does not do the same twice", null), 0);
            return (new ReplayedCall(call.Id, true, failure, orderOnly, null, digest) { Seconds = (first.Seconds, took) }, failure is null ? first.Seconds : 0);

            async Task<(EquivalenceOutcome? Failure, bool OrderOnly)> FailureAsync()
            {
                var patience = TimeSpan.FromSeconds(Math.Clamp(TimesSlower * first.Seconds, ShortestPatience.TotalSeconds, CallPatience.TotalSeconds));
                Observation seen;
                try
                {
                    seen = await (await candidate.RunnerAsync().ConfigureAwait(false)).ObserveAsync(inputs, patience, cancellationToken).ConfigureAwait(false);
                }
                catch (RunnerBrokenException e) when (e.IsOfItsCode)
                {
                    // It is gone; where the call turns out not to count, the others get another one.
                    await candidate.DisposeAsync().ConfigureAwait(false);
                    var beside = FormattableString.Invariant($" (the baseline took {first.Seconds:0.###} s)");
                    return (e.IsLate
                        ? new EquivalenceOutcome.TimedOut(first.Input, $"the candidate did not finish within {patience.TotalSeconds:0.#} s{beside}")
                        : new EquivalenceOutcome.Crashed(first.Input, $"the candidate broke: {e.Message}"), false);
                }
                catch (RunnerBrokenException e)
                {
                    throw Sides.Broken(Sides.Candidate, e);
                }

                if (seen.Seen is null)
                    return (new EquivalenceOutcome.Crashed(first.Input, $"the candidate {seen.Failure}"), false);
                took = seen.Seconds;
                var found = await answers.DifferenceAsync(first.Seen, seen.Seen, cancellationToken).ConfigureAwait(false);
                return found is null ? (null, false) : (new EquivalenceOutcome.Differs(call.Id, first.Input, found.Text), found.OrderOnly);
            }

            Task<Observation> BaselineAsync() => AskAsync(baseline, inputs, cancellationToken);

            async Task<bool> IsSteadyAsync() => await IsAsFirstAsync(await BaselineAsync().ConfigureAwait(false)).ConfigureAwait(false);

            async Task<bool> IsSteadyElsewhereAsync()
            {
                var other = Variations.First(v => v != variation);
                await using var elsewhere = new Side(() => StartAsync(Sides.Baseline, call, other, cancellationToken));
                return await IsAsFirstAsync(await known.OfAsync(call, other, () => AskAsync(elsewhere, inputs, cancellationToken)).ConfigureAwait(false)).ConfigureAwait(false);
            }

            async Task<bool> IsAsFirstAsync(Observation again)
            {
                var exact = new AnswerBook(tree.Harness, AnswerBook.Seen, 0, tree.Limits);
                return again.Seen is not null && await exact.DifferenceAsync(first.Seen, again.Seen, cancellationToken).ConfigureAwait(false) is null;
            }
        }

        /// <summary>What a version does on a call; where that ends its process, the other calls get another one.</summary>
        private static async Task<Observation> AskAsync(Side side, byte[] inputs, CancellationToken cancellationToken)
        {
            try
            {
                return await (await side.RunnerAsync().ConfigureAwait(false)).ObserveAsync(inputs, CallPatience, cancellationToken).ConfigureAwait(false);
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
