using System.Text.Json.Nodes;
using Afterburner.Trainer.Files;
using Afterburner.Trainer.Models;
using Afterburner.Trainer.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Afterburner.Trainer.Tests;

public sealed class ModelTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_computes_what_the_architecture_says_when_it_is_written_down_once_more(bool tied)
    {
        using var model = Tiny.Model(sizes: Tiny.Sizes with { TiedEmbeddings = tied });
        var tokens = Tiny.Tokens(1, 9);

        using var logits = model.forward(Tiny.Row(tokens));

        var plain = new PlainModel(model).Logits(tokens);
        Assert.All(logits.squeeze(0).flatten().data<float>().ToArray().Zip(plain.SelectMany(l => l)), p => Assert.Equal(p.Second, p.First, 1e-4));
    }

    [Fact]
    public void Heads_of_the_first_group_look_at_the_token_before_where_they_are_told_to()
    {
        const int Place = 20, Size = 40, Group = 2;
        using var model = Tiny.Model(sizes: new Qwen2Configuration(40, HiddenSize: 4 * Size, IntermediateSize: 24, Layers: 2, Heads: 4, KeyValueHeads: 4 / Group, ContextLength: 48));
        model.LookBack();
        var (queries, keys) = (Bias("q_proj"), Bias("k_proj"));

        for (var head = 0; head < Group; head++)
        {
            double[] weights = [.. Enumerable.Range(0, Place + 1).Select(at => Math.Exp(Agreement(head, at - Place) / Math.Sqrt(Size)))];
            Assert.InRange(weights[Place - 1] / weights.Sum(), 0.8, 1);
        }

        float[] Bias(string name) => model.named_parameters().Single(p => p.name == $"model.layers.0.self_attn.{name}.bias").parameter.detach().data<float>().ToArray();

        // Of a query and a key that is so many places further on, each pair rotated by its own angle.
        double Agreement(int head, int further) => Enumerable.Range(0, Size / 2).Sum(i =>
        {
            var (angle, at) = (further * Math.Pow(10_000, -2.0 * i / Size), head * Size);
            var (first, second) = (keys[i], keys[i + (Size / 2)]);
            return (queries[at + i] * ((first * Math.Cos(angle)) - (second * Math.Sin(angle)))) + (queries[at + i + (Size / 2)] * ((second * Math.Cos(angle)) + (first * Math.Sin(angle))));
        });
    }

    [Fact]
    public void Its_gradients_are_those_that_small_steps_show()
    {
        using var model = Tiny.Model();
        model.to(ScalarType.Float64);
        var tokens = Tiny.Row(Tiny.Tokens(2, 7));
        Loss().backward();

        foreach (var (name, parameter) in model.named_parameters())
        {
            var flat = parameter.detach().view(-1);
            var place = parameter.grad!.abs().argmax().item<long>();
            using var noGradient = no_grad();
            var (value, step) = (flat[place].item<double>(), 1e-5);
            flat[place] = value + step;
            var above = Loss().item<double>();
            flat[place] = value - step;
            var below = Loss().item<double>();
            flat[place] = value;
            var gradient = parameter.grad.view(-1)[place].item<double>();
            Assert.True(Math.Abs(((above - below) / (2 * step)) - gradient) < 1e-6 * Math.Max(1, Math.Abs(gradient)), $"{name}: {(above - below) / (2 * step)} is not {gradient}");
        }

        Tensor Loss() => Losses.LogProbabilities(model.forward(tokens), tokens).mean().neg();
    }

    [Theory]
    [InlineData(new[] { 10 })]
    [InlineData(new[] { 4, 1, 5 })]
    public void With_a_cache_it_says_the_same_of_the_next_token(int[] parts)
    {
        using var model = Tiny.Model();
        var tokens = Tiny.Tokens(3, 10);
        using var cache = new KeyValueCache(Tiny.Sizes, 1, 10);
        using var whole = model.forward(Tiny.Row(tokens));
        var from = 0;
        foreach (var part in parts)
        {
            using var next = model.Next(Tiny.Row(tokens[from..(from + part)]), cache, padding: null);
            from += part;
            Assert.True(next.allclose(whole.select(1, from - 1), rtol: 1e-4, atol: 1e-5));
        }
    }

    [Fact]
    public void Sequences_of_different_lengths_do_not_disturb_each_other()
    {
        using var model = Tiny.Model();
        var (longer, shorter) = (Tiny.Tokens(4, 8), Tiny.Tokens(5, 5));
        using var cache = new KeyValueCache(Tiny.Sizes, 2, 12);
        var padding = tensor(new long[] { 0, 3 });
        using var first = model.Next(cat([Tiny.Row(longer), Tiny.Row([0, 0, 0, .. shorter])]), cache, padding);
        using var second = model.Next(tensor(new long[,] { { 7 }, { 9 } }), cache, padding);

        Assert.True(first[0].allclose(model.forward(Tiny.Row(longer))[0, -1], rtol: 1e-4, atol: 1e-5));
        Assert.True(first[1].allclose(model.forward(Tiny.Row(shorter))[0, -1], rtol: 1e-4, atol: 1e-5));
        Assert.True(second[0].allclose(model.forward(Tiny.Row([.. longer, 7]))[0, -1], rtol: 1e-4, atol: 1e-5));
        Assert.True(second[1].allclose(model.forward(Tiny.Row([.. shorter, 9]))[0, -1], rtol: 1e-4, atol: 1e-5));
    }

    [Fact]
    public void An_adapter_changes_nothing_at_first_and_merged_computes_what_it_did_beside()
    {
        using var model = Tiny.Model();
        var tokens = Tiny.Row(Tiny.Tokens(6, 8));
        using var before = model.forward(tokens);
        model.Adapt(new LoraOptions { Rank = 3, Targets = ["q_proj", "v_proj", "down_proj"] });
        using var adapted = model.forward(tokens);
        var trained = model.named_parameters().Where(p => p.parameter.requires_grad).ToList();
        using (no_grad())
        {
            foreach (var (_, parameter) in trained)
                nn.init.normal_(parameter, 0, 0.3);
        }

        using var moved = model.forward(tokens);
        using var merged = model.Merged();

        Assert.True(adapted.equal(before).all().item<bool>());
        Assert.Equal(2 * 2 * 3, trained.Count);
        Assert.All(trained, t => Assert.Contains(".lora_", t.name, StringComparison.Ordinal));
        Assert.False(moved.allclose(before, atol: 1e-3));
        Assert.True(merged.forward(tokens).allclose(moved, rtol: 1e-4, atol: 1e-5));
        Assert.Equal(Tiny.Model().state_dict().Keys.Order(), merged.state_dict().Keys.Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Blocks_that_are_computed_once_more_have_the_same_gradients(bool adapted)
    {
        using var kept = Gradients(recomputes: false);
        using var again = Gradients(recomputes: true);

        var (expected, actual) = (Of(kept), Of(again));
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.All(expected, e => Assert.True(actual[e.Key].allclose(e.Value, rtol: 1e-4, atol: 1e-6), e.Key));

        Qwen2Model Gradients(bool recomputes)
        {
            var model = Tiny.Model();
            model.Recomputes = recomputes;
            if (adapted)
                model.Adapt(new LoraOptions { Rank = 2 });
            model.train();
            using var scope = NewDisposeScope();
            var tokens = Tiny.Row(Tiny.Tokens(6, 8));
            Losses.LogProbabilities(model.forward(tokens), tokens).sum().backward();
            return model;
        }

        static Dictionary<string, Tensor> Of(Qwen2Model model) => model.named_parameters().Where(p => p.parameter.grad is not null).ToDictionary(p => p.name, p => p.parameter.grad!);
    }

    [Fact]
    public void Adapters_that_drop_inputs_are_not_computed_once_more()
    {
        using var model = Tiny.Model();
        model.Recomputes = true;

        Assert.Contains("--lora-dropout 0", Assert.Throws<UsageException>(() => model.Adapt(new LoraOptions { Dropout = 0.1 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_in_half_the_size_stay_as_they_are_while_adapters_beside_them_are_trained_in_single_precision()
    {
        using var model = Tiny.Model();
        var tokens = Tiny.Row(Tiny.Tokens(6, 8));
        using var whole = model.forward(tokens);
        model.to(ScalarType.BFloat16);
        model.Adapt(new LoraOptions { Rank = 2 });
        using var half = model.forward(tokens);
        using (no_grad())
        {
            foreach (var (_, parameter) in model.named_parameters().Where(p => p.parameter.requires_grad))
                nn.init.normal_(parameter, 0, 0.3);
        }

        using var moved = model.forward(tokens);
        using var merged = model.Merged();

        Assert.Equal(ScalarType.BFloat16, half.dtype);
        Assert.InRange(Apart(half, whole), 0, 0.15);
        Assert.All(model.named_parameters(), p => Assert.Equal(p.parameter.requires_grad ? ScalarType.Float32 : ScalarType.BFloat16, p.parameter.dtype));
        Assert.All(merged.state_dict().Values, t => Assert.Equal(ScalarType.Float32, t.dtype));
        Assert.InRange(Apart(moved, merged.forward(tokens)), 0, 0.15);
        Assert.True(Apart(moved, whole) > 0.3);

        static double Apart(Tensor of, Tensor from) => (of.to(ScalarType.Float32) - from).norm().item<float>() / from.norm().item<float>();
    }

    [Fact]
    public void Adapters_alone_are_stored_as_PEFT_names_them()
    {
        using var folder = new TemporaryFolder();
        using var model = Tiny.Model();
        var options = new LoraOptions { Rank = 3, Alpha = 6, Targets = ["q_proj", "down_proj"] };
        model.Adapt(options);

        PeftFolder.Write(folder.Path, model, options, "begin");

        var weights = SafeTensors.Read(folder.At(PeftFolder.WeightsFile));
        Assert.Equal(
            from layer in new[] { 0, 1 } from map in new[] { "mlp.down_proj", "self_attn.q_proj" } from part in new[] { "A", "B" } select $"base_model.model.model.layers.{layer}.{map}.lora_{part}.weight",
            weights.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([3, 16], weights["base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"].shape);
        Assert.Equal([16, 3], weights["base_model.model.model.layers.1.mlp.down_proj.lora_B.weight"].shape);
        var read = JsonNode.Parse(File.ReadAllText(folder.At(PeftFolder.ConfigurationFile)))!;
        Assert.Equal(("LORA", 3, 6, "begin"), ((string?)read["peft_type"], (int)read["r"]!, (int)read["lora_alpha"]!, (string?)read["base_model_name_or_path"]));
    }

    [Fact]
    public void Greedy_replies_are_the_likeliest_and_drawn_ones_follow_the_seed()
    {
        using var model = Tiny.Model();
        var sampler = new Sampler(model, Tiny.End);
        int[][] prompts = [Tiny.Tokens(7, 6), Tiny.Tokens(8, 3)];
        var greedy = new SamplingOptions { Temperature = 0, MostTokens = 10 };

        var together = sampler.Sample(prompts, greedy, new Generator(1));
        var alone = sampler.Sample([prompts[1]], greedy, new Generator(1))[0];
        var drawn = Enumerable.Range(0, 3).Select(i => sampler.Sample(prompts, new SamplingOptions { MostTokens = 10 }, new Generator((ulong)(i / 2)))).ToList();

        Assert.Equal(alone.Tokens, together[1].Tokens);
        int[] context = [.. prompts[0]];
        foreach (var (token, likely) in together[0].Tokens.Zip(together[0].LogProbabilities))
        {
            var last = nn.functional.log_softmax(model.forward(Tiny.Row(context))[0, -1], -1);
            Assert.Equal(last.argmax().item<long>(), token);
            Assert.Equal(last.max().item<float>(), likely, 1e-4f);
            context = [.. context, token];
        }

        Assert.Equal(drawn[0][0].Tokens, drawn[1][0].Tokens);
        Assert.NotEqual(drawn[0].SelectMany(r => r.Tokens), drawn[2].SelectMany(r => r.Tokens));
    }

    [Fact]
    public void Only_the_likeliest_tokens_are_drawn_where_that_is_asked_for()
    {
        using var model = Tiny.Model();
        int[] prompt = Tiny.Tokens(9, 4);
        using var likely = nn.functional.softmax(model.forward(Tiny.Row(prompt))[0, -1], -1);
        var ordered = likely.data<float>().ToArray().Select((p, i) => (p, i)).OrderByDescending(p => p.p).ToList();
        var allowed = ordered.Where((_, i) => ordered.Take(i).Sum(p => p.p) <= 0.5f).Select(p => p.i).ToHashSet();

        var drawn = new Sampler(model, Tiny.End).Sample([.. Enumerable.Repeat(prompt, 200)], new SamplingOptions { MostTokens = 1, TopP = 0.5 }, new Generator(3));

        Assert.Subset(allowed, drawn.Select(r => r.Tokens[0]).ToHashSet());
        Assert.True(drawn.Select(r => r.Tokens[0]).Distinct().Count() > 1);
    }

    [Theory]
    [InlineData(15, 4, 2, "no multiple of num_attention_heads")]
    [InlineData(16, 4, 3, "no multiple of num_key_value_heads")]
    [InlineData(12, 4, 2, "cannot be rotated in pairs")]
    public void Sizes_that_do_not_fit_are_told(int hidden, int heads, int shared, string said) =>
        Assert.Contains(said, Assert.Throws<UsageException>(() => new Qwen2Model(Tiny.Sizes with { HiddenSize = hidden, Heads = heads, KeyValueHeads = shared })).Message, StringComparison.Ordinal);
}
