"""Finds the function under test at import, under all its decorators, and swaps its code in place.

The function object stays the same one for its whole life; only ``__code__`` changes. So recursion, decorators, other
callers and references taken before the swap all see the version in use, and a candidate's file is never executed:
only the code object of the one function is taken out of it.
"""

import ast
import builtins
import importlib
import importlib.machinery
import importlib.util
import os
import sys
import types
from collections import namedtuple

from . import definitions

WORK = os.environ.get("AFTERBURNER_WORK", "/work")

_import_paths = ["."]
_watched = {}
_registered = {}
_originals = {}
_on_entry = None
_entry_targets = frozenset()
_exit_targets = frozenset()


class NotAddressable(Exception):
    """The target cannot be found or is defined where it cannot be reached; the message is for a person."""


class VariantError(Exception):
    """A version of a file cannot stand in for the target: other arguments, other kind, other closure, no such function."""


class Target(namedtuple("Target", "path name line")):
    """A function of a file under the working tree: its qualified name, and the line it starts at."""

    __slots__ = ()

    @staticmethod
    def of(request):
        return Target(request["path"], request["name"], request["line"])

    @property
    def id(self):
        """Its key: a file may hold a name more than once (a getter and a setter, overloads, the branches of a condition)."""
        return f"{self.path}::{self.name}@{self.line}"

    @property
    def file(self):
        return os.path.realpath(os.path.join(WORK, self.path))


def prepare(request):
    """Working directory and import paths as the repository's tests have them."""
    global _import_paths
    os.chdir(WORK)
    _import_paths = list(request.get("imports") or ["."])
    harness = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    others = [p for p in sys.path if os.path.abspath(p or ".") != harness]
    sys.path[:] = [os.path.normpath(os.path.join(WORK, p)) for p in _import_paths] + others
    importlib.invalidate_caches()


def watch(targets, on_entry=None, entries=None, on_exit=None):
    """Registers the raw functions of ``targets`` whenever their files are imported from now on.

    With ``on_entry``, the functions of ``entries`` (default: all targets) get a first statement that calls
    ``on_entry(target_id, locals)``; with ``on_exit`` their whole body is also put into a ``try`` whose ``finally``
    calls ``on_exit(target_id)``. No local name is added, and line numbers stay as they are.
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
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def functions(target):
    """Every raw function registered for the target so far: more than one when its file was imported under two names."""
    return list(_registered.get(target.id, ()))


def all_functions():
    """Of all targets."""
    return [raw for registered in _registered.values() for raw in registered]


def is_target(function):
    """Whether this is a registered function of a target: the one object whose code differs between the versions."""
    return any(raw is function for registered in _registered.values() for raw in registered)


def function(target, module=None):
    """The raw function, importing its module if needed.

    ``module`` is the name the module had in the tests; without it, the name it has under the import paths.
    """
    watch([target])
    found = _with_module(target, module)
    if found is not None:
        return found
    _check_addressable(target)
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


def variant(target, file_source, instrumented=False, probes=None):
    """The target's code object out of another version of its file, checked to fit the function in use.

    With ``probes`` it tells them which of its arms run.
    """
    raw = function(target)
    original = original_code(target)
    try:
        tree = ast.parse(file_source, target.file)
    except (SyntaxError, ValueError) as error:
        raise VariantError(f"the file does not parse: {error}") from error
    node = _find_for_variant(tree, target)
    if probes is not None:
        from .arms import Probing  # here, because a process that only measures starts sooner without it

        Probing(node, probes)
    if "__class__" in original.co_freevars:
        definitions.insert_first(node, ast.parse("if 0: __class__").body)  # dead code, but it keeps the closure the same
    if instrumented:
        definitions.insert_entry(node, target.id)
        if target.id in _exit_targets:
            definitions.insert_exit(node, target.id)
    try:
        code = definitions.code_of(compile(tree, target.file, "exec", dont_inherit=True), target.name.split("."), definitions.first_line(node))
    except (SyntaxError, ValueError) as error:
        raise VariantError(f"the file does not compile: {error}") from error
    except (RecursionError, MemoryError) as error:
        raise VariantError("the file is nested too deep to be compiled") from error
    if code is None:
        raise VariantError(f"there is no function {target.name} at line {definitions.first_line(node)}")
    _check_fits(original, code)
    if probes is not None:
        code = probes.bound(code)
    assert isinstance(raw, types.FunctionType)
    return code


def variants(target, sources, chooser, instrumented=False, probes=None):
    """Code of each named source (None: the file as it lies), in random order: what is compiled second lies elsewhere in memory."""
    with open(target.file, "rb") as file:
        own = file.read()
    names = list(sources)
    chooser.shuffle(names)
    return {
        name: variant(target, own if sources[name] is None else sources[name], instrumented, probes and probes[name]) for name in names}


def check_addressable(target):
    """Raises ``NotAddressable`` when the target's file does not hold it where it can be reached; imports nothing."""
    _check_addressable(target)


