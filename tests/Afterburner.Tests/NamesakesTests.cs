using Afterburner.Gates;
using Afterburner.Proposers;
using Afterburner.Reviews;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Functions that share their name with others of their file: getters and setters, overloads, branches.</summary>
public sealed class NamesakesTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    private const string Code = """
        from typing import overload


        class Basket:
            def __init__(self, items):
                self.kept = items

            @property
            def items(self):
                assert len(self.kept) <= 600  # no larger calls are made and measured
                found = []
                for item in self.kept:
                    if item not in found:
                        found.append(item)
                return found

            @items.setter
            def items(self, values):
                assert len(values) <= 600
                self.kept = []
                for value in values:
                    if value not in self.kept:
                        self.kept.append(value)


        @overload
        def largest(values: list) -> int: ...
        @overload
        def largest(values: tuple) -> int: ...
        def largest(values):
            assert len(values) <= 600
            best = None
            for value in values:
                if all(value >= other for other in values[:200]) and (best is None or value > best):
                    best = value
            return best


        try:
            from no_such_library import count

            def counted(values):
                return count(values)
        except ImportError:
            def counted(values):
                assert len(values) <= 600
                return sum(values.count(value) for value in values)
        """;

    private const string Tests = """
        import basket

        NUMBERS = list(range(300)) * 2

        def test_items():
            assert len(basket.Basket(NUMBERS).items) == 300

        def test_set_items():
            kept = basket.Basket([])
            kept.items = NUMBERS
            assert len(kept.kept) == 300

        def test_largest():
            assert basket.largest(NUMBERS) == 299

        def test_counted():
            assert basket.counted(NUMBERS) == 1200
        """;

    [LongForm]
    [Fact]
    public async Task Each_is_reviewed_with_its_own_calls_and_its_own_candidates()
    {
        using var repository = await RepositoryAsync("class Basket:\n    pass\n", Code);
        var proposer = new ByText();

        var report = await fixture.ReviewAsync(repository.Path, fixture.NewFolder("run"), _ => proposer);

        Assert.Equal(
            ["Basket.__init__", "Basket.items#1", "Basket.items#2", "largest#1", "largest#2", "largest#3", "counted#1", "counted#2"],
            report.Functions.Select(f => f.Namesake is { } place ? $"{f.Name}#{place}" : f.Name));
        Assert.Equal(report.Functions.Count, report.Functions.Select(f => f.Id).Distinct().Count());
        FunctionReport Of(int index) => report.Functions[index];
        Assert.All([3, 4, 6], i => Assert.Equal("no test reaches it", Of(i).Reason));

        // What was observed is that of the function itself.
        Assert.Equal(["found", "item", "self"], Observed("@property"));
        Assert.Equal(["self", "value", "values"], Observed("@items.setter"));

        // A candidate that is wrong for one of them is wrong for that one only.
        Assert.All([1, 2, 5, 7], i => Assert.Equal(
            ["wrong", "right"], Of(i).Candidates.Select(c => c.Verdict == VerdictKind.Rejected ? "wrong" : "right")));
        Assert.All([1, 2, 5, 7], i => Assert.Contains("differently", Of(i).Candidates[0].Reason, StringComparison.Ordinal));

        IEnumerable<string> Observed(string start) => proposer.Requests
            .First(r => r.Function.Source.StartsWith(start, StringComparison.Ordinal)).Observed.Keys.Order();
    }

    [LongForm]
    [Fact]
    public async Task A_getter_made_many_times_slower_fails_the_gate_and_its_setter_does_not()
    {
        using var repository = await RepositoryAsync(Code, Code
            .Replace("if item not in found", "if not any([found.count(item) for _ in range(9)])", StringComparison.Ordinal)
            .Replace("self.kept = []", "self.kept = list()", StringComparison.Ordinal));

        var report = await new Gate(fixture.Sandbox, _ => { }, TimeProvider.System).RunAsync(
            new GateRequest(repository.Path, fixture.NewFolder("gate"), Configuration.Default) { Base = "HEAD~1" },
            TestContext.Current.CancellationToken);

        Assert.Equal(["Basket.items", "Basket.items"], report.Functions.Select(f => f.Name));
        Assert.True(report.Functions[0].Status == GateStatus.Slower, report.Functions[0].Reason);
        Assert.True(report.Functions[1].Status is GateStatus.NotSlower or GateStatus.CannotTell, report.Functions[1].Reason);
        Assert.All(report.Functions, f => Assert.Null(f.BehaviourChanged));
    }

    [LongForm]
    [Fact]
    public async Task A_setter_that_is_gone_while_its_getter_stays_is_listed()
    {
        var basket = Code[..Code.IndexOf("@overload\ndef largest(values: list)", StringComparison.Ordinal)];
        using var repository = await RepositoryAsync(
            basket, basket[..basket.IndexOf("    @items.setter", StringComparison.Ordinal)], Tests[..Tests.IndexOf("def test_set_items", StringComparison.Ordinal)].Replace("300", "20", StringComparison.Ordinal));

        var report = await new Gate(fixture.Sandbox, _ => { }, TimeProvider.System).RunAsync(
            new GateRequest(repository.Path, fixture.NewFolder("gate"), Configuration.Default) { Base = "HEAD~1" },
            TestContext.Current.CancellationToken);

        Assert.Contains(report.LeftOut, l => l.Examples.Contains("basket.py::Basket.items@17"));
    }

    [LongForm]
    [Fact]
    public async Task One_of_them_is_named_by_its_line_and_the_message_says_so()
    {
        using var repository = await RepositoryAsync("", Code);
        Task<Report> OptimizeAsync(string name) => fixture.ReviewAsync(
            new ReviewRequest(repository.Path, fixture.NewFolder("run"), Configuration.Default) { Function = $"basket.py::{name}" }, _ => new ByText());

        var which = await Assert.ThrowsAsync<UsageException>(() => OptimizeAsync("Basket.items"));
        Assert.Contains("write basket.py::Basket.items@8 or basket.py::Basket.items@17", which.Message, StringComparison.Ordinal);
        Assert.Contains("write basket.py::Basket.__init__", (await Assert.ThrowsAsync<UsageException>(() => OptimizeAsync("Basket.__init__@6"))).Message, StringComparison.Ordinal);
        Assert.Equal(17, Assert.Single((await OptimizeAsync("Basket.items@17")).Functions).StartLine);
    }

    private static async Task<TestRepository> RepositoryAsync(string before, string after, string tests = Tests)
    {
        var repository = await TestRepository.CreateAsync();
        repository.Write("basket.py", before);
        repository.Write("test_basket.py", tests);
        await repository.CommitAsync("before");
        repository.Write("basket.py", after);
        await repository.CommitAsync("after");
        return repository;
    }

    /// <summary>Proposes something wrong and something right for whatever text it is shown.</summary>
    private sealed class ByText : IProposer
    {
        private static readonly (string Old, string Wrong, string Right)[] Changes =
        [
            ("return found", "return found[::-1]", "return found + []"),
            ("self.kept = []", "self.kept = [0, 0]", "self.kept = list()"),
            ("return best", "return -best", "return +best"),
            ("return sum(values.count(value) for value in values)", "return len(values)", "return sum([values.count(value) for value in values])"),
        ];

        public string Name => "scripted";

        public List<ProposalRequest> Requests { get; } = [];

        public Task<IReadOnlyList<Candidate>> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken)
        {
            Requests.Add(request);
            var source = request.Function.Source;
            return Task.FromResult<IReadOnlyList<Candidate>>(request is not { Iteration: 1, Repair: null } ? []
                : [.. Changes.Where(c => source.Contains(c.Old, StringComparison.Ordinal)).SelectMany(c => new[] { c.Wrong, c.Right }
                    .Select(text => new Candidate(Name, 1, source.Replace(c.Old, text, StringComparison.Ordinal), text)))]);
        }
    }
}
