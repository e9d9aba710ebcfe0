using Xunit;

namespace Afterburner.Tests.Workloads;

/// <summary>Arguments of real calls, stored in one process and read in another.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ValuesTests(HarnessFixture fixture) : IClassFixture<HarnessFixture>
{
    [Theory]
    [InlineData("threading.RLock()", "value.acquire()")]
    [InlineData("lambda x: x + offset", "value(1) == 42")]
    [InlineData("Local(3)", "value.twice() == 6 and value.kind() is type(value)")]
    [InlineData("Point(1, 2)", "value._replace(x=5) == (5, 2)")]
    [InlineData("sys.stdout", "value is sys.stdout")]
    [InlineData("math", "value is math")]
    [InlineData("{'a': 1}.keys()", "list(value) == ['a']")]
    [InlineData("types.MappingProxyType({'a': 1})", "value['a'] == 1")]
    [InlineData("weakref.ref(set())", "value() is None")]
    [InlineData("re.compile('a+')", "value.match('aa').end() == 2")]
    [InlineData("re.compile('a+(b)?').match('xaab', 1, 3)", "(value.span(), value.span(1), value.pos, value.endpos, value.string) == ((1, 3), (-1, -1), 1, 3, 'xaab')")]
    [InlineData("re.compile('a|ab').fullmatch('ab')", "value.span() == (0, 2)")]
    [InlineData("list(re.finditer('a', 'a-a-a'))[2]", "(value.span(), value.pos) == ((4, 5), 0)")]
    [InlineData("iter([1, 2, 3])", "list(value) == [1, 2, 3]")]
    public async Task Values_that_pickle_refuses_are_stored_and_read_back_elsewhere(string value, string check)
    {
        const string Imports = "import base64, math, re, sys, threading, types, weakref, collections\nfrom afterburner_harness.calls import values\n";
        var stored = await fixture.PythonAsync(
            $$"""
            {{Imports}}
            def make():
                offset = 41
                Point = collections.namedtuple("Point", "x y")
                class Local:
                    def __init__(self, n): self.n = n
                    def twice(self): return self.n * 2
                    def kind(self): return Local
                return {{value}}
            print(base64.b64encode(values.dumps(make())).decode())
            """);

        var text = await fixture.PythonAsync($"{Imports}value = values.loads(base64.b64decode('{stored.Trim()}'))\nprint(bool({check}))", hashSeed: 7);

        Assert.Equal("True\n", text);
    }

    [Theory]
    [InlineData("len", true)]
    [InlineData("operator.add", true)]
    [InlineData("[3].count", true)]
    [InlineData("os.stat('/')", true)]
    [InlineData("pathlib.Path('/tmp')", true)]
    [InlineData("signal.SIGTERM", true)]
    [InlineData("threading.Event()", true)]
    [InlineData("subprocess.CompletedProcess([], 0)", true)]
    [InlineData("os", true)]
    [InlineData("(lambda: 1).__code__", true)]
    [InlineData("Calls(eval, '1')", false)]
    [InlineData("Calls(exec, '1')", false)]
    [InlineData("Calls(os.system, 'true')", false)]
    [InlineData("Calls(getattr, os, 'system')", false)]
    [InlineData("Calls(subprocess.Popen, ['true'])", false)]
    [InlineData("Calls(setattr, math, 'sqrt', len)", false)]
    [InlineData("Calls(pickle.loads, b'N.')", false)]
    public async Task What_is_read_back_is_data_and_functions_but_nothing_that_makes_code_of_text_or_reaches_the_interpreter(string value, bool isRead)
    {
        var text = await fixture.PythonAsync(
            $$"""
            import math, operator, os, pathlib, pickle, signal, subprocess, threading, types
            from afterburner_harness.calls import serial, stored
            class Calls:
                def __init__(self, *what): self.what = what
                def __reduce_ex__(self, protocol): return self.what[0], self.what[1:]
            blob = stored.encode({"items": {{value}}})
            try:
                stored.decode(blob)
                print(True)
            except serial.Unserialisable as error:
                print("reaches the interpreter" not in str(error))
            """);

        Assert.Equal($"{isRead}\n", text);
    }

    [Fact]
    public async Task What_stands_around_the_arguments_of_a_stored_call_is_plain()
    {
        var text = await fixture.PythonAsync(
            """
            import base64, pickle
            from afterburner_harness.calls import serial, stored
            for value in (len, ["/work"]):
                try:
                    print(stored.module_of(base64.b64encode(pickle.dumps({"paths": value, "module": "calc"}))))
                except serial.Unserialisable:
                    print("refused")
            """);

        Assert.Equal("refused\ncalc\n", text);
    }

    [Fact]
    public async Task Recording_a_generator_leaves_it_whole_for_the_running_call()
    {
        var text = await fixture.PythonAsync(
            """
            from afterburner_harness.calls import stored
            def f(xs): pass
            items = (x * x for x in range(4))
            next(items)
            blob = stored.encode({"xs": items}, f)
            print(list(items), list(stored.decode(blob)["xs"]))
            """);

        Assert.Equal("[1, 4, 9] [1, 4, 9]\n", text);
    }

    [Fact]
    public async Task A_digest_does_not_depend_on_the_hash_seed_but_on_every_value()
    {
        const string Script = """
            from afterburner_harness.calls import values
            class Named:
                def __init__(self, n): self.tags = {n, "b", "c"}; self.by = {k: 1 for k in set("hello")}
            print(values.digest([Named("a"), {"x", "y", "z"}, 1.5, None]))
            print(values.digest([Named("a"), {"x", "y", "w"}, 1.5, None]))
            """;

        var first = (await fixture.PythonAsync(Script, hashSeed: 1)).Split('\n');
        var second = (await fixture.PythonAsync(Script, hashSeed: 2)).Split('\n');

        Assert.Equal(first, second);
        Assert.NotEqual(first[0], first[1]);
    }

    [Fact]
    public async Task Decorated_functions_are_reached_under_their_decorators_and_swapped_for_every_caller()
    {
        const string Decorator = "import functools\ndef twice(f):\n    @functools.wraps(f)\n    def w(*a):\n        return f(*a) * 2\n    return w\n";
        using var file = new OneFile("@twice\ndef f(n):\n    return n and f(n - 1) + 1", Decorator, "def g():\n    return f(2)\n");

        var text = await fixture.PythonAsync(
            $$"""
            from afterburner_harness.functions import loading, targets, variants
            loading.prepare({"imports": ["."]})
            target = targets.Target("m.py", "f", {{file.Target.StartLine}})
            raw = loading.function(target)
            import m
            before = m.g()
            loading.use(target, variants.variant(target, open("m.py").read().replace("n and f(n - 1) + 1", "n + 100")))
            after = m.g()
            loading.use(target, None)
            print(before, after, m.g() == before, raw is m.f.__wrapped__)
            """,
            file.Workspace);

        Assert.Equal("6 204 True True\n", text);
    }

    [Fact]
    public async Task A_function_inside_a_function_is_not_addressable_and_the_message_says_what_to_do()
    {
        using var file = new OneFile("def outer(x):\n    def inner(y):\n        return y\n    return inner(x)");

        var text = await fixture.PythonAsync(
            """
            from afterburner_harness.functions import loading, targets
            loading.prepare({"imports": ["."]})
            try:
                loading.function(targets.Target("m.py", "outer.inner", 2))
            except targets.NotAddressable as error:
                print(error)
            """,
            file.Workspace);

        Assert.Equal("outer.inner is defined inside outer: review the enclosing function instead\n", text);
    }
}
