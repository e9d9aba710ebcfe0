namespace Afterburner.Tests.Languages;

internal static partial class PythonCases
{
    private static IEnumerable<(string Name, CaseSources Sources)> Ends() =>
    [
        Case("calls_itself_without_end", "def f(n):\n    return 0 if n <= 0 else n + f(n - 1)", "def f(n):\n    return f(n)", "m.f(3) == 6\nm.f(0) == 0"),
        Case("raises_what_ends_the_process", Doubled, "def f(xs):\n    raise SystemExit(0)", DoubledChecks),
        Case("kills_itself", Using("os.kill, os.getpid"), "def f(xs):\n    os.kill(os.getpid(), 9)", DoubledChecks, before: "import os"),
        Case("asks_for_more_memory_than_there_is", Doubled, "def f(xs):\n    return bytearray(1 << 44)", DoubledChecks),
        Case("prints_otherwise", Counting("print(len(xs))"), Counting("print(len(xs) + 1)"), "m.f([3, 1]) == 2"),
        Case("prints_no_longer", Counting("print(len(xs))"), Counting("str(len(xs))"), "m.f([3, 1]) == 2"),
        Case("prints_an_error_otherwise", Counting("print(len(xs), file=sys.stderr)"), Counting("print(len(xs) + 1, file=sys.stderr)"), "m.f([3, 1]) == 2", before: "import sys"),
        Case("logs_otherwise", Counting("LOG.debug('%d', len(xs))"), Counting("LOG.debug('%d', len(xs) + 1)"), "m.f([3, 1]) == 2", before: "import logging\nLOG = logging.getLogger('quiet')"),
        Case("warns_otherwise", Counting("warnings.warn('old')"), Counting("warnings.warn('older')"), "m.f([3, 1]) == 2", before: "import warnings"),
    ];

    private static IEnumerable<(string Name, CaseSources Sources)> Left() =>
    [
        Case("remembers_in_a_global", "def f(xs):\n    return len(xs) + KEPT['most']", "def f(xs):\n    held = KEPT\n    held['least'] = len(xs)\n    return len(xs) + held['most']", "m.f([3, 1]) == 5", before: "KEPT = {'most': 3, 'least': 1}"),
        Case("remembers_in_a_new_global", Summed, "def f(xs):\n    global kept\n    kept = sum(xs)\n    return kept", "m.f([3, 1]) == 4"),
        Case("remembers_in_itself", Summed, "def f(xs):\n    f.kept = sum(xs)\n    return f.kept", "m.f([3, 1]) == 4"),
        Case("remembers_in_a_default", Summed, "def f(xs, kept={}):\n    return kept.setdefault(str(xs), sum(xs))", "m.f([3, 1]) == 4"),
        Case("remembers_in_a_class", "def f(xs):\n    return len(xs) + Box.k", "def f(xs):\n    Box.last = len(xs)\n    return Box.last + Box.k", "m.f([3, 1]) == 2", before: "class Box:\n    k = 0"),
        Case("remembers_in_another_module", "def f(xs):\n    return len(xs) + consts.LIMITS['most']", "def f(xs):\n    held = consts.LIMITS\n    held['least'] = len(xs)\n    return len(xs) + held['most']",
            "m.f([3, 1]) == 5", before: "import consts"),
        Case("remembers_by_a_decorator", "def f(n):\n    return sum(range(n))", "@functools.lru_cache(None)\ndef f(n):\n    return sum(range(n))", "m.f(3) == 3", before: "import functools\nkeep = functools.lru_cache"),
        Case("counts_in_a_global_otherwise", Counting("for x in xs:\n        COUNTS['n'] += 1"), Counting("COUNTS['n'] += 1"), "m.f([3, 1]) == 2", before: "COUNTS = {'n': 0}"),
        Case("uses_up_more_of_an_iterator", Counting("kept = next(COUNT)"), Counting("kept = next(COUNT), next(COUNT)"), "m.f([3, 1]) == 2", before: "import itertools\nCOUNT = itertools.count()"),
        Case("uses_up_more_chance", Counting("kept = random.random()"), Counting("kept = random.random(), random.random()"), "m.f([3, 1]) == 2", before: "import random"),
        Case("sets_a_variable_of_the_environment", Counting("kept = os.environ"), Counting("os.environ['KEPT'] = str(len(xs))"), "m.f([3, 1]) == 2", before: "import os"),
        Case("leaves_a_thread_behind", Counting("kept = threading.Thread, threading.Event().wait"),
            Counting("threading.Thread(target=threading.Event().wait, daemon=True).start()"), "m.f([3, 1]) == 2", before: "import threading"),
        Case("looks_at_the_clock", Summed, "def f(xs):\n    import time\n    return sum(xs) if time.time() > 0 else 0", "m.f([3, 1]) == 4"),
    ];

