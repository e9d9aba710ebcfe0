using System.Text.Json;
using System.Text.Json.Serialization;
using Afterburner.Functions;
using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>
/// Reads the report of a run whose directory may have been written by an attacker: in the two-workflow pattern it is
/// made by a job that ran the pull request's own workflow file. Only <c>report.json</c> is opened, so no other name can
/// lead anywhere; every value that is used later is checked here or where it is used.
/// </summary>
public static class UntrustedRun
{
    /// <summary>The report of the largest review (1000 functions with their candidates) is a tenth of this.</summary>
    private const int LargestBytes = 32 << 20;

    private const int MostFunctions = 2_000;
    private const int MostCandidates = 2_000;
    private const int MostPoints = 200;
    private const int LongestName = 500;
    private const int LongestPath = 1_000;
    private const int LargestLine = 1_000_000;

    private static readonly JsonSerializerOptions Strict = new(ReportJson.Default.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        MaxDepth = 16,
        TypeInfoResolver = ReportJson.Default,
    };

    /// <summary>The reports of all directories as one: shards of a review have the same head.</summary>
    /// <exception cref="UsageException">A directory holds no acceptable report; the message says why.</exception>
    public static Report Read(IReadOnlyList<string> directories)
    {
        var reports = directories.Select(Read).ToList();
        var first = reports[0];
        return reports.FirstOrDefault(r => r.Head != first.Head || r.Base != first.Base || r.Objective != first.Objective) is { } other
            ? throw new UsageException($"the runs are not of one review: one is of {first.Head}, another of {other.Head}, or their base or objective differ.")
            : first with
            {
                Functions = [.. reports.SelectMany(r => r.Functions).DistinctBy(f => (f.Path, f.Name, f.StartLine))],
                DurationSeconds = reports.Max(r => r.DurationSeconds),
            };
    }

    private static Report Read(string directory)
    {
        var folder = new DirectoryInfo(directory);
        if (!folder.Exists)
            throw new UsageException($"'{directory}' does not exist: name the directory of a finished run.");
        var file = new FileInfo(Path.Combine(directory, ReportFolder.Json));
        if (!file.Exists || file.LinkTarget is not null || folder.LinkTarget is not null || (file.Attributes & FileAttributes.ReparsePoint) != 0)
            throw new UsageException($"'{directory}' holds no report.json that is a plain file.");
        if (file.Length > LargestBytes)
            throw new UsageException($"'{file.FullName}' has {file.Length} bytes; no report has more than {LargestBytes}.");
        try
        {
            var report = JsonSerializer.Deserialize<Report>(Bytes(file), Strict);
            return report is null or { Schema: not 1 }
                ? throw new UsageException($"report.json has format {report?.Schema}; this version publishes format 1. Publish with the version that wrote it.")
                : Checked(report);
        }
        catch (JsonException e)
        {
            throw new UsageException($"report.json is not a report of this version: {Suggestions.MarkdownText.Prose(e.Message, 200)}", e);
        }
    }

    /// <summary>No more than the limit, even from a file that grows or a device that never ends.</summary>
    private static byte[] Bytes(FileInfo file)
    {
        using var stream = file.OpenRead();
        var bytes = new byte[checked((int)file.Length)];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static Report Checked(Report report)
    {
        Require(IsHash(report.Head), "head is no full commit hash");
        Require(report.Base.Length == 0 || IsHash(report.Base), "base is no full commit hash");
        Require(!report.WorkTree, "it is about uncommitted changes, not about a commit");
        Require(Enum.IsDefined(report.Objective), "objective is unknown");
        Require(report.Functions.Count <= MostFunctions, "it has too many functions");
        Require(double.IsFinite(report.DurationSeconds) && report.DurationSeconds >= 0, "durationSeconds is no duration");
        foreach (var function in report.Functions)
            Check(function);
        return report;
    }

    private static void Check(FunctionReport function)
    {
        Require(IsSafePath(function.Path), "a path leads out of the repository, or is none");
        Require(Languages.Of(function.Path) == function.Language, "a path is not of the language it is said to be");
        Require(function.Name.Length is > 0 and <= LongestName && !function.Name.Any(char.IsControl), "a function has no proper name");
        Require(IsSpan(function.StartLine, function.EndLine), "a function has no proper lines");
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
        Require(IsFactor(suggestion.Speedup) && IsFactor(suggestion.Low) && suggestion.Speedup > 1, "a speed-up is no gain");
        Require(suggestion.Low > 1 && suggestion.Low <= suggestion.Speedup && (suggestion.High is not { } high || high >= suggestion.Speedup), "an interval does not hold its speed-up");
        Require(suggestion.MemoryRatio is not { } memory || IsFactor(memory), "a ratio of memory is none");
        Require(suggestion.CapturedRatio is not { } captured || IsFactor(captured), "a ratio is none");
        Require(suggestion.Pairs is >= 0 and <= 1_000_000, "a number of pairs is none");
        Require(suggestion.Growth.Count <= MostPoints
            && suggestion.Growth.All(p => IsAmount(p.Size) && IsAmount(p.BaselineSeconds) && IsAmount(p.CandidateSeconds)), "a growth curve is none");
    }

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
            throw new UsageException($"report.json is not acceptable: {otherwise}. Nothing was posted.");
    }
}
