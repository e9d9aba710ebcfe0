using System.Text;
using Afterburner.Functions;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Settings;

/// <summary>One key of the configuration.</summary>
/// <param name="Name">As in the file; a dot where it is nested: <c>tests.timeout</c>.</param>
/// <param name="Default">As it would be written in the file, or words in parentheses where there is no such value.</param>
/// <param name="Meaning">One sentence with unit and range.</param>
public sealed record ConfigurationKey(string Name, string Default, string Meaning)
{
    /// <value>As it is documented: keys that several languages have are documented once.</value>
    public string Shown { get; init; } = Name;

    internal Func<Configuration, YamlValue, Configuration> Apply { get; init; } = (c, _) => c;

    /// <summary>All keys, in the order in which they are documented. Reading and documentation come from this one list.</summary>
    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        new("base", "(origin's default branch, else main, master or the upstream)", "Branch that changes are merged into.")
        { Apply = (c, v) => c with { Base = v.Word("a branch or commit") } },
        new("objective", "time", "What counts as better: `time` (CPU time), `memory` (peak) or `integral` (memory over CPU time).")
        { Apply = (c, v) => c with { Objective = v.Choice<ObjectiveKind>() } },
        new("proposers", "(recipes, and chat when a model's address is known)", "Who suggests, in order: `recipes`, `chat`, `replay:FILE`, `command:LINE` (a program, in the sandbox and without a network).")
        { Apply = (c, v) => c with { Proposers = v.List(p => p.Proposer()) } },
        new("model-url", "(AFTERBURNER_MODEL_URL)", "Address of an OpenAI-compatible server, such as `http://localhost:8080/v1`.")
        { Apply = (c, v) => c with { ModelUrl = v.Address() } },
        new("model", "(AFTERBURNER_MODEL)", "Name of the model at that server.")
        { Apply = (c, v) => c with { Model = v.Word("a model's name") } },
        new("iterations", "10", "Rounds of propose, verify and measure for one function, 1 to 100.")
        { Apply = (c, v) => c with { Iterations = (int)v.Whole(1, 100) } },
        new("candidates", "1", "Candidates that a model is asked for in one iteration, 1 to 16.")
        { Apply = (c, v) => c with { Candidates = (int)v.Whole(1, 16) } },
        new("budget", "10m", "Wall time of a whole review, 10s to 24h; functions it does not reach are reported as skipped.")
        { Apply = (c, v) => c with { Budget = v.Duration(TimeSpan.FromSeconds(10), TimeSpan.FromHours(24), "10s to 24h") } },
        new("sandbox", "auto", "Where code runs: `auto` (the first that works), `bubblewrap` or `docker`.")
        { Apply = (c, v) => c with { Sandbox = v.Choice<SandboxKind>() } },
        new("docker-image", "(the sandbox's own)", "Image that the Docker sandbox runs.")
        { Apply = (c, v) => c with { DockerImage = v.Word("an image's name") } },
        .. Language.All.Where(l => l.Settings is not null).Select(l => new ConfigurationKey(l.Id, l.Settings!.Interpreter, l.Settings.About)
        { Apply = (c, v) => c.With(l.Id, s => s with { Interpreter = v.Word("a path of an interpreter") }) }),
        new("tests.runner", "auto", $"`auto` ({string.Join("; ", Language.All.Select(l => l.Settings?.Auto).OfType<string>())}), {Listed(Language.All.SelectMany(l => l.Runners))}.")
        { Apply = (c, v) => c with { Tests = c.Tests with { Runner = v.OneOf("auto", Language.All.SelectMany(l => l.Runners)) } } },
        new("tests.arguments", "[]", "Further arguments of the runner.")
        { Apply = (c, v) => c with { Tests = c.Tests with { Arguments = v.List(a => a.Text("an argument")) } } },
        new("tests.timeout", "5m", "Wall time of one run of all tests, 1s to 2h.")
        { Apply = (c, v) => c with { Tests = c.Tests with { Timeout = v.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(2), "1s to 2h") } } },
        new("tests.environment", "{}", "Variables with their values that each run of the repository's code gets, at most 100; none of the calling environment gets there by itself. Not for secrets.")
        { Apply = (c, v) => c with { Tests = c.Tests with { Environment = EnvironmentVariables.Read(v) } } },
        new("workload", "[]", $"Command lines beside the tests whose calls are recorded like those of tests: {string.Join("; ", Language.All.Where(l => l.WorkloadExample is not null).Select(l => $"in {l} `{l.WorkloadExample!.Replace(", or ", "` or `", StringComparison.Ordinal)}`"))}. Run where the tests are, at most 20; the tests have to pass all the same.")
        { Apply = (c, v) => c with { Workload = WorkloadCommands.Read(v) } },
        new("setup.commands", "[]", $"Command lines that make in `{RuntimeRequest.DependenciesPlace}` what the tests need beside the repository. Run by the hosted worker, on the default branch; on the command line what is installed counts.")
        { Apply = (c, v) => c with { Setup = c.Setup with { Commands = v.List(a => a.Text("a command line")) } } },
        new("setup.files", "(those that name what is to be installed)", "Globs of the files that the result of `setup.commands` depends on: it is made anew when one of them changes.")
        { Apply = (c, v) => c with { Setup = c.Setup with { Files = v.List(g => g.Glob()) } } },
        new("workspace.include", "[]", "Paths and globs, from the root, of files that git ignores and tests need, such as `src/shop/_version.py`: they are copied from the work tree.")
        { Apply = (c, v) => c with { Workspace = new() { Include = v.List(g => g.Below()) } } },
        new("projects", "(found)", "Globs of folders that are projects of their own, such as `[packages/*]`: the functions in one are run with the tests and the configuration there. Found are folders below the root that have a project file and tests; `[.]` is for none.")
        { Apply = (c, v) => c with { Projects = v.List(g => g.Below(orRoot: true)) } },
        .. Language.All.Where(l => l.IsTimedByCommands).OrderByDescending(l => l.IsRunByCommands).SelectMany(OfCommands),
        new("include", "[]", "Globs of the files whose functions are reviewed; all files when empty. `*` stays within a folder, `**` does not.")
        { Apply = (c, v) => c with { Include = v.List(g => g.Glob()) } },
        new("exclude", "[]", "Globs of files that are not reviewed, even if included.")
        { Apply = (c, v) => c with { Exclude = v.List(g => g.Glob()) } },
        new("max-functions", "20", "Functions of one review, 1 to 1000, not counting those that no test reaches; the others are reported as skipped.")
        { Apply = (c, v) => c with { MaxFunctions = (int)v.Whole(1, 1000) } },
        new("materiality.speedup", "1.10", "Least speed-up worth a suggestion, baseline divided by candidate, 1.01 to 1000.")
        { Apply = (c, v) => c with { Materiality = c.Materiality with { Speedup = v.Number(1.01, 1000) } } },
        new("materiality.saving", "50us", "Least time saved in one call, 0us to 1h.")
        { Apply = (c, v) => c with { Materiality = c.Materiality with { Saving = v.Duration(TimeSpan.Zero, TimeSpan.FromHours(1), "0us to 1h") } } },
        new("gate.max-slowdown", "1.05", "Cost at head divided by cost at base that `gate` allows, 1.01 to 1000.")
        { Apply = (c, v) => c with { Gate = c.Gate with { MaxSlowdown = v.Number(1.01, 1000) } } },
        new("gate.floor", "50us", "Time that one call may lose in any case, 0us to 1h.")
        { Apply = (c, v) => c with { Gate = c.Gate with { Floor = v.Duration(TimeSpan.Zero, TimeSpan.FromHours(1), "0us to 1h") } } },
        new("gate.build", "(none)", "Command line that builds what `gate.benchmarks` run, once at base and once at head: it is not timed.")
        { Apply = (c, v) => c with { Gate = c.Gate with { Build = v.Text("a command line") } } },
        new("gate.benchmarks", "[]", "The repository's own benchmarks: command lines that `gate` runs at base and at head, interleaved.")
        { Apply = (c, v) => c with { Gate = c.Gate with { Benchmarks = v.List(b => b.Text("a command line")) } } },
        new("gate.require-faster", "[]", "Globs of files, or of functions as `FILE::FUNCTION`, whose changed functions have to be proven faster by the rules of `check`: one that is not fails `gate`.")
        { Apply = (c, v) => c with { Gate = c.Gate with { RequireFaster = v.List(g => g.FunctionGlob()) } } },
        new("gate.faster-label", "require-faster", "Label of a pull request by which `gate` fails unless one of its functions at least is proven faster.")
        { Apply = (c, v) => c with { Gate = c.Gate with { FasterLabel = v.Text("a label") } } },
        new("command.timeout", "10m", "Wall time of one run of the program behind `command:LINE`, 10s to 2h.")
        { Apply = (c, v) => c with { Command = c.Command with { Timeout = v.Duration(TimeSpan.FromSeconds(10), TimeSpan.FromHours(2), "10s to 2h") } } },
        new("tolerance", "1e-12", "Relative and absolute difference up to which floating-point numbers are equal, 0 to 0.01.")
        { Apply = (c, v) => c with { Tolerance = v.Number(0, 0.01) } },
        new("seed", "0", "Seed of everything that is random in a run, from 0.")
        { Apply = (c, v) => c with { Seed = v.Whole(0, long.MaxValue) } },
        new("memory-limit", "2GiB", "Memory of one sandboxed process tree, 64MiB to 1TiB.")
        { Apply = (c, v) => c with { MemoryLimit = v.Bytes(64L << 20, 1L << 40, "64MiB to 1TiB") } },
        new("max-suggestions", "5", "Suggestions that one review posts, 0 to 50.")
        { Apply = (c, v) => c with { MaxSuggestions = (int)v.Whole(0, 50) } },
        new("suggest.min-share", "0.01%", "Share of the time of the repository's tests that a suggestion must save for `publish` to post it, 0% to 100%. What is not known of a share, and a gain that grows with the inputs, is posted.")
        { Apply = (c, v) => c with { Suggest = new() { MinShare = v.Share() } } },
        new("fixes", "summary", "Where `publish` puts suggestions on lines outside the pull request's diff: `summary`, with their patch, or `pull-request`, one against the head branch.")
        { Apply = (c, v) => c with { Fixes = v.Choice<FixPlace>() } },
        new("always-summary", "false", "Whether `publish` comments even when there is nothing to say: `true` or `false`.")
        { Apply = (c, v) => c with { AlwaysSummary = v.Flag() } },
    ];

    /// <summary>What runs the code of a language; documented once for all of them.</summary>
    private static IEnumerable<ConfigurationKey> OfCommands(Language language)
    {
        ConfigurationKey[] tests =
        [
            Key("tests", "Command line that runs all tests of a language that Afterburner does not run itself (`cpp`, `go`, `java`, `rust`): its exit code tells, or `junit`.", (s, line) => s with { Tests = line }),
            Key("junit", "Files that it writes, by JUnit's form, as `sh` names them.", (s, line) => s with { JUnit = line }),
        ];
        return
        [
            .. language.IsRunByCommands ? tests : [],
            Key("build", "Command line that builds what `benchmark` runs, once for each version.", (s, line) => s with { Build = line }),
            Key("benchmark", "Command line that exercises its functions: a review times it with each version, and claims nothing by it alone.", (s, line) => s with { Benchmark = line }),
        ];

        ConfigurationKey Key(string name, string meaning, Func<RuntimeSettings, string, RuntimeSettings> set) => new($"languages.{language.Id}.{name}", "(none)", meaning)
        {
            Shown = $"languages.LANGUAGE.{name}",
            Apply = (c, v) => c.With(language.Id, s => set(s, v.Text("a command line"))),
        };
    }

    private static string Listed(IEnumerable<string> names) => string.Join(" or ", names.Select(n => $"`{n}`"));

    /// <summary>The keys as a Markdown table.</summary>
    public static string Table()
    {
        var table = new StringBuilder("| Key | Default | Meaning |\n|---|---|---|\n");
        foreach (var key in All.DistinctBy(k => k.Shown))
            table.Append("| `").Append(key.Shown).Append("` | ").Append(key.Default.StartsWith('(') ? key.Default[1..^1] : $"`{key.Default}`").Append(" | ").Append(key.Meaning).Append(" |\n");
        return table.ToString();
    }
}
