using Afterburner.Cli;
using Afterburner.Runs;
using Afterburner.Tests.Proposers.Llama;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests.Cli;

/// <summary>Reviews of the sample repository by the command line, with a real llama.cpp as the only proposer.</summary>
public sealed class LlamaReviewTests
{
    /// <summary>What the sample's popularity could be. No line comes twice: the model knows what follows a line.</summary>
    internal const string Reply = """"
        <thinking>
        Counting every product once makes the function linear.
        </thinking>
        <solution>
        ```python
        def popularity(articles):
            """How often each article was sold, for the articles in the order they were sold."""
            counts = {}
            for article in articles:
                counts[article] = counts.get(article, 0) + 1
            return [(article, counts[article]) for article in articles]
        ```
        </solution>
        """";

    [LongForm]
    [Fact]
    public async Task Noise_is_read_refused_and_journalled_and_never_becomes_a_suggestion()
    {
        await using var server = await LlamaServer.StartAsync(TinyModel.Noise(seed: 2), replyTokens: 60);
        using var folder = new TemporaryFolder();

        var run = await ReviewAsync(server, folder, "review", "--base", SampleRepository.BaseBranch, "--head", SampleRepository.ChangeBranch, "--candidates", "2");

        Assert.True(run.ExitCode == 0, run.Text + run.ErrorText);
        var events = Events(folder);
        var proposals = events.OfType<ProposalReceived>().ToList();
        Assert.True(proposals.Count >= 4, $"{proposals.Count} proposals");
        Assert.All(proposals, p => Assert.True(p is { InputTokens: > 500, OutputTokens: > 0 and <= 60, Seconds: > 0, Reply.Length: > 0 }, p.ToString()));
        Assert.All(events.OfType<VerdictReached>(), v => Assert.Equal(VerdictKind.Rejected, v.Verdict.Kind));
        Assert.Equal(proposals.Count, proposals.Count(p => p.Refused is not null) + events.OfType<CandidateProposed>().Count());
        Assert.Empty(events.OfType<SuggestionMade>());
        Assert.Equal(0, new FileInfo(Path.Combine(folder.Path, "run", "suggestions.patch")).Length);
    }

    [LongForm]
    [Fact]
    public async Task A_good_reply_out_of_llama_becomes_a_proven_suggestion()
    {
        await using var server = await LlamaServer.StartAsync(TinyModel.Knowing(Reply));
        using var folder = new TemporaryFolder();

        var run = await ReviewAsync(server, folder, "optimize", "orders/reports.py::popularity", "--head", SampleRepository.ChangeBranch);

        Assert.True(run.ExitCode == 0, run.Text + run.ErrorText);
        var events = Events(folder);
        Assert.Equal(Reply, events.OfType<ProposalReceived>().First().Reply.TrimEnd());
        Assert.Equal("Counting every product once makes the function linear.", Assert.Single(events.OfType<SuggestionMade>()).Suggestion.Title);
    }

    private static async Task<ProcessRun> ReviewAsync(LlamaServer server, TemporaryFolder folder, string command, params string[] arguments)
    {
        var repository = Path.Combine(folder.Path, "sample");
        await SampleRepository.CreateAsync(repository, TestContext.Current.CancellationToken);
        return await BadInputTests.AfterburnerAsync(
            [], [command, .. arguments, "--repo", repository, "--out", Path.Combine(folder.Path, "run"), "--iterations", "1",
                "--proposer", "chat", "--model-url", server.Url, "--model", LlamaServer.Model]);
    }

    private static List<JournalEvent> Events(TemporaryFolder folder) =>
        [.. Journal.Read(Path.Combine(folder.Path, "run", Journal.FileName))];
}
