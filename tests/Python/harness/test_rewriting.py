"""Functions rewritten by their text, and what a recipe may rely on."""

import ast
import textwrap
import unittest

import places
from harness.afterburner_harness.rewriting import flow, flow_detectors, flow_recipes
from harness.afterburner_harness.rewriting.dataflow import Flow, Observed, builtin
from harness.afterburner_harness.rewriting.forms import kind
from harness.afterburner_harness.rewriting.owned import is_list, makes_list, may_follow
from harness.afterburner_harness.rewriting.patterns import apply_pattern
from harness.afterburner_harness.rewriting.text import FunctionText, Module, NoRewrite

FIXTURES = places.ROOT / "tests" / "Fixtures" / "recipes"
WORDS = {"types": ["list"], "maxLength": 1000, "elementsHashable": True}


def text_of(source, indent="", module=""):
    return FunctionText(textwrap.dedent(source).strip("\n"), indent, Module(module))


def flow_of(source, **observed):
    return Flow(text_of(source), Observed(observed))


def first(text, kind):
    return next(node for node in ast.walk(text.node) if isinstance(node, kind))


class AFunctionsText(unittest.TestCase):
    def test_keeps_comments_and_layout_of_everything_that_does_not_change(self):
        text = text_of("def f(xs):  # the sum\n    return  sum( xs )  # of all\n")
        text.replace(first(text, ast.Call), "total(xs)")

        self.assertEqual("def f(xs):  # the sum\n    return  total(xs)  # of all", text.result())

    def test_is_nothing_new_when_nothing_changed(self):
        self.assertIsNone(text_of("def f():\n    return 1").result())

    def test_finds_its_places_behind_letters_of_several_bytes(self):
        text = text_of("def f():\n    return 'äöü€' + g(1)")
        text.replace(first(text, ast.Call), "h(2)")

        self.assertEqual("def f():\n    return 'äöü€' + h(2)", text.result())

    def test_may_be_indented(self):
        text = text_of("def f(self):\n        return 1", indent="    ")
        text.insert_before(first(text, ast.Return), "pass")

        self.assertEqual("def f(self):\n        pass\n        return 1", text.result())

    def test_keeps_the_line_ends_it_has(self):
        text = text_of("def f():\r\n    return 1")
        text.insert_before(first(text, ast.Return), "pass")

        self.assertEqual("def f():\r\n    pass\r\n    return 1", text.result())

    def test_gets_statements_on_a_line_of_several(self):
        text = text_of("def f(): a = 1; return a")
        text.insert_before(first(text, ast.Return), "b = 2")

        self.assertEqual("def f(): a = 1; b = 2; return a", text.result())

    def test_gets_statements_behind_a_comment(self):
        text = text_of("def f():\n    a = 1  # one\n    return a")
        text.insert_after(first(text, ast.Assign), "b = 2")

        self.assertEqual("def f():\n    a = 1  # one\n    b = 2\n    return a", text.result())

    def test_gets_an_import_below_its_documentation(self):
        text = text_of('def f(xs):\n    """Says so."""\n    return deque(xs)')
        text.imported("collections", "deque")

        self.assertEqual(
            'def f(xs):\n    """Says so."""\n    from collections import deque as deque_2\n    return deque(xs)', text.result())

    def test_uses_an_import_of_its_module(self):
        text = text_of("def f(xs):\n    return xs", module="import collections\n")

        self.assertEqual("collections.deque", text.imported("collections", "deque"))

    def test_does_not_use_an_import_that_it_binds_to_something_else(self):
        text = text_of("def f(deque):\n    return deque", module="from collections import deque\n")

        self.assertEqual("deque_2", text.imported("collections", "deque"))

    def test_refuses_edits_that_overlap(self):
        text = text_of("def f():\n    return g(h(1))")
        outer, inner = (node for node in ast.walk(text.node) if isinstance(node, ast.Call))
        text.replace(outer, "1")

        with self.assertRaisesRegex(NoRewrite, "edits overlap"):
            text.replace(inner, "2")

    def test_refuses_a_statement_before_an_elif(self):
        text = text_of("def f(a):\n    if a:\n        pass\n    elif b:\n        pass")

        with self.assertRaisesRegex(NoRewrite, "before an elif"):
            text.insert_before(first(text, ast.If).orelse[0], "c = 1")

    def test_is_of_one_function(self):
        with self.assertRaisesRegex(NoRewrite, "not exactly one function"):
            text_of("a = 1")

    def test_gives_names_that_nobody_uses(self):
        text = text_of("def f(seen):\n    seen_2 = 1", module="seen_3 = 2\n")

        self.assertEqual(["seen_4", "seen_5"], [text.fresh("seen"), text.fresh("seen")])


