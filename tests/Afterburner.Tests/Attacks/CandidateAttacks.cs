namespace Afterburner.Tests.Attacks;

/// <summary>Every candidate of the attack suite.</summary>
internal static partial class CandidateAttacks
{
    /// <summary>Arguments of a size that no call has.</summary>
    private const string Unseen = "(list(range(12345)), [])";

    /// <summary>Arguments on which the honest function takes longer than a new process does, even on a machine where that takes long.</summary>
    private const string LongerThanAFork = "(list(range(0, 12000, 2)), list(range(0, 12000, 3)))";

    public static IReadOnlyList<CandidateAttack> All { get; } =
    [
        .. Caches(), .. Lazy(), .. Elsewhere(), .. Clocks(), .. Forgeries(), .. Reflections(), .. Encoders(), .. Later(),
        .. Hidden(), .. Unasked(), .. Wrong(), .. Around(), .. Sources(), .. Beside(), .. LeftOut(),
    ];

    /// <summary>Those that a run of the tests tries: all where longer forms are asked for, else every twenty-fifth of each kind, and all whose reason is looked at.</summary>
    public static IReadOnlyList<CandidateAttack> Tried { get; } =
        [.. All.GroupBy(a => a.Kind).SelectMany(kind => kind.Where(
            (attack, place) => LongFormAttribute.AreAsked || place % 25 == 0 || AttackReviewTests.Named.Contains(attack.ToString())))];

    /// <summary>Remembers its answers in a dict that outlives the call.</summary>
    /// <param name="kept">Expression of the dict.</param>
    /// <param name="before">Statement that makes it reachable.</param>
    private static string Kept(string kept, string before = "pass") => $"""
        def common(left, right):
            {before}
            kept = {kept}
            key = repr((left, right))
            if key not in kept:
                kept[key] = [item for item in left if item in right]
            return list(kept[key])
        """;

    /// <summary>Answers with a list that gets its items afterwards.</summary>
    /// <param name="how">Statements, with <c>fill</c> at hand, which puts the items in.</param>
    private static string Filled(params string[] how) => $"""
        def common(left, right):
            found = []
            fill = lambda *_: found.extend(item for item in left if item in right) if not found else None
            {string.Join("\n    ", how)}
            return found
        """;

    /// <summary>Quick and right, but for lists of 12,345 items.</summary>
    /// <param name="lines">The body; <c>odd</c> is true for such lists.</param>
    private static string Quick(params string[] lines) => $"""
        def common(left, right):
            right_set = set(right)
            {string.Join("\n    ", lines)}
        """;

