using Afterburner.Changes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Settings;

/// <summary>
/// What <c>.github/afterburner.yml</c> says. Keys, units and ranges are in <see cref="ConfigurationKey.All"/>; the
/// command line overrides single values by <c>with</c>. Keys of a model's provider are never part of it.
/// </summary>
public sealed record Configuration
{
    /// <summary>Where a repository keeps it, relative to its root.</summary>
    public const string Path = ".github/afterburner.yml";

    /// <summary>Larger files are refused.</summary>
    public const int LargestBytes = 64 * 1024;

    public static Configuration Default { get; } = new();

    /// <value>Ref the change will be merged into; null for the repository's own default. Defaults to null.</value>
    public string? Base { get; init; }

    /// <value>What counts as better. Defaults to time.</value>
    public ObjectiveKind Objective { get; init; } = ObjectiveKind.Time;

    /// <value>
    /// <c>recipes</c>, <c>chat</c>, <c>replay:FILE</c>, <c>command:LINE</c>, in order. Defaults to null: recipes, and chat as well when a model's
    /// address is known.
    /// </value>
    public IReadOnlyList<string>? Proposers { get; init; }

    /// <value>Address of an OpenAI-compatible server; null for AFTERBURNER_MODEL_URL. Defaults to null.</value>
    public Uri? ModelUrl { get; init; }

    /// <value>Name of the model at that server; null for AFTERBURNER_MODEL. Defaults to null.</value>
    public string? Model { get; init; }

    /// <value>Rounds of propose, verify and measure for one function, 1 to 100. Defaults to 10.</value>
    public int Iterations { get; init; } = 10;

    /// <value>Candidates that a model is asked for in one iteration, 1 to 16. Defaults to 1.</value>
    public int Candidates { get; init; } = 1;

    /// <value>Wall time of a whole review, 10 s to 24 h; what is not looked at by then is reported so. Defaults to 10 minutes.</value>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(10);

    /// <value>Defaults to the first that works.</value>
    public SandboxKind Sandbox { get; init; } = SandboxKind.Auto;

    /// <value>Image that the Docker sandbox runs; null for the sandbox's own choice. Defaults to null.</value>
    public string? DockerImage { get; init; }

    /// <value>How the code of a language is run (its interpreter, or command lines), by <see cref="Functions.Language.Id"/>. Defaults to none.</value>
    public IReadOnlyDictionary<string, RuntimeSettings> Languages { get; init; } = new Dictionary<string, RuntimeSettings>();

    /// <summary>This configuration with something else set for a language.</summary>
    public Configuration With(string language, Func<RuntimeSettings, RuntimeSettings> set) => this with
    {
        Languages = new Dictionary<string, RuntimeSettings>(Languages) { [language] = set(Languages.GetValueOrDefault(language) ?? new()) },
    };

    public TestConfiguration Tests { get; init; } = new();

    /// <value>Command lines beside the tests from which calls are recorded too, see <see cref="RuntimeSettings.Workload"/>. Defaults to none.</value>
    public IReadOnlyList<string> Workload { get; init; } = [];

    public SetupConfiguration Setup { get; init; } = new();

    public WorkspaceConfiguration Workspace { get; init; } = new();

    /// <value>Globs of folders that are projects of their own, see <see cref="Workloads.IRuntime.ProjectOf"/>. Defaults to none: they are found.</value>
    public IReadOnlyList<string> Projects { get; init; } = [];

    /// <value>Globs of the files whose functions are reviewed, see <see cref="PathFilter"/>. Defaults to none: all files.</value>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <value>Globs of files that are not reviewed, even if included. Defaults to none.</value>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <value>Functions of one review, 1 to 1000; the others are reported as skipped. Defaults to 20.</value>
    public int MaxFunctions { get; init; } = 20;

    public Materiality Materiality { get; init; } = new();

    /// <value>Relative and absolute difference up to which floating-point numbers are equal, 0 to 0.01. Defaults to 1e-12.</value>
    public double Tolerance { get; init; } = Trials.Equivalence.DefaultTolerance;

    /// <value>Seed of everything that is random in a run. Defaults to 0.</value>
    public long Seed { get; init; }

    /// <value>Memory of one sandboxed process tree in bytes, 64 MiB to 1 TiB. Defaults to 2 GiB.</value>
    public long MemoryLimit { get; init; } = 2L << 30;

    /// <value>Suggestions that one review posts, 0 to 50. Defaults to 5.</value>
    public int MaxSuggestions { get; init; } = 5;

    public SuggestConfiguration Suggest { get; init; } = new();

    /// <value>Where suggestions go whose lines are outside the pull request's diff. Defaults to the summary.</value>
    public FixPlace Fixes { get; init; } = FixPlace.Summary;

    /// <value>Whether a summary is posted when there is nothing to say. Defaults to false.</value>
    public bool AlwaysSummary { get; init; }

    public GateConfiguration Gate { get; init; } = new();