class APattern(unittest.TestCase):
    def applied(self, source, old, new, **more):
        text = text_of(source)
        start = text.source.index(old)
        return apply_pattern(text, [(start, start + len(old), new)], more.get("builtins", ()), more.get("imports", ()))

    def test_is_replaced(self):
        self.assertEqual("def f(xs):\n    return xs == []", self.applied("def f(xs):\n    return len(xs) == 0", "len(xs) == 0", "xs == []"))

    def test_gets_parentheses_where_it_binds_more_loosely(self):
        self.assertEqual("def f(a, b):\n    return (a or b).c", self.applied("def f(a, b):\n    return g(a, b).c", "g(a, b)", "a or b"))

    def test_does_not_apply_where_a_builtin_means_something_else(self):
        with self.assertRaisesRegex(NoRewrite, "sum is not the builtin here"):
            self.applied("def f(sum):\n    return g(sum)", "g(sum)", "sum(1)", builtins=["sum"])

    def test_brings_its_import(self):
        self.assertEqual(
            "def f(xs):\n    from itertools import chain\n    return chain(xs)",
            self.applied("def f(xs):\n    return g(xs)", "g(xs)", "chain(xs)", imports=["from itertools import chain"]))

    def test_does_not_apply_where_the_name_of_its_import_is_taken(self):
        with self.assertRaisesRegex(NoRewrite, "chain means something else here"):
            self.applied("def f(chain):\n    return g(chain)", "g(chain)", "h(chain)", imports=["from itertools import chain"])


class TheFlowOfNames(unittest.TestCase):
    def test_knows_the_type_of_a_value_by_its_form(self):
        for expression, known in (
                ("[]", "list"), ("{}", "dict"), ("{1}", "set"), ("(1,)", "tuple"), ("'a'", "str"), ("f'{a}'", "str"), ("sorted(x)", "list"), ("set(x)", "set"),
                ("a.split()", "list"), ("[x for x in y]", "list"), ("f(x)", None), ("a + b", None)):
            with self.subTest(expression):
                self.assertEqual(known, kind(ast.parse(expression, mode="eval").body))

    def test_takes_the_type_of_a_parameter_from_the_tests(self):
        source = "def f(xs):\n    return xs"

        self.assertEqual({"list"}, flow_of(source, xs=WORDS).types("xs"))
        self.assertIsNone(flow_of(source).types("xs"))

    def test_takes_no_sequence_for_one_that_was_never_seen_to_be_long(self):
        source = "def f(xs):\n    return 1 in xs"

        self.assertTrue(flow_of(source, xs=WORDS).is_sequence("xs"))
        self.assertTrue(flow_of(source, xs={**WORDS, "maxLength": 4}).is_sequence("xs"))
        self.assertFalse(flow_of(source, xs={**WORDS, "maxLength": 3}).is_sequence("xs"))
        self.assertFalse(flow_of(source, xs={**WORDS, "elementsHashable": False}).is_sequence("xs"))
        self.assertFalse(flow_of(source).is_sequence("xs"))

    def test_takes_what_is_drawn_from_something_long_for_long(self):
        few = {**WORDS, "maxLength": 1}
        for value, is_long in (
                ("[x for x in xs if x]", True), ("sorted(xs)", True), ("[i for i, x in enumerate(xs)]", True), ("[1]", False), ("f(xs)", False),
                ("[x for x in ws]", False)):
            with self.subTest(value):
                found = flow_of(f"def f(xs, ws):\n    ys = {value}\n    return ys", xs=WORDS, ws=few, ys=few)
                self.assertEqual((is_long, False), (found.is_long("ys"), found.is_long("ws")))

    def test_knows_when_a_value_goes_by_another_name(self):
        for body, aliased in (
                ("ys = xs", True), ("return xs.append", True), ("return [xs]", True), ("return len(xs)", False), ("xs.append(1)", False),
                ("yield xs", True), ("return xs, 1", False), ("return [(xs, 1)]", True)):
            with self.subTest(body):
                self.assertEqual(aliased, flow_of(f"def f(xs):\n    {body}").has_alias("xs"))

    def test_knows_when_an_inner_function_sees_a_name(self):
        self.assertTrue(flow_of("def f(xs):\n    return lambda: xs").is_shared("xs"))
        self.assertFalse(flow_of("def f(xs):\n    return xs").is_shared("xs"))

    def test_knows_the_loops_around_a_place(self):
        found = flow_of("def f(xs):\n    for x in g(xs):\n        while x:\n            h(x)")
        outer, inner = (next(n for n in ast.walk(found.node) if isinstance(n, ast.Call) and n.func.id == name) for name in "gh")

        self.assertEqual((0, 2), (len(found.in_loop(outer)), len(found.in_loop(inner))))

    def test_hoists_to_before_the_outermost_loop_that_leaves_a_name_alone(self):
        found = flow_of("def f(xs, ys):\n    for y in ys:\n        for x in ys:\n            g(x in xs)")

        self.assertIsInstance(found.hoisting_site(found.uses("xs")[0], "xs"), ast.For)
        self.assertEqual(2, found.hoisting_site(found.uses("xs")[0], "xs").lineno)

    def test_does_not_hoist_over_a_change(self):
        found = flow_of("def f(xs, ys):\n    for y in ys:\n        if y in xs:\n            xs.append(y)")

        self.assertIsNone(found.hoisting_site(found.uses("xs")[0], "xs"))

    def test_does_not_hoist_over_a_suspension(self):
        found = flow_of("def f(xs, ys):\n    for y in ys:\n        yield y in xs")

        self.assertIsNone(found.hoisting_site(found.uses("xs")[0], "xs"))

    def test_knows_when_a_name_is_bound_on_every_way(self):
        found = flow_of("def f(a):\n    if a:\n        b = 1\n    c = 2\n    return b, c")
        statement = first(found.text, ast.Return)

        self.assertEqual([True, False, True], [found.is_bound_before(statement, name) for name in "abc"])

    def test_takes_a_name_for_the_builtin_only_where_nothing_else_binds_it(self):
        builtin(flow_of("def f(xs):\n    return len(xs)"), "len")
        with self.assertRaises(NoRewrite):
            builtin(flow_of("def f(len):\n    return len"), "len")


