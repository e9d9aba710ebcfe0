"""Where the harness lies: every test imports this first.

The package is imported as ``harness.afterburner_harness``. A review of this repository has loaded a harness of its own as
``afterburner_harness`` by then, and the tests are to see the one that is under review.
"""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
LANGUAGE = ROOT / "src" / "Afterburner" / "Languages" / "Python"
PACKAGE = LANGUAGE / "harness" / "afterburner_harness"

os.environ.setdefault("AFTERBURNER_WORK", str(ROOT))  # what lies there is code under review: the classes of tests, too
if str(LANGUAGE) not in sys.path:
    sys.path.insert(0, str(LANGUAGE))
