using System.Text.RegularExpressions;
using Afterburner.Proposers.Models;
using Xunit;

namespace Afterburner.Tests.Proposers.Models;

public sealed partial class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private ModelFolder Folder => new(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_pulled_model_is_found_by_catalogue_name_file_name_and_path()
    {
        var model = ModelCatalogue.Models[0];
        var path = _folder.Write(model.File, "GGUF and so on");

        Assert.All(
            [model.Name, model.Name.ToUpperInvariant(), model.File, Path.GetFileNameWithoutExtension(model.File), path],
            name => Assert.Equal(path, Folder.Resolve(name)));
    }

    [Fact]
    public void A_model_of_the_catalogue_that_is_not_here_comes_with_the_command_that_fetches_it()
    {
        var refusal = Assert.Throws<UsageException>(() => Folder.Resolve("qwen3-coder-30b"));

        Assert.Contains("afterburner models pull qwen3-coder-30b", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nosuch")]
    [InlineData("./nosuch.gguf")]
    [InlineData("../../etc/passwd")]
    public void A_model_that_does_not_exist_is_named(string model) =>
        Assert.Contains(model, Assert.Throws<UsageException>(() => Folder.Resolve(model)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_no_gguf_file_is_refused()
    {
        var path = _folder.Write("weights.gguf", "PK\u0003\u0004");

        Assert.Contains("no GGUF file", Assert.Throws<UsageException>(() => Folder.Resolve(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_catalogue_is_pinned_checked_and_has_a_model_for_every_machine()
    {
        Assert.Equal(Enum.GetValues<ModelTier>(), ModelCatalogue.Models.Select(m => m.Tier).Distinct().Order());
        Assert.Equal(ModelCatalogue.Models.Count, ModelCatalogue.Models.Select(m => m.File).Distinct().Count());
        Assert.All(ModelCatalogue.Models, m =>
        {
            Assert.Matches(PinnedAddress(), m.Url.ToString());
            Assert.Matches("^[0-9a-f]{64}$", m.Sha256);
            Assert.InRange(m.MemoryBytes, m.Bytes, m.Bytes * 3);
            Assert.InRange(m.MemoryBytes, 1, m.Tier == ModelTier.Gpu80 ? 80_000_000_000 : m.Tier == ModelTier.Gpu24 ? 24_000_000_000 : 16_000_000_000);
        });
    }

    [GeneratedRegex("^https://huggingface\\.co/[^/]+/[^/]+/resolve/[0-9a-f]{40}/[^/]+\\.gguf$")]
    private static partial Regex PinnedAddress();
}
