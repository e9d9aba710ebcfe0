using Afterburner.Trials;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests;

/// <summary>What the loop of a review and of a gate measures, in which order, and when it stops: on trials that a test made up.</summary>
public sealed class ComparisonTests
{
    private static readonly Objective Time = new(ObjectiveKind.Time);

    [Fact]
    public async Task A_gain_is_measured_at_both_sizes_and_confirmed_where_it_is_claimed()
    {
        var trials = new ScriptedTrials(captured: _ => Faster(1.5), amplified: _ => Faster(4), confirmation: _ => Faster(4));

        var (verdict, evidence) = await ReviewAsync(trials);

        Assert.Equal(VerdictKind.Improved, verdict.Kind);
        Assert.Equal(["captured", "amplified", "confirmation of amplified"], trials.Asked);
        Assert.Equal(3, trials.Seeds.Distinct().Count());
        // All pairs go one way: the test is sure after ten.
        Assert.All(evidence.Trials, t => Assert.Equal(10, t.Trial.Pairs.Count));
    }

    [Fact]
    public async Task Identical_code_is_let_go_early_and_nothing_more_is_measured()
    {
        var trials = new ScriptedTrials(captured: i => Faster(i % 2 == 0 ? 1.004 : 0.996));

        var (verdict, evidence) = await ReviewAsync(trials);

        Assert.Equal(VerdictKind.Inconclusive, verdict.Kind);
        Assert.Equal(["captured"], trials.Asked);
        // Ten pairs show that a call neither gains nor loses what matters.
        Assert.Equal(10, evidence.Captured!.Pairs.Count);
    }

    [Fact]
    public async Task Where_a_call_may_gain_or_lose_what_matters_the_pairs_go_on()
    {
        var trials = new ScriptedTrials(captured: i => Faster(i % 2 == 0 ? 1.2 : 0.8));

        var (verdict, evidence) = await ReviewAsync(trials);

        Assert.Equal(VerdictKind.Inconclusive, verdict.Kind);
        Assert.InRange(evidence.Captured!.Pairs.Count, 12, 60);
    }

    [Fact]
    public async Task What_breaks_ends_the_comparison()
    {
        var trials = new ScriptedTrials(captured: _ => Faster(2), amplified: _ => Faster(2)) { End = TrialEnd.CandidateBroke };

        Assert.Equal(VerdictKind.Rejected, (await ReviewAsync(trials)).Verdict.Kind);
        Assert.Equal(["captured"], trials.Asked);
    }

    [Fact]
    public async Task A_gain_that_is_not_confirmed_is_no_claim()
    {
        var trials = new ScriptedTrials(captured: _ => Faster(2), confirmation: i => Faster(i % 2 == 0 ? 1.2 : 0.8));

        Assert.Equal(VerdictKind.Inconclusive, (await ReviewAsync(trials)).Verdict.Kind);
        Assert.Equal(["captured", "confirmation of captured"], trials.Asked);
    }

    [Theory]
    [InlineData(1.11, 40)]
    [InlineData(1.09, 40)]
    [InlineData(2, 10)]
    public async Task A_confirmation_near_the_least_gain_worth_a_claim_is_measured_longer(double ratio, int pairs)
    {
        var trials = new ScriptedTrials(captured: _ => Faster(2), confirmation: i => Faster(ratio * (i % 2 == 0 ? 1.03 : 0.97)));

        Assert.Equal(pairs, (await ReviewAsync(trials)).Evidence.Confirmation!.Pairs.Count);
    }

    [Fact]
    public async Task Where_wall_time_is_noisy_a_confirmation_goes_on_and_at_the_end_it_cannot_be_told()
    {
        Pair Waiting(int i) => Faster(2) with { Candidate = new Sample(0.005, i % 2 == 0 ? 0.002 : 0.04, 0, 0) };
        var trials = new ScriptedTrials(captured: _ => Faster(2), confirmation: Waiting);

        var (verdict, evidence) = await ReviewAsync(trials);

        Assert.Equal(VerdictKind.Inconclusive, verdict.Kind);
        Assert.Contains("do not tell whether wall time is worse", verdict.Reason, StringComparison.Ordinal);
        Assert.Equal(60, evidence.Confirmation!.Pairs.Count);
    }

    [Fact]
    public async Task A_gate_measures_by_the_same_loop_and_clears_what_did_not_change_after_few_pairs()
    {
        var judge = ViewsJudge.OfCalls(new GateJudge(Time, maxSlowdown: 1.05));
        var touched = new ScriptedTrials(captured: _ => Slower(1), amplified: _ => Slower(1));
        var slower = new ScriptedTrials(captured: _ => Slower(1.5), amplified: _ => Slower(1.5), confirmation: _ => Slower(1.5));

        var cleared = await new PairedComparison<GateVerdict>(touched, judge).RunAsync(1, TestContext.Current.CancellationToken);
        var failed = await new PairedComparison<GateVerdict>(slower, judge).RunAsync(1, TestContext.Current.CancellationToken);

        Assert.Equal((GateStatus.NotSlower, GateStatus.Slower), (cleared.Verdict.Status, failed.Verdict.Status));
        Assert.Equal(["captured", "amplified"], touched.Asked);
        Assert.All(cleared.Evidence.Trials, t => Assert.Equal(10, t.Trial.Pairs.Count));
        Assert.Equal(["captured", "amplified", "confirmation of captured"], slower.Asked);
    }

