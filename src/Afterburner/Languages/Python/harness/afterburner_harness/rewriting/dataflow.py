"""What a function does with its local names, as far as one pass over its tree can tell. When in doubt: no."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..functions import annotations
from .forms import drawn_from, kind
from .text import NEW_SCOPE, FunctionText, NoRewrite

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
LOOPS = (ast.For, ast.While)
SUSPENSIONS = (ast.Yield, ast.YieldFrom, ast.Await, ast.AsyncFor, ast.AsyncWith)
UNHASHABLE = (ast.List, ast.ListComp, ast.Dict, ast.DictComp, ast.Set, ast.SetComp)
EAGER = {"sum", "any", "all", "list", "set", "tuple", "sorted", "min", "max", "dict", "frozenset", "join"}
READERS = {
    "len", "sum", "min", "max", "sorted", "list", "tuple", "set", "frozenset", "any", "all", "enumerate", "zip", "reversed",
    "iter", "str", "repr", "range", "isinstance", "print", "bool", "type", "dict", "Counter",
}
# Of fewer elements nothing is gained; tests of small libraries pass no more than a handful.
SHORTEST = 4
READING_METHODS = {"index", "count", "copy", "__len__", "__contains__"}


class Observed:
    """Types and lengths of arguments and locals, as the repository's tests had them."""

    def __init__(self, values: dict | None):
        self._values = values or {}

    def types(self, name: str) -> set[str] | None:
        """Type names, or None when the name was never observed."""
        value = self._values.get(name)
        return set(value.get("types") or ()) or None if value else None

    def longest(self, name: str) -> int | None:
        value = self._values.get(name)
        return value.get("maxLength") if value else None

    def hashable(self, name: str) -> bool | None:
        """True or False for the elements of a container, None when unknown."""
        value = self._values.get(name)
        return value.get("elementsHashable") if value else None


