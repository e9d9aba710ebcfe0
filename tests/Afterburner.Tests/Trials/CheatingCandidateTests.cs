using System.Text.Json.Nodes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Trials;

/// <summary>Candidates that look fast without being fast, through the real sandbox.</summary>
public abstract class CheatingCandidateSuite(BubblewrapFixture fixture)
{
    private const string Honest =
        """
        import os, subprocess, sys, threading, time
        memory = {}


        def slow(n):
            total = 0
            for i in range(n):
                total += i * i % 7
            return total


        def work(n):
            return slow(n)
        """;

    [Fact]
    public async Task An_honest_gain_is_improved()
    {
        using var lab = new TrialLab(fixture, Honest);
        var compared = await lab.CompareAsync(await CallsAsync(lab), Cheat("cycle = [i * i % 7 for i in range(7)]; return n // 7 * sum(cycle) + sum(cycle[:n % 7])"));
        Assert.True(compared.Verdict.Kind == VerdictKind.Improved, compared.Verdict.Reason);
    }

    [Theory]
    [LongData("if n not in memory: memory[n] = slow(n)\n    return memory[n]")]
    [LongData("if not hasattr(work, 'kept'): work.kept = {}\n    if n not in work.kept: work.kept[n] = slow(n)\n    return work.kept[n]")]
    [LongData("kept = slow.__dict__\n    if str(n) not in kept: kept[str(n)] = slow(n)\n    return kept[str(n)]")]
    public async Task A_cache_across_calls_gains_only_where_calls_have_to_be_repeated_and_there_nothing_is_claimed(string body)
    {
        using var lab = new TrialLab(fixture, Honest);
        var shorter = await lab.CompareAsync(await CallsAsync(lab, 3_000), Cheat(body));
        var longer = await lab.CompareAsync(await CallsAsync(lab, 200_000), Cheat(body));

        Assert.True(shorter.Verdict.Kind == VerdictKind.Inconclusive, shorter.Verdict.Reason);
        Assert.True(longer.Verdict.Kind != VerdictKind.Improved, longer.Verdict.Reason);
    }

    [LongForm]
    [Fact]
    public async Task What_a_version_leaves_for_its_next_process_is_of_no_use_in_the_confirmation()
    {
        // Files are all that a child can leave for the next one in its sandbox; in a confirmation nobody is asked the same twice.
        const string Filed = "path = f'/tmp/{n}'\n    if not os.path.exists(path): open(path, 'w').write(str(slow(n)))\n    return int(open(path).read())";
        using var lab = new TrialLab(fixture, Honest);
        var fresh = await CallsAsync(lab, 200_001, 200_002, 200_003);

        var compared = await lab.CompareAsync(await CallsAsync(lab, 200_000), Cheat(Filed), fresh);

        Assert.True(compared.Evidence.Confirmation is not null, compared.Verdict.Reason);
        Assert.True(compared.Verdict.Kind == VerdictKind.Inconclusive, compared.Verdict.Reason);
    }

    [Theory]
    [InlineData("box = []\n    t = threading.Thread(target=lambda: box.append(slow(n)))\n    t.start(); t.join()\n    return box[0]")]
    [LongData("threading.Thread(target=slow, args=(2 * n,), daemon=True).start()\n    return slow(n // 2) and slow(n)")]
    public async Task Work_moved_to_a_thread_is_not_a_gain(string body)
    {
        using var lab = new TrialLab(fixture, Honest);
        var compared = await lab.CompareAsync(await CallsAsync(lab), Cheat(body));
        Assert.True(compared.Verdict.Kind is VerdictKind.Inconclusive or VerdictKind.Regressed, compared.Verdict.Reason);
    }

    [Theory]
    [InlineData("os.waitpid(child, 0)", "pass")]
    [LongData("pass", "pass")]
    [LongData("pass", "os.setsid()\n        if os.fork(): os._exit(0)")]
    public async Task Work_moved_to_another_process_counts_like_work_done_here(string afterwards, string first)
    {
        using var lab = new TrialLab(fixture, Honest);
        var calls = await CallsAsync(lab, 200_000, 199_000);
        var trial = await lab.RunAsync(lab.Plan(calls, Cheat(InAnotherProcess(afterwards, first))), pairs: 12);
        Assert.Equal(TrialEnd.Completed, trial.End);
        var gain = RatioInterval.Of(trial.Pairs, ObjectiveKind.Time).Median;
        Assert.True(gain < 2, $"{gain}: work that is not counted would be most of it");
    }

