using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Afterburner.Trainer.Models;

/// <summary>
/// A decoder of the Qwen2 architecture (arXiv 2407.10671): norms by the root of the mean square, rotary positions, grouped heads with a bias on queries, keys and
/// values, and a gated feed-forward part. Its parameters are named as those of Hugging Face's <c>Qwen2ForCausalLM</c>. From bottom to top in this file.
/// </summary>
/// <remarks>Shapes: B sequences, T tokens of each, S tokens that can be looked at, H heads of queries, K of keys and values, D numbers of a head, C hidden size, V vocabulary.</remarks>
public sealed class Qwen2Model : NamedModule<Tensor, Tensor>
{
    private const double InitialDeviation = 0.02;

    private readonly Embedding _embedding;
    private readonly ModuleList<Block> _blocks;
    private readonly RootMeanSquareNorm _norm;
    private readonly Linear? _head;
    /// <summary>Length of each pair of a bias in <see cref="LookBack"/>: the token before gets most of the attention, whatever the tokens are.</summary>
    private const double Strength = 5;

    private readonly Tensor _cosines, _sines; // [context, D]

    /// <summary>A model with weights drawn by Torch's generator.</summary>
    public Qwen2Model(Qwen2Configuration configuration)
        : base(nameof(Qwen2Model))
    {
        Configuration = configuration.Checked();
        var body = new Body(configuration);
        (_embedding, _blocks, _norm) = (body.Embedding, body.Blocks, body.Norm);
        register_module("model", body);
        if (!configuration.TiedEmbeddings)
            register_module("lm_head", _head = Linear(configuration.HiddenSize, configuration.VocabularySize, hasBias: false));
        using var noGradient = no_grad();
        foreach (var (name, parameter) in named_parameters())
        {
            if (parameter.dim() == 2)
                init.normal_(parameter, 0, InitialDeviation);
            else if (name.EndsWith("bias", StringComparison.Ordinal))
                init.zeros_(parameter);
        }

        (_cosines, _sines) = Rotary.Angles(configuration);
    }

    public Qwen2Configuration Configuration { get; }

    /// <value>Whether blocks are computed once more when gradients are needed, instead of keeping all they computed: less memory, about a third more time. Defaults to false.</value>
    public bool Recomputes { get; set; }

    /// <summary>Numbers that can be trained, each counted once.</summary>
    public long ParameterCount => parameters().Sum(p => p.numel());

    /// <summary>
    /// Has the heads of the first block's first group look at the token before, by the biases of their queries and keys alone: rotated by their places, these agree best one place apart. To go on with
    /// what followed the same token before, a later head needs that (arXiv 2209.11895), and a small model finds it late. What is trained may change it.
    /// </summary>
    public void LookBack()
    {
        var (size, half, group) = (Configuration.HeadSize, Configuration.HeadSize / 2, Configuration.Heads / Configuration.KeyValueHeads);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var angles = pow(Configuration.RopeTheta, -arange(0, size, 2, ScalarType.Float32) / size); // of one place
        var (query, key) = (cat([angles.cos(), -angles.sin()]) * Strength, cat([ones(half), zeros(half)]) * Strength);
        foreach (var (name, bias) in named_parameters().Where(p => p.name.StartsWith("model.layers.0.self_attn.", StringComparison.Ordinal)))
        {
            if (name.EndsWith("q_proj.bias", StringComparison.Ordinal))
                bias.narrow(0, 0, group * size).copy_(query.repeat(group));
            else if (name.EndsWith("k_proj.bias", StringComparison.Ordinal))
                bias.narrow(0, 0, size).copy_(key);
        }
    }

    /// <param name="tokens">[B, T], whole sequences; what pads the shorter ones stands at their ends.</param>
    /// <returns>Logits, [B, T, V].</returns>
    public override Tensor forward(Tensor tokens) => Logits(Hidden(tokens, null, null));

    /// <summary>The next tokens of sequences whose beginning the cache holds.</summary>
    /// <param name="tokens">[B, T].</param>
    /// <param name="cache">What was computed of the tokens before, which takes up these.</param>
    /// <param name="padding">[B], how many tokens at the start of each sequence are padding; null for none.</param>
    /// <returns>Logits of the last token, [B, V].</returns>
    public Tensor Next(Tensor tokens, KeyValueCache cache, Tensor? padding)
    {
        using var scope = NewDisposeScope();
        var hidden = Hidden(tokens, cache, padding);
        return Logits(hidden.narrow(1, hidden.shape[1] - 1, 1)).squeeze(1).MoveToOuterDisposeScope();
    }

    private Tensor Logits(Tensor hidden) => _head is null ? functional.linear(hidden, _embedding.weight!) : _head.forward(hidden);

