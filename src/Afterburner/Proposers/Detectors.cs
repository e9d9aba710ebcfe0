using System.Text;
using Afterburner.Functions;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Proposers;

/// <summary>
/// Finds what is often slow in a function and has no recipe: rules, and flow detectors beside the harness. What they find
/// becomes hints in the prompt of a model.
/// </summary>
internal sealed class Detectors(AstGrep astGrep, Harness harness)
{
    /// <summary>More would drown the function in the prompt.</summary>
    public const int Most = 8;

    private const string Folder = "/detectors/";

    private static readonly Lazy<IReadOnlyList<Detector>> Known = new(() =>
        [.. EmbeddedText.OfLanguages(Folder).Select(n => RuleFile.Detector(Encoding.UTF8.GetBytes(EmbeddedText.Read(n)), n))]);

    /// <summary>The detectors that are rules, by file.</summary>
    public static IReadOnlyList<Detector> Rules => Known.Value;

    /// <summary>Hints for the best source of a request, in order of its lines, one for each detector and line.</summary>
    /// <exception cref="EnvironmentFailureException">The sandbox or ast-grep failed.</exception>
    public async Task<IReadOnlyList<Hint>> FindAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        if (request.Function.Language != harness.Program.Language || !harness.Program.Can(Abilities.Detect))
            return [];
        var flow = await FlowAsync(request, cancellationToken).ConfigureAwait(false);
        var rules = await RulesAsync(request, cancellationToken).ConfigureAwait(false);
        return [.. rules.Concat(flow).Distinct().OrderBy(h => h.Line).ThenBy(h => h.Detector, StringComparer.Ordinal).Take(Most)];
    }

    private async Task<IEnumerable<Hint>> RulesAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        var file = BestFile.Of(request);
        if (file.Start < 0)
            return [];
        var rules = Rules.Where(d => d.Language == request.Function.Language).ToDictionary(d => d.Id);
        var scan = await astGrep.ScanAsync(
            string.Join("\n---\n", rules.Values.Select(d => d.Rule.Trim())), [file.Of(request.Function)], cancellationToken).ConfigureAwait(false);
        var before = file.Bytes.AsSpan(0, file.Start).Count((byte)'\n');
        return scan.Matches
            .Where(m => file.Holds(m.StartByte, m.EndByte) && RecipeGuard.All(rules[m.Rule].Guards, m, request.Observed))
            .Select(m => new Hint(m.Rule, m.StartLine - before, rules[m.Rule].Title));
    }

    private async Task<IEnumerable<Hint>> FlowAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        var asked = new DetectRequest(request.Best.Source, Indentation.Of(request.Function, request.FileSource), request.FileSource, request.Observed);
        var run = await FlowRecipes.RunAsync(harness, asked, request.Function.Id, cancellationToken).ConfigureAwait(false);
        return run.Of<HintMessage>().Select(m => new Hint(m.Id, m.Line, m.Title));
    }
}
