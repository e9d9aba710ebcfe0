"""What the original does and a candidate no longer does, where no call that is compared may show it.

A call whose value nobody takes is made for its effect: a record of a log that nobody keeps in a test, a write to a descriptor, a
count. So is one that changes what belongs to the whole process, or sends something, whoever takes its value. A table of the
module and the environment may hold something else than they did in the tests. Parameters and attributes that only the
original reads are told as well: calls are made in which they are something else. What a candidate mentions and does nothing
with is not read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from . import given, held, keeping, reading
from .pure import BUILTINS
from .source import Function, is_pure

_SETTINGS = ("os.environ", "os.getenv", "sys.argv", "hmac.compare_digest", "secrets.compare_digest")
_SENDING = frozenset(("send", "sendall", "sendto", "sendmsg", "sendfile", "send_bytes", "send_json", "send_string", "send_multipart", "send_signal"))
_WRITING = frozenset(("write", "writelines", "flush", "truncate", "put", "put_nowait", "execute", "executemany", "commit", "rollback"))
_DISPLAYS = (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp)
_CONTAINERS = frozenset(("dict", "list", "set", "bytearray", "deque", "defaultdict", "OrderedDict", "Counter", "ChainMap"))


def lost(candidate: Function, original: Function, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """``(kind, name)`` of calls, contexts, tables of the module and settings that only the original names or gives the same. ``tree``: of the file."""
    uses, used = reading.used(candidate), reading.used(original)
    # What the original does with nobody taking it is done all the same, and so may the candidate.
    taken, still = keeping.used(original, used), keeping.used(candidate, uses)
    still_there = keeping.used(candidate, frozenset(map(id, candidate.body)))
    yield from (
        ("lost use", name) for name in keeping.used(original, frozenset(map(id, original.body)))
        if name not in (still if name in taken else still_there))
    kept = {ast.unparse(part.func) for part in candidate.body if isinstance(part, ast.Call) and id(part) in uses}
    kept.update(ast.unparse(call.func) for call in _for_effect(_of_itself(candidate.node)))
    for call in _for_effect(original.body):
        if _has_effect(call.func, original) and ast.unparse(call.func) not in kept:
            yield "lost call", ast.unparse(call.func)
    still = _sent(candidate, uses)
    yield from (("lost call", name) for name in _sent(original, used) if name not in still)
    yield from (("overridden", name) for name in _overridden(candidate, original, tree))
    yield from held.lost(candidate, original)
    yield from given.lost(candidate, original)
    for name in sorted((_looked_at(original, used) - _looked_at(candidate, uses)) & set(_tables(tree))):
        yield "lost value", name
    read, still = _settings(original, used), _settings(candidate, uses)
    yield from (("lost value", name) for name in sorted(read - still))


def unread(candidate: Function, original: Function) -> list[str]:
    """Parameters and attributes that only the original reads."""
    arguments, uses, all_of_it = original.node.args, reading.used(candidate), {id(part) for part in original.body}
    parameters = {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    return sorted((_loaded(original, all_of_it) & parameters) - _loaded(candidate, uses)) + sorted(
        _attributes(original, all_of_it) - _attributes(candidate, uses))


def _overridden(candidate, original, tree):
    """What only the original takes from its first argument, of a class of which another one in the file defines it anew."""
    classes = [part for part in ast.walk(tree) if isinstance(part, ast.ClassDef)]
    mine = [each.name for each in classes if any(part is original.node for part in each.body)]
    arguments = [*original.node.args.posonlyargs, *original.node.args.args]
    if not mine or not arguments:
        return
    lost = _taken(original, arguments[0].arg) - _taken(candidate, arguments[0].arg)
    below, known = set(mine), 0
    while known != len(below):
        known = len(below)
        below.update(each.name for each in classes if any(ast.unparse(base).rpartition(".")[2] in below for base in each.bases))
    for name in sorted(lost):
        if any(name == getattr(part, "name", None) for each in classes if each.name in below - set(mine) for part in each.body):
            yield f"{arguments[0].arg}.{name}"


def _taken(function, name):
    return {part.attr for part in function.body if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == name}


def _for_effect(parts):
    """Calls whose value nobody takes."""
    for part in parts:
        call = part.value if isinstance(part, ast.Expr) else None
        call = call.value if isinstance(call, ast.Await) else call
        if isinstance(call, ast.Call):
            yield call


def _of_itself(node):
    """Parts of a function, but not those of functions inside it, which nobody may call."""
    for part in ast.iter_child_nodes(node):
        yield part
        if not isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            yield from _of_itself(part)


def _has_effect(function, original):
    if not _is_global(function, original):
        return False
    if isinstance(function, ast.Name) and function.id in BUILTINS and function.id not in original.file:
        return False
    return not any(is_pure(full) for full in original.full_names(function))


def _is_global(expression, function):
    while isinstance(expression, ast.Attribute):
        expression = expression.value
    return isinstance(expression, ast.Name) and expression.id in function.globals


def _sent(function, used):
    """Methods that send, or that write to what is not the function's own. ``writelines`` writes as well as ``write`` does."""
    found = {}
    for part in function.body:
        if isinstance(part, ast.Attribute) and id(part) in used and (part.attr in _SENDING or (part.attr in _WRITING and _is_global(part, function))):
            found.setdefault(ast.unparse(part).replace(".writelines", ".write"))
    return found


def _tables(tree):
    """Names that a module gives to something that can be changed in its place."""
    for part in tree.body:
        if isinstance(part, (ast.Assign, ast.AnnAssign)) and _is_table(part.value):
            for target in part.targets if isinstance(part, ast.Assign) else [part.target]:
                if isinstance(target, ast.Name):
                    yield target.id


def _is_table(value):
    if isinstance(value, ast.Call):
        called = value.func
        return (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)) in _CONTAINERS
    return isinstance(value, _DISPLAYS)


def _settings(function, used):
    names = [full for part, _, _ in function.chains if id(part) in used for full in function.full_names(part)]
    return {setting for setting in _SETTINGS for full in names if full == setting or full.startswith(setting + ".")}


def _looked_at(function, used):
    """Global names that go somewhere, or that are given another value."""
    return {part.id for part in function.body if isinstance(part, ast.Name) and (id(part) in used or not isinstance(part.ctx, ast.Load))} & function.globals


def _loaded(function, used):
    return {part.id for part in function.body if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and id(part) in used}


def _attributes(function, used):
    return {
        part.attr for part in function.body
        if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Load) and not part.attr.startswith("__") and id(part) in used
        and id(part) not in function.called}
