using Afterburner.Changes;
using Afterburner.Sandboxes;

namespace Afterburner.Workloads;

/// <summary>How the code of one language is run: finds what a repository needs for it.</summary>
public interface IRuntime
{
    /// <summary>Finds interpreter, test runner and import paths, by trying them inside the sandbox.</summary>
    /// <exception cref="EnvironmentFailureException">Something is missing; the message says what to install.</exception>
    /// <exception cref="UsageException">What was asked for cannot be used.</exception>
    Task<Harness> OpenAsync(ISandbox sandbox, RuntimeRequest request, CancellationToken cancellationToken);
}

/// <summary>The repository whose code is to be run.</summary>
/// <param name="Repository">The user's repository, which may hold an environment that git ignores; null where there is none.</param>
/// <param name="Workspace">The exported tree: what is under review.</param>
public sealed record RuntimeRequest(GitRepository? Repository, string Workspace)
{
    public RuntimeSettings Settings { get; init; } = new();
}

/// <summary>What a user may say about how the code of a language and its tests are run.</summary>
public sealed record RuntimeSettings
{
    /// <value>Interpreter to use: a path, or a name that is looked up inside the sandbox. Defaults to null: the one that the repository uses.</value>
    public string? Interpreter { get; init; }

    /// <value>One of the language's test runners. Defaults to null: the one that the tests are written for.</value>
    public string? Runner { get; init; }

    /// <value>Arguments of the runner, after its own. Defaults to none.</value>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
