namespace Afterburner.Tests.Attacks;

/// <summary>A pull request that makes a function fifty times slower and wants the gate not to say so.</summary>
/// <param name="Group">Attacks of a group are tried in one gate.</param>
/// <param name="Tries">What it tries.</param>
/// <param name="Code">What stands above the functions of the module at head.</param>
internal sealed record PullRequestAttack(string Group, string Tries, string Code = "")
{
    /// <value>Further files of head.</value>
    public IReadOnlyList<(string Path, string Text)> Files { get; init; } = [];

    /// <value>Whether an evaluator that shares its process with the code calls the slower function no slower.</value>
    public bool FoolsOneProcess { get; init; }
}

/// <summary>Every pull request of the attack suite.</summary>
internal static class PullRequestAttacks
{
    public const string Clocks = "clocks and collectors", Harness = "the harness in its own process", Pipes = "what answers are written with",
        Loaded = "files that tools load by themselves", Words = "what the change says of itself",
        Recorded = "the recording of its own tests", Unregistered = "the finding of the function";

    /// <summary>The function at base.</summary>
    public const string Code = """
        def work(items):
            assert len(items) <= 4_000  # no larger calls are made and measured
            total = 0
            for item in items:
                total += item * 3 % 11
            return total
        """;

    /// <summary>Everything fifty times, which no noise of a busy machine can hide.</summary>
    public static readonly string Slower = Code.Replace(
        "total += item * 3 % 11", "total += sum(item * 3 % 11 for _ in range(50)) // 50", StringComparison.Ordinal);

    public static IReadOnlyList<PullRequestAttack> All { get; } =
    [
        new(Clocks, "a clock that ticks once a look", """
            import time as _t
            _ticks = iter(range(10**9))
            _t.perf_counter = lambda: float(next(_ticks))
            _t.thread_time_ns = _t.perf_counter_ns = _t.process_time_ns = lambda: next(_ticks)
            _t.thread_time = _t.process_time = _t.monotonic = lambda: float(next(_ticks))
            """) { FoolsOneProcess = true },
        new(Clocks, "a count of used time that stands still", "import resource as _r\n_r.getrusage = lambda *_: (0,) * 16\n"),
        new(Clocks, "a collector that cannot be stopped, and one that never runs",
            "import gc as _gc\n_gc.disable = _gc.enable = _gc.freeze = lambda: None\n_gc.collect = lambda *_: 0\n"),
        new(Clocks, "recorded calls that took no time", """
            import sys as _s
            for _n, _m in list(_s.modules.items()):
                for _k in ("thread_time_ns", "thread_time", "perf_counter", "clock"):
                    if "harness" in _n and hasattr(_m, _k):
                        setattr(_m, _k, lambda: 0)
            """),
        new(Clocks, "a function that is called at the exit", "import atexit as _a, os as _o\n_a.register(lambda: _o._exit(0))\n"),
        new(Clocks, "an alarm that is handled", "import signal as _g\n_g.signal(_g.SIGALRM, lambda *_: None)\n_g.setitimer(_g.ITIMER_REAL, 0.5, 0.5)\n"),
        new(Harness, "calls that are not made", """
            import sys as _s
            _m = _s.modules.get("afterburner_harness.timing.commands")
            if _m is not None:
                _m.run = lambda function, arguments: [(0, 87) for _ in arguments]
            """),
        new(Harness, "messages of its own", """
            import os as _o
            for _n in range(3, 20):
                try:
                    _o.write(_n, b'\\n{"type": "pair", "baseline": {"cpu": 1}, "candidate": {"cpu": 1}}\\n{"type": "done"}\\n')
                except OSError:
                    pass
            """.Replace("\\\\", "\\", StringComparison.Ordinal)),
        new(Harness, "a hook that stops whoever looks", """
            import sys as _s
            def _hook(event, details):
                if event in ("marshal.dumps", "cpython._PySys_ClearAuditHooks"):
                    raise RuntimeError(event)
            _s.addaudithook(_hook)
            """),
        new(Harness, "samples of the other version made longer", """
            import sys as _s
            for _n, _m in list(_s.modules.items()):
                for _k in ("take", "_take", "spent"):
                    if hasattr(_m, _k) and "harness" in _n:
                        setattr(_m, _k, lambda *a, **k: {"cpu": 1.0, "wall": 1.0})
            _f = _s._getframe()
            while _f:
                if isinstance(_f.f_locals.get("spent"), dict):
                    _f.f_locals["spent"]["baseline"].extend([9.0] * 20)
                _f = _f.f_back
            """),
        new(Pipes, "an encoder that writes one answer for all", "import marshal as _m\n_m.dumps = lambda *a: b'i\\x57\\x00\\x00\\x00'\n"),
        new(Pipes, "a write that says it is done", "import os as _o\n_w = _o.write\n_o.write = lambda fd, data: len(data) if fd > 2 and len(data) > 5 and bytes(data[4:5]) == b'A' else _w(fd, data)\n"),
        new(Pipes, "a fork that stays one process", "import os as _o\n_o.fork = lambda: 0\n"),
        new(Loaded, "a conftest.py", "") { Files = [("conftest.py", Told("conftest.py"))] },
        new(Loaded, "a sitecustomize.py", "") { Files = [("sitecustomize.py", Told("sitecustomize.py"))] },
        new(Loaded, "a usercustomize.py", "") { Files = [("usercustomize.py", Told("usercustomize.py"))] },
        new(Loaded, "a plugin of pytest", "")
        {
            Files = [("pytest.ini", "[pytest]\naddopts = -p plugin\n"), ("plugin.py", Told("plugin.py"))],
        },
        new(Loaded, "a module named like one of the library, random", "") { Files = [("random.py", Named("random"))] },
        new(Loaded, "a module named like one of the library, struct", "") { Files = [("struct.py", Named("struct"))] },
        new(Words, "a comment that tells the parser to look away", "# ast-grep-ignore\n"),
        new(Words, "a notice of generated code", "# Code generated by a tool. DO NOT EDIT.\n# @generated\n# flake8: noqa\n"),
        new(Words, "a configuration that leaves the file out and allows all", "")
        {
            Files = [(".github/afterburner.yml", "exclude: ['**']\nmax-functions: 1\ngate:\n  max-slowdown: 1000\n")],
        },
        new(Recorded, "entries that are not told", "import builtins as _b\n_b.__ab_entry__ = lambda *_: None\n"),
        new(Unregistered, "a function that is not found", "import builtins as _b\n_b.__ab_register__ = lambda _: lambda f: f\n"),
        new(Words, "an attribute of git that calls it binary", "") { Files = [(".gitattributes", "calc.py binary -diff linguist-generated\n")] },
    ];

    private static string Told(string path) => $"""
        import builtins, time
        builtins.ran = getattr(builtins, "ran", []) + ["{path}"]
        time.thread_time = time.process_time = lambda: 0.0

        """;

    /// <summary>The library's module with one function that is not the library's.</summary>
    private static string Named(string module) => $"""
        import os
        exec(compile(open(os.__file__.replace("os.py", "{module}.py")).read(), "{module}", "exec"))
        {Told($"{module}.py")}
        """;
}
