using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>Whole reviews of a small repository in TypeScript, whose tests run by a loader that takes types out.</summary>
public sealed class TypeScriptReviewTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    private const string Slow = "src/lists.ts";

    private static readonly string Sources = Path.Combine(Repository.Root, "tests", "Fixtures", "repositories", "typescript");

    [Fact]
    public async Task A_slow_function_gets_a_proven_suggestion_in_TypeScript_and_a_wrong_candidate_is_refused()
    {
        var report = await ReviewAsync("distinct", "initials");

        var improved = Assert.Single(report.Functions, f => f.Name == "distinct");
        Assert.True(improved.Status == FunctionStatus.Improved, ReviewFixture.Why(improved));
        Assert.Contains("new Set<T>(titles)", improved.Suggestion!.Replacement, StringComparison.Ordinal);
        var wrong = Assert.Single(Assert.Single(report.Functions, f => f.Name == "initials").Candidates);
        Assert.Equal(VerdictKind.Rejected, wrong.Verdict);
        Assert.Contains("GLKU", wrong.Reason, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task An_equal_candidate_that_does_more_is_not_suggested()
    {
        var function = Assert.Single((await ReviewAsync("byAuthor")).Functions, f => f.Name == "Shelf.byAuthor");

        Assert.True(function.Status == FunctionStatus.NoImprovement, ReviewFixture.Why(function));
        Assert.NotEqual(VerdictKind.Rejected, Assert.Single(function.Candidates).Verdict);
    }

    [Fact]
    public async Task A_function_whose_file_has_more_than_types_is_skipped_with_that_reason()
    {
        using var repository = await RepositoryAsync([], ("src/lists.ts", "export enum Order { Up }\n"));

        var report = await fixture.ReviewAsync(repository.Path, fixture.NewFolder("run"));

        Assert.All(report.Functions, f => Assert.Equal(FunctionStatus.Skipped, f.Status));
        Assert.Contains(report.Functions, f => f.Reason!.Contains("more than types", StringComparison.Ordinal));
    }

    private async Task<Report> ReviewAsync(params string[] names)
    {
        using var repository = await RepositoryAsync(names);
        return await fixture.ReplayAsync(repository.Path, Path.Combine(Sources, "transcript.jsonl"), names);
    }

    /// <summary>With the package that its loader needs where npm puts it.</summary>
    /// <param name="names">Functions that its last commit changes; none: all.</param>
    /// <param name="more">Texts put at the end of files.</param>
    private static async Task<TestRepository> RepositoryAsync(string[] names, params (string Path, string Text)[] more)
    {
        var repository = await TestRepository.CreateAsync();
        repository.Write(".gitignore", "node_modules\n");
        await repository.CommitAsync("empty");
        foreach (var file in Directory.EnumerateFiles(Sources, "*.*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".jsonl", StringComparison.Ordinal)))
        {
            var path = Path.GetRelativePath(Sources, file);
            repository.Write(path, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken) + string.Concat(more.Where(m => m.Path == path).Select(m => m.Text)));
        }

        var (place, installed) = ("node_modules/@swc/wasm-typescript", Path.Combine(Repository.Root, "action", "tools", "node_modules", "@swc", "wasm-typescript"));
        foreach (var file in new[] { "package.json", "wasm.js" })
            repository.Write(Path.Combine(place, file), await File.ReadAllBytesAsync(Path.Combine(installed, file), TestContext.Current.CancellationToken));
        if (names.Length > 0)
        {
            var slow = await File.ReadAllTextAsync(Path.Combine(Sources, Slow), TestContext.Current.CancellationToken);
            repository.Write(Slow, string.Join('\n', slow.Split('\n').Select(l => names.Any(n => l.Contains($" {n}", StringComparison.Ordinal)) ? $"{l} // once" : l)));
            await repository.CommitAsync("others");
            repository.Write(Slow, slow);
        }

        await repository.CommitAsync("shelf");
        return repository;
    }
}
