using System.Text.Json.Nodes;
using Afterburner.Trainer.Files;
using Afterburner.Trainer.Models;
using Afterburner.Trainer.Tokens;
using Afterburner.Trainer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Afterburner.Trainer.Tests;

/// <summary>What is exported, in a real llama.cpp.</summary>
public sealed class GgufTests : IDisposable
{
    private const string Text = "def total(values):\n    return sum(values)  # größer, 😀 4711\n";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(GgufPrecision.F32, true)]
    [InlineData(GgufPrecision.F32, false)]
    [InlineData(GgufPrecision.F16, true)]
    [InlineData(GgufPrecision.Q8, true)]
    public async Task Llama_cpp_writes_what_the_model_writes_and_cuts_texts_as_the_tokenizer_does(GgufPrecision precision, bool tied)
    {
        var tokenizer = ByteLevelBpe.Learn(Enumerable.Range(0, 20).Select(i => $"{Text}x{i} = {i}\n"), 320, "<|end|>");
        var end = tokenizer.IdOf("<|end|>");
        var sizes = new Qwen2Configuration(tokenizer.Tokens.Count, HiddenSize: 64, IntermediateSize: 96, Layers: 2, Heads: 4, KeyValueHeads: 2, ContextLength: 256) { TiedEmbeddings = tied };
        random.manual_seed(1);
        using var model = new Qwen2Model(sizes);
        int[] prompt = [.. tokenizer.Encode("def total")];
        int[] reply = [.. tokenizer.Encode(Text["def total".Length..]), end];
        // One that is sure of itself: between tokens that are all alike a rounding decides.
        new SftTrainer(model, new SftOptions { LearningRate = 0.01, WarmUp = 5, Batch = 1, Epochs = 60, Lora = null }, _folder.At("run"), end, _ => { }).Run([new TokenPair(prompt, reply)], Cancel);
        var file = _folder.At("model.gguf");

        GgufWriter.Write(file, model, tokenizer, "tiny", end, precision);

        var read = await ReadAsync(file, prompt, reply.Length, Text);
        var own = new Sampler(model, end).Sample([prompt], new SamplingOptions { Temperature = 0, MostTokens = reply.Length }, new Generator(1))[0].Tokens;
        Assert.Equal(reply, own);
        Assert.Equal(own, read["next"]!.AsArray().Select(t => (int)t!));
        Assert.Equal(tokenizer.Encode(Text), read["tokens"]!.AsArray().Select(t => (int)t!));
        Assert.Equal(Text, (string?)read["text"]);
    }

    [Fact]
    public void Rows_that_cannot_be_cut_into_blocks_are_told()
    {
        using var model = Tiny.Model();
        var tokenizer = ByteLevelBpe.Learn(["a"], 256);

        Assert.Contains("no multiple of 32", Assert.Throws<UsageException>(() => GgufWriter.Write(_folder.At("m.gguf"), model, tokenizer, "tiny", 0, GgufPrecision.Q8)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.At("m.gguf")));
    }

    private static async Task<JsonNode> ReadAsync(string file, int[] prompt, int count, string text)
    {
        var tool = Path.Combine(Environment.GetEnvironmentVariable("AFTERBURNER_ROOT") ?? throw new InvalidOperationException("AFTERBURNER_ROOT is not set: ./test sets it"), "tests", "Tools", "llama");
        Assert.SkipWhen(!Directory.Exists(Path.Combine(tool, "node_modules")), "llama.cpp's package cannot be installed here");
        var run = await Processes.RunAsync(new ProcessStart("node", "greedy.mjs", file, $"[{string.Join(',', prompt)}]", $"{count}", text) { WorkingDirectory = tool }, cancellationToken: Cancel);
        Assert.True(run.Succeeded, run.ErrorText);
        return JsonNode.Parse(run.Text.Split('\n').First(l => l.StartsWith('{')))!;
    }
}
