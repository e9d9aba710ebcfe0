using System.Globalization;
using Afterburner.Suggestions;
using Afterburner.Verdicts;

namespace Afterburner.Cli;

/// <summary>How findings are said on a terminal.</summary>
internal static class ConsoleWording
{
    public static string FirstLine(string text) => VisibleText.Line(text.Split('\n', 2)[0]);

    public static string Status(FunctionReport report) => report.Status switch
    {
        FunctionStatus.Improved => $"improved, {Times(report.Suggestion!.Speedup)}{(report.Suggestion.OnlyLike is null ? "" : " on some calls")} ({Interval(report.Suggestion)})",
        FunctionStatus.NoImprovement => $"nothing proven ({FirstLine(report.Reason)})",
        FunctionStatus.Skipped => $"skipped ({FirstLine(report.Reason)})",
        FunctionStatus.Error => $"error ({FirstLine(report.Reason)})",
    };

    public static string Colour(VerdictKind verdict) => verdict switch
    {
        VerdictKind.Improved => "green",
        VerdictKind.Regressed => "yellow",
        VerdictKind.Inconclusive => "grey",
        VerdictKind.Rejected => "red",
    };

    public static string Times(double ratio) =>
        ratio.ToString(ratio >= 100 ? "0" : ratio >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture) + "x";

    /// <summary><c>25.0 s: tests 0.4, capture 5.7, measure 9.7</c>; parts that took no time are left out.</summary>
    public static string Split(TimeSplit split, double seconds)
    {
        (string Name, double Seconds)[] parts =
        [
            ("tests", split.TestsSeconds), ("capture", split.CaptureSeconds), ("verify", split.VerifySeconds), ("measure", split.MeasureSeconds),
            ("proposers", split.ModelSeconds), ("other", split.OverheadSeconds),
        ];
        return string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s: ")
            + string.Join(", ", parts.Where(p => p.Seconds > 0).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name} {p.Seconds:0.0}")));
    }

    public static string Interval(Suggestion suggestion) =>
        suggestion.High is { } high ? $"99 %: {Times(suggestion.Low)} to {Times(high)}" : $"99 %: at least {Times(suggestion.Low)}";
}
