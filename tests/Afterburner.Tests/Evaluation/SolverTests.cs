using Afterburner.Evaluation.Solvers;
using Afterburner.Evaluation.Tasks;
using Afterburner.Proposers;
using Afterburner.Tests.Proposers;
using Xunit;

namespace Afterburner.Tests.Evaluation;

/// <summary>Who writes programs for an evaluation.</summary>
public sealed class SolverTests : IDisposable
{
    private const string Reply = "<thinking>a</thinking>\n<solution>\n```python\nprint(1)\n```\n</solution>";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_recorded_is_proposed_again_without_whoever_wrote_it()
    {
        var file = Path.Combine(_folder.Path, "t.jsonl");
        using (var recording = new RecordingSolver(new Fixed([new Proposal("print(1)\n", HasForm: true) { Reply = Reply, Usage = new(10, 20), ModelSeconds = 1.5 }, null, new Proposal("print(2)", HasForm: true)]), new StreamWriter(file)))
        {
            foreach (var iteration in Enumerable.Range(0, 3))
                await recording.ProposeAsync(Request(iteration), Cancel);
        }

        using var replay = new ReplaySolver(file);
        var proposals = new List<Proposal?>();
        foreach (var iteration in Enumerable.Range(0, 3))
            proposals.Add(await replay.ProposeAsync(Request(iteration), Cancel));

        Assert.Equal(["print(1)\n", null, "print(2)"], proposals.Select(p => p?.Program));
        Assert.Equal((true, 30, 1.5), (proposals[0]!.HasForm, proposals[0]!.Usage!.Input + proposals[0]!.Usage!.Output, proposals[0]!.ModelSeconds));
        Assert.Null(await replay.ProposeAsync(Request(0) with { Task = new("another", "") }, Cancel));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"task": "a", "iteration": -1, "program": "x"}""")]
    [InlineData("""{"task": "a", "iteration": 1, "program": "x", "reply": "y"}""")]
    [InlineData("not json")]
    public void A_line_that_is_no_entry_is_named(string line)
    {
        var file = _folder.Write("t.jsonl", $"{{\"task\": \"a\", \"iteration\": 0, \"program\": \"x\"}}\n{line}\n");

        Assert.Contains("t.jsonl:2 is not an entry", Assert.Throws<UsageException>(() => new ReplaySolver(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PromptKind.Paper, "system,user", "## Problem Description")]
    [InlineData(PromptKind.Brief, "user", "time: Add.\nnone\n")]
    public async Task A_model_is_asked_with_the_paper_s_prompt_or_with_the_same_facts_in_a_few_words(PromptKind kind, string roles, string said)
    {
        await using var server = new ScriptedServer(ScriptedServer.Code("print(1)"));
        using var solver = new ChatSolver(ChatProposer.Connect(server.Url, "m", null), kind);

        var proposal = await solver.ProposeAsync(new SolverRequest(new EvaluationTask("a", "Add."), ObjectiveKind.Time, 0, []), Cancel);

        Assert.Equal("print(1)\n", proposal!.Program);
        var asked = Assert.Single(server.Requests)["messages"]!.AsArray();
        Assert.Equal(roles, string.Join(',', asked.Select(m => (string?)m!["role"])));
        Assert.Contains(said, (string?)asked[^1]!["content"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_take_turns_and_whoever_has_nothing_is_passed_over()
    {
        using var several = new SeveralSolvers([new Fixed([P("a1"), P("a2"), null]), new Fixed([P("b1"), null])]);

        var programs = new List<string?>();
        foreach (var iteration in Enumerable.Range(1, 4))
            programs.Add((await several.ProposeAsync(Request(iteration), Cancel))?.Program);

        Assert.Equal(["a1", "b1", "a2", null], programs);

        static Proposal P(string program) => new(program, HasForm: true);
    }

    private static SolverRequest Request(int iteration) => new(new("a", ""), ObjectiveKind.Time, iteration, []);

    private sealed class Fixed(IReadOnlyList<Proposal?> proposals) : ISolver
    {
        private int _next;

        public string Name => "fixed";

        public Task<Proposal?> ProposeAsync(SolverRequest request, CancellationToken cancellationToken) => Task.FromResult(_next < proposals.Count ? proposals[_next++] : null);

        public void Dispose()
        {
            // It holds nothing.
        }
    }
}
