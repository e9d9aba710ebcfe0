using Afterburner.Trainer.Models;
using static TorchSharp.torch;

namespace Afterburner.Trainer.Training;

/// <summary>Supervised fine-tuning: the model is made to find good replies likely.</summary>
/// <param name="folder">Of checkpoints and measurements; a run that was ended goes on there.</param>
/// <param name="padding">Token that fills up what is shorter.</param>
/// <param name="progress">Told a line now and then.</param>
public sealed class SftTrainer(Qwen2Model model, SftOptions options, string folder, int padding, Action<string> progress)
{
    /// <param name="pairs">Prompts with good replies, of a program that is slower and one that is quicker.</param>
    /// <exception cref="OperationCanceledException">It was ended. A checkpoint is kept.</exception>
    /// <exception cref="TrainingFailedException">Nothing is learned any more.</exception>
    public void Run(IReadOnlyList<TokenPair> pairs, CancellationToken cancellationToken)
    {
        random.manual_seed(options.Seed);
        var data = TrainingRun.Digest(model, pairs);
        if (options.Lora is { } lora)
            model.Adapt(lora);
        var device = model.parameters().First().device;
        var order = new ExampleOrder(pairs.Count, options.Seed);
        using var run = new TrainingRun(folder, "sft", model, options, data, order.Steps(options.Batch, options.Epochs), generator: null, progress);
        model.train();
        while (!run.IsDone)
        {
            List<TokenPair> batch = [.. order.Batch(run.Step, options.Batch).Select(i => pairs[i])];
            var counted = batch.Sum(p => p.Counted);
            var loss = 0.0;
            run.Begin();
            foreach (var part in batch.Chunk(options.Together))
            {
                run.ThrowIfEnded(cancellationToken);
                using var scope = NewDisposeScope();
                var tokens = TokenBatch.Of(part, padding, device);
                var likely = Losses.LogProbabilities(model.forward(tokens.Tokens), tokens.Tokens); // [B, T - 1]
                var some = Losses.Supervised(likely, tokens.Counted, counted);
                some.backward();
                loss += some.item<float>();
            }

            run.Move(loss, [("tokens", counted)]);
        }
    }
}
