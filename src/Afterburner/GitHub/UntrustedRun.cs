using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Afterburner.Changes;
using Afterburner.Functions;
using Afterburner.Suggestions;
using Afterburner.Verdicts;

namespace Afterburner.GitHub;

/// <summary>What a review and a gate of the same change found; one of them may not have run.</summary>
internal sealed record FinishedRun(Report? Review, GateReport? Gate)
{
    public string Head => Review?.Head ?? Gate!.Head;

    /// <value>Parts of the review that are not there: a job of theirs failed, or what it left was lost.</value>
    public IReadOnlyList<Shard> MissingReviews { get; init; } = [];

    /// <value>Parts of the gate that are not there.</value>
    public IReadOnlyList<Shard> MissingGates { get; init; } = [];

    /// <value>Files that are not about this change, each with the reason: what a pull request keeps in folders of that shape.</value>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}

/// <summary>
/// Reads the reports of a run whose directory may have been written by an attacker: in the two-workflow pattern it is
/// made by a job that ran the pull request's own workflow file. Only <c>report.json</c> and <c>gate.json</c> are opened,
/// so no other name can lead anywhere; every value that is used later is checked here or where it is used.
/// </summary>
internal static class UntrustedRun
{
    /// <summary>Every function of a large repository: a sweep tells of all, and so does a review of a change that touches all.</summary>
    private const int MostFunctions = 50_000;

    private const int MostCandidates = 2_000;
    private const int MostBenchmarks = 500;
    private const int MostPoints = 200;
    private const int MostPlaces = 20;
    private const int LongestName = 500;
    private const int LongestPath = 1_000;
    private const int LongestCommand = 10_000;
    private const int LargestLine = 1_000_000;

    private static readonly JsonSerializerOptions Strict = new(ReportJson.Default.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        MaxDepth = 16,
        TypeInfoResolver = ReportJson.Default,
    };

    /// <summary>The reports of all directories as one: shards of a run have the same head, base and objective.</summary>
    /// <exception cref="UsageException">A directory holds no acceptable report; the message says why.</exception>
    public static FinishedRun Read(IReadOnlyList<string> directories) => Open(directories).Of(null);

    /// <summary>What the directories hold, before it is known what is published to.</summary>
    /// <exception cref="UsageException">Not one file is an acceptable report; the message says why.</exception>
    public static RunFiles Open(IReadOnlyList<string> directories)
    {
        var files = directories.SelectMany(Files).ToList();
        return files.All(f => f.Problem is not null) ? throw files[0].Problem! : new RunFiles(files);
    }

    /// <summary>Files of one run as one.</summary>
    /// <exception cref="UsageException">They are not of one run.</exception>
    internal static FinishedRun Merged(IReadOnlyList<RunFile> files)
    {
        List<Report> reviews = [.. files.Select(f => f.Review).OfType<Report>()];
        List<GateReport> gates = [.. files.Select(f => f.Gate).OfType<GateReport>()];
        var run = new FinishedRun(Merged(reviews), Merged(gates))
        {
            MissingReviews = Missing(reviews.Select(r => r.Shard)),
            MissingGates = Missing(gates.Select(g => g.Shard)),
        };
        return run is { Review: { } a, Gate: { } b } && (a.Head, a.Base) != (b.Head, b.Base)
            ? throw new UsageException($"the review and the gate are not of one change: one is of {a.Head}, the other of {b.Head}, or their base differs.")
            : run;
    }

    private static IEnumerable<RunFile> Files(string directory)
    {
        var found = new[]
        {
            Find<Report>(directory, ReportFolder.Json, (file, report) => file with { Review = report }, Check),
            Find<GateReport>(directory, GateFolder.Json, (file, gate) => file with { Gate = gate }, Check),
        }.OfType<RunFile>().ToList();
        return found.Count > 0 ? found
            : [new RunFile(directory) { Problem = new UsageException($"'{directory}' holds no report.json and no gate.json that is a plain file.") }];
    }

