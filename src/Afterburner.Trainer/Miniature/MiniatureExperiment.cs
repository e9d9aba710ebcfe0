using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Afterburner.Evaluation.Loop;
using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Serving;
using Afterburner.Evaluation.Solvers;
using Afterburner.Evaluation.Tasks;
using Afterburner.Trainer.Data;
using Afterburner.Trainer.Files;
using Afterburner.Trainer.Models;
using Afterburner.Trainer.Tokens;
using Afterburner.Trainer.Training;
using Afterburner.Workloads;

namespace Afterburner.Trainer.Miniature;

/// <summary>
/// The paper's question (arXiv 2505.23387, figure 5) with a model so small that it is trained anywhere: do supervised fine-tuning, preferences and rewards by execution end at the same
/// place after some iterations of its loop? A cold start teaches the form; from there each way of training goes on by itself, and all of them are judged on tasks that none has seen.
/// Each stage leaves a folder, and one that is there is not done again.
/// </summary>
/// <param name="folder">Of all that is made.</param>
/// <param name="harness">Whose sandbox programs run in.</param>
/// <param name="progress">Told a line now and then.</param>
internal sealed class MiniatureExperiment(MiniatureOptions options, string folder, Harness harness, Action<string> progress)
{
    public const string RowsName = "rows", BaseName = "base", ColdName = "cold start", SupervisedName = "SFT", PreferredName = "DPO", RewardedName = "GRPO";

    private const string ModelFolder = "model", WeightsFile = "model.safetensors";

    /// <summary>Of the tasks themselves, which are the same in every experiment.</summary>
    private const int FamilySeed = 1;

    /// <summary>Between the seeds of the base model's texts and those of the cold start.</summary>
    private const int Apart = 1_000_000;

    /// <summary>Of what the cold start shows: programs are asked for from nothing, or another one stands in the prompt, which fails now and then.</summary>
    private const double FromNothing = 0.4, FromFailing = 0.2;

    /// <summary>Share of the base model's texts that are a row of tokens twice, and how long such a row is.</summary>
    private const double Repeated = 0.25;

    private const int ShortestRow = 4, LongestRow = 96;

    /// <summary>Failing programs beside those of people that a task's prompts begin with.</summary>
    private const int FailingOfTask = 4;

    /// <summary>CPU seconds and MiB that the cold start makes up for programs that nobody measures: it teaches where they stand.</summary>
    private const double LeastSeconds = 0.002, MostSeconds = 0.2, MostMiB = 8;

    private static readonly string[] Special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

    private static readonly TrainingSetOptions Sets = new() { Objectives = [ObjectiveKind.Time], Prompt = PromptKind.Brief };

    private string PeopleFolder => At("people");

    public async Task<MiniatureResult> RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        CheckSettings();
        var (family, trained, heldOut) = await TasksAsync(cancellationToken).ConfigureAwait(false);
        var sets = await SetsAsync(family, trained, cancellationToken).ConfigureAwait(false);
        var tokenizer = Tokenizer();
        var runs = new List<MiniatureRun>();
        // As in the paper, one base model for all.
        string? rows = null;
        foreach (var (stage, number) in options.Rows.Select((s, i) => (s, i + 1)))
        {
            rows = await StageAsync($"{RowsName} {number}", null, rows, tokenizer, (model, form, place, told) =>
            {
                if (number == 1)
                    model.LookBack();
                new SftTrainer(model, stage.Training with { Seed = FamilySeed }, place, form.End, told)
                    .Run([.. Packed(stage.Context, Rows(stage.Longest, form, tokenizer.Tokens.Count)).Take(stage.Texts)], cancellationToken);
            }).ConfigureAwait(false);
        }

