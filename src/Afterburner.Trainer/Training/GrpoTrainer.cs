using Afterburner.Trainer.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Afterburner.Trainer.Training;

/// <summary>What a model is asked while it is trained.</summary>
/// <param name="Task">Which task of the data set it is about.</param>
/// <param name="Text">The whole prompt.</param>
public sealed record TrainingPrompt(string Task, string Text, IReadOnlyList<int> Tokens);

/// <summary>What a reply is worth, with its parts.</summary>
/// <param name="Passed">Whether its program passes.</param>
public sealed record ReplyReward(double Total, double Form, double Correctness, double Efficiency, bool Passed);

/// <summary>Rewards replies to a prompt, in their order.</summary>
public delegate Task<IReadOnlyList<ReplyReward>> RewardFunction(TrainingPrompt prompt, IReadOnlyList<string> replies, CancellationToken cancellationToken);

/// <summary>
/// Group relative policy optimization (arXiv 2402.03300): to each prompt the model writes a group of replies, which are run; those that are worth more than their
/// group are made likelier, the others less so. Replies of one prompt are run while those of the next are written.
/// </summary>
/// <param name="reward">Runs replies.</param>
/// <param name="decode">Text of a reply's tokens.</param>
/// <param name="end">Token that ends a reply.</param>
/// <param name="known">Tokens that have a text; null for all.</param>
/// <inheritdoc cref="SftTrainer"/>
public sealed class GrpoTrainer(Qwen2Model model, GrpoOptions options, RewardFunction reward, Func<IReadOnlyList<int>, string> decode, string folder, int end, Action<string> progress, int? known = null)
{
    /// <summary>Steps in a row without any difference within a group, after which there is nothing to be learned.</summary>
    private const int MostAlike = 20;

    /// <summary>Steps whose pass rates are looked at together, and the share of the best such rate below which the model has lost what it could.</summary>
    private const int Window = 20;

    private const double Collapsed = 0.25, WorthLosing = 0.1;

    private const string Told = "told", PassRate = "passRate";

    /// <exception cref="OperationCanceledException">It was ended. A checkpoint is kept.</exception>
    /// <exception cref="TrainingFailedException">Nothing is learned any more.</exception>
    public async Task RunAsync(IReadOnlyList<TrainingPrompt> prompts, CancellationToken cancellationToken)
    {
        random.manual_seed(options.Seed);
        var (type, device) = model.parameters().Select(p => (p.dtype, p.device)).First();
        using var generator = new Generator((ulong)options.Seed);
        var (order, data) = (new ExampleOrder(prompts.Count, options.Seed), TrainingRun.Digest(model, prompts));
        using var start = options.Divergence > 0 ? model.Merged() : null;
        if (start is not null)
            start.to(device).to(type);
        if (options.Lora is { } lora)
            model.Adapt(lora);
        using var run = new TrainingRun(folder, "grpo", model, options, data, order.Steps(options.Batch, options.Epochs), generator, progress);
        var sampler = new Sampler(model, end, known);
        while (!run.IsDone)
        {
            ThrowIfNothingIsLearned(run);
            try
            {
                var written = await WriteAsync([.. order.Batch(run.Step, options.Batch).Select(i => prompts[i])], sampler, generator, cancellationToken).ConfigureAwait(false);
                var (rewards, share) = (written.SelectMany(g => g.Rewards).ToList(), run.Step / (double)Math.Max(1, run.Steps - 1));
                var advantages = Advantages(written, share);
                var learned = Learn(run, [.. written.SelectMany(g => g.Replies.Select(r => new TokenPair(g.Prompt.Tokens, r.Tokens)))], advantages, start, device, cancellationToken);
                run.Move(learned.Loss,
                [
                    ("reward", rewards.Average(r => Worth(r, share))), ("form", rewards.Average(r => r.Form)), ("correctness", rewards.Average(r => r.Correctness)),
                    ("efficiency", rewards.Average(r => r.Efficiency)), (PassRate, rewards.Average(r => r.Passed ? 1.0 : 0)), ("length", written.Average(g => g.Replies.Average(r => r.Tokens.Count))),
                    ("ended", written.Average(g => g.Replies.Average(r => r.IsEnded ? 1.0 : 0))), (Told, written.Select((_, i) => advantages.Skip(i * options.Replies).Take(options.Replies).Any(a => a != 0) ? 1.0 : 0).Average()),
                    ("entropy", learned.Entropy), ("divergence", learned.Divergence), ("clipped", learned.Clipped),
                ]);
            }
            catch (Exception e) when (e is OperationCanceledException or EnvironmentFailureException)
            {
                run.Abandon();
                throw;
            }
        }
    }

