using System.CommandLine;
using System.Security.Cryptography;
using Afterburner.Evaluation.Solvers;
using Afterburner.Proposers;
using Afterburner.Proposers.Llama;
using Afterburner.Workloads;

namespace Afterburner.Cli.Evaluate;

/// <summary>The options that say who writes programs.</summary>
internal sealed class SolverOptions(string here)
{
    private readonly Option<string[]> _names = new("--proposer")
    {
        Description = $"{SolverChoice.Names}; may be repeated: then they take turns. Default: recipes", HelpName = "NAME",
    };

    private readonly Option<string?> _modelUrl = new("--model-url") { Description = "For chat: an OpenAI-compatible server. Default: AFTERBURNER_MODEL_URL", HelpName = "URL" };

    private readonly Option<string?> _model = new("--model") { Description = "Name of the model there; for llama a GGUF file or a pulled model. Default: AFTERBURNER_MODEL", HelpName = "NAME" };

    private readonly Option<int> _gpuLayers = new("--gpu-layers") { Description = "For llama: layers of the model on the GPU, 999 for all. Default: 0", HelpName = "N" };

    private readonly Option<int?> _context = new("--context") { Description = "For llama: tokens of prompt and reply together", HelpName = "N" };

    private readonly Option<FileInfo?> _record = new("--record") { Description = "Add what is proposed to a transcript, for --proposer replay:FILE", HelpName = "FILE" };

    private readonly Option<PromptKind> _prompt = new("--prompt") { Description = "What a model is asked: paper (the paper's prompt) or brief (for a model that 'trainer' trained with that)", DefaultValueFactory = _ => PromptKind.Paper };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _names, _modelUrl, _model, _gpuLayers, _context, _prompt, _record })
            command.Add(option);
    }

    public SolverChoice Choice(ParseResult parsed)
    {
        var model = parsed.GetValue(_model) ?? Variable("AFTERBURNER_MODEL");
        return new SolverChoice(
            parsed.GetValue(_names) is { Length: > 0 } names ? names : ["recipes"], parsed.GetValue(_modelUrl) ?? Variable("AFTERBURNER_MODEL_URL"), model,
            Variable("AFTERBURNER_API_KEY") is { } key ? new Secret(key) : null,
            new LlamaChoice(model, parsed.GetValue(_gpuLayers), parsed.GetValue(_context), here), parsed.GetValue(_record)?.FullName, here)
        {
            Prompt = parsed.GetValue(_prompt),
        };
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}

/// <summary>Who writes programs.</summary>
internal sealed record SolverChoice(IReadOnlyList<string> Said, string? ModelUrl, string? Model, Secret? Key, LlamaChoice Llama, string? Record, string Here)
{
    public const string Names = "recipes, chat, llama, replay:FILE, best-human, median-human, broken";

    private const string Replay = "replay:";

    public string Name => string.Join(',', Said.Select(s => s.StartsWith(Replay, StringComparison.Ordinal) ? Replay + Path.GetFileName(s) : s));

    /// <value>What a model is asked. Defaults to the paper's prompt.</value>
    public PromptKind Prompt { get; init; } = PromptKind.Paper;

    /// <value>What the transcripts hold that are replayed: another content is another evaluation.</value>
    public string Transcripts => string.Join(',', Said.Where(s => s.StartsWith(Replay, StringComparison.Ordinal))
        .Select(s => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.GetFullPath(s[Replay.Length..], Here))))[..16]).DefaultIfEmpty("none"));

    /// <summary>What is wrong with the wishes is found here, before any work is done.</summary>
    /// <exception cref="UsageException">There is no such proposer, or it lacks its server or its model.</exception>
    public void Check()
    {
        foreach (var name in Said)
        {
            if (name == "chat" && (ModelUrl is null || Model is null))
                throw new UsageException(ModelUrl is null
                    ? "--proposer chat needs a server: give --model-url URL or set AFTERBURNER_MODEL_URL" : "--proposer chat needs the model's name: give --model NAME or set AFTERBURNER_MODEL");
        }

        CheckNames(Said, Here, "recipes", "chat", "llama", "best-human", "median-human", "broken");
    }

    /// <exception cref="UsageException">There is no such proposer, or no such transcript.</exception>
    public static void CheckNames(IEnumerable<string> said, string here, params IReadOnlyList<string> known)
    {
        foreach (var name in said)
        {
            if (name.StartsWith(Replay, StringComparison.Ordinal) ? !File.Exists(Path.GetFullPath(name[Replay.Length..], here)) : !known.Contains(name))
                throw new UsageException(name.StartsWith(Replay, StringComparison.Ordinal) ? $"there is no transcript {name[Replay.Length..]}" : $"there is no proposer '{name}' here: use {string.Join(", ", known)} or {Replay}FILE");
        }
    }

    /// <exception cref="UsageException">A file cannot be read or written, or a model is not there.</exception>
    /// <exception cref="EnvironmentFailureException">llama.cpp was not built in.</exception>
    public ISolver Solver(Harness harness)
    {
        var solvers = Said.Select(name => One(name, harness)).ToList();
        var solver = solvers.Count == 1 ? solvers[0] : new SeveralSolvers(solvers);
        return Record is null ? solver : new RecordingSolver(solver, Transcript(Record));
    }

    private ISolver One(string name, Harness harness) => name switch
    {
        "recipes" => new RecipeSolver(harness),
        "best-human" => new PeopleSolver("best-human", 0),
        "median-human" => new PeopleSolver("median-human", 0.5),
        "broken" => new BrokenSolver(),
        "chat" => new ChatSolver(ChatProposer.Connect(ModelUrl!, Model!, Key), Prompt),
        "llama" => Local(LlamaBackend.Loader()),
        _ => new ReplaySolver(Path.GetFullPath(name[Replay.Length..], Here)),
    };

    private ChatSolver Local(Func<LlamaOptions, CancellationToken, Task<ILocalModel>> loader)
    {
        var model = new LlamaModel(Llama.Options(), loader);
        return new ChatSolver(model.Proposer(_ => { }, TimeProvider.System), Prompt, model);
    }

    private static StreamWriter Transcript(string path)
    {
        try
        {
            // An evaluation that goes on adds to what it recorded before.
            return new StreamWriter(path, append: true) { AutoFlush = true, NewLine = "\n" };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The transcript {path} cannot be written: {e.Message}", e);
        }
    }
}
