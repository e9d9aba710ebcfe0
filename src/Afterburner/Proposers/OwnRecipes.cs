using System.Text;
using System.Text.RegularExpressions;
using Afterburner.Changes;
using Afterburner.Functions;

namespace Afterburner.Proposers;

/// <summary>
/// The recipes that a repository keeps for itself in <see cref="Folder"/>. They are read from the branch that changes are
/// merged into and never from what is under review: whoever proposes a change does not choose what rewrites it.
/// </summary>
public static partial class OwnRecipes
{
    /// <summary>Relative to the repository's root; files in folders below it are not read.</summary>
    public const string Folder = ".github/afterburner/recipes";

    /// <summary>More are refused.</summary>
    public const int Most = 50;

    /// <param name="baseRef">Branch or commit that whoever started the review named; null for the repository's default branch.</param>
    /// <returns>None when the repository has no such folder, or no default branch to read it from.</returns>
    /// <exception cref="UsageException">A file is not a recipe; the message names the file, and the line where there is one.</exception>
    /// <exception cref="EnvironmentFailureException">The sandbox failed.</exception>
    public static async Task<IReadOnlyList<Recipe>> ReadAsync(
        GitRepository repository, string? baseRef, AstGrep astGrep, CancellationToken cancellationToken)
    {
        var commit = baseRef is null
            ? await repository.DefaultBranchAsync(cancellationToken).ConfigureAwait(false)
            : await repository.ResolveAsync(baseRef, cancellationToken).ConfigureAwait(false);
        if (commit is null)
            return [];
        var files = (await repository.ListAsync(commit, Folder, cancellationToken).ConfigureAwait(false))
            .Where(f => f.Path.EndsWith(".yml", StringComparison.Ordinal) || f.Path.EndsWith(".yaml", StringComparison.Ordinal))
            .OrderBy(f => f.Path, StringComparer.Ordinal).ToList();
        if (files.Count > Most)
            throw new UsageException($"{Folder} has {files.Count} recipes: at most {Most} are read.");

        var recipes = new List<Recipe>();
        foreach (var (path, size) in files)
        {
            if (size > RuleFile.LargestBytes)
                throw YamlDocument.TooLarge(path, RuleFile.LargestBytes);
            var yaml = await repository.ReadFileAsync(commit, path, cancellationToken).ConfigureAwait(false);
            var recipe = RuleFile.Recipe(yaml, path) with { IsOwn = true, Gain = null };
            await CheckAsync(recipe, path, astGrep, cancellationToken).ConfigureAwait(false);
            recipes.Add(recipe);
        }

        _ = RecipeCatalogue.BuiltIn().With(recipes);
        return recipes;
    }

    private static async Task CheckAsync(Recipe recipe, string path, AstGrep astGrep, CancellationToken cancellationToken)
    {
        if (recipe.Language.Text("recipe-fix.yml") is not { } form)
            throw new UsageException($"{path}: recipes do not work on {recipe.Language} yet, only on {string.Join(", ", Language.All.Where(l => l.Text("recipe-fix.yml") is not null))}.");
        var fix = Encoding.UTF8.GetBytes(Variable().Replace(recipe.Fix, "name"));
        var expressions = await astGrep.ScanAsync(form, [new SourceFile(path, recipe.Language, fix)], cancellationToken).ConfigureAwait(false);
        if (expressions.Matches.Count != 1)
            throw new UsageException($"{path}: 'fix' must be one expression (or one assignment): statements cannot be put in the place of any match.");
        try
        {
            var empty = await astGrep.ScanAsync(recipe.Rule, [new SourceFile(path, recipe.Language, [])], cancellationToken).ConfigureAwait(false);
            if (empty.Unread.Count > 0)
                throw new UsageException($"with this rule even an empty file {empty.Unread[0].Reason}: make it simpler.");
        }
        catch (UsageException e)
        {
            throw new UsageException($"{path}: {e.Message}", e);
        }
    }

    [GeneratedRegex(@"\$+[A-Z_][A-Z0-9_]*")]
    private static partial Regex Variable();
}
