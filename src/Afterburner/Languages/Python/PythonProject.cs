using System.Globalization;
using System.Text.Json.Nodes;
using Afterburner.Changes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Languages.Python;

/// <summary>How Python is run for a repository.</summary>
/// <param name="Interpreter">Path inside the sandbox.</param>
/// <param name="Mounts">Directories of this machine that the interpreter needs, read-only, by their path inside.</param>
/// <param name="ImportPaths">Directories relative to <see cref="Folder"/> that go on <c>sys.path</c>: <c>.</c>, <c>src</c>.</param>
/// <param name="Runner">Which test runner the repository uses.</param>
public sealed record PythonProject(
    string Interpreter, IReadOnlyDictionary<string, MachineDirectory> Mounts, IReadOnlyList<string> ImportPaths, TestRunner Runner)
{
    private const string Entry = "/harness/run.py", Load = "Languages/Python/calibration.py";

    /// <value>Where its tests are started, below <c>/work</c>: that of a project in a repository of several. Defaults to <c>/work</c> itself.</value>
    public string Folder { get; init; } = "";

    /// <value>See <see cref="PythonInterpreter.Alone"/>. Defaults to <see cref="Interpreter"/>.</value>
    public string Alone { get; init; } = Interpreter;

    /// <value>Of the interpreter; null where it was not asked.</value>
    public Version? Version { get; init; }

    /// <summary>The interpreter for a person: its path, and its version where that is known.</summary>
    public string Named => Version is null ? Interpreter : $"{Interpreter} (Python {Version})";

    /// <value>Arguments after the runner's own, from the configuration. Defaults to none.</value>
    public IReadOnlyList<string> TestArguments { get; init; } = [];

    /// <value>See <see cref="RuntimeSettings.Workload"/>. Defaults to none.</value>
    public IReadOnlyList<string> Workload { get; init; } = [];

    /// <value>See <see cref="RuntimeSettings.Environment"/>. Defaults to none.</value>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <value>Where what the workspace lacks may lie; null where there is no work tree.</value>
    public (GitRepository Repository, string Workspace)? Trees { get; init; }

    /// <value>The harness, see <see cref="PythonBytecode"/>. Defaults to its sources alone.</value>
    internal MachineDirectory Files { get; init; } = PythonBytecode.Files;

    /// <value>See <see cref="HarnessProgram.PassedOver"/>.</value>
    public IReadOnlyList<string> PassedOver { get; init; } = [];

    /// <summary>The runner as its users write it: <c>pytest</c>, <c>unittest</c>.</summary>
    public string RunnerName => Runner switch { TestRunner.Pytest => "pytest", TestRunner.Unittest => "unittest" };

    /// <summary>The harness for it.</summary>
    public HarnessProgram Program => new(
        PythonLanguage.Python, [Interpreter, "-s", "-B", Entry], [Alone, "-I", "-S", "-B", Entry], Files)
    {
        Mounts = Mounts,
        Settings = new JsonObject
        {
            ["folder"] = Folder,
            ["imports"] = Array(ImportPaths),
            ["runner"] = RunnerName,
            ["arguments"] = Array(TestArguments),
            ["workload"] = Array(Workload),
        },
        Environment = variation => EnvironmentOf(variation).Concat(Variables).DistinctBy(v => v.Key).ToDictionary(),
        Runner = RunnerName,
        Versions = new Dictionary<string, string> { ["python"] = Named, ["runner"] = Runner.ToString() },
        PassedOver = PassedOver,
        Advice = (text, token) => PythonAdvice.OnAsync(text, this, token),
        Calibration = new CalibrationLoad("calibration.py", "work", extra => EmbeddedText.Read(Load).Replace(
            "range(rounds)", string.Create(CultureInfo.InvariantCulture, $"range(rounds + int(rounds * {extra:R}))"), StringComparison.Ordinal)),
    };

    /// <summary>The same with a harness that the interpreter has compiled, where it does.</summary>
    public async Task<PythonProject> CompiledAsync(ISandbox sandbox, CancellationToken cancellationToken) =>
        this with { Files = await PythonBytecode.OfAsync(sandbox, Alone, Alone == Interpreter ? Mounts : new Dictionary<string, MachineDirectory>(), cancellationToken).ConfigureAwait(false) };

    /// <summary>Strings hash by another seed in each variation.</summary>
    public static IReadOnlyDictionary<string, string> EnvironmentOf(int variation) => new Dictionary<string, string>
    {
        ["PYTHONHASHSEED"] = variation.ToString(CultureInfo.InvariantCulture),
        ["PYTHONDONTWRITEBYTECODE"] = "1",
    };

    private static JsonArray Array(IEnumerable<string> words) => [.. words.Select(w => (JsonNode)w)];
}

public enum TestRunner { Pytest, Unittest }
