"""The command line of a pytest run: the repository's own options without what hides outcomes or is not there."""

from __future__ import annotations

import os
import re
import shlex

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


def pytest_arguments(arguments: list[str], wanted: list[str] | None) -> list[str]:
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


def options_only(words: list[str]) -> list[str]:
    """Drops the paths among arguments, which would collect more than the wanted tests."""
    return [word for word in words if word.startswith("-") or not os.path.exists(word.split("::")[0])]


def stripped(words: list[str]) -> list[str]:
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


def importable(module: str) -> bool:
    import importlib.util

    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError, AttributeError):
        return False


def pytest_settings(root: str) -> tuple[str | None, dict[str, str]]:
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


def toml_settings(path: str) -> dict[str, str] | None:
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
