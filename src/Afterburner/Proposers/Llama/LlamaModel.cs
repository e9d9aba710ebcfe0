using Afterburner.Proposers.Models;

namespace Afterburner.Proposers.Llama;

/// <summary>A model in this process, which is loaded at the first question and asked by as many reviews as there are: one question at a time.</summary>
public sealed class LlamaModel : IDisposable
{
    private readonly LlamaChatClient _client;
    private readonly ModelPlaces _places = new(1);
    private readonly ChatProposerOptions _asking;
    private readonly string _name;

    /// <param name="load">Loads the model.</param>
    /// <exception cref="UsageException">An option is out of range, or the file is no GGUF file.</exception>
    public LlamaModel(LlamaOptions options, Func<LlamaOptions, CancellationToken, Task<ILocalModel>> load)
    {
        options = options.Checked();
        GgufFile.Check(options.ModelPath);
        _name = Path.GetFileNameWithoutExtension(options.ModelPath);
        _client = new LlamaChatClient(cancellationToken => load(options, cancellationToken), _name);
        _asking = Asking(options.Context ?? LlamaOptions.UsualContext) with { Places = _places };
    }

    /// <value>Who waits for it.</value>
    public ModelPlaces Places => _places;

    /// <summary>A proposer that asks it, for one review. The model outlives it.</summary>
    /// <param name="onExchange">Takes every exchange of that review.</param>
    public ChatProposer Proposer(Action<Exchange> onExchange, TimeProvider time) =>
        ChatProposer.Local(_client, _name, _asking with { OnExchange = onExchange }, time);

    public void Dispose() => _client.Dispose();

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
