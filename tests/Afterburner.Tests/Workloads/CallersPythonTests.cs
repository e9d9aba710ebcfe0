using Afterburner.Changes;
using Afterburner.Languages.Python;
using Afterburner.Sandboxes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Workloads;

/// <summary>The Python that earlier steps of a job installed into, as after actions/setup-python and pip install.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class CallersPythonTests(BubblewrapFixture fixture) : IClassFixture<BubblewrapFixture>, IDisposable
{
    private readonly PythonRepository _repository = new(
        ("src/shop/__init__.py", ""), ("src/shop/core.py", "import priced_by_pip\n\ndef price(): return priced_by_pip.PRICE\n"),
        ("tests/test_core.py", "import os\nfrom shop.core import price\n\ndef test_price():\n    assert price() == 3\n    assert not {'VIRTUAL_ENV', 'pythonLocation'} & set(os.environ)\n"));

    private readonly TemporaryFolder _elsewhere = new();

    public void Dispose()
    {
        _repository.Dispose();
        _elsewhere.Dispose();
    }

    [Theory]
    [InlineData("VIRTUAL_ENV", "")]
    [InlineData("pythonLocation", "")]
    [InlineData("PATH", "/bin")]
    public async Task Tests_run_with_the_Python_that_the_calling_environment_means(string variable, string folder)
    {
        var prefix = await InstallAsync("py/x64");

        var harness = await _repository.HarnessAsync(fixture, Caller((variable, prefix + folder)));
        var run = await RepositoryTests.RunAsync(harness, _repository.Root, null, new Limits(), cancellationToken: Cancel);

        Assert.StartsWith($"{prefix}/bin/python", harness.Program.Start[0], StringComparison.Ordinal);
        Assert.Matches($@"^{prefix}/bin/python3? \(Python 3\.\d+\.\d+\)$", harness.Program.Versions["python"]);
        Assert.Equal(TestOutcome.Passed, run.Outcomes["tests/test_core.py::test_price"]);
    }

    [Fact]
    public async Task The_environment_of_the_repository_comes_first_then_the_activated_one_then_that_of_setup_python_then_PATH()
    {
        var (activated, located, onPath) = (await InstallAsync("activated"), await InstallAsync("located"), await InstallAsync("on/path"));
        var own = await InstallAsync(Path.Combine(_repository.Root, ".venv"));
        var options = Caller(("PATH", $"{onPath}/bin:/usr/bin"), ("pythonLocation", located), ("VIRTUAL_ENV", activated));

        var found = await FoundAsync(options);

        Assert.Equal(
            [$"{own}/bin/python", $"{activated}/bin/python", $"{located}/bin/python3", $"{onPath}/bin/python3", "python3"], found.Take(5));
    }

    [Fact]
    public async Task No_entry_of_PATH_counts_that_is_relative_or_inside_the_checkout()
    {
        var inside = await InstallAsync(Path.Combine(_repository.Root, "tools/env"));

        var found = await FoundAsync(Caller(("PATH", $"{inside}/bin::.:tools/env/bin:/usr/bin")));

        Assert.Equal(["/usr/bin/python3", "python3"], found.Take(2));
    }

    [Theory]
    [InlineData("the version of the user", null, null, "3.12.9")]
    [InlineData("the file of the folder", null, "# ours\n3.11\n", "3.11.10")]
    [InlineData("a variable", "gone:tools-1", "3.11\n", "tools-1")]
    [InlineData("none of pyenv", "system", "3.11\n", null)]
    [InlineData("nothing outside its folders", null, "../../elsewhere\n", null)]
    public async Task A_shim_of_pyenv_on_PATH_stands_for_the_interpreter_that_it_would_start(string by, string? variable, string? file, string? version)
    {
        var root = Path.Combine(_elsewhere.Path, "pyenv");
        await ShimsAsync(root, "3.12.9", "3.11.9", "3.11.10", "tools-1");
        await File.WriteAllTextAsync(Path.Combine(root, "version"), "3.12.9\n", Cancel);
        if (file is not null)
            await File.WriteAllTextAsync(Path.Combine(_repository.Root, ".python-version"), file, Cancel);
        var passedOver = new List<string>();

        var found = await FoundAsync(Caller([("PATH", $"{root}/shims:/usr/bin"), .. variable is null ? [] : new[] { ("PYENV_VERSION", variable) }]), passedOver);

        Assert.Empty(passedOver);
        Assert.True(found[0] == (version is null ? "/usr/bin/python3" : $"{root}/versions/{version}/bin/python3.11"), $"{by}: {found[0]}");
    }

    [Fact]
    public async Task A_version_that_pyenv_lacks_is_passed_over_for_the_next_Python_on_PATH()
    {
        var root = Path.Combine(_elsewhere.Path, "pyenv");
        await ShimsAsync(root);
        await File.WriteAllTextAsync(Path.Combine(root, "version"), "3.12.9\n", Cancel);

        Assert.Equal(["/usr/bin/python3", "python3"], (await FoundAsync(Caller(("PATH", $"{root}/shims:/usr/bin")))).Take(2));
    }

    [Fact]
    public async Task An_activated_environment_that_git_tracks_is_passed_over_with_the_reason()
    {
        var inside = await InstallAsync(Path.Combine(_repository.Root, "env"));
        await _repository.GitAsync("init", "--quiet");
        await _repository.GitAsync("add", "--force", "env/pyvenv.cfg");
        var passedOver = new List<string>();

        var found = await FoundAsync(Caller(("VIRTUAL_ENV", inside)), passedOver);

        Assert.Equal("python3", found[0]);
        Assert.Contains("is tracked by git", Assert.Single(passedOver), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_that_fails_names_the_module_the_interpreter_how_to_install_it_and_how_to_choose_another()
    {
        var harness = await _repository.HarnessAsync(fixture);

        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(
            () => RepositoryTests.EstablishBaselineAsync(harness, _repository.Root, new Limits(), Cancel));

        Assert.Contains("python3 (Python 3.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("which has no priced_by_pip; install there what is missing (python3 -m pip install priced_by_pip), or choose another interpreter with --python.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fixture_of_a_plugin_that_is_missing_is_named_with_its_package()
    {
        using var repository = new PythonRepository(("test_a.py", "def test_a(mocker): pass\n"));
        var harness = await repository.HarnessAsync(fixture);

        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(
            () => RepositoryTests.EstablishBaselineAsync(harness, repository.Root, new Limits(), Cancel));

        Assert.Contains("python3 -m pip install pytest-mock", failure.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static PythonOptions Caller(params (string Name, string Value)[] variables) =>
        new() { Caller = variables.ToDictionary(v => v.Name, v => v.Value) };

    private async Task<IReadOnlyList<string>> FoundAsync(PythonOptions options, List<string>? passedOver = null)
    {
        await _repository.GitAsync("init", "--quiet");
        var interpreters = new PythonInterpreters(await GitRepository.OpenAsync(_repository.Root, Cancel), options.Caller);
        return [.. (await interpreters.FoundAsync(passedOver ?? [], Cancel)).Select(i => i.Path)];
    }

    /// <summary>What pyenv leaves, without its interpreters.</summary>
    private static async Task ShimsAsync(string root, params string[] versions)
    {
        var run = await Processes.RunAsync(new ProcessStart("/bin/sh", ["-c",
            """
            set -e
            root=$1; shift
            mkdir -p "$root/shims" "$root/versions"
            printf '#!/bin/sh\nexit 1\n' > "$root/shims/python3"
            chmod +x "$root/shims/python3"
            for version; do
              library="$root/versions/$version/lib/python3.11"
              mkdir -p "$root/versions/$version/bin" "$library"
              touch "$library/os.py" "$root/versions/$version/bin/python3.11"
              ln -s python3.11 "$root/versions/$version/bin/python3"
            done
            """,
            "sh", root, .. versions]), cancellationToken: Cancel);
        Assert.True(run.Succeeded, run.ErrorText);
    }

    /// <summary>What pip would leave: Debian's packages copied into an environment of copies, and one package that only it has.</summary>
    private async Task<string> InstallAsync(string place)
    {
        var prefix = Path.Combine(_elsewhere.Path, place);
        var run = await Processes.RunAsync(new ProcessStart("/bin/sh", ["-c",
            """
            set -e
            /usr/bin/python3 -m venv --copies --without-pip "$1"
            site=$("$1/bin/python3" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
            for module in attr attrs pytest _pytest pluggy iniconfig packaging py py.py; do
              if [ -e "/usr/lib/python3/dist-packages/$module" ]; then cp -r "/usr/lib/python3/dist-packages/$module" "$site"; fi
            done
            echo 'PRICE = 3' > "$site/priced_by_pip.py"
            """,
            "sh", prefix]), cancellationToken: Cancel);
        Assert.True(run.Succeeded, run.ErrorText);
        return prefix;
    }
}
