using System.Runtime.CompilerServices;
using Afterburner.Trainer.Models;
using TorchSharp;

namespace Afterburner.Trainer.Tests;

/// <summary>A model so small that everything can be computed again by hand.</summary>
internal static class Tiny
{
    /// <summary>Token that ends a reply.</summary>
    public const int End = 0;

    public static Qwen2Configuration Sizes { get; } = new(VocabularySize: 40, HiddenSize: 16, IntermediateSize: 24, Layers: 2, Heads: 4, KeyValueHeads: 2, ContextLength: 48);

    [ModuleInitializer]
    internal static void Start() => LibTorch.Start(threads: 1);

    public static Qwen2Model Model(long seed = 1, Qwen2Configuration? sizes = null)
    {
        torch.random.manual_seed(seed);
        var model = new Qwen2Model(sizes ?? Sizes);
        // Weights as they are after some training: at first all that a model says is alike.
        using (torch.no_grad())
        {
            foreach (var (name, parameter) in model.named_parameters())
                torch.nn.init.normal_(parameter, name.EndsWith("norm.weight", StringComparison.Ordinal) ? 1 : 0, 0.2);
        }

        return model;
    }

    public static int[] Tokens(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(1, Sizes.VocabularySize))];
    }

    public static torch.Tensor Row(IEnumerable<int> tokens) => torch.tensor(tokens.Select(t => (long)t).ToArray()).unsqueeze(0);
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("afterburner-trainer-").FullName;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
