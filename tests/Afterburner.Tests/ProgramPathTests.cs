using Xunit;

namespace Afterburner.Tests;

/// <summary>Where programs are started from, whatever PATH and the current folder hold.</summary>
public sealed class ProgramPathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Checkout => Path.Combine(_folder.Path, "checkout");

    private string Tools => Path.Combine(_folder.Path, "tools");

    public ProgramPathTests()
    {
        Directory.CreateDirectory(Path.Combine(Checkout, ".git"));
        foreach (var place in new[] { "checkout/tool", "checkout/bin/tool", "tools/tool", "tools/text" })
            Executable(_folder.Write(place, "#!/bin/sh\n"), !place.EndsWith("text", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(".:{0}/tools")]
    [InlineData(":{0}/tools")]
    [InlineData("bin:../checkout:./bin:{0}/tools:")]
    [InlineData("{0}/checkout:{0}/checkout/bin:{0}/tools")]
    [InlineData("{0}/tools/../checkout/bin:{0}/tools")]
    [InlineData("{0}/link:{0}/link/bin:{0}/tools")]
    [InlineData("{0}/nowhere:{0}/tools/tool:{0}/tools")]
    public void A_program_is_taken_from_absolute_folders_outside_the_checkout_alone(string path)
    {
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "link"), Checkout);

        var trusted = new ProgramPath(string.Format(null, path, _folder.Path), [Checkout]);

        Assert.Equal([Tools], trusted.Folders);
        Assert.Equal(Tools, trusted.Text);
        Assert.Equal(Path.Combine(Tools, "tool"), trusted.Find("tool"));
    }

    [Fact]
    public void A_trusted_folder_whose_program_is_a_link_into_the_checkout_does_not_have_it()
    {
        File.CreateSymbolicLink(Path.Combine(Tools, "linked"), Path.Combine(Checkout, "tool"));

        Assert.Throws<EnvironmentFailureException>(() => new ProgramPath(Tools, [Checkout]).Find("linked"));
    }

    [Fact]
    public void A_folder_whose_name_only_begins_like_the_checkout_is_trusted() =>
        Assert.Equal([Tools], new ProgramPath(Tools, [Path.Combine(_folder.Path, "too")]).Folders);

    [Theory]
    [InlineData("/proc/self/cwd")]
    [InlineData("/proc/self/cwd/.")]
    public void The_current_folder_under_another_name_is_the_folder_it_is(string entry) =>
        Assert.DoesNotContain(new ProgramPath($"{entry}:{Tools}", [Path.GetFullPath(".")]).Folders, f => f != Tools);

    [Fact]
    public void A_missing_program_is_named_with_what_to_do()
    {
        var trusted = new ProgramPath($"{Checkout}:{Tools}", [Checkout]);

        foreach (var name in new[] { "missing", "text" })
        {
            var failure = Assert.Throws<EnvironmentFailureException>(() => trusted.Find(name));
            Assert.Contains($"'{name}'", failure.Message, StringComparison.Ordinal);
            Assert.Contains("install it", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("./tool")]
    [InlineData("bin/tool")]
    [InlineData("../tool")]
    [InlineData("")]
    public void A_relative_path_is_no_program(string path) =>
        Assert.Throws<ArgumentException>(() => new ProgramPath(Tools, []).Find(path));

    [Fact]
    public void Where_nothing_is_left_the_systems_own_folders_are_searched() =>
        Assert.Equal("sh", Path.GetFileName(new ProgramPath(".::bin", []).Find("sh")));

    [Fact]
    public void Nothing_is_started_from_a_repository_that_is_looked_at_nor_from_the_one_around_it()
    {
        var before = ProgramPath.Current;
        var inner = Directory.CreateDirectory(Path.Combine(Checkout, "bin", "inner")).FullName;

        ProgramPath.Distrust(inner);

        Assert.Equal(before.Text, ProgramPath.Current.Text);
        Assert.False(ProgramPath.Current.IsTrusted(Path.Combine(inner, "tool")));
        Assert.False(ProgramPath.Current.IsTrusted(Path.Combine(Checkout, "bin")));
        Assert.True(ProgramPath.Current.IsTrusted(Tools));
    }

    private static void Executable(string path, bool may)
    {
        if (may && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute);
    }

    public void Dispose() => _folder.Dispose();
}
