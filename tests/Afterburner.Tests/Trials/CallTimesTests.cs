using Afterburner.Tests.Sandboxes;
using Afterburner.Trials;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Trials;

/// <summary>What the process that recorded a call says of its time counts only within what a clock outside shows.</summary>
public sealed class CallTimesTests(BubblewrapFixture fixture) : IClassFixture<BubblewrapFixture>
{
    [Theory]
    [InlineData(0.010, 0.011, 0.010)]
    [InlineData(0.0000, 0.0101, 0.0048)]
    [InlineData(0.9, 0.010, 0.0205)]
    [InlineData(0.000001, 0.0004, 0.000001)]
    public void A_recorded_time_is_kept_within_what_the_clock_allows(double recorded, double whole, double expected) =>
        Assert.Equal(expected, CallTimes.Within(recorded, whole), 6);

    [Fact]
    public async Task Calls_of_which_their_process_said_that_they_took_no_time_have_one_again()
    {
        using var lab = new TrialLab(fixture, "def work(n):\n    return sum(i * i % 7 for i in range(n))\n");
        var calls = await lab.CallsAsync(0, new() { ["n"] = 2_000_000 }, new() { ["n"] = 1 });
        var target = new Target("mod.py", "work", 1);

        var timed = await CallTimes.CheckedAsync(lab.Harness, lab.Workspace, target, target, calls, new(), TrialLab.Cancel);

        Assert.Equal(calls.Select(c => c.Blob), timed.Select(c => c.Blob));
        Assert.True(timed[0].Seconds > 0.01, $"{timed[0].Seconds}");
        Assert.True(timed[1].Seconds < timed[0].Seconds / 10, $"{timed[1].Seconds}");
    }

    [Fact]
    public async Task Calls_that_are_larger_than_one_that_takes_too_long_are_not_made()
    {
        using var lab = new TrialLab(fixture, "def work(n):\n    return sum(i * i % 7 for i in range(n))\n");
        var calls = (await lab.CallsAsync(0, new() { ["n"] = 4_000_000 }, new() { ["n"] = 1_000_000_000_000 }, new() { ["n"] = 1 }))
            .Zip([("a", 4), ("a", 16), ("b", 16)], (call, of) => call with { Base = of.Item1, Scale = of.Item2 }).ToList();
        var target = new Target("mod.py", "work", 1);

        var timed = await CallTimes.CheckedAsync(lab.Harness, lab.Workspace, target, target, calls, new(), TrialLab.Cancel, longest: 0.04);

        Assert.True(timed[0].Seconds > 0.04, $"{timed[0].Seconds}");
        Assert.Equal(timed[0].Seconds, timed[1].Seconds);
        Assert.True(timed[2].Seconds < timed[0].Seconds / 10, $"{timed[2].Seconds}");
    }

    [Fact]
    public async Task A_call_that_is_kept_from_its_work_is_asked_again_before_it_is_said_to_take_too_long()
    {
        using var lab = new TrialLab(fixture, "import time\n\n\ndef work(n):\n    time.sleep(n)\n");
        var calls = (await lab.CallsAsync(0, new System.Text.Json.Nodes.JsonObject { ["n"] = 1 })).Select(c => c with { Base = "a", Scale = 4 }).ToList();
        var target = new Target("mod.py", "work", 4);

        var timed = await CallTimes.CheckedAsync(lab.Harness, lab.Workspace, target, target, calls, new(), TrialLab.Cancel, longest: 0.02);

        Assert.True(timed[0].Seconds < 1, $"{timed[0].Seconds}");
    }

    [Fact]
    public async Task Calls_that_this_version_cannot_make_stay_as_they_are()
    {
        using var lab = new TrialLab(fixture, "def work(n):\n    import os\n    os._exit(3)\n");
        var calls = await lab.CallsAsync(0.01, new System.Text.Json.Nodes.JsonObject { ["n"] = 1 });
        var target = new Target("mod.py", "work", 1);

        Assert.Equal(calls, await CallTimes.CheckedAsync(lab.Harness, lab.Workspace, target, target, calls, new(), TrialLab.Cancel));
    }
}
