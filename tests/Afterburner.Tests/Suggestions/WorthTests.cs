using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests.Suggestions;

/// <summary>What a suggestion is worth, by which it stands in order and is posted or held back.</summary>
public sealed class WorthTests
{
    private static readonly WorkloadReport Workload = new() { ShareOfTests = 0.2, TestSeconds = 10 };

    [Fact]
    public void What_is_saved_is_the_functions_share_of_the_tests_less_what_remains_of_it()
    {
        Assert.Equal(0.15, Worth.Of(Suggestion(4), Workload, ObjectiveKind.Time, 0).SavedShare!.Value, 6);
        Assert.Equal(0.1, Worth.Of(Suggestion(2), Workload, ObjectiveKind.Time, 0).SavedShare!.Value, 6);
    }

    [Fact]
    public void What_an_import_takes_at_the_start_is_taken_off_and_may_be_more_than_is_saved()
    {
        Assert.Equal(0.05, Worth.Of(Suggestion(4), Workload, ObjectiveKind.Time, 1).SavedShare!.Value, 6);
        var costly = Worth.Of(Suggestion(4), Workload, ObjectiveKind.Time, 2);
        Assert.True(costly.SavedShare < 0);
        Assert.Equal("what it imports takes 2.00 s at each start, more than it saves in the tests", costly.HeldBack(0));
    }

    [Fact]
    public void What_is_not_known_of_a_share_is_not_held_back()
    {
        Assert.Null(Worth.Of(Suggestion(4), null, ObjectiveKind.Time, 0).SavedShare);
        Assert.Null(Worth.Of(Suggestion(4), Workload with { TestSeconds = null }, ObjectiveKind.Time, 0).SavedShare);
        Assert.Null(Worth.Of(Suggestion(4), Workload, ObjectiveKind.Memory, 0).SavedShare);
        Assert.Null(Worth.Of(Suggestion(4), null, ObjectiveKind.Time, 0).HeldBack(0.5));
    }

    [Fact]
    public void What_saves_too_little_is_held_back_with_both_shares()
    {
        var worth = Worth.Of(Suggestion(2), Workload with { ShareOfTests = 0.0001 }, ObjectiveKind.Time, null);

        Assert.Equal("it saves 0.005 % of the tests' time, less than 0.01 %", worth.HeldBack(0.0001));
        Assert.Null(worth.HeldBack(0.00005));
    }

    [Fact]
    public void A_gain_that_grows_with_the_inputs_is_not_held_back_since_tests_are_small()
    {
        var none = Workload with { ShareOfTests = 0 };
        var curve = Suggestion(2) with { Growth = [Point(10, 1), Point(100, 3)] };

        Assert.True(Worth.Of(Suggestion(30) with { CapturedRatio = 1.1 }, none, ObjectiveKind.Time, 0).Grows);
        Assert.True(Worth.Of(curve, none, ObjectiveKind.Time, 0).Grows);
        Assert.Null(Worth.Of(curve, none, ObjectiveKind.Time, 0).HeldBack(0.5));
        Assert.False(Worth.Of(Suggestion(1.5) with { CapturedRatio = 1.4, Growth = [Point(10, 1.3), Point(100, 1.5)] }, none, ObjectiveKind.Time, 0).Grows);
        // As recorded: a queue of a list became a deque; a table took the place of several searches.
        Assert.True(Worth.Of(Suggestion(2.17) with { CapturedRatio = 1.37, Growth = [Point(400, 1.28), Point(800, 1.7), Point(1600, 1.93)] }, none, ObjectiveKind.Time, 0).Grows);
        Assert.False(Worth.Of(Suggestion(2.04) with { CapturedRatio = 1.4, Growth = [Point(35, 1.51), Point(71, 1.56), Point(147_455, 2.02)] }, none, ObjectiveKind.Time, 0).Grows);
        Assert.False(Worth.Of(Suggestion(2), none, ObjectiveKind.Time, 0).Grows);
        Assert.False(Worth.Of(Suggestion(2) with { Growth = [Point(0, 1), Point(0, 9)] }, none, ObjectiveKind.Time, 0).Grows);
    }

    [Fact]
    public void Lines_that_are_added_and_levels_of_nesting_are_counted()
    {
        var longer = Worth.Of(Suggestion(2, "    return a\n", "    if a:\n        for b in a:\n            return b\n    return a\n"), Workload, ObjectiveKind.Time, 0);
        var shorter = Worth.Of(Suggestion(2, "\tfor b in a:\n\t\treturn b\n", "\treturn a\n"), Workload, ObjectiveKind.Time, 0);

        Assert.Equal((3, 2), (longer.LinesAdded, longer.LevelsAdded));
        Assert.Equal((-1, -1), (shorter.LinesAdded, shorter.LevelsAdded));
    }

    [Fact]
    public void Of_two_that_save_the_same_the_one_that_adds_less_comes_first_and_a_large_saving_comes_before_a_large_factor()
    {
        var simple = Worth.Of(Suggestion(2), Workload, ObjectiveKind.Time, 0);
        var nested = Worth.Of(Suggestion(2, "    return a\n", "    if a:\n        for b in a:\n            return b\n    return a\n"), Workload, ObjectiveKind.Time, 0);
        var rare = Worth.Of(Suggestion(100), Workload with { ShareOfTests = 0.001 }, ObjectiveKind.Time, 0);

        Assert.True(simple.Rank(0) > nested.Rank(0));
        Assert.True(nested.Rank(0) > nested.Rank(1));
        Assert.True(nested.Rank(1) > rare.Rank(0));
    }

    [Fact]
    public void A_report_shows_what_is_worth_most_first_and_where_that_is_not_known_the_largest_gain()
    {
        var report = SampleReport.Build();
        var unique = report.Improved.First();

        var weighed = report with
        {
            Functions = [.. report.Functions.Select(f => f.Name == "total" ? f with { Suggestion = f.Suggestion! with { Worth = new Worth { SavedShare = 0.1 } } } : f)],
        };

        Assert.Equal("unique", unique.Name);
        Assert.Equal("total", weighed.Improved.First().Name);
        Assert.Contains("| Saves of the tests' time |", MarkdownReport.Write(weighed), StringComparison.Ordinal);
        Assert.DoesNotContain("Saves of the tests' time", MarkdownReport.Write(report), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "100 %")]
    [InlineData(0.123, "12 %")]
    [InlineData(0.0278, "2.8 %")]
    [InlineData(0.000146, "0.015 %")]
    [InlineData(0.0001, "0.01 %")]
    [InlineData(0.000001, "less than 0.001 %")]
    [InlineData(0, "0 %")]
    public void A_share_has_two_digits(double share, string words) => Assert.Equal(words, Wording.Share(share));

    private static GrowthPoint Point(double size, double factor) => new() { Size = size, BaselineSeconds = factor, CandidateSeconds = 1 };

    private static Suggestion Suggestion(double speedup, string original = "    return a\n", string replacement = "    return b\n") => Afterburner.Suggestions.Suggestion.Of(
        new Edit(1, Lines.Of(original).Count, original, replacement, "", ""), new Verdict(VerdictKind.Improved, "proven better", speedup, speedup * 0.9, speedup * 1.1, 40));
}
