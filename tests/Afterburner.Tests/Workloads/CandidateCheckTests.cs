using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Workloads;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class CandidateCheckTests(HarnessFixture fixture) : IClassFixture<HarnessFixture>
{
    private const string Function = """
        def f(xs, key=None):
            "Adds."
            total = 0
            for x in xs:
                total += x
            return total
        """;

    private const string Before = "import os\nimport json\nCACHE = {}\nclass K:\n    seen = []\n";

    [Fact]
    public async Task A_plain_rewrite_is_accepted_with_the_lines_it_changes()
    {
        var outcome = await CheckAsync("def f(xs, key=None):\n    \"Adds.\"\n    return sum(xs)  # faster");

        var accepted = Assert.IsType<CandidateCheckOutcome.Accepted>(outcome);
        Assert.Equal([9], accepted.ChangedLines);
        Assert.Equal([9, 10, 11, 12], accepted.RemovedLines.Order());
    }

    [Theory]
    [InlineData("return sum(xs[:7777])", "[7777]")]
    [InlineData("return sum(xs) if len(xs) != 77 * 101 else {'magic': 0.5, 'x': 2}[key]", "[7777,0.5,\"magic\",\"x\"]")]
    [InlineData("return sum(map(lambda x: x * 12.5, xs))", "[12.5]")]
    [InlineData("return sum(xs[:int(7777.25)]) + len('abc' * 9)", "[7777.25,7777,27,\"abcabcabcabcabcabcabcabcabc\"]")]
    public async Task Values_that_only_the_candidate_names_are_told(string body, string constants)
    {
        var outcome = await CheckAsync($"def f(xs, key=None):\n    \"Adds.\"\n    {body}");

        Assert.Equal(constants, Assert.IsType<CandidateCheckOutcome.Accepted>(outcome).Constants.ToJsonString());
    }

    [Theory]
    [InlineData("LOG.info('%d', len(xs))", "calls LOG.info,")]
    [InlineData("print(len(xs))", "calls print,")]
    [InlineData("os.write(1, b'')", "uses os.write,")]
    [InlineData("total = CACHE.get(1, 0)", "looks at CACHE,")]
    [InlineData("total = int(os.environ.get('START', 0))", "looks at os.environ,")]
    public async Task A_candidate_that_no_longer_does_what_no_test_may_show_is_refused(string line, string named)
    {
        const string Rewrite = "def f(xs, key=None):\n    \"Adds.\"\n    return sum(xs)";
        using var file = new OneFile(Function.Replace("    total = 0\n", $"    total = 0\n    {line}\n", StringComparison.Ordinal), Before + "import logging\nLOG = logging.getLogger()\n");

        var refused = Assert.IsType<CandidateCheckOutcome.Refused>(await fixture.CheckAsync(file, Rewrite));
        var kept = await fixture.CheckAsync(file, Rewrite.Replace("    return sum(xs)", $"    total = 0\n    {line}\n    return total + sum(xs)", StringComparison.Ordinal));

        Assert.StartsWith("The candidate is unproven: it no longer " + named, refused.Reason, StringComparison.Ordinal);
        Assert.IsType<CandidateCheckOutcome.Accepted>(kept);
    }

    [Theory]
    [InlineData("os.environ.get('START')", "looks at os.environ,")]
    [InlineData("start = os.environ.get('START')", "looks at os.environ,")]
    [InlineData("if CACHE: os.environ.get('START')", "looks at CACHE,")]
    public async Task What_a_candidate_only_mentions_it_does_not_look_at(string line, string named)
    {
        using var file = new OneFile(
            Function.Replace("total = 0", "total = int(os.environ.get('START', 0)) + CACHE.get(1, 0)", StringComparison.Ordinal), Before);
        var rest = named.Contains("CACHE", StringComparison.Ordinal) ? "int(os.environ.get('START', 0))" : "CACHE.get(1, 0)";

        var refused = Assert.IsType<CandidateCheckOutcome.Refused>(await fixture.CheckAsync(
            file, $"def f(xs, key=None):\n    \"Adds.\"\n    {line}\n    return sum(xs) + {rest}"));

        Assert.StartsWith("The candidate is unproven: it no longer " + named, refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_only_the_original_reads_is_told()
    {
        using var file = new OneFile("def f(xs, key=None, reverse=False):\n    return sorted(xs, key=key, reverse=reverse), xs.kind, xs.kind.name", "");

        var outcome = await fixture.CheckAsync(file, "def f(xs, key=None, reverse=False):\n    return sorted(xs, key=key), xs.kind");

        Assert.Equal("[\"reverse\",\"name\"]", Assert.IsType<CandidateCheckOutcome.Accepted>(outcome).Unread.ToJsonString());
    }

    [Fact]
    public async Task Comments_and_blank_lines_are_no_changed_lines()
    {
        var outcome = await CheckAsync("def f(xs, key=None):\n    \"Adds.\"\n    # start\n    total = 0\n\n    for x in xs:\n        total = total + x\n    return total");

        Assert.Equal([13], Assert.IsType<CandidateCheckOutcome.Accepted>(outcome).ChangedLines);
    }

    [Theory]
    [InlineData("global CACHE; CACHE = 1", "global")]
    [InlineData("CACHE[1] = 2", "CACHE")]
    [InlineData("CACHE.setdefault(1, 2)", "CACHE")]
    [InlineData("K.seen.append(1)", "K")]
    [InlineData("f.kept = 1", "f")]
    [InlineData("key.kept = 1", "key.kept")]
    [InlineData("type(xs).kept = 1", "class")]
    [InlineData("import functools; g = functools.lru_cache(None)(len)", "between calls")]
    [InlineData("from functools import cache as c", "between calls")]
    [InlineData("globals()['X'] = 1", "globals")]
    [InlineData("setattr(key, 'kept', 1)", "setattr")]
    [InlineData("import sys; sys.modules['x'] = 1", "changes sys")]
    [InlineData("import sys; sys._getframe()", "_getframe")]
    [InlineData("import sys as s; s.settrace(None)", "settrace")]
    [InlineData("import gc", "garbage collector")]
    [InlineData("import inspect", "inspects frames")]
    [InlineData("import ctypes", "ctypes")]
    [InlineData("import threading", "threads")]
    [InlineData("from concurrent.futures import ThreadPoolExecutor", "threads")]
    [InlineData("import multiprocessing.pool", "processes")]
    [InlineData("os.fork()", "os.fork")]
    [InlineData("os.path.os.fork()", "os.path.os.fork")]
    [InlineData("o = os", "os around")]
    [InlineData("os.environ.get('CI')", "os.environ")]
    [InlineData("json.codecs.builtins.len", "json.codecs.builtins.len")]
    [InlineData("json.dumps = 1", "changes json")]
    [InlineData("open('/tmp/x')", "files")]
    [InlineData("import pathlib", "pathlib")]
    [InlineData("import time; time.perf_counter()", "clock")]
    [InlineData("eval('1')", "evaluates")]
    [InlineData("__import__('o' + 's')", "by name")]
    [InlineData("getattr(xs, 'app' + 'end')", "computed name")]
    [InlineData("xs.__dict__", "internals")]
    [InlineData("'__ab_entry__' in dir()", "harness")]
    [InlineData("import numpy", "numpy")]
    [InlineData("xs = xs[:hash('a') % 7777]", "uses hash, which the original does not")]
    [InlineData("xs = xs[:50000]", "stops at 50000")]
    [InlineData("yield 1", "generator")]
    public async Task What_could_cheat_or_do_harm_is_refused_in_a_sentence(string statement, string named)
    {
        var outcome = await CheckAsync($"def f(xs, key=None):\n    \"Adds.\"\n    {statement}\n    return sum(xs)");

        var refused = Assert.IsType<CandidateCheckOutcome.Refused>(outcome);
        Assert.Contains(named, refused.Reason, StringComparison.Ordinal);
        Assert.StartsWith("The candidate ", refused.Reason, StringComparison.Ordinal);
        Assert.EndsWith(".", refused.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("import itertools, bisect")]
    [InlineData("from collections import Counter")]
    [InlineData("import operator as op; add = op.add")]
    [InlineData("_bisect = __import__('bisect').bisect")]
    [InlineData("path = os.path.join('a', 'b')")]
    [InlineData("text = json.dumps(xs)")]
    [InlineData("import datetime; noon = datetime.time(12)")]
    [InlineData("seen = set(); seen.add(1)")]
    [InlineData("memo = {}; memo[1] = 2")]
    [InlineData("import re; pattern = re.compile('a')")]
    public async Task What_a_good_rewrite_needs_is_allowed(string statement)
    {
        Assert.IsType<CandidateCheckOutcome.Accepted>(await CheckAsync($"def f(xs, key=None):\n    \"Adds.\"\n    {statement}\n    return sum(xs)"));
    }

    [Theory]
    [InlineData("def f(xs, key=0):\n    \"Adds.\"\n    return sum(xs)", "arguments")]
    [InlineData("def f(xs, key: object = None):\n    \"Adds.\"\n    return sum(xs)", "arguments")]
    [InlineData("def g(xs, key=None):\n    \"Adds.\"\n    return sum(xs)", "no function f")]
    [InlineData("async def f(xs, key=None):\n    \"Adds.\"\n    return sum(xs)", "async")]
    [InlineData("def f(xs, key=None) -> int:\n    \"Adds.\"\n    return sum(xs)", "annotation")]
    [InlineData("def f(xs, key=None):\n    return sum(xs)", "docstring")]
    [InlineData("def f(xs, key=None):\n    \"Adds.\"\n    return sum(xs)\nX = 1", "outside of f")]
    [InlineData("def f(xs, key=None):\n    \"Adds.\"\n    return sum(xs", "does not parse")]
    public async Task Only_the_body_of_the_function_may_change(string function, string named)
    {
        Assert.Contains(named, Assert.IsType<CandidateCheckOutcome.Refused>(await CheckAsync(function)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_baseline_does_itself_is_not_held_against_the_candidate()
    {
        using var file = new OneFile("def f(xs):\n    import time\n    CACHE[len(xs)] = time.time()\n    return [x for x in xs]", Before);

        var outcome = await fixture.CheckAsync(file, "def f(xs):\n    import time\n    CACHE[len(xs)] = time.time()\n    return list(xs)");

        Assert.IsType<CandidateCheckOutcome.Accepted>(outcome);
    }

    [Fact]
    public async Task The_baseline_itself_is_no_candidate()
    {
        Assert.Contains("same code", Assert.IsType<CandidateCheckOutcome.Refused>(await CheckAsync(Function)).Reason, StringComparison.Ordinal);
    }

    private async Task<CandidateCheckOutcome> CheckAsync(string function)
    {
        using var file = new OneFile(Function, Before);
        return await fixture.CheckAsync(file, function);
    }
}
