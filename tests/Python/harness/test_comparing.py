"""What a user could tell apart, and in which words."""

import collections
import datetime
import decimal
import json
import math
import pathlib
import re
import unittest

import places  # noqa: F401 - puts the harness on the path
from harness.afterburner_harness.calls import values
from harness.afterburner_harness.comparing import answers, compare, kinds, trees
from harness.afterburner_harness.comparing.iterators import DRAIN, drain, is_iterator


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


class Liar:
    """Says that it is equal to everything, and is stored as something else."""

    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __repr__(self):
        return "the same"

    def __reduce__(self):
        return int, ("1",)


class Slotted:
    __slots__ = ("a",)

    def __init__(self, a):
        self.a = a


class Named(collections.namedtuple("Named", "a b")):
    __slots__ = ()


def made(text):
    return eval(text, {**globals(), "datetime": datetime, "math": math, "pathlib": pathlib, "re": re})


class ValuesThatAUserCannotTellApart(unittest.TestCase):
    def test_are_equal(self):
        for first, second in (
                ("[1, 'a', None, True]", "[1, 'a', None, True]"),
                ("float('nan')", "float('nan')"),
                ("0.1 + 0.2", "0.3"),
                ("[1e6, 0.1 + 0.2 - 0.3]", "[1e6, 0.0]"),
                ("{1, 2, 3}", "{3, 2, 1}"),
                ("{'a': [1, 2]}", "{'a': [1, 2]}"),
                ("Point(1, 2)", "Point(1, 2)"),
                ("Slotted([1])", "Slotted([1])"),
                ("Named(1, 2)", "Named(1, 2)"),
                ("collections.deque([1], 3)", "collections.deque([1], 3)"),
                ("decimal.Decimal('1.0')", "decimal.Decimal('1.0')"),
                ("datetime.date(2024, 1, 2)", "datetime.date(2024, 1, 2)"),
                ("pathlib.PurePosixPath('a/b')", "pathlib.PurePosixPath('a//b')"),
                ("re.compile('a', re.I)", "re.compile('a', re.I)"),
                ("ValueError('x')", "ValueError('x')"),
                ("iter([1, 2])", "iter([1, 2])"),
                ("range(3)", "range(0, 3)"),
                ("b'abc'", "b'abc'"),
                ("1 << 300", "1 << 300"),
                ("object", "object"),
                ("len", "len"),
        ):
            with self.subTest(first):
                self.assertIsNone(values.difference(made(first), made(second)))

    def test_are_equal_whatever_the_order_of_a_set_of_nearly_equal_numbers(self):
        self.assertIsNone(values.difference({0.1 + 0.2, 5.0}, {5.0, 0.3}))

    def test_may_hold_themselves(self):
        first, second = [], []
        first.append(first)
        second.append(second)

        self.assertIsNone(values.difference(first, second))


class ValuesThatAUserCanTellApart(unittest.TestCase):
    def test_differ_and_the_first_difference_is_said(self):
        for first, second, said in (
                ("1", "1.0", "value: 1 (int) != 1.0 (float)"),
                ("True", "1", "value: True (bool) != 1 (int)"),
                ("0.0", "-0.0", "value: 0.0 != -0.0"),
                ("1e-19", "0.0", "value: 1e-19 != 0.0"),
                ("math.inf", "-math.inf", "value: inf != -inf"),
                ("[1, 2]", "[1, 3]", "value[1]: 2 != 3"),
                ("[1, 2]", "[1, 2, 3]", "value: 2 items != 3 items; additional 3"),
                ("[1, 2]", "(1, 2)", "value: [1, 2] (list) != (1, 2) (tuple)"),
                ("{'a': 1}", "{'b': 1}", "value: key 'a' missing"),
                ("{'a': 1}", "{'a': 1, 'b': 2}", "value: additional key 'b'"),
                ("{'a': {'b': 1}}", "{'a': {'b': 2}}", "value['a']['b']: 1 != 2"),
                ("{1, 2}", "{1, 3}", "value: set of 2 != set of 2; missing 2, additional 3"),
                ("Point(1, 2)", "Point(1, 3)", "value.y: 2 != 3"),
                ("Slotted(1)", "Slotted(2)", "value.a: 1 != 2"),
                ("ValueError('x')", "ValueError('y')", "value: message 'x' != 'y'"),
                ("b'abc'", "b'abd'", "value: bytes differ at 2: b'c' != b'd' (3 and 3 bytes)"),
                ("decimal.Decimal('1.0')", "decimal.Decimal('1.00')", "1.0"),
                ("collections.deque([1], 3)", "collections.deque([1], 4)", "3 != 4"),
                ("collections.OrderedDict(a=1)", "dict(a=1)", "OrderedDict"),
                ("[1, 2]", "iter([1, 2])", "(list) != "),
        ):
            with self.subTest(f"{first} and {second}"):
                self.assertIn(said, values.difference(made(first), made(second)) or "no difference")

    def test_are_not_made_equal_by_methods_of_their_class(self):
        self.assertIn("1 != 2", values.difference(Liar(1), Liar(2)))

    def test_are_one_object_in_two_places_and_two_equal_ones(self):
        shared = [1]

        self.assertIn("the same object as elsewhere", values.difference([shared, shared], [[1], [1]]))

    def test_are_a_long_text_and_another_one_and_the_place_is_said(self):
        self.assertIn("text differs at 100", values.difference("a" * 200, "a" * 100 + "b" + "a" * 99))

    def test_are_iterators_that_end_in_another_way(self):
        def ends():
            yield 1
            return 2

        def raises():
            yield 1
            raise ValueError

        self.assertIsNotNone(values.difference(drain(ends()), drain(ends(), 1)))
        self.assertEqual("value: 1 items != ValueError('') after 1 items", values.difference(drain(ends()), drain(raises())))

    def test_are_dicts_in_another_order_which_is_said_last(self):
        found = compare.compare(trees.freeze({"a": 1, "b": 2}), trees.freeze({"b": 2, "a": 1}))

        self.assertTrue(found.order_only)
        self.assertIn("keys in another order", found.text)

    def test_differ_in_more_than_the_order_when_a_value_differs_too(self):
        self.assertFalse(compare.compare(trees.freeze({"a": 1, "b": 2}), trees.freeze({"b": 3, "a": 1})).order_only)


