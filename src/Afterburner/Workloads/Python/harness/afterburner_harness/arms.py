"""The arms of a function's branches, and a version of the function that tells which of them ran.

A line that ran says little about ``a if c else b``, ``a and b``, ``[x for x in xs if c]`` or ``if c: a``. So each way that
code can take gets a probe, put into the syntax tree. A probed function computes what it did before: every expression is
evaluated once, in the same order, in the same scope, and no name is added. What a condition says is seen where it is tested,
so no object is asked twice whether it is true.

Not arms: how often a loop runs, which item a subscript takes, which class a call reaches. They are values.
"""

import ast

from . import definitions
from .probes import Probes

_BLOCKS = frozenset(("body", "orelse", "finalbody", "handlers", "cases", "type_comment"))
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_SHOWN = 80
# What the probes keep for a frame: between keeping and taking back, no other expression is evaluated in it.
_COMPARED, _TESTED, _CAUGHT = "compared", "tested", "caught"


class Arm:
    """One way through a branch. ``unrun`` says to a person that no call took it; ``parts`` are those it belongs to."""

    def __init__(self, number, unrun, parts):
        self.number, self.unrun, self.parts = number, unrun, set(parts)


class Probing:
    """Puts probes into the definition of a function, which is changed, and lists its arms in the order of the code.

    ``parts`` are the function's statements without their blocks, and the blocks' beginnings: what two versions differ in.
    The numbers of the arms depend on the function's text and the version of Python alone.
    """

    def __init__(self, node, probes=None):
        self.parts, self.arms = [], []
        self._probes = probes or Probes()
        self._depth, self._here = 0, set()
        self._visitor = _Expressions(self)
        self._block(node, "body")
        ast.fix_missing_locations(node)

    def arm(self, unrun, parts=None):
        found = Arm(len(self.arms), unrun, self._here if parts is None else parts)
        self.arms.append(found)
        return found

    def call(self, method, *arguments):
        """A call of the probes with arms, names and expressions."""
        probes = ast.Attribute(ast.Constant(self._probes.token), method, ast.Load())
        plain = [a.number if isinstance(a, Arm) else a for a in arguments]
        return ast.Call(probes, [a if isinstance(a, ast.AST) else ast.Constant(a) for a in plain], [])

    def before(self, node, arm):
        """An expression that marks the arm, and is then the one it was."""
        return ast.copy_location(ast.BoolOp(ast.Or(), [self.call("mark", arm), node]), node)

    def tested(self, node, true, false):
        """A condition that marks how it came out."""
        yes = ast.BoolOp(ast.Or(), [self.call("mark", true), ast.Constant(True)])
        return ast.copy_location(ast.IfExp(node, yes, self.call("mark", false)), node)

    def test(self, node, true, false):
        """A test and the arms for both ways it can come out; a constant has none."""
        if isinstance(node, ast.Constant):
            return node, None, None
        true, false = self.arm(true), self.arm(false)
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

    def _annassign(self, node):
        node.target = self._visitor.visit(node.target)  # the annotation of a local variable is not evaluated
        node.value = node.value and self._visitor.visit(node.value)

    def _typealias(self, node):
        """Evaluated when somebody asks, if ever."""

    def _if(self, node):
        where = _where("if", node, node.test)
        without = f"the `else` of the {where} never ran" if node.orelse else f"the {where} was never false"
        self._branch(node, f"the {where} was never true", without)

    def _while(self, node):
        where = _where("while", node, node.test)
        self._branch(node, f"the body of the {where} never ran", f"the {where} never became false")

    def _branch(self, node, true, false):
        constant = node.test.value if isinstance(node.test, ast.Constant) else None
        node.test, true, false = self.test(node.test, true, false)
        body = self._block(node, "body", true is not None or bool(constant))
        orelse = self._block(node, "orelse", true is not None or not constant)
        if true is not None:
            true.parts |= body
            false.parts |= orelse

    def _for(self, node):
        where = _where("for", node, node.target, " in ", node.iter)
        node.iter, node.target = self._visitor.visit(node.iter), self._visitor.visit(node.target)
        here = self._here
        self._entered(node, "body", f"the body of the {where} never ran", here)
        self._entered(node, "orelse", f"the `else` of the {where} never ran", here)

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
        left = self.arm(f"the {_where('with', node, *_joined(node.items))} was never left by an exception")
        for item in node.items:
            self._visitor.generic_visit(item)
        self._block(node, "body")
        handler = ast.copy_location(ast.ExceptHandler(None, None, [self._mark(left, node), ast.copy_location(ast.Raise(), node)]), node)
        node.body = [ast.copy_location(ast.Try(node.body, [handler], [], []), node.body[0])]

    _asyncwith = _with

    def _try(self, node, apart=True):
        line = node.lineno
        self._block(node, "body")
        for handler in node.handlers:
            self._handler(handler, apart)
        self._entered(node, "orelse", f"the `else` of the `try` on line {line} never ran", ())
        self._block(node, "finalbody")

    def _trystar(self, node):
        self._try(node, apart=False)

    def _handler(self, node, apart):
        """Each exception that a handler names has to have been caught. Of a group it is not known which."""
        here = self._here = {self._part("except", _dump(node.type), node.name)}
        where = _where("except", node, *([node.type] if node.type else []))
        several = isinstance(node.type, ast.Tuple) and len(node.type.elts) > 1
        if several and not apart:
            self.arm(f"it cannot be told which exceptions the {where} caught")
        named = [f"`{_text(kind)}` of the {where} was never caught" for kind in node.type.elts] if several else [f"the {where} never ran"]
        arms = [self.arm(unrun) for unrun in named]
        node.type = node.type and self._visitor.visit(node.type)
        parts = here | self._block(node, "body")
        for arm in arms:
            arm.parts |= parts
        mark = self.call("mark", arms[0])
        if several and apart:
            node.type = ast.copy_location(self.call("keep", _CAUGHT, node.type), node.type)
            mark = self.call("caught", _CAUGHT, *arms)
        elif several:
            mark = ast.Tuple([self.call("mark", arm) for arm in arms], ast.Load())
        node.body.insert(0, ast.copy_location(ast.Expr(mark), node.body[0]))

    def _match(self, node):
        here, passed = set(self._here), None
        if not _takes_all(node.cases[-1]):
            passed = self.arm(f"no value passed all cases of the {_where('match', node, node.subject)}")
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
        where = _where("case", case.pattern, case.pattern, *([" if ", case.guard] if case.guard else []))
        alternatives = case.pattern.patterns if isinstance(case.pattern, ast.MatchOr) and case.guard is None else [case.pattern]
        if any(isinstance(inner, ast.MatchOr) for pattern in alternatives for inner in ast.walk(pattern)):
            self.arm(f"it cannot be told which alternative of the {where} matched")
        arms = [self.arm(f"`{_text(p)}` of the {where} never matched" if len(alternatives) > 1 else f"the {where} never ran") for p in alternatives]
        if case.guard is not None:
            case.guard = self.test(case.guard, f"the {where} never ran", f"the guard of the {where} was never false")[0]
        parts = self._here | self._block(case, "body")
        for arm, pattern in zip(arms, alternatives):
            arm.parts |= parts
            yield ast.match_case(pattern, case.guard, [self._mark(arm, case.body[0]), *case.body])

    def _assert(self, node):
        where = _where("assert", node, node.test)
        node.test, _, _ = self.test(node.test, f"the {where} never held", f"the {where} never failed")
        node.msg = node.msg and self._visitor.visit(node.msg)

    def _functiondef(self, node):
        called = self.arm(f"the {_where('def', node, node.name)} was never called")
        node.decorator_list = [self._visitor.visit(d) for d in node.decorator_list]
        self._visitor.defaults(node.args)
        called.parts |= self._block(node, "body")
        definitions.insert_first(node, [ast.Expr(self.call("mark", called))])

    _asyncfunctiondef = _functiondef

    def _classdef(self, node):
        for name in ("decorator_list", "bases", "keywords"):
            setattr(node, name, [self._visitor.visit(inner) for inner in getattr(node, name)])
        self._block(node, "body")


