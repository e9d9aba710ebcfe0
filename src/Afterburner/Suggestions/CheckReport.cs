using System.Text.Json.Serialization;
using Afterburner.Functions;

namespace Afterburner.Suggestions;

/// <summary>What is known of one function of an edit.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckStatus>))]
public enum CheckStatus
{
    /// <summary>Proven faster by enough to matter, and equal in every answer that was compared.</summary>
    [JsonStringEnumMemberName("faster")]
    Faster,

    /// <summary>Proven slower than allowed.</summary>
    [JsonStringEnumMemberName("slower")]
    Slower,

    /// <summary>Equal in every answer that was compared, and not proven faster.</summary>
    [JsonStringEnumMemberName("not-faster")]
    NotFaster,

    /// <summary>It behaves otherwise than at base.</summary>
    [JsonStringEnumMemberName("different")]
    Different,

    /// <summary>Nothing is proven; the reason says why.</summary>
    [JsonStringEnumMemberName("cannot-tell")]
    CannotTell,

    /// <summary>Base has no such function: it is judged with the functions that call it.</summary>
    [JsonStringEnumMemberName("new")]
    New,
}

/// <summary>What is an edit.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EditKind>))]
public enum EditKind
{
    /// <summary>Two commits.</summary>
    [JsonStringEnumMemberName("commits")]
    Commits,

    /// <summary>The files of the work tree as they lay, new ones included.</summary>
    [JsonStringEnumMemberName("work-tree")]
    WorkTree,

    /// <summary>A patch.</summary>
    [JsonStringEnumMemberName("patch")]
    Patch,
}

/// <summary>What became of an edit that somebody else made. Written as check.json; check.md is made from it alone.</summary>
public sealed record CheckReport
{
    /// <summary>Version of this format. Members may be added without a new number; none is removed or changes its meaning.</summary>
    [JsonPropertyOrder(-1)]
    public int Schema { get; init; } = 1;

    /// <summary>Version of Afterburner that wrote the report.</summary>
    public string Version { get; init; } = "";

    /// <summary>Full hash of the commit that the edit is compared with.</summary>
    public required string Base { get; init; }

    /// <summary>Full hash of the edited commit; null for a patch and for a work tree, which are none.</summary>
    public required string? Head { get; init; }

    /// <summary>What was judged: <c>commits</c>, <c>work-tree</c> or <c>patch</c>.</summary>
    public required EditKind Edit { get; init; }

    /// <summary>What is compared: <c>time</c> (CPU seconds), <c>memory</c> (peak bytes) or <c>integral</c> (byte-seconds).</summary>
    public required ObjectiveKind Objective { get; init; }

    /// <summary>Cost at base over cost with the edit that is called faster, at least.</summary>
    public required double MinSpeedup { get; init; }

    /// <summary>Cost with the edit over cost at base that is still allowed: 1.05 is 5 %.</summary>
    public required double MaxSlowdown { get; init; }

    /// <summary>The sandbox everything ran in.</summary>
    public required string Sandbox { get; init; }

    /// <summary>Seed of everything that was random.</summary>
    public required long Seed { get; init; }

    /// <summary>Wall time of the run.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>Where the wall time went, or null when it was not recorded.</summary>
    public TimeSplit? Split { get; init; }

    /// <summary>The machine the figures were measured on.</summary>
    public MachineReport? Machine { get; init; }

    /// <summary>Functions that the edit touches, or that name what it changes, in the order of their files.</summary>
    public required IReadOnlyList<CheckFunctionReport> Functions { get; init; }

    /// <summary>Tests of the repository that do not come out as they do at base.</summary>
    public IReadOnlyList<CheckTestReport> Tests { get; init; } = [];

    /// <summary>How many tests came out at base and with the edit, whatever the outcome.</summary>
    public int TestsCompared { get; init; }

    /// <summary>What of the edit was not looked at, by reason, the most frequent first. Functions of such files are not among the functions.</summary>
    public IReadOnlyList<LeftOutReport> LeftOut { get; init; } = [];

