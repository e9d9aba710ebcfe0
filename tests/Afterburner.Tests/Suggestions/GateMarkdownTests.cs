using Afterburner.Changes;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests.Suggestions;

public sealed class GateMarkdownTests
{
    [Fact]
    public void A_gate_that_compared_nothing_says_so_and_why()
    {
        var report = Report(
            Function("a", GateStatus.Skipped, "no test reaches it"), Function("b", GateStatus.Skipped, "no test reaches it"),
            Function("c", GateStatus.CannotTell, "the time budget was spent before its turn")) with
        {
            LeftOut = LeftOutReport.Of([new LeftOut("x.py", "deleted"), new LeftOut("y.txt", "not a language that Afterburner reads")]),
        };

        var words = GateMarkdown.Write(report);

        Assert.Equal("nothing was compared", GateMarkdown.Headline(report));
        Assert.DoesNotContain("no slowdown", words, StringComparison.Ordinal);
        Assert.Contains("2 functions: no test reaches it; 1 function: the time budget was spent before its turn; 1 file or function: deleted", words, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_without_anything_to_compare_is_said_to_be_that() =>
        Assert.Contains("Nothing was compared: the change touches no function.", GateMarkdown.Write(Report()), StringComparison.Ordinal);

    [Theory]
    [InlineData(GateStatus.NotSlower)]
    [InlineData(GateStatus.CannotTell)]
    [InlineData(GateStatus.Skipped)]
    public void What_was_measured_was_compared(GateStatus status) =>
        Assert.Equal("no slowdown is proven", GateMarkdown.Headline(Report(Function("a", status, "measured") with { Pairs = 10 })));

    [Fact]
    public void A_gain_that_is_proven_is_said_first_where_nothing_is_slower_and_last_where_something_is()
    {
        var faster = Function("a", GateStatus.NotSlower, "measured") with { Pairs = 10, Gain = Gain(CheckStatus.Faster, 2.5) };
        var slower = Function("b", GateStatus.Slower, "1.50x slower") with { Pairs = 10, Slowdown = 1.5 };
        var lacking = Function("c", GateStatus.NotSlower, "measured") with { RequiredBy = "**", Gain = Gain(CheckStatus.NotFaster, 1.01) };

        Assert.Equal("1 function proven faster, no slowdown is proven", GateMarkdown.Headline(Report(faster)));
        Assert.Equal("1 slowdown proven; 1 function proven faster", GateMarkdown.Headline(Report(faster, slower)));
        Assert.Equal("1 required gain not proven", GateMarkdown.Headline(Report(lacking)));
        Assert.Equal(
            "1 slowdown proven, 2 required gains not proven, accepted; 1 function proven faster",
            GateMarkdown.Headline(Report(slower, lacking, lacking with { Name = "d" }, faster) with { AcceptedBy = "somebody" }));
        var words = GateMarkdown.Write(Report(faster, lacking));
        Assert.Contains("| `calc.py:1` `a` | **2.50×** | 2.25× to 2.75× | measured again |", words, StringComparison.Ordinal);
        Assert.Contains("| `calc.py:1` `c` | `**` | measured again |", words, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_slower_is_never_called_faster()
    {
        var report = Report(Function("a", GateStatus.Slower, "1.50x slower") with { Slowdown = 1.5, RequiredBy = "**", Gain = Gain(CheckStatus.Faster, 2) });

        Assert.Empty(report.Faster);
        Assert.Equal((1, 0), (report.Regressions, report.Lacking));
    }

    [Fact]
    public void A_part_of_a_change_is_not_told_that_it_lacks_a_gain()
    {
        var report = Report(Function("a", GateStatus.NotSlower, "measured")) with { RequiredBy = "the label require-faster" };

        Assert.Equal((true, false), (report.Fails, (report with { Shard = "1/2" }).Fails));
    }

    private static GateGainReport Gain(CheckStatus status, double speedup) =>
        new() { Status = status, Reason = "measured again", Speedup = speedup, Low = speedup * 0.9, High = speedup * 1.1, Pairs = 20 };

    private static GateFunctionReport Function(string name, GateStatus status, string reason) =>
        new() { Path = "calc.py", Name = name, StartLine = 1, EndLine = 2, Status = status, Reason = reason };

    private static GateReport Report(params GateFunctionReport[] functions) => new()
    {
        Base = "b", Head = "h", Objective = ObjectiveKind.Time, MaxSlowdown = 1.05, Floor = 50e-6, Sandbox = "bubblewrap", Seed = 1, DurationSeconds = 3,
        Functions = functions,
    };
}