    /// <summary>Null where there is no such file.</summary>
    private static RunFile? Find<T>(string directory, string name, Func<RunFile, T, RunFile> with, Action<T> check)
        where T : class
    {
        var file = new RunFile(Path.Combine(directory, name));
        try
        {
            if (Read<T>(directory, name) is not { } report)
                return null;
            file = with(file, report);
            check(report);
            return file;
        }
        catch (UsageException e)
        {
            return file with { Problem = e };
        }
    }

    private static IReadOnlyList<Shard> Missing(IEnumerable<string?> names) => Shard.Missing([.. names.Select(Part)]);

    private static Shard Part(string? name) => name is null ? Shard.Whole : Shard.Find(name)!;

    private static Report? Merged(List<Report> reports)
    {
        if (reports.Count == 0)
            return null;
        var first = reports[0];
        return reports.FirstOrDefault(r => (r.Head, r.Base, r.Objective) != (first.Head, first.Base, first.Objective)) is { } other
            ? throw new UsageException($"the runs are not of one review: one is of {first.Head}, another of {other.Head}, or their base or objective differ.")
            : first with
            {
                Shard = null,
                Functions = [.. reports.SelectMany(r => r.Functions).DistinctBy(f => (f.Path, f.Name, f.StartLine))],
                FailingTests = [.. reports.SelectMany(r => r.FailingTests).Distinct().Order(StringComparer.Ordinal).Take(Report.MostFailingTests)],
                LeftOut = LeftOutReport.Merged([.. reports.SelectMany(r => r.LeftOut)]),
                DurationSeconds = reports.Max(r => r.DurationSeconds),
            };
    }

    /// <summary>The shards of a gate as one. A part that comes twice counts once, and as slower if it is so in one of them.</summary>
    private static GateReport? Merged(List<GateReport> gates)
    {
        if (gates.Count == 0)
            return null;
        var first = gates[0];
        return gates.FirstOrDefault(g => (g.Head, g.Base, g.Objective, g.MaxSlowdown) != (first.Head, first.Base, first.Objective, first.MaxSlowdown)) is { } other
            ? throw new UsageException($"the runs are not of one gate: one is of {first.Head}, another of {other.Head}, or their base, objective or max-slowdown differ.")
            : first with
            {
                Shard = null,
                RequiredBy = gates.Select(g => g.RequiredBy).FirstOrDefault(r => r is not null),
                Functions = [.. gates.SelectMany(g => g.Functions).OrderBy(f => f.Status).DistinctBy(f => (f.Path, f.Name, f.StartLine))
                    .OrderBy(f => f.Path, StringComparer.Ordinal).ThenBy(f => f.StartLine)],
                LeftOut = LeftOutReport.Merged([.. gates.SelectMany(g => g.LeftOut)]),
                Benchmarks = [.. gates.SelectMany(g => g.Benchmarks).OrderBy(b => b.Status).DistinctBy(b => b.Command)],
                DurationSeconds = gates.Max(g => g.DurationSeconds),
            };
    }

    /// <summary>Null where there is no such file.</summary>
    private static T? Read<T>(string directory, string name)
        where T : class
    {
        if (RegularFile.TryReadIn(directory, name, "the report", ReportFolder.LargestBytes) is not { } json)
            return null;
        try
        {
            return JsonSerializer.Deserialize(json, (JsonTypeInfo<T>)Strict.GetTypeInfo(typeof(T)))
                ?? throw new UsageException($"{name} is empty.");
        }
        catch (JsonException e)
        {
            throw new UsageException($"{name} is not a report of this version: {MarkdownText.Prose(e.Message, 200)}", e);
        }
    }

    private static string OtherFormat(string name, int format) =>
        $"{name} has format {format}, this version publishes format 1 (publish with the version that wrote it)";

