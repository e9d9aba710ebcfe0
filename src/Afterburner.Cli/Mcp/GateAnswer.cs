using Afterburner.Suggestions;
using Afterburner.Verdicts;

namespace Afterburner.Cli.Mcp;

/// <summary>What a gate found.</summary>
internal sealed record GateAnswer
{
    /// <value><c>slower</c>, <c>not-slower</c> (of something at least, and nothing is proven slower), <c>cannot-tell</c> or <c>nothing-compared</c>.</value>
    public required string Verdict { get; init; }

    public required string Headline { get; init; }

    public required string Base { get; init; }

    public required string Head { get; init; }

    public required IReadOnlyList<GatedAnswer> Functions { get; init; }

    public required IReadOnlyList<GatedAnswer> Benchmarks { get; init; }

    public required int MoreFunctions { get; init; }

    public required IReadOnlyList<string> NotLookedAt { get; init; }

    /// <value>Directory of the run.</value>
    public required string Files { get; init; }

    public static ToolAnswer Of(GateReport report, string directory)
    {
        GateStatus[] order = [GateStatus.Slower, GateStatus.CannotTell, GateStatus.NotSlower, GateStatus.Skipped];
        var functions = report.Functions.OrderBy(f => Array.IndexOf(order, f.Status)).ToList();
        var all = functions.Concat<GateMeasurement>(report.Benchmarks).ToList();
        var answer = new GateAnswer
        {
            Verdict = report.Regressions > 0 ? "slower" : report.Compared == 0 ? "nothing-compared" : all.Any(m => m.Status == GateStatus.NotSlower) ? "not-slower" : "cannot-tell",
            Headline = GateMarkdown.Headline(report),
            Base = report.Base,
            Head = report.Head,
            Functions = [.. functions.Take(AnswerText.Most).Select(GatedAnswer.Of)],
            Benchmarks = [.. report.Benchmarks.Take(AnswerText.Most).Select(GatedAnswer.Of)],
            MoreFunctions = Math.Max(0, functions.Count - AnswerText.Most),
            NotLookedAt = [.. report.LeftOut.Take(AnswerText.Most).Select(AnswerText.Words)],
            Files = Path.GetFullPath(directory),
        };
        var text = new AnswerText($"{char.ToUpperInvariant(answer.Headline[0])}{answer.Headline[1..]}. Base {report.Base[..12]}, head {report.Head[..12]}; allowed: {ConsoleWording.Times(report.MaxSlowdown)}.")
            .Group("PROVEN SLOWER than allowed", Lines(GateStatus.Slower))
            .Group("PROVEN NOT SLOWER than allowed", Lines(GateStatus.NotSlower))
            .Group("NOT PROVEN either way (cannot tell)", Lines(GateStatus.CannotTell))
            .Group("Not measured", Lines(GateStatus.Skipped))
            .LeftOut(report.LeftOut);
        if (report.Compared == 0)
            text.Block(ToolText.Line($"Nothing was compared: {GateMarkdown.WhyNothing(report)}.", 1_000));
        text.Block($"Files of the run: {answer.Files} (gate.md, gate.json, journal.jsonl)");
        return ToolAnswer.Of(answer, AnswerJson.Default.GateAnswer, text.ToString());

        IEnumerable<string> Lines(GateStatus status) => all.Where(m => m.Status == status).Select(GatedAnswer.Words);
    }
}

/// <summary>What is known of one function or benchmark at head.</summary>
internal sealed record GatedAnswer
{
    /// <value>FILE::FUNCTION, or the benchmark's command.</value>
    public required string What { get; init; }

    public int? StartLine { get; init; }

    public int? EndLine { get; init; }

    public required GateStatus Status { get; init; }

    public required string Why { get; init; }

    /// <value>Cost at head over cost at base: 2 is half as fast.</value>
    public double? Slowdown { get; init; }

    /// <value>Bounds of its 99 % interval.</value>
    public double? Low { get; init; }

    public double? High { get; init; }

    /// <value>How it answers otherwise at head, where it does.</value>
    public string? AnswersOtherwise { get; init; }

    public static GatedAnswer Of(GateMeasurement measured)
    {
        var function = measured as GateFunctionReport;
        return new GatedAnswer
        {
            What = Name(measured),
            StartLine = function?.StartLine,
            EndLine = function?.EndLine,
            Status = measured.Status,
            Why = ToolText.Line(measured.Reason.Split('\n')[0]),
            Slowdown = ToolText.Rounded(measured.Slowdown),
            Low = ToolText.Rounded(measured.Low),
            High = ToolText.Rounded(measured.High),
            AnswersOtherwise = function?.BehaviourChanged is { } changed ? ToolText.Line(changed) : null,
        };
    }

    public static string Words(GateMeasurement measured) =>
        $"{Name(measured)}{(measured is GateFunctionReport f ? $" (lines {f.StartLine}-{f.EndLine})" : "")}: {ToolText.Line(measured.Reason.Split('\n')[0])}"
        + (measured is GateFunctionReport { BehaviourChanged: { } changed } ? $"; it answers otherwise at head: {ToolText.Line(changed)}" : "");

    private static string Name(GateMeasurement measured) => measured switch
    {
        GateFunctionReport function => ToolText.Line($"{function.Path}::{function.Name}"),
        GateBenchmarkReport benchmark => ToolText.Line(benchmark.Command),
        _ => "",
    };
}
