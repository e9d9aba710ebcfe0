using Afterburner.Trials;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests.Verdicts;

public sealed class JudgeTests
{
    private static readonly Judge Time = new(new Objective(ObjectiveKind.Time));

    [Fact]
    public void A_gain_is_improved_once_it_is_confirmed()
    {
        var evidence = new Evidence { Captured = Trial(2), Amplified = Trial(4) };
        Assert.Equal(NextStep.Confirm, Waiting(evidence));
        evidence = evidence with { Confirmation = Trial(1.9) };
        var verdict = Time.Decide(evidence).Verdict;
        Assert.Equal(VerdictKind.Improved, verdict.Kind);
        Assert.Equal(1.9, verdict.Ratio!.Value, 2);
        Assert.Contains("2.00x faster on calls as captured, 4.00x faster on larger ones", verdict.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.5, 2e-6, true)]
    [InlineData(1.5, 0.01, false)]
    [InlineData(1.05, 2e-6, false)]
    [InlineData(0.5, 2e-6, false)]
    public void What_gains_by_a_share_but_too_little_a_call_may_matter_in_calls_that_make_many(double ratio, double seconds, bool may) =>
        Assert.Equal(may, Time.GainsLittle(new Evidence { Captured = Trial(ratio, seconds: seconds) }));

