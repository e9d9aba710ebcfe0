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
    /// <value>Names that must be the builtins in the function and its file. Defaults to none.</value>
    public IReadOnlyList<string> Builtins { get; init; } = [];

    /// <value>Import statements that the fix needs; left out where the file has them. Defaults to none.</value>
    public IReadOnlyList<string> Imports { get; init; } = [];

    /// <value>What must have been observed of the pattern's variables. Defaults to none.</value>
    public IReadOnlyList<RecipeGuard> Guards { get; init; } = [];

    /// <summary>Whether every guard lets a match pass.</summary>
    public bool Allows(AstGrepMatch match, IReadOnlyDictionary<string, ObservedValue> observed) =>
        Guards.All(g => !match.Variables.TryGetValue(g.Variable, out var node) || g.Allows(node.Text, observed));
}

/// <summary>A condition on what a pattern's variable held while the tests ran. It concerns plain names: other expressions are never observed and pass.</summary>
/// <param name="Variable">The pattern's variable, without the dollar sign.</param>
/// <param name="Types">Types that are allowed; empty for any.</param>
/// <param name="MinLength">Shortest length that is allowed, or null.</param>
/// <param name="WhenUnknown">Whether a name that was never observed passes.</param>
public sealed record RecipeGuard(string Variable, IReadOnlyList<string> Types, int? MinLength, bool WhenUnknown)
{
    public bool Allows(string expression, IReadOnlyDictionary<string, ObservedValue> observed)
    {
        if (!expression.All(c => char.IsLetterOrDigit(c) || c == '_'))
            return true;
        if (!observed.TryGetValue(expression, out var value))
            return WhenUnknown;
        return (Types.Count == 0 || value.Types.All(Types.Contains))
            && (MinLength is not { } shortest || (value.MinLength ?? 0) >= shortest);
    }
}
