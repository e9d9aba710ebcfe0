using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner;

/// <summary>
/// Measures candidates whose calls cannot be replayed, inside the covering tests (<see cref="WorkloadKind.Fork"/>,
/// <see cref="WorkloadKind.Swap"/>), by the same rules as <see cref="Comparison"/>: no amplified size, the confirmation repeats
/// the trial in other processes, and the look from outside compares whole runs of the covering tests, where a gain of one
/// function is often too small to see: there it only has to do no harm.
/// </summary>
internal sealed class InTestComparison(
    PythonHarness harness, Workspace workspace, TestRun baseline, Objective objective, Sandboxes.Limits limits)
{
    private const int OutsideRuns = 3;

    /// <summary>Why nothing is claimed of a swap: equal outcomes of tests prove less than equal answers do.</summary>
    private const string OnlySwapped = "it was timed inside whole tests, where it is not seen what it answers and which lines run";

    private readonly Judge judge = new(objective);

    /// <param name="path">The target's file, relative to the repository's root.</param>
    /// <param name="changedLines">See <see cref="CandidateCheckOutcome.Accepted"/>.</param>
    public async Task<Compared> RunAsync(
        Workload workload, string path, string baselineFile, byte[] candidateFile, CandidateCheckOutcome.Accepted changedLines, long seed,
        CancellationToken cancellationToken)
    {
        if (workload.Kind == WorkloadKind.Swap && objective.Kind != ObjectiveKind.Time)
            return new Compared(new Verdict(VerdictKind.Inconclusive, "memory is not known where whole tests are run"), new Evidence(), null);
        var first = await MeasureAsync(seed).ConfigureAwait(false);
        var evidence = new Evidence { Captured = first.Trial };
        if (first.Difference is { } difference)
            return new Compared(Verdict.Rejected($"The candidate behaves differently inside {difference}"), evidence, null);
        if (first.Trial.End == TrialEnd.Completed && !first.Equal)
            return new Compared(Verdict.Rejected("The behaviour could not be compared: no call inside the tests was."), evidence, null);
        var judgement = judge.Decide(evidence);
        if (judgement.Missing == NextStep.Confirm)
        {
            if (workload.Kind == WorkloadKind.Swap)
                return new Compared(judgement.Verdict with { Reason = $"{judgement.Verdict.Reason}: {OnlySwapped}" }, evidence, null);
            if (Unexercised(first, changedLines) is { } reason)
                return new Compared(judgement.Verdict with { Kind = VerdictKind.Rejected, Reason = reason }, evidence, null);
            evidence = evidence with { Confirmation = (await MeasureAsync(seed + 1).ConfigureAwait(false)).Trial };
            judgement = judge.Decide(evidence);
        }

        if (judgement.Missing == NextStep.CheckOutside)
        {
            evidence = evidence with { Outside = await OutsideAsync().ConfigureAwait(false) };
            judgement = judge.Decide(evidence);
        }

        return new Compared(judgement.Verdict, evidence, null);

        Task<InTestTrial> MeasureAsync(long seed)
        {
            var test = objective.Test();
            bool Enough(Pair pair) => test.Add(pair, objective.Kind) != TestState.Undecided;
            var text = System.Text.Encoding.UTF8.GetString(candidateFile);
            return workload.Kind == WorkloadKind.Fork
                ? new ForkTrial(harness, workspace.Head, baseline, limits).RunAsync(workload, baselineFile, text, seed, Enough, cancellationToken)
                : new SwapTrial(harness, workspace.Head, baseline, limits).RunAsync(workload, baselineFile, text, seed, Enough, cancellationToken);
        }

        async Task<OutsideCheck> OutsideAsync()
        {
            var copy = await workspace.WithAsync(path, candidateFile, cancellationToken).ConfigureAwait(false);
            try
            {
                var (before, after) = (new List<double>(), new List<double>());
                for (var i = 0; i < OutsideRuns; i++)
                {
                    before.Add(await CpuAsync(workspace.Head).ConfigureAwait(false));
                    after.Add(await CpuAsync(copy).ConfigureAwait(false));
                }

                var extra = MeanInterval.Of([.. after.Zip(before, (now, was) => now - was)]);
                return before.Concat(after).Any(seconds => seconds <= 0)
                    ? OutsideCheck.Failed(TrialEnd.SandboxFailed, "the sandbox has no control group to read CPU time from", 1)
                    : new OutsideCheck(
                        TrialEnd.Completed, null, Medians.Of(before), Medians.Of(after), 0, 0, extra.Low, Passes: 1, ShareSeen: 1, ShareHigh: 1);
            }
            finally
            {
                workspace.Drop(copy);
            }
        }

        async Task<double> CpuAsync(string directory)
        {
            var run = await RepositoryTests.RunAsync(
                harness, directory, workload.CoveringTests, limits, cancellationToken: cancellationToken).ConfigureAwait(false);
            return run.Cpu?.TotalSeconds ?? 0;
        }
    }

    /// <summary>Why it is not known that every changed line ran in a compared call; null when it is.</summary>
    private static string? Unexercised(InTestTrial trial, CandidateCheckOutcome.Accepted changed)
    {
        var missed = changed.ChangedLines.Except(trial.Executed).Order().ToList();
        var removed = changed.RemovedLines.Except(trial.BaselineExecuted).Order().ToList();
        return missed.Count + removed.Count == 0 ? null
            : new EquivalenceOutcome.NotExercised(missed, removed).Reason;
    }
}
