using System.Collections.Concurrent;
using Afterburner.Functions;
using Afterburner.Workloads;

namespace Afterburner.Proposers;

/// <summary>
/// Proposes what recipes make of the best source so far: each recipe alone (all its places in the function together),
/// then all that fired, composed. In later iterations recipes go on from what an earlier one won. A source is proposed once.
/// </summary>
/// <param name="harness">Runs the flow recipes, and parses every result again.</param>
public sealed class RecipeProposer(AstGrep astGrep, Harness harness, RecipeCatalogue catalogue) : IProposer
{
    /// <summary>Candidates of one iteration; each costs a verification and a measurement.</summary>
    public const int Most = 24;

    private readonly ConcurrentDictionary<string, HashSet<string>> _proposed = new(StringComparer.Ordinal);

    public string Name => "recipes";

    /// <value>Ids of recipes that nothing is proposed of, such as those that people turn down. Defaults to none.</value>
    public IReadOnlySet<string> Unwanted { get; init; } = new HashSet<string>();

    public bool IsRuleBased => true;

    public async Task<IReadOnlyList<Candidate>> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        if (request.Repair is not null || request.Function.Language != harness.Program.Language || !harness.Program.Can(Abilities.Rewrite))
            return [];

        var patterns = await PatternsAsync(request, cancellationToken).ConfigureAwait(false);
        var rewrites = await new FlowRecipes(harness).ApplyAsync(request, patterns, cancellationToken).ConfigureAwait(false);
        var proposed = _proposed.GetOrAdd(request.Function.Id, _ => new HashSet<string>(StringComparer.Ordinal));
        lock (proposed)
        {
            proposed.Add(request.Function.Source);
            proposed.Add(request.Best.Source);
            return [.. Bounded([.. rewrites.Where(r => !Unwanted.Overlaps(r.Recipes) && proposed.Add(r.Source))]).Select(r => new Candidate(Name, request.Iteration, r.Source, r.Title)
            {
                Rationale = r.Why,
                Recipe = string.Join('+', r.Recipes),
            })];
        }
    }

    /// <summary>Where too many fired, the last single ones go: the composition holds them all.</summary>
    private static IEnumerable<Rewrite> Bounded(List<Rewrite> rewrites) =>
        rewrites.Count <= Most ? rewrites : rewrites.Take(Most - 1).Append(rewrites[^1]);

    /// <summary>What the pattern recipes match inside the function, in its file, with the best source in place.</summary>
    private async Task<IReadOnlyList<PatternEdits>> PatternsAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        var file = BestFile.Of(request);
        if (file.Start < 0)
            return [];
        var language = request.Function.Language;
        var scanned = file.Of(request.Function);
        var scan = await astGrep.ScanAsync(catalogue.Rules(language, own: false), [scanned], cancellationToken).ConfigureAwait(false);
        if (scan.Unread.Count > 0)
            return [];
        var own = await astGrep.ScanAsync(catalogue.Rules(language, own: true), [scanned], cancellationToken).ConfigureAwait(false);
        if (own.Unread.Count > 0)
            throw new UsageException($"the repository's own recipes went over their limits on {request.Function.Id} ({own.Unread[0].Reason}): make them simpler.");
        return [.. scan.Matches.Concat(own.Matches)
            .Where(m => m.Fix is { } fix && file.Holds(fix.StartByte, fix.EndByte))
            .Where(m => catalogue.Find(m.Rule)!.Allows(m, request.Observed))
            .GroupBy(m => m.Rule)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new PatternEdits(
                catalogue.Find(g.Key)!,
                [.. g.Select(m => new AstEdit(m.Fix!.StartByte - file.Start, m.Fix.EndByte - file.Start, m.Fix.Replacement))]))];
    }
}
