using Afterburner.Gates;
using Afterburner.Reviews;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests;

/// <summary>What a maintainer made faster shows in calls that no test makes and that take the code as it was no longer than others.</summary>
public sealed class UnlikelyCallsTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    /// <summary>Looks through a run of dashes for each dash in it; at the end of the items that finds nothing, again and again.</summary>
    private const string Slow = """
        def headed(items):
            found, at = [], 0
            while at < len(items):
                if items[at] == "-":
                    end = at
                    while end < len(items) and items[end] == "-":
                        end += 1
                    if end < len(items):
                        found.append((at, end))
                at += 1
            return found
        """;

    private const string Quick = """
        def headed(items):
            found, at = [], 0
            while at < len(items):
                if items[at] == "-":
                    end = at
                    while end < len(items) and items[end] == "-":
                        end += 1
                    if end == len(items):
                        break
                    found.append((at, end))
                at += 1
            return found
        """;

    private const string OnHeaded = """
        import pytest, lib

        @pytest.mark.parametrize("n", range(4))
        def test_headed(n):
            assert lib.headed(["a", "-", "b"] + ["c"] * n) == [(1, 2)]
            assert lib.headed(["a", "b", "-"]) == []
        """;

    private const string Escaped = """
        def escaped(character):
            table = {chr(code): "%" + format(code, "02x") for code in range(128) if not chr(code).isalnum()}
            return table.get(character, character)


        def escape(text):
            return "".join([escaped(character) for character in text])
        """;

    private const string OnEscape = """
        import lib

        def test_escape():
            assert lib.escape("a b/c") == "a%20b%2fc"
            assert lib.escape("plain") == "plain"
        """;

    private const string Distinct = """
        def distinct(items):
            kept = []
            for item in items:
                if item not in kept:
                    kept.append(item)
            return kept
        """;

    private const string OnDistinct = """
        import pytest, lib

        @pytest.mark.parametrize("n", range(4))
        def test_distinct(n):
            assert len(lib.distinct(list(range(300 + n)) * 2)) == 300 + n

        def test_its_code_is_what_it_was():
            assert lib.distinct.__code__.co_consts == (None,) or len(lib.distinct.__code__.co_names) == 1
        """;

    [Fact]
    public async Task Are_made_where_a_candidate_is_quicker_by_a_look_and_prove_it_for_calls_like_them()
    {
        var function = await ReviewAsync(Slow, OnHeaded, Quick, "headed");

        Assert.True(function.Status == FunctionStatus.Improved, Why(function));
        Assert.StartsWith("test_lib.py::test_headed", function.Suggestion!.OnlyLike, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Are_made_where_head_is_slower_by_a_look_and_fail_the_gate()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("lib.py", Quick + "\n");
        repository.Write("test_lib.py", OnHeaded + "\n");
        await repository.CommitAsync("base");
        repository.Write("lib.py", Slow + "\n");
        await repository.CommitAsync("head");

        var report = await new Gate(fixture.Sandbox, _ => { }, TimeProvider.System).RunAsync(
            new GateRequest(repository.Path, fixture.NewFolder("gate"), Configuration.Default) { Base = "HEAD~1" }, TestContext.Current.CancellationToken);

        var function = Assert.Single(report.Functions);
        Assert.True(function.Status == GateStatus.Slower, function.Reason);
        Assert.Contains("seen in calls like those of test_lib.py::test_headed", function.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_helper_are_those_that_a_larger_call_of_its_caller_makes()
    {
        var function = await ReviewAsync(Escaped, OnEscape, """
            def escaped(character):
                return character if character.isalnum() or ord(character) > 127 else "%" + format(ord(character), "02x")
            """, "escaped");

        Assert.True(function.Status == FunctionStatus.Improved, Why(function));
        Assert.Equal(WorkloadKind.Caller, function.Workload!.Kind);
    }

    [Fact]
    public async Task Are_made_of_those_of_other_tests_where_one_notices_that_it_is_watched()
    {
        var function = await ReviewAsync(Distinct, OnDistinct, "def distinct(items):\n    return list(dict.fromkeys(items))", "distinct");

        Assert.True(function.Workload!.CapturedCalls > 0, Why(function));
    }

    private static string Why(FunctionReport function) =>
        $"{function.Status}: {function.Reason}; {string.Join("; ", function.Candidates.Select(c => c.Reason))}";

    private async Task<FunctionReport> ReviewAsync(string code, string tests, string candidate, string name)
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("empty");
        repository.Write("lib.py", code + "\n");
        repository.Write("test_lib.py", tests + "\n");
        await repository.CommitAsync("code");
        var report = await fixture.ReviewAsync(
            new ReviewRequest(repository.Path, fixture.NewFolder("run"), Configuration.Default) { Base = "HEAD~1", Head = "HEAD" },
            _ => new ScriptedProposer(candidate) { For = name, IsRuleBased = true });
        return Assert.Single(report.Functions, f => f.Name == name);
    }
}
