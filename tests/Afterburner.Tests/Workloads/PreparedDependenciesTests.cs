using Afterburner.Sandboxes;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Workloads;

/// <summary>What a set-up made is where the tools of its language look.</summary>
public sealed class PreparedDependenciesTests : IDisposable
{
    private readonly TemporaryFolder _made = new(), _workspace = new();

    public void Dispose()
    {
        _made.Dispose();
        _workspace.Dispose();
    }

    [Theory]
    [InlineData("main.cjs", "console.log(require('greeting'))")]
    [InlineData("deep/main.mjs", "import greeting from 'greeting'\nconsole.log(greeting)")]
    public async Task Modules_of_node_are_found(string file, string code)
    {
        _made.Write("node_modules/greeting/package.json", "{\"name\": \"greeting\", \"main\": \"index.js\"}");
        _made.Write("node_modules/greeting/index.js", "module.exports = 'hello'");
        _workspace.Write(file, code);
        var prepared = PreparedDependencies.Of(MachineDirectory.Own(_made.Path));

        var run = await (await SharedSandbox.OpenAsync()).RunAsync(
            new SandboxCommand(["node", file], _workspace.Path) { Mounts = prepared.Mounts }, new Limits { Memory = 4L << 30 }, TestContext.Current.CancellationToken);

        Assert.True(run.Text == "hello\n", $"{run.End} {run.ErrorText} {run.Failure}");
    }

    [Fact]
    public void Tools_that_go_by_a_variable_are_given_it_where_there_is_something()
    {
        Assert.DoesNotContain("NUGET_PACKAGES", PreparedDependencies.Of(MachineDirectory.Own(_made.Path)).Environment.Keys);
        Directory.CreateDirectory(Path.Combine(_made.Path, "packages"));

        Assert.Equal("/dependencies/packages", PreparedDependencies.Of(MachineDirectory.Own(_made.Path)).Environment["NUGET_PACKAGES"]);
    }

    [Fact]
    public void A_link_of_that_name_leads_nowhere()
    {
        Directory.CreateSymbolicLink(Path.Combine(_made.Path, "node_modules"), "/etc");

        Assert.Equal([RuntimeRequest.DependenciesPlace], PreparedDependencies.Of(MachineDirectory.Own(_made.Path)).Mounts.Keys);
    }

    [Fact]
    public void Without_a_set_up_there_is_nothing() => Assert.Empty(PreparedDependencies.Of(null).Mounts);
}
