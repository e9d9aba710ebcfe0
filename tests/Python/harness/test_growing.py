"""Larger arguments keep what could be observed of the smaller ones."""

import ast
import collections
import dataclasses
import datetime
import decimal
import fractions
import html
import io
import math
import os
import pathlib
import random
import types
import typing
import unicodedata
import unittest
import urllib.parse
from collections.abc import Iterable

import places  # noqa: F401 - puts the harness on the path
from harness.afterburner_harness.calls import attributes
from harness.afterburner_harness.functions import annotations
from harness.afterburner_harness.growing import atypical, boundaries, edges, flags, lacking, larger, meeting, plans, rows, telling, traits
from harness.afterburner_harness.growing import declared as declared_kinds
from harness.afterburner_harness.growing.baseline import Baseline
from harness.afterburner_harness.growing.fresh import CannotGrow, Fresh
from harness.afterburner_harness.growing.varied import Varying

SEEDS = range(8)


@dataclasses.dataclass(frozen=True)
class Line:
    account: str
    amount: float


class Point(typing.NamedTuple):
    x: float


class Holder:
    def __init__(self, items):
        self.items, self.limit = items, 3


class Tree:
    __slots__ = ("nodes", "name", "never")

    def __init__(self, nodes):
        self.nodes, self.name = nodes, "root"
        for node in nodes:
            node.parent = self


class Node:
    __slots__ = ("parent", "text")

    def __init__(self, text):
        self.text = text


class Position(typing.NamedTuple):
    line: int
    column: int


class Document(dict):
    """Keeps what it holds in an order of its own, and is never made without a name."""

    def __init__(self, name):
        self.name, self.body = name, []

    def __setitem__(self, key, value):
        dict.__setitem__(self, key, value)
        self.body.append(key)

    def __copy__(self):
        raise AssertionError("its body would be shared")

    def clear(self):
        dict.clear(self)
        self.body.clear()

    def update(self, other):
        for key, value in other.items():
            self[key] = value


class Table(dict):
    def __init__(self, trivia, is_array):
        self.trivia, self.is_array = trivia, is_array


def grown(arguments, factor=16, seed=1, plan=0):
    return larger.grow(arguments, plans.of(arguments)[plan], factor, seed)


def named(arguments):
    return [repr(plan) for plan in plans.of(arguments)]


class Source(str):
    """A text that knows where it stands, and of which something knows."""

    def __init__(self, _):
        self.at, self.end, self.reader = 2, len(self), Holder(self)


class GrownTexts(unittest.TestCase):
    def test_have_one_long_word_where_that_is_asked_for(self):
        text = "a = 'some words'  # 5\n"
        plan = next(plan for plan in plans.of({"text": text}) if plan.stretched)

        made = larger.grow({"text": text}, plan, 16, 1)["text"]

        self.assertGreaterEqual(len(made), 16 * len(text))
        self.assertTrue(made.startswith("a = 'some words") and made.endswith("'  # 5\n"))
        self.assertEqual(text.count("'"), made.count("'"))

    def test_have_none_where_nothing_parts_their_words(self):
        for text in ("abcdefghij", "a + b - c * d", "0123456789"):
            with self.subTest(text):
                self.assertEqual([], [plan for plan in plans.of({"text": text}) if plan.stretched])

    def test_of_a_class_of_their_own_keep_what_that_keeps(self):
        held = Holder(Source("key = 'some words'\n"))
        for plan in (plan for plan in plans.of({"held": held}) if plan.attributes):
            with self.subTest(repr(plan)):
                made = larger.grow({"held": held}, plan, 8, 1)["held"].items

                self.assertIs(Source, type(made))
                self.assertGreater(len(made), 4 * len(held.items))
                self.assertEqual((2, len(made)), (made.at, made.end))
                self.assertIs(made, made.reader.items)
                self.assertEqual((19, 19), (len(held.items), held.items.end))


class TextsThatEndTooEarly(unittest.TestCase):
    def test_are_tried_behind_where_they_are_read(self):
        source = Source("key = 'some words'\n")
        source.at = 7
        held = Holder(source)

        tried = [lacking.made(held, how, value) for how, _, value in lacking.ways({"held": held}, plans.NOTHING) if how == "cut"]

        self.assertEqual(["key = 'so", "key = 'some w"], [made.items for made in tried])
        self.assertEqual([7, 7], [made.items.at for made in tried])
        self.assertEqual("key = 'some words'\n", held.items)

    def test_are_tried_as_they_are_given(self):
        ways = lacking.cut({"a": "some words"}, plans.NOTHING)

        self.assertEqual(["so", "some "], [lacking.made("some words", how, value) for how, _, value in ways])
        self.assertEqual([], lacking.cut({"a": "abc"}, plans.NOTHING))


class WhatAnObjectHolds(unittest.TestCase):
    def test_grows_inside_too(self):
        held = Holder({"name": [1, 2, 3], "other": [4]})
        plan = next(plan for plan in plans.of({"self": held, "key": "name"}) if plan.attributes and plan.inner)

        made = larger.grow({"self": held, "key": "name"}, plan, 8, 1)

        self.assertEqual((24, 8), tuple(map(len, made["self"].items.values())))
        self.assertEqual(("name", [1, 2, 3]), (made["key"], held.items["name"]))

    def test_of_a_method_grows_beside_what_it_is_given(self):
        held = Holder([1, 2, 3])
        self.assertIn("self (attributes)", named({"self": held, "more": [4, 5]}))
        self.assertNotIn("other (attributes)", named({"other": held, "more": [4, 5]}))


class KindsThatAFunctionAsksAbout(unittest.TestCase):
    def known(self, body, head="def f(value, other=None):\n    "):
        node = ast.parse(head + body).body[0]
        return plans.Known(asked=annotations.asked(node))

    def test_are_given_to_it(self):
        known = self.known("return isinstance(value, (list, str)) or value is None or isinstance(value, Odd) or isinstance(len, dict) or value is other")
        ways = declared_kinds.ways({"value": (1, 2), "other": 3}, known)

        self.assertEqual(["list", "str", "None"], [way[2][1] for way in ways])
        self.assertEqual([[1, 2], "some text", None], [declared_kinds.made("value", (1, 2), way[2], known) for way in ways])

    def test_are_not_given_where_it_has_one_of_them(self):
        known = self.known("return isinstance(value, list) or value is None or isinstance(other, bytes)")

        self.assertEqual(["None", "bytes"], [way[2][1] for way in declared_kinds.ways({"value": [1], "other": "a"}, known)])
        self.assertEqual(["list"], [way[2][1] for way in declared_kinds.ways({"value": None}, known)])
        self.assertEqual(b"a", declared_kinds.made("other", "a", ("asked", "bytes"), known))


