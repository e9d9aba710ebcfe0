using System.Text.Json;
using Afterburner.Proposers.Models;
using Afterburner.Tests.Proposers.Models;
using Xunit;

namespace Afterburner.Tests.Cli;

/// <summary>The commands as a user calls them.</summary>
public sealed class ModelsCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_is_pulled_listed_and_verified_until_its_file_is_touched()
    {
        await using var server = new FileServer([.. "GGUF"u8, .. new byte[5_000]]);
        var pull = await RunAsync("models", "pull", server.Url("tiny.gguf"));
        Assert.True(pull.ExitCode == 0, pull.ErrorText);
        Assert.Contains(ModelPull.Kind.LockName, pull.Text, StringComparison.Ordinal);

        var list = await RunAsync("models", "list", "--json");
        var other = JsonDocument.Parse(list.Text).RootElement.GetProperty("others")[0];
        Assert.Equal(("tiny.gguf", true), (other.GetProperty("file").GetString(), other.GetProperty("here").GetBoolean()));

        Assert.Equal(0, (await RunAsync("models", "verify")).ExitCode);
        await File.AppendAllTextAsync(Path.Combine(_folder.Path, "tiny.gguf"), "x", TestContext.Current.CancellationToken);
        var verify = await RunAsync("models", "verify", "--json");
        Assert.Equal(3, verify.ExitCode);
        Assert.Equal("changed", JsonDocument.Parse(verify.Text).RootElement.GetProperty("files")[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task The_list_names_every_model_of_the_catalogue()
    {
        var list = await RunAsync("models", "list", "--directory", _folder.Path);

        Assert.Equal(0, list.ExitCode);
        Assert.All(ModelCatalogue.Models, m => Assert.Contains(m.Name, list.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nosuch", "qwen3-coder-30b")]
    [InlineData("http://example.org/model.gguf", "https")]
    [InlineData("https://example.org/model.zip", ".gguf")]
    public async Task What_cannot_be_pulled_is_refused_as_bad_usage(string model, string expected)
    {
        var run = await RunAsync("models", "pull", model);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_have_the_file_is_the_environments_fault()
    {
        await using var server = new FileServer([]);
        server.Instead.Enqueue("404 Not Found");
        var run = await RunAsync("models", "pull", server.Url("tiny.gguf"));

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("HTTP 404", run.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_llama_proposer_says_how_to_build_it_in()
    {
        using var repository = await Changes.TestRepository.CreateAsync();
        repository.Write("sums.py", "def slow(n):\n    return n\n");
        repository.Write("test_sums.py", "def test():\n    pass\n");
        await repository.CommitAsync("code");
        var run = await RunAsync("optimize", "sums.py::slow", "--repo", repository.Path, "--proposer", "llama", "--model", "tiny.gguf");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("AFTERBURNER_LLAMASHARP=cpu ./afterburner", run.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("running its tests", run.Text, StringComparison.Ordinal);
    }

    private Task<ProcessRun> RunAsync(params string[] arguments) =>
        BadInputTests.AfterburnerAsync(new Dictionary<string, string> { [ModelFolder.Variable] = _folder.Path }, arguments);
}
