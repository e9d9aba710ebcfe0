"""Where objects lie is drawn from a seed."""

import unittest

import places  # noqa: F401 - puts the harness on the path
from harness.afterburner_harness.timing import layout


class LayoutTests(unittest.TestCase):
    def test_the_same_seed_keeps_the_same_objects_and_another_one_others(self):
        sizes = [[len(each) for each in layout.scatter(seed)] for seed in (1, 1, 2)]
        self.assertEqual(sizes[0], sizes[1])
        self.assertNotEqual(sizes[0], sizes[2])

    def test_what_is_kept_is_small(self):
        for seed in range(50):
            self.assertLess(sum(map(len, layout.scatter(seed))), 150_000)


if __name__ == "__main__":
    unittest.main()
