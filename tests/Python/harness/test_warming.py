"""What is done in a child before a sample begins costs its calls nothing, and tells a version nothing of them."""

import unittest

import places  # noqa: F401 - puts the harness on the path
from harness.afterburner_harness.calls import stored
from harness.afterburner_harness.timing import warming


def double(values):
    return [2 * each for each in values]


class Recorded:
    """A version that writes down what it is asked."""

    def __init__(self, warm, like, answer=double):
        self.asked = []
        self.warm, self.like = ([stored.encode({"values": values}, double) for values in each] for each in (warm, like))

        def function(values):
            self.asked.append(values)
            return answer(values)

        self.function = function


def refusing(values):
    raise KeyError(values[0])


class WarmingUp(unittest.TestCase):
    def test_repeats_the_calls_until_their_code_is_specialised(self):
        version = Recorded([[1, 2], [3]], [[9]])
        warming.warm_up(version, "marshal", False)

        self.assertGreaterEqual(len(version.asked), warming.LEAST)
        self.assertLessEqual(len(version.asked), warming.MOST_REPEATS * 2)
        self.assertEqual([[1, 2], [3]], version.asked[:2])

    def test_asks_nothing_where_every_call_is_timed(self):
        version = Recorded([], [[9]])
        warming.warm_up(version, "pickle", True)

        self.assertEqual([], version.asked)

    def test_does_not_mind_calls_that_fail_and_answers_that_cannot_be_written(self):
        warming.warm_up(Recorded([[1]], [], refusing), "marshal", False)
        version = Recorded([[1]], [], lambda values: object())
        warming.warm_up(version, "marshal", False)

        self.assertGreaterEqual(len(version.asked), warming.LEAST)


class Room(unittest.TestCase):
    def test_is_none_where_none_is_wanted(self):
        self.assertEqual(0, warming.Room(0).taken)

    def test_is_taken_until_it_is_cleared_and_then_given_back_but_for_what_keeps_it_with_the_process(self):
        room = warming.Room(1 << 20)
        self.assertGreater(room.taken, 1 << 20)

        room.clear()

        self.assertGreater(room.taken, 0)
        self.assertLess(room.taken, 1 << 14)

    def test_is_no_larger_than_is_sensible(self):
        self.assertEqual(warming.Room(warming.MOST_ROOM).taken, warming.Room(1 << 60).taken)


if __name__ == "__main__":
    unittest.main()
