using Afterburner.Sandboxes;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Trials;

/// <summary>
/// For workloads of <see cref="WorkloadKind.Fork"/>: the covering tests run once for each version, in a sandbox each. At each
/// chosen call both stop, and forked children run the version on the live arguments, measured from outside as
/// <see cref="TrialRunner"/> does. The first two processes compare all calls, all of them time the slowest; answers given
/// while being timed are compared too.
/// </summary>
/// <param name="workspace">Copy of the repository at head.</param>
/// <param name="baseline">The plain run of all tests.</param>
/// <param name="limits">Of one run of the tests; each process may take longer, see <see cref="Limits.ForLonger"/>.</param>
internal sealed class ForkTrial(Harness harness, string workspace, TestRun baseline, Limits limits, TimeProvider? clock = null)
{
    /// <summary>Stands in a difference that is none of answers.</summary>
    internal const string KeepsState = "it keeps state between calls";

    private const int TimedCalls = 3;

    /// <summary>A child is stopped after this much CPU time, in the sandbox.</summary>
    private static readonly TimeSpan CallPatience = TimeSpan.FromSeconds(15);

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly Limits _limits = limits.ForLonger(3 * baseline.Wall + TimeSpan.FromMinutes(2));

    /// <value>What is compared. Defaults to time.</value>
    public ObjectiveKind Objective { get; init; }

    /// <value>The version of the repository that takes the baseline's place, with its own tree. Defaults to null: the baseline's file in the tree of the candidate.</value>
    public EarlierVersion? Earlier { get; init; }

