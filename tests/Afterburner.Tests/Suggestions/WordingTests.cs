using Afterburner.Suggestions;
using Xunit;

namespace Afterburner.Tests.Suggestions;

public sealed class WordingTests
{
    [Theory]
    [InlineData(2, 3.0, "2.00× to 3.00×")]
    [InlineData(2, null, "at least 2.00×")]
    [InlineData(936, 1000.0, "at least 936×")]
    [InlineData(1000, 1000.0, "at least 1,000×")]
    public void An_interval_is_open_where_larger_factors_are_not_told_apart(double low, double? high, string words) =>
        Assert.Equal(words, Wording.Interval(low, high));

    [Fact]
    public void The_largest_factor_that_is_told_apart_is_a_least_one()
    {
        Assert.Equal("at least 1,000×", Wording.Times(1000));
        Assert.Equal("999×", Wording.Times(999));
        Assert.Equal("2,400×", Wording.Times(2400));
    }
}
