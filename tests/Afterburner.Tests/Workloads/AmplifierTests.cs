using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Workloads;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class AmplifierTests(HarnessFixture fixture) : IClassFixture<HarnessFixture>
{
    private const string Distinct = "def f(xs):\n    out = []\n    for x in xs:\n        if x not in out:\n            out.append(x)\n    return out";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_small_call_becomes_larger_ones_of_the_same_make()
    {
        using var file = new OneFile(Distinct);

        var found = await AmplifyAsync(file, 1, 3, "{'xs': [5, 2, 9]}");

        Assert.Null(found.Failure);
        var largest = found.Calls.Where(c => c.Scale == found.Calls.Max(x => x.Scale)).ToList();
        Assert.Equal(3, largest.Count);
        Assert.Equal(3, largest.Select(c => c.Blob).Distinct().Count());
        Assert.All(largest, c => Assert.Matches(@"^xs: list\[\d{3,}\] of int$", c.Shape));
        Assert.Single(largest.Select(c => c.Shape).Distinct());
        Assert.All(found.Calls, c => Assert.Equal("test_m.py::test", c.Test));
    }

    [Fact]
    public async Task Calls_of_one_size_are_as_many_as_were_asked_for_whatever_number_they_are_made_from()
    {
        using var file = new OneFile(Distinct);
        var recorded = await fixture.RecordAsync(file.Workspace, file.Target, "{'xs': [5, 2, 9]}", "{'xs': ['a', 'c']}", "{'xs': [2.5, 9.0]}");

        var found = await Amplifier.AmplifyAsync(
            Of(file), new CallsOf(file.Target, file.Target, recorded), new Amplification(1, 8) { Scale = 64 }, Cancel);

        Assert.Equal(8, found.Calls.Select(c => c.Blob).Distinct().Count());
        Assert.All(found.Calls, c => Assert.Equal(64, c.Scale));
        Assert.Equal(3, found.Calls.Select(c => c.Base).Distinct().Count());
    }

    [Theory]
    [InlineData("[5, 2, 9]")]
    [InlineData("[1, 2, 3]")]
    [InlineData("'a b c d'")]
    [InlineData("{'a': 1, 'b': 2}")]
    [InlineData("[{'id': 1}, {'id': 2}]")]
    [InlineData("[[0, 1], [1, 0]]")]
    public async Task Another_seed_gives_other_values_of_the_same_size_and_the_same_seed_the_same(string value)
    {
        var text = await fixture.PythonAsync(
            $$"""
            from afterburner_harness.growing import larger, plans
            arguments = {"xs": {{value}}}
            first, again, other = (larger.grow(arguments, plans.of(arguments)[0], 64, seed)["xs"] for seed in (1, 1, 2))
            print(first == again, first == other, abs(len(first) - len(other)) <= len(first) // 20)
            """);

        Assert.Equal("True False True\n", text);
    }

    [Theory]
    [InlineData("{'xs': [1, 4, 9, 30]}", "all(a < b for a, b in zip(xs, xs[1:]))")]
    [InlineData("{'xs': [0.5, 0.5, 2.0, 7.25]}", "xs == sorted(xs) and min(xs) >= 0.5 and max(xs) <= 7.25")]
    [InlineData("{'xs': [3, 0, 2, 4, 1]}", "sorted(xs) == list(range(len(xs)))")]
    [InlineData("{'xs': ['A12', 'B07', 'C33']}", "all(x[0].isupper() and x[1:3].isdigit() for x in xs) and len(set(xs)) == len(xs)")]
    [InlineData("{'xs': [(1, 3), (2, 8), (5, 6)]}", "all(type(x) is tuple and x[0] <= x[1] for x in xs)")]
    [InlineData("{'xs': [{'id': 1, 'n': 'a'}, {'id': 2, 'n': 'b'}, {'id': 3, 'n': 'c'}]}", "all(list(x) == ['id', 'n'] for x in xs) and len({x['id'] for x in xs}) == len(xs)")]
    [InlineData("{'xs': {'a': ['b'], 'b': ['a', 'c'], 'c': []}}", "{'a', 'b', 'c'} <= set(xs) and all(y in xs for ys in xs.values() for y in ys)")]
    [InlineData("{'xs': [[0, 1], [1, 0]]}", "all(len(row) == len(xs) for row in xs)")]
    [InlineData("{'xs': 'abcba'}", "xs == xs[::-1] and set(xs) <= set('abc')")]
    [InlineData("{'xs': {3, 7, 11}}", "type(xs) is set")]
    [InlineData("{'xs': (i for i in [1, 2, 3])}", "len(list(xs)) == 48")]
    public async Task Observed_properties_are_kept(string arguments, string property)
    {
        var text = await fixture.PythonAsync(
            $$"""
            from afterburner_harness.growing import larger, plans
            for seed in range(20):
                arguments = {{arguments}}
                xs = larger.grow(arguments, plans.of(arguments)[0], 16, seed)["xs"]
                kept = repr(xs)
                if not ({{property}}): print(seed, kept)
            """);

        Assert.Equal("", text);
    }

    [Fact]
    public async Task Arguments_that_belong_together_stay_together()
    {
        var text = await fixture.PythonAsync(
            """
            from afterburner_harness.growing import larger, plans
            xs = [1, 2, 5]
            for arguments in ({"a": xs, "b": xs}, {"a": [1, 2, 5], "b": [1, 2, 5]}, {"a": [1, 2, 5], "b": ["x", "y", "z"]}, {"a": [1, 2, 5], "n": 3}):
                made = larger.grow(arguments, plans.of(arguments)[0], 8, 1)
                a, b = made.values()
                print(a is b, a == b, len(a) == (b if isinstance(b, int) else len(b)))
            """);

        Assert.Equal("True True True\nFalse True True\nFalse False True\nFalse False True\n", text);
    }

    [Fact]
    public async Task A_function_whose_time_does_not_depend_on_its_arguments_gets_no_larger_calls()
    {
        using var file = new OneFile("def f(xs):\n    return xs[0]");

        Assert.Empty((await AmplifyAsync(file, 1, 2, "{'xs': [5, 2, 9]}")).Calls.Select(c => c.Shape));
    }

    [Fact]
    public async Task Inputs_that_make_the_baseline_raise_something_new_are_dropped()
    {
        using var file = new OneFile("def f(xs):\n    if len(xs) > 20:\n        raise OverflowError('too many')\n    return [y for x in xs for y in xs]");

        var found = await AmplifyAsync(file, 1, 1, "{'xs': [5, 2, 9]}");

        Assert.All(found.Calls, c => Assert.True(c.Scale < 7, c.Shape));
    }

    [Theory]
    [InlineData("first, *others", "(first, *others)", "len({len(first), *map(len, others)}) > 1", "{'first': [1, 5, 9], 'others': ([2, 6, 8], [3, 7, 4])}", @"first: list\[\d{3,}\] of int, others: tuple\[2\]")]
    [LongData("rows", "rows", "len(rows) != 2", "{'rows': [('a', [1, 2]), ('b', [3])]}", @"rows: list\[2\]")]
    [InlineData("rows", "(rows := list(rows))", "len(rows) != 2", "{'rows': (row for row in [[1, 2], [3, 4]])}", "rows: generator")]
    [LongData("rows", "[rows]", "len(rows) % 2 == 0 or any((row in '+-') != at % 2 for at, row in enumerate(rows))", "{'rows': ['1', '+', '2', '-', '3']}", @"rows: list\[\d{3,}\] of str")]
    public async Task Calls_grow_where_only_some_ways_to_grow_are_valid(string header, string rows, string refused, string arguments, string shape)
    {
        using var file = new OneFile($"""
            def f({header}):
                out, all_rows = [], {rows}
                if {refused}:
                    raise ValueError(1)
                for row in all_rows:
                    for x in row[1] if type(row) is tuple else row:
                        out.insert(0, [y for y in out[:40] if y == x])
                return len(out)
            """);

        var found = await AmplifyAsync(file, 1, 1, arguments);

        Assert.Null(found.Failure);
        Assert.NotEmpty(found.Calls);
        Assert.All(found.Calls.Where(c => c.Scale >= 64), c => Assert.Matches(shape, c.Shape));
        Assert.Contains(found.Calls, c => c.Scale >= 64);
    }

    [Fact]
    public async Task A_result_that_depends_on_the_hash_seed_is_dropped()
    {
        using var file = new OneFile("def f(xs):\n    return [y for y in set(xs) for x in xs if x == y]");

        Assert.Empty((await AmplifyAsync(file, 1, 1, "{'xs': ['a', 'b', 'c']}")).Calls.Select(c => c.Shape));
    }

    [Fact]
    public async Task A_curve_grows_by_the_same_few_steps_from_the_recorded_size()
    {
        using var file = new OneFile(Distinct);
        var calls = await fixture.RecordAsync(file.Workspace, file.Target, "{'xs': [5, 2, 9]}", "{'xs': []}");

        var steps = await Amplifier.GrowthAsync(Of(file), new CallsOf(file.Target, file.Target, calls), 1, null, Cancel);

        Assert.True(steps.Count >= 5, $"{steps.Count} steps");
        Assert.Equal(3, steps[0].Size);
        Assert.All(steps.Zip(steps.Skip(1)), pair => Assert.Contains(pair.Second.Size / pair.First.Size, new long[] { 2, 4, 8 }));
    }

    [Fact]
    public async Task The_line_profile_names_the_line_that_takes_the_time()
    {
        using var file = new OneFile("def f(n):\n    a = 1\n    b = sum(range(n))\n    return a + b", "import os\n\n");
        var calls = await fixture.RecordAsync(file.Workspace, file.Target, "{'n': 200000}");

        var lines = await LineProfile.ProfileAsync(Of(file), new CallsOf(file.Target, file.Target, calls), null, Cancel);

        Assert.Equal([2, 3, 4], lines.Select(l => l.Line));
        Assert.Equal(3, lines.MaxBy(l => l.Share)!.Line);
        Assert.All(lines, l => Assert.Equal(1, l.Hits));
    }

    [Theory]
    [InlineData("{'xs': [5, 2, 9], 'n': 3}", "7777", "xs: list[7777] of int, n: int 7777|xs: list[7778] of int, n: int 7778|xs: list[7776] of int, n: int 7776|xs: list[3] of int, n: int 7777")]
    [InlineData("{'xs': 'a b c', 'n': 3}", "40", "xs: str[40], n: int 3|xs: str[41], n: int 3|xs: str[39], n: int 3|xs: str[5], n: int 40")]
    [InlineData("{'xs': ['a', 'b'], 'n': 0.5}", "'magic', 2.5", "xs: list[2] of str, n: float 0.5|xs: list[2] of str, n: float 2.5")]
    public async Task Values_that_a_candidate_names_become_calls(string arguments, string constants, string shapes)
    {
        using var file = new OneFile("def f(xs, n):\n    return xs, n");
        var calls = await fixture.RecordAsync(file.Workspace, file.Target, arguments);

        var found = await Amplifier.AtBoundariesAsync(
            Of(file), new CallsOf(file.Target, file.Target, calls),
            JsonNode.Parse($"[{constants.Replace('\'', '"')}]")!.AsArray(), [], Cancel);

        Assert.Null(found.Failure);
        Assert.Superset(shapes.Split('|').ToHashSet(), found.Calls.Select(c => c.Shape).ToHashSet());
        Assert.Equal(found.Calls.Count, found.Calls.Select(c => c.Blob).Distinct().Count());
    }

    private async Task<AmplifiedCalls> AmplifyAsync(OneFile file, long seed, int count, params string[] arguments) =>
        await AmplifyAsync(file, await fixture.RecordAsync(file.Workspace, file.Target, arguments), seed, count);

    private Task<AmplifiedCalls> AmplifyAsync(OneFile file, IReadOnlyList<RecordedCall> calls, long seed, int count) =>
        Amplifier.AmplifyAsync(Of(file), new CallsOf(file.Target, file.Target, calls), new Amplification(seed, count), Cancel);

    private Tree Of(OneFile file) => new(fixture.Harness, file.Workspace, new Limits());
}