class ATolerance(unittest.TestCase):
    def test_is_relative_to_the_larger_number(self):
        self.assertIsNone(values.difference(1e9, 1e9 + 0.5, tolerance=1e-9))
        self.assertIsNotNone(values.difference(1e9, 1e9 + 5, tolerance=1e-9))

    def test_never_reaches_a_whole_number(self):
        self.assertIsNotNone(values.difference(1_000_000, 1_000_001, tolerance=0.5))


class ATree(unittest.TestCase):
    def test_of_unknown_make_is_only_equal_to_itself(self):
        self.assertIsNone(compare.compare({"strange": [1]}, {"strange": [1]}))
        self.assertIsNotNone(compare.compare({"strange": [1]}, {"strange": [2]}))

    def test_is_shown_as_a_person_would_write_the_value(self):
        for value, shown in (
                ([1, "a"], "[1, 'a']"), ((1,), "(1,)"), ({"a": [1]}, "{'a': [1]}"), ({1}, "{1}"), (None, "None"), (list(range(9)), "[0, 1, 2, 3, 4, 5, …]"),
                (ValueError("x"), "ValueError('x')")):
            with self.subTest(shown):
                self.assertEqual(shown, compare.show(trees.freeze(value)))

    def test_has_one_digest_however_its_dicts_were_built(self):
        self.assertEqual(trees.digest({"a": 1, "b": {2, 3}}), trees.digest({"b": {3, 2}, "a": 1}))

    def test_has_another_digest_for_another_value(self):
        self.assertNotEqual(trees.digest([1, 2]), trees.digest([1, 3]))

    def test_of_too_many_parts_is_refused(self):
        with self.assertRaisesRegex(trees.TooLarge, "too large to compare"):
            trees.freeze([[i] for i in range(100)], nodes=50)

    def test_that_is_nested_too_deep_is_refused(self):
        value = []
        for _ in range(trees.RECURSION * 2):
            value = [value]

        with self.assertRaisesRegex(trees.TooLarge, "nested too deeply"):
            trees.freeze(value)

    def test_runs_no_code_of_a_class(self):
        class Loud:
            def __getattribute__(self, name):
                raise AssertionError(name)

            __eq__ = __hash__ = __repr__ = __reduce_ex__ = __len__ = __iter__ = __getattribute__

        self.assertIn("object", trees.freeze(Loud()))

    def test_leaves_an_iterator_where_it_is_when_nothing_may_be_taken(self):
        items = iter([1, 2])
        trees.freeze(items, drain=0)

        self.assertEqual([1, 2], list(items))

    def test_tells_content_that_cannot_be_seen(self):
        hidden = []
        trees.freeze([1, __import__("zlib").compressobj()], hidden=hidden)

        self.assertEqual(1, len(hidden))

    def test_leaves_the_ids_of_its_objects_to_no_others(self):
        met = {}
        trees.freeze([{"a": [1]}], met=met)
        later = [{} for _ in range(100)]  # would be where the list and the dicts were, were they let go

        self.assertEqual([], [value for value in later if id(value) in met])


class AnIterator(unittest.TestCase):
    def test_is_read_with_what_it_returns(self):
        def numbers():
            yield 1
            return "end"

        found = drain(numbers())

        self.assertEqual(([1], True, "end"), (found.items, found.complete, found.returned))

    def test_without_end_is_read_so_far(self):
        found = drain(iter(int, 1))

        self.assertEqual((DRAIN, False), (len(found.items), found.complete))

    def test_is_no_list_and_no_file(self):
        with open(__file__, encoding="utf-8") as file:
            self.assertEqual([True, False, False], [is_iterator(v) for v in (iter([]), [], file)])


