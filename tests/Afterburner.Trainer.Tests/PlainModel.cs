using Afterburner.Trainer.Models;

namespace Afterburner.Trainer.Tests;

/// <summary>The architecture written down once more, with loops over numbers of double precision and nothing of Torch but the weights.</summary>
internal sealed class PlainModel(Qwen2Model model)
{
    private readonly Qwen2Configuration _sizes = model.Configuration;
    private readonly Dictionary<string, double[]> _weights = model.state_dict().ToDictionary(w => w.Key, w => w.Value.to(TorchSharp.torch.float64).cpu().contiguous().data<double>().ToArray());

    /// <returns>Logits of each token, by the vocabulary.</returns>
    public double[][] Logits(IReadOnlyList<int> tokens)
    {
        var hidden = tokens.Select(t => Row("model.embed_tokens.weight", t, _sizes.HiddenSize)).ToArray();
        for (var layer = 0; layer < _sizes.Layers; layer++)
        {
            var name = $"model.layers.{layer}.";
            var attended = Attend(name, [.. hidden.Select(h => Norm($"{name}input_layernorm.weight", h))]);
            hidden = [.. hidden.Zip(attended, Add)];
            hidden = [.. hidden.Select(h => Add(h, Feed(name, Norm($"{name}post_attention_layernorm.weight", h))))];
        }

        var head = _sizes.TiedEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight";
        return [.. hidden.Select(h => Map(head, null, Norm("model.norm.weight", h), _sizes.VocabularySize))];
    }

    private double[][] Attend(string name, double[][] hidden)
    {
        var (size, group) = (_sizes.HeadSize, _sizes.Heads / _sizes.KeyValueHeads);
        var shared = _sizes.KeyValueHeads * size;
        var queries = hidden.Select((h, t) => Turned(Map($"{name}self_attn.q_proj.weight", $"{name}self_attn.q_proj.bias", h, _sizes.HiddenSize), t)).ToArray();
        var keys = hidden.Select((h, t) => Turned(Map($"{name}self_attn.k_proj.weight", $"{name}self_attn.k_proj.bias", h, shared), t)).ToArray();
        var values = hidden.Select(h => Map($"{name}self_attn.v_proj.weight", $"{name}self_attn.v_proj.bias", h, shared)).ToArray();
        var answers = new double[hidden.Length][];
        for (var t = 0; t < hidden.Length; t++)
        {
            var answer = new double[_sizes.HiddenSize];
            for (var head = 0; head < _sizes.Heads; head++)
            {
                var from = head / group * size;
                var scores = Enumerable.Range(0, t + 1).Select(s => Enumerable.Range(0, size).Sum(i => queries[t][(head * size) + i] * keys[s][from + i]) / Math.Sqrt(size)).ToArray();
                var exponents = scores.Select(s => Math.Exp(s - scores.Max())).ToArray();
                for (var i = 0; i < size; i++)
                    answer[(head * size) + i] = exponents.Select((e, s) => e / exponents.Sum() * values[s][from + i]).Sum();
            }

            answers[t] = Map($"{name}self_attn.o_proj.weight", null, answer, _sizes.HiddenSize);
        }

        return answers;
    }

    /// <summary>The first half of each head with the second, turned by an angle that grows with the place.</summary>
    private double[] Turned(double[] heads, int place)
    {
        var (size, half) = (_sizes.HeadSize, _sizes.HeadSize / 2);
        var turned = new double[heads.Length];
        for (var from = 0; from < heads.Length; from += size)
        {
            for (var i = 0; i < half; i++)
            {
                var angle = place * Math.Pow(_sizes.RopeTheta, -2.0 * i / size);
                turned[from + i] = (heads[from + i] * Math.Cos(angle)) - (heads[from + half + i] * Math.Sin(angle));
                turned[from + half + i] = (heads[from + half + i] * Math.Cos(angle)) + (heads[from + i] * Math.Sin(angle));
            }
        }

        return turned;
    }

    private double[] Feed(string name, double[] hidden)
    {
        var gate = Map($"{name}mlp.gate_proj.weight", null, hidden, _sizes.IntermediateSize);
        var up = Map($"{name}mlp.up_proj.weight", null, hidden, _sizes.IntermediateSize);
        return Map($"{name}mlp.down_proj.weight", null, [.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)], _sizes.HiddenSize);
    }

    private double[] Norm(string name, double[] hidden)
    {
        var root = Math.Sqrt((hidden.Sum(h => h * h) / hidden.Length) + _sizes.NormEpsilon);
        return [.. hidden.Zip(_weights[name], (h, w) => h / root * w)];
    }

    private double[] Map(string weight, string? bias, double[] input, int to) =>
        [.. Enumerable.Range(0, to).Select(o => Enumerable.Range(0, input.Length).Sum(i => _weights[weight][(o * input.Length) + i] * input[i]) + (bias is null ? 0 : _weights[bias][o]))];

    private double[] Row(string name, int row, int size) => _weights[name][(row * size)..((row + 1) * size)];

    private static double[] Add(double[] one, double[] other) => [.. one.Zip(other, (a, b) => a + b)];
}
