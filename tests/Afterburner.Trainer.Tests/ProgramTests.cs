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
        Assert.Contains("margin", preferred.Text, StringComparison.Ordinal);
        Assert.All(new[] { supervised, preferred, exported }, r => Assert.True(r.Succeeded, r.ErrorText));
        Assert.Equal("GGUF"u8.ToArray(), (await File.ReadAllBytesAsync(_folder.At("tiny.gguf"), Cancel))[..4]);
        Assert.DoesNotContain("lora", string.Join(' ', SafeTensors.Read(_folder.At("two/model/model.safetensors")).Keys), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no folder", "export", "--model", "none", "--out", "y.gguf")]
    [InlineData("there is no folder", "sft", "--model", "none", "--data", "x", "--out", "y")]
    [InlineData("tokenizer.json is no tokenizer that can be read", "export", "--model", ".", "--out", "y.gguf")]
    [InlineData("Required", "dpo")]
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