    [Fact]
    public async Task Waiting_is_a_slowdown_of_calls_too_where_it_is_more_than_neighbours_make()
    {
        async Task<GateVerdict> GateAsync(double times)
        {
            var trials = new ScriptedTrials(captured: _ => Waits(times), confirmation: _ => Waits(times));
            return (await new PairedComparison<GateVerdict>(trials, ViewsJudge.OfCalls(new GateJudge(Time, 1.05))).RunAsync(1, TestContext.Current.CancellationToken)).Verdict;
        }

        Assert.Equal((GateStatus.NotSlower, GateStatus.Slower), ((await GateAsync(1.3)).Status, (await GateAsync(2)).Status));
        Assert.StartsWith("wall time: 2.00x slower", (await GateAsync(2)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_proven_at_one_size_stands_where_the_other_breaks_and_nothing_is_cleared_there()
    {
        var slower = new ScriptedTrials(captured: _ => Slower(3), amplified: Broken, confirmation: _ => Slower(3));
        var equal = new ScriptedTrials(captured: _ => Slower(1), amplified: Broken);
        var judge = ViewsJudge.OfCalls(new GateJudge(Time, 1.05));

        Assert.Equal(GateStatus.Slower, (await new PairedComparison<GateVerdict>(slower, judge).RunAsync(1, TestContext.Current.CancellationToken)).Verdict.Status);
        Assert.Equal(GateStatus.CannotTell, (await new PairedComparison<GateVerdict>(equal, judge).RunAsync(1, TestContext.Current.CancellationToken)).Verdict.Status);
    }

    [Fact]
    public async Task A_slowdown_that_hides_in_the_writing_of_answers_is_one()
    {
        Pair Late(int _) => new(new Sample(0.01, 0.01, 0, 0) { Whole = 0.012 }, new Sample(0.01, 0.01, 0, 0) { Whole = 0.03 }, 0);
        var trials = new ScriptedTrials(captured: Late, amplified: Late, confirmation: Late);

        var compared = await new PairedComparison<GateVerdict>(trials, ViewsJudge.OfCalls(new GateJudge(Time, 1.05))).RunAsync(1, TestContext.Current.CancellationToken);

        Assert.Equal(GateStatus.Slower, compared.Verdict.Status);
        Assert.StartsWith("with the reading of inputs and the writing of answers: 2.50x slower", compared.Verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_benchmark_is_confirmed_once_for_cpu_and_wall_time_together()
    {
        var trials = new ScriptedTrials(captured: _ => Waits(2), confirmation: _ => Waits(2));

        var compared = await new PairedComparison<GateVerdict>(trials, ViewsJudge.OfBenchmarks(new GateJudge(Time, 1.05)))
            .RunAsync(1, TestContext.Current.CancellationToken);

        Assert.Equal(GateStatus.Slower, compared.Verdict.Status);
        Assert.StartsWith("wall time: 2.00x slower", compared.Verdict.Reason, StringComparison.Ordinal);
        Assert.Equal(["captured", "confirmation of captured"], trials.Asked);
    }

    /// <summary>A pair whose baseline costs so much more, in CPU and wall time.</summary>
    private static Pair Faster(double ratio) => new(new Sample(0.01 * ratio, 0.01 * ratio, 0, 0), new Sample(0.01, 0.01, 0, 0), 0);

    /// <summary>A pair whose candidate costs so much more, in CPU and wall time.</summary>
    private static Pair Slower(double ratio) => new(new Sample(0.01, 0.01, 0, 0), new Sample(0.01 * ratio, 0.01 * ratio, 0, 0), 0);

    private static Pair Waits(double ratio) => new(new Sample(0.01, 0.01, 0, 0), new Sample(0.01, 0.01 * ratio, 0, 0), 0);

    private static readonly Func<int, Pair> Broken = _ => default;

    private static Task<Compared<Verdict>> ReviewAsync(ITrials trials) =>
        new PairedComparison<Verdict>(trials, new Judge(Time)).RunAsync(1, TestContext.Current.CancellationToken);

    private sealed class ScriptedTrials(
        Func<int, Pair> captured, Func<int, Pair>? amplified = null, Func<int, Pair>? confirmation = null) : ITrials
    {
        private readonly Dictionary<Trial, CallSize> _sizes = new(ReferenceEqualityComparer.Instance);

        public List<string> Asked { get; } = [];

        public List<long> Seeds { get; } = [];

        public TrialEnd End { get; init; } = TrialEnd.Completed;

        public IReadOnlyList<CallSize> Sizes => amplified is null ? [CallSize.Captured] : [CallSize.Captured, CallSize.Amplified];

        public Task<Trial> MeasureAsync(CallSize size, long seed, Func<Pair, bool> enough, CancellationToken cancellationToken)
        {
            Asked.Add(size == CallSize.Captured ? "captured" : "amplified");
            var trial = Run(size == CallSize.Captured ? captured : amplified!, seed, enough);
            _sizes[trial] = size;
            return Task.FromResult(trial);
        }

        public Task<Trial> ConfirmAsync(Trial claim, long seed, Func<Pair, bool> enough, CancellationToken cancellationToken)
        {
            Asked.Add($"confirmation of {(_sizes[claim] == CallSize.Captured ? "captured" : "amplified")}");
            return Task.FromResult(Run(confirmation!, seed, enough));
        }

        private Trial Run(Func<int, Pair> pair, long seed, Func<Pair, bool> enough)
        {
            Seeds.Add(seed);
            var pairs = new List<Pair>();
            while (pairs.Count < 60)
            {
                if (pair == Broken)
                    return new Trial(TrialEnd.CandidateBroke, "it broke", [], Calls: 1, Inner: 1, Scale: 1);
                pairs.Add(pair(pairs.Count));
                if (enough(pairs[^1]))
                    break;
            }

            return new Trial(End, End == TrialEnd.Completed ? null : "it broke", pairs, Calls: 1, Inner: 1, Scale: 1);
        }
    }
}
