using Afterburner.Functions;
using Afterburner.Workloads;

namespace Afterburner.Proposers;

/// <summary>A pattern recipe: an ast-grep rule with a fix, and what its metadata says about it.</summary>
/// <param name="Id">The rule's id.</param>
/// <param name="Title">What it does, in a few words.</param>
/// <param name="Why">Why the result is faster, in one sentence.</param>
/// <param name="UnsafeWhen">When it changes behaviour: what verification and the reviewer look out for.</param>
/// <param name="Rule">The whole YAML text, as ast-grep takes it.</param>
public sealed record Recipe(string Id, Language Language, string Title, string Why, string UnsafeWhen, string Rule)
{
    /// <value>What a match becomes, with the pattern's variables.</value>
    public required string Fix { get; init; }

    /// <value>Names that must be the builtins in the function and its file. Defaults to none.</value>
    public IReadOnlyList<string> Builtins { get; init; } = [];

    /// <value>Import statements that the fix needs; left out where the file has them. Defaults to none.</value>
    public IReadOnlyList<string> Imports { get; init; } = [];

    /// <value>What must have been observed of the pattern's variables. Defaults to none.</value>
    public IReadOnlyList<RecipeGuard> Guards { get; init; } = [];

    /// <value>What the benchmark <c>recipes</c> measured on its fixture; null for one that a repository brought. Defaults to null.</value>
    public RecipeGain? Gain { get; init; }

    /// <value>Whether the repository under review brought it: its rule runs in the sandbox. Defaults to false.</value>
    public bool IsOwn { get; init; }

    /// <summary>Whether every guard lets a match pass.</summary>
    public bool Allows(AstGrepMatch match, IReadOnlyDictionary<string, ObservedValue> observed) => RecipeGuard.All(Guards, match, observed);
}

/// <summary>Time before divided by time after.</summary>
/// <param name="Small">At the small size of the fixture's <c>bench.py</c>.</param>
/// <param name="Large">At the large one.</param>
public sealed record RecipeGain(double Small, double Large);

/// <summary>
/// A condition on what a pattern's variable held while the tests ran. Only plain names are observed: any other expression
/// counts as never observed.
/// </summary>
/// <param name="Variable">The pattern's variable, without the dollar sign.</param>
/// <param name="Types">Types that are allowed; empty for any.</param>
/// <param name="MinLength">The longest value seen must be at least this long; null for any.</param>
/// <param name="WhenUnknown">Whether an expression that was never observed passes.</param>
public sealed record RecipeGuard(string Variable, IReadOnlyList<string> Types, int? MinLength, bool WhenUnknown)
{
    /// <value>Whether it is the shortest value seen that must be long enough. Defaults to false.</value>
    public bool Always { get; init; }

    public static bool All(
        IReadOnlyList<RecipeGuard> guards, AstGrepMatch match, IReadOnlyDictionary<string, ObservedValue> observed) =>
        guards.All(g => !match.Variables.TryGetValue(g.Variable, out var node) || g.Allows(node.Text, observed));

    public bool Allows(string expression, IReadOnlyDictionary<string, ObservedValue> observed)
    {
        if (!observed.TryGetValue(expression, out var value))
            return WhenUnknown;
        return (Types.Count == 0 || value.Types.All(Types.Contains))
            && (MinLength is not { } least || ((Always ? value.MinLength : value.MaxLength) ?? 0) >= least);
    }
}
