using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Afterburner.Suggestions;

namespace Afterburner.Runs;

/// <summary>
/// The record of a run: one JSON line per event, handed to the system before the next step begins, so that a crash loses
/// nothing that has happened. Ends of functions and of the run are also forced to the disk. Safe for many threads.
/// </summary>
public sealed class Journal : IDisposable
{
    public const string FileName = "journal.jsonl";

    /// <summary>Behind the journal's name: the file that is held while it is written.</summary>
    internal const string LockEnding = ".lock";

    /// <summary>Shorter secrets are not masked: they would blot out half of the text, and are none.</summary>
    private const int ShortestSecret = 4;

    private static readonly HashSet<string> KnownEvents =
        [.. typeof(JournalEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(a => (string)a.TypeDiscriminator!)];

    /// <summary>The journal of the largest review is a tenth of this.</summary>
    private const long LargestBytes = 1L << 30;

    private readonly Lock _writing = new();
    private readonly FileStream _file;
    private readonly FileStream _claim;
    private readonly TimeProvider _time;
    private readonly string[] _secrets;

    /// <summary>Opens the journal of a run directory, behind the events it has. A torn last line is cut off.</summary>
    /// <param name="secrets">Values that are replaced by <c>***</c> in every event: keys, tokens.</param>
    /// <exception cref="UsageException">Another run is writing it, or it cannot be written.</exception>
    public Journal(string directory, TimeProvider time, IEnumerable<string>? secrets = null)
    {
        _time = time;
        _secrets = [.. (secrets ?? []).Where(s => s.Length >= ShortestSecret).OrderByDescending(s => s.Length)];
        var path = Path.Combine(directory, FileName);
        RunFolder.RequirePlainFiles(directory);
        try
        {
            Directory.CreateDirectory(directory);
            // Held while _writing. Not the journal itself: that stays readable, and an exclusive lock would shut readers out.
            _claim = new FileStream(path + LockEnding, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            CutTornLine(_file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            _file?.Dispose();
            _claim?.Dispose();
            throw new UsageException($"cannot write '{path}', or another run is _writing it: {e.Message} Name another directory with --out.", e);
        }
    }

    /// <summary>Appends an event with the time of now.</summary>
    public void Write(JournalEvent entry)
    {
        var node = JsonSerializer.SerializeToNode(entry with { Time = _time.GetUtcNow() }, JournalJson.OneLine.JournalEvent)!;
        if (_secrets.Length > 0)
            node = Mask(node);
        var line = Encoding.UTF8.GetBytes(node.ToJsonString(JournalJson.OneLine.Options) + "\n");
        lock (_writing)
        {
            _file.Write(line);
            _file.Flush(flushToDisk: entry is FunctionFinished or RunFinished or RunFailed);
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _claim.Dispose();
    }

    /// <summary>The events of a journal, in order. A torn last line is left out, and so are events of a later version.</summary>
    /// <exception cref="UsageException">There is no journal, or a line before the last one is damaged.</exception>
    public static IEnumerable<JournalEvent> Read(string path)
    {
        // It can be read while its run goes on.
        using var handle = RegularFile.TryOpen(path, "the journal", followLinks: false)
            ?? throw new UsageException($"'{path}' does not exist: name the directory of an earlier run.");
        if (RandomAccess.GetLength(handle) > LargestBytes)
            throw new UsageException($"'{path}' has {RandomAccess.GetLength(handle)} bytes, more than any run writes: start the review anew, without --resume.");
        using var stream = new FileStream(handle, FileAccess.Read);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (Parse(line) is { } entry)
                yield return entry;
            else if (!IsUnknownEvent(line) && !reader.EndOfStream)
                throw new UsageException($"line {number} of '{path}' is damaged: start the review anew, without --resume.");
        }
    }

    /// <summary>What an interrupted run has finished.</summary>
    /// <param name="run">The run that is to continue it.</param>
    /// <exception cref="UsageException">There is no journal, or it belongs to another change, objective or set of options.</exception>
    public static FinishedFunctions Resume(string directory, RunStarted run)
    {
        var path = Path.Combine(directory, FileName);
        var finished = new Dictionary<FunctionKey, FunctionReport>();
        RunStarted? earlier = null;
        foreach (var entry in Read(path))
        {
            if (entry is RunStarted started)
                earlier ??= started;
            // A function that failed for want of a working machine, or was left for want of time, deserves another try.
            else if (entry is FunctionFinished { Report: { Status: not FunctionStatus.Error, OutOfTime: false } report } function)
                finished[new FunctionKey(report.Path, report.Name, report.StartLine, function.SourceHash)] = report;
        }

        if (earlier is null)
            throw new UsageException($"'{path}' holds no run: start the review anew, without --resume.");
        if (Difference(earlier, run) is { } difference)
            throw new UsageException($"'{directory}' cannot be resumed: {difference}. Use the same arguments, or start anew in another directory.");
        return new FinishedFunctions(finished) { Run = earlier };
    }

    /// <summary>Names the text of a function (SHA-256, hexadecimal): a resumed run must not take over what was found for another text.</summary>
    public static string SourceHash(string source) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source)));

