using System.Globalization;
using Afterburner.Overviews;
using Afterburner.Suggestions;

namespace Afterburner.Cli.Mcp;

/// <summary>The functions that an edit touches.</summary>
internal sealed record ListAnswer
{
    public required string Base { get; init; }

    public string? Head { get; init; }

    public required IReadOnlyList<ListedAnswer> Functions { get; init; }

    public required int MoreFunctions { get; init; }

    /// <value>What stops the tests of a language or a project, and what mends that.</value>
    public required IReadOnlyList<string> Stopped { get; init; }

    public required IReadOnlyList<string> NotLookedAt { get; init; }

    public static ToolAnswer Of(EditOverview overview)
    {
        var leftOut = LeftOutReport.Of(overview.LeftOut);
        var stopped = overview.Projects.Where(p => p.Stopped is not null).Select(p => ToolText.Line($"{p.Language}{(p.Folder.Length == 0 ? "" : $" of {p.Folder}")}: {p.Stopped}", 1_000)).ToList();
        var answer = new ListAnswer
        {
            Base = overview.Base,
            Head = overview.Head,
            Functions = [.. overview.Functions.Take(AnswerText.Most).Select(ListedAnswer.Of)],
            MoreFunctions = Math.Max(0, overview.Functions.Count - AnswerText.Most),
            Stopped = stopped,
            NotLookedAt = [.. leftOut.Take(AnswerText.Most).Select(AnswerText.Words)],
        };
        var reached = overview.Functions.Where(f => f.Reached is not null).ToList();
        var text = new AnswerText($"{Wording.Count(overview.Functions.Count, "function")} changed since {overview.Base[..Math.Min(12, overview.Base.Length)]}, {reached.Count} of them reached by tests. Times are what the tests' own process says: a look, and no proof.")
            .Group("Reached, most time first", reached.Select(f => string.Create(
                CultureInfo.InvariantCulture, $"{Name(f)}: {Wording.Seconds(f.Reached!.Seconds)} in {Wording.Count(f.Reached.Tests, "test")}, {Wording.Whole(f.Reached.Calls)} {(f.Reached.Calls == 1 ? "call" : "calls")}")))
            .Group("Nothing known", overview.Functions.Where(f => f.Reached is null).Select(f => $"{Name(f)}: {ToolText.Line(f.WhyNot ?? "")}"))
            .Group("Tests that cannot be run", stopped)
            .LeftOut(leftOut);
        return ToolAnswer.Of(answer, AnswerJson.Default.ListAnswer, text.ToString());

        static string Name(TouchedFunction f) => $"{ToolText.Line($"{f.Path}::{f.Name}")} (lines {f.StartLine}-{f.EndLine})";
    }
}

/// <summary>One of them, with what tests spend in it.</summary>
internal sealed record ListedAnswer
{
    public required string Function { get; init; }

    public required int StartLine { get; init; }

    public required int EndLine { get; init; }

    /// <value>That tests spend in it and in what it calls.</value>
    public double? SecondsInTests { get; init; }

    public long? Calls { get; init; }

    public int? Tests { get; init; }

    /// <value>Why nothing is known of it.</value>
    public string? WhyNot { get; init; }

    public static ListedAnswer Of(TouchedFunction function) => new()
    {
        Function = ToolText.Line($"{function.Path}::{function.Name}"),
        StartLine = function.StartLine,
        EndLine = function.EndLine,
        SecondsInTests = ToolText.Rounded(function.Reached?.Seconds),
        Calls = function.Reached?.Calls,
        Tests = function.Reached?.Tests,
        WhyNot = function.WhyNot is { } why ? ToolText.Line(why) : null,
    };
}
