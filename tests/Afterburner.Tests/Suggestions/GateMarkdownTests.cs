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

    private static GateFunctionReport Function(string name, GateStatus status, string reason) =>
        new() { Path = "calc.py", Name = name, StartLine = 1, EndLine = 2, Status = status, Reason = reason };

    private static GateReport Report(params GateFunctionReport[] functions) => new()
    {
        Base = "b", Head = "h", Objective = ObjectiveKind.Time, MaxSlowdown = 1.05, Floor = 50e-6, Sandbox = "bubblewrap", Seed = 1, DurationSeconds = 3,
        Functions = functions,
    };
}