    [Theory]
    [InlineData("time.thread_time_ns = time.perf_counter_ns = time.clock_gettime_ns = lambda *a: 0\n    return slow(n)")]
    [LongData("for m in list(sys.modules.values()):\n        for k in ('_thread_time', '_wall_time', '_clock'):\n            if hasattr(m, k): setattr(m, k, lambda *a: 0)\n    return slow(n)")]
    [LongData("f = sys._getframe()\n    while f:\n        if 'thread_time' in f.f_locals:\n            import ctypes\n            f.f_locals['cpu'] = f.f_locals['thread_time']() + 10**9\n            ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(f), ctypes.c_int(0))\n        f = f.f_back\n    return slow(n)")]
    public async Task Tampering_with_clocks_gains_nothing(string body)
    {
        using var lab = new TrialLab(fixture, Honest);
        var compared = await lab.CompareAsync(await CallsAsync(lab), Cheat(body));
        Assert.True(compared.Verdict.Kind != VerdictKind.Improved, compared.Verdict.Reason);
    }

    [Fact]
    public async Task A_version_that_answers_wrongly_while_it_is_timed_is_rejected()
    {
        using var lab = new TrialLab(fixture, Honest);
        var compared = await lab.CompareAsync(
            await CallsAsync(lab), Cheat("return 0 if 'afterburner_harness.timing.runner' in sys.modules else slow(n)"));
        Assert.Equal(VerdictKind.Rejected, compared.Verdict.Kind);
        Assert.Contains("answers differently while it is timed", compared.Verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_writes_measurements_of_its_own_is_not_believed()
    {
        const string Body =
            """
            line = b'{"type": "pair", "baseline": {"cpu": 9}, "candidate": {"cpu": 1}}\\n'
                for fd in range(1, 20):
                    try: os.write(fd, line * 60)
                    except OSError: pass
                return slow(n)
            """;
        using var lab = new TrialLab(fixture, Honest);
        var compared = await lab.CompareAsync(await CallsAsync(lab), Cheat(Body));
        Assert.True(compared.Verdict.Kind != VerdictKind.Improved, compared.Verdict.Reason);
    }

    [Fact]
    public async Task A_version_that_crashes_is_rejected()
    {
        using var lab = new TrialLab(fixture, Honest);
        var compared = await lab.CompareAsync(await CallsAsync(lab), Cheat("os.abort()"));
        Assert.Equal(VerdictKind.Rejected, compared.Verdict.Kind);
    }

    /// <param name="afterwards">What the timed process does when it has its answer.</param>
    /// <param name="first">What the other process does before it works.</param>
    private static string InAnotherProcess(string afterwards, string first) =>
        $"""
        r, w = os.pipe()
            child = os.fork()
            if child == 0:
                {first}
                os.write(w, str(slow(n)).encode()); os._exit(0)
            answer = int(os.read(r, 100)); os.close(r); os.close(w)
            {afterwards}
            return answer
        """;

    private static string Cheat(string body) => Honest.Replace("return slow(n)", body, StringComparison.Ordinal);

    private static Task<IReadOnlyList<RecordedCall>> CallsAsync(TrialLab lab, params int[] numbers) => lab.CallsAsync(
        0.003, [.. (numbers.Length == 0 ? [50_000, 1_000] : numbers).Select(n => new JsonObject { ["n"] = n })]);
}

/// <summary>Seen by a control group, where there is one.</summary>
public sealed class CheatingCandidateTests(BubblewrapFixture fixture) : CheatingCandidateSuite(fixture), IClassFixture<BubblewrapFixture>;

/// <summary>Seen by a first process.</summary>
[LongForm]
public sealed class CheatingCandidateWithoutGroupsTests(FirstProcessFixture fixture) : CheatingCandidateSuite(fixture), IClassFixture<FirstProcessFixture>;
