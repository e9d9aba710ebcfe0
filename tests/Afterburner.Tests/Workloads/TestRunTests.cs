using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Workloads;

public sealed class TestRunTests
{
    private static readonly TestRun Plain = Run(
        ("passes", TestOutcome.Passed), ("fails", TestOutcome.Failed), ("breaks", TestOutcome.Error), ("chance", TestOutcome.Failed), ("skipped", TestOutcome.Skipped));

    private static readonly TestRun Baseline = Plain with { Flaky = new HashSet<string> { "chance" } };

    [Fact]
    public void A_test_that_passes_only_now_is_a_difference_and_so_is_one_that_does_not_come_again()
    {
        Assert.StartsWith("test fails failed at the baseline and passed now", Run(
            ("passes", TestOutcome.Passed), ("fails", TestOutcome.Passed), ("breaks", TestOutcome.Error), ("skipped", TestOutcome.Skipped)).DifferenceFrom(Baseline), StringComparison.Ordinal);
        Assert.StartsWith("test breaks ended in an error at the baseline and", Run(
            ("passes", TestOutcome.Passed), ("fails", TestOutcome.Failed), ("skipped", TestOutcome.Skipped)).DifferenceFrom(Baseline), StringComparison.Ordinal);
        Assert.Null(Run(("passes", TestOutcome.Passed), ("fails", TestOutcome.Failed), ("breaks", TestOutcome.Error), ("skipped", TestOutcome.Skipped)).DifferenceFrom(Baseline));
    }

    private static TestRun Run(params (string Test, TestOutcome Outcome)[] outcomes) => new()
    {
        Outcomes = outcomes.ToDictionary(o => o.Test, o => o.Outcome),
        Durations = new Dictionary<string, double>(),
        FailureTexts = new Dictionary<string, string>(),
    };
}
