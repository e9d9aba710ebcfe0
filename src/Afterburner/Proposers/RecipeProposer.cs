using System.Collections.Concurrent;
using System.Text;
using Afterburner.Functions;
using Afterburner.Workloads;

namespace Afterburner.Proposers;

/// <summary>
/// Proposes what recipes make of the best source so far: each recipe alone (all its places in the function together),
/// then all that fired, composed. In later iterations recipes go on from what an earlier one won. A source is proposed once.
/// </summary>
/// <param name="harness">Runs the flow recipes and parses every result again.</param>
public sealed class RecipeProposer(AstGrep astGrep, PythonHarness harness, RecipeCatalogue catalogue) : IProposer
{
    private readonly FlowRecipes _flow = new(harness);
    private readonly ConcurrentDictionary<string, HashSet<string>> _proposed = new(StringComparer.Ordinal);

    public string Name => "recipes";

    public async Task<IReadOnlyList<Candidate>> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        if (request.Repair is not null || request.Function.Language != Language.Python)
            return [];

        var patterns = await PatternsAsync(request, cancellationToken).ConfigureAwait(false);
        var rewrites = await _flow.ApplyAsync(request, patterns, cancellationToken).ConfigureAwait(false);
        var proposed = _proposed.GetOrAdd(request.Function.Id, _ => new HashSet<string>(StringComparer.Ordinal));
        lock (proposed)
        {
            proposed.Add(request.Function.Source);
            proposed.Add(request.Best.Source);
            return [.. rewrites.Where(r => proposed.Add(r.Source)).Select(r => new Candidate(Name, request.Iteration, r.Source, r.Title)
            {
                Rationale = r.Why,
                Recipe = string.Join('+', r.Recipes),
            })];
        }
    }

    /// <summary>What the pattern recipes match inside the function, in its file, with the best source in place.</summary>
    private async Task<IReadOnlyList<PatternEdits>> PatternsAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        var (file, start, length) = Spliced(request);
        if (start < 0)
            return [];
        var matches = await astGrep.ScanSourceAsync(catalogue.Rules(request.Function.Language), file, cancellationToken).ConfigureAwait(false);
        return [.. matches
            .Where(m => m.Fix is { } fix && fix.StartByte >= start && fix.EndByte <= start + length)
            .Where(m => catalogue.Find(m.Rule)!.Allows(m, request.Observed))
            .GroupBy(m => m.Rule)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new PatternEdits(
                catalogue.Find(g.Key)!,
                [.. g.Select(m => new AstEdit(m.Fix!.StartByte - start, m.Fix.EndByte - start, m.Fix.Replacement))]))];
    }

    private static (byte[] File, int Start, int Length) Spliced(ProposalRequest request)
    {
        var file = Encoding.UTF8.GetBytes(request.FileSource);
        var original = Encoding.UTF8.GetBytes(request.Function.Source);
        var best = Encoding.UTF8.GetBytes(request.Best.Source);
        // The span's offsets count a byte order mark, which text that was read from the file may have lost.
        var start = new[] { request.Function.StartByte, request.Function.StartByte - 3 }
            .FirstOrDefault(s => s >= 0 && s + original.Length <= file.Length && file.AsSpan(s, original.Length).SequenceEqual(original), -1);
        return start < 0 ? ([], -1, 0) : ([.. file[..start], .. best, .. file[(start + original.Length)..]], start, best.Length);
    }
}
