"""What a candidate may not bring into a function: means to keep state, to hide work, to look at the clock or at the
harness, and to reach files, network or processes. Each finding is a rule (compared with those of the baseline) and a
sentence for a person."""

import ast
import builtins

PURE_MODULES = frozenset((
    "array", "base64", "binascii", "bisect", "calendar", "cmath", "collections", "collections.abc", "copy", "dataclasses",
    "datetime", "decimal", "difflib", "enum", "fractions", "functools", "graphlib", "hashlib", "heapq", "html", "itertools",
    "json", "keyword", "math", "numbers", "operator", "re", "statistics", "string", "struct", "textwrap", "types", "typing",
    "unicodedata", "urllib.parse", "zlib",
))
_MODULES = {
    "threading": "starts threads", "_thread": "starts threads", "multiprocessing": "starts processes",
    "concurrent": "starts threads or processes", "subprocess": "starts processes", "signal": "uses signals",
    "gc": "controls the garbage collector", "inspect": "inspects frames", "ctypes": "uses ctypes", "socket": "uses the network",
    "resource": "changes limits of the process", "builtins": "reaches into builtins", "importlib": "imports modules by name",
    "time": "looks at the clock", "atexit": "registers an exit handler", "tracemalloc": "looks at the measurement",
    "mmap": "maps memory", "tempfile": "writes files", "shutil": "writes files", "pickle": "loads pickled code",
    "marshal": "loads marshalled code", "weakref": "keeps references between calls", "contextvars": "keeps values between calls",
}
_CALLS = {
    "globals": "reaches for the module's globals", "vars": "reaches for a namespace", "locals": "reaches for a namespace",
    "setattr": "sets attributes by name", "delattr": "deletes attributes by name", "eval": "evaluates text as code",
    "exec": "executes text as code", "compile": "compiles code", "__import__": "imports modules by name",
    "open": "opens files", "input": "reads standard input", "breakpoint": "starts a debugger", "exit": "ends the process",
    "quit": "ends the process", "memoize": "keeps values between calls", "lru_cache": "keeps values between calls",
    "cached_property": "keeps values between calls", "__builtins__": "reaches into builtins",
}
_ATTRIBUTES = {
    **dict.fromkeys(("lru_cache", "cached_property", "memoize"), "keeps values between calls"),
    **dict.fromkeys(("__dict__", "__globals__", "__builtins__", "__closure__", "__code__", "__defaults__", "__kwdefaults__",
                     "__subclasses__", "__wrapped__", "__setattr__", "__delattr__", "__getattribute__", "cell_contents"),
                    "reaches into the internals of Python"),
    **dict.fromkeys(("_getframe", "f_back", "f_globals", "f_locals", "gi_frame", "cr_frame", "tb_frame", "settrace",
                     "gettrace", "setprofile", "getprofile", "_current_frames"), "inspects frames"),
    **dict.fromkeys(("to_thread", "run_in_executor", "create_subprocess_exec", "create_subprocess_shell"), "starts threads or processes"),
    **dict.fromkeys(("write_text", "write_bytes", "unlink", "mkdir", "rmdir", "touch", "symlink_to", "hardlink_to"), "writes files"),
}
# Of these two modules only what is listed may come in; the rest is state of the process or a way out of it.
_PART = {
    "sys": frozenset(("maxsize", "intern", "float_info", "int_info", "hash_info", "version_info", "byteorder", "maxunicode")),
    "os": frozenset(("path", "sep", "altsep", "linesep", "curdir", "pardir", "extsep", "name", "fspath", "fsencode", "fsdecode",
                     "scandir", "walk", "listdir", "stat", "lstat", "readlink", "access", "getcwd", "PathLike")),
}
_FROM_FUNCTOOLS = frozenset(("cache", "lru_cache", "cached_property"))
_MUTATORS = frozenset(("append", "add", "update", "setdefault", "extend", "insert", "pop", "popitem", "clear", "remove",
                       "discard", "appendleft", "__setitem__"))


def findings(node, head_node, tree):
    """Every finding in a function, in order of the code. Names are resolved by the file's own imports."""
    return list(_Rules(node, head_node, tree).find())


