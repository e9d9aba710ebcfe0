using System.CommandLine;
using System.Globalization;
using Afterburner.Evaluation.Loop;
using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Reports;
using Afterburner.Evaluation.Tasks;
using Afterburner.Sandboxes;

namespace Afterburner.Cli.Evaluate;

/// <summary><c>afterburner evaluate FILE</c>: the paper's measurements of a solver on a data set.</summary>
internal static class EvaluateCommand
{
    private const int MostReasons = 5, EnoughPeople = 16;

    private static readonly string[] Shares = ["the best", "in the middle", "the worst", "failed"];

    public static Command Create()
    {
        var here = Environment.CurrentDirectory;
        var file = DataSetChoice.Argument();
        var solvers = new SolverOptions(here);
        var iterations = new Option<int>("--iterations") { Description = "Of the loop, after the start", DefaultValueFactory = _ => 4, HelpName = "N" };
        var objective = new Option<ObjectiveKind>("--objective") { Description = "What counts as better: time, memory (peak) or integral (memory over time)", DefaultValueFactory = _ => ObjectiveKind.Time };
        var start = new Option<string>("--start") { Description = "Share of people whose program is quicker than the one that the loop begins with, 0 to 1, or none", DefaultValueFactory = _ => "0.75", HelpName = "SHARE" };
        var tasks = new Option<int?>("--tasks") { Description = "Tasks at most, the first ones. Default: all", HelpName = "N" };
        var people = new Option<int>("--people") { Description = "Programs of people that are measured for each task", DefaultValueFactory = _ => 16, HelpName = "N" };
        var without = new Option<string[]>("--without") { Description = "What a model is not shown: feedback, original; may be repeated", HelpName = "WHAT" };
        var seed = new Option<int>("--seed") { Description = "Of every random choice", HelpName = "N" };
        var folder = new Option<DirectoryInfo?>("--out") { Description = "Folder of the evaluation; one that is there goes on. Default: evaluation-NAME", HelpName = "DIR" };
        var fresh = new Option<bool>("--fresh") { Description = "Measure people anew, instead of taking what is kept of them" };
        var command = new Command("evaluate", "Measure a proposer on a data set as the paper does: PASS@1 and BEYOND-T, -M and -I after each iteration")
        {
            file, iterations, objective, start, tasks, people, without, seed, folder, fresh, Compare(here), EvaluatePullCommand.Create(), EvaluateServeCommand.Create(), EvaluateHistoryCommand.Create(),
        };
        solvers.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            DataSetChoice.Path(parsed.GetValue(file)!, here),
            solvers.Choice(parsed),
            parsed.GetValue(folder)?.FullName,
            here,
            parsed.GetValue(fresh),
            new EvaluationOptions
            {
                Objective = parsed.GetValue(objective), Iterations = Bounded("--iterations", parsed.GetValue(iterations), 0, 100), Start = Share(parsed.GetValue(start)!),
                ShowsFeedback = !Without(parsed.GetValue(without)).Contains("feedback"), ShowsOriginal = !Without(parsed.GetValue(without)).Contains("original"),
                MostTasks = Bounded("--tasks", parsed.GetValue(tasks) ?? int.MaxValue, 1, int.MaxValue), Seed = parsed.GetValue(seed),
            },
            new ProgramOptions { MostPeople = Bounded("--people", parsed.GetValue(people), 1, 500), Seed = parsed.GetValue(seed) },
            cancellationToken));
        return command;
    }

    private static Command Compare(string here)
    {
        var folders = new Argument<string[]>("DIR") { Description = "Folders of evaluations", Arity = ArgumentArity.OneOrMore };
        var page = new Option<FileInfo>("--page") { Description = "Where the page goes", DefaultValueFactory = _ => new FileInfo(Path.Combine(here, "comparison.html")), HelpName = "FILE" };
        var command = new Command("compare", "Show evaluations side by side, next to what the paper published") { folders, page };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var named = parsed.GetValue(folders)!.Select(f => (Path.GetFileName(Path.TrimEndingDirectorySeparator(f)), EvaluationReport.Read(Path.GetFullPath(f, here)))).ToList();
            await File.WriteAllTextAsync(parsed.GetValue(page)!.FullName, EvaluationPage.Render(named), cancellationToken).ConfigureAwait(false);
            foreach (var (name, report) in named)
                Print(name, report);
            Console.WriteLine($"page: {parsed.GetValue(page)!.FullName}");
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<int> RunAsync(
        string file, SolverChoice choice, string? named, string here, bool fresh, EvaluationOptions options, ProgramOptions running, CancellationToken cancellationToken)
    {
        choice.Check();
        var data = await DataSet.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        DataSetChoice.TellBad(data);
        var settings = new Dictionary<string, string>
        {
            ["data"] = Path.GetFileName(file), ["content"] = DataSetChoice.Digest(data), ["layout"] = data.Layout, ["tasks"] = Text(Math.Min(options.MostTasks, data.Tasks.Count)), ["proposer"] = choice.Name, ["transcripts"] = choice.Transcripts, ["model"] = choice.Model ?? "none", ["prompt"] = choice.Prompt.ToString().ToLowerInvariant(),
            ["objective"] = options.Objective.ToString().ToLowerInvariant(), ["iterations"] = Text(options.Iterations), ["start"] = options.Start?.ToString(CultureInfo.InvariantCulture) ?? "none",
            ["feedback"] = options.ShowsFeedback ? "shown" : "not shown", ["original"] = options.ShowsOriginal ? "shown" : "not shown", ["people"] = Text(running.MostPeople), ["seed"] = Text(options.Seed),
        };
        var place = named ?? Path.Combine(here, $"evaluation-{Path.GetFileNameWithoutExtension(file)}-{string.Concat(choice.Name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'))}");
        var folder = EvaluationFolder.Open(place, settings);
        await using var sandbox = await SandboxChoice.OpenAsync(SandboxKind.Auto, new SandboxOptions(), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        var harness = await Harnesses.OpenAsync(sandbox, cancellationToken).ConfigureAwait(false);
        using var solver = choice.Solver(harness);
        var run = new EvaluationRun(
            new ProgramRunner(harness, running), solver, options, folder, new PeopleCache(DataSetChoice.PeopleFolder, isFresh: fresh), new EvaluationProgress(options.Iterations, TimeProvider.System), TimeProvider.System);
        var report = EvaluationReport.Of(settings, [.. data.Bad.Select(b => b.ToString())], await run.RunAsync(data, cancellationToken).ConfigureAwait(false), options.Objective, options.Seed);
        await File.WriteAllTextAsync(Path.Combine(place, EvaluationReport.FileName), report.ToJson(), cancellationToken).ConfigureAwait(false);
        var page = Path.Combine(place, "evaluation.html");
        await File.WriteAllTextAsync(page, EvaluationPage.Render([(choice.Name, report)]), cancellationToken).ConfigureAwait(false);
        Print(choice.Name, report);
        Console.WriteLine($"page: {page}");
        return report.Tasks.Count > 0 ? ExitCode.Done : ExitCode.Environment;
    }

    private static void Print(string name, EvaluationReport report)
    {
        string[] heads = ["iteration", "PASS@1", "BEYOND-T", "BEYOND-M", "BEYOND-I", "speed-up", "tokens"];
        List<string[]> rows =
        [
            heads,
            .. report.Rows.Select(row => new[]
            {
                Text(row.Iteration), Percent(row.Pass), Percent(row.Time), Percent(row.Memory), Percent(row.Integral),
                row.Speedup is { } s ? string.Create(CultureInfo.InvariantCulture, $"{s:0.00}x") : "-", Text(row.InputTokens + row.OutputTokens),
            }),
        ];
        // As wide as it is, wherever it is read: a table that is folded into 80 columns tells nothing.
        var widths = Enumerable.Range(0, heads.Length).Select(i => rows.Max(r => r[i].Length)).ToList();
        Console.WriteLine(VisibleText.Line(name));
        foreach (var row in rows)
            Console.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadLeft(widths[i]))));
        if (report.Rows is [.., var last])
            Console.WriteLine($"by time: {string.Join(", ", last.Shares.Zip(Shares, (s, what) => $"{what} {s.ToString("0%", CultureInfo.InvariantCulture)}"))}");
        Console.WriteLine($"{Count(report.Tasks.Count, "task")}, {report.Unusable.Count} that could not be measured, {Count(report.BadRecords.Count, "record")} that could not be read{(report.Enough is { } enough ? $"; 95 % of the gain is there after iteration {enough}" : "")}");
        foreach (var (reason, tasks) in report.Unusable.GroupBy(u => u.Value, (reason, all) => (reason, all.Select(u => u.Key).ToList())).OrderByDescending(r => r.Item2.Count).Take(MostReasons))
            Console.WriteLine(VisibleText.Line($"not measured: {tasks[0]}{(tasks.Count > 1 ? $" and {tasks.Count - 1} more" : "")}: {reason}"));
        if (report.TooSmall.Count > 0)
            Console.WriteLine($"BEYOND and the speed-up are of {Count(report.Tasks.Count - report.TooSmall.Count, "task")}: good programs for the other {report.TooSmall.Count} take less than a tenth of what starting takes, and cannot be told apart.");
        if (report.FewestPeople is { } fewest && report.Tasks.Count > 0 && fewest < EnoughPeople)
            Console.WriteLine($"Some tasks have {Count(fewest, "person's program", "people's programs")} that pass: the share of people who need no less says little there (the paper takes tasks with {EnoughPeople}).");
    }

    private static string Count(int number, string one, string? many = null) => $"{number} {(number == 1 ? one : many ?? one + "s")}";

    private static string Percent(Estimate estimate) => string.Create(CultureInfo.InvariantCulture, $"{100 * estimate.Value:0.0} ({100 * estimate.Interval.Low:0.0}-{100 * estimate.Interval.High:0.0})");

    private static string[] Without(string[]? said) => (said ?? []).FirstOrDefault(w => w is not ("feedback" or "original")) is { } other
        ? throw new UsageException($"--without {other}: feedback or original was expected") : said ?? [];

    private static double? Share(string said) => said == "none" ? null
        : double.TryParse(said, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1 ? share
        : throw new UsageException($"--start {said}: a share from 0 to 1, or none was expected");

    internal static int Bounded(string option, int value, int least, int most) =>
        value >= least && value <= most ? value : throw new UsageException($"{option} {value}: a number from {least} to {most} was expected");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Says how far it is, and how long the rest takes at this pace.</summary>
    private sealed class EvaluationProgress(int iterations, TimeProvider time) : IEvaluationObserver
    {
        private readonly long _started = time.GetTimestamp();
        // A task that was finished before takes no time, and says nothing of the pace.
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, bool> _worked = new();

        private int _tasks, _finished;

        public void Started(int tasks) => _tasks = tasks;

        // A line for each task is enough.
        public void Step(TaskRun run) => _worked[run.Task] = true;

        public void Finished(TaskRun run)
        {
            var finished = Interlocked.Increment(ref _finished);
            var left = time.GetElapsedTime(_started) / Math.Max(1, _worked.Count) * (_tasks - finished);
            var what = run.Unusable ?? $"{(run.Steps[^1].Measured.Passed ? "passes" : "fails")} after {iterations} iterations, {run.Steps.Count(s => s.IsNew)} of them better";
            Console.WriteLine(VisibleText.Line(string.Create(CultureInfo.InvariantCulture, $"{finished}/{_tasks} {run.Task}: {what}; {Math.Ceiling(left.TotalMinutes):0} min left")));
        }
    }
}
