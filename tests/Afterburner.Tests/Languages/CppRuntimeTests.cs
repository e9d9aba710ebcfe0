using Afterburner.Functions;
using Afterburner.Settings;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>A language that is run by the repository's own commands gets right what tests alone can tell.</summary>
public sealed class CppRuntimeTests(CppRuntimeTests.Repository fixture) : RuntimeSuite(fixture), IClassFixture<CppRuntimeTests.Repository>
{
    public static IReadOnlyList<TheoryDataRow<string>> All => NamesFor(Abilities.None);

    protected override Abilities Promised => Abilities.None;

    [Theory]
    [MemberData(nameof(All))]
    public Task A_candidate_that(string does) => EndsRightlyAsync(does);

    public sealed class Repository : RuntimeFixture
    {
        protected override Language Language => Language.Find("cpp")!;

        protected override Configuration Configuration => Configuration.Default with
        {
            Tests = new TestConfiguration { Timeout = TimeSpan.FromSeconds(30) },
            Languages = new Dictionary<string, RuntimeSettings>
            {
                ["cpp"] = new() { Tests = "sh run.sh", JUnit = "junit.xml", Benchmark = "true" },
            },
        };

        protected override IReadOnlyDictionary<string, string> Common => new Dictionary<string, string> { ["run.sh"] = CppCases.Script };

        internal override IReadOnlyDictionary<string, CaseSources> Sources => CppCases.All;
    }
}
