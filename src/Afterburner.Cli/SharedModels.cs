using Afterburner.Proposers;
using Afterburner.Proposers.Llama;

namespace Afterburner.Cli;

/// <summary>Models that several reviews of one process ask.</summary>
/// <param name="Places">Places at the server; null for as many as there are questions.</param>
/// <param name="Llama">The one that is in this process; null for none.</param>
internal sealed record SharedModels(ModelPlaces? Places, LlamaModel? Llama)
{
    public static SharedModels None { get; } = new(null, null);
}
