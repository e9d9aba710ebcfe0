using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Workloads;

/// <summary>A call with an effect that no comparison of answers can show is given what the original gives it.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class GivenTests(HarnessFixture fixture) : IClassFixture<HarnessFixture>
{
    private const string Before = """
        import asyncio, contextlib, fcntl, hmac, os, threading, time
        _LOCK = threading.Lock()
        """;

    [Theory]
    [InlineData("_LOCK.acquire()\ny = len(xs)\n_LOCK.release()", "_LOCK.acquire(False)\ny = len(xs)\n_LOCK.release()", "no longer calls _LOCK.acquire(),")]
    [InlineData("key.acquire(timeout=3)\ny = len(xs)\nkey.release()", "key.acquire(timeout=0)\ny = len(xs)\nkey.release()", "no longer calls key.acquire(timeout=3),")]
    [InlineData("key.acquire()\nkey.acquire()\ny = len(xs)", "key.acquire()\ny = len(xs)", "no longer calls key.acquire(),")]
    [InlineData("with key.lock(2): y = len(xs)", "with key.lock(1): y = len(xs)", "no longer enters key.lock(2),")]
    [InlineData("fcntl.flock(key, fcntl.LOCK_EX)\ny = len(xs)", "fcntl.flock(key, fcntl.LOCK_EX * 0)\ny = len(xs)", "no longer calls fcntl.flock(key, fcntl.LOCK_EX),")]
    public async Task A_lock_is_taken_as_the_original_takes_it(string original, string candidate, string named) => await AssertRefusedAsync(original, candidate, named);

    [Theory]
    [InlineData("_LOCK.acquire()\ny = len(xs)", "if not xs: return 0\n_LOCK.acquire()\ny = len(xs)", "reaches _LOCK.acquire() under")]
    [InlineData("for x in xs:\n    with _LOCK: y = x", "for x in xs:\n    if x == 7: continue\n    with _LOCK: y = x", "reaches _LOCK under")]
    [InlineData("with _LOCK: y = len(xs)", "if not xs: return 0\nwith _LOCK: y = len(xs)", "reaches _LOCK under")]
    [InlineData("with key.lock(2): y = len(xs)", "y = 0\nif xs:\n    with key.lock(2): y = len(xs)", "reaches key.lock(2) under")]
    [InlineData("_LOCK.acquire()\ny = len(xs)", "y = xs and _LOCK.acquire()\ny = len(xs)", "reaches _LOCK.acquire() under")]
    [InlineData("time.sleep(key)\ny = len(xs)", "for x in xs: time.sleep(key)\ny = len(xs)", "reaches time.sleep(key) under")]
    [InlineData("y = hmac.compare_digest(xs, key)", "if len(xs) != len(key): return False\ny = hmac.compare_digest(xs, key)", "reaches hmac.compare_digest(xs, key) under")]
    public async Task No_way_leads_around_it_that_does_not_in_the_original(string original, string candidate, string named) => await AssertRefusedAsync(original, candidate, named);

    [Theory]
    [InlineData("time.sleep(key)\ny = len(xs)", "time.sleep(key * 0)\ny = len(xs)", "no longer calls time.sleep(key),")]
    [InlineData("time.sleep(key)\ny = len(xs)", "key = key * 0\ntime.sleep(key)\ny = len(xs)", "no longer calls time.sleep(key),")]
    [InlineData("delay = key * 2\ntime.sleep(delay)\ny = len(xs)", "delay = key\ntime.sleep(delay)\ny = len(xs)", "no longer calls time.sleep(delay),")]
    [InlineData("time.sleep(key)\nfor x in xs: time.sleep(x)\ny = len(xs)", "for x in xs: time.sleep(x)\ny = len(xs)", "no longer calls time.sleep(key),")]
    public async Task A_wait_is_as_long_as_the_original_waits(string original, string candidate, string named) => await AssertRefusedAsync(original, candidate, named);

    [Theory]
    [InlineData("file = open(key, 'w')\ny = len(xs)", "file = open(key, 'a')\ny = len(xs)", "opens a file with open(key, 'a'),")]
    [InlineData("file = open(key, mode='w')\ny = len(xs)", "file = open(key, mode='w', buffering=1)\ny = len(xs)", "opens a file with open(key, mode='w', buffering=1),")]
    [InlineData("file = os.open(key, os.O_CREAT, 0o600)\ny = len(xs)", "file = os.open(key, os.O_CREAT, 0o644)\ny = len(xs)", "opens a file with os.open(key, os.O_CREAT, 420),")]
    [InlineData("mode = 'w'\nfile = key.open(mode)\ny = len(xs)", "mode = 'a'\nfile = key.open(mode)\ny = len(xs)", "opens a file with key.open(mode),")]
    public async Task A_file_is_opened_to_be_written_as_the_original_opens_it(string original, string candidate, string named) =>
        await AssertRefusedAsync(original, candidate, named);

    [Theory]
    [InlineData("y = hmac.compare_digest(xs, key)", "y = xs == key and hmac.compare_digest(xs, key)", "compares xs == key,")]
    [InlineData("y = hmac.compare_digest(xs, key)", "hmac.compare_digest(xs, key)\ny = not xs.replace(key, '')", "no longer uses hmac.compare_digest,")]
    [InlineData("y = hmac.compare_digest(xs, key)", "done = hmac.compare_digest(xs, key)\ny = len(xs) == len(key)", "no longer uses hmac.compare_digest,")]
    [InlineData("y = hmac.compare_digest(xs, key)", "if key != xs: return False\ny = hmac.compare_digest(xs, key)", "compares key != xs,")]
    public async Task A_comparison_that_takes_as_long_for_every_value_is_not_shortened(string original, string candidate, string named) =>
        await AssertRefusedAsync(original, candidate, named);

    [Theory]
    [InlineData("_LOCK.acquire()\ny = len(xs)\n_LOCK.release()", "_LOCK.acquire()\ny = sum(1 for x in xs)\n_LOCK.release()")]
    [InlineData("with key.lock(2): y = len(xs)", "held = key.lock(2)\nwith held: y = len(xs)")]
    [InlineData("for x in xs: time.sleep(x)\ny = len(xs)", "for each in xs: time.sleep(each)\ny = len(xs)")]
    [InlineData("delay = key * 2\ntime.sleep(delay)\ny = len(xs)", "time.sleep(key * 2)\ny = len(xs)")]
    [InlineData("for x in xs:\n    with open(key, 'a') as file: file.write(x)\ny = 1", "with open(key, 'a') as file:\n    for x in xs: file.write(x)\ny = 1")]
    [InlineData("if not xs: return 0\n_LOCK.acquire()\ny = len(xs)", "_LOCK.acquire()\nif not xs: return 0\ny = sum(1 for x in xs)")]
    [InlineData("y = 0\nfor x in xs:\n    with _LOCK: y += x", "with _LOCK: y = sum(xs)")]
    [InlineData("try:\n    _LOCK.acquire()\n    y = len(xs)\nfinally:\n    _LOCK.release()", "_LOCK.acquire()\ntry:\n    y = len(xs)\nfinally:\n    _LOCK.release()")]
    [InlineData("with _LOCK: y = len(xs)", "def count(): return len(xs)\nfor x in xs:\n    if x: break\nwith _LOCK: y = count()")]
    [InlineData("with open(key) as file: y = file.read()", "with open(key, 'rb') as file: y = file.read()")]
    [InlineData("y = hmac.compare_digest(xs, key)", "return hmac.compare_digest(xs, key)")]
    [InlineData("known = {x for x in xs}\nwith contextlib.suppress(KeyError): y = len(known)", "known = set(xs)\nwith contextlib.suppress(KeyError): y = len(known)")]
    public async Task What_is_given_the_same_by_another_name_or_in_another_place_is_no_difference(string original, string candidate)
    {
        var outcome = await CheckAsync(original, candidate);

        Assert.True(outcome is CandidateCheckOutcome.Accepted, (outcome as CandidateCheckOutcome.Refused)?.Reason);
    }

    private async Task AssertRefusedAsync(string original, string candidate, string named)
    {
        var refused = Assert.IsType<CandidateCheckOutcome.Refused>(await CheckAsync(original, candidate));

        Assert.StartsWith("The candidate is unproven: it " + named, refused.Reason, StringComparison.Ordinal);
    }

    private async Task<CandidateCheckOutcome> CheckAsync(string original, string candidate)
    {
        using var file = new OneFile(With(original), Before);
        return await fixture.CheckAsync(file, With(candidate));

        static string With(string body) => $"def f(xs, key):\n    {body.Replace("\n", "\n    ", StringComparison.Ordinal)}\n    return y";
    }
}
