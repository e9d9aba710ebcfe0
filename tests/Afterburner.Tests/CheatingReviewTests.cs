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
        ("changes another function", Honest + """


            def other():
                return 2
            """),
        ("does not parse", "def common(left, right:\n    return"),
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

    [Fact]
    public void An_honest_candidate_beside_them_is_improved()
    {
        Assert.Equal(FunctionStatus.Improved, run.Function.Status);
        Assert.Equal($"scripted {Cheats.Length + 1}", run.Function.Suggestion!.Title);
    }

    [Fact]
    public void A_rejected_candidate_is_offered_one_repair_with_what_was_seen() =>
        Assert.Contains(run.Proposer.Requests, r => r.Repair is { Output.Length: > 0 });

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
