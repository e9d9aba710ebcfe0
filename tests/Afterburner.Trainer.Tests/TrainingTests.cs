using System.Text.Json.Nodes;
using Afterburner.Trainer.Models;
using Afterburner.Trainer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Afterburner.Trainer.Tests;

public sealed class TrainingTests : IDisposable
{
    private static readonly SftOptions Sft = new() { LearningRate = 0.01, WarmUp = 2, Batch = 4, Lora = null, Epochs = 10, CheckpointEvery = 3 };

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Supervised_training_makes_the_replies_likely_and_leaves_prompts_alone()
    {
        using var model = Tiny.Model();

        new SftTrainer(model, Sft with { Epochs = 40 }, _folder.Path, Tiny.End, _ => { }).Run(Pairs(8), Cancel);

        var losses = Metrics("loss");
        Assert.True(losses[^1] < 0.2 * losses[0], $"{losses[0]} to {losses[^1]}");
        Assert.All(Pairs(8), p => Assert.Equal(p.Reply, new Sampler(model, Tiny.End).Sample([p.Prompt], new SamplingOptions { Temperature = 0, MostTokens = 5 }, new Generator(1))[0].Tokens));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_that_was_ended_goes_on_to_the_bit(bool adapted)
    {
        // Dropout draws: its state has to be kept as well.
        var options = Sft with { MostSteps = 11, Lora = adapted ? new LoraOptions { Rank = 2, Dropout = 0.2 } : null };
        using var whole = Tiny.Model();
        new SftTrainer(whole, options, _folder.At("whole"), Tiny.End, _ => { }).Run(Pairs(10), Cancel);
        using var first = Tiny.Model();
        using var ended = new CancellationTokenSource();
        var steps = 0;
        Assert.Throws<OperationCanceledException>(() => new SftTrainer(first, options, _folder.At("parts"), Tiny.End, _ => ended.CancelAfter(++steps > 0 ? 0 : 1)).Run(Pairs(10), ended.Token));
        using var second = Tiny.Model();

        new SftTrainer(second, options, _folder.At("parts"), Tiny.End, _ => { }).Run(Pairs(10), Cancel);

        Assert.All(whole.state_dict().Zip(second.state_dict()), p => Assert.True(p.First.Value.equal(p.Second.Value).all().item<bool>(), p.First.Key));
        Assert.Equal(Metrics("loss", "whole"), Metrics("loss", "parts"));
        Assert.Single(Directory.GetDirectories(_folder.At("parts")));
    }

    [Fact]
    public async Task A_training_by_rewards_that_was_ended_while_programs_ran_goes_on_to_the_bit()
    {
        List<TrainingPrompt> prompts = [.. Enumerable.Range(0, 4).Select(i => new TrainingPrompt($"t{i}", "", Tiny.Tokens(i, 4)))];
        var options = new GrpoOptions { LearningRate = 0.01, Batch = 2, Replies = 4, MostSteps = 6, Sampling = new SamplingOptions { MostTokens = 4 }, CheckpointEvery = 100 };
        using var whole = Tiny.Model();
        await new GrpoTrainer(whole, options, (_, replies, _) => Rewarded(replies), Words, _folder.At("whole"), Tiny.End, _ => { }).RunAsync(prompts, Cancel);
        using var first = Tiny.Model();
        using var ended = new CancellationTokenSource();
        var asked = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new GrpoTrainer(first, options, async (_, replies, token) =>
        {
            if (++asked == 5)
                await ended.CancelAsync();
            token.ThrowIfCancellationRequested();
            return await Rewarded(replies);
        }, Words, _folder.At("parts"), Tiny.End, _ => { }).RunAsync(prompts, ended.Token));
        using var second = Tiny.Model();

        await new GrpoTrainer(second, options, (_, replies, _) => Rewarded(replies), Words, _folder.At("parts"), Tiny.End, _ => { }).RunAsync(prompts, Cancel);

        Assert.Equal(6, Metrics("reward", "whole").Count);
        Assert.Equal(Metrics("reward", "whole"), Metrics("reward", "parts"));
        Assert.All(whole.state_dict().Zip(second.state_dict()), p => Assert.True(p.First.Value.equal(p.Second.Value).all().item<bool>(), p.First.Key));

        static string Words(IReadOnlyList<int> tokens) => string.Join(' ', tokens);

        static Task<IReadOnlyList<ReplyReward>> Rewarded(IReadOnlyList<string> replies) =>
            Task.FromResult<IReadOnlyList<ReplyReward>>([.. replies.Select(r => new ReplyReward(r.Split(' ').Average(t => int.Parse(t) % 2 == 0 ? 1.0 : 0), 1, 0, 0, true))]);
    }

