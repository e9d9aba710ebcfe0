using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Workloads;

namespace Afterburner.Cli;

/// <summary>Makes the proposers that a configuration names, and closes them after the run.</summary>
internal sealed class ProposerSet(Configuration configuration, Secret? apiKey, string? record) : IDisposable
{
    private readonly List<IProposer> _made = [];

    public IReadOnlyList<IProposer> For(PythonHarness harness)
    {
        foreach (var name in configuration.Proposers ?? ["recipes"])
            _made.Add(Make(name, harness));
        if (record is null)
            return _made;
        var recorded = _made.Select(p => (IProposer)new RecordingProposer(p, record)).ToList();
        _made.Clear();
        _made.AddRange(recorded);
        return _made;
    }

    public void Dispose()
    {
        foreach (var proposer in _made.OfType<IDisposable>())
            proposer.Dispose();
    }

    private IProposer Make(string name, PythonHarness harness) => name switch
    {
        "recipes" => new RecipeProposer(AstGrep.Find(), harness, RecipeCatalogue.BuiltIn()),
        "chat" when configuration.ModelUrl is null =>
            throw new UsageException("--proposer chat needs a server: give --model-url URL or set AFTERBURNER_MODEL_URL"),
        "chat" => ChatProposer.Connect(
            configuration.ModelUrl!.ToString(),
            configuration.Model ?? throw new UsageException("--proposer chat needs the model's name: give --model NAME or set AFTERBURNER_MODEL"),
            apiKey),
        _ when name.StartsWith("replay:", StringComparison.Ordinal) => new ReplayProposer(name["replay:".Length..]),
        _ => throw new UsageException($"there is no proposer '{name}': use recipes, chat or replay:FILE"),
    };
}
