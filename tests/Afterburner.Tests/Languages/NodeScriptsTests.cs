using Afterburner.Languages.JavaScript;
using Xunit;

namespace Afterburner.Tests.Languages;

public sealed class NodeScriptsTests
{
    [Theory]
    [InlineData("node --test", "node", "", "")]
    [InlineData("node --import tsx --test 'test/*.test.ts'", "node", "--import tsx", "'test/*.test.ts'")]
    [InlineData("tsx --test src/", "node", "--import tsx", "src/")]
    [InlineData("c8 -r html node --test --test-reporter spec a.js", "node", "", "a.js")]
    [InlineData("npx vitest run --coverage --config v.ts src", "vitest", "--config v.ts", "src")]
    [InlineData("vitest", "vitest", "", "")]
    [InlineData("eslint . && vitest --reporter=verbose --run", "vitest", "", "")]
    [InlineData("cross-env NODE_ENV=test jest --ci --runInBand -c jest.json lib", "jest", "-c jest.json", "lib")]
    [InlineData("nyc --reporter=lcov mocha -r ts-node/register -R dot test/**/*.ts --exit", "mocha", "-r ts-node/register --exit", "test/**/*.ts")]
    [InlineData("node node_modules/mocha/bin/_mocha", "mocha", "", "")]
    public void How_tests_are_run_is_read_off_a_script(string script, string runner, string flags, string patterns)
    {
        var tests = Of(("test", script))!;

        Assert.Equal((runner, flags, patterns), (tests.Runner, tests.Flags, tests.Patterns));
        Assert.Empty(tests.Before);
    }

    [Theory]
    [InlineData("node --test-only")]
    [InlineData("node server.js --test")]
    [InlineData("ava")]
    [InlineData("echo mocha")]
    [InlineData("xo && ava", "mocha")]
    public void A_runner_that_is_not_known_is_not_taken_for_another(string script, params string[] installed) =>
        Assert.Null(NodeScripts.Tests(new Dictionary<string, string> { ["test"] = script }, installed.ToHashSet()));

    [Fact]
    public void Commands_that_make_what_is_tested_come_first_and_those_that_only_look_are_left_out()
    {
        var tests = Of(("test", "npm run lint && npm run build && npm run unit"), ("lint", "eslint ."), ("prebuild", "rimraf dist"), ("build", "tsc -p . && node copy.js"), ("unit", "mocha dist"))!;

        Assert.Equal("mocha", tests.Runner);
        Assert.Equal(["rimraf dist", "tsc -p .", "node copy.js"], tests.Before);
        Assert.Empty(Of(("pretest", "tsc --noEmit"), ("test", "node --test"))!.Before);
        Assert.Equal(["tsc"], Of(("pretest", "tsc"), ("test", "node --test dist"))!.Before);
    }

    [Fact]
    public void Scripts_that_call_each_other_come_to_an_end() => Assert.Null(Of(("test", "npm run a"), ("a", "npm run test")));

    [Fact]
    public void Options_and_variables_are_told_apart_from_words()
    {
        var tests = Of(("test", "NODE_OPTIONS='--experimental-vm-modules --no-warnings' TZ=UTC PATH=/evil jest"))!;

        Assert.Equal("--experimental-vm-modules --no-warnings", tests.Options);
        Assert.Equal(new Dictionary<string, string> { ["TZ"] = "UTC" }, tests.Variables);
    }

    [Fact]
    public void Without_a_script_the_runner_that_is_installed_counts() =>
        Assert.Equal("vitest", NodeScripts.Tests(new Dictionary<string, string>(), new HashSet<string> { "mocha", "vitest" })!.Runner);

    private static NodeTests? Of(params (string Name, string Script)[] scripts) => NodeScripts.Tests(scripts.ToDictionary(s => s.Name, s => s.Script), new HashSet<string>());
}
