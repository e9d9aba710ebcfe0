"""Probes within expressions: in conditions, in what is chosen by a value, in comprehensions and lambdas."""

from __future__ import annotations

import ast

from .probes import COMPARED, TESTED
from .showing import text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .arms import Probing

_MOST_ITEMS = 16
_BY_KEY = frozenset(("get", "pop", "setdefault", "__getitem__"))

class Expressions(ast.NodeTransformer):
    """Probes within expressions: ``visit`` where the value counts, ``condition`` where it is only tested."""

    def __init__(self, probing: Probing):
        self._probing = probing

    def condition(self, node: ast.expr) -> ast.expr:
        """A test whose own outcome somebody else marks."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            node.operand = self.condition(node.operand)
        elif isinstance(node, ast.BoolOp):
            whole = text_of(node)
            node.values = [self._operand(value, whole) for value in node.values]
        elif isinstance(node, ast.Compare):
            whole, links = text_of(node), self._links(node)
            if len(links) > 1:
                tested = [self._probing.tested(link, *self._outcomes(text, whole, node)) for text, link in links]
                return ast.copy_location(ast.BoolOp(ast.And(), tested), node)
        else:
            return self.call(node) if isinstance(node, ast.Call) else self.visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A call may tell something true or false, as a comparison does. Whether it does is known when it told one of them."""
        text = text_of(node)
        call = self.call(node)
        true, false = self._outcomes(text, text, node)
        true.beside, false.beside = false.number, true.number
        return ast.copy_location(self._probing.call("truth", true, false, call), node)

    def call(self, node: ast.Call) -> ast.expr:
        """A call whose truth, if it tells one, is marked by somebody else or by nobody."""
        items = _written_items(node.func.value) if isinstance(node.func, ast.Attribute) and node.func.attr in _BY_KEY else None
        if not items or not isinstance(node.func.value, ast.Dict) or node.keywords or len(node.args) not in (1, 2) or any(
                isinstance(a, ast.Starred) for a in node.args) or isinstance(node.args[0], ast.Constant):
            return self.generic_visit(node)
        arms = [*self._items(items, node), self._probing.arm(f"`{text_of(node)}` on line {node.lineno} never had another key")]
        node = self.generic_visit(node)
        return ast.copy_location(self._probing.call(
            "looked_up", node.func.attr, _numbers(arms), node.func.value, *node.args), node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        items = _written_items(node.value) if isinstance(node.ctx, ast.Load) else None
        if not items or isinstance(node.slice, (ast.Constant, ast.Slice)):
            return self.generic_visit(node)
        arms = self._items(items, node)
        node = self.generic_visit(node)
        return ast.copy_location(self._probing.call("taken", _numbers(arms), node.value, node.slice), node)

    def _items(self, items, node):
        return [self._probing.arm(f"`{text_of(item)}` of `{text_of(node)}` on line {node.lineno} was never taken") for item in items]

    def _operand(self, node, whole):
        if isinstance(node, ast.Constant):
            return node
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            node.operand = self._operand(node.operand, whole)
            return node
        if isinstance(node, ast.BoolOp) or isinstance(node, ast.Compare) and len(node.ops) > 1:
            return self.condition(node)
        true, false = self._outcomes(text_of(node), whole, node)
        return self._probing.tested(self.condition(node), true, false)

    def _outcomes(self, text, whole, node):
        place = f"`{text}`" if text == whole else f"`{text}` in `{whole}`"
        true, false = (self._probing.arm(f"{place} on line {node.lineno} was never {outcome}") for outcome in ("true", "false"))
        false.false_of = (node.lineno, node.col_offset, text)
        return true, false

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        if not isinstance(node.op, ast.Not):
            return self.generic_visit(node)
        return self._operand(node, text_of(node))

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        whole = text_of(node)
        texts = [text_of(value) for value in node.values]
        # What only is tested here must not be looked at a second time as a value.
        values = [self._links(v)[0][1] if _is_plain_comparison(v) else self.visit(v) for v in node.values[:-1]] + [self.visit(node.values[-1])]
        return self._first_that_decides(isinstance(node.op, ast.And), list(zip(texts, values)), whole, node)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        whole, links = text_of(node), self._links(node)
        text, last = links[-1]
        last = self._probing.call("truth", *self._outcomes(text, whole, node), last)
        return self._first_that_decides(True, [*links[:-1], (text, ast.copy_location(last, node))], whole, node)

    def _links(self, node):
        """``a < b < c`` as ``a < b`` and ``b < c``, with b evaluated once."""
        operands, last = [node.left, *node.comparators], len(node.ops)
        texts = [text_of(ast.Compare(operands[i], [node.ops[i]], [operands[i + 1]])) for i in range(last)]
        found, left = [], self.visit(node.left)
        for number, (text, operator) in enumerate(zip(texts, node.ops), start=1):
            right = self.visit(operands[number])
            if number < last:
                right = ast.copy_location(self._probing.call("keep", COMPARED, right), node)
            found.append((text, ast.copy_location(ast.Compare(left, [operator], [right]), node)))
            left = ast.copy_location(self._probing.call("kept", COMPARED), node)
        return found

    def _first_that_decides(self, conjunction, operands, whole, node):
        """The value of ``and`` or ``or``: each operand but the last is kept while it is tested."""
        *others, (_, found) = operands
        for text, value in reversed(others):
            true, false = self._outcomes(text, whole, node)
            call = self._probing.call
            taken = [call("mark", false if conjunction else true), call("kept", TESTED)]
            passed = [call("mark", true if conjunction else false), call("drop", TESTED), found]
            ways = [ast.BoolOp(ast.Or(), way) for way in ((passed, taken) if conjunction else (taken, passed))]
            found = ast.copy_location(ast.IfExp(call("keep", TESTED, value), *ways), node)
        return found

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        place = f"the conditional expression on line {node.lineno} (`{text_of(node)}`)"
        constant = node.test.value if isinstance(node.test, ast.Constant) else None
        node.test, true, _ = self._probing.test(
            node.test, f"the value before the `if` of {place} never ran", f"the `else` of {place} never ran")
        if true is not None or constant:
            node.body = self.visit(node.body)
        if true is not None or not constant:
            node.orelse = self.visit(node.orelse)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        called = self._probing.arm(f"the lambda on line {node.lineno} (`{text_of(node)}`) was never called")
        self.defaults(node.args)
        node.body = self._probing.before(self.visit(node.body), called)
        return node

    def defaults(self, arguments: ast.arguments) -> None:
        """Annotations are left alone: they are for readers, and when they are evaluated depends on the version."""
        arguments.defaults = [self.visit(default) for default in arguments.defaults]
        arguments.kw_defaults = [default and self.visit(default) for default in arguments.kw_defaults]

    def _comprehension(self, node):
        item = "key" if isinstance(node, ast.DictComp) else "elt"
        made = self._probing.arm(f"the comprehension on line {node.lineno} (`{text_of(node)}`) never made an element")
        for generator in node.generators:
            generator.iter, generator.target = self.visit(generator.iter), self.visit(generator.target)
            generator.ifs = [self._filter(condition) for condition in generator.ifs]
        setattr(node, item, self._probing.before(self.visit(getattr(node, item)), made))
        if item == "key":
            node.value = self.visit(node.value)
        return node

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _comprehension

    def _filter(self, node):
        place = f"the filter on line {node.lineno} (`if {text_of(node)}`)"
        return self._probing.test(node, f"{place} never kept an element", f"{place} never dropped an element")[0]


def _written_items(node):
    """The items of a short list, tuple or dict that is written down; None for all else."""
    items = node.elts if isinstance(node, (ast.List, ast.Tuple)) else node.values if isinstance(node, ast.Dict) and None not in node.keys else []
    return items if 1 < len(items) <= _MOST_ITEMS and not any(isinstance(item, ast.Starred) for item in items) else None


def _numbers(arms):
    return ast.Tuple([ast.Constant(arm.number) for arm in arms], ast.Load())


def _is_plain_comparison(node):
    return isinstance(node, ast.Compare) and len(node.ops) == 1