class GrownArguments(unittest.TestCase):
    def test_hold_parts_that_refer_to_what_holds_them_now(self):
        for plan in (0, 1):
            tree = Tree([Node("a"), Node("b")])
            made = grown({"tree": tree}, plan=plan)["tree"]

            self.assertGreater(len(made.nodes), 16)
            self.assertEqual("root", made.name)
            self.assertTrue(all(node.parent is made and type(node.text) is str for node in made.nodes))
            self.assertTrue(all(node.parent is tree for node in tree.nodes) and len(tree.nodes) == 2)

    def test_are_texts_that_an_object_holds_and_numbers_that_were_their_length(self):
        held = Holder("some text, and more")
        held.mode, held.limit = "rb", len(held.items)
        made = grown({"held": held})["held"]

        self.assertGreaterEqual(len(made.items), 16 * len(held.items))
        self.assertEqual((len(made.items), "rb"), (made.limit, made.mode))
        self.assertEqual("some text, and more", held.items)

    def test_are_containers_before_texts_where_an_object_holds_both(self):
        held = Holder([1, 2, 3])
        held.text = "some text, and more"
        self.assertEqual("some text, and more", grown({"held": held})["held"].text)

    def test_are_made_in_their_own_way_where_a_class_derives_from_a_container(self):
        document = Document("pyproject")
        document["tool"] = Table("# made", False)

        made = grown({"self": document})["self"]

        self.assertEqual(["tool"], document.body)
        self.assertEqual(16, len(set(made.body)))
        self.assertEqual(list(made), made.body)
        self.assertEqual({("# ", False)}, {(each.trivia[:2], each.is_array) for each in made.values()})

    def test_hold_containers_that_are_made_otherwise_than_what_they_derive_from(self):
        counts = collections.defaultdict(int, {"a": 1})

        made = grown({"xs": [counts, counts]})["xs"]

        self.assertEqual(32, len(made))
        self.assertEqual({int}, {each.default_factory for each in made})

    def test_have_places_in_them_that_move_with_them(self):
        arguments = {"lengths": [40, 3, 17, 8, 22], "positions": (Position(2, 1), Position(5, 4)), "at": 4, "near": 1, "name": "a text"}

        made = grown(arguments, plan=named(arguments).index("lengths (places)"))

        self.assertEqual(80, len(made["lengths"]))
        self.assertEqual((Position(32, 1), Position(80, 4)), made["positions"])
        self.assertEqual((64, 1), (made["at"], made["near"]))
        self.assertFalse([plan for plan in named({"xs": [40, 3, 17, 8, 22], "n": 1}) if "places" in plan])
        self.assertFalse([plan for plan in named({"xs": [40, 3, 17, 8, 22], "n": 700}) if "places" in plan])

    def test_keep_rows_that_are_lists_as_they_are(self):
        made = grown({"steps": [["add", 1, 2], ["sub", 3, 4]]})["steps"]
        self.assertTrue(all(len(row) == 3 and type(row[0]) is str for row in made), made[:3])
        self.assertNotIn("steps (inner)", named({"steps": [["add", 1, 2], ["sub", 3, 4]]}))
        self.assertIn("steps (inner)", named({"steps": [[1, 2.5], [3, 4]]}))
        self.assertNotIn(("shorter", "steps", ((("item", 1),), None)), lacking.ways({"steps": [["add", 1, 2], ["sub", 3, 4]]}, plans.NOTHING))

    def test_keep_what_was_observed(self):
        for xs, kept in (
                ([1, 4, 9, 30], lambda xs: all(a < b for a, b in zip(xs, xs[1:]))),
                ([0.5, 0.5, 2.0, 7.25], lambda xs: xs == sorted(xs) and min(xs) >= 0.5 and max(xs) <= 7.25),
                ([9, 5, 2], lambda xs: xs == sorted(xs, reverse=True)),
                ([3, 0, 2, 4, 1], lambda xs: sorted(xs) == list(range(len(xs)))),
                (["A12", "B07", "C33"], lambda xs: all(x[0].isupper() and x[1:3].isdigit() for x in xs) and len(set(xs)) == len(xs)),
                (["red", "red", "blue", "blue"], lambda xs: set(xs) <= {"red", "blue"}),
                ([True, False, True], lambda xs: all(type(x) is bool for x in xs)),
                ([1, None, 2, None], lambda xs: {type(x) for x in xs} == {int, type(None)}),
                ([(1, 3), (2, 8), (5, 6)], lambda xs: all(type(x) is tuple and x[0] <= x[1] for x in xs)),
                ([{"id": 1, "n": "a"}, {"id": 2, "n": "b"}, {"id": 3, "n": "c"}], lambda xs: all(list(x) == ["id", "n"] for x in xs)),
                ([[0, 1], [1, 0]], lambda xs: all(len(row) == len(xs) for row in xs)),
                ("abcba", lambda xs: xs == xs[::-1] and set(xs) <= set("abc")),
                ("a b\nc d\n", lambda xs: xs.endswith("\n") and set(xs) <= set("abcdefghijklmnopqrstuvwxyz \n")),
                ({3, 7, 11}, lambda xs: type(xs) is set),
                ({"a": ["b"], "b": ["a", "c"], "c": []}, lambda xs: {"a", "b", "c"} <= set(xs) and all(y in xs for ys in xs.values() for y in ys)),
                (b"\x00\x01\x00", lambda xs: set(xs) <= {0, 1}),
                (range(0, 10, 2), lambda xs: xs.step == 2),
                (collections.deque([1, 2, 3], 5), lambda xs: xs.maxlen == 80),
                (io.StringIO("a\nb\n"), lambda xs: type(xs) is io.StringIO),
        ):
            for seed in SEEDS:
                with self.subTest(xs=xs, seed=seed):
                    made = grown({"xs": xs}, seed=seed)["xs"]
                    self.assertTrue(kept(made), made)

    def test_are_larger_by_the_factor(self):
        for xs in ([5, 2, 9], {"a": 1, "b": 2}, {1, 2, 3}, (1, 2), b"abc", bytearray(b"abc"), range(3), "abc"):
            with self.subTest(xs):
                self.assertEqual(len(xs) * 16, len(grown({"xs": xs})["xs"]))

    def test_are_the_same_for_the_same_seed_and_others_for_another(self):
        for xs in ([5, 2, 9], "a b c d", {"a": 1, "b": 2}, [{"id": 1}, {"id": 2}], [[0, 1], [1, 0]]):
            with self.subTest(xs):
                self.assertEqual(grown({"xs": xs}, 64, 1), grown({"xs": xs}, 64, 1))
                self.assertNotEqual(grown({"xs": xs}, 64, 1), grown({"xs": xs}, 64, 2))

    def test_leave_the_recorded_ones_alone(self):
        xs = [3, 1, 2]
        grown({"xs": xs})

        self.assertEqual([3, 1, 2], xs)

    def test_that_were_one_object_are_one(self):
        xs = [1, 2, 5]
        made = grown({"a": xs, "b": xs})

        self.assertIs(made["a"], made["b"])

    def test_that_were_equal_are_equal(self):
        made = grown({"a": [1, 2, 5], "b": [1, 2, 5]})

        self.assertEqual(made["a"], made["b"])
        self.assertIsNot(made["a"], made["b"])

    def test_that_were_a_length_are_the_new_length(self):
        made = grown({"xs": [1, 2, 5], "n": 3})

        self.assertEqual(len(made["xs"]), made["n"])

    def test_keep_what_an_old_key_gave(self):
        self.assertLessEqual({"a", "b"}, set(grown({"xs": {"a": 1, "b": 2}})["xs"]))

    def test_are_read_once_where_they_were(self):
        made = grown({"xs": (i for i in [1, 2, 3])})["xs"]

        self.assertEqual(48, len(list(made)))

    def test_cannot_be_larger_than_is_of_use(self):
        with self.assertRaisesRegex(CannotGrow, "too large"):
            grown({"xs": list(range(1000))}, 1 << 20)

    def test_have_the_same_number_of_longer_parts(self):
        made = grown({"columns": [[1, 2], ["x"], ("a", 1), {"k": 3}]}, plan=1)["columns"]

        self.assertEqual([32, 16, 2], [len(column) for column in made[:3]])
        self.assertEqual(("a", 1), made[2], "a record stays as it is")
        self.assertEqual(16, len(made[3]))

    def test_have_longer_texts_where_nothing_else_is_inside(self):
        self.assertEqual([48, 64], [len(word) for word in grown({"words": ["abc", "abcd"]}, plan=1)["words"]])

    def test_have_longer_parts_where_one_stands_before_the_others(self):
        known = plans.Known(rest="others")
        arguments = {"first": [1, 5, 9], "others": ([2, 6], [3, 7])}
        plan = plans.of(arguments, known)[0]
        made = larger.grow(arguments, plan, 16, 1)

        self.assertEqual("first+others (inner)", repr(plan))
        self.assertEqual((48, [32, 32]), (len(made["first"]), [len(other) for other in made["others"]]))

    def test_have_more_parts_that_are_longer(self):
        arguments = {"lists": [[1, 5, 9], [2, 6]]}
        plan = next(plan for plan in plans.of(arguments) if plan.outer)
        made = larger.grow(arguments, plan, 16, 1)["lists"]

        self.assertEqual(8, len(made))
        self.assertTrue(all(len(each) in (8, 12) for each in made), made)

    def test_have_longer_parts_in_the_fields_of_records(self):
        node = collections.namedtuple("node", "name parts")
        for nodes in ([("a", [1, 2]), ("b", [3])], (node("a", [1, 2]), node("b", [3])), [("a", {1: 2, 2: 3})]):
            with self.subTest(nodes):
                plan = next(plan for plan in plans.of({"nodes": nodes}) if plan.inner and not plan.outer)
                made = larger.grow({"nodes": nodes}, plan, 16, 1)["nodes"]

                self.assertEqual([(type(old), old[0], len(old[1]) * 16) for old in nodes], [(type(new), new[0], len(new[1])) for new in made])

    def test_have_longer_parts_in_a_record_that_stands_alone(self):
        self.assertEqual(["node (inner)"], named({"node": ("a", [1, 2])}))
        self.assertEqual(("a", 32), (lambda made: (made[0], len(made[1])))(grown({"node": ("a", [1, 2])})["node"]))

    def test_have_longer_parts_in_what_is_read_once_and_still_holds_them(self):
        for items in (iter([[1, 2], [3]]), (each for each in iter([[1, 2], [3]]))):
            with self.subTest(items):
                plan = next(plan for plan in plans.of({"items": items}) if plan.inner and not plan.outer)
                made = larger.grow({"items": items}, plan, 16, 1)["items"]

                self.assertIs(type(items), type(made))
                self.assertEqual([32, 16], [len(item) for item in made])

    def test_grow_inside_the_object_that_holds_them(self):
        holder = Holder([1, 2, 3])
        made = grown({"h": holder})["h"]

        self.assertEqual((48, 3, 3), (len(made.items), len(holder.items), made.limit))


