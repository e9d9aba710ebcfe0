using System.Text.Json;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Workloads;

/// <summary>The ways through a function's branches: all are known, each is seen when it runs, and looking changes nothing.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ArmsTests(HarnessFixture fixture) : IClassFixture<HarnessFixture>
{
    /// <summary>Runs calls of f as it is written and with probes, and prints the arms that no call took.</summary>
    private const string Probed = """
        import ast
        from afterburner_harness.functions import arms, probes

        def run(source, *calls):
            seen = probes.Probes()
            tree = ast.parse(source)
            found = arms.Probing(tree.body[-1], seen).arms
            plain, probed = {}, {}
            exec(source, plain)
            exec(seen.bound(compile(tree, "m.py", "exec")), probed)
            for call in calls:
                expected, got = outcome(plain["f"], call), outcome(probed["f"], call)
                assert expected == got, (call, expected, got)
            return [arm.unrun for arm in found if arm.number not in seen.ran and (arm.beside is None or arm.beside in seen.ran)]

        def outcome(f, call):
            try:
                return repr(f(*call))
            except Exception as error:
                return repr(error)

        """;

    [Theory]
    [InlineData("return 1 if x < 7777 else 2", "(1,)", "the `else` of the conditional expression on line 2 (`1 if x < 7777 else 2`) never ran")]
    [InlineData("return 1 if x == 7777 else 2", "(1,)", "the value before the `if` of the conditional expression on line 2 (`1 if x == 7777 else 2`) never ran")]
    [InlineData("return f'{1 if x else 2}'", "(1,)", "the `else` of the conditional expression on line 2 (`1 if x else 2`) never ran")]
    [InlineData("return x != 7777 and [x]", "(1,)", "`x != 7777` in `x != 7777 and [x]` on line 2 was never false")]
    [InlineData("return x or [7777]", "(1,)", "`x` in `x or [7777]` on line 2 was never false")]
    [InlineData("return 0 < x < 7777", "(1,), (0,)", "`x < 7777` in `0 < x < 7777` on line 2 was never false")]
    [InlineData("return 0 < x < 7777", "(1,), (8000,)", "`0 < x` in `0 < x < 7777` on line 2 was never false")]
    [InlineData("return (1, 2)[x == 7777]", "(1,)", "`x == 7777` on line 2 was never true")]
    [InlineData("return (1, 2)[not x]", "(1,)", "`x` in `not x` on line 2 was never false")]
    [InlineData("import operator\n    return (1, 2)[operator.eq(x, 7777)]", "(1,)", "`operator.eq(x, 7777)` on line 3 was never true")]
    [InlineData("return x * bool(x - 7777)", "(1,)", "`bool(x - 7777)` on line 2 was never false")]
    [InlineData("return (1, 2)[min(1, abs(x - 7777))]", "(1,)", "`1` of `(1, 2)[min(1, abs(x - 7777))]` on line 2 was never taken")]
    [InlineData("return {7777: 1, 0: 2, 1: 3}[x]", "(1,), (0,)", "`1` of `{7777: 1, 0: 2, 1: 3}[x]` on line 2 was never taken")]
    [InlineData("return {7777: 1, 0: 2}.get(x, 3)", "(1,), (0,)", "`1` of `{7777: 1, 0: 2}.get(x, 3)` on line 2 was never taken")]
    [InlineData("return {1: 1, 0: 2}.get(x, 7777)", "(1,), (0,)", "`{1: 1, 0: 2}.get(x, 7777)` on line 2 never had another key")]
    [InlineData("return [y for y in range(x) if y < 7777]", "(1,)", "the filter on line 2 (`if y < 7777`) never dropped an element")]
    [InlineData("return [y for y in range(x) if y % 2 if y > 0]", "(4,)", "the filter on line 2 (`if y > 0`) never dropped an element")]
    [InlineData("return {y: z for y in range(x) for z in ()}", "(4,)", "the comprehension on line 2 (`{y: z for y in range(x) for z in ()}`) never made an element")]
    [InlineData("return sum(1 for y in range(x) if y > 7777)", "(4,)", "the filter on line 2 (`if y > 7777`) never kept an element")]
    [InlineData("return {1: lambda: 1, 2: lambda: 2}[x]()", "(1,)", "the lambda on line 2 (`lambda: 2`) was never called")]
    [InlineData("def g(): 'Two.'; return 2\n    return x", "(1,)", "the `def` on line 2 (`def g`) was never called")]
    [InlineData("if x == 7777: return 2\n    return 1", "(1,)", "the `if` on line 2 (`if x == 7777`) was never true")]
    [InlineData("if x != 7777: return 2\n    return 1", "(1,)", "the `if` on line 2 (`if x != 7777`) was never false")]
    [InlineData("if x and (y := x) != 7777: return 2", "(1,), (0,)", "`(y := x) != 7777` in `x and (y := x) != 7777` on line 2 was never false")]
    [InlineData("while x != 7777: return 2", "(1,)", "the `while` on line 2 (`while x != 7777`) never became false")]
    [InlineData("for y in range(x - 7776): return 2", "(1,)", "the body of the `for` on line 2 (`for y in range(x - 7776)`) never ran")]
    [InlineData("for y in [x]: break\n    else: return 2", "(1,)", "the `else` of the `for` on line 2 (`for y in [x]`) never ran")]
    [InlineData("assert x < 7777", "(1,)", "the `assert` on line 2 (`assert x < 7777`) never failed")]
    [InlineData("try: return 1 / x\n    except ZeroDivisionError: return 2", "(1,)", "the handler on line 3 (`except ZeroDivisionError`) never ran")]
    [InlineData("try: return [1][x]\n    except (TypeError, IndexError): return 2", "(1,)", "`TypeError` of the handler on line 3 (`except (TypeError, IndexError)`) was never caught")]
    [InlineData("try: 1 / x\n    except ZeroDivisionError: return 2\n    else: return 3", "(0,)", "the `else` of the `try` on line 2 never ran")]
    [InlineData("try: return x\n    finally: x = 2", "(1,)", "the `try` on line 2, which has a `finally`, was never left by an exception")]
    [InlineData("try: return 1 / x\n    except ZeroDivisionError: return 2\n    finally: x = 3", "(1,), (0,)", "the `try` on line 2, which has a `finally`, was never left by an exception")]
    [InlineData("try: 1 / x\n    except* ZeroDivisionError: x = 2\n    finally: x = 3", "(1,), (0,)", "the `try` on line 2, which has a `finally`, was never left by an exception")]
    [InlineData("import contextlib\n    with contextlib.suppress(KeyError): return {1: 1}[x]\n    return 2", "(1,)", "the `with` on line 3 (`with contextlib.suppress(KeyError)`) was never left by an exception")]
    [InlineData("match x:\n        case 1 | 7777: return 2", "(1,), (0,)", "`7777` of the `case` on line 3 (`case 1 | 7777`) never matched")]
    [InlineData("match x:\n        case y if y < 7777: return 2\n        case _: return 3", "(1,)", "the guard of the `case` on line 3 (`case y if y < 7777`) was never false")]
    [InlineData("match x:\n        case 1: return 2\n        case 7777: return 3", "(1,), (0,)", "the `case` on line 4 (`case 7777`) never ran")]
    [InlineData("match x:\n        case 1: return 2", "(1,)", "no value passed all cases of the `match` on line 2 (`match x`)")]
    public async Task A_way_that_no_call_takes_is_named(string body, string calls, string unrun)
    {
        var text = await PythonAsync($"print('\\n'.join(run({JsonSerializer.Serialize("def f(x):\n    " + body)}, {calls})))");

        Assert.Contains(unrun, text.Split('\n'));
    }

    [Fact]
    public async Task When_calls_take_every_way_nothing_is_left()
    {
        const string Function = """
            def f(a, b, c):
                kept = [x for x in (a, b, c) if x and not a == 1]
                if a < b < c or not (b and c):
                    kept.append(a if b else c)
                others = bool(a), (a, b, c, 1, 2)[b], {0: a, 1: b}.get(c), len(kept), str(a).startswith("-")
                return others, kept, a and b or c, a < b < c, a == b, {y: 1 for x in kept if (y := x + 1) > 2}
            """;

        var text = await PythonAsync($"import itertools\nprint(run({JsonSerializer.Serialize(Function)}, *itertools.product((0, 1, 2, -1, 3), repeat=3)))");

        Assert.Equal("[]\n", text);
    }

    [Theory]
    [InlineData("while True:\n        if x: break\n        x = 1\n    return x", "(0,), (1,)")]
    [InlineData("if 0: return x if x else 2\n    return x", "(1,)")]
    [InlineData("return x\n    return x if x else 2", "(1,)")]
    [InlineData("y: (1 if x else 2) = x\n    return y", "(1,)")]
    public async Task What_can_never_run_is_no_arm(string body, string calls)
    {
        Assert.Equal("[]\n", await PythonAsync($"print(run({JsonSerializer.Serialize("def f(x):\n    " + body)}, {calls}))"));
    }

    [Fact]
    public async Task Looking_changes_nothing_that_the_code_can_see()
    {
        const string Function = """
            class Told:
                def __init__(self, name, value):
                    self.name, self.value = name, value
                def __bool__(self):
                    log.append("bool " + self.name)
                    return self.value
                def __lt__(self, other):
                    log.append(self.name + " < " + other.name)
                    return Told("(%s<%s)" % (self.name, other.name), self.value)
                def __repr__(self):
                    return self.name
            log = []
            def f(x, y, z):
                'Documented.'
                del log[:]
                a, b, c = Told("a", x), Told("b", y), Told("c", z)
                def depth(n):
                    'Inner.'
                    return depth(n - 1) if n else 0
                class Box:
                    'Boxed.'
                    items = [i for i in (1, 2) if i > x]
                def lazily():
                    while (yield "first") or a:
                        log.append("went on")
                        break
                    yield b and c
                values = [a and b and c, a or b or c, a < b < c, not a, a if b and not c else b, (b < c) or a]
                for t in a, b:
                    try:
                        assert t, depth(3)
                        {}[t and "key"]
                    except (KeyError, AssertionError) as error:
                        values.append(repr(error))
                match x, y:
                    case [True, _] | [_, True]:
                        values.append(sorted(locals()))
                values += [list(lazily()), [w for v in (1, 2, 3) if (w := v) > 1 and v], w, Box.items, Box.__doc__, depth.__doc__]
                return values, list(log)
            """;

        await PythonAsync($$"""
            import itertools
            source = {{JsonSerializer.Serialize(Function)}}
            run(source, *itertools.product((True, False), repeat=3))
            plain = {}
            exec(source, plain)
            assert len(plain["f"](True, False, True)[1]) > 10
            """);
    }

    [Theory]
    [InlineData("try: return {}[x]\n    except (KeyError, 42): return 2", "(1,)")]
    [InlineData("try: return {}[x]\n    except (KeyError, missing): return 2", "(1,)")]
    [InlineData("try: return {}[x]\n    except ((IndexError, LookupError), ValueError) as error: return str(error), 'error' in locals()", "(1,)")]
    public async Task A_handler_asks_for_its_exceptions_as_before(string body, string calls) =>
        await PythonAsync($"run({JsonSerializer.Serialize("def f(x):\n    " + body)}, {calls})");

    [Fact]
    public async Task The_code_cannot_name_what_looks_at_it()
    {
        const string Function = "def f(x):\n    import builtins\n    y = 1 if x else 2\n    return sorted(locals()), sorted(globals()), len(dir(builtins))";

        Assert.Equal("[]\n", await PythonAsync($"print(run({JsonSerializer.Serialize(Function)}, (1,), (0,)))"));
    }

    [Theory]
    [InlineData("    y = x + 1 if x > 2 else x\n    return y", "    y = x + 1 if x > 2 else x\n    return 0 + y", 0)]
    [InlineData("    y = x + 1 if x > 2 else x\n    return y", "    y = x + 1 if x > 3 else x\n    return y", 2)]
    [InlineData("    y = x + 1 if x > 2 else x\n    return y", "    y = (x + 1 if x > 2 else\n         x)  # the same\n    return y or 0", 2)]
    [InlineData("    if x:\n        y = 1\n    else:\n        y = 2\n    return y", "    if x:\n        y = 1\n    else:\n        y = 3\n    return y", 1)]
    [InlineData("    if x: y = 1\n    else: y = 2\n    return y", "    if x: y = 1\n    y = 2\n    return y", 1)]
    public async Task Only_arms_of_statements_that_differ_have_to_run(string before, string after, int arms)
    {
        using var file = new OneFile("def f(x):\n" + before);

        var accepted = Assert.IsType<CandidateCheckOutcome.Accepted>(await fixture.CheckAsync(file, "def f(x):\n" + after));

        Assert.Equal(arms, accepted.ChangedArms.Count);
    }

    [Fact]
    public async Task A_function_that_is_nested_too_deep_to_be_looked_at_is_refused()
    {
        using var file = new OneFile("def f(x):\n    return x");

        var outcome = await fixture.CheckAsync(file, $"def f(x):\n    return {string.Join(" + ", Enumerable.Repeat("x", 700))}");

        Assert.Contains("nested too deep", Assert.IsType<CandidateCheckOutcome.Refused>(outcome).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_shown_of_the_code_is_short_and_plain()
    {
        var function = $"def f(x):\n    return 1 if x == '`\\u2800\u115f\u202e@everyone{new string('y', 200)}' else 2";

        var text = await PythonAsync($"print(run({JsonSerializer.Serialize(function)}, (1,))[0])");

        Assert.Contains("(`1 if x == ''\\u2800\\u115f\\u202e@everyone", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 100, 200);
    }

    private Task<string> PythonAsync(string script) => fixture.PythonAsync(Probed + script);
}
