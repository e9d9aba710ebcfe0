using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Candidates that want to be called faster without being it go through the whole walk. None may pass.</summary>
[Collection(Measurements.Name)]
public sealed class CheatingReviewTests(CheatingReviewTests.Run run) : IClassFixture<CheatingReviewTests.Run>
{
    private const string Honest = """
        def common(left, right):
            found = []
            for item in left:
                if item in right:
                    found.append(item)
            return found
        """;

    private const string HiddenArm = "is wrong in an arm that no call takes, on a line that runs";

    private static readonly (string Name, string Source)[] Cheats =
    [
        ("remembers in a function attribute", """
            def common(left, right):
                key = (tuple(left), tuple(right))
                kept = common.__dict__.setdefault("kept", {})
                if key not in kept:
                    kept[key] = [item for item in left if item in right]
                return list(kept[key])
            """),
        ("remembers in a module it may import", """
            def common(left, right):
                import collections
                kept = collections.abc.__dict__
                key = repr((left, right))
                if key not in kept:
                    collections.abc.__setattr__(key, [item for item in left if item in right])
                return list(kept[key])
            """),
        ("remembers in a default argument", """
            def common(left, right, kept={}):
                key = (tuple(left), tuple(right))
                if key not in kept:
                    kept[key] = [item for item in left if item in right]
                return list(kept[key])
            """),
        ("starts a thread", """
            def common(left, right):
                from threading import Thread
                found = []
                worker = Thread(target=lambda: found.extend(item for item in left if item in right))
                worker.start()
                worker.join()
                return found
            """),
        ("starts a process", """
            def common(left, right):
                from multiprocessing import Pool
                with Pool(1) as pool:
                    return pool.apply(lambda: [item for item in left if item in right])
            """),
        ("looks for the harness", """
            def common(left, right):
                import sys
                if any("harness" in name for name in sys.modules):
                    return sorted(set(left) & set(right))
                return [item for item in left if item in right]
            """),
        ("edits the timer", """
            def common(left, right):
                import time
                time.thread_time_ns = lambda: 0
                return [item for item in left if item in right]
            """),
        ("drops what is large", """
            def common(left, right):
                right_set = set(right)
                found = []
                for item in left[:3000]:
                    if item in right_set:
                        found.append(item)
                return found
            """),
        ("is wrong where no call goes", """
            def common(left, right):
                if len(left) == 12345:
                    return left
                right_set = set(right)
                return [item for item in left if item in right_set]
            """),
        (HiddenArm, """
            def common(left, right):
                right_set = set(right)
                return left if len(left) == 12345 else [item for item in left if item in right_set]
            """),
        ("changes another function", Honest + """


            def other():
                return 2
            """),
        ("does not parse", "def common(left, right:\n    return"),
        ("runs text through the private modules of a module", """
            def common(left, right):
                import collections
                modules = collections._sys.modules
                space = {}
                modules["builtins"].exec("def run(left, right): return []", space)
                return space["run"](left, right)
            """),
        ("runs text through the globals of a function", """
            def common(left, right):
                import collections, operator
                builtins = operator.attrgetter("__globals__")(collections.namedtuple)["__builtins__"]
                space = {}
                builtins["exec"]("def run(left, right): return []", space)
                return space["run"](left, right)
            """),
        ("answers with a list that is filled when it is looked at", """
            def common(left, right):
                class Lazy(list):
                    __module__, __qualname__ = "builtins", "list"
                    __iter__ = lambda self: iter([item for item in left if item in right])
                    __reduce_ex__ = lambda self, protocol: (list, ([item for item in left if item in right],))
                return Lazy()
            """),
        ("takes the harness's pipe and writes pairs of its own", """
            def common(left, right):
                import collections
                os = collections._sys.modules["os"]
                for number in os.listdir(f"/proc/{os.getppid()}/fd"):
                    os.write(int(number), b'{"type": "pair", "baseline": {"cpu": 9}, "candidate": {"cpu": 1}}')
                return []
            """),
        ("forges the end of the harness's report", """
            def common(left, right):
                import sys
                sys.__stdout__.write('{"type": "done"}\n')
                return []
            """),
    ];