    private Tensor Hidden(Tensor tokens, KeyValueCache? cache, Tensor? padding)
    {
        using var scope = NewDisposeScope();
        var (from, count) = (cache?.Length ?? 0, tokens.shape[1]);
        if (from + count > Configuration.ContextLength)
            throw new ArgumentException($"{from + count} tokens are more than the model's context of {Configuration.ContextLength}", nameof(tokens));
        var hidden = _embedding.forward(tokens); // [B, T, C]
        var where = Where.Of(_cosines, _sines, from, count, padding, hidden);
        if (Recomputes && training && is_grad_enabled())
        {
            // What says where tokens stand is needed until then.
            where.MoveToOuterDisposeScope();
            foreach (var block in _blocks)
                hidden = Recomputed.Of(hidden, input => block.Forward(input, where, null));
        }
        else
        {
            for (var i = 0; i < _blocks.Count; i++)
                hidden = _blocks[i].Forward(hidden, where, cache?.Layers[i]);
        }

        cache?.Advance((int)count);
        return _norm.forward(hidden).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _cosines.Dispose();
            _sines.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>What <c>model.</c> stands for in the names of parameters.</summary>
    private sealed class Body : NamedModule
    {
        public Body(Qwen2Configuration configuration)
            : base(nameof(Body))
        {
            register_module("embed_tokens", Embedding = nn.Embedding(configuration.VocabularySize, configuration.HiddenSize));
            register_module("layers", Blocks = new ModuleList<Block>([.. Enumerable.Range(0, configuration.Layers).Select(_ => new Block(configuration))]));
            register_module("norm", Norm = new RootMeanSquareNorm(configuration));
        }

        public Embedding Embedding { get; }

        public ModuleList<Block> Blocks { get; }

        public RootMeanSquareNorm Norm { get; }
    }
}

/// <summary>Where the tokens stand, and which of those before them each may look at.</summary>
/// <param name="Cosines">[T, D], or [B, 1, T, D] where sequences begin with padding.</param>
/// <param name="Visible">[B, 1, T, S], true where a token may look; null where every token looks at itself and all before it.</param>
internal sealed record Where(Tensor Cosines, Tensor Sines, Tensor? Visible)
{
    public void MoveToOuterDisposeScope()
    {
        Cosines.MoveToOuterDisposeScope();
        Sines.MoveToOuterDisposeScope();
        Visible?.MoveToOuterDisposeScope();
    }

    public static Where Of(Tensor cosines, Tensor sines, int from, long count, Tensor? padding, Tensor like)
    {
        if (padding is null)
        {
            // A single token looks at all that is there; several, in the middle, need to be told.
            var visible = from == 0 || count == 1 ? null : ones(count, from + count, dtype: ScalarType.Bool, device: like.device).tril(from).view(1, 1, count, from + count);
            return new Where(At(cosines.narrow(0, from, count)), At(sines.narrow(0, from, count)), visible);
        }

        var places = arange(from, from + count, dtype: ScalarType.Int64, device: like.device).view(1, count) - padding.view(-1, 1); // [B, T]
        var at = places.clamp(0);
        var looked = arange(0, from + count, dtype: ScalarType.Int64, device: like.device).view(1, 1, -1); // [1, 1, S]
        var end = arange(from, from + count, dtype: ScalarType.Int64, device: like.device).view(1, -1, 1); // [1, T, 1]
        // Padding looks at itself alone: a row that may look nowhere has no softmax.
        var may = looked.le(end).logical_and(looked.ge(padding.view(-1, 1, 1))).logical_or(looked.eq(end));
        return new Where(At(cosines.index_select(0, at.flatten()).view(at.shape[0], 1, count, -1)), At(sines.index_select(0, at.flatten()).view(at.shape[0], 1, count, -1)), may.unsqueeze(1));

        Tensor At(Tensor table) => table.to(like.dtype, like.device);
    }
}

/// <summary>Rotary positions (RoFormer, arXiv 2104.09864) in the halves of a head, as Hugging Face stores Qwen2.</summary>
internal static class Rotary
{
    /// <returns>Cosines and sines of every place, [context, D]; both halves of a row are equal.</returns>
    public static (Tensor Cosines, Tensor Sines) Angles(Qwen2Configuration configuration)
    {
        using var scope = NewDisposeScope();
        var frequencies = pow(configuration.RopeTheta, -arange(0, configuration.HeadSize, 2, ScalarType.Float32) / configuration.HeadSize);
        var angles = outer(arange(configuration.ContextLength, ScalarType.Float32), frequencies);
        angles = cat([angles, angles], -1);
        return (angles.cos().DetachFromDisposeScope(), angles.sin().DetachFromDisposeScope());
    }

    /// <param name="heads">[B, heads, T, D].</param>
    public static Tensor Rotate(Tensor heads, Where where)
    {
        var half = heads.shape[^1] / 2;
        return (heads * where.Cosines) + (cat([-heads.narrow(-1, half, half), heads.narrow(-1, 0, half)], -1) * where.Sines);
    }
}

/// <summary>Root mean square norm (arXiv 1910.07467), computed in single precision at least.</summary>
internal sealed class RootMeanSquareNorm : NamedModule<Tensor, Tensor>
{
    private readonly float _epsilon;

    public RootMeanSquareNorm(Qwen2Configuration configuration)
        : base(nameof(RootMeanSquareNorm))
    {
        register_parameter("weight", new Parameter(ones(configuration.HiddenSize)));
        _epsilon = configuration.NormEpsilon;
    }

