using Afterburner.Functions;
using Afterburner.Languages.Python;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Languages;

public sealed class PythonRuntimeTests(PythonRuntimeTests.Repository fixture) : RuntimeSuite(fixture), IClassFixture<PythonRuntimeTests.Repository>
{
    public static IReadOnlyList<TheoryDataRow<string>> All => NamesFor(Abilities.All);

    protected override Abilities Promised => Abilities.All;

    [Theory]
    [MemberData(nameof(All))]
    public Task A_candidate_that(string does) => EndsRightlyAsync(does);

    public sealed class Repository : RuntimeFixture
    {
        protected override Language Language => PythonLanguage.Python;

        protected override IReadOnlyDictionary<string, string> Common => new Dictionary<string, string> { ["consts.py"] = "LIMITS = {'most': 3, 'least': 1}\n" };

        internal override IReadOnlyDictionary<string, CaseSources> Sources => PythonCases.All;
    }
}
