"""What a candidate may be, and the sentence that says why it may not."""

import ast
import pathlib
import tempfile
import textwrap
import unittest
import unittest.mock

import places  # noqa: F401 - puts the harness on the path
from harness.afterburner_harness.checking import always, check, elsewhere, keeping, pure, reading, wording
from harness.afterburner_harness.checking.source import Function, is_pure
from harness.afterburner_harness.functions import definitions
from harness.afterburner_harness.functions.arms import Probing
from harness.afterburner_harness.functions.probes import Probes
from harness.afterburner_harness.functions.targets import Target

FILE = """
import collections
import os

TABLE = {}


class Box:
    def __init__(self, items):
        self.items = items

"""
ORIGINAL = "def work(self, xs, name):\n    \"\"\"Works.\"\"\"\n    out = []\n    for x in xs:\n        out.append(x * 2)\n    return out\n"


def judged(body, original=ORIGINAL, before=FILE, header="def work(self, xs, name):\n    \"\"\"Works.\"\"\"\n"):
    """What ``check`` says, or the reason why the candidate is refused."""
    candidate = header + textwrap.indent(textwrap.dedent(body).strip("\n"), "    ") + "\n"
    try:
        return check.check(Target("m.py", "work", before.count("\n") + 1), before + original, before + candidate)
    except check.Refused as refused:
        return str(refused)


def function(body):
    return "def work(self, xs, name):\n" + textwrap.indent(body, "    ") + "\n"