class Flow:
    """The names of one function."""

    def __init__(self, text: FunctionText, observed: Observed):
        self.text = text
        self.observed = observed
        self.node = text.node
        self.own = list(scope(self.node))
        arguments = self.node.args
        self._declared = annotations.of(self.node, text.module.tree)
        self.parameters = {a.arg for a in arguments.posonlyargs + arguments.args + arguments.kwonlyargs}
        self.foreign = {n for node in self.own if isinstance(node, (ast.Global, ast.Nonlocal)) for n in node.names}
        self.bindings = {}
        for node in self.own:
            self._bind(node)

    def _bind(self, node):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                alone = isinstance(target, ast.Name) and len(node.targets) == 1
                for name in _stored(target):
                    self.bindings.setdefault(name, []).append((node, node.value if alone else None))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            self.bindings.setdefault(node.target.id, []).append((node, node.value))
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            for name in _stored(node.target):
                self.bindings.setdefault(name, []).append((node, None))
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                for name in _stored(item.optional_vars) if item.optional_vars else ():
                    self.bindings.setdefault(name, []).append((node, None))
        elif isinstance(node, (ast.NamedExpr,)):
            self.bindings.setdefault(node.target.id, []).append((node, None))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                self.bindings.setdefault(alias.asname or alias.name.split(".")[0], []).append((node, None))
        elif type(node).__name__ == "MatchMapping" and node.rest:
            self.bindings.setdefault(node.rest, []).append((node, None))
        elif type(node).__name__ in ("ExceptHandler", "MatchAs", "MatchStar") and node.name:
            self.bindings.setdefault(node.name, []).append((node, None))

    def uses(self, name: str) -> list[ast.Name]:
        """Every occurrence of a name, nested functions included."""
        return [n for n in ast.walk(self.node) if isinstance(n, ast.Name) and n.id == name]

    def is_shared(self, name: str) -> bool:
        """Whether a nested function, lambda or class sees the name, or it belongs to an outer scope."""
        own = set(map(id, self.own))
        return name in self.foreign or any(id(n) not in own for n in self.uses(name))

    def types(self, name: str) -> set[str] | None:
        """The types a name can have, or None when one of its values is unknown."""
        values = [v for _, v in self.bindings.get(name, ())]
        if name not in self.parameters and not values:
            return None
        kinds = {kind(v) for v in values} | ({None} if name in self.parameters else set())
        if None not in kinds:
            return kinds
        seen = self.observed.types(name)
        return (kinds - {None}) | seen if seen else None

    def is_long(self, name: str) -> bool:
        """Whether a name was seen with enough elements, or is drawn from something that was. What was never seen is not."""
        longest = self.observed.longest(name)
        if longest is None or longest >= SHORTEST:
            return longest is not None
        sources = [drawn_from(v) for _, v in self.bindings.get(name, ())]
        return name not in self.parameters and bool(sources) and all((self.observed.longest(s) or 0) >= SHORTEST for s in sources)

    def is_sequence(self, name: str) -> bool:
        """A list or tuple that is long, all of whose elements are hashable."""
        types = self.types(name)
        return (bool(types) and types <= {"list", "tuple"} and self.is_long(name) and not self.may_be_text(name)
                and self.observed.hashable(name) is True and not self.has_alias(name))

    def may_be_text(self, name: str) -> bool:
        """Whether a parameter declares that it takes texts as well, which answer ``in`` and ``count`` otherwise."""
        return name in self.parameters and name in self._declared and annotations.takes_text(self._declared[name])

    def may_hash(self, node: ast.AST) -> bool:
        """Whether an expression is not known to be unhashable."""
        if isinstance(node, UNHASHABLE):
            return False
        if isinstance(node, ast.Name):
            types = self.types(node.id)
            return not types or not types & {"list", "dict", "set", "bytearray", "deque", "collections.deque"}
        return True

    def in_loop(self, node: ast.AST) -> list[ast.AST]:
        """The loops round a node, innermost first; iterables of ``for`` loops do not count."""
        return [p for c, p in self.text.ancestors(node)
                if (isinstance(p, (ast.For, ast.AsyncFor)) and c in p.body) or (isinstance(p, ast.While) and c not in p.orelse)]

    def only_read(self, region: ast.AST, name: str) -> bool:
        """Whether nothing in a region can change the value of a name: no store, no unknown call that gets it."""
        return all(self.is_reading(n) for n in ast.walk(region) if isinstance(n, ast.Name) and n.id == name)

    def has_alias(self, name: str) -> bool:
        """Whether the value goes by another name too, or one of its methods does: changes could then come from anywhere."""
        return any(self._makes_alias(n) for n in self.uses(name) if isinstance(n.ctx, ast.Load))

    def _makes_alias(self, name):
        parent = self.text.parents[name]
        if isinstance(parent, ast.Attribute):
            call = self.text.parents[parent]
            return not (isinstance(call, ast.Call) and call.func is parent) and not (isinstance(call, ast.keyword) and parent.attr in READING_METHODS)
        if isinstance(parent, ast.Tuple) and isinstance(self.text.parents[parent], ast.Return):
            return False
        return isinstance(parent, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr, ast.List, ast.Tuple, ast.Dict, ast.Yield, ast.Starred)) or (
            isinstance(parent, ast.IfExp) and parent.test is not name)

    def is_reading(self, name: ast.Name) -> bool:
        if not isinstance(name.ctx, ast.Load):
            return False
        parent = self.text.parents[name]
        if isinstance(parent, ast.Attribute):
            return parent.attr in READING_METHODS
        if isinstance(parent, ast.Call):
            function = parent.func
            return isinstance(function, ast.Name) and function.id in READERS and name is not function
        if isinstance(parent, ast.Subscript):
            return isinstance(parent.ctx, ast.Load)
        if isinstance(parent, (ast.For, ast.comprehension)):
            return parent.iter is name
        return isinstance(parent, (ast.Compare, ast.If, ast.While, ast.IfExp, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.FormattedValue, ast.Return, ast.Assert))

    def hoisting_site(self, node: ast.AST, name: str | None = None) -> ast.stmt | None:
        """The outermost statement before which ``name`` has the value it has at ``node``, if loops repeat the node; or None.

        Without a name: the outermost statement that repeats the node.
        """
        site = None
        for child, parent in self.text.ancestors(node):
            if isinstance(parent, NEW_SCOPE):
                return site if parent is self.node else None
            if isinstance(parent, COMPREHENSIONS):
                if parent.generators[0] is child and _within(node, child.iter):
                    continue
                if name and any(name in _stored(g.target) for g in parent.generators):
                    return None
                if not self._repeats_now(parent) or (name and not self.only_read(parent, name)):
                    break
                site = self.text.statement(parent)
            elif (isinstance(parent, ast.For) and child in parent.body) or (isinstance(parent, ast.While) and child not in parent.orelse):
                if any(isinstance(n, SUSPENSIONS) for n in ast.walk(parent)) or (name and not self.only_read(parent, name)):
                    break
                site = parent
            elif isinstance(parent, SUSPENSIONS):
                break
        if site is not None and name and not self.is_bound_before(site, name):
            return None
        return site

    def shared_sites(self, sites: dict) -> dict:
        """Joins ``{(site, name): nodes}`` where one earlier site does for later ones: the name never changes, and they follow it."""
        joined = {}
        for (site, name), nodes in sorted(sites.items(), key=lambda s: self.text.start(s[0][0])):
            first = next((s for s, n in joined if n == name and self.is_followed_by(s, site)), None)
            if first is not None and len(self.bindings.get(name, ())) + (name in self.parameters) == 1 and self.only_read_after(first, name):
                joined[first, name] += nodes
            else:
                joined[site, name] = list(nodes)
        return joined

    def only_read_after(self, site: ast.stmt, name: str) -> bool:
        position = self.text.start(site)
        return all(self.is_reading(n) for n in self.uses(name) if self.text.start(n) >= position) and not self.in_loop(site)

    def is_followed_by(self, site: ast.stmt, later: ast.AST) -> bool:
        """Whether a statement stands after another one in the same block, or somewhere inside one that does."""
        block = next(b for b in (getattr(self.text.parents[site], f, None) for f in ("body", "orelse", "finalbody"))
                     if isinstance(b, list) and site in b)
        following = block[block.index(site):]
        return later in following or any(p in following for _, p in self.text.ancestors(later))

    def _repeats_now(self, comprehension):
        """A generator expression runs when it is consumed; only an eager consumer right around it is safe."""
        if not isinstance(comprehension, ast.GeneratorExp):
            return True
        call = self.text.parents[comprehension]
        if not isinstance(call, ast.Call):
            return False
        return (call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")) in EAGER

    def is_bound_before(self, site: ast.stmt, name: str) -> bool:
        """Whether a binding of the name lies on every path to the statement."""
        if name in self.parameters:
            return True
        binders = {id(s) for s, _ in self.bindings.get(name, ())}
        for child, parent in self.text.ancestors(site):
            if id(parent) in binders and isinstance(parent, (ast.For, ast.With)) and child in parent.body:
                return True
            for block in (getattr(parent, f, None) for f in ("body", "orelse", "finalbody")):
                if isinstance(block, list) and child in block and any(id(s) in binders for s in block[:block.index(child)]):
                    return True
        return False


def scope(function: ast.AST) -> Iterator[ast.AST]:
    """Nodes of a function without those of the functions, lambdas and classes inside it."""
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, NEW_SCOPE):
            waiting[:0] = ast.iter_child_nodes(node)


def builtin(flow: Flow, name: str) -> None:
    """Raises unless a name still means the builtin."""
    if name in flow.bindings or name in flow.parameters or name in flow.text.module.names:
        raise NoRewrite(f"{name} is not the builtin here")


def _stored(target):
    return {n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)} if target is not None else set()


def _within(node, region):
    return any(n is node for n in ast.walk(region))
