using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Afterburner.Languages.Python;
using Afterburner.Proposers;
using Afterburner.Sandboxes;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Tests.Workloads;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Attacks;

/// <summary>
/// Every candidate that is tried is verified on a few calls, as a review does first. What passes there goes through a whole review, in the longer form
/// with one of each kind that does not. None may come out improved.
/// </summary>
public sealed class AttackReviewTests(AttackReviewTests.Run run) : IClassFixture<AttackReviewTests.Run>
{
    /// <summary>Attacks whose reason is looked at.</summary>
    internal static readonly string[] Named = [Names.Module, Names.Globals, Names.Later, Names.Arm];

    public static TheoryData<string> All => [.. CandidateAttacks.Tried.Select(a => a.ToString())];

    [Theory]
    [MemberData(nameof(All))]
    public void None_is_improved(string name)
    {
        if (run.Refused.TryGetValue(name, out var refusal))
            Assert.NotEmpty(refusal);
        if (refusal is not null && !run.Proposer.Attacks.Any(a => a.ToString() == name))
            return;
        var candidate = run.Judged(name);

        Assert.True(candidate.Verdict is VerdictKind.Rejected or VerdictKind.Inconclusive, $"{name}: {candidate.Verdict}: {candidate.Reason}");
        Assert.NotEmpty(candidate.Reason);
    }

    [Theory]
    [InlineData(Names.Module, "collections._sys.modules")]
    [InlineData(Names.Globals, "collections.namedtuple")]
    [InlineData(Names.Later, "the class Later")]
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
        var reason = run.Judged(Names.Arm).Reason;

