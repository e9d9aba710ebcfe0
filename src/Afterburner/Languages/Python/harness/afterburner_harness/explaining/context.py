"""What is shown to somebody who is to rewrite a function: code that it uses, its callers, and a recorded call with its answer.

Files are parsed first, before anything of the repository is imported; the call is made in a child with a limit of time.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from ..calls import aside
from ..calls.replay import load, warm
from ..functions import definitions, loading
from ..functions.targets import WORK, Target
from . import callers, example
from .files import Files
from .uses import Uses

CALL_SECONDS = 5.0


def main(request: dict, emit: Callable[[dict], None]) -> None:
    """Answers with ``piece`` messages, those of most use first, and an ``example`` where one can be made."""
    loading.prepare(request)
    target = Target.of(request["target"])
    files = Files(paths())
    _pieces(target, files, request, emit)
    entry = Target.of(request.get("entry") or request["target"])
    made = []
    for call in request.get("calls") or ():
        ended = _example(target, entry, {**request, "calls": [call]}, emit)
        made += [] if ended is None else [ended]
        if made and not made[-1]["raised"]:
            break
    if made:
        emit({"type": "example", **{name: made[-1][name] for name in ("call", "answer", "changed")}})
    emit({"type": "done"})


def paths() -> list[str]:
    """Where modules are looked for: the import paths of the tests, and what else of the working tree is on Python's."""
    root = os.path.realpath(WORK)
    inside = [os.path.relpath(os.path.realpath(path), root) for path in sys.path if os.path.realpath(path or ".").startswith(root + os.sep)]
    return list(dict.fromkeys([*loading.import_paths(), *inside]))


def _pieces(target, files, request, emit):
    file = files.at(target.path)
    node = None if file is None else definitions.find_node(file.tree, target.name, target.line)
    if file is None or node is None:
        return
    uses = Uses(files, request.get("types") or {})
    try:
        uses.find(file, node)
    except RecursionError:
        pass  # code that is nested so deep: what was found until then
    for kind, found in (("import", uses.imports), ("use", uses.places)):
        for place in found:
            emit({"type": "piece", "kind": kind, **place.as_json()})
    for caller in map(Target.of, request.get("callers") or ()):
        for place in callers.places(files, caller.path, caller.name, caller.line, target.name.rpartition(".")[2]):
            emit({"type": "piece", "kind": "caller", "of": caller.id, **place.as_json()})


def _example(target, entry, request, emit):
    """What ``example.made`` says of a call, or None."""
    call = request["calls"][0]

    def work():
        function = load(target, entry, request)
        warm(request["calls"])
        return example.made(function, entry.name.rpartition(".")[2], call["blob"])

    ended = aside.run(work, CALL_SECONDS, emit.channel)
    return ended.answer if ended.end == "done" else None
