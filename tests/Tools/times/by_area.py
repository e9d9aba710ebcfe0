"""Prints where the time of a test run went: seconds of all tests by area, and the classes that take most; then what failed, and why.

    by_area.py REPORT        REPORT in the Common Test Report Format (https://ctrf.io)
"""

import collections
import json
import sys

CLASSES_SHOWN = 12
WORDS_SHOWN = 1500  # characters of why a test failed


def main(report):
    with open(report, encoding="utf-8") as file:
        tests = json.load(file, strict=False)["results"]["tests"]
    areas, classes = collections.Counter(), collections.Counter()
    counts = collections.Counter()
    for test in tests:
        names = test["extra"]["type"].split(".")[2:]
        area = names[0] if len(names) > 1 else "walks"
        areas[area] += test["duration"] / 1000
        counts[area] += 1
        classes[names[-1]] += test["duration"] / 1000
    for area, seconds in areas.most_common():
        print(f"{seconds:8.0f} s  {area} ({counts[area]} tests)")
    slowest = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in classes.most_common(CLASSES_SHOWN))
    print(f"slowest classes: {slowest}")
    for test in tests:
        if test["status"] == "failed":
            print(f"failed: {test['name']}\n{test.get('message', '')[:WORDS_SHOWN]}\n{test.get('trace', '')[:WORDS_SHOWN]}")


if __name__ == "__main__":
    main(sys.argv[1])
