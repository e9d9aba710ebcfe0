using Afterburner.Sandboxes;
using Xunit;

namespace Afterburner.Tests.Sandboxes;

/// <summary>Reading a control group, on directories that look like one.</summary>
public sealed class GroupMeterTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("afterburner-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Version_2_counts_in_microseconds()
    {
        Files(("cpu.stat", "usage_usec 1500001\nuser_usec 1000000\n"), ("cgroup.freeze", "0\n"), ("cgroup.events", "populated 1\nfrozen 0\n"));

        using var meter = GroupMeter.Of(new Dictionary<string, string> { [ControlGroup.Version2] = _directory });

        Assert.Equal(1_500_001_000, meter!.CpuNanoseconds());
    }

    [Fact]
    public void Version_1_counts_in_nanoseconds_and_is_held_by_its_freezer()
    {
        Files(("cpuacct.usage", "1500000001\n"), ("freezer.state", "FROZEN\n"));

        using var meter = GroupMeter.Of(new Dictionary<string, string> { ["cpuacct"] = _directory, ["memory"] = _directory, ["freezer"] = _directory });

        Assert.Equal(1_500_000_001, meter!.CpuNanoseconds());
        Assert.True(meter.Rest(TimeSpan.FromSeconds(1)));
        meter.Resume();
        Assert.Equal("THAWED", File.ReadAllText(Path.Combine(_directory, "freezer.state")).Trim());
    }

    [Fact]
    public void Groups_that_do_not_come_to_rest_are_told()
    {
        Files(("cpu.stat", "usage_usec 1\n"), ("cgroup.freeze", "0\n"), ("cgroup.events", "populated 1\nfrozen 0\n"));

        using var meter = GroupMeter.Of(new Dictionary<string, string> { [ControlGroup.Version2] = _directory });

        Assert.False(meter!.Rest(TimeSpan.FromMilliseconds(20)));
    }

    [Fact]
    public void Without_a_way_to_bring_a_group_to_rest_there_is_no_meter()
    {
        Files(("cpuacct.usage", "1\n"));

        Assert.Null(GroupMeter.Of(new Dictionary<string, string> { ["cpuacct"] = _directory, ["memory"] = _directory }));
    }

    [Fact]
    public void A_kernel_that_keeps_no_peak_gives_none()
    {
        Files(("cpu.stat", "usage_usec 1\n"), ("cgroup.freeze", "0\n"), ("cgroup.events", "frozen 1\n"), ("memory.current", "4096\n"));

        using var meter = GroupMeter.Of(new Dictionary<string, string> { [ControlGroup.Version2] = _directory });

        Assert.Equal((4096L, (long?)null, false), (meter!.Memory()!.Value, meter.Peak(), meter.MayResetPeak));
    }

    private void Files(params (string Name, string Text)[] files)
    {
        foreach (var (name, text) in files)
            File.WriteAllText(Path.Combine(_directory, name), text);
    }
}
