using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>
/// What a runtime must get right before it may be said that its language is measured to full depth. The derived classes say which language;
/// how each case reads there is told by their fixture. A runtime answers for the cases that its abilities allow, and for all of those.
/// </summary>
public abstract class RuntimeSuite(RuntimeFixture fixture)
{
    internal static IReadOnlyList<RuntimeCase> Cases => RuntimeCases.All;

    /// <summary>Names of the cases for a language that can do this much.</summary>
    protected static IReadOnlyList<TheoryDataRow<string>> NamesFor(Abilities abilities) =>
        LongFormAttribute.Rows(Cases.Where(c => c.IsFor(abilities)).Select(c => c.Name), shortForm: 6);

    /// <summary>The abilities that the rows of the derived class were chosen by.</summary>
    protected abstract Abilities Promised { get; }

    [Fact]
    public void The_harness_can_do_what_its_language_promises() => Assert.Equal(Promised, fixture.Abilities);

    [Fact]
    public void No_case_that_the_abilities_allow_is_missing_and_none_is_there_that_nobody_knows()
    {
        Assert.Equal(Cases.Count, Cases.Select(c => c.Name).Distinct().Count());
        Assert.Empty(Cases.Where(c => c.IsFor(Promised)).Select(c => c.Name).Except(fixture.Sources.Keys));
        Assert.Empty(fixture.Sources.Keys.Except(Cases.Select(c => c.Name)));
    }

    protected async Task EndsRightlyAsync(string name)
    {
        var right = fixture.Sources[name].Right ?? Cases.Single(c => c.Name == name).RightFor(Promised);

        var ending = await fixture.EndingAsync(name, TestContext.Current.CancellationToken);

        Assert.True(ending.Kind == right.Kind, $"{name}: {ending.Kind}, not {right.Kind}: {ending.Word}");
        Assert.Contains(right.Word, ending.Word, StringComparison.Ordinal);
    }
}
