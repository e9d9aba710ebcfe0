using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests;

/// <summary>What is done for functions whose arguments cannot be stored, by what they do.</summary>
[Collection(Measurements.Name)]
public sealed class InTestReviewTests(InTestReviewTests.Run run) : IClassFixture<InTestReviewTests.Run>
{
    [Theory]
    [InlineData("words", "writes into the map", "differently")]
    [InlineData("export", "wrong", "test_export")]
    public void A_candidate_that_is_not_equal_is_rejected(string function, string candidate, string why) => run.Rejected(function, candidate, why);

    [Fact]
    public void A_memory_map_is_forked_at_as_well() => run.Improved("words", "faster");

    [Fact]
    public void A_function_that_writes_files_is_swapped_inside_its_test_measured_and_never_suggested()
    {
        var function = run.Function("export");
        var faster = run.Candidate("export", "faster");

        Assert.Equal(WorkloadKind.Swap, function.Workload!.Kind);
        Assert.True(faster.Verdict == VerdictKind.Inconclusive, $"{faster.Verdict}: {faster.Reason}");
        Assert.True(faster.Ratio > 1, faster.Reason);
        Assert.Contains("inside whole tests", faster.Reason, StringComparison.Ordinal);
        Assert.Equal(FunctionStatus.NoImprovement, function.Status);
        Assert.Null(function.Suggestion);
    }

    [Fact]
    public void A_function_that_reads_a_socket_is_not_forked_and_its_test_still_gets_the_data() =>
        Assert.Equal(WorkloadKind.Swap, run.Function("received").Workload?.Kind);

    [Fact]
    public void Where_neither_works_the_function_that_calls_it_is_replayed()
    {
        Assert.Equal(WorkloadKind.Caller, run.Function("save").Workload?.Kind);
        run.Improved("save", "faster");
        Assert.Equal("faster", run.Function("save").Suggestion?.Title);
    }

    [Theory]
    [InlineData("lottery", "not give one answer")]
    [InlineData("idle", "no test reaches it")]
    public void A_function_with_no_usable_workload_is_skipped_with_its_reason(string name, string reason)
    {
        Assert.Equal(FunctionStatus.Skipped, run.Function(name).Status);
        Assert.Contains(reason, run.Function(name).Reason, StringComparison.Ordinal);
        Assert.Empty(run.Function(name).Candidates);
    }

    public sealed class Run() : InTestReview("words", "export", "received", "lottery", "save", "idle");
}
