"""Where the imports, constants and helpers of a candidate go."""

import ast
import pathlib
import tempfile
import textwrap
import unittest
import unittest.mock

import places  # noqa: F401 - puts the harness on the path
from harness.afterburner_harness.checking import importing, placing
from harness.afterburner_harness.functions import definitions

FILE = '''"""A module."""

import os
import sys
from collections import OrderedDict

TABLE = {}


def other(xs):
    return os.path.join(*xs)


def work(xs, name):
    """Works."""
    return [x for x in xs if x in name]
'''


def placed(body, head=FILE, name="work"):
    """The whole file with what ``placed`` says, or None."""
    tree = ast.parse(head)
    node = definitions.find_node(tree, name, 0)
    lines = head.splitlines(keepends=True)
    documented = isinstance(node.body[0], ast.Expr)
    first, last = node.body[1 if documented else 0].lineno, node.end_lineno
    margin = " " * node.body[0].col_offset
    candidate = "".join(lines[:first - 1]) + textwrap.indent(textwrap.dedent(body).strip("\n"), margin) + "\n" + "".join(lines[last:])
    found = placing.placed(name, head, tree, node, candidate, definitions.find_node(ast.parse(candidate), name, 0))
    if found is None:
        return None
    start = definitions.first_line(node)
    made = lines[:start - 1] + [" " * node.col_offset + found["source"] + "\n"] + lines[last:]
    for edit in sorted(found["elsewhere"], key=lambda e: -e["line"]):
        at = edit["line"] - 1
        made[at:at + edit["count"]] = [edit["text"]]
    text = "".join(made)
    ast.parse(text)
    return text


class AConstantThatIsWorkedOutGoesBeforeTheFunction(unittest.TestCase):
    HEAD = FILE.replace("TABLE = {}\n", "TABLE = {}\nTAB = 9\n")

    def test_where_it_goes_once_through_constants(self):
        for value in (
                "frozenset(chr(c) for c in range(0x20) if c != TAB) | {chr(0x7F), 'x'}", "tuple(str(n).upper() for n in (1, 2, TAB))",
                "frozenset(f'{a}{b}' for a, b in zip('abc', 'def'))", "'x' * 3 + f'{TAB}'", "'%s-' % (TAB,)"):
            with self.subTest(value):
                text = placed(f"_stops = {value}\nreturn [x for x in xs if x in _stops]", self.HEAD)
                self.assertIn(f"_stops = {value}\n\n\ndef work", text)

    def test_but_stays_where_that_calls_or_keeps_anything(self):
        for value in (
                "frozenset(name for c in range(3))", "(chr(c) for c in range(3))", "frozenset(print(c) for c in range(3))", "frozenset(c.x for c in TABLE)",
                "frozenset(c for c in TABLE)", "tuple(x for x in xs)", "{1} | frozenset((2,))", "frozenset(open(c) for c in 'ab')", "f'{name}'",
                "[c async for c in xs]", "tuple(a for a in 'ab' for b in 'cd')", "f'{TAB:{name}}'"):
            with self.subTest(value):
                try:
                    self.assertIsNone(placed(f"_stops = {value}\nreturn [x for x in xs if x in _stops]", self.HEAD))
                except SyntaxError:
                    pass


