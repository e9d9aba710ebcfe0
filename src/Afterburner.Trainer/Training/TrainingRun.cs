using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
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

    private const string Prefix = "checkpoint-", WeightsFile = "weights.safetensors", OptimizerFile = "optimizer.bin", StateFile = "state.json", LockFile = ".lock";

    private readonly string _folder;
    private readonly TrainingOptions _options;
    private readonly LearningRate _rate;
    private readonly List<(string Name, TorchSharp.Modules.Parameter Parameter)> _trained;
    private readonly Generator? _generator;
    private readonly string _settings;
    private readonly Action<string> _progress;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly TorchSharp.Modules.AdamW _optimizer;
    private readonly FileStream _lock;
    private readonly int _warmUp;
    private int _begun;
    private (string Drawn, string? Generator) _before;

    /// <summary>Opens a run, and goes on where its folder has a checkpoint.</summary>
    /// <param name="kind">Which way of training: a folder is of one.</param>
    /// <param name="data">Says what it is trained on: a digest of examples and of the weights that it begins with.</param>
    /// <param name="steps">Steps of the whole training.</param>
    /// <param name="generator">What draws beside Torch's own; its state is kept.</param>
    /// <param name="progress">Told a line now and then.</param>
    /// <exception cref="UsageException">The folder is of another training, or its checkpoint does not fit the model.</exception>
    public TrainingRun(string folder, string kind, Qwen2Model model, TrainingOptions options, string data, int steps, Generator? generator, Action<string> progress)
    {
        options.Check();
        (_folder, _options, _generator, _progress, Steps) = (folder, options, generator, progress, Math.Min(steps, options.MostSteps ?? int.MaxValue));
        _warmUp = options.WarmUp;
        _rate = new LearningRate(options.LearningRate, options.WarmUp, Steps, options.RateAtEnd);
        _trained = [.. model.named_parameters().Where(p => p.parameter.requires_grad).Select(p => (p.name, p.parameter))];
        _settings = SettingsOf(kind, options, data, Steps);
        _optimizer = optim.AdamW(_trained.Select(t => t.Parameter), options.LearningRate, weight_decay: options.WeightDecay);
        Directory.CreateDirectory(folder);
        _lock = Held(folder);
        try
        {
            foreach (var left in Directory.EnumerateDirectories(folder, $".{Prefix}*"))
                Directory.Delete(left, recursive: true);
            Resume();
        }
        catch
        {
            Dispose();
            throw;
        }

        _begun = Step;
        if (_warmUp > Steps)
            progress($"the learning rate rises for {_warmUp} steps, and there are {Steps}: it does not come to its highest");
        Remember();
    }

    /// <summary>What a checkpoint has to be of.</summary>
    private static string SettingsOf(string kind, TrainingOptions options, string data, int steps) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind} {JsonSerializer.Serialize(options, options.GetType())} of {steps} steps on {data}");

    /// <summary>Refuses a folder that holds another training, before work is done for it.</summary>
    /// <inheritdoc cref="TrainingRun(string, string, Qwen2Model, TrainingOptions, string, int, Generator?, Action{string})"/>
    public static void Check(string folder, string kind, TrainingOptions options, string data, int steps)
    {
        options.Check();
        var settings = SettingsOf(kind, options, data, Math.Min(steps, options.MostSteps ?? int.MaxValue));
        if (Directory.Exists(folder) && Checkpoints(folder).OrderByDescending(c => c.Step).FirstOrDefault() is { Folder: { } place })
            CheckState(folder, place, settings);
    }

    /// <summary>Says of what a training is: examples, and the first numbers of each weight.</summary>
    public static string Digest(Qwen2Model model, IEnumerable<object> examples)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var example in examples)
            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(example, example.GetType()));
        using var noGradient = no_grad();
        foreach (var (name, weights) in model.state_dict().OrderBy(w => w.Key, StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {string.Join('x', weights.shape)}"));
            hash.AppendData(weights.detach().view(-1).narrow(0, 0, Math.Min(weights.numel(), 256)).to(ScalarType.Float32).cpu().contiguous().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    /// <summary>A metric of all steps that are done; of steps that do not have it, or whose line is damaged, nothing.</summary>
    public IEnumerable<double> Metric(string name) => Lines(_folder).Select(l => l[name] is JsonValue value && value.TryGetValue<double>(out var number) ? number : (double?)null).OfType<double>();

    /// <summary>Where a step is not carried to its end: what was drawn for it counts as not drawn, and the run is kept as it was before.</summary>
    public void Abandon()
    {
        using (var drawn = tensor(Convert.FromBase64String(_before.Drawn)))
            random.set_rng_state(drawn);
        if (_before.Generator is { } state)
        {
            using var generator = tensor(Convert.FromBase64String(state));
            _generator!.set_state(generator);
        }

        Save();
    }

    /// <summary>Within a step, before the weights move.</summary>
    /// <exception cref="OperationCanceledException">It is to end; the run is kept as it was before the step.</exception>
    public void ThrowIfEnded(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            Abandon();
        cancellationToken.ThrowIfCancellationRequested();
    }

    internal static IEnumerable<JsonObject> Lines(string folder)
    {
        var file = Path.Combine(folder, MetricsFile);
        foreach (var line in File.Exists(file) ? File.ReadLines(file) : [])
        {
            JsonObject? read = null;
            try
            {
                read = JsonNode.Parse(line) as JsonObject;
            }
            catch (JsonException)
            {
                // Half a line is what an end in the middle leaves.
            }

            if (read?["step"] is JsonValue step && step.TryGetValue<int>(out _))
                yield return read;
        }
    }

    private static FileStream Held(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new UsageException($"another training runs in {folder}", e);
        }
    }

    private void Remember() => _before = (State(random.get_rng_state()), _generator is null ? null : State(_generator.get_state()));

    private static string State(Tensor state)
    {
        using (state)
            return Convert.ToBase64String(state.bytes);
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
        Remember();
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
        using (var file = File.Create(Path.Combine(beside, OptimizerFile)))
        using (var writer = new BinaryWriter(file))
        {
            _optimizer.save_state_dict(writer);
            writer.Flush();
            file.Flush(flushToDisk: true);
        }

        WholeFile.Write(Path.Combine(beside, StateFile), stream => JsonSerializer.Serialize(stream, new JsonObject
        {
            ["step"] = Step, ["settings"] = _settings, ["drawn"] = State(random.get_rng_state()), ["generator"] = _generator is null ? null : State(_generator.get_state()),
        }));
        Directory.Move(beside, place);
        foreach (var (older, _) in Checkpoints(_folder).Where(c => c.Step != Step))
            Directory.Delete(older, recursive: true);
        TrainingPage.Write(_folder);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _lock.Dispose();
    }

    private void Resume()
    {
        if (Checkpoints(_folder).OrderByDescending(c => c.Step).FirstOrDefault() is not { Folder: { } place })
        {
            File.Delete(Path.Combine(_folder, MetricsFile));
            return;
        }

        try
        {
            var state = CheckState(_folder, place, _settings);
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
        var done = Lines(_folder).Where(l => l["step"]!.GetValue<int>() <= Step).Select(l => l.ToJsonString()).ToList();
        WholeFile.Write(Path.Combine(_folder, MetricsFile), stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(done.Select(l => l + "\n")))));
        _progress($"going on after step {Step} of {Steps}");
    }

    private static JsonNode CheckState(string folder, string place, string wanted)
    {
        JsonNode? state = null;
        try
        {
            state = JsonNode.Parse(File.ReadAllText(Path.Combine(place, StateFile)));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            throw new UsageException($"the checkpoint {place} cannot be read: {e.Message}. Delete it to begin anew.", e);
        }

        return (string?)state?["settings"] is var settings && settings == wanted ? state!
            : throw new UsageException($"{folder} holds a training with other settings ({settings}); this one is {wanted}. Give another folder, or delete it.");
    }

    private static IEnumerable<(string Folder, int Step)> Checkpoints(string of) =>
        from folder in Directory.EnumerateDirectories(of, $"{Prefix}*")
        let number = Path.GetFileName(folder)[Prefix.Length..]
        where int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        select (folder, int.Parse(number, CultureInfo.InvariantCulture));
}