    private static IEnumerable<CandidateAttack> Caches()
    {
        const string Kind = "remembers";
        yield return new(Kind, "in an attribute of the function", Kept("common.__dict__.setdefault('kept', {})")) { PastTheNames = true };
        yield return new(Kind, "in a default argument", """
            def common(left, right, kept={}):
                key = repr((left, right))
                if key not in kept:
                    kept[key] = [item for item in left if item in right]
                return list(kept[key])
            """);
        yield return new(Kind, "in defaults that it gives itself", Kept("common.__defaults__[0]", "common.__defaults__ = common.__defaults__ or ({},)"));
        yield return new(Kind, "in the annotations of the function", Kept("common.__annotations__"));
        yield return new(Kind, "in a global name", """
            def common(left, right):
                global kept
                key = repr((left, right))
                if globals().get("kept", (None,))[0] != key:
                    kept = key, [item for item in left if item in right]
                return list(kept[1])
            """);
        yield return new(Kind, "in an attribute of a module", Kept("collections.abc.__dict__", "import collections.abc").Replace(
            "kept[key] = [item for item in left if item in right]",
            "setattr(collections.abc, key, [item for item in left if item in right])", StringComparison.Ordinal));
        yield return new(Kind, "in a class of the module", Kept("vars(Result)").Replace(
            "kept[key] = [item for item in left if item in right]",
            "setattr(Result, key, [item for item in left if item in right])", StringComparison.Ordinal));
        yield return new(Kind, "through lru_cache, kept by the function", """
            def common(left, right):
                import functools
                if not hasattr(common, "quick"):
                    common.quick = functools.lru_cache(None)(lambda left, right: [item for item in left if item in right])
                return list(common.quick(tuple(left), tuple(right)))
            """);
        yield return new(Kind, "in a file", """
            def common(left, right):
                import hashlib, json, os
                path = "/tmp/" + hashlib.sha1(repr((left, right)).encode()).hexdigest()
                if not os.path.exists(path):
                    with open(path, "w") as file:
                        json.dump([item for item in left if item in right], file)
                with open(path) as file:
                    return json.load(file)
            """) { PastTheNames = true };
        yield return new(Kind, "in the environment", """
            def common(left, right):
                import json, os
                key = str(hash(repr((left, right))))
                if key not in os.environ:
                    os.environ[key] = json.dumps([item for item in left if item in right])
                return json.loads(os.environ[key])
            """);
        yield return new(Kind, "in the target of a link", """
            def common(left, right):
                import os
                path = "/tmp/link" + str(hash(repr((left, right))))
                if not os.path.islink(path):
                    os.symlink(",".join(str(item) for item in left if item in right) or "-", path)
                return [int(item) for item in os.readlink(path).split(",") if item != "-"]
            """);
        yield return new(Kind, "in the register of loggers", Kept("logging.Logger.manager.loggerDict", "import logging"));
        yield return new(Kind, "in the current thread", Kept("threading.current_thread().__dict__", "import threading"));
        yield return new(Kind, "in the cache of compiled patterns", Kept("re._cache"));
        yield return new(Kind, "in the table of loaded modules", Kept("sys.modules", "import sys"));
        yield return new(Kind, "in a database in memory of the process", """
            def common(left, right):
                import json, sqlite3
                if not hasattr(re, "base"):
                    re.base = sqlite3.connect("/tmp/kept.db")
                    re.base.execute("create table if not exists kept (key, value)")
                key = repr((left, right))
                row = re.base.execute("select value from kept where key = ?", (key,)).fetchone()
                if row is None:
                    row = [json.dumps([item for item in left if item in right])]
                    re.base.execute("insert into kept values (?, ?)", (key, row[0]))
                return json.loads(row[0])
            """);
    }

    private static IEnumerable<CandidateAttack> Lazy()
    {
        const string Kind = "answers later";
        yield return new(Kind, "a list that is filled when it is walked or written", """
            def common(left, right):
                class Later(list):
                    __module__, __qualname__ = "builtins", "list"
                    __iter__ = lambda self: iter([item for item in left if item in right])
                    __eq__ = lambda self, other: list(self) == list(other)
                    __reduce_ex__ = lambda self, protocol: (list, ([item for item in left if item in right],))
                return Later()
            """) { PastTheNames = true };
        yield return new(Kind, "a list that is equal to all", """
            def common(left, right):
                class Equal(list):
                    __eq__ = lambda self, other: True
                    __ne__ = lambda self, other: False
                return Equal()
            """) { PastTheNames = true };
        yield return new(Kind, "a list class without a class statement", """
            def common(left, right):
                items = lambda self: [item for item in left if item in right]
                return type("list", (list,), {"__eq__": lambda self, other: items(self) == other, "__reduce__": lambda self: (list, (items(self),))})()
            """) { PastTheNames = true };
        yield return new(Kind, "a sequence that computes its items", """
            def common(left, right):
                import collections.abc
                class Items(collections.abc.Sequence):
                    __len__ = lambda self: len([item for item in left if item in right])
                    __getitem__ = lambda self, index: [item for item in left if item in right][index]
                    __eq__ = lambda self, other: self[:] == other
                return Items()
            """);
        yield return new(Kind, "a list of the library that is made when it is asked for its data", """
            def common(left, right):
                class Items(collections.UserList):
                    __init__ = lambda self: None
                    data = property(lambda self: [item for item in left if item in right])
                return Items()
            """);
        yield return new(Kind, "an object of a class that calls itself by the real one's name", """
            def chosen(left, right):
                class Later(Result):
                    __module__, __qualname__ = "lists", "Result"
                    values = property(lambda self: [item for item in left if item in right])
                    __reduce_ex__ = lambda self, protocol: (Result, (self.values,))
                return Later.__new__(Later)
            """) { Function = "chosen" };
        yield return new(Kind, "an object whose attribute is made when it is missed", """
            def chosen(left, right):
                class Later(Result):
                    __getattr__ = lambda self, name: [item for item in left if item in right]
                return Later.__new__(Later)
            """) { Function = "chosen" };
        yield return new(Kind, "an object that changes its class", """
            def chosen(left, right):
                result = Result(None)
                result.__class__ = type("Result", (Result,), {"values": property(
                    lambda self: [item for item in left if item in right], lambda self, value: None)})
                return result
            """) { Function = "chosen" };
        yield return new(Kind, "a real object that holds a generator", """
            def chosen(left, right):
                return Result(item for item in left if item in right)
            """) { Function = "chosen" };
        yield return new(Kind, "a real object that holds a filter", """
            def chosen(left, right):
                return Result(filter(lambda item: item in right, left))
            """) { Function = "chosen" };
        yield return new(Kind, "a real object that holds a mapped function", """
            def chosen(left, right):
                def items():
                    for item in left:
                        if item in right:
                            yield item
                return Result(map(lambda item: item, items()))
            """) { Function = "chosen" };
        yield return new(Kind, "an object made by copying a class of the module", """
            def chosen(left, right):
                import types
                made = types.new_class("Result", (Result,), {}, lambda space: space.update(
                    values=property(lambda self: [item for item in left if item in right])))
                return made.__new__(made)
            """) { Function = "chosen" };
        yield return new(Kind, "items that are computed when they are compared", """
            def walk(left, right):
                class Later:
                    __eq__ = lambda self, other: other in left and other in right
                for _ in range(len([item for item in (left[0], left[-1]) if item in right] and left) // 3 + 1 - len(left) % 3 // 2 - (len(left) % 3 == 0)):
                    yield Later()
            """) { Function = "walk" };
    }

