using Afterburner.Evaluation.Metrics;
using Afterburner.Evaluation.Programs;
using Xunit;

namespace Afterburner.Tests.Evaluation;

/// <summary>The paper's metrics, worked out by hand.</summary>
public sealed class MetricsTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 0.75, 1)]
    [InlineData(4, 0.25, 0.75)]
    [InlineData(5, 0.25, 0.25)]
    [InlineData(9, 0, 0)]
    public void A_program_lies_where_the_share_of_people_who_need_more_says(double value, double strict, double withTies)
    {
        var place = Percentile.Of(value, [8, 2, 4, 4]);

        Assert.Equal((strict, withTies), (place.Strict, place.WithTies));
    }

    [Fact]
    public void Near_each_other_a_place_is_the_share_of_pairs_of_samples()
    {
        // Of the first person's samples 2 of 4 pairs are above, and one is equal; of the second's all are.
        var place = Percentile.Of([2, 4], [[2, 5], [9, 9]]);

        Assert.Equal(((0.5 + 1) / 2, (0.75 + 1) / 2), (place.Strict, place.WithTies));
        Assert.Equal(default, Percentile.Of([1.0], []));
    }

    [Fact]
    public void Beside_nobody_there_is_nothing_to_beat() => Assert.Equal(default, Percentile.Of(1, []));

    [Fact]
    public void Tasks_that_fail_count_nothing_and_shares_add_up()
    {
        Measurement[] people = [Cost(2, 20, 40), Cost(4, 40, 160)];
        TaskScore[] tasks =
        [
            TaskScore.Of("best", Cost(1, 10, 10), Cost(4, 1, 1), people),
            TaskScore.Of("middle", Cost(3, 50, 150), Cost(6, 1, 1), people),
            TaskScore.Of("worst", Cost(5, 20, 100), null, people),
            TaskScore.Of("failed", Measurement.Failed("why", 0), Cost(4, 1, 1), people),
        ];

        var scores = Scores.Of(tasks);

        Assert.Equal(0.75, scores.Pass);
        // (1 + 1/2 + 0 + 0) / 4, (1 + 0 + 1 + 0) / 4 where an equal one counts as beaten, (1 + 1/2 + 1/2 + 0) / 4
        Assert.Equal((0.375, 0.5, 0.5), (scores.Time.WithTies, scores.Memory.WithTies, scores.Integral.WithTies));
        Assert.Equal(0.375, scores.Memory.Strict);
        Assert.Equal((0.25, 0.25, 0.25, 0.25), scores.Shares);
        Assert.Equal(Math.Sqrt(4.0 * 2.0), scores.Speedup!.Value, 12);
    }

    [Fact]
    public void Tasks_that_cannot_be_told_apart_count_in_passing_alone()
    {
        Measurement[] people = [Cost(2, 2, 2), Cost(4, 4, 4)];
        TaskScore[] tasks =
        [
            TaskScore.Of("told", Cost(3, 3, 3), Cost(6, 1, 1), people), TaskScore.Of("failed", Measurement.Failed("why", 0), null, people),
            TaskScore.Of("small", Cost(1, 1, 1), Cost(9, 1, 1), people) with { IsTold = false }, TaskScore.Of("small and wrong", Measurement.Failed("why", 0), null, people) with { IsTold = false },
        ];

        var scores = Scores.Of(tasks);

        Assert.Equal((0.5, 0.25, 2), (scores.Pass, scores.Time.WithTies, scores.Speedup!.Value));
        Assert.Equal((0, 0.5, 0, 0.5), scores.Shares);
    }

    [Fact]
    public void A_gain_to_next_to_nothing_counts_in_the_speed_up_and_no_more_than_can_be_told() =>
        Assert.Equal((0.1 + 0.005) / 0.005, TaskScore.Of("t", Cost(0, 1, 1), Cost(0.1, 1, 1), [], noise: 0.005).Speedup!.Value, 9);

    [Fact]
    public void Whatever_is_measured_a_score_lies_between_nothing_and_all_and_less_cost_is_never_worse()
    {
        var random = new Random(7);
        for (var i = 0; i < 200; i++)
        {
            double[] people = [.. Enumerable.Range(0, 1 + random.Next(9)).Select(_ => (double)random.Next(5))];
            double[] values = [.. Enumerable.Range(0, 4).Select(_ => (double)random.Next(6)).Order()];
            var places = values.Select(v => Percentile.Of(v, people)).ToList();

            Assert.All(places, p => Assert.True(0 <= p.Strict && p.Strict <= p.WithTies && p.WithTies <= 1));
            Assert.All(places.Zip(places.Skip(1)), p => Assert.True(p.First.WithTies >= p.Second.WithTies && p.First.Strict >= p.Second.Strict));
        }
    }

    [Fact]
    public void An_interval_holds_the_value_is_the_same_for_the_same_seed_and_shrinks_with_more_tasks()
    {
        double[] few = [.. Enumerable.Range(0, 10).Select(i => i % 2 == 0 ? 1.0 : 0.0)], many = [.. Enumerable.Range(0, 400).Select(i => i % 2 == 0 ? 1.0 : 0.0)];

        var (wide, narrow) = (Bootstrap.Of(few, t => t.Average(), 3), Bootstrap.Of(many, t => t.Average(), 3));

        Assert.Equal(wide, Bootstrap.Of(few, t => t.Average(), 3));
        Assert.InRange(0.5, wide.Low, wide.High);
        Assert.InRange(narrow.High - narrow.Low, 0.05, (wide.High - wide.Low) / 3);
        Assert.Equal(new Interval(0.25, 0.25), Bootstrap.Of([0.25], t => t.Average(), 3));
    }

    [Theory]
    [InlineData(true, 5, true, 4, true)]
    [InlineData(true, 4, true, 4, false)]
    [InlineData(false, 0, true, 9, true)]
    [InlineData(true, 9, false, 0, false)]
    public void What_takes_the_place_of_the_best_passes_and_costs_less(bool passed, double seconds, bool passes, double nowSeconds, bool isBetter)
    {
        var (was, now) = (passed ? Cost(seconds, 1, 1) : Measurement.Failed("why", 2), passes ? Cost(nowSeconds, 1, 1) : Measurement.Failed("why", 2));

        Assert.Equal(isBetter, now.IsBetterThan(was, ObjectiveKind.Time));
    }

    [Fact]
    public void Of_two_that_fail_the_one_that_passes_more_tests_is_better()
    {
        Assert.True(Measurement.Failed("why", 3).IsBetterThan(Measurement.Failed("why", 2), ObjectiveKind.Integral));
        Assert.False(Measurement.Failed("why", 2).IsBetterThan(Measurement.Failed("why", 2), ObjectiveKind.Integral));
    }

    private static Measurement Cost(double seconds, double bytes, double byteSeconds) => new(true, seconds, bytes, byteSeconds);
}
