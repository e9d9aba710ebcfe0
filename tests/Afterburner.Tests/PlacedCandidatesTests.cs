using Afterburner.Proposers;
using Afterburner.Reviews;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Imports, constants and helpers of a candidate stand where people put them, where that is proven and can be taken over.</summary>
public sealed class PlacedCandidatesTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    private static readonly string Table = $"{{{string.Join(", ", Enumerable.Range(0, 150).Select(i => $"\"w{i}\": {i}"))}}}";

    private static readonly string Code = $$"""
        '''Words.'''

        import os


        def first_of(queue, most):
            assert len(queue) <= 3_000  # no larger calls are made and measured
            taken = []
            while queue and len(taken) < most:
                taken.append(queue.pop(0))
            return taken


        # What the words are worth.
        def worth(words):
            assert len(words) < 500
            total = 0
            for word in words:
                table = {{Table}}
                total += table.get(word, 0)
            return total


        def rank(word):
            table = {{Table}}
            return table.get(word, 0)


        def ranks(words):
            assert len(words) < 500
            return [rank(word) for word in words]

        """;

    private const string Tests = """
        import lib

        def test_first():
            for n in range(2_500, 3_001, 100):
                assert lib.first_of(list(range(n)), n - 100) == list(range(n - 100))
            assert lib.first_of(list(range(200)), 300) == list(range(200))

        def test_worth():
            assert lib.worth(["w1", "w2", "none"] * 100) == 300

        def test_ranks():
            assert lib.ranks(["w1", "w2", "none"] * 100) == [1, 2, 0] * 100

        """;

    private static readonly (string Name, string Source)[] Candidates =
    [
        ("first_of", "def first_of(queue, most):\n    from collections import deque\n    assert len(queue) <= 3_000\n    rest = deque(queue)\n    taken = []\n    while rest and len(taken) < most:\n        taken.append(rest.popleft())\n    queue[:] = rest\n    return taken"),
        ("worth", $"def worth(words):\n    _WORTH = {Table}\n    assert len(words) < 500\n    total = 0\n    for word in words:\n        total += _WORTH.get(word, 0)\n    return total"),
        ("rank", $"def rank(word):\n    _RANKS = {Table}\n    return _RANKS.get(word, 0)"),
    ];

    [LongForm]
    [Fact]
    public async Task In_a_new_file_they_stand_at_its_top_and_before_the_function()
    {
        var functions = await ReviewAsync(r =>
        {
            r.Write("lib.py", Code);
            return Task.CompletedTask;
        });

        Assert.All(functions, f => Assert.True(f.Value.Status == FunctionStatus.Improved, $"{f.Key}: {f.Value.Reason} {string.Join("; ", f.Value.Candidates.Select(c => c.Reason))}"));
        Assert.Equal("from collections import deque\n", Assert.Single(functions["first_of"].Suggestion!.Elsewhere).Replacement.Replace("import os\n", "", StringComparison.Ordinal));
        Assert.DoesNotContain("import", functions["first_of"].Suggestion!.Replacement, StringComparison.Ordinal);
        Assert.Empty(functions["worth"].Suggestion!.Elsewhere);
        Assert.Contains($"    _WORTH = {Table}\n", functions["worth"].Suggestion!.Replacement, StringComparison.Ordinal);
        Assert.Empty(functions["rank"].Suggestion!.Elsewhere);
        Assert.StartsWith($"_RANKS = {Table}\n\n\ndef rank(word):\n", functions["rank"].Suggestion!.Replacement, StringComparison.Ordinal);
        Assert.All(functions.Values, f => Assert.True(f.Suggestion!.Hunk));
    }

    [LongForm]
    [Fact]
    public async Task Where_the_top_is_not_part_of_the_change_an_import_stays_inside_and_what_only_gains_outside_is_a_patch()
    {
        var functions = await ReviewAsync(async r =>
        {
            r.Write("lib.py", Code.Replace("len(taken) < most", "most > len(taken)", StringComparison.Ordinal).Replace("return table.get(word, 0)", "return table.get(word) or 0", StringComparison.Ordinal));
            await r.CommitAsync("before");
            r.Write("lib.py", Code);
        });

        Assert.True(functions["first_of"].Suggestion is { Elsewhere: [], Hunk: true }, functions["first_of"].Reason);
        Assert.Contains("    from collections import deque\n", functions["first_of"].Suggestion!.Replacement, StringComparison.Ordinal);
        Assert.True(functions["rank"].Suggestion is { Replacement: { } text } && text.StartsWith("_RANKS = ", StringComparison.Ordinal), functions["rank"].Reason);
    }

    private async Task<Dictionary<string, FunctionReport>> ReviewAsync(Func<TestRepository, Task> change)
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("test_lib.py", Tests);
        await repository.CommitAsync("empty");
        await change(repository);
        await repository.CommitAsync("code");
        var report = await fixture.ReviewAsync(
            new ReviewRequest(repository.Path, fixture.NewFolder("run"), Configuration.Default) { Base = "HEAD~1", Head = "HEAD" },
            [.. Candidates.Select(c => (Func<Harness, IProposer>)(_ => new ScriptedProposer(c.Source) { For = c.Name, Name = c.Name, IsRuleBased = true }))]);
        return report.Functions.Where(f => Candidates.Any(c => c.Name == f.Name)).ToDictionary(f => f.Name);
    }
}
