using System.Security.Cryptography;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Trials;

/// <summary>How the calls of a check are made.</summary>
public static partial class Equivalence
{
    /// <summary>The runs of one check.</summary>
    private sealed class Check(Tree tree, Workload workload, string baselineFile, string candidateFile, double tolerance)
    {
        /// <param name="named">Calls with the values that the candidate names.</param>
        public async Task<Replayed> CompareAsync(
            IReadOnlyList<RecordedCall> recorded, IReadOnlyList<RecordedCall> named, int variation, bool traced, CancellationToken cancellationToken)
        {
            var runners = new Dictionary<string, Runner>();
            try
            {
                foreach (var side in new[] { Sides.Baseline, Sides.Candidate })
                    runners[side] = await StartAsync(side, recorded[0], variation, traced, cancellationToken).ConfigureAwait(false);
                var told = new List<ReplayedCall>();
                var equal = new List<(RecordedCall Call, double Seconds)>();
                foreach (var call in recorded.Concat(named))
                {
                    var (one, seconds) = await CompareAsync(call, runners, variation, traced, cancellationToken).ConfigureAwait(false);
                    var isNamed = !recorded.Contains(call);
                    told.Add(one with { IsNamed = isNamed });
                    if (one is { Compared: true, Failure: null })
                        equal.Add((call, seconds));
                    if (one is not { Failure: not null, OrderOnly: false })
                        continue;
                    // A difference that only a call made for the candidate shows lies in a branch that the others did not take, as a rule.
                    var missed = traced && isNamed ? await TraceAsync(equal, runners, cancellationToken).ConfigureAwait(false) : null;
                    return new Replayed(told, missed);
                }

                var trace = traced ? await TraceAsync(equal, runners, cancellationToken).ConfigureAwait(false) : null;
                return new Replayed(told, trace);
            }
            finally
            {
                foreach (var runner in runners.Values)
                    await runner.DisposeAsync().ConfigureAwait(false);
            }
        }

        private async Task<(ReplayedCall Call, double Seconds)> CompareAsync(
            RecordedCall call, Dictionary<string, Runner> runners, int variation, bool traced, CancellationToken cancellationToken)
        {
            var (inputs, answers) = (Frames.Pack([call]), new AnswerBook(tree.Harness, AnswerBook.Seen, tolerance, tree.Limits));
            var first = await BaselineAsync().ConfigureAwait(false);
            if (first.Seen is null)
                return (new ReplayedCall(call.Id, false, null, false, $"the baseline {first.Failure}", null), 0);
            var second = await BaselineAsync().ConfigureAwait(false);
            var exact = new AnswerBook(tree.Harness, AnswerBook.Seen, 0, tree.Limits);
            if (second.Seen is null || await exact.DifferenceAsync(first.Seen, second.Seen, cancellationToken).ConfigureAwait(false) is not null)
                return (new ReplayedCall(call.Id, false, null, false, "the baseline does not do the same twice", null), 0);
            var digest = Convert.ToHexString(SHA256.HashData(first.Seen));

            var patience = TimeSpan.FromSeconds(Math.Clamp(TimesSlower * first.Seconds, ShortestPatience.TotalSeconds, CallPatience.TotalSeconds));
            Observation candidate;
            try
            {
                candidate = await runners[Sides.Candidate].ObserveAsync(inputs, patience, cancellationToken).ConfigureAwait(false);
            }
            catch (RunnerBrokenException e) when (e.IsOfItsCode)
            {
                var took = FormattableString.Invariant($" (the baseline took {first.Seconds:0.###} s)");
                return (new ReplayedCall(call.Id, true, e.IsLate
                    ? new EquivalenceOutcome.TimedOut(first.Input, $"the candidate did not finish within {patience.TotalSeconds:0.#} s{took}")
                    : new EquivalenceOutcome.Crashed(first.Input, $"the candidate broke: {e.Message}"), false, null, digest), 0);
            }
            catch (RunnerBrokenException e)
            {
                throw Sides.Broken(Sides.Candidate, e);
            }

            if (candidate.Seen is null)
                return (new ReplayedCall(call.Id, true, new EquivalenceOutcome.Crashed(first.Input, $"the candidate {candidate.Failure}"), false, null, digest), 0);
            var found = await answers.DifferenceAsync(first.Seen, candidate.Seen, cancellationToken).ConfigureAwait(false);
            return found is null
                ? (new ReplayedCall(call.Id, true, null, false, null, digest), first.Seconds)
                : (new ReplayedCall(call.Id, true, new EquivalenceOutcome.Differs(call.Id, first.Input, found.Text), found.OrderOnly, null, digest), 0);

            async Task<Observation> BaselineAsync()
            {
                try
                {
                    return await runners[Sides.Baseline].ObserveAsync(inputs, CallPatience, cancellationToken).ConfigureAwait(false);
                }
                catch (RunnerBrokenException e) when (e.IsOfItsCode)
                {
                    // It is gone; the other calls get another one.
                    await runners[Sides.Baseline].DisposeAsync().ConfigureAwait(false);
                    runners[Sides.Baseline] = await StartAsync(Sides.Baseline, call, variation, traced, cancellationToken).ConfigureAwait(false);
                    return new Observation(null, "", 0, e.IsLate ? $"did not finish within {CallPatience.TotalSeconds:0} s" : e.Message);
                }
            }
        }

        /// <summary>What ran in both versions, captured and quick calls first, and what the candidate leaves behind otherwise than the baseline does.</summary>
        private static async Task<Trace> TraceAsync(
            IEnumerable<(RecordedCall Call, double Seconds)> equal, Dictionary<string, Runner> runners, CancellationToken cancellationToken)
        {
            var exercised = Exercised.Nothing;
            var state = new SortedSet<string>(StringComparer.Ordinal);
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            foreach (var (call, _) in equal.OrderBy(e => e.Call.Scale > 1).ThenBy(e => e.Seconds))
            {
                var left = TracePatience - System.Diagnostics.Stopwatch.GetElapsedTime(start);
                if (left < TimeSpan.FromSeconds(0.5))
                    break;
                TracedReply? baseline, candidate;
                try
                {
                    baseline = await runners[Sides.Baseline].TraceAsync(Frames.Pack([call]), left, cancellationToken).ConfigureAwait(false);
                    candidate = await runners[Sides.Candidate].TraceAsync(Frames.Pack([call]), left, cancellationToken).ConfigureAwait(false);
                }
                catch (RunnerBrokenException e) when (e.IsOfItsCode)
                {
                    break; // Too slow to be followed; what is known so far counts.
                }

                if (baseline is null || candidate is null)
                    continue;
                exercised = exercised.With(Exercised.Of(baseline, candidate));
                state.UnionWith(candidate.Changed.Except(baseline.Changed));
                state.UnionWith(LeftOtherwise(baseline, candidate));
                if (candidate.Learns && !baseline.Learns)
                    state.Add("a second, equal call takes another way through the function");
            }

            return new Trace(exercised, [.. state]);
        }

        private async Task<Runner> StartAsync(string side, RecordedCall like, int variation, bool traced, CancellationToken cancellationToken)
        {
            try
            {
                var file = side == Sides.Baseline ? baselineFile : candidateFile;
                return await Runner.StartAsync(
                    tree.Harness, new RunnerVersion(tree.Workspace, workload.Target, workload.Entry, file, like, []) { Traces = traced }, tree.Limits, variation, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (RunnerBrokenException e)
            {
                throw Sides.Broken(side, e);
            }
        }
    }
}
