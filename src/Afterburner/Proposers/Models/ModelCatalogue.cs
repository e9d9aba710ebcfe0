using Afterburner.Proposers.Downloads;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Afterburner.Proposers.Models;

/// <summary>The smallest machine a model is recommended for.</summary>
public enum ModelTier
{
    Cpu,
    [JsonStringEnumMemberName("gpu-24gb")] Gpu24,
    [JsonStringEnumMemberName("gpu-80gb")] Gpu80,
}

/// <summary>One model of <c>models/catalog.json</c>.</summary>
/// <param name="Parameters">In words, with the active ones of a mixture of experts.</param>
/// <param name="MemoryBytes">Estimate: file, cache for 16,384 tokens and working memory.</param>
/// <param name="ContextTokens">Longest prompt and reply together that the model was made for.</param>
/// <param name="Sha256">64 lowercase hexadecimal digits.</param>
public sealed record CatalogueModel(
    string Name, string Purpose, ModelTier Tier, string Parameters, string Quantisation, long Bytes, long MemoryBytes,
    int ContextTokens, string Licence, Uri Url, string Sha256)
{
    /// <value>Name of the file in the folder of models.</value>
    public string File => new DownloadAddress(Url, ModelPull.Kind).File;
}

/// <summary>Models worth using for this job, as this program was built with them.</summary>
public static class ModelCatalogue
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <value>From small to large.</value>
    public static IReadOnlyList<CatalogueModel> Models { get; } =
        JsonSerializer.Deserialize<Catalogue>(EmbeddedText.Read("models/catalog.json"), Format)!.Models;

    /// <summary>The model of that name, or null.</summary>
    public static CatalogueModel? Find(string name) =>
        Models.FirstOrDefault(m => string.Equals(m.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>How messages list the names.</summary>
    public static string Names => string.Join(", ", Models.Select(m => m.Name));

    private sealed record Catalogue(int Version, IReadOnlyList<CatalogueModel> Models);
}
