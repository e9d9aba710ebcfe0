using System.Globalization;
using Afterburner.Changes;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Suggestions;

/// <summary>Numbers and sentences that more than one report uses. Nothing here is text of the repository.</summary>
public static class Wording
{
    /// <summary>A change of peak memory below this factor, either way, is called none.</summary>
    private const double NoticeableMemory = 1.05;

    /// <summary>Three significant digits: <c>1.25</c>, <c>12.5</c>, <c>125</c>, <c>12,500</c>.</summary>
    public static string Number(double value) => Math.Abs(value) switch
    {
        >= 999.5 => Math.Round(value).ToString("N0", CultureInfo.InvariantCulture),
        >= 99.95 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 9.995 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };

    /// <summary><c>3.05×</c>; the largest that is told apart is <c>at least 1,000×</c>.</summary>
    public static string Times(double ratio) => $"{(Amount.IsMost(ratio) ? "at least " : "")}{Number(ratio)}×";

    /// <summary><c>3.05× to 3.41×</c>; the upper end may be open.</summary>
    public static string Interval(double low, double? high) =>
        high is { } end && double.IsFinite(end) && !Amount.IsMost(end) ? $"{Times(low)} to {Times(end)}" : $"at least {Number(low)}×";

    public static string Seconds(double seconds) => Math.Abs(seconds) switch
    {
        >= 100 => $"{seconds.ToString("0", CultureInfo.InvariantCulture)} s",
        >= 1 => $"{Number(seconds)} s",
        >= 1e-3 => $"{Number(seconds * 1e3)} ms",
        >= 1e-6 => $"{Number(seconds * 1e6)} µs",
        _ => $"{Number(seconds * 1e9)} ns",
    };

    /// <summary>Two significant digits: <c>12 %</c>, <c>0.015 %</c>.</summary>
    public static string Share(double share) => Math.Abs(share) switch
    {
        >= 0.995 => $"{(share * 100).ToString("0", CultureInfo.InvariantCulture)} %",
        >= 0.00001 => $"{(share * 100).ToString("G2", CultureInfo.InvariantCulture)} %",
        0 => "0 %",
        _ => "less than 0.001 %",
    };

    public static string Bytes(double bytes) => Math.Abs(bytes) switch
    {
        >= 1L << 30 => $"{Number(bytes / (1L << 30))} GiB",
        >= 1L << 20 => $"{Number(bytes / (1L << 20))} MiB",
        >= 1L << 10 => $"{Number(bytes / (1L << 10))} KiB",
        _ => $"{bytes.ToString("0", CultureInfo.InvariantCulture)} bytes",
    };

    /// <param name="unit">As in <see cref="MeasuredSamples.Unit"/>.</param>
    public static string Measured(double value, string unit) => unit switch
    {
        "seconds" => Seconds(value),
        "bytes" => Bytes(value),
        _ => $"{Bytes(value)}·s",
    };

    /// <summary>A round value without the zeros that only measured values deserve: <c>5 ms</c>, <c>0.5×</c>.</summary>
    public static string Round(string measured)
    {
        var end = measured.IndexOfAny([' ', '×']) is var i and >= 0 ? i : measured.Length;
        return measured.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 && dot < end
            ? measured[..end].TrimEnd('0').TrimEnd('.') + measured[end..]
            : measured;
    }

