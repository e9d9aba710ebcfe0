using Afterburner.Tests.Workloads;
using Afterburner.Trials;
using Xunit;

namespace Afterburner.Tests.Trials;

/// <summary>Where the original fails on what its arguments hold, a candidate has to fail in the same way, though no test makes such a call.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class FailingCallsTests(HarnessFixture fixture) : IClassFixture<HarnessFixture>
{
    private const string Box = "class Box:\n    def __init__(self):\n        self.table = {'a': 1, 'b': 2}\n";

    [Theory]
    [InlineData("{'table': {'a': 1, 'b': 2}, 'xs': ['a', 'b']}", "[table[x] for x in xs]", "[table.get(x) for x in xs]", "KeyError")]
    [LongData("{'table': Box(), 'xs': ['a', 'b']}", "[table.table[x] for x in xs]", "[table.table.get(x) for x in xs]", "KeyError")]
    [LongData("{'table': [1, 2], 'xs': [3, 4]}", "[xs[i] * table[i] for i in range(len(xs))]", "[x * y for x, y in zip(xs, table)]", "IndexError")]
    [InlineData("{'table': None, 'xs': [{'id': 1}, {'id': 2}]}", "[x['id'] for x in xs]", "[x.get('id') for x in xs]", "KeyError")]
    [LongData("{'table': None, 'xs': [3, 4]}", "sum(xs) / len(xs)", "sum(xs) / (len(xs) or 1)", "ZeroDivisionError")]
    [LongData("{'table': None, 'xs': [3, 4]}", "max(xs)", "max(xs, default=0)", "ValueError")]
    [LongData("{'table': None, 'xs': [3, 4]}", "[x + 1 for x in xs]", "[(x or 0) + 1 for x in xs]", "TypeError")]
    public async Task An_error_is_not_swallowed(string call, string original, string candidate, string expected)
    {
        var outcome = await CompareAsync(call, $"return {original}", $"return {candidate}");

        Assert.True(outcome is EquivalenceOutcome.Differs, outcome.Reason);
        Assert.Contains(expected, outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_done_for_no_items_at_all_is_compared_where_it_is_done_too()
    {
        var outcome = await CompareAsync("{'table': None, 'xs': [3, 4]}", "return ''.join('%s,' % x for x in xs)", "return ','.join(map(str, xs)) + ','");

        Assert.Contains("'' != ','", Assert.IsType<EquivalenceOutcome.Differs>(outcome).Difference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_does_not_take_more_than_it_took()
    {
        const string Original = "out = []\n    for x in xs:\n        try:\n            out.append(table[x] + 1)\n        except KeyError:\n            out.append(0)\n    return out";

        var outcome = await CompareAsync("{'table': {'a': 1, 'b': 2}, 'xs': ['a', 'b', 'c']}", Original, Original.Replace("KeyError", "Exception", StringComparison.Ordinal));

        Assert.Contains("TypeError", Assert.IsType<EquivalenceOutcome.Differs>(outcome).Difference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_line_says_of_its_error_is_part_of_it()
    {
        const string Original = "if len(xs) != len(table): raise ValueError('%d' % len(xs))\n    return [x + y for x, y in zip(xs, table)]";

        var outcome = await CompareAsync("{'table': [1, 2], 'xs': [3, 4]}", Original, Original.Replace("len(xs))", "len(table))", StringComparison.Ordinal));

        Assert.Contains("message", Assert.IsType<EquivalenceOutcome.Differs>(outcome).Difference, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{'table': {'a': 1, 'b': 2}, 'xs': ['a', 'b']}", "out = []\n    for x in xs:\n        out.append(table[x])\n    return out", "return [table[x] for x in xs]")]
    [LongData("{'table': {'a': 1, 'b': 2}, 'xs': ['a', 'b']}", "for x in xs:\n        seen, table[x] = table[x], len(xs)\n    return 0", "known = [table[x] for x in xs]\n    table.update(dict.fromkeys(xs, len(xs)))\n    return 0")]
    [InlineData("{'table': [1, 2], 'xs': [3, 4]}", "return [xs[i] * table[i] for i in range(len(xs))]", "return [x * table[i] for i, x in enumerate(xs)]")]
    [LongData("{'table': None, 'xs': ['a', 'b']}", "return [x.upper() for x in xs]", "return list(map(str.upper, xs))")]
    public async Task An_honest_rewrite_that_fails_for_the_same_reason_is_equal(string call, string original, string candidate)
    {
        var outcome = await CompareAsync(call, original, candidate);

        Assert.True(outcome is EquivalenceOutcome.Equal, outcome.Reason);
    }

    private async Task<EquivalenceOutcome> CompareAsync(string call, string original, string candidate)
    {
        using var file = new OneFile($"def f(table, xs):\n    {original}", Box);
        var arguments = call.Replace("Box()", "m.Box()", StringComparison.Ordinal);
        return await fixture.CompareAsync(file, $"def f(table, xs):\n    {candidate}", HarnessFixture.NothingChanged, arguments);
    }
}
