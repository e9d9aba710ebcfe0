using System.Collections;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Afterburner.Evaluation.Solvers;
using Afterburner.Evaluation.Tasks;
using Afterburner.Trainer.Data;
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

    private static string Root => Environment.GetEnvironmentVariable("AFTERBURNER_ROOT") ?? throw new InvalidOperationException("AFTERBURNER_ROOT is not set: ./test sets it");

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

    [Theory]
    [InlineData(PromptKind.Brief, "brief")]
    [InlineData(PromptKind.Paper, "paper")]
    public async Task An_evaluation_asks_the_exported_model_in_its_own_process_as_it_was_trained(PromptKind kind, string option)
    {
        const string Program = "def add(a, b):\n    return a + b\n";
        await File.WriteAllTextAsync(
            _folder.At("tasks.jsonl"),
            new JsonObject
            {
                ["problem_id"] = "add", ["question"] = "add(a, b) returns the sum.", ["solutions"] = new JsonArray(Program), ["input_output"] = new JsonObject
                {
                    ["fn_name"] = "add", ["inputs"] = new JsonArray(new JsonArray(1, 2), new JsonArray(5, -9)), ["outputs"] = new JsonArray(new JsonArray(3), new JsonArray(-4)),
                },
            }.ToJsonString() + "\n",
            Cancel);
        var task = (await DataSet.ReadAsync(_folder.At("tasks.jsonl"), Cancel)).Tasks[0];
        var (asked, said) = (SolverPrompt.For(kind, new SolverRequest(task, ObjectiveKind.Time, Iteration: 0, [])), TrainingSets.Reply(task, Program));
        var tokenizer = ByteLevelBpe.Learn(Enumerable.Range(0, 20).Select(i => $"system\n{asked.System}\nuser\n{asked.User}\nassistant\n{said}{i}"), 400, "<|endoftext|>", "<|im_start|>", "<|im_end|>");
        var form = new PromptForm(tokenizer);
        random.manual_seed(1);
        using var model = new Qwen2Model(new Qwen2Configuration(tokenizer.Tokens.Count, HiddenSize: 64, IntermediateSize: 96, Layers: 2, Heads: 4, KeyValueHeads: 2, ContextLength: 2_048));
        new SftTrainer(model, new SftOptions { LearningRate = 0.01, WarmUp = 5, Batch = 1, Epochs = 60, Lora = null }, _folder.At("run"), form.End, _ => { }).Run([new TokenPair(form.Prompt(asked.User, asked.System), form.Reply(said))], Cancel);
        GgufWriter.Write(_folder.At("model.gguf"), model, tokenizer, "tiny", form.End, GgufPrecision.F32);

        var run = await EvaluateAsync("tasks.jsonl", "--proposer", "llama", "--model", "model.gguf", "--prompt", option, "--start", "none", "--iterations", "0", "--record", "said.jsonl", "--out", "evaluation");

        Assert.True(run.Succeeded, run.Text + run.ErrorText);
        Assert.Equal(said, (string?)JsonNode.Parse((await File.ReadAllLinesAsync(_folder.At("said.jsonl"), Cancel))[0])!["reply"]);
        Assert.Contains("100.0", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_cannot_be_cut_into_blocks_are_told()
    {
        using var model = Tiny.Model(sizes: Tiny.Sizes with { VocabularySize = 256 });
        var tokenizer = ByteLevelBpe.Learn(["a"], 256);

        Assert.Contains("no multiple of 32", Assert.Throws<UsageException>(() => GgufWriter.Write(_folder.At("m.gguf"), model, tokenizer, "tiny", 0, GgufPrecision.Q8)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.At("m.gguf")));
    }

    /// <summary>By the program with LLamaSharp in it, as <c>AFTERBURNER_LLAMASHARP=cpu ./afterburner</c> builds it.</summary>
    private async Task<ProcessRun> EvaluateAsync(params string[] arguments)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string)e.Value!);
        var build = await Processes.RunAsync(
            new ProcessStart("dotnet", "build", "src/Afterburner.Cli", "-c", "Release", "-p:LLamaSharp=cpu", "-v", "quiet", "-clp:ErrorsOnly", "--nologo") { Environment = environment, WorkingDirectory = Root }, cancellationToken: Cancel);
        var unserved = Regex.Match(build.Text, @"NU(110[123]|1301|160[13]):[^\[\n]*");
        Assert.SkipWhen(unserved.Success, $"LLamaSharp's packages cannot be restored here: {unserved.Value}");
        Assert.True(build.Succeeded, build.Text + build.ErrorText);
        return await Processes.RunAsync(
            new ProcessStart("dotnet", ["exec", Path.Combine(Root, "artifacts", "bin", "Afterburner.Cli.cpu", "release", "Afterburner.Cli.dll"), "evaluate", .. arguments])
            {
                Environment = new Dictionary<string, string>(environment) { ["GGML_NO_BACKTRACE"] = "1", ["HOME"] = _folder.Path, ["XDG_DATA_HOME"] = _folder.At("data") }, WorkingDirectory = _folder.Path,
            },
            cancellationToken: Cancel);
    }

    private static async Task<JsonNode> ReadAsync(string file, int[] prompt, int count, string text)
    {
        var tool = Path.Combine(Root, "tests", "Tools", "llama");
        Assert.SkipWhen(!Directory.Exists(Path.Combine(tool, "node_modules")), "llama.cpp's package cannot be installed here");
        var run = await Processes.RunAsync(new ProcessStart("node", "greedy.mjs", file, $"[{string.Join(',', prompt)}]", $"{count}", text) { WorkingDirectory = tool }, cancellationToken: Cancel);
        Assert.True(run.Succeeded, run.ErrorText);
        return JsonNode.Parse(run.Text.Split('\n').First(l => l.StartsWith('{')))!;
    }
}
