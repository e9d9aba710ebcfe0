using Afterburner.Trainer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Afterburner.Trainer.Tests;

public sealed class LossTests
{
    [Fact]
    public void How_likely_a_token_is_comes_from_the_logits_of_the_one_before_it()
    {
        // Behind the first token 1 is e times as likely as 0 and 2; behind the second all are alike.
        using var logits = tensor(new float[,,] { { { 0, 1, 0 }, { 5, 5, 5 }, { 9, 0, 0 } } });

        using var likely = Losses.LogProbabilities(logits, tensor(new long[,] { { 2, 1, 0 } }));

        Near([1 - Math.Log(Math.E + 2), -Math.Log(3)], likely);
    }

    [Fact]
    public void Supervised_is_the_mean_over_tokens_that_count() =>
        Near([(1 + 3) / 2.0], Losses.Supervised(tensor(new float[,] { { -1, -2 }, { -3, -4 } }), tensor(new float[,] { { 1, 0 }, { 1, 0 } }), 2));

    [Fact]
    public void Preference_is_the_sigmoid_loss_of_how_much_further_apart_the_replies_are()
    {
        // beta ((-1 - -2) - (-4 - -3)) = 0.5 * 2.
        var (loss, margin) = Losses.Preference(tensor(new[] { -1f }), tensor(new[] { -4f }), tensor(new[] { -2f }), tensor(new[] { -3f }), 0.5);

        Near([1], margin);
        Near([Math.Log(1 + Math.Exp(-1))], loss);
    }

    [Fact]
    public void An_advantage_is_how_far_a_reply_is_above_its_group_by_the_deviation()
    {
        using var advantages = Losses.Advantages(tensor(new float[,] { { 0, 1, 2 }, { 5, 5, 5 } }));

        Near([-1, 0, 1, 0, 0, 0], advantages, 1e-4);
    }

    [Fact]
    public void Group_counts_a_ratio_no_further_than_the_clip_and_only_where_that_holds_back()
    {
        // Ratios 2, 0.5, 1.1 with advantage 1, and 2 with advantage -1: min(2, 1.2) + min(0.5, 0.8) + 1.1 + min(-2, -1.2).
        var likely = tensor(new[,] { { Log(2), Log(0.5), Log(1.1) }, { Log(2), 0, 0 } }, requires_grad: true);
        var before = zeros(2, 3);

        var (loss, clipped, _) = Losses.Group(likely, before, tensor(new[] { 1f, -1f }), tensor(new float[,] { { 1, 1, 1 }, { 1, 0, 0 } }), 0.2, reference: null, divergence: 0, tokens: 4);
        loss.backward();

        Near([-(1.2 + 0.5 + 1.1 - 2) / 4], loss);
        Near([0.25], clipped);
        // What is clipped pulls at nothing; a ratio pulls as much as it is.
        Near([0, -0.5 / 4, -1.1 / 4, 2.0 / 4, 0, 0], likely.grad!);
    }

    [Fact]
    public void Group_is_held_to_the_model_that_training_began_with()
    {
        // e^d - d - 1 with d = reference - likely = 1.
        var (loss, _, divergence) = Losses.Group(zeros(1, 1), ones(1, 1), zeros(1), ones(1, 1), 0.2, reference: ones(1, 1), divergence: 0.5, tokens: 1);

        Near([0.5 * (Math.E - 2)], loss);
        Near([Math.E - 2], divergence);
    }

    [Fact]
    public void Entropy_of_what_is_alike_is_the_logarithm_of_how_much_there_is()
    {
        using var entropy = Losses.Entropy(zeros(1, 2, 8));

        Near([Math.Log(8)], entropy);
    }

    [Fact]
    public void A_learning_rate_rises_in_a_line_and_falls_along_a_cosine()
    {
        var rate = new LearningRate(2, WarmUp: 4, Steps: 12, Lowest: 0.1);

        Assert.Equal([0.5, 1, 1.5, 2, 2], Enumerable.Range(0, 5).Select(rate.At));
        Assert.Equal(2 * (0.1 + (0.9 * 0.5)), rate.At(8), 1e-9);
        Assert.Equal([0.2, 0.2], new[] { rate.At(12), rate.At(99) }.Select(r => Math.Round(r, 9)));
    }

    [Fact]
    public void Every_epoch_goes_through_all_examples_in_another_order_that_follows_from_the_seed()
    {
        var order = new ExampleOrder(10, seed: 5);
        var all = Enumerable.Range(0, order.Steps(4, epochs: 2)).SelectMany(s => order.Batch(s, 4)).ToList();

        Assert.Equal(5, order.Steps(4, 2));
        Assert.Equal(Enumerable.Range(0, 10), all[..10].Order());
        Assert.Equal(Enumerable.Range(0, 10), all[10..].Order());
        Assert.NotEqual(all[..10], all[10..]);
        Assert.Equal(all[8..12], new ExampleOrder(10, seed: 5).Batch(2, 4));
        Assert.NotEqual(all[8..12], new ExampleOrder(10, seed: 6).Batch(2, 4));
    }

    private static float Log(double value) => (float)Math.Log(value);

    [Fact]
    public void A_group_that_differs_by_no_more_than_chance_teaches_nothing()
    {
        using var advantages = Losses.Advantages(tensor(new float[,] { { 1, 1.02f, 1.01f }, { 1, 2, 1 } }), least: 0.03);

        Near([0, 0, 0], advantages[0]);
        Assert.True(advantages[1, 1].item<float>() > 1);
    }

    [Fact]
    public void The_divergence_from_the_model_that_training_began_with_is_told_where_it_is_given()
    {
        var (likely, counted) = (tensor(new float[,] { { -1, -2 } }), ones(1, 2));

        var (_, _, moved) = Losses.Group(likely, likely, zeros(1), counted, 0.2, tensor(new float[,] { { -1.5f, -2 } }), 0.1, 2);

        Near([(Math.Exp(-0.5) + 0.5 - 1) / 2], moved);
    }

    private static void Near(double[] expected, Tensor actual, double within = 1e-6)
    {
        var all = actual.detach().flatten().data<float>().ToArray();
        Assert.Equal(expected.Length, all.Length);
        Assert.All(all.Zip(expected, (a, e) => (a, e)), p => Assert.Equal(p.e, p.a, within));
    }
}
