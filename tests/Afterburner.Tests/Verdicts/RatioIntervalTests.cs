using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests.Verdicts;

public sealed class RatioIntervalTests
{
    [Theory]
    [InlineData(7, null, null)]
    [InlineData(8, 1, 8)]
    [InlineData(11, 1, 11)]
    [InlineData(12, 2, 11)]
    [InlineData(20, 4, 17)]
    [InlineData(60, 20, 41)]
    public void Bounds_are_the_order_statistics_of_tables_of_the_sign_test(int count, int? low, int? high)
    {
        var interval = RatioInterval.Of(Enumerable.Range(1, count).Select(i => (double)i));
        Assert.Equal((double?)low, interval.Low);
        Assert.Equal((double?)high, interval.High);
        Assert.Equal(count, interval.Count);
    }

    [Fact]
    public void The_interval_holds_the_true_median_in_99_of_100_samples()
    {
        var random = new Random(1);
        var held = 0;
        for (var i = 0; i < 2000; i++)
        {
            var interval = RatioInterval.Of(Enumerable.Range(0, 24).Select(_ => 1 + Math.Pow(random.NextDouble(), 3)));
            var median = 1 + 0.125;
            held += interval.Low <= median && median <= interval.High ? 1 : 0;
        }

        Assert.InRange(held, 1970, 2000);
    }

    [Fact]
    public void A_ratio_and_its_inverse_have_inverse_medians()
    {
        double[] ratios = [0.5, 1.1, 1.3, 4];
        var (one, other) = (RatioInterval.Of(ratios), RatioInterval.Of(ratios.Select(r => 1 / r)));
        Assert.Equal(1, one.Median * other.Median, 12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Where_most_samples_have_no_cost_that_could_be_measured_the_others_say_how_large_the_factor_is_at_least(int power)
    {
        double[] ratios = [.. new[] { 40.0, 55, 90, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6 }.Select(r => Math.Pow(Math.Min(r, RatioInterval.Most), power))];

        var interval = RatioInterval.Of(ratios);

        Assert.Equal(40, Math.Pow(interval.Median, power), 9);
    }

    [Fact]
    public void Nothing_measured_on_either_side_is_no_difference_and_ratios_stay_finite()
    {
        Assert.Equal(1, RatioInterval.Ratio(0, 0));
        Assert.Equal(1000, RatioInterval.Ratio(5, 0));
        Assert.Equal(0.001, RatioInterval.Ratio(0, 5));
        Assert.Equal(1, RatioInterval.Of([]).Median);
    }
}
