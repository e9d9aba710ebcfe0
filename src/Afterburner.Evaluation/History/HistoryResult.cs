using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Afterburner.Suggestions;
using Afterburner.Verdicts;

namespace Afterburner.Evaluation.History;

/// <summary>What the engine makes of a task of a history.</summary>
/// <param name="Task">Without its text.</param>
public sealed record HistoryResult(HistoryTask Task)
{
    /// <value>The review of the parent, with the maintainer's version as the only proposal; null where it did not come to an end.</value>
    public ProposedResult? Expert { get; init; }

    /// <value>The same with a proposer that is to be measured; null where none is.</value>
    public ProposedResult? Proposer { get; init; }

    /// <value>The gate on the way back: the commit is the base, and head has the file as the parent had it; null where it did not come to an end.</value>
    public StepBack? Gate { get; init; }

    /// <value>Why the repository's code could not be run as it is there; null where it could.</value>
    public string? Failure { get; init; }

    /// <value>Share of the maintainer's saving that the proposer's best version has: (1 - 1/p) / (1 - 1/e) for speed-ups p and e, 0 where nothing is proven; null where there is no proven expert, or no proposer.</value>
    public double? Share => Expert is { Speedup: > 1 and var expert } && Proposer is { } p ? (1 - (1 / Math.Max(1, p.Speedup ?? 1))) / (1 - (1 / expert)) : null;
}

/// <summary>How a review of one function ended.</summary>
/// <param name="Speedup">Of what was proven; null where nothing was.</param>
/// <param name="Reason">For a person.</param>
/// <param name="Wrong">Candidates that were refused: found to behave differently, or not known to behave alike.</param>
public sealed record ProposedResult(FunctionStatus Status, double? Speedup, double? Low, double? High, string Reason, int Candidates, int Wrong, double Seconds, long Tokens)
{
    /// <value>Whether the tests were those of the commit: with the parent's own nothing was proven. Defaults to false.</value>
    public bool HasTestsOfCommit { get; init; }

    internal static ProposedResult Of(Report report) => report.Functions is not [var function, ..]
        ? new ProposedResult(FunctionStatus.Skipped, null, null, null, report.LeftOut is [var left, ..] ? left.Reason : "there is no such function", 0, 0, report.DurationSeconds, 0)
        : new ProposedResult(
            function.Status, function.Suggestion?.Speedup, function.Suggestion?.Low, function.Suggestion?.High,
            function.Status == FunctionStatus.NoImprovement && function.Candidates is [.., var last] ? last.Reason : function.Reason,
            function.Candidates.Count, function.Candidates.Count(c => c.Verdict == VerdictKind.Rejected), report.DurationSeconds, report.Proposers.Sum(p => p.InputTokens + p.OutputTokens));
}

/// <summary>Whether a gate would have stopped the way back.</summary>
public sealed record StepBack(GateStatus Status, double? Slowdown, string Reason, double Seconds)
{
    internal static StepBack Of(GateReport report, string function)
    {
        // What the gate says of others is not said of it.
        var found = report.Functions.FirstOrDefault(f => $"{f.Path}::{f.Name}" == function);
        return found is null ? new StepBack(GateStatus.Skipped, null, report.LeftOut is [var left, ..] ? left.Reason : "nothing was compared", report.DurationSeconds)
            : new StepBack(found.Status, found.Slowdown, found.Reason, report.DurationSeconds);
    }
}

/// <summary>All results of a run over histories. Written as <c>history.json</c> and <c>history.md</c>.</summary>
public sealed record HistoryReport(IReadOnlyList<HistoryResult> Results)
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [JsonIgnore]
    public int Proven => Results.Count(r => r.Expert?.Status == FunctionStatus.Improved);

    [JsonIgnore]
    public int Caught => Results.Count(r => r.Gate?.Status == GateStatus.Slower);

    public string ToJson() => JsonSerializer.Serialize(this, Form);

    /// <summary>What counts, in a sentence or two.</summary>
    public string Summary()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Results.Count} {(Results.Count == 1 ? "task" : "tasks")}: {Proven} of the maintainers' versions proven, {Caught} of the ways back caught by the gate");
        if (Results.Any(r => r.Proposer is not null))
        {
            var shares = Results.Select(r => r.Share).OfType<double>().ToList();
            var by = Results.Select(r => r.Proposer).OfType<ProposedResult>().ToList();
            text.Append(CultureInfo.InvariantCulture, $"; the proposer has {by.Count(p => p.Status == FunctionStatus.Improved)} proven, {by.Sum(p => p.Wrong)} of {by.Sum(p => p.Candidates)} candidates refused, {(shares.Count == 0 ? "and no proven expert to be compared with" : $"{shares.Average():0%} of the experts' saving")}, {by.Sum(p => p.Tokens)} tokens");
        }

        return text.Append('.').ToString();
    }

    /// <summary>The table as Markdown: what people wrote in it is shown as text.</summary>
    public string ToMarkdown()
    {
        var hasProposer = Results.Any(r => r.Proposer is not null);
        var text = new StringBuilder();
        text.Append(hasProposer ? "| commit | function | maintainer's version | proposer | gate on the way back |\n|---|---|---|---|---|\n" : "| commit | function | maintainer's version | gate on the way back |\n|---|---|---|---|\n");
        foreach (var result in Results)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(Path.GetFileName(result.Task.Repository.TrimEnd('/')))} {result.Task.Commit[..9]} | {MarkdownText.Code(result.Task.Function, inTable: true)}: {Cell(result.Task.Subject)}");
            text.Append(CultureInfo.InvariantCulture, $"{(result.Task.Functions > 1 ? $" (one of {result.Task.Functions} functions that it changes)" : "")} | {Cell(Said(result.Expert, result.Failure))} | ");
            if (hasProposer)
                text.Append(CultureInfo.InvariantCulture, $"{Cell(result.Proposer is null ? "-" : Said(result.Proposer, null))}{(result.Share is { } share ? $" ({share:0%} of the saving)" : "")} | ");
            text.Append(CultureInfo.InvariantCulture, $"{Cell(result.Gate is { } gate ? $"{Words(gate.Status)}{(gate.Slowdown is { } s ? string.Create(CultureInfo.InvariantCulture, $" {s:0.00}x") : "")}: {gate.Reason}" : "-")} |\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"\n{Summary()}\n").ToString();
    }

    private static string Said(ProposedResult? result, string? failure) => result is null ? $"not run: {string.Join(' ', (failure ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))}"
        : result.Speedup is { } speedup ? string.Create(CultureInfo.InvariantCulture, $"proven, {speedup:0.00}x{(result.HasTestsOfCommit ? ", with the commit's own tests" : "")}")
        : $"{(result.Status == FunctionStatus.Skipped ? "skipped" : "not proven")}: {result.Reason}";

    private static string Words(GateStatus status) => status switch
    {
        GateStatus.Slower => "caught",
        GateStatus.NotSlower => "not slower",
        GateStatus.CannotTell => "cannot tell",
        GateStatus.Skipped => "skipped",
    };

    private static string Cell(string text) => MarkdownText.Prose(text, limit: 500);
}