class ACandidateThatOnlyComputes(unittest.TestCase):
    def test_is_accepted_with_the_lines_that_have_to_run(self):
        found = judged("return [x * 2 for x in xs]")

        line = FILE.count("\n") + 1
        self.assertEqual([line + 2], found["changedLines"])
        self.assertEqual([line + 2, line + 3, line + 4, line + 5], found["removedLines"])

    def test_may_use_what_is_known_to_be_pure(self):
        for body in (
                "return list(map(lambda x: x * 2, xs))", "import itertools\nreturn list(itertools.chain(xs))", "return collections.Counter(xs)",
                "from bisect import insort\nout = []\ninsort(out, 1)\nreturn out", "return sorted(xs, key=lambda x: -x)", "return __import__('math').sqrt(4)",
                "return ''.join(str(x) for x in xs)", "return '{} {}'.format(1, 2)", "return getattr(xs, 'append')"):
            with self.subTest(body):
                self.assertIsInstance(judged(body), dict)

    def test_may_say_of_what_type_the_arguments_of_a_helper_are(self):
        before = FILE.replace("import os\n", "import os\nfrom typing import Optional\nfrom .core import State\n")
        helper = "def twice(state: State, box: Optional[Box] = None) -> 'State | None':\n    return state * 2\nreturn [twice(x) for x in xs]"

        self.assertIsInstance(judged(helper, before=before), dict)
        kept = "d = collections.defaultdict(list)\ndef f(a: d[os, State]): pass\nm, run = next(iter(d))\nreturn run(name)"
        failed = "try:\n    def f(a: TABLE[name]): pass\nexcept KeyError as e:\n    return e.args[0]\nreturn xs"
        for body in (helper.replace("state * 2", "State"), helper.replace("Optional[Box]", "Box('name')"), helper.replace("twice(x)", "State(x)"), kept, failed,
                     kept.replace("d = ", "Optional = ").replace("d[", "Optional[").replace("(d)", "(Optional)"), "def f(a: TABLE | 5): pass\nreturn xs"):
            with self.subTest(body):
                self.assertIn("unproven", judged(body, before=before))

    def test_may_use_constants_of_its_file_and_meets_the_values_in_them(self):
        before = FILE.replace("TABLE = {}\n", textwrap.dedent("""
            import re

            TABLE = {}
            LIMIT: int = 700 + 77
            SINGLE = frozenset([*map(chr, range(0x20, 0x7E + 1)), "needle"])
            is_single = SINGLE.issuperset
            find = re.compile("[a-z]+").search
            _KINDS = {"first": 1}
            changed = frozenset("ab")
            changed = frozenset("cd")
            made = os.getpid()
            kinds = ["first"]
            grown = frozenset(map(print, range(3)))
            vars_of = operator.attrgetter("__dict__")
            also = vars_of
            cached = re._cache
            """)).replace("import os\n", "import operator\nimport os\n")

        for body, expected in (
                ("return [x * 2 for x in xs] if is_single(name) or find(name) else xs", [127, 32, "needle", "[a-z]+"]),
                ("return xs if name in SINGLE else [x * 2 for x in xs]", [127, 32, "needle"]), ("return len(xs) == LIMIT * 3", [2331, 777, 3]),
                ("return xs[:LIMIT // 7] or _KINDS[name]", [777, 111, 7, "first"])):
            with self.subTest(body):
                self.assertEqual(expected, judged(body, before=before)["constants"])
        for body in (
                "return changed", "return made", "return kinds", "return grown", "return TABLE", "return _KINDS", "return SINGLE.__class__",
                "return len(xs) == len(SINGLE)", "return xs[:max(map(len, SINGLE))] or len(xs) == sum(map(ord, SINGLE))",
                "return vars_of(xs)", "return also(xs)", "return cached", "len = lambda c: c\nlen(_KINDS)[name] = 1\nreturn xs"):
            with self.subTest(body):
                self.assertIn("unproven", judged(body, before=before))
        self.assertIn("unproven", judged("return is_single(name)", before=before + "from conf import *\n"))

    def test_may_read_what_other_methods_of_its_class_read_of_the_object(self):
        before = FILE + textwrap.indent(textwrap.dedent("""
            def __init__(self, items):
                self._items, self._count, self._set = items, len(items), 1
                self.check()

            if os.name:
                import operator as _set

            def check(self):
                return self._hook() or self._module.name or self._known

            @property
            def first(self):
                return self.items[0]

            def second(self):
                return self.first

        """), "    ")
        method = textwrap.indent(ORIGINAL, "    ")
        head = "    def work(self, xs, name):\n        \"\"\"Works.\"\"\"\n"

        def said(body):
            try:
                return check.check(Target("m.py", "Box.work", before.count("\n") + 1), before + method, before + head + f"        {body}\n")
            except check.Refused as refused:
                return str(refused)

        self.assertIsInstance(said("return [x * 2 for x in xs] if self._count > 3 else [x + x for x in xs] if len(self._items) else [self._count >> 24]"), dict)
        for body in ("return self._hook()", "return self.first", "return self.check()", "return self._other", "return self._module.system", "return xs._items",
                     "self._items = xs", "self = xs; return self._items", "return (lambda self: self._items)(xs)",
                     "self._items[name] = 1", "f = self._items; return f(name)", "return list(map(self._items, xs))",
                     "len = lambda c: c; len(self._items)[name] = 1",
                     "return ['%(new)s' % self._items]", "return self._known < 3",
                     "return self._set < 3", "def self(): pass\n        return self._count < 3"):
            with self.subTest(body):
                self.assertIn("he candidate", str(said(body)))

    def test_may_use_constants_of_other_modules_of_the_repository_and_meets_the_values_in_them(self):
        tables = """
            import re
            LIMIT = 77 * 101
            PATTERN = re.compile(r"\\d{3}needle")
            SEEN = {}
            NAMES = ["a"]
            WORDS = frozenset(("first", "second"))
            if LIMIT:
                WORDS = SEEN
        """
        before = FILE.replace("import os\n", "import os\nfrom . import tables\nfrom .tables import LIMIT, NAMES, PATTERN, SEEN, WORDS\n")
        with tempfile.TemporaryDirectory() as folder, unittest.mock.patch.object(elsewhere, "WORK", folder):
            (pathlib.Path(folder) / "tables.py").write_text(textwrap.dedent(tables))
            for body, expected in (
                    ("return PATTERN.sub('', name)", ["\\d{3}needle"]), ("return xs[:LIMIT]", [7777]), ("return xs[:tables.LIMIT - 1]", [7777, 7776]),
                    ("from .tables import PATTERN as found\nreturn found.findall(name)", ["\\d{3}needle"])):
                with self.subTest(body):
                    self.assertEqual(expected, [each for each in judged(body, before=before)["constants"] if each not in (1, "found")])
            for body in (
                    "return SEEN", "return NAMES", "return WORDS", "return tables.SEEN", "return tables", "return tables.re", "SEEN[name] = xs\nreturn xs",
                    "return PATTERN.__class__", "from .tables import SEEN\nreturn SEEN", "return tables.PATTERN.scanner(name)"):
                with self.subTest(body):
                    self.assertIn("he candidate", str(judged(body, before=before)))
            (pathlib.Path(folder) / "tables.py").write_text("PATTERN = open('x')\n")
            self.assertIn("unproven", judged("return PATTERN.sub('', name)", before=before))

    def test_may_read_what_functions_of_other_modules_read_that_it_called(self):
        source = """
            class Source:
                def step(self):
                    return self._after(self.place)

                def _after(self, place):
                    return place + self.width

                def close(self):
                    return self.handle


            def measured(x):
                return x.weight


            def unheard(x):
                return x.secret
        """
        before = FILE.replace("import os\n", "import os\nfrom .source import Source, measured, unheard\n") + textwrap.dedent("""
            def _moved(x):
                return measured(x.step())


        """)
        original = "def work(self, xs, name):\n    return [_moved(x) for x in xs]\n"
        with tempfile.TemporaryDirectory() as folder, unittest.mock.patch.object(elsewhere, "WORK", folder):
            (pathlib.Path(folder) / "source.py").write_text(textwrap.dedent(source))
            for body, accepted in (
                    ("return [x.place + x.width for x in xs]", True), ("return [measured(x.step()) for x in xs]", True),
                    ("return [x.weight for x in xs]", True),
                    ("return [x.handle for x in xs]", False), ("return [x.close() for x in xs]", False), ("return [x.secret for x in xs]", False),
                    ("return [unheard(x) for x in xs]", False), ("return [Source for x in xs]", False), ("return [x.gi_frame for x in xs]", False)):
                with self.subTest(body):
                    self.assertEqual(accepted, isinstance(judged(body, original, before, "def work(self, xs, name):\n"), dict))

    def test_may_only_read_what_other_methods_of_its_class_keep(self):
        before = FILE.rstrip("\n") + "\n" + textwrap.indent(textwrap.dedent("""

            def __init__(self, source):
                self._map, self._hooks, self._source = {}, [], source

            def until(self, end):
                return self._source.until(end) + self._source.__dict__["n"]

            def run(self):
                return self._hooks[0]()

        """), "    ")
        method = "    def work(self, xs, name):\n        return [self.items[x] for x in xs]\n"
        head = "    def work(self, xs, name):\n"

        def said(body):
            text = head + textwrap.indent(textwrap.dedent(body), "        ") + "\n"
            try:
                return check.check(Target("m.py", "Box.work", before.count("\n") + 1), before + method, before + text)
            except check.Refused as refused:
                return str(refused)

        for body in (
                "return [v for k, v in self._map.items() if k in xs]", "return [self._map[x] for x in xs]", "return sorted(self._map)",
                "return list(self._map) if self._map else []", "kept = self._map\nreturn [kept.get(x) for x in xs]",
                "return [self._source.until(x) for x in xs]", "source = self._source\nreturn [source.until(x) for x in xs]"):
            with self.subTest(body):
                self.assertIsInstance(said(body), dict)
        for body in (
                "return self._hooks[0](name)", "for hook in self._hooks:\n    hook(name)\nreturn xs", "return list(map(self._hooks[0], xs))",
                "first = self._hooks[0]\nreturn sorted(xs, key=first)", "return self._map", "kept = self._map\nreturn kept", "return [self._map]",
                "self._map[name] = xs\nreturn xs", "kept = self._map\nkept[name] = xs\nreturn xs", "return self._map.setdefault(name, xs)",
                "return self._source.read(name)", "source = self._source\nreturn source.read()", "return self._source.__dict__",
                "with self._map[name]:\n    return xs", "self = xs\nreturn self._map[name]", "return xs._map[name]",
                "import functools\nreturn functools.reduce(self._hooks[0], xs)", "len = name\nreturn len(self._map)"):
            with self.subTest(body):
                self.assertIn("he candidate", str(said(body)))

    def test_may_read_and_call_what_the_functions_that_it_called_did(self):
        before = FILE + textwrap.dedent("""
            def _twice(x):
                return _scaled(x, x.factor.size)


            def _scaled(x, n):
                return x.weight * n


            def _other(x):
                return x.secret


        """)
        original = "def work(self, xs, name):\n    return [_twice(x) for x in xs]\n"
        for body, accepted in (
                ("return [x.weight * x.factor.size for x in xs]", True), ("return [_scaled(x, x.factor.size) for x in xs]", True),
                ("return [x.secret for x in xs]", False), ("return [_other(x) for x in xs]", False), ("return [TABLE for x in xs]", False)):
            with self.subTest(body):
                self.assertEqual(accepted, isinstance(judged(body, original, before, "def work(self, xs, name):\n"), dict))

    def test_may_read_what_methods_that_it_called_read_of_the_object(self):
        methods = "    def _all(self):\n        return self._rest(self.items)\n\n    def _rest(self, found):\n        return found + self.late.items_of\n\n"
        frame = "    def _caller(self):\n        return self.tb_frame\n\n"
        original = "    def work(self, n):\n        return self._all()[n]\n"
        for body, accepted in (
                ("return (self.items + self.late.items_of)[n]", True), ("return self._rest(self.items)[n]", True), ("return self.tb_frame", False)):
            with self.subTest(body):
                text = FILE.rstrip("\n") + "\n\n" + methods + frame
                candidate = f"    def work(self, n):\n        {body}\n"
                try:
                    found = check.check(Target("m.py", "Box.work", text.count("\n") + 1), text + original, text + candidate)
                except check.Refused as refused:
                    found = str(refused)
                self.assertEqual(accepted, isinstance(found, dict), found)

    def test_tells_the_numbers_and_texts_that_it_names(self):
        self.assertEqual([7777, 55, "needle"], judged("return [x * 2 for x in xs if x not in (7777, 55, 'needle', 1)]")["constants"])

    def test_tells_single_letters_and_fractions_too(self):
        self.assertEqual([0.3, "~"], judged("return [dict.fromkeys([0.3], 0.5 * 2).get(x, x) for x in xs if x != '~']")["constants"])

    def test_tells_numbers_of_elements_at_which_only_the_original_stops(self):
        def said(before, after):
            head = "def work(xs):\n    return {}\n"
            try:
                return check.check(Target("m.py", "work", 1), head.format(before), head.format(after))["constants"]
            except check.Refused as refused:
                return str(refused)

        self.assertEqual([500], said("[x for x in xs[:500]]", "list(xs)"))
        self.assertEqual([], said("[x for x in xs[:500]]", "list(xs[:500])"))
        self.assertIn("no longer stops at 50000", said("[x for x in xs[:50000]]", "list(xs)"))
        self.assertEqual([], said("[x for x in xs[:50000]]", "list(xs[:50000])"))

    def test_may_not_catch_what_code_of_somebody_else_raises(self):
        def said(after, before="return [f(x) for x in xs]"):
            head = "def work(self, xs, f):\n    {}\n"
            try:
                check.check(Target("m.py", "work", 1), head.format(before), head.format(after))
                return ""
            except check.Refused as refused:
                return str(refused)

        self.assertIn("catches KeyError around a call of f,", said("try:\n        return xs[f(0)]\n    except KeyError:\n        return []"))
        everything = "try:\n        return self.name()\n    except:\n        return []"
        self.assertIn("catches everything around a call of self.name,", said(everything, "return [self.name() for _ in xs]"))
        self.assertEqual("", said("try:\n        return xs[0]\n    except KeyError:\n        return [f(0)]"))
        self.assertEqual("", said("try:\n        return int(xs)\n    except ValueError:\n        return 0"))
        caught = "try:\n        return xs[f(0)]\n    except KeyError:\n        return []"
        self.assertEqual("", said(caught, caught.replace("xs[f(0)]", "xs[f(0)] + []")))

    def test_may_not_begin_to_call_itself(self):
        inner = "def deep(n):\n    return n and deep(n - 1)\nreturn [deep(x) for x in xs]"
        for body in (inner, inner.replace("def deep(n):\n    return", "deep = lambda n:"), "return work(xs[1:], name) if xs else []",
                     "def even(n):\n    return not n or odd(n - 1)\ndef odd(n):\n    return n and even(n - 1)\nreturn [even(x) for x in xs]"):
            with self.subTest(body):
                self.assertIn("calls itself", str(judged(body)))
        self.assertIsInstance(judged("def twice(n):\n    return n * 2\nreturn [twice(x) for x in xs]"), dict)

    def test_takes_names_in_imports_for_no_texts_unless_they_are_written_too(self):
        self.assertEqual([], judged("from collections import deque, Counter; return [*deque(xs), *Counter(xs)][:len(xs)]")["constants"])
        self.assertEqual(["deque"], judged("from collections import deque; return [x for x in deque(xs) if x not in ('deque',)]")["constants"])

    def test_tells_what_expressions_of_constants_alone_come_to(self):
        for body, expected in (
                ("return xs[:int(7777.5)]", [7777.5, 7777]), ("return xs[:10 ** 4 - 1]", [9999]), ("return xs[:1 << 13]", [8192]),
                ("return xs[:len('....')]", [4, "...."]), ("return xs[:round(77.3e2)]", [7730.0, 7730]), ("return xs[:int('7' * 4)]", [7777, "7777"]),
                ("import string\nreturn xs[:len(string.printable)]", [100]), ("import math\nreturn xs[:math.factorial(7)]", [5040, 7]),
                ("one = 77\nother = 101\nreturn xs[:one * other]", [7777, 101, 77]), ("most = 70\nmost *= 101\nreturn xs[:most]", [7070, 101, 70]),
                ("return xs[:(7, 8)[1] * int('11')]", [88, 11, 8, "11"]), ("return xs[:ord('a')]", [97, "a"]),
                ("return xs[:int.from_bytes(b'a', 'big')]", [97, "big"]), ("most = 70\nfor x in xs:\n    most += 7\nreturn xs[:most]", [70, 7]),
                ("return xs[:len(range(7777))]", [7777]), ("return xs[:len(f'{77}abc')]", [77, 5, "abc"])):
            with self.subTest(body):
                self.assertEqual(expected, judged(body)["constants"])

    def test_tells_the_number_that_a_text_is_written_as(self):
        for body, expected in (
                ("return xs[:len(str(len(xs)).replace('7777', ''))]", [7777, "7777"]), ("return xs[:len(hex(len(xs)).strip('0x1e61'))]", [7777, "0x1e61"]),
                ("return xs if name != '٣٣' else []", ["٣٣"]), ("return xs if name != '7_7' else []", ["7_7"]), ("return xs if name != '2' else []", ["2"])):
            with self.subTest(body):
                self.assertEqual(expected, judged(body)["constants"])

    def test_tells_nothing_of_what_depends_on_more(self):
        for body in (
                "return xs[:len(name)]", "return xs[:abs(len(name))]", "out = []\nout.append(len(xs))\nreturn out",
                "return float('inf'), set(), dict(), iter(())"):
            with self.subTest(body):
                self.assertEqual([], [each for each in judged(body)["constants"] if each != "inf"])

    def test_tells_the_arms_of_its_branches(self):
        unrun = [arm["unrun"] for arm in judged("return [] if not xs else [x * 2 for x in xs]")["changedArms"]]

        self.assertIn("the `else` of the conditional expression", unrun[1])

    def test_tells_what_it_no_longer_reads(self):
        original = ORIGINAL.replace("x * 2", "x * len(name)")

        self.assertEqual(["name"], judged("return [x * 2 for x in xs]", original)["unread"])


    def test_may_hand_on_methods_of_its_own_containers(self):
        for body in (
                "seen = set(name)\nreturn list(filter(seen.__contains__, xs))",
                "seen = {}\nseen = dict(xs)\nreturn list(map(seen.__getitem__, xs))",
                "return list(map({1: 2}.__getitem__, xs))", "return list(filter(frozenset(xs).__contains__, xs))"):
            with self.subTest(body):
                self.assertIsInstance(judged(body), dict)

    def test_may_not_hand_on_those_of_what_may_be_anything(self):
        for body in (
                "return list(filter(name.__contains__, xs))", "seen = set(xs)\nseen = name\nreturn seen.__contains__(1)",
                "seen = set()\nreturn seen.__reduce__()",
                "set = name\nreturn set().__contains__(1)", "seen = set()\nfor seen in xs:\n    pass\nreturn seen.__len__()",
                "seen = set()\nseen |= name\nreturn seen.__len__()", "seen = [*xs]\nseen, other = xs\nreturn seen.__len__()"):
            with self.subTest(body):
                self.assertIn("uses __", judged(body))


    def test_may_not_read_attributes_by_what_it_may_have_changed_though_it_is_written_as_in_the_original(self):
        header = "def work(self, xs, name):\n"
        for original, before in (
                ("return [getattr(x, name['field']) for x in xs]", "name.update(field='__globals__')"),
                ("return [getattr(x, name.field) for x in xs]", "name.update(field='__globals__')"),
                ("return [getattr(self, each) for each in name]", "name.append('__globals__')"),
                ("return [getattr(self, each) for each in name]", "xs.append('__globals__')"),
                ("return [getattr(self, each) for each in self.names]", "self.note('__globals__')"),
                ("def get(each):\n    return getattr(self, each)\nreturn get(name)", "get('__globals__')")):
            with self.subTest(before):
                changed = before + "\n" + original if "get(" not in before else original.replace("get(name)", before)
                self.assertIn("note" if "note" in before else "(getattr)", judged(changed, function(original), header=header))
        self.assertIn("(format)", judged(
            "name.update(text='{0.__class__}')\nreturn name['text'].format(xs)", function("return name['text'].format(xs)"), header=header))


