using System.Text.Json.Nodes;
using Afterburner.Trainer.Data;
using Afterburner.Trainer.Files;
using Afterburner.Trainer.Tokens;
using Xunit;

namespace Afterburner.Trainer.Tests;

/// <summary>The program as people start it.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_is_trained_goes_on_from_there_and_is_exported()
    {
        var tokenizer = ByteLevelBpe.Learn(["def f(x): return x"], 280, "<|end|>");
        using (var model = Tiny.Model(sizes: Tiny.Sizes with { VocabularySize = tokenizer.Tokens.Count, ContextLength = 64 }))
            HuggingFaceFolder.Write(_folder.At("begin"), model, tokenizer);
        ExampleFile.Write(_folder.At("sft.jsonl"), Enumerable.Range(0, 6).Select(i => new SupervisedExample("t", "time", $"f{i}", $"return {i}")).Append(new SupervisedExample("t", "time", new string('x', 200), "long")));
        ExampleFile.Write(_folder.At("dpo.jsonl"), Enumerable.Range(0, 6).Select(i => new PreferenceExample("t", "time", $"f{i}", $"return {i}", "pass")));

        var supervised = await RunAsync("sft", "--model", "begin", "--data", "sft.jsonl", "--out", "one", "--steps", "3", "--batch", "2", "--warm-up", "1", "--threads", "1", "--learning-rate", "0.01");
        var preferred = await RunAsync("dpo", "--model", "one/model", "--data", "dpo.jsonl", "--out", "two", "--steps", "3", "--batch", "2", "--warm-up", "1", "--threads", "1", "--learning-rate", "0.01");
        var exported = await RunAsync("export", "--model", "two/model", "--out", "tiny.gguf", "--precision", "f32");

        Assert.Contains("1 of 7 examples are longer than the model's context of 64 tokens", supervised.Text, StringComparison.Ordinal);
        Assert.Contains("step 3/3: loss", supervised.Text, StringComparison.Ordinal);
        Assert.Contains("adapters alone: ", supervised.Text, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.At("two/adapter/adapter_model.safetensors")));
        Assert.Contains("margin", preferred.Text, StringComparison.Ordinal);
        Assert.All(new[] { supervised, preferred, exported }, r => Assert.True(r.Succeeded, r.ErrorText));
        Assert.Equal("GGUF"u8.ToArray(), (await File.ReadAllBytesAsync(_folder.At("tiny.gguf"), Cancel))[..4]);
        Assert.DoesNotContain("lora", string.Join(' ', SafeTensors.Read(_folder.At("two/model/model.safetensors")).Keys), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_experiment_goes_through_all_its_stages_and_goes_on_where_it_was()
    {
        var first = await RunAsync("miniature", "--quick", "--out", "small", "--threads", "1");
        File.Delete(_folder.At("small/seed-0/grpo/model/model.safetensors"));
        var second = await RunAsync("miniature", "--quick", "--out", "small", "--threads", "1");

        Assert.True(first.Succeeded && second.Succeeded, first.ErrorText + second.ErrorText);
        Assert.All(new[] { "base: step ", "cold start: step 10/10", "SFT: step ", "DPO: step ", "GRPO: step 3/3" }, s => Assert.Contains(s, first.Text, StringComparison.Ordinal));
        // What is there is not done again; what was done to the last step is taken up there.
        Assert.DoesNotContain("SFT: step ", second.Text, StringComparison.Ordinal);
        Assert.Contains("GRPO: going on after step 3 of 3", second.Text, StringComparison.Ordinal);
        var other = await RunAsync("miniature", "--quick", "--out", "small", "--cold-examples", "640");
        Assert.Contains("holds an experiment with other sizes", other.ErrorText, StringComparison.Ordinal);
        var result = JsonNode.Parse(await File.ReadAllTextAsync(_folder.At("small/miniature.json"), Cancel))!;
        Assert.Equal(4 * 4, result["curves"]!.AsArray().Count);
        Assert.All(result["curves"]!.AsArray(), c => Assert.Equal(3, c!["values"]!.AsArray().Count));
        Assert.Equal(4, (await File.ReadAllTextAsync(_folder.At("small/miniature.html"), Cancel)).Split("<svg").Length - 1);
    }

    [Fact]
    public async Task A_signal_leaves_a_checkpoint_from_which_the_same_command_goes_on()
    {
        var tokenizer = ByteLevelBpe.Learn(["def f(x): return x"], 280, "<|end|>");
        using (var model = Tiny.Model(sizes: Tiny.Sizes with { VocabularySize = tokenizer.Tokens.Count, ContextLength = 64 }))
            HuggingFaceFolder.Write(_folder.At("begin"), model, tokenizer);
        ExampleFile.Write(_folder.At("sft.jsonl"), Enumerable.Range(0, 6).Select(i => new SupervisedExample("t", "time", $"f{i}", $"return {i}")));
        string[] command = ["sft", "--model", "begin", "--data", "sft.jsonl", "--out", "one", "--epochs", "100000", "--batch", "2", "--threads", "1", "--checkpoint-every", "1000000"];

        var run = await Processes.RunAsync(
            new ProcessStart("bash", ["-c", """
                dotnet exec "$@" & child=$!
                for i in $(seq 600); do [ -s one/metrics.jsonl ] && break; sleep 0.1; done
                kill -TERM $child; wait $child
                """, "bash", Path.Combine(AppContext.BaseDirectory, "Afterburner.Trainer.dll"), .. command]) { WorkingDirectory = _folder.Path }, cancellationToken: Cancel);

        Assert.Equal(130, run.ExitCode);
        var step = Path.GetFileName(Assert.Single(Directory.GetDirectories(_folder.At("one"))))["checkpoint-".Length..];
        var again = await RunAsync([.. command, "--steps", "1"]);
        Assert.Contains("with other settings", again.ErrorText, StringComparison.Ordinal);
        Assert.Contains($"\"step\":{step}", File.ReadLines(_folder.At("one/metrics.jsonl")).Last(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no folder", "export", "--model", "none", "--out", "y.gguf")]
    [InlineData("there is no folder", "sft", "--model", "none", "--data", "x", "--out", "y")]
    [InlineData("tokenizer.json is no tokenizer that can be read", "export", "--model", ".", "--out", "y.gguf")]
    [InlineData("Required", "dpo")]
    [InlineData("Give --lora-rank", "sft", "--model", ".", "--data", "x", "--out", "y", "--precision", "bf16", "--lora-rank", "0")]
    public async Task What_is_wrong_is_told_in_a_line(string said, params string[] arguments)
    {
        var run = await RunAsync(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(said, run.ErrorText, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", run.ErrorText, StringComparison.Ordinal);
    }

    private Task<ProcessRun> RunAsync(params string[] arguments) => Processes.RunAsync(
        new ProcessStart("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "Afterburner.Trainer.dll"), .. arguments]) { WorkingDirectory = _folder.Path }, cancellationToken: Cancel);
}
