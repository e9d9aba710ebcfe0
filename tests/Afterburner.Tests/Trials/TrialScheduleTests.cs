using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Trials;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Trials;

/// <summary>How many processes a trial starts, what it asks them, and when it stops: on costs that a test made up.</summary>
public sealed class TrialScheduleTests
{
    private static readonly Target Work = new("mod.py", "work", 1);

    [Fact]
    public async Task Pairs_go_on_over_fresh_processes_until_they_are_enough()
    {
        var sandbox = ScriptedSandbox.Harness((_, _) => Process(Same));

        var trial = await RunAsync(sandbox, pairs: 8);

        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 1], trial.Pairs.Select(p => p.Process));
        Assert.Equal((TrialEnd.Completed, 3, 1), (trial.End, trial.Inner, trial.Calls));
    }

    [Fact]
    public async Task What_is_never_enough_ends_after_ten_processes_each_of_them_arranged_differently()
    {
        var sandbox = ScriptedSandbox.Harness((_, _) => Process(Same));

        var trial = await RunAsync(sandbox, pairs: int.MaxValue);

        Assert.Equal(60, trial.Pairs.Count);
        Assert.Equal(10, sandbox.Commands.Select(c => c.Environment["PYTHONHASHSEED"]).Distinct().Count());
        Assert.Equal(10, sandbox.Requests.Select(r => (long)r["seed"]!).Distinct().Count());
    }

    [Fact]
    public async Task Only_the_first_process_finds_out_how_much_a_sample_is()
    {
        var sandbox = ScriptedSandbox.Harness((_, _) => Process(Same));

        await RunAsync(sandbox, pairs: 14);

        Assert.Equal([null, 3, 3], sandbox.Requests.Select(r => (int?)r["inner"]));
        Assert.Equal([null, 0.5, 0.5], sandbox.Requests.Select(r => (double?)r["limit"]));
    }

    [Fact]
    public async Task A_sample_takes_more_processes_only_where_pairs_are_noisy_and_seem_to_differ()
    {
        async Task<int?[]> ForksAsync(Func<int, double> ratio)
        {
            var sandbox = ScriptedSandbox.Harness((_, _) => Process(ratio));
            await RunAsync(sandbox, pairs: 7);
            return [.. sandbox.Requests.Select(r => (int?)r["forks"])];
        }

        Assert.Equal([null, 1], await ForksAsync(Same));
        Assert.Equal([null, 1], await ForksAsync(_ => 1.3));
        Assert.Equal([null, 3], await ForksAsync(i => i % 2 == 0 ? 1.27 : 1.33));
        Assert.Equal([null, 5], await ForksAsync(i => i % 2 == 0 ? 1.2 : 1.4));
        Assert.Equal([null, 1], await ForksAsync(i => i % 2 == 0 ? 0.9 : 1.1));
    }

    [Fact]
    public async Task A_side_that_breaks_ends_the_trial_and_what_was_measured_before_is_kept()
    {
        var broken = new JsonObject { ["type"] = "broken", ["side"] = "candidate", ["reason"] = "timed out" };
        var sandbox = ScriptedSandbox.Harness((_, number) => number == 0 ? Process(Same) : [.. Process(Same).Take(3), broken]);

        var trial = await RunAsync(sandbox, pairs: int.MaxValue);

        Assert.Equal((TrialEnd.CandidateBroke, "timed out"), (trial.End, trial.Failure));
        Assert.Equal(8, trial.Pairs.Count);
        Assert.Equal(2, sandbox.Commands.Count);
    }

    [Fact]
    public async Task A_confirmation_takes_fresh_calls_where_there_are_any_and_else_those_of_the_claim()
    {
        var sandbox = ScriptedSandbox.Harness((_, _) => Process(Same));
        RecordedCall Call(string blob) => new(blob, "test", 0.01, "", 1, blob);
        var workload = Workload([Call("captured")], [Call("larger")]);

        foreach (var fresh in new[] { [], new[] { Call("fresh") } })
        {
            var trials = new ReplayTrials(sandbox.ToHarness(), "/", new Limits(), workload, "", "", ObjectiveKind.Time)
            {
                Fresh = (_, _) => Task.FromResult<IReadOnlyList<RecordedCall>>(fresh),
            };
            Assert.Equal([CallSize.Captured, CallSize.Amplified], trials.Sizes);
            var claim = await trials.MeasureAsync(CallSize.Amplified, 1, _ => true, TestContext.Current.CancellationToken);
            await trials.ConfirmAsync(claim, 2, _ => true, TestContext.Current.CancellationToken);
        }

        Assert.Equal(["larger", "larger", "larger", "fresh"], sandbox.Requests.Select(r => (string)r["calls"]![0]!));
        Assert.Equal([false, true, false, true], sandbox.Requests.Select(r => (bool)r["confirming"]!));
    }

    [Fact]
    public async Task Commands_run_in_turn_and_in_random_order_and_the_first_of_each_does_not_count()
    {
        var sandbox = new ScriptedSandbox((command, number) => ScriptedSandbox.Ended(
            TimeSpan.FromSeconds(number < 2 ? 9 : command.Workspace == "head" ? 2 : 1), TimeSpan.FromSeconds(3)));
        var pairs = 0;

        var trial = await Commands(sandbox).MeasureAsync(CallSize.Captured, 1, _ => ++pairs == 12, TestContext.Current.CancellationToken);

        Assert.Equal(26, sandbox.Commands.Count);
        Assert.All(sandbox.Commands.Chunk(2), both => Assert.Equal(["base", "head"], both.Select(c => c.Workspace).Order()));
        Assert.Equal(2, sandbox.Commands.Chunk(2).Select(both => both[0].Workspace).Distinct().Count());
        Assert.All(trial.Pairs, p => Assert.Equal((2, 1, 3), (p.Baseline.Cpu, p.Candidate.Cpu, p.Baseline.Wall)));
    }

    [Fact]
    public async Task Commands_stop_when_the_budget_is_spent_when_one_fails_and_where_cpu_time_cannot_be_read()
    {
        async Task<(TrialEnd End, int Runs)> EndAsync(Func<SandboxCommand, SandboxRun> answer, bool spent = false)
        {
            var sandbox = new ScriptedSandbox((command, _) => answer(command));
            var trial = await Commands(sandbox, () => spent).MeasureAsync(CallSize.Captured, 1, _ => false, TestContext.Current.CancellationToken);
            return (trial.End, sandbox.Commands.Count);
        }

        Assert.Equal((TrialEnd.Completed, 4), await EndAsync(_ => ScriptedSandbox.Ended(TimeSpan.FromSeconds(1)), spent: true));
        Assert.Equal((TrialEnd.Completed, 122), await EndAsync(_ => ScriptedSandbox.Ended(TimeSpan.FromSeconds(1))));
        Assert.Equal(TrialEnd.BaselineBroke, (await EndAsync(c => ScriptedSandbox.Ended(TimeSpan.FromSeconds(1), exitCode: c.Workspace == "head" ? 3 : 0))).End);
        Assert.Equal(TrialEnd.CandidateBroke, (await EndAsync(c => ScriptedSandbox.Ended(TimeSpan.FromSeconds(1), exitCode: c.Workspace == "head" ? 0 : 3))).End);
        Assert.Equal((TrialEnd.SandboxFailed, 1), await EndAsync(_ => ScriptedSandbox.Ended(cpu: null)));
    }

    private static double Same(int index) => 1;

    private static CommandTrials Commands(ISandbox sandbox, Func<bool>? spent = null) =>
        new(sandbox, "head", "base", "bench", new Dictionary<string, MachineDirectory>(), "/bin", new Limits()) { BudgetSpent = spent ?? (() => false) };

    private static Task<Trial> RunAsync(ScriptedSandbox sandbox, int pairs)
    {
        var seen = 0;
        var plan = new TrialPlan(Work, Work, [new RecordedCall("c", "t", 0.01, "", 1, "blob")], "", "", ObjectiveKind.Time, Seed: 1);
        return new TrialRunner(sandbox.ToHarness(), "/", new Limits()).RunAsync(plan, _ => ++seen >= pairs, TestContext.Current.CancellationToken);
    }

    /// <summary>What one process says: how much a sample is, and six pairs of these ratios.</summary>
    private static IEnumerable<JsonObject> Process(Func<int, double> ratio)
    {
        yield return new JsonObject { ["type"] = "batch", ["inner"] = 3, ["forks"] = 1, ["limit"] = 0.5 };
        for (var i = 0; i < 6; i++)
            yield return new JsonObject { ["type"] = "pair", ["baseline"] = Sample(0.01 * ratio(i)), ["candidate"] = Sample(0.01) };
    }

    private static JsonObject Sample(double seconds) => new() { ["cpu"] = seconds, ["wall"] = seconds, ["peak"] = 0, ["integral"] = 0 };

    private static Workload Workload(IReadOnlyList<RecordedCall> captured, IReadOnlyList<RecordedCall> amplified) =>
        new(WorkloadKind.Replay, Work, Work, captured, amplified, [], new Dictionary<string, ObservedValue>());
}
