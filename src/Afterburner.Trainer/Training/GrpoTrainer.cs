using Afterburner.Trainer.Models;
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
/// <inheritdoc cref="SftTrainer"/>
public sealed class GrpoTrainer(Qwen2Model model, GrpoOptions options, RewardFunction reward, Func<IReadOnlyList<int>, string> decode, string folder, int end, Action<string> progress)
{
    /// <summary>Steps in a row without any difference within a group, after which there is nothing to be learned.</summary>
    private const int MostAlike = 20;

    /// <summary>Steps whose pass rates are looked at together, and the share of the best such rate below which the model has lost what it could.</summary>
    private const int Window = 20;

    private const double Collapsed = 0.25, WorthLosing = 0.1;

    /// <exception cref="OperationCanceledException">It was ended. A checkpoint is kept.</exception>
    /// <exception cref="TrainingFailedException">Nothing is learned any more.</exception>
    public async Task RunAsync(IReadOnlyList<TrainingPrompt> prompts, CancellationToken cancellationToken)
    {
        random.manual_seed(options.Seed);
        var device = model.parameters().First().device;
        using var generator = new Generator((ulong)options.Seed);
        using var start = options.Divergence > 0 ? model.Merged() : null;
        if (options.Lora is { } lora)
            model.Adapt(lora);
        var order = new ExampleOrder(prompts.Count, options.Seed);
        using var run = new TrainingRun(folder, "grpo", model, options, order.Steps(options.Batch, options.Epochs), generator, progress);
        var sampler = new Sampler(model, end);
        var (alike, rates, best) = (0, new Queue<double>(), 0.0);
        while (!run.IsDone)
        {
            if (cancellationToken.IsCancellationRequested)
                run.Save();
            cancellationToken.ThrowIfCancellationRequested();
            var written = await WriteAsync([.. order.Batch(run.Step, options.Batch).Select(i => prompts[i])], sampler, generator, cancellationToken).ConfigureAwait(false);
            var rewards = written.SelectMany(g => g.Rewards).ToList();
            var advantages = Advantages(written);
            alike = advantages.All(a => a == 0) ? alike + 1 : 0;
            if (alike == MostAlike)
            {
                run.Save();
                throw new TrainingFailedException(
                    $"in {MostAlike} steps in a row all replies to each prompt were worth the same ({rewards[0].Total:0.###}): there is nothing to learn from. Begin with a model that passes some tasks, or with easier ones.");
            }

            var learned = Learn(run, [.. written.SelectMany(g => g.Replies.Select(r => new TokenPair(g.Prompt.Tokens, r.Tokens)))], advantages, start, device);
            run.Move(learned.Loss,
            [
                ("reward", rewards.Average(r => r.Total)), ("form", rewards.Average(r => r.Form)), ("correctness", rewards.Average(r => r.Correctness)),
                ("efficiency", rewards.Average(r => r.Efficiency)), ("passRate", rewards.Average(r => r.Passed ? 1.0 : 0)), ("length", written.Average(g => g.Replies.Average(r => r.Tokens.Count))),
                ("entropy", learned.Entropy), ("divergence", learned.Divergence), ("clipped", learned.Clipped),
            ]);
            rates.Enqueue(rewards.Average(r => r.Passed ? 1.0 : 0));
            if (rates.Count <= Window)
                continue;
            rates.Dequeue();
            best = Math.Max(best, rates.Average());
            if (best >= WorthLosing && rates.Average() < Collapsed * best)
            {
                run.Save();
                throw new TrainingFailedException(FormattableString.Invariant(
                    $"the reward collapsed: in the last {Window} steps {rates.Average():0%} of the programs passed, and {best:0%} did before. Begin anew with a lower learning rate, a smaller clip, or a weight of the divergence (--divergence)."));
            }
        }
    }

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

    private static float[] Advantages(IReadOnlyList<(TrainingPrompt, IReadOnlyList<SampledReply>, IReadOnlyList<ReplyReward> Rewards)> written)
    {
        using var scope = NewDisposeScope();
        var rewards = stack(written.Select(g => tensor(g.Rewards.Select(r => (float)r.Total).ToArray()))); // [G, N]
        return Losses.Advantages(rewards).flatten().data<float>().ToArray();
    }

    private (double Loss, double Clipped, double Divergence, double Entropy) Learn(TrainingRun run, IReadOnlyList<TokenPair> replies, float[] advantages, Qwen2Model? start, Device device)
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
                using var scope = NewDisposeScope();
                List<TokenPair> part = [.. replies.Skip(from).Take(options.Together)];
                var tokens = TokenBatch.Of(part, end, device);
                var logits = model.forward(tokens.Tokens);
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

    private static Tensor Of(Qwen2Model by, TokenBatch tokens)
    {
        using var noGradient = no_grad();
        return Losses.LogProbabilities(by.forward(tokens.Tokens), tokens.Tokens);
    }
}
