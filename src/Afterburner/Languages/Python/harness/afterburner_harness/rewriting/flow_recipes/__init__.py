"""Flow recipes: rewrites that follow a local name through a function. One module each, found by its file.

A module has ``ID``, ``TITLE``, ``WHY``, ``UNSAFE_WHEN`` (for the reviewer), ``GAIN`` (time before over time after at a
small and a large size, written by the benchmark ``recipes --record``) and ``rewrite(text, observed)``, which returns the
new source or None. ``text`` is a ``FunctionText``; ``observed`` says what the repository's tests passed in:
a recipe that needs a type it does not know does not fire.
"""

from __future__ import annotations

import importlib
import pkgutil
import types


def catalogue() -> dict[str, types.ModuleType]:
    """All flow recipes by id, in order of their names."""
    modules = [importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)]
    return {m.ID: m for m in sorted(modules, key=lambda m: m.ID)}
