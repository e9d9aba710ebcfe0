"""Runs the repository's tests in this process and tells the outcome of each one.

Outcomes are told one by one, not as an exit code, so that a candidate is compared test by test. Nothing about the
tests is changed but what would hide outcomes (stop at the first failure), move them to other processes (xdist) or
measure them (coverage).
"""

import os
import re
import shlex
import sys
import time
import unittest

from . import loading

TEXT_LIMIT = 4000

# Options that a configuration may name, whose plugin is absent, is switched off here, or hides outcomes. The value says
# whether the next word belongs to the option when there is no "="; None: it does unless it is an option itself.
STRIPPED = {
    "-n": True, "--numprocesses": True, "--dist": True, "--tx": True, "--maxprocesses": True, "--maxworkers": True,
    "--cov": None, "--cov-report": True, "--cov-config": True, "--cov-fail-under": True, "--cov-branch": False,
    "--cov-append": False, "--cov-context": True, "--no-cov": False, "--no-cov-on-fail": False,
    "-x": False, "--exitfirst": False, "--maxfail": True,
    "--lf": False, "--last-failed": False, "--ff": False, "--failed-first": False, "--nf": False, "--new-first": False,
    "--sw": False, "--stepwise": False, "--cache-clear": False, "--cache-show": None, "--lfnf": True,
    "--junitxml": True, "--junit-xml": True, "--html": True, "--self-contained-html": False,
    "--strict-config": False, "--random-order": False, "--random-order-seed": True, "--random-order-bucket": True,
    "--reruns": True, "--reruns-delay": True, "--pdb": False, "--trace": False, "--collect-only": False, "--co": False,
}

# Options of plugins that are kept where their plugin is there.
PLUGIN_OPTIONS = {
    "--benchmark": "pytest_benchmark", "--timeout": "pytest_timeout", "--asyncio-mode": "pytest_asyncio",
    "--mypy": "pytest_mypy", "--flake8": "pytest_flake8", "--black": "pytest_black", "--isort": "pytest_isort",
    "--doctest-plus": "pytest_doctestplus", "--doctest-rst": "pytest_doctestplus", "--mpl": "pytest_mpl",
    "--hypothesis": "hypothesis", "--randomly": "pytest_randomly", "--typeguard-packages": "typeguard",
    "--ruff": "pytest_ruff", "--pylint": "pytest_pylint", "--count": "pytest_repeat", "--picked": "pytest_picked",
    "--testmon": "testmon", "--codspeed": "pytest_codspeed", "--memray": "pytest_memray", "--nbval": "nbval",
    "--remote-data": "pytest_remotedata", "--disable-socket": "pytest_socket", "--allow-hosts": "pytest_socket",
    "--django": "pytest_django", "--ds": "pytest_django", "--reuse-db": "pytest_django", "--nomigrations": "pytest_django",
}


class Events:
    """What happens while tests run; a listener overrides what it needs."""

    def started(self, test):
        """A test begins: fixtures, setUp and all."""

    def finished(self, test, outcome, seconds, text):
        """A test ended, teardown included. `text` is empty unless it failed."""

    def between(self):
        """No test runs: collection, or the time after one test's end."""


class Telling(Events):
    """Writes each outcome as a message of its own."""

    def __init__(self, emit):
        self.emit = emit
        self.count = 0

    def started(self, test):
        self.emit({"type": "started", "id": test})

    def finished(self, test, outcome, seconds, text):
        self.count += 1
        message = {"type": "outcome", "id": test, "outcome": outcome, "seconds": round(seconds, 6)}
        if text:
            message["text"] = shorten(text)
        self.emit(message)


def main(request, emit):
    """Request: runner, arguments, tests (ids; absent for all). One message an outcome."""
    loading.prepare(request)
    events = Telling(emit)
    problem = run(request, events)
    finish(emit, problem, collected=events.count)


def finish(emit, problem, **facts):
    """Says that the run came to its end, and leaves at once: threads or exit handlers of the tests may hang."""
    done = {"type": "done", **facts}
    if problem:
        done["problem"] = problem
    emit(done)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass
    os._exit(0)


def run(request, events, protocol=None):
    """Runs the tests of a request. Returns None, or why the runner itself could not do its work."""
    sys.argv = [request.get("runner") or "pytest"]
    guarded = OnlyHere(events)
    wanted = request.get("tests")
    wanted = None if wanted is None else list(wanted)
    if request.get("runner") == "unittest":
        return run_unittest(request.get("arguments") or [], wanted, guarded)
    return run_pytest(request.get("arguments") or [], wanted, guarded, protocol)


def shorten(text):
    """Keeps the head and the (longer) tail: where it began and what went wrong."""
    if len(text) <= TEXT_LIMIT:
        return text
    head = TEXT_LIMIT // 4
    return text[:head] + "\n...\n" + text[-(TEXT_LIMIT - head):]


