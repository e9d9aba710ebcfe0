using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Afterburner.Trainer.Models;

/// <summary>
/// A linear map that a low-rank adapter may stand beside (LoRA, arXiv 2106.09685): y = W x + b + (alpha / rank) B A x. Its parameters are named as those of a
/// linear map; the adapter's, <c>lora_A.weight</c> [rank, in] and <c>lora_B.weight</c> [out, rank], as PEFT has them.
/// </summary>
internal sealed class AdaptedLinear : NamedModule<Tensor, Tensor>
{
    private Linear? _down, _up;
    private Dropout? _dropout;
    private double _scale;

    public AdaptedLinear(int from, int to, bool hasBias)
        : base(nameof(AdaptedLinear))
    {
        register_parameter("weight", new Parameter(empty(to, from)));
        if (hasBias)
            register_parameter("bias", new Parameter(zeros(to)));
    }

    // Looked up: a model that moves to another device or precision has other ones.
    private Tensor Weight => get_parameter("weight")!; // [out, in]

    private Tensor? Bias => get_parameter("bias"); // [out]

    private ScalarType Wide => Weight.dtype is ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    /// <value>The adapter's two maps, down [rank, in] and up [out, rank]; null where there is none.</value>
    public (Tensor Down, Tensor Up)? Adapter => _down is null ? null : (_down.weight!, _up!.weight!);

    public bool IsAdapted => _down is not null;

    /// <value>Whether the adapter has a say. Defaults to true.</value>
    public bool IsOn { get; set; } = true;

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var output = functional.linear(input, Weight, Bias);
        if (_down is null || !IsOn)
            return output.MoveToOuterDisposeScope();
        var wide = input.to(_down.weight!.dtype);
        return (output + (_up!.forward(_down.forward(_dropout is null ? wide : _dropout.forward(wide))) * _scale).to(output.dtype)).MoveToOuterDisposeScope();
    }

    /// <summary>Puts an adapter beside it that changes nothing yet, and keeps its own weights as they are. The adapter is in single precision, whatever those are in: what moves a little each time needs it.</summary>
    public void Adapt(LoraOptions options)
    {
        if (IsAdapted)
            throw new InvalidOperationException("there is an adapter already");
        Weight.requires_grad = false;
        if (Bias is { } bias)
            bias.requires_grad = false;
        var (to, from) = (Weight.shape[0], Weight.shape[1]);
        register_module("lora_A", _down = Linear(from, options.Rank, hasBias: false, device: Weight.device, dtype: Wide));
        register_module("lora_B", _up = Linear(options.Rank, to, hasBias: false, device: Weight.device, dtype: Wide));
        using (no_grad())
            _up.weight!.zero_();
        if (options.Dropout > 0)
            register_module("lora_dropout", _dropout = Dropout(options.Dropout));
        _scale = options.Alpha / (double)options.Rank;
    }

    /// <summary>The weights with what the adapter adds, [out, in].</summary>
    public Tensor Merged()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return (_down is null ? Weight.clone() : Weight.to(Wide) + (_up!.weight!.matmul(_down.weight!) * _scale)).MoveToOuterDisposeScope();
    }
}
