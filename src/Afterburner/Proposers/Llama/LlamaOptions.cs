namespace Afterburner.Proposers.Llama;

/// <summary>Which model runs in this process, and where.</summary>
/// <param name="ModelPath">A GGUF file.</param>
public sealed record LlamaOptions(string ModelPath)
{
    /// <value>Tokens of prompt and reply together where nothing else is said: room for the longest prompt and a reply.</value>
    public const int UsualContext = 16_384;

    /// <value>Fewer leave no room for a function, its prompt and a reply.</value>
    public const int LeastContext = 2_048;

    /// <value>Layers of the model on the GPU; as many as it has when there are fewer. Defaults to 0: the CPU alone.</value>
    public int GpuLayers { get; init; }

    /// <value>Tokens of prompt and reply together. Defaults to null: 16,384, or what the model was made for if that is less.</value>
    public int? Context { get; init; }

    /// <exception cref="UsageException">A number is out of range; the message names the option.</exception>
    public LlamaOptions Checked() =>
        GpuLayers < 0 ? throw new UsageException($"--gpu-layers {GpuLayers}: write 0 (CPU) or the number of layers on the GPU (999 for all).")
        : Context < LeastContext ? throw new UsageException($"--context {Context}: at least {LeastContext} tokens are needed for a function and its reply.")
        : this;

    /// <summary>The context to use with a model.</summary>
    /// <param name="trained">Tokens that the model was made for.</param>
    /// <exception cref="UsageException">More was asked for than the model was made for.</exception>
    public int ContextFor(int trained) =>
        Context is not { } asked ? Math.Min(UsualContext, trained)
        : asked <= trained ? asked
        : throw new UsageException($"--context {asked}: the model {Path.GetFileName(ModelPath)} was made for {trained} tokens.");
}