        var based = await StageAsync(BaseName, null, rows, tokenizer, (model, form, place, told) =>
            new SftTrainer(model, options.Base with { Seed = FamilySeed }, place, form.End, told)
                .Run([.. Packed(options.Sizes.ContextLength, BaseTexts(FamilySeed, form, tokenizer.Tokens.Count))], cancellationToken)).ConfigureAwait(false);
        foreach (var seed in options.Seeds)
        {
            var cold = await StageAsync(ColdName, seed, based, tokenizer, (model, form, place, told) =>
                new SftTrainer(model, options.Cold with { Seed = seed }, place, form.End, told).Run([.. Examples(seed + Apart).Take(options.ColdExamples).Select(e => new TokenPair(form.Prompt(e.Prompt), form.Reply(e.Reply))).Where(Fits)], cancellationToken)).ConfigureAwait(false);
            await JudgeAsync(ColdName, cold).ConfigureAwait(false);

            await JudgeAsync(SupervisedName, await StageAsync(SupervisedName, seed, cold, tokenizer, (model, form, place, told) =>
                new SftTrainer(model, options.Supervised with { Seed = seed }, place, form.End, told).Run([.. sets.Supervised.Select(e => new TokenPair(form.Prompt(e.Prompt), form.Reply(e.Completion))).Where(Fits)], cancellationToken)).ConfigureAwait(false)).ConfigureAwait(false);

            await JudgeAsync(PreferredName, await StageAsync(PreferredName, seed, cold, tokenizer, (model, form, place, told) =>
                new DpoTrainer(model, options.Preferred with { Seed = seed }, place, form.End, told)
                    .Run([.. sets.Preferences.Select(e => new TokenPreference(form.Prompt(e.Prompt), form.Reply(e.Chosen), form.Reply(e.Rejected))).Where(p => Fits(new TokenPair(p.Prompt, p.Chosen)) && Fits(new TokenPair(p.Prompt, p.Rejected)))], cancellationToken)).ConfigureAwait(false)).ConfigureAwait(false);

            await JudgeAsync(RewardedName, await StageAsync(RewardedName, seed, cold, tokenizer, async (model, form, place, told) =>
            {
                using var scorer = new Scorer(new ProgramRunner(harness, options.Learning), trained, new PeopleCache(PeopleFolder), new ScorerOptions { KeepsReplies = true, Measuring = Environment.ProcessorCount });
                var about = sets.Rewarded.ToDictionary(e => $"{e.Task}\n{e.Prompt}", e => e);
                await new GrpoTrainer(
                    model, options.Rewarded with { Seed = seed }, (prompt, texts, token) => Rewards.OfAsync(scorer, about[$"{prompt.Task}\n{prompt.Text}"], texts, token), form.Text, place, form.End, told, form.Known)
                    .RunAsync([.. sets.Rewarded.Select(e => new TrainingPrompt(e.Task, e.Prompt, form.Prompt(e.Prompt))).Where(p => Fits(new TokenPair(p.Tokens, [0])))], cancellationToken).ConfigureAwait(false);
            }).ConfigureAwait(false)).ConfigureAwait(false);

            bool Fits(TokenPair pair) => pair.Length <= options.Sizes.ContextLength;

            async Task JudgeAsync(string name, string model) => runs.Add(new MiniatureRun(name, seed, await JudgedAsync(name, seed, model, heldOut, cancellationToken).ConfigureAwait(false)));
        }

