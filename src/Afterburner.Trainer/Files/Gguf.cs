using System.Text;
using Afterburner.Trainer.Models;
using Afterburner.Trainer.Tokens;
using static TorchSharp.torch;

namespace Afterburner.Trainer.Files;

/// <summary>How weights of matrices are stored; those of norms and biases are always in single precision.</summary>
public enum GgufPrecision
{
    F32,
    F16,

    /// <summary>Whole numbers of eight bits, 32 with one scale.</summary>
    Q8,
}

/// <summary>
/// Writes a model for llama.cpp, in version 3 of its format (<see href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">gguf.md</see>).
/// </summary>
public sealed class GgufWriter
{
    private const uint Version = 3, Alignment = 32;

    private const int BlockSize = 32; // numbers of a block of Q8_0

    private readonly List<(string Key, Action<BinaryWriter> Write)> _facts = [];
    private readonly List<(string Name, Tensor Tensor, GgufPrecision Precision)> _tensors = [];

    /// <summary>Exports a model with its tokenizer.</summary>
    /// <param name="name">Shown by llama.cpp.</param>
    /// <param name="end">Special token that ends a reply.</param>
    /// <exception cref="UsageException">A matrix cannot be cut into blocks of that precision.</exception>
    public static void Write(string file, Qwen2Model model, ByteLevelBpe tokenizer, string name, int end, GgufPrecision precision)
    {
        var sizes = model.Configuration;
        if (tokenizer.Tokens.Count > sizes.VocabularySize)
            throw new UsageException($"the tokenizer has {tokenizer.Tokens.Count} tokens, and the model rows for {sizes.VocabularySize}");
        var writer = new GgufWriter();
        writer.Add("general.architecture", "qwen2");
        writer.Add("general.name", name);
        writer.Add("general.file_type", precision switch { GgufPrecision.F32 => 0u, GgufPrecision.F16 => 1u, GgufPrecision.Q8 => 7u });
        writer.Add("qwen2.vocab_size", (uint)sizes.VocabularySize);
        writer.Add("qwen2.context_length", (uint)sizes.ContextLength);
        writer.Add("qwen2.embedding_length", (uint)sizes.HiddenSize);
        writer.Add("qwen2.block_count", (uint)sizes.Layers);
        writer.Add("qwen2.feed_forward_length", (uint)sizes.IntermediateSize);
        writer.Add("qwen2.attention.head_count", (uint)sizes.Heads);
        writer.Add("qwen2.attention.head_count_kv", (uint)sizes.KeyValueHeads);
        writer.Add("qwen2.attention.layer_norm_rms_epsilon", sizes.NormEpsilon);
        writer.Add("qwen2.rope.freq_base", sizes.RopeTheta);
        writer.Add("qwen2.rope.dimension_count", (uint)sizes.HeadSize);
        writer.Add("tokenizer.ggml.model", "gpt2");
        writer.Add("tokenizer.ggml.pre", "qwen2");
        // As many as the embedding has rows: what a vocabulary was rounded up by has a name too.
        var tokens = tokenizer.Tokens.Concat(Enumerable.Range(0, Math.Max(0, sizes.VocabularySize - tokenizer.Tokens.Count)).Select(i => $"<|unused_{i}|>")).ToList();
        writer.Add("tokenizer.ggml.tokens", tokens);
        writer.Add("tokenizer.ggml.token_type", [.. tokens.Select((_, id) => id >= tokenizer.Tokens.Count || tokenizer.Special.Contains(id) ? 3 : 1)]);
        writer.Add("tokenizer.ggml.merges", [.. tokenizer.Merges.Select(m => $"{m.Left} {m.Right}")]);
        writer.Add("tokenizer.ggml.bos_token_id", (uint)end);
        writer.Add("tokenizer.ggml.eos_token_id", (uint)end);
        writer.Add("tokenizer.ggml.padding_token_id", (uint)end);
        writer.Add("tokenizer.ggml.add_bos_token", false);
        if (PromptForm.HasTurns(tokenizer))
            writer.Add("tokenizer.chat_template", PromptForm.ChatTemplate);
        var weights = model.state_dict();
        writer.Add("token_embd.weight", weights["model.embed_tokens.weight"], precision);
        writer.Add("output_norm.weight", weights["model.norm.weight"], precision);
        if (!sizes.TiedEmbeddings)
            writer.Add("output.weight", weights["lm_head.weight"], precision);
        for (var i = 0; i < sizes.Layers; i++)
        {
            foreach (var (own, there) in Names)
                writer.Add($"blk.{i}.{there}", weights[$"model.layers.{i}.{own}"], precision);
        }

        writer.Write(file);
    }

