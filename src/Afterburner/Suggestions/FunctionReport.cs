using System.Text.Json.Serialization;
using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Suggestions;

/// <summary>How the review of one function ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FunctionStatus>))]
public enum FunctionStatus
{
    /// <summary>A better version is proven; there is a suggestion.</summary>
    [JsonStringEnumMemberName("improved")]
    Improved,

    /// <summary>Candidates were tried, none is proven better and equal.</summary>
    [JsonStringEnumMemberName("no-improvement")]
    NoImprovement,

    /// <summary>Not tried: no test reaches it, or it is too small to matter. A normal outcome.</summary>
    [JsonStringEnumMemberName("skipped")]
    Skipped,

    /// <summary>The machine or the repository's tests failed under way; says nothing about the function.</summary>
    [JsonStringEnumMemberName("error")]
    Error,
}

/// <summary>One function of the change and what became of it.</summary>
public sealed record FunctionReport
{
    /// <summary>Path at head, '/'-separated, relative to the repository's root.</summary>
    public required string Path { get; init; }

    /// <summary>Qualified within the file: <c>Class.method</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its place, from 1, among the functions of its file that have the same name; null where it is the only one.</summary>
    public int? Namesake { get; init; }

    /// <summary>Language of the file.</summary>
    public required Language Language { get; init; }

    /// <summary>1-based first line at head, decorators included.</summary>
    public required int StartLine { get; init; }

    /// <summary>1-based last line at head, inclusive.</summary>
    public required int EndLine { get; init; }

    /// <summary>How the review of it ended.</summary>
    public required FunctionStatus Status { get; init; }

    /// <summary>One sentence for a person: why it has that status.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether it was left because the time budget of the review was spent.</summary>
    public bool OutOfTime { get; init; }

    /// <summary>What was executed to compare versions of it, or null when it came to none.</summary>
    public WorkloadReport? Workload { get; init; }

    /// <summary>Everything that was proposed for it, in order.</summary>
    public IReadOnlyList<CandidateReport> Candidates { get; init; } = [];

    /// <summary>The best proven version, or null.</summary>
    public Suggestion? Suggestion { get; init; }

    /// <summary>The candidate that is suggested; null where that cannot be told.</summary>
    [JsonIgnore]
    public CandidateReport? Suggested => Suggestion is not { } suggestion ? null
        : Candidates.LastOrDefault(c => c.Verdict == VerdictKind.Improved && c.Proposer == suggestion.Proposer && c.Ratio == suggestion.Speedup)
            ?? Candidates.LastOrDefault(c => c.Verdict == VerdictKind.Improved && c.Proposer == suggestion.Proposer);

    /// <summary>See <see cref="Function.Id"/>.</summary>
    [JsonIgnore]
    public string Id => Namesake is null ? $"{Path}::{Name}" : $"{Path}::{Name}@{StartLine}";

    /// <summary>A function that has been given up, or not yet tried.</summary>
    public static FunctionReport Of(Function function, FunctionStatus status, string reason) => new()
    {
        Path = function.Path,
        Name = function.Name,
        Namesake = function.Namesake,
        Language = function.Language,
        StartLine = function.StartLine,
        EndLine = function.EndLine,
        Status = status,
        Reason = reason,
    };
}

/// <summary>What was executed to compare two versions of a function.</summary>
public sealed record WorkloadReport
{
    /// <summary>Tests of the repository that reach the function.</summary>
    public int Tests { get; init; }

    /// <summary>Commands of the configuration's <c>workload</c> that reach it.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>Calls recorded while these tests and commands ran.</summary>
    public int CapturedCalls { get; init; }

    /// <summary>The part of the tests' time that is spent in the function, 0 to 1, what it calls included; null when unknown.</summary>
    public double? ShareOfTests { get; init; }

    /// <summary>Time of all tests together, or null when unknown.</summary>
    public double? TestSeconds { get; init; }

    /// <summary>Larger calls made from them.</summary>
    public int AmplifiedCalls { get; init; }

    /// <summary>How versions are executed: <c>replay</c>, <c>fork</c>, <c>swap</c> or <c>caller</c>; null when unknown.</summary>
    public WorkloadKind? Kind { get; init; }

    /// <summary>The function whose calls are measured, where its own are too small or cannot be stored; null where they are its own.</summary>
    public string? Caller { get; init; }

    /// <summary>Duration of the slowest captured call at the baseline, or null when unknown.</summary>
    public double? SlowestCallSeconds { get; init; }

    public static WorkloadReport Of(Workload workload) => new()
    {
        Tests = workload.CoveringTests.Count(TestRun.IsTest),
        Commands = [.. workload.CoveringTests.Where(t => !TestRun.IsTest(t)).Select(t => t[TestRun.OfWorkload.Length..])],
        CapturedCalls = workload.Captured.Count,
        ShareOfTests = workload.ShareOfTests is { } share ? Math.Round(share, 7) : null,
        TestSeconds = workload.TestSeconds,
        AmplifiedCalls = workload.Amplified.Count,
        Kind = workload.Kind,
        Caller = workload.Entry == workload.Target ? null : workload.Entry.Name,
        SlowestCallSeconds = workload.Captured.Select(c => (double?)c.Seconds).Max(),
    };
}

/// <summary>One proposed version of a function and the decision about it.</summary>
public sealed record CandidateReport
{
    /// <summary>Who proposed it.</summary>
    public required string Proposer { get; init; }

    /// <summary>Who else proposed the same later: it was tried once.</summary>
    public IReadOnlyList<string> AlsoProposedBy { get; init; } = [];

    /// <summary>1-based round of the loop.</summary>
    public required int Iteration { get; init; }

    /// <summary>The decision.</summary>
    public required VerdictKind Verdict { get; init; }

    /// <summary>One sentence for a person: why.</summary>
    public required string Reason { get; init; }

    /// <summary>Baseline over candidate, median of pairs: 2 means half the cost. Null when nothing was measured.</summary>
    public double? Ratio { get; init; }

    /// <summary>Lower bound of the 99 % interval of the ratio.</summary>
    public double? Low { get; init; }

    /// <summary>Upper bound of the 99 % interval of the ratio.</summary>
    public double? High { get; init; }

    /// <summary>Interleaved pairs behind the ratio; 0 when nothing was measured.</summary>
    public int Pairs { get; init; }

    /// <summary>Unified diff against head.</summary>
    public string Diff { get; init; } = "";

    /// <summary>What was done, in a few words, as its proposer says.</summary>
    public string? Title { get; init; }

    /// <summary>Id of the recipe, or null.</summary>
    public string? Recipe { get; init; }

    /// <summary>The ratio at the sizes the repository's tests use, where that was measured apart from larger ones.</summary>
    public double? CapturedRatio { get; init; }

    /// <param name="diff">From <see cref="DiffText"/>; empty when the candidate is not even a change.</param>
    public static CandidateReport Of(Candidate candidate, Verdict verdict, string diff) => new()
    {
        Proposer = candidate.Proposer,
        Iteration = candidate.Iteration,
        Verdict = verdict.Kind,
        Reason = verdict.Reason,
        Ratio = verdict.Ratio,
        Low = verdict.Low,
        High = verdict.High,
        Pairs = verdict.Pairs,
        Diff = diff,
        Title = candidate.Title.Length > 0 ? candidate.Title : null,
        Recipe = candidate.Recipe,
    };
}
