using Afterburner.Tests.Workloads;
using Afterburner.Trials;
using Xunit;

namespace Afterburner.Tests.Trials;

/// <summary>What a call does to others is compared with what it gives them, and in its order.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ObservedEffectsTests(HarnessFixture fixture) : IClassFixture<HarnessFixture>
{
    private const string Before = """
        import fcntl, hmac, logging, os, socket, subprocess, sys, time
        from time import sleep as pause
        LOG = logging.getLogger("m")
        """;

    private const string Numbers = "{'xs': [3, 1, 2]}";

    [Theory]
    [InlineData("print(len(xs))", "print(len(xs), file=sys.stderr)", "printed")]
    [LongData("print(1); print(2, file=sys.stderr)", "print(2, file=sys.stderr); print(1)", "printed")]
    [LongData("try: raise ValueError(7)\n    except ValueError: LOG.error('no', exc_info=True)", "try: raise ValueError(7)\n    except ValueError: LOG.error('no')", "logged")]
    [LongData("LOG.error('no', extra={'who': len(xs)})", "LOG.error('no', extra={'who': 0})", "logged")]
    [LongData("print(1, flush=True)", "print(1)", "printed")]
    [LongData("LOG.error('no', stack_info=True)", "LOG.error('no')", "logged")]
    public async Task What_is_said_goes_where_it_went_with_all_that_goes_with_it(string original, string candidate, string expected) =>
        await AssertDiffersAsync(original, candidate, expected);

    [Theory]
    [InlineData("time.sleep(0.001)", "time.sleep(0.0)")]
    [LongData("pause(0.001)", "pause(0.0)")]
    [LongData("for x in xs: time.sleep(0.0)", "time.sleep(0.0)")]
    [LongData("same = hmac.compare_digest(bytes(xs), bytes(3))", "same = hmac.compare_digest(bytes(xs)[:1], bytes(1))")]
    [LongData("subprocess.run(['true'], input=b'1')", "subprocess.run(['true'], input=b'2')")]
    [LongData("subprocess.run(['true'], env={'A': '1'})", "subprocess.run(['true'], env={'A': '2'})")]
    [LongData("with open('/tmp/held', 'w') as f: fcntl.flock(f, fcntl.LOCK_EX)", "with open('/tmp/held', 'w') as f: fcntl.flock(f, fcntl.LOCK_SH)")]
    public async Task Calls_that_leave_no_trace_are_compared_with_what_they_are_given(string original, string candidate) =>
        await AssertDiffersAsync(original, candidate, "effects");

    [Theory]
    [InlineData("s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b'one', ('127.0.0.1', 9)); s.close()", "b'one'", "b'two'")]
    [LongData("s, t = socket.socketpair(); s.sendall(b'one'); s.close(); t.close()", "b'one'", "b'two'")]
    [LongData("s, t = socket.socketpair(); s.settimeout(3); s.close(); t.close()", "3", "4")]
    public async Task What_is_sent_is_compared(string original, string part, string other) =>
        await AssertDiffersAsync(original, original.Replace(part, other, StringComparison.Ordinal), "effects");

    [Theory]
    [InlineData("os.close(os.open('/tmp/new', os.O_CREAT | os.O_WRONLY, 0o600))", "0o600", "0o644")]
    [InlineData("os.close(os.open('/tmp/new', os.O_CREAT | os.O_WRONLY))", "os.O_WRONLY)", "os.O_WRONLY | os.O_EXCL)")]
    [LongData("open('/tmp/new', 'w').close()", "'w'", "'a'")]
    [LongData("open('/tmp/new', 'w').close(); os.chmod('/tmp/new', 0o600)", "0o600", "0o644")]
    public async Task How_a_file_is_opened_and_who_may_read_it_is_compared(string original, string part, string other) =>
        await AssertDiffersAsync(original, original.Replace(part, other, StringComparison.Ordinal), "effects");

    [Theory]
    [InlineData("for x in xs: print(x)", "if xs: print('\\n'.join(map(str, xs)))")]
    [LongData("for x in xs: LOG.info('%d', x)", "for x in xs: LOG.info(f'{x}')")]
    [LongData("for x in xs: time.sleep(x * 0.0)", "for delay in [x * 0.0 for x in xs]: time.sleep(delay)")]
    [LongData("s, t = socket.socketpair()\n    for x in xs: s.sendall(b'%d' % x)\n    s.close(); t.close()", "s, t = socket.socketpair()\n    s.sendall(b''.join(b'%d' % x for x in xs))\n    s.close(); t.close()")]
    [LongData("for x in xs:\n        with open('/tmp/new', 'a') as file: file.write(str(x))", "if xs:\n        with open('/tmp/new', 'a') as file: file.write(''.join(map(str, xs)))")]
    public async Task The_same_said_sent_or_written_at_once_is_no_difference(string original, string candidate)
    {
        var outcome = await CompareAsync(original, candidate);

        Assert.True(outcome is EquivalenceOutcome.Equal, outcome.Reason);
    }

    private async Task AssertDiffersAsync(string original, string candidate, string expected)
    {
        var outcome = await CompareAsync(original, candidate);

        Assert.True(outcome is EquivalenceOutcome.Differs, outcome.Reason);
        Assert.Contains(expected, outcome.Reason, StringComparison.Ordinal);
    }

    private async Task<EquivalenceOutcome> CompareAsync(string original, string candidate)
    {
        using var file = new OneFile($"def f(xs):\n    {original}\n    return len(xs)", Before);
        return await fixture.CompareAsync(file, $"def f(xs):\n    {candidate}\n    return len(xs)", HarnessFixture.NothingChanged, Numbers);
    }
}
