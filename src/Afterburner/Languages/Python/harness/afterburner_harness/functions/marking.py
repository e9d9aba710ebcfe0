"""Changes what the files of targets are compiled from, whoever loads them: the import system, a hook of the repository, pytest.

A loader reads a file, may rewrite it, and at last asks the compiler. There it is met: what it gives the compiler for such a file is
changed first. So a hook's own changes stay, and the lines are those of the file.
"""

from __future__ import annotations

import ast
import builtins
import importlib.machinery
import os
import sys
import types
from collections.abc import Callable, Collection

_compile = builtins.compile
_source_loader = importlib.machinery.SourceFileLoader.__mro__[2]  # the base of most loaders there are
_get_code = _source_loader.get_code
_FUTURE = 0x1FE0000  # flags of code that a ``from __future__ import`` sets, which the compiler takes over from its caller

_files = {}
_change = _finish = None
_expected = []  # files whose loaders are at work


def start(
        files: Collection[str], change: Callable[[ast.Module, str], None], finish: Callable[[types.CodeType, str], types.CodeType]) -> None:
    """From now on ``change`` is given the trees of these files, by their real path, when they are compiled to be imported.

    What the compiler makes of a tree goes through ``finish``.
    """
    global _files, _change, _finish
    _files, _change, _finish = files, change, finish
    _source_loader.get_code = _code_of_source


def through(loader: type) -> None:
    """Follows a class of loaders that asks the compiler in its ``exec_module``."""
    execute = loader.exec_module
    if getattr(execute, "followed", False):
        return

    def exec_module(self, module):
        file = module.__spec__.origin
        with Expecting(os.path.realpath(file) if file else ""):
            return execute(self, module)

    exec_module.followed = True
    loader.exec_module = exec_module


def through_runpy() -> None:
    """Follows ``runpy.run_path``, which reads a file with no loader."""
    if not _files:
        return
    import runpy  # here, because only tests may use it

    read = runpy._get_code_from_file
    if getattr(read, "followed", False):
        return

    def code_from_file(*arguments):
        with Expecting(os.path.realpath(os.fsdecode(arguments[-1]))):
            return read(*arguments)

    code_from_file.followed = True
    runpy._get_code_from_file = code_from_file


def foreign_loader(file: str) -> str | None:
    """The class of the loader that a file was imported by where it is not Python's own; None where it was not imported."""
    for module in list(sys.modules.values()):
        try:
            spec = vars(module)["__spec__"]
            kind = type(spec.loader)
            if kind is not importlib.machinery.SourceFileLoader and os.path.realpath(spec.origin) == file:
                return f"{kind.__module__}.{kind.__qualname__}"
        except Exception:  # what stands in ``sys.modules`` may be anything
            continue
    return None


class Expecting:
    """While a loader is at work: the compiler is met until it is asked for the file."""

    def __init__(self, file: str):
        self.file = file if file in _files else None

    def __enter__(self):
        if self.file is not None:
            _expected.append(self.file)
            builtins.compile = _met

    def __exit__(self, *_):
        _done(self.file)


def _done(file):
    if file in _expected:
        _expected.remove(file)
    if not _expected and builtins.compile is _met:
        builtins.compile = _compile


def _met(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, **more):
    if not dont_inherit:
        flags |= sys._getframe(1).f_code.co_flags & _FUTURE
    if _expected and mode == "exec" and not flags & ast.PyCF_ONLY_AST:
        file = os.path.realpath(os.fsdecode(filename))
        if file in _expected:
            _done(file)
            if not isinstance(source, ast.AST):
                source = _compile(source, filename, mode, flags | ast.PyCF_ONLY_AST, True, optimize, **more)
            _change(source, file)
            return _finish(_compile(source, filename, mode, flags, True, optimize, **more), file)
    return _compile(source, filename, mode, flags, True, optimize, **more)


def _code_of_source(self, fullname):
    """``get_code`` of every loader that reads source; that of a target's file comes from no cache and goes to none."""
    path = self.get_filename(fullname)
    file = os.path.realpath(path)
    if file not in _files:
        return _get_code(self, fullname)
    with Expecting(file):
        return self.source_to_code(self.get_data(path), path)