    private static readonly (string Own, string There)[] Names =
    [
        ("input_layernorm.weight", "attn_norm.weight"), ("self_attn.q_proj.weight", "attn_q.weight"), ("self_attn.q_proj.bias", "attn_q.bias"),
        ("self_attn.k_proj.weight", "attn_k.weight"), ("self_attn.k_proj.bias", "attn_k.bias"), ("self_attn.v_proj.weight", "attn_v.weight"), ("self_attn.v_proj.bias", "attn_v.bias"),
        ("self_attn.o_proj.weight", "attn_output.weight"), ("post_attention_layernorm.weight", "ffn_norm.weight"), ("mlp.gate_proj.weight", "ffn_gate.weight"),
        ("mlp.up_proj.weight", "ffn_up.weight"), ("mlp.down_proj.weight", "ffn_down.weight"),
    ];

    private void Add(string key, uint value) => _facts.Add((key, w => Fact(w, 4, () => w.Write(value))));

    private void Add(string key, float value) => _facts.Add((key, w => Fact(w, 6, () => w.Write(value))));

    private void Add(string key, bool value) => _facts.Add((key, w => Fact(w, 7, () => w.Write(value))));

    private void Add(string key, string value) => _facts.Add((key, w => Fact(w, 8, () => Text(w, value))));

    private void Add(string key, List<string> values) => _facts.Add((key, w => Fact(w, 9, () =>
    {
        w.Write(8u);
        w.Write((ulong)values.Count);
        foreach (var value in values)
            Text(w, value);
    })));

    private void Add(string key, List<int> values) => _facts.Add((key, w => Fact(w, 9, () =>
    {
        w.Write(5u);
        w.Write((ulong)values.Count);
        foreach (var value in values)
            w.Write(value);
    })));

    private void Add(string name, Tensor tensor, GgufPrecision precision)
    {
        if (precision == GgufPrecision.Q8 && tensor.dim() > 1 && tensor.shape[^1] % BlockSize != 0)
            throw new UsageException($"rows of {name} have {tensor.shape[^1]} numbers, no multiple of {BlockSize}: store it as f16");
        _tensors.Add((name, tensor, tensor.dim() > 1 ? precision : GgufPrecision.F32));
    }

    private void Write(string file)
    {
        var contents = _tensors.Select(t => Bytes(t.Tensor, t.Precision)).ToList();
        WholeFile.Write(file, stream =>
        {
            using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
            writer.Write("GGUF"u8);
            writer.Write(Version);
            writer.Write((ulong)_tensors.Count);
            writer.Write((ulong)_facts.Count);
            foreach (var (key, write) in _facts)
            {
                Text(writer, key);
                write(writer);
            }

            var place = 0UL;
            foreach (var ((name, tensor, precision), content) in _tensors.Zip(contents))
            {
                Text(writer, name);
                writer.Write((uint)tensor.dim());
                foreach (var size in tensor.shape.Reverse())
                    writer.Write((ulong)size);
                writer.Write(precision switch { GgufPrecision.F32 => 0u, GgufPrecision.F16 => 1u, GgufPrecision.Q8 => 8u });
                writer.Write(place);
                place += ((ulong)content.Length + Alignment - 1) / Alignment * Alignment;
            }

            Pad();
            foreach (var content in contents)
            {
                writer.Write(content);
                Pad();
            }

            void Pad()
            {
                writer.Flush();
                while (stream.Position % Alignment != 0)
                    stream.WriteByte(0);
            }
        });
    }

    private static byte[] Bytes(Tensor tensor, GgufPrecision precision)
    {
        using var scope = NewDisposeScope();
        var plain = tensor.detach().cpu().to(precision == GgufPrecision.F16 ? ScalarType.Float16 : ScalarType.Float32).contiguous();
        return precision == GgufPrecision.Q8 ? Blocks(plain.data<float>().ToArray()) : plain.bytes.ToArray();
    }

    /// <summary>Q8_0: a scale in half precision, the largest number over 127, and 32 whole numbers of it.</summary>
    private static byte[] Blocks(float[] numbers)
    {
        var blocks = new byte[numbers.Length / BlockSize * (2 + BlockSize)];
        for (int from = 0, at = 0; from < numbers.Length; from += BlockSize, at += 2 + BlockSize)
        {
            var block = numbers.AsSpan(from, BlockSize);
            var largest = 0f;
            foreach (var number in block)
                largest = Math.Max(largest, Math.Abs(number));
            var scale = largest / 127;
            BitConverter.TryWriteBytes(blocks.AsSpan(at), (Half)scale);
            for (var i = 0; i < BlockSize; i++)
                blocks[at + 2 + i] = (byte)(sbyte)(scale > 0 ? MathF.Round(block[i] / scale) : 0);
        }

        return blocks;
    }

    private static void Fact(BinaryWriter writer, uint type, Action value)
    {
        writer.Write(type);
        value();
    }

    private static void Text(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }
}
