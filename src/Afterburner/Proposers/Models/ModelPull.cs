using System.Security.Cryptography;

namespace Afterburner.Proposers.Models;

/// <summary>A model that lies whole and checked in its folder.</summary>
/// <param name="Fetched">False when it was there already.</param>
/// <param name="FirstPull">True when nothing but the transfer vouches for the file: neither catalogue nor lock knew it.</param>
public sealed record PulledModel(string Path, long Bytes, string Sha256, bool Fetched, bool FirstPull);

/// <summary>Fetches a model, checks it, and records in the lock what it is.</summary>
public sealed class ModelPull(ModelFolder folder, PullOptions options, TimeProvider time, HttpMessageHandler? handler = null) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(handler ?? new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(30),
    });

    /// <param name="model">A name of the catalogue, or the address of a GGUF file.</param>
    /// <exception cref="UsageException">The name is unknown, or the address is not one a model may come from.</exception>
    /// <exception cref="EnvironmentFailureException">The file is not to be had, is not the one recorded, or does not fit.</exception>
    public async Task<PulledModel> RunAsync(string model, Action<PullProgress> progress, CancellationToken cancellationToken)
    {
        var catalogued = ModelCatalogue.Find(model);
        var address = catalogued is not null ? new ModelAddress(catalogued.Url) : ModelAddress.TryRead(model)
            ?? throw new UsageException($"there is no model '{model}' in the catalogue: use {ModelCatalogue.Names}, or the address of a GGUF file.");
        var path = folder.PathOf(address.File);
        var locked = ModelLock.Read(folder.Path).Models.GetValueOrDefault(address.File);
        var known = locked is not null ? (locked.Sha256, locked.Bytes)
            : catalogued is not null ? (catalogued.Sha256, catalogued.Bytes)
            : ((string Sha256, long Bytes)?)null;
        if (File.Exists(path))
            return await PresentAsync(path, address, known, locked is null, progress, cancellationToken).ConfigureAwait(false);

        using var part = PartialFile.Open(path, address.Url);
        await new ModelDownload(_http, options, time).RunAsync(address, part, known?.Bytes, progress, cancellationToken).ConfigureAwait(false);
        var bytes = part.Length;
        var sha = await DigestAsync(part.Content, progress, cancellationToken).ConfigureAwait(false);
        if (known is { } expected && expected.Sha256 != sha)
        {
            part.Delete();
            throw Differs(address, locked is not null, expected.Sha256, sha);
        }

        if (locked is null)
            ModelLock.Record(folder.Path, address.File, new LockedModel(ModelAddress.Shown(address.Url), bytes, sha, time.GetUtcNow()));
        part.Finish();
        return new PulledModel(path, bytes, sha, Fetched: true, FirstPull: known is null);
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
    private async Task<PulledModel> PresentAsync(
        string path, ModelAddress address, (string Sha256, long Bytes)? known, bool record, Action<PullProgress> progress, CancellationToken cancellationToken)
    {
        if (known is null)
            throw new EnvironmentFailureException(
                $"'{path}' is there, and it was not pulled by this program: move it away to pull it, or use it as it is with --model '{path}'.");
        using var file = File.OpenRead(path);
        var sha = await DigestAsync(file, progress, cancellationToken).ConfigureAwait(false);
        if (sha != known.Value.Sha256)
            throw new EnvironmentFailureException(
                $"'{path}' is not the file that is recorded (SHA-256 {known.Value.Sha256}, found {sha}): delete it and pull it again.");
        if (record)
            ModelLock.Record(folder.Path, address.File, new LockedModel(ModelAddress.Shown(address.Url), file.Length, sha, time.GetUtcNow()));
        return new PulledModel(path, file.Length, sha, Fetched: false, FirstPull: false);
    }

    private EnvironmentFailureException Differs(ModelAddress address, bool locked, string expected, string found) => new(locked
        ? $"{address.File} is not the file that was pulled first (SHA-256 {expected}, now {found}): it was changed at {address.Url.Host}. Nothing was kept. If you trust the new one, remove {address.File} from {folder.PathOf(ModelLock.FileName)} and pull again."
        : $"{address.File} is not the file of the catalogue (SHA-256 {expected}, found {found}). Nothing was kept.");
}
