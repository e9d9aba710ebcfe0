using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>
/// For functions whose calls cannot be replayed (<see cref="WorkloadKind.Fork"/>, <see cref="WorkloadKind.Swap"/>): both versions
/// inside the covering tests. There is no amplified size, and a confirmation repeats the trial in other processes.
/// </summary>
/// <param name="head">Copy of the repository at head.</param>
/// <param name="baseline">The plain run of the tests.</param>
/// <param name="limits">Of one run of the tests.</param>
internal sealed class InTestTrials(
    Harness harness, string head, TestRun baseline, Sandboxes.Limits limits, Workload workload, FileVersions files) : ITrials
{
    /// <summary>Why nothing is claimed of a swap: equal outcomes of tests prove less than equal answers do.</summary>
    private const string OnlySwapped = "it was timed inside whole tests, where it is not seen what it answers and which lines run";

    /// <value>The candidate of a review. Defaults to null: a version of the repository, of which no line must have run.</value>
    public Candidate? Proposed { get; init; }

    /// <value>What must have run before anything is claimed. Defaults to what the candidate changes.</value>
    public CandidateCheckOutcome.Accepted? MustRun { get; init; }

    /// <value>See <see cref="ForkTrial.Earlier"/>.</value>
    public EarlierVersion? Earlier { get; init; }

    /// <value>What is compared. Defaults to time.</value>
    public ObjectiveKind Objective { get; init; }

    public IReadOnlyList<CallSize> Sizes => [CallSize.Captured];

    public Task<Trial> MeasureAsync(CallSize size, long seed, Func<Pair, bool> enough, CancellationToken cancellationToken) =>
        RunAsync(seed, confirming: false, enough, cancellationToken);

    public Task<Trial> ConfirmAsync(Trial claim, long seed, Func<Pair, bool> enough, CancellationToken cancellationToken) =>
        RunAsync(seed, confirming: true, enough, cancellationToken);

    private async Task<Trial> RunAsync(long seed, bool confirming, Func<Pair, bool> enough, CancellationToken cancellationToken)
    {
        var measured = workload.Kind == WorkloadKind.Fork
            ? await new ForkTrial(harness, head, baseline, limits) { Objective = Objective, Earlier = Earlier }
                .RunAsync(workload, files, seed, confirming, enough, cancellationToken).ConfigureAwait(false)
            : await new SwapTrial(harness, head, baseline, limits) { Objective = Objective }.RunAsync(workload, files, seed, enough, cancellationToken).ConfigureAwait(false);
        if (measured.Difference is { } difference)
            return measured.Trial with { End = TrialEnd.Differed, Failure = difference, Difference = difference };
        return measured.Trial.End == TrialEnd.Completed && !measured.Equal
            ? measured.Trial with { End = TrialEnd.NotCompared, Failure = "no call inside the tests was" }
            : measured.Trial with { Reservation = Reservation(measured) };
    }

    private Reservation? Reservation(InTestTrial measured) =>
        workload.Kind == WorkloadKind.Swap ? new Reservation(OnlySwapped, Rejects: false)
        : (MustRun ?? Proposed?.Changed) is { } changed && measured.Exercised.Missing(changed) is { } missing ? new Reservation(missing.Reason, Rejects: true)
        : null;

    /// <param name="Changed">The lines that must have run before anything is claimed.</param>
    /// <param name="Workspace">Where it can be put in place.</param>
    /// <param name="File">The target's file with the candidate, to the byte.</param>
    internal sealed record Candidate(CandidateCheckOutcome.Accepted Changed, Workspace Workspace, byte[] File);
}