class OnlyHere(Events):
    """Passes events on in the process that runs the tests, not in children that a test forked."""

    def __init__(self, events):
        self.events = events
        self.process = os.getpid()

    def started(self, test):
        if os.getpid() == self.process:
            self.events.started(test)

    def finished(self, test, outcome, seconds, text):
        if os.getpid() == self.process:
            self.events.finished(test, outcome, seconds, text)

    def between(self):
        if os.getpid() == self.process:
            self.events.between()


# ---- pytest ---------------------------------------------------------------------------------------------------------


def run_pytest(arguments, wanted, events, protocol=None):
    """`protocol(item, nextitem)`, when given, runs an item in its own way; it returns the reports that count."""
    import pytest

    plugin = OwnProtocol(events, wanted, protocol) if protocol else Plugin(events, wanted)
    code = pytest.main(pytest_arguments(arguments, wanted), plugins=[plugin])
    plugin.flush()
    if plugin.internal_error:
        return "pytest failed: " + shorten(plugin.internal_error)
    if int(code) == 4:
        return "pytest rejected its arguments or its configuration (see its standard error)"
    return None


def pytest_arguments(arguments, wanted):
    """The repository's own options without those of STRIPPED, then ours, then the files to collect."""
    path, settings = pytest_settings(os.getcwd())
    own = stripped(shlex.split(settings.get("addopts", "")))
    line = ["-p", "no:cacheprovider", "-p", "no:randomly", "--rootdir", os.getcwd(), "--continue-on-collection-errors"]
    if path:
        line += ["-c", path]
    line += ["-o", "addopts=", "-o", "required_plugins=", *own, "--tb=short"]
    rest = stripped(arguments)
    if wanted is None:
        return line + rest
    files = dict.fromkeys(test.split("::")[0] for test in wanted)
    # Whole files are collected and other tests deselected: ids with odd parameters do not survive a command line.
    return line + options_only(rest) + [file for file in files if os.path.exists(file)]


def options_only(words):
    """Drops the paths among arguments, which would collect more than the wanted tests."""
    return [word for word in words if word.startswith("-") or not os.path.exists(word.split("::")[0])]


def stripped(words):
    """Drops options of STRIPPED and those of plugins that cannot be imported."""
    kept, index = [], 0
    while index < len(words):
        word = words[index]
        index += 1
        name, has_value = (word.split("=")[0], "=" in word) if word.startswith("--") else (word, False)
        if name in STRIPPED:
            takes = STRIPPED[name]
            following = words[index] if index < len(words) else "-"
            if not has_value and (takes or (takes is None and not following.startswith("-"))):
                index += 1
            continue
        if re.fullmatch(r"-n\w+", word):
            continue
        owner = next((module for prefix, module in PLUGIN_OPTIONS.items() if name.startswith(prefix)), None)
        if owner and not importable(owner):
            continue
        if word == "-p" and index < len(words):
            module = words[index]
            if not module.startswith("no:") and not importable(module) and not importable("_pytest." + module):
                index += 1
                continue
        kept.append(word)
    return kept


def importable(module):
    import importlib.util

    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError, AttributeError):
        return False