class _Rules:
    def __init__(self, node, head_node, tree):
        self._node = node
        self._modules, self._members = _imports(tree)
        self._known = frozenset(_imported_modules(tree))
        modules, members = _imports(node)
        self._modules.update(modules)
        self._members.update(members)
        self._locals = _local_names(node)
        self._parameters = frozenset(a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg))
        self._attributes_of_head = _stored_attributes(head_node)
        self._roots = {id(part.value) for part in ast.walk(node) if isinstance(part, ast.Attribute)}
        self._plain_imports = {id(call.func) for call in ast.walk(node) if _imports_by_constant(call)}

    def find(self):
        for inner in ast.walk(self._node):
            yield from getattr(self, f"_{type(inner).__name__.lower()}", _none)(inner)
            yield from self._store(inner)

    def _global(self, node):
        yield f"global {node.names}", f"The candidate declares {', '.join(node.names)} global: values would outlive the call."

    def _nonlocal(self, node):
        yield f"nonlocal {node.names}", f"The candidate declares {', '.join(node.names)} nonlocal."

    def _import(self, node):
        for alias in node.names:
            yield from self._imported(alias.name)

    def _importfrom(self, node):
        name = "." * node.level + (node.module or "")
        yield from self._imported(name)
        for alias in node.names:
            if node.module == "functools" and alias.name in _FROM_FUNCTOOLS:
                yield f"member {alias.name}", f"The candidate keeps values between calls ({alias.name})."
            yield from self._part(name, alias.name)

    def _imported(self, name):
        root = name.partition(".")[0]
        if root in _MODULES:
            yield f"module {root}", f"The candidate {_MODULES[root]} ({name})."
        elif name not in PURE_MODULES and name not in self._known and root not in _PART:
            yield f"import {name}", f"The candidate imports {name}, which the file does not import and which is not known to be pure."

    def _name(self, node):
        if isinstance(node.ctx, ast.Load):
            if node.id in _CALLS and node.id not in self._locals and id(node) not in self._plain_imports:
                yield f"name {node.id}", f"The candidate {_CALLS[node.id]} ({node.id})."
            module = self._modules.get(node.id, "").partition(".")[0]
            if module in _MODULES and node.id not in self._parameters:
                yield f"module {module}", f"The candidate {_MODULES[module]} ({module})."
            if module in _PART and id(node) not in self._roots and node.id not in self._parameters:
                yield f"bare {module}", f"The candidate hands the module {module} around."
            member = self._members.get(node.id)
            if member is not None:
                yield from self._member(*member)
        yield from self._harness(node.id)

    def _member(self, module, name):
        root = module.partition(".")[0]
        if root in _MODULES:
            yield f"module {root}", f"The candidate {_MODULES[root]} ({module}.{name})."
        if root == "functools" and name in _FROM_FUNCTOOLS:
            yield f"member {name}", f"The candidate keeps values between calls ({name})."
        yield from self._part(module, name)

    def _attribute(self, node):
        if node.attr in _ATTRIBUTES:
            yield f"attribute {node.attr}", f"The candidate {_ATTRIBUTES[node.attr]} ({node.attr})."
        if isinstance(node.value, ast.Name):
            module = self._modules.get(node.value.id)
            if module == "functools" and node.attr in _FROM_FUNCTOOLS:
                yield f"member {node.attr}", f"The candidate keeps values between calls ({node.attr})."
            if module is not None:
                yield from self._part(module, node.attr)
        if node.attr in _MODULES or node.attr in _PART:
            root = node.value
            while isinstance(root, ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name) and root.id in self._modules and self._modules[root.id] != "datetime":
                yield f"attribute {node.attr}", f"The candidate reaches the module {node.attr} through another one."
        yield from self._harness(node.attr)

    def _part(self, module, name):
        if module in _PART and name not in _PART[module]:
            yield f"{module}.{name}", f"The candidate reaches out of the function with {module}.{name}."

    def _call(self, node):
        name = node.func.id if isinstance(node.func, ast.Name) else None
        if id(node.func) in self._plain_imports:
            if node.args[0].value not in PURE_MODULES:
                yield f"name __import__ {node.args[0].value}", f"The candidate imports {node.args[0].value} through __import__."
        if name == "getattr" and len(node.args) > 1:
            attribute = node.args[1]
            if not isinstance(attribute, ast.Constant):
                yield "getattr computed", "The candidate reads attributes by a computed name."
            elif attribute.value in _ATTRIBUTES:
                yield f"attribute {attribute.value}", f"The candidate {_ATTRIBUTES[attribute.value]} ({attribute.value})."
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


def _imports_by_constant(call):
    """``__import__("bisect")`` is an import like another; only its other forms are dynamic."""
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != "__import__":
        return False
    return len(call.args) == 1 and not call.keywords and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)


def _none(_):
    return ()


def _imports(tree):
    """Names bound to modules, and names bound to members of modules, anywhere in the tree."""
    modules, members = {}, {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                modules[alias.asname or alias.name.partition(".")[0]] = alias.name if alias.asname else alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                members[alias.asname or alias.name] = ("." * node.level + (node.module or ""), alias.name)
    return modules, members


def _imported_modules(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


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
