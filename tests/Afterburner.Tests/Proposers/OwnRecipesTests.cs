using Afterburner.Changes;
using Afterburner.Functions;
using Afterburner.Languages.Python;
using Afterburner.Proposers;
using Afterburner.Tests.Changes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Tests.Workloads;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Proposers;

/// <summary>Recipes that a repository keeps for itself.</summary>
public sealed class OwnRecipesTests(BubblewrapFixture sandbox) : IClassFixture<BubblewrapFixture>
{
    private const string Good = """
        id: total-first
        language: Python
        metadata:
          title: Ask the table for its total
          why: The table keeps its total.
          unsafe-when: the table is a plain dict
        rule: {pattern: sum($T.values())}
        fix: $T.total()
        """;

    [Fact]
    public async Task A_repository_without_recipes_has_none()
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync();

        Assert.Empty(await ReadAsync(repository));
    }

    [Fact]
    public async Task Recipes_come_from_the_default_branch_and_never_from_the_branch_under_review()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write($"{OwnRecipes.Folder}/total.yml", Good);
        await repository.CommitAsync();
        await repository.GitAsync("checkout", "--quiet", "-b", "hostile");
        repository.Write($"{OwnRecipes.Folder}/total.yml", Good.Replace("$T.total()", "$T.everything()", StringComparison.Ordinal));
        repository.Write($"{OwnRecipes.Folder}/more.yml", Good.Replace("total-first", "more", StringComparison.Ordinal));
        repository.Write(".github/afterburner.yml", "base: hostile\n");
        await repository.CommitAsync("hostile");

        var recipe = Assert.Single(await ReadAsync(repository));

        Assert.Equal("$T.total()", recipe.Fix);
        Assert.True(recipe.IsOwn);
    }

    [Fact]
    public async Task The_base_that_whoever_starts_the_review_names_comes_before_the_default_branch()
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync();
        await repository.GitAsync("checkout", "--quiet", "-b", "next");
        repository.Write($"{OwnRecipes.Folder}/total.yml", Good);
        await repository.CommitAsync();

        Assert.Empty(await ReadAsync(repository));
        Assert.Single(await ReadAsync(repository, "next"));
    }

    [Fact]
    public async Task A_repository_whose_default_branch_is_not_known_has_none()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write($"{OwnRecipes.Folder}/total.yml", Good);
        await repository.CommitAsync();
        await repository.GitAsync("branch", "--move", "main", "work");

        Assert.Empty(await ReadAsync(repository));
    }

    [Fact]
    public async Task A_link_in_place_of_a_recipe_is_not_followed()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("elsewhere.yml", Good);
        Directory.CreateDirectory(Path.Combine(repository.Path, OwnRecipes.Folder));
        File.CreateSymbolicLink(Path.Combine(repository.Path, OwnRecipes.Folder, "link.yml"), "../../../elsewhere.yml");
        await repository.CommitAsync();

        Assert.Empty(await ReadAsync(repository));
    }

    [Theory]
    [InlineData("fix: $T.total()", "", "'fix' is missing")]
    [InlineData("  why: The table keeps its total.\n", "", "'metadata: why' is missing")]
    [InlineData("  unsafe-when:", "  unsafe-wen:", "did you mean 'unsafe-when'")]
    [InlineData("rule:", "files: ['**']\nrule:", "unknown key 'files'")]
    [InlineData("rule: {pattern: sum($T.values())}", "rule: {patern: a}", "unknown field")]
    [InlineData("rule: {pattern: sum($T.values())}", "rule: {regex: '('}", "recipes/total.yml")]
    [InlineData("language: Python", "language: JavaScript", "only on Python")]
    [LongData("language: Python", "language: Pyton", "one of")]
    [LongData("id: total-first", "id: Total First", "small letters")]
    [LongData("id: total-first", "id: member-set", "Two recipes have the id 'member-set'")]
    [LongData("id: total-first", "id: any-eq", "Two recipes have the id 'any-eq'")]
    [LongData("fix: $T.total()", "fix: 'if $T: pass'", "one expression")]
    [LongData("fix: $T.total()", "fix: $T.total(); import os", "one expression")]
    [LongData("fix: $T.total()", "fix: $T, $T", "one expression")]
    [LongData("fix: $T.total()", "fix: '$T.total() # quick'", "one expression")]
    [LongData("fix: $T.total()", "fix: {template: a, expandEnd: {regex: b}}", "must be a text")]
    [LongData("  why:", "  imports: ['import os']\n  why:", "from itertools import chain")]
    [LongData("  why:", "  guards: [{variable: T, unknown: maybe}]\n  why:", "one of skip, fire")]
    [LongData("rule:", "utils: &a {x: {pattern: b}}\nrule:", "anchors")]
    [LongData("fix: $T.total()", "fix: $T.total()\n---\nid: second", "a second document")]
    public async Task What_is_no_recipe_is_refused_with_file_and_reason(string old, string now, string expected)
    {
        using var repository = await TestRepository.CreateAsync();
        Assert.Contains(old, Good, StringComparison.Ordinal);
        repository.Write($"{OwnRecipes.Folder}/total.yml", Good.Replace(old, now, StringComparison.Ordinal));
        await repository.CommitAsync();

        var error = await Assert.ThrowsAsync<UsageException>(() => ReadAsync(repository));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        if (!expected.StartsWith("Two", StringComparison.Ordinal))
            Assert.Contains($"{OwnRecipes.Folder}/total.yml", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_or_too_large_recipes_are_refused()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write($"{OwnRecipes.Folder}/total.yml", Good + "\n# " + new string('x', 20_000));
        await repository.CommitAsync();
        Assert.Contains("larger than 16 KiB", (await Assert.ThrowsAsync<UsageException>(() => ReadAsync(repository))).Message, StringComparison.Ordinal);

        repository.Delete($"{OwnRecipes.Folder}/total.yml");
        for (var i = 0; i <= OwnRecipes.Most; i++)
            repository.Write($"{OwnRecipes.Folder}/r{i}.yml", "id: x");
        await repository.CommitAsync();
        Assert.Contains($"at most {OwnRecipes.Most}", (await Assert.ThrowsAsync<UsageException>(() => ReadAsync(repository))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_own_recipe_is_proposed_under_its_own_id_and_composes_with_the_others()
    {
        var candidates = await ProposeAsync(Good, "def total(table, names):\n    kept = [n for n in names]\n    return sum(table.values()), kept\n");

        Assert.Equal(["identity-comp", "total-first", "identity-comp+total-first"], candidates.Select(c => c.Recipe));
        Assert.Equal("def total(table, names):\n    kept = list(names)\n    return table.total(), kept", candidates[^1].Source);
        Assert.All(candidates, c => Assert.Equal("recipes", c.Proposer));
    }

    [Fact]
    public async Task A_recipe_that_doubles_its_text_without_end_is_stopped_by_the_limits()
    {
        var doubling = string.Join('\n', Enumerable.Range(1, 40).Select(i =>
            $"  A{i}: {{replace: {{source: ${(i == 1 ? "T" : $"A{i - 1}")}, replace: '(?s)^(?P<ALL>.*)$', by: '$ALL$ALL'}}}}"));
        var error = await Assert.ThrowsAsync<UsageException>(() => ProposeAsync(
            Good.Replace("$T.total()", "$A40", StringComparison.Ordinal) + $"\ntransform:\n{doubling}\n",
            "def total(table):\n    return sum(table.values())\n"));

        Assert.Contains("over their limits", error.Message, StringComparison.Ordinal);
    }

    private Task<IReadOnlyList<Recipe>> ReadAsync(TestRepository repository, string? baseRef = null) => ReadAsync(repository.Path, baseRef);

    private async Task<IReadOnlyList<Recipe>> ReadAsync(string path, string? baseRef) => await OwnRecipes.ReadAsync(
        await GitRepository.OpenAsync(path, TestContext.Current.CancellationToken), baseRef, AstGrep.Find(sandbox.Sandbox),
        TestContext.Current.CancellationToken);

    private async Task<IReadOnlyList<Candidate>> ProposeAsync(string recipe, string file)
    {
        var own = RecipeCatalogue.Parse(recipe, "own.yml") with { IsOwn = true };
        var harness = new Harness(sandbox.Sandbox, SystemPython.Program(sandbox.Sandbox, TestRunner.Pytest));
        return await new RecipeProposer(AstGrep.Find(sandbox.Sandbox), harness, RecipeCatalogue.BuiltIn().With([own]))
            .ProposeAsync(PythonSources.Request(file), TestContext.Current.CancellationToken);
    }
}
