using Afterburner.Suggestions;
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

    [LongForm]
    [Fact]
    public async Task Are_made_where_a_candidate_is_quicker_by_a_look_and_prove_it_for_calls_like_them()
    {
        var function = await fixture.ReviewFileAsync(Slow, OnHeaded, "headed", Quick);

        Assert.True(function.Status == FunctionStatus.Improved, ReviewFixture.Why(function));
        Assert.StartsWith("test_lib.py::test_headed", function.Suggestion!.OnlyLike, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task Are_made_where_head_is_slower_by_a_look_and_fail_the_gate()
    {
        var function = await fixture.GateFileAsync(Quick, OnHeaded, Slow);

        Assert.True(function.Status == GateStatus.Slower, function.Reason);
        Assert.Contains("seen in calls like those of test_lib.py::test_headed", function.Reason, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task Too_large_ones_are_made_where_those_below_them_show_nothing()
    {
        const string Code = "def total(items):\n    found = 0\n    for _ in range(1):\n        found = sum([item * 3 % 11 for item in items])\n    return found";
        const string Tests = "import lib\n\ndef test_total():\n    assert lib.total(list(range(32))) > 0\n";

        var function = await fixture.GateFileAsync(
            Code, Tests, Code.Replace("range(1)", "range(1 + len(items) // 1900 * 60)", StringComparison.Ordinal));

        Assert.True(function.Status == GateStatus.Slower, function.Reason);
    }

    [LongForm]
    [Fact]
    public async Task Of_a_helper_are_those_that_a_larger_call_of_its_caller_makes()
    {
        var function = await fixture.ReviewFileAsync(Escaped, OnEscape, "escaped", """
            def escaped(character):
                return character if character.isalnum() or ord(character) > 127 else "%" + format(ord(character), "02x")
            """);

        Assert.True(function.Status == FunctionStatus.Improved, ReviewFixture.Why(function));
        Assert.Equal(WorkloadKind.Caller, function.Workload!.Kind);
    }

    [LongForm]
    [Fact]
    public async Task Are_made_of_those_of_other_tests_where_one_notices_that_it_is_watched()
    {
        var function = await fixture.ReviewFileAsync(Distinct, OnDistinct, "distinct", "def distinct(items):\n    return items");

        Assert.True(function.Workload!.CapturedCalls > 0, ReviewFixture.Why(function));
    }
}
