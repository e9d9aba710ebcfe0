using Afterburner.Proposers.Models;

namespace Afterburner.Proposers.Llama;

/// <summary>Makes the proposer that asks a model in this process.</summary>
public static class LlamaProposer
{
    /// <summary>Nothing is loaded before the first proposal.</summary>
    /// <param name="load">Loads the model.</param>
    /// <exception cref="UsageException">An option is out of range, or the file is no GGUF file.</exception>
    public static ChatProposer Create(
        LlamaOptions options, Func<LlamaOptions, CancellationToken, Task<ILocalModel>> load, Action<Exchange> onExchange, TimeProvider time)
    {
        options = options.Checked();
        GgufFile.Check(options.ModelPath);
        var name = Path.GetFileNameWithoutExtension(options.ModelPath);
        return ChatProposer.Local(
            new LlamaChatClient(cancellationToken => load(options, cancellationToken), name),
            name, Asking(options.Context ?? LlamaOptions.UsualContext) with { OnExchange = onExchange }, time);
    }

    /// <summary>A context is shared out: a quarter for the reply, the rest for the prompt, with room for estimates that are off.</summary>
    internal static ChatProposerOptions Asking(int context)
    {
        var usual = new ChatProposerOptions();
        var reply = Math.Min(usual.MaxOutputTokens, context / 4);
        return usual with
        {
            MaxOutputTokens = reply,
            MaxPromptTokens = Math.Min(usual.MaxPromptTokens, (context - reply) * 9 / 10),
            // A large model on a CPU takes its time; what a second attempt would do, the first has done.
            Timeout = TimeSpan.FromMinutes(30),
            Attempts = 1,
        };
    }
}
