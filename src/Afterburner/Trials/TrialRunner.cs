using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>
/// Executes baseline and candidate together: interleaved pairs, ten in a pair of processes (in a confirmation see <see cref="Course.PairsPerProcess"/>), until whoever looks at them knows
/// enough or 120 of them are taken. Each version has a process of its own in a sandbox of its own, and only one of the two
/// is not standing still at a time; what a sample costs is read from outside, of all processes of that sandbox
/// (<see cref="Runner"/>). Where code and data lie favours one process over another by 1 to 3 %: both of a pair have
/// the same address space and the same hash seed, each pair of processes others, and what is claimed has to show in many of them.
/// </summary>
/// <remarks>
/// A sample's span holds fresh copies of its inputs, the calls, and the way of the answers back. What a call of no cost would
/// take of that (answers made beforehand) is measured on the baseline and taken off both sides: where both are equal that cannot
/// favour either.
/// </remarks>
/// <param name="workspace">Copy of the repository at head that appears as <c>/work</c>.</param>
/// <param name="limits">Caps of one process.</param>
/// <param name="earlier">
/// This version of the repository takes the baseline's place; the answers of both to calls as captured are compared
/// (<see cref="Trial.Difference"/>) and may differ. Defaults to null: the baseline is that of the plan, in the candidate's tree.
/// </param>
internal sealed class TrialRunner(
    Harness harness, string workspace, Limits limits, TimeProvider? clock = null, EarlierVersion? earlier = null)
{
    /// <summary>Pairs that show a gain of 5 % where half of them are off by 3 %, nearly always.</summary>
    public const int MostPairs = 120;

    /// <summary>Readings of memory below which its integral is unknown.</summary>
    private const int FewestReadings = 4;

    /// <summary>
    /// A candidate that takes longer than this many times the baseline, and so many seconds, is not waited for: on a busy machine it waits for its turn, which says nothing about it.
    /// </summary>
    private const int TimesSlower = 10, ShortestPatience = 5;

    /// <summary>A trial begins no process after this time.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>Measures pairs until they suffice.</summary>
    /// <param name="enough">Sees every pair once, in order; true ends the trial. Typically the <c>Add</c> of a sequential test.</param>
    public async Task<Trial> RunAsync(TrialPlan plan, Func<Pair, bool> enough, CancellationToken cancellationToken)
    {
        var start = _clock.GetTimestamp();
        var course = new Course(plan, harness.Program.Pace, enough, twoTrees: earlier is not null);
        var (end, failure) = (TrialEnd.Completed, (string?)null);
        try
        {
            while (!course.IsOver && _clock.GetElapsedTime(start) < Longest && (earlier is not null || course.Difference is null))
                await ProcessAsync(course, cancellationToken).ConfigureAwait(false);
            if (earlier is null && course.Difference is { } difference)
                (end, failure) = (TrialEnd.CandidateBroke, $"it answers differently while it is timed: {difference}");
        }
        catch (SideBrokenException e)
        {
            (end, failure) = (e.End, e.Message);
        }

        return new Trial(end, failure, course.Pairs, course.CallsOfPass, course.Passes, plan.Calls.Max(c => c.Scale))
        {
            Duration = _clock.GetElapsedTime(start),
            Difference = course.Difference,
            Unmade = course.Unmade,
            MoreAtFirst = course.MoreAtFirst,
            Unasked = course.Unasked(),
            Empty = course.Empty,
        };
    }

    /// <summary>A few pairs in a process of each version.</summary>
    private async Task ProcessAsync(Course course, CancellationToken cancellationToken)
    {
        var plan = course.Plan;
        var process = course.Processes++;
        var opened = _clock.GetTimestamp();
        var variation = (int)Seeds.Of(plan.Seed, process);
        var random = new Random(variation);
        var starting = new Dictionary<string, Task<Runner>>
        {
            [Sides.Baseline] = StartAsync(Sides.Baseline, earlier is null
                ? new RunnerVersion(workspace, plan.Target, plan.Entry, plan.Files.Baseline, plan.Like, plan.Warmup)
                : new RunnerVersion(earlier.Directory, earlier.Target, earlier.Entry, null, plan.Like, plan.Warmup), variation, cancellationToken),
            [Sides.Candidate] = StartAsync(Sides.Candidate, new RunnerVersion(
                workspace, plan.Target, plan.Entry, plan.Files.Candidate, plan.Like, plan.Warmup), variation, cancellationToken),
        };
        try
        {
            await Task.WhenAll(starting.Values).ConfigureAwait(false);
            var sides = new Sides(await starting[Sides.Baseline].ConfigureAwait(false), await starting[Sides.Candidate].ConfigureAwait(false), Sides.LongestSample(limits), cancellationToken)
            {
                PreparesTogether = harness.Program.Pace.StartsEachSample,
            };
            await PairsAsync(course, sides, opened, random, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (var each in starting.Values)
            {
                await Task.WhenAny(each).ConfigureAwait(false);
                if (each.IsCompletedSuccessfully)
                    await (await each.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <param name="opened">When the processes were started, which end by themselves when their time is over.</param>
    private async Task PairsAsync(Course course, Sides sides, long opened, Random random, CancellationToken cancellationToken)
    {
        var plan = course.Plan;
        sides.Require(plan.Objective);
        if (course.Batches.Count == 0)
            await PrepareAsync(course, sides).ConfigureAwait(false);
        course.Starting(sides);
        var answers = course.Answers ??= new AnswerBook(harness, course.Form!.Encoder, Equivalence.DefaultTolerance, limits);
        var batches = course.Batches;
        if (!plan.Confirming)
            await EmptyAsync(course, sides, batches[0], random, cancellationToken).ConfigureAwait(false);
        var waiting = new List<(Reading Baseline, Reading Candidate)>();
        var longest = TimeSpan.Zero;
        for (var index = 0; index < course.PairsPerProcess && !course.IsDecided && _clock.GetElapsedTime(opened) + (2 * longest) < limits.Wall; index++)
        {
            if (waiting.Count > 0)
                await AddWaitingAsync().ConfigureAwait(false);
            if (course.IsDecided)
                break;
            using var lease = await Cores.TakeAsync(random, cancellationToken).ConfigureAwait(false);
            var start = _clock.GetTimestamp();

            // In a confirmation nothing is asked twice of a process, whatever it could remember is of no use: what a pass of no cost takes is
            // found out when the first pair is over, whose calls nobody gets there any more, and it waits for that.
            var batch = batches[(course.Plan.Confirming ? course.Begun++ : index) % batches.Count];
            var pair = await PairAsync(sides, batch, course, lease.Core).ConfigureAwait(false);
            var took = _clock.GetElapsedTime(start);
            longest = took > longest ? took : longest;
            if (course.Difference is null)
                answers.Add(pair.Baseline.Answers, pair.Candidate.Answers);
            if (course.NeedsEmpty)
                waiting.Add(pair);
            else
                course.Add(pair);
        }

        await AddWaitingAsync().ConfigureAwait(false);

        // One is enough to tell; the order of dicts was judged when the calls were compared.
        if (course.Difference is null && await answers.DifferenceAsync(cancellationToken).ConfigureAwait(false) is { OrderOnly: false } difference)
            course.Difference = difference.Text;

        async Task AddWaitingAsync()
        {
            await EmptyAsync(course, sides, batches[0], random, cancellationToken).ConfigureAwait(false);
            foreach (var pair in waiting.TakeWhile(_ => !course.IsDecided))
                course.Add(pair);
            waiting.Clear();
        }
    }

    /// <summary>What the first process finds out: which calls can be made, how answers are written, how much a sample is, how long it takes.</summary>
    private async Task PrepareAsync(Course course, Sides sides)
    {
        var calls = course.Plan.Calls;
        if (earlier is not null)
            (calls, course.Unmade) = await sides.CommonAsync(calls).ConfigureAwait(false);
        var pass = new Batch(calls, 1);
        course.Form = await sides.ProbeAsync(pass, both: earlier is not null).ConfigureAwait(false);
        var order = new SampleOrder(course.Form, null);
        var (once, empty) = await BothAsync(pass).ConfigureAwait(false);
        if (course.Plan.Confirming)
        {
            course.Batches = course.Plan.Fresh ? Batch.Apart(calls, harness.Program.Pace) : [pass];
        }
        else
        {
            // A version of a repository may be slower than the other by any factor: its samples are not made longer than is of use.
            var other = earlier is null ? once : await OnceAsync(sides, pass, order).ConfigureAwait(false);
            var batch = await Batch.LongEnoughAsync(calls, harness.Program.Pace, (once, empty), Math.Max(once.Wall, other.Wall), BothAsync).ConfigureAwait(false);
            course.Batches = [batch];
            if (batch.Passes > 1)
                course.MoreAtFirst = Math.Max(0, other.Whole - once.Whole);
        }

        course.Passes = course.Batches[0].Passes;
        if (course.Plan.Objective == ObjectiveKind.Time)
            course.Room = course.Batches.Max(b => b.Room(once.Answers.Sum(a => (long)a.Length)));
        else if (!course.Plan.Confirming && course.Passes == 1)
            course.AddEmpty(empty);
        // Another version of a repository is waited for as long as any: how much slower it is is the question.
        sides.Patience = course.Patience = earlier is null ? TimeSpan.FromSeconds(ShortestPatience + (TimesSlower * once.Wall * course.Passes)) : TimeSpan.MaxValue;
        // Of a confirmation it would be asked twice.
        if (course.Room > 0 && !course.Plan.Confirming && sides.Know(ObjectiveKind.Memory))
            course.WithoutRoom = await PairWithoutRoomAsync(course, sides, order).ConfigureAwait(false);

        async Task<(Reading Calls, Reading Empty)> BothAsync(Batch batch) => (
            await sides.SampleAsync(Sides.Baseline, batch, order).ConfigureAwait(false),
            await sides.SampleAsync(Sides.Baseline, batch, order with { Stored = true, Collect = Collects(course) }).ConfigureAwait(false));
    }

    private static async Task<(Reading Baseline, Reading Candidate)> PairWithoutRoomAsync(Course course, Sides sides, SampleOrder order)
    {
        var taken = await sides.PairAsync([Sides.Baseline, Sides.Candidate], course.Batches[0], order).ConfigureAwait(false);
        return (taken[Sides.Baseline], taken[Sides.Candidate]);
    }

    /// <summary>One pass of the later version, the quickest of three.</summary>
    private static async Task<Reading> OnceAsync(Sides sides, Batch pass, SampleOrder order)
    {
        var quickest = await sides.SampleAsync(Sides.Candidate, pass, order).ConfigureAwait(false);
        for (var i = 1; i < 3; i++)
        {
            var next = await sides.SampleAsync(Sides.Candidate, pass, order).ConfigureAwait(false);
            quickest = next.Whole < quickest.Whole ? next : quickest;
        }

        return quickest;
    }

    /// <summary>Whether the garbage collector is on, as a version left it: in confirmations, and where two versions of a repository are compared.</summary>
    private bool Collects(Course course) => course.Plan.Confirming || earlier is not null;

    /// <summary>Finds out what a pass of no cost takes, where that is not known yet.</summary>
    private async Task EmptyAsync(Course course, Sides sides, Batch batch, Random random, CancellationToken cancellationToken)
    {
        while (course.NeedsEmpty)
        {
            using var lease = await Cores.TakeAsync(random, cancellationToken).ConfigureAwait(false);
            var order = new SampleOrder(course.Form!, lease.Core) { Stored = true, Collect = Collects(course), Room = course.Room, Again = harness.Program.Pace.WarmsAgain };
            course.AddEmpty(await sides.SampleAsync(Sides.Baseline, batch, order).ConfigureAwait(false));
        }
    }

    /// <summary>A sample of each version, on one core; where a sample takes several children, they alternate.</summary>
    private async Task<(Reading Baseline, Reading Candidate)> PairAsync(Sides sides, Batch batch, Course course, int core)
    {
        var forks = course.Forks;
        var order = new SampleOrder(course.Form!, core)
        {
            Collect = Collects(course),
            Follow = course.Plan.Objective == ObjectiveKind.Integral,
            Room = course.Room,
            Again = harness.Program.Pace.WarmsAgain,
        };
        sides.Patience = course.Patience;
        var taken = new Dictionary<string, List<Reading>> { [Sides.Baseline] = [], [Sides.Candidate] = [] };
        for (var fork = 0; fork < forks; fork++)
        {
            foreach (var (name, reading) in await sides.PairAsync(course.Turns.Names(), batch, order).ConfigureAwait(false))
                taken[name].Add(reading);
        }

        if (order.Follow && taken.Values.Any(readings => readings.Any(r => r.Readings < FewestReadings)))
            throw new SideBrokenException(TrialEnd.SandboxFailed, "its calls are too short for their memory to be followed");
        return (Reading.Median(taken[Sides.Baseline]), Reading.Median(taken[Sides.Candidate]));
    }

    private async Task<Runner> StartAsync(string side, RunnerVersion version, int variation, CancellationToken cancellationToken)
    {
        try
        {
            return await Runner.StartAsync(harness, version, limits, variation, cancellationToken).ConfigureAwait(false);
        }
        catch (RunnerBrokenException e)
        {
            throw Sides.Broken(side, e);
        }
    }
}
