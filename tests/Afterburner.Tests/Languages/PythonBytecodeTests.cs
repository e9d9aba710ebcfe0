using Afterburner.Languages.Python;
using Afterburner.Sandboxes;
using Afterburner.Tests.Sandboxes;
using Xunit;

namespace Afterburner.Tests.Languages;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PythonBytecodeTests(BubblewrapFixture fixture) : IClassFixture<BubblewrapFixture>
{
    private static readonly Dictionary<string, MachineDirectory> Nothing = [];

    [Fact]
    public async Task Every_source_of_the_harness_has_its_bytecode_beside_it_and_loads_from_it()
    {
        var files = await PythonBytecode.OfAsync(fixture.Sandbox, "/usr/bin/python3", Nothing, Cancel);

        var sources = Directory.GetFiles(files.Path, "*.py", SearchOption.AllDirectories);
        Assert.True(sources.Length > 50);
        Assert.All(sources, s => Assert.Single(Directory.GetFiles(Path.Combine(Path.GetDirectoryName(s)!, "__pycache__"), $"{Path.GetFileNameWithoutExtension(s)}.*.pyc")));
        using var empty = new TemporaryFolder();
        var run = await fixture.Sandbox.RunAsync(
            new SandboxCommand(
                ["/usr/bin/python3", "-B", "-v", "-c", "import sys; sys.path.insert(0, '/harness'); import afterburner_harness.calls.replay"], empty.Path)
            {
                Mounts = new Dictionary<string, MachineDirectory> { ["/harness"] = files },
            },
            new Limits(),
            Cancel);
        Assert.True(run.Succeeded, run.ErrorText);
        var loaded = run.ErrorText.Split('\n').Where(l => l.Contains("/harness/afterburner_harness/", StringComparison.Ordinal)).ToList();
        Assert.Contains(loaded, l => l.StartsWith("# code object from '/harness/", StringComparison.Ordinal) && l.Contains(".pyc", StringComparison.Ordinal));
        Assert.DoesNotContain(loaded, l => l.StartsWith("# code object from /harness/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_made_once_for_an_interpreter_and_never_shared_with_another()
    {
        var first = await PythonBytecode.OfAsync(fixture.Sandbox, "/usr/bin/python3", Nothing, Cancel);
        var again = await PythonBytecode.OfAsync(fixture.Sandbox, "/usr/bin/python3", Nothing, Cancel);
        var other = await PythonBytecode.OfAsync(fixture.Sandbox, "/usr/bin/python3.11", Nothing, Cancel);

        Assert.Same(first, again);
        Assert.NotEqual(first.Path, other.Path);
    }

    [Theory]
    [InlineData("""{"../../evil.pyc": "AAAA"}""")]
    [InlineData("""{"run.py": "AAAA"}""")]
    [InlineData("""{"/etc/__pycache__/x.cpython-311.pyc": "AAAA"}""")]
    [InlineData("""{"a/../__pycache__/x.cpython-311.pyc": "AAAA"}""")]
    [InlineData("""{"__pycache__/x.cpython-311.pyc": 7}""")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("no JSON")]
    public async Task What_an_interpreter_says_otherwise_is_not_written(string said)
    {
        var sandbox = new ScriptedSandbox((_, _) => ScriptedSandbox.Ended(TimeSpan.Zero, text: said));

        Assert.Same(PythonBytecode.Files, await PythonBytecode.OfAsync(sandbox, $"/opt/{Guid.NewGuid()}/python", Nothing, Cancel));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
