using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Workloads;

namespace Afterburner.Evaluation.Solvers;

/// <summary>
/// Applies the catalogue of recipes to the functions of a program: first all that fire in all functions, then those of one function after the other. What
/// arguments look like is not known here, so recipes that ask for it do not fire.
/// </summary>
internal sealed class RecipeSolver(Harness harness) : ISolver
{
    private const string FileName = "solution.py";

    private readonly AstGrep _astGrep = AstGrep.Find(harness.Sandbox);
    private readonly Dictionary<string, HashSet<string>> _proposed = [];

    public string Name => "recipes";

    public async Task<Proposal?> ProposeAsync(SolverRequest request, CancellationToken cancellationToken)
    {
        if (request.Program is not { } program || request.Task.Language != harness.Program.Language.Id)
            return null;
        HashSet<string> proposed;
        lock (_proposed)
        {
            if (!_proposed.TryGetValue(request.Task.Id, out proposed!))
                _proposed.Add(request.Task.Id, proposed = []);
        }

        proposed.Add(program);
        foreach (var variant in await VariantsAsync(program, request, cancellationToken).ConfigureAwait(false))
        {
            if (proposed.Add(variant))
                return new Proposal(variant, HasForm: true);
        }

        return null;
    }

    public void Dispose()
    {
        // It holds nothing.
    }

    /// <summary>What the recipes make of a program, the one with most of them first.</summary>
    private async Task<IReadOnlyList<string>> VariantsAsync(string program, SolverRequest request, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("afterburner-recipes-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, FileName), program, cancellationToken).ConfigureAwait(false);
            var found = await new FunctionFinder(_astGrep).FindAsync(folder.FullName, [FileName], cancellationToken).ConfigureAwait(false);
            var recipes = new RecipeProposer(_astGrep, harness, RecipeCatalogue.BuiltIn());
            var all = new List<(Function Function, IReadOnlyList<Candidate> Candidates)>();
            foreach (var function in found.Functions.Where(f => f.Enclosing is null))
            {
                var candidates = await recipes.ProposeAsync(
                    new ProposalRequest(function, new MeasuredSource(function.Source, Passed: true), request.Objective, Math.Max(1, request.Iteration)) { FileSource = program, Seed = request.Seed },
                    cancellationToken).ConfigureAwait(false);
                if (candidates.Count > 0)
                    all.Add((function, candidates));
            }

            if (all.Count == 0)
                return [];
            var bytes = System.Text.Encoding.UTF8.GetBytes(program);
            return
            [
                Replaced(bytes, [.. all.Select(a => (a.Function, a.Candidates[^1].Source))]),
                .. all.SelectMany(a => a.Candidates.Reverse().Select(c => Replaced(bytes, [(a.Function, c.Source)]))),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Replaced(byte[] program, IReadOnlyList<(Function Function, string Source)> functions)
    {
        // From the end, so that what stands before keeps its place.
        IEnumerable<byte> text = program;
        foreach (var (function, source) in functions.OrderByDescending(f => f.Function.StartByte))
            text = [.. text.Take(function.StartByte), .. System.Text.Encoding.UTF8.GetBytes(source), .. text.Skip(function.EndByte)];
        return System.Text.Encoding.UTF8.GetString([.. text]);
    }
}
