using Afterburner.Trials;

namespace Afterburner.Verdicts;

/// <summary>What was measured of two versions, and what follows from it.</summary>
public sealed record Compared<TVerdict>(TVerdict Verdict, Evidence Evidence);

/// <summary>
/// The one loop of a review and of a gate: measures at each size there is, then, where the judge sees a claim, a confirmation. It knows neither how versions are executed nor what makes a verdict.
/// </summary>
public sealed class PairedComparison<TVerdict>(ITrials trials, IJudge<TVerdict> judge)
{
    public async Task<Compared<TVerdict>> RunAsync(long seed, CancellationToken cancellationToken)
    {
        var evidence = new Evidence();
        foreach (var size in trials.Sizes)
        {
            var trial = await trials.MeasureAsync(
                size, seed + (int)size, judge.NewTest(confirming: false), cancellationToken).ConfigureAwait(false);
            evidence = size == CallSize.Captured ? evidence with { Captured = trial } : evidence with { Amplified = trial };
            if (trial.End != TrialEnd.Completed)
                break;
        }

        var judgement = judge.Decide(evidence);
        if (judgement.Missing == NextStep.Confirm)
        {
            evidence = evidence with
            {
                Confirmation = await trials.ConfirmAsync(
                    judgement.Size!, seed + 2, judge.NewTest(confirming: true), cancellationToken).ConfigureAwait(false),
            };
            judgement = judge.Decide(evidence);
        }

        return new Compared<TVerdict>(judgement.Verdict, evidence);
    }
}
