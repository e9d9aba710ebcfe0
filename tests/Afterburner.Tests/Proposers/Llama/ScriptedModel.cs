using System.Runtime.CompilerServices;
using Afterburner.Proposers.Llama;

namespace Afterburner.Tests.Proposers.Llama;

/// <summary>
/// A model without weights: ChatML around messages, one token a character (its code), a control token for each tag like
/// <c>&lt;|im_end|&gt;</c>, and the pieces of a reply as a test wants them.
/// </summary>
internal sealed class ScriptedModel(params string[] pieces) : ILocalModel
{
    /// <value>Token of every tag.</value>
    public const int Control = -1;

    public int ContextTokens { get; init; } = 4_096;

    public int TrainedContextTokens { get; init; } = 32_768;

    public bool DropsSystem { get; init; }

    /// <value>Called before each piece.</value>
    public Action OnPiece { get; init; } = () => { };

    public List<IReadOnlyList<int>> Prompts { get; } = [];

    public List<Sampling> Samplings { get; } = [];

    public int Given { get; private set; }

    public bool Disposed { get; private set; }

    public string Format(IReadOnlyList<TemplateMessage> messages) => string.Concat(messages
        .Where(m => !DropsSystem || m.Role != "system")
        .Select(m => $"<|im_start|>{m.Role}\n{m.Text}<|im_end|>\n")) + "<|im_start|>assistant\n";

    public IReadOnlyList<int> Tokenize(string text, bool control, bool start)
    {
        var tokens = new List<int>();
        for (var i = 0; i < text.Length; i++)
        {
            var tag = control ? new[] { "<|im_start|>", "<|im_end|>" }.FirstOrDefault(t => text.AsSpan(i).StartsWith(t)) : null;
            tokens.Add(tag is null ? text[i] : Control);
            i += (tag?.Length ?? 1) - 1;
        }

        return tokens;
    }

    public async IAsyncEnumerable<string> GenerateAsync(IReadOnlyList<int> prompt, Sampling sampling, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Prompts.Add(prompt);
        Samplings.Add(sampling);
        foreach (var piece in pieces.Take(sampling.MaxTokens))
        {
            await Task.Yield();
            OnPiece();
            // As llama.cpp's bindings do: a cancelled generation may simply end.
            if (cancellationToken.IsCancellationRequested)
                yield break;
            Given++;
            yield return piece;
        }
    }

    public void Dispose() => Disposed = true;
}
