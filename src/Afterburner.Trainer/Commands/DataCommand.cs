using System.CommandLine;
using Afterburner.Cli;
using Afterburner.Cli.Evaluate;
using Afterburner.Evaluation.Loop;
using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Tasks;
using Afterburner.Runs;
using Afterburner.Sandboxes;
using Afterburner.Trainer.Data;

namespace Afterburner.Trainer.Commands;

/// <summary><c>trainer data FILE</c>: the paper's sets, made of a data set's people as they are measured here.</summary>
internal static class DataCommand
{
    public static Command Create()
    {
        var here = Environment.CurrentDirectory;
        var usual = new TrainingSetOptions();
        var file = DataSetChoice.Argument();
        file.Arity = ArgumentArity.ZeroOrOne;
        var journals = new Option<DirectoryInfo?>("--journals") { Description = "Folder with the journals of reviews, and of 'evaluate history', wherever they lie in it: what was proven is a good reply, what was refused is not", HelpName = "DIR" };
        var folder = new Option<DirectoryInfo>("--out") { Description = "Folder of the sets", DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(here, "training-data")), HelpName = "DIR" };
        var most = new Option<int>("--most") { Description = "Examples of each kind that a task gives for an objective", DefaultValueFactory = _ => usual.Most, HelpName = "N" };
        var tasks = new Option<int>("--tasks") { Description = "Tasks at most, the first ones", DefaultValueFactory = _ => int.MaxValue, HelpName = "N" };
        var people = new Option<int>("--people") { Description = "Programs of people that are measured for each task", DefaultValueFactory = _ => 16, HelpName = "N" };
        var seed = new Option<int>("--seed") { Description = "Of every random choice", HelpName = "N" };
        var command = new Command("data", "Make the sets for SFT, DPO and GRPO from a data set: people's programs are measured, and those that need less are the good replies (JSON Lines, as TRL takes them; GRPO's for verl as well, also as Parquet)")
        {
            file, journals, folder, most, tasks, people, seed,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(file) is { } said ? DataSetChoice.Path(said, here) : null, parsed.GetValue(journals)?.FullName, parsed.GetValue(folder)!.FullName,
            usual with { Most = EvaluateCommand.Bounded("--most", parsed.GetValue(most), 1, 10_000), Seed = parsed.GetValue(seed) },
            EvaluateCommand.Bounded("--tasks", parsed.GetValue(tasks), 1, int.MaxValue),
            new ProgramOptions { MostPeople = EvaluateCommand.Bounded("--people", parsed.GetValue(people), 2, 500), Seed = parsed.GetValue(seed) }, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? file, string? journals, string folder, TrainingSetOptions options, int most, ProgramOptions running, CancellationToken cancellationToken)
    {
        if (file is null && journals is null)
            throw new UsageException("give a data set, or --journals DIR");
        var (cold, supervised, preferences, rewarded) = (new List<SupervisedExample>(), new List<SupervisedExample>(), new List<PreferenceExample>(), new List<RewardedExample>());
        if (journals is not null)
        {
            var proven = OfJournals(journals);
            supervised.AddRange(proven.Supervised);
            preferences.AddRange(proven.Preferences);
        }

        if (file is not null)
            await MeasureAsync(file, options, most, running, cold, supervised, preferences, rewarded, cancellationToken).ConfigureAwait(false);
        Directory.CreateDirectory(folder);
        ExampleFile.Write(Path.Combine(folder, "cold.jsonl"), cold);
        ExampleFile.Write(Path.Combine(folder, "sft.jsonl"), supervised);
        ExampleFile.Write(Path.Combine(folder, "dpo.jsonl"), preferences);
        ExampleFile.Write(Path.Combine(folder, "grpo.jsonl"), rewarded);
        ExampleFile.Write(Path.Combine(folder, "grpo-verl.jsonl"), rewarded.Select(r => r.ToVerl()));
        await VerlFile.WriteAsync(Path.Combine(folder, "grpo-verl.parquet"), rewarded, cancellationToken).ConfigureAwait(false);
        Console.WriteLine($"{folder}: {cold.Count} examples for a cold start, {supervised.Count} for sft, {preferences.Count} for dpo, {rewarded.Count} for grpo");
        return supervised.Count + rewarded.Count > 0 ? ExitCode.Done : ExitCode.Environment;
    }

    /// <summary>A journal that cannot be read is told, and the others count.</summary>
    private static JournalSets OfJournals(string folder)
    {
        if (!Directory.Exists(folder))
            throw new UsageException($"there is no folder {folder}");
        var sets = new JournalSets();
        var files = Directory.EnumerateFiles(folder, Journal.FileName, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true }).Order(StringComparer.Ordinal).ToList();
        foreach (var file in files)
        {
            try
            {
                sets.Add([.. Journal.Read(file)]);
            }
            catch (Exception e) when (e is UsageException or IOException or UnauthorizedAccessException)
            {
                Console.WriteLine(VisibleText.Line($"left out: {file}: {e.Message}"));
            }
        }

        Console.WriteLine($"{files.Count} journals: {sets.Supervised.Count} proven versions{(sets.WithoutPrompt > 0 ? $", {sets.WithoutPrompt} more of functions whose text their journal does not tell" : "")}");
        return sets;
    }

    private static async Task MeasureAsync(
        string file, TrainingSetOptions options, int most, ProgramOptions running, List<SupervisedExample> cold, List<SupervisedExample> supervised, List<PreferenceExample> preferences, List<RewardedExample> rewarded,
        CancellationToken cancellationToken)
    {
        var data = await DataSet.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        DataSetChoice.TellBad(data);
        await using var sandbox = await SandboxChoice.OpenAsync(SandboxKind.Auto, new SandboxOptions(), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        var runner = new ProgramRunner(await Harnesses.OpenAsync(sandbox, cancellationToken).ConfigureAwait(false), running);
        var (kept, sets) = (new PeopleCache(DataSetChoice.PeopleFolder), new TrainingSets(options));
        var tasks = data.Tasks.Take(most).ToList();
        for (var i = 0; i < tasks.Count; i++)
        {
            try
            {
                var prepared = await kept.GetAsync(tasks[i], running, () => new Preparation(runner).PrepareAsync(tasks[i], cancellationToken)).ConfigureAwait(false);
                cold.AddRange(sets.Cold(prepared));
                supervised.AddRange(sets.Supervised(prepared));
                preferences.AddRange(sets.Preferences(prepared));
                rewarded.AddRange(sets.Rewarded(prepared));
                Console.WriteLine(VisibleText.Line($"{i + 1}/{tasks.Count} {tasks[i].Id}: {prepared.People.Count} people"));
            }
            catch (UnusableTaskException e)
            {
                Console.WriteLine(VisibleText.Line($"{i + 1}/{tasks.Count} {tasks[i].Id}: left out, {e.Message}"));
            }
        }
    }
}
