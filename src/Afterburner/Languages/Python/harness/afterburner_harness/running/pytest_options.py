"""What this project asks of a pytest session: a few options that are set after pytest has parsed its own command line.

Nothing here reads words of a command line itself, but for those that pytest does not know: options of plugins that are not there.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable

# Options by the plugin that has them ("": pytest itself), as pytest's namespace calls them. They would hide outcomes, move tests to
# other processes, run them in another order each time, or measure them.
SETTINGS = {
    "": {
        "continue_on_collection_errors": True, "maxfail": 0, "tbstyle": "short", "strict_config": False,
        "lf": False, "failedfirst": False, "newfirst": False, "cacheclear": False, "cacheshow": None,
        "stepwise": False, "stepwise_skip": False, "stepwise_reset": False,
        "usepdb": False, "trace": False, "collectonly": False, "setuponly": False, "setupplan": False, "xmlpath": None, "pastebin": None,
    },
    "xdist": {"numprocesses": None, "dist": "no", "distload": False, "tx": [], "looponfail": False},
    "pytest_forked": {"forked": False},
    "pytest_cov": {"cov_source": []},
    "randomly": {"randomly_reorganize": False},
    "random_order": {"random_order_enabled": False, "random_order_bucket": "default:module", "random_order_seed": "default:0"},
    "rerunfailures": {"reruns": 0, "force_reruns": None},
    "html": {"htmlpath": None},
}

# What the options of plugins begin with. Where the plugin is not there they are passed over; any other unknown option is an error.
OF_PLUGINS = (
    "-n", "--numprocesses", "--dist", "--tx", "--maxprocesses", "--max-worker-restart", "--maxworkers", "--forked", "--boxed",
    "--cov", "--no-cov", "--html", "--self-contained-html", "--css", "--random-order", "--randomly", "--reruns", "--only-rerun",
    "--benchmark", "--timeout", "--session-timeout", "--asyncio", "--mypy", "--flake8", "--black", "--isort", "--doctest-plus",
    "--doctest-rst", "--mpl", "--hypothesis", "--typeguard-packages", "--ruff", "--pylint", "--count", "--picked", "--testmon",
    "--codspeed", "--memray", "--nbval", "--remote-data", "--disable-socket", "--allow-hosts", "--django", "--ds", "--dc", "--reuse-db",
    "--create-db", "--nomigrations", "--no-migrations", "--beartype-packages", "--jaxtyping-packages")

# Of these the word behind them is the value, even where there is a file or folder of that name.
TAKE_A_PATH = ("--cov", "--cov-config", "--html", "--css", "--ds", "--mpl-generate-path", "--mpl-baseline-path")


def settle(option: argparse.Namespace, has: Callable[[str], bool]) -> None:
    """Gives a parsed command line this project's settings; ``has`` says which plugins are there."""
    for plugin, settings in SETTINGS.items():
        if plugin and not has(plugin):
            continue  # the repository may have an option of that name itself
        for name, value in settings.items():
            if hasattr(option, name):
                setattr(option, name, value)
    if has("randomly") and not isinstance(getattr(option, "randomly_seed", 0), int):
        option.randomly_seed = 0


def absent(unknown: Iterable[str], words: list[str]) -> dict[str, bool]:
    """Options of plugins that are not there among the words that pytest does not know, and whether they take a value."""
    found = {}
    for word in unknown:
        name = word.partition("=")[0] if word.startswith("--") else word[:2]
        if name.startswith(OF_PLUGINS):
            found[name] = found.get(name, False) or word != name or name in TAKE_A_PATH or _has_value(name, words)
    return found


def _has_value(name, words):
    """Whether a word that is neither an option nor a test follows: plain pytest would look for a file of that name."""
    behind = [second for first, second in zip(words, words[1:]) if first == name]
    return any(not word.startswith("-") and not os.path.exists(word.split("::")[0]) for word in behind)
