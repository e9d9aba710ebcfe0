"""Static rules for a candidate: it parses, changes one function only, and names only what the original names or what is known
to be pure.

Nothing is executed. A construct that the baseline's own function already uses is not held against the candidate.
"""

from __future__ import annotations

import ast
import difflib
import io
import itertools
import tokenize
import types
from collections.abc import Callable

from ..functions import definitions
from ..functions.arms import Probing
from ..functions.targets import Target
from ..functions.tracing import executable_lines
from . import always, constants, dropped, importing, naming, placing
from .elsewhere import Elsewhere
from .rules import findings
from .source import Function
from .wording import sentence


class Refused(Exception):
    """The reason is one sentence for a person."""


def main(request: dict, emit: Callable[[dict], None]) -> None:
    target = Target.of(request["target"])
    try:
        found = changes(target, request["file"], Target.of(request["head"]), request["candidateFile"]) if request.get("head") else check(
            target, request["file"], request["candidateFile"])
        emit({"type": "checked", "ok": True, "reason": None, **found})
    except Refused as refused:
        emit({"type": "checked", "ok": False, "reason": str(refused)})
    emit({"type": "done"})


def check(target: Target, head: str, candidate: str) -> dict:
    """What has to run: executable lines and arms that are new or changed in the candidate's file, and those of the baseline's that are gone."""
    head_tree, head_node = _parse(target, head, "the file at head")
    tree, node = _parse(target, candidate, "the candidate")
    _same_header(target, head_node, node)
    _same_surroundings(target, head_tree, head_node, tree, node)
    _same_docstring(head_node, node)
    if ast.dump(head_node) == ast.dump(node):
        raise Refused("The candidate is the same code as the baseline.")
    allowed = {rule for rule, _ in findings(head_node, head_node)}
    for rule, words in findings(node, head_node):
        if rule not in allowed:
            raise Refused(words)
    elsewhere = Elsewhere(target.path)
    original, new = (
        Function(t, n, compile(source, target.path, "exec", dont_inherit=True), target.name, elsewhere)
        for t, n, source in ((head_tree, head_node, head), (tree, node, candidate)))
    try:
        for kind, name in itertools.chain(
                naming.unproven(new, original), dropped.lost(new, original, head_tree), constants.untriable(new, original)):
            raise Refused(sentence(kind, name))
        changed, removed = _changed_lines(target, head, head_node, candidate, node)
        named, unread = constants.new(new, original), dropped.unread(new, original)
        placed = placing.placed(target.name, head, head_tree, head_node, candidate, node)
        if placed is not None and importing.is_taken_whole(target.path, head_tree):
            placed = None
        changed_arms, removed_arms = _changed_arms(head_node, node, always.true(original), always.true(new))
    except RecursionError as error:
        raise Refused("The candidate, or the function as it is, is nested too deep to see which of its branches run.") from error
    return {
        "changedLines": changed, "removedLines": removed, "changedArms": changed_arms, "removedArms": removed_arms,
        "constants": named, "unread": unread, "placed": placed}


_NOTHING = "def nothing():\n    pass\n"


def changes(target: Target, file: str, head: Target, head_file: str) -> dict:
    """Executable lines of head's version that are new or changed, and of the earlier one's that are gone, and what it names. No rule is applied.

    ``file``: empty where there is no earlier one, so that all of head's is new.
    """
    is_new = not file
    target, file = (Target(target.path, "nothing", 1), _NOTHING) if is_new else (target, file)
    (tree, node), (head_tree, head_node) = _parse(target, file, "the file at base"), _parse(head, head_file, "the file at head")
    changed, removed = _changed_lines(target, file, node, head_file, head_node, head)
    original, new = (
        Function(t, n, compile(source, each.path, "exec", dont_inherit=True), each.name, Elsewhere(each.path))
        for t, n, source, each in ((tree, node, file, target), (head_tree, head_node, head_file, head)))
    try:
        changed_arms, removed_arms = _changed_arms(node, head_node, (), ())
        named, unread = constants.new(new, original), dropped.unread(new, original)
    except RecursionError as error:
        raise Refused("It is nested too deep to see which of its branches run.") from error
    return {
        "changedLines": changed, "removedLines": [] if is_new else removed, "changedArms": changed_arms, "removedArms": [] if is_new else removed_arms,
        "constants": named, "unread": [] if is_new else unread, "parameters": not is_new and _parameters(node) != _parameters(head_node)}


def _parameters(node):
    """Names of parameters, by how they are given, and which of them may be left out."""
    given = node.args
    return (
        [a.arg for a in given.posonlyargs], [a.arg for a in given.args], given.vararg and given.vararg.arg, sorted(a.arg for a in given.kwonlyargs),
        given.kwarg and given.kwarg.arg, len(given.defaults), sum(d is not None for d in given.kw_defaults))


