using System.Globalization;
using Xunit;

namespace Afterburner.Tests.Attacks;

/// <summary>The suite says how many attacks it tries, and so does what is said of it.</summary>
public sealed class AttackCountTests
{
    public static TheoryData<int, int> Tried => new() { { CandidateAttacks.All.Count, PullRequestAttacks.All.Count } };

    [Theory]
    [MemberData(nameof(Tried))]
    public void The_attack_suite_tried_this_many(int candidates, int pullRequests)
    {
        Assert.True(candidates >= 60, $"{candidates}");
        Assert.True(pullRequests >= 10, $"{pullRequests}");
        Assert.Equal(candidates, CandidateAttacks.All.Select(a => a.ToString()).Distinct().Count());
        Assert.Equal(pullRequests, PullRequestAttacks.All.Select(a => a.Tries).Distinct().Count());
    }

    [Fact]
    public void What_is_said_of_their_number_is_true()
    {
        var said = string.Create(CultureInfo.InvariantCulture, $"{CandidateAttacks.All.Count} candidates and {PullRequestAttacks.All.Count} pull requests");

        Assert.Contains(said, File.ReadAllText(Path.Combine(Repository.Root, ".github", "SECURITY.md")), StringComparison.Ordinal);
    }
}
