using System.Text;
using Afterburner.Functions;

namespace Afterburner.Proposers;

/// <summary>The pattern recipes of a review, by id. Flow recipes live with their language's harness.</summary>
public sealed class RecipeCatalogue
{
    private const string Folder = "/recipes/";

    private readonly SortedDictionary<string, Recipe> _recipes = new(StringComparer.Ordinal);

    /// <exception cref="UsageException">Two recipes have the same id.</exception>
    public RecipeCatalogue(IEnumerable<Recipe> recipes)
    {
        foreach (var recipe in recipes)
        {
            if (!_recipes.TryAdd(recipe.Id, recipe) || (recipe.IsOwn && FlowRecipes.Ids.Contains(recipe.Id)))
                throw new UsageException($"Two recipes have the id '{recipe.Id}': rename one of them.");
        }
    }

    public IReadOnlyCollection<Recipe> Recipes => _recipes.Values;

    /// <summary>The recipes that the engine carries: one folder a language.</summary>
    public static RecipeCatalogue BuiltIn() => new(EmbeddedText.OfLanguages(Folder).Select(n => Parse(EmbeddedText.Read(n), n)));

    /// <summary>These recipes and others.</summary>
    /// <exception cref="UsageException">Two recipes have the same id.</exception>
    public RecipeCatalogue With(IEnumerable<Recipe> others) => new(_recipes.Values.Concat(others));

    /// <summary>These recipes but for some.</summary>
    public RecipeCatalogue Without(IReadOnlySet<string> ids) => new(_recipes.Values.Where(r => !ids.Contains(r.Id)));

    public Recipe? Find(string id) => _recipes.GetValueOrDefault(id);

    /// <summary>All rules of a language in one text, as ast-grep takes them; empty when there are none.</summary>
    /// <param name="own">Those that the repository under review brought, or those of the engine.</param>
    public string Rules(Language language, bool own) =>
        string.Join("\n---\n", _recipes.Values.Where(r => r.Language == language && r.IsOwn == own).Select(r => r.Rule.Trim()));

    /// <summary>Reads one recipe file.</summary>
    /// <param name="where">Named in errors.</param>
    /// <exception cref="UsageException">It does not read, has an unknown key, or lacks its id, language, fix, title, why or unsafe-when.</exception>
    public static Recipe Parse(string yaml, string where) => RuleFile.Recipe(Encoding.UTF8.GetBytes(yaml), where);
}