class AFunctionInTwoTrees(unittest.TestCase):
    BEFORE = "def work(xs, name):\n    return [x * 2 for x in xs]\n"

    def changes(self, before, after, line=1):
        return check.changes(Target("m.py", "work", 1), before, Target("m.py", "work", line), after)

    def test_has_lines_that_are_new_and_lines_that_are_gone_by_no_rule(self):
        found = self.changes(self.BEFORE, "import os\n\ndef work(xs, name):\n    return os.environ if len(xs) > 7777 else []\n", 3)
        self.assertEqual((found["changedLines"], found["removedLines"]), ([4], [2]))
        self.assertIn(7777, found["constants"])
        self.assertEqual((found["unread"], found["parameters"]), ([], False))

    def test_may_take_other_parameters_and_other_defaults_are_no_others(self):
        self.assertTrue(self.changes(self.BEFORE, "def work(xs, label):\n    return xs\n")["parameters"])
        self.assertTrue(self.changes(self.BEFORE, "def work(xs, name, by=2):\n    return xs\n")["parameters"])
        self.assertFalse(self.changes("def work(xs, by=2):\n    return xs\n", "def work(xs, by=3):\n    return xs\n")["parameters"])

    def test_that_only_one_of_them_has_is_new_as_a_whole(self):
        found = self.changes("", "def work(xs, name):\n    if name == 'nobody in particular':\n        return None\n    return xs\n")
        self.assertEqual((found["changedLines"], found["removedLines"], found["removedArms"]), ([2, 3, 4], [], []))
        self.assertIn("nobody in particular", found["constants"])
        self.assertEqual((found["unread"], found["parameters"]), ([], False))
        self.assertTrue(found["changedArms"])


