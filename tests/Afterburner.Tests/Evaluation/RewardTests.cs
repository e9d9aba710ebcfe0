using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Rewards;
using Afterburner.Evaluation.Solvers;
using Xunit;

namespace Afterburner.Tests.Evaluation;

/// <summary>The reward of the paper, worked out by hand.</summary>
public sealed class RewardTests
{
    private static readonly RewardOptions Paper = new();

    [Fact]
    public void From_passing_to_half_the_time()
    {
        var reward = Reward.Of(hasForm: true, Cost(2), Cost(1), ObjectiveKind.Time, Paper);

        Assert.Equal((1, 0.5), (reward.Form, reward.Correctness));
        Assert.Equal(Math.Tanh(0.5), reward.Efficiency, 6);
        Assert.Equal(0.2 + 0.25 + (0.3 * Math.Tanh(0.5)), reward.Total, 6);
    }

    [Fact]
    public void From_failing_to_passing_all_that_counts_at_most_is_saved()
    {
        var reward = Reward.Of(hasForm: false, Measurement.Failed("why", 0), Cost(9), ObjectiveKind.Time, Paper);

        Assert.Equal((-1, 1), (reward.Form, reward.Correctness));
        Assert.Equal(Math.Tanh((90 - 9) / 90.0), reward.Efficiency, 6);
    }

    [Theory]
    [InlineData(true, -1.0)]
    [InlineData(false, -0.5)]
    public void What_fails_saves_nothing(bool passed, double correctness)
    {
        var reward = Reward.Of(hasForm: true, passed ? Cost(2) : Measurement.Failed("why", 0), Measurement.Failed("why", 9), ObjectiveKind.Memory, Paper);

        Assert.Equal((correctness, 0), (reward.Correctness, reward.Efficiency));
        Assert.Equal(0.2 + (0.5 * correctness), reward.Total, 12);
    }

    [Fact]
    public void What_costs_more_is_worth_less_and_no_more_than_what_counts_at_most()
    {
        var (slower, slowest) = (Reward.Of(true, Cost(1), Cost(2), ObjectiveKind.Time, Paper), Reward.Of(true, Cost(80), Cost(1e9), ObjectiveKind.Time, Paper));

        Assert.Equal(Math.Tanh(-1), slower.Efficiency, 6);
        Assert.Equal(Math.Tanh((80 - 90) / 80.0), slowest.Efficiency, 6);
    }

    [Fact]
    public void What_can_only_be_chance_is_worth_next_to_nothing()
    {
        // A tenth of a millisecond beside 50 ms for starting, of a program that takes next to nothing.
        Assert.InRange(Reward.Of(true, Cost(0), Cost(1e-4), ObjectiveKind.Time, Paper, starting: 0.05).Efficiency, -0.021, 0);
        Assert.InRange(Reward.Of(true, Cost(1e-4), Cost(0), ObjectiveKind.Time, Paper, starting: 0.05).Efficiency, 0, 0.021);
        Assert.True(Cost(1).IsBetterThan(Cost(1.2), ObjectiveKind.Time, noise: 0.1));
        Assert.False(Cost(1).IsBetterThan(Cost(1.05), ObjectiveKind.Time, noise: 0.1));
    }

    [Theory]
    [InlineData("<thinking>t</thinking><solution>print(1)</solution>", true, "print(1)")]
    [InlineData("<thinking>t</thinking><solution>```python\nprint(1)```</solution>", true, "print(1)")]
    [InlineData("<thinking>t</thinking><solution>```python\nprint(1)\n```</solution>\n", true, "print(1)\n")]
    [InlineData("<solution>```python\nprint(1)\n```</solution>", false, "print(1)\n")]
    public void A_reply_has_the_form_that_the_paper_prints(string reply, bool hasForm, string program) =>
        Assert.Equal((hasForm, program), ReplyForm.Read(reply));

    [Fact]
    public void A_program_from_nothing_counts_as_one_that_failed_before() =>
        Assert.Equal(1, Reward.Of(true, null, Cost(1), ObjectiveKind.Integral, Paper).Correctness);

    [Fact]
    public void A_megabyte_of_fences_is_read_too()
    {
        var fences = string.Concat(Enumerable.Repeat("```x ", 200_000));

        Assert.Equal((false, fences.Trim()), ReplyForm.Read(fences));
        Assert.Null(PaperPrompt.OriginalIn(string.Concat(Enumerable.Repeat("## Original Solution\n```x\n", 40_000))));
    }

    [Theory]
    [InlineData("<thinking>a loop</thinking>\n<solution>\n```python\nprint(1)\n```\n</solution>", true, "print(1)\n")]
    [InlineData("  <thinking>x</thinking> <solution>```python\nprint(0)\n```\nor\n```python\nprint(1)\n```</solution>\n", true, "print(1)\n")]
    [InlineData("Sure!\n<thinking>x</thinking><solution>```python\nprint(1)\n```</solution>", false, "print(1)\n")]
    [InlineData("<thinking>a<thinking>b</thinking></thinking><solution>```\nprint(1)\n```</solution>", false, "print(1)\n")]
    [InlineData("print(1)", false, "print(1)")]
    public void A_reply_has_the_form_that_was_asked_for_or_not_and_its_program_is_the_last_block(string reply, bool hasForm, string program) =>
        Assert.Equal((hasForm, program), ReplyForm.Read(reply));

    private static Measurement Cost(double cost) => new(true, cost, cost, cost);
}