    /// <summary>Looks at what was measured, so that a run that was stopped is stopped again.</summary>
    private static void ThrowIfNothingIsLearned(TrainingRun run)
    {
        List<double> told = [.. run.Metric(Told)], rates = [.. run.Metric(PassRate)], rewards = [.. run.Metric("reward")];
        if (told.Count >= MostAlike && told.TakeLast(MostAlike).All(t => t == 0))
        {
            run.Save();
            throw new TrainingFailedException(
                $"in {MostAlike} steps in a row all replies to each prompt were worth the same ({rewards[^1]:0.###}): there is nothing to learn from. Begin with a model that passes some tasks, or with easier ones.");
        }

        if (rates.Count < Window)
            return;
        var (last, best) = (rates.TakeLast(Window).Average(), Enumerable.Range(0, rates.Count - Window + 1).Max(i => rates.Skip(i).Take(Window).Average()));
        if (best >= WorthLosing && last < Collapsed * best)
        {
            run.Save();
            throw new TrainingFailedException(FormattableString.Invariant(
                $"the reward collapsed: in the last {Window} steps {last:0%} of the programs passed, and {best:0%} did before. Begin anew in another folder with a lower learning rate, a smaller clip, or a weight of the divergence (--divergence)."));
        }
    }

    /// <param name="share">Of the training that is over, 0 to 1.</param>
    private double Worth(ReplyReward reward, double share) => reward.Total + (options.EfficiencyRise * share * reward.Efficiency);

    /// <summary>A group of replies to each prompt, and what they are worth.</summary>
    private async Task<IReadOnlyList<(TrainingPrompt Prompt, IReadOnlyList<SampledReply> Replies, IReadOnlyList<ReplyReward> Rewards)>> WriteAsync(
        IReadOnlyList<TrainingPrompt> prompts, Sampler sampler, Generator generator, CancellationToken cancellationToken)
    {
        var running = new List<(TrainingPrompt Prompt, IReadOnlyList<SampledReply> Replies, Task<IReadOnlyList<ReplyReward>> Rewards)>();
        foreach (var prompt in prompts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var replies = sampler.Sample([.. Enumerable.Repeat(prompt.Tokens, options.Replies)], options.Sampling, generator);
            running.Add((prompt, replies, Task.Run(() => reward(prompt, [.. replies.Select(r => decode(r.Tokens))], cancellationToken), cancellationToken)));
        }

        var worth = await Task.WhenAll(running.Select(r => r.Rewards)).ConfigureAwait(false);
        return [.. running.Zip(worth, (r, rewards) => (r.Prompt, r.Replies, rewards))];
    }

    private float[] Advantages(IReadOnlyList<(TrainingPrompt, IReadOnlyList<SampledReply>, IReadOnlyList<ReplyReward> Rewards)> written, double share)
    {
        using var scope = NewDisposeScope();
        var rewards = stack(written.Select(g => tensor(g.Rewards.Select(r => (float)Worth(r, share)).ToArray()))); // [G, N]
        return Losses.Advantages(rewards, options.LeastDifference).flatten().data<float>().ToArray();
    }

    private (double Loss, double Clipped, double Divergence, double Entropy) Learn(TrainingRun run, IReadOnlyList<TokenPair> replies, float[] advantages, Qwen2Model? start, Device device, CancellationToken cancellationToken)
    {
        var counted = replies.Sum(r => r.Counted);
        var (loss, clipped, divergence, entropy) = (0.0, 0.0, 0.0, 0.0);
        // With one pass the model that is trained is the one that wrote.
        var before = options.Passes > 1 ? Before(model, replies, device) : null;
        model.train();
        for (var pass = 0; pass < options.Passes; pass++)
        {
            (loss, clipped, divergence, entropy) = (0, 0, 0, 0);
            run.Begin();
            for (var from = 0; from < replies.Count; from += options.Together)
            {
                // Once the weights have moved the step is carried to its end.
                if (pass == 0)
                    cancellationToken.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                List<TokenPair> part = [.. replies.Skip(from).Take(options.Together)];
                var tokens = TokenBatch.Of(part, end, device);
                var logits = AsDrawn(model.forward(tokens.Tokens));
                var likely = Losses.LogProbabilities(logits, tokens.Tokens); // [B, T - 1]
                var reference = start is null ? null : Of(start, tokens);
                var (some, cut, moved) = Losses.Group(
                    likely, before?[from / options.Together] ?? likely.detach(), tensor(advantages.AsSpan(from, part.Count).ToArray(), device: device), tokens.Counted,
                    options.Clip, reference, options.Divergence, counted);
                some.backward();
                loss += some.item<float>();
                clipped += cut.item<float>();
                divergence += moved.item<float>();
                entropy += (Losses.Entropy(logits.detach()) * tokens.Counted).sum().item<float>() / counted;
            }

            if (pass + 1 < options.Passes)
                run.MoveWithin();
        }

        foreach (var known in before ?? [])
            known.Dispose();
        return (loss, clipped, divergence, entropy);
    }

    private List<Tensor> Before(Qwen2Model by, IReadOnlyList<TokenPair> replies, Device device)
    {
        by.eval();
        return [.. replies.Chunk(options.Together).Select(part =>
        {
            using var scope = NewDisposeScope();
            return Of(by, TokenBatch.Of(part, end, device)).DetachFromDisposeScope();
        })];
    }

    /// <summary>At the temperature that replies are drawn at.</summary>
    private Tensor AsDrawn(Tensor logits) => options.Sampling.Temperature == 1 ? logits : logits / options.Sampling.Temperature;

    private Tensor Of(Qwen2Model by, TokenBatch tokens)
    {
        using var noGradient = no_grad();
        return Losses.LogProbabilities(AsDrawn(by.forward(tokens.Tokens)), tokens.Tokens);
    }
}
