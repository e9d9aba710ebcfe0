"""What imports that a version of a file adds take at the start."""

import pathlib
import tempfile
import textwrap
import unittest
from unittest import mock

import places  # noqa: F401 - puts the harness on the path
from harness.afterburner_harness.timing import imports


class Imports(unittest.TestCase):
    def answers(self, before, after):
        said = []
        imports.main({"path": "shop/orders.py", "file": textwrap.dedent(before), "candidateFile": textwrap.dedent(after)}, said.append)
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
        self.assertEqual(
            ["os", "os.path", "collections", "shop.orders", "shop.orders.near", "shop.far", "shop.far.other", "bisect", "concurrent.futures"],
            imports.modules(textwrap.dedent(text), "shop/orders/__init__.py"))

    def test_a_file_that_does_not_parse_imports_nothing(self):
        self.assertEqual([], imports.modules("import (", "a.py"))

    def test_what_imports_nothing_new_costs_nothing(self):
        self.assertEqual(0, self.answers("import os\n", "import os\n\n\ndef f():\n    import os\n"))

    def test_what_the_file_imports_already_is_not_counted_again(self):
        # Of the many that asyncio imports itself.
        whole = imports.seconds([], ["asyncio"])
        beside = imports.seconds(["asyncio"], ["selectors"])
        self.assertGreater(whole, 0)
        self.assertLess(beside, whole)

    def test_what_files_of_the_repository_load_that_it_imports_is_not_counted_again(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(imports, "WORK", folder):
            files = {
                "src/shop/__init__.py": "import decimal\n", "src/shop/models.py": "from . import money\n",
                "src/shop/money.py": "import asyncio\n", "src/other.py": "import csv\n",
            }
            for name, text in files.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            found = imports.closure(["shop.models"], "src/shop/orders.py")
            self.assertTrue({"decimal", "asyncio"} <= set(found), found)
            self.assertNotIn("csv", found)

    def test_files_that_import_each_other_end(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(imports, "WORK", folder):
            for name, other in (("a", "b"), ("b", "a")):
                pathlib.Path(folder, name + ".py").write_text(f"import {other}\n", encoding="utf-8")
            self.assertEqual({"a", "b"}, set(imports.closure(["a"], "c.py")))

    def test_what_is_not_of_the_standard_library_is_not_told(self):
        self.assertIsNone(self.answers("import os\n", "import os\nimport numpy\n"))

    def test_the_standard_library_is_known(self):
        self.assertTrue(all(map(imports.is_standard, ("os", "os.path", "math", "sys", "concurrent.futures", "collections"))))
        self.assertFalse(any(map(imports.is_standard, ("numpy", "shop", "afterburner_harness"))))

    def test_a_module_that_a_platform_lacks_costs_nothing_there(self):
        self.assertIsNotNone(imports.seconds(["absent_everywhere"], ["math"]))


if __name__ == "__main__":
    unittest.main()
