using Afterburner.GitHub;
using Afterburner.Proposers;
using Xunit;

namespace Afterburner.Tests.GitHub;

/// <summary>What became of a suggestion is seen from the pull request alone.</summary>
public sealed class PostedSuggestionTests
{
    private static readonly PostedEdit Import = new("import os\n", "import os\nimport math\n");

    private static readonly PostedEdit Sum = new("    return sum([x for x in xs])\n", "    return math.fsum(xs)\n");

    [Theory]
    [InlineData("import os\nimport math\n\ndef f(xs):\n    return math.fsum(xs)\n", true)]
    [InlineData("import os\r\nimport math\r\n\r\n\r\ndef f(xs):  \r\n    return math.fsum(xs)\r\n", true)]
    [InlineData("import os\n\ndef f(xs):\n    return sum([x for x in xs])\n", false)]
    [InlineData("import os\nimport math\n\ndef f(xs):\n    return sum([x for x in xs])\n", false)]
    [InlineData("import os\nimport math\n\ndef f(xs):\n    return math.fsum(xs)\n    return sum([x for x in xs])\n", false)]
    [InlineData("import os\nimport math\n\ndef f(xs):\n    return math.fsum(xs) + 1\n", false)]
    [InlineData("", false)]
    public void A_suggestion_is_taken_when_all_of_it_is_there_and_nothing_of_what_it_replaces(string file, bool isThere) =>
        Assert.Equal(isThere, Posted(Import, Sum).IsIn(System.Text.Encoding.UTF8.GetBytes(file)));

    [Theory]
    [InlineData("def f(xs):\n    return xs\n", true)]
    [InlineData("def f(xs):\n    xs = list(xs)\n    return xs\n", false)]
    public void Lines_that_are_to_go_are_gone(string file, bool isThere) =>
        Assert.Equal(isThere, Posted(new PostedEdit("    xs = list(xs)\n", "")).IsIn(System.Text.Encoding.UTF8.GetBytes(file)));

    [Fact]
    public async Task A_suggestion_is_open_until_the_head_has_it_or_somebody_says_no()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        var outcome = await fixture.PublishAsync();
        PostedSuggestion[] posted = [.. PostedSuggestion.Of(outcome.Plan!).Where(p => p.Function == "unique")];
        Assert.Equal([SuggestionFate.Open], await FatesAsync(fixture, posted));

        fixture.Pull.Threads[0].Comments[0].ThumbsDown.Add("maintainer");
        Assert.Equal([SuggestionFate.Dismissed], await FatesAsync(fixture, posted));

        var applied = Assert.Single(outcome.Plan!.At(Placement.Comment)).Checked;
        await fixture.PushAsync(applied.Function.Path, System.Text.Encoding.UTF8.GetString(applied.Candidate), r => r);
        Assert.Equal([SuggestionFate.Taken], await FatesAsync(fixture, posted));
    }

    private static PostedSuggestion Posted(params PostedEdit[] edits) => new(new SuggestionKeys("a", "b", "c"), "sums.py", "f", "recipes", edits);

    private static async Task<IReadOnlyList<SuggestionFate>> FatesAsync(PublishFixture fixture, IReadOnlyList<PostedSuggestion> posted)
    {
        using var api = new GitHubApi(GitHubAddress.Of(fixture.GitHub.Url.ToString(), null), new Secret(FakeGitHub.Token), TimeProvider.System, TestContext.Current.CancellationToken);
        var pull = await new PullRequestSource(api, new PullRequestName(FakeGitHub.Owner, FakeGitHub.Name, fixture.Pull.Number)).ReadAsync();
        return await new SuggestionFates(api).OfAsync(pull, posted);
    }
}
