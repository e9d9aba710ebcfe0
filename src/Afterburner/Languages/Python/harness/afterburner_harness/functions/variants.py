"""Code of a target out of other versions of its file."""

from __future__ import annotations

import ast
import builtins
import random
import types

from . import definitions, loading
from .targets import Target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .probes import Probes


class VariantError(Exception):
    """A version of a file cannot stand in for the target: other arguments, other kind, other closure, no such function."""


def variant(target: Target, file_source: str | bytes, instrumented: bool = False, probes: Probes | None = None) -> types.CodeType:
    """The target's code object out of another version of its file, checked to fit the function in use.

    With ``probes`` it tells them which of its arms run.
    """
    raw = loading.function(target)
    original = loading.original_code(target)
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
        loading.instrument(node, target)
    try:
        code = definitions.code_of(compile(tree, target.file, "exec", dont_inherit=True), definitions.parts(target.name), definitions.first_line(node))
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
    _define_new(tree, node, target)
    return code


def _define_new(tree, node, target):
    """Gives the module what only this version of its file defines and the function names: imports, constants and helpers beside a candidate."""
    for raw in loading.functions(target):
        missing = {name for name in _names(node) if name not in raw.__globals__ and not hasattr(builtins, name)}
        if missing:
            missing -= _own_names(target.file)
        statements = []
        for statement in reversed(tree.body):
            if missing & set(_bound(statement)):
                statements.insert(0, _only(statement, missing))
                missing.update(name for name in _names(statement) if name not in raw.__globals__)
        if statements:
            exec(compile(ast.Module(statements, []), target.file, "exec", dont_inherit=True), raw.__globals__)


def _only(statement, names):
    """An import of nothing but these names: the others of its line are there, perhaps with something else in their place."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        statement.names = [alias for alias in statement.names if (alias.asname or alias.name.partition(".")[0]) in names]
    return statement


def _names(node):
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}


def _own_names(file):
    """Names that the file as it lies binds anywhere: one of them may be missing for a reason."""
    with open(file, "rb") as own:
        return {name for part in ast.walk(ast.parse(own.read())) for name in _bound(part)}


def _bound(part):
    if isinstance(part, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name.partition(".")[0] for alias in part.names]
    if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [part.name]
    if isinstance(part, ast.Assign):
        return [target.id for target in part.targets if isinstance(target, ast.Name)]
    return [part.id] if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load) else []


def of_each(
        target: Target, sources: dict[str, str | None], chooser: random.Random, instrumented: bool = False,
        probes: dict | None = None) -> dict[str, types.CodeType]:
    """Code of each named source (None: the file as it lies), in random order: what is compiled second lies elsewhere in memory."""
    with open(target.file, "rb") as file:
        own = file.read()
    names = list(sources)
    chooser.shuffle(names)
    return {
        name: variant(target, own if sources[name] is None else sources[name], instrumented, probes and probes[name]) for name in names}


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