    public override Tensor forward(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var wide = hidden.dtype is ScalarType.Float64 ? hidden : hidden.to(ScalarType.Float32);
        return (wide * rsqrt(wide.square().mean([-1], keepdim: true) + _epsilon)).to(hidden.dtype).mul(get_parameter("weight")!).MoveToOuterDisposeScope();
    }
}

/// <summary>Attention and a feed-forward part, each beside the residual stream.</summary>
internal sealed class Block : NamedModule
{
    private readonly Attention _attention;
    private readonly FeedForward _feedForward;
    private readonly RootMeanSquareNorm _before, _between;

    public Block(Qwen2Configuration configuration)
        : base(nameof(Block))
    {
        register_module("input_layernorm", _before = new RootMeanSquareNorm(configuration));
        register_module("self_attn", _attention = new Attention(configuration));
        register_module("post_attention_layernorm", _between = new RootMeanSquareNorm(configuration));
        register_module("mlp", _feedForward = new FeedForward(configuration));
    }

    public Tensor Forward(Tensor hidden, Where where, KeyValueCache.Layer? cache)
    {
        using var scope = NewDisposeScope();
        var attended = hidden + _attention.Forward(_before.forward(hidden), where, cache);
        return (attended + _feedForward.forward(_between.forward(attended))).MoveToOuterDisposeScope();
    }
}

/// <summary>Causal attention with grouped heads (arXiv 2305.13245).</summary>
internal sealed class Attention : NamedModule
{
    private readonly Module<Tensor, Tensor> _queries, _keys, _values, _output;
    private readonly Qwen2Configuration _sizes;

    public Attention(Qwen2Configuration configuration)
        : base(nameof(Attention))
    {
        _sizes = configuration;
        var (hidden, shared) = (configuration.HiddenSize, configuration.KeyValueHeads * configuration.HeadSize);
        register_module("q_proj", _queries = new AdaptedLinear(hidden, hidden, hasBias: true));
        register_module("k_proj", _keys = new AdaptedLinear(hidden, shared, hasBias: true));
        register_module("v_proj", _values = new AdaptedLinear(hidden, shared, hasBias: true));
        register_module("o_proj", _output = new AdaptedLinear(hidden, hidden, hasBias: false));
    }

    public Tensor Forward(Tensor hidden, Where where, KeyValueCache.Layer? cache)
    {
        using var scope = NewDisposeScope();
        var (sequences, tokens) = (hidden.shape[0], hidden.shape[1]);
        var queries = Rotary.Rotate(Split(_queries, _sizes.Heads), where);
        var keys = Rotary.Rotate(Split(_keys, _sizes.KeyValueHeads), where);
        var values = Split(_values, _sizes.KeyValueHeads);
        if (cache is not null)
            (keys, values) = cache.Take(keys, values);

        // Heads of a group ask the same keys: [B, K, group * T, D] asks [B, K, S, D] where each may look at all of them.
        var group = _sizes.Heads / _sizes.KeyValueHeads;
        Tensor answer;
        if (tokens == 1)
        {
            answer = functional.scaled_dot_product_attention(queries.reshape(sequences, _sizes.KeyValueHeads, group, _sizes.HeadSize), keys, values, where.Visible);
            answer = answer.reshape(sequences, _sizes.Heads, 1, _sizes.HeadSize);
        }
        else
        {
            answer = functional.scaled_dot_product_attention(queries, Shared(keys), Shared(values), where.Visible, is_casual: where.Visible is null);
        }

        return _output.forward(answer.transpose(1, 2).reshape(sequences, tokens, _sizes.HiddenSize)).MoveToOuterDisposeScope();

        Tensor Split(Module<Tensor, Tensor> projection, int heads) => projection.forward(hidden).view(sequences, tokens, heads, _sizes.HeadSize).transpose(1, 2);

        Tensor Shared(Tensor of) => of.unsqueeze(2).expand(sequences, _sizes.KeyValueHeads, group, of.shape[2], _sizes.HeadSize).reshape(sequences, _sizes.Heads, of.shape[2], _sizes.HeadSize);
    }
}

/// <summary>SwiGLU (arXiv 2002.05202).</summary>
internal sealed class FeedForward : NamedModule<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> _gate, _up, _down;

    public FeedForward(Qwen2Configuration configuration)
        : base(nameof(FeedForward))
    {
        register_module("gate_proj", _gate = new AdaptedLinear(configuration.HiddenSize, configuration.IntermediateSize, hasBias: false));
        register_module("up_proj", _up = new AdaptedLinear(configuration.HiddenSize, configuration.IntermediateSize, hasBias: false));
        register_module("down_proj", _down = new AdaptedLinear(configuration.IntermediateSize, configuration.HiddenSize, hasBias: false));
    }

    public override Tensor forward(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return _down.forward(functional.silu(_gate.forward(hidden)) * _up.forward(hidden)).MoveToOuterDisposeScope();
    }
}
