using Afterburner.Sandboxes;
using Xunit;

namespace Afterburner.Tests.Sandboxes;

/// <summary>The layout that this machine does not have, on a directory that looks like it.</summary>
public sealed class ControlGroupTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("afterburner-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Version_2_limits_memory_swap_processes_and_cores()
    {
        Files("memory.max", "memory.swap.max", "pids.max", "cpu.max");

        ControlGroup.Create(Version2, new Limits { Memory = 1000, Processes = 10, Cores = 1.5 });

        Assert.Equal(["1000", "0", "13", "150000 100000"], Read("memory.max", "memory.swap.max", "pids.max", "cpu.max"));
    }

    [Fact]
    public void Version_2_without_the_controller_for_cores_still_limits_memory_and_processes()
    {
        Files("memory.max", "pids.max");

        ControlGroup.Create(Version2, new Limits { Memory = 1000, Processes = 10 });

        Assert.Equal(["1000", "13"], Read("memory.max", "pids.max"));
    }

    [Fact]
    public void Version_2_counts_in_microseconds_bytes_and_kills()
    {
        File.WriteAllText(Path.Combine(_directory, "cpu.stat"), "usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n");
        File.WriteAllText(Path.Combine(_directory, "memory.peak"), "123456\n");
        File.WriteAllText(Path.Combine(_directory, "memory.events"), "low 0\nhigh 0\nmax 7\noom 3\noom_kill 2\noom_group_kill 0\n");

        var usage = new ControlGroup(Version2).Usage();

        Assert.Equal(new GroupUsage(TimeSpan.FromSeconds(1.5), 123456, 2), usage);
    }

    [Fact]
    public void A_kernel_that_keeps_no_peak_gives_none_instead_of_a_wrong_one()
    {
        File.WriteAllText(Path.Combine(_directory, "cpu.stat"), "usage_usec 5\n");

        Assert.Equal(new GroupUsage(TimeSpan.FromMicroseconds(5), null, 0), new ControlGroup(Version2).Usage());
    }

    [Fact]
    public void A_group_whose_limits_cannot_be_set_is_not_used()
    {
        Files("pids.max");

        Assert.ThrowsAny<IOException>(() => ControlGroup.Create(Version2, new Limits()));
    }

    [Fact]
    public void Mount_lines_are_read_with_optional_fields_and_escaped_spaces()
    {
        var mount = Assert.Single(MountLine.Parse(
            [@"36 35 0:29 /docker/abc /sys/fs/with\040space rw,nosuid shared:9 master:1 - cgroup cgroup rw,cpu,cpuacct", "nonsense"]));

        Assert.Equal(("/docker/abc", "/sys/fs/with space", "cgroup"), (mount.Root, mount.Point, mount.Type));
        Assert.Equal(["rw", "cpu", "cpuacct"], mount.Options);
    }

    private Dictionary<string, string> Version2 => new() { [ControlGroup.Version2] = _directory };

    private void Files(params string[] names)
    {
        foreach (var name in names)
            File.WriteAllText(Path.Combine(_directory, name), "");
    }

    private IEnumerable<string> Read(params string[] names) => names.Select(n => File.ReadAllText(Path.Combine(_directory, n)));
}
