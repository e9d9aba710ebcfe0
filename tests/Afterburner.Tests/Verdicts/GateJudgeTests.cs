using Afterburner.Trials;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests.Verdicts;

/// <summary>When the gate fails, on made-up measurements.</summary>
public sealed class GateJudgeTests
{
    private const double Base = 0.001;

    private static readonly GateJudge Judge = new(new Objective(ObjectiveKind.Time), maxSlowdown: 1.05);

    [Fact]
    public void A_confirmed_slowdown_beyond_the_limit_is_slower()
    {
        var verdict = Judge.Decide(new Evidence { Captured = Trial(1.2), Confirmation = Trial(1.2) }).Verdict;

        Assert.Equal(GateStatus.Slower, verdict.Status);
        Assert.Equal(1.2, verdict.Slowdown!.Value, 6);
        Assert.Equal(0.0002, verdict.LostPerCall!.Value, 6);
    }

    [Fact]
    public void Nothing_is_claimed_before_fresh_processes_confirm_it()
    {
        var captured = Trial(1.2);
        var judgement = Judge.Decide(new Evidence { Captured = captured });

        Assert.Equal(GateStatus.CannotTell, judgement.Verdict.Status);
        Assert.Equal(NextStep.Confirm, judgement.Missing);
        Assert.Same(captured, judgement.Size);
        Assert.Equal(GateStatus.CannotTell, Judge.Decide(new Evidence { Captured = captured, Confirmation = Trial(1.0) }).Verdict.Status);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(1.04)]
    public void What_is_within_the_limit_is_not_slower(double slowdown) =>
        Assert.Equal(GateStatus.NotSlower, Judge.Decide(new Evidence { Captured = Trial(slowdown) }).Verdict.Status);

    [Fact]
    public void A_slowdown_that_costs_less_a_call_than_the_floor_does_not_fail()
    {
        var verdict = Judge.Decide(new Evidence { Captured = Trial(1.5, cost: 20e-6) }).Verdict;

        Assert.Equal(GateStatus.NotSlower, verdict.Status);
        Assert.Contains("less than the floor", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_slowdown_of_which_it_is_not_clear_that_it_is_below_the_floor_is_not_cleared()
    {
        var verdict = Judge.Decide(new Evidence { Captured = Trial(12, i => i % 3 == 0 ? 60 : 1.2, cost: 20e-6) }).Verdict;

        Assert.Equal(GateStatus.CannotTell, verdict.Status);
        Assert.Contains("do not tell", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_that_lose_less_than_the_floor_are_let_go_after_a_dozen_pairs_however_their_ratio_varies()
    {
        var pairs = Trial(120, i => i % 2 == 0 ? 0.5 : 1.6, cost: 20e-6).Pairs;

        Assert.InRange(Until(Judge.NewTest(confirming: false), pairs), 8, 12);
        var verdict = Judge.Decide(new Evidence { Captured = Trial(12, i => i % 2 == 0 ? 0.5 : 1.6, cost: 20e-6) }).Verdict;
        Assert.Equal(GateStatus.NotSlower, verdict.Status);
        Assert.Contains("less than the floor", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_calls_of_a_pass_lose_together_is_shared_by_them()
    {
        var pairs = Trial(120, i => i % 2 == 0 ? 0.5 : 1.6, cost: 2e-3).Pairs;

        Assert.True(Until(Judge.NewTest(confirming: false), pairs) > 12);
        Assert.InRange(Until(Judge.NewTest(confirming: false), pairs.Select(p => p with { Calls = 100 })), 8, 12);
    }

    [Theory]
    [InlineData(TrialEnd.Differed, "behaves differently")]
    [InlineData(TrialEnd.NotCompared, "could be compared")]
    public void What_could_not_be_compared_inside_its_tests_cannot_tell(TrialEnd end, string why)
    {
        var verdict = Judge.Decide(new Evidence { Captured = Trial(1.5) with { End = end } }).Verdict;

        Assert.Equal(GateStatus.CannotTell, verdict.Status);
        Assert.Contains(why, verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Pairs_that_go_both_ways_cannot_tell()
    {
        var verdict = Judge.Decide(new Evidence { Captured = Trial(60, i => i % 2 == 0 ? 1.2 : 0.95) }).Verdict;

        Assert.Equal(GateStatus.CannotTell, verdict.Status);
    }

    [Fact]
    public void A_slowdown_that_shows_only_on_larger_calls_counts_unless_the_usual_ones_became_faster()
    {
        var larger = new Evidence { Captured = Trial(1.0), Amplified = Trial(2), Confirmation = Trial(2) };

        Assert.Equal(GateStatus.Slower, Judge.Decide(larger).Verdict.Status);
        Assert.Contains("larger calls", Judge.Decide(larger).Verdict.Reason, StringComparison.Ordinal);
        Assert.Equal(GateStatus.CannotTell, Judge.Decide(larger with { Captured = Trial(0.5) }).Verdict.Status);
    }

    [Fact]
    public void Where_both_sizes_show_a_slowdown_the_one_whose_pairs_are_less_noisy_is_confirmed()
    {
        Trial noisy = Trial(60, i => 1.3 + (i % 5 * 0.1)), steady = Trial(12, i => 1.5 + (i % 5 * 0.01));

        Assert.Same(steady, Judge.Decide(new Evidence { Captured = noisy, Amplified = steady }).Size);
        Assert.Same(steady, Judge.Decide(new Evidence { Captured = steady, Amplified = noisy }).Size);
    }

    [Fact]
    public void A_whole_command_loses_time_a_run_and_is_no_call_of_a_test()
    {
        var verdict = new GateJudge(new Objective(ObjectiveKind.Time), maxSlowdown: 1.05) { OfCommands = true }
            .Decide(new Evidence { Captured = Trial(2, cost: 0.8), Confirmation = Trial(2, cost: 0.8) }).Verdict;

        Assert.Equal("2.00x slower; 800 ms more a run", verdict.Reason);
    }

    [Theory]
    [InlineData(TrialEnd.BaselineBroke)]
    [InlineData(TrialEnd.CandidateBroke)]
    [InlineData(TrialEnd.SandboxFailed)]
    public void What_breaks_cannot_tell(TrialEnd end)
    {
        var broken = Trial(1.5) with { End = end, Failure = "out of luck" };
        var verdict = Judge.Decide(new Evidence { Captured = broken }).Verdict;

        Assert.Equal(GateStatus.CannotTell, verdict.Status);
        Assert.Contains("out of luck", verdict.Reason, StringComparison.Ordinal);
    }

    private static int Until(Func<Pair, bool> enough, IEnumerable<Pair> pairs) => pairs.TakeWhile(p => !enough(p)).Count() + 1;

    private static Trial Trial(double slowdown, double cost = Base) => Trial(12, _ => slowdown, cost);

    private static Trial Trial(int pairs, Func<int, double> slowdown, double cost = Base) => new(
        TrialEnd.Completed, null,
        [.. Enumerable.Range(0, pairs).Select(i => new Pair(Sample(cost), Sample(cost * slowdown(i)), i / 6))],
        Calls: 1, Inner: 1, Scale: 1);

    private static Sample Sample(double seconds) => new(seconds, seconds, 0, 0);
}
