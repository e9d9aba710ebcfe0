using Afterburner.Sandboxes;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner;

/// <summary>What was measured of one candidate, and what follows from it.</summary>
/// <param name="Plan">What the trial executed that the verdict rests on; null when there was none.</param>
public sealed record Compared(Verdict Verdict, Evidence Evidence, TrialPlan? Plan);

/// <summary>
/// Measures candidates of one function until a verdict stands: at the captured size, at the amplified size, then, for a
/// claim only, a confirmation in fresh processes and a look from outside. For workloads that replay calls
/// (<see cref="WorkloadKind.Replay"/>, <see cref="WorkloadKind.Caller"/>).
/// </summary>
/// <param name="workspace">Copy of the repository at head that appears as <c>/work</c>.</param>
/// <param name="limits">Of every run.</param>
public sealed class Comparison(PythonHarness harness, string workspace, Objective objective, Limits limits, TimeProvider? clock = null)
{
    private readonly TrialRunner runner = new(harness, workspace, limits, clock);
    private readonly Judge judge = new(objective);

    /// <summary>Makes calls that neither side has seen, of the size of the claim. None: the calls of the claim are used again.</summary>
    public delegate Task<IReadOnlyList<RecordedCall>> FreshCalls(Trial claim, CancellationToken cancellationToken);

    /// <summary>Measures one candidate.</summary>
    /// <param name="baselineFile">Text of the target's file at the baseline.</param>
    /// <param name="candidateFile">Text of the file with the candidate in place.</param>
    /// <param name="fresh">Calls for the confirmation; null: those of the claim.</param>
    public async Task<Compared> RunAsync(
        Workload workload, string baselineFile, string candidateFile, FreshCalls? fresh, long seed,
        CancellationToken cancellationToken)
    {
        var evidence = new Evidence();
        var plans = new Dictionary<Trial, TrialPlan>(ReferenceEqualityComparer.Instance);
        if (workload.Captured.Count > 0)
            evidence = evidence with { Captured = await MeasureAsync(workload.Captured, seed).ConfigureAwait(false) };
        if (workload.Amplified.Count > 0 && evidence.Captured?.End is null or TrialEnd.Completed)
            evidence = evidence with { Amplified = await MeasureAsync(workload.Amplified, seed + 1).ConfigureAwait(false) };

        var judgement = judge.Decide(evidence);
        if (judgement is { Missing: NextStep.Confirm, Size: { } claim })
        {
            var calls = fresh is null ? [] : await fresh(claim, cancellationToken).ConfigureAwait(false);
            evidence = evidence with
            {
                Confirmation = await MeasureAsync(
                    calls.Count > 0 ? calls : plans[claim].Calls, seed + 2, confirming: true).ConfigureAwait(false),
            };
            judgement = judge.Decide(evidence);
        }

        if (judgement.Missing == NextStep.CheckOutside)
        {
            var confirmed = evidence.Confirmation!;
            var outside = await OutsideCheck.RunAsync(
                harness, workspace, plans[confirmed], confirmed, Judge.MinimumShareSeen, limits, cancellationToken).ConfigureAwait(false);
            evidence = evidence with { Outside = outside };
            judgement = judge.Decide(evidence);
        }

        var about = judgement.Size ?? evidence.Captured ?? evidence.Amplified;
        return new Compared(judgement.Verdict, evidence, about is null ? null : plans.GetValueOrDefault(about));

        async Task<Trial> MeasureAsync(IReadOnlyList<RecordedCall> calls, long seed, bool confirming = false)
        {
            var plan = TrialPlan.Of(workload, calls, baselineFile, candidateFile, objective.Kind, seed, confirming);
            var test = objective.Test();
            var pairs = new List<Pair>();
            var trial = await runner.RunAsync(plan, Enough, cancellationToken).ConfigureAwait(false);
            plans[trial] = plan;
            return trial;

            bool Enough(Pair pair)
            {
                pairs.Add(pair);
                var state = test.Add(pair, objective.Kind);
                return state != TestState.Undecided && !(confirming && state == TestState.Better && judge.IsCloseToFloor(pairs));
            }
        }
    }
}
