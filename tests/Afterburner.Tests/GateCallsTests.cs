using Afterburner.Functions;
using Afterburner.Gates;
using Afterburner.Languages.Python;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Whose calls a gate compares a function on, and that it says so where those of head are gone.</summary>
public sealed class GateCallsTests
{
    private static readonly Function Head = new("calc.py", PythonLanguage.Python, "work", 5, 6, 0, 1, "x", []);

    private static readonly FunctionPair Pair = FunctionPair.Of(Head, Head with { StartLine = 3 }, new TwoVersions([], []), null);

    [Fact]
    public void Calls_that_only_the_tests_of_base_make_are_made_and_it_is_said_that_those_of_head_do_not()
    {
        var calls = GateCallsOf.Function(Pair, Nothing(SkipKind.Unreached), Made(WorkloadKind.Replay, "b"));

        Assert.Equal(["b"], calls.Workload!.Captured.Select(c => c.Blob));
        Assert.Equal((5, 5), (calls.Workload.Target.StartLine, calls.Workload.Entry.StartLine));
        Assert.Contains("tests of head no longer reach it", calls.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_of_base_are_made_first_and_those_that_only_head_makes_apart_from_them()
    {
        var calls = GateCallsOf.Function(Pair, Made(WorkloadKind.Replay, "a", "b"), Made(WorkloadKind.Replay, "b", "c"));

        Assert.Equal(["b", "c"], calls.Workload!.Captured.Select(c => c.Blob));
        Assert.Equal(["a"], calls.Added!.Captured.Select(c => c.Blob));
        Assert.Null(calls.Note);
    }

    [Theory]
    [InlineData(WorkloadKind.Fork)]
    [InlineData(WorkloadKind.Swap)]
    [InlineData(WorkloadKind.Caller)]
    public void Nothing_is_known_where_only_base_makes_calls_and_they_cannot_be_made_at_head(WorkloadKind kind)
    {
        var calls = GateCallsOf.Function(Pair, Nothing(SkipKind.Unreached), Made(kind, "b"));

        Assert.True(calls is { CannotTell: true, Workload: null });
        Assert.Contains("tests of head no longer reach it", calls.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SkipKind.Unreached, SkipKind.NotCaptured, true)]
    [InlineData(SkipKind.Unreached, SkipKind.Unreached, false)]
    [InlineData(SkipKind.Unreached, null, false)]
    [InlineData(SkipKind.NotCaptured, SkipKind.NotCaptured, false)]
    [InlineData(SkipKind.BeyondCap, SkipKind.NotCaptured, false)]
    [InlineData(SkipKind.Unreached, SkipKind.BeyondCap, false)]
    [InlineData(SkipKind.Unreached, SkipKind.OnlyAtImport, true)]
    [InlineData(SkipKind.OnlyAtImport, SkipKind.Unreached, true)]
    [InlineData(SkipKind.OnlyAtImport, null, true)]
    public void What_no_call_can_be_made_of_is_undecided_only_where_head_hides_that_it_is_called_or_it_is_called_at_import(SkipKind now, SkipKind? before, bool undecided)
    {
        var calls = GateCallsOf.Function(Pair, Nothing(now), before is { } kind ? Nothing(kind) : null);

        Assert.Equal(undecided, calls.CannotTell);
        Assert.Null(calls.Workload);
        Assert.Equal(undecided, calls.Reason != Nothing(now).SkipReason);
    }

    [Theory]
    [InlineData(WorkloadKind.Caller)]
    [InlineData(WorkloadKind.Fork)]
    public void Calls_of_base_that_can_be_made_again_come_before_what_else_the_tests_of_head_show(WorkloadKind kind)
    {
        var calls = GateCallsOf.Function(Pair, Made(kind, "a"), Made(WorkloadKind.Replay, "b"));

        Assert.Equal(["b"], calls.Workload!.Captured.Select(c => c.Blob));
        Assert.Null(calls.Note);
    }

    [Fact]
    public void Inside_of_tests_only_calls_that_the_tests_of_both_sides_make_are_looked_at()
    {
        var calls = GateCallsOf.Function(Pair, Made(WorkloadKind.Fork, "a", "b"), Made(WorkloadKind.Fork, "b", "c"));

        Assert.Equal(["b"], calls.Workload!.Captured.Select(c => c.Id));
        Assert.Equal(["t"], calls.Workload.CoveringTests);
    }

    [Theory]
    [InlineData(WorkloadKind.Fork)]
    [InlineData(WorkloadKind.Swap)]
    [InlineData(null)]
    public void Inside_of_tests_nothing_is_known_where_those_of_base_do_not_make_the_same_calls(WorkloadKind? before)
    {
        var calls = GateCallsOf.Function(Pair, Made(WorkloadKind.Fork, "a"), before is { } kind ? Made(kind, "b") : null);

        Assert.True(calls is { CannotTell: true, Workload: null });
        Assert.Equal("its calls are looked at inside of tests, and those of base do not make the same ones (holds a lock)", calls.Reason);
    }

    [Theory]
    [InlineData(GateStatus.NotSlower, GateStatus.CannotTell)]
    [InlineData(GateStatus.Skipped, GateStatus.CannotTell)]
    [InlineData(GateStatus.Slower, GateStatus.Slower)]
    public void Calls_that_only_the_tests_of_base_make_clear_nothing(GateStatus found, GateStatus told)
    {
        var calls = GateCallsOf.Function(Pair, Nothing(SkipKind.Unreached), Made(WorkloadKind.Replay, "b"));

        var report = GateFunctions.Told(Pair, calls, Found(found));

        Assert.Equal(told, report.Status);
        Assert.Contains("tests of head no longer reach it", report.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GateStatus.NotSlower, GateStatus.CannotTell)]
    [InlineData(GateStatus.Skipped, GateStatus.CannotTell)]
    [InlineData(GateStatus.Slower, GateStatus.Slower)]
    public void A_function_whose_name_stands_for_something_else_is_not_cleared(GateStatus found, GateStatus told)
    {
        var changed = ChangedNames.Between([new Binding("", "work", "work = quick", new HashSet<string>())], []);
        var calls = GateCallsOf.Function(Pair, Made(WorkloadKind.Replay, "b"), Made(WorkloadKind.Replay, "b"));

        var report = GateFunctions.Told(FunctionPair.Of(Head, Head, Pair.Versions, changed), calls, Found(found));

        Assert.Equal(told, report.Status);
        Assert.Equal(told == GateStatus.CannotTell, report.Reason.StartsWith("its name stands for something else in its file", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_beyond_the_cap_stays_that() =>
        Assert.Equal(Skip.BeyondCap.Reason, GateCallsOf.Function(Pair, Nothing(SkipKind.BeyondCap), Made(WorkloadKind.Replay, "b")).Reason);

    private static GateFunctionReport Found(GateStatus status) =>
        GateFunctionReport.Of(Head, status, "1.00x") with { Workload = WorkloadReport.Of(Made(WorkloadKind.Replay, "b").Workload!) };

    private static CaptureOutcome Nothing(SkipKind kind) => new(Target.Of(Head), null, kind switch
    {
        SkipKind.Unreached => Skip.Unreached,
        SkipKind.OnlyAtImport => Skip.OnlyAtImport,
        SkipKind.BeyondCap => Skip.BeyondCap,
        _ => new Skip(kind, "none of its calls can be stored: a lock"),
    });

    private static CaptureOutcome Made(WorkloadKind kind, params string[] blobs) => new(
        Target.Of(Head),
        new Workload(kind, new Target("calc.py", "work", 3), new Target("calc.py", "work", 3), [.. blobs.Select(b => new RecordedCall(b, "t", 1, "", 1, b))], [], ["t"],
            new Dictionary<string, ObservedValue>()),
        null)
    { Notes = ["holds a lock"] };
}
