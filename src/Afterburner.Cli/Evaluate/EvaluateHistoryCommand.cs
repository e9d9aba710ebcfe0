using System.CommandLine;
using System.Globalization;
using Afterburner.Changes;
using Afterburner.Evaluation.History;
using Afterburner.Evaluation.Loop;
using Afterburner.Evaluation.Programs;
using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Sandboxes;
using Afterburner.Settings;

namespace Afterburner.Cli.Evaluate;

/// <summary><c>afterburner evaluate history REPO</c>: what the engine makes of the performance work in a repository's own history.</summary>
internal static class EvaluateHistoryCommand
{
    private const string TasksFile = "tasks.jsonl";

    public static Command Create()
    {
        var here = Environment.CurrentDirectory;
        var repository = new Argument<string>("REPO") { Description = "A repository whose history is searched, or a file of tasks (JSON Lines) that were found before" };
        var named = new Option<string?>("--repository") { Description = "How the tasks name the repository. Default: its path", HelpName = "ADDRESS" };
        var clones = new Option<DirectoryInfo?>("--clones") { Description = "For a file of tasks: folder with the repositories by their names (NAME, or OWNER/NAME); those that are not there are cloned into it. Default: clones in the results' folder", HelpName = "DIR" };
        var tip = new Option<string>("--ref") { Description = "Whose history is searched", DefaultValueFactory = _ => "HEAD", HelpName = "REF" };
        var since = new Option<string?>("--since") { Description = "Leave out commits before a day", HelpName = "YYYY-MM-DD" };
        var most = new Option<int>("--most") { Description = "Tasks at most, the newest", DefaultValueFactory = _ => 20, HelpName = "N" };
        var functions = new Option<int>("--functions") { Description = "Functions that a commit may change", DefaultValueFactory = _ => 3, HelpName = "N" };
        var tests = new Option<string?>("--tests") { Description = "How the tests are run: the runner and its arguments. Default: found out", HelpName = "COMMAND" };
        var mineOnly = new Option<bool>("--mine") { Description = "Find the tasks, write them down, and run nothing" };
        var proposers = new Option<string[]>("--proposer") { Description = "Measured beside the maintainers: recipes, chat, llama or replay:FILE; may be repeated. Default: none", HelpName = "NAME" };
        var modelUrl = new Option<string?>("--model-url") { Description = "For chat: an OpenAI-compatible server. Default: AFTERBURNER_MODEL_URL", HelpName = "URL" };
        var model = new Option<string?>("--model") { Description = "Name of the model there; for llama a GGUF file or a pulled model. Default: AFTERBURNER_MODEL", HelpName = "NAME" };
        var python = new Option<string?>("--python") { Description = "Interpreter that runs the tests", HelpName = "PATH" };
        var budget = new Option<string?>("--budget") { Description = "Time for each review, for example 5m", HelpName = "TIME" };
        var folder = new Option<DirectoryInfo?>("--out") { Description = "Folder of the results; one that is there goes on. Default: history-NAME", HelpName = "DIR" };
        var command = new Command("history", "Run the performance work of a repository's own history through review and gate: what of the maintainers' gains is proven, and what of it a proposer reaches")
        {
            repository, named, clones, tip, since, most, functions, tests, mineOnly, proposers, modelUrl, model, python, budget, folder,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(repository)!.Contains("://", StringComparison.Ordinal))
                throw new UsageException($"{parsed.GetValue(repository)} is an address: clone it, and give the folder (a file of tasks may hold addresses)");
            var said = Path.GetFullPath(parsed.GetValue(repository)!, here);
            if (!Path.Exists(said))
                throw new UsageException($"there is no repository, and no file of tasks, {said}");
            SolverChoice.CheckNames(parsed.GetValue(proposers) ?? [], here, "recipes", "chat", "llama");
            var place = parsed.GetValue(folder)?.FullName ?? Path.Combine(here, $"history-{Path.GetFileNameWithoutExtension(said.TrimEnd('/'))}");
            var address = parsed.GetValue(modelUrl) ?? Variable("AFTERBURNER_MODEL_URL");
            var name = parsed.GetValue(model) ?? Variable("AFTERBURNER_MODEL");
            var configuration = Configuration.Default with
            {
                Proposers = parsed.GetValue(proposers),
                Model = name,
                ModelUrl = CommonOptions.Url(address),
                Budget = parsed.GetValue(budget) is { } text ? Quantities.TryDuration(text, out var time) ? time : throw new UsageException($"--budget {text}: write a time like 90s, 5m or 2h") : Configuration.Default.Budget,
            };
            if (parsed.GetValue(python) is { } interpreter)
                configuration = configuration.With("python", s => s with { Interpreter = interpreter });
            var wanted = new MiningOptions
            {
                Ref = parsed.GetValue(tip)!, Most = EvaluateCommand.Bounded("--most", parsed.GetValue(most), 1, 10_000), MostFunctions = EvaluateCommand.Bounded("--functions", parsed.GetValue(functions), 1, 20),
                Since = Day(parsed.GetValue(since)), Command = parsed.GetValue(tests),
            };
            var key = Variable("AFTERBURNER_API_KEY") is { } secret ? new Secret(secret) : null;
            return RunAsync(
                said, parsed.GetValue(named), parsed.GetValue(clones)?.FullName ?? Path.Combine(place, "clones"), place, wanted, parsed.GetValue(mineOnly), configuration,
                string.Join('\n', (string?[])[.. parsed.GetValue(proposers) ?? [], name, address, parsed.GetValue(python), parsed.GetValue(budget)]),
                parsed.GetValue(proposers) is { Length: > 0 } ? () => new ProposerSet(configuration, key, record: null, new LlamaChoice(name, 0, null, here), [], here) : null, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        string said, string? named, string clones, string place, MiningOptions wanted, bool mineOnly, Configuration configuration, string how, Func<ProposerSet>? proposers, CancellationToken cancellationToken)
    {
        await using var sandbox = await SandboxChoice.OpenAsync(configuration.Sandbox, configuration.ToSandboxOptions(), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        var isFile = File.Exists(said);
        // Results of another search are not those that are asked for.
        var folder = EvaluationFolder.Open(place, new Dictionary<string, string>
        {
            ["tasks of"] = said, ["ref"] = wanted.Ref, ["since"] = wanted.Since?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "the start", ["most"] = wanted.Most.ToString(CultureInfo.InvariantCulture),
            ["functions"] = wanted.MostFunctions.ToString(CultureInfo.InvariantCulture), ["tests"] = wanted.Command ?? "found out",
        });
        IReadOnlyList<HistoryTask> tasks;
        if (isFile)
        {
            tasks = HistoryFile.Read(said);
        }
        else
        {
            var file = Path.Combine(place, TasksFile);
            // A run that goes on has its tasks already; another search would find those of a later day.
            tasks = File.Exists(file) ? HistoryFile.Read(file) : await MineAsync(sandbox, said, named ?? said, wanted, cancellationToken).ConfigureAwait(false);
            if (tasks.Count > 0)
                HistoryFile.Write(file, tasks);
            Console.WriteLine($"{tasks.Count} {(tasks.Count == 1 ? "task" : "tasks")}{(tasks.Count == wanted.Most ? ", the newest (--most)" : "")}: {file}");
        }

        foreach (var task in mineOnly ? tasks : [])
            Console.WriteLine(VisibleText.Line($"{task.Commit[..9]} {task.Function}: {task.Subject}"));

        if (mineOnly || tasks.Count == 0)
            return ExitCode.Done;
        using var made = proposers?.Invoke();
        var run = new HistoryRun(
            sandbox, configuration, made is null ? null : made.For, how, Path.Combine(folder.Path, "runs"), new PlainObserver(Console.Out), line => Console.WriteLine(VisibleText.Line(line)), TimeProvider.System);
        var report = await run.RunAsync(tasks, (task, token) => isFile ? CloneAsync(task.Repository, clones, token) : Task.FromResult(said), cancellationToken).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(place, "history.json"), report.ToJson(), cancellationToken).ConfigureAwait(false);
        var page = Path.Combine(place, "history.md");
        await File.WriteAllTextAsync(page, report.ToMarkdown(), cancellationToken).ConfigureAwait(false);
        Console.WriteLine();
        Console.Write(report.ToMarkdown());
        Console.WriteLine($"Reports: {place} (history.md, history.json, {(isFile ? "" : TasksFile + ", ")}runs)");
        return report.Results.All(r => r.Failure is not null) ? ExitCode.Environment : ExitCode.Done;
    }

    private static async Task<IReadOnlyList<HistoryTask>> MineAsync(ISandbox sandbox, string repository, string named, MiningOptions wanted, CancellationToken cancellationToken)
    {
        var git = await GitRepository.OpenAsync(repository, cancellationToken).ConfigureAwait(false);
        var harness = await Harnesses.OpenAsync(sandbox, cancellationToken).ConfigureAwait(false);
        Console.WriteLine("searching the history ...");
        return await new HistoryMiner(new ProgramRunner(harness, new ProgramOptions()), new FunctionFinder(AstGrep.Find(sandbox))).MineAsync(named, git, wanted, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The repository of a task: one that is there, or a clone.</summary>
    private static async Task<string> CloneAsync(string repository, string clones, CancellationToken cancellationToken)
    {
        if (Path.IsPathRooted(repository))
            return repository;
        var parts = repository.TrimEnd('/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        var name = parts[^1].EndsWith(".git", StringComparison.Ordinal) ? parts[^1][..^4] : parts[^1];
        if (name.Length == 0 || name.StartsWith('.') || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') || parts.Contains(".."))
            throw new UsageException($"'{VisibleText.Line(repository)}' is no repository that can be cloned");
        foreach (var there in new[] { Path.Combine(clones, parts.Length > 1 ? parts[^2] : ".", name), Path.Combine(clones, name) })
        {
            if (Directory.Exists(there))
                return there;
        }

        if (!Uri.TryCreate(repository, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps || url.UserInfo.Length > 0)
            throw new UsageException($"'{VisibleText.Line(repository)}' is not in {clones}, and is no https address that could be cloned");
        Directory.CreateDirectory(clones);
        var target = Path.Combine(clones, name);
        Console.WriteLine($"cloning {url} ...");
        var run = await Processes.RunAsync(
            new ProcessStart("git", "-c", "protocol.allow=never", "-c", "protocol.https.allow=always", "-c", "core.hooksPath=/dev/null", "clone", "--quiet", "--no-checkout", "--", url.ToString(), target)
            {
                Timeout = TimeSpan.FromMinutes(30),
            }, cancellationToken: cancellationToken).ConfigureAwait(false);
        return run.Succeeded ? target : throw new EnvironmentFailureException($"{url} cannot be cloned: {VisibleText.Line(run.ErrorText.Trim())}");
    }

    private static DateTimeOffset? Day(string? text) => text is null ? null
        : DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) ? day
        : throw new UsageException($"--since {text}: a day like 2024-01-31 was expected");

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
