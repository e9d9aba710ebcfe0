"""Detectors that follow names through a function. One module each, found by its file.

A module has ``ID``, ``TITLE`` (a sentence for a model: what is slow, what often helps) and ``find(flow)``, which yields
the nodes concerned. What they find is a hint and never a suggestion.
"""

from __future__ import annotations

import importlib
import pkgutil
import types


def catalogue() -> dict[str, types.ModuleType]:
    """All flow detectors by id, in order of their names."""
    modules = [importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)]
    return {m.ID: m for m in sorted(modules, key=lambda m: m.ID)}
