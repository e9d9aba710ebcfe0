using Afterburner.Trials;
using Xunit;

namespace Afterburner.Tests.Trials;

/// <summary>What the look from outside says, and how long it looks, on made-up costs.</summary>
public sealed class OutsideCheckTests
{
    private const double Baseline = 0.4, Saving = 0.02;

    private static readonly OutsideClaim Claim = new(ObjectiveKind.Time, Passes: 10, Saving);

    [Fact]
    public void A_saving_that_is_there_in_every_run_shows_and_one_that_is_not_is_refuted()
    {
        Assert.Equal(OutsideAnswer.Shows, Check(Claim, Saving, noise: 0.001).Answer);
        Assert.Equal(OutsideAnswer.DoesNotShow, Check(Claim, 0, noise: 0.001).Answer);
        Assert.Equal(OutsideAnswer.DoesNotShow, Check(Claim, Saving / 3, noise: 0.001).Answer);
        Assert.Equal(OutsideAnswer.TakesMore, Check(Claim, -0.1, noise: 0.001).Answer);
    }

    [Fact]
    public void Noise_makes_it_say_that_it_cannot_tell_and_never_that_it_shows()
    {
        Assert.Equal(OutsideAnswer.CannotTell, Check(Claim, Saving, noise: 0.1).Answer);
        for (var noise = 0.0; noise < 1; noise += 0.002)
        {
            Assert.NotEqual(OutsideAnswer.Shows, Check(Claim, 0, noise).Answer);
            Assert.NotEqual(OutsideAnswer.Shows, Check(Claim, Saving / 3, noise).Answer);
            Assert.NotEqual(OutsideAnswer.Shows, Check(null, -0.2, noise).Answer);
        }
    }

    [Fact]
    public void Where_no_saving_has_to_show_it_is_enough_to_do_no_harm_beyond_doubt()
    {
        Assert.Equal(OutsideAnswer.Shows, Check(null, 0, noise: 0.001).Answer);
        Assert.Equal(OutsideAnswer.TakesMore, Check(null, -0.1, noise: 0.001).Answer);
        Assert.Equal(OutsideAnswer.CannotTell, Check(null, 0, noise: 0.1).Answer);
    }

    [Fact]
    public void Less_memory_has_to_show_as_memory_and_may_not_cost_cpu_time()
    {
        var claim = new OutsideClaim(ObjectiveKind.Memory, Passes: 1, Saving: 20e6);
        OutsideRun Run(double peak, double cpu) => new(0.1, cpu, 50e6, peak);

        Assert.Equal(OutsideAnswer.Shows, OutsideCheck.Of(claim, [Run(30e6, 0.1), Run(31e6, 0.101), Run(30e6, 0.099)]).Answer);
        Assert.Equal(OutsideAnswer.DoesNotShow, OutsideCheck.Of(claim, [Run(50e6, 0.1), Run(49e6, 0.1), Run(50e6, 0.1)]).Answer);
        Assert.Equal(OutsideAnswer.TakesMore, OutsideCheck.Of(claim, [Run(30e6, 0.3), Run(31e6, 0.3), Run(30e6, 0.3)]).Answer);
        Assert.Equal(OutsideAnswer.CannotTell, OutsideCheck.Of(claim, [Run(30e6, 0.1), Run(31e6, 0.3), Run(30e6, 0.1)]).Answer);
    }

    [Fact]
    public void A_run_has_as_many_passes_as_make_the_saving_stand_out_within_a_time()
    {
        Trial Trial(double baseline, double candidate) => new(
            TrialEnd.Completed, null, [new Pair(new Sample(baseline, baseline, 0, 0), new Sample(candidate, candidate, 0, 0), 0)], 1, 1, 1);

        Assert.Equal(40, OutsideClaim.Of(ObjectiveKind.Time, Trial(0.002, 0.001)).Passes);
        Assert.Equal(0.04, OutsideClaim.Of(ObjectiveKind.Time, Trial(0.002, 0.001)).Saving, 6);
        Assert.Equal(200, OutsideClaim.Of(ObjectiveKind.Time, Trial(0.002, 0.0019)).Passes);
        Assert.Equal(1, OutsideClaim.Of(ObjectiveKind.Time, Trial(3, 1)).Passes);
    }

