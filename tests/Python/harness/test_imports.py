"""What imports that a version of a file adds take at the start."""

import textwrap
import unittest

import places  # noqa: F401 - puts the harness on the path
from harness.afterburner_harness.timing import imports


class Imports(unittest.TestCase):
    def answers(self, before, after):
        said = []
        imports.main({"file": textwrap.dedent(before), "candidateFile": textwrap.dedent(after)}, said.append)
        self.assertEqual("done", said[-1]["type"])
        return said[0]["seconds"]

    def test_modules_are_found_wherever_they_are_imported(self):
        text = """
            import os, os.path
            from collections import Counter
            from . import near
            from ..far import other


            def late():
                import bisect
                from concurrent.futures import wait
        """
        self.assertEqual(["os", "os.path", "collections", "bisect", "concurrent.futures"], imports.modules(textwrap.dedent(text)))

    def test_a_file_that_does_not_parse_imports_nothing(self):
        self.assertEqual([], imports.modules("import ("))

    def test_what_imports_nothing_new_costs_nothing(self):
        self.assertEqual(0, self.answers("import os\n", "import os\n\n\ndef f():\n    import os\n"))

    def test_what_the_file_imports_already_is_not_counted_again(self):
        # The module asyncio imports bisect's like a hundred times over.
        whole = imports.seconds([], ["asyncio"])
        beside = imports.seconds(["asyncio"], ["selectors"])
        self.assertGreater(whole, 0)
        self.assertLess(beside, whole)

    def test_what_is_not_of_the_standard_library_is_not_told(self):
        self.assertIsNone(self.answers("import os\n", "import os\nimport numpy\n"))

    def test_the_standard_library_is_known(self):
        self.assertTrue(all(map(imports.is_standard, ("os", "os.path", "math", "sys", "concurrent.futures", "collections"))))
        self.assertFalse(any(map(imports.is_standard, ("numpy", "shop", "afterburner_harness"))))

    def test_a_module_that_a_platform_lacks_costs_nothing_there(self):
        self.assertIsNotNone(imports.seconds(["absent_everywhere"], ["math"]))


if __name__ == "__main__":
    unittest.main()