class AnImportGoesToTheTop(unittest.TestCase):
    def test_among_those_that_are_there_by_name(self):
        text = placed("import re\nreturn [x for x in xs if re.match(x, name)]")

        self.assertIn("import os\nimport re\nimport sys\nfrom collections import OrderedDict\n", text)
        self.assertIn('    """Works."""\n    return [x for x in xs if re.match(x, name)]\n', text)

    def test_in_the_line_that_imports_from_its_module(self):
        self.assertIn("from collections import deque, OrderedDict\n", placed("from collections import deque\nreturn list(deque(xs))"))

    def test_in_a_line_of_its_own_where_that_would_be_too_long(self):
        head = FILE.replace("from collections import OrderedDict", "from collections import ChainMap, OrderedDict, UserDict, UserList, UserString, namedtuple")
        self.assertIn("namedtuple\nfrom collections import deque\n", placed("from collections import deque\nreturn list(deque(xs))", head))

    def test_only_once(self):
        text = placed("import sys\nimport bisect\nreturn sys.intern(bisect.bisect(xs, name))")

        self.assertEqual(1, text.count("import sys"))
        self.assertIn("import bisect\nimport os\n", text)

    def test_before_those_of_other_projects(self):
        text = placed("import re\nreturn re.findall(name, xs)", "from . import near\n\n\ndef work(xs, name):\n    return near(xs)\n")
        self.assertTrue(text.startswith("import re\n\nfrom . import near\n"), text)

    def test_below_the_documentation_where_there_is_none(self):
        text = placed("import re\nreturn re.findall(name, xs)", '#!/usr/bin/env python\n"""Doc."""\n\ndef work(xs, name):\n    return xs\n')
        self.assertTrue(text.startswith('#!/usr/bin/env python\n"""Doc."""\n\nimport re\n\ndef work'), text)

    def test_below_what_runs_the_file_and_its_licence(self):
        text = placed("import re\nreturn re.findall(name, xs)", "#!/usr/bin/env python\n# Licence\n\ndef work(xs, name):\n    return xs\n")
        self.assertTrue(text.startswith("#!/usr/bin/env python\n# Licence\n\nimport re\n\ndef work"), text)

    def test_stays_where_its_name_means_something_else_in_the_file(self):
        for head in (FILE + "\n\nre = 1\n", FILE + "\n\ndef late(re):\n    return re\n", FILE.replace("import os\n", "import os as re\nimport os\n")):
            with self.subTest(head):
                self.assertIsNone(placed("import re\nreturn re.findall(name, xs)", head))

    def test_stays_where_it_is_none_of_the_library(self):
        self.assertIsNone(placed("import requests\nreturn requests.get(name)"))

    def test_of_a_module_in_a_package_stays(self):
        self.assertIsNone(placed("import os.path\nreturn os.path.join(*xs)"))

    def test_and_a_constant_come_one_after_the_other_where_the_function_is_first(self):
        text = placed("import re\n_WORD = re.compile('a')\nreturn _WORD.match(name)", "def work(xs, name):\n    return xs\n")
        self.assertTrue(text.startswith("import re\n\n_WORD = re.compile('a')\n\n\ndef work(xs, name):\n    return _WORD"), text)

    def test_that_the_function_has_already_stays(self):
        head = FILE.replace('    """Works."""\n', '    """Works."""\n    import re\n')
        self.assertIsNone(placed("import re\nreturn re.findall(name, xs)", head))


