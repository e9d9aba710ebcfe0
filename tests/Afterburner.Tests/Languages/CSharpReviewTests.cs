using Afterburner.Proposers;
using Afterburner.Reviews;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>Whole reviews of a small repository in C#, whose calls cannot be stored yet.</summary>
public sealed class CSharpReviewTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    private static readonly string Sources = Path.Combine(Repository.Root, "tests", "Fixtures", "repositories", "csharp");

    [Fact]
    public async Task Its_tests_refuse_a_wrong_candidate_and_one_by_chance_is_left_out()
    {
        using var repository = await RepositoryAsync();

        var report = await ReviewAsync(repository, new RuntimeSettings { Benchmark = "true" }, "Initials");

        var initials = Assert.Single(report.Functions, f => f.Name == "Lists.Initials");
        var wrong = Assert.Single(initials.Candidates);
        Assert.True(wrong.Verdict == VerdictKind.Rejected, ReviewFixture.Why(initials));
        Assert.Contains("Initials_are_in_the_order_of_the_names(author: \"Ursula Kroeber Le Guin\", initials: \"UKLG\") passed at the baseline and failed now", wrong.Reason, StringComparison.Ordinal);
        Assert.Contains(".NET SDK", report.Environment["csharp"], StringComparison.Ordinal);
        Assert.Equal("Microsoft.Testing.Platform", report.Environment["runner"]);
    }

    [LongForm]
    [Fact]
    public async Task What_a_benchmark_shows_of_it_is_said_and_nothing_is_claimed()
    {
        using var repository = await RepositoryAsync();

        var report = await ReviewAsync(
            repository, new RuntimeSettings { Build = "dotnet build bench -c Release -v q --nologo -o built", Benchmark = "dotnet built/Bench.dll" }, "Distinct", "Pages");

        var distinct = Assert.Single(report.Functions, f => f.Name == "Lists.Distinct");
        Assert.Equal((FunctionStatus.NoImprovement, WorkloadKind.Benchmark), (distinct.Status, distinct.Workload?.Kind));
        Assert.True(Assert.Single(distinct.Candidates).Reason.Contains("faster", StringComparison.Ordinal), distinct.Candidates[0].Reason);
        Assert.Contains("a whole benchmark was timed", distinct.Candidates[0].Reason, StringComparison.Ordinal);
        var pages = Assert.Single(report.Functions, f => f.Name == "Lists.Pages");
        Assert.Equal(VerdictKind.Inconclusive, Assert.Single(pages.Candidates).Verdict);
        Assert.All(report.Functions, f => Assert.Null(f.Suggestion));
    }

    [Fact]
    public async Task Without_a_benchmark_its_functions_are_skipped_and_the_key_is_named()
    {
        using var repository = await RepositoryAsync();

        var report = await ReviewAsync(repository, new RuntimeSettings());

        Assert.All(report.Functions, f => Assert.Equal(FunctionStatus.Skipped, f.Status));
        Assert.Contains("languages.csharp names a command: benchmark", report.Functions[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_that_is_not_restored_is_named_with_the_command_that_restores_it()
    {
        using var repository = await RepositoryAsync();
        repository.Write("src/Shelf/Shelf.csproj", """<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><PackageReference Include="Nowhere.At.All" Version="1.2.3" /></ItemGroup></Project>""");
        await repository.CommitAsync("needs a package");
        repository.Write("src/Shelf/Lists.cs", (await File.ReadAllTextAsync(Path.Combine(Sources, "src", "Shelf", "Lists.cs"), TestContext.Current.CancellationToken)).Replace("var sum = 0;", "int sum = 0;", StringComparison.Ordinal));
        await repository.CommitAsync("a change");

        var missing = await Assert.ThrowsAsync<EnvironmentFailureException>(() => ReviewAsync(repository, new RuntimeSettings { Benchmark = "true" }));

        Assert.Contains("Nowhere.At.All is not restored on this machine, and the sandbox has no network: run `dotnet restore tests/Shelf.Tests/Shelf.Tests.csproj`", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "sdk": { "version": "99.0.100", "rollForward": "disable" } }""", "global.json asks for SDK 99.0.100")]
    public async Task Another_SDK_that_global_json_names_is_named(string globalJson, string words)
    {
        using var repository = await RepositoryAsync();
        repository.Write("global.json", globalJson);
        await repository.CommitAsync("another SDK");
        repository.Write("src/Shelf/Lists.cs", "namespace Shelf;\n\npublic static class Lists\n{\n    public static int One(int x)\n    {\n        return x;\n    }\n}\n");
        await repository.CommitAsync("a change");

        var other = await Assert.ThrowsAsync<EnvironmentFailureException>(() => ReviewAsync(repository, new RuntimeSettings { Benchmark = "true" }));

        Assert.Contains(words, other.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "no folder around it has a .csproj")]
    [InlineData(true, "no project with tests (xUnit, NUnit, MSTest) refers to the one in lib")]
    public async Task Where_no_tests_are_found_functions_are_skipped_and_it_is_said_why(bool hasProject, string words)
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("empty");
        repository.Write("lib/One.cs", "public static class One\n{\n    public static int F(int x)\n    {\n        return x;\n    }\n}\n");
        if (hasProject)
            repository.Write("lib/Lib.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        await repository.CommitAsync("code");

        var function = Assert.Single((await ReviewAsync(repository, new RuntimeSettings { Benchmark = "true" })).Functions);

        Assert.Equal(FunctionStatus.Skipped, function.Status);
        Assert.Contains(words, function.Reason, StringComparison.Ordinal);
    }

    /// <summary>Reviews all of the last commit, with those candidates of the transcript that are for some functions.</summary>
    private async Task<Report> ReviewAsync(TestRepository repository, RuntimeSettings settings, params string[] names)
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Sources, "transcript.jsonl"), TestContext.Current.CancellationToken);
        var some = Path.Combine(fixture.NewFolder("transcript"), "some.jsonl");
        await File.WriteAllLinesAsync(some, lines.Where(l => names.Any(n => l.Contains($".{n}\"", StringComparison.Ordinal))), TestContext.Current.CancellationToken);
        var request = new ReviewRequest(repository.Path, fixture.NewFolder("run"), Configuration.Default with { Languages = new Dictionary<string, RuntimeSettings> { ["csharp"] = settings } })
        {
            Base = "HEAD~1", Head = "HEAD",
        };
        return await fixture.ReviewAsync(request, _ => new ReplayProposer(some));
    }

    private static async Task<TestRepository> RepositoryAsync()
    {
        var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("empty");
        foreach (var file in Directory.EnumerateFiles(Sources, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".jsonl", StringComparison.Ordinal)))
            repository.Write(Path.GetRelativePath(Sources, file), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        await repository.CommitAsync("shelf");
        return repository;
    }
}
