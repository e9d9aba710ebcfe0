using Afterburner.Functions;
using Afterburner.Gates;
using Afterburner.Languages.JavaScript;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>A whole review, and a whole gate, of a small repository in JavaScript.</summary>
public sealed class JavaScriptReviewTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    private const string Slow = "src/lists.js";

    private static readonly string Sources = Path.Combine(Repository.Root, "tests", "Fixtures", "repositories", "javascript");

    [Fact]
    public async Task A_slow_function_gets_a_proven_suggestion_and_a_wrong_candidate_is_refused_with_the_call_that_shows_it()
    {
        var report = await ReviewAsync("distinct", "initials");

        var improved = Assert.Single(report.Functions, f => f.Name == "distinct");
        Assert.True(improved.Status == FunctionStatus.Improved, ReviewFixture.Why(improved));
        Assert.True(improved.Suggestion!.Low > 1);
        var wrong = Assert.Single(Assert.Single(report.Functions, f => f.Name == "initials").Candidates);
        Assert.Equal(VerdictKind.Rejected, wrong.Verdict);
        Assert.Contains("GLKU", wrong.Reason, StringComparison.Ordinal);
        Assert.Contains("Node.js", report.Environment["javascript"], StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task An_equal_candidate_that_does_more_is_not_suggested()
    {
        var function = Assert.Single((await ReviewAsync("byAuthor")).Functions, f => f.Name == "Shelf.byAuthor");

        Assert.True(function.Status == FunctionStatus.NoImprovement, ReviewFixture.Why(function));
        Assert.NotEqual(VerdictKind.Rejected, Assert.Single(function.Candidates).Verdict);
    }

    [LongForm]
    [Fact]
    public async Task A_change_back_to_the_slow_function_is_caught_by_the_gate()
    {
        using var repository = await RepositoryAsync();
        var slow = await File.ReadAllTextAsync(Path.Combine(Sources, Slow), TestContext.Current.CancellationToken);
        var from = slow.IndexOf("  const kept", StringComparison.Ordinal);
        repository.Write(Slow, string.Concat(slow.AsSpan(0, from), "  return [...new Set(titles)];\n", slow.AsSpan(slow.IndexOf("}\n\nexport class", StringComparison.Ordinal))));
        await repository.CommitAsync("fast");
        repository.Write(Slow, slow);
        await repository.CommitAsync("slow again");

        var report = await new Gate(fixture.Sandbox, _ => { }, TimeProvider.System).RunAsync(
            new GateRequest(repository.Path, fixture.NewFolder("gate"), Configuration.Default) { Base = "HEAD~1" }, TestContext.Current.CancellationToken);

        var function = Assert.Single(report.Functions);
        Assert.True(function.Status == GateStatus.Slower, $"{function.Status}: {function.Reason}");
    }

    [Theory]
    [InlineData("""{ "scripts": { "test": "ava" } }""")]
    [InlineData("""{ "scripts": { "test": "node --test-only" } }""")]
    [InlineData("""{ "scripts": { "test": ["node", "--test"] } }""")]
    [InlineData("""{ "scripts": [] }""")]
    [InlineData("""{ }""")]
    [InlineData("node --test")]
    [InlineData(null)]
    public async Task Where_another_runner_has_the_tests_functions_are_skipped_and_it_is_said_why(string? package)
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("empty");
        repository.Write("lib.js", "exports.f = function (xs) {\n  return xs.length;\n};\n");
        if (package is not null)
            repository.Write("package.json", package);
        await repository.CommitAsync("code");

        var report = await fixture.ReviewAsync(repository.Path, fixture.NewFolder("run"));

        var function = Assert.Single(report.Functions);
        Assert.Equal(FunctionStatus.Skipped, function.Status);
        Assert.Contains("node --test", function.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "node --test", "", "jest")]
    [InlineData("", "node --test", "src", "node --test nowhere")]
    [InlineData("packages/a", "node --test", "packages/a/src", "node --test nowhere")]
    public void A_change_does_not_say_itself_how_it_is_tested(string before, string was, string after, string becomes)
    {
        var tree = Directory.CreateDirectory(Path.Combine(fixture.NewFolder("trees"), "head")).FullName;
        Write(Workspace.DeclaredBeside(tree), before, was);
        Write(tree, before, after == before ? becomes : was);
        Write(tree, after, becomes);
        var runtime = new JavaScriptRuntime(Language.Find("javascript")!);

        var path = Path.Combine(before, "src", "lists.js");
        Assert.Equal(before, runtime.ProjectOf(tree, path, []));
        Assert.Null(runtime.WhyNot(Configuration.Default.ToRuntimeSettings(Language.Find("javascript")!), tree, path, []));

        static void Write(string root, string folder, string script)
        {
            Directory.CreateDirectory(Path.Combine(root, folder));
            File.WriteAllText(Path.Combine(root, folder, "package.json"), $$$"""{ "scripts": { "test": "{{{script}}}" } }""");
        }
    }

    [Fact]
    public void Where_there_were_no_tests_before_those_of_the_change_count()
    {
        var tree = Directory.CreateDirectory(Path.Combine(fixture.NewFolder("trees"), "head")).FullName;
        Directory.CreateDirectory(Workspace.DeclaredBeside(tree));
        Directory.CreateDirectory(Path.Combine(tree, "a"));
        File.WriteAllText(Path.Combine(tree, "a", "package.json"), """{ "scripts": { "test": "node --test" } }""");

        Assert.Equal("a", new JavaScriptRuntime(Language.Find("javascript")!).ProjectOf(tree, "a/x.js", []));
    }

    /// <summary>Reviews all of it, with those candidates of its transcript that are for some functions.</summary>
    private async Task<Report> ReviewAsync(params string[] names)
    {
        using var repository = await RepositoryAsync();
        return await fixture.ReplayAsync(repository.Path, Path.Combine(Sources, "transcript.jsonl"), names);
    }

    private static async Task<TestRepository> RepositoryAsync()
    {
        var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("empty");
        foreach (var file in Directory.EnumerateFiles(Sources, "*.js*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".jsonl", StringComparison.Ordinal)))
            repository.Write(Path.GetRelativePath(Sources, file), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        await repository.CommitAsync("shelf");
        return repository;
    }
}
