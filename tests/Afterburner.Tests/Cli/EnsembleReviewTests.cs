using Afterburner.Runs;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Tests.Proposers;
using Xunit;

namespace Afterburner.Tests.Cli;

/// <summary>Several proposers in one review: who proposed what, what it cost, and what happens when one of them fails.</summary>
public sealed class EnsembleReviewTests : IDisposable
{
    private const string Frozen = """
        def common(left, right):
            assert len(left) + len(right) <= 1_900
            wanted = frozenset(right)
            return [item for item in left if item in wanted]
        """;

    private const string Wrong = """
        def common(left, right):
            assert len(left) + len(right) <= 1_900
            return sorted(set(left) & set(right))
        """;

    private const string Missing = """
        def missing(left, right):
            assert len(left) + len(right) <= 1_900
            wanted = frozenset(right)
            return [item for item in left if item not in wanted]
        """;

    private readonly TemporaryFolder _folder = new();

    private string Out => Path.Combine(_folder.Path, "run");

    public void Dispose() => _folder.Dispose();

    [LongForm]
    [Fact]
    public async Task Recipes_a_model_and_a_transcript_each_get_the_credit_and_the_costs_that_are_theirs()
    {
        using var repository = await RepositoryAsync("common");
        await using var server = new ScriptedServer(ScriptedServer.Code(Frozen));
        var transcript = $"replay:{Transcript(Frozen, Wrong)}";

        var run = await ReviewAsync(repository, server.Url, "--proposer", "recipes", "--proposer", "chat", "--proposer", transcript);

        var report = Report(run);
        Assert.Equal(["recipes", "chat:tiny", transcript], report.Proposers.Select(p => p.Name));
        var (recipes, chat, replay) = (report.Proposers[0], report.Proposers[1], report.Proposers[2]);
        Assert.True(recipes is { Proposed: >= 1, Verified: >= 1, Faster: >= 1, Requests: 0, Tokens: 0 }, recipes.ToString());
        Assert.True(chat is { Proposed: 1, Verified: 1, Faster: 1, Duplicates: 0 }, chat.ToString());
        Assert.Equal((server.Requests.Count, 120L * server.Requests.Count, 34L * server.Requests.Count), (chat.Requests, chat.InputTokens, chat.OutputTokens));
        Assert.True(chat.Seconds > 0);
        Assert.True(replay is { Proposed: 1, Verified: 0, Faster: 0, Suggested: 0, Duplicates: 1, Requests: 0 }, replay.ToString());
        Assert.Equal(1, report.Proposers.Sum(p => p.Suggested));
        var shared = Assert.Single(report.Functions[0].Candidates, c => c.AlsoProposedBy.Count > 0);
        Assert.Equal(("chat:tiny", transcript), (shared.Proposer, Assert.Single(shared.AlsoProposedBy)));
        Assert.Contains("│ chat:tiny", run.Text, StringComparison.Ordinal);
        Assert.Contains("| `chat:tiny` | 1 | 1 | 1 |", await ReadAsync("report.md"), StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task A_model_that_fails_on_the_way_is_named_and_the_others_go_on()
    {
        using var repository = await RepositoryAsync("common", "missing");
        await using var server = new ScriptedServer(ScriptedServer.Code(Frozen), ScriptedServer.Json(401, "{}"));

        var run = await ReviewAsync(repository, server.Url, "--proposer", "recipes", "--proposer", "chat", "--iterations", "1");

        var report = Report(run);
        var chat = Assert.Single(report.Proposers, p => p.Name == "chat:tiny");
        Assert.Contains("the key was refused", chat.Failure, StringComparison.Ordinal);
        Assert.Equal((1, 1), (chat.Proposed, chat.Requests));
        Assert.Equal(["common", "missing"], report.Functions.Select(f => f.Name));
        Assert.All(report.Functions, f => Assert.Contains(f.Candidates, c => c.Proposer == "recipes"));
        Assert.All(report.Functions, f => Assert.Equal(FunctionStatus.Improved, f.Status));
        Assert.Contains("chat:tiny is not asked any more", run.Text, StringComparison.Ordinal);
        Assert.Contains("**Note:** `chat:tiny` stopped answering", await ReadAsync("report.md"), StringComparison.Ordinal);
        Assert.Single(Journal.Read(Path.Combine(Out, Journal.FileName)).OfType<ProposerFailed>());
    }

    [LongForm]
    [Fact]
    public async Task A_model_that_never_answers_ends_the_review_before_anything_is_tried()
    {
        using var repository = await RepositoryAsync("common");

        var run = await ReviewAsync(repository, "http://127.0.0.1:9/v1", "--proposer", "recipes", "--proposer", "chat");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("127.0.0.1:9", run.ErrorText, StringComparison.Ordinal);
        Assert.Empty(Journal.Read(Path.Combine(Out, Journal.FileName)).OfType<CandidateProposed>());
    }

    [LongForm]
    [Fact]
    public async Task When_the_only_proposer_fails_on_the_way_the_review_ends_and_can_be_resumed()
    {
        using var repository = await RepositoryAsync("common", "missing");
        await using var broken = new ScriptedServer(ScriptedServer.Code(Frozen), ScriptedServer.Json(401, "{}"));
        await using var mended = new ScriptedServer(ScriptedServer.Code(Missing));

        var first = await ReviewAsync(repository, broken.Url, "--proposer", "chat", "--iterations", "1");
        var second = await ReviewAsync(repository, mended.Url, "--proposer", "chat", "--iterations", "1", "--resume", Out);

        Assert.Equal(3, first.ExitCode);
        Assert.Contains("the key was refused", first.ErrorText, StringComparison.Ordinal);
        var chat = Assert.Single(Report(second).Proposers);
        Assert.True(chat is { Proposed: 2, Verified: 2, Requests: 1, Failure: null }, chat.ToString());
    }

    /// <summary>
    /// A repository whose last commit brings functions that search a list in a loop, with tests. They refuse larger calls than
    /// those of the tests: making and measuring such calls is most of the work of a review.
    /// </summary>
    private static async Task<TestRepository> RepositoryAsync(params string[] functions)
    {
        var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("empty");
        repository.Write("lists.py", string.Concat(functions.Select(f =>
            $"def {f}(left, right):\n    assert len(left) + len(right) <= 1_900\n    return [item for item in left if item {(f == "missing" ? "not " : "")}in right]\n\n\n")));
        repository.Write("test_lists.py", $"import lists\n\nleft = list(range(900, 0, -3)) * 2\nright = list(range(0, 2600, 2))\n\n\n{string.Concat(functions.Select(f =>
            $"def test_{f}():\n    assert len(lists.{f}(left, right)) == 300\n\n\n"))}");
        await repository.CommitAsync("lists");
        return repository;
    }

    private string Transcript(params string[] sources)
    {
        var path = Path.Combine(_folder.Path, "transcript.jsonl");
        File.WriteAllLines(path, sources.Select(s => Afterburner.Proposers.Transcript.Line(new("lists.py::common", 1) { Source = s, Title = "from a file" })));
        return path;
    }

    private Task<ProcessRun> ReviewAsync(TestRepository repository, string url, params string[] options) => BadInputTests.AfterburnerAsync(
        new() { ["AFTERBURNER_MODEL_URL"] = url, ["AFTERBURNER_MODEL"] = "tiny" },
        ["review", "--repo", repository.Path, "--base", "HEAD~1", .. options.Contains("--resume") ? [] : new[] { "--out", Out }, .. options]);

    private Report Report(ProcessRun run)
    {
        Assert.True(run.ExitCode == 0, run.Text + run.ErrorText);
        return JsonReport.Read(File.ReadAllText(Path.Combine(Out, "report.json")));
    }

    private Task<string> ReadAsync(string name) => File.ReadAllTextAsync(Path.Combine(Out, name), TestContext.Current.CancellationToken);
}
