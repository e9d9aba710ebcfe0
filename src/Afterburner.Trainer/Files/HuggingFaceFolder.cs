using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Trainer.Models;
using Afterburner.Trainer.Tokens;
using static TorchSharp.torch;

namespace Afterburner.Trainer.Files;

/// <summary>A model as Hugging Face's libraries and vLLM have it: <c>config.json</c>, <c>model.safetensors</c> (or shards with an index) and <c>tokenizer.json</c> in a folder.</summary>
public static class HuggingFaceFolder
{
    private const string ConfigurationFile = "config.json", WeightsFile = "model.safetensors", IndexFile = "model.safetensors.index.json", TokenizerFile = "tokenizer.json";

    private const string Tied = "lm_head.weight";

    private static readonly string[] Companions =
        [TokenizerFile, "tokenizer_config.json", "generation_config.json", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja", "vocab.json", "merges.txt"];

    /// <summary>Writes a model; its weights last, so that a folder with weights is whole.</summary>
    /// <param name="folder">Made where it is not there.</param>
    /// <param name="from">The folder that it was read from, whose files of the tokenizer are taken as they are. Null for a model that is new.</param>
    public static void Write(string folder, Qwen2Model model, ByteLevelBpe tokenizer, string? from = null)
    {
        Directory.CreateDirectory(folder);
        var form = PromptForm.TryOf(tokenizer);
        model.Configuration.Write(Path.Combine(folder, ConfigurationFile), form?.End);
        foreach (var name in from is null ? [] : Companions.Where(n => File.Exists(Path.Combine(from, n))))
            WholeFile.Write(Path.Combine(folder, name), stream => stream.Write(File.ReadAllBytes(Path.Combine(from!, name))));
        if (!File.Exists(Path.Combine(folder, TokenizerFile)))
            tokenizer.Write(Path.Combine(folder, TokenizerFile));
        if (from is null && form is not null)
        {
            // What vLLM and verl want to know beside: how a prompt is put together, and where a reply ends.
            Describe("tokenizer_config.json", new JsonObject
            {
                ["tokenizer_class"] = "PreTrainedTokenizerFast", ["eos_token"] = tokenizer.Tokens[form.End], ["pad_token"] = tokenizer.Tokens[form.End], ["model_max_length"] = model.Configuration.ContextLength,
                ["chat_template"] = form.IsChat ? PromptForm.ChatTemplate : null,
            });
            Describe("generation_config.json", new JsonObject { ["eos_token_id"] = form.End, ["pad_token_id"] = form.End });
        }

        SafeTensors.Write(Path.Combine(folder, WeightsFile), model.state_dict().Select(t => (t.Key, t.Value)));

        void Describe(string name, JsonObject what) => WholeFile.WriteJson(Path.Combine(folder, name), what);
    }

    /// <summary>The model of a folder, in single precision.</summary>
    /// <exception cref="UsageException">A file is missing, or does not fit the others.</exception>
    public static Qwen2Model ReadModel(string folder)
    {
        var configuration = Qwen2Configuration.Read(Path.Combine(folder, ConfigurationFile));
        // A configuration alone could ask for all memory: each weight has a byte at least.
        var files = WeightFiles(folder).ToList();
        var there = files.Sum(f => File.Exists(f) ? new FileInfo(f).Length : 0);
        if (there > 0 && configuration.Weights > there)
            throw new UsageException($"{ConfigurationFile} of {folder} tells of {configuration.Weights} weights, more than the {there} bytes of its files hold");
        var model = new Qwen2Model(configuration);
        try
        {
            var wanted = model.state_dict();
            var left = wanted.Keys.ToHashSet();
            foreach (var file in files)
            {
                foreach (var (name, tensor) in SafeTensors.Read(file))
                {
                    using (tensor)
                    {
                        if (!wanted.TryGetValue(name, out var own))
                        {
                            // Some files hold the embedding twice where it is tied.
                            if (name == Tied && configuration.TiedEmbeddings)
                                continue;
                            throw new UsageException($"{file} has weights '{VisibleText.Line(name)}', which the model of {ConfigurationFile} has not");
                        }

                        if (!own.shape.SequenceEqual(tensor.shape))
                            throw new UsageException($"{file}: '{name}' is {string.Join(" x ", tensor.shape)}, the model of {ConfigurationFile} has {string.Join(" x ", own.shape)}");
                        using (no_grad())
                            own.copy_(tensor);
                        left.Remove(name);
                    }
                }
            }

            return left.Count == 0 ? model : throw new UsageException($"{folder} lacks the weights {string.Join(", ", left.Order().Take(3))}{(left.Count > 3 ? $" and {left.Count - 3} more" : "")}");
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <exception cref="UsageException">There is none, or it is of another kind.</exception>
    public static ByteLevelBpe ReadTokenizer(string folder) =>
        Directory.Exists(folder) ? ByteLevelBpe.Read(Path.Combine(folder, TokenizerFile)) : throw new UsageException($"there is no folder {folder}");

    private static IEnumerable<string> WeightFiles(string folder)
    {
        var index = Path.Combine(folder, IndexFile);
        if (!File.Exists(index))
            return [Path.Combine(folder, WeightsFile)];
        try
        {
            var map = JsonNode.Parse(File.ReadAllText(index))?["weight_map"] as JsonObject ?? throw new JsonException("it has no 'weight_map'");
            List<string> names = [.. map.Select(e => (string?)e.Value ?? "").Distinct().Order(StringComparer.Ordinal)];
            // Shards lie beside their index, nowhere else.
            return names.All(n => n.Length > 0 && Path.GetFileName(n) == n && n != "..") ? names.Select(n => Path.Combine(folder, n)) : throw new JsonException("it names files elsewhere");
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new UsageException($"{index} cannot be read: {e.Message}", e);
        }
    }
}