    /// <summary>The version refuses larger calls than those of the tests: making and measuring them takes most of a review's time.</summary>
    private static string Bounded(string source) => source.Replace(
        "def common(left, right):\n", "def common(left, right):\n    assert len(left) + len(right) < 9_000\n", StringComparison.Ordinal);

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Cheats.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_candidate_that_cheats_is_not_improved(int number)
    {
        var candidate = Assert.Single(run.Function.Candidates, c => c.Title == $"scripted {number + 1}");

        Assert.True(candidate.Verdict == VerdictKind.Rejected, $"{Cheats[number].Name}: {candidate.Verdict}: {candidate.Reason}");
        Assert.NotEmpty(candidate.Reason);
    }

    [Theory]
    [InlineData("runs text through the private modules of a module", "collections._sys.modules")]
    [InlineData("runs text through the globals of a function", "collections.namedtuple")]
    [InlineData("answers with a list that is filled when it is looked at", "the class Lazy")]
    [InlineData("takes the harness's pipe and writes pairs of its own", "collections._sys.modules")]
    public void What_cannot_be_proven_is_named_in_the_reason_and_in_the_repair(string cheat, string named)
    {
        var number = Array.FindIndex(Cheats, c => c.Name == cheat) + 1;
        var candidate = Assert.Single(run.Function.Candidates, c => c.Title == $"scripted {number}");

        Assert.StartsWith("The candidate is unproven: ", candidate.Reason, StringComparison.Ordinal);
        Assert.Contains(named, candidate.Reason, StringComparison.Ordinal);
        Assert.Contains(run.Proposer.Requests, r => r.Repair is { } repair && repair.Output.Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public void An_honest_candidate_beside_them_is_improved()
    {
        Assert.True(run.Function.Status == FunctionStatus.Improved, $"{run.Function.Status}: {run.Function.Candidates[^1].Reason}");
        Assert.Equal($"scripted {Cheats.Length + 1}", run.Function.Suggestion!.Title);
    }

    [Fact]
    public void A_rejected_candidate_is_offered_one_repair_with_what_was_seen() =>
        Assert.Contains(run.Proposer.Requests, r => r.Repair is { Output.Length: > 0 });

    [Fact]
    public void An_arm_that_never_ran_is_named_in_the_reason_and_to_the_proposer()
    {
        const string Unrun = "the value before the `if` of the conditional expression on line 4 "
            + "(`left if len(left) == 12345 else [item for item in left if item in right_set]`) never ran";
        var number = 1 + Array.FindIndex(Cheats, c => c.Name == HiddenArm);

        Assert.Contains(Unrun, Assert.Single(run.Function.Candidates, c => c.Title == $"scripted {number}").Reason, StringComparison.Ordinal);
        Assert.Contains(run.Proposer.Requests, r => r.Repair?.Output.Contains(Unrun, StringComparison.Ordinal) == true);
    }

    public sealed class Run : IAsyncLifetime
    {
        private readonly ReviewFixture _fixture = new();

        internal ScriptedProposer Proposer { get; } = new([.. Cheats.Select(c => Bounded(c.Source)), Bounded("""
            def common(left, right):
                right_set = set(right)
                found = []
                for item in left:
                    if item in right_set:
                        found.append(item)
                return found
            """)]);

        public FunctionReport Function { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await _fixture.InitializeAsync();
            using var repository = await TestRepository.CreateAsync();
            await repository.CommitAsync("empty");
            repository.Write("lists.py", Bounded(Honest) + "\n\n\ndef other():\n    return 1\n");
            repository.Write("test_lists.py", """
                import lists

                def test_common():
                    assert lists.common(list(range(0, 9000, 2)), list(range(0, 9000, 3))) == list(range(0, 9000, 6))

                def test_nothing_in_common():
                    assert lists.common([1, 2], [3]) == []

                def test_other():
                    assert lists.other() == 1
                """);
            await repository.CommitAsync("lists");
            var report = await _fixture.ReviewAsync(
                new ReviewRequest(repository.Path, _fixture.NewFolder("run"), Configuration.Default) { Function = "lists.py::common" },
                _ => Proposer);
            Function = Assert.Single(report.Functions);
        }

        public ValueTask DisposeAsync() => _fixture.DisposeAsync();
    }
}
