using System.Security.Cryptography;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>How the calls of a check are made.</summary>
public static partial class Equivalence
{
    /// <summary>The runs of one check.</summary>
    private sealed partial class Check(
        Subject baseline, Subject candidate, CandidateCheckOutcome.Accepted changed, double tolerance, BaselineAnswers known)
    {
        private readonly (Subject Baseline, Subject Candidate) _versions = (baseline, candidate);

        /// <summary>Calls whose answers are looked at together, at most. It begins with one: a candidate that is wrong mostly is so at once.</summary>
        private const int MostTogether = 16;

        /// <param name="made">Calls that are made for the comparison alone, where the recorded ones show no difference.</param>
        public async Task<Replayed> CompareAsync(
            IReadOnlyList<RecordedCall> recorded, Lazy<Task<MadeCalls>> made, int variation, bool traced, CancellationToken cancellationToken)
        {
            await using var baseline = new Side(() => StartAsync(Sides.Baseline, recorded[0], variation, cancellationToken));
            await using var candidate = new Side(() => StartAsync(Sides.Candidate, recorded[0], variation, cancellationToken));
            var told = new List<ReplayedCall>();
            var equal = new List<(RecordedCall Call, double Seconds)>();
            if (!await AgreeAsync(recorded, areMade: false).ConfigureAwait(false))
                return new Replayed(told, null);
            // A difference that only a call made for the comparison shows lies in a branch that the others did not take, as a rule: what ran is told all the same.
            await AgreeAsync((await made.Value.ConfigureAwait(false)).Calls, areMade: true).ConfigureAwait(false);
            return new Replayed(told, traced ? await TraceAsync(equal, baseline, candidate, cancellationToken).ConfigureAwait(false) : null);

            async Task<bool> AgreeAsync(IReadOnlyList<RecordedCall> calls, bool areMade)
            {
                var together = 1;
                for (var place = 0; place < calls.Count; together = Math.Min(together * 2, MostTogether))
                {
                    RecordedCall[] asked = [.. calls.Skip(place).Take(together)];
                    foreach (var (one, seconds) in await CompareAsync(asked, areMade, baseline, candidate, variation, cancellationToken).ConfigureAwait(false))
                    {
                        told.Add(one with { IsMade = areMade });
                        if (one is { Failure: not null, OrderOnly: false })
                            return false;
                        if (one is { Compared: true, Failure: null })
                            equal.Add((calls[place], seconds));
                        place++;
                    }
                }

                return true;
            }
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
                    apart.Call = apart.Call with { Failure = new EquivalenceOutcome.Differs(call.Id, first.Input, $"after other calls, {difference.Text}") { IsMade = call.Scale > 1 } };
                compared.Add(apart);
                if (apart.Call is { Failure: not null, OrderOnly: false })
                    break;
            }

            return compared;

            async Task<bool> IsSteadyAsync(RecordedCall call, Observation first)
            {
                var order = InOrder(calls, variation);
                var again = await AskAllAsync(baseline, order, CallPatience, cancellationToken).ConfigureAwait(false);
                var exact = Book(0);
                return again?[order.IndexOf(call)].Seen is { } seen && await exact.DifferenceAsync(first.Seen!, seen, cancellationToken).ConfigureAwait(false) is null;
            }
        }

        private AnswerBook Book(double tolerance, bool areMade = false) => new(_versions.Candidate.Tree.Harness, AnswerBook.Seen, tolerance, _versions.Candidate.Tree.Limits) { Made = areMade };

        private async Task<Runner> StartAsync(string side, RecordedCall like, int variation, CancellationToken cancellationToken)
        {
            try
            {
                var (tree, target, entry, file) = side == Sides.Baseline ? _versions.Baseline : _versions.Candidate;
                return await Runner.StartAsync(
                    tree.Harness, new RunnerVersion(tree.Workspace, target, entry, file, like, []) { Traces = true }, tree.Limits, variation, cancellationToken)
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
