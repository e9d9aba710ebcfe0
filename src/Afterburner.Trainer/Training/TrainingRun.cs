using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Trainer.Files;
using Afterburner.Trainer.Models;
using static TorchSharp.torch;

namespace Afterburner.Trainer.Training;

/// <summary>Training came to a state from which nothing is learned any more.</summary>
public sealed class TrainingFailedException(string message) : Exception(message);

/// <summary>
/// What every way of training needs around its loss: the optimizer with its learning rate, checkpoints from which a run goes on to the bit (weights, optimizer, state of
/// what is drawn; which examples come next follows from the step), and measurements as JSON Lines.
/// </summary>
public sealed class TrainingRun : IDisposable
{
    public const string MetricsFile = "metrics.jsonl";

    private const string Prefix = "checkpoint-", WeightsFile = "weights.safetensors", OptimizerFile = "optimizer.bin", StateFile = "state.json";

    private readonly string _folder;
    private readonly TrainingOptions _options;
    private readonly LearningRate _rate;
    private readonly List<(string Name, TorchSharp.Modules.Parameter Parameter)> _trained;
    private readonly Generator? _generator;
    private readonly string _settings;
    private readonly Action<string> _progress;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly TorchSharp.Modules.AdamW _optimizer;
    private int _begun;

    /// <summary>Opens a run, and goes on where its folder has a checkpoint.</summary>
    /// <param name="kind">Which way of training: a folder is of one.</param>
    /// <param name="steps">Steps of the whole training.</param>
    /// <param name="generator">What draws beside Torch's own; its state is kept.</param>
    /// <param name="progress">Told a line now and then.</param>
    /// <exception cref="UsageException">The folder is of another training, or its checkpoint does not fit the model.</exception>
    public TrainingRun(string folder, string kind, Qwen2Model model, TrainingOptions options, int steps, Generator? generator, Action<string> progress)
    {
        options.Check();
        (_folder, _options, _generator, _progress, Steps) = (folder, options, generator, progress, Math.Min(steps, options.MostSteps ?? int.MaxValue));
        _rate = new LearningRate(options.LearningRate, options.WarmUp, Steps);
        _trained = [.. model.named_parameters().Where(p => p.parameter.requires_grad).Select(p => (p.name, p.parameter))];
        _settings = string.Create(CultureInfo.InvariantCulture, $"{kind} {options} of {Steps} steps");
        _optimizer = optim.AdamW(_trained.Select(t => t.Parameter), options.LearningRate, weight_decay: options.WeightDecay);
        Directory.CreateDirectory(folder);
        Resume();
        _begun = Step;
    }

    /// <summary>Steps that are done.</summary>
    public int Step { get; private set; }

    public int Steps { get; }

    public bool IsDone => Step >= Steps;

    /// <summary>Before the gradients of a step are added up.</summary>
    public void Begin()
    {
        using var scope = NewDisposeScope();
        _optimizer.zero_grad();
    }

