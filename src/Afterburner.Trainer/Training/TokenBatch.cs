using static TorchSharp.torch;

namespace Afterburner.Trainer.Training;

/// <summary>A prompt and a reply as tokens.</summary>
/// <param name="Prompt">What is not trained on.</param>
/// <param name="Reply">What is, its end token included.</param>
public sealed record TokenPair(IReadOnlyList<int> Prompt, IReadOnlyList<int> Reply)
{
    public int Length => Prompt.Count + Reply.Count;

    /// <summary>Tokens that a model is judged by: the first of all has none before it.</summary>
    public int Counted => Prompt.Count == 0 ? Math.Max(0, Reply.Count - 1) : Reply.Count;
}

/// <summary>Some of them side by side, padded at their ends.</summary>
/// <param name="Tokens">[B, T].</param>
/// <param name="Counted">[B, T - 1], 1 where the next token is one of a reply.</param>
internal sealed record TokenBatch(Tensor Tokens, Tensor Counted)
{
    public static TokenBatch Of(IReadOnlyList<TokenPair> pairs, int padding, Device device)
    {
        var longest = pairs.Max(p => p.Length);
        var tokens = new long[pairs.Count, longest];
        var counted = new float[pairs.Count, longest - 1];
        for (var i = 0; i < pairs.Count; i++)
        {
            for (var j = 0; j < longest; j++)
            {
                var pair = pairs[i];
                tokens[i, j] = j < pair.Prompt.Count ? pair.Prompt[j] : j < pair.Length ? pair.Reply[j - pair.Prompt.Count] : padding;
                if (j > 0 && j >= pair.Prompt.Count && j < pair.Length)
                    counted[i, j - 1] = 1;
            }
        }

        return new TokenBatch(tensor(tokens, device: device), tensor(counted, device: device));
    }
}
