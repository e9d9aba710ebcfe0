"""What a call is given whose effect no call that is compared can show: locks that are taken or only tried, waiting, how files are opened to
be written, and what comparisons are for that take as long for every value.

Expressions are compared as they are written, with all that a local name is bound to in the place of the name: another name is
no difference, another value is one.
"""

from __future__ import annotations

import ast
import collections
from collections.abc import Iterator

from .held import READING, TAKING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .source import Function

_CASES = (ast.match_case,) if hasattr(ast, "match_case") else ()  # Python 3.9 has none
_EXACT = ("time.sleep", "asyncio.sleep", "fcntl.", "threading.", "signal.", "os.umask", "os.fsync", "os.fchmod", "os.mkfifo", "os.set", "msvcrt.", "termios.")
_STEADY = frozenset(("hmac.compare_digest", "secrets.compare_digest", "_operator._compare_digest"))
_OPENING = frozenset(("open", "io.open", "os.open", "os.fdopen", "codecs.open", "gzip.open", "bz2.open", "lzma.open", "tempfile.NamedTemporaryFile"))
_DEEPEST = 3


def lost(candidate: Function, original: Function) -> Iterator[tuple[str, str]]:
    """``(kind, words)`` of calls that are made with something else, less often, under more conditions, or for less."""
    ours, theirs = _Given(original), _Given(candidate)
    for text, count in ours.exact.items():
        if theirs.exact[text] < count:
            yield "lost call", ours.words[text]
    yield from (("other opening", theirs.words[text]) for text in theirs.opened if text not in ours.opened)
    yield from (("lost context", ours.words[text]) for text in ours.entered if text not in theirs.entered)
    if sum(theirs.steady.values()) < sum(ours.steady.values()):
        yield "lost use", next(iter(ours.steady))
    yield from (("steady", text) for text in sorted(theirs.compared - ours.compared))
    yield from (("guarded", ours.words[text]) for text, count in ours.guards.items() if theirs.guards.get(text, count) > count)


