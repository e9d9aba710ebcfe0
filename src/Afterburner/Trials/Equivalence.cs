using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>
/// Compares baseline and candidate on recorded calls, under two hash seeds: return value, exception type and message,
/// arguments afterwards, items yielded, what was printed, logged and warned. Each version answers in a process of its own,
/// and is compared where neither has ever run. Fails closed: an answer that is missing or cut short is never agreement.
/// </summary>
public static class Equivalence
{
    /// <summary>Floats may differ by this much, relative to the larger one, or absolute below 1.</summary>
    public const double DefaultTolerance = 1e-9;

    private static readonly int[] HashSeeds = [0, 4711];

    private static readonly TimeSpan CallPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TracePatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ShortestPatience = TimeSpan.FromSeconds(2);

    /// <summary>A candidate may take this many times as long as the baseline, and two seconds.</summary>
    private const int TimesSlower = 20;

    /// <param name="workspace">The repository at head: the baseline's file is the one there unless <paramref name="baselineFile"/> differs from it.</param>
    /// <param name="baselineFile">Text of the target's file at head.</param>
    /// <param name="candidateFile">The same file with the candidate in place.</param>
    /// <param name="changed">What must be executed of the candidate, and by the baseline of what is gone.</param>
    /// <param name="tolerance">See <see cref="DefaultTolerance"/>.</param>
    /// <param name="limits">Of each process.</param>
    public static async Task<EquivalenceOutcome> CheckAsync(
        PythonHarness harness,
        string workspace,
        Workload workload,
        string baselineFile,
        string candidateFile,
        CandidateCheckOutcome.Accepted changed,
        double tolerance,
        Limits limits,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<RecordedCall> calls = [.. workload.Captured, .. workload.Amplified];
        if (calls.Count == 0)
            return new EquivalenceOutcome.NotCompared("there is no recorded call");
        var check = new Check(harness, workspace, workload, baselineFile, candidateFile, tolerance, limits);
        try
        {
            var first = await check.CompareAsync(calls, HashSeeds[0], traced: true, cancellationToken).ConfigureAwait(false);
            var second = await check.CompareAsync(calls, HashSeeds[1], traced: false, cancellationToken).ConfigureAwait(false);
            return Judge([first, second], changed);
        }
        catch (SideBrokenException e)
        {
            return e switch
            {
                { End: TrialEnd.SandboxFailed } => new EquivalenceOutcome.SandboxFailed(e.Message),
                { End: TrialEnd.CandidateBroke, InnerException: RunnerBrokenException } => new EquivalenceOutcome.Unfit(e.Message),
                _ => new EquivalenceOutcome.NotCompared($"the baseline cannot be run: {e.Message}"),
            };
        }
    }

    private static EquivalenceOutcome Judge(IReadOnlyList<Replayed> runs, CandidateCheckOutcome.Accepted changed)
    {
        // The order of a dict counts unless the baseline's own order depends on the hash seed.
        foreach (var call in runs.SelectMany(r => r.Calls).Where(c => c is { Compared: true, Failure: not null }))
        {
            var steady = runs.Select(r => r.Calls.FirstOrDefault(c => c.Id == call.Id)?.OrderDigest).Distinct().Count() == 1;
            if (!call.OrderOnly || steady)
                return call.Failure!;
        }

        if (runs.FirstOrDefault(r => !r.Calls.Any(c => c.Compared)) is { } none)
            return new EquivalenceOutcome.NotCompared(none.Calls[0].Why ?? "no call does the same twice at the baseline");
        if (runs[0].Trace is not { } trace)
            return new EquivalenceOutcome.NotCompared("the lines that ran are not reported");
        if (trace.State.Count > 0)
            return new EquivalenceOutcome.KeepsState(string.Join(", ", trace.State));
        var compared = runs[0].Calls.Count(c => c.Compared);
        return trace.Exercised.Missing(changed)
            ?? (EquivalenceOutcome)new EquivalenceOutcome.Equal(compared, runs[0].Calls.Count - compared);
    }

    /// <summary>What the baseline leaves changed and the candidate leaves as it was, or otherwise.</summary>
    internal static IEnumerable<string> LeftOtherwise(JsonObject baseline, JsonObject candidate) =>
        from was in baseline.Child("left") ?? []
        where (string?)was.Value != candidate.Child("left")?.Text(was.Key)
        select $"{was.Key} is not left as the original leaves it";