def _parse(target, source, what):
    try:
        tree = ast.parse(source)
        compile(source, target.path, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise Refused(f"{what[0].upper()}{what[1:]} does not parse: {error.msg} (line {error.lineno}).") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise Refused(f"{what[0].upper()}{what[1:]} cannot be compiled: {error}.") from error
    node = definitions.find_node(tree, target.name, target.line)
    if node is None or definitions.first_line(node) != target.line:
        raise Refused(f"There is no function {target.name} at line {target.line} of {what}.")
    return tree, node


def _same_surroundings(target, head_tree, head_node, tree, node):
    """Only the function may differ: with both replaced by nothing, the files must be the same."""
    if _without(head_tree, head_node) != _without(tree, node):
        raise Refused(f"The candidate changes something outside of {target.name}.")


def _without(tree, node):
    """Text of a tree in which a function's body, header and decorators are blank."""
    blank = {"args": ast.arguments([], [], None, [], [], None, []), "body": [], "decorator_list": [], "returns": None}
    kept = {name: getattr(node, name) for name in blank}
    vars(node).update(blank)
    try:
        return ast.dump(tree)
    finally:
        vars(node).update(kept)


def _same_header(target, head, node):
    if type(head) is not type(node):
        raise Refused(f"The candidate makes {target.name} {'a' if isinstance(node, ast.FunctionDef) else 'an async'} function; callers would break.")
    if ast.dump(head.args) != ast.dump(node.args):
        raise Refused(f"The candidate changes the arguments of {target.name}: ({ast.unparse(head.args)}) became ({ast.unparse(node.args)}).")
    if [ast.dump(d) for d in head.decorator_list] != [ast.dump(d) for d in node.decorator_list]:
        raise Refused(f"The candidate changes the decorators of {target.name}.")
    if _dump(head.returns) != _dump(node.returns):
        raise Refused(f"The candidate changes the return annotation of {target.name}.")
    if _dump(getattr(head, "type_params", [])) != _dump(getattr(node, "type_params", [])):
        raise Refused(f"The candidate changes the type parameters of {target.name}.")
    if yields(head) != yields(node):
        raise Refused(f"The candidate {'no longer makes' if yields(head) else 'makes'} {target.name} a generator.")


def _same_docstring(head, node):
    if ast.get_docstring(head, clean=False) != ast.get_docstring(node, clean=False):
        raise Refused("The candidate changes or drops the docstring.")


def _dump(part):
    return [ast.dump(p) for p in part] if isinstance(part, list) else part and ast.dump(part)


def yields(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the function itself (not one inside it) yields."""
    waiting = list(node.body)
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(inner))
    return False


def _changed_lines(target, head, head_node, candidate, node, other=None):
    old, new = _normal_lines(head, head_node), _normal_lines(candidate, node)
    matcher = difflib.SequenceMatcher(None, [text for _, text in old], [text for _, text in new], autojunk=False)
    removed, changed = set(), set()
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind != "equal":
            removed.update(line for line, _ in old[old_from:old_to])
            changed.update(line for line, _ in new[new_from:new_to])
    return _executable(other or target, candidate, node, changed), _executable(target, head, head_node, removed)


def _changed_arms(head_node, node, always_old, always_new):
    """Arms of statements that differ, but not those for what is always true; both trees are changed. ``{"number", "unrun", "beside"}`` each."""
    old, new = Probing(head_node), Probing(node)
    matcher = difflib.SequenceMatcher(None, old.parts, new.parts, autojunk=False)
    removed, changed = set(), set()
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind != "equal":
            removed.update(range(old_from, old_to))
            changed.update(range(new_from, new_to))
    return [
        [{"number": arm.number, "unrun": arm.unrun, "beside": arm.beside} for arm in probing.arms if arm.parts & parts and arm.false_of not in needless]
        for probing, parts, needless in ((new, changed, always_new), (old, removed, always_old))]


def _normal_lines(source, node):
    """``(line, text)`` of the function's lines, without comments, blank lines, and spaces that mean nothing."""
    tokens = {}
    lines = source.splitlines(keepends=True)
    skipped = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        for line in range(token.start[0], token.end[0] + 1):
            if node.lineno <= line <= node.end_lineno and token.type not in skipped:
                tokens.setdefault(line, []).append(token.string)
    base = node.col_offset
    return [(line, f"{len(lines[line - 1]) - len(lines[line - 1].lstrip()) - base} {' '.join(parts)}") for line, parts in sorted(tokens.items())]


def _executable(target, source, node, lines):
    """Lines that a trace can show: a line that is none by itself stands for the statement that it belongs to."""
    code = definitions.code_of(compile(source, target.path, "exec", dont_inherit=True), definitions.parts(target.name), definitions.first_line(node))
    assert isinstance(code, types.CodeType)
    known = executable_lines(code, node)
    found = set()
    for line in lines:
        if line in known:
            found.add(line)
            continue
        owner = _statement_at(node, line)
        if owner is not None and owner.lineno in known:
            found.add(owner.lineno)
    return sorted(found)


def _statement_at(node, line):
    """The innermost statement inside the function that spans the line."""
    found = None
    for inner in ast.walk(node):
        spans = isinstance(inner, ast.stmt) and inner is not node and inner.lineno <= line <= inner.end_lineno
        if spans and (found is None or (inner.lineno, -inner.end_lineno) >= (found.lineno, -found.end_lineno)):
            found = inner
    return found