class AConstantGoesBeforeTheFunction(unittest.TestCase):
    def test_with_what_it_is_made_of(self):
        text = placed("import re\n_WORD = re.compile(r'\\w+')\n\nreturn [x for x in xs if _WORD.match(x)]")

        self.assertIn("import re\n", text)
        self.assertIn("\n\n\n_WORD = re.compile(r'\\w+')\n\n\ndef work(xs, name):\n    \"\"\"Works.\"\"\"\n    return [", text)

    def test_of_a_class_before_the_class_and_its_comments(self):
        head = "import re\n\n\n# About boxes.\n@final\nclass Box:\n    def work(self, xs):\n        return xs\n"
        text = placed("_KNOWN = frozenset(('a', 'b'))\nreturn [x for x in xs if x in _KNOWN]", head, "Box.work")
        self.assertIn("\n\n\n_KNOWN = frozenset(('a', 'b'))\n\n\n# About boxes.\n@final\nclass Box:\n    def work(self, xs):\n        return [", text)

    def test_where_it_is_only_read(self):
        for body in (
                "_KNOWN = {'a', 'b'}\nreturn [x for x in xs if x in _KNOWN]", "_KNOWN = {'a': 1}\nreturn [_KNOWN.get(x, x) for x in xs]",
                "_KNOWN = {'a': 1}\nreturn _KNOWN[name]", "_SWAP = str.maketrans('ab', 'cd')\nreturn name.translate(_SWAP)",
                "_LIMIT = 60 + 1\nreturn _LIMIT", "_A = (1, 2)\n_B = (_A, 3)\nreturn _B"):
            with self.subTest(body):
                self.assertIsNotNone(placed(body))

    def test_where_it_is_made_of_one_of_the_file_that_nobody_can_change(self):
        head = FILE.replace("TABLE = {}", "TABLE = {}\nENDS = ('.', '!')\nMOVED = 'a'\n\n\ndef move():\n    global MOVED\n    MOVED = 'b'")
        self.assertIn("\n_END = re.compile('[' + re.escape(''.join(ENDS)) + ']')\n", placed(
            "import re\n_END = re.compile('[' + re.escape(''.join(ENDS)) + ']')\nreturn _END.findall(name)", head))
        for value in ("MOVED + 'x'", "''.join(TABLE)", "LATE", "''.join(xs)"):
            self.assertIsNone(placed(f"_END = {value}\nreturn _END", head + "\n\nLATE = 'z'\n"))

    def test_where_it_is_made_of_a_private_set_that_the_whole_file_only_reads(self):
        head = 'import re\n\n_ENDS = {"a", "*"}\n\n\ndef work(xs, name):\n    return [x for x in xs if x in _ENDS]\n'
        body = '_PATTERN = re.compile("[" + re.escape("".join(_ENDS)) + "]")\nreturn [x for x in xs if _PATTERN.match(x)]'

        self.assertIn('_ENDS = {"a", "*"}\n\n\n_PATTERN = re.compile("[" + re.escape("".join(_ENDS)) + "]")\n\n\ndef work', placed(body, head))
        self.assertIsNone(placed(body.replace("return", "_ENDS.add(name)\nreturn"), head))
        self.assertIsNone(placed(body, head + "\n\ndef other(x):\n    _ENDS.add(x)\n"))
        self.assertIsNone(placed(body, head + "\n\ndef other(x):\n    return x(_ENDS)\n"))
        self.assertIsNone(placed(body.replace("_ENDS", "ENDS"), head.replace("_ENDS", "ENDS")))

    def test_stays_where_it_might_be_changed_or_handed_on(self):
        for body in (
                "_KNOWN = {}\n_KNOWN[name] = 1\nreturn _KNOWN", "_KNOWN = {'a': 1}\nreturn _KNOWN", "_KNOWN = set()\n_KNOWN.add(name)\nreturn name in _KNOWN",
                "_KNOWN = [1]\nreturn other(_KNOWN)", "_KNOWN = [[1]]\nreturn _KNOWN[0]", "_A = [1]\n_B = _A\nreturn _B",
                "_KNOWN = {'a': 1}\ndel _KNOWN['a']\nreturn 1",
                "_KNOWN = {'a': 1}\nkept = _KNOWN\nreturn kept", "_KNOWN = {'a': 1}\nreturn _KNOWN.pop(name)"):
            with self.subTest(body):
                self.assertIsNone(placed(body))

    def test_stays_where_its_value_depends_on_the_call_or_on_what_may_change(self):
        for body in (
                "_KNOWN = frozenset(xs)\nreturn [x for x in xs if x in _KNOWN]", "_KNOWN = TABLE\nreturn _KNOWN", "_KNOWN = other(name)\nreturn _KNOWN",
                "_KNOWN = frozenset(TABLE)\nreturn name in _KNOWN", "_KNOWN = os.getpid()\nreturn _KNOWN", "_NOW = sys.argv\nreturn _NOW",
                "_KNOWN = 1\nfor x in xs:\n    _KNOWN = x\nreturn _KNOWN", "_MANY = 'a' * 10 ** 9\nreturn _MANY"):
            with self.subTest(body):
                self.assertIsNone(placed(body))

    def test_stays_where_its_name_is_not_private_or_not_free(self):
        for body in ("known = frozenset('ab')\nreturn name in known",
                "KNOWN = frozenset('ab')\nreturn name in KNOWN", "TABLE = frozenset('ab')\nreturn name in TABLE", "__known = 1\nreturn __known"):
            with self.subTest(body):
                self.assertIsNone(placed(body))

    def test_stays_where_a_builtin_has_another_meaning_in_the_file(self):
        self.assertIsNone(placed("_KNOWN = frozenset('ab')\nreturn name in _KNOWN", FILE + "\n\ndef frozenset(x):\n    return []\n"))