def original_code(target):
    return _originals[target.id]


def use(target, code):
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
    for base in sorted({os.path.normpath(p) for p in _import_paths}, key=len, reverse=True):
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
    name = os.path.splitext(os.path.basename(target.path))[0]
    spec = importlib.util.spec_from_file_location(name, target.file, loader=_Loader(name, target.file))
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(name, module)
    spec.loader.exec_module(module)


def _check_addressable(target):
    try:
        with open(target.file, "rb") as file:
            tree = ast.parse(file.read(), target.file)
    except (OSError, SyntaxError, ValueError) as error:
        raise NotAddressable(f"{target.path} cannot be read as Python: {error}") from error
    if definitions.find_node(tree, target.name, target.line) is None:
        raise NotAddressable(_why_missing(tree, target))


def _why_missing(tree, target):
    last = target.name.split(".")[-1]
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for inner in ast.walk(node):
                if inner is not node and getattr(inner, "name", None) == last and definitions.first_line(inner) == target.line:
                    return f"{target.name} is defined inside {node.name}: review the enclosing function instead"
    return f"there is no function {target.name} at line {target.line} of {target.path}"


def _find_for_variant(tree, target):
    node = definitions.find_node(tree, target.name, target.line)
    if node is None:
        raise VariantError(f"there is no function {target.name} at line {target.line}")
    return node


_KIND_FLAGS = 0x04 | 0x08 | 0x20 | 0x80 | 0x200  # *args, **kwargs, generator, coroutine, asynchronous generator


def _check_fits(original, code):
    def arguments(c):
        count = c.co_argcount + c.co_kwonlyargcount + bool(c.co_flags & 0x04) + bool(c.co_flags & 0x08)
        return c.co_varnames[:count], c.co_argcount, c.co_posonlyargcount, c.co_kwonlyargcount

    if arguments(original) != arguments(code):
        raise VariantError("the arguments differ")
    if (original.co_flags ^ code.co_flags) & _KIND_FLAGS:
        raise VariantError("one is a generator or coroutine and the other is not")
    if original.co_freevars != code.co_freevars:
        raise VariantError(f"it needs other closure variables: {', '.join(code.co_freevars) or 'none'}")


class _Finder:
    """Finds modules as everybody else does, but loads the files of targets through ``_Loader``."""

    def find_spec(self, name, path=None, target=None):
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is None:
                continue
            if spec.origin and type(spec.loader) is importlib.machinery.SourceFileLoader:
                if os.path.realpath(spec.origin) in _watched:
                    spec.loader = _Loader(name, spec.origin)
            return spec
        return None


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles a target's file with the target's functions marked; never from or to a cache."""

    def get_code(self, fullname):
        path = self.get_filename(fullname)
        tree = ast.parse(self.get_data(path), path)
        for target in _watched.get(os.path.realpath(path), ()):
            node = definitions.find_node(tree, target.name, target.line)
            if node is None:
                continue
            marker = ast.parse(f"__ab_register__({target.id!r})", mode="eval").body
            definitions.place(marker, node.lineno)
            node.decorator_list.append(marker)
            if target.id in _entry_targets:
                definitions.insert_entry(node, target.id)
            if target.id in _exit_targets:
                definitions.insert_exit(node, target.id)
        return compile(tree, path, "exec", dont_inherit=True)
