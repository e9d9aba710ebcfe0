using Afterburner.Functions;
using Afterburner.Languages.Python;
using Afterburner.Proposers;
using Afterburner.Tests.Sandboxes;
using Afterburner.Tests.Workloads;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Proposers;

public sealed class RecipeTests(BubblewrapFixture sandbox) : IClassFixture<BubblewrapFixture>
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Fixtures", "recipes");

    /// <summary>Their cases are tested by the harness itself, see <c>tests/JavaScript/harness/recipes.test.cjs</c>.</summary>
    private const string OfJavaScript = "js-";

    public static TheoryData<string> Ids => [.. Directory.GetDirectories(Folder).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<TheoryDataRow<string>> SomeIds => LongFormAttribute.Rows(Ids.Select(i => i.Data), shortForm: 3);

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_recipe_makes_the_text_of_its_fixtures_and_nothing_else(string id)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Folder, id), "before*.py").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal))
        {
            var before = await ReadAsync(id, file);
            var candidates = await ProposeAsync(before);

            var candidate = Assert.Single(candidates, c => c.Recipe == id);
            Assert.Equal(
                await ReadAsync(id, file.Replace("before", "after", StringComparison.Ordinal)),
                PythonSources.Replace(before, PythonSources.LastFunction(before), candidate.Source));
            Assert.NotEmpty(candidate.Title);
            Assert.NotEmpty(candidate.Rationale);
        }
    }

    [Theory]
    [MemberData(nameof(SomeIds))]
    public async Task A_recipe_does_not_fire_where_it_would_change_behaviour_or_gain_nothing(string id)
    {
        var files = Directory.GetFiles(Path.Combine(Folder, id), "not-*.py");
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var candidates = await ProposeAsync(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
            Assert.False(candidates.Any(c => c.Recipe!.Split('+').Contains(id)), file);
        }
    }

    [Fact]
    public void Every_recipe_has_a_fixture_and_every_fixture_a_recipe()
    {
        var recipes = RecipeCatalogue.BuiltIn().Recipes.Select(r => r.Id).Concat(FlowRecipes.Ids.Where(i => !i.StartsWith(OfJavaScript, StringComparison.Ordinal)));

        Assert.Equal(recipes.Order(StringComparer.Ordinal), Ids.Select(i => i.Data));
    }

    [Fact]
    public void Every_recipe_records_a_gain_at_one_size_at_least() =>
        Assert.All(RecipeCatalogue.BuiltIn().Recipes, r => Assert.True(Math.Max(r.Gain!.Small, r.Gain.Large) > 1, r.Id));

    [Fact]
    public void A_recipe_stands_in_the_folder_of_its_language()
    {
        var engine = Path.Combine(Repository.Root, "src", "Afterburner");
        Assert.All(RecipeCatalogue.BuiltIn().Recipes, r => Assert.True(
            File.Exists(Path.Combine(engine, r.Language.Folder, "recipes", $"{r.Id}.yml")), r.Id));
    }

    [Fact]
    public async Task All_that_fire_are_also_proposed_together()
    {
        var candidates = await ProposeAsync("""
            def report(rows, names):
                out = [row for row in rows]
                best = 0
                for row in out:
                    best = max(best, row)
                queue = list(rows)
                while queue:
                    best = max(best, queue.pop(0))
                return ", ".join(str(r) for r in out), best
            """);

        Assert.Equal(
            ["identity-comp", "join-genexp", "max-acc", "queue-deque", "identity-comp+join-genexp+max-acc+queue-deque"],
            candidates.Select(c => c.Recipe));
        Assert.Equal("""
            def report(rows, names):
                from collections import deque
                out = list(rows)
                best = 0
                for row in out:
                    best = row if row > best else best
                queue = deque(rows)
                while queue:
                    best = max(best, queue.popleft())
                return ", ".join([str(r) for r in out]), best
            """, candidates[^1].Source);
    }

    [Fact]
    public async Task Later_iterations_go_on_from_the_best_source_and_never_propose_twice()
    {
        const string File = """
            class Table:
                def cells(self, rows):
                    rows = [row for row in rows]
                    return ", ".join(str(r) for r in rows)
            """;
        var proposer = Proposer();
        var first = PythonSources.Request(File);
        var one = await proposer.ProposeAsync(first, TestContext.Current.CancellationToken);
        Assert.Equal(3, one.Count);

        var second = first with { Iteration = 2, Best = new MeasuredSource(one[0].Source, Passed: true) };
        var two = await proposer.ProposeAsync(second, TestContext.Current.CancellationToken);
        Assert.Empty(two); // what is left to do was proposed as the composition

        var fresh = await Proposer().ProposeAsync(second, TestContext.Current.CancellationToken);
        Assert.Equal(one[^1].Source, Assert.Single(fresh).Source);
        Assert.Equal("join-genexp", fresh[0].Recipe);
    }

    [Fact]
    public async Task Recipes_that_meet_in_one_line_are_put_together_there()
    {
        var candidates = await ProposeAsync("def f(rows, line):\n    return list(map(lambda r: r.name, [x for x in rows])), line.split(',')[0], ', '.join(r.name for r in rows)\n");

        Assert.Equal("def f(rows, line):\n    return list(map(lambda r: r.name, list(rows))), line.split(',', 1)[0], ', '.join([r.name for r in rows])", candidates[^1].Source);
        Assert.Equal("identity-comp+join-genexp+split-first", candidates[^1].Recipe);
    }

    [Fact]
    public async Task Of_two_that_would_change_the_same_text_the_second_follows_in_the_next_iteration()
    {
        var request = PythonSources.Request("def f(rows):\n    return ', '.join(r for r in [x for x in rows])\n");
        var proposer = Proposer();
        var first = await proposer.ProposeAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(["identity-comp", "join-genexp"], first.Select(c => c.Recipe));

        var best = new MeasuredSource(first[1].Source, Passed: true);
        var second = await proposer.ProposeAsync(request with { Iteration = 2, Best = best }, TestContext.Current.CancellationToken);

        Assert.Equal(["def f(rows):\n    return ', '.join(list([x for x in rows]))"], second.Select(c => c.Source));
    }

    [Fact]
    public async Task However_many_fire_the_number_of_candidates_is_bounded_and_the_composition_is_among_them()
    {
        var recipes = Enumerable.Range(10, 30).Select(i => RecipeCatalogue.Parse(
            $"id: r{i}\nlanguage: Python\nmetadata: {{title: t, why: w, unsafe-when: u}}\nrule: {{pattern: slow{i}()}}\nfix: fast{i}()\n", "r.yml"));
        var file = "def f():\n" + string.Concat(Enumerable.Range(10, 30).Select(i => $"    slow{i}()\n"));
        var proposer = new RecipeProposer(AstGrep.Find(sandbox.Sandbox), Harness(), new RecipeCatalogue(recipes));

        var candidates = await proposer.ProposeAsync(PythonSources.Request(file), TestContext.Current.CancellationToken);

        Assert.Equal(RecipeProposer.Most, candidates.Count);
        Assert.Equal(30, candidates[^1].Recipe!.Split('+').Length);
    }

    [Fact]
    public async Task Recipes_leave_the_rest_of_the_file_alone_and_keep_its_line_ends()
    {
        const string Observed = "# observed: {\"seen\": {\"types\": [\"list\"], \"minLength\": 0, \"maxLength\": 90, \"elementsHashable\": true}}\r\n";
        const string File = Observed + "def other(line):\r\n    return line.split(',')[0]\r\n\r\ndef words(names):\r\n    seen = []\r\n    for n in names:\r\n        if n not in seen:\r\n            seen.append(n)\r\n    return seen\r\n";
        var candidate = Assert.Single(await ProposeAsync(File));

        Assert.Equal("seen-set", candidate.Recipe);
        Assert.DoesNotContain('\n', candidate.Source.Replace("\r\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failed_candidate_is_not_repaired_by_recipes()
    {
        var request = PythonSources.Request("def f(a):\n    return [x for x in a]\n");
        var repair = request with { Repair = new FailedCandidate("def f(a):\n    return a", "differs", "") };

        Assert.Empty(await Proposer().ProposeAsync(repair, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_recipe_without_its_reasons_is_refused_with_the_missing_key()
    {
        var error = Assert.Throws<UsageException>(() => RecipeCatalogue.Parse(
            "id: x\nlanguage: Python\nrule: {pattern: a}\nfix: b\nmetadata: {title: t, why: w}\n", "x.yml"));
        Assert.Contains("unsafe-when", error.Message, StringComparison.Ordinal);
    }

    private static Task<string> ReadAsync(string id, string file) => File.ReadAllTextAsync(Path.Combine(Folder, id, file), TestContext.Current.CancellationToken);

    private Task<IReadOnlyList<Candidate>> ProposeAsync(string file) =>
        Proposer().ProposeAsync(PythonSources.Request(file), TestContext.Current.CancellationToken);

    private RecipeProposer Proposer() => new(AstGrep.Find(sandbox.Sandbox), Harness(), RecipeCatalogue.BuiltIn());

    private Harness Harness() =>
        new(sandbox.Sandbox, SystemPython.Program(sandbox.Sandbox, TestRunner.Pytest));
}
