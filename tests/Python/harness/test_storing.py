"""Arguments of calls, stored and read back."""

import base64
import collections
import enum
import os
import pickle
import re
import sys
import threading
import types
import unittest
import weakref

import places  # noqa: F401 - puts the harness on the path
from harness.afterburner_harness.calls import making, serial, stored, unpickling


class Counting(list):
    """A list with an ``append`` of its own, which needs an attribute."""

    def __init__(self, items=()):
        super().__init__()
        self.added = 0
        for item in items:
            self.append(item)

    def append(self, item):
        self.added += 1
        super().append(item)


class Strict(dict):
    def __setitem__(self, key, value):
        if key not in self.allowed:
            raise KeyError(key)
        super().__setitem__(key, value)


class Reduces:
    def __init__(self, *what):
        self.what = what

    def __reduce__(self):
        return self.what[0], self.what[1:]


class Built:
    def __init__(self, n):
        self.n = n


def again(value):
    return unpickling.loads(serial.dumps(value))


def called(a, b=2, *rest, c, **more):
    return a, b, rest, c, more


class AStoredValue(unittest.TestCase):
    def test_is_read_back_equal(self):
        for value in (None, 1.5, "a", b"b", [1, (2, 3)], {"a": {1, 2}}, collections.Counter("aab"), collections.deque([1], 2), range(3), slice(1, 2)):
            with self.subTest(value):
                self.assertEqual(value, again(value))

    def test_is_a_function_with_what_it_closes_over(self):
        offset = 41
        made = again(lambda n=1: n + offset)

        self.assertEqual(42, made())

    def test_is_a_function_that_calls_itself(self):
        def down(n):
            return 0 if n == 0 else down(n - 1) + 1

        self.assertEqual(5, again(down)(5))

    def test_is_the_same_function_wherever_it_stands_and_whoever_else_holds_its_names(self):
        source = "def outer(scoped):\n    return lambda key, typed: [k + scoped for k in (key, typed)]\n"
        made, held = [], []
        for before in ("", "import os\n\n\n"):
            space = {"__name__": "made"}
            exec(compile(before + source, f"{len(before)}.py", "exec"), space)
            made.append(space["outer"](1))
        held.append((made[1].__code__, made[1].__code__.co_varnames, made[1].__code__.co_consts))

        self.assertEqual(*(serial.dumps(function, placed=False) for function in made))
        self.assertNotEqual(*(serial.dumps(function) for function in made))

    def test_is_a_class_made_inside_a_function_with_its_methods(self):
        class Local:
            kind = "local"

            def twice(self, n):
                return n * 2

            def own(self):
                return Local

        made = again(Local)

        self.assertEqual(("local", 6), (made.kind, made().twice(3)))
        self.assertIs(made, made().own())

    def test_is_a_named_tuple_made_inside_a_function(self):
        made = again(collections.namedtuple("P", "x y", defaults=[2])(1))

        self.assertEqual((1, 2), (made.x, made.y))

    def test_is_a_list_that_appends_in_its_own_way(self):
        made = again(Counting([1, 2]))

        self.assertEqual(([1, 2], 2), (list(made), made.added))

    def test_is_a_dict_that_refuses_keys(self):
        value = Strict()
        value.allowed = {"a"}
        value["a"] = 1
        made = again(value)

        self.assertEqual(({"a": 1}, {"a"}), (dict(made), made.allowed))

    def test_is_a_match_of_a_pattern(self):
        for match in (re.compile("a+(b)?").match("xaab", 1, 3), re.compile("a|ab").fullmatch("ab"), list(re.finditer("a", "a-a"))[1]):
            made = again(match)
            self.assertEqual((match.regs, match.string), (made.regs, made.string))

    def test_is_what_pickle_refuses(self):
        for what, value, check in (
                ("a lock", threading.Lock(), lambda v: v.acquire(False)),
                ("a lock that may be taken twice", threading.RLock(), lambda v: v.acquire(False)),
                ("a module", os, lambda v: v is os),
                ("a stream", sys.stdout, lambda v: v is sys.stdout),
                ("code", (lambda: 3).__code__, lambda v: v.co_consts),
                ("keys", {"a": 1}.keys(), lambda v: list(v) == ["a"]),
                ("items", {"a": 1}.items(), lambda v: list(v) == [("a", 1)]),
                ("values", {"a": 1}.values(), lambda v: list(v) == [1]),
                ("a proxy", types.MappingProxyType({"a": 1}), lambda v: v["a"] == 1),
                *([("a dead reference", weakref.ref(type("Gone", (), {})), lambda v: True)] if sys.version_info >= (3, 10) else []),
                ("a property", property(len), lambda v: v.fget is len),
        ):
            with self.subTest(what):
                self.assertTrue(check(again(value)))

    def test_shares_what_was_shared(self):
        inner = [1]
        made = again([inner, inner])

        self.assertIs(made[0], made[1])


