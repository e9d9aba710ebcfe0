using Afterburner.Reviews;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Reviews of a whole repository, without a change.</summary>
public sealed class SweepTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    private const string Slow = "def NAME(items):\n    return [(item, items.count(item)) for item in items]\n\n\n";
    private const string Quick = "def counts(items):\n    known = {}\n    for item in items:\n        known[item] = known.get(item, 0) + 1\n    return [(item, known[item]) for item in items]";

    private static readonly string Code = string.Concat(new[] { "alone", "light", "counts" }.Select(n => Slow.Replace("NAME", n, StringComparison.Ordinal)));

    [Fact]
    public async Task Every_function_is_looked_at_without_a_change_and_what_is_proven_is_suggested()
    {
        var report = await SweepAsync(Configuration.Default, new ScriptedProposer(Quick) { For = "counts", IsRuleBased = true });

        Assert.Equal(["alone", "light", "counts"], report.Functions.Select(f => f.Name));
        var counts = report.Functions[2];
        Assert.True(counts.Status == FunctionStatus.Improved, ReviewFixture.Why(counts));
        Assert.Equal((FunctionStatus.Skipped, "no test reaches it"), (report.Functions[0].Status, report.Functions[0].Reason));
        Assert.Equal("", report.Base);
    }

    [Fact]
    public async Task Where_not_all_are_looked_at_those_come_first_in_which_most_time_is_spent()
    {
        var report = await SweepAsync(Configuration.Default with { MaxFunctions = 1 }, new ScriptedProposer(Quick) { IsRuleBased = true });

        Assert.Equal("beyond max-functions", Assert.Single(report.Functions, f => f.Name == "light").Reason);
        Assert.NotEmpty(Assert.Single(report.Functions, f => f.Name == "counts").Candidates);
    }

    [Fact]
    public async Task Those_for_which_nobody_has_anything_to_propose_take_nobodys_place()
    {
        var report = await SweepAsync(Configuration.Default with { MaxFunctions = 1 }, new ScriptedProposer(Quick.Replace("counts", "light", StringComparison.Ordinal)) { For = "light", IsRuleBased = true });

        Assert.NotEmpty(Assert.Single(report.Functions, f => f.Name == "light").Candidates);
        Assert.Empty(Assert.Single(report.Functions, f => f.Name == "counts").Candidates);
    }

    private async Task<Report> SweepAsync(Configuration configuration, ScriptedProposer proposer)
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("lib.py", Code);
        repository.Write("test_lib.py", "from lib import counts, light\n\n\ndef test_counts():\n    for n in range(20):\n        assert len(counts([k % 300 for k in range(1500)])) == 1500\n\n\ndef test_light():\n    assert light([1, 1]) == [(1, 2), (1, 2)]\n");
        await repository.CommitAsync("code");
        return await fixture.ReviewAsync(new ReviewRequest(repository.Path, fixture.NewFolder("run"), configuration) { Everything = true }, _ => proposer);
    }
}
