"""Recipes applied to one function: every recipe alone, and all that fired together. No code under review runs here."""

from __future__ import annotations

from collections.abc import Callable

from .dataflow import Observed
from .flow_recipes import catalogue
from .patterns import apply_pattern
from .text import FunctionText, Module, NoRewrite


def main(request: dict, emit: Callable[[dict], None]) -> None:
    """Request: ``source`` and ``indent`` of the function, ``file``, ``observed``, ``patterns``; answer: a line a proposal.

    A pattern has ``id``, ``edits`` (``[start, end, text]``, bytes within the source), ``builtins`` that must be the
    builtins, and ``imports`` that its text needs.
    """
    module = Module(request["file"])
    observed = Observed(request.get("observed"))
    source, indent = request["source"], request["indent"]
    patterns = request.get("patterns", [])
    recipes = catalogue()

    alone = []
    for pattern in patterns:
        after = attempt(lambda: _pattern(pattern, source, indent, module))
        if after:
            alone.append(([pattern["id"]], after))
    for recipe in recipes.values():
        after = attempt(lambda: recipe.rewrite(FunctionText(source, indent, module), observed))
        if after:
            alone.append(([recipe.ID], after))

    together = _together([f for f, _ in alone], patterns, recipes, source, indent, module, observed)
    if together and together[1] not in [after for _, after in alone]:
        alone.append(together)
    for fired, after in alone:
        emit({"type": "proposal", "recipes": fired, "source": after})
    about = {r.ID: {"title": r.TITLE, "why": r.WHY, "unsafeWhen": r.UNSAFE_WHEN} for r in recipes.values()}
    emit({"type": "done", "recipes": about})


def attempt(rewrite: Callable[[], str | None]) -> str | None:
    """The new source, or None where the recipe does not apply."""
    try:
        return rewrite()
    except (NoRewrite, SyntaxError, ValueError, RecursionError):
        return None


def _pattern(pattern, source, indent, module):
    text = FunctionText(source, indent, module)
    return apply_pattern(text, pattern["edits"], pattern.get("builtins", ()), pattern.get("imports", ()))


def _together(fired, patterns, recipes, source, indent, module, observed):
    """All that fired, one on top of the other. Pattern edits come first: their places are known for the original text only."""
    if len(fired) < 2:
        return None
    names = {f[0] for f in fired}
    chosen = [p for p in patterns if p["id"] in names]
    done, now = [], source
    if chosen:
        merged, taken = [], []
        for pattern in chosen:
            edits = [e for e in pattern["edits"] if not any(e[0] < t[1] and t[0] < e[1] for t in taken)]
            taken += edits
            merged += edits
            if edits:
                done.append(pattern["id"])
        both = {
            "edits": merged,
            "builtins": sorted({b for p in chosen for b in p.get("builtins", ())}),
            "imports": sorted({i for p in chosen if p["id"] in done for i in p.get("imports", ())}),
        }
        after = attempt(lambda: _pattern(both, source, indent, module))
        now, done = (after, done) if after else (source, [])
    for name in sorted(names & set(recipes)):
        after = attempt(lambda: recipes[name].rewrite(FunctionText(now, indent, module), observed))
        if after:
            now = after
            done.append(name)
    return (done, now) if len(done) > 1 else None