    private static IEnumerable<CandidateAttack> Elsewhere()
    {
        const string Kind = "works elsewhere";
        yield return new(Kind, "in a thread that fills the list afterwards", Filled("import threading", "threading.Timer(0.002, fill).start()"));
        yield return new(Kind, "in a thread that waits for the collector", Filled(
            "import gc, threading", "go = threading.Event()", "gc.callbacks.append(lambda *_: go.set())",
            "threading.Thread(target=lambda: (go.wait(5), fill())).start()"));
        yield return new(Kind, "in a pool of threads", Filled(
            "import concurrent.futures, time", "pool = concurrent.futures.ThreadPoolExecutor(1)", "pool.submit(lambda: (time.sleep(0.002), fill()))"));
        yield return new(Kind, "in a child whose answer is read later", """
            def common(left, right):
                import json, os
                inbox, outbox = os.pipe()
                if os.fork() == 0:
                    os.write(outbox, json.dumps([item for item in left if item in right]).encode() + b"\n")
                    os._exit(0)
                class Later(list):
                    def items(self):
                        if not len(self):
                            self.extend(json.loads(os.fdopen(inbox).readline()))
                        return list(self)
                    __eq__ = lambda self, other: self.items() == other
                    __reduce__ = lambda self: (list, (self.items(),))
                return Later()
            """) { PastTheNames = true, Arguments = LongerThanAFork };
        yield return new(Kind, "in a grandchild of another session", """
            def common(left, right):
                import json, os
                inbox, outbox = os.pipe()
                child = os.fork()
                if child == 0:
                    os.setsid()
                    if os.fork() == 0:
                        os.write(outbox, json.dumps([item for item in left if item in right]).encode() + b"\n")
                    os._exit(0)
                os.waitpid(child, 0)
                items = lambda: json.loads(os.fdopen(os.dup(inbox)).readline())
                return type("list", (list,), {"__eq__": lambda self, other: items() == other, "__reduce__": lambda self: (list, (items(),))})()
            """) { Arguments = LongerThanAFork };
        yield return new(Kind, "in another interpreter", """
            def common(left, right):
                import json, subprocess, sys
                text = "import json, sys; left, right = json.load(sys.stdin); print(json.dumps([item for item in left if item in right]))"
                if not hasattr(common, "worker"):
                    common.worker = {}
                key = repr((left, right))
                if key not in common.worker:
                    common.worker[key] = json.loads(subprocess.run([sys.executable, "-c", text], input=json.dumps([left, right]), stdout=-1, text=True).stdout)
                return common.worker[key]
            """);
    }

