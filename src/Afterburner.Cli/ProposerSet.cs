using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Proposers.Llama;
using Afterburner.Runs;
using Afterburner.Settings;
using Afterburner.Workloads;

namespace Afterburner.Cli;

/// <summary>Makes the proposers that a configuration names, and closes them after the run.</summary>
internal sealed class ProposerSet : IDisposable
{
    private readonly IReadOnlyList<Func<Harness, IProposer>> _makers;
    private readonly List<IProposer> _made = [];
    private readonly List<LlamaModel> _loaded = [];
    private readonly IReadOnlySet<string> _unwanted = new HashSet<string>();
    private readonly StreamWriter? _transcript;
    private readonly List<string> _secrets = [];
    private Action<JournalEvent> _journal = _ => { };

    /// <summary>What is wrong with the wishes is found here, before any work is done.</summary>
    /// <param name="transcriptFolder">What the files of transcripts are relative to.</param>
    /// <param name="shared">What other reviews of this process ask, too.</param>
    /// <param name="unwanted">Ids of recipes that nothing is proposed of.</param>
    /// <param name="command">What the user said of a program that proposes; null: nothing.</param>
    /// <exception cref="UsageException">There is no such proposer, or it lacks its model, server or file.</exception>
    /// <exception cref="EnvironmentFailureException">llama.cpp was not built in.</exception>
    public ProposerSet(
        Configuration configuration, Secret? apiKey, string? record, LlamaChoice llama, IReadOnlyList<Recipe> ownRecipes, string transcriptFolder, SharedModels? shared = null,
        CommandChoice? command = null, IReadOnlySet<string>? unwanted = null)
    {
        _unwanted = unwanted ?? _unwanted;
        _makers =
        [
            .. (configuration.Proposers ?? ["recipes"]).Select(name => Maker(name, configuration, apiKey, llama, ownRecipes, transcriptFolder, shared ?? SharedModels.None, command ?? CommandChoice.None)),
        ];
        _transcript = record is null ? null : RecordingProposer.Open(record);
        if (apiKey is not null)
            _secrets.Add(apiKey.Reveal());
    }

    /// <summary>What appears in no journal.</summary>
    public IReadOnlyList<string> Secrets => _secrets;

    /// <param name="journal">Takes every exchange with a model.</param>
    public IReadOnlyList<IProposer> For(Harness harness, Action<JournalEvent> journal)
    {
        _journal = journal;
        var proposers = _makers.Select(make => make(harness))
            .Select(p => _transcript is null ? p : new RecordingProposer(p, _transcript)).ToList();
        _made.AddRange(proposers);
        return proposers;
    }

    public void Dispose()
    {
        foreach (var proposer in _made.OfType<IDisposable>())
            proposer.Dispose();
        _loaded.ForEach(m => m.Dispose());
        _transcript?.Dispose();
    }

    private Func<Harness, IProposer> Maker(
        string name, Configuration configuration, Secret? apiKey, LlamaChoice llama, IReadOnlyList<Recipe> ownRecipes, string transcriptFolder, SharedModels shared, CommandChoice command) => name switch
        {
            "recipes" => harness => new RecipeProposer(AstGrep.Find(harness.Sandbox), harness, RecipeCatalogue.BuiltIn().With(ownRecipes).Without(_unwanted)) { Unwanted = _unwanted },
            "chat" when configuration.ModelUrl is null =>
                throw new UsageException("--proposer chat needs a server: give --model-url URL or set AFTERBURNER_MODEL_URL"),
            "chat" => Ready(ChatProposer.Connect(
                configuration.ModelUrl!.ToString(),
                configuration.Model ?? throw new UsageException("--proposer chat needs the model's name: give --model NAME or set AFTERBURNER_MODEL"),
                apiKey,
                new ChatProposerOptions { OnExchange = e => _journal(Received(e)), Places = shared.Places })),
            "llama" => Ready((shared.Llama ?? Loaded(LlamaBackend.Loader(), llama)).Proposer(e => _journal(Received(e)), TimeProvider.System)),
            _ when name.StartsWith("replay:", StringComparison.Ordinal) => Ready(new ReplayProposer(name["replay:".Length..], transcriptFolder)),
            _ when name == "command" || name.StartsWith(CommandChoice.Prefix, StringComparison.Ordinal) => Ready(Commanded(command.Options(name, configuration.Command))),
            _ => throw new UsageException($"there is no proposer '{name}': use recipes, chat, llama, replay:FILE or command:LINE"),
        };

    private CommandProposer Commanded(CommandProposerOptions options)
    {
        _secrets.AddRange(options.Variables.Values.Select(v => v.Reveal()));
        return new CommandProposer(options with { OnExchange = e => _journal(Received(e)) }, TimeProvider.System);
    }

    private static Func<Harness, IProposer> Ready(IProposer proposer) => _ => proposer;

    /// <summary>What is not built in says so before a model is looked for.</summary>
    private LlamaModel Loaded(Func<LlamaOptions, CancellationToken, Task<ILocalModel>> loader, LlamaChoice choice)
    {
        var model = new LlamaModel(choice.Options(), loader);
        _loaded.Add(model);
        return model;
    }

    private static ProposalReceived Received(Exchange exchange) => new(
        exchange.Proposer, exchange.Iteration, $"{exchange.Prompt.System}\n\n{exchange.Prompt.User}", exchange.Reply,
        exchange.Usage?.Input ?? 0, exchange.Usage?.Output ?? 0, exchange.Duration.TotalSeconds)
    {
        Function = exchange.Function,
        EstimatedTokens = exchange.Prompt.Tokens,
        Refused = exchange.Refused,
    };
}