    [Fact]
    public async Task Both_sides_run_in_turn_and_three_pairs_are_enough_where_they_agree()
    {
        var (check, sides) = await MeasureAsync(Claim, (isBaseline, _) => isBaseline ? Baseline : Baseline - Saving);

        Assert.Equal((OutsideAnswer.Shows, 3), (check.Answer, check.Runs.Count));
        Assert.All(sides.Chunk(2), both => Assert.Single(both, side => side));
        Assert.True((await MeasureAsync(Claim, (_, n) => Baseline + (n % 2 * 0.3))).Sides.Chunk(2).Select(both => both[0]).Distinct().Count() == 2);
    }

    [Fact]
    public async Task Where_it_is_close_it_goes_on_and_at_the_end_it_cannot_tell()
    {
        // Every second pair shows nothing, the others twice the saving: more of them narrow it down.
        var (close, _) = await MeasureAsync(Claim, (isBaseline, n) => isBaseline ? Baseline : Baseline - (n % 2 * 2 * Saving));
        Assert.Equal(OutsideAnswer.Shows, close.Answer);
        Assert.InRange(close.Runs.Count, 6, OutsideCheck.MostRuns);

        var (noisy, _) = await MeasureAsync(Claim, (isBaseline, n) => isBaseline ? Baseline : Baseline - Saving + (n % 2 == 0 ? 0.2 : -0.2));
        Assert.Equal((OutsideAnswer.CannotTell, OutsideCheck.MostRuns), (noisy.Answer, noisy.Runs.Count));
    }

    [Fact]
    public async Task Runs_of_whole_tests_that_take_long_are_not_repeated_without_end()
    {
        var (check, _) = await MeasureAsync(null, (isBaseline, n) => isBaseline ? 20 : n % 2 == 0 ? 10 : 30);

        Assert.Equal((OutsideAnswer.CannotTell, 6), (check.Answer, check.Runs.Count));
    }

    [Theory]
    [InlineData(TrialEnd.CandidateBroke)]
    [InlineData(TrialEnd.SandboxFailed)]
    public async Task A_run_that_does_not_end_says_so_and_nothing_shows(TrialEnd end)
    {
        var check = await OutsideRuns.MeasureAsync(Claim, 1, (_, n) => Task.FromResult(new OutsideCost(n < 2 ? TrialEnd.Completed : end, "no luck", 0.1, 0)));

        Assert.Equal((end, "no luck", OutsideAnswer.CannotTell), (check.End, check.Failure, check.Answer));
    }

    [Fact]
    public async Task Without_a_control_group_nothing_shows()
    {
        var check = await OutsideRuns.MeasureAsync(Claim, 1, (_, _) => Task.FromResult(new OutsideCost(TrialEnd.Completed, null, null, 0)));

        Assert.Equal((TrialEnd.SandboxFailed, OutsideAnswer.CannotTell), (check.End, check.Answer));
        Assert.Contains("no control group", check.Failure, StringComparison.Ordinal);
    }

    /// <summary>Six runs whose mean saving is exact, and which are off it by the noise, in turn.</summary>
    private static OutsideCheck Check(OutsideClaim? claim, double saving, double noise) => OutsideCheck.Of(
        claim, [.. Enumerable.Range(0, 6).Select(i => new OutsideRun(Baseline, Baseline - saving + (i % 2 == 0 ? noise : -noise)))]);

    private static async Task<(OutsideCheck Check, List<bool> Sides)> MeasureAsync(OutsideClaim? claim, Func<bool, int, double> cpu)
    {
        var sides = new List<bool>();
        var check = await OutsideRuns.MeasureAsync(claim, 1, (isBaseline, number) =>
        {
            sides.Add(isBaseline);
            return Task.FromResult(new OutsideCost(TrialEnd.Completed, null, cpu(isBaseline, number), 0));
        });
        return (check, sides);
    }
}