class AValueThatCannotBeStored(unittest.TestCase):
    def test_is_a_generator_that_the_running_call_still_needs(self):
        with self.assertRaises(serial.Consumes):
            serial.dumps(i for i in range(3))

    def test_is_a_generator_without_end(self):
        def forever():
            while True:
                yield 1

        with self.assertRaisesRegex(unpickling.Unserialisable, "without end"):
            serial.dumps(forever(), consume=True)

    def test_is_an_enumeration_made_inside_a_function(self):
        class Colour(enum.Enum):
            RED = 1

        with self.assertRaisesRegex(unpickling.Unserialisable, "an enumeration defined inside a function"):
            serial.dumps(Colour)

    def test_is_a_running_coroutine(self):
        async def work():
            pass

        running = work()
        with self.assertRaisesRegex(unpickling.Unserialisable, "a running coroutine"):
            serial.dumps(running)
        running.close()

    def test_says_what_was_raised(self):
        with self.assertRaisesRegex(unpickling.Unserialisable, "TypeError"):
            serial.dumps(__import__("zlib").compressobj())


class WhatIsReadBack(unittest.TestCase):
    def test_is_never_a_way_to_run_code(self):
        for what in (
                (eval, "1"), (exec, "1"), (os.system, "true"), (getattr, os, "system"), (setattr, Built, "n", 1), (pickle.loads, b"N."),
                (open, "/dev/null")):
            with self.subTest(what), self.assertRaisesRegex(unpickling.Unserialisable, "which reaches the interpreter"):
                again(Reduces(*what))

    def test_may_be_a_class_of_a_module_that_reaches_the_system(self):
        self.assertEqual(os.stat("/").st_ino, again(os.stat("/")).st_ino)

    def test_is_plain_around_the_arguments(self):
        with self.assertRaisesRegex(unpickling.Unserialisable, "only plain values"):
            unpickling.loads_plain(pickle.dumps(len))


class ABlob(unittest.TestCase):
    def test_gives_fresh_arguments_each_time(self):
        blob = stored.encode({"xs": [1]})
        stored.decode(blob)["xs"].append(2)

        self.assertEqual({"xs": [1]}, stored.decode(blob))

    def test_holds_the_parameters_of_a_function_and_no_other_name(self):
        blob = stored.encode({"a": 1, "b": 2, "c": 3, "rest": (), "more": {}, "other": 4}, called)

        self.assertEqual({"a": 1, "b": 2, "c": 3, "rest": (), "more": {}}, stored.decode(blob))

    def test_of_a_constructor_makes_the_object_again(self):
        value = Built.__new__(Built)
        arguments = stored.decode(stored.encode({"self": value, "n": 1}, Built.__init__))

        self.assertIs(Built, type(arguments["self"]))
        self.assertEqual({}, vars(arguments["self"]))

    def test_names_the_module_of_its_function(self):
        self.assertEqual(called.__module__, stored.module_of(stored.encode({"a": 1, "c": 2}, called)))

    def test_leaves_a_generator_to_the_running_call(self):
        items = (n * n for n in range(4))
        next(items)
        blob = stored.encode({"xs": items})

        self.assertEqual([1, 4, 9], list(items))
        self.assertEqual([1, 4, 9], list(stored.decode(blob)["xs"]))

    def test_can_be_given_other_arguments(self):
        blob = stored.encode_again(stored.encode({"xs": [1], "n": 2}, None), {"xs": [1, 2], "n": 3})

        self.assertEqual({"xs": [1, 2], "n": 3}, stored.decode(blob))

    def test_is_text(self):
        self.assertTrue(base64.b64decode(stored.encode({})))


class ACallThatIsMade(unittest.TestCase):
    def test_gets_its_arguments_as_its_caller_gave_them(self):
        arguments = {"a": 1, "b": 2, "c": 3, "rest": (4,), "more": {"d": 5}}

        self.assertEqual((1, 2, (4,), 3, {"d": 5}), making.invoke(called, arguments))

    def test_is_run_to_its_end(self):
        async def later(n):
            return n + 1

        async def several(n):
            for i in range(n):
                yield i

        def numbers(n):
            yield from range(n)

        self.assertEqual(4, making.invoke(later, {"n": 3}))
        self.assertEqual([0, 1, 2], making.invoke(several, {"n": 3}).items)
        self.assertEqual(([0, 1], False), (lambda d: (d.items, d.complete))(making.invoke(numbers, making.Arguments({"n": 3}, 2))))

    def test_raises_what_the_function_raises(self):
        with self.assertRaises(ZeroDivisionError):
            making.invoke(lambda n: 1 // n, {"n": 0})

    def test_draws_the_same_random_numbers_each_time(self):
        import random

        drawn = []
        for _ in range(2):
            making.steady()
            drawn.append(random.random())

        self.assertEqual(drawn[0], drawn[1])


if __name__ == "__main__":
    unittest.main()
