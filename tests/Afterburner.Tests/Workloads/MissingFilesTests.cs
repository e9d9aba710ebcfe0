using System.Text;
using Afterburner.Changes;
using Afterburner.Languages.Python;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Tests.Sandboxes;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Workloads;

/// <summary>Variables and ignored files that tests need: what fails names the key, and with the key it does not fail.</summary>
public sealed class MissingFilesTests(BubblewrapFixture fixture) : IClassFixture<BubblewrapFixture>, IDisposable
{
    private readonly PythonRepository _repository = new(("src/shop/__init__.py", ""), ("tests/test_a.py", "import shop\n\ndef test_a(): pass\n"));
    private readonly TemporaryFolder _head = new();

    public void Dispose()
    {
        _repository.Dispose();
        _head.Dispose();
    }

    [Fact]
    public async Task A_variable_that_tests_need_is_named_with_the_key_that_sets_it()
    {
        _repository.Write("src/shop/__init__.py", "import os\nREGION = os.environ['SHOP_REGION']\n");

        var message = await FailureAsync();

        Assert.Contains("SHOP_REGION can be set in .github/afterburner.yml of the branch that changes are merged into, under tests.environment", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_of_the_configuration_is_there_in_each_run_and_cannot_replace_one_of_the_harness()
    {
        _repository.Write("src/shop/__init__.py", "import os\nassert os.environ['SHOP_REGION'] == 'eu' and os.environ['PYTHONHASHSEED'] == '0'\n");

        var run = await RunAsync(new PythonOptions { Environment = new Dictionary<string, string> { ["SHOP_REGION"] = "eu", ["PYTHONHASHSEED"] = "7" } });

        Assert.Equal(TestOutcome.Passed, run.Outcomes["tests/test_a.py::test_a"]);
    }

    [Fact]
    public async Task A_file_that_git_ignores_is_never_copied_unasked_and_named_where_it_is_missing()
    {
        await NeedsVersionAsync();

        var message = await FailureAsync();

        Assert.False(File.Exists(Path.Combine(_head.Path, "src/shop/_version.py")));
        Assert.Contains("src/shop/_version.py is there and ignored by git: workspace.include in .github/afterburner.yml", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_module_of_the_repositorys_own_package_that_is_nowhere_is_one_that_a_build_writes_and_not_one_to_install()
    {
        _repository.Write("src/shop/__init__.py", "from shop._version import VERSION\n");

        var message = await FailureAsync();

        Assert.Contains("src/shop/_version.py is not among the files of the repository, and may be written by its build", message, StringComparison.Ordinal);
        Assert.Contains("workspace.include", message, StringComparison.Ordinal);
        Assert.DoesNotContain("pip install", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shop", "shop itself is not installed", "-m pip install -e .")]
    [InlineData("Shop", "Shop itself is not installed", "-m pip install -e .")]
    [InlineData("till-of-others", "lacks what the tests need", "-m pip install till-of-others")]
    public async Task A_package_whose_version_is_asked_for_and_that_is_not_installed_is_named_with_the_command_that_installs_it(string name, string what, string command)
    {
        _repository.Write("src/shop/__init__.py", $"from importlib.metadata import version\nVERSION = version('{name}')\n");

        var message = await FailureAsync();

        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.Contains(command, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("src/shop/_version.py")]
    [InlineData("src/**/_version.py")]
    public async Task An_ignored_file_that_is_asked_for_is_there(string glob)
    {
        await NeedsVersionAsync();

        var run = await RunAsync(new PythonOptions(), glob);

        Assert.Equal(TestOutcome.Passed, run.Outcomes["tests/test_a.py::test_a"]);
        Assert.False(File.Exists(Path.Combine(_head.Path, ".env")));
    }

    [Fact]
    public async Task A_link_is_not_copied_and_no_link_of_the_commit_is_written_through()
    {
        await NeedsVersionAsync();
        File.CreateSymbolicLink(Path.Combine(_repository.Root, "a.secret"), "/etc/hostname");
        _repository.Write("made/b.secret", "b");
        using var elsewhere = new TemporaryFolder();
        File.CreateSymbolicLink(Path.Combine(_head.Path, "made"), elsewhere.Path);

        var leftOut = await (await OpenAsync()).IncludeAsync(["*.secret", "made", "none.txt"], _head.Path, Cancel);

        Assert.Equal(["a.secret", "none.txt"], leftOut.Select(l => l.Path));
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere.Path));
        Assert.False(Path.Exists(Path.Combine(_head.Path, "a.secret")));
    }

    [Fact]
    public async Task A_pointer_of_LFS_is_named_where_its_data_is_missing_and_replaced_where_the_clone_has_it()
    {
        const string Hash = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"; // Of "foo".
        _repository.Write("tests/data.txt", $"version https://git-lfs.github.com/spec/v1\noid sha256:{Hash}\nsize 3\n");
        _repository.Write("tests/test_a.py", "def test_a(): assert open('tests/data.txt').read() == 'foo'\n");

        var message = await FailureAsync();
        _repository.Write($".git/lfs/objects/2c/26/{Hash}", "foo");
        Directory.Delete(_head.Path, recursive: true);
        var run = await RunAsync(new PythonOptions());

        Assert.Contains("tests/data.txt: Git LFS pointers without their data", message, StringComparison.Ordinal);
        Assert.Equal(TestOutcome.Passed, run.Outcomes["tests/test_a.py::test_a"]);
    }

    [Theory]
    [InlineData("/work/tests/big/values.dat")]
    [InlineData("tests/big/values.dat")]
    public async Task A_data_file_that_git_ignores_is_named_where_it_is_missing(string path)
    {
        _repository.Write(".gitignore", "*.dat\n");
        _repository.Write("tests/big/values.dat", "1");
        _repository.Write("tests/test_a.py", $"def test_a(): assert open('{path}').read() == '1'\n");

        var message = await FailureAsync();

        Assert.Contains("tests/big/values.dat is there and ignored by git: workspace.include in .github/afterburner.yml", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_submodule_without_files_is_named_where_tests_fail()
    {
        _repository.Write(".gitmodules", "[submodule \"codec\"]\n\tpath = vendor/codec\n\turl = ../codec\n[submodule \"up\"]\n\tpath = ../up\n");
        _repository.Write("tests/test_a.py", "def test_a(): import vendor.codec.core\n");

        var message = await FailureAsync();

        Assert.Contains("vendor/codec: submodules, whose files are not part of the commit", message, StringComparison.Ordinal);
        Assert.DoesNotContain("../up", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_configuration_gives_names_values_and_globs()
    {
        var configuration = Configuration.Load(Encoding.UTF8.GetBytes(
            "tests:\n  environment: {SHOP_REGION: eu, SHOP_SHARDS: 3}\nworkspace:\n  include: [src/shop/_version.py, 'src/**/*.so']\n"));

        Assert.Equal(new Dictionary<string, string> { ["SHOP_REGION"] = "eu", ["SHOP_SHARDS"] = "3" }, configuration.Tests.Environment);
        Assert.Equal(["src/shop/_version.py", "src/**/*.so"], configuration.Workspace.Include);
    }

    [Theory]
    [InlineData("tests: {environment: {PYTHONPATH: hidden}}", "it steers how tests are run")]
    [InlineData("tests: {environment: {LD_PRELOAD: hidden}}", "it steers how tests are run")]
    [InlineData("tests: {environment: {PATH: hidden}}", "it steers how tests are run")]
    [InlineData("tests: {environment: {'A=B': hidden}}", "is no name of a variable")]
    [InlineData("tests: {environment: {A: [hidden]}}", "must be a text")]
    [InlineData("tests: {environment: hidden}", "must be a mapping of names to values")]
    [InlineData("workspace: {include: [../hidden]}", "must be a path or glob below")]
    [InlineData("workspace: {include: [/etc/passwd]}", "must be a path or glob below")]
    public void What_cannot_be_is_one_message_without_the_values(string yaml, string reason)
    {
        var failure = Assert.Throws<UsageException>(() => Configuration.Load(Encoding.UTF8.GetBytes(yaml)));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        if (yaml.StartsWith("tests", StringComparison.Ordinal))
            Assert.DoesNotContain("hidden", failure.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task NeedsVersionAsync()
    {
        _repository.Write(".gitignore", "_version.py\n.env\n*.secret\n");
        _repository.Write("src/shop/__init__.py", "from ._version import version\n");
        _repository.Write("src/shop/_version.py", "version = '1.0'\n");
        _repository.Write(".env", "KEY=1\n");
        await _repository.GitAsync("init", "--quiet");
    }

    private Task<GitRepository> OpenAsync() => GitRepository.OpenAsync(_repository.Root, Cancel);

    private async Task<Harness> PrepareAsync(PythonOptions options, params string[] globs)
    {
        await _repository.GitAsync("init", "--quiet");
        await _repository.GitAsync("add", "--all");
        await _repository.GitAsync("commit", "--quiet", "--allow-empty", "--message", "all");
        var repository = await OpenAsync();
        await repository.ExportAsync("HEAD", _head.Path, cancellationToken: Cancel);
        Assert.Empty(await repository.IncludeAsync(globs, _head.Path, Cancel));
        return new Harness(fixture.Sandbox, (await PythonProjectFinder.FindAsync(fixture.Sandbox, repository, _head.Path, options, Cancel)).Program);
    }

    private async Task<TestRun> RunAsync(PythonOptions options, params string[] globs) =>
        await RepositoryTests.RunAsync(await PrepareAsync(options, globs), _head.Path, null, new Limits(), cancellationToken: Cancel);

    private async Task<string> FailureAsync()
    {
        var harness = await PrepareAsync(new PythonOptions());
        return (await Assert.ThrowsAsync<EnvironmentFailureException>(
            () => RepositoryTests.EstablishBaselineAsync(harness, _head.Path, new Limits(), Cancel))).Message;
    }
}