    private static string? Difference(RunStarted earlier, RunStarted now)
    {
        return Compare("base", earlier.Base, now.Base)
            ?? Compare("head", earlier.Head, now.Head)
            ?? Compare("objective", earlier.Objective.ToString(), now.Objective.ToString())
            ?? earlier.Options.Keys.Union(now.Options.Keys).Order(StringComparer.Ordinal)
                .Select(name => Compare(name, earlier.Options.GetValueOrDefault(name), now.Options.GetValueOrDefault(name)))
                .FirstOrDefault(d => d is not null);

        static string? Compare(string name, string? was, string? @is) =>
            was == @is ? null : $"its {name} was {was ?? "not set"}, this run has {@is ?? "none"}";
    }

    private static JournalEvent? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, JournalJson.OneLine.JournalEvent);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    private static bool IsUnknownEvent(string line)
    {
        try
        {
            return JsonNode.Parse(line) is JsonObject entry && (string?)entry["event"] is { } name && !KnownEvents.Contains(name);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void CutTornLine(FileStream file)
    {
        var end = file.Length;
        var last = new byte[1];
        while (end > 0)
        {
            file.Position = end - 1;
            file.ReadExactly(last);
            if (last[0] == (byte)'\n')
                break;
            end--;
        }

        file.SetLength(end);
        file.Position = end;
    }

    private JsonNode Mask(JsonNode node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    if (value is not null && Mask(value) is var kept && kept != value)
                        members[name] = kept;
                }

                return members;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    if (items[i] is { } item && Mask(item) is var kept && kept != item)
                        items[i] = kept;
                }

                return items;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                var text = value.GetValue<string>();
                var masked = _secrets.Aggregate(text, (t, secret) => t.Replace(secret, "***", StringComparison.Ordinal));
                return masked == text ? node : JsonValue.Create(masked);
            default:
                return node;
        }
    }
}

/// <summary>Which text of which function. A run is only resumed on the same files, in which a line tells namesakes apart.</summary>
public readonly record struct FunctionKey(string Path, string Name, int StartLine, string SourceHash)
{
    public static FunctionKey Of(Functions.Function function) =>
        new(function.Path, function.Name, function.StartLine, Journal.SourceHash(function.Source));
}

/// <summary>Reports of functions that an interrupted run has finished.</summary>
public sealed class FinishedFunctions(IReadOnlyDictionary<FunctionKey, FunctionReport> reports)
{
    public static FinishedFunctions None { get; } = new(new Dictionary<FunctionKey, FunctionReport>());

    /// <value>How the interrupted run was started: a resumed run takes its seed. Null when nothing is resumed.</value>
    public RunStarted? Run { get; init; }

    public int Count => reports.Count;

    /// <summary>The report of a function, or null when it has to be reviewed.</summary>
    public FunctionReport? Find(Functions.Function function) => reports.GetValueOrDefault(FunctionKey.Of(function));
}