class AHelperGoesBeforeTheFunction(unittest.TestCase):
    def test_after_the_constants_that_it_uses(self):
        text = placed("""
            _KNOWN = frozenset('ab')


            def _is_known(x):
                # One of them.
                return x in _KNOWN

            return [x for x in xs if _is_known(x)]
            """)
        self.assertIn("\n\n\n_KNOWN = frozenset('ab')\n\n\ndef _is_known(x):\n    # One of them.\n    return x in _KNOWN\n\n\ndef work(xs, name):\n", text)
        self.assertIn('    """Works."""\n    return [x for x in xs if _is_known(x)]\n', text)

    def test_stays_where_it_needs_the_function_around_it_or_keeps_something(self):
        for body in (
                "def _of(x):\n    return x in name\nreturn [x for x in xs if _of(x)]",
                "def _of(x, seen=[]):\n    seen.append(x)\n    return seen\nreturn [_of(x) for x in xs]",
                "def _of(x):\n    return x\n_of.calls = 1\nreturn [_of(x) for x in xs]",
                "def _of(x):\n    _of.seen = x\n    return x\nreturn [_of(x) for x in xs]",
                "import functools\n@functools.cache\ndef _of(x):\n    return x\nreturn name"):
            with self.subTest(body):
                found = placed(body)
                self.assertNotIn("\ndef _of", found or "")


class WhatCannotBeMovedSafely(unittest.TestCase):
    def test_stays_where_names_come_from_elsewhere_or_are_looked_for(self):
        for more in ("from os.path import *\n", "\n\ndef settings():\n    return globals()\n", "\n\ndef __getattr__(name):\n    return 1\n"):
            self.assertIsNone(placed("_KNOWN = frozenset('ab')\nreturn name in _KNOWN", FILE + more))

    def test_stays_where_another_file_takes_all_names_of_this_one(self):
        with tempfile.TemporaryDirectory() as folder, unittest.mock.patch.object(importing, "WORK", folder):
            (pathlib.Path(folder) / "other.py").write_text("from .tools import helper\n\nfrom package.words import *  # all of it\n")

            self.assertTrue(importing.is_taken_whole("package/words.py", ast.parse(FILE)))
            self.assertFalse(importing.is_taken_whole("package/words.py", ast.parse("__all__ = ['work']\n" + FILE)))
            self.assertFalse(importing.is_taken_whole("package/tools.py", ast.parse(FILE)))

    def test_stays_where_a_helper_goes_by_another_name(self):
        self.assertIsNone(placed("def _of(n):\n    return [n]\nh = _of\nh.known = getattr(h, 'known', {})\nreturn _of(name)"))
        self.assertIsNone(placed("def _of(n):\n    return [n]\nreturn list(map(_of, xs))"))

    def test_stays_where_the_file_would_be_another(self):
        self.assertIsNone(placed("import re\nreturn re.findall(name, xs)", '"""Doc."""; import zlib\n\ndef work(xs, name):\n    return xs\n'))
        text = placed("_KNOWN = frozenset('ab')\nreturn name in _KNOWN", "#!/usr/bin/env python\ndef work(xs, name):\n    return xs\n")
        self.assertTrue(text is None or text.startswith("#!/usr/bin/env python\n"), text)

    def test_stays_altogether(self):
        head = FILE + "\n\ndef work(xs, name):\n    return 1\n"
        for body, file in (
                ("import re\nreturn eval(name)", FILE), ("import re\nreturn locals()", FILE), ("import re; y = 1\nreturn re.match(y, name)", FILE),
                ("_TEXT = '''a\n  b'''\nreturn _TEXT", FILE), ("import re\nreturn re.match(name, name)", FILE + "\n\n# \f\n")):
            with self.subTest(body):
                self.assertIsNone(placed(body, file))
        tree = ast.parse(head)
        node = definitions.find_node(tree, "work", 14)
        self.assertIsNone(placing.placed("work", head, tree, node, head, node))

    def test_lines_end_as_those_of_the_file(self):
        self.assertIn("import os\r\nimport re\r\nimport sys\r\n", placed("import re\nreturn re.findall(name, xs)", FILE.replace("\n", "\r\n")))


if __name__ == "__main__":
    unittest.main()
