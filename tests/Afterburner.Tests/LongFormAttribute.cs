using Xunit.v3;

namespace Afterburner.Tests;

/// <summary>
/// A test that shows at length what shorter ones show of the same kind: another whole review or gate, or the rest of a matrix of inputs.
/// <c>./test</c> leaves it out, <c>AFTERBURNER_TESTS=all ./test</c> runs it too, and CI does once a week.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class LongFormAttribute : Attribute, ITraitAttribute
{
    /// <summary>Name and value of the trait, for single rows of a theory.</summary>
    public const string Trait = "form", OfTrait = "long";

    /// <summary>Whether longer forms are asked for.</summary>
    public static bool AreAsked { get; } = Environment.GetEnvironmentVariable("AFTERBURNER_TESTS") == "all";

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new(Trait, OfTrait)];
}