class ArgumentsThatHoldLess(unittest.TestCase):
    def test_lack_a_key_an_item_or_everything(self):
        for argument, less in (
                ({"a": 1, "b": 2}, [{"a": 1}, {}, {"a": 1, "b": None}]),
                ([3, 4], [[3], [], [3, None]]),
                ([{"id": 1, "n": "x"}], [[], [None], [{"n": "x"}], [{}], [{"id": None, "n": "x"}]]),
                ("abc", ["ab", ""]),
                (collections.deque([1, 2]), [collections.deque([1]), collections.deque(), collections.deque([1, None])]),
                ((1, "x"), []),
        ):
            with self.subTest(argument):
                known, old = plans.Known(modes=frozenset(["id"])), repr(argument)
                ways = [way for way in atypical.ways({"xs": argument}, known) if way[0] in lacking.HOW]
                made = [atypical.made({"xs": argument}, way, 1)["xs"] for way in ways]
                self.assertCountEqual(map(repr, less), map(repr, made))
                self.assertEqual(old, repr(argument))

    def test_lack_it_inside_the_object_that_holds_them(self):
        made = [atypical.made({"box": box}, way, 1)["box"].items for box in [Holder([1, 2])] for way in atypical.ways({"box": box})]

        self.assertEqual([[1], [], [1, None]], made)


