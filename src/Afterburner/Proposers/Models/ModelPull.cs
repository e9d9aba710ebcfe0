using Afterburner.Proposers.Downloads;

namespace Afterburner.Proposers.Models;

/// <summary>Fetches a model, checks it, and records in the lock what it is.</summary>
public sealed class ModelPull(ModelFolder folder, PullOptions options, TimeProvider time, HttpMessageHandler? handler = null) : IDisposable
{
    private readonly FilePull _pull = new(Kind, folder.Path, options, time, handler);

    /// <value>What a pull takes for a model.</value>
    public static DownloadKind Kind { get; } = new("model", "a GGUF file", ["gguf"], "models.lock", GgufFile.MagicBytes, GgufFile.IsMagic);

    /// <param name="model">A name of the catalogue, or the address of a GGUF file.</param>
    /// <exception cref="UsageException">The name is unknown, or the address is not one a model may come from.</exception>
    /// <exception cref="EnvironmentFailureException">The file is not to be had, is not the one recorded, or does not fit.</exception>
    public Task<PulledFile> RunAsync(string model, Action<PullProgress> progress, CancellationToken cancellationToken)
    {
        var catalogued = ModelCatalogue.Find(model);
        var address = catalogued is not null ? new DownloadAddress(catalogued.Url, Kind) : DownloadAddress.TryRead(model, Kind)
            ?? throw new UsageException($"there is no model '{model}' in the catalogue: use {ModelCatalogue.Names}, or the address of a GGUF file.");
        return _pull.RunAsync(address.Url, catalogued is null ? null : (catalogued.Sha256, catalogued.Bytes), progress, cancellationToken);
    }

    public void Dispose() => _pull.Dispose();
}
