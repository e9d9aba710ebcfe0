using Afterburner.Proposers.Llama;
using Afterburner.Proposers.Models;

namespace Afterburner.Cli;

/// <summary>
/// What the user said of a model on this machine. It never comes from a configuration file: that may be the change's own,
/// and a file that its author chose would be read by native code outside the sandbox.
/// </summary>
/// <param name="Model">Path, name in the catalogue, or pulled file; null when none was named.</param>
/// <param name="Here">What a path is relative to.</param>
internal sealed record LlamaChoice(string? Model, int GpuLayers, int? Context, string Here)
{
    /// <exception cref="UsageException">No model was named, there is none of that name, or it is no GGUF file.</exception>
    public LlamaOptions Options() =>
        new(ModelFolder.For(null).Resolve(Model ?? throw new UsageException(
            "--proposer llama needs a model: give --model FILE.gguf, or the name of a pulled one (afterburner models list)"), Here))
        {
            GpuLayers = GpuLayers,
            Context = Context,
        };
}