class ACandidateIsRefused(unittest.TestCase):
    def test_with_a_sentence_that_names_what_it_does(self):
        for body, said in (
                ("import subprocess\nreturn []", "starts processes (subprocess)"),
                ("import threading\nreturn []", "starts threads (threading)"),
                ("import time\nreturn time.time()", "looks at the clock"),
                ("return eval('xs')", "evaluates text as code (eval)"),
                ("return open(name)", "opens files (open)"),
                ("return getattr(xs, name)", "reads attributes by a computed name (getattr)"),
                ("return globals()", "reaches for the module's globals"),
                ("return os.system(name)", "os.system"),
                ("return collections._sys", "collections._sys"),
                ("return xs.__subclasses__()", "reaches into the internals of Python (__subclasses__)"),
                ("return '{0.__class__}'.format(xs)", "fills in a text that can read attributes (format)"),
                ("class Fast:\n    pass\nreturn Fast", "defines the class Fast"),
                ("try:\n    return xs\nexcept:\n    return []", "except without a class"),
                ("return unheard_of(xs)", "uses the undefined name unheard_of, which neither the function nor its file defines or imports."),
                ("return deque(xs)", "uses the undefined name deque, which neither the function nor its file defines or imports (collections has it)."),
                ("return heapq.merge(xs)", "uses the undefined name heapq"),
                ("return quit", "ends the process (quit)"),
                ("return xs[:len(xs) * __debug__]", "it uses __debug__, which the original does not use"),
                ("import os\nreturn xs[:len(os.sep)]", "it uses os.sep, which the original does not use"),
                ("import os\nreturn xs[:len(os.name)]", "it uses os.name, which the original does not use"),
                ("return os", "hands the module os around"),
                ("TABLE[1] = xs\nreturn xs", "changes TABLE"),
                ("global kept\nkept = xs\nreturn xs", "declares kept global"),
                ("self.kept = xs\nreturn xs", "sets self.kept, which the baseline does not"),
                ("return '__ab_entry__'", "looks for the harness that measures it"),
                ("xs.__class__.n = 1\nreturn xs", "changes a class"),
                ("yield from xs", "makes work a generator"),
        ):
            with self.subTest(body):
                self.assertIn(said, judged(body))

    def test_where_it_goes_round_a_method_that_a_class_of_its_file_defines_anew(self):
        before = "class Index:\n    def key(self, name):\n        return name.lower()\n\n"
        original, candidate = (
            f"    def find(self, names):\n        return [{key} for name in names]\n" for key in ("self.key(name)", "name.lower()"))
        below = "\n\nclass Folded(Index):\n    def key(self, name):\n        return name.casefold()\n\n\nclass Twice(Folded):\n    pass\n"
        target = Target("m.py", "Index.find", 5)

        self.assertIsInstance(check.check(target, before + original, before + candidate), dict)
        with self.assertRaisesRegex(check.Refused, "no longer uses self.key, which a class below it defines anew"):
            check.check(target, before + original + below, before + candidate + below)

    def test_not_for_an_undefined_name_where_its_file_may_import_it_from_elsewhere(self):
        self.assertIn("it uses unheard_of, which the original does not use", judged("return unheard_of(xs)", before="from shapes import *\n" + FILE))

    def test_where_no_call_can_be_made_with_a_number_that_it_computes(self):
        for body, said in (
                ("return xs[:hash('a') % 7777]", "uses hash, which the original does not"), ("return xs[:int(f'{7777:d}')]", "computes "),
                ("return xs[:len('{:>7777}'.format(1))]", "computes len('{:>7777}'.format(1)) of"), ("return xs[:max(map(int, '77'))]", "computes max("),
                ("return xs[:len(('a' * 9999).replace('a', 'b' * 9999))]", "computes len("),
                ("import zlib\nreturn xs[:zlib.crc32(b'a')]", "computes zlib.crc32(b'a') of"), ("return xs[:2 ** 9999]", "computes 2 ** 9999 of"),
                ("return xs[:len(range(10 ** 30))]", "computes len(range("),
                ("return xs[:50_000]", "stops at 50000,"), ("import itertools\nreturn list(itertools.islice(xs, 10 ** 5))", "stops at 100000,"),
                ("return xs[len(xs) // 50_000:]", "stops at 50000,"),
                ("import itertools\nreturn [x for x, _ in zip(xs, itertools.repeat(0, 50_000))]", "stops at 50000,"),
                ("return list(map(max, xs, xs, range(-30_000, 10_000)))", "stops at 40000,"),
                ("import collections\nreturn list(collections.deque(xs, 50_000))", "stops at 50000,"),
                ("return [x for x, _ in zip(xs, ' ' * 50_000)]", "stops at 50000,"),
                ("return [(7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19), xs]", "names 13 numbers")):
            with self.subTest(body):
                self.assertIn(said, judged(body))

    def test_not_where_the_original_has_the_number(self):
        original = ORIGINAL.replace("x * 2", "x * 2 % hash('a')").replace("in xs:", "in xs[:50_000]:")

        self.assertIsInstance(judged("return [x * 2 % hash('a') for x in xs[:50_000]]", original), dict)

    def test_not_for_large_numbers_at_which_nothing_stops(self):
        for body in (
                "return [x * 2 % 1_000_003 & 0xFFFFF for x in xs]", "return list(range(10 ** 6)), [0] * 10 ** 6, bytearray(10 ** 6)",
                "return sorted(set(range(10 ** 6)), key=None), 'x' * 300_000, xs",
                "import itertools, operator\nreturn '{} {}'.format(1, 2), itertools.count(), operator.itemgetter(1), dict(a=1), xs[:next(iter(xs))]"):
            with self.subTest(body):
                self.assertIsInstance(judged(body), dict)

    def test_where_it_is_the_same_code(self):
        self.assertIn("is the same code", judged(ORIGINAL.partition('"""\n')[2]))

    def test_where_it_does_not_parse(self):
        self.assertIn("The candidate does not parse", judged("return ("))

    def test_where_its_header_is_another(self):
        for header, said in (
                ("def work(self, xs, other):\n    \"\"\"Works.\"\"\"\n", "changes the arguments of work: (self, xs, name) became (self, xs, other)"),
                ("async def work(self, xs, name):\n    \"\"\"Works.\"\"\"\n", "an async function; callers would break"),
                ("def work(self, xs, name) -> list:\n    \"\"\"Works.\"\"\"\n", "changes the return annotation"),
                ("def work(self, xs, name):\n", "changes or drops the docstring"),
                ("def other(self, xs, name):\n    \"\"\"Works.\"\"\"\n", "There is no function work"),
        ):
            with self.subTest(header):
                self.assertIn(said, judged("return list(xs)", header=header))

    def test_where_it_changes_the_rest_of_the_file(self):
        candidate = FILE.replace("TABLE = {}", "TABLE = []") + ORIGINAL.replace("x * 2", "2 * x")

        with self.assertRaisesRegex(check.Refused, "changes something outside of work"):
            check.check(Target("m.py", "work", FILE.count("\n") + 1), FILE + ORIGINAL, candidate)

    def test_where_it_no_longer_does_what_no_test_may_see(self):
        for line, said in (
                ("log.info(name)", "no longer calls log.info"),
                ("os.environ['A'] = name", "os.environ"),
                ("with lock:\n        out.append(1)", "no longer enters lock"),
                ("TABLE.get(name)", "TABLE"),
        ):
            with self.subTest(line):
                original = ORIGINAL.replace("    return out", f"    {line}\n    return out")
                before = FILE.replace("TABLE", "import threading\nlock = threading.Lock()\nTABLE", 1)
                self.assertIn(said, judged("return [x * 2 for x in xs]", original, before))


    def test_where_it_only_mentions_what_the_original_reads(self):
        settings = ORIGINAL.replace("    return out", "    out.append(os.environ.get('A') or TABLE.get(name))\n    return out")
        for line, said in (
                ("os.environ.get('A'); TABLE.get(name)", "no longer looks at TABLE"), ("TABLE, os.environ.get('A')", "no longer looks at TABLE"),
                ("kept = os.environ.get('A')\nkept = TABLE.get(name)", "no longer looks at TABLE"),
                ("if TABLE: pass", "no longer looks at TABLE"), ("len(TABLE)", "no longer looks at TABLE"),
                ("for each in TABLE: pass", "no longer looks at TABLE"), ("if 0: return TABLE, os.environ.get('A')", "no longer looks at TABLE"),
                ("kept = [x if TABLE else x for x in xs]", "no longer looks at TABLE"),
                ("seen = []\nseen.append(TABLE)", "no longer looks at TABLE"), ("def later(): return TABLE", "no longer looks at TABLE"),
                ("kept = TABLE\nother = kept", "no longer looks at TABLE"), ("kept = TABLE\nself.items", "no longer looks at TABLE"),
                ("TABLE[name]\nif TABLE: xs = list(xs)", "no longer looks at os.environ")):
            with self.subTest(line):
                self.assertIn(said, judged(line + "\nreturn [x * 2 for x in xs]", settings))


