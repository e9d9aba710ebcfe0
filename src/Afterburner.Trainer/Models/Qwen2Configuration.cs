using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Trainer.Files;

namespace Afterburner.Trainer.Models;

/// <summary>Sizes of a model of the Qwen2 architecture (arXiv 2407.10671), as <c>config.json</c> of Hugging Face has them.</summary>
/// <param name="VocabularySize">Tokens, rows of the embedding.</param>
/// <param name="HiddenSize">Width of the residual stream; a multiple of <paramref name="Heads"/>.</param>
/// <param name="IntermediateSize">Width inside of the feed-forward part.</param>
/// <param name="Layers">Blocks, one after the other.</param>
/// <param name="Heads">Heads of queries; a multiple of <paramref name="KeyValueHeads"/>.</param>
/// <param name="KeyValueHeads">Heads of keys and values, each shared by a group of heads of queries.</param>
/// <param name="ContextLength">Tokens of prompt and reply together.</param>
public sealed record Qwen2Configuration(int VocabularySize, int HiddenSize, int IntermediateSize, int Layers, int Heads, int KeyValueHeads, int ContextLength)
{
    private const string ModelType = "qwen2";

    private const int Most = 1 << 20, MostLayers = 1_000;

    /// <value>Base of the angles of rotary positions. Defaults to 10,000; Qwen2.5 has 1,000,000.</value>
    public float RopeTheta { get; init; } = 10_000;

    /// <value>Added below the root of a norm. Defaults to 1e-6.</value>
    public float NormEpsilon { get; init; } = 1e-6f;

    /// <value>Whether the logits are made with the embedding's own weights. Defaults to true, as small models have it.</value>
    public bool TiedEmbeddings { get; init; } = true;

    /// <value>Numbers of all matrices.</value>
    internal long Weights => (VocabularySize * (long)HiddenSize * (TiedEmbeddings ? 1 : 2))
        + (Layers * ((2L * HiddenSize * HiddenSize) + (2L * HiddenSize * KeyValueHeads * HeadSize) + (3L * HiddenSize * IntermediateSize)));

    /// <value>Numbers of a head; even.</value>
    public int HeadSize => HiddenSize / Heads;

    /// <exception cref="UsageException">Sizes do not fit each other.</exception>
    public Qwen2Configuration Checked()
    {
        var wrong = new (bool Is, string What)[]
        {
            (VocabularySize > Most || HiddenSize > Most || IntermediateSize > Most || Layers > MostLayers || ContextLength > Most, $"a size is beyond {Most}, or there are more than {MostLayers} blocks"),
            (VocabularySize < 1 || HiddenSize < 1 || IntermediateSize < 1 || Layers < 1 || Heads < 1 || KeyValueHeads < 1 || ContextLength < 1, "every size is at least 1"),
            (Heads > 0 && HiddenSize % Heads != 0, $"hidden_size {HiddenSize} is no multiple of num_attention_heads {Heads}"),
            (KeyValueHeads > 0 && Heads % KeyValueHeads != 0, $"num_attention_heads {Heads} is no multiple of num_key_value_heads {KeyValueHeads}"),
            (Heads > 0 && HeadSize % 2 != 0, $"a head of {(Heads > 0 ? HeadSize : 0)} numbers cannot be rotated in pairs"),
        }.FirstOrDefault(w => w.Is).What;
        return wrong is null ? this : throw new UsageException($"this is no model of the Qwen2 architecture: {wrong}");
    }

    /// <param name="file">A <c>config.json</c>.</param>
    /// <exception cref="UsageException">It cannot be read, or is of another architecture.</exception>
    public static Qwen2Configuration Read(string file)
    {
        JsonObject read;
        try
        {
            read = JsonNode.Parse(File.ReadAllText(file), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject ?? throw new JsonException("it is no object");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UsageException($"{file} cannot be read: {e.Message}", e);
        }

        if (read["model_type"] is not JsonValue said || !said.TryGetValue<string>(out var type) || type != ModelType)
            throw new UsageException($"{file} is of a model of type {VisibleText.Line(read["model_type"]?.ToJsonString() ?? "unknown")}: \"{ModelType}\" is what can be trained here");
        if (read["rope_scaling"] is not null || (read["rope_parameters"]?["rope_type"] is JsonValue scaled && scaled.ToString() != "default"))
            throw new UsageException($"{file} asks for positions that are scaled, which is not there");
        if (read["use_sliding_window"] is { } window && window.GetValueKind() == JsonValueKind.True)
            throw new UsageException($"{file} asks for a sliding window of attention, which is not there");
        return new Qwen2Configuration(
            Number("vocab_size"), Number("hidden_size"), Number("intermediate_size"), Number("num_hidden_layers"), Number("num_attention_heads"), Number("num_key_value_heads"),
            Number("max_position_embeddings"))
        {
            RopeTheta = (float)Real("rope_theta", read["rope_parameters"]?["rope_theta"] is JsonValue newer && newer.TryGetValue<double>(out var theta) ? theta : 10_000), NormEpsilon = (float)Real("rms_norm_eps", 1e-6),
            TiedEmbeddings = read["tie_word_embeddings"]?.GetValueKind() == JsonValueKind.True,
        }.Checked();

        int Number(string name) => read[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : throw new UsageException($"{file} has no whole number '{name}'");

        double Real(string name, double otherwise) => read[name] is JsonValue value && value.TryGetValue<double>(out var number) ? number : otherwise;
    }

    /// <param name="end">Token that ends a reply; null where there is none.</param>
    public void Write(string file, int? end = null) => WholeFile.WriteJson(file, new JsonObject
    {
        ["architectures"] = new JsonArray("Qwen2ForCausalLM"), ["model_type"] = ModelType, ["hidden_act"] = "silu", ["attention_dropout"] = 0.0, ["use_sliding_window"] = false, ["torch_dtype"] = "float32",
        ["vocab_size"] = VocabularySize, ["hidden_size"] = HiddenSize, ["intermediate_size"] = IntermediateSize, ["num_hidden_layers"] = Layers, ["num_attention_heads"] = Heads,
        ["num_key_value_heads"] = KeyValueHeads, ["max_position_embeddings"] = ContextLength, ["rope_theta"] = RopeTheta, ["rms_norm_eps"] = NormEpsilon, ["tie_word_embeddings"] = TiedEmbeddings, ["eos_token_id"] = end,
    });
}
