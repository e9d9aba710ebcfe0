using Afterburner.Cli;
using Afterburner.Proposers;
using Afterburner.Proposers.Llama;

namespace Afterburner.Worker.Reviews;

/// <summary>The models of this worker, which all its reviews ask: a server beside it, and one that is loaded into this process, once, at the first question.</summary>
internal sealed class HostModels : IDisposable
{
    private readonly ModelPlaces? _places;
    private readonly LlamaModel? _loaded;

    public HostModels(WorkerSettings settings)
    {
        _places = settings.ModelUrl is null ? null : new ModelPlaces(settings.ModelQuestions);
        _loaded = settings.Gguf is { } options ? new LlamaModel(options, LlamaBackend.Loader()) : null;
    }

    public SharedModels Shared => new(_places, _loaded);

    /// <value>Questions that wait for a place.</value>
    public int Waiting => (_places?.Waiting ?? 0) + (_loaded?.Places.Waiting ?? 0);

    /// <value>Questions that are being answered.</value>
    public int Asked => (_places?.Asked ?? 0) + (_loaded?.Places.Asked ?? 0);

    public void Dispose() => _loaded?.Dispose();
}