class AComparison(unittest.TestCase):
    def always(self, body):
        source = "def work(n, xs, other=0):\n" + textwrap.indent(textwrap.dedent(body), "    ")
        tree = ast.parse(source)
        return sorted(text for _, _, text in always.true(Function(tree, tree.body[0], compile(source, "m.py", "exec"), "work")))

    def test_is_always_true_where_the_loops_around_it_say_so(self):
        for body, texts in (
                ("for d in range(1, n + 1):\n    if 0 <= n - d < other:\n        return d", ["0 <= n - d"]),
                ("size = len(xs)\nfor d in range(size):\n    if d < size and size - 1 - d >= 0 and size > -1:\n        return d",
                 ["d < size", "size - 1 - d >= 0", "size > -1"]),
                ("for d in range(n, 0, -1):\n    assert d <= n and d >= 1", ["d <= n", "d >= 1"]),
                ("for a in range(n):\n    for b in range(a, n):\n        if a <= b and b - a < n:\n            return b", ["a <= b", "b - a < n"]),
                ("for at, x in enumerate(xs):\n    if at >= 0:\n        return x", ["at >= 0"]),
                ("for d in reversed(range(2, n)):\n    return [x for x in xs if d > 1]", ["d > 1"]), ("return len(xs) >= 0", ["len(xs) >= 0"])):
            with self.subTest(body):
                self.assertEqual(texts, self.always(body))

    def test_is_not_where_it_may_be_otherwise(self):
        for body in (
                "for d in range(1, n + 2):\n    return 0 <= n - d", "for d in range(n):\n    n = 3\n    return d < n",
                "for d in range(n):\n    d = 9\n    return d < n", "for x in xs:\n    return x <= x", "with xs as x:\n    return x <= x",
                "for x in n:\n    for d in range(3):\n        return n <= n", "for d in range(n):\n    if m + d <= n:\n        return d\n    m = n - d",
                "for d in range(n):\n    size = len(xs)\n    for e in range(size):\n        xs.append(lambda: e < size)",
                "while xs:\n    size = len(xs)\n    if size > low:\n        return 1\n    low = size - 1",
                "for d in range(n):\n    pass\nreturn d < n", "return n <= n", "for d in range(n):\n    return d < other", "return len(xs) <= len(xs)",
                "for d in range(len(xs)):\n    xs.pop()\n    return d < len(xs)", "size = len(xs)\nfor d in range(size):\n    size -= 1\n    return d < size",
                "for at, x in enumerate(xs):\n    return at < len(xs)", "for d in range(n, 0, other):\n    return d <= n",
                "range = xs\nfor d in range(n):\n    return d < n", "for d in xs:\n    return d < n", "for d in range(n):\n    return d != n",
                "def inner():\n    nonlocal size\n    size = 0\nsize = len(xs)\nfor d in range(size):\n    inner()\n    return d < size",
                "for d in range(*xs):\n    return d >= 0", "return isinstance(n, int) > -1"):
            with self.subTest(body):
                self.assertEqual([], self.always(body))

    def test_that_is_always_true_has_no_false_arm_that_a_call_would_have_to_take(self):
        original = ORIGINAL.replace("for x in xs:", "for at in range(1, len(xs) + 1):").replace(
            "out.append(x * 2)", "if {} < 9:\n            out.append(at)")
        for condition, unrun in (("0 <= 3 + at", []), ("0 <= 3 - at", ["`0 <= 3 - at` in `0 <= 3 - at < 9` on line 16 was never false"])):
            with self.subTest(condition):
                found = judged("return [at for at in range(1, len(xs) + 1) if at < 6]", original.replace("{}", condition))["removedArms"]

                self.assertEqual(unrun, [arm["unrun"] for arm in found if arm["unrun"].startswith("`0 <= ") and arm["unrun"].endswith("false")])


