using Xunit;

namespace Afterburner.Tests;

public sealed class QuantitiesTests
{
    [Theory]
    [InlineData("50us", 0.00005)]
    [InlineData("250ms", 0.25)]
    [InlineData("90s", 90)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7200)]
    public void Durations_have_a_unit(string text, double seconds)
    {
        Assert.True(Quantities.TryDuration(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds, 9);
    }

    [Theory]
    [InlineData("64KiB", 64L << 10)]
    [InlineData("1.5GiB", 3L << 29)]
    [InlineData("2GB", 2_000_000_000)]
    public void Sizes_have_a_unit(string text, long expected)
    {
        Assert.True(Quantities.TryBytes(text, out var bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("5d")]
    [InlineData("1e9s")]
    [InlineData("2g")]
    [InlineData("2Gi")]
    public void Anything_else_is_neither(string text)
    {
        Assert.False(Quantities.TryDuration(text, out _));
        Assert.False(Quantities.TryBytes(text, out _));
    }
}
