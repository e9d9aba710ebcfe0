using Afterburner.Languages.Python;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Cli.Evaluate;

/// <summary>What programs of data sets run with.</summary>
internal static class Harnesses
{
    /// <exception cref="EnvironmentFailureException">There is no Python, or no way to measure.</exception>
    public static async Task<Harness> OpenAsync(ISandbox sandbox, CancellationToken cancellationToken)
    {
        var python = await new PythonProject("/usr/bin/python3", new Dictionary<string, MachineDirectory>(), ["."], TestRunner.Unittest).CompiledAsync(sandbox, cancellationToken).ConfigureAwait(false);
        return new Harness(sandbox, python.Program);
    }
}
