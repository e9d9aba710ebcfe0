using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Xunit;

namespace Afterburner.Tests.Actions;

/// <summary>Which program the action takes: the pinned release, or a build where that cannot be had or is not what was pinned.</summary>
public sealed class InstallTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Checkout => Path.Combine(_folder.Path, "checkout");

    [Fact]
    public async Task Without_a_release_the_checkout_is_built()
    {
        var (code, log, binary) = await InstallAsync(null);

        Assert.Equal((0, ""), (code, binary));
        Assert.Contains("launcher, binary=<>", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_with_the_pinned_checksum_is_used()
    {
        await using var files = await FileServer.StartAsync(await ArchiveAsync());

        var (code, log, binary) = await InstallAsync(Release(files.Url, files.Digest));

        Assert.True(code == 0, log);
        Assert.Equal("Afterburner.Cli", Path.GetFileName(binary));
        Assert.True(File.Exists(binary));
        Assert.DoesNotContain("::", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_with_another_checksum_is_refused_loudly_and_never_unpacked()
    {
        await using var files = await FileServer.StartAsync(await ArchiveAsync());

        var (code, log, binary) = await InstallAsync(Release(files.Url, new string('0', 64)));

        Assert.Equal((0, ""), (code, binary));
        Assert.Contains("::error title=Afterburner::The release at", log, StringComparison.Ordinal);
        Assert.Contains("checksum is wrong", log, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Checkout, "Afterburner.Cli", SearchOption.AllDirectories));
        Assert.Contains("launcher, binary=<>", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://example.org/")]
    [InlineData("http://127.0.0.1.example.org/")]
    [InlineData("http://127.0.0.1@example.org/")]
    [InlineData("file:///etc/")]
    public async Task A_release_is_fetched_over_https_only(string address)
    {
        var (code, log, binary) = await InstallAsync(Release(new Uri(address), new string('0', 64)));

        Assert.Equal((0, ""), (code, binary));
        Assert.Contains("could not be downloaded", log, StringComparison.Ordinal);
        Assert.Matches("(?i)protocol .*(not supported|disabled)", log);
    }

    private static JsonObject Release(Uri url, string digest) => new()
    {
        ["version"] = "1.0.0",
        ["url"] = $"{url}afterburner-{{version}}-{{rid}}.tar.gz",
        ["sha256"] = new JsonObject { [RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64"] = digest },
    };

    private async Task<(int Code, string Log, string Binary)> InstallAsync(JsonObject? release)
    {
        foreach (var script in new[] { "places.sh", "steps.sh", "install.sh" })
        {
            _folder.Write($"checkout/action/{script}", await File.ReadAllTextAsync(Path.Combine(Repository.Root, "action", script)));
            await ExecutableAsync(Path.Combine(Checkout, "action", script));
        }

        if (release is not null)
            _folder.Write("checkout/action/release.json", release.ToJsonString());
        await ExecutableAsync(_folder.Write("checkout/afterburner", "#!/bin/sh\necho \"launcher, binary=<$AFTERBURNER_BINARY>\"\n"));
        using var server = await ActionServer.StartAsync();
        using var run = new ActionRun(server, "push", []);
        run.Environment["GITHUB_ACTION_PATH"] = Checkout;
        var code = await run.RunAsync("install");
        return (code, run.Log, run.StepOutputs["install.binary"]);
    }

    private async Task<byte[]> ArchiveAsync()
    {
        await ExecutableAsync(_folder.Write("release/Afterburner.Cli", "#!/bin/sh\n"));
        await Changes.TestRepository.RunAsync(_folder.Path, "tar", "-czf", "release.tar.gz", "-C", "release", "Afterburner.Cli");
        var archive = await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "release.tar.gz"), TestContext.Current.CancellationToken);
        return archive;
    }

    private Task<string> ExecutableAsync(string path) => Changes.TestRepository.RunAsync(_folder.Path, "chmod", "+x", path);

    public void Dispose() => _folder.Dispose();
}