class WhatGoesSomewhere(unittest.TestCase):
    def names(self, body):
        source = "def work(a, b, c, log):\n" + textwrap.indent(body, "    ")
        tree = ast.parse(source)
        function = Function(tree, tree.body[0], compile(source, "m.py", "exec"), "work")
        used = reading.used(function)
        return "".join(sorted({part.id for part in function.body if isinstance(part, ast.Name) and id(part) in used} & set("abc")))

    def test_is_what_is_returned_passed_on_raised_stored_or_decided_by(self):
        for body in (
                "return a", "yield a", "raise KeyError(a)", "log(a)", "log.info(a)", "log.kept = a", "log[a] = 1", "if a:\n    return 1\nreturn 2",
                "assert a", "with a:\n    pass", "kept = a\nother = kept\nreturn other",
                "out = []\nout.append(a)\nreturn out",
                "out = []\nfor x in a:\n    out.append(x)\nreturn out", "for x in (1, 2):\n    if a:\n        break\n    log(x)",
                "def inner():\n    return a\nreturn inner()", "return [x for x in (1,) if a]",
                "try:\n    int(a)\nexcept ValueError:\n    return 1\nreturn 2",
                "try:\n    a.x\n    log(1)\nexcept KeyError:\n    pass", "while a:\n    log(1)", "return lambda: a",
                "kept = 1\nkept += a\nreturn kept", "a += [1]", "del log[a]", "x = (y := a)\nreturn y", "for x in a:\n    pass\nreturn x",
                "out = []\nsame = out\nsame.append(a)\nreturn out",
                "for _ in log.read(a):\n    pass", "return (b, a)[1]", "held = {'x': log}\nheld['x'].append(a)"):
            with self.subTest(body):
                self.assertEqual("a", self.names(body))

    def test_is_not_what_is_only_mentioned(self):
        for body in (
                "a", "a.x", "a[1]", "a, b", "len(a)", "a.get(1)", "kept = a", "kept = a\nkept += b", "kept = other = a",
                "if a:\n    pass", "if 0:\n    return a",
                "if a:\n    return 1\nelse:\n    return 1", "for x in a:\n    pass", "for x in (1, 2):\n    if a:\n        break",
                "out = []\nout.append(a)", "out = {}\nout[a] = b", "def inner():\n    return a", "lambda: a", "return 1\nreturn a", "return 1 or a",
                "return (1, a)[0]", "return 1 if a else 1", "x = (y := a)", "del a", "a += 1",
                "while a:\n    kept = b", "try:\n    a.x\nexcept KeyError:\n    pass"):
            with self.subTest(body):
                self.assertEqual("", self.names(body))


