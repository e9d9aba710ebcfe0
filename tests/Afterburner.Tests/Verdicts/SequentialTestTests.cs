using Afterburner.Trials;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests.Verdicts;

public sealed class SequentialTestTests
{
    /// <summary>Noise of a pair and of a process, as measured on shared machines (natural logarithm of the ratio).</summary>
    private static readonly (double Pair, double Process)[] Machines = [(0.008, 0.008), (0.013, 0.012), (0.03, 0.01)];

    [Fact]
    public void Identical_code_is_claimed_better_or_worse_in_at_most_one_of_a_hundred_decisions()
    {
        foreach (var machine in Machines)
        {
            var claims = Simulate(machine, gain: 0, decisions: 2000, seed: 1).Count(s => s is TestState.Better or TestState.Worse);
            Assert.True(claims <= 20, $"{claims} of 2000 claims at {machine}");
        }
    }

    [Fact]
    public void A_gain_of_5_percent_is_found_in_19_of_20_decisions()
    {
        foreach (var machine in Machines)
        {
            var found = Simulate(machine, gain: 0.05, decisions: 1000, seed: 2).Count(s => s == TestState.Better);
            Assert.True(found >= 950, $"{found} of 1000 at {machine}");
        }
    }

    [Fact]
    public void The_bound_of_false_claims_holds_for_a_fair_coin_without_any_margin()
    {
        // The worst case that the theory allows: each side wins half of the pairs, and nobody ever gives up.
        var random = new Random(3);
        var claims = 0;
        for (var i = 0; i < 4000; i++)
        {
            var test = new SequentialTest(alpha: 0.01, margin: 1, futility: 0, cap: 200);
            while (!test.IsDecided)
                test.Add(random.NextDouble() < 0.5 ? 2 : 1, 1.5);
            claims += test.State == TestState.Better ? 1 : 0;
        }

        Assert.InRange(claims, 1, 40);
    }

    [Fact]
    public void Swapping_the_sides_mirrors_every_state()
    {
        var random = new Random(4);
        for (var i = 0; i < 200; i++)
        {
            var (one, other) = (new SequentialTest(), new SequentialTest());
            var gain = (random.NextDouble() - 0.5) * 0.2;
            while (!one.IsDecided)
            {
                var (baseline, candidate) = (1 + gain + 0.05 * random.NextDouble(), 1 + 0.05 * random.NextDouble());
                one.Add(baseline, candidate);
                other.Add(candidate, baseline);
                Assert.Equal(Mirror(one.State), other.State);
                Assert.Equal(one.Better, other.Worse);
            }
        }
    }

    [Fact]
    public void A_pair_won_is_more_evidence_than_a_pair_lost_whatever_came_before()
    {
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            var (won, lost) = (new SequentialTest(futility: 0), new SequentialTest(futility: 0));
            for (var n = random.Next(8); n > 0; n--)
            {
                var candidate = random.NextDouble() * 2;
                won.Add(1, candidate);
                lost.Add(1, candidate);
            }

            var before = won.Better;
            won.Add(1, 0.5);
            lost.Add(1, 2);
            Assert.True(won.Better > before && before > lost.Better);
            Assert.True(won.Worse < lost.Worse);
        }
    }

    [Fact]
    public void Ten_pairs_won_in_a_row_are_a_claim_and_nine_are_not()
    {
        var test = new SequentialTest();
        for (var i = 0; i < 9; i++)
            Assert.Equal(TestState.Undecided, test.Add(2, 1));
        Assert.Equal(TestState.Better, test.Add(2, 1));
    }

    [Fact]
    public void Differences_within_the_margin_count_for_neither_side()
    {
        var test = new SequentialTest();
        while (!test.IsDecided)
            test.Add(1.009, 1);
        Assert.Equal(TestState.Neither, test.State);
        Assert.Equal(12, test.Count);
    }

    [Fact]
    public void It_ends_at_the_cap_at_the_latest_and_counts_nothing_after_its_decision()
    {
        var random = new Random(6);
        for (var i = 0; i < 200; i++)
        {
            var test = new SequentialTest(futility: 0);
            for (var n = 0; n < 2 * TrialRunner.MostPairs; n++)
                test.Add(random.NextDouble() < 0.6 ? 1.1 : 0.9, 1);
            Assert.True(test.IsDecided);
            Assert.True(test.Count <= TrialRunner.MostPairs);
        }
    }

    private static IEnumerable<TestState> Simulate((double Pair, double Process) noise, double gain, int decisions, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < decisions; i++)
        {
            var test = new SequentialTest();
            var layout = 0.0;
            for (var n = 0; !test.IsDecided; n++)
            {
                if (n % 6 == 0)
                    layout = noise.Process * Normal();
                test.Add((1 + gain) * Math.Exp(layout + noise.Pair * Normal()), 1);
            }

            yield return test.State;
        }

        double Normal() =>
            Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    private static TestState Mirror(TestState state) => state switch
    {
        TestState.Better => TestState.Worse,
        TestState.Worse => TestState.Better,
        TestState.Neither or TestState.Undecided => state,
    };
}
