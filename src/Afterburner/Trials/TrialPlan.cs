using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>What a trial executes.</summary>
/// <param name="Target">The function whose code is exchanged.</param>
/// <param name="Entry">The function that is called: the target, or its caller.</param>
/// <param name="Calls">What one pass executes, once each.</param>
/// <param name="Seed">Decides the order inside pairs, the order of compilation and the hash seed of every process.</param>
public sealed record TrialPlan(
    Target Target, Target Entry, IReadOnlyList<RecordedCall> Calls, FileVersions Files, ObjectiveKind Objective, long Seed)
{
    /// <summary>Share of the time of all calls that the calls of a pass must cover.</summary>
    private const double Coverage = 0.95;

    /// <value>Calls that warm each process up and are not timed: like the timed ones, but none of them. Defaults to none.</value>
    public IReadOnlyList<RecordedCall> Warmup { get; init; } = [];

    /// <summary>A call like the timed ones, and none of them where there is a choice: it tells what its values need to be imported.</summary>
    public RecordedCall Like => Warmup.Count > 0 ? Warmup[0] : Calls[0];

    /// <value>
    /// True: no process is asked the same twice, so that a version that remembers what it was asked gains nothing, and the garbage
    /// collector is on, so that one that leaves garbage to others gains nothing either. Defaults to false.
    /// </value>
    public bool Confirming { get; init; }

    /// <value>
    /// The calls of a confirmation are alike, of the size of the claim, and nobody has seen them: each pair may have others.
    /// False: they are those of the claim. Defaults to false.
    /// </value>
    public bool Fresh { get; init; }

    /// <summary>
    /// A plan over the calls that matter: of those given (no value twice), the slowest that make up 95 % of the time,
    /// within what <see cref="Pace"/> allows a pass. Some of the others warm up: quick ones, but not trivial where there is a choice.
    /// </summary>
    /// <param name="calls">Captured calls, or amplified ones: what the trial is about.</param>
    /// <param name="fresh">See <see cref="Fresh"/>: all of the calls are alike, and all are used.</param>
    /// <exception cref="ArgumentException">There is no call.</exception>
    public static TrialPlan Of(
        Workload workload, Pace pace, IReadOnlyList<RecordedCall> calls, FileVersions files, ObjectiveKind objective, long seed,
        bool fresh = false)
    {
        if (calls.Count == 0)
            throw new ArgumentException("a trial needs a call", nameof(calls));
        var timed = fresh ? [.. calls.DistinctBy(c => c.Blob)] : Weighty(calls, pace);
        var warmup = workload.Captured.Concat(workload.Amplified).Concat(calls)
            .ExceptBy(timed.Select(c => c.Blob), c => c.Blob)
            .DistinctBy(c => c.Blob)
            .OrderBy(c => c.Seconds <= pace.LongestWarmup ? -c.Seconds : c.Seconds)
            .Take(pace.WarmupCalls);
        return new TrialPlan(workload.Target, workload.Entry, timed, files, objective, seed)
        {
            Warmup = [.. warmup],
            Fresh = fresh,
        };
    }

    /// <summary>The slowest calls that make up most of the time, within what one pass may take.</summary>
    internal static IReadOnlyList<RecordedCall> Weighty(IReadOnlyList<RecordedCall> calls, Pace pace)
    {
        RecordedCall[] slowestFirst = [.. calls.DistinctBy(c => c.Blob).OrderByDescending(c => c.Seconds)];
        var wanted = Coverage * slowestFirst.Sum(c => c.Seconds);
        var longest = calls.Any(c => c.Scale > 1) ? pace.LongestAmplifiedPass : pace.LongestPass;
        var chosen = new List<RecordedCall>();
        var sum = 0.0;
        foreach (var call in slowestFirst)
        {
            if (chosen.Count > 0 && (sum >= wanted || sum + call.Seconds > longest))
                break;
            chosen.Add(call);
            sum += call.Seconds;
        }

        return chosen;
    }
}

/// <summary>The file of a function in the two versions that are compared.</summary>
/// <param name="Baseline">Its text at the baseline; empty where the baseline is another tree.</param>
/// <param name="Candidate">Its text with the candidate in place.</param>
public sealed record FileVersions(string Baseline, string Candidate);
