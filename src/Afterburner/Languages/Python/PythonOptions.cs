using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Languages.Python;

/// <summary>What a user may say about how Python and the tests are run.</summary>
internal sealed record PythonOptions
{
    /// <value>Interpreter to use (<c>--python</c>): a path, or a name looked up inside the sandbox. Defaults to null: <c>.venv</c>, what the caller means by Python, then the first python3 that can import the runner.</value>
    public string? Interpreter { get; init; }

    /// <value>See <see cref="RuntimeSettings.Caller"/>: <c>VIRTUAL_ENV</c>, <c>pythonLocation</c>, <c>PATH</c> and, where that leads to pyenv, <c>PYENV_VERSION</c> count. Defaults to none.</value>
    public IReadOnlyDictionary<string, string> Caller { get; init; } = new Dictionary<string, string>();

    /// <value>See <see cref="RuntimeRequest.Dependencies"/>: an environment called <c>venv</c> there comes first. Defaults to none.</value>
    public MachineDirectory? Dependencies { get; init; }

    /// <value>See <see cref="RuntimeSettings.Environment"/>. Defaults to none.</value>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <value>Defaults to null: pytest when it is configured, imported by tests, or the tests are written for it; else unittest.</value>
    public TestRunner? Runner { get; init; }

    /// <value>Arguments of the runner, after its own. Defaults to none.</value>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <value>See <see cref="RuntimeSettings.Workload"/>. Defaults to none.</value>
    public IReadOnlyList<string> Workload { get; init; } = [];

    /// <summary>A runner of another language is none of this one's.</summary>
    public static PythonOptions Of(RuntimeSettings settings) => new()
    {
        Interpreter = settings.Interpreter,
        Caller = settings.Caller,
        Environment = settings.Environment,
        Runner = Enum.TryParse<TestRunner>(settings.Runner, ignoreCase: true, out var runner) ? runner : null,
        Arguments = settings.Arguments,
        Workload = settings.Workload,
    };
}
