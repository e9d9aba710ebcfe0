"""What a candidate may not do to what outlives the call, nor say: each finding is a rule (compared with those of the
baseline) and a sentence for a person. What it may name at all is decided in "naming"."""

from __future__ import annotations

import ast
import builtins

_MUTATORS = frozenset(("append", "add", "update", "setdefault", "extend", "insert", "pop", "popitem", "clear", "remove",
                       "discard", "appendleft", "__setitem__"))


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