    public CommandConfiguration Command { get; init; } = new();

    /// <summary>Reads a configuration.</summary>
    /// <param name="name">How messages call it.</param>
    /// <exception cref="UsageException">An unknown key, a wrong value or malformed YAML; the message has the line and says what was expected.</exception>
    public static Configuration Load(ReadOnlySpan<byte> yaml, string name = Path) => ConfigurationReader.Read(yaml, name);

    /// <summary>Reads a file.</summary>
    /// <exception cref="UsageException">It is not there, is no regular file, or see <see cref="Load(ReadOnlySpan{byte}, string)"/>.</exception>
    public static Configuration Load(string path)
    {
        return Load(RegularFile.Read(path, "the configuration file", LargestBytes), path);
    }

    /// <summary>Every key with its default and its meaning, for the reference.</summary>
    public static IReadOnlyList<ConfigurationKey> Describe() => ConfigurationKey.All;
}

/// <summary>Where a suggestion goes that no review comment can be placed for.</summary>
public enum FixPlace
{
    /// <summary>Into the summary comment, with its patch.</summary>
    Summary,

    /// <summary>Into a pull request against the head branch.</summary>
    PullRequest,
}

/// <summary>How the repository's tests run.</summary>
public sealed record TestConfiguration
{
    /// <value>One of the languages' <see cref="Functions.Language.Runners"/>. Defaults to null: the one that the tests are written for.</value>
    public string? Runner { get; init; }

    /// <value>Further arguments of the runner. Defaults to none.</value>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <value>Variables of each run of the repository's code, which are never shown. Defaults to none.</value>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <value>Wall time of one run of all tests, 1 s to 2 h. Defaults to 5 minutes.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>How what the tests need beside the repository's own files is made.</summary>
public sealed record SetupConfiguration
{
    /// <value>Command lines, run one after the other; the first that fails is the last. Defaults to none.</value>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <value>
    /// Globs of the files that the result depends on, see <see cref="PathFilter"/>. Defaults to those by which the tools of each language know what is
    /// to be installed.
    /// </value>
    public IReadOnlyList<string> Files { get; init; } = [.. Functions.Language.All.SelectMany(l => l.Dependencies).Distinct()];
}

/// <summary>What lies where the repository's code runs.</summary>
public sealed record WorkspaceConfiguration
{
    /// <value>Paths and globs of ignored files that are copied from the work tree, beside the commit's. Defaults to none.</value>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <value>Bytes that the files of one commit may take, each name counted: a commit may hold one large file under a thousand names. No key of a configuration: it is the host's to set. Defaults to 16 GiB.</value>
    public long MostBytes { get; init; } = Changes.GitRepository.LargestCopy;
}

/// <summary>What an improvement must reach to be worth a person's attention; both, not either.</summary>
public sealed record Materiality
{
    /// <value>Baseline divided by candidate, 1.01 to 1000. Defaults to 1.10.</value>
    public double Speedup { get; init; } = 1.10;

    /// <value>Time saved in one call, 0 to 1 h. Defaults to 50 µs.</value>
    public TimeSpan Saving { get; init; } = TimeSpan.FromMicroseconds(50);
}

/// <summary>Which proven suggestions are posted.</summary>
public sealed record SuggestConfiguration
{
    /// <value>
    /// Share of the time of the repository's tests that a suggestion must save to be posted, 0 to 1; what is not known of a share, and a gain that grows with the inputs, is
    /// posted. Defaults to 0.0001: 0.01 %.
    /// </value>
    public double MinShare { get; init; } = 0.0001;
}

/// <summary>The program behind the proposer <c>command</c>. What it gets of this machine is never part of a configuration.</summary>
public sealed record CommandConfiguration
{
    /// <value>Wall time of one run of the program, 10 s to 2 h. Defaults to 10 minutes.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>When <c>gate</c> fails.</summary>
public sealed record GateConfiguration
{
    /// <value>Cost at head divided by cost at base that is allowed, 1.01 to 1000. Defaults to 1.05.</value>
    public double MaxSlowdown { get; init; } = 1.05;

    /// <value>Time that one call may lose in any case, 0 to 1 h. Defaults to 50 µs.</value>
    public TimeSpan Floor { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <value>Command line that builds what the benchmarks run, once for each side. Defaults to null: nothing is built.</value>
    public string? Build { get; init; }

    /// <value>Benchmarks of the repository: command lines, run as a whole at base and at head. Defaults to none.</value>
    public IReadOnlyList<string> Benchmarks { get; init; } = [];

    /// <value>Globs of files, or of functions as <c>FILE::FUNCTION</c>, whose changed functions have to be proven faster. Defaults to none.</value>
    public IReadOnlyList<string> RequireFaster { get; init; } = [];

    /// <value>The label of a pull request of which something has to be proven faster. Defaults to <c>require-faster</c>.</value>
    public string FasterLabel { get; init; } = "require-faster";
}