def pytest_settings(root):
    """The file that pytest takes its settings from (or None) and those settings, as text by name."""
    import configparser

    for name, section in (("pytest.ini", "pytest"), (".pytest.ini", "pytest"), ("pyproject.toml", None),
                          ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        path = os.path.join(root, name)
        if not os.path.isfile(path):
            continue
        if section is None:
            settings = toml_settings(path)
            if settings is not None:
                return path, settings
            continue
        parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        if parser.has_section(section):
            return path, {key: value or "" for key, value in parser.items(section)}
        if section == "pytest" and name.endswith("pytest.ini"):
            return path, {}
    return None, {}


def toml_settings(path):
    try:
        import tomllib
    except ImportError:
        try:
            import tomli as tomllib
        except ImportError:
            return None
    try:
        with open(path, "rb") as file:
            table = tomllib.load(file).get("tool", {}).get("pytest", {}).get("ini_options")
    except (OSError, ValueError, AttributeError):
        return None
    if table is None:
        return None
    return {key: shlex.join(map(str, value)) if isinstance(value, list) else str(value) for key, value in table.items()}


class Plugin:
    """Listens to one pytest session."""

    def __init__(self, events, wanted):
        self.events = events
        self.wanted = None if wanted is None else set(wanted)
        self.open = {}
        self.internal_error = None

    def pytest_collection_modifyitems(self, config, items):
        if self.wanted is None:
            return
        kept = [item for item in items if item.nodeid in self.wanted]
        dropped = [item for item in items if item.nodeid not in self.wanted]
        if dropped:
            config.hook.pytest_deselected(items=dropped)
            items[:] = kept

    def pytest_collectreport(self, report):
        if report.failed:
            self.events.finished(report.nodeid or ".", "error", 0.0, report.longreprtext)
        elif report.skipped and report.nodeid.endswith(".py"):
            self.events.finished(report.nodeid, "skipped", 0.0, "")

    def pytest_runtest_logstart(self, nodeid, location):
        self.open[nodeid] = []
        self.events.started(nodeid)

    def pytest_runtest_logreport(self, report):
        self.open.setdefault(report.nodeid, []).append(report)

    def pytest_runtest_logfinish(self, nodeid, location):
        reports = self.open.pop(nodeid, [])
        self.events.finished(nodeid, outcome_of(reports), sum(r.duration for r in reports), text_of(reports))
        self.events.between()

    def pytest_internalerror(self, excrepr):
        self.internal_error = str(excrepr)

    def flush(self):
        """Tests that began and were never finished (a session that was broken off) count as errors."""
        for test, reports in self.open.items():
            self.events.finished(test, "error", sum(r.duration for r in reports), "the session ended during this test")
        self.open.clear()


class OwnProtocol(Plugin):
    """A session in which every test is run by the caller's protocol, once or many times."""

    def __init__(self, events, wanted, protocol):
        super().__init__(events, wanted)
        self.protocol = protocol

    def pytest_runtest_protocol(self, item, nextitem):
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in self.protocol(item, nextitem):
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True


def outcome_of(reports):
    """One word for the reports of set-up, call and teardown (and of subtests)."""
    if any(r.failed and r.when in ("setup", "teardown") for r in reports):
        return "error"
    if any(r.failed for r in reports):
        return "failed"
    if any(r.skipped and hasattr(r, "wasxfail") for r in reports):
        return "xfailed"
    if any(r.skipped for r in reports):
        return "skipped"
    if any(r.passed and hasattr(r, "wasxfail") and r.when == "call" for r in reports):
        return "xpassed"
    return "passed" if any(r.when == "call" for r in reports) else "error"


def text_of(reports):
    return "\n".join(r.longreprtext for r in reports if r.failed)


# ---- unittest -------------------------------------------------------------------------------------------------------


def run_unittest(arguments, wanted, events):
    suite = discover(arguments)
    tests = list(flatten(suite))
    if wanted is not None:
        chosen = set(wanted)
        suite = unittest.TestSuite(test for test in tests if test.id() in chosen)
    events.between()
    result = Listener(events)
    suite.run(result)
    return None


def discover(arguments):
    """`unittest discover` with the given arguments, or the first of the usual places that holds tests."""
    loader = unittest.TestLoader()
    start, pattern, top = discovery_options(arguments)
    if start:
        return loader.discover(start, pattern, top)
    for place in (".", "tests", "test"):
        if not os.path.isdir(place):
            continue
        # Without a package marker a folder is its own top level, as `python -m unittest discover -s tests` has it.
        suite = unittest.TestLoader().discover(place, pattern)
        if suite.countTestCases():
            return suite
    return unittest.TestSuite()


def discovery_options(arguments):
    import argparse

    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("command", nargs="?")
    parser.add_argument("start", nargs="?")
    parser.add_argument("-s", "--start-directory", dest="start_option")
    parser.add_argument("-p", "--pattern", default="test*.py")
    parser.add_argument("-t", "--top-level-directory", dest="top")
    known, _ = parser.parse_known_args(arguments)
    start = known.start_option or known.start or (known.command if known.command != "discover" else None)
    return start, known.pattern, known.top


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        elif test is not None:
            yield test


class Listener(unittest.TestResult):
    """Gathers what unittest says about a test until it stops, then tells one outcome."""

    ORDER = ("error", "failed", "xpassed", "xfailed", "skipped", "passed")

    def __init__(self, events):
        super().__init__()
        self.events = events
        self.began = {}
        self.seen = {}
        self.texts = {}

    def startTest(self, test):
        super().startTest(test)
        self.began[test.id()] = time.perf_counter()
        self.seen[test.id()] = set()
        self.events.started(test.id())

    def stopTest(self, test):
        super().stopTest(test)
        name = test.id()
        seen = self.seen.pop(name, set())
        outcome = next((word for word in self.ORDER if word in seen), "error")
        self.events.finished(name, outcome, time.perf_counter() - self.began.pop(name, 0), self.texts.pop(name, ""))
        self.events.between()

    def note(self, test, outcome, error=None):
        name = test.id()
        text = self._exc_info_to_string(error, test) if error else ""
        if name in self.seen:
            self.seen[name].add(outcome)
            if outcome in ("error", "failed") and text:
                self.texts[name] = text
        else:  # set-up of a class or module failed or was skipped: there is no test of that name
            self.events.finished(name, outcome, 0.0, text)

    def addSuccess(self, test):
        self.note(test, "passed")

    def addError(self, test, err):
        self.note(test, "error", err)

    def addFailure(self, test, err):
        self.note(test, "failed", err)

    def addSkip(self, test, reason):
        self.note(getattr(test, "test_case", test), "skipped")

    def addExpectedFailure(self, test, err):
        self.note(test, "xfailed")

    def addUnexpectedSuccess(self, test):
        self.note(test, "xpassed")

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.note(test, "failed" if issubclass(err[0], test.failureException) else "error", err)