class _Given:
    def __init__(self, function):
        self._function = function
        self._bound = collections.defaultdict(list)
        self._parameters = {part.arg for part in ast.walk(function.node.args) if isinstance(part, ast.arg)}
        for part in function.body:
            self._bind(part)
        self.exact, self.opened, self.entered, self.steady = collections.Counter(), {}, {}, collections.Counter()
        self.words, self.guards = {}, {}
        self._conditions = dict(_conditions(ast.Module(function.node.body, [])))
        dropped = {id(part.value) for part in function.body if isinstance(part, ast.Expr)}
        operands = set()
        for call in function.called.values():
            full = function.full_names(call.func)
            if isinstance(call.func, ast.Attribute) and call.func.attr in TAKING or any(name.startswith(_EXACT) for name in full):
                self.exact[self._known(call)] += 1
            elif _STEADY.intersection(full):
                operands.update(self.text(argument) for argument in call.args)
                self._known(call, full[0])
                if id(call) not in dropped and not self._is_unread(call):
                    self.steady[full[0]] += 1
            elif _OPENING.intersection(full) or (isinstance(call.func, ast.Attribute) and call.func.attr == "open"):
                self._open(call, full)
        for part in function.body:
            for item in part.items if isinstance(part, (ast.With, ast.AsyncWith)) else ():
                calls = self._calls_of(item.context_expr)
                if not calls:
                    self._known(item.context_expr)
                for call in calls:
                    if not READING.intersection(function.full_names(call.func)):
                        self.entered[self._known(call)] = True
        self.compared = {
            ast.unparse(part) for part in function.body if isinstance(part, ast.Compare)
            and operands.intersection(map(self.text, (part.left, *part.comparators)))}

    def _bind(self, part):
        pairs = []
        if isinstance(part, ast.Assign):
            pairs = [(target, part.value, "") for target in part.targets]
        elif isinstance(part, (ast.AnnAssign, ast.NamedExpr)) and part.value is not None:
            pairs = [(part.target, part.value, "")]
        elif isinstance(part, ast.AugAssign):
            pairs = [(part.target, part.value, type(part.op).__name__)]
        elif isinstance(part, (ast.For, ast.AsyncFor, ast.comprehension)):
            pairs = [(part.target, part.iter, "of")]
        elif isinstance(part, ast.withitem) and part.optional_vars is not None:
            pairs = [(part.optional_vars, part.context_expr, "in")]
        for target, value, how in pairs:
            if isinstance(target, (ast.Tuple, ast.List)):
                for place, each in enumerate(target.elts):
                    each = each.value if isinstance(each, ast.Starred) else each
                    if isinstance(each, ast.Name):
                        self._bound[each.id].append((value, f"{how} {place}"))
            elif isinstance(target, ast.Name):
                self._bound[target.id].append((value, how))

    def text(self, expression, within=frozenset()):
        """As it is written, with all values of local names in the place of the names."""
        if isinstance(expression, ast.Name):
            name = expression.id
            values = self._bound.get(name, ())
            if not values or name in within or len(within) > _DEEPEST:
                return name if name in self._parameters or name in self._function.globals else "_"
            inner = within | {name}
            found = sorted(f"{how} {self.text(value, inner)}".strip() for value, how in values)
            found += [name] if name in self._parameters or name in self._function.globals else []
            return found[0] if len(found) == 1 else "{" + " | ".join(found) + "}"
        return "".join(self._parts(expression, within))

    def _parts(self, node, within):
        yield type(node).__name__ + "("
        for name, value in ast.iter_fields(node):
            if name in ("ctx", "type_comment", "kind"):
                continue
            for each in value if isinstance(value, list) else [value]:
                yield self.text(each, within) if isinstance(each, ast.AST) else repr(each)
                yield ","
        yield ")"

    def _calls_of(self, expression):
        values = [value for value, _ in self._bound.get(expression.id, ())] if isinstance(expression, ast.Name) else [expression]
        return [value for value in values if isinstance(value, ast.Call)]

    def _known(self, part, text=None):
        """Its text; what it stands under is noted."""
        text = text or self.text(part)
        self.words.setdefault(text, ast.unparse(part))
        count = self._conditions[id(part)]
        self.guards[text] = min(count, self.guards.get(text, count))
        return text

    def _open(self, call, full):
        """How a file is opened, whichever it is: what is only read is told by what it gives."""
        method = not full
        rest = call.args if method else call.args[1:]
        named = sorted((each for each in call.keywords if each.arg not in ("file", "path", "filename")), key=lambda each: each.arg or "")
        given = [*rest[:1], *(each.value for each in named if each.arg == "mode")]
        if not given or all(isinstance(each, ast.Constant) and isinstance(each.value, str) and not set(each.value) & set("wax+") for each in given):
            return
        text = ", ".join([*map(self.text, rest), *(f"{each.arg}={self.text(each.value)}" for each in named)])
        self.opened[text] = True
        self.words.setdefault(text, ast.unparse(call))

    def _is_unread(self, call):
        """Whether its value goes to a name that nobody reads."""
        for part in self._function.body:
            if isinstance(part, ast.Assign) and part.value is call and all(isinstance(target, ast.Name) for target in part.targets):
                names = {target.id for target in part.targets}
                return not any(isinstance(each, ast.Name) and each.id in names and isinstance(each.ctx, ast.Load) for each in self._function.body)
        return False


_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def _conditions(part, count=0, before=None):
    """``(id, number)`` of every part: how many conditions decide whether it is reached, ways out ``before`` it included."""
    before = collections.Counter() if before is None else before
    yield id(part), count + before["left"] + before["next"]
    always, inside, inner = _always(part), before["next"], collections.Counter(before) if isinstance(part, _FUNCTIONS) else before
    for child in ast.iter_child_nodes(part):
        yield from _conditions(child, count + (child not in always), inner)
    before["left"] += isinstance(part, (ast.Return, ast.Raise))
    before["next"] += isinstance(part, (ast.Break, ast.Continue))
    if isinstance(part, _LOOPS):
        before["next"] = inside  # those that end a loop lead to what comes after it


def _always(part):
    """The parts of one that are reached wherever it is."""
    if isinstance(part, (ast.If, ast.IfExp, ast.While)):
        return [part.test]
    if isinstance(part, (ast.For, ast.AsyncFor)):
        return [part.iter]
    if isinstance(part, ast.BoolOp):
        return part.values[:1]
    if isinstance(part, ast.Try):
        return [*part.body, *part.finalbody]
    return [] if isinstance(part, (ast.ExceptHandler, *_CASES, ast.comprehension)) else list(ast.iter_child_nodes(part))
