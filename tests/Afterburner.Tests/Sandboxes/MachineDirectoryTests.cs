using System.Net.Sockets;
using Afterburner.Sandboxes;
using Xunit;

namespace Afterburner.Tests.Sandboxes;

public sealed class MachineDirectoryTests : IDisposable
{
    private static readonly DirectoryKind Any = new(_ => null);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/", "root directory")]
    [InlineData("/root", "root directory")]
    [InlineData("/home", "root directory")]
    [InlineData("/usr", "root directory")]
    [InlineData("/opt", "root directory")]
    [InlineData("/etc/ssl", "the system")]
    [InlineData("/proc/1", "the system")]
    [InlineData("/sys/kernel", "the system")]
    [InlineData("/dev/shm", "the system")]
    [InlineData("/run/user/1000", "the system")]
    [InlineData("/home/someone", "home directory")]
    [InlineData("/srv/checkouts/shop", "the repository under review")]
    [InlineData("/srv/checkouts", "the repository under review")]
    public void Places_of_the_system_homes_and_what_holds_the_repository_are_never_mounted(string path, string reason) =>
        Assert.Contains(reason, ClosedPlaces.WhyNot(path, "/srv/checkouts/shop"), StringComparison.Ordinal);

    [Theory]
    [InlineData("/srv/checkouts/shop/.venv")]
    [InlineData("/srv/checkouts/shop-tools")]
    [InlineData("/opt/hostedtoolcache/Python/3.12.1/x64")]
    [InlineData("/home/someone/.local/share/uv/python/cpython-3.12.7-linux-x86_64-gnu")]
    [InlineData("/root/.pyenv/versions/3.11.7")]
    [InlineData("/var/lib/tools/python")]
    public void Places_where_environments_and_installations_are_kept_may_be_mounted(string path) =>
        Assert.Null(ClosedPlaces.WhyNot(path, "/srv/checkouts/shop"));

    [Fact]
    public void What_holds_this_program_or_the_temporary_files_is_never_mounted()
    {
        Assert.NotNull(ClosedPlaces.WhyNot(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/'))!, null));
        Assert.NotNull(ClosedPlaces.WhyNot(LinuxCalls.Resolve(Path.GetTempPath())!.Value.Path, null));
    }

    [Fact]
    public void The_path_is_what_the_kernel_finds_and_not_what_the_text_says()
    {
        _folder.Write("deep/a/b/x", "");
        _folder.Write("deep/a/target/x", "");
        _folder.Write("target/x", "");
        File.CreateSymbolicLink(In("link"), "deep/a/b");

        var found = MachineDirectory.Find(In("link/../target"), Any, null, out _);

        Assert.Equal(In("deep/a/target"), found?.Path);
    }

    [Fact]
    public void A_link_to_a_closed_place_is_that_place()
    {
        File.CreateSymbolicLink(In("first"), "second");
        File.CreateSymbolicLink(In("second"), "/proc/self/root/etc");

        Assert.Null(MachineDirectory.Find(In("first"), Any, null, out var whyNot));
        Assert.Contains("root directory", whyNot, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_of_the_kind_or_no_directory_is_refused_with_the_reason()
    {
        _folder.Write("place/x", "");

        Assert.Null(MachineDirectory.Find(In("place"), new DirectoryKind(_ => "is no package store"), null, out var kind));
        Assert.Null(MachineDirectory.Find(In("place/x"), Any, null, out var file));
        Assert.Null(MachineDirectory.Find(In("missing"), Any, null, out var missing));

        Assert.Equal("is no package store", kind);
        Assert.Equal("is not a directory of this machine", file);
        Assert.Equal("is not a directory of this machine", missing);
    }

    [Fact]
    public void A_tree_with_a_socket_deep_inside_is_refused_and_links_are_not_walked()
    {
        _folder.Write("tree/deep/er/x", "");
        _folder.Write("away/x", "");
        File.CreateSymbolicLink(In("tree/away"), "../away");
        File.CreateSymbolicLink(In("tree/itself"), ".");
        using var away = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        away.Bind(new UnixDomainSocketEndPoint(In("away/door")));
        Assert.Null(ForeignTree.WhyNot(In("tree")));

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(In("tree/deep/er/door")));

        Assert.Contains("holds deep/er/door", ForeignTree.WhyNot(In("tree")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tree_with_devices_or_too_many_files_is_refused()
    {
        _folder.Write("a", "");
        _folder.Write("b", "");
        _folder.Write("c", "");

        Assert.Contains("device", ForeignTree.WhyNot("/dev"), StringComparison.Ordinal);
        Assert.Null(ForeignTree.WhyNot(_folder.Path, most: 3));
        Assert.Contains("more than 2 files", ForeignTree.WhyNot(_folder.Path, most: 2), StringComparison.Ordinal);
    }

    private string In(string path) => Path.Combine(_folder.Path, path);
}
