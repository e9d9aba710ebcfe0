using System.Text.Json.Nodes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Tests.Trials;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Attacks;

/// <summary>What stands behind the rule about names: with it off, comparison and clock still refuse these.</summary>
public sealed class PastTheNamesTests(BubblewrapFixture fixture) : IClassFixture<BubblewrapFixture>
{
    public static IReadOnlyList<TheoryDataRow<string>> Names => LongFormAttribute.Rows(CandidateAttacks.Tried.Where(a => a.PastTheNames).Select(a => a.ToString()), shortForm: 3);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task None_is_improved_by_what_comes_after_the_names(string name)
    {
        var attack = CandidateAttacks.All.Single(a => a.ToString() == name);
        using var lab = new TrialLab(fixture, File(HonestCode.Functions["common"]), "common");
        var calls = await lab.CallsAsync(0.01, Call(1500));
        var fresh = await lab.CallsAsync(0.01, Call(1501), Call(1502), Call(1503));
        var candidate = File(attack.Source);

        var equivalence = await Equivalence.CheckAsync(
            new Tree(lab.Harness, lab.Workspace, new()), lab.Workload(calls), new FileVersions(File(HonestCode.Functions["common"]), candidate),
            new CandidateCheckOutcome.Accepted(new HashSet<int>(), new HashSet<int>(), [], []), Equivalence.DefaultTolerance, new BaselineAnswers(), TrialLab.Cancel);
        if (equivalence is not EquivalenceOutcome.Equal)
            return;
        var compared = await lab.CompareAsync(calls, candidate, fresh);

        Assert.True(compared.Verdict.Kind != VerdictKind.Improved, compared.Verdict.Reason);
    }

    private static string File(string function) => HonestCode.Before + "\n" + function + "\n";

    private static JsonObject Call(int size) => new()
    {
        ["left"] = new JsonArray([.. Enumerable.Range(0, size).Select(i => (JsonNode)(2 * i))]),
        ["right"] = new JsonArray([.. Enumerable.Range(0, size * 2 / 3).Select(i => (JsonNode)(3 * i))]),
    };
}
