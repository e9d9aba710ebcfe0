using Afterburner.Tests.Workloads;
using Afterburner.Trials;
using Xunit;

namespace Afterburner.Tests.Trials;

/// <summary>Differences where a look at plain values shows none: content of compiled objects, what classes and other modules keep, large tables.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class UnseenTests(HarnessFixture fixture) : IClassFixture<HarnessFixture>
{
    private const string Imports =
        "import csv, hashlib, io, itertools, logging, queue, re, struct, threading, zlib\n"
        + "import other as ot\nfrom other import bump\n"
        + "class Config:\n    ROWS = {'rows': [1, 2]}\n    class Inner:\n        n = 0\n"
        + "class Box:\n    pass\n"
        + "QUEUE, SUM, LOCAL, TEXT, PACK = queue.SimpleQueue(), hashlib.sha256(), threading.local(), io.StringIO(), zlib.compressobj()\n"
        + "ROWS, LOCK, WORD, LOG, BOX, FEED = csv.writer(TEXT), threading.Lock(), re.compile('a'), logging.getLogger('m'), Box(), iter(range(10**6))\n"
        + "BOX.pack, BOX.n, NONE = PACK, 1, Box()\n"
        + "HITS = {n: [0] for n in range(30_000)}\nPLAIN = {n: 0 for n in range(30_000)}\n"
        + "def kept(key, found={'a': [1, 2]}):\n    return found[key]\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("h = hashlib.sha256()\n    for x in xs:\n        h.update(b'%d' % x)\n    return h", "return hashlib.sha256()", "return.args[3]")]
    [LongData("q = queue.SimpleQueue()\n    for x in xs:\n        q.put(x)\n    return q", "return queue.SimpleQueue()", "return: 2 items != 0 items")]
    [LongData("lock = threading.Lock()\n    lock.acquire()\n    return lock", "return threading.Lock()", "True != False")]
    [LongData("rows = csv.writer(io.StringIO())\n    rows.writerow(xs)\n    return rows", "return csv.writer(io.StringIO())", "return.args")]
    [LongData("return struct.Struct('<i')", "return struct.Struct('<q')", "'<i' != '<q'")]
    [LongData("held = threading.local()\n    held.xs = xs[:]\n    return held", "return threading.local()", "attribute 'xs' missing")]
    [LongData("return io.TextIOWrapper(io.BytesIO(b'a'))", "return io.TextIOWrapper(io.BytesIO(b'b'))", "return")]
    [LongData("pack = zlib.compressobj()\n    pack.compress(bytes(xs))\n    return pack", "return zlib.compressobj()", "a zlib.Compress whose content cannot be seen")]
    [LongData("return [0.0 for x in xs]", "return [-0.0 for x in xs]", "0.0 != -0.0")]
    [LongData("return complex(0.0, len(xs) * 0.0)", "return complex(0.0, len(xs) * -0.0)", "0.0 != -0.0")]
    [LongData("return memoryview(bytes(xs))", "return memoryview(bytearray(xs))", "True != False")]
    [LongData("error = ValueError('a')\n    error.__notes__ = ['b']\n    raise error", "raise ValueError('a')", "__notes__")]
    [LongData("return [1.7e9 + x / 7 for x in xs]", "return [1.7e9 + x // 7 for x in xs]", "return[0]")]
    public async Task Answers_are_told_apart_by_all_they_hold(string original, string candidate, string expected) =>
        await RefusedAsync(original, candidate, expected);

    [Theory]
    [InlineData("QUEUE.put(x)", "QUEUE")]
    [LongData("SUM.update(b'%d' % x)", "SUM")]
    [LongData("ROWS.writerow([x])", "ROWS")]
    [LongData("LOCAL.seen = getattr(LOCAL, 'seen', 0) + x", "LOCAL")]
    [LongData("PACK.compress(b'%d' % x)", "uses a zlib.Compress whose content cannot be seen")]
    [LongData("BOX.pack.compress(b'%d' % x)", "uses a zlib.Compress whose content cannot be seen")]
    [LongData("ot.COUNTS[0] += 1", "other: COUNTS")]
    [LongData("bump(x)", "other: COUNTS")]
    [LongData("HITS[x][0] += 1", "HITS")]
    [LongData("PLAIN[x] += 1", "PLAIN")]
    [LongData("next(FEED)", "FEED")]
    [LongData("Config.Inner.n += x", "Config.Inner.n")]
    public async Task What_is_done_to_a_module_for_every_item_cannot_be_done_once(string statement, string expected) =>
        await RefusedAsync($"total = sum(xs)\n    for x in xs:\n        {statement}\n    return total", $"total = sum(xs)\n    for x in xs[:1]:\n        {statement}\n    return total", expected);

    [Theory]
    [InlineData("Config.ROWS['rows']")]
    [LongData("ot.LIMITS['most']")]
    [LongData("kept('a')")]
    public async Task A_list_of_a_class_a_module_or_a_function_is_not_a_copy_of_it(string kept) =>
        await RefusedAsync($"return [x for x in {kept}]", $"return {kept}", "values of the module in the answer");

    [Theory]
    [InlineData("LOG.debug('%d', len(xs))\n    return", "")]
    [LongData("with LOCK:\n        return", "")]
    [LongData("QUEUE.put(len(xs))\n    SUM.update(b'a')\n    LOCAL.n = BOX.n\n    ROWS.writerow([1])\n    return", "WORD, NONE, LOCK, ")]
    [LongData("return", "hashlib.sha256(bytes(xs)), re.match('a', 'ab'), threading.Lock(), object(), ")]
    [LongData("return", "HITS[1], PLAIN[2], Config.ROWS, ot.LIMITS, ")]
    [LongData("HITS[xs[0]][0] += 1\n    PLAIN[xs[0]] += 1\n    bump(1)\n    return", "")]
    [LongData("return", "io.BytesIO(bytes(xs)), io.TextIOWrapper(io.BytesIO(bytes(xs))), next(FEED), ")]
    public async Task An_honest_rewrite_beside_such_values_is_equal(string before, string answer)
    {
        var original = $"{before} {answer}[x for x in xs if x]";

        var outcome = await CompareAsync(original, original.Replace("[x for x in xs if x]", "list(filter(None, xs))", StringComparison.Ordinal));

        Assert.True(outcome is EquivalenceOutcome.Equal, outcome.Reason);
    }

    [LongForm]
    [Theory]
    [InlineData("total = 0.0\n    for x in xs:\n        total += x / 7\n    return total", "import math\n    return math.fsum(x / 7 for x in xs)")]
    [LongData("total = 0.0\n    for x in xs:\n        total += x / 7\n    return total / len(xs)", "import math\n    return math.fsum([x / 7 for x in xs]) / len(xs)")]
    [LongData("total = 0.0\n    for x in xs:\n        total += x * (x - 1e4) / 3\n    return total", "return sum(x * (x - 1e4) / 3 for x in reversed(xs))")]
    [LongData("total = 0.0\n    for x in xs:\n        total += 0.1\n    return total", "import math\n    return math.fsum([0.1] * len(xs))")]
    public async Task Sums_in_another_order_are_equal(string original, string candidate)
    {
        var outcome = await CompareAsync(original, candidate, "{'xs': list(range(20_000))}");

        Assert.True(outcome is EquivalenceOutcome.Equal, outcome.Reason);
    }

    [Theory]
    [InlineData("held", true)]
    [InlineData("zlib.compressobj()", false)]
    public async Task A_timed_answer_may_hold_what_cannot_be_seen_only_where_the_arguments_do(string answer, bool written)
    {
        var text = await fixture.PythonAsync(
            $$"""
            import zlib
            from afterburner_harness.comparing import trees
            from afterburner_harness.timing import encoders
            held = zlib.compressobj()
            try:
                print(bool(encoders.ENCODERS["tree"](("return", {{answer}}, [held]))))
            except trees.TooLarge:
                print(False)
            """);

        Assert.Equal($"{written}\n", text);
    }

    private async Task RefusedAsync(string original, string candidate, string expected)
    {
        var outcome = await CompareAsync(original, candidate);

        Assert.IsNotType<EquivalenceOutcome.Equal>(outcome);
        Assert.Contains(expected, outcome.Reason, StringComparison.Ordinal);
    }

    private async Task<EquivalenceOutcome> CompareAsync(string original, string candidate, string call = "{'xs': [1, 2]}")
    {
        using var file = new OneFile("def f(xs):\n    " + original, Imports);
        await File.WriteAllTextAsync(
            Path.Combine(file.Workspace, "other.py"), "COUNTS = [0]\nLIMITS = {'most': [1, 2]}\ndef bump(n):\n    COUNTS[0] += n\n", Cancel);
        return await fixture.CompareAsync(file, "def f(xs):\n    " + candidate, HarnessFixture.NothingChanged, call);
    }
}
