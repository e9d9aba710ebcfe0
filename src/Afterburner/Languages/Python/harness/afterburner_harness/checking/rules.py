"""What a candidate may not do to what outlives the call, nor say: each finding is a rule (compared with those of the
baseline) and a sentence for a person. What it may name at all is decided in "naming"."""

from __future__ import annotations

import ast
import builtins

_MUTATORS = frozenset(("append", "add", "update", "setdefault", "extend", "insert", "pop", "popitem", "clear", "remove",
                       "discard", "appendleft", "__setitem__"))


_OWN = ("self", "cls")


def findings(node: ast.AST, head_node: ast.AST) -> list[tuple[str, str]]:
    """Every finding in a function, in order of the code."""
    return list(_Rules(node, head_node).find())


class _Rules:
    def __init__(self, node, head_node):
        self._node = node
        self._locals = _local_names(node)
        self._parameters = frozenset(a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg))
        self._attributes_of_head = _stored_attributes(head_node)

    def find(self):
        for inner in ast.walk(self._node):
            yield from getattr(self, f"_{type(inner).__name__.lower()}", _none)(inner)
            yield from self._store(inner)

    def _global(self, node):
        yield f"global {node.names}", f"The candidate declares {', '.join(node.names)} global: values would outlive the call."

    def _nonlocal(self, node):
        yield f"nonlocal {node.names}", f"The candidate declares {', '.join(node.names)} nonlocal."

    def _name(self, node):
        yield from self._harness(node.id)

    def _attribute(self, node):
        yield from self._harness(node.attr)

    def _call(self, node):
        if isinstance(node.func, ast.Attribute) and node.func.attr in _MUTATORS:
            yield from self._outlives(node.func.value, f"{node.func.attr}()")

    def _try(self, node):
        """A handler around code of somebody else takes its errors for what the candidate expects."""
        for handler in node.handlers:
            caught = ast.unparse(handler.type) if handler.type else "everything"
            for called in self._called(node.body):
                yield f"catches {caught} of {called}", (
                    f"The candidate is unproven: it catches {caught} around a call of {called}, which may raise it for a reason of its own.")

    _trystar = _try

    def _called(self, body):
        """Parameters, methods of the first argument, and functions that are no builtins, where they are called."""
        first = next(iter(self._node.args.posonlyargs + self._node.args.args), None)
        for part in (inner for statement in body for inner in ast.walk(statement) if isinstance(inner, ast.Call)):
            name = part.func.id if isinstance(part.func, ast.Name) else None
            if name is not None and (name in self._locals or not hasattr(builtins, name)):
                yield name
            elif first is not None and first.arg in _OWN and _root(part.func) == first.arg:
                yield ast.unparse(part.func)

    def _functiondef(self, node):
        if node is self._node:
            for name in _recursive(node):
                yield "recursion", f"The candidate is unproven: {name} calls itself, and what goes deep enough ends in a RecursionError."

    _asyncfunctiondef = _functiondef

    def _constant(self, node):
        if isinstance(node.value, str):
            yield from self._harness(node.value)

    def _harness(self, text):
        if "__ab_" in text or "afterburner" in text.lower():
            yield f"harness {text}", "The candidate looks for the harness that measures it."

    def _store(self, node):
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        if not isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete, ast.For, ast.AsyncFor)):
            return
        for target in targets:
            for part in ast.walk(target):
                if isinstance(part, (ast.Attribute, ast.Subscript)) and not isinstance(part.ctx, ast.Load):
                    yield from self._outlives(part.value, "an assignment")
                if isinstance(part, ast.Attribute) and not isinstance(part.ctx, ast.Load):
                    yield from self._new_attribute(part)

    def _outlives(self, value, how):
        """A change to what a module-level name, a class or the function itself holds."""
        while isinstance(value, (ast.Attribute, ast.Subscript)):
            if isinstance(value, ast.Attribute) and value.attr == "__class__":
                yield "store __class__", "The candidate changes a class: values would outlive the call."
            value = value.value
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "type":
            yield "store type()", "The candidate changes a class: values would outlive the call."
        if isinstance(value, ast.Name) and value.id not in self._locals and not hasattr(builtins, value.id):
            yield f"store {value.id}", f"The candidate changes {value.id} ({how}), which outlives the call."
        elif isinstance(value, ast.Name) and value.id not in self._locals:
            yield f"store {value.id}", f"The candidate changes the builtin {value.id}."

    def _new_attribute(self, part):
        root = part.value
        if isinstance(root, ast.Name) and root.id in self._parameters and (root.id, part.attr) not in self._attributes_of_head:
            yield f"store {root.id}.{part.attr}", f"The candidate sets {root.id}.{part.attr}, which the baseline does not: it would outlive the call."


def _none(_):
    return ()


def _recursive(node):
    """Functions, the outermost or one inside it, that come to call themselves, directly or by way of others of them."""
    known = {node.name: node}
    for inner in ast.walk(node):
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
            known[inner.name] = inner
        elif isinstance(inner, (ast.Assign, ast.NamedExpr)) and isinstance(inner.value, ast.Lambda):
            targets = inner.targets if isinstance(inner, ast.Assign) else [inner.target]
            known.update({target.id: inner.value for target in targets if isinstance(target, ast.Name)})
    calls = {name: _names_called(each) & known.keys() for name, each in known.items()}
    # What the outermost one calls besides itself are those inside, which do not hold its other calls.
    for name in sorted(known):
        seen, waiting = set(), [name]
        while waiting:
            for other in calls[waiting.pop()] - seen:
                seen.add(other)
                waiting.append(other)
        if name in seen and (name != node.name or name in _names_called(node)):
            yield name


def _names_called(node):
    """Names, and methods of what is called self or cls, that are called anywhere inside."""
    found = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            found.add(part.func.id)
        elif isinstance(part, ast.Call) and _root(part.func) in _OWN:
            found.add(part.func.attr)
    return found


def _root(function):
    """What a method is called of, where that is a name."""
    return function.value.id if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) else None


def _local_names(node):
    """Names that are bound inside the function: parameters, assignments, loop variables, inner functions."""
    declared = {name for inner in ast.walk(node) if isinstance(inner, ast.Global) for name in inner.names}
    names = {inner.arg for inner in ast.walk(node) if isinstance(inner, ast.arg)}
    names |= {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)}
    names |= {inner.name for inner in ast.walk(node) if isinstance(inner, (ast.FunctionDef, ast.ClassDef)) and inner is not node}
    names |= {inner.name for inner in ast.walk(node) if isinstance(inner, ast.ExceptHandler) and inner.name}
    return names - declared


def _stored_attributes(node):
    return {
        (inner.value.id, inner.attr) for inner in ast.walk(node)
        if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, (ast.Store, ast.Del)) and isinstance(inner.value, ast.Name)
    }
