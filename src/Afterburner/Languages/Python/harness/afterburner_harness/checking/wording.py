"""Why a candidate may not name something, in words for a person. Nothing rests on this list: what is not in it is unproven all the same."""

from __future__ import annotations

from .pure import LIBRARIES, MODULES

_MODULES = {
    "threading": "starts threads", "_thread": "starts threads", "multiprocessing": "starts processes",
    "concurrent": "starts threads or processes", "subprocess": "starts processes", "signal": "uses signals",
    "gc": "controls the garbage collector", "inspect": "inspects frames", "ctypes": "uses ctypes", "socket": "uses the network",
    "resource": "changes limits of the process", "builtins": "reaches into builtins", "importlib": "imports modules by name",
    "time": "looks at the clock", "atexit": "registers an exit handler", "tracemalloc": "looks at the measurement",
    "mmap": "maps memory", "tempfile": "writes files", "shutil": "writes files", "pickle": "loads pickled code",
    "marshal": "loads marshalled code", "weakref": "keeps references between calls", "contextvars": "keeps values between calls",
}
_NAMES = {
    "globals": "reaches for the module's globals", "vars": "reaches for a namespace", "locals": "reaches for a namespace",
    "eval": "evaluates text as code", "exec": "executes text as code", "compile": "compiles code",
    "__import__": "imports modules by name", "input": "reads standard input", "breakpoint": "starts a debugger", "exit": "ends the process",
    "quit": "ends the process", "open": "opens files",
    **dict.fromkeys(("memoize", "lru_cache", "cache", "cached_property"), "keeps values between calls"),
    **dict.fromkeys(("__dict__", "__globals__", "__builtins__", "__closure__", "__code__", "__defaults__", "__kwdefaults__",
                     "__subclasses__", "__wrapped__", "__setattr__", "__delattr__", "__getattribute__", "cell_contents"),
                    "reaches into the internals of Python"),
    **dict.fromkeys(("_getframe", "f_back", "f_globals", "f_locals", "gi_frame", "cr_frame", "tb_frame", "settrace",
                     "gettrace", "setprofile", "getprofile", "_current_frames"), "inspects frames"),
    **dict.fromkeys(("to_thread", "run_in_executor", "create_subprocess_exec", "create_subprocess_shell"), "starts threads or processes"),
    **dict.fromkeys(("write_text", "write_bytes", "unlink", "mkdir", "rmdir", "touch", "symlink_to", "hardlink_to"), "writes files"),
}
_COMPUTED = {
    "getattr": "reads attributes by a computed name (getattr)", "hasattr": "reads attributes by a computed name (hasattr)",
    "operator.attrgetter": "reads attributes by a computed name (operator.attrgetter)",
    "operator.methodcaller": "calls methods by a computed name (operator.methodcaller)",
    "setattr": "sets attributes by name (setattr)", "delattr": "deletes attributes by name (delattr)", "type": "makes a class (type)",
}
_KINDS = {
    "module": "hands the module {} around", "class": "defines the class {}, which the original does not",
    "decorator": "decorates a function with {}, which the original does not",
    "lost call": "no longer calls {}, whose effect may show where no test looks",
    "lost use": "no longer uses {}, which changes or uses up what belongs to the whole process",
    "lost context": "no longer enters {}, and no call that is compared shows what is held there",
    "guarded": "reaches {} under more conditions than the original, or can leave before it",
    "other opening": "opens a file with {}, which the original does not",
    "steady": "compares {}, which the original compares in a time that tells nothing of the values",
    "lost hold": "uses {}, which the original holds there",
    "lost value": "no longer looks at {}, which may be something else than in the tests",
    "overridden": "no longer uses {}, which a class below it defines anew",
    "hidden constant": "computes {} of constants alone, and no call can be made with what it comes to",
    "limit": "stops at {}, and no call with so many elements can be tried",
    "lost limit": "no longer stops at {}, and no call with so many elements can be tried",
    "constants": "names {} that the original does not, more than can be tried",
    "stored": "sets the attribute {}, which the original does not", "format": "fills in a text that can read attributes ({})",
}
_ENDS = "which the original does not use and which is not known to be pure"


def sentence(kind: str, name: str) -> str:
    """What is said of something that a candidate names and may not."""
    if kind == "computed" and name in _COMPUTED:
        return f"The candidate is unproven: it {_COMPUTED[name]}."
    if kind == "undefined" and name not in _NAMES:
        return f"The candidate is unproven: it uses the undefined name {name}, which neither the function nor its file defines{_where(name)}."
    if kind in _KINDS:
        return f"The candidate is unproven: it {_KINDS[kind].format(name)}."
    root, last = name.partition(".")[0], name.rpartition(".")[2]
    if kind in ("import", "member") and root in _MODULES:
        return f"The candidate is unproven: it {_MODULES[root]} ({name})."
    if last in _NAMES:
        return f"The candidate is unproven: it {_NAMES[last]} ({name})."
    what = f"imports {name}" if kind == "import" else f"uses {name}"
    return f"The candidate is unproven: it {what}, {_ENDS}."


def _where(name):
    """Where a name that is not defined could come from."""
    if name in MODULES:
        return " or imports"
    holders = sorted(module for module, names in MODULES.items() if name in names and module not in LIBRARIES)
    return f" or imports ({' and '.join(holders)} {'has' if len(holders) == 1 else 'have'} it)" if holders else " or imports"
