using System.Globalization;
using Afterburner.Overviews;
using Afterburner.Suggestions;
using Afterburner.Workloads;

namespace Afterburner.Cli.Mcp;

/// <summary>What is known of one function.</summary>
internal sealed record InspectAnswer
{
    private const int MostCalls = 6, MostLines = 8, MostNames = 30, MostCallers = 5;

    public required string Function { get; init; }

    public required int StartLine { get; init; }

    public required int EndLine { get; init; }

    /// <value>Why it is not measured; left out where it is.</value>
    public string? WhyNot { get; init; }

    /// <value>The part of the tests' time that is spent in it, 0 to 1, what it calls included.</value>
    public double? ShareOfTests { get; init; }

    /// <value>CPU seconds of one pass over the measured calls.</value>
    public double? MeasuredSeconds { get; init; }

    public required IReadOnlyList<string> Tests { get; init; }

    /// <value>The slowest, those of tests and larger ones made from them.</value>
    public required IReadOnlyList<CallAnswer> Calls { get; init; }

    /// <value>Types and lengths seen, by argument or local name.</value>
    public required IReadOnlyDictionary<string, string> Observed { get; init; }

    public required IReadOnlyList<HotLineAnswer> HotLines { get; init; }

    /// <value>Lines of a kind that is often slow.</value>
    public required IReadOnlyList<string> Hints { get; init; }

    public required IReadOnlyList<string> Callers { get; init; }

    public string? Example { get; init; }

    public required IReadOnlyList<SizedAnswer> Growth { get; init; }

    /// <value>By which power of the size the time grows, between the two largest sizes.</value>
    public double? GrowthPower { get; init; }

    public static ToolAnswer Of(FunctionOverview overview)
    {
        var (function, workload, known) = (overview.Function, overview.Workload, overview.Known);
        var lines = function.Source.Split('\n');
        var calls = workload.Captured.Concat(workload.Amplified).OrderByDescending(c => c.Seconds).DistinctBy(c => (c.Shape, c.Scale, c.Test)).ToList();
        var answer = new InspectAnswer
        {
            Function = ToolText.Line(function.Id),
            StartLine = function.StartLine,
            EndLine = function.EndLine,
            WhyNot = overview.WhyNot is { } why ? ToolText.Line(why) : null,
            ShareOfTests = ToolText.Rounded(workload.ShareOfTests),
            MeasuredSeconds = ToolText.Rounded(known?.Best.Seconds),
            Tests = [.. workload.CoveringTests.Take(MostCallers).Select(t => ToolText.Line(t))],
            Calls = [.. calls.Take(MostCalls).Select(c => new CallAnswer { Call = ToolText.Line(c.Shape), Seconds = ToolText.Rounded(c.Seconds), Test = ToolText.Line(c.Test), Larger = ToolText.Rounded(c.Scale) ?? 1 })],
            Observed = workload.Observed.OrderBy(o => o.Key, StringComparer.Ordinal).Take(MostNames).ToDictionary(o => ToolText.Line(o.Key, 60), o => Words(o.Value)),
            HotLines = [.. (known?.HotLines ?? []).Where(h => h.Line >= 1 && h.Line <= lines.Length).OrderByDescending(h => h.Share).Take(MostLines).Select(h => new HotLineAnswer
            {
                Line = function.StartLine + h.Line - 1, Text = ToolText.Line(lines[h.Line - 1].Trim(), 160), Share = ToolText.Rounded(h.Share) ?? 0, Hits = h.Hits,
            })],
            Hints = [.. (known?.Hints ?? []).Where(h => h.Line >= 1 && h.Line <= lines.Length).Take(MostLines)
                .Select(h => string.Create(CultureInfo.InvariantCulture, $"line {function.StartLine + h.Line - 1}, {ToolText.Line(lines[h.Line - 1].Trim(), 100)}: {ToolText.Line(h.Title)}"))],
            Callers = [.. workload.Callers.Take(MostCallers).Select(c => string.Create(CultureInfo.InvariantCulture, $"{ToolText.Line($"{c.Function.Path}::{c.Function.Name}")}: {c.Calls} {(c.Calls == 1 ? "call" : "calls")}"))],
            Example = known?.Used?.Example is { } example ? ToolText.Line($"{example.Call} {example.Answer}", 500) : null,
            Growth = [.. overview.Growth.Select(g => new SizedAnswer { Size = g.Size, Seconds = ToolText.Rounded(g.Seconds) ?? 0 })],
            GrowthPower = ToolText.Rounded(Power(overview.Growth)),
        };
        return ToolAnswer.Of(answer, AnswerJson.Default.InspectAnswer, answer.Written(workload));
    }

