namespace Afterburner.Trials;

/// <summary>How a trial came to its end.</summary>
public enum TrialEnd
{
    /// <summary>As many pairs as were asked for.</summary>
    Completed,

    /// <summary>The candidate crashed, ended its process, ran far longer than the baseline, or used up a limit.</summary>
    CandidateBroke,

    /// <summary>The baseline did; the workload cannot be timed.</summary>
    BaselineBroke,

    /// <summary>The candidate behaves differently where it was to be timed: <see cref="Trial.Difference"/>.</summary>
    Differed,

    /// <summary>Nothing was compared where it was to be timed, so nothing is known of its behaviour there.</summary>
    NotCompared,

    /// <summary>The sandbox or the harness failed, after retries; says nothing about either side.</summary>
    SandboxFailed,
}

/// <summary>Baseline and candidate executed together, in interleaved pairs spread over fresh processes.</summary>
/// <param name="Failure">What went wrong; null for a completed trial.</param>
/// <param name="Pairs">In the order they were measured, those before a failure included.</param>
/// <param name="Calls">Calls in one pass; the values of a sample are those of one pass.</param>
/// <param name="Inner">Passes of one sample.</param>
/// <param name="Scale">Largest scale of its calls: 1 when they are as captured.</param>
public sealed record Trial(TrialEnd End, string? Failure, IReadOnlyList<Pair> Pairs, int Calls, int Inner, double Scale)
{
    /// <summary>Median of the baseline's samples, of one pass.</summary>
    public Sample Baseline => Sample.Median(Pairs.Select(p => p.Baseline));

    /// <summary>Median of the candidate's samples, of one pass.</summary>
    public Sample Candidate => Sample.Median(Pairs.Select(p => p.Candidate));

    /// <value>Wall time of the whole trial, start of the sandboxes included.</value>
    public TimeSpan Duration { get; init; }

    /// <value>How the answers of two versions of the repository differ, for a person; null when they agree. See <see cref="EarlierVersion"/>.</value>
    public string? Difference { get; init; }

    /// <value>How many calls the earlier version of a repository can make and the later one cannot: what those cost there is not known.</value>
    public int Unmade { get; init; }

    /// <value>
    /// CPU seconds that one pass takes the later version of a repository more than the earlier one in a process that is asked nothing else;
    /// 0 where each sample is one pass. A version that remembers what it was asked is quick only where it is asked again.
    /// </value>
    public double MoreAtFirst { get; init; }

    /// <value>CPU time that was used while nothing was asked.</value>
    public Unasked Unasked { get; init; }

    /// <value>What a pass of no cost takes; it is taken off every sample.</value>
    public Sample Empty { get; init; }

    /// <value>Why nothing may be claimed of it, however large the gain; null when nothing speaks against that.</value>
    public Reservation? Reservation { get; init; }

    /// <summary>What one pass saves, median of pairs, in the objective's unit; negative where the candidate costs more.</summary>
    public double SavingPerPass(ObjectiveKind objective) =>
        Pairs.Count == 0 ? 0 : Medians.Of(Pairs.Select(p => p.Baseline.Of(objective) - p.Candidate.Of(objective)));

    /// <summary>
    /// What one call of it saves. A peak is not shared between the calls of a pass: it is that of the call that needs most.
    /// </summary>
    public double SavingPerCall(ObjectiveKind objective) => SavingPerPass(objective) / CallsSharing(objective);

    /// <summary>What one call saves, pair by pair.</summary>
    public IEnumerable<double> SavingsPerCall(ObjectiveKind objective) =>
        Pairs.Select(p => (p.Baseline.Of(objective) - p.Candidate.Of(objective)) / CallsSharing(objective));

    private int CallsSharing(ObjectiveKind objective) => objective == ObjectiveKind.Memory ? 1 : Math.Max(1, Calls);
}

/// <summary>CPU seconds that the processes of each side used outside timed spans, medians: where work could be hidden.</summary>
/// <param name="BaselineBefore">Before one sample: making a child and warming it up.</param>
/// <param name="CandidateBefore">The same.</param>
/// <param name="BaselineStarting">Until a process was loaded.</param>
/// <param name="CandidateStarting">The same.</param>
public readonly record struct Unasked(double BaselineBefore, double CandidateBefore, double BaselineStarting, double CandidateStarting);

/// <summary>Something about how a trial was made that speaks against a claim.</summary>
/// <param name="Why">One sentence for a person.</param>
/// <param name="Rejects">Whether the candidate is not admissible because of it; else nothing is proven.</param>
public sealed record Reservation(string Why, bool Rejects);