class WaysToGrow(unittest.TestCase):
    def test_begin_with_all_that_has_a_length(self):
        self.assertEqual("xs+ys", named({"xs": [1], "ys": [1, 2], "sep": ","})[0])

    def test_grow_together_what_is_equally_long(self):
        self.assertIn("xs+ys", named({"xs": [1, 2], "ys": [3, 4], "zs": [1, 2, 3]}))

    def test_take_the_records_of_a_dict(self):
        self.assertIn("d (records)", named({"d": {"a": [1], "b": 2}}))

    def test_stay_within_the_numbers_that_were_seen(self):
        self.assertIn("xs (bounded)", named({"xs": [1, 2]}))

    def test_repeat_a_text_as_a_whole(self):
        self.assertIn("t (repeats)", named({"t": "def f():\n    pass\n"}))

    def test_take_a_number_above_one(self):
        self.assertEqual(["n (numbers)"], named({"n": 5, "one": 1, "flag": True}))

    def test_do_not_take_a_separator(self):
        self.assertEqual([], named({"sep": ", ", "mode": "r"}))

    def test_do_not_take_a_record(self):
        self.assertEqual([], named({"p": collections.namedtuple("P", "x y")(1, 2), "node": (Holder([]), "==", 1)}))

    def test_do_not_take_what_was_a_tuple_of_one_length_in_all_calls(self):
        calls = [{"shape": "point: tuple[2] of int, path: tuple[3] of int"}, {"shape": "point: tuple[2] of int, path: tuple[5] of int"}]
        known = plans.Known.of(named, calls)

        self.assertEqual("path", repr(plans.of({"point": (1, 2), "path": (1, 2, 3)}, known)[0]))

    def test_do_not_take_a_text_that_the_function_names(self):
        def quoted(text, mode="strict"):
            return text if mode in ("strict", "replace") else text[:1]

        known = plans.Known.of(quoted, [])

        self.assertEqual(["text"], [repr(plan) for plan in plans.of({"text": "some", "mode": "replace"}, known)][:1])

    def test_take_the_parts_of_further_arguments_before_their_number(self):
        known = plans.Known.of(lambda *columns: columns, [])

        self.assertEqual(
            ["columns (inner)", "columns"], [repr(plan) for plan in plans.of({"columns": ([1, 2], [3])}, known)][:2])

    def test_look_into_objects_where_nothing_else_grows(self):
        self.assertEqual(["h (attributes)", "h (attributes, whole)"], named({"h": Holder([1])}))

    def test_look_into_slots_as_into_other_attributes(self):
        self.assertEqual(["t (attributes)", "t (attributes, whole)"], named({"t": Tree([Node("a")])}))
        self.assertEqual([], named({"slots of a library": fractions.Fraction(1, 2)}))
        self.assertEqual({"parent", "text"}, set(attributes.of(Tree([Node("a")]).nodes[0])))
        self.assertEqual({}, attributes.of(fractions.Fraction(1, 2)))

    def test_keep_a_number_the_length_of_what_stands_beside_it_in_an_object(self):
        reader = types.SimpleNamespace(text="a b c", at=0, end=5, most=7)

        self.assertEqual(
            {"text": "another text", "at": 0, "end": 12, "most": 7}, vars(rows.put(reader, "text", "another text")))
        self.assertEqual(5, reader.end)
        self.assertEqual(3, vars(lacking.changed(reader, [("attribute", "text")], lambda text: text[:3]))["end"])
        self.assertEqual(9, vars(rows.put(reader, "end", 9))["end"])

    def test_take_further_arguments_of_one_number_for_no_record(self):
        known = plans.Known.of(lambda *columns: columns, [{"shape": "columns: tuple[3]"}] * 2)

        self.assertEqual("columns (inner)", repr(plans.of({"columns": ([1, 2], [3], [4])}, known)[0]))

    def test_repeat_each_item_in_a_row_after_all_else(self):
        plan = plans.of({"words": ["a", "+", 1]})[-1]
        grown = larger.grow({"words": ["a", "+", 1]}, plan, 16, 1)["words"]

        self.assertEqual("words (whole, runs)", repr(plan))
        self.assertEqual([str, str, int], [type(grown[at * len(grown) // 3]) for at in range(3)])
        self.assertEqual({"+"}, set(grown[len(grown) // 3:2 * len(grown) // 3]))
        self.assertEqual({1}, set(grown[2 * len(grown) // 3:]))

    def test_keep_what_several_objects_refer_to_one(self):
        kind, holder = types.SimpleNamespace(name="kind"), types.SimpleNamespace()
        holder.parts = [types.SimpleNamespace(kind=kind, own=types.SimpleNamespace(at=place), text="ab") for place in range(3)]
        plan = plans.of({"holder": holder})[0]
        made = larger.grow({"holder": holder}, plan, 4, 1)["holder"].parts

        self.assertEqual(12, len(made))
        self.assertTrue(all(part.kind is kind for part in made))
        self.assertEqual(12, len({id(part.own) for part in made}))

    def test_differ_in_what_differs_most_where_all_that_objects_hold_seems_to_say_their_kind(self):
        items = [types.SimpleNamespace(text=text, start=0) for text in ("one", "two", "one")]
        made = larger.grow({"items": items}, plans.of({"items": items})[0], 16, 1)["items"]

        self.assertGreater(len({item.text for item in made}), 12)
        self.assertEqual({0}, {item.start for item in made})

    def test_repeat_items_as_a_whole_last(self):
        plan = next(plan for plan in plans.of({"words": ["a", "+", "b"]}) if plan.whole and not plan.joined and not plan.runs)
        grown = larger.grow({"words": ["a", "+", "b"]}, plan, 16, 1)["words"]

        self.assertTrue(plan.whole)
        self.assertEqual(["+"] * (len(grown) // 3), grown[1::3])
        self.assertNotIn("+", grown[::3] + grown[2::3])
        self.assertNotEqual(grown, larger.grow({"words": ["a", "+", "b"]}, plan, 16, 2)["words"])


class ItemsInTheirOrder(unittest.TestCase):
    def joined(self, items, factor=16):
        plan = next(plan for plan in plans.of({"items": items}) if plan.joined)
        return larger.grow({"items": items}, plan, factor, 1)["items"]

    def test_go_on_as_they_alternate(self):
        for items in (["n", "op", "n", "op", "n"], ["1", "+", "2", "-", "3"], [1, "+", 2], [("num", 1), ("op", "+"), ("num", 2)], ("x", "<", "y")):
            with self.subTest(items):
                made = self.joined(items)

                self.assertGreater(len(made), 20)
                self.assertEqual(1, len(made) % 2)
                self.assertEqual({items[1], *items[3::2]}, set(made[1::2]))
                self.assertTrue(all(type(item) is type(items[0]) for item in made[::2]))

    def test_go_on_after_the_first_where_no_alternation_is_seen(self):
        made = self.joined(["x", "and", "y", "or", "z"])

        self.assertEqual(1, len(made) % 4)

    def test_are_joined_first_where_a_copy_would_break_the_alternation(self):
        for items, last in (([1, "+", 2], ["items (whole, joined)", "items (whole)"]), ([1, "+", 2, "+"], ["items (whole)", "items (whole, joined)"])):
            with self.subTest(items):
                self.assertEqual([*last, "items (whole, runs)"], named({"items": items})[-3:])

    def test_have_a_period(self):
        for items, period in (
                (["n", "op", "n"], 2), (["a", "b", "+"], None), ([1, 2, 3], None), ([1, "a", 2.0, 1, "b", 3.0, 1], 3), ([], None), (["(", "a", ")"], 2)):
            with self.subTest(items):
                self.assertEqual(period, traits.period(items))


class ALargerNumber(unittest.TestCase):
    def test_is_near_the_multiple(self):
        made = grown({"n": 5}, 16)["n"]

        self.assertTrue(80 <= made < 96, made)


class ARepeatedText(unittest.TestCase):
    def test_is_whole_lines_with_fresh_numbers(self):
        made = Fresh(random.Random(1), False).repeated("id=10;\n", 3)

        self.assertRegex(made, r"^(id=\d0;\n\n?){3}$")


class Fields(unittest.TestCase):
    def test_that_were_never_larger_than_another_stay_so(self):
        rows = [[5, 1], [1, 5]]
        traits.keep_relations([(1, 2), (3, 4)], rows)

        self.assertEqual([[1, 5], [1, 5]], rows)

    def test_that_were_larger_once_are_left_alone(self):
        rows = [[5, 1]]
        traits.keep_relations([(1, 2), (4, 3)], rows)

        self.assertEqual([[5, 1]], rows)


class WhatIsSeenOfItems(unittest.TestCase):
    def test_is_their_order(self):
        for items, order in (([1, 2, 3], "strict"), ([1, 1, 2], "sorted"), ([3, 1, 2], None), ([1, 2], None), ([1, "a", 2], None), (["a", "b", "c"], "strict")):
            with self.subTest(items):
                self.assertEqual(order, traits.order_of(items))

    def test_is_whether_they_are_a_grid(self):
        for items, is_grid in (
                ([[0, 1], [1, 0]], True), ([[1, 2], [3, 4], [5, 6]], False), ([[1, 2, 3, 4], [5, 6, 7, 8]], True), ([[1], [2, 3]], False),
                ([1, 2], False)):
            with self.subTest(items):
                self.assertEqual(is_grid, traits.is_grid(items))

    def test_is_whether_a_dict_is_a_record(self):
        for value, is_record in (({"name": "a", "age": 3}, True), ({"a": 1, "b": 2}, False), ({"x y": 1, "b": "c"}, False), ({1: "a", 2: 3}, False)):
            with self.subTest(value):
                self.assertEqual(is_record, traits.is_record(value))

    def test_never_fails_on_what_cannot_be_hashed_or_compared(self):
        class Broken:
            def __eq__(self, other):
                raise ValueError

            __hash__ = None

        self.assertFalse(traits.all_unique([[1], [2]]))
        self.assertFalse(traits.hashable(Broken()))
        self.assertFalse(traits.equal(Broken(), 1))
        self.assertFalse(traits.all_in([[1]], {1}))


class CallsWithoutWhatTheRecordedOnesHappenToHave(unittest.TestCase):
    def made(self, arguments, known=plans.NOTHING):
        return [atypical.made(arguments, way, 1) for way in atypical.ways(arguments, known)]

    def test_exchange_the_fields_of_rows(self):
        point = collections.namedtuple("point", "x y")
        for table in ([("a", 1), ("b", 2), ("c", 3)], [["a", 1], ["b", 2]], [{"k": "a", "n": 1}, {"k": "b", "n": 2}], [point(1, 7), point(2, 8)]):
            with self.subTest(table):
                fields = rows.fields(table)
                made = rows.exchanged(table, fields[0], random.Random(1))

                self.assertEqual([type(row) for row in table], [type(row) for row in made])
                self.assertNotEqual(table, made)
                self.assertEqual([rows.get(row, fields[1]) for row in table], [rows.get(row, fields[1]) for row in made])
                self.assertEqual(sorted(rows.get(row, fields[0]) for row in table), sorted(rows.get(row, fields[0]) for row in made))

    def test_meet_each_value_of_a_field_with_each_row(self):
        made = rows.crossed([(1, 3), (4, 5), (2, 9), (1, 3)], 1, random.Random(1))

        self.assertEqual({(low, high) for low in (1, 4, 2) for high in (3, 5, 9)}, set(made))

    def test_exchange_nothing_of_what_is_no_table(self):
        for value in ([1, 2], ["ab", "cd"], [(1, 2)], [(1, 2), (1, 2)], [(1, 2), [1, 3]], [(1, 2), (1, 2, 3)], {"a": (1, 2)}):
            with self.subTest(value):
                self.assertEqual([], rows.fields(value))

    def test_take_each_kind_of_row_of_a_large_table_and_stay_small(self):
        table = [("name", "a line", n % 40) for n in range(9_000)] + [("end", "", 0)]
        made = rows.exchanged(table, 2, random.Random(1))

        self.assertLessEqual(len(made), 240)
        self.assertGreater(len({column for kind, _, column in made if kind == "end"}), 1)
        self.assertEqual({column for *_, column in table}, {column for *_, column in made})

    def test_turn_a_flag(self):
        self.assertEqual([{"xs": 3, "strict": True}], [made for made in self.made({"xs": 3, "strict": False}) if made["xs"] == 3])

    def test_have_the_modes_that_the_function_names_and_its_defaults_and_none(self):
        known = plans.Known(modes=frozenset(["slow"]), defaults={"mode": "slow", "key": None, "n": 2}, compared={"mode": ("fast", "slow")})

        self.assertEqual([{"mode": "fast"}, {"mode": "slow\n"}], self.made({"mode": "slow"}, known))
        self.assertIn({"mode": "slow"}, self.made({"mode": "other"}, known))
        self.assertIn({"key": None}, self.made({"key": "name"}, known))
        self.assertIn({"key": 7}, self.made({"key": None}, known))
        self.assertIn({"n": 2}, self.made({"n": 5}, known))

    def test_are_of_the_other_kinds_that_a_parameter_is_declared_to_take(self):
        for declared, argument, expected in (
            ("Iterable[str]", ["ab", "c"], ["ab c", "ab", {"ab", "c"}, iter]), ("'t.Iterable[int] | None'", [1], [{1}, iter, None]),
            ("typing.Sequence[str]", ["ab", "c"], ["ab c", "ab", ("ab", "c")]), ("Union[str, list[str]]", "ab", [["ab"]]), ("Optional[float]", 3, [3.1, None]),
            ("str | list[str]", ["ab", "c"], ["ab c"]), ("list[float]", [1, 2], [[1.1, 2.1]]),
            ("list[int]", [1], []),
            ("Iterable", [[1]], [iter]), ("Set[int]", [1], [{1}]), ("frozenset", (1,), [frozenset((1,))]),
            ("str", "ab", []), ("Callable[[int], str]", "ab", []), ("Annotated[Iterable[str], 'words']", ["a"], ["a", "a", {"a"}, iter]),
            ("Iterable[int]", range(2), [{0, 1}, iter, [0, 1]]), ("Iterable[str]", "ab", [{"a", "b"}, iter, ["a", "b"]]), ("Sequence[int]", range(2), [[0, 1]]),
            ("Iterable[int]", {1}, [iter, [1]]), ("Iterable[int]", (1,), [{1}, iter]),
            ("int | float", 2.5, [2]), ("bytes | str", "ß", ["ß".encode()]), ("'not an annotation'", [1], []), ("Row", ("a", 1), []),
            ("list[tuple[str, float]]", [("a", 1)], [[("a", 1.1)]]), ("dict[str, float]", {"a": 1}, [{"a": 1.1}]), ("tuple[float, ...]", (1, 2), [(1.1, 2.1)]),
            ("list[AnyStr]", ["a"], [[b"a"]]),
            ("Sequence[float | Decimal]", [1.5], [(1.5,), [decimal.Decimal("1.5")]]), ("str | Path", "a", [pathlib.Path("a")]),
            ("Collection[Literal['a']]", ["a"], [{"a"}]), ("Mapping[str, Collection[str]]", {"x": ["a", "b"]}, [{"x": "a b"}]),
            ("list[dict[str, Any]]", [{"a": 1, "b": 2}], [[{"a": [1], "b": 2}]]), ("set[Any]", {1}, []),
            ("list[Line]", [Line("a", 1)], [[Line("a", 1.1)]]), ("list[Point]", [Point(1)], [[Point(1.1)]]),
            ("list[Any]", ["a", "b"], [[["a"], "b"]]), ("list[object]", [["a"]], []),
        ):
            with self.subTest(declared=declared):
                known = plans.Known(declared=annotations.of(ast.parse(f"def f(xs: {declared}): pass").body[0], ast.parse("")))
                made = [declared_kinds.made("xs", argument, way, known) for _, _, way in declared_kinds.ways({"xs": argument}, known)]
                self.assertEqual(expected, [iter if type(each) is type(iter([])) else each for each in made])

    def test_mean_by_an_annotation_what_the_module_gave_its_names(self):
        module = ast.parse("""
from typing import Iterable as It, TypeVar
if True:
    Names: TypeAlias = "It[str]"
T = TypeVar("T", str, bytes)
Amounts = list[float]
Same = Same
def f(names: Names, texts: list[T], amounts: Amounts, same: Same, *rest: Names): pass
""")
        known = plans.Known(rest="rest", declared=annotations.of(module.body[-1], module))
        given = {"names": ["a"], "texts": ["a"], "amounts": [1], "same": [1], "rest": (["b", "c"], ["d"])}
        made = {(name, way[0]): declared_kinds.made(name, given[name], way, known) for _, name, way in declared_kinds.ways(given, known)}

        self.assertEqual({("names", each) for each in ("text", "word", "set", "once")}, {each for each in made if each[0] == "names"})
        self.assertEqual(([b"a"], [1.1]), (made["texts", "bytes"], made["amounts", "floats"]))
        self.assertEqual(("b c", ["d"]), made["rest", "text"])
        self.assertNotIn("same", {name for name, _ in made})

    def test_recast_no_parameter_whose_type_variable_another_one_has_too(self):
        module = ast.parse("""
T = TypeVar("T")
UserId = NewType("UserId", str)
def f(first: list[AnyStr], second: "AnyStr", items: list[T], users: Collection[UserId]): pass
""")
        known = plans.Known(declared=annotations.of(module.body[-1], module))
        given = {"first": ["a"], "second": "a", "items": ["a", "b"], "users": ["a"]}

        made = [(name, declared_kinds.made(name, given[name], way, known)) for _, name, way in declared_kinds.ways(given, known)]

        self.assertEqual([("items", [["a"], "b"]), ("users", {"a"})], made)

    def test_mean_by_a_name_that_is_imported_what_the_other_module_gave_it(self):
        module = ast.parse("from kinds import Names, other\ndef f(names: Names, others: other): pass")

        declared = annotations.of(module.body[-1], module, {"Names": Iterable[str], "other": len})

        self.assertEqual(["collections.abc.Iterable[str]", "other"], [ast.unparse(each) for each in declared.values()])

    def test_of_declared_kinds_are_some_of_every_argument(self):
        declared = annotations.of(ast.parse("def f(a: Iterable[str], b: Iterable[str], c: Iterable[str], *, d: Iterable[str]): pass").body[0])

        made = declared_kinds.ways({name: ["x"] for name in "abcd"}, plans.Known(declared=declared))

        self.assertEqual({"a": 3, "b": 3, "c": 3, "d": 3}, dict(collections.Counter(name for _, name, _ in made)))

    def test_read_one_item_of_a_generator_that_is_given_items_one_by_one(self):
        known = plans.Known.of(lambda xs: (yield from xs), [])
        way = next(way for way in atypical.ways({"xs": [1, 2, 3, 4], "n": 1}, known) if way[0] == "lazily")
        made = atypical.made({"xs": [1, 2, 3, 4], "n": 1}, way, 0)

        self.assertEqual((1, [1, 2, 3, 4], 1), (made.most, list(made["xs"]), made["n"]))
        self.assertNotIn("lazily", [way[0] for way in atypical.ways({"xs": [1, 2, 3]}, known)])
        self.assertNotIn("lazily", [way[0] for way in atypical.ways({"xs": [1, 2, 3, 4]}, plans.NOTHING)])

    def test_a_text_is_tried_with_blanks_around_it_as_whoever_strips_the_wrong_end_answers_otherwise(self):
        texts = [way[2][1] for way in edges.ways({"line": "x = 1"}, plans.NOTHING)]

        self.assertTrue(any(len(t) - len(t.lstrip()) != len(t) - len(t.strip()) for t in (text.rstrip("\r\n") for text in texts)))

    def test_begin_and_end_with_what_separates_a_text(self):
        texts = [way[2][1] for way in edges.ways({"name": "a.b"}, plans.NOTHING)]

        self.assertLessEqual({".a.b", ".ab", "a.b.", "a..b"}, set(texts))

    def test_leave_the_places_in_a_text_that_an_object_reads(self):
        reader = types.SimpleNamespace(text="a.b c", at=2, end=5, line=9)
        found = {way[2][0] for way in edges.ways({"reader": reader}, plans.NOTHING)}

        self.assertEqual({"text", "line"}, {place[-1][1] for place in found})
        self.assertIn("at", {way[2][0][-1][1] for way in edges.ways({"reader": types.SimpleNamespace(text="a.b c", at=2)}, plans.NOTHING)})

    def test_take_an_argument_or_a_field_of_another_call(self):
        one, other = {"line": "ab", "at": 1}, {"line": "cd", "at": 9}
        ways = atypical.between(one, other)

        self.assertIn({"line": "ab", "at": 9}, [atypical.met(one, other, way) for way in ways])
        one, other = {"token": ("name", "a line", 3)}, {"token": ("name", "x", 1)}
        self.assertEqual(
            [("name", "a line", 1), ("name", "x", 3)], [atypical.met(one, other, way)["token"] for way in atypical.between(one, other)])

    def test_take_no_bytes_from_another_call_where_texts_are_given(self):
        one, other = {"items": ["a"], "end": "b"}, {"items": [b"a"], "end": b"b"}

        self.assertEqual([], atypical.between(one, other))
        self.assertEqual([("taken", "items", None)], atypical.between({"items": ["a"], "n": 1}, {"items": [], "n": 1}))

    def test_are_of_every_argument_and_few(self):
        ways = atypical.ways({f"n{i}": i + 1 for i in range(9)})

        self.assertEqual({f"n{i}" for i in range(9)}, {name for _, name, _ in ways})
        self.assertLessEqual(len(ways), 14)


class WhatAFunctionComparesAParameterWith(unittest.TestCase):
    def test_is_read_from_its_source(self):
        for body, expected in (
                ("return mode == 'fast'", ("fast",)), ("return 'fast' != mode.lower()", ("fast",)), ("return mode in ('a', 'b')", ("a", "b")),
                ("return mode is None or mode > -3", (None, -3)), ("return {'a': 1, 'b': 2}[mode]", ("a", "b")), ("return {1: 'x'}.get(mode)", (1,)),
                ("other = mode\n return other == 'x'", None), ("return mode.name == 'x'", None)):
            with self.subTest(body):
                self.assertEqual(expected, flags.of(ast.parse(f"def f(mode):\n {body}").body[0]).get("mode"))


class CallsAtBoundaries(unittest.TestCase):
    def made(self, arguments, constants=(), unread=()):
        return [(way, boundaries.made(arguments, way, 1)) for way in boundaries.ways(arguments, list(constants), list(unread))]

    def test_have_as_many_elements_as_a_number_says_and_one_more_and_one_less(self):
        lengths = [len(made["xs"]) for way, made in self.made({"xs": [3, 1, 2]}, [100]) if way[0] == "length"]

        self.assertEqual([100, 101, 99], lengths)

    def test_have_the_number_in_the_place_of_a_number(self):
        numbers = [made["n"] for way, made in self.made({"n": 5}, [7777]) if way[0] == "number"]

        self.assertEqual([7777, 7778, 7776], numbers)

    def test_have_the_number_among_the_elements(self):
        (_, made), = [each for each in self.made({"xs": [1, 2, 3, 4]}, [7777]) if each[0][0] == "item"]

        self.assertIn(7777, made["xs"])
        self.assertEqual(made["xs"], sorted(made["xs"]))

    def test_have_a_text_in_the_place_of_a_text_and_inside_of_it_and_as_a_key(self):
        made = {way[0]: arguments for way, arguments in self.made({"t": "abc", "d": {"a": 1}}, ["needle"])}

        self.assertEqual("needle", made["text"]["t"])
        self.assertTrue("needle" in made["inside"]["t"] and len(made["inside"]["t"]) == 9)
        self.assertEqual({"a": 1, "needle": 1}, made["key"]["d"])

    def test_have_another_value_for_what_is_no_longer_read(self):
        flags = [made["strict"] for _, made in self.made({"strict": True}, unread=["strict"])]

        self.assertEqual([False], flags)

    def test_have_another_attribute_for_one_that_is_no_longer_read(self):
        holder = Holder([1])
        (_, first), *_ = self.made({"h": holder}, unread=["limit"])

        self.assertEqual((4, 3), (first["h"].limit, holder.limit))

    def test_have_the_lengths_around_a_number_with_a_fraction_and_the_number_as_what_is_there(self):
        made = self.made({"xs": [3, 1, 2], "n": 5, "f": 0.5}, [12.5])

        self.assertEqual([12, 13, 11], [len(each["xs"]) for way, each in made if way[0] == "length"])
        self.assertEqual([12, 13, 11], [each["n"] for way, each in made if way[1] == ["n"]])
        self.assertEqual([12.5, 13.5, 11.5], [each["f"] for way, each in made if way[1] == ["f"]])

    def test_begin_with_each_number_in_turn_however_many_there_are(self):
        constants = [9000 - n for n in range(8)]
        lengths = [way[2] for way in boundaries.ways({"xs": [3, 1, 2]}, constants, ["gone"]) if way[0] == "length"]

        self.assertEqual(constants, lengths[:8])

    def test_are_few(self):
        self.assertLessEqual(len(boundaries.ways({f"n{i}": i for i in range(9)}, [100, 200, 300], [])), 12)

    def test_are_none_without_anything_to_try(self):
        self.assertEqual([], boundaries.ways({"xs": [1]}, [], []))


class ValuesOnWhichCodeDiffers(unittest.TestCase):
    def made(self, arguments, known=plans.NOTHING):
        return [atypical.made(arguments, way, 0) for way in edges.ways(arguments, known)]

    def test_are_put_into_fields_and_items(self):
        made = self.made({"rows": [{"name": "ab", "quantity": 3}, {"name": "c", "quantity": 4}]})

        self.assertIn({"rows": [{"name": "ab", "quantity": 0}, {"name": "c", "quantity": 4}]}, made)
        self.assertIn({"rows": [{"name": "", "quantity": 3}, {"name": "c", "quantity": 4}]}, made)
        self.assertIn({"rows": [{"name": "ab\n", "quantity": 3}, {"name": "c", "quantity": 4}]}, made)
        self.assertTrue(all(each["rows"][1] == {"name": "c", "quantity": 4} for each in made))

    def test_are_zero_infinity_halves_and_numbers_that_floats_do_not_hold(self):
        self.assertEqual([0.0, 2.5, math.inf, 0.125, 1e16, 2.25, 1e200, 1 / 3], [each["xs"][0] for each in self.made({"xs": [1.5]})])
        self.assertEqual([0, 2**53 + 1, 2**64 + 1], [each["xs"][0][1] for each in self.made({"xs": [("a", 5)]}) if each["xs"][0][0] == "a"])

    def test_stand_at_the_end_too_where_something_has_been_done_before(self):
        self.assertIn({"xs": ["1", "2", ""]}, self.made({"xs": ["1", "2", "3"]}))
        self.assertIn({"xs": [1, 2, 0]}, self.made({"xs": [1, 2, 3]}))

    def test_are_texts_that_normal_forms_and_decoders_change(self):
        made = [each["xs"][0] for each in self.made({"xs": ["ab"]})]
        for change in (lambda text: unicodedata.normalize("NFC", text), html.unescape, urllib.parse.unquote, os.path.normpath, str.expandtabs):
            with self.subTest(change):
                self.assertTrue(any(change(text) != text for text in made))

    def test_are_lists_only_where_the_function_copies_what_values_hold(self):
        self.assertNotIn({"xs": [[5]]}, self.made({"xs": [5]}))
        self.assertIn({"xs": [[5]]}, self.made({"xs": [5]}, plans.Known(copies=True)))

    def test_leave_texts_alone_that_the_function_names_itself(self):
        self.assertEqual([], self.made({"mode": "fast"}, plans.Known(modes=frozenset(["fast"]))))

    def test_leave_what_they_were_made_of_as_it_was(self):
        arguments = {"rows": [{"n": 1}], "held": Holder([1])}
        self.made(arguments)

        self.assertEqual(([{"n": 1}], [1], 3), (arguments["rows"], arguments["held"].items, arguments["held"].limit))

    def test_are_few(self):
        self.assertLessEqual(len(edges.ways({f"t{i}": ["a", "b"] for i in range(30)}, plans.NOTHING)), 34)


if __name__ == "__main__":
    unittest.main()


class WaysThatAreMadeLarger(unittest.TestCase):
    def chosen(self, growth, ways=6):
        class Known:
            def bases(self, calls, most, alike):
                return [({"id": number}, {"seconds": 1 / (number + 1)}) for number in range(min(ways, most))]

        return [call["id"] for call, _ in telling.ways(Known(), [], 4, lambda call, seen, scale: growth(call["id"], scale))]

    def test_are_the_slowest_and_those_that_grow_most(self):
        self.assertEqual([0, 1, 5, 3], self.chosen(lambda number, scale: {5: scale * scale, 3: scale * 2}.get(number, scale)))

    def test_are_the_slowest_where_none_grows(self):
        self.assertEqual([0, 1, 2, 3], self.chosen(lambda number, scale: None))
        self.assertEqual([0, 1, 2], self.chosen(lambda number, scale: None, ways=3))

    def test_are_looked_at_when_they_are_smaller_where_they_are_too_large(self):
        self.assertEqual([0, 1, 4, 2], self.chosen(lambda number, scale: None if scale > 4 else 16 if number == 4 else 4))


class CallsOfWhichOthersAreMade(unittest.TestCase):
    def chosen(self, seconds, most, **how):
        class Seen(Baseline):
            def observe_twice(self, blob):
                return {"raised": None, "seconds": seconds[blob]}

        calls = [{"id": each, "blob": each, "shape": each.rstrip("0123456789"), "seconds": took} for each, took in seconds.items()]
        return [call["id"] for call, _ in Seen(None, 0.1, 0).bases(calls, most, **how)]

    def test_are_the_slowest_of_the_kinds_that_take_longest(self):
        self.assertEqual(["float2", "text"], self.chosen({"none": 1, "float1": 7, "float2": 9, "text": 2}, 2))

    def test_are_of_the_kinds_that_take_longest_where_the_quickest_of_each_are_wanted(self):
        self.assertEqual(["float1", "text"], self.chosen({"none": 1, "float1": 7, "float2": 9, "text": 2}, 2, slowest=False))

    def test_are_more_of_a_kind_where_there_are_no_others(self):
        self.assertEqual(["float1", "none", "float2"], self.chosen({"none": 1, "float1": 7, "float2": 9}, 3, slowest=False))


class CallsThatAreMadeInOneProcess(unittest.TestCase):
    def kept(self, *changes, digest="4"):
        class Told(Baseline):
            def _made(self, call, change, look):
                made = change(call["blob"])
                return {"blob": str(made)}, self._seen(made)

            def _seen(self, blob):
                return {"digest": str(blob), "raised": None, "by": None, "cut": False, "seconds": 0}

        found = Told(None, 0.1, None).keep_each({"id": "c", "blob": 4}, digest, [(f"c{i}", change, False) for i, change in enumerate(changes)])
        return found and [each and (each["id"], each["digest"]) for each in found]

    def test_are_told_one_by_one(self):
        self.assertEqual([("c0", "5"), ("c1", "8")], self.kept(lambda blob: blob + 1, lambda blob: blob * 2))

    def test_are_as_many_without_one_that_cannot_be_made(self):
        self.assertEqual([None, ("c1", "8")], self.kept(lambda blob: blob / 0, lambda blob: blob * 2))

    def test_are_made_apart_where_one_ends_the_process(self):
        self.assertIsNone(self.kept(lambda blob: os._exit(0), lambda blob: blob * 2))

    def test_are_made_apart_where_the_recorded_one_then_does_something_else(self):
        self.assertIsNone(self.kept(lambda blob: blob * 2, digest="3"))


class CallsOnNamedValues(unittest.TestCase):
    """Each way is told with the call that was made so, and whether there was no time for it."""

    def met(self, together, alone, late=False, is_spent=False):
        baseline = types.SimpleNamespace(late=late, keep_each=lambda *of: together, keep=lambda call, name, change, once: alone[name])
        varying = Varying.__new__(Varying)
        varying._baseline, varying._seed, varying._allowance = baseline, 0, types.SimpleNamespace(is_spent=is_spent)
        return list(varying._met({"id": "c", "blob": ""}, {"digest": "d"}, [("cb0", "one"), ("cb1", "two")]))

    def test_are_made_in_one_process(self):
        self.assertEqual([("one", "A", False), ("two", "B", False)], self.met(["A", "B"], {}))

    def test_are_made_alone_where_they_are_not_fit_there_so_that_what_is_too_large_counts_as_not_tried(self):
        self.assertEqual([("one", "A", False), ("two", None, True)], self.met(["A", None], {"cb1": None}, late=True))

    def test_that_cannot_be_made_at_all_were_tried(self):
        self.assertEqual([("one", "A", False), ("two", None, False)], self.met(["A", None], {"cb1": None}))

    def test_are_made_one_by_one_where_they_cannot_be_together(self):
        self.assertEqual([("one", "A", False), ("two", "B", False)], self.met(None, {"cb0": "A", "cb1": "B"}))

    def test_are_not_tried_where_the_time_is_over(self):
        self.assertEqual([("one", None, True), ("two", None, True)], self.met(None, {}, is_spent=True))


class ValuesThatMeet(unittest.TestCase):
    def made(self, arguments, known=plans.NOTHING):
        return [atypical.made(arguments, way, 0) for way in meeting.ways(arguments, known)]

    def test_are_rows_of_which_one_begins_where_the_other_ends(self):
        self.assertEqual([{"ranges": [(0, 5), (5, 9)]}], self.made({"ranges": [(8, 9), (0, 5), (6, 9)]}))
        self.assertEqual([{"rows": [{"a": 1, "b": 3, "n": "x"}, {"a": 3, "b": 4, "n": "y"}]}], self.made(
            {"rows": [{"a": 1, "b": 3, "n": "x"}, {"a": 2, "b": 4, "n": "y"}]}))

    def test_are_neighbours_that_are_equal(self):
        self.assertEqual([{"xs": [3, 3, 2]}], self.made({"xs": [3, 1, 2]}))
        self.assertEqual([], self.made({"xs": [3, 3, 2]}))

    def test_are_a_value_and_that_of_another_argument_or_of_one_of_its_items(self):
        self.assertIn({"limit": 2, "xs": [3, 3, 2]}, self.made({"limit": 7, "xs": [3, 3, 2]}))
        self.assertIn({"start": 4.0, "end": 4.0}, self.made({"start": 1.5, "end": 4.0}))
        day = datetime.date(2020, 1, 31)
        self.assertIn({"start": day, "end": day}, self.made({"start": datetime.date(2020, 1, 1), "end": day}))

    def test_are_an_item_that_another_argument_has_too_and_that_comes_twice(self):
        self.assertIn({"a": [1, 2, 3, 2], "b": {2, 9}}, self.made({"a": [1, 2, 3, 4], "b": {2, 9}}))
        large = self.made({"a": list(range(800)), "b": list(range(400, 1200))})
        self.assertTrue(any(len(each["a"]) == 800 and any(each["a"].count(item) == 2 and item in each["b"] for item in each["a"]) for each in large))

    def test_are_an_item_of_another_argument_where_they_had_none_in_common(self):
        self.assertIn({"a": [9, 2, 3], "b": [9, 8]}, self.made({"a": [1, 2, 3], "b": [9, 8]}))
        self.assertNotIn({"a": ["x", 2, 3], "b": ["x"]}, self.made({"a": [1, 2, 3], "b": ["x"]}))
        self.made({"a": [[1], [2]], "b": {1: 2}})  # what cannot be a key

    def test_are_a_text_and_what_the_function_looks_for_inside_of_it(self):
        known = plans.Known(modes=frozenset(("refs/heads/", "x" * 100)))
        self.assertEqual([{"ref": "refs/herefs/heads/ads/main"}, {"ref": "refs/heads/refs/heads/main"}], self.made({"ref": "refs/heads/main"}, known))
        self.assertEqual([{"refs": ["marefs/heads/in"]}], self.made({"refs": ["main"]}, known)[-1:])

    def test_are_texts_in_which_what_is_looked_for_overlaps_with_itself(self):
        self.assertIn({"text": "aaa", "part": "aa"}, self.made({"text": "some words", "part": "word"}))
        self.assertNotIn({"text": "aaa", "part": "aa"}, self.made({"text": "some words", "part": "none"}))

    def test_are_no_flags_and_no_modes(self):
        self.assertEqual([], self.made({"deep": True, "wide": False}))
        self.assertEqual([], self.made({"mode": "fast", "other": "slow"}, plans.Known(modes=frozenset(("fast", "slow")))))


class ValuesOfOtherKinds(unittest.TestCase):
    def tried(self, arguments, text, declared=None):
        known = plans.Known(converted=annotations.converted(ast.parse(text).body[0]), declared=declared)
        return [way[2][1] for way in edges.ways(arguments, known) if type(way[2][1]) is not type(next(iter(arguments.values()))[0])]

    def test_are_those_that_the_function_itself_makes_one_of(self):
        self.assertIn(7, self.tried({"parts": ["a", "b"]}, "def f(parts): return '-'.join(str(p) for p in parts)"))
        self.assertIn("7", self.tried({"parts": [1, 2]}, "def f(parts): return sum(int(p) for p in parts)"))

    def test_are_none_where_it_makes_none_or_says_what_it_takes(self):
        self.assertNotIn(7, self.tried({"parts": ["a", "b"]}, "def f(parts): return '-'.join(p for p in parts if isinstance(p, str))"))
        self.assertNotIn(7, self.tried({"parts": ["a", "b"]}, "def f(parts): return '-'.join(str(p) for p in parts)", {"parts": ast.Name("str")}))


class MomentsThatAreVaried(unittest.TestCase):
    def test_are_days_and_hours_apart_either_way(self):
        moment = datetime.datetime(2020, 1, 1, 12)
        found = [edges_made["at"] - moment for edges_made in (
            atypical.made({"at": moment}, way, 0) for way in edges.ways({"at": moment}, plans.NOTHING))]
        days, hours = datetime.timedelta(days=2), datetime.timedelta(hours=5, seconds=45)
        self.assertEqual([days, -hours, -days, hours], found[:4])

    def test_stay_among_those_there_are(self):
        self.assertEqual(datetime.date.max - datetime.timedelta(days=2), edges.ways({"day": datetime.date.max}, plans.NOTHING)[0][2][1])

    def test_are_the_day_that_belongs_to_a_week_of_the_year_before_and_the_one_that_few_years_have(self):
        found = [way[2][1] for way in edges.ways({"day": datetime.date(2020, 5, 1)}, plans.NOTHING)]
        self.assertEqual([datetime.date(2021, 1, 1), datetime.date(2024, 2, 29)], found[-2:])

    def test_are_the_same_day_of_a_later_year(self):
        made = ValuesThatMeet.made(self, {"born": datetime.date(1990, 5, 17), "today": datetime.date(2024, 3, 1)})
        self.assertIn({"born": datetime.date(1990, 5, 17), "today": datetime.date(2024, 5, 17)}, made)
        ValuesThatMeet.made(self, {"born": datetime.date(1992, 2, 29), "today": datetime.date(2023, 3, 1)})
