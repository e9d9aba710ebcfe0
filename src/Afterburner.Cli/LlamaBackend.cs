using Afterburner.Proposers.Llama;

namespace Afterburner.Cli;

/// <summary>The way to llama.cpp in this process, where it was built in.</summary>
internal static class LlamaBackend
{
    /// <exception cref="EnvironmentFailureException">It was not built in; the message has the command.</exception>
    public static Func<LlamaOptions, CancellationToken, Task<ILocalModel>> Loader() =>
#if LLAMASHARP
        LLamaSharp.LLamaSharpModel.LoadAsync;
#else
        throw new EnvironmentFailureException(
            "--proposer llama is not built into this program: its packages are large, and chosen at build time. Start with\n"
            + "  AFTERBURNER_LLAMASHARP=cpu ./afterburner     (cuda12 for an NVIDIA GPU)\n"
            + "which builds it in, once. Without: serve the model (llama-server -m FILE.gguf) and use --proposer chat.");
#endif
}