    private static void Check(Report report)
    {
        Require(report.Schema == 1, OtherFormat(ReportFolder.Json, report.Schema));
        Require(IsHash(report.Head), "head is no full commit hash");
        Require(report.Base.Length == 0 || IsHash(report.Base), "base is no full commit hash");
        Require(report.Shard is null || Shard.Find(report.Shard) is not null, "shard is none");
        Require(!report.WorkTree, "it is about uncommitted changes, not about a commit");
        Require(Enum.IsDefined(report.Objective), "objective is unknown");
        Require(report.Functions.Count <= MostFunctions, "it has too many functions");
        Require(report.FailingTests.Count <= Report.MostFailingTests && report.FailingTests.All(t => t.Length is > 0 and <= LongestPath), "its failing tests are none");
        Require(double.IsFinite(report.DurationSeconds) && report.DurationSeconds >= 0, "durationSeconds is no duration");
        foreach (var function in report.Functions)
            Check(function);
    }

    private static void Check(FunctionReport function)
    {
        Require(IsSafePath(function.Path), "a path leads out of the repository, or is none");
        Require(Language.Of(function.Path) == function.Language, "a path is not of the language it is said to be");
        Require(IsName(function.Name), "a function has no proper name");
        Require(function.Namesake is null or (>= 1 and <= MostFunctions), "a function's place among its namesakes is none");
        Require(IsSpan(function.StartLine, function.EndLine), "a function has no proper lines");
        Require(function.Workload?.ShareOfTests is null or (>= 0 and <= 1), "a share of the tests is none");
        Require(function.Workload?.TestSeconds is not { } tests || IsAmount(tests), "what the tests take is no duration");
        Require(function.Candidates.Count <= MostCandidates, "a function has too many candidates");
        if (function.Suggestion is { } suggestion)
            Check(function, suggestion);
    }

    private static void Check(FunctionReport function, Suggestion suggestion)
    {
        Require(function.Status == FunctionStatus.Improved, "a suggestion stands beside another outcome");
        Require(IsSpan(suggestion.StartLine, suggestion.EndLine)
            && suggestion.StartLine >= function.StartLine && suggestion.EndLine <= function.EndLine, "a suggestion replaces lines outside its function");
        Require(suggestion.Original != suggestion.Replacement, "a suggestion changes nothing");
        Require(suggestion.Elsewhere.Count <= MostPlaces
            && suggestion.Elsewhere.All(e => IsSpan(e.StartLine, e.EndLine) && e.Original != e.Replacement), "what a suggestion needs elsewhere is no change");
        Require(suggestion.Edits.Zip(suggestion.Edits.Skip(1)).All(e => e.First.EndLine < e.Second.StartLine), "edits of a suggestion overlap");
        Require(IsFactor(suggestion.Speedup) && IsFactor(suggestion.Low) && suggestion.Speedup > 1, "a speed-up is no gain");
        Require(suggestion.Low > 1 && suggestion.Low <= suggestion.Speedup && (suggestion.High is not { } high || high >= suggestion.Speedup), "an interval does not hold its speed-up");
        Require(suggestion.MemoryRatio is not { } memory || IsFactor(memory), "a ratio of memory is none");
        Require(suggestion.CapturedRatio is not { } captured || IsFactor(captured), "a ratio is none");
        Require(suggestion.OnlyLike is null or { Length: > 0 and <= LongestPath }, "the name of a test is none");
        Require(suggestion.Pairs is >= 0 and <= 1_000_000, "a number of pairs is none");
        Require(suggestion.Worth?.SavedShare is null or (>= -1e9 and <= 1), "a share that is saved is none");
        Require(suggestion.Worth?.StartSeconds is not { } start || IsAmount(start), "what starting takes is no duration");
        Require(suggestion.Worth is null or { LinesAdded: >= -LargestLine and <= LargestLine, LevelsAdded: >= -LargestLine and <= LargestLine }, "a number of lines is none");
        Require(suggestion.Growth.Count <= MostPoints
            && suggestion.Growth.All(p => IsAmount(p.Size) && IsAmount(p.BaselineSeconds) && IsAmount(p.CandidateSeconds)), "a growth curve is none");
    }