    /// <summary>Compares and times. Ends at the first difference, and where what is compared cannot be read.</summary>
    /// <param name="confirming">Whether the garbage collector is on, see <see cref="TrialPlan.Confirming"/>.</param>
    /// <param name="enough">Sees every pair once, in order; true ends the trial.</param>
    public async Task<InTestTrial> RunAsync(
        Workload workload, FileVersions files, long seed, bool confirming, Func<Pair, bool> enough,
        CancellationToken cancellationToken)
    {
        var calls = workload.Captured.OrderByDescending(c => c.Seconds).ToList();
        var timed = calls[..Math.Min(TimedCalls, calls.Count)];
        var course = new Stops(enough, seed);
        var start = _clock.GetTimestamp();
        await TryAsync(course, async () =>
        {
            for (var process = 0; process < harness.Program.Pace.MostProcesses && !course.IsOver; process++)
            {
                var plan = new StopPlan(workload.Target, process == 0 ? calls : timed, files, process == 0, timed.Count, Seeds.Of(seed, process))
                {
                    Confirming = confirming,
                };
                await ProcessAsync(course, plan, process, cancellationToken).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
        return course.ToTrial(_clock.GetElapsedTime(start));
    }

    /// <summary>Compares all calls without timing any.</summary>
    public async Task<InTestTrial> CompareAsync(Workload workload, FileVersions files, long seed, CancellationToken cancellationToken)
    {
        var course = new Stops(_ => false, seed);
        var start = _clock.GetTimestamp();
        var plan = new StopPlan(workload.Target, workload.Captured, files, true, 0, seed);
        await TryAsync(course, () => ProcessAsync(course, plan, 0, cancellationToken)).ConfigureAwait(false);
        return course.ToTrial(_clock.GetElapsedTime(start));
    }

    private static async Task TryAsync(Stops course, Func<Task> run)
    {
        try
        {
            await run().ConfigureAwait(false);
        }
        catch (SideBrokenException e)
        {
            course.Break(e.End, e.Message);
        }
    }

    /// <summary>The tests once through, in both versions.</summary>
    private async Task ProcessAsync(Stops course, StopPlan plan, int process, CancellationToken cancellationToken)
    {
        var random = new Random((int)plan.Seed);
        var runners = new Dictionary<string, Runner>();
        try
        {
            foreach (var side in new[] { Sides.Baseline, Sides.Candidate })
                runners[side] = await StartAsync(side, plan, process, cancellationToken).ConfigureAwait(false);
            // Memory over time is made of the highest memory here.
            Sides.Require(Objective == ObjectiveKind.Time ? ObjectiveKind.Time : ObjectiveKind.Memory, runners.Values);
            while (!course.IsOver && await NextAsync(runners, cancellationToken).ConfigureAwait(false) is { } stop)
            {
                if (plan.Compares && !await CompareAsync(course, runners, stop, cancellationToken).ConfigureAwait(false))
                    continue;
                if (stop.Rank < plan.Timed)
                    await PairsAsync(course, runners, stop, plan, process, random, cancellationToken).ConfigureAwait(false);
            }

            if (course.IsOver)
                return;
            foreach (var side in runners.Keys)
            {
                var outcomes = TestMessages.Read(runners[side].Told(), plan.Tests, _limits);
                if (outcomes.Incomplete is { } reason)
                    throw new SideBrokenException(side == Sides.Baseline ? TrialEnd.BaselineBroke : TrialEnd.CandidateBroke, reason);
                // The same was done when the workload was captured, and changed nothing.
                if (outcomes.DifferenceFrom(baseline) is { } difference)
                    course.Differ(difference);
            }
        }
        finally
        {
            foreach (var runner in runners.Values)
                await runner.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Lets both versions of the tests go on to the next chosen call; null when the tests are over.</summary>
    private static async Task<Stop?> NextAsync(Dictionary<string, Runner> runners, CancellationToken cancellationToken)
    {
        var ours = await OfAsync(Sides.Baseline, r => r.NextStopAsync(cancellationToken), runners).ConfigureAwait(false);
        var theirs = await OfAsync(Sides.Candidate, r => r.NextStopAsync(cancellationToken), runners).ConfigureAwait(false);
        return ours?.Place == theirs?.Place ? ours
            : throw new SideBrokenException(TrialEnd.BaselineBroke, "its tests do not make the same calls in the same order twice");
    }

    /// <returns>Whether the call can be timed: both versions do the same.</returns>
    private async Task<bool> CompareAsync(Stops course, Dictionary<string, Runner> runners, Stop stop, CancellationToken cancellationToken)
    {
        var seen = new AnswerBook(harness, AnswerBook.Seen, Equivalence.DefaultTolerance, _limits);
        var first = await ObserveAsync(Sides.Baseline).ConfigureAwait(false);
        var second = await ObserveAsync(Sides.Baseline).ConfigureAwait(false);
        if (first.Seen is null || second.Seen is null || await DifferenceAsync(first, second).ConfigureAwait(false) is not null)
            return false; // The baseline itself cannot be compared here.
        var candidate = await ObserveAsync(Sides.Candidate).ConfigureAwait(false);
        if (candidate.Seen is null)
        {
            course.Differ($"{stop.Test}: it {candidate.Failure}");
            return false;
        }

        if (await DifferenceAsync(first, candidate).ConfigureAwait(false) is { OrderOnly: false } difference)
        {
            course.Differ($"{stop.Test}: {difference.Text}");
            return false;
        }

        var (ours, theirs) = (await TraceAsync(Sides.Baseline).ConfigureAwait(false), await TraceAsync(Sides.Candidate).ConfigureAwait(false));
        course.Compared(ours, theirs);
        if (theirs is not null && theirs.Changed.Except(ours?.Changed ?? []).ToList() is { Count: > 0 } kept)
            course.Differ($"{stop.Test}: {KeepsState}: {string.Join(", ", kept.Take(5))}");
        if (ours is not null && theirs is not null && Equivalence.LeftOtherwise(ours, theirs).FirstOrDefault() is { } otherwise)
            course.Differ($"{stop.Test}: {otherwise}");
        return !course.IsOver;

        Task<Observation> ObserveAsync(string side) => OfAsync(side, r => r.ObserveAsync(Array.Empty<byte>(), CallPatience, cancellationToken), runners);

        Task<TracedCall?> TraceAsync(string side) => OfAsync(side, r => r.TraceAsync(Array.Empty<byte>(), CallPatience, cancellationToken), runners);

        Task<AnswerDifference?> DifferenceAsync(Observation one, Observation other) => seen.DifferenceAsync(one.Seen!, other.Seen!, cancellationToken);
    }

    /// <summary>Pairs at one call; they are dealt to the timed calls in turn.</summary>
    private async Task PairsAsync(
        Stops course, Dictionary<string, Runner> runners, Stop stop, StopPlan plan, int process, Random random, CancellationToken cancellationToken)
    {
        var form = await OfAsync(Sides.Baseline, r => r.ProbeAsync([], CallPatience, cancellationToken), runners).ConfigureAwait(false);
        var answers = new AnswerBook(harness, form.Encoder, Equivalence.DefaultTolerance, _limits);
        var nothing = new SampleOrder(form, null) { Stored = true, Collect = plan.Confirming };
        var empty = await OfAsync(
            Sides.Baseline, r => r.SampleAsync([], 1, nothing, CallPatience, cancellationToken), runners).ConfigureAwait(false);
        // A confirmation takes one pair of each call from a process, see Course.PairsPerProcess.
        var most = plan.Confirming ? plan.Timed : harness.Program.Pace.PairsPerProcess;
        for (var number = stop.Rank; number < most && !course.IsOver; number += plan.Timed)
        {
            using var lease = await Cores.TakeAsync(random, cancellationToken).ConfigureAwait(false);
            var order = new SampleOrder(form, lease.Core) { Collect = plan.Confirming };
            var names = course.Turns.Names();
            foreach (var name in names)
                await OfAsync(name, r => r.PrepareAsync([], order, CallPatience, cancellationToken), runners).ConfigureAwait(false);
            var taken = new Dictionary<string, Reading>();
            foreach (var name in names)
                taken[name] = await OfAsync(name, r => r.TakeAsync([], 1, order, CallPatience, cancellationToken), runners).ConfigureAwait(false);
            answers.Add(taken[Sides.Baseline].Answers, taken[Sides.Candidate].Answers);
            course.Add(taken[Sides.Baseline], taken[Sides.Candidate], empty, process);
        }

        if (await answers.DifferenceAsync(cancellationToken).ConfigureAwait(false) is { OrderOnly: false } difference)
            course.Differ($"{stop.Test}: its answer while being timed is another one: {difference.Text}");
    }

    private async Task<Runner> StartAsync(string side, StopPlan plan, int process, CancellationToken cancellationToken)
    {
        try
        {
            var version = (side == Sides.Baseline && Earlier is { } earlier
                ? new RunnerVersion(earlier.Directory, earlier.Target, earlier.Target, null, null, [])
                : new RunnerVersion(workspace, plan.Target, plan.Target, side == Sides.Baseline ? plan.Files.Baseline : plan.Files.Candidate, null, [])) with
            {
                Traces = plan.Compares,
                Stops = plan.Calls,
            };
            return await Runner.StartAsync(harness, version, _limits, process % 2, cancellationToken).ConfigureAwait(false);
        }
        catch (RunnerBrokenException e)
        {
            throw Sides.Broken(side, e);
        }
    }

    private static async Task<T> OfAsync<T>(string side, Func<Runner, Task<T>> ask, Dictionary<string, Runner> runners)
    {
        try
        {
            return await ask(runners[side]).ConfigureAwait(false);
        }
        catch (RunnerBrokenException e)
        {
            throw Sides.Broken(side, e);
        }
    }
}

/// <summary>One run of the tests in both versions.</summary>
/// <param name="Calls">Where they stop, best first; their ids end in <c>#ordinal</c>.</param>
/// <param name="Compares">Whether all calls are compared before some are timed.</param>
/// <param name="Timed">How many of the calls are timed, best first.</param>
internal sealed record StopPlan(
    Target Target, IReadOnlyList<RecordedCall> Calls, FileVersions Files, bool Compares, int Timed, long Seed)
{
    /// <value>See <see cref="TrialPlan.Confirming"/>. Defaults to false.</value>
    public bool Confirming { get; init; }

    public IReadOnlyList<string> Tests { get; } = [.. Calls.Select(c => c.Test).Distinct()];
}
