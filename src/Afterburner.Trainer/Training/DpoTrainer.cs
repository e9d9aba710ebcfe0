using Afterburner.Trainer.Models;
using static TorchSharp.torch;

namespace Afterburner.Trainer.Training;

/// <summary>A prompt with a better and a worse reply, as tokens.</summary>
public sealed record TokenPreference(IReadOnlyList<int> Prompt, IReadOnlyList<int> Chosen, IReadOnlyList<int> Rejected);

/// <summary>Direct preference optimization (arXiv 2305.18290): the model is made to find the better of two replies likelier than it did before, and the worse one less so.</summary>
/// <inheritdoc cref="SftTrainer"/>
public sealed class DpoTrainer(Qwen2Model model, DpoOptions options, string folder, int padding, Action<string> progress)
{
    /// <exception cref="OperationCanceledException">It was ended. A checkpoint is kept.</exception>
    /// <exception cref="TrainingFailedException">Nothing is learned any more.</exception>
    public void Run(IReadOnlyList<TokenPreference> preferences, CancellationToken cancellationToken)
    {
        random.manual_seed(options.Seed);
        var device = model.parameters().First().device;
        // The model that training begins with is held to by what it says of the replies: it need not be kept.
        progress("what the model says of the replies before it is trained ...");
        var reference = Reference(preferences, device, cancellationToken);
        if (options.Lora is { } lora)
            model.Adapt(lora);
        var order = new ExampleOrder(preferences.Count, options.Seed);
        using var run = new TrainingRun(folder, "dpo", model, options, order.Steps(options.Batch, options.Epochs), generator: null, progress);
        model.train();
        while (!run.IsDone)
        {
            if (cancellationToken.IsCancellationRequested)
                run.Save();
            cancellationToken.ThrowIfCancellationRequested();
            var (loss, margin, right) = (0.0, 0.0, 0.0);
            run.Begin();
            foreach (var part in order.Batch(run.Step, options.Batch).Chunk(options.Together))
            {
                using var scope = NewDisposeScope();
                var likely = Whole(Pairs(part.Select(i => preferences[i])), device); // [2 B]: chosen, then rejected
                var before = tensor(part.Select(i => reference[i].Chosen).Concat(part.Select(i => reference[i].Rejected)).ToArray(), device: device);
                var (each, margins) = Losses.Preference(
                    likely.narrow(0, 0, part.Length), likely.narrow(0, part.Length, part.Length), before.narrow(0, 0, part.Length), before.narrow(0, part.Length, part.Length), options.Beta);
                var some = each.sum() / options.Batch;
                some.backward();
                loss += some.item<float>();
                margin += margins.sum().item<float>() / options.Batch;
                right += margins.gt(0).sum().item<long>() / (double)options.Batch;
            }

            run.Move(loss, [("margin", margin), ("accuracy", right)]);
        }
    }

    private List<(float Chosen, float Rejected)> Reference(IReadOnlyList<TokenPreference> preferences, Device device, CancellationToken cancellationToken)
    {
        using var noGradient = no_grad();
        model.eval();
        var known = new List<(float, float)>();
        foreach (var part in preferences.Chunk(options.Together))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var likely = Whole(Pairs(part), device).cpu().data<float>().ToArray();
            known.AddRange(part.Select((_, i) => (likely[i], likely[part.Length + i])));
        }

        return known;
    }

    private static List<TokenPair> Pairs(IEnumerable<TokenPreference> preferences)
    {
        List<TokenPreference> all = [.. preferences];
        return [.. all.Select(p => new TokenPair(p.Prompt, p.Chosen)), .. all.Select(p => new TokenPair(p.Prompt, p.Rejected))];
    }

    /// <summary>How likely the model finds each reply as a whole, [B].</summary>
    private Tensor Whole(List<TokenPair> pairs, Device device)
    {
        var tokens = TokenBatch.Of(pairs, padding, device);
        return (Losses.LogProbabilities(model.forward(tokens.Tokens), tokens.Tokens) * tokens.Counted).sum(1);
    }
}
