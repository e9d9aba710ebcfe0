using System.Text.Json;
using System.Text.Json.Serialization;

namespace Afterburner.Proposers.Downloads;

/// <summary>What a file was at its first pull.</summary>
/// <param name="Url">Address without its query.</param>
/// <param name="Sha256">64 lowercase hexadecimal digits.</param>
public sealed record LockedFile(string Url, long Bytes, string Sha256, DateTimeOffset Pulled);

/// <summary>
/// The lock beside pulled files (<c>models.lock</c>): what each was at its first pull. It is enforced from then on, so a file that
/// changes at its source, or on this disk, is noticed.
/// </summary>
public sealed class PullLock
{
    private const int LargestBytes = 16 << 20;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    private PullLock(SortedDictionary<string, LockedFile> files) => Files = files;

    /// <value>By file name.</value>
    public IReadOnlyDictionary<string, LockedFile> Files { get; }

    /// <summary>Reads a folder's lock; an empty one when nothing was pulled yet.</summary>
    /// <exception cref="EnvironmentFailureException">It cannot be read, or somebody damaged it.</exception>
    public static PullLock Read(string folder, DownloadKind kind)
    {
        var path = Path.Combine(folder, kind.LockName);
        try
        {
            if (RegularFile.TryRead(path, "the lock", LargestBytes) is not { } json)
                return new PullLock([]);
            var stored = JsonSerializer.Deserialize<Stored>(json, Format);
            if (stored is { Version: 1 } && stored.Files.All(f => IsSound(f, kind)))
                return new PullLock(new SortedDictionary<string, LockedFile>(stored.Files.ToDictionary(), StringComparer.Ordinal));
        }
        catch (Exception e) when (e is JsonException or IOException or UsageException)
        {
            throw Damaged(path, kind, e);
        }

        throw Damaged(path, kind, null);
    }

    /// <summary>Records a file that was just pulled, on top of what the lock holds by now.</summary>
    public static void Record(string folder, DownloadKind kind, string file, LockedFile pulled)
    {
        var files = new SortedDictionary<string, LockedFile>(
            Read(folder, kind).Files.ToDictionary(), StringComparer.Ordinal)
        { [file] = pulled };
        var path = Path.Combine(folder, kind.LockName);
        var written = path + ".new";
        File.WriteAllText(written, JsonSerializer.Serialize(new Stored(1, files), Format) + "\n");
        File.Move(written, path, overwrite: true);
    }

    private static bool IsSound(KeyValuePair<string, LockedFile> entry, DownloadKind kind) =>
        kind.IsFileName(entry.Key) && entry.Value.Bytes > 0
        && entry.Value.Sha256.Length == 64 && entry.Value.Sha256.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    private static EnvironmentFailureException Damaged(string path, DownloadKind kind, Exception? e) => new(
        $"'{path}' cannot be read as a lock of {kind.Noun}s{(e is null ? "" : $" ({e.Message})")}. Restore it, or remove it and pull the {kind.Noun}s again.", e!);

    private sealed record Stored(int Version, [property: JsonPropertyName("models")] IReadOnlyDictionary<string, LockedFile> Files);
}
