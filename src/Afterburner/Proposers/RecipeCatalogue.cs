using Afterburner.Functions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Afterburner.Proposers;

/// <summary>The pattern recipes of a review, by id. Flow recipes live with their language's harness.</summary>
public sealed class RecipeCatalogue
{
    private const string Folder = "Proposers/Recipes/";

    private readonly SortedDictionary<string, Recipe> _recipes = new(StringComparer.Ordinal);

    /// <exception cref="UsageException">Two recipes have the same id.</exception>
    public RecipeCatalogue(IEnumerable<Recipe> recipes)
    {
        foreach (var recipe in recipes)
        {
            if (!_recipes.TryAdd(recipe.Id, recipe))
                throw new UsageException($"Two recipes have the id '{recipe.Id}': rename one of them.");
        }
    }

    public IReadOnlyCollection<Recipe> Recipes => _recipes.Values;

    /// <summary>The recipes that the engine carries.</summary>
    public static RecipeCatalogue BuiltIn() => new(
        EmbeddedText.Under(Folder).Select(n => Parse(EmbeddedText.Read(n), n[Folder.Length..])));

    public Recipe? Find(string id) => _recipes.GetValueOrDefault(id);

    /// <summary>All rules of a language in one text, as ast-grep takes them; empty when there are none.</summary>
    public string Rules(Language language) =>
        string.Join("\n---\n", _recipes.Values.Where(r => r.Language == language).Select(r => r.Rule.Trim()));

    /// <summary>Reads one recipe file.</summary>
    /// <param name="where">Named in errors.</param>
    /// <exception cref="UsageException">It does not read, or lacks its id, language, fix, title, why or unsafe-when.</exception>
    public static Recipe Parse(string yaml, string where)
    {
        RecipeFile file;
        try
        {
            file = new DeserializerBuilder().IgnoreUnmatchedProperties().Build().Deserialize<RecipeFile?>(yaml) ?? new RecipeFile();
        }
        catch (YamlException e)
        {
            throw new UsageException($"The recipe {where} does not read: line {e.Start.Line}: {e.Message}", e);
        }

        string Required(string? value, string key) => string.IsNullOrWhiteSpace(value)
            ? throw new UsageException($"The recipe {where} needs '{key}'.")
            : value.Trim();

        var about = file.Metadata ?? new RecipeMetadata();
        Required(file.Fix, "fix");
        if (!Enum.TryParse<Language>(Required(file.Language, "language"), ignoreCase: true, out var language))
            throw new UsageException($"The recipe {where} is for '{file.Language}', which is none of {string.Join(", ", Enum.GetNames<Language>())}.");
        return new Recipe(
            Required(file.Id, "id"),
            language,
            Required(about.Title, "metadata: title"),
            Required(about.Why, "metadata: why"),
            Required(about.UnsafeWhen, "metadata: unsafe-when"),
            yaml)
        {
            Builtins = about.Builtins ?? [],
            Imports = about.Imports ?? [],
            Guards = [.. (about.Guards ?? []).Select(g => Guard(g, where))],
        };
    }

    private static RecipeGuard Guard(GuardFile guard, string where) => new(
        string.IsNullOrEmpty(guard.Variable) ? throw new UsageException($"A guard of the recipe {where} needs 'variable'.") : guard.Variable,
        guard.Types ?? [],
        guard.MinLength,
        guard.Unknown switch
        {
            null or "fire" => true,
            "skip" => false,
            _ => throw new UsageException($"A guard of the recipe {where} has 'unknown: {guard.Unknown}': use 'fire' or 'skip'."),
        });

    private sealed class RecipeFile
    {
        [YamlMember(Alias = "id")]
        public string? Id { get; set; }

        [YamlMember(Alias = "language")]
        public string? Language { get; set; }

        [YamlMember(Alias = "fix")]
        public string? Fix { get; set; }

        [YamlMember(Alias = "metadata")]
        public RecipeMetadata? Metadata { get; set; }
    }

    private sealed class RecipeMetadata
    {
        [YamlMember(Alias = "title")]
        public string? Title { get; set; }

        [YamlMember(Alias = "why")]
        public string? Why { get; set; }

        [YamlMember(Alias = "unsafe-when")]
        public string? UnsafeWhen { get; set; }

        [YamlMember(Alias = "builtins")]
        public List<string>? Builtins { get; set; }

        [YamlMember(Alias = "imports")]
        public List<string>? Imports { get; set; }

        [YamlMember(Alias = "guards")]
        public List<GuardFile>? Guards { get; set; }
    }

    private sealed class GuardFile
    {
        [YamlMember(Alias = "variable")]
        public string? Variable { get; set; }

        [YamlMember(Alias = "types")]
        public List<string>? Types { get; set; }

        [YamlMember(Alias = "min-length")]
        public int? MinLength { get; set; }

        [YamlMember(Alias = "unknown")]
        public string? Unknown { get; set; }
    }
}
