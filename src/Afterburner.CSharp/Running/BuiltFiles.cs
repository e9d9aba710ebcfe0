using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Afterburner.CSharp.Compiling;

namespace Afterburner.CSharp.Running;

/// <summary>What a build of one tree made, for builds of other versions of that tree.</summary>
/// <param name="Sources">Files of the tree before the build.</param>
internal sealed record BuiltFiles(IReadOnlyList<TestProject> Projects, Dictionary<string, FileStamp> Sources)
{
    private const string Given = "/prepared", Out = "/out", Plan = "plan.json", Tree = "tree.zip";

    // What is brought back from a sandbox altogether is limited.
    private const long MostBytes = 60L << 20;

    private static readonly JsonSerializerOptions Options = new() { Converters = { new JsonStringEnumConverter() } };

    /// <value>Times of what was made, by its path; empty where that is too much to be kept. Defaults to none.</value>
    public Dictionary<string, long> Made { get; init; } = [];

    /// <value>How the projects were compiled. Defaults to none.</value>
    public IReadOnlyList<CompilerOrder> Orders { get; init; } = [];

    /// <value>Where the archive of what was made is.</value>
    public static string TreePath { get; } = Path.Combine(Given, Tree);

    /// <summary>Writes it where it is brought back from.</summary>
    public void Keep(string folder)
    {
        var made = FileStamps.Of(folder).Where(f => !Sources.ContainsKey(f.Key)).ToDictionary(f => f.Key, f => f.Value.Ticks);
        var tree = Path.Combine(Out, Tree);
        using (var zip = ZipFile.Open(tree, ZipArchiveMode.Create))
        {
            foreach (var path in made.Keys)
                zip.CreateEntryFromFile(Path.Combine(folder, path), path, CompressionLevel.Fastest);
        }

        var kept = new FileInfo(tree).Length <= MostBytes;
        if (!kept)
            File.Delete(tree);
        File.WriteAllBytes(Path.Combine(Out, Plan), JsonSerializer.SerializeToUtf8Bytes(this with { Made = kept ? made : [] }, Options));
    }

    /// <summary>Reads what was kept.</summary>
    public static BuiltFiles Read() => JsonSerializer.Deserialize<BuiltFiles>(File.ReadAllBytes(Path.Combine(Given, Plan)), Options)!;

    /// <summary>
    /// Puts what was made into another version of the tree. A source that is as it was gets the time it had, every other one a new time: so what depends on it is made again, and
    /// nothing else is.
    /// </summary>
    /// <returns>Whether what is restored holds for that version too.</returns>
    public bool Unpack(string folder)
    {
        var tree = Path.Combine(Given, Tree);
        if (Made.Count == 0 || !File.Exists(tree))
            return false;
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var there = FileStamps.Of(folder);
        foreach (var (path, stamp) in there)
            File.SetLastWriteTimeUtc(Path.Combine(folder, path), Sources.GetValueOrDefault(path) is { } was && was.Hash == stamp.Hash ? new DateTime(was.Ticks, DateTimeKind.Utc) : now);
        using var zip = ZipFile.OpenRead(tree);
        foreach (var entry in zip.Entries.Where(e => !there.ContainsKey(e.FullName) && Made.ContainsKey(e.FullName)))
        {
            var path = Path.Combine(folder, entry.FullName);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            entry.ExtractToFile(path);
            File.SetLastWriteTimeUtc(path, new DateTime(Made[entry.FullName], DateTimeKind.Utc));
        }

        return there.All(f => !SaysWhatIsNeeded(f.Key) || IsAsBefore(f.Key, f.Value)) && Sources.Keys.All(s => !SaysWhatIsNeeded(s) || there.ContainsKey(s));
    }

    /// <summary>Whether a folder holds the very sources that it was made of, and what was made was kept.</summary>
    public bool IsOf(string folder)
    {
        if (Made.Count == 0 || !File.Exists(TreePath))
            return false;
        var there = FileStamps.Of(folder);
        return Sources.Count == there.Count(f => !Made.ContainsKey(f.Key)) && there.All(f => Made.ContainsKey(f.Key) || IsAsBefore(f.Key, f.Value));
    }

    private bool IsAsBefore(string path, FileStamp stamp) => Sources.GetValueOrDefault(path)?.Hash == stamp.Hash;

    private static bool SaysWhatIsNeeded(string path) =>
        Path.GetExtension(path) is ".props" or ".targets" or ".rsp" or ".config" || path.EndsWith("proj", StringComparison.OrdinalIgnoreCase)
        || Path.GetFileName(path) is "packages.lock.json" or "global.json";
}
