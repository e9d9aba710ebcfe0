using Afterburner.Sandboxes;
using Afterburner.Tests.Workloads;
using Afterburner.Trials;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Trials;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class EquivalenceTests(HarnessFixture fixture) : IClassFixture<HarnessFixture>
{
    private const string Total = """
        def total(xs, scale=1.0):
            result = 0.0
            for x in xs:
                result += x * scale
            if result < 0:
                raise ValueError("negative: %r" % result)
            return {"sum": result, "n": len(xs)}
        """;

    private const string Thirds = "def f(xs):\n    \"Thirds.\"\n    out = []\n    for x in xs:\n        out.append(x % 3)\n    return out";

    private static readonly string[] Lists = ["{'xs': []}", "{'xs': [0, 1, 2, 3, 4]}", "{'xs': [9, 7]}"];

    private static readonly string[] Totals = ["{'xs': [1, 2, 3], 'scale': 1.0}", "{'xs': [0.5] * 40, 'scale': 2.0}", "{'xs': [-1], 'scale': 1.0}"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_faithful_rewrite_is_equal()
    {
        var outcome = await CompareAsync(
            new OneFile(Total), Totals, """
            def total(xs, scale=1.0):
                result = sum([x * scale for x in xs], 0.0)
                if result < 0:
                    raise ValueError("negative: %r" % result)
                return {"sum": result, "n": len(xs)}
            """);

        Assert.Equal(new EquivalenceOutcome.Equal(3, 0), outcome);
    }

    [Theory]
    [InlineData("%r\" % result)", "%s!\" % result)", "exception: message 'negative: -1.0' != 'negative: -1.0!'")]
    [LongData("ValueError", "RuntimeError", "ValueError('negative: -1.0') (ValueError) != RuntimeError('negative: -1.0') (RuntimeError)")]
    [InlineData("\"n\": len(xs)", "\"n\": len(xs) + 0.0", "return['n']: 3 (int) != 3.0 (float)")]
    [LongData("{\"sum\": result, \"n\": len(xs)}", "{\"n\": len(xs), \"sum\": result}", "keys in another order")]
    [LongData("{\"sum\": result, \"n\": len(xs)}", "{\"sum\": result}", "key 'n' missing")]
    [LongData("    result = 0.0", "    xs.reverse()\n    result = 0.0", "argument xs afterwards[0]: 1 != 3")]
    [LongData("    result = 0.0", "    print('here')\n    result = 0.0", "printed")]
    [LongData("    result = 0.0", "    import warnings; warnings.warn('old')\n    result = 0.0", "warned")]
    [LongData("    result = 0.0", "    result = 1e-6", "return['sum']")]
    [LongData("    for x in xs", "    for x in xs[:30]", "return['sum']: 40.0 != 30.0")]
    public async Task A_difference_a_user_could_see_is_found_and_named(string old, string replacement, string expected)
    {
        using var file = new OneFile(Total);

        var outcome = await CompareAsync(file, Totals, file.Function.Replace(old, replacement, StringComparison.Ordinal));

        var differs = Assert.IsType<EquivalenceOutcome.Differs>(outcome);
        Assert.Contains(expected, differs.Difference, StringComparison.Ordinal);
        Assert.StartsWith("total(xs=[", differs.Input, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Floats_within_the_tolerance_are_equal_and_beyond_it_are_not()
    {
        const string Mean = "def mean(xs):\n    t = 0.0\n    for x in xs:\n        t += x\n    return t";
        const string Exact = "def mean(xs):\n    import math\n    return math.fsum(xs)";

        Assert.IsType<EquivalenceOutcome.Equal>(await CompareAsync(new OneFile(Mean), ["{'xs': [0.1] * 1000}"], Exact));
        Assert.IsType<EquivalenceOutcome.Differs>(await CompareAsync(new OneFile(Mean), ["{'xs': [0.1] * 1000}"], Exact, tolerance: 1e-15));
    }

    [Fact]
    public async Task Nan_equals_nan_and_sets_have_no_order()
    {
        const string Before = "def f(xs):\n    out = set()\n    for x in xs:\n        out.add(x)\n    return out, float('nan'), [float('inf')]";
        const string After = "def f(xs):\n    return set(reversed(xs)), float('nan'), [float('inf')]";

        Assert.IsType<EquivalenceOutcome.Equal>(await CompareAsync(new OneFile(Before), ["{'xs': ['a', 'b', 'c', 'd', 'e']}"], After));
    }

    [Fact]
    public async Task Items_of_a_generator_come_in_the_same_order()
    {
        const string Before = "def f(xs):\n    for x in xs:\n        yield x * 2";

        var outcome = await CompareAsync(new OneFile(Before), ["{'xs': [3, 1, 2]}"], "def f(xs):\n    for x in sorted(xs):\n        yield x * 2");

        Assert.Equal("return[0]: 6 != 2", Assert.IsType<EquivalenceOutcome.Differs>(outcome).Difference);
    }

    [Fact]
    public async Task A_list_whose_order_depends_on_the_hash_seed_is_found_under_the_second_seed()
    {
        const string Before = "def f(xs):\n    out = []\n    for x in xs:\n        if x not in out:\n            out.append(x)\n    return out";

        var outcome = await CompareAsync(new OneFile(Before), ["{'xs': ['b', 'a', 'b']}", "{'xs': ['k%d' % i for i in range(9)]}"], "def f(xs):\n    return list(set(xs))");

        Assert.IsType<EquivalenceOutcome.Differs>(outcome);
    }

    [Fact]
    public async Task A_shared_inner_list_is_not_the_same_as_separate_ones()
    {
        const string Before = "def f(n):\n    return [[0] * n for _ in range(n)]";

        var outcome = await CompareAsync(new OneFile(Before), ["{'n': 3}"], "def f(n):\n    return [[0] * n] * n");

        Assert.Contains("same object", Assert.IsType<EquivalenceOutcome.Differs>(outcome).Difference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Returning_the_argument_itself_instead_of_a_copy_is_a_difference()
    {
        var outcome = await CompareAsync(new OneFile("def f(xs):\n    return [x for x in xs]"), ["{'xs': [1, 2]}"], "def f(xs):\n    return xs");

        Assert.IsType<EquivalenceOutcome.Differs>(outcome);
    }

    [Theory]
    [InlineData("return TABLE", "values of the module in the answer")]
    [LongData("return ROWS[0]", "values of the module in the answer")]
    [LongData("TABLE.append(0); return TABLE[:-1]", "TABLE")]
    public async Task A_list_of_the_module_that_is_given_out_or_changed_is_a_difference(string body, string expected)
    {
        using var file = new OneFile("def f(n):\n    return [x for x in TABLE if x or ROWS]", "TABLE = [1, 2, 3]\nROWS = ([1, 2, 3],)\n");

        var outcome = await CompareAsync(file, ["{'n': 3}"], "def f(n):\n    " + body);

        Assert.Contains(expected, outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CALLS.extend([n])\n    return CALLS[0] - n, len(CALLS)", null)]
    [LongData("CALLS.append(n)\n    return 0, 1", "after other calls, return[0]: ")]
    public async Task What_a_call_does_may_depend_on_those_before_it_and_then_in_the_same_way(string body, string? expected)
    {
        using var file = new OneFile("def f(n):\n    CALLS.append(n)\n    return CALLS[0] - n, len(CALLS)", "CALLS = []\n");

        var outcome = await CompareAsync(file, ["{'n': 3}", "{'n': 5}", "{'n': 9}", "{'n': 4}"], "def f(n):\n    " + body);

        if (expected is null)
            Assert.IsType<EquivalenceOutcome.Equal>(outcome);
        else
            Assert.Contains(expected, Assert.IsType<EquivalenceOutcome.Differs>(outcome).Difference, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("return len(text)", "effects")]
    [LongData("with open(path, 'w') as file:\n        return file.write(text.upper())", "effects")]
    [LongData("with open(path, 'w') as file:\n        file.write(text)\n    with open(path + '.old', 'w') as file:\n        return file.write(text)", "effects")]
    [LongData("import os\n    os.mkdir(path + '.d')\n    with open(path, 'a') as file:\n        return file.write(text)", "effects")]
    public async Task Files_that_a_call_writes_are_part_of_what_it_does(string body, string expected)
    {
        const string Before = "def f(path, text):\n    for c in text:\n        with open(path, 'a') as file:\n            file.write(c)\n    return len(text)";
        const string Call = "{'path': '/tmp/written', 'text': 'abc'}";

        var once = await CompareAsync(new OneFile(Before), [Call], "def f(path, text):\n    if text:\n        file = open(path, 'a')\n        file.write(text)\n        file.close()\n    return len(text)");
        var otherwise = await CompareAsync(new OneFile(Before), [Call], "def f(path, text):\n    " + body);

        Assert.IsType<EquivalenceOutcome.Equal>(once);
        Assert.Contains(expected, Assert.IsType<EquivalenceOutcome.Differs>(otherwise).Difference, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("return [x % 3 for x in xs[:700]]", "return: ")]
    [LongData("return [x % 3 for x in xs[:int(700.5)]]", "return: ")]
    [LongData("most = 7; most *= 100; return [x % 3 for x in xs[:most]]", "return: ")]
    [LongData("kept = (901, 902, 903, 904, 905, 906, 907); return [x % 3 for x in xs[:sum(divmod(700, 701))]]", "return: ")]
    [LongData("import string; return [x % 3 for x in xs[:len(string.printable)]]", "return: ")]
    [LongData("table = {700: xs}; return table.get(len(xs), [x % 3 for x in xs])", "return[")]
    [LongData("return [x % 3 for x in xs] if len(xs) != 700 else []", "Not exercised: ")]
    public async Task What_a_candidate_does_on_the_values_it_names_is_looked_at(string body, string expected)
    {
        using var file = new OneFile(Thirds);

        var outcome = await CompareAsync(file, Lists, $"def f(xs):\n    \"Thirds.\"\n    {body}");

        Assert.Contains(expected, outcome.Reason, StringComparison.Ordinal);
        Assert.Contains("The candidate behaves differently on f(xs=[", outcome.Reason, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task Both_ways_of_a_threshold_that_a_candidate_brings_are_tried_at_it()
    {
        using var file = new OneFile(Thirds);

        var outcome = await CompareAsync(file, Lists, "def f(xs):\n    \"Thirds.\"\n    if len(xs) > 64:\n        return list(map(lambda x: x % 3, xs))\n    return [x % 3 for x in xs]");

        Assert.IsType<EquivalenceOutcome.Equal>(outcome);
    }

    [Theory]
    [InlineData("f'fault at 0x{x:08x}'", "'fault at 0x00000000'", "return[1]")]
    [LongData("f'fault at 0x{x + (1 << 46):x}'", "f'fault at 0x{7 + (1 << 46):x}'", "return[0]")]
    [LongData("repr(object())[:8]", "str(object())[:8]", null)]
    [LongData("repr(object())", "str(object())", null)]
    public async Task An_address_is_any_object_s_and_another_number_is_not(string before, string after, string? expected)
    {
        using var file = new OneFile($"def f(xs):\n    return [{before} for x in xs]");

        var outcome = await CompareAsync(file, ["{'xs': [0, 1, 2, 3]}"], $"def f(xs):\n    return [{after} for x in xs]");

        Assert.Equal(expected is null, outcome is EquivalenceOutcome.Equal);
        Assert.Contains(expected ?? "agree", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("total(xs, reverse=False, box=None, scale=1)", "xs[::-1] if reverse else xs[:]", "xs[:]", "reverse=True")]
    [LongData("total(xs, reverse=False, box=None, scale=1)", "xs[::-1] if reverse else xs[:]", "(reverse, xs[:])[1]", "reverse=True")]
    [LongData("total(xs, missing=None)", "xs or missing", "xs or None", "missing=")]
    [LongData("total(xs, scale=1)", "[x * scale for x in xs]", "xs[:]", "scale=2")]
    [LongData("total(xs, box=None)", "[x * box.scale for x in xs]", "xs[:]", "return")]
    public async Task What_a_candidate_no_longer_reads_is_something_else_in_some_calls(string header, string before, string after, string expected)
    {
        const string Box = "class Box:\n    def __init__(self):\n        self.scale = 1\n";
        using var file = new OneFile($"def {header}:\n    return {before}", Box);
        var extra = header.Contains("box", StringComparison.Ordinal) ? "'box': m.Box(), " : "";
        var others = string.Concat(new[] { "reverse=False", "missing=None", "scale=1" }.Where(o => header.Contains(o, StringComparison.Ordinal))
            .Select(o => $"'{o.Split('=')[0]}': {o.Split('=')[1]}, "));

        var outcome = await CompareAsync(file, [$"{{'xs': [], {extra}{others}}}", $"{{'xs': [1, 2], {extra}{others}}}"], $"def {header}:\n    return {after}");

        var reason = outcome is EquivalenceOutcome.NotExercised missing ? missing.Shown ?? missing.Reason : outcome.Reason;
        Assert.Contains(expected, reason, StringComparison.Ordinal);
        Assert.IsNotType<EquivalenceOutcome.Equal>(outcome);
    }

    [Theory]
    [InlineData("logging.getLogger('quiet').debug('%d', len(xs))", "logged")]
    [LongData("print(len(xs), file=sys.stderr)", "printed")]
    public async Task What_is_logged_where_nobody_listens_and_what_goes_to_standard_error_counts(string line, string expected)
    {
        using var file = new OneFile($"def f(xs):\n    {line}\n    return len(xs)", "import logging\nimport sys\nlogging.disable(logging.CRITICAL)\n");

        var outcome = await CompareAsync(file, ["{'xs': [0, 1]}"], $"def f(xs):\n    {line.Replace("len(xs)", "len(xs) + 1", StringComparison.Ordinal)}\n    return len(xs)");

        Assert.Contains(expected, Assert.IsType<EquivalenceOutcome.Differs>(outcome).Difference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_exception_was_raised_from_is_part_of_it()
    {
        const string Before = "def f(xs):\n    try:\n        return xs[0]\n    except IndexError as error:\n        raise KeyError(1) from error";

        var outcome = await CompareAsync(new OneFile(Before), ["{'xs': [1]}", "{'xs': []}"], Before.Replace("from error", "from None", StringComparison.Ordinal));

        Assert.IsType<EquivalenceOutcome.Differs>(outcome);
    }

    [Theory]
    [InlineData("next(COUNT)", "len(xs)", "COUNT")]
    [LongData("WHERE.set(len(xs))", "WHERE.get(0)", "WHERE")]
    public async Task Counts_and_variables_of_a_context_are_left_as_the_original_leaves_them(string before, string after, string expected)
    {
        using var file = new OneFile($"def f(xs):\n    kept = {before}\n    return len(xs)", "import contextvars\nimport itertools\nCOUNT = itertools.count()\nWHERE = contextvars.ContextVar('where')\n");

        var outcome = await CompareAsync(file, ["{'xs': [0, 1]}"], $"def f(xs):\n    kept = {after}\n    return len(xs)");

        Assert.Contains(expected, Assert.IsType<EquivalenceOutcome.KeepsState>(outcome).Reason, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task Changes_of_another_module_s_values_through_another_name_are_seen()
    {
        using var file = new OneFile("def f(n):\n    return consts.LIMITS['most'] + n", "import consts\n");
        await File.WriteAllTextAsync(Path.Combine(file.Workspace, "consts.py"), "LIMITS = {'most': 3, 'least': 1}\n", Cancel);

        var outcome = await CompareAsync(file, ["{'n': 3}"], "def f(n):\n    held = consts.LIMITS\n    held['least'] = n\n    return held['most'] + n");

        Assert.Contains("consts: LIMITS", Assert.IsType<EquivalenceOutcome.KeepsState>(outcome).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""
        class Lazy(Box):
                __module__, __qualname__ = "m", "Box"
                values = property(lambda self: [x + 1 for x in xs])
                __reduce_ex__ = lambda self, protocol: (None, (type(self),), {"values": [x + 1 for x in xs]}, None, None)
            return Lazy.__new__(Lazy), iter(())
        """, "return[0]: m.Box is a class made inside the call")]
    [LongData("box = Box([])\n    def later():\n        box.values = [x + 1 for x in xs]\n        return\n        yield\n    return box, later()", "return[0].values")]
    [LongData("return Box([x + 1 for x in xs]), (x for x in xs if False)", "return[1]: what it gives later is made in another way")]
    public async Task Work_that_waits_for_whoever_looks_at_the_answer_is_a_difference(string body, string expected)
    {
        const string Before = "class Box:\n    def __init__(self, values):\n        self.values = values\n";
        using var file = new OneFile("def f(xs):\n    return Box([x + 1 for x in xs]), iter(())", Before);

        var outcome = await CompareAsync(file, ["{'xs': [1, 2]}"], "def f(xs):\n    " + body);

        Assert.StartsWith(expected, Assert.IsType<EquivalenceOutcome.Differs>(outcome).Difference, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("import os; os._exit(0)", "ended the process (exit code 0)")]
    [LongData("import ctypes; ctypes.string_at(0)", "ended the process (signal 11)")]
    [InlineData("""
        import os
            for i in range(3, 64):
                try:
                    os.write(i, b'{"type": "call", "id": "call0", "compared": true, "equal": true}\n{"type": "done", "calls": 3}\n')
                except OSError:
                    pass
            os._exit(0)
        """, "the candidate broke")]
    public async Task A_candidate_that_ends_the_process_or_forges_the_answer_is_not_equal(string body, string how)
    {
        using var file = new OneFile(Total);

        var outcome = await CompareAsync(file, Totals, file.Function.Replace("    result = 0.0", $"    {body}\n    result = 0.0", StringComparison.Ordinal));

        Assert.Contains(how, Assert.IsType<EquivalenceOutcome.Crashed>(outcome).How, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_candidate_that_hangs_is_stopped()
    {
        using var file = new OneFile(Total);

        var outcome = await CompareAsync(file, Totals, "def total(xs, scale=1.0):\n    while True:\n        pass");

        Assert.Contains("did not finish within", Assert.IsType<EquivalenceOutcome.TimedOut>(outcome).How, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("_SEEN = {}", "    key = tuple(xs)\n    if key not in _SEEN:\n        _SEEN[key] = [x + 1 for x in xs]\n    return list(_SEEN[key])", "_SEEN")]
    [LongData("", "    f.calls = getattr(f, 'calls', 0) + 1\n    return [x + 1 for x in xs]", "attributes of")]
    [LongData("class Box:\n    kept = []", "    Box.kept.append(1)\n    return [x + 1 for x in xs]", "Box.kept")]
    [LongData("import math", "    math.kept = 1\n    return [x + 1 for x in xs]", "math")]
    public async Task A_candidate_that_keeps_values_between_calls_is_reported(string before, string body, string what)
    {
        using var file = new OneFile("def f(xs):\n    out = []\n    for x in xs:\n        out.append(x + 1)\n    return out", before);

        var outcome = await CompareAsync(file, ["{'xs': [1, 2]}", "{'xs': [1, 2]}", "{'xs': []}"], "def f(xs):\n" + body);

        Assert.Contains(what, Assert.IsType<EquivalenceOutcome.KeepsState>(outcome).What, StringComparison.Ordinal);
    }

    [LongForm]
    [Theory]
    [InlineData("    return len(xs)")]
    [LongData("    for x in xs:\n        COUNTS[x] = 1\n    return len(xs)")]
    public async Task What_the_original_leaves_in_its_module_a_candidate_has_to_leave_too(string body)
    {
        using var file = new OneFile("def f(xs):\n    for x in xs:\n        COUNTS[x] = COUNTS.get(x, 0) + 1\n    return len(xs)", "COUNTS = {}");
        const string Same = "    for x in xs:\n        COUNTS[x] = 1 + COUNTS.get(x, 0)\n    return len(xs)";

        var outcome = await CompareAsync(file, ["{'xs': [1, 2, 1]}"], "def f(xs):\n" + body);

        Assert.Contains("COUNTS is not left as the original leaves it", Assert.IsType<EquivalenceOutcome.KeepsState>(outcome).What, StringComparison.Ordinal);
        var same = await CompareAsync(file, ["{'xs': [1, 2, 1]}"], "def f(xs):\n" + Same);
        Assert.True(same is EquivalenceOutcome.Equal, same.Reason);
    }

    [Theory]
    [InlineData("[3.1e-19 * x for x in xs]", "[0.0 for x in xs]", false)]
    [LongData("[3.1e-19 * x for x in xs]", "[x * 3.1e-19 for x in xs]", true)]
    [LongData("[1.0, 0.1 + 0.2 - 0.3]", "[1.0, 0.0]", true)]
    [LongData("5e-10", "0.0", false)]
    public async Task Small_numbers_are_told_apart_by_their_own_measure(string original, string candidate, bool equal)
    {
        using var file = new OneFile($"def f(xs):\n    return {original}");

        var outcome = await CompareAsync(file, ["{'xs': [1, 2]}"], $"def f(xs):\n    return {candidate}");

        Assert.True(outcome is EquivalenceOutcome.Equal == equal, outcome.Reason);
    }

    [LongForm]
    [Fact]
    public async Task State_that_the_baseline_keeps_too_is_not_held_against_the_candidate()
    {
        using var file = new OneFile("def f(xs):\n    LOG.append(len(xs))\n    return [x for x in xs]", "LOG = []");

        var outcome = await CompareAsync(file, ["{'xs': [1, 2]}"], "def f(xs):\n    LOG.append(len(xs))\n    return list(xs)");

        Assert.IsType<EquivalenceOutcome.Equal>(outcome);
    }

    [Fact]
    public async Task A_rewrite_of_a_line_that_no_call_reaches_is_not_exercised()
    {
        const string Before = "def f(x, flag):\n    if flag:\n        return [x, x + 1]\n    return [y for y in x]";

        var rewritten = await CompareAsync(new OneFile(Before), ["{'x': [1], 'flag': False}"], Before.Replace("[x, x + 1]", "[x, 1 + x]", StringComparison.Ordinal));
        var dropped = await CompareAsync(new OneFile(Before), ["{'x': [1], 'flag': False}"], "def f(x, flag):\n    return [y for y in x]");

        Assert.Equal([3], Assert.IsType<EquivalenceOutcome.NotExercised>(rewritten).Lines);
        Assert.Equal([3], Assert.IsType<EquivalenceOutcome.NotExercised>(dropped).RemovedLines);
    }

    [Theory]
    [InlineData("return [] if len(xs) == 7777 else [x % 3 for x in xs]", "the value before the `if` of the conditional expression on line 3")]
    [LongData("return len(xs) != 7777 and [x % 3 for x in xs] or []", "`len(xs) != 7777` in `len(xs) != 7777 and [x % 3 for x in xs]` on line 3 was never false")]
    [LongData("return [x % 3 for x in xs if len(xs) != 7777]", "the filter on line 3 (`if len(xs) != 7777`) never dropped an element")]
    [LongData("return list(x % 3 for x in xs for _ in (1, 2) if _ < 2 if len(xs) != 7777)", "(`if len(xs) != 7777`) never dropped an element")]
    [LongData("return [y for x in xs if (y := x % 3) >= 0 or len(xs) == 7777]", "on line 3 was never false")]
    [LongData("return {False: lambda: [x % 3 for x in xs], True: lambda: []}[len(xs) == 7777]()", "the lambda on line 3 (`lambda: []`) was never called")]
    [LongData("return ([x % 3 for x in xs], [])[len(xs) == 7777]", "`len(xs) == 7777` on line 3 was never true")]
    [LongData("return ([], [x % 3 for x in xs])[-1 < len(xs) < 7777]", "`len(xs) < 7777` in `-1 < len(xs) < 7777` on line 3 was never false")]
    [LongData("return [int(f'{x % 3 if len(xs) != 7777 else 0}') for x in xs]", "the `else` of the conditional expression on line 3")]
    [LongData("if len(xs) == 7777: return []\n    return [x % 3 for x in xs]", "the `if` on line 3 (`if len(xs) == 7777`) was never true")]
    [LongData("while len(xs) != 7777: return [x % 3 for x in xs]", "the `while` on line 3 (`while len(xs) != 7777`) never became false")]
    [LongData("for _ in range(len(xs) // 7777): return []\n    return [x % 3 for x in xs]", "the body of the `for` on line 3")]
    [LongData("try: return [x % 3 for x in xs if 1 // (7777 - len(xs)) + 1]\n    except ZeroDivisionError: return []", "the filter on line 3")]
    [LongData("try: return [x % 3 + 0 // (7777 - len(xs)) for x in xs]\n    except ZeroDivisionError: return []", "the handler on line 4 (`except ZeroDivisionError`) never ran")]
    [LongData("assert len(xs) != 7777; return [x % 3 for x in xs]", "the `assert` on line 3 (`assert len(xs) != 7777`) never failed")]
    [LongData("match len(xs):\n        case 7777: return []\n        case _: return [x % 3 for x in xs]", "the `case` on line 4 (`case 7777`) never ran")]
    [LongData("match len(xs):\n        case 0 | 44444 | 5: return [x % 3 for x in xs]\n        case n: return [x % 3 for x in xs]", "`44444` of the `case` on line 4 (`case 0 | 44444 | 5`) never matched")]
    [LongData("def short(): return [x % 3 for x in xs]\n    def long(): return []\n    return (short, long)[len(xs) // 7777]()", "the `def` on line 4 (`def long`) was never called")]
    public async Task A_branch_hidden_on_a_line_that_runs_is_not_exercised_and_is_named(string body, string unrun)
    {
        using var file = new OneFile(Thirds);

        var outcome = Assert.IsType<EquivalenceOutcome.NotExercised>(await CompareAsync(file, Lists, $"def f(xs):\n    \"Thirds.\"\n    {body}"));

        Assert.Contains(outcome.Arms, arm => arm.Contains(unrun, StringComparison.Ordinal));
        Assert.StartsWith("Not exercised: ", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("return [x % 3 for x in xs] if xs else []")]
    [LongData("return list(x % 3 if x > 2 or x < 0 else x for x in xs)")]
    [LongData("return xs and [x % 3 for x in xs] or []")]
    [LongData("return [n for n in [x % 3 if x - 1 else 1 for x in xs + [-1] if x + 1]]")]
    public async Task A_branch_whose_ways_are_all_taken_is_compared_as_before(string body)
    {
        using var file = new OneFile(Thirds);

        Assert.Equal(new EquivalenceOutcome.Equal(3, 0), await CompareAsync(file, Lists, $"def f(xs):\n    \"Thirds.\"\n    {body}"));
    }

    [Theory]
    [InlineData("{'xs': [1, 2, 4]}", "xs.sort()\n    return [x * 2 for x in xs]")]
    [LongData("{'xs': [1, 2, 4]}", "return [x * 2 for x in dict.fromkeys(xs)]")]
    [LongData("{'xs': [4, 2, 2]}", "return [abs(x) * 2 for x in xs]")]
    [LongData("{'xs': ['a', 'b', 'a']}", "return [x.lower() * 2 for x in xs]")]
    [LongData("{'xs': {'a': 1, 'b': 2}}", "return [x * 2 for x in sorted(xs)]")]
    public async Task What_all_recorded_calls_happen_to_share_is_not_taken_for_granted(string call, string body)
    {
        using var file = new OneFile("def f(xs):\n    out = []\n    for x in xs:\n        out.append(x * 2)\n    return out");

        Assert.IsType<EquivalenceOutcome.Differs>(await CompareAsync(file, [call, call], $"def f(xs):\n    {body}"));
    }

    [Theory]
    [InlineData("f(rows)", "[max(0, high - low) for low, high in rows]", "[high - low for low, high in rows]", "{'rows': [(1, 3), (4, 5), (2, 9)]}")]
    [LongData("f(token)", "token[1][token[2]:]", "token[1][token[2] % len(token[1]):]", "{'token': ('name', 'a line', 2)}", "{'token': ('name', 'x', 0)}")]
    [LongData("f(xs, strict)", "[x for x in xs if x or strict]", "[x for x in xs if x]", "{'xs': [1, 0, 2], 'strict': False}")]
    [LongData("f(xs, mode='all')", "xs[:1] if mode == 'first' else xs[:]", "xs[:2] if mode == 'first' else xs[:]", "{'xs': [1, 0, 2], 'mode': 'all'}")]
    [LongData("f(xs, most=None)", "xs[:most]", "xs[:3 if most is None else most - 1]", "{'xs': [1, 0, 2], 'most': 4}")]
    public async Task Rows_keep_no_relation_and_flags_modes_and_defaults_are_what_they_can_be(
        string header, string before, string after, params string[] calls)
    {
        using var file = new OneFile($"def {header}:\n    return {before}");

        var wrong = await CompareAsync(file, calls, $"def {header}:\n    return {after}");
        var right = await CompareAsync(file, calls, $"def {header}:\n    found = {before}\n    return found");

        Assert.True(wrong is EquivalenceOutcome.Differs or EquivalenceOutcome.NotExercised { Shown: not null }, wrong.Reason);
        Assert.True(right is EquivalenceOutcome.Equal, right.Reason);
    }

    [LongForm]
    [Fact]
    public async Task A_number_that_could_not_be_tried_in_time_proves_nothing()
    {
        using var file = new OneFile("def f(xs):\n    return [sorted(y * x % 97 for y in xs * 4 for _ in range(3))[0] + x for x in xs]");

        var outcome = await CompareAsync(
            file, ["{'xs': [3, 1, 2, 2]}"], "def f(xs):\n    return [sorted(y * x % 97 for y in xs)[0] + x for x in xs[:7777]]");

        Assert.Contains("7777 elements", Assert.IsType<EquivalenceOutcome.NotTried>(outcome).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_branch_that_the_candidate_drops_has_to_have_run_at_the_baseline()
    {
        using var file = new OneFile("def f(xs):\n    return [x % 3 for x in xs] if len(xs) < 7777 else None");

        var outcome = Assert.IsType<EquivalenceOutcome.NotExercised>(await CompareAsync(file, Lists, "def f(xs):\n    return [x % 3 for x in xs]"));

        Assert.Equal(["the `else` of the conditional expression on line 2 (`[x % 3 for x in xs] if len(xs) < 7777 else None`) never ran"], outcome.RemovedArms);
        Assert.Contains("replaces branches of the baseline that no recorded call takes", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0 <= n - d < r", "n - d < r", true)]
    [LongData("-1 < n - d < r and d >= 1", "n - d < r", true)]
    [LongData("0 <= 7777 - d < 7777 + r and n - d < r", "n - d < r", false)]
    [LongData("n - d < r and type(r) is int", "n - d < r", false)]
    public async Task A_condition_that_can_never_be_false_may_be_dropped_and_one_that_no_call_makes_false_may_not(string before, string after, bool equal)
    {
        const string Function = """
            def f(items, r, index):
                from math import factorial
                pool = list(items)
                n = len(pool)
                found = [0] * r
                for d in range(1, n + 1):
                    index, i = divmod(index, d)
                    if CONDITION:
                        found[n - d] = i
                    if index == 0:
                        break
                return tuple(map(pool.pop, found))
            """;
        using var file = new OneFile(Function.Replace("CONDITION", before, StringComparison.Ordinal));

        var outcome = await CompareAsync(
            file, ["{'items': 'abcde', 'r': 3, 'index': 41}", "{'items': 'abcde', 'r': 2, 'index': 19}", "{'items': 'abcdef', 'r': 6, 'index': 700}"],
            Function.Replace("CONDITION", after, StringComparison.Ordinal));

        Assert.True(equal ? outcome is EquivalenceOutcome.Equal : outcome is EquivalenceOutcome.NotExercised { RemovedArms.Count: > 0 }, outcome.Reason);
    }

    [Theory]
    [InlineData("if not isinstance(n, int):\n        raise TypeError(n)")]
    [LongData("if n > 10 ** 9:\n        return None")]
    [LongData("if 0 <= n - 99_777_777:\n        n = 3")]
    public async Task A_guard_that_no_call_takes_may_not_be_dropped(string guard)
    {
        using var file = new OneFile($"def f(n):\n    {guard}\n    return [x for x in range(n)]");

        var outcome = await CompareAsync(file, ["{'n': 3}"], "def f(n):\n    return list(range(n))");

        Assert.IsType<EquivalenceOutcome.NotExercised>(outcome);
    }

    [Fact]
    public async Task A_line_that_runs_only_after_other_calls_has_not_run()
    {
        using var file = new OneFile("def f(xs):\n    return list(xs)");

        var outcome = await fixture.CompareAsync(
            file, "def f(xs):\n    import colorsys\n    made = colorsys.ONE_SIXTH\n    colorsys.ONE_SIXTH = made + 1\n    if made > 3.5:\n        return [x for x in xs]\n    return list(xs)",
            new CandidateCheckOutcome.Accepted(new HashSet<int> { 6 }, new HashSet<int>(), [], []), [.. Enumerable.Range(1, 8).Select(n => $"{{'xs': list(range({n}))}}")]);

        Assert.IsType<EquivalenceOutcome.NotExercised>(outcome);
    }

    [LongForm]
    [Fact]
    public async Task A_branch_that_stays_as_it_was_does_not_have_to_run()
    {
        using var file = new OneFile("def f(xs):\n    limit = 3 if len(xs) < 7777 else 4\n    out = []\n    for x in xs:\n        out.append(x % limit)\n    return out");

        Assert.IsType<EquivalenceOutcome.Equal>(await CompareAsync(
            file, Lists, "def f(xs):\n    limit = 3 if len(xs) < 7777 else 4\n    return [x % limit for x in xs]"));
    }

    [Fact]
    public async Task Methods_constructors_and_async_functions_are_compared_too()
    {
        const string Before = "class Base:\n    def __init__(self):\n        self.z = 0\nclass Box(Base):";
        using var init = new OneFile("    def __init__(self, xs):\n        super().__init__()\n        self.xs = []\n        for x in xs:\n            self.xs.append(x)", Before, name: "Box.__init__");
        using var co = new OneFile("async def f(xs):\n    import asyncio\n    await asyncio.sleep(0)\n    return [x for x in xs]");

        var equal = await CompareAsync(init, ["{'self': Box.__new__(Box), 'xs': [1, 2]}"], "    def __init__(self, xs):\n        super().__init__()\n        self.xs = list(xs)");
        var other = await CompareAsync(init, ["{'self': Box.__new__(Box), 'xs': [1, 2]}"], "    def __init__(self, xs):\n        super().__init__()\n        self.xs = xs");
        var asynchronous = await CompareAsync(co, ["{'xs': [1, 2]}"], "async def f(xs):\n    import asyncio\n    await asyncio.sleep(0)\n    return list(xs)");

        Assert.IsType<EquivalenceOutcome.Equal>(equal);
        Assert.IsType<EquivalenceOutcome.Differs>(other);
        Assert.IsType<EquivalenceOutcome.Equal>(asynchronous);
    }

    [Fact]
    public async Task A_baseline_that_does_not_do_the_same_twice_proves_nothing()
    {
        using var file = new OneFile("def f(n):\n    import os\n    return os.urandom(n)");

        var outcome = await CompareAsync(file, ["{'n': 8}"], "def f(n):\n    import os\n    return os.urandom(n + 0)");

        Assert.Equal("the baseline does not do the same twice", Assert.IsType<EquivalenceOutcome.NotCompared>(outcome).Why);
    }

    [Fact]
    public async Task Without_calls_or_with_other_arguments_nothing_is_equal()
    {
        using var file = new OneFile(Total);

        Assert.IsType<EquivalenceOutcome.NotCompared>(await CompareAsync(file, [], file.Function));
        Assert.IsType<EquivalenceOutcome.Unfit>(await CompareAsync(file, Totals, file.Function.Replace("scale=1.0", "factor=1.0", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_broken_sandbox_says_nothing_about_the_candidate()
    {
        using var file = new OneFile(Total);
        var calls = await fixture.RecordAsync(file.Workspace, file.Target, Totals);
        var harness = new Harness(new BrokenSandbox(), fixture.Harness.Program);

        var outcome = await Equivalence.CheckAsync(
            new Tree(harness, file.Workspace, new Limits()), file.WorkloadOf(calls), new FileVersions(file.Baseline, file.Baseline), HarnessFixture.NothingChanged, 0,
            new BaselineAnswers(), Cancel);

        Assert.Equal(new EquivalenceOutcome.SandboxFailed("no control group"), outcome);
    }

    private async Task<EquivalenceOutcome> CompareAsync(OneFile file, string[] arguments, string candidate, double tolerance = Equivalence.DefaultTolerance)
    {
        var (calls, known) = await fixture.KnownAsync(file, arguments);
        var candidateFile = file.With(candidate);
        var check = await CandidateCheck.CheckAsync(fixture.Harness, file.Workspace, file.Target, file.Baseline, candidateFile, new Limits(), Cancel);
        return await Equivalence.CheckAsync(
            new Tree(fixture.Harness, file.Workspace, new Limits()), file.WorkloadOf(calls), new FileVersions(file.Baseline, candidateFile),
            check as CandidateCheckOutcome.Accepted ?? HarnessFixture.NothingChanged, tolerance, known, Cancel);
    }

    private sealed class BrokenSandbox : ISandbox
    {
        public string Name => "broken";

        public Task<SandboxRun> RunAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken) =>
            Task.FromResult(RunOutcome.Broken("no control group"));

        public Task<SandboxProcess> StartAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken) =>
            throw new SandboxFailedException("no control group");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
