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

    [Fact]
    public void A_gain_on_one_kind_of_calls_is_never_said_to_be_one_on_all()
    {
        var suggestion = new Suggestion
        {
            StartLine = 1, EndLine = 1, Original = "a\n", Replacement = "b\n", Speedup = 9.5, Low = 8, High = 11, OnlyLike = "tests/test_a.py::test[`x`|*]",
        };

        Assert.Equal("**9.50×** on some calls", Wording.Cell(suggestion));
        Assert.Equal("**9.50×**", Wording.Cell(suggestion with { OnlyLike = null }));
        Assert.StartsWith("is **9.50× faster** in CPU time on calls like those of ``tests/test_a.py::test[`x`|*]`` (99 %", Wording.Claim(suggestion, ObjectiveKind.Time), StringComparison.Ordinal);
        Assert.Equal("On its other calls no gain is proven, and no loss that matters.", Wording.Others(suggestion));
        Assert.Null(Wording.Others(suggestion with { OnlyLike = null }));
    }

    [Fact]
    public void Tests_that_fail_before_anything_is_changed_are_named_as_far_as_there_is_room()
    {
        Assert.Equal("1 test fails before anything is changed, and has to fail with each version too: a", Wording.Failing(["a"]));
        Assert.EndsWith(": a, b, c, d, e and 2 more", Wording.Failing(["a", "b", "c", "d", "e", "f", "g"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Tests_that_come_out_otherwise_from_run_to_run_are_named()
    {
        Assert.Equal("1 test comes out otherwise from run to run, and nothing is made of it: a", Wording.Flaky(["a"]));
        Assert.Equal("6 tests come out otherwise from run to run, and nothing is made of them: a, b, c, d, e and 1 more", Wording.Flaky(["f", "e", "d", "c", "b", "a"]));
    }
}
