using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Changes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Languages.Python;

/// <summary>Finds out how a repository's Python is run. Interpreters are tried inside the sandbox, so only what works there is chosen.</summary>
internal static class PythonProjectFinder
{
    private static readonly Limits ProbeLimits = new() { Wall = TimeSpan.FromSeconds(20), Cpu = TimeSpan.FromSeconds(20) };

    /// <summary>Decides runner, interpreter and import paths.</summary>
    /// <param name="repository">The user's repository, where a <c>.venv</c> may be; null for none.</param>
    /// <param name="workspace">The exported head: what is under review.</param>
    /// <param name="folder">The project in a repository of several, see <see cref="IRuntime.ProjectOf"/>.</param>
    /// <exception cref="EnvironmentFailureException">No interpreter in the sandbox can import the runner; the message says what to install.</exception>
    /// <exception cref="UsageException">The interpreter that was asked for cannot be used.</exception>
    public static async Task<PythonProject> FindAsync(
        ISandbox sandbox, GitRepository? repository, string workspace, PythonOptions options, CancellationToken cancellationToken, string folder = "")
    {
        workspace = Path.GetFullPath(workspace);
        var sources = new PythonSources(workspace, folder);
        TestRunner[] runners = options.Runner is { } chosen ? [chosen]
            : sources.UsesPytest ? [TestRunner.Pytest]
            : sources.WrittenForPytest ? [TestRunner.Pytest, TestRunner.Unittest]
            : [TestRunner.Unittest];
        var probed = new List<Probe>();
        var passedOver = new List<string>();
        var interpreters = new PythonInterpreters(repository, options.Caller, folder) { Dependencies = options.Dependencies };
        foreach (var interpreter in options.Interpreter is { } named
            ? [await interpreters.NamedAsync(named, cancellationToken).ConfigureAwait(false)]
            : await interpreters.FoundAsync(passedOver, cancellationToken).ConfigureAwait(false))
        {
            var probe = await ProbeAsync(sandbox, workspace, interpreter, cancellationToken).ConfigureAwait(false);
            probed.Add(probe);
            if (probe.Supported && probe.CanImport(runners[0]))
                return await Project(probe, runners[0]).CompiledAsync(sandbox, cancellationToken).ConfigureAwait(false);
            if (interpreter.Mounts.Count > 0)
                passedOver.Add($"{interpreter.Path} is not used: inside the {sandbox.Name} sandbox it {(probe.Supported ? "cannot import pytest" : "does not run as Python 3.9 or newer")}");
        }

        if (runners.Length > 1 && probed.FirstOrDefault(p => p.Supported) is { } any)
            return await Project(any, runners[1]).CompiledAsync(sandbox, cancellationToken).ConfigureAwait(false);
        throw Unusable(sandbox, options, runners[0], probed, passedOver);

        PythonProject Project(Probe probe, TestRunner runner) =>
            new(probe.Interpreter.Path, probe.Interpreter.Mounts, sources.ImportPaths(), runner)
            {
                Folder = folder, Alone = probe.Interpreter.Alone, Version = probe.Version, TestArguments = options.Arguments, Workload = options.Workload, Variables = options.Environment, PassedOver = passedOver,
                Trees = repository is { HasWorkTree: true } ? (repository, workspace) : null,
            };
    }

    private static async Task<Probe> ProbeAsync(ISandbox sandbox, string workspace, PythonInterpreter interpreter, CancellationToken cancellationToken)
    {
        const string Script = """
            import importlib.util, json, sys
            print(json.dumps({"version": list(sys.version_info[:3]), "pytest": importlib.util.find_spec("pytest") is not None}))
            """;
        var run = await sandbox.RunAsync(
            new SandboxCommand([interpreter.Path, "-I", "-B", "-c", Script], workspace) { Mounts = interpreter.Mounts },
            ProbeLimits, cancellationToken).ConfigureAwait(false);
        try
        {
            if (run.Succeeded && JsonNode.Parse(run.Text) is JsonObject answer && answer["version"] is JsonArray { Count: 3 } version)
                return new Probe(interpreter, new Version((int)version[0]!, (int)version[1]!, (int)version[2]!), (bool?)answer["pytest"] == true);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // Whatever answered is no Python that can be used.
        }

        return new Probe(interpreter, null, false);
    }

    private static Exception Unusable(
        ISandbox sandbox, PythonOptions options, TestRunner runner, IReadOnlyList<Probe> probed, IReadOnlyList<string> passedOver)
    {
        var usable = probed.FirstOrDefault(p => p.Supported);
        if (options.Interpreter is { } named && usable is null)
        {
            return new UsageException(
                $"--python {named}: it cannot be run inside the {sandbox.Name} sandbox as Python 3.9 or newer; "
                + "name an interpreter that every user of this machine may read, such as /usr/bin/python3");
        }

        if (usable is null)
        {
            return new EnvironmentFailureException(
                $"no Python 3.9 or newer runs inside the {sandbox.Name} sandbox; install one: apt-get install python3 python3-pytest{Notes(passedOver)}");
        }

        var module = runner == TestRunner.Pytest ? "pytest" : "unittest";
        var command = options.Interpreter is { } own ? $"{own} -m pip install pytest"
            : usable.Interpreter.Mounts.Count > 0 ? $"{usable.Interpreter.Path} -m pip install pytest"
            : "apt-get install python3-pytest";
        return new EnvironmentFailureException(
            $"this repository's tests need {module}, which {usable.Interpreter.Path} (Python {usable.Version}) inside the {sandbox.Name} sandbox cannot import; run: {command}{Notes(passedOver)}");
    }

    private static string Notes(IReadOnlyList<string> passedOver) => string.Concat(passedOver.Select(p => $"\n  {p}"));

    private sealed record Probe(PythonInterpreter Interpreter, Version? Version, bool HasPytest)
    {
        public bool Supported => Version >= new Version(3, 9);

        public bool CanImport(TestRunner runner) => runner == TestRunner.Unittest || HasPytest;
    }
}
