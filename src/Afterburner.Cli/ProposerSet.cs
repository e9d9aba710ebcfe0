using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Proposers.Llama;
using Afterburner.Workloads;

namespace Afterburner.Cli;

/// <summary>Makes the proposers that a configuration names, and closes them after the run.</summary>
internal sealed class ProposerSet(
    Configuration configuration, Secret? apiKey, string? record, LlamaChoice llama, IReadOnlyList<Recipe> ownRecipes) : IDisposable
{
    private readonly List<IProposer> _made = [];
    private readonly StreamWriter? _transcript = record is null ? null : RecordingProposer.Open(record);

    /// <param name="journal">Takes every exchange with a model.</param>
    public IReadOnlyList<IProposer> For(PythonHarness harness, Action<JournalEvent> journal)
    {
        foreach (var name in configuration.Proposers ?? ["recipes"])
        {
            var proposer = Make(name, harness, journal);
            _made.Add(_transcript is null ? proposer : new RecordingProposer(proposer, _transcript));
        }

        return _made;
    }

    public void Dispose()
    {
        foreach (var proposer in _made.OfType<IDisposable>())
            proposer.Dispose();
        _transcript?.Dispose();
    }

    private IProposer Make(string name, PythonHarness harness, Action<JournalEvent> journal) => name switch
    {
        "recipes" => new RecipeProposer(AstGrep.Find(), harness, RecipeCatalogue.BuiltIn().With(ownRecipes)),
        "chat" when configuration.ModelUrl is null =>
            throw new UsageException("--proposer chat needs a server: give --model-url URL or set AFTERBURNER_MODEL_URL"),
        "chat" => ChatProposer.Connect(
            configuration.ModelUrl!.ToString(),
            configuration.Model ?? throw new UsageException("--proposer chat needs the model's name: give --model NAME or set AFTERBURNER_MODEL"),
            apiKey,
            new ChatProposerOptions { OnExchange = e => journal(Received(e)) }),
        "llama" => Llama(LlamaBackend.Loader(), journal),
        _ when name.StartsWith("replay:", StringComparison.Ordinal) => new ReplayProposer(name["replay:".Length..]),
        _ => throw new UsageException($"there is no proposer '{name}': use recipes, chat, llama or replay:FILE"),
    };

    private ChatProposer Llama(Func<LlamaOptions, CancellationToken, Task<ILocalModel>> load, Action<JournalEvent> journal) =>
        LlamaProposer.Create(llama.Options(), load, e => journal(Received(e)), TimeProvider.System);

    private static ProposalReceived Received(Exchange exchange) => new(
        exchange.Proposer, exchange.Iteration, $"{exchange.Prompt.System}\n\n{exchange.Prompt.User}", exchange.Reply,
        exchange.Usage?.Input ?? 0, exchange.Usage?.Output ?? 0, exchange.Duration.TotalSeconds)
    {
        Function = exchange.Function,
        Refused = exchange.Refused,
    };
}
