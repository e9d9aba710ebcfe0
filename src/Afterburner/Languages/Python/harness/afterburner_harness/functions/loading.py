"""Finds the function under test at import, under all its decorators, and swaps its code in place.

The function object stays the same one for its whole life; only ``__code__`` changes. So recursion, decorators, other
callers and references taken before the swap all see the version in use, and a candidate's file is never executed:
only the code object of the one function is taken out of it.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import os
import sys
import types
from collections.abc import Callable

from . import definitions, marking
from .targets import WORK, NotAddressable, Target, check_addressable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .probes import Probes

_import_paths = ["."]
_watched = {}
_marked = set()
_registered = {}
_originals = {}
_probes = {}
_on_entry = None
_entry_targets = frozenset()
_exit_targets = frozenset()


def prepare(request: dict) -> None:
    """Working directory and import paths as the tests have them: those of the repository, or of a project in one of several."""
    global _import_paths
    folder = request.get("folder") or ""
    os.chdir(os.path.join(WORK, folder))
    _import_paths = [os.path.normpath(os.path.join(folder, p)) for p in request.get("imports") or ["."]]
    harness = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    others = [p for p in sys.path if os.path.abspath(p or ".") != harness]
    sys.path[:] = [os.path.normpath(os.path.join(WORK, p)) for p in _import_paths] + others
    importlib.invalidate_caches()


def import_paths() -> list[str]:
    """Where modules of the repository are found, relative to the working tree."""
    return list(_import_paths)


def watch(
        targets: list[Target], on_entry: Callable | None = None, entries: list[Target] | None = None, on_exit: Callable | None = None,
        probes: dict[str, Probes] | None = None) -> None:
    """Registers the raw functions of ``targets`` whenever their files are imported from now on.

    With ``on_entry``, the functions of ``entries`` (default: all targets) get a first statement that calls
    ``on_entry(target_id, locals)``; with ``on_exit`` their whole body is also put into a ``try`` whose ``finally``
    calls ``on_exit(target_id)``; with ``probes``, by target, it is told which arms run. No local name is added, and line numbers
    stay as they are.
    """
    global _on_entry, _entry_targets, _exit_targets
    for target in targets:
        known = _watched.setdefault(target.file, [])
        if target not in known:
            known.append(target)
        _registered.setdefault(target.id, [])
    if on_entry is not None:
        _on_entry = on_entry
        _entry_targets = frozenset(t.id for t in (targets if entries is None else entries))
        builtins.__ab_entry__ = on_entry
        builtins.__ab_locals__ = locals
        if on_exit is not None:
            builtins.__ab_exit__ = on_exit
            _exit_targets = _entry_targets
    builtins.__ab_register__ = _register
    _probes.update(probes or {})
    marking.start(_watched, mark, bound)


def functions(target: Target) -> list[types.FunctionType]:
    """Every raw function registered for the target so far: more than one when its file was imported under two names."""
    return list(_registered.get(target.id, ()))


def is_imported(target: Target) -> bool:
    """Whether the file of the target was imported under watch, with the target in it; a branch may leave it undefined all the same."""
    return target.id in _marked


def all_functions() -> list[types.FunctionType]:
    """Of all targets."""
    return [raw for registered in _registered.values() for raw in registered]


def is_target(function: types.FunctionType) -> bool:
    """Whether this is a registered function of a target: the one object whose code differs between the versions."""
    return any(raw is function for registered in _registered.values() for raw in registered)


def function(target: Target, module: str | None = None) -> types.FunctionType:
    """The raw function, importing its module if needed.

    ``module`` is the name the module had in the tests; without it, the name it has under the import paths.
    """
    watch([target])
    found = _with_module(target, module)
    if found is not None:
        return found
    check_addressable(target)
    errors = []
    for name in _module_names(target, module):
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            errors.append(str(error))
            continue
        found = _with_module(target, None)
        if found is not None:
            return found
        errors.append(f"module '{name}' is another file")
    _import_by_file(target)
    found = _with_module(target, None)
    if found is None:
        raise NotAddressable(f"{target.path}::{target.name} is not defined when its module is imported ({'; '.join(errors) or 'skipped'})")
    return found


def original_code(target: Target) -> types.CodeType:
    return _originals[target.id]


def instrument(node: ast.FunctionDef | ast.AsyncFunctionDef, target: Target) -> None:
    """Gives a definition of the target what was asked for by ``watch``: calls when it is entered and left."""
    if target.id in _entry_targets:
        definitions.insert_entry(node, target.id)
    if target.id in _exit_targets:
        definitions.insert_exit(node, target.id)


def use(target: Target, code: types.CodeType | None) -> None:
    """Puts a code object (None: the original) into every registered function of the target."""
    for raw in _registered[target.id]:
        raw.__code__ = _originals[target.id] if code is None else code


def _with_module(target, module):
    found = _registered.get(target.id, ())
    if module:
        found = [raw for raw in found if raw.__module__ == module]
    return found[-1] if found else None


def _register(target_id):
    """Innermost decorator of a target: sees the raw function, changes nothing."""

    def remember(raw):
        _registered[target_id].append(raw)
        _originals[target_id] = raw.__code__
        return raw

    return remember


def _module_names(target, module):
    names = [module] if module else []
    for base in sorted(set(_import_paths), key=len, reverse=True):
        relative = os.path.relpath(target.path, base)
        if relative.startswith(".."):
            continue
        parts = relative[: -len(".py")].split(os.sep) if relative.endswith(".py") else []
        if parts and parts[-1] == "__init__":
            parts.pop()
        if parts and all(part.isidentifier() for part in parts):
            names.append(".".join(parts))
    return list(dict.fromkeys(names))


def _import_by_file(target):
    if not os.path.exists(target.file):
        raise NotAddressable(f"{target.path} does not exist")
    import importlib.util  # here, because few files are loaded in this way

    name = os.path.splitext(os.path.basename(target.path))[0]
    spec = importlib.util.spec_from_file_location(name, target.file)
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(name, module)
    spec.loader.exec_module(module)


def mark(tree: ast.Module, file: str) -> None:
    """Marks the targets of a file that is about to be compiled."""
    for target in _watched[file]:
        node = definitions.find_node(tree, target.name, target.line)
        if node is None:
            continue
        marker = ast.parse(f"__ab_register__({target.id!r})", mode="eval").body
        definitions.place(marker, node.lineno)
        node.decorator_list.append(marker)
        if target.id in _probes:
            from .arms import Probing  # here, because a process that only makes calls starts sooner without it

            Probing(node, _probes[target.id])
        instrument(node, target)
        _marked.add(target.id)


def bound(code: types.CodeType, file: str) -> types.CodeType:
    """Compiled code of a file with the probes of its targets."""
    for probes in filter(None, [_probes.get(target.id) for target in _watched[file]]):
        code = probes.bound(code)
    return code
