using System.Text.Json.Nodes;
using Afterburner.Functions;
using Afterburner.Sandboxes;

namespace Afterburner.Workloads;

/// <summary>
/// The program that runs inside sandboxes for one language of one repository: it runs tests, records calls and answers them. What a
/// runtime found out, as data; whoever uses it knows the protocol and no language.
/// </summary>
/// <param name="Start">Program and arguments, before the name of a command.</param>
/// <param name="Alone">The same for what must not be in the reach of the repository: none of its packages, no start-up files.</param>
/// <param name="Files">What is mounted as <c>/harness</c>.</param>
public sealed record HarnessProgram(Language Language, IReadOnlyList<string> Start, IReadOnlyList<string> Alone, MachineDirectory Files)
{
    /// <value>See <see cref="SandboxCommand.First"/>; none: what a version uses is only told where there are control groups. Defaults to <see cref="Alone"/> with <c>first</c>.</value>
    public IReadOnlyList<string> First { get; init; } = [.. Alone, "first"];

    /// <value>Further directories of this machine that it needs, read-only, by their path inside. Defaults to none.</value>
    public IReadOnlyDictionary<string, MachineDirectory> Mounts { get; init; } = new Dictionary<string, MachineDirectory>();

    /// <value>Fields of every request: how the repository's code is imported and its tests are run. Defaults to none.</value>
    public JsonObject Settings { get; init; } = [];

    /// <value>
    /// Environment of a run in some variation: another arrangement of what should not matter, such as the seed of string hashes. Defaults
    /// to none.
    /// </value>
    public Func<int, IReadOnlyDictionary<string, string>> Environment { get; init; } = _ => new Dictionary<string, string>();

    /// <value>The test runner, as its users write it.</value>
    public required string Runner { get; init; }

    /// <value>What somebody needs to know who wants to repeat a run: interpreter, runner. Defaults to nothing.</value>
    public IReadOnlyDictionary<string, string> Versions { get; init; } = new Dictionary<string, string>();

    /// <value>Environments of the repository that are not used, each with the reason. Defaults to none.</value>
    public IReadOnlyList<string> PassedOver { get; init; } = [];

    /// <value>What may mend tests that fail before anything is changed, by what they print: whole sentences, or null. Defaults to nothing.</value>
    public Func<string, CancellationToken, Task<string?>> Advice { get; init; } = (_, _) => Task.FromResult<string?>(null);

    /// <value>Defaults to all.</value>
    public Abilities Abilities { get; init; } = Abilities.All;

    /// <summary>Whether the harness can do something.</summary>
    public bool Can(Abilities ability) => Abilities.HasFlag(ability);

    /// <value>Defaults to <see cref="Pace.Default"/>.</value>
    public Pace Pace { get; init; } = Pace.Default;

    /// <value>What exercises the code of a language whose calls cannot be stored. Defaults to null: its functions are not measured then.</value>
    public BenchmarkCommand? Benchmark { get; init; }

    /// <value>What a calibration measures. Defaults to null: this language has none.</value>
    public CalibrationLoad? Calibration { get; init; }
}

/// <summary>A benchmark of the repository.</summary>
/// <param name="Command">A line for <c>sh</c>.</param>
/// <param name="Build">Run once before, in each tree; null where there is nothing to build.</param>
public sealed record BenchmarkCommand(string Command, string? Build);

/// <summary>A function whose cost is known, for a calibration: it takes <c>rounds</c> and <c>answer</c>, works as many rounds, and gives the answer.</summary>
/// <param name="FileName">Of the file that holds it.</param>
/// <param name="Function">Its name there.</param>
/// <param name="Source">The file's text for a share of more rounds: 0 for the function itself, 0.05 for a twentieth more work.</param>
public sealed record CalibrationLoad(string FileName, string Function, Func<double, string> Source);