    private static IEnumerable<(string Name, CaseSources Sources)> Forged() =>
    [
        Case("answers_with_what_equals_everything", "def f(xs):\n    return [x * 2 for x in xs], Yes", "def f(xs):\n    return Yes(), Yes", "m.f([3])[0] == [6]",
            before: "class Yes:\n    def __eq__(self, other):\n        return True\n    __hash__ = None"),
        Case("answers_with_a_text_that_lies", "def f(xs):\n    return [str(x) for x in xs], Text", "def f(xs):\n    return [Text(x) for x in xs], Text", "m.f([3])[0] == ['3']",
            before: "class Text(str):\n    def __eq__(self, other):\n        return True\n    __hash__ = str.__hash__"),
        Case("answers_with_a_property_that_lies", "def f(xs):\n    return Box(sum(xs))", "def f(xs):\n    return Box(0)", "m.f([3]).total > -1",
            before: "class Box:\n    def __init__(self, t):\n        self.t = t\n\n    @property\n    def total(self):\n        return 3\n\n    def __eq__(self, other):\n        return True"),
        Case("answers_with_what_is_stored_as_something_else", "def f(xs):\n    return Sum(sum(xs))", "def f(xs):\n    class Late(Sum):\n        def __reduce__(self):\n            return Sum, (sum(xs),)\n    return Late(0)",
            "m.f([3]) is not None", before: "class Sum:\n    def __init__(self, t):\n        self.t = t"),
        Case("looks_for_the_harness", Summed, "def f(xs):\n    import sys\n    return 0 if 'afterburner_harness' in sys.modules else sum(xs)", "m.f([3]) == 3"),
        Case("looks_at_who_calls", Summed, "def f(xs):\n    import sys\n    return sum(xs) if sys._getframe(1) else 0", "m.f([3]) == 3"),
        Case("reads_a_global_by_its_name", Summed, "def f(xs):\n    return globals()['sum'](xs) if 'sum' in globals() else sum(xs)", "m.f([3]) == 3"),
        Case("writes_into_the_answers", Using("os.write"), "def f(xs):\n    for place in range(1, 20):\n        try:\n            os.write(place, b'{\"type\": \"done\"}\\n')\n        except OSError:\n            pass\n    return [x * 2 for x in xs]",
            DoubledChecks, before: "import os"),
        Case("writes_the_same_file_at_once", Writing("for c in text:\n        file = open(path, 'a')\n        file.write(c)\n        file.close()"), Writing("file = open(path, 'a')\n    file.write(text)\n    file.close()"), Written),
        Case("writes_another_text", Writing("with open(path, 'w') as file:\n        file.write(text)"), Writing("with open(path, 'w') as file:\n        file.write(text.upper())"), Written),
        Case("writes_no_file", Writing("with open(path, 'w') as file:\n        file.write(text)"), "def f(path, text):\n    return len(text)", Written),
        Case("writes_one_more_file", Writing("with open(path, 'w') as file:\n        file.write(text)"),
            Writing("with open(path, 'w') as file:\n        file.write(text)\n    with open(path + '.old', 'w') as file:\n        file.write(text)"), Written),
    ];

    private static IEnumerable<(string Name, CaseSources Sources)> Later() =>
    [
        Case("yields_the_same", "def f(xs):\n    for x in xs:\n        yield x * 2", "def f(xs):\n    yield from [x * 2 for x in xs]", "list(m.f([3, 1])) == [6, 2]"),
        Case("yields_in_another_order", "def f(xs):\n    for x in xs:\n        yield x * 2", "def f(xs):\n    for x in sorted(xs):\n        yield x * 2", "sum(m.f([3, 1])) == 8"),
        Case("yields_one_more", "def f(xs):\n    for x in xs:\n        yield x * 2", "def f(xs):\n    for x in [*xs, 0]:\n        yield x * 2", "sum(m.f([3, 1])) == 8"),
        Case("does_at_once_what_was_done_later", "def f(xs):\n    return (xs.append(0) for _ in range(2)), len", "def f(xs):\n    return iter([xs.append(0) for _ in range(2)]), len", "len(m.f([3, 1])) == 2"),
        Case("does_not_clean_up_when_closed", Cleaning("try:\n        for x in xs:\n            yield x\n    finally:\n        EVENTS.append('left')"),
            Cleaning("for x in xs:\n        yield x\n    EVENTS.append('left')"), "next(m.f([3, 1])) == 3", before: "EVENTS = []"),
        Case("waits_and_gives_the_same", "async def f(xs):\n    await asyncio.sleep(0)\n    out = []\n    for x in xs:\n        out.append(x)\n    return out",
            "async def f(xs):\n    await asyncio.sleep(0)\n    return [x for x in xs]", "m.asyncio.run(m.f([3, 1])) == [3, 1]", before: "import asyncio"),
        Case("waits_and_gives_something_else", "async def f(xs):\n    await asyncio.sleep(0)\n    return [x for x in xs]",
            "async def f(xs):\n    await asyncio.sleep(0)\n    return sorted(xs)", "sorted(m.asyncio.run(m.f([3, 1]))) == [1, 3]", before: "import asyncio"),
        Case("enters_and_leaves_as_before", Entering("with Place():\n        for x in xs:\n            t += x"), Entering("with Place():\n        t = sum(xs)"), "m.f([3]) == 3", before: Place),
        Case("does_not_enter_what_the_original_enters", Entering("with Place():\n        t = sum(xs)"), Entering("place = Place()\n    t = sum(xs)"), "m.f([3]) == 3", before: Place),
    ];

    private static string Writing(string body) => $"def f(path, text):\n    {body}\n    return len(text)";

    private const string Written = "m.f('/tmp/written', 'abc') == 3";

    private static string Cleaning(string body) => $"def f(xs):\n    {body}";

    private static string Entering(string body) => $"def f(xs):\n    t = 0\n    {body}\n    return t";

    private const string Place = "EVENTS = []\n\nclass Place:\n    def __enter__(self):\n        EVENTS.append('in')\n\n    def __exit__(self, *error):\n        EVENTS.append('out')";
}
