using Afterburner.Languages.Python;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Tests.Workloads;

/// <summary>The Python of the distribution in a sandbox.</summary>
internal static class SystemPython
{
    /// <summary>The harness for it, compiled as in a review.</summary>
    public static HarnessProgram Program(ISandbox sandbox, TestRunner runner) =>
        new PythonProject("/usr/bin/python3", new Dictionary<string, MachineDirectory>(), ["."], runner)
            .CompiledAsync(sandbox, CancellationToken.None).GetAwaiter().GetResult().Program;
}
