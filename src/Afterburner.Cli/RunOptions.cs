using System.CommandLine;
using Afterburner.Changes;
using Afterburner.Gates;
using Afterburner.GitHub;
using Afterburner.Proposers;
using Afterburner.Reviews;
using Afterburner.Sandboxes;
using Afterburner.Settings;

namespace Afterburner.Cli;

/// <summary>How a run shows itself, and what may not be in a configuration file.</summary>
internal sealed record RunOptions(bool Json, bool Plain, string? Record, Secret? ApiKey, LlamaChoice Llama)
{
    /// <summary>What the files of replayed transcripts are relative to; null where the configuration names them: the repository.</summary>
    public string? TranscriptFolder { get; init; }

    /// <value>Recipes that nothing is proposed of, by their id. Defaults to none.</value>
    public IReadOnlySet<string> Unwanted { get; init; } = new HashSet<string>();

    public CommandChoice Command { get; init; } = CommandChoice.None;
}

/// <summary>The one repository that a server serves.</summary>
/// <param name="Configuration">Of the default branch, or of a file that whoever started the server names.</param>
/// <param name="RecipesAt">Where the repository's own recipes are from; null when no commit is to be trusted.</param>
/// <param name="NewRun">Names a directory for another run.</param>
internal sealed record ServedRepository(string Repository, Configuration Configuration, string? RecipesAt, Func<string> NewRun);

/// <summary>The options that every command with a run shares. A value given here comes before the configuration's.</summary>
internal sealed class CommonOptions
{
    // Where the user is, before the program leaves it: what they name is relative to this.
    private readonly string _here = Environment.CurrentDirectory;

    private readonly Option<DirectoryInfo?> _out = new("--out") { Description = "Directory of the run. Default: .afterburner/runs/<id> in the repository", HelpName = "DIR" };
    private readonly Option<DirectoryInfo?> _resume = new("--resume") { Description = "Continue an interrupted run", HelpName = "DIR" };
    private readonly Option<FileInfo?> _config = new("--config") { Description = "Configuration. Default: .github/afterburner.yml at the base, never the one under review", HelpName = "FILE" };
    private readonly Option<ObjectiveKind?> _objective = new("--objective") { Description = "What counts as better: time, memory (peak) or integral (memory over time)" };
    private readonly Option<string[]> _proposers = new("--proposer") { Description = "recipes, chat, llama, replay:FILE or command:LINE; may be repeated", HelpName = "NAME" };
    private readonly Option<string?> _modelUrl = new("--model-url") { Description = "OpenAI-compatible server. Default: AFTERBURNER_MODEL_URL", HelpName = "URL" };
    private readonly Option<string?> _model = new("--model") { Description = "Name of the model there; for llama a GGUF file or a pulled model. Default: AFTERBURNER_MODEL", HelpName = "NAME" };
    private readonly Option<int> _gpuLayers = new("--gpu-layers") { Description = "For llama: layers of the model on the GPU, 999 for all. Default: 0", HelpName = "N" };
    private readonly Option<int?> _context = new("--context") { Description = "For llama: tokens of prompt and reply together. Default: 16384, or what the model was made for", HelpName = "N" };
    private readonly Option<string[]> _commandVariables = new("--command-variable") { Description = "For command:LINE: a variable of yours that the program gets; may be repeated", HelpName = "NAME" };
    private readonly Option<string[]> _commandHosts = new("--command-host") { Description = "For command:LINE: a host that it may reach, as in api.example.com; may be repeated. Default: none", HelpName = "HOST" };
    private readonly Option<DirectoryInfo[]> _commandFolders = new("--command-folder") { Description = "For command:LINE: a directory beside /usr that it sees, read-only; may be repeated", HelpName = "DIR" };
    private readonly Option<int?> _iterations = new("--iterations") { Description = "Rounds of the loop for each function", HelpName = "N" };
    private readonly Option<int?> _candidates = new("--candidates") { Description = "Samples asked of a model in each round", HelpName = "N" };
    private readonly Option<string?> _budget = new("--budget") { Description = "Time for the whole review, for example 10m", HelpName = "TIME" };
    private readonly Option<SandboxKind?> _sandbox = new("--sandbox") { Description = "auto, bubblewrap or docker", HelpName = "NAME" };
    private readonly Option<string?> _python = new("--python") { Description = "Interpreter that runs the tests", HelpName = "PATH" };
    private readonly Option<long?> _seed = new("--seed") { Description = "Seed of every random choice", HelpName = "N" };
    private readonly Option<FileInfo?> _record = new("--record") { Description = "Write what proposers propose to a transcript, for --proposer replay:FILE", HelpName = "FILE" };
    private readonly Option<FileInfo?> _stats = new("--stats") { Description = "Figures of afterburner stats --out: recipes that people turn down are not asked", HelpName = "FILE" };
    private readonly Option<bool> _json = new("--json") { Description = "Print report.json to standard output, progress to standard error" };
    private readonly Option<bool> _plain = new("--plain") { Description = "No live display" };
    private bool _isPlan;

