using static TorchSharp.torch;

namespace Afterburner.Trainer.Models;

/// <summary>A low-rank adapter (LoRA, arXiv 2106.09685).</summary>
public sealed record LoraOptions
{
    /// <value>Rank of what is added. Defaults to 8, as in the paper's SFT (appendix C); its DPO has 16.</value>
    public int Rank { get; init; } = 8;

    /// <value>What is added is scaled by this over the rank. Defaults to 16.</value>
    public int Alpha { get; init; } = 16;

    /// <value>Share of inputs of the adapter that is dropped while it trains, 0 to 1. Defaults to 0; the paper's DPO has 0.05.</value>
    public double Dropout { get; init; }

    /// <value>Last parts of the names of linear maps that are adapted. Defaults to all of them.</value>
    public IReadOnlyList<string> Targets { get; init; } = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];
}

/// <summary>Puts adapters beside a model's linear maps, and merges them.</summary>
public static class Lora
{
    /// <summary>From here on only the adapters can be trained.</summary>
    /// <exception cref="UsageException">No linear map has one of those names, or a number is out of its range.</exception>
    public static void Adapt(this Qwen2Model model, LoraOptions options)
    {
        if (options.Dropout > 0 && model.Recomputes)
            throw new UsageException("what an adapter drops is drawn anew when its block is computed once more: adapters with dropout and recomputing do not go together. Give --lora-dropout 0, or leave --recompute out.");
        if (options.Rank < 1 || options.Alpha < 1 || !(options.Dropout is >= 0 and < 1))
            throw new UsageException("an adapter has a rank and an alpha of at least 1, and a dropout from 0 to below 1");
        foreach (var (_, parameter) in model.named_parameters())
            parameter.requires_grad = false;
        List<(AdaptedLinear Map, string Last)> maps = [.. Adapted(model).Select(m => (m.Map, m.Name.Split('.')[^1]))];
        if (options.Targets.FirstOrDefault(t => maps.All(m => m.Last != t)) is { } unknown)
            throw new UsageException($"no linear map is called '{VisibleText.Line(unknown)}': there are {string.Join(", ", maps.Select(m => m.Last).Distinct())}");
        var adapted = maps.Where(m => options.Targets.Contains(m.Last)).Select(m => m.Map).ToList();
        foreach (var map in adapted)
            map.Adapt(options);
    }

    /// <summary>A model without adapters that computes the same, with their share in its weights.</summary>
    public static Qwen2Model Merged(this Qwen2Model model)
    {
        var merged = new Qwen2Model(model.Configuration);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var (own, adapted) = (model.state_dict(), Adapted(model).ToDictionary(m => $"{m.Name}.weight", m => m.Map));
        foreach (var (name, weight) in merged.state_dict())
            weight.copy_(adapted.TryGetValue(name, out var map) ? map.Merged() : own[name]);
        return merged;
    }

    internal static IEnumerable<(string Name, AdaptedLinear Map)> Adapted(Qwen2Model model) =>
        model.named_modules().Where(m => m.module is AdaptedLinear).DistinctBy(m => m.module).Select(m => (m.name, (AdaptedLinear)m.module));
}
