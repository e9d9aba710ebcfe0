using Afterburner.Trials;
using Afterburner.Verdicts;

namespace Afterburner.Benchmarks.Yield;

/// <summary>What one proposer's candidates for one function came to.</summary>
/// <param name="Proposer"><c>recipes</c> or <c>ruff</c>.</param>
internal sealed record YieldRow(string Function, string Proposer, IReadOnlyList<YieldCandidate> Candidates)
{
    /// <summary>The candidate proven faster by most; null when none is.</summary>
    public YieldCandidate? Best => Candidates.Where(c => c.Verdict == VerdictKind.Improved).MaxBy(c => c.Ratio);
}

/// <param name="Verdict">By the product's whole procedure, without its floor.</param>
/// <param name="Material">Whether the same evidence also passes the product's floor.</param>
/// <param name="Ratio">Baseline over candidate at the size of the claim, from the confirmation.</param>
/// <param name="Small">The trial on the small calls; null when it came to none.</param>
/// <param name="Large">The trial on the large calls.</param>
internal sealed record YieldCandidate(
    int Iteration, string Title, string? Recipe, VerdictKind Verdict, string Reason, bool Material, double? Ratio,
    YieldTrial? Small, YieldTrial? Large, string Diff, double Seconds)
{
    /// <summary>Why verification turned it down, in one word; null when it did not.</summary>
    public string? Refusal =>
        Verdict != VerdictKind.Rejected ? null
        : Reason.StartsWith("Not exercised", StringComparison.Ordinal) ? "not exercised"
        : Reason.StartsWith("The candidate behaves differently", StringComparison.Ordinal) || Reason.StartsWith("On ", StringComparison.Ordinal)
            || Reason.Contains("broke", StringComparison.Ordinal) || Reason.Contains("test_", StringComparison.Ordinal) ? "wrong"
        : "not admissible";
}

/// <summary>One trial: which way its sequential test ended, and by how much.</summary>
/// <param name="BaselineSeconds">CPU time of one pass, median.</param>
internal sealed record YieldTrial(TestState State, double Ratio, double? Low, double? High, int Pairs, double BaselineSeconds, double SavedSecondsPerCall)
{
    public static YieldTrial? Of(Trial? trial, Objective objective)
    {
        if (trial is not { End: TrialEnd.Completed, Pairs.Count: > 0 })
            return null;
        var interval = RatioInterval.Of(trial.Pairs, objective.Kind);
        return new YieldTrial(
            objective.Test(trial.Pairs).State, interval.Median, interval.Low, interval.High, trial.Pairs.Count, trial.Baseline.Cpu,
            trial.SavingPerCall(objective.Kind));
    }
}
