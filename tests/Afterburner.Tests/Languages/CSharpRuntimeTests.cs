using Afterburner.Functions;
using Afterburner.Settings;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>C# gets right what tests alone can tell.</summary>
public sealed class CSharpRuntimeTests(CSharpRuntimeTests.Repository fixture) : RuntimeSuite(fixture), IClassFixture<CSharpRuntimeTests.Repository>
{
    public static IReadOnlyList<TheoryDataRow<string>> All => NamesFor(Abilities.Check);

    protected override Abilities Promised => Abilities.Check;

    [Theory]
    [MemberData(nameof(All))]
    public Task A_candidate_that(string does) => EndsRightlyAsync(does);

    public sealed class Repository : RuntimeFixture
    {
        protected override Language Language => Language.Find("csharp")!;

        protected override Configuration Configuration => Configuration.Default with
        {
            Tests = new TestConfiguration { Timeout = TimeSpan.FromSeconds(40) },
            Languages = new Dictionary<string, RuntimeSettings> { ["csharp"] = new() { Benchmark = "true" } },
        };

        protected override IReadOnlyDictionary<string, string> Common => CSharpCases.Projects;

        internal override IReadOnlyDictionary<string, CaseSources> Sources => CSharpCases.All;
    }
}
