using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Workloads;

/// <summary>What a candidate leaves out that no comparison of answers can show is lost; what only computes may go.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class LeftOutTests(HarnessFixture fixture) : IClassFixture<HarnessFixture>
{
    private const string Before = """
        import contextlib, decimal, gc, io, logging, os, random, signal, socket, sys, threading, time, warnings
        import numpy.random as nr
        from random import random as draw, uniform
        _LOCK = threading.Lock()
        _FILE = io.StringIO()

        @contextlib.contextmanager
        def guard():
            yield

        def helper(x):
            return x

        class Held:
            lock = threading.RLock()
        """;

    private const string Rewrite = "def f(xs, key=None):\n    \"Adds.\"\n    return sum(xs)";

    [Theory]
    [InlineData("roll = random.random()", "uses random.random,")]
    [InlineData("total += 0 * (random.random() > 2)", "uses random.random,")]
    [InlineData("roll = draw()", "uses random.random,")]
    [InlineData("d = uniform; roll = d(0, 1)", "uses random.uniform,")]
    [InlineData("rolls = list(map(random.randrange, [x + 1]))", "uses random.randrange,")]
    [InlineData("rolls = [random.choice(xs) for _ in xs]", "uses random.choice,")]
    [InlineData("import random as r; roll = r.getrandbits(8)", "uses random.getrandbits,")]
    [InlineData("roll = nr.rand()", "uses numpy.random.rand,")]
    [InlineData("old = decimal.setcontext(decimal.Context(prec=3))", "uses decimal.setcontext,")]
    [InlineData("old = os.umask(0o22)", "uses os.umask,")]
    [InlineData("old = sys.setrecursionlimit(1000)", "uses sys.setrecursionlimit,")]
    [InlineData("old = sys.path.append('x')", "uses sys.path.append,")]
    [InlineData("old = socket.setdefaulttimeout(3)", "uses socket.setdefaulttimeout,")]
    [InlineData("old = signal.signal(signal.SIGUSR1, signal.SIG_IGN)", "uses signal.signal,")]
    [InlineData("old = gc.collect(0)", "uses gc.collect,")]
    [InlineData("log = logging.getLogger('x').setLevel(10)", "uses logging.getLogger,")]
    [InlineData("old = warnings.simplefilter('ignore')", "uses warnings.simplefilter,")]
    [InlineData("total += 0 * os.write(1, b'x')", "uses os.write,")]
    [InlineData("total += 0 * os.writev(1, [b'x'])", "uses os.writev,")]
    [InlineData("n = _FILE.write('x')", "calls _FILE.write,")]
    [InlineData("n = key.send(b'x')", "calls key.send,")]
    [InlineData("time.sleep(0) and 1", "uses time.sleep,")]
    public async Task A_call_that_changes_what_belongs_to_the_process_is_lost_whoever_takes_its_value(string line, string named)
    {
        await AssertLostAsync(line, named);
    }

    [Theory]
    [InlineData("with _LOCK: total += x", "enters _LOCK,")]
    [InlineData("with _LOCK, guard(): total += x", "enters _LOCK,")]
    [InlineData("with key: total += x", "enters key,")]
    [InlineData("with Held.lock: total += x", "enters Held.lock,")]
    [InlineData("lock = Held.lock\n        with lock: total += x", "enters Held.lock,")]
    [InlineData("with guard(): total += x", "enters guard(),")]
    [InlineData("with xs[0].lock(3): total += x", "enters xs[0].lock(),")]
    [InlineData("with contextlib.ExitStack() as stack: stack.enter_context(_LOCK)", "enters contextlib.ExitStack(),")]
    [InlineData("got = _LOCK.acquire()", "calls _LOCK.acquire,")]
    [InlineData("key.acquire(); key.release()", "calls key.acquire,")]
    [InlineData("held = _LOCK; held.acquire(); held.release()", "calls _LOCK.acquire,")]
    [InlineData("key.lock.__enter__()", "calls key.lock.__enter__,")]
    public async Task What_is_entered_or_taken_and_is_no_longer_is_lost(string line, string named)
    {
        await AssertLostAsync(line, named);
    }

    [Theory]
    [InlineData("with _LOCK: pass\n    return sum(map(helper, xs))")]
    [InlineData("with _LOCK: total = 0\n    return sum(helper(x) for x in xs)")]
    [InlineData("_LOCK.acquire(); _LOCK.release()\n    return sum(map(helper, xs))")]
    public async Task What_was_done_inside_is_not_done_outside(string body)
    {
        using var file = new OneFile(
            "def f(xs, key=None):\n    total = 0\n    for x in xs:\n        with _LOCK:\n            total += helper(x)\n    return total", Before);

        var refused = Assert.IsType<CandidateCheckOutcome.Refused>(await fixture.CheckAsync(file, $"def f(xs, key=None):\n    {body}"));

        Assert.StartsWith("The candidate is unproven: it ", refused.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("with _LOCK: return sum(map(helper, xs))")]
    [InlineData("lock = _LOCK\n    with lock:\n        return sum(helper(x) for x in xs)")]
    public async Task To_take_a_lock_once_for_all_is_no_loss(string body)
    {
        using var file = new OneFile(
            "def f(xs, key=None):\n    total = 0\n    for x in xs:\n        with _LOCK:\n            total += helper(x)\n    return total", Before);

        var outcome = await fixture.CheckAsync(file, $"def f(xs, key=None):\n    {body}");

        Assert.True(outcome is CandidateCheckOutcome.Accepted, (outcome as CandidateCheckOutcome.Refused)?.Reason);
    }

    [Theory]
    [InlineData("y = helper(x)")]
    [InlineData("place = xs.index(x)")]
    [InlineData("out = sorted(xs); out.append(x)")]
    [InlineData("with open('/dev/null') as file: text = file.read()")]
    [InlineData("with contextlib.suppress(ValueError): y = int(x)")]
    [InlineData("with memoryview(b'x') as view: y = view[0]")]
    [InlineData("file = open('/dev/null')\n        with file: text = file.read()")]
    [InlineData("there = os.path.exists('x') or os.stat('/')")]
    [InlineData("began = time.perf_counter()")]
    [InlineData("limit = sys.getrecursionlimit()")]
    [InlineData("number = decimal.Decimal(x)")]
    [InlineData("level = logging.INFO")]
    [InlineData("text = io.StringIO(); text.write('x')")]
    public async Task What_only_computes_or_reads_may_go(string line)
    {
        using var file = File(line);

        var outcome = await fixture.CheckAsync(file, Rewrite);

        Assert.True(outcome is CandidateCheckOutcome.Accepted, (outcome as CandidateCheckOutcome.Refused)?.Reason);
    }

    [Fact]
    public async Task What_is_entered_asynchronously_counts_as_well()
    {
        using var file = new OneFile("async def f(xs, key):\n    total = 0\n    for x in xs:\n        async with key.lock:\n            total += x\n    return total", Before);

        var refused = Assert.IsType<CandidateCheckOutcome.Refused>(await fixture.CheckAsync(file, "async def f(xs, key):\n    return sum(xs)"));

        Assert.Contains("no longer enters key.lock,", refused.Reason, StringComparison.Ordinal);
    }

    private async Task AssertLostAsync(string line, string named)
    {
        using var file = File(line);

        var refused = Assert.IsType<CandidateCheckOutcome.Refused>(await fixture.CheckAsync(file, Rewrite));
        var kept = await fixture.CheckAsync(file, file.Function.Replace("return total", "return 0 + total", StringComparison.Ordinal));

        Assert.StartsWith("The candidate is unproven: it no longer " + named, refused.Reason, StringComparison.Ordinal);
        Assert.True(kept is CandidateCheckOutcome.Accepted, (kept as CandidateCheckOutcome.Refused)?.Reason);
    }

    private static OneFile File(string line) =>
        new($"def f(xs, key=None):\n    \"Adds.\"\n    total = 0\n    for x in xs:\n        total += x\n        {line}\n    return total", Before);
}
