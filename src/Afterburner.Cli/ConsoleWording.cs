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

    public static string Interval(Suggestion suggestion) =>
        suggestion.High is { } high ? $"99 %: {Times(suggestion.Low)} to {Times(high)}" : $"99 %: at least {Times(suggestion.Low)}";
}