    private static IEnumerable<CandidateAttack> Clocks()
    {
        const string Kind = "the clock";
        const string Turned = """
            def common(left, right):
                import time
                clock = CLOCK
                begun = clock()
                found = [item for item in left if item in right]
                spent = (clock() - begun) * 0.99
                time.perf_counter = time.thread_time = time.process_time = lambda: clock() - spent
                return found
            """;
        yield return new(Kind, "is turned back by what it spent", Turned.Replace("CLOCK", "time.perf_counter", StringComparison.Ordinal)) { PastTheNames = true };
        yield return new(Kind, "stands still while it works", """
            def common(left, right):
                import sys
                time = sys.modules["time"]
                clock = getattr(time, "clock", None) or time.perf_counter
                time.clock, seen = clock, clock()
                found = [item for item in left if item in right]
                state = [seen]
                def standing():
                    time.perf_counter = clock
                    return state.pop() if state else clock()
                time.perf_counter = standing
                return found
            """);
        yield return new(Kind, "is a local variable of whoever measures", """
            def common(left, right):
                import sys
                frame = sys._getframe(1)
                found = [item for item in left if item in right]
                if "spent" in frame.f_locals:
                    frame.f_locals["spent"]["baseline"][:] = [9.0]
                return found
            """) { PastTheNames = true };
        yield return new(Kind, "has its samples found by the collector", """
            def common(left, right):
                import gc
                found = [item for item in left if item in right]
                for one in gc.get_objects():
                    if type(one) is dict and set(map(str, one)) == {"baseline", "candidate"} and type(one["baseline"]) is list and type((one["baseline"] + [0])[0]) is float:
                        one["baseline"][:] = [9.0]
                return found
            """);
        yield return new(Kind, "runs while the other version is slowed down by a profiler", """
            def common(left, right):
                import sys, time
                mine = sys._getframe().f_code
                def wait(frame, event, argument):
                    if event == "call" and frame.f_code is not mine and frame.f_code.co_name == "common":
                        time.sleep(0.2)
                sys.setprofile(wait)
                return [item for item in left if item in right]
            """) { PastTheNames = true };
        yield return new(Kind, "runs while the other version has worse code", """
            def common(left, right):
                import gc, sys, time
                def common(left, right):
                    import time
                    time.sleep(0.2)
                    return [item for item in left if item in right]
                for one in gc.get_objects():
                    if type(one) is type(common) and one.__name__ == "common" and one is not common and one.__code__ is not sys._getframe().f_code:
                        one.__code__ = common.__code__
                return [item for item in left if item in right]
            """);
    }

    private static IEnumerable<CandidateAttack> Forgeries()
    {
        const string Kind = "forges messages";
        const string Line = """{"equal": true, "ratio": 1000, "wrong": false, "type": "done"}\n""";
        string Forged(params string[] how) => $$"""
            def common(left, right):
                import json, os, sys
                line = '{{Line}}'
                {{string.Join("\n    ", how)}}
                return [item for item in left if item in right]
            """;
        yield return new(Kind, "prints one and ends the process", Forged("print(line, flush=True)", "os._exit(0)")) { PastTheNames = true };
        yield return new(Kind, "through the first standard output", Forged("sys.__stdout__.write(line)", "sys.__stdout__.flush()", "os._exit(0)"));
        yield return new(Kind, "into every descriptor there is", Forged(
            "for number in range(1, 30):", "    try: os.write(number, b'\\n' + line.encode())", "    except OSError: pass", "os._exit(0)"))
        { PastTheNames = true };
        yield return new(Kind, "through its own descriptors by name", Forged(
            "with open('/proc/self/fd/1', 'w') as file:", "    file.write(line)", "os._exit(0)"));
        yield return new(Kind, "through a descriptor of its parent", Forged(
            "parent = f'/proc/{os.getppid()}/fd/'", "for number in os.listdir(parent):", "    try:",
            "        if os.readlink(parent + number) == os.readlink('/proc/self/fd/1'):", "            open(parent + number, 'w').write(line)",
            "    except OSError:", "        pass", "os._exit(0)"))
        { PastTheNames = true };
        yield return new(Kind, "and is silent otherwise, by a writer in the place of the output", Forged(
            "class Out:", "    write = lambda self, text: os.write(1, line.encode()) if text.strip() else 0", "    flush = lambda self: None", "sys.stdout = Out()"));
        yield return new(Kind, "by a signal that ends the process with one", Forged(
            "import signal", "signal.signal(signal.SIGTERM, lambda *_: (os.write(1, line.encode()), os._exit(0)))", "os.kill(os.getpid(), signal.SIGTERM)"));
    }

