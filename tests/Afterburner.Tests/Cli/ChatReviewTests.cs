using System.Text.Json.Nodes;
using Afterburner.Runs;
using Afterburner.Tests.Changes;
using Afterburner.Tests.Proposers;
using Xunit;

namespace Afterburner.Tests.Cli;

/// <summary>The command line with a model behind a real HTTP server: a wrong answer, its repair, and the same review again without the model.</summary>
public sealed class ChatReviewTests
{
    private const string Key = "sk-very-secret-0123456789";

    private const string Wrong = """
        def common(left, right):
            assert len(left) + len(right) <= 1_900
            return sorted(set(left) & set(right))
        """;

    private const string Right = """
        def common(left, right):
            assert len(left) + len(right) <= 1_900
            right_set = set(right)
            return [item for item in left if item in right_set]
        """;

    [LongForm]
    [Fact]
    public async Task A_wrong_reply_is_repaired_with_the_difference_and_the_transcript_repeats_the_review()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("lists.py", """
            def common(left, right):
                assert len(left) + len(right) <= 1_900  # no larger calls are made and measured
                return [item for item in left if item in right]

            """);
        repository.Write("shared.py", """
            import lists

            def shared(left, right):
                return lists.common(left, right)

            """);
        repository.Write("test_lists.py", """
            import shared

            def test_common():
                left = list(range(900, 0, -3)) * 2
                assert shared.shared(left, list(range(0, 2600, 2))) == [n for n in left if n % 2 == 0]
            """);
        await repository.CommitAsync("lists");
        using var folder = new TemporaryFolder();
        var transcript = Path.Combine(folder.Path, "transcript.jsonl");
        await using var server = new ScriptedServer(
            ScriptedServer.Code(Wrong), ScriptedServer.Code(Right), ScriptedServer.Code(Right), ScriptedServer.Code(Right));

        var asked = await AfterburnerAsync(
            new() { ["AFTERBURNER_MODEL_URL"] = server.Url, ["AFTERBURNER_MODEL"] = "tiny", ["AFTERBURNER_API_KEY"] = Key },
            "optimize", "lists.py::common", "--repo", repository.Path, "--proposer", "chat", "--iterations", "2", "--record", transcript,
            "--out", Path.Combine(folder.Path, "asked"), "--json");
        var replayed = await AfterburnerAsync(
            [], "optimize", "lists.py::common", "--repo", repository.Path, "--proposer", $"replay:{transcript}", "--iterations", "2",
            "--out", Path.Combine(folder.Path, "replayed"), "--json");

        Assert.Equal(["Rejected", "Improved"], Verdicts(asked));
        Assert.Equal(["Rejected", "Improved"], Verdicts(replayed));
        Assert.Contains("behaves differently", server.Requests[1].ToJsonString(), StringComparison.Ordinal);
        var shown = server.Requests[0].ToJsonString();
        Assert.All(
            ["Time is the CPU time of", "common(left: list[600] of int", "An Example Call", "common(left=[900, 897, ", "[shared.py, 1 call]", "## Where the Time Goes"],
            text => Assert.Contains(text, shown, StringComparison.Ordinal));
        var journal = await File.ReadAllTextAsync(Path.Combine(folder.Path, "asked", Journal.FileName), TestContext.Current.CancellationToken);
        Assert.Contains("\"event\":\"proposal\"", journal, StringComparison.Ordinal);
        Assert.All(
            Journal.Read(Path.Combine(folder.Path, "asked", Journal.FileName)).OfType<ProposalReceived>(),
            e => Assert.True(e is { Proposer: "chat:tiny", InputTokens: 120, OutputTokens: 34, EstimatedTokens: > 800, Seconds: > 0 }, e.ToString()));
        foreach (var file in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain("very-secret", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task A_prompt_that_does_not_fit_into_the_models_context_is_the_functions_reason()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("lists.py", "def common(left, right):\n    return [item for item in left if item in right]\n");
        repository.Write("test_lists.py", "import lists\n\ndef test_common():\n    assert lists.common(list(range(900)), list(range(0, 900, 2)))\n");
        await repository.CommitAsync("lists");
        await using var server = new ScriptedServer(ScriptedServer.Json(
            400, """{"error":{"message":"This model's maximum context length is 512 tokens.","code":"context_length_exceeded"}}"""));

        var run = await AfterburnerAsync(
            new() { ["AFTERBURNER_MODEL_URL"] = server.Url, ["AFTERBURNER_MODEL"] = "tiny" },
            "optimize", "lists.py::common", "--repo", repository.Path, "--proposer", "chat", "--json");

        Assert.True(run.ExitCode == 0, run.Text + run.ErrorText);
        var reason = (string)JsonNode.Parse(run.Text)!["functions"]![0]!["reason"]!;
        Assert.StartsWith("nothing was proposed: chat:tiny: the prompt does not fit into the context of tiny (", reason, StringComparison.Ordinal);
        Assert.Contains("512 tokens", reason, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Verdicts(ProcessRun run)
    {
        Assert.True(run.ExitCode == 0, run.Text + run.ErrorText);
        return JsonNode.Parse(run.Text)!["functions"]![0]!["candidates"]!.AsArray().Select(c => (string)c!["verdict"]!);
    }

    private static Task<ProcessRun> AfterburnerAsync(Dictionary<string, string> environment, params string[] arguments) =>
        BadInputTests.AfterburnerAsync(environment, arguments);
}
