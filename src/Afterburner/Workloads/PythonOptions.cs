namespace Afterburner.Workloads;

/// <summary>What a user may say about how Python and the tests are run.</summary>
public sealed record PythonOptions
{
    /// <value>Interpreter to use (<c>--python</c>): a path, or a name looked up inside the sandbox. Defaults to null: <c>.venv</c>, then the first python3 that can import the runner.</value>
    public string? Interpreter { get; init; }

    /// <value>Defaults to null: pytest when it is configured, imported by tests, or the tests are written for it; else unittest.</value>
    public TestRunner? Runner { get; init; }

    /// <value>Arguments of the runner, after its own. Defaults to none.</value>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
