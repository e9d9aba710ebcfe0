using Afterburner.Functions;

namespace Afterburner.Proposers;

/// <summary>An ast-grep rule without a fix: it names what is often slow, for a model to think about.</summary>
/// <param name="Title">What is slow and what often helps, in one sentence.</param>
/// <param name="Rule">The whole YAML text, as ast-grep takes it.</param>
internal sealed record Detector(string Id, Language Language, string Title, string Rule)
{
    /// <value>What must have been observed of the pattern's variables. Defaults to none.</value>
    public IReadOnlyList<RecipeGuard> Guards { get; init; } = [];
}

/// <summary>A place that a detector found in a function. Never a suggestion by itself.</summary>
/// <param name="Detector">Id of the detector.</param>
/// <param name="Line">1-based within the function's source.</param>
/// <param name="Title">See <see cref="Proposers.Detector"/>.</param>
public sealed record Hint(string Detector, int Line, string Title);