class AClass(unittest.TestCase):
    def test_is_known_by_its_real_name(self):
        self.assertEqual("collections.OrderedDict", kinds.name_of(collections.OrderedDict))
        self.assertEqual("int", kinds.name_of(int))

    def test_of_the_library_is_trusted_and_one_of_the_repository_is_not(self):
        kinds.remember()

        self.assertTrue(kinds.trusted(decimal.Decimal))
        self.assertFalse(kinds.trusted(Point))

    def test_that_was_made_inside_a_call_has_no_label(self):
        kinds.remember()

        self.assertIsNone(kinds.label(type("Made", (), {})))

    def test_shows_attributes_and_slots_below_its_hooks(self):
        class Hiding:
            def __getattribute__(self, name):
                return {}

        value = Hiding()
        value.a = 1

        self.assertEqual({"a": 1}, kinds.attributes(value))
        self.assertEqual({"a": 2}, kinds.attributes(Slotted(2)))


class AText(unittest.TestCase):
    def test_loses_the_address_of_an_object_and_no_other_number(self):
        shown = object.__repr__(Point(1, 2))

        self.assertRegex(kinds.without_addresses(shown), "at 0x…>$")
        self.assertEqual("read at 0x123456789abcdef0", kinds.without_addresses("read at 0x123456789abcdef0"))

    def test_loses_the_name_of_a_temporary_file(self):
        self.assertEqual("/tmp/tmp*/a", kinds.without_random_names("/tmp/tmpab12cd3_/a"))


class ACall(unittest.TestCase):
    def test_is_described_for_a_person(self):
        self.assertEqual("parse(text='a b', strict=True)", values.describe_call("parse", {"text": "a b", "strict": True}))
        self.assertEqual("f(xs=iter(['a', 'b']))", values.describe_call("f", {"xs": iter(["a", "b"])}))

    def test_has_a_shape_of_types_and_lengths(self):
        self.assertEqual(
            "items: list[3] of int, key: str[1], n: int 5, d: dict[1] of str: list[2]",
            values.shape({"items": [1, 2, 3], "key": "a", "n": 5, "d": {"a": [1, 2]}}))

    def test_is_as_large_as_its_largest_argument(self):
        self.assertEqual(7, values.size({"a": [1, [1] * 7], "b": "xy"}))
        self.assertEqual((512, "r: range[512]"), (values.size({"r": range(512)}), values.shape({"r": range(512)})))
        self.assertEqual(0, values.size({"n": 10**9}))

    def test_that_cannot_be_shown_is_described_all_the_same(self):
        class Broken:
            def __repr__(self):
                raise KeyError

        self.assertIn("Broken", values.describe(Broken()))


class AnException(unittest.TestCase):
    def seen(self, hides, inside):
        def fail():
            if hides:
                raise ValueError("no") from None
            raise ValueError("no")
        try:
            if not inside:
                fail()
            try:
                raise KeyError("a")
            except KeyError:
                fail()
        except ValueError as error:
            return trees.freeze(error)

    def test_differs_where_it_hides_another_one(self):
        self.assertIn("quiet", compare.compare(self.seen(True, True), self.seen(False, True), "exception").text)

    def test_that_has_nothing_to_hide_is_the_same_whether_it_would(self):
        self.assertIsNone(compare.compare(self.seen(True, False), self.seen(False, False), "exception"))


class ACallThatNoTestMakesAndThatFails(unittest.TestCase):
    def test_by_an_exception_of_another_file_of_the_repository_is_compared_as_a_whole(self):
        first, second = ({**self.seen(*out), "raised by": "repository"} for out in ((0,), (1,)))
        self.assertIn("argument out afterwards", answers.seen_difference(first, second, 0, made=True).text)

    def seen(self, *out):
        return {
            "way": "raise", "parts": trees.freeze([ValueError("no"), {"out": list(out)}]), "raised by": "language",
            "printed": [], "logged": [], "warned": [], "effects": [], "shared": []}

    def test_leaves_no_more_behind_than_the_original_does(self):
        difference = answers.seen_difference(self.seen(0), self.seen(0, 1), 0, made=True)
        self.assertIn("argument out afterwards", difference.text)

    def test_may_leave_less_or_as_much(self):
        self.assertIsNone(answers.seen_difference(self.seen(0, 1), self.seen(0), 0, made=True))
        self.assertIsNone(answers.seen_difference(self.seen(0, 1), self.seen(0, 2), 0, made=True))


class AClassThatLiesAboutItsModule(unittest.TestCase):
    def test_is_not_taken_for_one_of_that_module(self):
        for name in ("builtins", "json"):
            with self.subTest(name):
                kind = type("Box", (), {"__module__": name, "__getstate__": lambda self: {}})
                kinds.remember(again=True)

                self.assertFalse(kinds.trusted(kind))

    def test_is_not_believed_where_it_was_put_into_the_module_either(self):
        kind = type("Box", (), {"__module__": "json", "__getstate__": lambda self: {}})
        json.Box = kind
        self.addCleanup(delattr, json, "Box")
        kinds.remember(again=True)

        self.assertFalse(kinds.trusted(kind))

    def test_is_unlike_those_that_lie_there(self):
        kinds.remember(again=True)

        self.assertTrue(all(map(kinds.trusted, (json.JSONDecoder, collections.Counter, decimal.Decimal, int))))


if __name__ == "__main__":
    unittest.main()