    /// <summary>Ends a step, whose gradients were added up: the weights move.</summary>
    /// <param name="loss">Of the step.</param>
    /// <param name="measured">What else is written down of it.</param>
    /// <exception cref="TrainingFailedException">The loss or its gradient is no number any more.</exception>
    public void Move(double loss, IEnumerable<(string Name, double Value)> measured)
    {
        using var scope = NewDisposeScope();
        var length = nn.utils.clip_grad_norm_(_trained.Select(t => t.Parameter), _options.MostGradient);
        if (!double.IsFinite(loss) || !double.IsFinite(length))
        {
            throw new TrainingFailedException(string.Create(CultureInfo.InvariantCulture,
                $"in step {Step + 1} of {Steps} the loss is {loss} and its gradient {length}: the training fell apart. The last checkpoint is kept; go on from it with a lower learning rate in another folder."));
        }

        var rate = _rate.At(Step);
        foreach (var group in _optimizer.ParamGroups)
            group.LearningRate = rate;
        _optimizer.step();
        Step++;
        var line = new JsonObject { ["step"] = Step, ["loss"] = loss, ["learningRate"] = rate, ["gradient"] = length };
        foreach (var (name, value) in measured)
            line[name] = double.IsFinite(value) ? value : null;
        File.AppendAllText(Path.Combine(_folder, MetricsFile), line.ToJsonString() + "\n");
        if (Step % _options.CheckpointEvery == 0 || IsDone)
            Save();
        if (Step == _begun + 1 || Step % 10 == 0 || IsDone)
        {
            var left = _watch.Elapsed / (Step - _begun) * (Steps - Step);
            _progress(string.Create(CultureInfo.InvariantCulture, $"step {Step}/{Steps}: loss {loss:0.0000}, {string.Join(", ", measured.Select(m => $"{m.Name} {m.Value:0.####}"))}{(measured.Any() ? "; " : "")}{Math.Ceiling(left.TotalMinutes):0} min left"));
        }
    }

    /// <summary>Moves the weights within a step that learns from the same replies several times.</summary>
    public void MoveWithin()
    {
        using var scope = NewDisposeScope();
        nn.utils.clip_grad_norm_(_trained.Select(t => t.Parameter), _options.MostGradient);
        foreach (var group in _optimizer.ParamGroups)
            group.LearningRate = _rate.At(Step);
        _optimizer.step();
    }

    /// <summary>Keeps where the run is. A checkpoint is there as a whole, or not at all.</summary>
    public void Save()
    {
        var (place, beside) = (Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Step}")), Path.Combine(_folder, $".{Prefix}{Environment.ProcessId}"));
        if (Directory.Exists(place))
            return;
        Directory.CreateDirectory(beside);
        SafeTensors.Write(Path.Combine(beside, WeightsFile), _trained.Select(t => (t.Name, (Tensor)t.Parameter)));
        using (var writer = new BinaryWriter(File.Create(Path.Combine(beside, OptimizerFile))))
            _optimizer.save_state_dict(writer);
        File.WriteAllText(Path.Combine(beside, StateFile), new JsonObject
        {
            ["step"] = Step, ["settings"] = _settings, ["drawn"] = State(random.get_rng_state()), ["generator"] = _generator is null ? null : State(_generator.get_state()),
        }.ToJsonString());
        Directory.Move(beside, place);
        foreach (var (older, _) in Checkpoints().Where(c => c.Step != Step))
            Directory.Delete(older, recursive: true);
        TrainingPage.Write(_folder);

        static string State(Tensor state)
        {
            using (state)
                return Convert.ToBase64String(state.bytes);
        }
    }

    public void Dispose() => _optimizer.Dispose();

    private void Resume()
    {
        if (Checkpoints().OrderByDescending(c => c.Step).FirstOrDefault() is not { Folder: { } place })
        {
            File.Delete(Path.Combine(_folder, MetricsFile));
            return;
        }

        try
        {
            var state = JsonNode.Parse(File.ReadAllText(Path.Combine(place, StateFile)))!;
            if ((string?)state["settings"] is var settings && settings != _settings)
                throw new UsageException($"{_folder} holds a training with other settings ({settings}); this one is {_settings}. Give another folder, or delete it.");
            var weights = SafeTensors.Read(Path.Combine(place, WeightsFile));
            using (no_grad())
            {
                foreach (var (name, parameter) in _trained)
                {
                    if (!weights.TryGetValue(name, out var kept) || !kept.shape.SequenceEqual(parameter.shape))
                        throw new UsageException($"{place} is of another model: its weights '{name}' do not fit");
                    parameter.copy_(kept);
                }
            }

            foreach (var tensor in weights.Values)
                tensor.Dispose();
            using (var reader = new BinaryReader(File.OpenRead(Path.Combine(place, OptimizerFile))))
                _optimizer.load_state_dict(reader);
            using (var drawn = tensor(Convert.FromBase64String((string)state["drawn"]!)))
                random.set_rng_state(drawn);
            if (_generator is not null)
            {
                using var drawn = tensor(Convert.FromBase64String((string)state["generator"]!));
                _generator.set_state(drawn);
            }

            Step = (int)state["step"]!;
        }
        catch (Exception e) when (e is IOException or JsonException or FormatException or InvalidOperationException or NullReferenceException)
        {
            throw new UsageException($"the checkpoint {place} cannot be read: {e.Message}. Delete it to begin anew.", e);
        }

        // Steps after it are done once more.
        var metrics = Path.Combine(_folder, MetricsFile);
        if (File.Exists(metrics))
        {
            var kept = File.ReadLines(metrics).TakeWhile(l => JsonNode.Parse(l)?["step"]?.GetValue<int>() <= Step).ToList();
            File.WriteAllLines(metrics, kept);
        }

        _progress($"going on after step {Step} of {Steps}");
    }

    private IEnumerable<(string Folder, int Step)> Checkpoints() =>
        from folder in Directory.EnumerateDirectories(_folder, $"{Prefix}*")
        let number = Path.GetFileName(folder)[Prefix.Length..]
        where int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        select (folder, int.Parse(number, CultureInfo.InvariantCulture));
}