    /// <summary>One call under one hash seed.</summary>
    /// <param name="Compared">False where the baseline itself does not do the same twice; <paramref name="Why"/> says so.</param>
    /// <param name="Failure">How the candidate fails; null when it agrees.</param>
    /// <param name="OrderOnly">The only difference is the order of a dict's keys.</param>
    /// <param name="OrderDigest">Digest of what the baseline did, order of dicts included.</param>
    private sealed record ReplayedCall(string Id, bool Compared, EquivalenceOutcome? Failure, bool OrderOnly, string? Why, string? OrderDigest);

    /// <param name="Trace">What ran; null when it was not asked for, or a call differs.</param>
    private sealed record Replayed(IReadOnlyList<ReplayedCall> Calls, Trace? Trace);

    /// <param name="State">What the candidate leaves otherwise in the process than the baseline does.</param>
    private sealed record Trace(Exercised Exercised, IReadOnlyList<string> State);

    /// <summary>The runs of one check.</summary>
    private sealed class Check(
        PythonHarness harness, string workspace, Workload workload, string baselineFile, string candidateFile, double tolerance, Limits limits)
    {
        public async Task<Replayed> CompareAsync(IReadOnlyList<RecordedCall> calls, int variation, bool traced, CancellationToken cancellationToken)
        {
            var runners = new Dictionary<string, Runner>();
            try
            {
                foreach (var side in new[] { Sides.Baseline, Sides.Candidate })
                    runners[side] = await StartAsync(side, calls[0], variation, traced, cancellationToken).ConfigureAwait(false);
                var told = new List<ReplayedCall>();
                var equal = new List<(RecordedCall Call, double Seconds)>();
                foreach (var call in calls)
                {
                    var (one, seconds) = await CompareAsync(call, runners, variation, traced, cancellationToken).ConfigureAwait(false);
                    told.Add(one);
                    if (one is { Failure: not null, OrderOnly: false })
                        return new Replayed(told, null);
                    if (one is { Compared: true, Failure: null })
                        equal.Add((call, seconds));
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
            var (inputs, answers) = (Frames.Pack([call]), new AnswerBook(harness, AnswerBook.Seen, tolerance, limits));
            var first = await BaselineAsync().ConfigureAwait(false);
            if (first.Seen is null)
                return (new ReplayedCall(call.Id, false, null, false, $"the baseline {first.Failure}", null), 0);
            var second = await BaselineAsync().ConfigureAwait(false);
            var exact = new AnswerBook(harness, AnswerBook.Seen, 0, limits);
            if (second.Seen is null || await DifferenceAsync(exact, first.Seen, second.Seen).ConfigureAwait(false) is not null)
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
            var found = await DifferenceAsync(answers, first.Seen, candidate.Seen).ConfigureAwait(false);
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

            async Task<AnswerDifference?> DifferenceAsync(AnswerBook book, byte[] ours, byte[] theirs)
            {
                try
                {
                    return await book.DifferenceAsync(ours, theirs, cancellationToken).ConfigureAwait(false);
                }
                catch (RunnerBrokenException e)
                {
                    throw new SideBrokenException(TrialEnd.SandboxFailed, e.Message, e);
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
                JsonObject? baseline, candidate;
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
                exercised = exercised.With(new Exercised(
                    Numbers(candidate, "lines"), Numbers(baseline, "lines"), Numbers(candidate, "arms"), Numbers(baseline, "arms")));
                state.UnionWith(candidate.Texts("changed").Except(baseline.Texts("changed")));
                state.UnionWith(LeftOtherwise(baseline, candidate));
                if (candidate.Flag("learns") == true && baseline.Flag("learns") != true)
                    state.Add("a second, equal call takes another way through the function");
            }

            return new Trace(exercised, [.. state]);
        }

        private static HashSet<int> Numbers(JsonObject message, string name) =>
            [.. message.Items(name).OfType<JsonValue>().Select(n => n.TryGetValue<int>(out var number) ? number : -1)];

        private async Task<Runner> StartAsync(string side, RecordedCall like, int variation, bool traced, CancellationToken cancellationToken)
        {
            try
            {
                var file = side == Sides.Baseline ? baselineFile : candidateFile;
                return await Runner.StartAsync(
                    harness, new RunnerVersion(workspace, workload.Target, workload.Entry, file, like, []) { Traces = traced }, limits, variation, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (RunnerBrokenException e)
            {
                throw Sides.Broken(side, e);
            }
        }
    }
}
