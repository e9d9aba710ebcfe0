using Afterburner.Changes;
using Afterburner.Suggestions;
using Afterburner.Verdicts;

namespace Afterburner.GitHub;

/// <summary>What is to be said of a gate on its pull request.</summary>
/// <param name="Report">Accepted by whom GitHub names, whatever the run's files say.</param>
/// <param name="FailOnRegression">Whether a slowdown, or a gain that is required and not proven, fails unless somebody accepted it.</param>
/// <param name="AlwaysSummary">Whether there is a comment when there is nothing to tell.</param>
public sealed record GatePlan(GateReport Report, bool FailOnRegression, bool AlwaysSummary)
{
    /// <value>Parts of the gate that did not arrive.</value>
    public IReadOnlyList<Shard> Missing { get; init; } = [];

    /// <summary>Whether something is slower, or not proven faster that has to be, nobody accepted it, and that counts.</summary>
    public bool Fails => FailOnRegression && Report.Fails && Report.AcceptedBy is null;

    /// <summary>Whether it is to be said in a comment even where nothing else is. The check says it in any case.</summary>
    public bool HasNews => AlwaysSummary || Report.Fails || Report.Faster.Count > 0;

    /// <summary>Beside what is slower, and what has to be faster and is not proven to be. Benchmarks have no lines.</summary>
    public IReadOnlyList<Annotation> Annotations =>
    [
        .. Report.Functions.Where(f => f.Status == GateStatus.Slower)
            .Select(f => Annotation(f.Path, f.StartLine, f.EndLine, f.Name, f, f.BehaviourChanged is not null)),
        .. Report.Benchmarks.Where(b => b.Status == GateStatus.Slower).Select(b => Annotation(null, 0, 0, b.Command, b, false)),
        .. Report.Unproven.Select(f => new Annotation(
            Level, f.Path, f.StartLine, f.EndLine, $"has to be faster, and is not proven to be{Accepted}",
            GitHub.Annotation.Line($"{f.Name} has to be faster ({f.RequiredBy}) and is not proven to be: {f.Gain?.Reason ?? f.Reason}"))),
        .. Report.LacksGain
            ? [new Annotation(Level, null, 0, 0, $"nothing is proven faster{Accepted}", GitHub.Annotation.Line($"{Report.RequiredBy} asks that something of the change is proven faster, and nothing is."))]
            : Array.Empty<Annotation>(),
    ];

    private AnnotationLevel Level => Fails ? AnnotationLevel.Failure : AnnotationLevel.Warning;

    private string Accepted => Report.AcceptedBy is null ? "" : ", accepted";

    /// <param name="name">What it is called.</param>
    public Check Check(string name, string summary) => new(
        name,
        Fails ? CheckConclusion.Failure : Report.Fails || Missing.Count > 0 ? CheckConclusion.Neutral : CheckConclusion.Success,
        Missing.Count == 0 ? GateMarkdown.Headline(Report) : $"{GateMarkdown.Headline(Report)}, not all parts arrived", summary, Annotations);

    /// <summary>The gate's part of the summary comment: what is slower, what is faster, by how much, and how to accept it. No code block is in it.</summary>
    public string Summary() => GateMarkdown.Write(
        Report, $"{Incomplete}{(Fails ? HowToAccept : "")}", $"<sub>Measured at {Report.Head}. This part is edited on every run of the gate.</sub>\n", SummarySections.GateLimit);

    private string Incomplete => Missing.Count == 0 ? ""
        : $"**{Wording.Parts(Missing)} did not arrive**: whether their functions are slower is not known.\n\n";

    private string HowToAccept =>
        $"Worth it? Somebody with write permission comments {MarkdownText.Code($"/afterburner accept {Report.Head[..12]}")}, or the author, "
        + $"with that permission, puts a line {MarkdownText.Code("afterburner: accept")} into the description; then the gate runs again.\n\n";

    private Annotation Annotation(string? path, int start, int end, string name, GateMeasurement measured, bool changed)
    {
        var cost = Report.Objective == ObjectiveKind.Time ? "slower" : $"more {Wording.Quantity(Report.Objective)}";
        var amount = measured.Slowdown is { } slowdown ? $"{Wording.Times(slowdown)} {cost}" : cost;
        var interval = measured.Low is { } low ? $" (99 % interval {Wording.Interval(low, measured.High)})" : "";
        return new Annotation(
            Level, path, start, end, $"{amount}, proven{Accepted}",
            GitHub.Annotation.Line($"{name}: {amount} than at the base{interval}{(changed ? "; it answers differently" : "")}. {measured.Reason}"));
    }
}
