"""What a function enters or takes, and what it does while it holds it: locks, transactions, contexts.

Calls that are compared are made by one thread, alone; none of them shows that nothing was held.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .pure import BUILTINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .source import Function

TAKING = frozenset(("acquire", "release", "acquire_lock", "release_lock", "__enter__", "__exit__", "__aenter__", "__aexit__", "notify", "notify_all", "wait"))
READING = frozenset((
    "open", "io.open", "os.scandir", "os.fdopen", "memoryview", "contextlib.suppress", "contextlib.nullcontext", "zipfile.ZipFile",
    "io.BytesIO", "io.StringIO"))
_DEEPEST = 8


def lost(candidate: Function, original: Function) -> Iterator[tuple[str, str]]:
    """``(kind, name)`` of what only the original enters or takes, or does while it holds it."""
    ours, theirs = _Held(original), _Held(candidate)
    for name, harmless in ours.entered.items():
        if not harmless and name not in theirs.entered:
            yield "lost context", name
    for name in ours.taken:
        if name not in theirs.taken and name.rpartition(".")[0] not in theirs.entered:
            yield "lost call", name
    for name, harmless in ours.entered.items():
        if not harmless:
            yield from _outside(name, ours, theirs)
    for name in dict.fromkeys(name.rpartition(".")[0] for name in ours.taken):
        yield from _outside(name, ours, theirs)


def _outside(name, ours, theirs):
    inside, outside = ours.shared(name)
    yield from (("lost hold", f"{each} without {name}") for each in sorted((inside - outside) & theirs.shared(name)[1]))


class _Held:
    def __init__(self, function):
        self._function = function
        self._parameters = {part.arg for part in ast.walk(function.node.args) if isinstance(part, ast.arg)}
        self._values = {}
        for part in function.body:
            if isinstance(part, (ast.Assign, ast.NamedExpr)):
                for target in part.targets if isinstance(part, ast.Assign) else [part.target]:
                    if isinstance(target, ast.Name):
                        self._values.setdefault(target.id, []).append(part.value)
        self._withs = [part for part in function.body if isinstance(part, (ast.With, ast.AsyncWith))]
        self.entered = {
            self.text(item.context_expr): self._harmless(item.context_expr) for part in self._withs for item in part.items}
        self._taking = [(self.text(part), part) for part in function.body if isinstance(part, ast.Attribute) and part.attr in TAKING]
        self.taken = dict.fromkeys(text for text, _ in self._taking)

    def text(self, expression, depth=_DEEPEST):
        """As it is written, with the one value of a local name in place of the name; of a call without what it is given."""
        if isinstance(expression, ast.Name):
            values = self._values.get(expression.id, ())
            known = len(values) == 1 and depth and expression.id not in self._function.globals
            return self.text(values[0], depth - 1) if known else expression.id
        if isinstance(expression, ast.Attribute):
            return f"{self.text(expression.value, depth)}.{expression.attr}"
        return f"{self.text(expression.func, depth)}()" if isinstance(expression, ast.Call) else ast.unparse(expression)

    def _harmless(self, expression, depth=_DEEPEST):
        """Whether it is only a way to read a file, or to go on after an exception: the rules for those decide."""
        if isinstance(expression, ast.Name) and depth and (values := self._values.get(expression.id)):
            return all(self._harmless(value, depth - 1) for value in values)
        if not isinstance(expression, ast.Call):
            return False
        full = self._function.full_names(expression.func)
        return any(name in READING for name in full) or (isinstance(expression.func, ast.Attribute) and expression.func.attr == "open")

    def shared(self, name):
        """Texts of what others may see, global names and attributes: that are named while this is held, and that are named otherwise."""
        held = {
            id(part) for each in self._withs if any(self.text(item.context_expr) == name for item in each.items)
            for statement in each.body for part in ast.walk(statement)}
        places = [(part.lineno, part.col_offset) for text, part in self._taking if text.rpartition(".")[0] == name]
        first, last = (min(places), max(places)) if len(places) > 1 else ((0, 0), (0, 0))
        inside, outside = set(), set()
        for part in self._function.body:
            text = self._shared_text(part)
            if text is not None and not f"{name}.".startswith(f"{text}."):
                is_held = id(part) in held or first < (part.lineno, part.col_offset) < last
                (inside if is_held else outside).add(text)
        return inside, outside

    def _shared_text(self, part):
        if isinstance(part, ast.Name):
            known = part.id in self._function.globals and (part.id not in BUILTINS or part.id in self._function.file)
            return part.id if known else None
        root = part
        while isinstance(root, ast.Attribute):
            root = root.value
        is_own = isinstance(root, ast.Name) and root.id not in self._function.globals and root.id not in self._parameters
        return self.text(part) if isinstance(part, ast.Attribute) and not is_own else None
