using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Afterburner.Trainer.Models;

/// <summary>How a model writes.</summary>
public sealed record SamplingOptions
{
    /// <value>Tokens of a reply at most. Defaults to 512.</value>
    public int MostTokens { get; init; } = 512;

    /// <value>0 takes the likeliest token each time; 1 draws as the model expects. Defaults to 1.</value>
    public double Temperature { get; init; } = 1;

    /// <value>Draws from the likeliest tokens that have this share together, above 0 to 1. Defaults to 1: from all.</value>
    public double TopP { get; init; } = 1;
}

/// <summary>A reply that was written.</summary>
/// <param name="Tokens">With the token that ends it, where there is one.</param>
/// <param name="LogProbabilities">How likely the model found each, at temperature 1.</param>
/// <param name="IsEnded">Whether it came to its end by itself.</param>
public sealed record SampledReply(IReadOnlyList<int> Tokens, IReadOnlyList<float> LogProbabilities, bool IsEnded);

/// <summary>Writes replies, many at a time.</summary>
/// <param name="end">Token that ends a reply.</param>
/// <param name="known">Tokens that have a text: a vocabulary may be rounded up by some that have none, which are not written. Null for all.</param>
public sealed class Sampler(Qwen2Model model, int end, int? known = null)
{
    /// <param name="prompts">Need not be of one length.</param>
    /// <param name="generator">Draws; the same one in the same state writes the same.</param>
    /// <exception cref="ArgumentException">A prompt is empty, or leaves no room in the model's context.</exception>
    public IReadOnlyList<SampledReply> Sample(IReadOnlyList<IReadOnlyList<int>> prompts, SamplingOptions options, Generator generator)
    {
        var longest = prompts.Max(p => p.Count);
        var room = Math.Min(options.MostTokens, model.Configuration.ContextLength - longest);
        if (prompts.Any(p => p.Count == 0) || room < 1)
            throw new ArgumentException($"prompts have at least one token, and less than the {model.Configuration.ContextLength} of the context", nameof(prompts));
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var (type, device) = model.parameters().Select(p => (p.dtype, p.device)).First();
        using var cache = new KeyValueCache(model.Configuration, prompts.Count, longest + room, type, device);
        var starts = new long[prompts.Count, longest];
        for (var i = 0; i < prompts.Count; i++)
        {
            for (var j = 0; j < longest; j++)
                starts[i, j] = j < longest - prompts[i].Count ? end : prompts[i][j - (longest - prompts[i].Count)];
        }

        var padding = prompts.All(p => p.Count == longest) ? null : tensor(prompts.Select(p => (long)(longest - p.Count)).ToArray(), device: device);
        var replies = prompts.Select(_ => (Tokens: new List<int>(), Likely: new List<float>())).ToList();
        var ended = new bool[prompts.Count];
        var wasTraining = model.training;
        model.eval();
        try
        {
            var next = tensor(starts, device: device);
            for (var written = 0; written < room && !ended.All(e => e); written++)
            {
                using var step = NewDisposeScope();
                var logits = model.Next(next, cache, padding).to(ScalarType.Float32); // [B, V]
                if (known < logits.shape[1])
                    logits = logits.narrow(1, 0, known.Value);
                var drawn = Draw(logits, options, generator); // [B]
                var likely = functional.log_softmax(logits, -1).gather(1, drawn.unsqueeze(1)).squeeze(1);
                var (tokens, logarithms) = (drawn.cpu().data<long>().ToArray(), likely.cpu().data<float>().ToArray());
                for (var i = 0; i < prompts.Count; i++)
                {
                    if (ended[i])
                        continue;
                    replies[i].Tokens.Add((int)tokens[i]);
                    replies[i].Likely.Add(logarithms[i]);
                    ended[i] = tokens[i] == end;
                }

                next = drawn.unsqueeze(1).MoveToOuterDisposeScope();
            }
        }
        finally
        {
            model.train(wasTraining);
        }

        return [.. replies.Select((r, i) => new SampledReply(r.Tokens, r.Likely, ended[i]))];
    }

    private static Tensor Draw(Tensor logits, SamplingOptions options, Generator generator)
    {
        if (options.Temperature <= 0)
            return logits.argmax(-1);
        var likely = functional.softmax(logits / options.Temperature, -1).cpu();
        if (options.TopP < 1)
        {
            var (sorted, places) = likely.sort(-1, descending: true);
            // What lies behind those that have the share already; the first stays always.
            var behind = (sorted.cumsum(-1, ScalarType.Float32) - sorted).gt(options.TopP);
            likely = likely.scatter(-1, places, sorted.masked_fill(behind, 0));
        }

        return likely.multinomial(1, replacement: false, generator).squeeze(1).to(logits.device);
    }
}
