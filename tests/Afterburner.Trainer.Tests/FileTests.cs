using System.Text;
using System.Text.Json.Nodes;
using Afterburner.Trainer.Files;
using Afterburner.Trainer.Tokens;
using Xunit;
using static TorchSharp.torch;

namespace Afterburner.Trainer.Tests;

public sealed class FileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tensors_are_read_as_they_were_written_whatever_their_type()
    {
        var file = _folder.At("t.safetensors");
        (string, Tensor)[] tensors =
            [("b", arange(6, ScalarType.Float32).view(2, 3)), ("a", tensor(new long[] { 1, -2 })), ("half", ones(3, dtype: ScalarType.BFloat16)), ("none", zeros(0, 4)), ("one", tensor(7.5))];

        SafeTensors.Write(file, tensors);

        var read = SafeTensors.Read(file);
        Assert.Equal(tensors.Select(t => t.Item1).Order(), read.Keys.Order());
        Assert.All(tensors, t => Assert.True(read[t.Item1].dtype == t.Item2.dtype && read[t.Item1].shape.SequenceEqual(t.Item2.shape) && read[t.Item1].equal(t.Item2).all().item<bool>()));
        Assert.Equal(0, BitConverter.ToInt64(File.ReadAllBytes(file)) % 8);
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,8]}}""", "has 8 bytes where its shape has")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4000000000,4000000000],"data_offsets":[0,8]}}""", "no file of tensors")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "lies outside of it")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "lies outside of it")]
    [InlineData("""{"x":{"dtype":"F99","shape":[2],"data_offsets":[0,8]}}""", "of a type that is not known")]
    [InlineData("""{"x":{"dtype":"F32","shape":["a"],"data_offsets":[0,8]}}""", "no file of tensors")]
    [InlineData("""{"x":7}""", "has no shape and place")]
    [InlineData("[]", "its head is no object")]
    public void A_file_that_says_what_cannot_be_is_refused(string head, string said)
    {
        var file = _folder.At("bad.safetensors");
        File.WriteAllBytes(file, [.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(head)), .. Encoding.UTF8.GetBytes(head), .. new byte[8]]);

        Assert.Contains(said, Assert.Throws<UsageException>(() => SafeTensors.Read(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 1, 2 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 127, 1 })]
    public void A_file_that_is_cut_off_is_refused(byte[] content)
    {
        File.WriteAllBytes(_folder.At("cut"), content);

        Assert.Throws<UsageException>(() => SafeTensors.Read(_folder.At("cut")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_model_is_the_same_after_its_folder_was_read_whole_or_in_shards(bool tied)
    {
        using var model = Tiny.Model(sizes: Tiny.Sizes with { TiedEmbeddings = tied, RopeTheta = 500 });
        HuggingFaceFolder.Write(_folder.Path, model, ByteLevelBpe.Learn(["a"], 256));
        using var again = HuggingFaceFolder.ReadModel(_folder.Path);
        var all = SafeTensors.Read(_folder.At("model.safetensors")).OrderBy(t => t.Key).ToList();
        SafeTensors.Write(_folder.At("model-00001-of-00002.safetensors"), all.Take(5).Select(t => (t.Key, t.Value)));
        SafeTensors.Write(_folder.At("model-00002-of-00002.safetensors"), all.Skip(5).Select(t => (t.Key, t.Value)));
        File.Delete(_folder.At("model.safetensors"));
        File.WriteAllText(_folder.At("model.safetensors.index.json"), new JsonObject
        {
            ["weight_map"] = new JsonObject(all.Select((t, i) => KeyValuePair.Create(t.Key, (JsonNode?)$"model-0000{(i < 5 ? 1 : 2)}-of-00002.safetensors"))),
        }.ToJsonString());
        using var sharded = HuggingFaceFolder.ReadModel(_folder.Path);

        var tokens = Tiny.Row(Tiny.Tokens(1, 6));
        using var logits = model.forward(tokens);
        Assert.Equal(model.Configuration, again.Configuration);
        Assert.True(again.forward(tokens).equal(logits).all().item<bool>());
        Assert.True(sharded.forward(tokens).equal(logits).all().item<bool>());
    }

    [Theory]
    [InlineData("""{"model_type":"llama"}""", "a model of type \"llama\"")]
    [InlineData("""{"model_type":5}""", "a model of type 5")]
    [InlineData("""{"model_type":"qwen2","model_type":"qwen2"}""", "cannot be read")]
    [InlineData("""{"model_type":"qwen2","rope_scaling":{"type":"yarn"}}""", "positions that are scaled")]
    [InlineData("""{"model_type":"qwen2","vocab_size":40,"hidden_size":16,"intermediate_size":24,"num_hidden_layers":2000000000,"num_attention_heads":4,"num_key_value_heads":2,"max_position_embeddings":48}""", "more than 1000 blocks")]
    [InlineData("""{"model_type":"qwen2","vocab_size":40}""", "no whole number 'hidden_size'")]
    [InlineData("{", "cannot be read")]
    public void A_configuration_of_something_else_is_told(string content, string said)
    {
        File.WriteAllText(_folder.At("config.json"), content);

        Assert.Contains(said, Assert.Throws<UsageException>(() => HuggingFaceFolder.ReadModel(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_that_tells_of_more_weights_than_its_files_hold_takes_no_memory_for_them()
    {
        using var model = Tiny.Model();
        HuggingFaceFolder.Write(_folder.Path, model, ByteLevelBpe.Learn(["a"], 256));
        (Tiny.Sizes with { HiddenSize = 1 << 16, IntermediateSize = 1 << 18 }).Write(_folder.At("config.json"));

        Assert.Contains("more than the", Assert.Throws<UsageException>(() => HuggingFaceFolder.ReadModel(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "not behind the one before")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "is no file of tensors")]
    [InlineData("""{"a":{"dtype":"F32","shape":[null],"data_offsets":[0,8]}}""", "no shape and place")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,9000000000000000000,9000000000000000000],"data_offsets":[0,0]}}""", "is no file of tensors")]
    public void A_file_of_tensors_that_tells_of_more_than_it_has_is_refused(string head, string said)
    {
        var text = System.Text.Encoding.UTF8.GetBytes(head);
        File.WriteAllBytes(_folder.At("odd"), [.. BitConverter.GetBytes((long)text.Length), .. text, .. new byte[8]]);

        Assert.Contains(said, Assert.Throws<UsageException>(() => SafeTensors.Read(_folder.At("odd"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_was_read_keeps_the_files_of_its_tokenizer_as_they_are_and_a_new_one_says_how_it_is_asked()
    {
        using var model = Tiny.Model();
        var tokenizer = ByteLevelBpe.Learn(["a"], 270, "<|endoftext|>", "<|im_start|>", "<|im_end|>");
        HuggingFaceFolder.Write(_folder.At("new"), model, tokenizer);
        var own = JsonNode.Parse(File.ReadAllText(_folder.At("new/tokenizer_config.json")))!;
        File.WriteAllText(_folder.At("new/tokenizer_config.json"), "{\"chat_template\": \"of its own\"}");
        HuggingFaceFolder.Write(_folder.At("trained"), model, HuggingFaceFolder.ReadTokenizer(_folder.At("new")), _folder.At("new"));

        Assert.Equal(("<|im_end|>", PromptForm.ChatTemplate), ((string?)own["eos_token"], (string?)own["chat_template"]));
        Assert.Equal(tokenizer.IdOf("<|im_end|>"), (int)JsonNode.Parse(File.ReadAllText(_folder.At("trained/generation_config.json")))!["eos_token_id"]!);
        Assert.Equal(tokenizer.IdOf("<|im_end|>"), (int)JsonNode.Parse(File.ReadAllText(_folder.At("trained/config.json")))!["eos_token_id"]!);
        Assert.Contains("of its own", File.ReadAllText(_folder.At("trained/tokenizer_config.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_missing_too_many_or_of_another_shape_are_told()
    {
        using var model = Tiny.Model();
        HuggingFaceFolder.Write(_folder.Path, model, ByteLevelBpe.Learn(["a"], 256));
        var weights = model.state_dict().Select(w => (w.Key, w.Value)).ToList();

        Assert.Contains("lacks the weights model.norm.weight", Changed(weights.Where(w => w.Key != "model.norm.weight")), StringComparison.Ordinal);
        Assert.Contains("has weights 'more'", Changed([.. weights, ("more", zeros(1))]), StringComparison.Ordinal);
        Assert.Contains("is 3, the model of config.json has 16", Changed([.. weights.Where(w => w.Key != "model.norm.weight"), ("model.norm.weight", zeros(3))]), StringComparison.Ordinal);
        File.WriteAllText(_folder.At("model.safetensors.index.json"), """{"weight_map":{"a":"../secret"}}""");
        Assert.Contains("names files elsewhere", Assert.Throws<UsageException>(() => HuggingFaceFolder.ReadModel(_folder.Path)).Message, StringComparison.Ordinal);

        string Changed(IEnumerable<(string, Tensor)> content)
        {
            SafeTensors.Write(_folder.At("model.safetensors"), content);
            return Assert.Throws<UsageException>(() => HuggingFaceFolder.ReadModel(_folder.Path)).Message;
        }
    }

    [Fact]
    public void A_version_that_a_library_asks_for_is_marked_as_one_that_may_be_missing_once()
    {
        var library = Directory.GetFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories)[0];

        // It was, when Torch was started: these tests run.
        Assert.False(LibTorch.MakeWeak(library, "GLIBCXX_3.4.32"));
        File.Copy(library, _folder.At("library.so"));
        Assert.True(LibTorch.MakeWeak(_folder.At("library.so"), "GLIBC_2.14") | LibTorch.MakeWeak(_folder.At("library.so"), "GLIBC_2.2.5"));
    }

    [Fact]
    public void A_device_that_is_not_there_is_told_with_what_it_needs()
    {
        Assert.Equal(TorchSharp.DeviceType.CPU, LibTorch.DeviceOf("cpu").type);
        Assert.Contains("use cpu, cuda or auto", Assert.Throws<UsageException>(() => LibTorch.DeviceOf("tpu")).Message, StringComparison.Ordinal);
        if (!cuda.is_available())
            Assert.Contains("-p:Torch=cuda", Assert.Throws<EnvironmentFailureException>(() => LibTorch.DeviceOf("cuda")).Message, StringComparison.Ordinal);
    }
}
