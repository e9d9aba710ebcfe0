using Afterburner.Suggestions;

namespace Afterburner.Cli.Mcp;

/// <summary>What a review found.</summary>
internal sealed record ReviewAnswer
{
    private const int MostDiffs = 5, LongestDiff = 3_000;

    public required string Headline { get; init; }

    public required string Head { get; init; }

    public required IReadOnlyList<ReviewedAnswer> Functions { get; init; }

    public required int MoreFunctions { get; init; }

    public required IReadOnlyList<string> NotLookedAt { get; init; }

    /// <value>Directory of the run: suggestions.patch holds all that is proven, for `git apply`.</value>
    public required string Files { get; init; }

    public static ToolAnswer Of(Report report, string directory)
    {
        var functions = report.Functions.OrderByDescending(f => f.Suggestion?.Speedup ?? 0).ToList();
        var improved = functions.Where(f => f.Suggestion is not null).ToList();
        var answer = new ReviewAnswer
        {
            Headline = improved.Count == 0 ? "nothing faster is proven" : $"{Wording.Count(improved.Count, "faster version")} proven",
            Head = report.Head,
            Functions = [.. functions.Take(AnswerText.Most).Select((f, i) => ReviewedAnswer.Of(f, i < MostDiffs))],
            MoreFunctions = Math.Max(0, functions.Count - AnswerText.Most),
            NotLookedAt = [.. report.LeftOut.Take(AnswerText.Most).Select(AnswerText.Words)],
            Files = Path.GetFullPath(directory),
        };
        var text = new AnswerText($"{char.ToUpperInvariant(answer.Headline[0])}{answer.Headline[1..]}.")
            .Group("PROVEN FASTER, and equal in every answer that was compared", improved.Select(f => $"{ToolText.Line(f.Id)} (lines {f.StartLine}-{f.EndLine}): {ConsoleWording.Status(f)}; {ToolText.Line(f.Suggestion!.Title)}"))
            .Group("NOTHING PROVEN", functions.Where(f => f.Status == FunctionStatus.NoImprovement).Select(Words))
            .Group("Not measured", functions.Where(f => f.Status is FunctionStatus.Skipped or FunctionStatus.Error).Select(Words))
            .LeftOut(report.LeftOut);
        foreach (var diff in answer.Functions.Select(f => f.Diff).OfType<string>())
            text.Block(diff);
        text.Block($"Files of the run: {answer.Files}{(improved.Count == 0 ? "" : $"; take them all: git apply {Path.Combine(answer.Files, "suggestions.patch")}")}");
        return ToolAnswer.Of(answer, AnswerJson.Default.ReviewAnswer, text.ToString());

        static string Words(FunctionReport f) => $"{ToolText.Line(f.Id)}: {ToolText.Line(f.Reason.Split('\n')[0])}";
    }

    public static string? Diff(FunctionReport function) =>
        function.Suggestion is { } suggestion && function.Candidates.LastOrDefault(c => c.Verdict == Verdicts.VerdictKind.Improved && c.Ratio == suggestion.Speedup) is { } candidate
            ? ToolText.Of(candidate.Diff, LongestDiff) : null;
}

/// <summary>What became of one function.</summary>
internal sealed record ReviewedAnswer
{
    public required string Function { get; init; }

    public required int StartLine { get; init; }

    public required int EndLine { get; init; }

    public required FunctionStatus Status { get; init; }

    public required string Why { get; init; }

    /// <value>What was done, as whoever proposed it says.</value>
    public string? Title { get; init; }

    public string? Proposer { get; init; }

    /// <value>Cost as it is over cost of the suggestion: 2 is twice as fast.</value>
    public double? Speedup { get; init; }

    /// <value>Bounds of its 99 % interval.</value>
    public double? Low { get; init; }

    public double? High { get; init; }

    /// <value>The test on whose kind of calls alone it is faster.</value>
    public string? OnlyLike { get; init; }

    public string? Diff { get; init; }

    public static ReviewedAnswer Of(FunctionReport function, bool withDiff) => new()
    {
        Function = ToolText.Line(function.Id),
        StartLine = function.StartLine,
        EndLine = function.EndLine,
        Status = function.Status,
        Why = ToolText.Line(function.Reason.Split('\n')[0]),
        Title = function.Suggestion is { } suggestion ? ToolText.Line(suggestion.Title) : null,
        Proposer = function.Suggestion?.Proposer is { } by ? ToolText.Line(by, 100) : null,
        Speedup = ToolText.Rounded(function.Suggestion?.Speedup),
        Low = ToolText.Rounded(function.Suggestion?.Low),
        High = ToolText.Rounded(function.Suggestion?.High),
        OnlyLike = function.Suggestion?.OnlyLike is { } only ? ToolText.Line(only) : null,
        Diff = withDiff ? ReviewAnswer.Diff(function) : null,
    };
}