class AListOfTheFunctionsOwn(unittest.TestCase):
    def judged(self, body):
        """Whether the call of ``grow`` may follow that of ``use``; statements that assign a list literal make a new one."""
        found = flow_of(f"def f(xs):\n{textwrap.indent(textwrap.dedent(body), '    ')}")
        use, grow = (next(n for n in ast.walk(found.node) if isinstance(n, ast.Call) and n.func.id == name) for name in ("use", "grow"))
        return may_follow(found, use, grow, [s for s, v in found.bindings.get("a", ()) if isinstance(v, ast.List)])

    def test_is_followed_by_what_stands_below_and_by_what_a_loop_comes_back_to(self):
        for body, follows in (
                ("use(a)\ngrow(a)", True), ("grow(a)\nuse(a)", False),
                ("for x in xs:\n    grow(a)\nuse(a)", False), ("for x in xs:\n    grow(a)\n    use(a)", True),
                ("for x in xs:\n    grow(a)\nelse:\n    use(a)", False), ("while use(a):\n    grow(a)", True),
                ("try:\n    grow(a)\nfinally:\n    use(a)", False), ("[grow(a) + use(a) for x in xs]", True),
                ("b = (use(a) for x in xs)\ngrow(a)", True), ("grow(a)\nb = (use(a) for x in xs)", True), ("b = grow(a) if use(a) else 1", True)):
            with self.subTest(body):
                self.assertEqual(follows, self.judged(body))

    def test_is_another_one_once_it_was_made_anew(self):
        for body, follows in (
                ("for x in xs:\n    a = []\n    grow(a)\n    use(a)", False),
                ("for x in xs:\n    a = []\n    for y in x:\n        grow(a)\n        use(a)", True),
                ("for x in xs:\n    if x:\n        a = []\n    grow(a)\n    use(a)", True), ("for x in xs:\n    grow(a)\n    use(a)\n    a = []", True),
                ("a = []\nfor x in xs:\n    grow(a)\n    use(a)", True)):
            with self.subTest(body):
                self.assertEqual(follows, self.judged(body))

    def test_is_made_by_an_expression_that_tells_so(self):
        for value, makes in (
                ("[1]", True), ("[x for x in xs]", True), ("list(xs)", True), ("sorted(xs)", True), ("[1] + list(xs)", True), ("[1] if xs else []", True),
                ("xs", False), ("[1] + xs", False), ("xs or []", False), ("(1,)", False), ("xs.split()", False), ("(x for x in xs)", False), ("xs[:]", False)):
            with self.subTest(value):
                found = flow_of(f"def f(xs):\n    return {value}", xs=WORDS)
                self.assertEqual(makes, makes_list(found, first(found.text, ast.Return).value))

    def test_is_a_list_for_sure_where_it_was_seen_or_tested(self):
        strange = {"types": ["list", "shop.Shelf"]}
        for body, observed, sure in (
                ("return x", {"x": WORDS}, True), ("return x", {"x": strange}, False), ("return x", {}, False),
                ("if type(x) is list:\n    return x", {"x": strange}, True), ("if type(x) == tuple:\n    return x", {"x": {"types": ["tuple"]}}, False),
                ("if isinstance(x, list) and x:\n    return x", {"x": {"types": ["list", "str"]}}, True),
                ("if isinstance(x, list) or x:\n    return x", {"x": {"types": ["list", "str"]}}, False),
                ("if isinstance(x, list):\n    return x", {"x": strange}, False), ("if isinstance(x, list):\n    return x", {}, False),
                ("if isinstance(x, list):\n    pass\nelse:\n    return x", {"x": {"types": ["list", "str"]}}, False),
                ("if type(x) is list:\n    x = iter(x)\n    return x", {"x": strange}, False)):
            with self.subTest(body):
                found = flow_of(f"def f(x):\n{textwrap.indent(body, '    ')}", **observed)
                self.assertEqual(sure, is_list(found, first(found.text, ast.Return).value))


