using System.Text.Json.Serialization;
using Afterburner.Changes;

namespace Afterburner.Suggestions;

/// <summary>What a run found. Written as report.json; every other report is made from it alone.</summary>
public sealed record Report
{
    /// <summary>Version of this format. Members may be added without a new number; none is removed or changes its meaning.</summary>
    [JsonPropertyOrder(-1)]
    public int Schema { get; init; } = 1;

    /// <summary>Version of Afterburner that wrote the report.</summary>
    public string Version { get; init; } = "";

    /// <summary>Full hash of the merge base; empty when one function was optimised without a change.</summary>
    public required string Base { get; init; }

    /// <summary>Full hash of the commit under review. Every line number of the report counts in its files.</summary>
    public required string Head { get; init; }

    /// <summary>Which part of the change this is, as <c>2/4</c>; null for all of it.</summary>
    public string? Shard { get; init; }

    /// <summary>Whether the files as they lay in the work tree were reviewed, uncommitted changes included, instead of those of the head.</summary>
    public bool WorkTree { get; init; }

    /// <summary>What counts as better: <c>time</c> (CPU seconds), <c>memory</c> (peak bytes) or <c>integral</c> (byte-seconds).</summary>
    public required ObjectiveKind Objective { get; init; }

    /// <summary>The sandbox everything ran in: <c>bubblewrap</c> or <c>docker</c>.</summary>
    public required string Sandbox { get; init; }

    /// <summary>Seed of every random choice. The same seed repeats the same choices, not the same timings.</summary>
    public required long Seed { get; init; }

    /// <summary>Wall time of the whole run.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>The machine the figures were measured on, or null when unknown.</summary>
    public MachineReport? Machine { get; init; }

    /// <summary>Versions of what took part (interpreter, test runner, tools), by name.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the wall time went, or null when it was not recorded.</summary>
    public TimeSplit? Split { get; init; }

    /// <summary>What each proposer contributed.</summary>
    public IReadOnlyList<ProposerReport> Proposers { get; init; } = [];

    /// <summary>Every function that was looked at, in the order of the review.</summary>
    public required IReadOnlyList<FunctionReport> Functions { get; init; }

    /// <summary>What of the change was not looked at, by reason, the most frequent first. Functions of such files are not among the functions.</summary>
    public IReadOnlyList<LeftOutReport> LeftOut { get; init; } = [];

    /// <summary>Tests of the repository that fail before anything is changed: with each version they have to fail too. A hundred at most.</summary>
    public IReadOnlyList<string> FailingTests { get; init; } = [];

    internal const int MostFailingTests = 100;

    /// <summary>The functions that got a suggestion, what is worth most first (<see cref="Worth"/>); where that is not known, the largest gain.</summary>
    [JsonIgnore]
    public IEnumerable<FunctionReport> Improved => Functions.Where(f => f.Suggestion is not null)
        .OrderByDescending(f => f.Suggestion!.Worth?.Rank(f.Suggestion.Elsewhere.Count) ?? 0).ThenByDescending(f => f.Suggestion!.Speedup);
}

/// <summary>Files and functions of the change that were not looked at, for one reason.</summary>
public sealed record LeftOutReport
{
    /// <summary>Why: <c>test code</c>, <c>larger than 1 MiB</c>, <c>not a language that Afterburner reads</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>How many files were left out for it, or functions where the rest of their file was looked at.</summary>
    public required int Count { get; init; }

    /// <summary>The first of them by name: a path, or <c>path::function</c>.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>All of them by name.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    private const int MostExamples = 5;

    /// <summary>What several parts of one change left out, as one list.</summary>
    public static IReadOnlyList<LeftOutReport> Merged(IReadOnlyList<LeftOutReport> parts) =>
        parts.DistinctBy(p => p.Reason).Count() == parts.Count ? parts : Of(parts.SelectMany(p => p.Names, (p, name) => new LeftOut(name, p.Reason)));

    public static IReadOnlyList<LeftOutReport> Of(IEnumerable<LeftOut> leftOut) =>
    [
        .. leftOut.GroupBy(l => l.Reason, l => l.Path)
            .Select(g => (Reason: g.Key, Names: g.Distinct().Order(StringComparer.Ordinal).ToList()))
            .Select(g => new LeftOutReport { Reason = g.Reason, Count = g.Names.Count, Examples = [.. g.Names.Take(MostExamples)], Names = g.Names })
            .OrderByDescending(l => l.Count).ThenBy(l => l.Reason, StringComparer.Ordinal),
    ];
}

/// <summary>The machine the figures were measured on.</summary>
public sealed record MachineReport
{
    /// <summary>Name of the processor as the system gives it.</summary>
    public string Cpu { get; init; } = "";

    /// <summary>Cores the run could use.</summary>
    public int Cores { get; init; }

    /// <summary>Physical memory.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Operating system and kernel.</summary>
    public string System { get; init; } = "";
}

/// <summary>Where the wall time of a run went. Work that ran side by side counts once for each.</summary>
public sealed record TimeSplit
{
    /// <summary>Running the repository's tests on the baseline.</summary>
    public double TestsSeconds { get; init; }

    /// <summary>Recording and amplifying calls.</summary>
    public double CaptureSeconds { get; init; }

    /// <summary>Checking candidates for equal behaviour.</summary>
    public double VerifySeconds { get; init; }

    /// <summary>Timing pairs.</summary>
    public double MeasureSeconds { get; init; }

    /// <summary>Waiting for models.</summary>
    public double ModelSeconds { get; init; }

    /// <summary>Everything else: git, parsing, starting sandboxes, writing reports.</summary>
    public double OverheadSeconds { get; init; }
}

/// <summary>What one proposer contributed to a run.</summary>
public sealed record ProposerReport
{
    /// <summary><c>recipes</c>, <c>chat:MODEL</c>, <c>replay:FILE</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Candidates it was the first to propose, and that were tried.</summary>
    public int Proposed { get; init; }

    /// <summary>Those that behave like the baseline.</summary>
    public int Verified { get; init; }

    /// <summary>Those that are proven better.</summary>
    public int Faster { get; init; }

    /// <summary>Functions whose suggestion is its candidate.</summary>
    public int Suggested { get; init; }

    /// <summary>Candidates that another proposer had proposed before: tried once, and counted there.</summary>
    public int Duplicates { get; init; }

    /// <summary>Wall time spent waiting for it. Like all costs of this run alone, not of the run that it resumes.</summary>
    public double Seconds { get; init; }

    /// <summary>Replies of its model; 0 where no model was asked.</summary>
    public int Requests { get; init; }

    /// <summary>Tokens read and written by its model; 0 where no model was asked.</summary>
    public long Tokens { get; init; }

    /// <summary>Of these, tokens read; 0 where the server does not count them.</summary>
    public long InputTokens { get; init; }

    /// <summary>Of these, tokens written.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Why it stopped answering during the run, after which it was not asked again; null when it did not.</summary>
    public string? Failure { get; init; }
}
