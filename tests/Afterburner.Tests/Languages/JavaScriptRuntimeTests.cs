using Afterburner.Functions;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Languages;

public sealed class JavaScriptRuntimeTests(JavaScriptRuntimeTests.Repository fixture) : RuntimeSuite(fixture), IClassFixture<JavaScriptRuntimeTests.Repository>
{
    private const Abilities Told = Abilities.Replay | Abilities.Check | Abilities.Amplify | Abilities.Rewrite;

    public static IReadOnlyList<TheoryDataRow<string>> All => NamesFor(Told);

    protected override Abilities Promised => Told;

    [Theory]
    [MemberData(nameof(All))]
    public Task A_candidate_that(string does) => EndsRightlyAsync(does);

    public sealed class Repository : RuntimeFixture
    {
        protected override Language Language => Language.Find("javascript")!;

        protected override IReadOnlyDictionary<string, string> Common => new Dictionary<string, string>
        {
            ["package.json"] = """{ "type": "module", "scripts": { "test": "node --test" } }""",
            ["consts.js"] = "export const LIMITS = { most: 3, least: 1 };\n",
        };

        internal override IReadOnlyDictionary<string, CaseSources> Sources => JavaScriptCases.All;
    }
}
