"""``queue.pop(0)`` in a loop moves every element: a deque pops from its left end at once."""

from __future__ import annotations

import ast

from ..dataflow import Flow, Observed
from ..text import FunctionText

ID = "queue-deque"
TITLE = "Use a deque for the queue"
WHY = "`pop(0)` and `insert(0, x)` on a list move all other elements; a deque does both in constant time."
UNSAFE_WHEN = "the text of an IndexError on the empty queue matters"
GAIN = (1, 21)

SAME = {"append", "extend", "clear", "remove"}
CALLS = {"len", "sum", "min", "max", "any", "all", "list", "tuple", "set", "sorted", "bool", "enumerate", "reversed"}


def rewrite(text: FunctionText, observed: Observed) -> str | None:
    flow = Flow(text, observed)
    changed = False
    for name, bindings in flow.bindings.items():
        if name in flow.parameters or flow.is_shared(name) or not _are_fresh_lists(bindings):
            continue
        edits = _edits(flow, name)
        if edits is None:
            continue
        deque = text.imported("collections", "deque")
        for _, value in bindings:
            inner = value.args[0] if isinstance(value, ast.Call) and value.args else value
            is_empty = (isinstance(value, ast.List) and not value.elts) or (isinstance(value, ast.Call) and not value.args)
            text.replace(value, f"{deque}()" if is_empty else f"{deque}({text.text(inner)})")
        for node, replacement in edits:
            text.replace(node, replacement)
        changed = True
    return text.result() if changed else None


def _are_fresh_lists(bindings):
    return all(
        isinstance(v, (ast.List, ast.ListComp))
        or (isinstance(v, ast.Call) and isinstance(v.func, ast.Name) and v.func.id == "list" and not v.keywords and len(v.args) < 2
            and not any(isinstance(a, (ast.Starred, ast.GeneratorExp)) for a in v.args))
        for _, v in bindings)


def _edits(flow, name):
    """(node, replacement) pairs, or None where a deque would behave differently or no loop pops from the left."""
    edits, pops = [], 0
    for use in flow.uses(name):
        parent = flow.text.parents[use]
        if isinstance(use.ctx, ast.Store):
            if not isinstance(parent, (ast.Assign, ast.AnnAssign)) and not (isinstance(parent, ast.AugAssign) and isinstance(parent.op, ast.Add)):
                return None
        elif isinstance(parent, ast.Attribute):
            call = flow.text.parents[parent]
            if not isinstance(call, ast.Call) or call.func is not parent:
                return None
            first = call.args[0] if call.args else None
            if parent.attr == "pop" and _is_zero(first):
                edits.append((call, f"{name}.popleft()"))
                pops += bool(flow.in_loop(call))
            elif parent.attr == "insert" and _is_zero(first) and len(call.args) == 2:
                edits.append((call, f"{name}.appendleft({flow.text.text(call.args[1])})"))
            elif not (parent.attr in SAME or (parent.attr == "pop" and not call.args)):
                return None
        elif isinstance(parent, ast.Subscript):
            statement = flow.text.parents[parent]
            if isinstance(parent.ctx, ast.Del) and _is_zero(parent.slice) and isinstance(statement, ast.Delete) and len(statement.targets) == 1:
                edits.append((statement, f"{name}.popleft()"))
                pops += bool(flow.in_loop(statement))
            elif not isinstance(parent.ctx, ast.Load) or not _is_end(parent.slice):
                return None
        elif isinstance(parent, ast.For):
            if parent.iter is not use or any(isinstance(n, ast.Name) and n.id == name for s in parent.body for n in ast.walk(s)):
                return None
        elif isinstance(parent, ast.Call):
            if not isinstance(parent.func, ast.Name) or parent.func.id not in CALLS:
                return None
        elif isinstance(parent, ast.Compare):
            if parent.left is use or not isinstance(parent.ops[0], (ast.In, ast.NotIn)) or len(parent.ops) != 1:
                return None
        elif isinstance(parent, ast.UnaryOp):
            if not isinstance(parent.op, ast.Not):
                return None
        elif isinstance(parent, ast.BoolOp):
            # As a test only: the value of "queue or default" may be the queue itself.
            while isinstance(parent, ast.BoolOp):
                parent = flow.text.parents[parent]
            if not isinstance(parent, (ast.While, ast.If)):
                return None
        elif not isinstance(parent, (ast.While, ast.If, ast.comprehension)):
            return None
    return edits if pops else None


def _is_zero(node):
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value == 0


def _is_end(node):
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
        return isinstance(node, ast.Constant) and node.value == 1
    return _is_zero(node)