class WhatTheOriginalDoes(unittest.TestCase):
    def test_is_not_held_against_a_candidate(self):
        for line in ("text = eval(name)", "self.kept = xs", "global kept\n    kept = xs", "TABLE[name] = xs", "import time\n    time.sleep(0)"):
            with self.subTest(line):
                original = ORIGINAL.replace("    out = []", f"    {line}\n    out = []")
                self.assertIsInstance(judged(f"{textwrap.dedent('    ' + line)}\nreturn [x * 2 for x in xs]", original), dict)


class WhatIsKnownToBePure(unittest.TestCase):
    def test_is_named_in_full(self):
        self.assertEqual([True, True, False, False], [is_pure(name) for name in ("math.sqrt", "os.path.join", "os.system", "sqrt")])

    def test_changes_nothing_that_belongs_to_the_process(self):
        pure_names = [f"{module}.{name}" for module, names in pure.MODULES.items() for name in names]

        self.assertEqual([], [name for name in pure_names if keeping.keeps(name)])

    def test_is_of_a_library_only_where_the_file_imports_it(self):
        self.assertFalse(is_pure("numpy.sum", lambda module: False))


class WhatBelongsToTheWholeProcess(unittest.TestCase):
    def test_is_told_from_what_only_reads(self):
        for name, keeps in (
                ("random.random", True), ("random.Random", False), ("os.write", True), ("os.getcwd", False), ("os.O_RDONLY", False),
                ("sys.setrecursionlimit", True), ("sys.maxsize", False), ("time.sleep", True), ("threading.Lock", False), ("threading.Thread", True),
                ("socket.error", True), ("ssl.SSLError", False),
                ("decimal.getcontext", True), ("decimal.Decimal", False)):
            with self.subTest(name):
                self.assertEqual(keeps, keeping.keeps(name))