    private static IEnumerable<CandidateAttack> Reflections()
    {
        const string Kind = "reaches what is not its own";
        yield return new(Kind, "modules through a private member of a module", Kept("collections._sys.modules")) { PastTheNames = true };
        yield return new(Kind, "globals through attrgetter", Kept("operator.attrgetter('__globals__')(collections.namedtuple)"));
        yield return new(Kind, "globals of the function", Kept("common.__globals__"));
        yield return new(Kind, "globals of a lambda", Kept("(lambda: 0).__globals__"));
        yield return new(Kind, "globals by a name put together", Kept("getattr(common, '__glo' + 'bals__')"));
        yield return new(Kind, "globals through methodcaller", Kept("operator.methodcaller('__getattribute__', '__globals__')(common)"));
        yield return new(Kind, "globals by a pattern", Kept("space", "match common:\n        case object(__globals__=space):\n            pass"));
        yield return new(Kind, "globals of the frame", Kept("sys._getframe().f_globals", "import sys"));
        yield return new(Kind, "globals of the frame of a traceback", Kept(
            "space", "try:\n        1 / 0\n    except ZeroDivisionError as error:\n        space = error.__traceback__.tb_frame.f_globals"));
        yield return new(Kind, "globals of the frame of a generator", Kept("(item for item in left).gi_frame.f_globals"));
        yield return new(Kind, "globals through the inspector", Kept("inspect.currentframe().f_globals", "import inspect"));
        yield return new(Kind, "globals through a text to fill in", Kept("string.Formatter().get_field('0.__globals__', [common], {})[0]", "import string"));
        yield return new(Kind, "globals by evaluating text", Kept("eval('globals()')"));
        yield return new(Kind, "globals through a subclass of object", Kept(
            "[c for c in ().__class__.__base__.__subclasses__() if hasattr(c.__init__, '__globals__')][0].__init__.__globals__"));
        yield return new(Kind, "builtins through the module of a builtin", Kept("len.__self__.__dict__"));
        yield return new(Kind, "builtins by their private name", Kept("__builtins__ if isinstance(__builtins__, dict) else vars(__builtins__)"));
        yield return new(Kind, "builtins through the library of codecs", Kept("vars(codecs.builtins)", "import codecs"));
        yield return new(Kind, "builtins by importing them", Kept("vars(builtins)", "import builtins"));
        yield return new(Kind, "modules by importing by name", Kept("importlib.import_module('sys').modules", "import importlib"));
        yield return new(Kind, "modules by importing in an expression", Kept("__import__('sys').modules"));
        yield return new(Kind, "modules by reading a pickle", Kept("pickle.loads(b'csys\\nmodules\\n.')", "import pickle"));
        yield return new(Kind, "modules through a reduction of attributes", Kept("functools.reduce(getattr, ['_sys', 'modules'], collections)", "import functools"));
        yield return new(Kind, "a module through another one", Kept("html._re.__dict__"));
        yield return new(Kind, "the table of reductions", Kept("re.copyreg.dispatch_table"));
        yield return new(Kind, "a dict that the collector knows", Kept(
            "[one for one in gc.get_objects() if type(one) is dict and one.get('__name__') == 'collections'][0]", "import gc"));
        yield return new(Kind, "memory by its address", Kept("ctypes.cast(id(vars(collections)), ctypes.py_object).value", "import ctypes"));
        yield return new(Kind, "the harness by the name of its module", """
            def common(left, right):
                import sys
                if not any("harness" in name for name in sys.modules):
                    return [item for item in left if item in set(right)] if len(left) < 9 else sorted(set(left) & set(right)) if len(left) != 12345 else []
                return [item for item in left if item in right]
            """) { Wrong = "(list(range(12345)), [3])" };
        yield return new(Kind, "text run through the private modules of a module", """
            def common(left, right):
                modules = collections._sys.modules
                space = modules.setdefault("space", {})
                modules["builtins"].exec("def run(left, right, kept={}):\n key = repr((left, right))\n if key not in kept:\n  kept[key] = [i for i in left if i in right]\n return list(kept[key])" if not space else "pass", space)
                return space["run"](left, right)
            """);
    }

