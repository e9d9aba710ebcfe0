using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Afterburner.Tests.Changes;
using Xunit;

namespace Afterburner.Tests.Actions;

/// <summary>The scripts of release.yml, from a tag to the program that the action installs. GitHub is a bare repository, a file server and a stand-in for gh.</summary>
public sealed partial class ReleaseTests : IDisposable
{
    private const string Version = "1.2.0-rc.1";

    private static readonly (string This, string Other) Rid =
        RuntimeInformation.OSArchitecture == Architecture.Arm64 ? ("linux-arm64", "linux-x64") : ("linux-x64", "linux-arm64");

    private readonly TemporaryFolder _folder = new();

    private string Release => Path.Combine(_folder.Path, "release");

    private string Checkout => Path.Combine(_folder.Path, "checkout");

    [LongForm]
    [Fact]
    public async Task A_tag_becomes_a_release_that_the_action_installs()
    {
        await ArchiveAsync();
        var archive = Path.Combine(Release, $"afterburner-{Version}-{Rid.This}.tar.gz");
        // The archive of the other kind of machine: nobody downloads it here.
        File.Copy(archive, Path.Combine(Release, $"afterburner-{Version}-{Rid.Other}.tar.gz"));
        await using var files = await FileServer.StartAsync(await File.ReadAllBytesAsync(archive, TestContext.Current.CancellationToken));
        await TaggedCheckoutAsync($"## {Version} - today\n\n- A first release.\n");

        await SucceedAsync(Checkout, "pin.sh", files.Url);
        await SucceedAsync(Checkout, "publish.sh", files.Url);

        var said = await File.ReadAllTextAsync(Path.Combine(_folder.Path, "gh.log"), TestContext.Current.CancellationToken);
        Assert.Contains($"release create v{Version} --repo {ActionServer.Name} --verify-tag", said, StringComparison.Ordinal);
        Assert.Contains("--prerelease", said, StringComparison.Ordinal);
        Assert.Equal(6, FileName().Count(said));
        Assert.Contains("- A first release.", said, StringComparison.Ordinal);
        await TestRepository.RunAsync(Release, "sha256sum", "--check", "--strict", "SHA256SUMS");
        var pinned = Path.Combine(_folder.Path, "pinned");
        await TestRepository.RunAsync(_folder.Path, "git", "clone", "--quiet", "--branch", $"releases/v{Version}", "github.git", "pinned");
        Assert.Contains($"- uses: {ActionServer.Name}@{await TestRepository.RunAsync(pinned, "git", "rev-parse", "HEAD")} # v{Version}", said, StringComparison.Ordinal);
        var (log, binary) = await InstallAsync(pinned);
        Assert.EndsWith($"\n{Version}\n", "\n" + log, StringComparison.Ordinal);
        Assert.StartsWith(Path.Combine(pinned, "artifacts", "release"), binary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_the_changelog_does_not_speak_of_is_not_pinned()
    {
        await TaggedCheckoutAsync($"## {Version}.1\n\n- Another release.\n");
        Directory.CreateDirectory(Release);

        var run = await RunAsync(Checkout, new Uri("http://127.0.0.1:9/"), "pin.sh", Version, Release);

        Assert.Equal((2, $".github/CHANGELOG.md has no section '## {Version}': write it, and move the tag\n"), (run.ExitCode, run.ErrorText));
    }

    [Theory]
    [InlineData("archive.sh")]
    [InlineData("pin.sh")]
    [InlineData("publish.sh")]
    public async Task A_tag_that_names_no_version_is_refused(string script)
    {
        foreach (var version in new[] { "", "1.2", "01.2.0", "1.2.0;id", "1.2.0+here", "../1.2.0" })
        {
            var run = await RunAsync(Repository.Root, new Uri("http://127.0.0.1:9/"), script, version, Rid.This, Release);

            Assert.Equal((2, $"'{version}' is no version: push a tag such as v1.2.0 or v1.2.0-rc.1\n"), (run.ExitCode, run.ErrorText));
        }
    }

    private async Task ArchiveAsync()
    {
        var run = await RunAsync(Repository.Root, new Uri("http://127.0.0.1:9/"), "archive.sh", Version, Rid.This, Release);
        // The runtime is a package as well, in a version that the SDK names.
        Assert.SkipWhen(NoRuntime().IsMatch(run.Text), "the registry does not have the .NET runtime of this SDK");
        Assert.True(run.Succeeded, run.Text + run.ErrorText);
    }

    /// <summary>What actions/checkout leaves at the tag, of what the scripts need.</summary>
    private async Task TaggedCheckoutAsync(string changelog)
    {
        await TestRepository.RunAsync(_folder.Path, "git", "init", "--quiet", "--bare", "github.git");
        foreach (var file in new[] { "action/places.sh", "action/steps.sh", "action/install.sh", ".github/scripts/version.sh", ".github/scripts/pin.sh", ".github/scripts/publish.sh" })
        {
            var copy = _folder.Write($"checkout/{file}", await File.ReadAllTextAsync(Path.Combine(Repository.Root, file)));
            await TestRepository.RunAsync(_folder.Path, "chmod", "+x", copy);
        }

        _folder.Write("checkout/.gitignore", "artifacts/\n");
        _folder.Write("checkout/.github/CHANGELOG.md", $"# Changelog\n\n## Unreleased\n\n- Nothing.\n\n{changelog}\n## 1.1.0\n\n- Before.\n");
        await TestRepository.RunAsync(_folder.Path, "chmod", "+x", _folder.Write("checkout/afterburner", "#!/bin/sh\nexec \"$AFTERBURNER_BINARY\" \"$@\"\n"));
        await TestRepository.RunAsync(Checkout, "git", "init", "--quiet");
        await TestRepository.RunAsync(Checkout, "git", "add", "--all");
        await TestRepository.RunAsync(Checkout, "git", "-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "--quiet", "-m", "a version");
        await TestRepository.RunAsync(Checkout, "git", "tag", $"v{Version}");
    }

    private async Task SucceedAsync(string checkout, string script, Uri server)
    {
        var run = await RunAsync(checkout, server, script, Version, Release);
        Assert.True(run.Succeeded, run.Text + run.ErrorText);
    }

    private async Task<ProcessRun> RunAsync(string checkout, Uri server, string script, params string[] arguments)
    {
        var address = server.ToString().TrimEnd('/');
        await TestRepository.RunAsync(_folder.Path, "chmod", "+x", _folder.Write("bin/gh", $"""
            #!/bin/sh
            printf '%s\n' "$*" >>'{_folder.Path}/gh.log'
            for one in "$@"; do case "$one" in */notes*) cat "$one" >>'{_folder.Path}/gh.log' ;; esac; done
            """));
        _folder.Write("home/.gitconfig", $"[url \"{_folder.Path}/github.git\"]\n\tinsteadOf = {address}/{ActionServer.Name}\n");
        return await Processes.RunAsync(
            new ProcessStart(Path.Combine(checkout, ".github", "scripts", script), arguments)
            {
                Environment = new Dictionary<string, string>(Processes.Environment)
                {
                    ["PATH"] = $"{Path.Combine(_folder.Path, "bin")}:{ProgramPath.Current.Text}",
                    // The packages that are here already are those of the home folder.
                    ["HOME"] = script == "archive.sh" ? Environment.GetEnvironmentVariable("HOME") ?? "/root" : Path.Combine(_folder.Path, "home"),
                    ["GITHUB_SERVER_URL"] = address,
                    ["GITHUB_REPOSITORY"] = ActionServer.Name,
                    ["GH_TOKEN"] = "a-token",
                },
            },
            cancellationToken: TestContext.Current.CancellationToken);
    }

    private static async Task<(string Log, string Binary)> InstallAsync(string checkout)
    {
        using var server = await ActionServer.StartAsync();
        using var run = new ActionRun(server, "push", []);
        run.Environment["GITHUB_ACTION_PATH"] = checkout;
        Assert.True(await run.RunAsync("install") == 0, run.Log);
        return (run.Log, run.StepOutputs["install.binary"]);
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"/release/(afterburner-1\.2\.0-rc\.1(-linux-x64\.tar\.gz|-linux-arm64\.tar\.gz|\.cdx\.json)|SHA256SUMS|release\.json)|/notes-1\.2\.0-rc\.1\.md")]
    private static partial Regex FileName();

    [GeneratedRegex(@"error NU110[1-3]: .*Microsoft\.NETCore\.App\.Runtime")]
    private static partial Regex NoRuntime();
}