    public void AddTo(Command command)
    {
        foreach (var option in new Option[]
            { _out, _resume, _config, _objective, _proposers, _modelUrl, _model, _gpuLayers, _context, _commandVariables, _commandHosts, _commandFolders, _iterations, _candidates, _budget, _sandbox, _python, _seed, _record, _stats, _json, _plain })
            command.Add(option);
    }

    /// <summary>Those that mean something where nothing is proposed.</summary>
    public void AddGateTo(Command command)
    {
        foreach (var option in new Option[] { _out, _config, _objective, _budget, _sandbox, _python, _seed, _json, _plain })
            command.Add(option);
    }

    /// <summary>Those that mean something where nothing is compared.</summary>
    public void AddInitTo(Command command)
    {
        foreach (var option in new Option[] { _config, _sandbox, _python })
            command.Add(option);
    }

    /// <summary>Those by which whoever starts a server decides what it does for its clients, who decide none of them.</summary>
    public void AddServerTo(Command command)
    {
        foreach (var option in new Option[]
            { _config, _objective, _proposers, _modelUrl, _model, _gpuLayers, _context, _commandVariables, _commandHosts, _commandFolders, _iterations, _candidates, _budget, _sandbox, _python, _seed })
            command.Add(option);
    }

    /// <summary>Those that mean something where nothing is run.</summary>
    public void AddPlanTo(Command command)
    {
        command.Add(_config);
        _isPlan = true;
    }

    public RunOptions Run(ParseResult parsed) => new(
        parsed.GetValue(_json), parsed.GetValue(_plain), parsed.GetValue(_record)?.FullName,
        Key(parsed),
        new LlamaChoice(parsed.GetValue(_model) ?? Variable("AFTERBURNER_MODEL"), parsed.GetValue(_gpuLayers), parsed.GetValue(_context), _here))
    {
        TranscriptFolder = parsed.GetValue(_proposers) is { Length: > 0 } ? _here : null,
        Unwanted = parsed.GetValue(_stats) is { } stats ? StatsFile.Unwanted(stats.FullName) : new HashSet<string>(),
        Command = new CommandChoice(
            Variable("AFTERBURNER_COMMAND"), parsed.GetValue(_proposers) is { Length: > 0 },
            Named(parsed.GetValue(_commandVariables), "AFTERBURNER_COMMAND_VARIABLES"), Named(parsed.GetValue(_commandHosts), "AFTERBURNER_COMMAND_HOSTS"),
            Named(parsed.GetValue(_commandFolders)?.Select(f => f.FullName), "AFTERBURNER_COMMAND_FOLDERS")),
    };

