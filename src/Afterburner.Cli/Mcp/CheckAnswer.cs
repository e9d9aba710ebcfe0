using System.Text.Json.Serialization;
using Afterburner.Suggestions;

namespace Afterburner.Cli.Mcp;

/// <summary>What an edit came to.</summary>
internal sealed record CheckAnswer
{
    /// <value><c>worse</c> (a test comes out otherwise, or a function is proven different or slower), else <c>faster</c> (something is proven equal and faster), else <c>not-faster</c>, else <c>cannot-tell</c>.</value>
    public required string Verdict { get; init; }

    public required string Headline { get; init; }

    public required EditKind Edit { get; init; }

    public required string Base { get; init; }

    public string? Head { get; init; }

    public required IReadOnlyList<CheckedFunctionAnswer> Functions { get; init; }

    /// <value>Those that are not among them.</value>
    public required int MoreFunctions { get; init; }

    public required IReadOnlyList<CheckedTestAnswer> TestsThatChanged { get; init; }

    public required int TestsCompared { get; init; }

    public required IReadOnlyList<string> NotLookedAt { get; init; }

    /// <value>Directory of the run: check.md to paste, check.json, journal.jsonl.</value>
    public required string Files { get; init; }

    public static ToolAnswer Of(CheckReport report, string directory)
    {
        CheckStatus[] order = [CheckStatus.Different, CheckStatus.Slower, CheckStatus.Faster, CheckStatus.CannotTell, CheckStatus.NotFaster, CheckStatus.New];
        var functions = report.Functions.OrderBy(f => Array.IndexOf(order, f.Status)).ToList();
        var answer = new CheckAnswer
        {
            Verdict = !report.IsClean ? "worse" : report.IsFaster ? "faster" : report.Of(CheckStatus.NotFaster).Count > 0 && report.Of(CheckStatus.CannotTell).Count == 0 ? "not-faster" : "cannot-tell",
            Headline = CheckMarkdown.Headline(report),
            Edit = report.Edit,
            Base = report.Base,
            Head = report.Head,
            Functions = [.. functions.Take(AnswerText.Most).Select(CheckedFunctionAnswer.Of)],
            MoreFunctions = Math.Max(0, functions.Count - AnswerText.Most),
            TestsThatChanged = [.. report.Tests.Take(AnswerText.Most).Select(t => new CheckedTestAnswer
            {
                Test = ToolText.Line(t.Test), AtBase = t.Base, WithEdit = t.Edit, Output = t.Output.Length == 0 ? null : ToolText.Of(t.Output[^Math.Min(t.Output.Length, 600)..], 600),
            })],
            TestsCompared = report.TestsCompared,
            NotLookedAt = [.. report.LeftOut.Take(AnswerText.Most).Select(AnswerText.Words)],
            Files = Path.GetFullPath(directory),
        };
        var text = new AnswerText($"{char.ToUpperInvariant(answer.Headline[0])}{answer.Headline[1..]}. Compared with {report.Base[..Math.Min(12, report.Base.Length)]}; {Wording.Count(report.TestsCompared, "test")} ran on both sides.")
            .Group("PROVEN DIFFERENT, tests that come out otherwise", report.Tests.Select(t => ToolText.Line($"{t.Test}: {t.Base} at base, {t.Edit} with the edit")))
            .Group("PROVEN DIFFERENT, functions", Lines(CheckStatus.Different))
            .Group("PROVEN SLOWER", Lines(CheckStatus.Slower))
            .Group("PROVEN FASTER, and equal in every answer that was compared", Lines(CheckStatus.Faster))
            .Group("EQUAL in every answer that was compared, NOT proven faster", Lines(CheckStatus.NotFaster))
            .Group("NOT PROVEN either way (cannot tell)", Lines(CheckStatus.CannotTell))
            .Group("New, judged with the functions that call them", Lines(CheckStatus.New))
            .LeftOut(report.LeftOut);
        if (CheckMarkdown.WhyNothing(report) is { } nothing)
            text.Block(ToolText.Line(nothing, 1_000));
        text.Block($"Files of the run: {answer.Files} (check.md to paste into a pull request, check.json, journal.jsonl)");
        return ToolAnswer.Of(answer, AnswerJson.Default.CheckAnswer, text.ToString());

        IEnumerable<string> Lines(CheckStatus status) => functions.Where(f => f.Status == status).Select(Words);
    }

    private static string Words(CheckFunctionReport function)
    {
        var ratio = CheckMarkdown.Ratio(function)?.Replace('×', 'x');
        var why = function.Difference switch
        {
            { Input: { } input, Base: { } was, Edit: { } now } d =>
                $"{ToolText.Line(input, 200)}{(d.IsOfTests ? "" : " (no test makes this call; it was made like one of theirs)")} answers at {ToolText.Line(d.Where ?? "return", 100)}: {ToolText.Line(was, 200)} at base, {ToolText.Line(now, 200)} with the edit",
            { } d => ToolText.Line(d.Text),
            null => ToolText.Line(function.Reason.Split('\n')[0]),
        };
        return $"{ToolText.Line($"{function.Path}::{function.Name}")} (lines {function.StartLine}-{function.EndLine}): {(ratio is null ? "" : $"{ratio}{(function.OnlyLike is { } only ? $" on calls like those of {ToolText.Line(only, 100)} only" : "")}; ")}{why}";
    }
}

/// <summary>What is known of one function of an edit.</summary>
internal sealed record CheckedFunctionAnswer
{
    public required string Function { get; init; }

    public required int StartLine { get; init; }

    public required int EndLine { get; init; }

    public required CheckStatus Status { get; init; }

    public required string Why { get; init; }

    /// <value>Cost at base over cost with the edit: 2 is twice as fast.</value>
    public double? Speedup { get; init; }

    /// <value>Bounds of its 99 % interval.</value>
    public double? Low { get; init; }

    public double? High { get; init; }

    /// <value>The test on whose kind of calls alone it is faster.</value>
    public string? OnlyLike { get; init; }

    /// <value>The call on which it differs, with both answers.</value>
    public string? Call { get; init; }

    public string? Where { get; init; }

    public string? AtBase { get; init; }

    public string? WithEdit { get; init; }

    [JsonPropertyName("callIsOfTests")]
    public bool? IsOfTests { get; init; }

    public static CheckedFunctionAnswer Of(CheckFunctionReport function) => new()
    {
        Function = ToolText.Line($"{function.Path}::{function.Name}"),
        StartLine = function.StartLine,
        EndLine = function.EndLine,
        Status = function.Status,
        Why = ToolText.Line(function.Reason.Split('\n')[0]),
        Speedup = ToolText.Rounded(function.Speedup),
        Low = ToolText.Rounded(function.Low),
        High = ToolText.Rounded(function.High),
        OnlyLike = function.OnlyLike is { } only ? ToolText.Line(only) : null,
        Call = function.Difference?.Input is { } call ? ToolText.Line(call) : null,
        Where = function.Difference?.Where is { } where ? ToolText.Line(where) : null,
        AtBase = function.Difference?.Base is { } was ? ToolText.Line(was) : null,
        WithEdit = function.Difference?.Edit is { } now ? ToolText.Line(now) : null,
        IsOfTests = function.Difference?.IsOfTests,
    };
}

/// <summary>A test that does not come out as it does at base.</summary>
internal sealed record CheckedTestAnswer
{
    public required string Test { get; init; }

    public required string AtBase { get; init; }

    public required string WithEdit { get; init; }

    public string? Output { get; init; }
}
