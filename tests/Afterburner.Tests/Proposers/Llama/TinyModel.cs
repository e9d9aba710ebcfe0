namespace Afterburner.Tests.Proposers.Llama;

/// <summary>
/// A language model of Qwen2's architecture, small enough to be made by every test run: one block, 64 wide. Either its
/// weights are random, and it writes noise; or it knows one text, and writes that whatever it is asked.
/// </summary>
internal sealed class TinyModel
{
    private const int Width = 64, Inner = 128, Heads = 4, Context = 32_768;

    private const string Start = "<|im_start|>", End = "<|im_end|>";

    public const string Architecture = "qwen2";

    public const string Template =
        "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    private readonly Random _random;
    private readonly ByteVocabulary _vocabulary;
    private readonly string[] _lines;

    private TinyModel(int seed, string[] lines)
    {
        _random = new Random(seed);
        _lines = lines;
        _vocabulary = new ByteVocabulary(EmbeddedPrompts, 150, lines, [Start, End]);
    }

    /// <summary>Every token is about as likely as any other.</summary>
    public static TinyModel Noise(int seed) => new(seed, []);

    /// <summary>Writes a text whose lines all differ, then ends.</summary>
    public static TinyModel Knowing(string text) => new(1, [.. text.Split('\n').Select(l => l + "\n")]);

    /// <param name="architecture">What the file says it is.</param>
    /// <param name="template">None at all where it is null.</param>
    public void Save(string path, string architecture = Architecture, string? template = Template)
    {
        var file = new GgufFile();
        file.Set("general.architecture", architecture);
        file.Set("general.name", Path.GetFileNameWithoutExtension(path));
        file.Set("general.file_type", 0u);
        file.Set("qwen2.vocab_size", (uint)_vocabulary.Count);
        file.Set("qwen2.context_length", (uint)Context);
        file.Set("qwen2.embedding_length", (uint)Width);
        file.Set("qwen2.block_count", 1u);
        file.Set("qwen2.feed_forward_length", (uint)Inner);
        file.Set("qwen2.attention.head_count", (uint)Heads);
        file.Set("qwen2.attention.head_count_kv", (uint)Heads);
        file.Set("qwen2.attention.layer_norm_rms_epsilon", 1e-5f);
        file.Set("qwen2.rope.freq_base", 10_000f);
        _vocabulary.WriteTo(file);
        file.Set("tokenizer.ggml.bos_token_id", (uint)_vocabulary[End]);
        file.Set("tokenizer.ggml.eos_token_id", (uint)_vocabulary[End]);
        file.Set("tokenizer.ggml.padding_token_id", (uint)_vocabulary[End]);
        if (template is not null)
            file.Set("tokenizer.chat_template", template);
        WriteWeights(file);
        file.Save(path);
    }

    private void WriteWeights(GgufFile file)
    {
        // What a model that knows its text by heart has to say depends on the last token alone: its block adds nothing.
        var block = _lines.Length == 0 ? 0.3f : 0;
        var embeddings = Matrix(_vocabulary.Count, Width, 1);
        file.Tensor("token_embd.weight", [_vocabulary.Count, Width], embeddings);
        Norm("blk.0.attn_norm.weight");
        foreach (var name in new[] { "attn_q", "attn_k", "attn_v" })
        {
            file.Tensor($"blk.0.{name}.weight", [Width, Width], Matrix(Width, Width, block));
            file.Tensor($"blk.0.{name}.bias", [Width], new float[Width]);
        }

        file.Tensor("blk.0.attn_output.weight", [Width, Width], Matrix(Width, Width, block));
        Norm("blk.0.ffn_norm.weight");
        file.Tensor("blk.0.ffn_gate.weight", [Inner, Width], Matrix(Inner, Width, block));
        file.Tensor("blk.0.ffn_up.weight", [Inner, Width], Matrix(Inner, Width, block));
        file.Tensor("blk.0.ffn_down.weight", [Width, Inner], Matrix(Width, Inner, block));
        Norm("output_norm.weight");
        file.Tensor("output.weight", [_vocabulary.Count, Width], _lines.Length == 0 ? Matrix(_vocabulary.Count, Width, 0.1f) : Chain(embeddings));

        void Norm(string name) => file.Tensor(name, [Width], [.. Enumerable.Repeat(1f, Width)]);
    }

    /// <summary>Each line is most likely behind the one before it, the first one behind the line end of the template.</summary>
    private float[] Chain(float[] embeddings)
    {
        int[] tokens = [_vocabulary["\n"], .. _lines.Select(l => _vocabulary[l]), _vocabulary[End]];
        var output = new float[embeddings.Length];
        foreach (var (before, next) in tokens.Zip(tokens.Skip(1)))
            Array.Copy(embeddings, before * Width, output, next * Width, Width);
        return output;
    }

    private float[] Matrix(int rows, int columns, float scale) =>
        [.. Enumerable.Range(0, rows * columns).Select(_ => scale * (float)((_random.NextDouble() * 2) - 1))];

    /// <summary>What the product's prompts are made of, so that the vocabulary suits them.</summary>
    private static string EmbeddedPrompts
    {
        get
        {
            var assembly = typeof(Afterburner.Proposers.Prompt).Assembly;
            return string.Join('\n', assembly.GetManifestResourceNames().Where(n => n.StartsWith("Proposers/Prompts/", StringComparison.Ordinal))
                .Select(n => new StreamReader(assembly.GetManifestResourceStream(n)!).ReadToEnd()));
        }
    }
}
