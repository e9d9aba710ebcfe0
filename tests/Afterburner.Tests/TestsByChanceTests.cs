using Afterburner.Reviews;
using Afterburner.Settings;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests;

/// <summary>A test that comes out by chance now this way, now that is no reason against a candidate; one that the candidate fails is.</summary>
public sealed class TestsByChanceTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    [Theory]
    [InlineData("(seed < 2) != quick", null)]
    [InlineData("not quick", "passed at the baseline and failed now")]
    [InlineData("seed < 2 and not quick", "passed at the baseline and failed now")]
    public async Task A_test_that_passes_twice_before_and_fails_with_a_candidate_is_run_again_on_both(string passes, string? reason)
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("test_lib.py", $"""
            import os, lib

            def test_distinct():
                assert lib.distinct([1, 2, 1]) == [1, 2]

            def test_sometimes():
                seed, quick = int(os.environ["PYTHONHASHSEED"]), "fromkeys" in open(lib.__file__).read()
                assert lib.distinct([seed]) and ({passes})

            """);
        await repository.CommitAsync("empty");
        repository.Write("lib.py", "def distinct(items):\n    kept = []\n    for item in items:\n        if item not in kept:\n            kept.append(item)\n    return kept\n");
        await repository.CommitAsync("code");

        var report = await fixture.ReviewAsync(
            new ReviewRequest(repository.Path, fixture.NewFolder("run"), Configuration.Default with { Materiality = Configuration.Default.Materiality with { Saving = TimeSpan.Zero } }) { Base = "HEAD~1", Head = "HEAD" },
            _ => new ScriptedProposer("def distinct(items):\n    return list(dict.fromkeys(items))") { For = "distinct", Name = "distinct", IsRuleBased = true });

        var verdict = Assert.Single(Assert.Single(report.Functions).Candidates);
        Assert.Equal(reason is not null, verdict.Verdict == VerdictKind.Rejected);
        Assert.Contains(reason ?? "", verdict.Reason, StringComparison.Ordinal);
    }
}
