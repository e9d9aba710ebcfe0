using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Afterburner.Trainer.Training;

/// <summary>What each way of training makes small. Pure functions of tensors.</summary>
/// <remarks>Shapes: B sequences, T tokens of each, V vocabulary, G groups of N replies.</remarks>
public static class Losses
{
    private const double LeastDeviation = 1e-6;

    /// <summary>How likely a model finds each token behind those before it, as a natural logarithm.</summary>
    /// <param name="logits">[B, T, V].</param>
    /// <param name="tokens">[B, T].</param>
    /// <returns>[B, T - 1]: of the second token, of the third, ...</returns>
    public static Tensor LogProbabilities(Tensor logits, Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var (before, next) = (logits.narrow(1, 0, logits.shape[1] - 1), tokens.narrow(1, 1, tokens.shape[1] - 1));
        return functional.cross_entropy(Wide(before.flatten(0, 1)), next.flatten(), reduction: Reduction.None).neg().view(next.shape).MoveToOuterDisposeScope();
    }

    /// <summary>In single precision at least.</summary>
    private static Tensor Wide(Tensor logits) => logits.dtype is ScalarType.Float64 ? logits : logits.to(ScalarType.Float32);

    /// <summary>Entropy of what a model expects behind each token, in nats.</summary>
    /// <param name="logits">[B, T, V].</param>
    /// <returns>[B, T - 1].</returns>
    public static Tensor Entropy(Tensor logits)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var likely = functional.log_softmax(logits.narrow(1, 0, logits.shape[1] - 1).to(ScalarType.Float32), -1);
        return (likely.exp() * likely).sum(-1).neg().MoveToOuterDisposeScope();
    }

    /// <summary>Cross entropy of the tokens that count: supervised fine-tuning.</summary>
    /// <param name="likely">[B, T - 1], of <see cref="LogProbabilities"/>.</param>
    /// <param name="counted">[B, T - 1], 1 where a token counts, else 0.</param>
    /// <param name="tokens">Tokens that count in the whole batch, of which this may be a part.</param>
    /// <returns>A number.</returns>
    public static Tensor Supervised(Tensor likely, Tensor counted, double tokens) => (likely * counted).sum().neg().div(tokens);

    /// <summary>Direct preference optimization with the sigmoid loss (arXiv 2305.18290, equation 7).</summary>
    /// <param name="chosen">[B], logarithm of how likely the model finds each chosen reply as a whole.</param>
    /// <param name="rejected">[B], of each rejected one.</param>
    /// <param name="referenceChosen">[B], of the model that training began with.</param>
    /// <param name="beta">How far the model is held to that one, above 0.</param>
    /// <returns>[B] losses, and [B] margins between the rewards that the model implies.</returns>
    public static (Tensor Loss, Tensor Margin) Preference(Tensor chosen, Tensor rejected, Tensor referenceChosen, Tensor referenceRejected, double beta)
    {
        var margin = beta * (chosen - referenceChosen - (rejected - referenceRejected));
        return (functional.logsigmoid(margin).neg(), margin);
    }

    /// <summary>How much better each reply is than the others of its group (GRPO, arXiv 2402.03300): less their mean, over their deviation.</summary>
    /// <param name="rewards">[G, N].</param>
    /// <param name="least">A group whose rewards differ by no more than that is one whose replies are all worth the same.</param>
    /// <returns>[G, N]; 0 for a group whose replies are all worth the same.</returns>
    public static Tensor Advantages(Tensor rewards, double least = 0)
    {
        using var scope = NewDisposeScope();
        var centred = rewards - rewards.mean([1], keepdim: true);
        var told = (rewards.amax([1], keepdim: true) - rewards.amin([1], keepdim: true)).gt(least);
        return (centred / (rewards.std(1, unbiased: true, keepdim: true) + LeastDeviation) * told).MoveToOuterDisposeScope();
    }

    /// <summary>The clipped objective of GRPO (arXiv 2402.03300, equation 3), as the mean over all tokens that count.</summary>
    /// <param name="likely">[B, T - 1], of the model that is trained.</param>
    /// <param name="before">[B, T - 1], of the model that wrote the replies.</param>
    /// <param name="advantages">[B].</param>
    /// <param name="counted">[B, T - 1], 1 for tokens of replies, else 0.</param>
    /// <param name="clip">How far the ratio of both may be from 1 and still count, 0 to 1.</param>
    /// <param name="reference">[B, T - 1], of the model that training began with; null where that does not hold the model back.</param>
    /// <param name="divergence">Weight of that, the estimator of equation 4, at least 0.</param>
    /// <param name="tokens">Tokens that count in the whole batch, of which this may be a part.</param>
    /// <returns>A number; the share of tokens that are clipped; the mean divergence from the model that training began with, or from the one that wrote the replies where that one is not given (0 until the weights move).</returns>
    public static (Tensor Loss, Tensor Clipped, Tensor Divergence) Group(
        Tensor likely, Tensor before, Tensor advantages, Tensor counted, double clip, Tensor? reference, double divergence, double tokens)
    {
        using var scope = NewDisposeScope();
        var ratio = (likely - before).exp();
        var each = advantages.unsqueeze(1); // [B, 1]
        var (free, held) = (ratio * each, ratio.clamp(1 - clip, 1 + clip) * each);
        var objective = minimum(free, held);
        if (reference is not null && divergence > 0)
            objective = objective - (divergence * ((reference - likely).exp() - (reference - likely) - 1));
        using var noGradient = no_grad();
        var clipped = (free.gt(held).to(ScalarType.Float32) * counted).sum() / tokens;
        var moved = ((reference is null ? before - likely : (reference - likely).exp() - (reference - likely) - 1) * counted).sum() / tokens;
        using (enable_grad())
            return ((objective * counted).sum().neg().div(tokens).MoveToOuterDisposeScope(), clipped.MoveToOuterDisposeScope(), moved.MoveToOuterDisposeScope());
    }
}
