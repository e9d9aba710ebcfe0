using static TorchSharp.torch;

namespace Afterburner.Trainer.Models;

/// <summary>
/// A part of a model that keeps its input alone, and is computed once more when gradients are needed (arXiv 1604.06174): memory for time. The part has to compute the same both times.
/// </summary>
internal sealed class Recomputed : autograd.SingleTensorFunction<Recomputed>
{
    private const string Part = "part";

    public override string Name => nameof(Recomputed);

    /// <param name="input">Gradients flow through it: one that needs none is taken for one that does.</param>
    /// <param name="part">What it holds beside its input has to live until then.</param>
    public static Tensor Of(Tensor input, Func<Tensor, Tensor> part) => apply(input.requires_grad ? input : input.detach().requires_grad_(), part);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (input, part) = ((Tensor)vars[0], (Func<Tensor, Tensor>)vars[1]);
        ctx.save_for_backward([input]);
        ctx.save_data(Part, part);
        return part(input);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        using var gradients = enable_grad();
        var input = ctx.get_saved_variables()[0].detach().requires_grad_();
        var output = ((Func<Tensor, Tensor>)ctx.get_data(Part))(input);
        output.backward([grad_output]);
        // The part has no gradient of its own: those of its weights were added up just now.
        return [input.grad!.MoveToOuterDisposeScope(), null!];
    }
}
