using System.Text.Json.Nodes;
using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Tests.Cli;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Recipes in whole reviews: what the tests of a repository pass in decides, and gains stack.</summary>
[LongForm]
public sealed class RecipeReviewTests(RecipeReviewTests.Reviewed reviewed) : IClassFixture<RecipeReviewTests.Reviewed>
{
    /// <summary>All refuse larger calls than those of the tests: making and measuring them takes most of a review's time.</summary>
    private const string Code = """
        def unique_allowed(names, banned):
            assert len(names) + len(banned) < 4_000
            seen = []
            for name in names:
                if name not in seen:
                    seen.append(name)
            out = []
            for name in seen:
                if name not in banned:
                    out.append(name)
            return out


        def unhashable(rows, wanted):
            assert len(rows) + len(wanted) < 600
            count = 0
            for row in wanted:
                if row in rows:
                    count += 1
            return count


        def short(words, wanted):
            assert len(words) < 5 and len(wanted) < 10_000
            count = 0
            for word in wanted:
                if word in words:
                    count += 1
            return count


        def in_text(text, wanted):
            assert len(text) + len(wanted) < 10_000
            count = 0
            for word in wanted:
                if word in text:
                    count += 1
            return count


        def in_table(table, wanted):
            assert len(table) < 90 and len(wanted) < 20_000
            count = 0
            for word in wanted:
                if word in table:
                    count += 1
            return count


        class Graph:
            def __init__(self, names):
                self.names = list(names)

            def __contains__(self, name):
                return name in self.names


        def in_graph(graph, wanted):
            assert len(wanted) < 6_000
            count = 0
            for name in wanted:
                if name in graph:
                    count += 1
            return count
        """;

    private const string Tests = """
        from code_under_review import *


        def test_unique_allowed():
            names = [f"n{i % 1000}" for i in range(2000)]
            assert len(unique_allowed(names, [f"n{i}" for i in range(0, 2000, 2)])) == 500


        def test_unhashable():
            rows = [[i, i + 1] for i in range(200)]
            assert unhashable(rows, [[i, i + 1] for i in range(100, 300)]) == 100


        def test_short():
            assert short(["a", "b", "c"], ["x", "a", "b"] * 3000) == 6000


        def test_in_text():
            assert in_text("abc " * 1000, ["abc", "xyz"] * 1500) == 1500


        def test_in_table():
            assert in_table({str(i): i for i in range(50)}, ["1", "x"] * 9000) == 9000


        def test_in_graph():
            assert in_graph(Graph(str(i) for i in range(50)), ["1", "x"] * 2_000) == 2_000
        """;

    [Fact]
    public void Two_independent_slow_idioms_end_in_one_suggestion_with_both_rewrites()
    {
        var function = Function("unique_allowed");
        Assert.True(function.Status == FunctionStatus.Improved, ReviewFixture.Why(function));
        var best = function.Candidates.Last(c => c.Verdict == VerdictKind.Improved && c.Ratio == function.Suggestion!.Speedup);

        Assert.Equal("member-set+seen-set", best.Recipe);
        Assert.Contains("+            seen_set.add(name)", best.Diff, StringComparison.Ordinal);
        Assert.Contains("banned_set = set(banned)", best.Diff, StringComparison.Ordinal);
        Assert.Contains(function.Candidates, c => c.Recipe == "seen-set");
        Assert.Contains(function.Candidates, c => c.Recipe == "member-set");
    }

    [Theory]
    [InlineData("unhashable")]
    [InlineData("short")]
    [InlineData("in_text")]
    [InlineData("in_table")]
    [InlineData("in_graph")]
    public void Types_lengths_and_elements_that_were_observed_keep_a_recipe_from_firing(string name)
    {
        // Not skipped: the recipes were asked, and had nothing to propose.
        Assert.Equal(FunctionStatus.NoImprovement, Function(name).Status);
        Assert.Equal("nothing was proposed", Function(name).Reason);
    }

    [Fact]
    public async Task A_repository_brings_its_own_recipe_and_the_change_under_review_cannot_replace_it()
    {
        const string Recipe = """
            id: triangle
            language: Python
            metadata:
              title: Add up the numbers by formula
              why: The sum of the first numbers has a closed form.
              unsafe-when: the number is no int
              guards:
                - {variable: N, types: [int]}
            rule: {pattern: sum(range($N))}
            fix: max(0, $N) * ($N - 1) // 2
            """;
        const string Evil = "max(0, $N) * ($N - 1) // 2 + __import__('os').getpid() * 0";
        using var repository = await TestRepository.CreateAsync();
        repository.Write($"{OwnRecipes.Folder}/triangle.yml", Recipe);
        repository.Write("test_code.py", "from code_under_review import weight\n\n\ndef test_weight():\n    assert weight(800_000) == 319999600001\n");
        repository.Write("code_under_review.py", "def weight(n):\n    assert n < 1_000_000  # no larger calls are made and measured\n    return sum(i for i in range(n)) + 1\n");
        await repository.CommitAsync("base");
        await repository.GitAsync("checkout", "--quiet", "-b", "hostile");
        repository.Write($"{OwnRecipes.Folder}/triangle.yml", Recipe.Replace("max(0, $N) * ($N - 1) // 2", Evil, StringComparison.Ordinal));
        repository.Write($"{OwnRecipes.Folder}/other.yml", Recipe.Replace("id: triangle", "id: intruder", StringComparison.Ordinal));
        repository.Write(".github/afterburner.yml", "base: hostile\n");
        repository.Write("code_under_review.py", "def weight(n):\n    assert n < 1_000_000\n    return sum(range(n)) + 1\n");
        await repository.CommitAsync("change");

        var run = await BadInputTests.AfterburnerAsync(
            new Dictionary<string, string>(), "review", "--repo", repository.Path, "--base", "main", "--head", "hostile", "--json");

        Assert.True(run.ExitCode == 0, run.Text + run.ErrorText);
        var candidate = Assert.Single(JsonNode.Parse(run.Text)!["functions"]![0]!["candidates"]!.AsArray())!;
        Assert.Equal("recipes", (string?)candidate["proposer"]);
        Assert.Equal("triangle", (string?)candidate["recipe"]);
        Assert.Contains("+    return (max(0, n) * (n - 1) // 2) + 1", (string?)candidate["diff"], StringComparison.Ordinal);
    }

    private FunctionReport Function(string name) => Assert.Single(reviewed.Report.Functions, f => f.Name == name);

    public sealed class Reviewed : IAsyncLifetime
    {
        private readonly ReviewFixture _fixture = new();

        public Report Report { get; private set; } = null!;

        public string Folder { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            await _fixture.InitializeAsync();
            Folder = _fixture.NewFolder("run");
            using var repository = await TestRepository.CreateAsync();
            await repository.CommitAsync("empty");
            repository.Write("code_under_review.py", Code + "\n");
            repository.Write("test_code.py", Tests + "\n");
            await repository.CommitAsync("code");
            Report = await _fixture.ReviewAsync(
                repository.Path, Folder, harness => new RecipeProposer(AstGrep.Find(harness.Sandbox), harness, RecipeCatalogue.BuiltIn()));
        }

        public ValueTask DisposeAsync() => _fixture.DisposeAsync();
    }
}