        Assert.All(said, s => Assert.Contains(s, reason, StringComparison.Ordinal));
        Assert.Contains(run.Proposer.Requests, r => r.Repair is { } repair && said.All(s => repair.Output.Contains(s, StringComparison.Ordinal)));
    }

    /// <summary>Attacks whose reason is looked at.</summary>
    private static class Names
    {
        public const string Module = "reaches what is not its own: text run through the private modules of a module";
        public const string Globals = "reaches what is not its own: globals through attrgetter";
        public const string Arm = "is wrong in an arm that no call takes: of a conditional expression";
        public const string Later = "answers later: a list that is filled when it is walked or written";
    }

    public sealed class Run : IAsyncLifetime
    {
        private readonly ReviewFixture _fixture = new();
        private readonly ConcurrentDictionary<string, BaselineAnswers> _known = new();

        /// <summary>Why a candidate is refused before anything is measured, by its name.</summary>
        public Dictionary<string, string> Refused { get; } = [];

        internal Proposer Proposer { get; private set; } = null!;

        public IReadOnlyDictionary<string, FunctionReport> Functions { get; private set; } = new Dictionary<string, FunctionReport>();

        public CandidateReport Judged(string name)
        {
            var attack = CandidateAttacks.Tried.Single(a => a.ToString() == name);
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
            await VerifyAsync(repository.Path);
            Proposer = new Proposer([.. CandidateAttacks.Tried.Where(a => !Refused.ContainsKey(a.ToString()) || Named.Contains(a.ToString())
                || (LongFormAttribute.AreAsked && a == CandidateAttacks.Tried.First(first => first.Kind == a.Kind && Refused.ContainsKey(first.ToString()))))]);
            var report = await _fixture.ReviewAsync(repository.Path, _fixture.NewFolder("run"), _ => Proposer);
            Functions = report.Functions.ToDictionary(f => f.Name);
        }

        /// <summary>What a review asks of a candidate first: the static rules, and the same answers.</summary>
        private async Task VerifyAsync(string workspace)
        {
            var python = SystemPython.Program(_fixture.Sandbox, TestRunner.Unittest);
            var harness = new Harness(_fixture.Sandbox, python);
            var workloads = new Dictionary<string, Workload>();
            foreach (var function in HonestCode.Functions.Keys)
                workloads[function] = await WorkloadAsync(harness, workspace, function);
            await Parallel.ForEachAsync(CandidateAttacks.Tried, TestContext.Current.CancellationToken, async (attack, cancellationToken) =>
            {
                if (await ReasonAsync(harness, workspace, workloads[attack.Function], attack, cancellationToken) is not { } reason)
                    return;
                lock (Refused)
                    Refused.Add(attack.ToString(), reason);
            });
        }

        private async Task<string?> ReasonAsync(
            Harness harness, string workspace, Workload workload, CandidateAttack attack, CancellationToken cancellationToken)
        {
            var file = HonestCode.ModuleWith(attack.Function, HonestCode.Bounded(attack.Source).Trim('\n'));
            var check = await CandidateCheck.CheckAsync(
                harness, workspace, workload.Target, HonestCode.Module, file, new Limits(), cancellationToken);
            if (check is not CandidateCheckOutcome.Accepted accepted)
                return Assert.IsType<CandidateCheckOutcome.Refused>(check).Reason;
            var equivalence = await Equivalence.CheckAsync(
                new Tree(harness, workspace, new Limits()), workload, new FileVersions(HonestCode.Module, file), accepted, Equivalence.DefaultTolerance,
                _known.GetOrAdd(attack.Function, _ => new BaselineAnswers()), cancellationToken);
            Assert.IsNotType<EquivalenceOutcome.SandboxFailed>(equivalence);
            return equivalence is EquivalenceOutcome.Equal ? null : equivalence.Reason;
        }

        /// <summary>A few of the calls that the tests make.</summary>
        private static async Task<Workload> WorkloadAsync(Harness harness, string workspace, string function)
        {
            var line = 1 + Array.FindIndex(HonestCode.Module.Split('\n'), l => l.StartsWith($"def {function}(", StringComparison.Ordinal));
            var target = new Target("lists.py", function, line);
            await using var runner = await Runner.StartAsync(
                harness, new RunnerVersion(workspace, target, target, null, null, []), new Limits(), 0, TestContext.Current.CancellationToken);
            var blobs = await runner.EncodeAsync(
                [Call([3, 1, 3, 2], [3, 2]), Call([1, 2], [3]), Call(Enumerable.Range(0, 1500), Enumerable.Range(500, 500))],
                TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            return new Workload(
                WorkloadKind.Replay, target, target, [.. blobs.Select((blob, i) => new RecordedCall($"call{i}", "test", 0.01, "", 1, blob))], [], [],
                new Dictionary<string, ObservedValue>());
        }

        private static JsonObject Call(IEnumerable<int> left, IEnumerable<int> right) => new()
        {
            ["left"] = new JsonArray([.. left.Select(n => (JsonNode)n)]), ["right"] = new JsonArray([.. right.Select(n => (JsonNode)n)]),
        };

        public ValueTask DisposeAsync() => _fixture.DisposeAsync();
    }

    /// <summary>Proposes attacks on a function, and an honest candidate after those on the first one.</summary>
    internal sealed class Proposer(IReadOnlyList<CandidateAttack> attacks) : IProposer
    {
        public IReadOnlyList<CandidateAttack> Attacks => attacks;

        public const string Honest = "an honest candidate";

        public string Name => "attacks";

        public List<ProposalRequest> Requests { get; } = [];

        public Task<IReadOnlyList<Candidate>> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken)
        {
            Requests.Add(request);
            if (request is not { Iteration: 1, Repair: null })
                return Task.FromResult<IReadOnlyList<Candidate>>([]);
            var candidates = attacks.Where(a => a.Function == request.Function.Name)
                .Select(a => new Candidate(Name, 1, HonestCode.Bounded(a.Source).Trim('\n'), a.ToString()));
            return Task.FromResult<IReadOnlyList<Candidate>>(request.Function.Name == "common"
                ? [.. candidates, new Candidate(Name, 1, HonestCode.Bounded(HonestCode.Faster), Honest)]
                : [.. candidates]);
        }
    }
}
