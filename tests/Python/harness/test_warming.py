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
        self.assertEqual([], warming.make_room(0))

    def test_is_given_back_but_for_what_keeps_it_with_the_process(self):
        kept = sum(map(len, warming.make_room(1 << 20)))

        self.assertGreater(kept, 0)
        self.assertLess(kept, 1 << 14)

    def test_is_no_larger_than_is_sensible(self):
        self.assertEqual(len(warming.make_room(warming.MOST_ROOM)), len(warming.make_room(1 << 60)))


if __name__ == "__main__":
    unittest.main()