    private string Written(Workload workload)
    {
        var text = new AnswerText($"{Function} (lines {StartLine}-{EndLine}){(WhyNot is null ? "" : $" is not measured: {WhyNot}")}")
            .Group("Where it is used", new[]
            {
                workload.CoveringTests.Count == 0 ? null : $"reached by {Wording.Count(workload.CoveringTests.Count, "test")}, such as {string.Join(", ", Tests.Take(3))}",
                ShareOfTests is { } share ? string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##} % of the tests' time is spent in it, what it calls included") : null,
                MeasuredSeconds is { } seconds ? $"one pass over the measured calls takes {Wording.Seconds(seconds)} of CPU time" : null,
                Callers.Count == 0 ? null : $"called by {string.Join("; ", Callers)}",
            }.OfType<string>())
            .Group("Calls, the slowest first", Calls.Select(c => $"{c.Call}: {(c.Seconds is { } s ? Wording.Seconds(s) : "not timed")}{(c.Larger > 1 ? string.Create(CultureInfo.InvariantCulture, $" (made {c.Larger:0.#} times larger than in {c.Test})") : $" (in {c.Test})")}"))
            .Group("Values seen", Observed.Select(o => $"{o.Key}: {o.Value}"))
            .Group("Hot lines", HotLines.Select(h => string.Create(CultureInfo.InvariantCulture, $"line {h.Line}: {h.Share * 100:0.#} %, run {h.Hits} times: {h.Text}")))
            .Group("What is often slow", Hints)
            .Group("Over growing inputs", Growth.Select(g => string.Create(CultureInfo.InvariantCulture, $"size {g.Size}: {Wording.Seconds(g.Seconds)}")));
        if (GrowthPower is { } power)
            text.Block(string.Create(CultureInfo.InvariantCulture, $"Between the two largest sizes its time grows like the size to the power of {power:0.##}."));
        if (Example is { } example)
            text.Block($"An example call: {example}");
        return text.ToString();
    }

    private static string Words(ObservedValue value) => ToolText.Line(string.Join(" or ", value.Types) + ((value.MinLength, value.MaxLength) switch
    {
        ({ } low, { } high) when low != high => string.Create(CultureInfo.InvariantCulture, $", {low} to {high} elements"),
        (_, { } high) => string.Create(CultureInfo.InvariantCulture, $", {high} elements"),
        _ => "",
    }));

    private static double? Power(IReadOnlyList<SizedTime> growth) =>
        growth is [.., { Size: > 0, Seconds: > 0 } before, { Seconds: > 0 } last] && last.Size > before.Size ? Math.Log(last.Seconds / before.Seconds) / Math.Log(last.Size / before.Size) : null;
}

/// <summary>A call that tests make, or one made larger from it.</summary>
internal sealed record CallAnswer
{
    public required string Call { get; init; }

    public double? Seconds { get; init; }

    public required string Test { get; init; }

    /// <value>1 for a call of tests.</value>
    public required double Larger { get; init; }
}

/// <summary>A line in which much of the time is spent.</summary>
internal sealed record HotLineAnswer
{
    public required int Line { get; init; }

    public required string Text { get; init; }

    /// <value>0 to 1 of the function's own time.</value>
    public required double Share { get; init; }

    public required long Hits { get; init; }
}

/// <summary>CPU seconds of a call at one size of its input.</summary>
internal sealed record SizedAnswer
{
    public required double Size { get; init; }

    public required double Seconds { get; init; }
}
