using System.Text.Json.Serialization;
using Afterburner.Functions;
using Afterburner.Verdicts;

namespace Afterburner.Suggestions;

/// <summary>What a gate found. Written as gate.json; gate.md is made from it alone.</summary>
public sealed record GateReport
{
    /// <summary>Version of this format. Members may be added without a new number; none is removed or changes its meaning.</summary>
    [JsonPropertyOrder(-1)]
    public int Schema { get; init; } = 1;

    /// <summary>Version of Afterburner that wrote the report.</summary>
    public string Version { get; init; } = "";

    /// <summary>Full hash of the commit that head is compared with.</summary>
    public required string Base { get; init; }

    /// <summary>Full hash of the commit under test. Every line number counts in its files.</summary>
    public required string Head { get; init; }

    /// <summary>Which part of the change this is, as <c>2/4</c>; null for all of it.</summary>
    public string? Shard { get; init; }

    /// <summary>What is compared: <c>time</c> (CPU seconds), <c>memory</c> (peak bytes) or <c>integral</c> (byte-seconds).</summary>
    public required ObjectiveKind Objective { get; init; }

    /// <summary>Cost at head over cost at base that is still allowed: 1.05 is 5 %.</summary>
    public required double MaxSlowdown { get; init; }

    /// <summary>What a call may lose in any case, in the objective's unit.</summary>
    public required double Floor { get; init; }

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

    /// <summary>Functions that exist on both sides and were touched, and those that were left out, with the reason.</summary>
    public required IReadOnlyList<GateFunctionReport> Functions { get; init; }

    /// <summary>What of the change was not looked at, by reason, the most frequent first. Functions of such files are not among the functions.</summary>
    public IReadOnlyList<LeftOutReport> LeftOut { get; init; } = [];

    /// <summary>The repository's own benchmarks, where configured.</summary>
    public IReadOnlyList<GateBenchmarkReport> Benchmarks { get; init; } = [];

    /// <summary>Who accepted what is slower, or not proven faster, and how; null when nobody did.</summary>
    public string? AcceptedBy { get; init; }

    /// <summary>Who asks that something is proven faster, as <c>the label require-faster</c>; null when nobody does.</summary>
    public string? RequiredBy { get; init; }

    /// <summary>Functions that are proven faster, and equal in every answer that was compared.</summary>
    [JsonIgnore]
    public IReadOnlyList<GateFunctionReport> Faster => [.. Functions.Where(f => f.IsFaster)];

    /// <summary>Functions that have to be faster and are not proven to be. Those that are slower count as such.</summary>
    [JsonIgnore]
    public IReadOnlyList<GateFunctionReport> Unproven => [.. Functions.Where(f => f is { RequiredBy: not null, IsFaster: false, Status: not GateStatus.Slower })];

    /// <summary>Whether something has to be proven faster, and nothing is. Of a part of a change that cannot be told.</summary>
    [JsonIgnore]
    public bool LacksGain => RequiredBy is not null && Shard is null && Faster.Count == 0;

    /// <summary>Gains that are required and not proven.</summary>
    [JsonIgnore]
    public int Lacking => Unproven.Count + (LacksGain ? 1 : 0);

    /// <summary>Whether it fails unless somebody accepts it: for something slower, or for a gain that is required and not proven.</summary>
    [JsonIgnore]
    public bool Fails => Regressions + Lacking > 0;

    /// <summary>How many functions and benchmarks were executed on both sides, whatever came of it.</summary>
    [JsonIgnore]
    public int Compared => Functions.Concat<GateMeasurement>(Benchmarks).Count(m => m.Pairs > 0 || m.Status is GateStatus.Slower or GateStatus.NotSlower);

    /// <summary>Everything that is proven slower than allowed.</summary>
    [JsonIgnore]
    public int Regressions => Functions.Count(f => f.Status == GateStatus.Slower) + Benchmarks.Count(b => b.Status == GateStatus.Slower);
}

/// <summary>One measured comparison.</summary>
public abstract record GateMeasurement
{
    /// <summary>What is proven of it.</summary>
    public required GateStatus Status { get; init; }

    /// <summary>One sentence for a person: why it has that status.</summary>
    public required string Reason { get; init; }