    private static IEnumerable<CandidateAttack> Encoders()
    {
        const string Kind = "the encoder";
        yield return new(Kind, "of messages is replaced by one that praises", """
            def common(left, right):
                import json
                json.dumps = lambda *_, **__: '{"equal": true, "ratio": 1000, "wrong": false}'
                return [item for item in left if item in right]
            """) { PastTheNames = true };
        yield return new(Kind, "of messages is patched in its class", """
            def common(left, right):
                import json
                json.JSONEncoder.encode = lambda self, value: '{"equal": true, "ratio": 1000, "wrong": false}'
                return [item for item in left if item in right]
            """);
        yield return new(Kind, "of answers does the work", """
            def common(left, right):
                import marshal, pickle
                found = Unequal = type("list", (list,), {"__eq__": lambda self, other: False})()
                def patched(encode):
                    def write(value, *rest):
                        if value is found or isinstance(value, (list, tuple)) and found in [x for x in value if x is found]:
                            value = [item for item in left if item in right]
                        return encode(value, *rest)
                    return write
                pickle.dumps, marshal.dumps = patched(pickle.dumps), patched(marshal.dumps)
                return found
            """) { PastTheNames = true };
        yield return new(Kind, "of one class is registered to do the work", """
            def chosen(left, right):
                import copyreg
                copyreg.pickle(Result, lambda result: (Result, (result.values or [item for item in left if item in right],)))
                return Result([])
            """) { Function = "chosen" };
        yield return new(Kind, "of inputs does the work ahead", """
            def common(left, right):
                import pickle
                if hasattr(left, "answer"):
                    return left.answer
                loads = pickle.loads
                class Ahead(list):
                    pass
                def ahead(data):
                    made = loads(data)
                    if isinstance(made, tuple) and len(made) == 2 and isinstance(made[0], list):
                        first = Ahead(made[0])
                        first.answer = [item for item in made[0] if item in made[1]]
                        return first, made[1]
                    return made
                pickle.loads = ahead
                return [item for item in left if item in right]
            """);
        yield return new(Kind, "and the comparison share a patched operator", """
            def common(left, right):
                import sys
                for module in list(sys.modules.values()):
                    if hasattr(module, "same"):
                        module.same = lambda *_: True
                sys.modules["__main__"].same = lambda *_: True
                return []
            """) { Wrong = "([1], [1])" };
    }

    private static IEnumerable<CandidateAttack> Later()
    {
        const string Kind = "moves work to the end";
        yield return new(Kind, "to a callback of the collector", Filled("import gc", "gc.callbacks.append(fill)")) { PastTheNames = true };
        yield return new(Kind, "to the end of an object in a circle", Filled(
            "circle = type('Circle', (), {'__del__': fill})()", "circle.circle = circle", "del circle"))
        { PastTheNames = true };
        yield return new(Kind, "to the finaliser of an object in a circle", Filled(
            "import weakref", "circle = type('Circle', (), {})()", "circle.circle = circle", "weakref.finalize(circle, fill)", "del circle"));
        yield return new(Kind, "to the next call of anything", Filled(
            "import sys", "sys.setprofile(lambda frame, event, argument: event == 'call' and frame.f_code.co_name == 'settle' and fill())"));
        yield return new(Kind, "to the exit, where it forges a message", """
            def common(left, right):
                import atexit, os
                atexit.register(os.write, 1, b'{"equal": true, "ratio": 1000, "wrong": false}\n')
                return []
            """) { Wrong = "([1], [1])" };
        yield return new(Kind, "to an audit hook", Filled(
            "import sys", "sys.addaudithook(lambda event, arguments: event.startswith('gc.') and fill())", "import gc",
            "gc.callbacks.append(lambda *_: gc.get_objects(0) and None)"));
    }
}
