using System.Net.Sockets;
using Afterburner.Languages.Python;
using Afterburner.Sandboxes;
using Afterburner.Tests.Sandboxes;
using Xunit;

namespace Afterburner.Tests.Workloads;

/// <summary>What a repository can have mounted into its sandbox by the environment it brings along.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PythonMountTests(BubblewrapFixture fixture) : IClassFixture<BubblewrapFixture>, IDisposable
{
    private readonly PythonRepository _repository = new(("test_a.py", "import unittest\nclass T(unittest.TestCase):\n    def test_a(self): pass\n"));

    // Where someone keeps what is not for the sandbox.
    private readonly TemporaryFolder _elsewhere = new();

    public void Dispose()
    {
        _repository.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public async Task An_environment_that_git_tracks_is_not_used_and_the_reason_is_told()
    {
        await MakeAsync();
        await TrackAsync(".venv");

        await AssertPassedOverAsync("the environment .venv is not used: git tracks it");
    }

    [Fact]
    public async Task An_environment_of_which_git_tracks_one_file_is_not_used()
    {
        await MakeAsync();
        await TrackAsync(".venv/bin/python");

        await AssertPassedOverAsync("git tracks it");
    }

    [Fact]
    public async Task An_environment_that_left_the_index_and_is_still_in_the_commit_is_not_used()
    {
        await MakeAsync();
        await TrackAsync(".venv");
        await _repository.GitAsync("commit", "--quiet", "--message", "an environment");
        await _repository.GitAsync("rm", "-r", "--quiet", "--cached", ".venv");

        await AssertPassedOverAsync("git tracks it");
    }

    [Fact]
    public async Task An_environment_that_is_a_link_is_not_used_whether_git_tracks_the_link_or_not()
    {
        await MakeAsync(Path.Combine(_elsewhere.Path, "env"));
        Link(".venv", Path.Combine(_elsewhere.Path, "env"));
        await AssertPassedOverAsync("it is a link");

        await TrackAsync(".venv");
        await AssertPassedOverAsync("git tracks it");
    }

    [Fact]
    public async Task A_chain_of_links_whose_text_names_another_place_than_the_kernel_finds_mounts_nothing()
    {
        // The kernel goes by .venv/deep/a/b/c to .venv/deep/S and a real Python; by their text the links lead to S, and that to a folder of this machine.
        _elsewhere.Write("bin/python3", "");
        _repository.Write(".venv/deep/a/b/c/x", "");
        _repository.Write(".venv/pyvenv.cfg", "home = /usr/bin\n");
        Link("S", _elsewhere.Path);
        Link(".venv/deep/S/bin/python3", "/usr/bin/python3");
        Link(".venv/bin/d", "../deep/a/b/c");
        Link(".venv/bin/python", "d/../../../S/bin/python3");

        var project = await _repository.FindAsync(fixture);

        Assert.Equal(In(".venv/bin/python"), project.Interpreter);
        Assert.Equal([In(".venv")], project.Mounts.Values.Select(m => m.Path));
    }

    [Theory]
    [InlineData("absolute")]
    [InlineData("relative")]
    [InlineData("link to a link")]
    [InlineData("through a folder that is a link")]
    public async Task An_interpreter_that_leads_to_what_is_no_installation_is_refused(string how)
    {
        _elsewhere.Write("place/bin/python3", "");
        _elsewhere.Write("place/secret.txt", "secret");
        var program = Path.Combine(_elsewhere.Path, "place/bin/python3");
        _repository.Write(".venv/pyvenv.cfg", "home = /usr/bin\n");
        Directory.CreateDirectory(In(".venv/bin"));
        switch (how)
        {
            case "absolute":
                Link(".venv/bin/python", program);
                break;
            case "relative":
                Link(".venv/bin/python", Path.GetRelativePath(In(".venv/bin"), program));
                break;
            case "link to a link":
                Link(".venv/bin/python", "python3");
                Link(".venv/bin/python3", program);
                break;
            default:
                Link(".venv/lib", Path.GetDirectoryName(program)!);
                Link(".venv/bin/python", "../lib/python3");
                break;
        }

        await AssertPassedOverAsync("place is no installation of Python");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/root")]
    [InlineData("/etc")]
    [InlineData("/home")]
    [InlineData("/proc/self/root/root")]
    [InlineData("relative/bin")]
    [InlineData("/no/such/bin")]
    [InlineData("/usr/bin\0/../../etc")]
    public async Task A_home_that_is_not_the_bin_of_an_installation_is_refused(string home)
    {
        await MakeAsync();
        _repository.Write(".venv/pyvenv.cfg", $"home = {home}\n");

        await AssertPassedOverAsync("the environment .venv is not used");
    }

    [Theory]
    [InlineData("executable")]
    [InlineData("base-executable")]
    public async Task A_program_of_the_settings_that_belongs_to_no_installation_is_refused(string key)
    {
        _elsewhere.Write("bin/python3", "");
        await MakeAsync();
        _repository.Write(".venv/pyvenv.cfg", $"home = /usr/bin\n{key} = {_elsewhere.Path}/bin/python3\n");

        await AssertPassedOverAsync("is no installation of Python");
    }

    [Fact]
    public async Task Settings_that_are_a_link_a_pipe_or_huge_are_refused()
    {
        await MakeAsync();
        var settings = In(".venv/pyvenv.cfg");
        var text = await File.ReadAllTextAsync(settings, Cancel);
        File.Delete(settings);
        Link(".venv/pyvenv.cfg", _elsewhere.Write("pyvenv.cfg", text));
        await AssertPassedOverAsync("is no virtual environment");

        File.Delete(settings);
        await PipeAsync(settings);
        await AssertPassedOverAsync("is no virtual environment");

        File.Delete(settings);
        _repository.Write(".venv/pyvenv.cfg", text + new string('#', 1 << 20));
        await AssertPassedOverAsync("is no virtual environment");
    }

    [Fact]
    public async Task An_environment_that_holds_a_socket_or_a_pipe_is_refused_and_the_file_is_named()
    {
        await MakeAsync();
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(In(".venv/lib/door")));
            await AssertPassedOverAsync("holds lib/door");
        }

        File.Delete(In(".venv/lib/door"));
        await PipeAsync(In(".venv/lib/pipe"));
        await AssertPassedOverAsync("holds lib/pipe");
    }

    [Fact]
    public async Task Links_inside_an_environment_that_lead_out_of_it_lead_nowhere_in_the_sandbox()
    {
        await MakeAsync(options: "--system-site-packages");
        Link(".venv/out", _elsewhere.Path);
        Link(".venv/secret", _elsewhere.Write("secret.txt", "secret"));
        var project = await _repository.FindAsync(fixture);
        Assert.StartsWith(In(".venv"), project.Interpreter, StringComparison.Ordinal);

        var command = new SandboxCommand(["/bin/sh", "-c", $"cat {In(".venv/secret")} {In(".venv/out")}/secret.txt; ls {In(".venv")}"], _repository.Root) { Mounts = project.Mounts };
        var run = await fixture.Sandbox.RunAsync(command, new Limits(), Cancel);

        Assert.Contains("pyvenv.cfg", run.Text, StringComparison.Ordinal);
        Assert.Equal(2, run.ErrorText.Split("No such file").Length - 1);
    }

    [Fact]
    public async Task An_environment_that_others_may_not_read_is_left_as_it_is()
    {
        await MakeAsync(options: "--system-site-packages");
        var closed = (UnixFileMode)0b111_000_000;
        File.SetUnixFileMode(In(".venv"), closed);

        var project = await _repository.FindAsync(fixture);

        Assert.Equal(closed, File.GetUnixFileMode(In(".venv")));
        if (Environment.IsPrivilegedProcess)
            Assert.DoesNotContain(".venv", project.Interpreter, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--symlinks")]
    [InlineData("--copies")]
    public async Task An_environment_of_an_installation_elsewhere_runs_with_nothing_else_mounted(string how)
    {
        // As actions/setup-python, pyenv and uv have it: PREFIX/bin/python3.N and PREFIX/lib/python3.N, with no link to them but the environment's.
        var prefix = await InstallAsync("opt/python/3.x");
        await MakeAsync(options: [how], python: Path.Combine(prefix, "bin/python3"));

        var project = await _repository.FindAsync(fixture);

        Assert.Empty(project.PassedOver);
        Assert.Equal(In(".venv/bin/python"), project.Interpreter);
        Assert.Equal(new[] { prefix, In(".venv") }.Order(), project.Mounts.Values.Select(m => m.Path).Distinct().Order());
    }

    [Theory]
    [InlineData("uv = 0.5.1\nversion_info = 3\nprompt = shop\n")]
    [InlineData("implementation = CPython\nbase-prefix = {0}\nbase-exec-prefix = {0}\nbase-executable = {0}/bin/python3\n")]
    public async Task Environments_of_uv_and_virtualenv_are_used(string more)
    {
        var prefix = await InstallAsync("share/uv/python/cpython");
        _repository.Write(".venv/pyvenv.cfg", $"home = {prefix}/bin\n{more.Replace("{0}", prefix, StringComparison.Ordinal)}");
        Link(".venv/bin/python", $"{prefix}/bin/python3");
        Link(".venv/bin/python3", "python");

        var project = await _repository.FindAsync(fixture);

        Assert.Empty(project.PassedOver);
        Assert.Equal(In(".venv/bin/python"), project.Interpreter);
    }

    [Fact]
    public async Task An_installation_that_an_environment_calls_by_a_link_is_there_under_that_name()
    {
        var prefix = await InstallAsync("python/3.x.y");
        var name = Path.Combine(_elsewhere.Path, "python/3.x");
        File.CreateSymbolicLink(name, prefix);
        await MakeAsync(python: Path.Combine(name, "bin/python3"));

        var project = await _repository.FindAsync(fixture);

        Assert.Equal(In(".venv/bin/python"), project.Interpreter);
        Assert.Equal(prefix, project.Mounts[name].Path);
    }

    [Fact]
    public async Task An_interpreter_that_is_named_is_used_when_it_belongs_to_an_installation_and_refused_when_not()
    {
        var prefix = await InstallAsync("opt/python");
        _elsewhere.Write("tools/bin/python3", "");

        var project = await _repository.FindAsync(fixture, new PythonOptions { Interpreter = Path.Combine(prefix, "bin/python3") });
        var refused = await Assert.ThrowsAsync<UsageException>(() => _repository.FindAsync(
            fixture, new PythonOptions { Interpreter = Path.Combine(_elsewhere.Path, "tools/bin/python3") }));

        Assert.Equal([prefix], project.Mounts.Values.Select(m => m.Path));
        Assert.Contains("tools is no installation of Python", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interpreter_that_is_named_is_refused_when_git_tracks_it_or_a_folder_on_the_way_that_is_a_link()
    {
        await MakeAsync(In("tools/env"));
        await TrackAsync("tools/env/pyvenv.cfg");
        var inside = await Assert.ThrowsAsync<UsageException>(() => _repository.FindAsync(fixture, new PythonOptions { Interpreter = "tools/env/bin/python" }));

        await MakeAsync(Path.Combine(_elsewhere.Path, "env"));
        Link("outside", _elsewhere.Path);
        await TrackAsync("outside");
        var behind = await Assert.ThrowsAsync<UsageException>(() => _repository.FindAsync(fixture, new PythonOptions { Interpreter = "outside/env/bin/python" }));

        Assert.Contains("tools/env is tracked by git", inside.Message, StringComparison.Ordinal);
        Assert.Contains("outside/env is tracked by git", behind.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_an_interpreter_and_no_settings_is_not_used_and_the_reason_is_told()
    {
        Link(".venv/bin/python", "/usr/bin/python3");

        await AssertPassedOverAsync("is no virtual environment");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string In(string path) => Path.Combine(_repository.Root, path);

    private void Link(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
        File.CreateSymbolicLink(In(path), target);
    }

    private async Task AssertPassedOverAsync(string reason)
    {
        var project = await _repository.FindAsync(fixture);
        Assert.Empty(project.Mounts);
        Assert.Contains(reason, Assert.Single(project.PassedOver), StringComparison.Ordinal);
    }

    private async Task TrackAsync(string path)
    {
        await _repository.GitAsync("init", "--quiet");
        await _repository.GitAsync("add", "--force", path);
    }

    private async Task MakeAsync(string? directory = null, string python = "/usr/bin/python3", params string[] options) =>
        await RunAsync(python, ["-m", "venv", "--without-pip", .. options, directory ?? In(".venv")]);

    private static Task PipeAsync(string path) => RunAsync("mkfifo", path);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var run = await Processes.RunAsync(new ProcessStart(program, arguments), cancellationToken: Cancel);
        Assert.True(run.Succeeded, run.ErrorText);
    }

    /// <summary>Copies the Python of this machine to a place outside <c>/usr</c>.</summary>
    private async Task<string> InstallAsync(string place)
    {
        var prefix = Path.Combine(_elsewhere.Path, place);
        await RunAsync("/bin/sh", "-c",
            """
            set -e
            version=$(/usr/bin/python3 -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
            library=$(/usr/bin/python3 -c 'import os; print(os.path.dirname(os.__file__))')
            mkdir -p "$1/bin" "$1/lib/$version"
            cp "/usr/bin/$version" "$1/bin/$version"
            ln -s "$version" "$1/bin/python3"
            (cd "$library" && tar cf - --exclude=__pycache__ --exclude=test --exclude=dist-packages --exclude=site-packages --exclude=sitecustomize.py .) | tar xf - -C "$1/lib/$version"
            """,
            "sh", prefix);
        return prefix;
    }
}