    /// <summary>Cost at head over cost at base, median of pairs; null when nothing was measured.</summary>
    public double? Slowdown { get; init; }

    /// <summary>Lower bound of the 99 % interval of the slowdown.</summary>
    public double? Low { get; init; }

    /// <summary>Upper bound of the 99 % interval of the slowdown.</summary>
    public double? High { get; init; }

    /// <summary>Interleaved pairs behind the slowdown.</summary>
    public int Pairs { get; init; }

    /// <summary>What one call costs more at head, in the objective's unit; negative where it costs less.</summary>
    public double? LostPerCall { get; init; }
}

/// <summary>One function that exists at base and at head.</summary>
public sealed record GateFunctionReport : GateMeasurement
{
    /// <summary>What is said of a function before anything of it is measured.</summary>
    public static GateFunctionReport Of(Function function, GateStatus status, string reason) => new()
    {
        Path = function.Path,
        Name = function.Name,
        StartLine = function.StartLine,
        EndLine = function.EndLine,
        Status = status,
        Reason = reason,
    };

    /// <summary>Path at head, '/'-separated, relative to the repository's root.</summary>
    public required string Path { get; init; }

    /// <summary>Qualified within the file: <c>Class.method</c>.</summary>
    public required string Name { get; init; }

    /// <summary>1-based first line at head, decorators included.</summary>
    public required int StartLine { get; init; }

    /// <summary>1-based last line at head, inclusive.</summary>
    public required int EndLine { get; init; }

    /// <summary>How it answers differently at head, for a person; null when the answers that were compared agree. It is timed all the same.</summary>
    public string? BehaviourChanged { get; init; }

    /// <summary>What was executed, or null when it came to none.</summary>
    public WorkloadReport? Workload { get; init; }

    /// <summary>Whether it is proven faster by the rules of a check; null where that was not asked: the first comparison did not look like it, and nobody requires it.</summary>
    public GateGainReport? Gain { get; init; }

    /// <summary>Which of <c>gate.require-faster</c> says that it has to be faster; null where none does.</summary>
    public string? RequiredBy { get; init; }

    /// <summary>Whether it is proven faster and equal.</summary>
    [JsonIgnore]
    public bool IsFaster => Gain?.Status == CheckStatus.Faster && Status != GateStatus.Slower;

    /// <summary>Whether the first comparison looks as if it were faster, which proves nothing.</summary>
    [JsonIgnore]
    internal bool SeemsFaster { get; init; }
}

/// <summary>Whether a function is faster at head than at base, by the rules of a check.</summary>
public sealed record GateGainReport
{
    /// <summary>What is known of that.</summary>
    public required CheckStatus Status { get; init; }

    /// <summary>One sentence for a person: why it has that status.</summary>
    public required string Reason { get; init; }

    /// <summary>Cost at base over cost at head, median of pairs: 2 is twice as fast. Null when nothing was measured.</summary>
    public double? Speedup { get; init; }

    /// <summary>Lower bound of the 99 % interval of the speedup.</summary>
    public double? Low { get; init; }

    /// <summary>Upper bound of the 99 % interval of the speedup.</summary>
    public double? High { get; init; }

    /// <summary>Interleaved pairs behind the speedup.</summary>
    public int Pairs { get; init; }

    /// <summary>The test whose calls are the kind on which it is faster, where that is not proven for all of them; null where it is.</summary>
    public string? OnlyLike { get; init; }
}

/// <summary>One benchmark of the repository: a command, run as a whole at base and at head.</summary>
public sealed record GateBenchmarkReport : GateMeasurement
{
    /// <summary>The command as configured.</summary>
    public required string Command { get; init; }

    /// <summary>Median CPU time of one run at base, all processes included.</summary>
    public double BaseCpuSeconds { get; init; }

    /// <summary>Median CPU time of one run at head, all processes included.</summary>
    public double HeadCpuSeconds { get; init; }

    /// <summary>Median wall time of one run at base.</summary>
    public double BaseWallSeconds { get; init; }

    /// <summary>Median wall time of one run at head.</summary>
    public double HeadWallSeconds { get; init; }
}