        return new MiniatureResult(options.Seeds, options.Iterations, runs) { IsDevelopment = options.IsDevelopment };
    }

    /// <summary>Stages that are there are taken as they are, so they have to be of the same options; only what is judged, and by how many seeds, may be another.</summary>
    /// <exception cref="UsageException">The folder is of another experiment.</exception>
    private void CheckSettings()
    {
        var (file, settings) = (At("settings.json"), JsonSerializer.Serialize(options with { Seeds = [], HeldOutTasks = 0, Iterations = 0, IsDevelopment = false }));
        if (!File.Exists(file))
            WholeFile.Write(file, stream => stream.Write(Encoding.UTF8.GetBytes(settings)));
        else if (File.ReadAllText(file) != settings)
            throw new UsageException($"{folder} holds an experiment with other sizes: give another --out, or the sizes that it was begun with ({file})");
    }

    /// <summary>Tasks to be trained on, and others that models are judged by, as data sets that an evaluation reads.</summary>
    private async Task<(IReadOnlyList<FamilyTask> Family, DataSet Trained, DataSet HeldOut)> TasksAsync(CancellationToken cancellationToken)
    {
        var (trained, heldOut) = TaskFamily.Make(FamilySeed);
        IReadOnlyList<FamilyTask> taken = [.. trained.Take(options.TrainedTasks)];
        ExampleFile.Write(At("trained.jsonl"), taken.Select(t => t.ToApps()));
        ExampleFile.Write(At("held-out.jsonl"), (options.IsDevelopment ? heldOut.Skip(new MiniatureOptions().HeldOutTasks) : heldOut).Take(options.HeldOutTasks).Select(t => t.ToApps()));
        return (taken, await DataSet.ReadAsync(At("trained.jsonl"), cancellationToken).ConfigureAwait(false), await DataSet.ReadAsync(At("held-out.jsonl"), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The paper's sets, of programs that are measured here.</summary>
    private async Task<(IReadOnlyList<SupervisedExample> Supervised, IReadOnlyList<PreferenceExample> Preferences, IReadOnlyList<RewardedExample> Rewarded)> SetsAsync(
        IReadOnlyList<FamilyTask> family, DataSet data, CancellationToken cancellationToken)
    {
        var (supervised, preferences, rewarded) = (At("sets/sft.jsonl"), At("sets/dpo.jsonl"), At("sets/grpo.jsonl"));
        if (!File.Exists(rewarded))
        {
            var runner = new ProgramRunner(harness, options.Learning);
            var (sets, people) = (new TrainingSets(Sets with { Most = options.ExamplesOfTask, Rewarded = options.ExamplesOfTask }), new PeopleCache(PeopleFolder));
            var (better, chosen, asked) = (new List<SupervisedExample>(), new List<PreferenceExample>(), new List<RewardedExample>());
            foreach (var (task, made) in data.Tasks.Zip(family))
            {
                var prepared = await people.GetAsync(task, options.Learning, () => new Preparation(runner).PrepareAsync(task, cancellationToken)).ConfigureAwait(false);
                var failing = new List<(string, Measurement)>();
                foreach (var wrong in made.Wrong.Take(FailingOfTask))
                {
                    if (await runner.MeasureAsync(task, prepared.Tests, wrong, cancellationToken).ConfigureAwait(false) is { Passed: false } failed)
                        failing.Add((wrong, failed));
                }

                better.AddRange(sets.Supervised(prepared));
                chosen.AddRange(sets.Preferences(prepared));
                asked.AddRange(sets.Rewarded(prepared, failing).DistinctBy(e => e.Prompt));
                progress($"people of {task.Id} measured ({asked.Select(a => a.Task).Distinct().Count()}/{data.Tasks.Count})");
            }

            Directory.CreateDirectory(At("sets"));
            ExampleFile.Write(supervised, better);
            ExampleFile.Write(preferences, chosen);
            ExampleFile.Write(rewarded, asked);
        }

        return (ExampleFile.Read<SupervisedExample>(supervised), ExampleFile.Read<PreferenceExample>(preferences), ExampleFile.Read<RewardedExample>(rewarded));
    }

    private ByteLevelBpe Tokenizer()
    {
        if (!File.Exists(At("tokenizer/tokenizer.json")))
        {
            Directory.CreateDirectory(At("tokenizer"));
            ByteLevelBpe.Learn([.. Examples(FamilySeed).Take(2_000).SelectMany(e => new[] { $"user\n{e.Prompt}\nassistant\n", e.Reply })], options.Vocabulary, Special).Write(At("tokenizer/tokenizer.json"));
        }

        return HuggingFaceFolder.ReadTokenizer(At("tokenizer"));
    }

    /// <summary>
    /// Rows of any tokens, each of them twice: the second time can be told from the first alone. A small model learns from texts alone how they are built, and hardly ever to write a name or a
    /// number as its prompt has it; larger ones learn to from so much text that such heads (arXiv 2209.11895) come about.
    /// </summary>
    private static IEnumerable<int[]> Rows(int longest, PromptForm form, int tokens)
    {
        var random = new Random(FamilySeed);
        while (true)
            yield return Twice(random, longest, form, tokens);
    }

    private static int[] Twice(Random random, int longest, PromptForm form, int tokens)
    {
        int[] row = [.. Enumerable.Range(0, random.Next(ShortestRow, longest + 1)).Select(_ => random.Next(tokens - Special.Length))];
        return [.. row, .. row, form.End];
    }

    /// <summary>What the base model goes on with: prompts with their replies as one text, and now and then such a row, so that it is not forgotten.</summary>
    private IEnumerable<int[]> BaseTexts(int seed, PromptForm form, int tokens)
    {
        var random = new Random(seed);
        foreach (var example in Examples(seed).Take(options.BaseExamples))
            yield return random.NextDouble() < Repeated ? Twice(random, LongestRow, form, tokens) : [.. form.Prompt(example.Prompt), .. form.Reply(example.Reply)];
    }

    /// <summary>As many texts one after the other as there is room for; what is longer by itself is left out.</summary>
    private static IEnumerable<TokenPair> Packed(int room, IEnumerable<int[]> texts)
    {
        var together = new List<int>();
        foreach (var text in texts.Where(t => t.Length <= room))
        {
            if (together.Count + text.Length > room)
            {
                yield return new TokenPair([], [.. together]);
                together.Clear();
            }

            together.AddRange(text);
        }

        if (together.Count > 0)
            yield return new TokenPair([], [.. together]);
    }

    /// <summary>Prompts with any right program: how tasks are written and answered, and nothing of what is efficient.</summary>
    private static IEnumerable<(string Prompt, string Reply)> Examples(int seed)
    {
        var random = new Random(seed);
        foreach (var made in TaskFamily.Draw(random))
        {
            var task = new EvaluationTask(made.Id, made.Statement) { Entry = made.Function };
            var (kind, request) = (random.NextDouble(), new SolverRequest(task, ObjectiveKind.Time, Iteration: 0, []));
            if (kind >= FromNothing && kind < FromNothing + FromFailing)
            {
                request = request with
                {
                    Iteration = 1,
                    Program = Any(made.Wrong),
                    Measured = Measurement.Failed($"test {random.Next(1, 12).ToString(CultureInfo.InvariantCulture)}: another answer than the right one", 0),
                };
            }
            else if (kind >= FromNothing)
            {
                var seconds = LeastSeconds * Math.Pow(MostSeconds / LeastSeconds, random.NextDouble());
                request = request with { Iteration = 1, Program = Any(made.Solutions), Measured = new Measurement(true, seconds, random.NextDouble() * MostMiB * (1 << 20), 0) };
            }

            yield return (SolverPrompt.For(PromptKind.Brief, request).User, TrainingSets.Reply(task, Any(made.Solutions)));
        }

        string Any(IReadOnlyList<string> programs) => programs[random.Next(programs.Count)];
    }

    private Task<string> StageAsync(string name, int? seed, string? begins, ByteLevelBpe tokenizer, Action<Qwen2Model, PromptForm, string, Action<string>> train) =>
        StageAsync(name, seed, begins, tokenizer, (model, form, place, told) =>
        {
            train(model, form, place, told);
            return Task.CompletedTask;
        });

    /// <summary>Trains a model, where that was not done already.</summary>
    /// <param name="seed">Null where one model is for all seeds.</param>
    /// <param name="begins">Folder of the model that it begins with; null for one that knows nothing.</param>
    /// <returns>Folder of the trained model.</returns>
    private async Task<string> StageAsync(string name, int? seed, string? begins, ByteLevelBpe tokenizer, Func<Qwen2Model, PromptForm, string, Action<string>, Task> train)
    {
        var place = At(seed is { } own ? $"seed-{own}/{Plain(name)}" : Plain(name));
        var trained = Path.Combine(place, ModelFolder);
        if (File.Exists(Path.Combine(trained, WeightsFile)))
            return trained;
        TorchSharp.torch.random.manual_seed(seed ?? FamilySeed);
        using var model = begins is null ? new Qwen2Model(options.Sizes with { VocabularySize = tokenizer.Tokens.Count }) : HuggingFaceFolder.ReadModel(begins);
        await train(model, new PromptForm(tokenizer), place, line => progress(seed is null ? $"{name}: {line}" : $"seed {seed}, {name}: {line}")).ConfigureAwait(false);
        using var merged = model.Merged();
        HuggingFaceFolder.Write(trained, merged, tokenizer);
        return trained;
    }

    /// <summary>What becomes of the held-out tasks in the loop of the paper's Algorithm 1, from nothing.</summary>
    private async Task<IReadOnlyList<TaskRun>> JudgedAsync(string name, int seed, string trained, DataSet heldOut, CancellationToken cancellationToken)
    {
        using var model = HuggingFaceFolder.ReadModel(trained);
        using var solver = new TrainedSolver($"{name}, seed {seed}", model, new PromptForm(HuggingFaceFolder.ReadTokenizer(trained)), PromptKind.Brief, options.Rewarded.Sampling.MostTokens);
        var settings = new Dictionary<string, string>
        {
            ["model"] = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(trained, WeightsFile), cancellationToken).ConfigureAwait(false))),
            ["tasks"] = options.HeldOutTasks.ToString(CultureInfo.InvariantCulture), ["iterations"] = options.Iterations.ToString(CultureInfo.InvariantCulture),
        };
        var runs = await new EvaluationRun(
            new ProgramRunner(harness, options.Judging), solver, new EvaluationOptions { Iterations = options.Iterations, Start = null, Seed = seed }, EvaluationFolder.Open(At($"seed-{seed}/{Plain(name)}/evaluation{(options.IsDevelopment ? "-development" : "")}"), settings),
            new PeopleCache(PeopleFolder), new Silent(), TimeProvider.System).RunAsync(heldOut, cancellationToken).ConfigureAwait(false);
        progress($"seed {seed}, {name}: {runs.Count(r => r.Steps is [.., { Measured.Passed: true }])} of {runs.Count} held-out tasks pass after {options.Iterations} iterations");
        return runs;
    }

    private string At(string name) => Path.Combine(folder, name);

    private static string Plain(string name) => name.ToLowerInvariant().Replace(' ', '-');

    private sealed class Silent : IEvaluationObserver
    {
        public void Started(int tasks)
        {
        }

        public void Step(TaskRun run)
        {
        }

        public void Finished(TaskRun run)
        {
        }
    }
}