    /// <summary>What is said on the command line, or else in a variable, separated by commas.</summary>
    private static List<string> Named(IEnumerable<string>? said, string variable) =>
        said?.ToList() is { Count: > 0 } named ? named : [.. (Variable(variable) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>
    /// The key goes only to an address that the person who has it gave. One from a configuration file may be that of the
    /// change under review, and the author of the change would get the key.
    /// </summary>
    private Secret? Key(ParseResult parsed) =>
        Variable("AFTERBURNER_API_KEY") is { } key && (parsed.GetValue(_modelUrl) ?? Variable("AFTERBURNER_MODEL_URL")) is not null
            ? new Secret(key)
            : null;

    /// <summary>The request of a command: configuration, then environment, then command line.</summary>
    /// <param name="from">Ref the change is based on; null for the default.</param>
    /// <param name="head">Ref under review; null for <c>HEAD</c> or the work tree.</param>
    public async Task<ReviewRequest> RequestAsync(ParseResult parsed, string repository, string? from, string? head, CancellationToken cancellationToken)
    {
        var resume = parsed.GetValue(_resume);
        var choice = await ChosenAsync(parsed, repository, from, head, cancellationToken).ConfigureAwait(false);
        return new ReviewRequest(repository, resume?.FullName ?? Directory(parsed, repository), Override(choice.Configuration, parsed))
        {
            Base = from,
            Head = head,
            Resume = resume is not null,
            RecipesAt = choice.Commit,
        };
    }

    /// <summary>The request of a gate: a change may not set its own limits.</summary>
    public async Task<GateRequest> GateAsync(ParseResult parsed, string repository, string? from, string? head, CancellationToken cancellationToken)
    {
        var choice = await ChosenAsync(parsed, repository, from, head, cancellationToken).ConfigureAwait(false);
        return new GateRequest(repository, Directory(parsed, repository), Override(choice.Configuration, parsed)) { Base = from, Head = head };
    }

    /// <summary>What a server works by for as long as it runs: no client names a configuration, nor a commit that one is read of.</summary>
    public async Task<ServedRepository> ServedAsync(ParseResult parsed, string repository, CancellationToken cancellationToken)
    {
        var choice = await ChosenAsync(parsed, repository, null, null, cancellationToken).ConfigureAwait(false);
        return new ServedRepository(repository, Override(choice.Configuration, parsed), choice.Commit, () => Directory(parsed, repository));
    }

    /// <summary>The configuration of a repository that may have none yet, nor a commit: that of the default branch.</summary>
    public async Task<Configuration> InitAsync(ParseResult parsed, string repository, CancellationToken cancellationToken)
    {
        var git = await GitRepository.OpenAsync(repository, cancellationToken).ConfigureAwait(false);
        var branch = parsed.GetValue(_config) is null ? await git.DefaultBranchAsync(cancellationToken).ConfigureAwait(false) : null;
        return parsed.GetValue(_config) is { } file ? Override(Configuration.Load(file.FullName), parsed)
            : branch is null ? Override(Configuration.Default, parsed)
            : Override((await ChosenAsync(parsed, repository, branch, branch, cancellationToken).ConfigureAwait(false)).Configuration, parsed);
    }

    /// <summary>Says which configuration counts, where it disturbs no JSON.</summary>
    private async Task<ConfigurationChoice> ChosenAsync(ParseResult parsed, string repository, string? from, string? head, CancellationToken cancellationToken)
    {
        var choice = await ConfigurationChoice.OfAsync(repository, parsed.GetValue(_config)?.FullName, from, head, cancellationToken).ConfigureAwait(false);
        var log = _isPlan || parsed.GetValue(_json) ? Console.Error : Console.Out;
        await log.WriteLineAsync($"configuration: {VisibleText.Line(choice.Origin)}").ConfigureAwait(false);
        if (choice.Difference is { } difference)
            await log.WriteLineAsync(VisibleText.Line(difference)).ConfigureAwait(false);
        return choice;
    }

    private string Directory(ParseResult parsed, string repository)
    {
        if (parsed.GetValue(_out) is { } named)
            return named.FullName;
        var own = Path.Combine(Path.GetFullPath(repository), ".afterburner");
        var runs = Path.Combine(own, "runs");
        // A change can bring a link of that name along, and what is written would end up wherever it points.
        return new[] { own, runs }.FirstOrDefault(d => new DirectoryInfo(d).LinkTarget is not null) is { } link
            ? throw new UsageException($"'{link}' is a link: name a directory for the run with --out.")
            : New(own, runs);
    }

    /// <summary>A directory for a run, under a name that nobody could have foreseen, where git leaves it alone: runs are nobody's work to be committed.</summary>
    private static string New(string own, string runs)
    {
        try
        {
            System.IO.Directory.CreateDirectory(runs);
            var rules = Path.Combine(own, ".gitignore");
            if (!Path.Exists(rules) && new FileInfo(rules).LinkTarget is null)
                File.WriteAllText(rules, "*\n");
            return Path.Combine(runs, RunId());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot write below '{own}': {e.Message} Name a directory for the run with --out.", e);
        }
    }

    private Configuration Override(Configuration configuration, ParseResult parsed)
    {
        var url = Url(parsed.GetValue(_modelUrl) ?? Variable("AFTERBURNER_MODEL_URL")) ?? configuration.ModelUrl;
        var proposers = parsed.GetValue(_proposers) is { Length: > 0 } named ? named
            : configuration.Proposers ?? (url is null ? ["recipes"] : ["recipes", "chat"]);
        configuration = parsed.GetValue(_python) is { } python ? configuration.With("python", s => s with { Interpreter = python }) : configuration;
        configuration = configuration.With("python", s => s with { Caller = Caller("VIRTUAL_ENV", "pythonLocation", "PYENV_VERSION") })
            .With("csharp", s => s with { Caller = Caller("DOTNET_ROOT", "NUGET_PACKAGES") });
        return configuration with
        {
            Objective = parsed.GetValue(_objective) ?? configuration.Objective,
            Proposers = proposers,
            ModelUrl = url,
            Model = parsed.GetValue(_model) ?? Variable("AFTERBURNER_MODEL") ?? configuration.Model,
            Iterations = parsed.GetValue(_iterations) ?? configuration.Iterations,
            Candidates = parsed.GetValue(_candidates) ?? configuration.Candidates,
            Budget = Duration("--budget", parsed.GetValue(_budget)) ?? configuration.Budget,
            Sandbox = parsed.GetValue(_sandbox) ?? configuration.Sandbox,
            Seed = parsed.GetValue(_seed) ?? configuration.Seed,
        };
    }

    /// <exception cref="UsageException">It is no address of a server.</exception>
    internal static Uri? Url(string? text) =>
        text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https") ? url
        : throw new UsageException($"'{text}' is no address of a server: write for example http://localhost:8080/v1");

    private static TimeSpan? Duration(string option, string? text) =>
        text is null ? null
        : Quantities.TryDuration(text, out var duration) ? duration
        : throw new UsageException($"{option} {text}: write a time like 90s, 5m or 2h");

    /// <summary>What says which interpreter is meant where this was started, as after actions/setup-python.</summary>
    private static Dictionary<string, string> Caller(params string[] names)
    {
        var caller = new Dictionary<string, string> { ["PATH"] = ProgramPath.Current.Text };
        foreach (var name in names)
        {
            if (Variable(name) is { } value)
                caller[name] = value;
        }

        return caller;
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>When it began, and what makes it a name that no commit can have.</summary>
    private static string RunId() =>
        TimeProvider.System.GetUtcNow().ToString("yyyyMMdd-HHmmss-", System.Globalization.CultureInfo.InvariantCulture)
        + System.Security.Cryptography.RandomNumberGenerator.GetHexString(8, lowercase: true);
}
