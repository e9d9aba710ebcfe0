using Afterburner.Sandboxes;

namespace Afterburner.Workloads;

/// <summary>How Python is run for a repository.</summary>
/// <param name="Interpreter">Path inside the sandbox.</param>
/// <param name="Mounts">Directories of this machine that the interpreter needs, read-only, by their path inside.</param>
/// <param name="ImportPaths">Directories relative to <c>/work</c> that go on <c>sys.path</c>: <c>.</c>, <c>src</c>.</param>
/// <param name="Runner">Which test runner the repository uses.</param>
public sealed record PythonProject(
    string Interpreter, IReadOnlyDictionary<string, MachineDirectory> Mounts, IReadOnlyList<string> ImportPaths, TestRunner Runner)
{
    /// <value>Arguments after the runner's own, from the configuration. Defaults to none.</value>
    public IReadOnlyList<string> TestArguments { get; init; } = [];

    /// <value>Environments of the repository that are not used, each with the reason. Defaults to none.</value>
    public IReadOnlyList<string> PassedOver { get; init; } = [];

    /// <summary>The runner as its users write it: <c>pytest</c>, <c>unittest</c>.</summary>
    public string RunnerName => Runner switch { TestRunner.Pytest => "pytest", TestRunner.Unittest => "unittest" };
}

public enum TestRunner { Pytest, Unittest }
