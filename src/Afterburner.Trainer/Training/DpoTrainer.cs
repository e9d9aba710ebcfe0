using System.Globalization;
using System.Text;
using Afterburner.Trainer.Files;
using Afterburner.Trainer.Models;
using static TorchSharp.torch;

namespace Afterburner.Trainer.Training;

/// <summary>A prompt with a better and a worse reply, as tokens.</summary>
public sealed record TokenPreference(IReadOnlyList<int> Prompt, IReadOnlyList<int> Chosen, IReadOnlyList<int> Rejected);

/// <summary>Direct preference optimization (arXiv 2305.18290): the model is made to find the better of two replies likelier than it did before, and the worse one less so.</summary>
/// <inheritdoc cref="SftTrainer"/>
public sealed class DpoTrainer(Qwen2Model model, DpoOptions options, string folder, int padding, Action<string> progress)
{
    private const string ReferenceFile = "reference.txt";

    /// <exception cref="OperationCanceledException">It was ended. A checkpoint is kept.</exception>
    /// <exception cref="TrainingFailedException">Nothing is learned any more.</exception>
    public void Run(IReadOnlyList<TokenPreference> preferences, CancellationToken cancellationToken)
    {
        random.manual_seed(options.Seed);
        var device = model.parameters().First().device;
        var (order, data) = (new ExampleOrder(preferences.Count, options.Seed), TrainingRun.Digest(model, preferences));
        TrainingRun.Check(folder, "dpo", options, data, order.Steps(options.Batch, options.Epochs));
        // The model that training begins with is held to by what it says of the replies: it need not be kept.
        var reference = Kept(data, preferences.Count) ?? Keep(data, Reference(preferences, device, cancellationToken));
        if (options.Lora is { } lora)
            model.Adapt(lora);
        using var run = new TrainingRun(folder, "dpo", model, options, data, order.Steps(options.Batch, options.Epochs), generator: null, progress);
        model.train();
        while (!run.IsDone)
        {
            var (loss, margin, right) = (0.0, 0.0, 0.0);
            run.Begin();
            foreach (var part in order.Batch(run.Step, options.Batch).Chunk(options.Together))
            {
                run.ThrowIfEnded(cancellationToken);
                using var scope = NewDisposeScope();
                var likely = Whole(Pairs(part.Select(i => preferences[i])), device); // [2 B]: chosen, then rejected
                var before = tensor(part.Select(i => reference[i].Chosen).Concat(part.Select(i => reference[i].Rejected)).ToArray(), device: device);
                var (each, margins) = Losses.Preference(
                    likely.narrow(0, 0, part.Length), likely.narrow(0, part.Length, part.Length), before.narrow(0, 0, part.Length), before.narrow(0, part.Length, part.Length), options.Beta);
                var some = each.sum() / options.Batch;
                some.backward();
                loss += some.item<float>();
                margin += margins.sum().item<float>() / options.Batch;
                right += margins.gt(0).sum().item<long>() / (double)options.Batch;
            }

            run.Move(loss, [("margin", margin), ("accuracy", right)]);
        }
    }

    /// <summary>What an earlier start of the same training kept.</summary>
    private List<(float Chosen, float Rejected)>? Kept(string data, int count)
    {
        try
        {
            var lines = File.ReadAllLines(Path.Combine(folder, ReferenceFile));
            return lines.Length == count + 1 && lines[0] == data
                ? [.. lines.Skip(1).Select(l => l.Split(' ')).Select(l => (float.Parse(l[0], CultureInfo.InvariantCulture), float.Parse(l[1], CultureInfo.InvariantCulture)))] : null;
        }
        catch (Exception e) when (e is IOException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private List<(float Chosen, float Rejected)> Keep(string data, List<(float Chosen, float Rejected)> reference)
    {
        Directory.CreateDirectory(folder);
        WholeFile.Write(Path.Combine(folder, ReferenceFile), stream => stream.Write(Encoding.UTF8.GetBytes(
            $"{data}\n{string.Concat(reference.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Chosen:R} {r.Rejected:R}\n")))}")));
        return reference;
    }

    private List<(float Chosen, float Rejected)> Reference(IReadOnlyList<TokenPreference> preferences, Device device, CancellationToken cancellationToken)
    {
        progress("what the model says of the replies before it is trained ...");
        using var noGradient = no_grad();
        model.eval();
        var known = new List<(float, float)>();
        foreach (var part in preferences.Chunk(options.Together))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var likely = Whole(Pairs(part), device).cpu().data<float>().ToArray();
            known.AddRange(part.Select((_, i) => (likely[i], likely[part.Length + i])));
        }

        return known;
    }

    private static List<TokenPair> Pairs(IEnumerable<TokenPreference> preferences)
    {
        List<TokenPreference> all = [.. preferences];
        return [.. all.Select(p => new TokenPair(p.Prompt, p.Chosen)), .. all.Select(p => new TokenPair(p.Prompt, p.Rejected))];
    }

    /// <summary>How likely the model finds each reply as a whole, [B].</summary>
    private Tensor Whole(List<TokenPair> pairs, Device device)
    {
        var tokens = TokenBatch.Of(pairs, padding, device);
        return (Losses.LogProbabilities(model.forward(tokens.Tokens), tokens.Tokens) * tokens.Counted).sum(1);
    }
}
