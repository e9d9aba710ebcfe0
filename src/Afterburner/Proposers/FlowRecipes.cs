using Afterburner.Sandboxes;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Proposers;

/// <summary>The places in one function that a pattern recipe would change.</summary>
internal sealed record PatternEdits(Recipe Recipe, IReadOnlyList<AstEdit> Edits);

/// <param name="Start">Offset within the function's source, UTF-8 bytes.</param>
internal sealed record AstEdit(int Start, int End, string Text);

/// <summary>One rewritten function.</summary>
/// <param name="Recipes">Ids of what was applied, in order.</param>
internal sealed record Rewrite(IReadOnlyList<string> Recipes, string Title, string Why, string Source);

/// <summary>
/// Applies recipes in the language's own syntax tree: the flow recipes beside the harness, and the edits of pattern
/// recipes, each alone and all together, parsed again. Runs in a sandbox like everything that reads what others wrote.
/// </summary>
internal sealed class FlowRecipes(Harness harness)
{
    private const string Folder = "/flow_recipes/";

    private static readonly Limits Caps = new()
    {
        Memory = 1L << 30,
        Cpu = TimeSpan.FromSeconds(20),
        Wall = TimeSpan.FromSeconds(40),
        Processes = 16,
        Output = 16 << 20,
        Disk = 16 << 20,
        Cores = 1,
    };

    /// <summary>Ids of the flow recipes: their files' names, with hyphens.</summary>
    public static IReadOnlyList<string> Ids { get; } =
        [.. EmbeddedText.OfLanguages(Folder).Select(n => Path.GetFileNameWithoutExtension(n).Replace('_', '-')).Where(n => n != "--init--")];

    /// <exception cref="EnvironmentFailureException">The sandbox failed.</exception>
    public async Task<IReadOnlyList<Rewrite>> ApplyAsync(
        ProposalRequest request, IReadOnlyList<PatternEdits> patterns, CancellationToken cancellationToken)
    {
        var run = await RunAsync(harness, Request(request, patterns), request.Function.Id, cancellationToken).ConfigureAwait(false);
        return run.Done is { } done ? Read(run, done, patterns) : [];
    }

    /// <summary>Runs a command of the harness that only reads code.</summary>
    /// <exception cref="EnvironmentFailureException">The sandbox failed.</exception>
    public static async Task<HarnessRun> RunAsync(
        Harness harness, HarnessRequest request, string function, CancellationToken cancellationToken)
    {
        var workspace = SharedFolder.Create("afterburner-recipes-");
        try
        {
            var run = await harness.RunAsync(request, workspace, Caps, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            if (run.Sandbox.End == SandboxEnd.Failed)
                throw new EnvironmentFailureException($"The sandbox failed while recipes were applied: {run.Sandbox.Failure}");
            if (run.Error is { } error)
                throw new InvalidOperationException($"{request.Command} failed on {function}: {error}");
            return run;
        }
        finally
        {
            Directory.Delete(workspace, recursive: true);
        }
    }

    private static FlowRequest Request(ProposalRequest request, IReadOnlyList<PatternEdits> patterns) => new(
        request.Best.Source, Indentation.Of(request.Function, request.FileSource), request.FileSource, request.Observed,
        [.. patterns.Select(p => new FlowPattern(
            p.Recipe.Id, p.Recipe.Builtins, p.Recipe.Imports, [.. p.Edits.Select(e => (IReadOnlyList<object>)[e.Start, e.End, e.Text])]))]);

    private static List<Rewrite> Read(HarnessRun run, DoneMessage done, IReadOnlyList<PatternEdits> patterns)
    {
        var rewrites = new List<Rewrite>();
        foreach (var message in run.Of<ProposalMessage>())
        {
            var ids = message.Recipes;
            string About(string id, Func<Recipe, string> pattern, Func<RecipeWords, string> flow) =>
                patterns.FirstOrDefault(p => p.Recipe.Id == id) is { } p ? pattern(p.Recipe)
                : done.Recipes?.GetValueOrDefault(id) is { } words ? flow(words) : id;
            rewrites.Add(new Rewrite(
                ids,
                string.Join("; ", ids.Select(i => About(i, r => r.Title, w => w.Title))),
                string.Join(" ", ids.Select(i => About(i, r => r.Why, w => w.Why))),
                message.Source));
        }

        return rewrites;
    }
}
