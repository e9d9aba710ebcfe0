using System.Text;
using System.Text.Json;
using Xunit;

namespace Afterburner.Tests.Workloads;

/// <summary>Answers that pretend: they would be filled in, or work, only when somebody looks at them. The comparison must see what is there.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class AnswerComparisonTests(AnswerComparisonTests.Compared compared) : IClassFixture<AnswerComparisonTests.Compared>
{
    private const string Shop = """
        import array, collections, collections.abc, dataclasses, datetime, decimal, enum, fractions, functools, io, ipaddress, itertools
        import operator, pathlib, re, threading, types, uuid, weakref

        class Box:
            def __init__(self, values):
                self.values = values

        class Slotted:
            __slots__ = ("values", "unset")
            def __init__(self, values):
                self.values = values

        class Failed(Exception):
            def __str__(self):
                return "failed"

        class Kind(enum.Enum):
            OLD = 1

        class Names(list):
            pass

        class Money(decimal.Decimal):
            pass

        class Coded:
            def __init__(self, values):
                self.values = values
            def __reduce__(self):
                raise TypeError

        class Counting:
            def __init__(self, n):
                self.left = n
            def __iter__(self):
                return self
            def __next__(self):
                raise StopIteration

        Point = collections.namedtuple("Point", "x y")

        def double(x):
            return 2 * x

        @functools.lru_cache
        def cached(x):
            return x

        def gen(xs):
            for x in xs:
                yield x

        async def co():
            return 2

        def code(n):
            def f():
                return 1
            def g():
                return 2
            return (f if n == 1 else g).__code__

        def local_record():
            P = collections.namedtuple("P", "a b")
            return P(1, 2)

        def local_class():
            @dataclasses.dataclass
            class Local:
                a: int
                def twice(self):
                    return 2 * self.a
            return Local(3)

        def local_function(offset):
            return lambda x: x + offset
        """;

    private const string Script = """
        import base64, json, sys
        sys.path.insert(0, ".")
        import m
        from afterburner_harness.calls import making, values
        making.prepare(m.double)
        asked = []
        def hook(name, answer):
            def ask(*arguments):
                asked.append(name)
                return answer(*arguments)
            return ask
        answers = []
        for name, honest, other in json.loads(base64.b64decode("CASES")):
            space, same = {**vars(m), "asked": asked, "hook": hook, "__name__": "m"}, dict(vars(m))
            tree = values.freeze(eval(honest, same))
            asked.clear()
            exec(other if "value =" in other or "def value" in other else "value = " + other, space)
            found = values.compare(tree, values.freeze(space["value"]))
            answers.append([name, None if found is None else found.text, list(asked)])
        print(json.dumps(answers))
        """;

    private static readonly (string Tries, string Honest, string Candidate)[] Pretending =
    [
        ("a subclass that says it is the module's class and computes its state when it is reduced", "Box([1])", """
            class Lazy(Box):
                __module__, __qualname__ = "m", "Box"
                values = property(lambda self: [1])
                __reduce_ex__ = lambda self, protocol: (None, (type(self),), {"values": [1]}, None, None)
            value = Lazy.__new__(Lazy)
            """),
        ("a class of the same name and attributes", "Box([1])", """
            class Box:
                __module__, __qualname__ = "m", "Box"
                def __init__(self, v): self.values = v
            value = Box([1])
            """),
        ("a class made by calling type", "Box([1])", "value = type(\"Box\", (), {\"__module__\": \"m\", \"__qualname__\": \"Box\", \"__getstate__\": lambda self: {\"values\": [1]}})()"),
        ("a class that lies about itself with __class__", "Box([1])", """
            class Lazy:
                __class__ = property(hook("__class__", lambda self: Box))
                def __getattribute__(self, name): return asked.append(name) or {"values": [1]}
            value = Lazy()
            """),
        ("a class whose metaclass equals every class", "1", """
            class Meta(type):
                __hash__ = lambda self: hash(int)
                __eq__ = lambda self, other: True
            class Lazy(int, metaclass=Meta): pass
            value = Lazy(1)
            """),
        ("attributes behind a property called __dict__", "Box([1])", """
            class Lazy(Box):
                __module__, __qualname__ = "m", "Box"
                __dict__ = property(hook("__dict__", lambda self: {"values": [1]}))
            value = Lazy.__new__(Lazy)
            """),
        ("a list that iterates over other items", "[1, 2]", """
            class Lazy(list):
                __module__, __qualname__ = "builtins", "list"
                def __iter__(self): return asked.append("__iter__") or iter([1, 2])
                def __len__(self): return asked.append("__len__") or 2
            value = Lazy()
            """),
        ("a dict that computes its items", "{1: 2}", """
            class Lazy(dict):
                __module__, __qualname__ = "builtins", "dict"
                def items(self): return asked.append("items") or [(1, 2)]
                def __missing__(self, key): return 2
            value = Lazy()
            """),
        ("a string that is written down later", "'a'", """
            class Lazy(str):
                __module__, __qualname__ = "builtins", "str"
                def __str__(self): return asked.append("__str__") or "a"
                __repr__ = __format__ = __str__
            value = Lazy()
            """),
        ("a record that is represented later", "Point(1, 2)", """
            class Lazy(Point):
                __module__, __qualname__ = "m", "Point"
                def __iter__(self): return asked.append("__iter__") or iter([1, 2])
                def __getnewargs__(self): return asked.append("__getnewargs__") or (1, 2)
            value = Lazy(None, None)
            """),
        ("a date that represents itself later", "datetime.date(2020, 1, 1)", """
            class Lazy(datetime.date):
                __module__, __qualname__ = "datetime", "date"
                def __repr__(self): return asked.append("__repr__") or "datetime.date(2020, 1, 1)"
            value = Lazy(1, 1, 1)
            """),
        ("a time zone that is asked later", "datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)", """
            class Zone(datetime.tzinfo):
                def utcoffset(self, when): return asked.append("utcoffset") or datetime.timedelta(0)
                def __repr__(self): return asked.append("__repr__") or "datetime.timezone.utc"
            value = datetime.datetime(2020, 1, 1, tzinfo=Zone())
            """),
        ("an exception with a message that is computed", "Failed('a')", """
            class Lazy(Failed):
                __module__, __qualname__ = "m", "Failed"
                def __str__(self): return asked.append("__str__") or "a"
                args = ("a",)
            value = Lazy()
            """),
        ("an exception whose argument is written down later", "ValueError('a')", """
            class Text(str):
                __module__, __qualname__ = "builtins", "str"
                def __str__(self): return asked.append("__str__") or "a"
            value = ValueError(Text())
            """),
        ("a member of an enumeration that is none", "Kind.OLD", """
            class Lazy:
                __class__ = property(hook("__class__", lambda self: Kind))
                name = property(hook("name", lambda self: "OLD"))
            value = Lazy()
            """),
        ("a decimal that represents itself later", "decimal.Decimal(1)", """
            class Lazy(decimal.Decimal):
                __module__, __qualname__ = "decimal", "Decimal"
                def __repr__(self): return asked.append("__repr__") or "Decimal('1')"
            value = Lazy(2)
            """),
        ("a path that is written down later", "pathlib.PurePosixPath('a')", """
            class Lazy(pathlib.PurePosixPath):
                __module__, __qualname__ = "pathlib", "PurePosixPath"
                def __repr__(self): return asked.append("__repr__") or "PurePosixPath('a')"
            value = Lazy('b')
            """),
        ("an object that says it is of numpy", "Box([1])", """
            class Lazy:
                __module__ = "numpy"
                shape, dtype = (1,), "int64"
                def tolist(self): return asked.append("tolist") or [1]
            value = Lazy()
            """),
        ("a generator instead of a list", "[[1]]", "value = [(x for x in [1])]"),
        ("a generator that does the work later", "(1, iter([2]))", "value = (1, (double(x) for x in [1]))"),
        ("a map over the work instead of what is stored", "(1, iter([2]))", "value = (1, map(double, [1]))"),
        ("a generator of other code", "(1, (x for x in [2]))", "value = (1, (2 * x for x in [1]))"),
        ("a generator of the same code over one that works", "(1, gen([2]))", "value = (1, gen(map(double, [1])))"),
        ("a map of a function made in the call", "(1, map(double, [1]))", "value = (1, map(lambda x: double(x), [1]))"),
        ("a chain of an iterator that works", "(1, itertools.chain([2]))", "value = (1, itertools.chain(map(double, [1])))"),
        ("a partial of another function", "functools.partial(double, 1)", "value = functools.partial(lambda x: 2 * x, 1)"),
        ("a function that says it is the module's", "double", """
            def value(x): return x + x
            value.__module__, value.__qualname__ = "m", "double"
            """),
        ("a bound method of another function", "Box([1]).__init__", """
            def init(self, v): pass
            init.__qualname__ = "Box.__init__"
            value = types.MethodType(init, Box([1]))
            """),
        ("a coroutine instead of another", "[co()]", """
            async def co():
                return double(1)
            co.__qualname__ = "co"
            value = [co()]
            """),
        ("a module that says it is another", "operator", "value = types.ModuleType(\"operator\")"),
        ("a class that says it is the module's", "Box", """
            class Box:
                __module__, __qualname__ = "m", "Box"
            value = Box
            """),
        ("a reference with a callback", "weakref.ref(Box)", "value = weakref.ref(Box, lambda gone: None)"),
        ("an object that works when it ends", "Box([1])", """
            class Lazy(Box):
                __module__, __qualname__ = "m", "Box"
                def __del__(self): asked.append("__del__")
            value = Lazy([1])
            keep = value
            """),
        ("a proxy of another mapping", "types.MappingProxyType({1: 2})", "value = types.MappingProxyType({1: 3})"),
        ("code of the same name", "code(1)", "value = code(2)"),
        ("an iterator class that computes", "(1, iter([1]))", """
            class Lazy:
                __module__, __qualname__ = "builtins", "list_iterator"
                left = [1]
                def __iter__(self): return self
                def __next__(self):
                    asked.append("__next__")
                    if not self.left: raise StopIteration
                    return self.left.pop()
            value = (1, Lazy())
            """),
        ("slots that are computed", "Slotted([1])", """
            class Lazy(Slotted):
                __module__, __qualname__ = "m", "Slotted"
                __slots__ = ()
                values = property(hook("values", lambda self: [1]))
            value = Lazy.__new__(Lazy)
            """),
        ("a hook in the attributes of an instance", "types.SimpleNamespace(a=1)", """
            value = types.SimpleNamespace()
            value.__reduce_ex__ = value.__reduce__ = hook("reduce", lambda *a: (types.SimpleNamespace, (), {"a": 1}))
            """),
    ];

    /// <summary>Made twice, by separate evaluation.</summary>
    private static readonly string[] Honest =
    [
        "Box([1, {'a': (1.5, None)}])", "Slotted({1, 2})", "Failed('a', 3)", "Kind.OLD", "Names([1, 2])", "Money('1.50')", "Coded([1])", "Counting(3)",
        "Point(1, [2])", "double", "cached", "Box", "Box([1]).__init__", "[].append", "len", "operator", "gen([1, 2])", "(1, iter([1, 2]))",
        "(1, map(double, [1, 2]))", "(1, zip([1], {2: 3}))", "[co()]", "local_record()", "local_class()", "local_function(3)",
        "functools.partial(double, 2)", "operator.itemgetter(1)", "collections.deque([1, 2], 3)", "collections.OrderedDict(a=1)",
        "collections.defaultdict(list, {1: [2]})", "collections.Counter('aab')", "collections.ChainMap({1: 2})", "array.array('i', [1, 2])",
        "datetime.datetime(2020, 1, 2, 3)", "datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc)", "datetime.timedelta(1)",
        "decimal.Decimal('1.20')", "fractions.Fraction(1, 3)", "pathlib.Path('/a/b')", "re.compile('a+', re.I)", "re.match('a(b)', 'ab')",
        "uuid.UUID(int=3)", "ipaddress.ip_network('10.0.0.0/8')", "io.StringIO('abc')", "slice(1, 2)", "range(3)", "threading.Lock()", "object()",
        "{1: 2}.keys()", "memoryview(b'ab')", "types.SimpleNamespace(a=1)", "types.MappingProxyType({1: 2})", "weakref.ref(Box)", "OSError(2, 'no')",
        "float('nan')", "1 << 300", "{'a': {frozenset([1, 2])}}", "bytearray(b'a')", "3j",
    ];

    public static TheoryData<int> Attacks => [.. Enumerable.Range(0, Pretending.Length)];

    public static TheoryData<string> Values => [.. Honest];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void An_answer_that_pretends_is_different_and_no_hook_of_it_is_asked(int number)
    {
        var (tries, difference, asked) = compared.Answers[number];

        Assert.True(difference is not null, tries);
        Assert.True(asked.Length == 0, $"{tries}: asked for {string.Join(", ", asked)}");
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void An_honest_value_made_again_is_equal(string expression)
    {
        var (_, difference, _) = compared.Answers.Single(a => a.Name == expression);

        Assert.Null(difference);
    }

    [Fact]
    public void The_difference_says_that_a_class_was_made_inside_the_call() =>
        Assert.Contains("a class made inside the call", compared.Answers[0].Difference, StringComparison.Ordinal);

    /// <summary>All comparisons, made in one process of the sandbox.</summary>
    public sealed class Compared : IAsyncLifetime
    {
        private readonly HarnessFixture _fixture = new();

        public IReadOnlyList<(string Name, string? Difference, string[] Asked)> Answers { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            await _fixture.InitializeAsync();
            using var file = new OneFile("def f():\n    pass", Shop);
            var cases = Pretending.Select(p => new[] { p.Tries, p.Honest, p.Candidate }).Concat(Honest.Select(h => new[] { h, h, h }));
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(cases)));
            var text = await _fixture.PythonAsync(Script.Replace("CASES", encoded, StringComparison.Ordinal), file.Workspace);
            Answers = [.. JsonDocument.Parse(text.Split('\n')[0]).RootElement.EnumerateArray().Select(a => (
                a[0].GetString()!, a[1].GetString(), a[2].EnumerateArray().Select(name => name.GetString()!).ToArray()))];
        }

        public ValueTask DisposeAsync() => _fixture.DisposeAsync();
    }
}