    private static void Check(GateReport gate)
    {
        Require(gate.Schema == 1, OtherFormat(GateFolder.Json, gate.Schema));
        Require(IsHash(gate.Head), "head is no full commit hash");
        Require(IsHash(gate.Base), "base is no full commit hash");
        Require(gate.Shard is null || Shard.Find(gate.Shard) is not null, "shard is none");
        Require(Enum.IsDefined(gate.Objective), "objective is unknown");
        Require(IsFactor(gate.MaxSlowdown) && gate.MaxSlowdown >= 1, "maxSlowdown is no limit");
        Require(IsAmount(gate.Floor) && IsAmount(gate.DurationSeconds), "a number is none");
        Require(gate.Functions.Count <= MostFunctions && gate.Benchmarks.Count <= MostBenchmarks, "it has too many parts");
        Require(gate.RequiredBy is null or { Length: > 0 and <= LongestPath }, "who requires a gain is nobody");
        foreach (var function in gate.Functions)
        {
            Require(IsSafePath(function.Path), "a path leads out of the repository, or is none");
            Require(IsName(function.Name), "a function has no proper name");
            Require(IsSpan(function.StartLine, function.EndLine), "a function has no proper lines");
            Require(function.RequiredBy is null or { Length: > 0 and <= LongestPath }, "what requires a gain is no glob");
            Check(function);
            if (function.Gain is { } gain)
                Check(gain);
        }

        foreach (var benchmark in gate.Benchmarks)
        {
            Require(benchmark.Command.Length is > 0 and <= LongestCommand, "a benchmark has no proper command");
            Check(benchmark);
        }
    }

    private static void Check(GateGainReport gain)
    {
        Require(Enum.IsDefined(gain.Status), "what is known of a gain is unknown");
        Require(gain.Pairs is >= 0 and <= 1_000_000, "a number of pairs is none");
        Require(gain.Speedup is not { } speedup || IsFactor(speedup), "a gain is none");
        Require(gain.Status != CheckStatus.Faster || gain.Speedup is > 1, "a gain is no gain");
        Require(gain.Low is not { } low || (IsAmount(low) && low <= (gain.Speedup ?? double.MaxValue)), "an interval does not hold its gain");
        Require(gain.High is not { } high || high >= (gain.Speedup ?? 0), "an interval does not hold its gain");
        Require(gain.OnlyLike is null or { Length: > 0 and <= LongestPath }, "the name of a test is none");
    }

    private static void Check(GateMeasurement measured)
    {
        Require(Enum.IsDefined(measured.Status), "a status is unknown");
        Require(measured.Pairs is >= 0 and <= 1_000_000, "a number of pairs is none");
        Require(measured.LostPerCall is not { } lost || IsAmount(Math.Abs(lost)), "a loss is none");
        Require(measured.Slowdown is not { } slowdown || IsFactor(slowdown), "a slowdown is none");
        Require(measured.Status != GateStatus.Slower || measured.Slowdown is null or > 1, "a slowdown is no loss");
        Require(measured.Low is not { } low || (IsAmount(low) && low <= (measured.Slowdown ?? double.MaxValue)), "an interval does not hold its slowdown");
        Require(measured.High is not { } high || (IsAmount(high) && high >= (measured.Slowdown ?? 0)), "an interval does not hold its slowdown");
    }

    private static bool IsName(string name) => name.Length is > 0 and <= LongestName && !name.Any(char.IsControl);

    /// <summary>Relative, without steps upwards, and nothing that a shell, a log or a file system reads otherwise.</summary>
    private static bool IsSafePath(string path) =>
        path.Length is > 0 and <= LongestPath
        && !path.Any(c => c is '\\' or ':' or '\uFFFD' || char.IsControl(c))
        && path.Split('/').All(s => s.Length > 0 && s is not ("." or "..") && !s.Equals(".git", StringComparison.OrdinalIgnoreCase));

    private static bool IsHash(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);

    private static bool IsSpan(int start, int end) => start >= 1 && end >= start && end <= LargestLine;

    private static bool IsFactor(double value) => value is > 0 and < 1e9;

    private static bool IsAmount(double value) => value is >= 0 and < 1e15;

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new UsageException($"the run is not acceptable: {otherwise}. Nothing was posted.");
    }
}