    [Fact]
    public void A_loss_of_calls_as_captured_that_a_call_notices_is_never_improved_however_fast_larger_calls_are()
    {
        var verdict = Time.Decide(new Evidence { Captured = Trial(0.8), Amplified = Trial(5), Confirmation = Trial(5) }).Verdict;

        Assert.Equal(VerdictKind.Inconclusive, verdict.Kind);
        Assert.Contains("5.00x faster on larger calls, but 1.25x slower on calls as captured (2.50 ms more a call)", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_below_the_noise_floor_does_not_outweigh_a_proven_gain_on_larger_calls_and_both_are_shown()
    {
        var verdict = Time.Decide(new Evidence { Captured = Trial(0.5, seconds: 2e-6), Amplified = Trial(178), Confirmation = Trial(178) }).Verdict;

        Assert.Equal(VerdictKind.Improved, verdict.Kind);
        Assert.Contains("2.00x slower on calls as captured (2.00 us more a call), 178x faster on larger ones", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gain_at_the_captured_size_that_is_a_loss_on_larger_calls_is_inconclusive() =>
        Assert.Equal(
            VerdictKind.Inconclusive,
            Time.Decide(new Evidence { Captured = Trial(2), Amplified = Trial(0.5), Confirmation = Trial(2) }).Verdict.Kind);

    [Fact]
    public void A_gain_on_larger_calls_alone_is_improved_when_the_captured_size_does_not_lose()
    {
        var evidence = new Evidence { Captured = Trial(1), Amplified = Trial(3), Confirmation = Trial(3) };
        Assert.Equal(VerdictKind.Improved, Time.Decide(evidence).Verdict.Kind);
    }

    [Fact]
    public void A_confirmation_that_does_not_claim_is_not_improved()
    {
        var evidence = new Evidence { Captured = Trial(2), Confirmation = Trial(1) };
        Assert.Equal(VerdictKind.Inconclusive, Time.Decide(evidence).Verdict.Kind);
    }

    [Fact]
    public void A_loss_that_is_not_proven_again_is_told_in_the_same_direction()
    {
        var few = Trial(0.6) with { Pairs = [.. Trial(0.6).Pairs.Take(5)] };
        var verdict = Time.Decide(new Evidence { Captured = Trial(0.6), Confirmation = few }).Verdict;

        Assert.Equal(VerdictKind.Inconclusive, verdict.Kind);
        Assert.Contains("x slower at first, but fresh processes did not prove it again (1.6", verdict.Reason, StringComparison.Ordinal);
        Assert.Contains("x slower in 5 pairs", verdict.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.9, 0.9, true)]
    [InlineData(0.9, 1, false)]
    [InlineData(1, 1, false)]
    public void A_loss_harms_unless_fresh_processes_show_none(double first, double again, bool harms) =>
        Assert.Equal(harms, Time.Harms(new Evidence { Captured = Trial(first), Confirmation = Trial(again) }));

    [Fact]
    public void A_loss_beside_a_gain_that_is_proven_again_harms() =>
        Assert.True(Time.Harms(new Evidence { Captured = Trial(0.8), Amplified = Trial(5), Confirmation = Trial(5) }));

    [Fact]
    public void A_candidate_that_costs_nothing_is_said_to_be_at_least_as_many_times_faster_as_can_be_told() =>
        Assert.StartsWith("at least 1000x faster", Time.Decide(new Evidence { Captured = Trial(1e6), Confirmation = Trial(1e6) }).Verdict.Reason, StringComparison.Ordinal);

    [Fact]
    public void A_confirmation_that_claims_less_than_is_worthwhile_is_not_improved()
    {
        var evidence = new Evidence { Captured = Trial(1.2), Confirmation = Trial(1.05) };
        Assert.Equal(VerdictKind.Inconclusive, Time.Decide(evidence).Verdict.Kind);
    }

    [Fact]
    public void Calls_that_have_to_be_repeated_to_be_measured_prove_no_gain_of_time()
    {
        var judgement = Time.Decide(new Evidence { Captured = Trial(2) with { Inner = 6 } });
        Assert.Equal((VerdictKind.Inconclusive, NextStep.None), (judgement.Verdict.Kind, judgement.Missing));
        Assert.Contains("too small to measure", judgement.Verdict.Reason, StringComparison.Ordinal);
        // A loss is told all the same: nobody remembers what it was asked in order to be slower.
        Assert.Equal(NextStep.Confirm, Waiting(new Evidence { Captured = Trial(0.5) with { Inner = 6 } }));
    }

    [Theory]
    [InlineData(1, VerdictKind.Improved)]
    [InlineData(0.6, VerdictKind.Improved)]
    [InlineData(0.4, VerdictKind.Inconclusive)]
    [InlineData(0, VerdictKind.Inconclusive)]
    public void At_most_half_of_a_saving_may_come_back_where_inputs_are_read_and_answers_written(double share, VerdictKind expected)
    {
        // Each pair saves 5 ms in the calls; the rest of the sample takes 4 ms, and more where work was moved there.
        var moved = Trial(2) with
        {
            Pairs = [.. Trial(2).Pairs.Select(p => p with
            {
                Baseline = p.Baseline with { Whole = p.Baseline.Cpu + 0.004 },
                Candidate = p.Candidate with { Whole = p.Candidate.Cpu + 0.004 + ((1 - share) * (p.Baseline.Cpu - p.Candidate.Cpu)) },
            })],
        };
        var verdict = Time.Decide(new Evidence { Captured = Trial(2), Confirmation = moved }).Verdict;
        Assert.True(verdict.Kind == expected, verdict.Reason);
    }

    [Theory]
    [InlineData(0.004, 0.004, 0.10, 0.10, VerdictKind.Improved)]
    [InlineData(0.004, 0.012, 0.10, 0.25, VerdictKind.Improved)]
    [InlineData(0.004, 0.014, 0.10, 0.10, VerdictKind.Inconclusive)]
    [InlineData(0.004, 0.004, 0.10, 0.35, VerdictKind.Inconclusive)]
    public void Work_outside_of_what_is_timed_refuses_a_gain(double before, double candidateBefore, double start, double candidateStart, VerdictKind expected)
    {
        var trial = Trial(2) with { Unasked = new Unasked(before, candidateBefore, start, candidateStart) };
        Assert.Equal(expected, Time.Decide(new Evidence { Captured = Trial(2), Confirmation = trial }).Verdict.Kind);
    }

    [Fact]
    public void The_noisier_wall_time_is_the_less_is_claimed()
    {
        VerdictKind Kind(double noise) => Time.Decide(new Evidence
        {
            Captured = Trial(2), Confirmation = WithWall(Trial(2), i => i % 2 == 0 ? 1 + noise : 1 / (1 + noise)),
        }).Verdict.Kind;

        Assert.Equal(VerdictKind.Improved, Kind(0.01));
        Assert.All([0.3, 1, 10], noise => Assert.Equal(VerdictKind.Inconclusive, Kind(noise)));
    }

    [Fact]
    public void A_gain_on_larger_calls_is_not_claimed_where_calls_as_captured_may_lose_by_it()
    {
        VerdictKind Kind(double noise, double seconds) => Time.Decide(new Evidence
        {
            Captured = WithCpu(Trial(1, seconds: seconds), i => i % 2 == 0 ? 1 + noise : 1 / (1 + noise)), Amplified = Trial(3), Confirmation = Trial(3),
        }).Verdict.Kind;

        Assert.Equal(VerdictKind.Improved, Kind(0.02, seconds: 0.01));
        Assert.Equal(VerdictKind.Inconclusive, Kind(0.5, seconds: 0.01));
        // What they may lose is less than anybody would notice.
        Assert.Equal(VerdictKind.Improved, Kind(0.5, seconds: 20e-6));
    }

    [Fact]
    public void A_trial_with_a_reservation_is_not_even_confirmed()
    {
        Judgement<Verdict> Decide(bool rejects) => Time.Decide(new Evidence { Captured = Trial(2) with { Reservation = new Reservation("line 3 did not run", rejects) } });

        Assert.All([true, false], rejects => Assert.Equal(NextStep.None, Decide(rejects).Missing));
        Assert.Equal((VerdictKind.Rejected, VerdictKind.Inconclusive), (Decide(true).Verdict.Kind, Decide(false).Verdict.Kind));
        Assert.Contains("line 3 did not run", Decide(false).Verdict.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TrialEnd.Differed)]
    [InlineData(TrialEnd.NotCompared)]
    public void What_behaves_differently_or_unknown_where_it_is_timed_is_rejected_whenever_that_shows(TrialEnd end)
    {
        var different = Trial(2) with { End = end, Failure = "test_a", Difference = "test_a: 1 became 2" };
        Assert.Equal(VerdictKind.Rejected, Time.Decide(new Evidence { Captured = different }).Verdict.Kind);
        Assert.Equal(VerdictKind.Rejected, Time.Decide(new Evidence { Captured = Trial(2), Confirmation = different }).Verdict.Kind);
    }

    [Fact]
    public void Less_cpu_time_at_the_price_of_wall_time_is_not_improved()
    {
        var waiting = Trial(2, wall: 0.7);
        var verdict = Time.Decide(new Evidence { Captured = waiting, Confirmation = waiting }).Verdict;
        Assert.Equal(VerdictKind.Inconclusive, verdict.Kind);
        Assert.Contains("wall time is worse", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Gains_below_the_floor_are_proven_and_still_not_worth_a_suggestion()
    {
        Assert.Contains("worth a suggestion", Time.Decide(new Evidence { Captured = Trial(1.05) }).Verdict.Reason, StringComparison.Ordinal);
        var tiny = Time.Decide(new Evidence { Captured = Trial(2, seconds: 20e-6) });
        Assert.Equal(NextStep.None, tiny.Missing);
        Assert.Contains("saves only 10.00 us a call, below the noise floor of 50.00 us", tiny.Verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void No_difference_at_either_size_asks_for_nothing_more()
    {
        var judgement = Time.Decide(new Evidence { Captured = Trial(1), Amplified = Trial(1.005) });
        Assert.Equal(VerdictKind.Inconclusive, judgement.Verdict.Kind);
        Assert.Equal(NextStep.None, judgement.Missing);
    }

    [Fact]
    public void A_loss_is_regressed_only_when_it_is_confirmed()
    {
        Assert.Equal(NextStep.Confirm, Waiting(new Evidence { Captured = Trial(0.5) }));
        Assert.Equal(VerdictKind.Regressed, Time.Decide(new Evidence { Captured = Trial(0.5), Confirmation = Trial(0.5) }).Verdict.Kind);
        Assert.Equal(VerdictKind.Inconclusive, Time.Decide(new Evidence { Captured = Trial(0.5), Confirmation = Trial(1) }).Verdict.Kind);
    }

    [Fact]
    public void A_candidate_that_breaks_is_rejected_in_whatever_trial_it_does()
    {
        var broken = Trial(2) with { End = TrialEnd.CandidateBroke, Failure = "timed out" };
        foreach (var evidence in new Evidence[]
        {
            new() { Captured = broken },
            new() { Captured = Trial(2), Amplified = broken },
            new() { Captured = Trial(2), Confirmation = broken },
        })
        {
            Assert.Equal(VerdictKind.Rejected, Time.Decide(evidence).Verdict.Kind);
        }
    }

    [Theory]
    [InlineData(TrialEnd.SandboxFailed)]
    [InlineData(TrialEnd.BaselineBroke)]
    public void What_is_not_the_candidates_fault_is_never_held_against_it(TrialEnd end)
    {
        var failed = Trial(0.5) with { End = end, Failure = "out of space" };
        var verdict = Time.Decide(new Evidence { Captured = failed }).Verdict;
        Assert.Equal(VerdictKind.Inconclusive, verdict.Kind);
        Assert.Contains("out of space", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Less_memory_is_improved_when_time_stays_as_it_is_and_not_when_it_takes_longer()
    {
        var judge = new Judge(new Objective(ObjectiveKind.Memory));
        var same = Trial(1, peak: 4);
        var slower = Trial(0.5, wall: 0.5, peak: 4);
        Assert.Equal(VerdictKind.Improved, judge.Decide(new Evidence { Captured = same, Confirmation = same }).Verdict.Kind);
        Assert.Equal(VerdictKind.Inconclusive, judge.Decide(new Evidence { Captured = slower, Confirmation = slower }).Verdict.Kind);
    }

    [Fact]
    public void No_evidence_is_no_verdict() => Assert.Equal(VerdictKind.Inconclusive, Time.Decide(new Evidence()).Verdict.Kind);

    private static Trial WithWall(Trial trial, Func<int, double> ratio) => trial with
    {
        Pairs = [.. trial.Pairs.Select((p, i) => p with { Candidate = p.Candidate with { Wall = p.Baseline.Wall / ratio(i) } })],
    };

    private static Trial WithCpu(Trial trial, Func<int, double> ratio) => trial with
    {
        Pairs = [.. trial.Pairs.Select((p, i) => p with { Candidate = p.Candidate with { Cpu = p.Baseline.Cpu / ratio(i) } })],
    };

    private static NextStep Waiting(Evidence evidence)
    {
        var judgement = Time.Decide(evidence);
        Assert.Equal(VerdictKind.Inconclusive, judgement.Verdict.Kind);
        return judgement.Missing;
    }

    /// <summary>A trial of known ratios, with half a percent of noise.</summary>
    private static Trial Trial(double ratio, double? wall = null, double peak = 1, double seconds = 0.01)
    {
        var random = new Random(7);
        var pairs = Enumerable.Range(0, 24).Select(i => new Pair(
            new Sample(seconds * Noise(), seconds * Noise(), 100e6 * Noise(), 1e5 * Noise()),
            new Sample(seconds / ratio * Noise(), seconds / (wall ?? ratio) * Noise(), 100e6 / peak * Noise(), 1e5 / ratio * Noise()),
            i / 6));
        return new Trial(TrialEnd.Completed, null, [.. pairs], Calls: 1, Inner: 1, Scale: 1);

        double Noise() => 1 + 0.005 * (random.NextDouble() - 0.5);
    }
}
