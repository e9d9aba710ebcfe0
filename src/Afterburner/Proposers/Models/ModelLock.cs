using System.Text.Json;

namespace Afterburner.Proposers.Models;

/// <summary>What a file was at its first pull.</summary>
/// <param name="Url">Address without its query.</param>
/// <param name="Sha256">64 lowercase hexadecimal digits.</param>
public sealed record LockedModel(string Url, long Bytes, string Sha256, DateTimeOffset Pulled);

/// <summary>
/// <c>models.lock</c>, beside the files: what each was at its first pull. It is enforced from then on, so a file that
/// changes at its source, or on this disk, is noticed.
/// </summary>
public sealed class ModelLock
{
    public const string FileName = "models.lock";

    private const int LargestBytes = 16 << 20;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    private ModelLock(SortedDictionary<string, LockedModel> models) => Models = models;

    /// <value>By file name.</value>
    public IReadOnlyDictionary<string, LockedModel> Models { get; }

    /// <summary>Reads a folder's lock; an empty one when nothing was pulled yet.</summary>
    /// <exception cref="EnvironmentFailureException">It cannot be read, or somebody damaged it.</exception>
    public static ModelLock Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            if (RegularFile.TryRead(path, "the lock", LargestBytes) is not { } json)
                return new ModelLock([]);
            var stored = JsonSerializer.Deserialize<Stored>(json, Format);
            if (stored is { Version: 1 } && stored.Models.All(IsSound))
                return new ModelLock(new SortedDictionary<string, LockedModel>(stored.Models.ToDictionary(), StringComparer.Ordinal));
        }
        catch (Exception e) when (e is JsonException or IOException or UsageException)
        {
            throw Damaged(path, e);
        }

        throw Damaged(path, null);
    }

    /// <summary>Records a file that was just pulled, on top of what the lock holds by now.</summary>
    public static void Record(string folder, string file, LockedModel model)
    {
        var models = new SortedDictionary<string, LockedModel>(
            Read(folder).Models.ToDictionary(), StringComparer.Ordinal)
        { [file] = model };
        var path = Path.Combine(folder, FileName);
        var written = path + ".new";
        File.WriteAllText(written, JsonSerializer.Serialize(new Stored(1, models), Format) + "\n");
        File.Move(written, path, overwrite: true);
    }

    private static bool IsSound(KeyValuePair<string, LockedModel> entry) =>
        ModelAddress.IsFileName(entry.Key) && entry.Value.Bytes > 0
        && entry.Value.Sha256.Length == 64 && entry.Value.Sha256.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    private static EnvironmentFailureException Damaged(string path, Exception? e) => new(
        $"'{path}' cannot be read as a lock of models{(e is null ? "" : $" ({e.Message})")}. Restore it, or remove it and pull the models again.", e!);

    private sealed record Stored(int Version, IReadOnlyDictionary<string, LockedModel> Models);
}
