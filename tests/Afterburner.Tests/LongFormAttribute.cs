using System.Reflection;
using Xunit;
using Xunit.Sdk;
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

    /// <summary>Rows of a theory, of which one in <paramref name="shortForm"/> is in the short form.</summary>
    public static IReadOnlyList<TheoryDataRow<string>> Rows(IEnumerable<string> values, int shortForm) =>
        [.. values.Select((value, place) => place % shortForm == 0 ? new TheoryDataRow<string>(value) : new TheoryDataRow<string>(value).WithTrait(Trait, OfTrait))];

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new(Trait, OfTrait)];
}

/// <summary>A row of a theory that shows at length what the rows beside it show of the same kind, see <see cref="LongFormAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class LongDataAttribute(params object?[]? data) : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([new TheoryDataRow(data ?? [null]).WithTrait(LongFormAttribute.Trait, LongFormAttribute.OfTrait)]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
