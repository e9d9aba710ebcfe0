using Afterburner.Tests.Attacks;
using Afterburner.Tests.Workloads;
using Afterburner.Trials;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Trials;

/// <summary>What a call changes of its whole process, and of what was open before it, is part of what it does.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class WhatCallsLeaveTests(HarnessFixture fixture) : IClassFixture<HarnessFixture>
{
    private const string Before = """
        import decimal, gc, locale, logging, mimetypes, os, random, signal, socket, sys, warnings
        _LOG = os.open("/tmp/left.log", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        os.write(_LOG, b"begin\n")
        _FILE = open("/tmp/left.txt", "w")
        _FILE.write("begin\n")
        _FROM, _TO = os.pipe()
        _ONE, _OTHER = socket.socketpair()
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("random.random()", "random: ")]
    [LongData("setattr(decimal.getcontext(), 'prec', 5 + x)", "decimal: ")]
    [LongData("os.umask(x)", "umask: ")]
    [LongData("sys.setrecursionlimit(900 + x)", "recursion limit: ")]
    [LongData("socket.setdefaulttimeout(3 + x)", "socket timeout: ")]
    [LongData("signal.signal(signal.SIGUSR1, signal.SIG_IGN)", "signals: ")]
    [LongData("logging.getLogger('some').setLevel(10 + x)", "loggers: ")]
    [LongData("warnings.filterwarnings('ignore', message=str(x))", "warnings: ")]
    [LongData("sys.path.append(str(x))", "sys.path: ")]
    [LongData("os.chdir('/')", "os.chdir")]
    [LongData("gc.set_threshold(100 + x)", "collector: ")]
    [LongData("setattr(sys, 'excepthook', print)", "hooks: ")]
    [LongData("mimetypes.types_map.update({str(x): 'some'})", "mimetypes.types_map: ")]
    [LongData("os.write(_LOG, b'%d' % x)", "left.log: ")]
    [LongData("os.pwrite(_LOG, b'%d' % x, 0)", "left.log: ")]
    [LongData("os.ftruncate(_LOG, x)", "os.truncate")]
    [LongData("x == xs[-1] and os.close(_LOG)", "left.log: ")]
    [LongData("_FILE.write(str(x))", "left.txt: ")]
    [LongData("os.write(_TO, b'%d' % x)", "written to ")]
    [LongData("os.writev(_TO, [b'%d' % x])", "written to ")]
    public async Task What_a_call_changes_of_its_process_is_seen(string expression, string expected)
    {
        using var file = new OneFile($"def f(xs):\n    for x in xs:\n        kept = {expression}\n    return len(xs)", Before);

        var outcome = await CompareAsync(file, "def f(xs):\n    return len(xs)");

        Assert.Contains(expected, Assert.IsType<EquivalenceOutcome.Differs>(outcome).Difference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_sends_through_a_socket_is_not_compared()
    {
        const string Body = "def f(xs):\n    for x in xs:\n        _ONE.send(b'%d' % x)\n    return len(xs)";
        using var file = new OneFile(Body, Before);

        var outcome = await CompareAsync(file, Body.Replace("in xs:", "in list(xs):", StringComparison.Ordinal));

        Assert.Contains("socket", Assert.IsType<EquivalenceOutcome.NotCompared>(outcome).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("random.random()", "random: ")]
    [InlineData("os.write(_LOG, b'x')", "left.log: ")]
    [LongData("_FILE.write('x')", "left.txt: ")]
    [LongData("os.write(_TO, b'x')", "en to descriptor")]
    public async Task To_do_it_once_instead_of_often_is_seen(string expression, string expected)
    {
        using var file = new OneFile($"def f(xs):\n    for x in xs:\n        kept = {expression}\n    return len(xs)", Before);

        var outcome = await CompareAsync(file, $"def f(xs):\n    kept = xs and {expression}\n    return len(xs)");

        Assert.Contains(expected, Assert.IsType<EquivalenceOutcome.Differs>(outcome).Difference, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task A_version_that_changes_all_of_it_alike_is_equal()
    {
        const string Body = """
            def f(xs):
                for x in xs:
                    kept = random.random()
                    decimal.getcontext().prec = 5 + x
                    os.umask(x)
                    sys.setrecursionlimit(900 + x)
                    socket.setdefaulttimeout(3 + x)
                    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
                    logging.getLogger('some').addHandler(logging.StreamHandler())
                    warnings.filterwarnings('ignore', message=str(x))
                    sys.path.append(str(x))
                    mimetypes.types_map[str(x)] = 'some'
                    os.write(_LOG, b'%d' % x)
                    _FILE.write(str(x))
                    os.write(_TO, b'%d' % x)
                return len(xs)
            """;
        using var file = new OneFile(Body, Before);

        var outcome = await CompareAsync(file, Body.Replace("in xs:", "in list(xs):", StringComparison.Ordinal));

        Assert.True(outcome is EquivalenceOutcome.Equal, outcome.Reason);
    }

    [LongForm]
    [Theory]
    [InlineData("for x in xs:\n        os.write(_TO, b'%d' % x)", "os.write(_TO, b''.join(b'%d' % x for x in xs))")]
    [LongData("for x in xs:\n        _FILE.write(str(x))", "_FILE.write(''.join(map(str, xs)))")]
    [LongData("for x in xs:\n        os.write(_LOG, b'%d' % x)", "os.write(_LOG, b''.join([b'%d' % x for x in xs]))")]
    public async Task To_write_all_at_once_is_the_same(string before, string after)
    {
        using var file = new OneFile($"def f(xs):\n    {before}\n    return len(xs)", Before);

        var outcome = await CompareAsync(file, $"def f(xs):\n    {after}\n    return len(xs)");

        Assert.True(outcome is EquivalenceOutcome.Equal, outcome.Reason);
    }

    [Fact]
    public async Task What_was_open_before_is_put_back_for_the_next_call()
    {
        const string Read = "def f(xs):\n    os.lseek(_LOG, 0, 0)\n    text = os.read(_LOG, 100)\n    os.write(_LOG, b'more')\n    return text, os.fstat(_LOG).st_size";
        using var file = new OneFile(Read, Before);

        var outcome = await CompareAsync(file, Read.Replace("return text", "size = 0\n    return text", StringComparison.Ordinal));

        Assert.True(outcome is EquivalenceOutcome.Equal, outcome.Reason);
    }

    [Fact]
    public async Task An_honest_candidate_that_leaves_nothing_out_is_accepted_and_equal()
    {
        var before = HonestCode.Functions["guarded"];
        using var file = new OneFile(before, HonestCode.Before);
        var candidate = before.Replace("in right:", "in right_set:", StringComparison.Ordinal).Replace("found = []\n", "found = []\n    right_set = set(right)\n", StringComparison.Ordinal);

        var check = await fixture.CheckAsync(file, candidate);
        var outcome = await CompareAsync(file, candidate, check as CandidateCheckOutcome.Accepted, "{'left': [3, 1, 3, 2], 'right': [3, 2]}", "{'left': [], 'right': []}");

        Assert.True(check is CandidateCheckOutcome.Accepted, (check as CandidateCheckOutcome.Refused)?.Reason);
        Assert.True(outcome is EquivalenceOutcome.Equal, outcome.Reason);
    }

    private Task<EquivalenceOutcome> CompareAsync(OneFile file, string candidate, CandidateCheckOutcome.Accepted? check = null, params string[] arguments) =>
        fixture.CompareAsync(
            file, candidate, check ?? HarnessFixture.NothingChanged, arguments.Length > 0 ? arguments : ["{'xs': [1, 2, 3]}", "{'xs': [2]}", "{'xs': []}"]);
}
