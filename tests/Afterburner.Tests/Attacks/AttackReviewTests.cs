using Afterburner.Proposers;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests.Attacks;

/// <summary>Every candidate of the suite goes through the whole walk, in one review. None may pass.</summary>
[Collection(Measurements.Name)]
public sealed class AttackReviewTests(AttackReviewTests.Run run) : IClassFixture<AttackReviewTests.Run>
{
    public static TheoryData<string> Names => [.. CandidateAttacks.All.Select(a => a.ToString())];

    [Theory]
    [MemberData(nameof(Names))]
    public void None_is_improved(string name)
    {
        var candidate = run.Judged(name);

        Assert.True(candidate.Verdict is VerdictKind.Rejected or VerdictKind.Inconclusive, $"{name}: {candidate.Verdict}: {candidate.Reason}");
        Assert.NotEmpty(candidate.Reason);
    }

    [Theory]
    [InlineData("reaches what is not its own: text run through the private modules of a module", "collections._sys.modules")]
    [InlineData("reaches what is not its own: globals through attrgetter", "collections.namedtuple")]
    [InlineData("answers later: a list that is filled when it is walked or written", "the class Later")]
    public void What_cannot_be_proven_is_named_in_the_reason_and_in_the_repair(string name, string named)
    {
        Assert.StartsWith("The candidate is unproven: ", run.Judged(name).Reason, StringComparison.Ordinal);
        Assert.Contains(named, run.Judged(name).Reason, StringComparison.Ordinal);
        Assert.Contains(run.Proposer.Requests, r => r.Repair is { } repair && repair.Output.Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public void An_honest_candidate_beside_them_is_improved()
    {
        var common = run.Functions["common"];
        Assert.True(common.Status == FunctionStatus.Improved, $"{common.Status}: {common.Candidates[^1].Reason}");
        Assert.Equal(Proposer.Honest, common.Suggestion!.Title);
    }

    [Fact]
    public void An_arm_that_never_ran_is_named_in_the_reason_and_to_the_proposer()
    {
        string[] said =
        [
            "the value before the `if` of the conditional expression on line ",
            "(`left if len(left) == 12345 else [item for item in left if item in right_set]`) never ran",
        ];
        var reason = run.Judged("is wrong in an arm that no call takes: of a conditional expression").Reason;

        Assert.All(said, s => Assert.Contains(s, reason, StringComparison.Ordinal));
        Assert.Contains(run.Proposer.Requests, r => r.Repair is { } repair && said.All(s => repair.Output.Contains(s, StringComparison.Ordinal)));
    }

    public sealed class Run : IAsyncLifetime
    {
        private readonly ReviewFixture _fixture = new();

        internal Proposer Proposer { get; } = new();

        public IReadOnlyDictionary<string, FunctionReport> Functions { get; private set; } = new Dictionary<string, FunctionReport>();

        public CandidateReport Judged(string name)
        {
            var attack = CandidateAttacks.All.Single(a => a.ToString() == name);
            return Assert.Single(Functions[attack.Function].Candidates, c => c.Title == name);
        }

        public async ValueTask InitializeAsync()
        {
            await _fixture.InitializeAsync();
            using var repository = await TestRepository.CreateAsync();
            await repository.CommitAsync("empty");
            repository.Write("lists.py", HonestCode.Module);
            repository.Write("test_lists.py", HonestCode.Tests);
            await repository.CommitAsync("lists");
            var report = await _fixture.ReviewAsync(repository.Path, _fixture.NewFolder("run"), _ => Proposer);
            Functions = report.Functions.ToDictionary(f => f.Name);
        }

        public ValueTask DisposeAsync() => _fixture.DisposeAsync();
    }

    /// <summary>Proposes all attacks on a function, and an honest candidate after those on the first one.</summary>
    internal sealed class Proposer : IProposer
    {
        public const string Honest = "an honest candidate";

        public string Name => "attacks";

        public List<ProposalRequest> Requests { get; } = [];

        public Task<IReadOnlyList<Candidate>> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken)
        {
            Requests.Add(request);
            if (request is not { Iteration: 1, Repair: null })
                return Task.FromResult<IReadOnlyList<Candidate>>([]);
            var candidates = CandidateAttacks.All.Where(a => a.Function == request.Function.Name)
                .Select(a => new Candidate(Name, 1, HonestCode.Bounded(a.Source).Trim('\n'), a.ToString()));
            return Task.FromResult<IReadOnlyList<Candidate>>(request.Function.Name == "common"
                ? [.. candidates, new Candidate(Name, 1, HonestCode.Bounded(HonestCode.Faster), Honest)]
                : [.. candidates]);
        }
    }
}
