using System.CommandLine;
using Afterburner.Cli;
using Afterburner.Cli.Evaluate;
using Afterburner.Evaluation.Loop;
using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Serving;
using Afterburner.Evaluation.Tasks;
using Afterburner.Sandboxes;
using Afterburner.Trainer.Data;
using Afterburner.Trainer.Files;
using Afterburner.Trainer.Models;
using Afterburner.Trainer.Tokens;
using Afterburner.Trainer.Training;
using TorchSharp;

namespace Afterburner.Trainer.Commands;

/// <summary><c>trainer sft</c>, <c>dpo</c> and <c>grpo</c>.</summary>
internal static class TrainCommands
{
    /// <summary>Of what the training leaves: the trained model, as it began it.</summary>
    private const string ModelFolder = "model", AdapterFolder = "adapter";

    public static Command Sft()
    {
        var common = new CommonOptions(new SftOptions());
        var command = new Command("sft", "Make good replies likely: examples with 'prompt' and 'completion'");
        common.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            using var trained = common.Open(parsed);
            var pairs = ExampleFile.Read<SupervisedExample>(common.Data(parsed)).Select(e => new TokenPair(trained.Form.Prompt(e.Prompt, e.System), trained.Form.Reply(e.Completion))).ToList();
            var options = (SftOptions)common.Options(parsed, new SftOptions());
            new SftTrainer(trained.Model, options, common.Folder(parsed), trained.Form.End, Console.WriteLine).Run(trained.Fitting(pairs, p => p.Length), cancellationToken);
            trained.Write(common.Folder(parsed), options.Lora);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    public static Command Dpo()
    {
        var usual = new DpoOptions();
        var common = new CommonOptions(usual);
        var beta = new Option<double>("--beta") { Description = "How far the model is held to the one that training begins with", DefaultValueFactory = _ => usual.Beta, HelpName = "B" };
        var command = new Command("dpo", "Make the better of two replies likelier: examples with 'prompt', 'chosen' and 'rejected'") { beta };
        common.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            using var trained = common.Open(parsed);
            var preferences = ExampleFile.Read<PreferenceExample>(common.Data(parsed))
                .Select(e => new TokenPreference(trained.Form.Prompt(e.Prompt, e.System), trained.Form.Reply(e.Chosen), trained.Form.Reply(e.Rejected))).ToList();
            var options = (DpoOptions)common.Options(parsed, usual) with { Beta = parsed.GetValue(beta) };
            new DpoTrainer(trained.Model, options, common.Folder(parsed), trained.Form.End, Console.WriteLine)
                .Run(trained.Fitting(preferences, p => p.Prompt.Count + Math.Max(p.Chosen.Count, p.Rejected.Count)), cancellationToken);
            trained.Write(common.Folder(parsed), options.Lora);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    public static Command Grpo()
    {
        var usual = new GrpoOptions();
        var common = new CommonOptions(usual);
        var tasks = new Option<FileInfo>("--tasks") { Description = "The data set that the examples are about: its tests decide", Required = true, HelpName = "FILE" };
        var replies = new Option<int>("--replies") { Description = "Replies to each prompt", DefaultValueFactory = _ => usual.Replies, HelpName = "N" };
        var temperature = new Option<double>("--temperature") { Description = "How replies are drawn", DefaultValueFactory = _ => usual.Sampling.Temperature, HelpName = "T" };
        var most = new Option<int>("--most-tokens") { Description = "Tokens of a reply at most", DefaultValueFactory = _ => usual.Sampling.MostTokens, HelpName = "N" };
        var clip = new Option<double>("--clip") { Description = "How far a token's ratio may be from 1 and still count", DefaultValueFactory = _ => usual.Clip, HelpName = "E" };
        var passes = new Option<int>("--passes") { Description = "How often the replies of a step are learned from", DefaultValueFactory = _ => usual.Passes, HelpName = "N" };
        var divergence = new Option<double>("--divergence") { Description = "Weight of the divergence from the model that training begins with", DefaultValueFactory = _ => usual.Divergence, HelpName = "W" };
        var rise = new Option<double>("--efficiency-rise") { Description = "What is added to the weight of efficiency (0.3) until the end", DefaultValueFactory = _ => usual.EfficiencyRise, HelpName = "W" };
        var command = new Command("grpo", "Make replies likelier that are worth more than others, as their programs run: examples with 'task' and 'prompt'") { tasks, replies, temperature, most, clip, passes, divergence, rise };
        common.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var trained = common.Open(parsed);
            var data = await DataSet.ReadAsync(parsed.GetValue(tasks)!.FullName, cancellationToken).ConfigureAwait(false);
            DataSetChoice.TellBad(data);
            var known = data.Tasks.Select(t => t.Id).ToHashSet();
            var examples = ExampleFile.Read<RewardedExample>(common.Data(parsed));
            if (examples.FirstOrDefault(e => !Enum.TryParse<ObjectiveKind>(e.Objective, ignoreCase: true, out _)) is { } odd)
                throw new UsageException($"{common.Data(parsed)} asks for '{VisibleText.Line(odd.Objective)}': time, memory or integral was expected");
            if (examples.FirstOrDefault(e => !known.Contains(e.Task)) is { } unknown)
                throw new UsageException($"{common.Data(parsed)} is about task '{VisibleText.Line(unknown.Task)}', which {parsed.GetValue(tasks)!.Name} does not have");
            var options = (GrpoOptions)common.Options(parsed, usual) with
            {
                Replies = parsed.GetValue(replies),
                Clip = parsed.GetValue(clip),
                Passes = parsed.GetValue(passes),
                Divergence = parsed.GetValue(divergence),
                EfficiencyRise = parsed.GetValue(rise),
                Sampling = new SamplingOptions { Temperature = parsed.GetValue(temperature), MostTokens = parsed.GetValue(most) },
            };
            await using var sandbox = await SandboxChoice.OpenAsync(SandboxKind.Auto, new SandboxOptions(), TimeProvider.System, cancellationToken).ConfigureAwait(false);
            using var scorer = new Scorer(
                new ProgramRunner(await Harnesses.OpenAsync(sandbox, cancellationToken).ConfigureAwait(false), new ProgramOptions()), data, new PeopleCache(DataSetChoice.PeopleFolder), new ScorerOptions());
            examples = [.. examples.DistinctBy(e => (e.Task, e.Prompt))];
            var about = examples.ToDictionary(e => $"{e.Task}\n{e.Prompt}", e => e);
            var prompts = examples.Select(e => new TrainingPrompt(e.Task, e.Prompt, trained.Form.Prompt(e.Prompt, e.System))).ToList();
            await new GrpoTrainer(
                trained.Model, options, (prompt, texts, token) => Rewards.OfAsync(scorer, about[$"{prompt.Task}\n{prompt.Text}"], texts, token), trained.Form.Text, common.Folder(parsed), trained.Form.End, Console.WriteLine, trained.Form.Known)
                .RunAsync(trained.Fitting(prompts, p => p.Tokens.Count + 1), cancellationToken).ConfigureAwait(false);
            trained.Write(common.Folder(parsed), options.Lora);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The options that every way of training has.</summary>
    private sealed class CommonOptions(TrainingOptions usual)
    {
        private readonly Option<DirectoryInfo> _model = new("--model") { Description = "Folder of the model that training begins with: config.json, model.safetensors, tokenizer.json", Required = true, HelpName = "DIR" };
        private readonly Option<FileInfo> _data = new("--data") { Description = "Examples, one JSON object a line ('trainer data' makes them)", Required = true, HelpName = "FILE" };
        private readonly Option<DirectoryInfo> _folder = new("--out") { Description = "Folder of checkpoints, measurements and the trained model; a training that is there goes on", Required = true, HelpName = "DIR" };
        private readonly Option<string> _device = new("--device") { Description = "Where it computes: cpu, cuda or auto", DefaultValueFactory = _ => "auto", HelpName = "NAME" };
        private readonly Option<int?> _threads = new("--threads") { Description = "Threads that compute on the CPU. Default: one for each core", HelpName = "N" };
        private readonly Option<double> _rate = new("--learning-rate") { Description = "Highest learning rate", DefaultValueFactory = _ => usual.LearningRate, HelpName = "R" };
        private readonly Option<int> _warmUp = new("--warm-up") { Description = "Steps until it is reached", DefaultValueFactory = _ => usual.WarmUp, HelpName = "N" };
        private readonly Option<int> _batch = new("--batch") { Description = "Examples of a step", DefaultValueFactory = _ => usual.Batch, HelpName = "N" };
        private readonly Option<int> _together = new("--together") { Description = "Examples that are computed at a time; a step adds up as many as it needs", DefaultValueFactory = _ => usual.Together, HelpName = "N" };
        private readonly Option<int> _epochs = new("--epochs") { Description = "How often all examples are gone through", DefaultValueFactory = _ => usual.Epochs, HelpName = "N" };
        private readonly Option<int?> _steps = new("--steps") { Description = "Steps at most. Default: as many as the examples make", HelpName = "N" };
        private readonly Option<int> _every = new("--checkpoint-every") { Description = "Steps between two checkpoints", DefaultValueFactory = _ => usual.CheckpointEvery, HelpName = "N" };
        private readonly Option<int> _rank = new("--lora-rank") { Description = "Rank of the adapters that are trained; 0 trains all weights", DefaultValueFactory = _ => usual.Lora?.Rank ?? 0, HelpName = "N" };
        private readonly Option<int> _alpha = new("--lora-alpha") { Description = "What adapters add is scaled by this over their rank", DefaultValueFactory = _ => (usual.Lora ?? new LoraOptions()).Alpha, HelpName = "N" };
        private readonly Option<double> _dropout = new("--lora-dropout") { Description = "Share of their inputs that adapters drop while they train", DefaultValueFactory = _ => (usual.Lora ?? new LoraOptions()).Dropout, HelpName = "SHARE" };
        private readonly Option<string[]> _targets = new("--lora-target") { Description = "Linear maps that are adapted, by the last part of their names; may be repeated. Default: all", HelpName = "NAME" };
        private readonly Option<bool> _recompute = new("--recompute") { Description = "Compute blocks once more when gradients are needed, instead of keeping all: less memory, about a third more time" };
        private readonly Option<WeightPrecision> _precision = new("--precision") { Description = "Of the weights that are not trained: f32 or bf16 (with adapters)", DefaultValueFactory = _ => WeightPrecision.F32 };
        private readonly Option<long> _seed = new("--seed") { Description = "Of every random choice", HelpName = "N" };

        public void AddTo(Command command)
        {
            foreach (var option in new Option[] { _model, _data, _folder, _device, _threads, _rate, _warmUp, _batch, _together, _epochs, _steps, _every, _rank, _alpha, _dropout, _targets, _recompute, _precision, _seed })
                command.Add(option);
        }

        public string Data(ParseResult parsed) => parsed.GetValue(_data)!.FullName;

        public string Folder(ParseResult parsed) => parsed.GetValue(_folder)!.FullName;

        public TrainingOptions Options(ParseResult parsed, TrainingOptions of)
        {
            var rank = parsed.GetValue(_rank);
            var options = of with
            {
                LearningRate = parsed.GetValue(_rate),
                WarmUp = parsed.GetValue(_warmUp),
                Batch = parsed.GetValue(_batch),
                Together = parsed.GetValue(_together),
                Epochs = parsed.GetValue(_epochs),
                MostSteps = parsed.GetValue(_steps),
                CheckpointEvery = parsed.GetValue(_every),
                Seed = parsed.GetValue(_seed),
                Lora = rank == 0 ? null : new LoraOptions
                {
                    Rank = rank, Alpha = parsed.GetValue(_alpha), Dropout = parsed.GetValue(_dropout), Targets = parsed.GetValue(_targets) is { Length: > 0 } targets ? targets : new LoraOptions().Targets,
                },
            };
            options.Check();
            return options;
        }

        public TrainedModel Open(ParseResult parsed)
        {
            if (parsed.GetValue(_precision) == WeightPrecision.Bf16 && parsed.GetValue(_rank) == 0)
                throw new UsageException("--precision bf16 is for weights that are not trained: in it, most steps of a training are too small to change anything. Give --lora-rank.");
            if (parsed.GetValue(_threads) is < 1)
                throw new UsageException("--threads is at least 1");
            LibTorch.Start(parsed.GetValue(_threads));
            var folder = parsed.GetValue(_model)!.FullName;
            var tokenizer = HuggingFaceFolder.ReadTokenizer(folder);
            var model = HuggingFaceFolder.ReadModel(folder);
            if (tokenizer.Tokens.Count > model.Configuration.VocabularySize)
                throw new UsageException($"the tokenizer of {folder} has {tokenizer.Tokens.Count} tokens, and its model rows for {model.Configuration.VocabularySize}");
            model.to(LibTorch.DeviceOf(parsed.GetValue(_device)!));
            if (parsed.GetValue(_precision) == WeightPrecision.Bf16)
                model.to(torch.ScalarType.BFloat16);
            model.Recomputes = parsed.GetValue(_recompute);
            Console.WriteLine(FormattableString.Invariant($"a model of {model.ParameterCount / 1e6:0.0} million weights, {model.Configuration.ContextLength} tokens of context"));
            return new TrainedModel(model, tokenizer, folder);
        }
    }

    /// <summary>How weights that are not trained are held.</summary>
    private enum WeightPrecision
    {
        F32,
        Bf16,
    }

    /// <summary>A model that is trained, with its tokenizer.</summary>
    /// <param name="begins">Folder of the one that it begins with.</param>
    private sealed class TrainedModel(Qwen2Model model, ByteLevelBpe tokenizer, string begins) : IDisposable
    {
        public Qwen2Model Model => model;

        public PromptForm Form { get; } = new(tokenizer);

        /// <summary>Those that fit into the model's context; how many do not is said.</summary>
        /// <exception cref="UsageException">None does.</exception>
        public List<T> Fitting<T>(IReadOnlyList<T> examples, Func<T, int> length)
        {
            var fitting = examples.Where(e => length(e) <= model.Configuration.ContextLength).ToList();
            if (fitting.Count < examples.Count)
                Console.WriteLine($"{examples.Count - fitting.Count} of {examples.Count} examples are longer than the model's context of {model.Configuration.ContextLength} tokens, and are left out");
            return fitting.Count > 0 ? fitting : throw new UsageException($"no example fits into the model's context of {model.Configuration.ContextLength} tokens");
        }

        /// <summary>The whole model, and its adapters alone where it has some.</summary>
        public void Write(string folder, LoraOptions? adapters)
        {
            var whole = Path.Combine(folder, ModelFolder);
            using var merged = model.Merged();
            HuggingFaceFolder.Write(whole, merged, tokenizer, begins);
            if (adapters is not null)
                PeftFolder.Write(Path.Combine(folder, AdapterFolder), model, adapters, begins);
            Console.WriteLine($"trained: {whole}{(adapters is null ? "" : $", adapters alone: {Path.Combine(folder, AdapterFolder)}")}");
        }

        public void Dispose() => model.Dispose();
    }
}
