using Afterburner.Changes;
using Afterburner.Sandboxes;

namespace Afterburner.Workloads;

/// <summary>How the code of one language is run: finds what a repository needs for it.</summary>
public interface IRuntime
{
    /// <summary>What its harness can do.</summary>
    Abilities Abilities { get; }

    /// <summary>Why functions of this language are not measured with some settings, a sentence; null where they are.</summary>
    string? WhyNot(RuntimeSettings settings) => null;

    /// <summary>The same of the functions of one file, where what the repository says of its tests counts as well.</summary>
    /// <param name="workspace">The exported tree.</param>
    /// <param name="projects">See <see cref="ProjectOf"/>.</param>
    string? WhyNot(RuntimeSettings settings, string workspace, string path, IReadOnlyList<string> projects) => WhyNot(settings);

    /// <summary>
    /// The project that a file belongs to, of a repository that holds several: the folder whose tests and configuration count for it, from the root;
    /// empty for the repository itself.
    /// </summary>
    /// <param name="workspace">The exported tree.</param>
    /// <param name="projects">Globs of folders that are projects, as the user names them; none: they are found.</param>
    string ProjectOf(string workspace, string path, IReadOnlyList<string> projects) => "";

    /// <summary>A command line that installs what the tests of a project need, for a machine of CI; null where that is not known, or nothing is needed.</summary>
    /// <param name="workspace">A copy of the repository.</param>
    /// <param name="folder">See <see cref="ProjectOf"/>.</param>
    /// <param name="runner">See <see cref="HarnessProgram.Runner"/>.</param>
    string? InstallOf(string workspace, string folder, string runner) => null;

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
    /// <summary>Where <see cref="Dependencies"/> lie inside the sandbox.</summary>
    public const string DependenciesPlace = "/dependencies";

    /// <value>See <see cref="IRuntime.ProjectOf"/>. Defaults to the repository itself.</value>
    public string Folder { get; init; } = "";

    /// <value>What the repository's set-up made beforehand, such as a virtual environment called <c>venv</c>. Defaults to none.</value>
    public MachineDirectory? Dependencies { get; init; }

    public RuntimeSettings Settings { get; init; } = new();
}

/// <summary>What a user may say about how the code of a language and its tests are run.</summary>
public sealed record RuntimeSettings
{
    /// <value>Interpreter to use: a path, or a name that is looked up inside the sandbox. Defaults to null: the one that the repository uses.</value>
    public string? Interpreter { get; init; }

    /// <value>
    /// Variables of the calling environment that say which interpreter is meant there; none of them gets into a sandbox. Defaults to none.
    /// </value>
    public IReadOnlyDictionary<string, string> Caller { get; init; } = new Dictionary<string, string>();

    /// <value>One of the language's test runners. Defaults to null: the one that the tests are written for.</value>
    public string? Runner { get; init; }

    /// <value>Arguments of the runner, after its own. Defaults to none.</value>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <value>Further variables of each run of the repository's code; those of the harness come before them. Defaults to none.</value>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <value>Command lines that are run after the tests, and whose calls are recorded like those of tests, see <see cref="TestRun.OfWorkload"/>. Defaults to none.</value>
    public IReadOnlyList<string> Workload { get; init; } = [];

    /// <value>Command line that runs all tests, for a language without a runtime of its own. Defaults to null.</value>
    public string? Tests { get; init; }

    /// <value>Files that <see cref="Tests"/> writes, by JUnit's form, as <c>sh</c> names them. Defaults to null: its exit code tells.</value>
    public string? JUnit { get; init; }

    /// <value>Command line that builds what <see cref="Benchmark"/> runs. Defaults to null.</value>
    public string? Build { get; init; }

    /// <value>Command line that exercises the code. Defaults to null.</value>
    public string? Benchmark { get; init; }
}
