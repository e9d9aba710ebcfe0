"""The arms of a function's branches, and a version of the function that tells which of them ran.

A line that ran says little about ``a if c else b``, ``a and b``, ``[x for x in xs if c]`` or ``if c: a``. So each way that
code can take gets a probe, put into the syntax tree. A probed function computes what it did before: every expression is
evaluated once, in the same order, in the same scope, and no name is added. What a condition says is seen where it is tested,
so no object is asked twice whether it is true.

A truth that is a value is one too, because it can choose without a branch: ``xs[a == b]``, ``x * f(y)`` where ``f`` gives a
bool. So are the items of a list, tuple or dict that is written down and read with a key that is computed.

Not arms: how often a loop runs, which item of any other list is taken, which class a call reaches. They are values.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from . import definitions
from .expressions import Expressions
from .probes import CAUGHT, Probes
from .showing import place_of, text_of, where

_BLOCKS = frozenset(("body", "orelse", "finalbody", "handlers", "cases", "type_comment"))
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class Arm:
    """One way through a branch. ``unrun`` says to a person that no call took it; ``parts`` are those it belongs to.

    ``beside``: the number of an arm that has to have run for this one to count. ``false_of``: where a condition stands that came out false.
    """

    def __init__(self, number: int, unrun: str, parts: Iterable[int]):
        self.number, self.unrun, self.parts, self.beside, self.false_of = number, unrun, set(parts), None, None


class Probing:
    """Puts probes into the definition of a function, which is changed, and lists its arms in the order of the code.

    ``parts`` are the function's statements without their blocks, and the blocks' beginnings: what two versions differ in.
    The numbers of the arms depend on the function's text and the version of Python alone.
    """

    def __init__(self, node: ast.AST, probes: Probes | None = None):
        self.parts, self.arms = [], []
        self._probes = probes or Probes()
        self._depth, self._here = 0, set()
        self._visitor = Expressions(self)
        self._block(node, "body")
        ast.fix_missing_locations(node)

    def arm(self, unrun: str, parts: Iterable[int] | None = None) -> Arm:
        found = Arm(len(self.arms), unrun, self._here if parts is None else parts)
        self.arms.append(found)
        return found

    def call(self, method: str, *arguments: object) -> ast.Call:
        """A call of the probes with arms, names and expressions."""
        probes = ast.Attribute(ast.Constant(self._probes.token), method, ast.Load())
        plain = [a.number if isinstance(a, Arm) else a for a in arguments]
        return ast.Call(probes, [a if isinstance(a, ast.AST) else ast.Constant(a) for a in plain], [])

    def before(self, node: ast.expr, arm: Arm) -> ast.expr:
        """An expression that marks the arm, and is then the one it was."""
        return ast.copy_location(ast.BoolOp(ast.Or(), [self.call("mark", arm), node]), node)

    def tested(self, node: ast.expr, true: Arm, false: Arm) -> ast.expr:
        """A condition that marks how it came out."""
        yes = ast.BoolOp(ast.Or(), [self.call("mark", true), ast.Constant(True)])
        return ast.copy_location(ast.IfExp(node, yes, self.call("mark", false)), node)

    def test(self, node: ast.expr, true: str, false: str) -> tuple[ast.expr, Arm | None, Arm | None]:
        """A test and the arms for both ways it can come out; a constant has none."""
        if isinstance(node, ast.Constant):
            return node, None, None
        true, false = self.arm(true), self.arm(false)
        false.false_of = place_of(node)
        return self.tested(self._visitor.condition(node), true, false), true, false

    def _part(self, *key):
        self.parts.append((self._depth, *key))
        return len(self.parts) - 1

    def _mark(self, arm, node):
        return ast.copy_location(ast.Expr(self.call("mark", arm)), node)

    def _block(self, node, name, reachable=True):
        """Numbers of a block's parts. What cannot be reached has no arms."""
        statements = getattr(node, name)
        first = self._part(name, bool(statements))
        self._depth += 1
        for statement in statements:
            if reachable:
                self._statement(statement)
                reachable = not isinstance(statement, _LEAVES)
            else:
                self._part(ast.dump(statement))
        self._depth -= 1
        return set(range(first, len(self.parts)))

    def _statement(self, node):
        kind = type(node).__name__
        self._here = {self._part(kind, *(_dump(value) for name, value in ast.iter_fields(node) if name not in _BLOCKS))}
        getattr(self, "_" + kind.lower(), self._plain)(node)

    def _plain(self, node):
        self._visitor.generic_visit(node)

    def _expr(self, node):
        """What a call gives here is dropped."""
        node.value = self._visitor.call(node.value) if isinstance(node.value, ast.Call) else self._visitor.visit(node.value)

    def _annassign(self, node):
        node.target = self._visitor.visit(node.target)  # the annotation of a local variable is not evaluated
        node.value = node.value and self._visitor.visit(node.value)

    def _typealias(self, node):
        """Evaluated when somebody asks, if ever."""

    def _if(self, node):
        place = where("if", node, node.test)
        without = f"the `else` of the {place} never ran" if node.orelse else f"the {place} was never false"
        self._branch(node, f"the {place} was never true", without)

    def _while(self, node):
        place = where("while", node, node.test)
        self._branch(node, f"the body of the {place} never ran", f"the {place} never became false")

    def _branch(self, node, true, false):
        constant = node.test.value if isinstance(node.test, ast.Constant) else None
        node.test, true, false = self.test(node.test, true, false)
        body = self._block(node, "body", true is not None or bool(constant))
        orelse = self._block(node, "orelse", true is not None or not constant)
        if true is not None:
            true.parts |= body
            false.parts |= orelse

    def _for(self, node):
        place = where("for", node, node.target, " in ", node.iter)
        node.iter, node.target = self._visitor.visit(node.iter), self._visitor.visit(node.target)
        here = self._here
        self._entered(node, "body", f"the body of the {place} never ran", here)
        self._entered(node, "orelse", f"the `else` of the {place} never ran", here)

    _asyncfor = _for

    def _entered(self, node, name, unrun, here):
        """A block with an arm of its own, marked when it begins."""
        arm = self.arm(unrun, here) if getattr(node, name) else None
        parts = self._block(node, name)
        if arm is not None:
            arm.parts |= parts
            getattr(node, name).insert(0, self._mark(arm, getattr(node, name)[0]))
        return parts

    def _with(self, node):
        left = self.arm(f"the {where('with', node, *_joined(node.items))} was never left by an exception")
        for item in node.items:
            self._visitor.generic_visit(item)
        self._block(node, "body")
        handler = ast.copy_location(ast.ExceptHandler(None, None, [self._mark(left, node), ast.copy_location(ast.Raise(), node)]), node)
        node.body = [ast.copy_location(ast.Try(node.body, [handler], [], []), node.body[0])]

    _asyncwith = _with

    def _try(self, node, apart=True):
        line = node.lineno
        left = self.arm(f"the `try` on line {line}, which has a `finally`, was never left by an exception") if node.finalbody else None
        self._block(node, "body")
        for handler in node.handlers:
            self._handler(handler, apart)
        self._entered(node, "orelse", f"the `else` of the `try` on line {line} never ran", ())
        final = self._block(node, "finalbody")
        if left is not None:
            left.parts.add(min(final))  # another kind of statement may be kept without it
            inner = [ast.copy_location(type(node)(node.body, node.handlers, node.orelse, []), node)] if node.handlers else node.body
            handler = ast.copy_location(ast.ExceptHandler(None, None, [self._mark(left, node), ast.copy_location(ast.Raise(), node)]), node)
            node.body = [ast.copy_location(ast.Try(inner, [handler], [], []), node)]
            node.handlers, node.orelse = [], []

    def _trystar(self, node):
        self._try(node, apart=False)

    def _handler(self, node, apart):
        """Each exception that a handler names has to have been caught. Of a group it is not known which."""
        here = self._here = {self._part("except", _dump(node.type), node.name)}
        place = where("except", node, *([node.type] if node.type else []))
        several = isinstance(node.type, ast.Tuple) and len(node.type.elts) > 1
        if several and not apart:
            self.arm(f"it cannot be told which exceptions the {place} caught")
        named = [f"`{text_of(kind)}` of the {place} was never caught" for kind in node.type.elts] if several else [f"the {place} never ran"]
        arms = [self.arm(unrun) for unrun in named]
        node.type = node.type and self._visitor.visit(node.type)
        parts = here | self._block(node, "body")
        for arm in arms:
            arm.parts |= parts
        mark = self.call("mark", arms[0])
        if several and apart:
            node.type = ast.copy_location(self.call("keep", CAUGHT, node.type), node.type)
            mark = self.call("caught", CAUGHT, *arms)
        elif several:
            mark = ast.Tuple([self.call("mark", arm) for arm in arms], ast.Load())
        node.body.insert(0, ast.copy_location(ast.Expr(mark), node.body[0]))

    def _match(self, node):
        here, passed = set(self._here), None
        if not _takes_all(node.cases[-1]):
            passed = self.arm(f"no value passed all cases of the {where('match', node, node.subject)}")
        node.subject = self._visitor.visit(node.subject)
        cases = []
        for case in node.cases:
            self._here = {self._part("case", _dump(case.pattern), _dump(case.guard))}
            here |= self._here
            cases.extend(self._case(case))
        if passed is not None:
            passed.parts |= here
            cases.append(ast.match_case(ast.copy_location(ast.MatchAs(), node), None, [self._mark(passed, node)]))
        node.cases = cases

    def _case(self, case):
        """One case for each alternative of the pattern. Behind a guard or within a pattern they cannot be told apart."""
        place = where("case", case.pattern, case.pattern, *([" if ", case.guard] if case.guard else []))
        alternatives = case.pattern.patterns if isinstance(case.pattern, ast.MatchOr) and case.guard is None else [case.pattern]
        if any(isinstance(inner, ast.MatchOr) for pattern in alternatives for inner in ast.walk(pattern)):
            self.arm(f"it cannot be told which alternative of the {place} matched")
        arms = [self.arm(f"`{text_of(p)}` of the {place} never matched" if len(alternatives) > 1 else f"the {place} never ran") for p in alternatives]
        if case.guard is not None:
            case.guard = self.test(case.guard, f"the {place} never ran", f"the guard of the {place} was never false")[0]
        parts = self._here | self._block(case, "body")
        for arm, pattern in zip(arms, alternatives):
            arm.parts |= parts
            yield ast.match_case(pattern, case.guard, [self._mark(arm, case.body[0]), *case.body])

    def _assert(self, node):
        place = where("assert", node, node.test)
        node.test, _, _ = self.test(node.test, f"the {place} never held", f"the {place} never failed")
        node.msg = node.msg and self._visitor.visit(node.msg)

    def _functiondef(self, node):
        called = self.arm(f"the {where('def', node, node.name)} was never called")
        node.decorator_list = [self._visitor.visit(d) for d in node.decorator_list]
        self._visitor.defaults(node.args)
        called.parts |= self._block(node, "body")
        definitions.insert_first(node, [ast.Expr(self.call("mark", called))])

    _asyncfunctiondef = _functiondef

    def _classdef(self, node):
        for name in ("decorator_list", "bases", "keywords"):
            setattr(node, name, [self._visitor.visit(inner) for inner in getattr(node, name)])
        self._block(node, "body")


def _takes_all(case):
    """Whether no value passes a case: Python allows none behind it then."""
    def takes_all(pattern):
        if isinstance(pattern, ast.MatchOr):
            return takes_all(pattern.patterns[-1])
        return isinstance(pattern, ast.MatchAs) and (pattern.pattern is None or takes_all(pattern.pattern))

    return case.guard is None and takes_all(case.pattern)


def _dump(value):
    if isinstance(value, list):
        return tuple(_dump(inner) for inner in value)
    return ast.dump(value) if isinstance(value, ast.AST) else value


def _joined(items):
    for index, item in enumerate(items):
        if index:
            yield ", "
        yield item
