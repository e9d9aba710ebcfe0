using Afterburner.Suggestions;
using Xunit;

namespace Afterburner.Tests.Suggestions;

public sealed class CheckMarkdownTests
{
    private static readonly CheckFunctionReport One = new() { Path = "a.py", Name = "one", StartLine = 3, EndLine = 4, Status = CheckStatus.Faster, Reason = "2.00x faster", Speedup = 2, Low = 1.8, High = 2.2, Pairs = 20 };

    [Fact]
    public void An_interval_of_what_is_slower_is_turned_round()
    {
        var slower = One with { Status = CheckStatus.Slower, Reason = "slower", Speedup = 0.5, Low = 0.4, High = 0.8 };

        Assert.Equal("2.00× faster (1.80× to 2.20×)", CheckMarkdown.Ratio(One));
        Assert.Equal("2.00× slower (1.25× to 2.50×)", CheckMarkdown.Ratio(slower));
        Assert.Contains("| `a.py:3` `one` | **2.00×** | 1.25× to 2.50× | slower |", CheckMarkdown.Write(Report(slower)), StringComparison.Ordinal);
        Assert.Null(CheckMarkdown.Ratio(One with { Speedup = null }));
    }

    [Fact]
    public void A_difference_shows_the_call_and_both_answers_and_no_text_of_the_repository_is_markup()
    {
        var different = One with
        {
            Status = CheckStatus.Different,
            Difference = new CheckDifference { Input = "one(items=['|`<b>'])", Text = "return: 1 != 2", Where = "return", Base = "1", Edit = "2", IsOfTests = false },
        };

        var text = CheckMarkdown.Write(Report(different));

        Assert.Contains("(made like one of the tests)", text, StringComparison.Ordinal);
        Assert.Contains("| `return` | `1` | `2` |", text, StringComparison.Ordinal);
        Assert.DoesNotContain("'|`<b>", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_is_judged_the_reason_is_said()
    {
        Assert.Equal("there is nothing to judge", CheckMarkdown.Headline(Report()));
        Assert.Equal("It touches no function, and no test was run.", CheckMarkdown.WhyNothing(Report()));
        Assert.StartsWith("Every function that it touches is new", CheckMarkdown.WhyNothing(Report(One with { Status = CheckStatus.New })), StringComparison.Ordinal);
        Assert.Null(CheckMarkdown.WhyNothing(Report(One)));
        Assert.Equal("1 faster, 1 cannot tell", CheckMarkdown.Headline(Report(One, One with { Status = CheckStatus.CannotTell })));
    }

    [Fact]
    public void Only_what_is_slower_or_different_or_a_test_that_comes_out_otherwise_is_not_clean()
    {
        Assert.All(Enum.GetValues<CheckStatus>(), s => Assert.Equal(s is not (CheckStatus.Slower or CheckStatus.Different), Report(One with { Status = s }).IsClean));
        Assert.False((Report(One) with { Tests = [new CheckTestReport { Test = "t", Base = "passed", Edit = "failed" }] }).IsClean);
        Assert.True(Report(One).IsFaster);
        Assert.False(Report().IsFaster);
    }

    private static CheckReport Report(params CheckFunctionReport[] functions) => new()
    {
        Base = "0123456789abcdef", Head = null, Edit = EditKind.Patch, Objective = ObjectiveKind.Time, MinSpeedup = 1.1, MaxSlowdown = 1.05, Sandbox = "bubblewrap", Seed = 0,
        DurationSeconds = 1, Functions = functions,
    };
}