    [Fact]
    public void A_training_by_preferences_goes_on_to_the_bit_and_asks_the_first_model_once()
    {
        List<TokenPreference> preferences = [.. Enumerable.Range(0, 8).Select(i => new TokenPreference(Tiny.Tokens(i, 4), [.. Tiny.Tokens(100 + i, 3), Tiny.End], [.. Tiny.Tokens(200 + i, 5), Tiny.End]))];
        var options = new DpoOptions { LearningRate = 0.01, WarmUp = 1, Batch = 4, Epochs = 4, Lora = null };
        using var whole = Tiny.Model();
        new DpoTrainer(whole, options, _folder.At("whole"), Tiny.End, _ => { }).Run(preferences, Cancel);
        using var first = Tiny.Model();
        using var ended = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => new DpoTrainer(first, options, _folder.At("parts"), Tiny.End, line => ended.CancelAfter(line.StartsWith("step", StringComparison.Ordinal) ? 0 : 100_000)).Run(preferences, ended.Token));
        using var second = Tiny.Model();
        var told = new List<string>();

        new DpoTrainer(second, options, _folder.At("parts"), Tiny.End, told.Add).Run(preferences, Cancel);

        Assert.DoesNotContain(told, t => t.StartsWith("what the model says", StringComparison.Ordinal));
        Assert.Equal(8, Metrics("loss", "whole").Count);
        Assert.Equal(Metrics("loss", "whole"), Metrics("loss", "parts"));
        Assert.All(whole.state_dict().Zip(second.state_dict()), p => Assert.True(p.First.Value.equal(p.Second.Value).all().item<bool>(), p.First.Key));
    }

    [Fact]
    public void A_folder_of_other_examples_or_another_model_is_not_gone_on_with()
    {
        using var model = Tiny.Model();
        new SftTrainer(model, Sft with { MostSteps = 3 }, _folder.Path, Tiny.End, _ => { }).Run(Pairs(8), Cancel);
        using (var same = Tiny.Model())
            new SftTrainer(same, Sft with { MostSteps = 3 }, _folder.Path, Tiny.End, _ => { }).Run(Pairs(8), Cancel);

        Refused(Tiny.Model(), [.. Pairs(8).Skip(1), Pairs(9)[8]], Sft);
        Refused(Tiny.Model(seed: 2), Pairs(8), Sft);
        Refused(Tiny.Model(), Pairs(8), Sft with { Lora = new LoraOptions { Targets = ["q_proj"] } });

        void Refused(Qwen2Model other, List<TokenPair> pairs, SftOptions options)
        {
            using (other)
                Assert.Contains("other settings", Assert.Throws<UsageException>(() => new SftTrainer(other, options with { MostSteps = 3 }, _folder.Path, Tiny.End, _ => { }).Run(pairs, Cancel)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Half_a_line_of_measurements_does_not_stop_a_run_from_going_on()
    {
        using var model = Tiny.Model();
        using var ended = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => new SftTrainer(model, Sft, _folder.Path, Tiny.End, _ => ended.CancelAfter(0)).Run(Pairs(8), ended.Token));
        File.AppendAllText(_folder.At(TrainingRun.MetricsFile), "{\"step\": 3, \"lo");
        using var again = Tiny.Model();

        new SftTrainer(again, Sft, _folder.Path, Tiny.End, _ => { }).Run(Pairs(8), Cancel);

        Assert.Equal(20, Metrics("loss").Count);
    }

    [Fact]
    public void Two_trainings_do_not_share_a_folder()
    {
        using var model = Tiny.Model();
        using var run = new TrainingRun(_folder.Path, "sft", model, Sft, "data", 3, generator: null, _ => { });

        Assert.Contains("another training runs in", Assert.Throws<UsageException>(() => new SftTrainer(model, Sft, _folder.Path, Tiny.End, _ => { }).Run(Pairs(8), Cancel)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Eight_together_move_the_weights_as_eight_added_up_do()
    {
        var models = new[] { 8, 2, 1 }.Select(together =>
        {
            var model = Tiny.Model();
            new SftTrainer(model, Sft with { Batch = 8, MostSteps = 1, Together = together }, _folder.At($"{together}"), Tiny.End, _ => { }).Run(Pairs(8), Cancel);
            return model;
        }).ToList();

        Assert.All(models[1..], m => Assert.All(m.state_dict().Zip(models[0].state_dict()), p => Assert.True(p.First.Value.allclose(p.Second.Value, rtol: 1e-3, atol: 2e-4), p.First.Key)));
        Assert.Equal(Metrics("gradient", "8")[0], Metrics("gradient", "1")[0], 1e-4);
    }

    [Fact]
    public void A_short_training_comes_out_as_it_did_before()
    {
        using var model = Tiny.Model();

        new SftTrainer(model, Sft with { MostSteps = 4 }, _folder.Path, Tiny.End, _ => { }).Run(Pairs(8), Cancel);

        Assert.Equal(Pinned.Length, Metrics("loss").Count);
        Assert.All(Metrics("loss").Zip(Pinned), p => Assert.Equal(p.Second, p.First, 2e-3));
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_with_what_to_do_and_keeps_the_checkpoint()
    {
        using var model = Tiny.Model();
        var spoilt = false;

        var failed = Assert.Throws<TrainingFailedException>(() => new SftTrainer(model, Sft with { CheckpointEvery = 5 }, _folder.Path, Tiny.End, line =>
        {
            if (spoilt || !line.StartsWith("step 10/", StringComparison.Ordinal))
                return;
            spoilt = true;
            using (no_grad())
                model.parameters().First().fill_(float.NaN);
        }).Run(Pairs(8), Cancel));

        Assert.Contains("in step 11 of 20 the loss is NaN", failed.Message, StringComparison.Ordinal);
        Assert.Contains("lower learning rate", failed.Message, StringComparison.Ordinal);
        Assert.Equal("checkpoint-10", Path.GetFileName(Assert.Single(Directory.GetDirectories(_folder.Path))));
    }

    [Fact]
    public void A_folder_of_another_training_is_not_gone_on_with()
    {
        using var model = Tiny.Model();
        new SftTrainer(model, Sft with { MostSteps = 3 }, _folder.Path, Tiny.End, _ => { }).Run(Pairs(8), Cancel);

        var said = Assert.Throws<UsageException>(() => new SftTrainer(model, Sft with { MostSteps = 3, LearningRate = 0.5 }, _folder.Path, Tiny.End, _ => { }).Run(Pairs(8), Cancel)).Message;

        Assert.Contains("holds a training with other settings", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, 4, "learning-rate is above 0")]
    [InlineData(0.1, -1, 4, "warm-up is at least 0")]
    [InlineData(0.1, 1, 0, "batch and together are at least 1")]
    public void Options_out_of_their_range_are_told(double rate, int warmUp, int batch, string said) =>
        Assert.Contains(said, Assert.Throws<UsageException>(() => (Sft with { LearningRate = rate, WarmUp = warmUp, Batch = batch }).Check()).Message, StringComparison.Ordinal);

    [Fact]
    public void Preference_training_widens_the_margin_from_the_model_it_began_with()
    {
        using var model = Tiny.Model();
        List<TokenPreference> preferences = [.. Enumerable.Range(0, 8).Select(i => new TokenPreference(Tiny.Tokens(i, 4), [.. Tiny.Tokens(100 + i, 3), Tiny.End], [.. Tiny.Tokens(200 + i, 5), Tiny.End]))];

        new DpoTrainer(model, new DpoOptions { LearningRate = 0.01, WarmUp = 1, Batch = 8, Epochs = 12, Lora = new LoraOptions { Rank = 4 } }, _folder.Path, Tiny.End, _ => { }).Run(preferences, Cancel);

        var (losses, margins, right) = (Metrics("loss"), Metrics("margin"), Metrics("accuracy"));
        Assert.Equal(Math.Log(2), losses[0], 1e-4);
        Assert.Equal(0, margins[0], 1e-4);
        Assert.True(losses[^1] < 0.3 && margins[^1] > 1, $"{losses[^1]}, {margins[^1]}");
        Assert.Equal(1, right[^1]);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0.05)]
    public async Task Group_training_makes_replies_likelier_that_are_worth_more(int passes, double divergence)
    {
        using var model = Tiny.Model();
        List<TrainingPrompt> prompts = [.. Enumerable.Range(0, 4).Select(i => new TrainingPrompt($"t{i}", "", Tiny.Tokens(i, 4)))];
        var options = new GrpoOptions { LearningRate = 0.01, Batch = 4, Replies = 8, Epochs = 30, Passes = passes, Divergence = divergence, Sampling = new SamplingOptions { MostTokens = 6 }, Together = 32 };

        // Worth the share of even tokens.
        await new GrpoTrainer(model, options, (_, replies, _) => Task.FromResult<IReadOnlyList<ReplyReward>>([.. replies.Select(Even)]), t => string.Join(' ', t), _folder.Path, Tiny.End, _ => { }).RunAsync(prompts, Cancel);

        var rewards = Metrics("reward");
        Assert.True(rewards[^3..].Average() > rewards[..3].Average() + 0.2, $"{rewards[0]} to {rewards[^1]}");
        Assert.All(Metrics("entropy"), e => Assert.InRange(e, 0, Math.Log(Tiny.Sizes.VocabularySize)));

        static ReplyReward Even(string reply)
        {
            var share = reply.Split(' ').Average(t => int.Parse(t) % 2 == 0 ? 1.0 : 0);
            return new ReplyReward(share, 1, share, 0, share > 0.5);
        }
    }

    [Fact]
    public async Task Replies_that_are_all_worth_the_same_stop_the_training_after_a_while()
    {
        using var model = Tiny.Model();
        var options = new GrpoOptions { Batch = 1, Replies = 2, Epochs = 30, Sampling = new SamplingOptions { MostTokens = 2 } };

        var failed = await Assert.ThrowsAsync<TrainingFailedException>(() => new GrpoTrainer(
            model, options, (_, replies, _) => Task.FromResult<IReadOnlyList<ReplyReward>>([.. replies.Select(_ => new ReplyReward(-0.7, -1, -0.5, 0, false))]), _ => "", _folder.Path, Tiny.End, _ => { })
            .RunAsync([new TrainingPrompt("t", "", [1, 2])], Cancel));

        Assert.Contains("worth the same (-0.7)", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_loses_what_it_could_stops_the_training_with_what_to_do()
    {
        using var model = Tiny.Model();
        var asked = 0;
        var options = new GrpoOptions { Batch = 1, Replies = 2, Epochs = 100, Sampling = new SamplingOptions { MostTokens = 2 } };

        var failed = await Assert.ThrowsAsync<TrainingFailedException>(() => new GrpoTrainer(
            model, options, (_, replies, _) => Task.FromResult<IReadOnlyList<ReplyReward>>([.. replies.Select((_, i) => new ReplyReward(i, 1, 1, 0, asked++ < 60))]), _ => "", _folder.Path, Tiny.End, _ => { })
            .RunAsync([new TrainingPrompt("t", "", [1, 2])], Cancel));

        Assert.Contains("the reward collapsed: in the last 20 steps 2", failed.Message, StringComparison.Ordinal);
        Assert.Contains("100% did before", failed.Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetDirectories(_folder.Path));
        // The same command does not undo it.
        using var again = Tiny.Model();
        await Assert.ThrowsAsync<TrainingFailedException>(() => new GrpoTrainer(again, options, (_, _, _) => throw new InvalidOperationException("nothing is asked"), _ => "", _folder.Path, Tiny.End, _ => { }).RunAsync([new TrainingPrompt("t", "", [1, 2])], Cancel));
    }

    [Fact]
    public void A_page_shows_what_a_training_measured()
    {
        using var model = Tiny.Model();

        new SftTrainer(model, Sft with { MostSteps = 4 }, _folder.Path, Tiny.End, _ => { }).Run(Pairs(8), Cancel);

        var page = File.ReadAllText(_folder.At("metrics.html"));
        Assert.Contains("<p>4 steps.</p>", page, StringComparison.Ordinal);
        Assert.Contains("<figcaption>loss: 3.679 at step 1", page, StringComparison.Ordinal);
        Assert.Equal(4, page.Split("<polyline").Length - 1);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_does_not_grow_over_three_hundred_steps()
    {
        using var model = Tiny.Model();
        var (tensors, early) = (0L, 0L);

        new SftTrainer(model, Sft with { Epochs = 300, Batch = 8, CheckpointEvery = 1_000 }, _folder.Path, Tiny.End, line =>
        {
            // What nobody holds any more is not counted.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            tensors = Tensor.TotalCount;
            early = early == 0 && line.StartsWith("step 100/", StringComparison.Ordinal) ? tensors : early;
        }).Run(Pairs(8), Cancel);

        Assert.True(early > 0);
        Assert.Equal(early, tensors);
    }

    // Of the code as it was when it was checked against all the above.
    private static readonly double[] Pinned = [3.67899, 4.28096, 3.08341, 3.31741];

    private static List<TokenPair> Pairs(int count) => [.. Enumerable.Range(0, count).Select(i => new TokenPair(Tiny.Tokens(i, 3 + (i % 3)), [.. Tiny.Tokens(50 + i, 2 + (i % 2)), Tiny.End]))];

    private List<double> Metrics(string name, string folder = "") =>
        [.. File.ReadLines(Path.Combine(_folder.At(folder), TrainingRun.MetricsFile)).Select(l => JsonNode.Parse(l)![name]!.GetValue<double>())];
}
