using Afterburner.Reviews;
using Afterburner.Sandboxes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Trials;
using Afterburner.Verdicts;
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
        var runners = new ScriptedRunners(Same);

        var trial = await RunAsync(runners, pairs: 12);

        Assert.Equal([.. Enumerable.Repeat(0, 10), 1, 1], trial.Pairs.Select(p => p.Process));
        Assert.Equal((TrialEnd.Completed, 1, 1), (trial.End, trial.Inner, trial.Calls));
        Assert.Equal(4, runners.Setups.Count);
    }

    [Fact]
    public async Task What_is_never_enough_ends_after_120_pairs_and_each_process_is_arranged_differently()
    {
        var runners = new ScriptedRunners(Same);

        var trial = await RunAsync(runners, pairs: int.MaxValue);

        Assert.Equal(120, trial.Pairs.Count);
        // Both versions of a pair of processes are arranged alike.
        var seeds = runners.Commands.Select(c => c.Environment["PYTHONHASHSEED"]).ToList();
        Assert.Equal((24, 12), (seeds.Count, seeds.Distinct().Count()));
        Assert.All(runners.Commands, c => Assert.True(c.SameLayout));
    }

    [Fact]
    public async Task Versions_take_turns_in_random_order_and_neither_is_first_more_often_by_rule()
    {
        var runners = new ScriptedRunners(Same);

        await RunAsync(runners, pairs: int.MaxValue);

        var pairs = runners.Samples.Where(s => !s.Stored && s.Calls.Count > 0).Skip(1).Chunk(2).ToList();
        Assert.All(pairs, p => Assert.NotEqual(p[0].IsBaseline, p[1].IsBaseline));
        Assert.InRange(pairs.Count(p => p[0].IsBaseline), 35, 85);
    }

    [Fact]
    public async Task What_a_call_of_no_cost_takes_is_measured_on_the_baseline_alone_and_taken_off_both_sides()
    {
        var runners = new ScriptedRunners(s => s.Stored ? 0.004 : s.IsBaseline ? 0.024 : 0.014);

        var trial = await RunAsync(runners, pairs: 6);

        Assert.All(trial.Pairs, p => Assert.Equal((0.020, 0.010), (Math.Round(p.Baseline.Cpu, 6), Math.Round(p.Candidate.Cpu, 6))));
        Assert.All(runners.Samples.Where(s => s.Stored), s => Assert.True(s.IsBaseline));
        Assert.Equal(0.004, trial.Empty.Cpu, 6);
    }

    [Fact]
    public async Task Memory_is_there_before_samples_of_time_as_much_for_both_versions_and_for_a_call_of_no_cost()
    {
        var runners = new ScriptedRunners(Same) { Answer = (_, _) => new string('a', 100_000) };

        await RunAsync(runners, pairs: 6);

        var timed = runners.Samples.TakeLast(12).ToList();
        Assert.Equal([false, true], timed.Select(s => s.IsBaseline).Distinct().Order());
        Assert.True(Assert.Single(timed.Select(s => s.Room).Distinct()) > 1_000_000);
        Assert.Equal(timed[0].Room, Assert.Single(runners.Samples.Where(s => s.Stored && s.Room > 0).Select(s => s.Room).Distinct()));
    }

    [Fact]
    public async Task One_pair_that_tells_of_memory_goes_without_and_so_do_all_where_memory_is_what_counts()
    {
        var runners = new ScriptedRunners(Same);
        await RunAsync(runners, pairs: 6);

        Assert.Equal([true, false], runners.Samples.Where(s => s is { Stored: false, Room: 0 }).Skip(1).Select(s => s.IsBaseline));

        runners = new ScriptedRunners(Same);
        await RunAsync(runners, pairs: 6, Plan([Call("c")]) with { Objective = ObjectiveKind.Memory });

        Assert.All(runners.Samples, s => Assert.Equal(0, s.Room));
    }

    [Fact]
    public async Task Short_calls_are_repeated_which_the_trial_says_and_the_values_are_those_of_one_pass()
    {
        var runners = new ScriptedRunners(s => s.Calls.Count * (s.Stored ? 0.0001 : 0.0003));

        var trial = await RunAsync(runners, pairs: 6);

        Assert.InRange(trial.Inner, 30, 31);
        Assert.All(trial.Pairs, p => Assert.Equal(0.0002, p.Baseline.Cpu, 6));
    }

    [Fact]
    public async Task A_sample_takes_more_children_only_where_pairs_are_noisy_and_seem_to_differ()
    {
        async Task<int> ChildrenAsync(Func<int, double> ratio)
        {
            var runners = new ScriptedRunners(s => s.Stored ? 0 : s.IsBaseline ? 0.01 * ratio(s.Number) : 0.01);
            await RunAsync(runners, pairs: 11);
            return runners.Samples.Count(s => s is { IsBaseline: false, Process: 1, Stored: false });
        }

        Assert.Equal(1, await ChildrenAsync(_ => 1));
        Assert.Equal(1, await ChildrenAsync(_ => 1.3));
        Assert.Equal(3, await ChildrenAsync(i => i % 2 == 0 ? 1.02 : 1.08));
        Assert.Equal(5, await ChildrenAsync(i => i % 2 == 0 ? 1.01 : 1.2));
        // A difference that every pair shows is there without.
        Assert.Equal(1, await ChildrenAsync(i => i % 2 == 0 ? 1.27 : 1.33));
    }

    [Fact]
    public async Task A_side_that_breaks_ends_the_trial_and_what_was_measured_before_is_kept()
    {
        var runners = new ScriptedRunners(Same) { Leaves = s => s is { IsBaseline: false, Process: 1, Number: 2 } };

        var trial = await RunAsync(runners, pairs: int.MaxValue);

        Assert.Equal((TrialEnd.CandidateBroke, 12), (trial.End, trial.Pairs.Count));
        Assert.Contains("signal 9", trial.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_baseline_that_breaks_is_not_held_against_the_candidate()
    {
        var runners = new ScriptedRunners(Same) { Leaves = s => s is { IsBaseline: true, Process: 0, Number: 3 } };

        Assert.Equal(TrialEnd.BaselineBroke, (await RunAsync(runners, pairs: int.MaxValue)).End);
    }

    [Fact]
    public async Task In_a_confirmation_no_process_of_the_candidate_is_asked_the_same_twice()
    {
        var runners = new ScriptedRunners(Same);
        IReadOnlyList<RecordedCall> fresh = [.. "abcd".Select(c => Call(c.ToString()))];

        var trial = await RunAsync(runners, pairs: int.MaxValue, Plan(fresh) with { Confirming = true, Fresh = true });

        Assert.Equal((60, 60, 1), (trial.Pairs.Count, trial.Pairs.DistinctBy(p => p.Process).Count(), trial.Calls));
        Assert.All(
            runners.Samples.Where(s => !s.IsBaseline).GroupBy(s => s.Process),
            process => Assert.Equal(process.Count(), process.SelectMany(s => s.Calls).Distinct().Count()));
        // Whoever leaves garbage to others pays for it there.
        Assert.All(runners.Samples.Skip(2), s => Assert.True(s.Collect));
    }

    [Fact]
    public async Task Where_each_sample_is_a_process_a_sandbox_of_a_confirmation_is_asked_for_all_calls_there_are_and_for_none_twice()
    {
        var runners = new ScriptedRunners(Same) { Pace = new Pace { StartsEachSample = true } };
        IReadOnlyList<RecordedCall> fresh = [.. "abcd".Select(c => Call(c.ToString()))];

        var trial = await RunAsync(runners, pairs: 10, Plan(fresh) with { Confirming = true, Fresh = true });

        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1, 2, 2], trial.Pairs.Select(p => p.Process));
        Assert.All(
            runners.Samples.Where(s => !s.IsBaseline).GroupBy(s => s.Process),
            process => Assert.Equal(process.Count(), process.SelectMany(s => s.Calls).Distinct().Count()));
        Assert.Equal(10, runners.Samples.Count(s => !s.IsBaseline));
    }

    [Fact]
    public async Task The_pair_of_a_confirmation_that_is_enough_is_the_last_where_each_sample_is_a_process_too()
    {
        var runners = new ScriptedRunners(Same) { Pace = new Pace { StartsEachSample = true } };

        var trial = await RunAsync(runners, pairs: 1, Plan([.. "abcd".Select(c => Call(c.ToString()))]) with { Confirming = true, Fresh = true });

        Assert.Single(trial.Pairs);
        Assert.Single(runners.Samples, s => !s.IsBaseline);
    }

    [Fact]
    public async Task What_a_call_saves_is_told_of_the_calls_of_a_sample_where_several_make_one_long_enough()
    {
        var runners = new ScriptedRunners(s => s.Stored ? 0 : s.Calls.Count * (s.IsBaseline ? 0.003 : 0.002));
        IReadOnlyList<RecordedCall> fresh = [.. "abcdefgh".Select(c => Call(c.ToString()) with { Seconds = 0.003 })];

        var trial = await RunAsync(runners, pairs: 4, Plan(fresh) with { Confirming = true, Fresh = true });

        Assert.Equal((4, 2), (trial.Pairs.Count, trial.Calls));
        Assert.Equal(0.001, trial.SavingPerCall(ObjectiveKind.Time), 6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Of_two_pairs_in_a_row_each_side_comes_first_once_so_that_coming_first_favours_nobody(long seed)
    {
        foreach (var confirming in new[] { false, true })
        {
            var asked = new List<bool>();
            var runners = new ScriptedRunners(s =>
            {
                if (!s.Stored)
                    asked.Add(s.IsBaseline);
                return Same(s);
            });

            var trial = await RunAsync(runners, pairs: 20, Plan([Call("a")]) with { Seed = seed, Confirming = confirming });

            Assert.Equal(20, trial.Pairs.Count);
            var first = asked[^40..].Chunk(2).Select(pair => pair[0]).ToList();
            Assert.All(first.Chunk(2), two => Assert.NotEqual(two[0], two[1]));
            Assert.Contains(first.Chunk(2), two => two[0]);
            Assert.Contains(first.Chunk(2), two => two[1]);
        }
    }

    [Fact]
    public async Task A_process_that_is_quicker_than_its_partner_for_as_long_as_it_lives_proves_nothing()
    {
        // Identical code: where its pages lie makes one process of the first pair 15 % quicker, and one of the third 15 % slower.
        double Cost(ScriptedSample s) => s.Stored ? 0 : 0.01 * (s.IsBaseline ? 1 : s.Process switch { 0 => 0.85, 2 => 1.15, var n when n % 2 == 0 => 0.97, _ => 1.03 });
        TestState After(IReadOnlyList<Pair> pairs)
        {
            var test = new SequentialTest(margin: 1.05);
            foreach (var pair in pairs)
                test.Add(pair, ObjectiveKind.Time);
            return test.State;
        }

        var first = await RunAsync(new ScriptedRunners(Cost), pairs: 10, Plan([Call("a")]));
        var confirmation = await RunAsync(new ScriptedRunners(Cost), pairs: 40, Plan([Call("b"), Call("c")]) with { Confirming = true, Fresh = true });

        Assert.Equal(TestState.Better, After(first.Pairs));
        Assert.Equal(TestState.Neither, After(confirmation.Pairs));
    }

    [Fact]
    public async Task A_confirmation_on_the_calls_of_the_claim_takes_a_new_process_for_every_pair()
    {
        var runners = new ScriptedRunners(Same);

        var trial = await RunAsync(runners, pairs: 12, Plan([Call("a"), Call("b")]) with { Confirming = true });

        Assert.Equal(Enumerable.Range(0, 12), trial.Pairs.Select(p => p.Process));
        Assert.All(runners.Samples, s => Assert.Equal(["a", "b"], s.Calls));
        Assert.Equal(60, (await RunAsync(runners, pairs: int.MaxValue, Plan([Call("a"), Call("b")]) with { Confirming = true })).Pairs.Count);
    }

    [Fact]
    public async Task Where_the_highest_memory_cannot_be_set_back_each_pair_takes_processes_of_its_own()
    {
        async Task<IEnumerable<int>> ProcessesAsync(bool mayReset, ObjectiveKind objective)
        {
            var runners = new ScriptedRunners(Same) { MayResetPeak = mayReset };
            return (await RunAsync(runners, pairs: 3, Plan([Call("a")]) with { Objective = objective })).Pairs.Select(p => p.Process);
        }

        Assert.Equal([0, 1, 2], await ProcessesAsync(mayReset: false, ObjectiveKind.Memory));
        Assert.Equal([0, 0, 0], await ProcessesAsync(mayReset: true, ObjectiveKind.Memory));
        Assert.Equal([0, 0, 0], await ProcessesAsync(mayReset: false, ObjectiveKind.Time));
    }

    [Fact]
    public async Task Short_calls_end_with_the_pair_that_is_enough_as_others_do()
    {
        var runners = new ScriptedRunners(s => s.Calls.Count * (s.Stored ? 0.0001 : 0.0003));

        var trial = await RunAsync(runners, pairs: 4);

        Assert.Equal(4, trial.Pairs.Count);
        Assert.Equal(4, runners.Samples.Count(s => s is { IsBaseline: false, Stored: false, Room: > 0 }));
    }

    [Fact]
    public async Task All_from_the_first_byte_of_the_inputs_to_the_last_of_the_answers_is_told_beside_the_calls()
    {
        var runners = new ScriptedRunners(Same) { Around = s => s.IsBaseline ? 0.004 : 0.009 };

        var trial = await RunAsync(runners, pairs: 6);

        Assert.All(trial.Pairs, p => Assert.Equal((0.015, 0.020), (Math.Round(p.Baseline.Whole, 6), Math.Round(p.Candidate.Whole, 6))));
        Assert.All(trial.Pairs, p => Assert.Equal((0.010, 0.010), (Math.Round(p.Baseline.Cpu, 6), Math.Round(p.Candidate.Cpu, 6))));
    }

    [Fact]
    public async Task Work_that_is_done_while_nothing_is_asked_is_told_apart_for_each_side()
    {
        var runners = new ScriptedRunners(Same) { Before = s => s.IsBaseline ? 0.002 : 0.3 };

        var unasked = (await RunAsync(runners, pairs: 6)).Unasked;

        Assert.Equal((0.002, 0.3), (Math.Round(unasked.BaselineBefore, 6), Math.Round(unasked.CandidateBefore, 6)));
    }

    [Fact]
    public async Task A_confirmation_takes_fresh_calls_where_there_are_any_and_else_those_of_the_claim()
    {
        var workload = Workload([Call("captured")], [Call("larger")]);
        foreach (var fresh in new[] { [], new[] { Call("fresh") } })
        {
            var runners = new ScriptedRunners(Same);
            var trials = new ReplayTrials(
                runners.ToHarness(), "/", new Limits(), workload, new FileVersions(ScriptedRunners.BaselineFile, ScriptedRunners.CandidateFile), ObjectiveKind.Time)
            {
                Fresh = (_, _) => Task.FromResult<IReadOnlyList<RecordedCall>>(fresh),
            };
            Assert.Equal([CallSize.Captured, CallSize.Amplified], trials.Sizes);
            var claim = await trials.MeasureAsync(CallSize.Amplified, 1, _ => true, TestContext.Current.CancellationToken);
            Assert.All(runners.Samples, s => Assert.Equal("larger", s.Calls[0]));
            runners.Samples.Clear();

            await trials.ConfirmAsync(claim, 2, _ => true, TestContext.Current.CancellationToken);

            Assert.All(runners.Samples, s => Assert.Equal(fresh.Length == 0 ? "larger" : "fresh", s.Calls[0]));
        }
    }

    [Fact]
    public void Only_calls_of_the_size_of_a_claim_confirm_it()
    {
        var claim = new Trial(TrialEnd.Completed, null, [], 1, 1, Scale: 64);
        var (right, smaller) = (Call("right") with { Scale = 64 }, Call("smaller") with { Scale = 8 });

        Assert.Equal([right], CandidateCalls.OfSize(claim, [smaller, right]));
        Assert.Empty(CandidateCalls.OfSize(claim, [smaller]));
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

    private static double Same(ScriptedSample sample) => sample.Stored ? 0.001 : 0.011;

    private static CommandTrials Commands(ISandbox sandbox, Func<bool>? spent = null) =>
        new(sandbox, "head", "base", "bench", CommandTools.Of([]), new Limits()) { BudgetSpent = spent ?? (() => false) };

    private static RecordedCall Call(string name) =>
        new(name, "test", 0.01, "", 1, Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(name)));

    private static TrialPlan Plan(IReadOnlyList<RecordedCall> calls) =>
        new(Work, Work, calls, new FileVersions(ScriptedRunners.BaselineFile, ScriptedRunners.CandidateFile), ObjectiveKind.Time, Seed: 1);

    private static Task<Trial> RunAsync(ScriptedRunners runners, int pairs, TrialPlan? plan = null)
    {
        var seen = 0;
        return new TrialRunner(runners.ToHarness(), "/", new Limits()).RunAsync(
            plan ?? Plan([Call("c")]), _ => ++seen >= pairs, TestContext.Current.CancellationToken);
    }

    private static Workload Workload(IReadOnlyList<RecordedCall> captured, IReadOnlyList<RecordedCall> amplified) =>
        new(WorkloadKind.Replay, Work, Work, captured, amplified, [], new Dictionary<string, ObservedValue>());
}
