using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Candidates of every kind for a function that reads a database: it is forked at its call.</summary>
[LongForm]
[Collection(Measurements.Name)]
public sealed class ForkedReviewTests(ForkedReviewTests.Run run) : IClassFixture<ForkedReviewTests.Run>
{
    [Fact]
    public void A_faster_equal_candidate_is_proven_by_forking_at_the_call_and_becomes_a_suggestion()
    {
        var function = run.Function("customers");

        Assert.Equal(WorkloadKind.Fork, function.Workload!.Kind);
        run.Improved("customers", "faster");
        Assert.Equal(FunctionStatus.Improved, function.Status);
        Assert.Equal("faster", function.Suggestion!.Title);
        Assert.True(function.Suggestion.Low > 1);
        Assert.Contains("found[name] = None", function.Suggestion.Replacement, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wrong order", "differently")]
    [InlineData("empties the table", "differently")]
    [InlineData("remembers", "values of the module in the answer")]
    [InlineData("changes what no call reaches", "Not exercised")]
    [InlineData("changes an arm that no call takes", "the value before the `if` of the conditional expression on line")]
    public void A_candidate_that_is_not_equal_is_rejected(string candidate, string why) => run.Rejected("customers", candidate, why);

    [Theory]
    [InlineData("works in a thread")]
    [InlineData("slower")]
    public void A_candidate_that_saves_nothing_is_not_improved(string candidate)
    {
        var report = run.Candidate("customers", candidate);

        Assert.True(report.Verdict is not VerdictKind.Improved, $"{report.Verdict}: {report.Reason}");
        Assert.True(report.Ratio is null or < 1.1, $"{report.Ratio}: {report.Reason}");
    }

    public sealed class Run() : InTestReview("customers");
}