    /// <summary>Functions of a status.</summary>
    public IReadOnlyList<CheckFunctionReport> Of(CheckStatus status) => [.. Functions.Where(f => f.Status == status)];

    /// <summary>Whether nothing is proven slower or different.</summary>
    [JsonIgnore]
    public bool IsClean => Tests.Count == 0 && Functions.All(f => f.Status is not (CheckStatus.Slower or CheckStatus.Different));

    /// <summary>Whether something is proven faster.</summary>
    [JsonIgnore]
    public bool IsFaster => Functions.Any(f => f.Status == CheckStatus.Faster);
}

/// <summary>One function of an edit.</summary>
public sealed record CheckFunctionReport
{
    /// <summary>Path in the edit, '/'-separated, relative to the repository's root.</summary>
    public required string Path { get; init; }

    /// <summary>Qualified within the file: <c>Class.method</c>.</summary>
    public required string Name { get; init; }

    /// <summary>1-based first line in the edit, decorators included.</summary>
    public required int StartLine { get; init; }

    /// <summary>1-based last line in the edit, inclusive.</summary>
    public required int EndLine { get; init; }

    /// <summary>What is known of it.</summary>
    public required CheckStatus Status { get; init; }

    /// <summary>One sentence for a person: why it has that status.</summary>
    public required string Reason { get; init; }

    /// <summary>Cost at base over cost with the edit, median of pairs: 2 is twice as fast, 0.5 half as fast. Null when nothing was measured.</summary>
    public double? Speedup { get; init; }

    /// <summary>Lower bound of the 99 % interval of the speedup.</summary>
    public double? Low { get; init; }

    /// <summary>Upper bound of the 99 % interval of the speedup.</summary>
    public double? High { get; init; }

    /// <summary>Interleaved pairs behind the speedup.</summary>
    public int Pairs { get; init; }

    /// <summary>The test whose calls are the kind on which it is faster, where that is not proven for all of them; null where it is.</summary>
    public string? OnlyLike { get; init; }

    /// <summary>How it behaves otherwise; null where no difference is known.</summary>
    public CheckDifference? Difference { get; init; }

    /// <summary>What was executed, or null when it came to none.</summary>
    public WorkloadReport? Workload { get; init; }

    /// <summary>What is said of a function before anything of it is measured.</summary>
    public static CheckFunctionReport Of(Function function, CheckStatus status, string reason) => new()
    {
        Path = function.Path,
        Name = function.Name,
        StartLine = function.StartLine,
        EndLine = function.EndLine,
        Status = status,
        Reason = reason,
    };
}

/// <summary>A call on which base and edit do not do the same.</summary>
public sealed record CheckDifference
{
    /// <summary>The call as a person would write it, shortened; null where it is only known by its test.</summary>
    public string? Input { get; init; }

    /// <summary>Where and how: <c>return[3].name: 1 != 2</c>, base first.</summary>
    public required string Text { get; init; }

    /// <summary>Which part of the answer it is, as <c>return[3].name</c>; null where the text does not tell it apart.</summary>
    public string? Where { get; init; }

    /// <summary>What base answers there; null where the text does not tell it apart.</summary>
    public string? Base { get; init; }

    /// <summary>What the edit answers there; null where the text does not tell it apart.</summary>
    public string? Edit { get; init; }

    /// <summary>Whether a test of the repository makes the call; else it was made like one of theirs.</summary>
    public required bool IsOfTests { get; init; }
}

/// <summary>A test of the repository that does not come out as it does at base.</summary>
public sealed record CheckTestReport
{
    /// <summary>The runner's own id of the test.</summary>
    public required string Test { get; init; }

    /// <summary>How it came out at base: <c>passed</c>, <c>failed</c>, <c>is new</c>.</summary>
    public required string Base { get; init; }

    /// <summary>How it came out with the edit: <c>passed</c>, <c>failed</c>, <c>is missing</c>.</summary>
    public required string Edit { get; init; }

    /// <summary>What it printed with the edit, shortened; empty where nothing.</summary>
    public string Output { get; init; } = "";
}
