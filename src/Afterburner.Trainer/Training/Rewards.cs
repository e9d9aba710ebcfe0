using Afterburner.Evaluation.Serving;
using Afterburner.Trainer.Data;

namespace Afterburner.Trainer.Training;

/// <summary>The paper's reward, of programs that are run in a sandbox here.</summary>
internal static class Rewards
{
    /// <exception cref="EnvironmentFailureException">Nothing can be measured of the task.</exception>
    public static async Task<IReadOnlyList<ReplyReward>> OfAsync(Scorer scorer, RewardedExample example, IReadOnlyList<string> replies, CancellationToken cancellationToken)
    {
        try
        {
            var told = await scorer.ScoreAsync(
                new ScoreRequest(example.Task, replies) { Original = example.Original, Objective = Enum.Parse<ObjectiveKind>(example.Objective, ignoreCase: true) }, cancellationToken).ConfigureAwait(false);
            return [.. told.Scores.Select(s => new ReplyReward(s.Reward, s.Form, s.Correctness, s.Efficiency, s.Program.Passed))];
        }
        catch (Evaluation.Programs.UnusableTaskException e)
        {
            throw new EnvironmentFailureException($"nothing can be measured of task '{VisibleText.Line(example.Task)}': {e.Message}. Leave its examples out.", e);
        }
    }
}
