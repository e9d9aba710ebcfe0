using Afterburner.Proposers;
using Xunit;

namespace Afterburner.Tests.Proposers;

public sealed class TranscriptTests
{
    private const string File = "class Table:\n    @property\n    def wide(self):\n        return [c for c in self.cells]\n";

    private static readonly FailedCandidate Failed = new("@property\n    def wide(self):\n        return None", "differs", "");

    private sealed class Scripted(params Candidate[] candidates) : IProposer
    {
        public string Name => "scripted";

        public Task<IReadOnlyList<Candidate>> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<Candidate>>([.. candidates.Select(c => c with { Iteration = request.Iteration })]);
    }

    private static Task<IReadOnlyList<Candidate>> ReplayAsync(string file, ProposalRequest request) =>
        new ReplayProposer(file).ProposeAsync(request, TestContext.Current.CancellationToken);

    [Fact]
    public async Task What_was_recorded_is_replayed_byte_for_byte()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "t.jsonl");
        var request = PythonSources.Request(File, iteration: 2);
        var source = "@property\n    def wide(self):\n        return list(self.cells)";
        const string Reply = "<thinking>\nCopy.\n</thinking>\n<solution>\n```python\ndef wide(self):\n    return [*self.cells]\n```\n</solution>";
        using (var transcript = RecordingProposer.Open(file))
        using (var recorder = new RecordingProposer(
            new Scripted(
                new Candidate("recipes", 1, source, "Copy with `list()`") { Recipe = "identity-comp", Rationale = "No loop." },
                new Candidate("chat:m", 1, "@property\n    def wide(self):\n        return [*self.cells]", "Copy.") { Reply = Reply, PromptHash = "abc", Usage = new TokenUsage(5, 6) }),
            transcript))
            await recorder.ProposeAsync(request, TestContext.Current.CancellationToken);

        var replayed = await ReplayAsync(file, request);

        Assert.Equal([source, "@property\n    def wide(self):\n        return [*self.cells]"], replayed.Select(c => c.Source));
        Assert.Equal(["identity-comp", null], replayed.Select(c => c.Recipe));
        Assert.Equal(["Copy with `list()`", "Copy."], replayed.Select(c => c.Title));
        Assert.Equal(new TokenUsage(5, 6), replayed[1].Usage);
        Assert.Equal("abc", replayed[1].PromptHash);
        Assert.Empty(await ReplayAsync(file, request with { Iteration = 3 }));
        Assert.Empty(await ReplayAsync(file, request with { Repair = Failed }));
    }

    [Fact]
    public void A_function_that_a_transcript_does_not_name_is_said_with_those_that_it_names()
    {
        using var folder = new TemporaryFolder();
        var line = """{"function": "a.py::uniqe", "iteration": 1, "proposer": "me", "source": "def uniqe(): pass"}""";
        folder.Write("t.jsonl", line + "\n");
        var replay = new ReplayProposer(Path.Combine(folder.Path, "t.jsonl"));
        var function = PythonSources.Request(File).Function;

        Assert.Equal($"the transcript has no line for {function.Id}; it names a.py::uniqe", replay.WhyNothing(function));
        Assert.Null(replay.WhyNothing(function with { Path = "a.py", Name = "uniqe" }));
    }

    [Fact]
    public async Task A_repair_is_replayed_for_the_candidate_it_repaired()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "t.jsonl");
        var request = PythonSources.Request(File) with { Repair = Failed };
        using (var transcript = RecordingProposer.Open(file))
        using (var recorder = new RecordingProposer(new Scripted(new Candidate("m", 1, "@property\n    def wide(self):\n        return 1", "One")), transcript))
            await recorder.ProposeAsync(request, TestContext.Current.CancellationToken);

        Assert.Single(await ReplayAsync(file, request));
        Assert.Empty(await ReplayAsync(file, request with { Repair = Failed with { Source = "something else" } }));
        Assert.Empty(await ReplayAsync(file, request with { Repair = null }));
    }

    [Fact]
    public async Task A_transcript_written_by_hand_needs_no_indentation_or_decorators()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("t.jsonl", """
            {"function":"pkg/module.py::Table.wide","iteration":1,"source":"def wide(self):\n    return list(self.cells)\n"}

            {"function":"pkg/module.py::Table.wide","iteration":1,"repair":"any","source":"def wide(self):\n    return self.cells[:]"}
            {"function":"pkg/module.py::Table.other","iteration":1,"source":"def other(self):\n    return 1"}
            """);
        var request = PythonSources.Request(File);

        Assert.Equal("@property\n    def wide(self):\n        return list(self.cells)", Assert.Single(await ReplayAsync(file, request)).Source);
        Assert.Equal("@property\n    def wide(self):\n        return self.cells[:]", Assert.Single(await ReplayAsync(file, request with { Repair = Failed })).Source);
    }

    [Theory]
    [InlineData("{\"function\":\"a::b\",\"iteration\":0,\"source\":\"x\"}")]
    [InlineData("{\"function\":\"a::b\",\"iteration\":1}")]
    [InlineData("{\"iteration\":1,\"source\":\"x\"}")]
    [InlineData("not json")]
    public void A_line_that_is_no_entry_is_named(string line)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("t.jsonl", "{\"function\":\"a::b\",\"iteration\":1,\"source\":\"x\"}\n" + line);
        Assert.Contains("t.jsonl:2", Assert.Throws<UsageException>(() => new ReplayProposer(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_transcript_is_a_usage_error() =>
        Assert.Throws<UsageException>(() => new ReplayProposer("/nowhere/t.jsonl"));
}
