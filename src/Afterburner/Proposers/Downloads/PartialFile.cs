using System.Text.Json;

namespace Afterburner.Proposers.Downloads;

/// <summary>
/// A file that is not whole yet: <c>NAME.part</c>, and beside it what it is a part of. Without that knowledge a part
/// is worth nothing, and is begun anew.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    public const string Ending = ".part";

    private readonly FileStream _stream;
    private readonly string _whole;

    private PartialFile(FileStream stream, string whole, Origin? origin) => (_stream, _whole, Of) = (stream, whole, origin);

    /// <summary>What the part is of.</summary>
    /// <param name="Url">Address without its query, which may be a signature that changes.</param>
    /// <param name="Validator">The file's strong ETag, or its date; null when the server gives neither, and nothing can be resumed.</param>
    internal sealed record Origin(string Url, string? Validator, long Total);

    /// <value>Null for an empty part.</value>
    public Origin? Of { get; private set; }

    public long Length => _stream.Length;

    public bool IsWhole => Of is { } origin && Length == origin.Total;

    public Stream Content => _stream;

    public string Folder => Path.GetDirectoryName(_whole)!;

    /// <summary>Opens or begins the part of a file; what it holds of another address is dropped.</summary>
    /// <exception cref="EnvironmentFailureException">Another pull of the same file is under way, or the folder cannot be written.</exception>
    public static PartialFile Open(string whole, Uri url)
    {
        FileStream stream;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
            stream = new FileStream(whole + Ending, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EnvironmentFailureException($"'{whole}{Ending}' cannot be written ({e.Message}). Is another pull of it under way?", e);
        }

        var part = new PartialFile(stream, whole, ReadOrigin(whole));
        if (part.Of is not { Validator: not null } of || of.Url != DownloadAddress.Shown(url) || part.Length > of.Total)
            part.Clear();
        stream.Seek(0, SeekOrigin.End);
        return part;
    }

    public void Begin(Origin origin)
    {
        Clear();
        Of = origin;
        File.WriteAllText(OriginPath(_whole), JsonSerializer.Serialize(origin));
    }

    public void Clear()
    {
        _stream.SetLength(0);
        Of = null;
        File.Delete(OriginPath(_whole));
    }

    /// <summary>Gives the whole file its name; it is on the disk by then.</summary>
    public void Finish()
    {
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(_whole + Ending, _whole);
        File.Delete(OriginPath(_whole));
    }

    public void Delete()
    {
        Clear();
        _stream.Dispose();
        File.Delete(_whole + Ending);
    }

    public void Dispose() => _stream.Dispose();

    private static string OriginPath(string whole) => whole + Ending + ".json";

    private static Origin? ReadOrigin(string whole)
    {
        try
        {
            return JsonSerializer.Deserialize<Origin>(File.ReadAllText(OriginPath(whole)));
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
