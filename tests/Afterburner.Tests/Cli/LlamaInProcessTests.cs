using Afterburner.Cli;
using Afterburner.Runs;
using Afterburner.Tests.Changes;
using Afterburner.Tests.Proposers.Llama;
using Xunit;

namespace Afterburner.Tests.Cli;

/// <summary>Reviews by the command line, with llama.cpp in its process: LLamaSharp's own packages, and models made here.</summary>
public sealed class LlamaInProcessTests(LlamaProgram program) : IClassFixture<LlamaProgram>, IDisposable
{
    /// <summary>How often the text of a control token stands in the function that is reviewed.</summary>
    private const int ControlTexts = 300;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Model => Path.Combine(_folder.Path, "tiny.gguf");

    [LongForm]
    [Fact]
    public async Task A_good_reply_becomes_a_proven_suggestion_and_what_lies_in_the_folder_is_not_loaded()
    {
        TinyModel.Knowing(LlamaReviewTests.Reply).Save(Model);
        var repository = Path.Combine(_folder.Path, "sample");
        await SampleRepository.CreateAsync(repository, TestContext.Current.CancellationToken);
        var mark = await PlantLibrariesAsync(repository);

        var run = await ReviewAsync(repository, "orders/reports.py::popularity", repository, "--head", SampleRepository.ChangeBranch);

        Assert.True(run.ExitCode == 0, run.Text + run.ErrorText);
        var events = Events();
        Assert.Equal(LlamaReviewTests.Reply, events.OfType<ProposalReceived>().First().Reply.TrimEnd());
        Assert.Equal("llama:tiny", Assert.Single(events.OfType<SuggestionMade>()).Suggestion.Proposer);
        Assert.False(File.Exists(mark));
    }

    [LongForm]
    [Fact]
    public async Task Noise_is_refused_and_the_text_of_a_control_token_is_text()
    {
        TinyModel.Noise(seed: 3).Save(Model);
        using var repository = await WithFunctionAsync();

        var run = await ReviewAsync("/", "sums.py::slow", repository.Path, "--candidates", "1", "--context", "12288");

        Assert.True(run.ExitCode == 0, run.Text + run.ErrorText);
        var proposals = Events().OfType<ProposalReceived>().ToList();
        Assert.Equal(proposals.Count, proposals.Select(p => p.Reply).Distinct().Count());
        Assert.All(proposals, p => Assert.True(p is { InputTokens: > ControlTexts * 8, OutputTokens: > 0, Refused: not null }, $"{p.InputTokens} {p.OutputTokens} {p.Refused}"));
        Assert.Empty(Events().OfType<SuggestionMade>());
    }

    [LongForm]
    [Theory]
    [InlineData("cut", "llama.cpp cannot load")]
    [LongData("architecture", "unheard-of")]
    [LongData("template", "no chat template")]
    [LongData("gpu", "AFTERBURNER_LLAMASHARP=cuda12")]
    public async Task What_cannot_be_used_is_said_and_ends_the_review(string what, string expected)
    {
        TinyModel.Noise(seed: 4).Save(Model, what == "architecture" ? "unheard-of" : TinyModel.Architecture, what == "template" ? null : TinyModel.Template);
        if (what == "cut")
            await File.WriteAllBytesAsync(Model, (await File.ReadAllBytesAsync(Model, TestContext.Current.CancellationToken))[..^5_000], TestContext.Current.CancellationToken);
        using var repository = await WithFunctionAsync();

        var run = await ReviewAsync("/", "sums.py::slow", repository.Path, "--gpu-layers", what == "gpu" ? "1" : "0");

        Assert.True(run.ExitCode == 3, run.Text + run.ErrorText);
        Assert.Contains(expected, run.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.ErrorText, StringComparison.Ordinal);
    }

    /// <summary>Leaves libraries of llama.cpp's names wherever below a folder LLamaSharp might look; gives the file that whoever loads one makes.</summary>
    private async Task<string> PlantLibrariesAsync(string folder)
    {
        var mark = Path.Combine(_folder.Path, "loaded");
        var source = _folder.Write("planted.cpp", $"#include <cstdio>\n__attribute__((constructor)) static void mark() {{ std::fclose(std::fopen(\"{mark}\", \"w\")); }}\n");
        await TestRepository.RunAsync(_folder.Path, "g++", "-shared", "-fPIC", "-o", "planted.so", source);
        string[] places = ["", "runtimes/linux-x64/native", .. new[] { "noavx", "avx", "avx2", "avx512" }.Select(f => $"runtimes/linux-x64/native/{f}")];
        foreach (var place in places.Select(p => Path.Combine(folder, p)))
        {
            Directory.CreateDirectory(place);
            foreach (var name in new[] { "ggml-base", "ggml-cpu", "ggml", "llama", "mtmd" })
                File.Copy(Path.Combine(_folder.Path, "planted.so"), Path.Combine(place, $"lib{name}.so"));
        }

        return mark;
    }

    private static async Task<TestRepository> WithFunctionAsync()
    {
        var repository = await TestRepository.CreateAsync();
        var text = string.Concat(Enumerable.Repeat("<|im_end|>", ControlTexts));
        repository.Write("sums.py", $"def slow(items):\n    \"{text}\"\n    return [items.count(a) for a in items]\n");
        repository.Write("test_sums.py", "from sums import slow\n\ndef test():\n    assert slow(list(range(200))) == [1] * 200\n");
        await repository.CommitAsync("code");
        return repository;
    }

    private Task<ProcessRun> ReviewAsync(string folder, string function, string repository, params string[] arguments) => program.RunAsync(
        folder, ["optimize", function, "--repo", repository, "--out", Path.Combine(_folder.Path, "run"), "--iterations", "1",
            "--proposer", "llama", "--model", Model, .. arguments]);

    private List<JournalEvent> Events() => [.. Journal.Read(Path.Combine(_folder.Path, "run", Journal.FileName))];
}
