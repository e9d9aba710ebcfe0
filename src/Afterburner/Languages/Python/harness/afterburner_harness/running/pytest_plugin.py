"""What takes part in a pytest session on this project's behalf. Written for pytest 6 to 9."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Generator

import pytest

from . import pytest_options


class Settings:
    """Sets options where pytest has parsed them, and passes over those of plugins that are not there."""

    def pytest_addhooks(self, pluginmanager: object) -> None:
        consider = pluginmanager.consider_pluginarg

        def considered(name):
            """``-p NAME``, before the command line is parsed."""
            try:
                consider(name)
            except ImportError:
                if _importable(name):
                    raise

        pluginmanager.consider_pluginarg = considered

    @pytest.hookimpl(hookwrapper=True)
    def pytest_load_initial_conftests(self, early_config: object, parser: object, args: list) -> Generator:
        # pytest-cov begins here, and conftest files may look.
        pytest_options.settle(early_config.known_args_namespace, early_config.pluginmanager.hasplugin)
        yield
        try:
            unknown = parser.parse_known_and_unknown_args(args)[1]
        except BaseException:  # pytest says the same in a moment, in its own way
            return
        group = parser.getgroup("options of plugins that are not there")
        for name, takes in pytest_options.absent(unknown, args).items():
            more = {"action": "append", "nargs": "?"} if takes else {"action": "store_true"}
            group._addoption(name, dest="absent " + name, **more)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_cmdline_parse(self) -> Generator:
        outcome = yield
        if outcome.excinfo is None:
            config = outcome.get_result()
            pytest_options.settle(config.option, config.pluginmanager.hasplugin)


class Choice:
    """Runs the wanted tests only, collected as all of them are; files that hold none are not looked into."""

    def __init__(self, wanted: list[str]):
        self.wanted = set(wanted)
        self.files = self.session = None

    def pytest_sessionstart(self, session: object) -> None:
        self.session = session
        root = getattr(session.config, "rootpath", None) or session.config.rootdir
        files = {os.path.realpath(os.path.join(root, test.split("::")[0])) for test in self.wanted}
        # Tests outside of the root folder have other names; then every file is looked into.
        self.files = files if all(map(os.path.isfile, files)) else None

    def _ignores(self, path):
        if self.files is None or os.path.basename(path) == "__init__.py" or self.session.isinitpath(path):
            return None  # folders, packages and what the command line names are as they were
        return True if os.path.isfile(path) and os.path.realpath(path) not in self.files else None

    if hasattr(pytest, "version_tuple"):
        def pytest_ignore_collect(self, collection_path: os.PathLike) -> bool | None:
            return self._ignores(collection_path)
    else:  # before pytest 7
        def pytest_ignore_collect(self, path: os.PathLike) -> bool | None:
            return self._ignores(path)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: object, items: list) -> None:
        dropped = [item for item in items if item.nodeid not in self.wanted]
        if dropped:
            config.hook.pytest_deselected(items=dropped)
            items[:] = [item for item in items if item.nodeid in self.wanted]


def _importable(module):
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError, AttributeError):
        return False