class Recipes(unittest.TestCase):
    def test_each_says_what_it_is(self):
        for name, recipe in flow_recipes.catalogue().items():
            with self.subTest(name):
                self.assertEqual(name.replace("-", "_"), recipe.__name__.rpartition(".")[2])
                self.assertTrue(recipe.TITLE and recipe.WHY and recipe.UNSAFE_WHEN and len(recipe.GAIN) == 2)

    def test_each_has_fixtures(self):
        self.assertEqual([], [name for name in flow_recipes.catalogue() if not (FIXTURES / name / "after.py").is_file()])

    def test_each_leaves_a_function_alone_that_it_does_not_know(self):
        for name, recipe in flow_recipes.catalogue().items():
            with self.subTest(name):
                self.assertIsNone(flow.attempt(lambda: recipe.rewrite(text_of("def f(a, b):\n    return a + b"), Observed({}))))

    def test_are_told_alone_and_together(self):
        told = []
        source = "def f(xs, ys, words):\n    out = ''\n    for y in ys:\n        if y in xs:\n            out = out + y\n    return out"
        flow.main({"source": source, "indent": "", "file": source, "observed": {"xs": WORDS, "ys": WORDS}}, told.append)

        *proposals, done = told
        self.assertEqual("done", done["type"])
        self.assertIn(["member-set"], [p["recipes"] for p in proposals])
        for proposal in proposals:
            ast.parse(proposal["source"])

    def test_that_fail_make_no_proposal(self):
        def refuse():
            raise NoRewrite

        self.assertIsNone(flow.attempt(refuse))


class Detectors(unittest.TestCase):
    def test_each_says_what_is_slow(self):
        for detector in flow_detectors.catalogue().values():
            self.assertTrue(detector.TITLE)

    def test_find_a_function_that_solves_what_it_has_solved(self):
        found = flow_of("def fib(n):\n    if n < 2:\n        return n\n    return fib(n - 1) + fib(n - 2)")

        self.assertTrue(list(flow_detectors.catalogue()["repeated-subproblems"].find(found)))

    def test_find_nothing_in_a_plain_function(self):
        for detector in flow_detectors.catalogue().values():
            self.assertEqual([], list(detector.find(flow_of("def f(a):\n    return a"))))


if __name__ == "__main__":
    unittest.main()