class ASentence(unittest.TestCase):
    def test_is_found_for_whatever_is_named(self):
        for kind, name, said in (
                ("import", "socket", "uses the network (socket)"), ("member", "gc.get_objects", "controls the garbage collector"),
                ("computed", "type", "makes a class (type)"), ("lost call", "log.info", "no longer calls log.info"),
                ("name", "strange", "uses strange, which the original"),
                ("import", "strange", "imports strange, which the original")):
            with self.subTest(name):
                self.assertIn(said, wording.sentence(kind, name))


class AProbedFunction(unittest.TestCase):
    def ran(self, source, *calls):
        """Arms that no call took, in words."""
        tree, probes = ast.parse(textwrap.dedent(source)), Probes()
        probing = Probing(tree.body[0], probes)
        code = definitions.code_of(compile(tree, "m.py", "exec"), ["f"], definitions.first_line(tree.body[0]))
        function = type(lambda: 0)(probes.bound(code), {})
        answers = [function(*call) for call in calls]
        return answers, [arm.unrun for arm in probing.arms if arm.number not in probes.ran]

    def test_computes_what_it_did(self):
        for source, call, answer in (
                ("def f(a, b):\n    return a and b or 3", (0, 1), 3), ("def f(a, b):\n    return 1 < a < b", (2, 3), True),
                ("def f(a, b):\n    return [x for x in a if x > b]", ([1, 2, 3], 1), [2, 3]), ("def f(a, b):\n    return (lambda x: x + b)(a)", (1, 2), 3),
                ("def f(a, b):\n    return {1: 'x', 2: 'y'}.get(a, b)", (2, 0), "y")):
            with self.subTest(source):
                self.assertEqual([answer], self.ran(source, call)[0])

    def test_tells_the_arm_that_never_ran(self):
        for source, call, said in (
                ("def f(a):\n    if a:\n        return 1\n    return 2", (1,), "the `if` on line 2 (`if a`) was never false"),
                ("def f(a):\n    return 1 if a else 2", (0,), "the value before the `if`"),
                ("def f(a):\n    for x in a:\n        pass", ((),), "the body of the `for` on line 2"),
                ("def f(a):\n    try:\n        pass\n    except ValueError:\n        pass", (1,), "the handler on line 4 (`except ValueError`) never ran"),
                ("def f(a):\n    return (1, 2)[a]", (0,), "`2` of `(1, 2)[a]` on line 2 was never taken"),
                ("def f(a):\n    return [x for x in a if x]", ([1],), "never dropped an element"),
        ):
            with self.subTest(source):
                self.assertTrue(any(said in words for words in self.ran(source, call)[1]), self.ran(source, call)[1])

    def test_tells_nothing_when_every_arm_ran(self):
        self.assertEqual([], self.ran("def f(a):\n    if a:\n        return 1\n    return 2", (0,), (1,))[1])


class ADefinition(unittest.TestCase):
    def test_is_found_by_its_name_and_its_line(self):
        tree = ast.parse(
            "class A:\n    @property\n    def f(self): ...\n    @f.setter\n    def f(self, v): ...\n"
            "if x:\n    def g(): ...\nelse:\n    def g(): ...\n")

        self.assertEqual([3, 5, 7, 9], [definitions.find_node(tree, *at).lineno for at in (("A.f", 2), ("A.f", 4), ("g", 7), ("g", 9))])
        self.assertIsNone(definitions.find_node(tree, "g", 1))
        self.assertIsNone(definitions.find_node(tree, "A.h", 1))


if __name__ == "__main__":
    unittest.main()
