using System.Security.Cryptography;

namespace Afterburner.Proposers.Downloads;

/// <summary>A file that lies whole and checked in its folder.</summary>
/// <param name="Fetched">False when it was there already.</param>
/// <param name="FirstPull">True when nothing but the transfer vouches for the file: neither catalogue nor lock knew it.</param>
public sealed record PulledFile(string Path, long Bytes, string Sha256, bool Fetched, bool FirstPull);

/// <summary>Fetches a file, checks it, and records in the lock beside it what it is. What was interrupted goes on where it was.</summary>
/// <param name="kind">What is fetched.</param>
/// <param name="folder">Where it goes.</param>
public sealed class FilePull(DownloadKind kind, string folder, PullOptions options, TimeProvider time, HttpMessageHandler? handler = null) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(handler ?? new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(30),
    });

    /// <param name="catalogued">SHA-256 and size that the file must have; null where nobody knows them.</param>
    /// <exception cref="UsageException">The address is not one a file of that kind may come from.</exception>
    /// <exception cref="EnvironmentFailureException">The file is not to be had, is not the one recorded, or does not fit.</exception>
    public async Task<PulledFile> RunAsync(Uri url, (string Sha256, long Bytes)? catalogued, Action<PullProgress> progress, CancellationToken cancellationToken)
    {
        var address = new DownloadAddress(url, kind);
        var path = Path.Combine(folder, address.File);
        var locked = PullLock.Read(folder, kind).Files.GetValueOrDefault(address.File);
        var known = locked is null ? catalogued : (locked.Sha256, locked.Bytes);
        if (File.Exists(path))
            return await PresentAsync(path, address, known, locked is null, progress, cancellationToken).ConfigureAwait(false);

        using var part = PartialFile.Open(path, address.Url);
        await new Download(kind, _http, options, time).RunAsync(address, part, known?.Bytes, progress, cancellationToken).ConfigureAwait(false);
        var bytes = part.Length;
        var sha = await DigestAsync(part.Content, progress, cancellationToken).ConfigureAwait(false);
        if (known is { } expected && expected.Sha256 != sha)
        {
            part.Delete();
            throw Differs(address, locked is not null, expected.Sha256, sha);
        }

        if (locked is null)
            PullLock.Record(folder, kind, address.File, new LockedFile(DownloadAddress.Shown(address.Url), bytes, sha, time.GetUtcNow()));
        part.Finish();
        return new PulledFile(path, bytes, sha, Fetched: true, FirstPull: known is null);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>SHA-256 of a file from its start, as 64 lowercase hexadecimal digits.</summary>
    internal static async Task<string> DigestAsync(Stream file, Action<PullProgress> progress, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        file.Seek(0, SeekOrigin.Begin);
        for (int read; (read = await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            progress(new PullProgress(PullStage.Checking, file.Position, file.Length));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>A file that is there is never written over: it is what is known of it, or the user must decide.</summary>
    private async Task<PulledFile> PresentAsync(
        string path, DownloadAddress address, (string Sha256, long Bytes)? known, bool record, Action<PullProgress> progress, CancellationToken cancellationToken)
    {
        if (known is null)
            throw new EnvironmentFailureException(
                $"'{path}' is there, and it was not pulled by this program: move it away to pull it, or use it as it is, by its path.");
        using var file = File.OpenRead(path);
        var sha = await DigestAsync(file, progress, cancellationToken).ConfigureAwait(false);
        if (sha != known.Value.Sha256)
            throw new EnvironmentFailureException(
                $"'{path}' is not the file that is recorded (SHA-256 {known.Value.Sha256}, found {sha}): delete it and pull it again.");
        if (record)
            PullLock.Record(folder, kind, address.File, new LockedFile(DownloadAddress.Shown(address.Url), file.Length, sha, time.GetUtcNow()));
        return new PulledFile(path, file.Length, sha, Fetched: false, FirstPull: false);
    }

    private EnvironmentFailureException Differs(DownloadAddress address, bool locked, string expected, string found) => new(locked
        ? $"{address.File} is not the file that was pulled first (SHA-256 {expected}, now {found}): it was changed at {address.Url.Host}. Nothing was kept. If you trust the new one, remove {address.File} from {Path.Combine(folder, kind.LockName)} and pull again."
        : $"{address.File} is not the file of the catalogue (SHA-256 {expected}, found {found}). Nothing was kept.");
}