class _Expressions(ast.NodeTransformer):
    """Probes within expressions: ``visit`` where the value counts, ``condition`` where it is only tested."""

    def __init__(self, probing):
        self._probing = probing

    def condition(self, node):
        """A test whose own outcome somebody else marks."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            node.operand = self.condition(node.operand)
        elif isinstance(node, ast.BoolOp):
            whole = _text(node)
            node.values = [self._operand(value, whole) for value in node.values]
        elif isinstance(node, ast.Compare):
            whole, links = _text(node), self._links(node)
            if len(links) > 1:
                tested = [self._probing.tested(link, *self._outcomes(text, whole, node)) for text, link in links]
                return ast.copy_location(ast.BoolOp(ast.And(), tested), node)
        else:
            return self.visit(node)
        return node

    def _operand(self, node, whole):
        if isinstance(node, ast.Constant):
            return node
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            node.operand = self._operand(node.operand, whole)
            return node
        if isinstance(node, ast.BoolOp) or isinstance(node, ast.Compare) and len(node.ops) > 1:
            return self.condition(node)
        true, false = self._outcomes(_text(node), whole, node)
        return self._probing.tested(self.condition(node), true, false)

    def _outcomes(self, text, whole, node):
        where = f"`{text}`" if text == whole else f"`{text}` in `{whole}`"
        return tuple(self._probing.arm(f"{where} on line {node.lineno} was never {outcome}") for outcome in ("true", "false"))

    def visit_UnaryOp(self, node):
        if not isinstance(node.op, ast.Not):
            return self.generic_visit(node)
        return self._operand(node, _text(node))

    def visit_BoolOp(self, node):
        whole = _text(node)
        texts = [_text(value) for value in node.values]
        # What only is tested here must not be looked at a second time as a value.
        values = [self._links(v)[0][1] if _is_plain_comparison(v) else self.visit(v) for v in node.values[:-1]] + [self.visit(node.values[-1])]
        return self._first_that_decides(isinstance(node.op, ast.And), list(zip(texts, values)), whole, node)

    def visit_Compare(self, node):
        whole, links = _text(node), self._links(node)
        text, last = links[-1]
        last = self._probing.call("truth", *self._outcomes(text, whole, node), last)
        return self._first_that_decides(True, [*links[:-1], (text, ast.copy_location(last, node))], whole, node)

    def _links(self, node):
        """``a < b < c`` as ``a < b`` and ``b < c``, with b evaluated once."""
        operands, last = [node.left, *node.comparators], len(node.ops)
        texts = [_text(ast.Compare(operands[i], [node.ops[i]], [operands[i + 1]])) for i in range(last)]
        found, left = [], self.visit(node.left)
        for number, (text, operator) in enumerate(zip(texts, node.ops), start=1):
            right = self.visit(operands[number])
            if number < last:
                right = ast.copy_location(self._probing.call("keep", _COMPARED, right), node)
            found.append((text, ast.copy_location(ast.Compare(left, [operator], [right]), node)))
            left = ast.copy_location(self._probing.call("kept", _COMPARED), node)
        return found

    def _first_that_decides(self, conjunction, operands, whole, node):
        """The value of ``and`` or ``or``: each operand but the last is kept while it is tested."""
        *others, (_, found) = operands
        for text, value in reversed(others):
            true, false = self._outcomes(text, whole, node)
            call = self._probing.call
            taken = [call("mark", false if conjunction else true), call("kept", _TESTED)]
            passed = [call("mark", true if conjunction else false), call("drop", _TESTED), found]
            ways = [ast.BoolOp(ast.Or(), way) for way in ((passed, taken) if conjunction else (taken, passed))]
            found = ast.copy_location(ast.IfExp(call("keep", _TESTED, value), *ways), node)
        return found

    def visit_IfExp(self, node):
        where = f"the conditional expression on line {node.lineno} (`{_text(node)}`)"
        constant = node.test.value if isinstance(node.test, ast.Constant) else None
        node.test, true, _ = self._probing.test(
            node.test, f"the value before the `if` of {where} never ran", f"the `else` of {where} never ran")
        if true is not None or constant:
            node.body = self.visit(node.body)
        if true is not None or not constant:
            node.orelse = self.visit(node.orelse)
        return node

    def visit_Lambda(self, node):
        called = self._probing.arm(f"the lambda on line {node.lineno} (`{_text(node)}`) was never called")
        self.defaults(node.args)
        node.body = self._probing.before(self.visit(node.body), called)
        return node

    def defaults(self, arguments):
        """Annotations are left alone: they are for readers, and when they are evaluated depends on the version."""
        arguments.defaults = [self.visit(default) for default in arguments.defaults]
        arguments.kw_defaults = [default and self.visit(default) for default in arguments.kw_defaults]

    def _comprehension(self, node):
        item = "key" if isinstance(node, ast.DictComp) else "elt"
        made = self._probing.arm(f"the comprehension on line {node.lineno} (`{_text(node)}`) never made an element")
        for generator in node.generators:
            generator.iter, generator.target = self.visit(generator.iter), self.visit(generator.target)
            generator.ifs = [self._filter(condition) for condition in generator.ifs]
        setattr(node, item, self._probing.before(self.visit(getattr(node, item)), made))
        if item == "key":
            node.value = self.visit(node.value)
        return node

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _comprehension

    def _filter(self, node):
        where = f"the filter on line {node.lineno} (`if {_text(node)}`)"
        return self._probing.test(node, f"{where} never kept an element", f"{where} never dropped an element")[0]


def _is_plain_comparison(node):
    return isinstance(node, ast.Compare) and len(node.ops) == 1


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


def _where(keyword, node, *pieces):
    """``the `if` on line 3 (`if a > b`)``, without the article."""
    named = "handler" if keyword == "except" else f"`{keyword}`"
    text = "".join(piece if isinstance(piece, str) else _text(piece) for piece in pieces)
    return f"{named} on line {node.lineno} (`{_shown(f'{keyword} {text}'.rstrip())}`)"


def _text(node):
    """Source text of a node as a person may be shown it."""
    try:
        return _shown(ast.unparse(node))
    except ValueError:  # an f-string that only newer versions can write
        return type(node).__name__


def _shown(text):
    """On one line, in plain characters, cut off: it may come from anybody."""
    text = " ".join(text.split()).encode("ascii", "backslashreplace").decode("ascii").replace("`", "'")
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
