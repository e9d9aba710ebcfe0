using Afterburner.Evaluation.Loop;
using Afterburner.Evaluation.Programs;
using Afterburner.Trainer.Miniature;
using Xunit;

namespace Afterburner.Trainer.Tests;

public sealed class MiniatureTests
{
    [Fact]
    public void A_curve_is_the_mean_over_seeds_and_tasks_after_each_iteration()
    {
        var result = new MiniatureResult([0, 1], 1, [Run("GRPO", 0, ("a", [null, 1]), ("b", [null, null])), Run("GRPO", 1, ("a", [2, 1]), ("b", [null, 3]))]);

        var curves = result.Curves().Where(c => c.Model == "GRPO").ToDictionary(c => c.Metric);

        Assert.Equal([0.25, 0.75], curves["PASS@1"].Values.Select(v => v.Value));
        Assert.Equal([0.5, 1], curves["PASS@1"].Seeds);
        // Of people who need 1, 2, 3 and 4 s: 2 s is as good as three of four, 1 s as all, 3 s as two.
        Assert.Equal([0.75 / 4, (1 + 1 + 0 + 0.5) / 4], curves["BEYOND-T"].Values.Select(v => v.Value));
    }

    [Fact]
    public void Tasks_that_are_too_small_to_be_told_apart_count_in_PASS_alone()
    {
        var run = Run("GRPO", 0, ("a", [1, 1]), ("b", [4, 4]));

        var curves = new MiniatureResult([0], 1, [run with { Tasks = [run.Tasks[0], run.Tasks[1] with { IsTooSmall = true }] }]).Curves().Where(c => c.Model == "GRPO").ToDictionary(c => c.Metric);

        Assert.Equal((1, 1), (curves["PASS@1"].Values[1].Value, curves["BEYOND-T"].Values[1].Value));
    }

    [Fact]
    public void What_could_not_be_measured_for_one_model_is_no_difference_between_others_tasks()
    {
        var (first, second) = (Run("GRPO", 0, ("a", [1, 1]), ("b", [1, 1])), Run("SFT", 0, ("a", [1, 1]), ("b", [null, null])));
        var result = new MiniatureResult([0], 1, [first with { Tasks = [first.Tasks[0] with { Unusable = "no" }, first.Tasks[1]] }, second]);

        Assert.Equal(1, result.Differences().Single(d => d is { Other: "SFT", Metric: "PASS@1", What: "at the end" }).Value.Value);
    }

    [Fact]
    public void Differences_are_between_the_same_tasks_at_the_start_at_the_end_and_in_what_was_gained()
    {
        var result = new MiniatureResult([0], 1, [Run("GRPO", 0, ("a", [null, 1]), ("b", [null, 1])), Run("SFT", 0, ("a", [1, 1]), ("b", [null, null])), Run("DPO", 0, ("a", [1, 1]), ("b", [1, 1]))]);

        var differences = result.Differences().Where(d => d.Metric == "PASS@1").Select(d => (d.Other, d.What, d.Value.Value));

        Assert.Equal([("SFT", "at the start", -0.5), ("SFT", "at the end", 0.5), ("SFT", "gained", 1), ("DPO", "at the start", -1), ("DPO", "at the end", 0), ("DPO", "gained", 1)], differences);
    }

    [Fact]
    public void A_page_has_a_drawing_for_each_metric_with_a_line_for_each_way_of_training()
    {
        var result = new MiniatureResult([0], 1, [.. MiniatureResult.Models.Select(m => Run(m, 0, ("a", [1, 1]), ("b", [null, 2])))]);

        var page = MiniaturePage.Render(result);

        Assert.Equal((4, 16), (page.Split("<svg").Length - 1, page.Split("<polyline").Length - 1));
        Assert.Contains("GRPO less SFT", page, StringComparison.Ordinal);
    }

    /// <param name="tasks">Seconds of the best program after each iteration; null where none passes.</param>
    private static MiniatureRun Run(string name, int seed, params (string Id, double?[] Seconds)[] tasks) => new(name, seed,
    [
        .. tasks.Select(t => new TaskRun(t.Id)
        {
            People = [.. new double[] { 1, 2, 3, 4 }.Select(s => new Measurement(true, s, s, s))],
            Steps = [.. t.Seconds.Select((s, i) => new Step(i, "", s is { } seconds ? new Measurement(true, seconds, seconds, seconds) : Measurement.Failed("no", 0), IsNew: true))],
        }),
    ]);
}