    public static string Whole(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Why a proposer was not asked to the end; null when it was.</summary>
    public static string? Stopped(ProposerReport proposer) => proposer.Failure is { } failure
        ? $"stopped answering during the review, which went on without it: {failure}"
        : null;

    /// <summary><c>Part 2/4</c>, <c>Parts 2/9, 3/9, 4/9 and 2 more</c>.</summary>
    public static string Parts(IReadOnlyList<Shard> shards)
    {
        const int Most = 3;
        var named = string.Join(", ", shards.Take(Most));
        return shards.Count == 1 ? $"Part {named}" : $"Parts {named}{(shards.Count > Most ? $" and {shards.Count - Most} more" : "")}";
    }

    public static string Count(int count, string one, string? many = null) =>
        $"{count.ToString("N0", CultureInfo.InvariantCulture)} {(count == 1 ? one : many ?? one + "s")}";

    /// <summary><c>3 files and functions</c>.</summary>
    public static string LeftOut(IReadOnlyList<LeftOutReport> leftOut) => Count(leftOut.Sum(l => l.Count), "file or function", "files and functions");

    /// <summary>What the objective counts, as a noun.</summary>
    public static string Quantity(ObjectiveKind objective) => objective switch
    {
        ObjectiveKind.Time => "CPU time",
        ObjectiveKind.Memory => "peak memory",
        ObjectiveKind.Integral => "memory over time",
    };

    /// <summary>"1 faster version, proven", for a heading.</summary>
    public static string Headline(Report report)
    {
        var better = report.Objective == ObjectiveKind.Time ? "faster" : "leaner";
        var count = report.Improved.Count();
        return count == 0 ? $"no {better} version proven" : $"{Count(count, $"{better} version")}, proven";
    }

    /// <summary>A gain as a phrase: "3.21× faster", "1.92× less peak memory".</summary>
    public static string Gain(double ratio, ObjectiveKind objective) =>
        objective == ObjectiveKind.Time ? $"{Times(ratio)} faster" : $"{Times(ratio)} less {Quantity(objective)}";

    /// <summary>The claim of a suggestion, without the function's name: "is 3.21× faster in CPU time (99 % interval …)".</summary>
    public static string Claim(Suggestion suggestion, ObjectiveKind objective) =>
        (objective == ObjectiveKind.Time
            ? $"is **{Times(suggestion.Speedup)} faster** in CPU time"
            : $"needs **{Times(suggestion.Speedup)} less {Quantity(objective)}**")
        + (suggestion.OnlyLike is { } test ? $" on calls like those of {MarkdownText.Code(test)}" : "")
        + $" (99 % interval {Interval(suggestion.Low, suggestion.High)}"
        + (suggestion.Pairs > 0 ? $", {Count(suggestion.Pairs, "interleaved pair")}" : "")
        + ")";

    /// <summary>"2 tests fail before anything is changed, and have to fail with each version too: a, b".</summary>
    public static string Failing(IReadOnlyList<string> tests)
    {
        string[] commands = [.. tests.Where(t => !TestRun.IsTest(t))];
        if (commands.Length > 0)
        {
            var said = $"{Some([.. commands.Select(c => c[TestRun.OfWorkload.Length..])])} {(commands.Length == 1 ? "fails" : "fail")} as a workload before anything is changed";
            return commands.Length == tests.Count ? said : $"{said}; {Failing([.. tests.Where(TestRun.IsTest)])}";
        }

        return $"{Count(tests.Count, "test")} {(tests.Count == 1 ? "fails" : "fail")} before anything is changed, and {(tests.Count == 1 ? "has" : "have")} to fail with each version too: {Some(tests)}";
    }

    /// <summary>"2 tests come out otherwise from run to run, and nothing is made of them: a, b".</summary>
    public static string Flaky(IEnumerable<string> tests)
    {
        string[] named = [.. tests.Order(StringComparer.Ordinal)];
        return $"{Count(named.Length, "test")} {(named.Length == 1 ? "comes" : "come")} out otherwise from run to run, and nothing is made of {(named.Length == 1 ? "it" : "them")}: {Some(named)}";
    }

    private static string Some(IReadOnlyList<string> tests)
    {
        const int MostNamed = 5;
        return string.Join(", ", tests.Take(MostNamed).Select(VisibleText.Line)) + (tests.Count > MostNamed ? $" and {tests.Count - MostNamed} more" : "");
    }

    /// <summary>"**3.21×**", and that it is not for all calls where it is not.</summary>
    public static string Cell(Suggestion suggestion) =>
        $"**{Times(suggestion.Speedup)}**{(suggestion.OnlyLike is null ? "" : " on some calls")}{(IsLossAtTests(suggestion) ? $" ({Times(suggestion.CapturedRatio!.Value)} at the tests' sizes)" : "")}";

    /// <summary>"2.7 %", or a dash where that is not known.</summary>
    public static string Saved(Suggestion suggestion) => suggestion.Worth?.SavedShare is { } share ? Share(Math.Max(0, share)) : "–";

    /// <summary>Whether it costs more at the sizes of the repository's tests, which is said beside the gain.</summary>
    public static bool IsLossAtTests(Suggestion suggestion) => suggestion.CapturedRatio is < 0.995;

    /// <summary>That functions were left for lack of time, and what to do about it; null where none was.</summary>
    public static string? OutOfTime(Report report) => report.Functions.Count(f => f.OutOfTime) is > 0 and var count
        ? $"{Count(count, "function")} {(count == 1 ? "was" : "were")} not looked at to the end because the time budget was spent: raise it (budget), or split the review over several jobs (shard)"
        : null;

    /// <summary>What is said of a function's other calls; null where the claim is for all.</summary>
    public static string? Others(Suggestion suggestion) => suggestion.OnlyLike is null ? null
        : "On its other calls no gain is proven, and no loss that matters.";

    /// <summary>"peak memory falls 1.5×"; null when it was not measured.</summary>
    public static string? Memory(double? ratio) => ratio switch
    {
        null => null,
        >= NoticeableMemory => $"peak memory falls {Times(ratio.Value)}",
        > 0 and <= 1 / NoticeableMemory => $"peak memory rises {Times(1 / ratio.Value)}",
        _ => "peak memory stays the same",
    };

    /// <returns>NaN when there is no finite value.</returns>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Where(double.IsFinite).Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count == 0 ? double.NaN : sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
