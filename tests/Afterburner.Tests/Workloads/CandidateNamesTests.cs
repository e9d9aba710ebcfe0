using System.Text;
using System.Text.Json;
using Xunit;

namespace Afterburner.Tests.Workloads;

/// <summary>
/// A candidate names only what the original names and what is known to be pure. Each attack stands alone in the body of an otherwise
/// honest candidate; what it tries is said beside it.
/// </summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class CandidateNamesTests(CandidateNamesTests.Checked checks) : IClassFixture<CandidateNamesTests.Checked>
{
    private const string File = """
        import collections, html, json, operator, os, re, sys
        import functools
        import itertools as it
        import urllib.parse
        from datetime import datetime
        from operator import attrgetter
        from . import util
        LIMIT = 10

        class Result:
            def __init__(self, values):
                self.values = values
                self._kept = None

        def helper(x):
            return x

        """;

    private const string Original = """
        def work(self, xs, name, fields):
            out = []
            total = helper(LIMIT)
            for x in xs:
                total += self.weight * x
                out.append(sorted(y * x % 97 for y in xs)[len(xs) // 2])
            text = self.template.format(total)
            first = getattr(self, name)
            for field in fields:
                text += str(getattr(self, field))
            with open(name) as file:
                text += file.read()
            kept = util.store(text, first)
            return Result(out)
        """;

    private const string Script = """
        import base64, json
        from afterburner_harness.checking import check
        from afterburner_harness.functions import targets
        file, original, bodies = json.loads(base64.b64decode("CASES"))
        line, answers = file.count("\n") + 1, []
        for body in bodies:
            candidate = f"def work(self, xs, name, fields):\n    out = []\n    total = 0\n    {body}\n    return Result(out)\n"
            try:
                check.check(targets.Target("m.py", "work", line), file + original, file + candidate)
                answers.append(None)
            except check.Refused as refused:
                answers.append(str(refused))
        print(json.dumps(answers))
        """;

    private static readonly (string Tries, string Body)[] Attacks =
    [
        ("reaches a module through another one", "m = collections._sys.modules"),
        ("reaches a module through another one", "m = collections.abc.sys"),
        ("reaches a module through another one", "m = html.re.sys"),
        ("reaches a module through another one", "m = re._compiler._sre"),
        ("reaches a module through another one", "m = json.decoder.scanner"),
        ("reaches a module through another one", "m = os.sys.modules"),
        ("reaches a module through another one", "m = os.path.os.system"),
        ("reaches a module through another one", "from collections import abc as a; m = a.sys"),
        ("reaches a module through another one", "m = urllib.parse.re"),
        ("reaches a module through another one", "m = urllib.request"),
        ("reaches a module through another one", "m = it._grouper"),
        ("reaches a module through another one", "import re as r; m = r.copyreg"),
        ("reaches a module through another one", "import copy; m = copy.copyreg"),
        ("reaches a module through another one", "import collections.abc as c; m = c.sys"),
        ("reaches a module through another one", "import heapq; m = heapq.__name__"),
        ("hands a module around, or takes from it what the original does not", "m = re"),
        ("hands a module around, or takes from it what the original does not", "m = [os]"),
        ("hands a module around, or takes from it what the original does not", "m = util"),
        ("hands a module around, or takes from it what the original does not", "m = util.time.time()"),
        ("hands a module around, or takes from it what the original does not", "u = util; m = u.copy"),
        ("hands a module around, or takes from it what the original does not", "m = util.load"),
        ("reads an attribute by a name that is made or hidden", "m = operator.attrgetter('__globals__')(helper)"),
        ("reads an attribute by a name that is made or hidden", "m = operator.attrgetter('_sys.modules')(collections)"),
        ("reads an attribute by a name that is made or hidden", "m = attrgetter('values.__class__')(self)"),
        ("reads an attribute by a name that is made or hidden", "m = attrgetter(name)(self)"),
        ("reads an attribute by a name that is made or hidden", "m = operator.methodcaller('__reduce__')(self)"),
        ("reads an attribute by a name that is made or hidden", "g = operator.attrgetter; m = g('x')"),
        ("reads an attribute by a name that is made or hidden", "m = list(map(attrgetter, xs))"),
        ("reads an attribute by a name that is made or hidden", "m = getattr(helper, '__globals__')"),
        ("reads an attribute by a name that is made or hidden", "m = getattr(helper, '__glo' + 'bals__')"),
        ("reads an attribute by a name that is made or hidden", "g = getattr"),
        ("reads an attribute by a name that is made or hidden", "m = functools.reduce(getattr, ['a'], self)"),
        ("reads an attribute by a name that is made or hidden", "name = '__globals__'; m = getattr(helper, name)"),
        ("reads an attribute by a name that is made or hidden", "field = '__globals__'; m = getattr(helper, field)"),
        ("reads an attribute by a name that is made or hidden", "fields.append('x')\n    for field in fields:\n        m = getattr(helper, field)"),
        ("reads an attribute by a name that is made or hidden", "m = hasattr(self, '__dict__')"),
        ("reads an attribute by a name that is made or hidden", "m = __import__('o' + 's')"),
        ("reads an attribute by a name that is made or hidden", "i = __import__"),
        ("reads an attribute by a name that is made or hidden", "from operator import attrgetter as g; m = g('__class__')(self)"),
        ("reads an attribute by a name that is made or hidden", "m = attrgetter(*xs)"),
        ("reads an attribute by a name that is made or hidden", "m = getattr(*xs)"),
        ("reads an attribute by a name that is made or hidden", "m = operator.attrgetter('gi_frame')"),
        ("reads an attribute by a name that is made or hidden", "m = hasattr(self, name + 's')"),
        ("reads an attribute by a name that is made or hidden", "m = operator.methodcaller('format', self)('{0.__class__}')"),
        ("reads an attribute by a name that is made or hidden", "m = getattr('{0.__class__}', 'format')"),
        ("reads attributes through a text to fill in", "m = '{0.__class__.__init__.__globals__}'.format(self)"),
        ("reads attributes through a text to fill in", "m = '{0[x].__class__}'.format(self)"),
        ("reads attributes through a text to fill in", "m = ('{0.__cl' + 'ass__}').format(self)"),
        ("reads attributes through a text to fill in", "m = str.format('{0.__class__}', self)"),
        ("reads attributes through a text to fill in", "m = '{x.__class__}'.format_map({'x': self})"),
        ("reads attributes through a text to fill in", "m = '{0:{1.__class__}}'.format(1, self)"),
        ("reads attributes through a text to fill in", "m = list(map('{0.__class__}'.format, xs))"),
        ("reads attributes through a text to fill in", "self.template = '{0.__class__}'; m = self.template.format(1)"),
        ("reads attributes through a text to fill in", "import string; m = string.Formatter().get_field('0.__class__', [self], {})"),
        ("reads attributes through a text to fill in", "m = float.__getformat__"),
        ("reads a private or internal attribute", "m = it.chain.__class__.__subclasses__"),
        ("reads a private or internal attribute", "m = self.__class__"),
        ("reads a private or internal attribute", "m = self._kept"),
        ("reads a private or internal attribute", "m = helper.__globals__"),
        ("reads a private or internal attribute", "m = work.__code__"),
        ("reads a private or internal attribute", "m = (lambda: 0).__globals__"),
        ("reads a private or internal attribute", "m = (x for x in xs).gi_frame"),
        ("reads a private or internal attribute", "try:\n        1 / 0\n    except ZeroDivisionError as e:\n        m = e.__traceback__.tb_frame"),
        ("reads a private or internal attribute", "match self:\n        case object(__class__=c):\n            m = c"),
        ("reads a private or internal attribute", "match self:\n        case object(_kept=c):\n            m = c"),
        ("reads a private or internal attribute", "m = Result.__init__"),
        ("reads a private or internal attribute", "m = Result.__new__(Result)"),
        ("reads a private or internal attribute", "m = [c for c in ().__class__.__mro__]"),
        ("reads a private or internal attribute", "f'{self.__class__}'"),
        ("reads a private or internal attribute", "x: self.__class__ = 1"),
        ("reads a private or internal attribute", "assert helper.__wrapped__"),
        ("reads a private or internal attribute", "m = json.loads.__globals__"),
        ("reads a private or internal attribute", "m = os.path.join.__globals__"),
        ("reads a private or internal attribute", "m = operator.itemgetter.__new__"),
        ("makes a class", "class Lazy(Result):\n        values = property(lambda self: [])"),
        ("makes a class", "class Lazy:\n        pass"),
        ("makes a class", "Lazy = type('Lazy', (Result,), {})"),
        ("makes a class", "Lazy = type(Result)('Lazy', (Result,), {})"),
        ("makes a class", "t = type; m = t('L', (), {})"),
        ("makes a class", "m = list(map(type, ['L'], [()], [{}]))"),
        ("makes a class", "P = collections.namedtuple('P', 'x')"),
        ("makes a class", "import types; m = types.FunctionType"),
        ("makes a class", "import types; m = types.new_class('L')"),
        ("makes a class", "from types import CodeType"),
        ("makes a class", "import dataclasses; m = dataclasses.make_dataclass('L', [])"),
        ("makes a class", "import enum"),
        ("goes deeper than a stack", "memo = {}\n    def rec(n):\n        if n not in memo:\n            memo[n] = rec(n - 1) if n else 0\n        return memo[n]"),
        ("makes a class", "type(self).kept = 1"),
        ("keeps values or decorates", "@functools.cache\n    def f(x):\n        return x"),
        ("keeps values or decorates", "@property\n    def f(x):\n        return x"),
        ("keeps values or decorates", "m = property(len)"),
        ("keeps values or decorates", "m = functools.lru_cache(helper)"),
        ("keeps values or decorates", "global LIMIT\n    LIMIT = 3"),
        ("keeps values or decorates", "self.values = []"),
        ("keeps values or decorates", "del self.weight"),
        ("keeps values or decorates", "setattr(self, 'weight', 1)"),
        ("keeps values or decorates", "m = helper.cache_clear()"),
        ("keeps values or decorates", "m = staticmethod"),
        ("keeps values or decorates", "import decimal; decimal.getcontext().prec = 1"),
        ("runs text as code", "import typing; m = typing.get_type_hints(self)"),
        ("runs text as code", "exec('x = 1')"),
        ("runs text as code", "m = eval('1')"),
        ("runs text as code", "m = compile('1', '', 'eval')"),
        ("runs text as code", "import pickle; m = pickle.loads(b'')"),
        ("runs text as code", "def f():\n        eval = len\n    m = eval('1')"),
        ("runs text as code", "f = lambda eval: 0\n    m = eval('1')"),
        ("runs text as code", "m = breakpoint"),
        ("names what the original does not name and nobody knows to be pure", "m = functools.singledispatch"),
        ("names what the original does not name and nobody knows to be pure", "m = functools.partialmethod"),
        ("names what the original does not name and nobody knows to be pure", "try:\n        pass\n    except:\n        pass"),
        ("names what the original does not name and nobody knows to be pure", "try:\n        pass\n    except BaseException:\n        pass"),
        ("names what the original does not name and nobody knows to be pure", "m = __import__('os')"),
        ("names what the original does not name and nobody knows to be pure", "m = __import__('collections')._sys"),
        ("names what the original does not name and nobody knows to be pure", "m = __builtins__"),
        ("names what the original does not name and nobody knows to be pure", "m = __loader__"),
        ("names what the original does not name and nobody knows to be pure", "m = __spec__"),
        ("names what the original does not name and nobody knows to be pure", "m = __ab_entry__"),
        ("names what the original does not name and nobody knows to be pure", "m = vars()"),
        ("names what the original does not name and nobody knows to be pure", "m = dir(self)"),
        ("names what the original does not name and nobody knows to be pure", "m = globals()"),
        ("names what the original does not name and nobody knows to be pure", "m = locals()"),
        ("names what the original does not name and nobody knows to be pure", "import builtins"),
        ("names what the original does not name and nobody knows to be pure", "import importlib"),
        ("names what the original does not name and nobody knows to be pure", "import os; m = os.environ"),
        ("names what the original does not name and nobody knows to be pure", "from os import system"),
        ("names what the original does not name and nobody knows to be pure", "from sys import modules"),
        ("names what the original does not name and nobody knows to be pure", "from collections import _sys"),
        ("names what the original does not name and nobody knows to be pure", "from . import other"),
        ("names what the original does not name and nobody knows to be pure", "import time; m = time.time()"),
        ("names what the original does not name and nobody knows to be pure", "m = datetime.now()"),
        ("names what the original does not name and nobody knows to be pure", "m = open('/proc/self/maps')"),
        ("names what the original does not name and nobody knows to be pure", "name = '/proc/self/maps'\n    with open(name) as file:\n        m = file.read()"),
        ("names what the original does not name and nobody knows to be pure", "o = open"),
        ("names what the original does not name and nobody knows to be pure", "m = print"),
        ("names what the original does not name and nobody knows to be pure", "m = super().values"),
        ("names what the original does not name and nobody knows to be pure", "m = id(self)"),
        ("names what the original does not name and nobody knows to be pure", "m = '__ab_entry__'"),
        ("names what the original does not name and nobody knows to be pure", "m = sys._getframe()"),
        ("names what the original does not name and nobody knows to be pure", "m = sys.modules"),
        ("names what the original does not name and nobody knows to be pure", "import numpy"),
        ("names what the original does not name and nobody knows to be pure", "import threading"),
        ("names what the original does not name and nobody knows to be pure", "import asyncio; m = asyncio.create_task"),
        ("names what the original does not name and nobody knows to be pure", "import weakref; m = weakref.finalize"),
        ("names what the original does not name and nobody knows to be pure", "m = os.listdir('/proc/self/fd')"),
        ("names what the original does not name and nobody knows to be pure", "m = (yield_ := sys.settrace)"),
        ("names what the original does not name and nobody knows to be pure", "m = [open for open in [1]]; m = open('x')"),
        ("names what the original does not name and nobody knows to be pure", "import random"),
        ("names what the original does not name and nobody knows to be pure", "m = input()"),
        ("names what the original does not name and nobody knows to be pure", "exit()"),
        ("names what the original does not name and nobody knows to be pure", "m = self.other.run()"),
        ("names what the original does not name and nobody knows to be pure", "m = json.JSONEncoder"),
        ("names what the original does not name and nobody knows to be pure", "m = os.path.exists(name)"),
        ("names what the original does not name and nobody knows to be pure", "import html.parser"),
        ("names what the original does not name and nobody knows to be pure", "m = operator.call(self)"),
        ("names what the original does not name and nobody knows to be pure", "m = collections.UserDict"),
        ("names what the original does not name and nobody knows to be pure", "m = functools.wraps(helper)"),
    ];

    private static readonly string[] Honest =
    [
        "seen = set(xs); out.extend(seen)",
        "from collections import deque; q = deque(xs); q.popleft()",
        "import itertools, bisect",
        "from itertools import chain; out = list(chain.from_iterable([xs]))",
        "c = collections.Counter(xs).most_common(3)",
        "d = collections.defaultdict(list); d[1].append(2)",
        "p = re.compile('a').search",
        "m = it.groupby(xs)",
        "m = functools.reduce(operator.add, xs, 0)",
        "from math import isqrt; m = isqrt(max(total, 0))",
        "_b = __import__('bisect').bisect; m = _b(xs, 1)",
        "import heapq; m = heapq.nlargest(3, xs)",
        "m = os.path.join('a', 'b')",
        "m = json.dumps(xs)",
        "m = datetime.fromisoformat('2020-01-01')",
        "m = ', '.join(map(str, xs))",
        "m = '{} {:>{w}}'.format(1, 2, w=3)",
        "m = '%s' % total",
        "m = f'{total:>3}'",
        "m = sorted(xs, key=operator.itemgetter(1))",
        "m = sorted(xs, key=attrgetter('weight'))",
        "m = getattr(self, 'weight', None)",
        "m = getattr(self, name)",
        "for field in fields:\n        m = getattr(self, field)",
        "m = self.template.format(1)",
        "def inner(n):\n        return n + 1\n    m = inner(2)",
        "m = (lambda a: a)(1)",
        "try:\n        m = {}[1]\n    except KeyError as e:\n        m = e.args",
        "raise ValueError('x')",
        "m = type(total) is int",
        "m = [x for x in xs if type(x) in (int, float)]",
        "m = isinstance(total, collections.abc.Mapping)",
        "import struct; m = struct.unpack('i', bytes(xs))",
        "m = urllib.parse.quote('a')",
        "from urllib.parse import urlsplit; m = urlsplit('a').netloc",
        "import decimal; m = decimal.Decimal(1).quantize(decimal.Decimal(1))",
        "m = sys.maxsize",
        "intern = sys.intern",
        "util.store('', 1)",
        "with open(name) as file:\n        m = file.read()",
        "m = next(iter(xs), None)",
        "append = out.append; append(1)",
        "m = [*xs][::-1]",
        "m = dict.fromkeys(xs)",
        "m = b''.join([b'a'])",
        "m = bytearray(); m += b'a'",
        "match xs:\n        case [first, *rest]:\n            m = rest\n        case {'a': v, **others}:\n            m = others",
        "if (n := len(xs)) > 3:\n        pass",
        "m = total.bit_count()",
        "global_total = helper(LIMIT)",
        "from collections.abc import Sequence",
        "import typing; m: typing.List[int] = []",
        "missing = object()",
        "m = pow(2, total, 7)",
        "m = memoryview(b'ab')[1:]",
        "m = str.lower; n = list(map(m, 'AB'))",
        "import copy; m = copy.deepcopy(xs)",
        "import hashlib; m = hashlib.sha256(b'').hexdigest()",
        "assert self.weight",
        "import unicodedata; m = unicodedata.normalize('NFC', 'a')",
    ];

    public static TheoryData<string, string> AttackBodies
    {
        get
        {
            var bodies = new TheoryData<string, string>();
            foreach (var (tries, body) in Attacks)
                bodies.Add(tries, body);
            return bodies;
        }
    }

    public static TheoryData<string> HonestBodies => [.. Honest];

    [Theory]
    [MemberData(nameof(AttackBodies))]
    public void A_candidate_that_names_anything_else_is_refused_in_a_sentence(string tries, string body)
    {
        var reason = checks.Reasons[body];

        Assert.True(reason is not null, $"{tries}: {body}");
        Assert.StartsWith("The candidate ", reason, StringComparison.Ordinal);
        Assert.EndsWith(".", reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(HonestBodies))]
    public void What_an_honest_candidate_needs_is_accepted(string body) => Assert.Null(checks.Reasons[body]);

    [Theory]
    [InlineData("m = collections._sys.modules", "unproven: it uses collections._sys.modules, which the original does not use and which is not known to be pure")]
    [InlineData("P = collections.namedtuple('P', 'x')", "unproven: it uses collections.namedtuple, which")]
    [InlineData("import asyncio; m = asyncio.create_task", "unproven: it imports asyncio, which")]
    [InlineData("class Lazy:\n        pass", "unproven: it defines the class Lazy")]
    [InlineData("m = getattr(helper, '__globals__')", "unproven: it reads attributes by a computed name")]
    [InlineData("exec('x = 1')", "unproven: it executes text as code (exec)")]
    public void The_reason_names_what_could_not_be_proven(string body, string said) =>
        Assert.Contains(said, checks.Reasons[body], StringComparison.Ordinal);

    [Fact]
    public async Task What_every_recipe_makes_is_accepted()
    {
        const string Recipes = """
            import base64, json
            from afterburner_harness.checking import check
            from afterburner_harness.functions import definitions, targets
            import ast
            for name, before, after in json.loads(base64.b64decode("CASES")):
                functions = [
                    (f"{outer.name}." * (outer is not inner) + inner.name, inner) for outer in ast.parse(before).body
                    for inner in (outer.body if isinstance(outer, ast.ClassDef) else [outer]) if isinstance(inner, ast.FunctionDef)]
                try:
                    check.check(targets.Target("m.py", functions[-1][0], definitions.first_line(functions[-1][1])), before, after)
                except check.Refused as refused:
                    print(name, refused)
            """;
        var folders = Directory.GetDirectories(Path.Combine(Repository.Root, "tests", "Fixtures", "recipes"));
        Assert.NotEmpty(folders);
        var cases = folders.Select(f => new[]
            { Path.GetFileName(f), System.IO.File.ReadAllText(Path.Combine(f, "before.py")), System.IO.File.ReadAllText(Path.Combine(f, "after.py")) });
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(cases)));

        Assert.Equal("", await checks.Fixture.PythonAsync(Recipes.Replace("CASES", encoded, StringComparison.Ordinal)));
    }

    [Fact]
    public void There_are_many_of_both_kinds()
    {
        Assert.True(Attacks.Length >= 40, $"{Attacks.Length}");
        Assert.True(Honest.Length >= 40, $"{Honest.Length}");
    }

    /// <summary>All checks, made in one process of the sandbox.</summary>
    public sealed class Checked : IAsyncLifetime
    {
        public HarnessFixture Fixture { get; } = new();

        public IReadOnlyDictionary<string, string?> Reasons { get; private set; } = new Dictionary<string, string?>();

        public async ValueTask InitializeAsync()
        {
            await Fixture.InitializeAsync();
            string[] bodies = [.. Attacks.Select(a => a.Body), .. Honest];
            object[] cases = [File + "\n", Original + "\n", bodies];
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(cases)));
            var text = await Fixture.PythonAsync(Script.Replace("CASES", encoded, StringComparison.Ordinal));
            Reasons = JsonSerializer.Deserialize<string?[]>(text)!.Zip(bodies).ToDictionary(pair => pair.Second, pair => pair.First);
        }

        public ValueTask DisposeAsync() => Fixture.DisposeAsync();
    }
}
